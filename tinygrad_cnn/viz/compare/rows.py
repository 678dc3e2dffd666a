"""One item in two recordings: its numbers before and after, and how many times they changed."""

import math
from dataclasses import dataclass

from ..graph.model import Item
from ..graph.stats import Stats
from ..write.words import number
from .structure import Change, changes_of_item

HOTTEST = 12.0  # heat stays in a range that can be drawn, where a number became 0 as well
_ALL = ("min", "max", "mean", "std", "rms", "zeros", "nans", "infs", "size", "bins")


@dataclass(frozen=True)
class Row:
    """An item in two graphs; ``before`` or ``after`` is None where a graph does not have it.

    A ratio is after / before: 1 for two zeros, infinity if only the first is 0, None if a side was not
    measured, is empty, or has a NaN or infinity.
    """

    id: str
    before: Item | None
    after: Item | None
    changes: tuple[Change, ...] = ()  # of the structure

    @property
    def item(self) -> Item:
        """The item as it is after, or as it was if it is gone."""
        found = self.after or self.before
        assert found is not None, "a row is about an item"
        return found

    @property
    def mark(self) -> str:
        """Give "added", "removed", or "changed" if the structure differs, else ""."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "changed" if self.changes else ""

    @property
    def value(self) -> tuple[Stats | None, Stats | None]:
        """The statistics of the value, before and after."""
        return (
            None if self.before is None else self.before.value,
            None if self.after is None else self.after.value,
        )

    @property
    def gradient(self) -> tuple[Stats | None, Stats | None]:
        """The statistics of the gradient, before and after."""
        return (
            None if self.before is None else self.before.gradient,
            None if self.after is None else self.after.gradient,
        )

    @property
    def value_ratio(self) -> float | None:
        """How many times larger the root mean square of the value is."""
        return _ratio(*_both(self.value, "rms"))

    @property
    def gradient_ratio(self) -> float | None:
        """How many times larger the root mean square of the gradient is."""
        return _ratio(*_both(self.gradient, "rms"))

    @property
    def norm_ratio(self) -> float | None:
        """How many times larger the Euclidean norm of the value is: another number where sizes differ."""
        return _ratio(*_both(self.value, "norm"))

    @property
    def zeros(self) -> tuple[float | None, float | None]:
        """The share of zeros in the value, before and after, from 0 to 1."""
        before, after = (s.zeros / s.size if s and s.size else None for s in self.value)
        return before, after

    @property
    def became(self) -> tuple[str, str]:
        """What appeared in (value, gradient) and was not there before: "NaN", "Inf", or ""."""
        return _appeared(*self.value), _appeared(*self.gradient)

    @property
    def became_finite(self) -> bool:
        """True if NaN or infinity was in the value or the gradient, and is not any more."""
        pairs = (self.value, self.gradient)
        return any(after and _appeared(after, before) for before, after in pairs)

    @property
    def heat(self) -> float | None:
        """log10 of the ratio of the gradients, or of the values where no gradient is known."""
        if any(self.became):
            return None
        power = self._shown_power
        return None if power is None else min(max(power, -HOTTEST), HOTTEST)

    @property
    def heat_text(self) -> str:
        """The same in words, as "x0.00100", "NaN", "to 0", "from 0"; "" if nothing is known."""
        if any(self.became):
            return self.became[0] or self.became[1]
        return "" if self._shown_power is None else times(self._shown_power)

    @property
    def powers(self) -> tuple[float | None, float | None]:
        """log10 of the ratios of (value, gradient), infinite from or to 0; None where there is no ratio."""
        return _power(*_both(self.value, "rms")), _power(*_both(self.gradient, "rms"))

    @property
    def _shown_power(self) -> float | None:
        value, gradient = self.powers
        return value if gradient is None else gradient

    @property
    def differs(self) -> bool:
        """True if anything differs that is compared: the structure, or a number."""
        return bool(self.mark) or not (_same(*self.value) and _same(*self.gradient))

    @property
    def strength(self) -> float:
        """How much the numbers changed: the larger of |log10| of the two ratios."""
        return max((abs(power) for power in self.powers if power is not None), default=0.0)


def row(before: Item | None, after: Item | None) -> Row:
    """Compare an item with the one of the same id."""
    item = after or before
    assert item is not None, "a row is about an item"
    return Row(item.id, before, after, changes_of_item(before, after) if before and after else ())


def times(power: float) -> str:
    """Write a ratio whose log10 is given.

    >>> times(3.0), times(-0.5), times(-math.inf), times(math.inf)
    ('x1,000', 'x0.316', 'to 0', 'from 0')
    """
    if math.isinf(power):
        return "from 0" if power > 0 else "to 0"
    return f"x{factor(power)}"


def factor(power: float) -> str:
    """Write 10 to a power, which may be no number that a float can hold.

    >>> factor(2.0), factor(400.2)
    ('100', '10^400')
    """
    return number(10**power) if abs(power) < 300 else f"10^{power:.0f}"


def _both(pair: tuple[Stats | None, Stats | None], field: str) -> tuple[float | None, float | None]:
    before, after = (
        getattr(stats, field) if stats and stats.is_finite and stats.size else None for stats in pair
    )
    return before, after


def _ratio(before: float | None, after: float | None) -> float | None:
    if before is None or after is None:
        return None
    if before == 0:
        return math.inf if after else 1.0
    return after / before


def _power(before: float | None, after: float | None) -> float | None:
    """log10 of the ratio, without the overflow that the ratio itself may have."""
    if before is None or after is None:
        return None
    if before == after:
        return 0.0
    if not before or not after:
        return math.inf if after else -math.inf
    return math.log10(after) - math.log10(before)


def _appeared(before: Stats | None, after: Stats | None) -> str:
    if after is None or after.is_finite or not (before is None or before.is_finite):
        return ""
    return "NaN" if after.nans else "Inf"


def _same(before: Stats | None, after: Stats | None) -> bool:
    if before is None or after is None:
        return before is after
    pairs = ((getattr(before, name), getattr(after, name)) for name in _ALL)
    return all(a == b or (a != a and b != b) for a, b in pairs)  # NaN is equal to NaN here

"""Two recordings compared item by item, matched by id: what was rebuilt, and which numbers changed most."""

from dataclasses import dataclass

from ..graph.model import Graph
from ..graph.stats import Stats
from ..write.words import clean, columns, fit, magnitude, number
from .conclusion import conclude
from .rows import Row, row, times
from .structure import HasGraph, changes_around, graph_of, name
from .union import joined

_MOST_ROWS, _MOST_NOTES = 40, 10
_TITLES = ("item", "change", "gradient", "after", "ratio", "value", "after", "ratio", "zeros", "after")
_BLOCKS = ((0,), (1,), (2, 3), (4,), (5, 6), (7,), (8, 9))  # columns that are shown together or not at all
_LEFT = 2  # columns of text


@dataclass(frozen=True)
class Difference:
    """What differs between two graphs; true if anything does, and printed as a table.

    ``rows`` has every item that differs, most changed first: what became NaN, then what was added, removed
    or changed, then the largest ratios; ``notes`` has what differs beside items.
    """

    before: Graph
    after: Graph
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.notes)

    @property
    def only_before(self) -> tuple[str, ...]:
        """Ids of the items that only the first graph has, in order of computation."""
        return tuple(key for key in self.before.items if key not in self.after.items)

    @property
    def only_after(self) -> tuple[str, ...]:
        """Ids of the items that only the second graph has, in order of computation."""
        return tuple(key for key in self.after.items if key not in self.before.items)

    @property
    def changed(self) -> tuple[str, ...]:
        """Ids of the items that both have, with another shape, operation, setting, dtype or edge."""
        changed = {found.id for found in self.rows if found.mark == "changed"}
        return tuple(key for key in self.after.items if key in changed)

    @property
    def conclusion(self) -> str:
        """What matters most, in one line."""
        return conclude(self.before, self.after, self.rows, self.notes)

    @property
    def graph(self) -> Graph:
        """Both graphs in one, to be drawn: items carry ``heat``, ``heat_text`` and ``mark``."""
        return joined(self.before, self.after, self.conclusion, self.notes)

    def __str__(self) -> str:
        lines = [self.conclusion, *self.notes[:_MOST_NOTES]]
        if len(self.notes) > _MOST_NOTES:
            lines.append(f"... and {len(self.notes) - _MOST_NOTES:,} more in .notes")
        if self.rows:
            lines += ["", *_table([_cells(found) for found in self.rows[:_MOST_ROWS]])]
        if len(self.rows) > _MOST_ROWS:
            lines.append(f"... and {len(self.rows) - _MOST_ROWS:,} more in .rows")
        return "\n".join(lines)


def diff(before: Graph | HasGraph, after: Graph | HasGraph) -> Difference:
    """Compare two recordings: step 0 with step 500, the last good step with the first bad one.

    Items are matched by id. Compared are operations, shapes, dtypes, settings, edges and modules, and the
    statistics of values and gradients; times, lines of code and titles are not.

    Args:
        before: a graph, or a picture that `draw` gave.
        after: the other one.

    Raises:
        ArgumentError: neither a graph nor a picture.

    >>> import numpy as np
    >>> from tinygrad_cnn.viz.graph.model import INPUT, OP, Item, Use
    >>> from tinygrad_cnn.viz.graph.stats import measure
    >>> def step(scale):
    ...     x = Item("x", INPUT, "x", "", (2,), "float32", gradient=measure(scale * np.ones(2)))
    ...     y = Item("sum", OP, "sum", "", (), "float32", (Use("x", "x", True),))
    ...     return Graph({"x": x, "sum": y}, root="sum")
    >>> print(diff(step(1.0), step(0.001)))
    the gradient of x is 1,000 times smaller
    <BLANKLINE>
    item  gradient    after     ratio
    x         1.00  0.00100  x0.00100
    """
    first, second = graph_of(before), graph_of(after)
    keys = list(second.items) + [key for key in first.items if key not in second.items]
    rows = [row(first.items.get(key), second.items.get(key)) for key in keys]
    place = {found.id: i for i, found in enumerate(rows)}
    differing = sorted((found for found in rows if found.differs), key=lambda r: _rank(r, place[r.id]))
    return Difference(first, second, tuple(differing), changes_around(first, second))


def _rank(found: Row, place: int) -> tuple[float, ...]:
    """Order rows: an error, NaN going forward, NaN going backward, structure, then by how much changed."""
    if found.after and found.after.failed and not (found.before and found.before.failed):
        return -1, place
    value, gradient = found.became
    if value:
        return 0, place
    if gradient:
        return 1, -place  # the backward pass goes up
    return (2, place) if found.mark else (3, -found.strength, place)


def _cells(found: Row) -> list[str]:
    value, gradient = found.powers
    return [
        name(found.id),
        clean(", ".join(_words(found)), 60),
        *(magnitude(stats) for stats in found.gradient),
        "-" if gradient is None else times(gradient),
        *(magnitude(stats) for stats in found.value),
        "-" if value is None else times(value),
        *(_share(stats) for stats in found.value),
    ]


def _words(found: Row) -> list[str]:
    words = [str(change) for change in found.changes] or [found.mark] * bool(found.mark)
    for kind, new in zip(("value", "gradient"), found.became, strict=True):
        words += [f"{kind} became {new}"] * bool(new)
    sizes = [stats.size for stats in found.value if stats]
    if len(sizes) == 2 and sizes[0] != sizes[1] and found.norm_ratio is not None:
        words.append(f"norm x{number(found.norm_ratio)}")
    return words


def _share(stats: Stats | None) -> str:
    """Write the share of zeros: only none at all is "0", and only all of them is "100%"."""
    if stats is None or not stats.size:
        return "-"
    share = 100 * stats.zeros / stats.size
    if 0 < share < 1:
        return "<1%"
    return "0" if not share else f"{share if share == 100 else min(round(share), 99):.0f}%"


def _table(rows: list[list[str]]) -> list[str]:
    """Align columns; those in which nothing is known are left out."""
    known = [{i for i, cell in enumerate(cells) if cell not in ("", "-")} for cells in rows]
    kept = [i for block in _BLOCKS if any(not cells.isdisjoint(block) for cells in known) for i in block]
    table = [[cells[i] for i in kept] for cells in [list(_TITLES), *rows]]
    widths = [max(map(columns, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            fit(cell, width, "<" if i < _LEFT else ">")
            for i, cell, width in zip(kept, cells, widths, strict=True)
        ).rstrip()
        for cells in table
    ]

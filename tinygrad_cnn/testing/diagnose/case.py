"""A failure seen whole: all derivatives of all outputs by one input, from the graph and from differences.

The matchers of `evidence` look at nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..measure.function import Function, parts_of
from ..measure.places import is_settled
from ..measure.search import Found
from ..measure.slopes import FIRST_STEP, Meter, entries

MOST_DERIVATIVES = 400_000
MOST_CALLS = 3_000
MOST_MOVED = 40_000  # derivatives, above which no other places are looked at
ALIKE = 1e-6  # of the largest entry: closer than any mistake, further than any error of the differences
EXPLAINED = 1e-2  # of the error: what an explanation may leave over
CLEAR = 30  # how much larger than among right entries an error is


@dataclass
class Case:
    """One input whose gradient is wrong; ``analytic`` and ``numeric`` have shape (outputs, *input)."""

    found: Found
    k: int
    wrong: np.ndarray  # positions within the input
    output: int | None = None  # the only one that is looked at
    place: Function | None = None  # the function at other inputs
    sharp: float = ALIKE  # of the largest derivative: errors below it are none

    @property
    def function(self) -> Function:
        """The function under test."""
        return self.place or self.found.function

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the input."""
        return self.function.shapes[self.k]

    @property
    def out_shapes(self) -> list[tuple[int, ...]]:
        """The sizes of the outputs that are looked at."""
        shapes = self.function.out_shapes
        return shapes if self.output is None else [shapes[self.output]]

    @property
    def size(self) -> int:
        """The number of entries of the input."""
        return int(np.prod(self.shape))

    @property
    def part(self) -> slice:
        """Where the input lies among all inputs."""
        return self.function.parts[self.k]

    @property
    def start(self) -> int:
        """Where the input begins among all inputs."""
        return self.part.start

    @property
    def is_small(self) -> bool:
        """Say whether all derivatives can be computed."""
        outputs = self.function.y.size
        return (
            self.size * outputs <= MOST_DERIVATIVES and self.size <= MOST_CALLS and outputs <= MOST_CALLS / 2
        )

    @property
    def values(self) -> np.ndarray:
        """The entries of the input."""
        return self.function.x[self.part]

    @property
    def results(self) -> np.ndarray:
        """The entries of the outputs that are looked at."""
        y = self.function.y
        return y if self.output is None else y[self.rows[self.output]]

    @property
    def rows(self) -> list[slice]:
        """Where each output lies among all of them."""
        return parts_of(self.function.out_shapes)

    @cached_property
    def analytic(self) -> np.ndarray:
        """The Jacobian that backward passes give, one for each output."""
        rows = [self.function.gradient(e) for e in np.eye(self.function.y.size)]
        part = np.stack(rows)[:, self.part]
        return part.reshape(len(rows), *self.shape)

    @cached_property
    def numeric(self) -> np.ndarray:
        """The Jacobian that differences give."""
        return self.jacobian(self.function)

    @property
    def flat(self) -> tuple[np.ndarray, np.ndarray]:
        """Both Jacobians as matrices (outputs, entries)."""
        return self.analytic.reshape(-1, self.size), self.numeric.reshape(-1, self.size)

    @property
    def nothing(self) -> float:
        """What counts as 0 in the Jacobians."""
        return ALIKE * float(np.abs(self.numeric).max(initial=0.0))

    def jacobian(self, function: Function, k: int | None = None) -> np.ndarray:
        """Give the Jacobian of a function by one of its inputs, by differences."""
        k = self.k if k is None else k
        start = int(sum(np.prod(s) for s in function.shapes[:k]))
        which = np.arange(start, start + int(np.prod(function.shapes[k])))
        moves = entries(function.x, which)
        meter = Meter(function, self.found.noise, np.zeros((1, function.y.size)))
        with np.errstate(all="ignore"):
            coarse = meter.level(moves, FIRST_STEP * moves.scale)
            slopes = coarse.value.copy()
            rows = np.flatnonzero(~is_settled(coarse, ALIKE / 10).all(axis=1))
            if rows.size:
                fine = meter.level(moves[rows], 0.1 * FIRST_STEP * moves.scale[rows])
                slopes[rows] = np.where(coarse.error[rows] <= fine.error, slopes[rows], fine.value)
        whole = slopes.T.reshape(-1, *function.shapes[k])
        return whole if self.output is None else whole[self.rows[self.output]]

    @property
    def gradient(self) -> tuple[np.ndarray, np.ndarray]:
        """What was measured of the gradient, entry by entry: analytic and numeric, NaN where it was not."""
        part = self.part
        numeric = self.found.numeric[part]
        return np.where(np.isnan(numeric), np.nan, self.found.shown_analytic[part]), numeric

    # -- what is wrong -------------------------------------------------------------------------------------

    @cached_property
    def errors(self) -> np.ndarray:
        """The largest error at each entry of the input."""
        a, n = self.flat
        return np.abs(a - n).max(axis=0, initial=0.0)

    @cached_property
    def bad(self) -> np.ndarray:
        """Which entries of the input are wrong; none if wrong and right ones are not clearly apart."""
        bad = self.errors > self.sharp * np.abs(self.numeric).max(initial=0.0)
        if self.output is None and self.place is None:
            bad[self.wrong] = True
        if bad.any() and not bad.all() and self.errors[bad].min() < CLEAR * self.errors[~bad].max():
            return np.zeros(self.size, bool)
        return bad

    def explains(self, guess: np.ndarray) -> bool:
        """Say whether the gradient is this one."""
        return explains(self.analytic, guess.reshape(self.analytic.shape), self.numeric)

    def of_output(self, j: int) -> "Case":
        """Look at one output only."""
        part = replace(self, output=j)
        part.analytic, part.numeric = self.analytic[self.rows[j]], self.numeric[self.rows[j]]
        return part

    @cached_property
    def elsewhere(self) -> "list[Case]":
        """The same at other inputs: once with the values in another order, and with values between them."""
        if self.size * self.function.y.size > MOST_MOVED or self.place is not None:
            return []
        rng = np.random.default_rng(0)
        low, high = float(self.values.min()), float(self.values.max())
        draws = [rng.permutation(self.values), *(rng.uniform(low, high, self.size) for _ in range(3))]
        found = (self._at(values) for values in draws)
        return [case for case in found if case is not None]

    def _at(self, values: np.ndarray) -> "Case | None":
        x = self.function.x.copy()
        x[self.part] = values
        try:
            place = self.function.at(x)
        except Exception:  # it cannot be computed there
            return None
        if place.out_shapes != self.function.out_shapes or not np.isfinite(place.y).all():
            return None
        case = Case(self.found, self.k, np.zeros(0, int), place=place, sharp=self._sharpness())
        case = case if self.output is None else case.of_output(self.output)
        return case if np.isfinite(case.analytic).all() and np.isfinite(case.numeric).all() else None

    def _sharpness(self) -> float:
        top = float(np.abs(self.numeric).max(initial=0.0))
        return min(ALIKE, 0.1 * float(self.errors[self.bad].min()) / top) if self.bad.any() and top else ALIKE

    def holds(self, matcher: "Callable[[Case], str | None]") -> str | None:
        """Give what a matcher says if it says the same at other inputs, or no other entries are wrong there:
        then it is about places, and no matter of values."""
        said = matcher(self)
        if not said or any((case.bad & ~self.bad).any() and matcher(case) != said for case in self.elsewhere):
            return None
        return said


def alike(a: np.ndarray, b: np.ndarray) -> bool:
    """Say whether two arrays are the same up to the error of differences, and not just zero."""
    if a.shape != b.shape or not a.size:
        return False
    top = max(float(np.abs(a).max()), float(np.abs(b).max()))
    return 0 < top < np.inf and float(np.abs(a - b).max()) <= ALIKE * top


def explains(a: np.ndarray, guess: np.ndarray, n: np.ndarray) -> bool:
    """Say whether a wrong gradient a is what was guessed, and that much better than the right one n."""
    return alike(a, guess) and float(np.abs(a - guess).max()) <= EXPLAINED * float(np.abs(a - n).max())


def written(place: Sequence[int]) -> str:
    """Write an index."""
    return f"[{', '.join(map(str, place))}]"


def place_of(i: int, shape: tuple[int, ...]) -> str:
    """Write the index of the entry at position i of an array."""
    return written([int(j) for j in np.unravel_index(i, shape)])

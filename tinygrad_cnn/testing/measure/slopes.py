r"""Slopes of a function by differences: how large, how sure, and what kind of place it is.

For steps h and 2h the central differences D(h) and D(2h) give Richardson's
:math:`R = (4 D(h) - D(2h)) / 3`, whose error falls with :math:`h^4`. With b = |D(2h) - D(h)|, which falls
with :math:`h^2`, the error of R is about :math:`b^2 / |R|`; the noise of the function, measured beforehand,
adds that of rounding. The values on one side alone give the slope to the left and to the right. What is not
settled at one step, or does not agree with the gradient, is measured at five other steps before it is
judged (of many moves that are far off, the worst three); a slope that none of them settles is a kink, a
jump, or the edge of the domain.
"""

from dataclasses import dataclass

import numpy as np

from .function import Function, Vector
from .places import KINK, SMOOTH, Level, choose, is_settled

FIRST_STEP = 1e-3
MORE_STEPS = (1e-4, 1e-5, 1e-6, 1e-7)
SETTLED = 1e-8  # error of a slope, relative to the largest one, that needs no other step
USABLE = 1e-5  # the same, above which a slope is not known
CLEARLY = 1e5  # so far outside of its tolerance that few entries are looked at again, for all
TRIED = 3
MOST_NUMBERS = 250_000  # in one block of values: little enough for the cache


@dataclass
class Moves:
    """B ways to move the inputs: single entries, or directions over all of them."""

    entries: np.ndarray | None  # (B,) positions
    directions: np.ndarray | None  # (B, inputs)
    scale: np.ndarray  # (B,) what a step of 1 is
    fine: np.ndarray  # (B,) the same for entries close to 0, where a function may change faster

    def __len__(self) -> int:
        return len(self.scale)

    def __getitem__(self, rows: slice | np.ndarray) -> "Moves":
        return Moves(
            None if self.entries is None else self.entries[rows],
            None if self.directions is None else self.directions[rows],
            self.scale[rows],
            self.fine[rows],
        )

    def moved(self, x: Vector, b: int, t: float) -> Vector:
        """Go ``t`` along the way ``b``."""
        if self.directions is not None:
            return x + t * self.directions[b]
        moved = x.copy()
        moved[self.entries[b]] += t  # type: ignore[index]  # one of the two is given
        return moved


def entries(x: Vector, which: np.ndarray) -> Moves:
    """Move single entries."""
    size = np.abs(x[which])
    tiny = (size > 0) & (size < FIRST_STEP)
    return Moves(np.asarray(which), None, np.maximum(1.0, size), np.where(tiny, size, 10.0))


def directions(x: Vector, ways: np.ndarray) -> Moves:
    """Move all entries along each row of ``ways``."""
    size = np.full(len(ways), max(1.0, float(np.sqrt(np.mean(x**2))) if x.size else 1.0))
    return Moves(None, ways, size, 10 * size)


@dataclass
class Slopes:
    """What was measured for K weightings of the outputs (rows) along B moves (columns)."""

    value: np.ndarray
    tolerance: np.ndarray
    left: np.ndarray
    right: np.ndarray
    low: np.ndarray  # what lies between low and high passes: at a kink, what lies between left and right
    high: np.ndarray
    kind: np.ndarray  # (B,), of `places`
    step: np.ndarray  # (B,)

    def excess(self, expected: np.ndarray) -> np.ndarray:
        """Give how far the gradient is outside of what passes, before tolerances."""
        return np.maximum(0.0, np.maximum(self.low - expected, expected - self.high))


class Meter:
    """Measures slopes of one function at one place, along moves, weighted by rows of ``weights``."""

    def __init__(self, function: Function, noise: Vector, weights: np.ndarray) -> None:
        self.function = function
        self.noise = noise
        self.weights = weights  # (K, outputs)

    def compare(
        self, moves: Moves, expected: np.ndarray, floor: np.ndarray, leave_clear: bool = False
    ) -> Slopes:
        """Measure along moves, again and closer where the expected slopes (K, B) are not met within
        ``floor``; with ``leave_clear``, not where they are far off: the caller looks at that itself."""
        most = max(1, MOST_NUMBERS // max(1, self.function.y.size))
        blocks = [slice(i, i + most) for i in range(0, max(1, len(moves)), most)]
        with np.errstate(all="ignore"):
            parts = [vars(self._compare(moves[b], expected[:, b], floor[:, b], leave_clear)) for b in blocks]
        return Slopes(**{name: np.concatenate([p[name] for p in parts], axis=-1) for name in parts[0]})

    def _compare(self, moves: Moves, expected: np.ndarray, floor: np.ndarray, leave_clear: bool) -> Slopes:
        first = self.level(moves, FIRST_STEP * moves.scale)
        slopes = self._weigh(first, np.zeros(first.value.shape, np.int8))
        unsure = ~is_settled(first, SETTLED).all(axis=1)
        excess, limit = slopes.excess(expected), slopes.tolerance + floor
        unmet = (excess > limit).any(axis=0)
        clear = unmet & ~unsure & (excess > CLEARLY * limit).any(axis=0)
        rows = np.flatnonzero((unsure | unmet) & ~clear)
        far = np.flatnonzero(clear)
        tried = far[np.argsort(-(excess / limit).max(axis=0)[far])[: 0 if leave_clear else TRIED]]
        rows = np.sort(np.concatenate([rows, tried]))
        self._again(slopes, rows, moves, first, expected, floor)
        held = slopes.kind[tried] == SMOOTH
        held &= (slopes.excess(expected) > slopes.tolerance + floor).any(axis=0)[tried]
        if not held.all():  # what looked clear was not
            self._again(slopes, np.setdiff1d(far, tried), moves, first, expected, floor)
        return slopes

    def _again(
        self,
        slopes: Slopes,
        rows: np.ndarray,
        moves: Moves,
        first: Level,
        expected: np.ndarray,
        floor: np.ndarray,
    ) -> None:
        """Replace some rows by what other steps say."""
        if not rows.size:
            return
        again = self._closer(moves[rows], _rows(first, rows), expected[:, rows], floor[:, rows])
        for name, value in vars(slopes).items():
            value[..., rows] = getattr(again, name)

    def _closer(self, moves: Moves, first: Level, expected: np.ndarray, floor: np.ndarray) -> Slopes:
        """Measure at all steps; where one of them settles a slope and agrees with the gradient, take that."""
        steps = [*(s * moves.scale for s in MORE_STEPS), FIRST_STEP * moves.fine]
        levels = [first, *(self.level(moves, h) for h in steps)]
        result = self._weigh(*choose(levels, USABLE))
        for i, level in enumerate(levels):
            smooth = is_settled(level, USABLE).all(axis=1)
            # near a place where the slope itself bends, both sides know it better than their middle does
            sides = KINK if 2 <= i <= len(MORE_STEPS) else SMOOTH
            candidate = self._weigh(level, np.full(level.value.shape, sides, np.int8))
            candidate.kind[:] = SMOOTH
            meets = (candidate.excess(expected) <= candidate.tolerance + floor).all(axis=0)
            missed = (result.excess(expected) > result.tolerance + floor).any(axis=0)
            exact = (candidate.tolerance <= 10 * result.tolerance + floor).all(axis=0)
            take = smooth & meets & exact & (missed | (result.kind != SMOOTH))
            for name, value in vars(result).items():
                value[..., take] = getattr(candidate, name)[..., take]
        return result

    def level(self, moves: Moves, h: np.ndarray) -> Level:
        """Compute the function at -2h, -h, h and 2h along each move; h a power of 2, which x + h can hold
        exactly."""
        y = self.function.y
        h = 2.0 ** np.round(np.log2(h))
        near_right, near_left, far_right, far_left = (
            np.stack(
                [self.function.value(moves.moved(self.function.x, b, t * h[b])) for b in range(len(moves))]
            )
            if len(moves)
            else np.zeros((0, y.size))
            for t in (1.0, -1.0, 2.0, -2.0)
        )
        return Level.of(near_left, near_right, far_left, far_right, y, h[:, None], self.noise)

    def _weigh(self, level: Level, kind: np.ndarray) -> Slopes:
        """Sum over the outputs, each with its weight; at a kink, carry both slopes along."""
        w = self.weights
        value = np.where(np.isfinite(level.value), level.value, 0.0)
        rough = kind != SMOOTH
        error = np.where(rough, level.noise, level.error)
        tolerance = 4 * np.sqrt(w**2 @ (error**2).T)
        middle = low = high = left = right = w @ value.T
        if rough.any() or not np.isfinite(level.left + level.right).all():
            below = np.where(np.isfinite(level.left), level.left, value) - value
            above = np.where(np.isfinite(level.right), level.right, value) - value
            left, right = middle + w @ below.T, middle + w @ above.T
            below, above = np.where(rough, below, 0.0), np.where(rough, above, 0.0)
            a, b = w[:, None] * below, w[:, None] * above
            low, high = middle + np.minimum(a, b).sum(axis=2), middle + np.maximum(a, b).sum(axis=2)
        else:
            left, right = w @ level.left.T, w @ level.right.T
        return Slopes(
            value=middle,
            tolerance=tolerance,
            left=left.copy(),
            right=right.copy(),
            low=low.copy(),
            high=high.copy(),
            kind=kind.max(axis=1, initial=0).astype(np.int8),
            step=level.h[:, 0].copy(),
        )


def _rows(level: Level, rows: np.ndarray) -> Level:
    return Level(**{name: value[rows] for name, value in vars(level).items()})

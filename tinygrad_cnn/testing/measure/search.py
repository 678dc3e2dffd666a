"""Where to look: every entry of small inputs; of large ones random projections, places where mistakes live,
and halving of what fails until one entry is left.

A projection moves all entries at once by +1 or -1, so every wrong entry has a part in it.
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from .function import EPS, Function
from .places import KINK, NOISY, REASONS, SMOOTH, measure_noise, size_of
from .rounding import measure_rounding
from .slopes import FIRST_STEP, Meter, Slopes, directions, entries

NOTHING = 1e-36  # a gradient that counts as 0
FLOOR = 1e-9  # of an entry: what rounding in a right backward pass may cost
PROJECTIONS = 8
RANDOM_ENTRIES = 8
DROWNED = 1e-2  # tolerance, relative to the largest entry of the input, that says nothing
LARGE = 20_000  # entries, above which every evaluation is dear
MOST_CHOSEN = 64  # entries that are looked at then


@dataclass
class Found:
    """What a comparison saw, entry by entry over all inputs; NaN where nothing was measured."""

    function: Function
    weights: np.ndarray  # (K, outputs): the incoming gradients that were used
    analytic: np.ndarray  # (K, n)
    noise: np.ndarray  # of the values
    rounding: np.ndarray  # of the gradient
    numeric: np.ndarray
    error: np.ndarray  # of the weighting that shows most
    tolerance: np.ndarray
    left: np.ndarray
    right: np.ndarray
    shown: np.ndarray  # which weighting `numeric` and the rest belong to
    kind: np.ndarray  # -1: not measured
    projections: int = 0
    failed: float = 0.0  # relative error of a projection whose wrong entries were not found
    step: float = np.inf
    crossed: int = 0  # projections that crossed kinks and say nothing
    skipped: dict[str, int] = field(default_factory=dict)

    @staticmethod
    def unmeasured(
        function: Function, weights: np.ndarray, analytic: np.ndarray, noise: np.ndarray, rounding: np.ndarray
    ) -> "Found":
        """Begin a comparison, with nothing measured yet."""
        n = function.x.size
        numeric, error, tolerance, left, right = (np.full(n, np.nan) for _ in range(5))
        return Found(
            function=function,
            weights=weights,
            analytic=analytic,
            noise=noise,
            rounding=rounding,
            numeric=numeric,
            error=error,
            tolerance=tolerance,
            left=left,
            right=right,
            shown=np.zeros(n, int),
            kind=np.full(n, -1),
        )

    @property
    def wrong(self) -> np.ndarray:
        """The entries that are outside of what passes."""
        return np.flatnonzero(np.nan_to_num(self.error) > np.nan_to_num(self.tolerance))

    def is_nothing(self, gradient: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Say of which entries a gradient is 0 up to its own rounding."""
        terms = size_of(self.weights) * size_of(self.function.y)  # that may have cancelled
        return np.abs(gradient) <= 100 * self.rounding[which] + 4 * EPS * terms + NOTHING

    @property
    def is_constant(self) -> bool:
        """Say whether gradient and differences are 0 everywhere, as far as anybody can tell."""
        every = np.arange(self.kind.size)
        moved = np.nan_to_num(np.abs(self.numeric)) > np.nan_to_num(self.tolerance)
        return bool(self.is_nothing(self.analytic, every).all() and not moved.any() and not self.kinks.size)

    @property
    def shown_analytic(self) -> np.ndarray:
        """The gradient of the weighting that ``numeric`` belongs to."""
        return np.take_along_axis(self.analytic, self.shown[None], 0)[0]

    @property
    def kinks(self) -> np.ndarray:
        """The entries at which the function has a kink."""
        return np.flatnonzero(self.kind == KINK)

    @property
    def checked(self) -> int:
        """How many entries were judged."""
        return int(np.isin(self.kind, (SMOOTH, KINK)).sum())

    @property
    def size(self) -> float:
        """The largest entry of gradient or differences."""
        measured = [np.abs(slope[self.kind >= 0]) for slope in (self.numeric, self.left, self.right)]
        seen = np.concatenate([np.abs(self.analytic).ravel(), *measured])
        return float(np.max(seen, initial=0.0, where=np.isfinite(seen)))


class Search:
    """One comparison of a function's gradient with differences."""

    def __init__(
        self, function: Function, rng: np.random.Generator, atol: float | None, rtol: float | None
    ) -> None:
        self.function = function
        self.rng = rng
        self.given = None if atol is None and rtol is None else (atol or 0.0, rtol or 0.0)
        weights = np.stack([draw_weights(rng, function.y.size) for _ in range(2)])
        analytic = np.stack([function.gradient(c) for c in weights])
        noise = measure_noise(function, rng)
        rounding = measure_rounding(function, weights[0], noise)
        self.meter = Meter(function, noise, weights)
        self.found = Found.unmeasured(function, weights, analytic, noise, rounding)

    def full(self) -> Found:
        """Compare every entry."""
        self.look_at(np.arange(self.function.x.size))
        return self.found

    def fast(self) -> Found:
        """Compare projections and chosen entries; find the entries behind a projection that fails."""
        n = self.function.x.size
        chosen = self.chosen_entries()
        if n <= len(chosen) + RANDOM_ENTRIES:
            return self.full()
        lost = np.flatnonzero(~np.isfinite(self.found.analytic).all(axis=0))
        culprit = int(lost[0]) if lost.size else self.project()
        if culprit is None:
            self.look_at(chosen)
        else:
            self.look_at(np.array([culprit]))
            self.look_at(self.around(culprit, chosen))
        return self.found

    # -- entries -------------------------------------------------------------------------------------------

    def look_at(self, which: np.ndarray) -> None:
        """Measure entries that were not measured yet."""
        found = self.found
        which = which[found.kind[which] < 0]
        if not which.size:
            return
        expected = found.analytic[:, which]
        floor = self.floor(which)
        slopes = self.meter.compare(entries(self.function.x, which), expected, floor)
        if self.given is not None:
            floor = self.given[0] + self.given[1] * np.abs(slopes.value)
        self._note(which, slopes, expected, floor)

    def floor(self, which: np.ndarray) -> np.ndarray:
        """Give what is tolerated beside the uncertainty of the differences, for each weighting and entry."""
        own = FLOOR * np.abs(self.found.analytic[:, which]) + 30 * self.found.rounding[which]
        floor = own + 1e-12 * self.tops[:, which] + NOTHING
        return np.where(np.isfinite(floor), floor, 0.0)

    @cached_property
    def tops(self) -> np.ndarray:
        """Give each entry the largest gradient of its input, for each weighting."""
        tops = np.zeros_like(self.found.analytic)
        for part in self.function.parts:
            tops[:, part] = np.abs(self.found.analytic[:, part]).max(axis=1, initial=0.0)[:, None]
        return tops

    def _note(self, which: np.ndarray, slopes: Slopes, expected: np.ndarray, floor: np.ndarray) -> None:
        found = self.found
        limit = slopes.tolerance + floor
        error = slopes.excess(expected)
        error = np.where(np.isfinite(expected), error, np.inf)
        slopes.kind[self._is_drowned(which, expected, limit)] = NOISY
        judged = np.isin(slopes.kind, (SMOOTH, KINK))
        worst = np.argmax(error / np.maximum(limit, np.finfo(float).tiny), axis=0)
        here = (worst, np.arange(len(which)))
        for name, values in (("numeric", slopes.value), ("left", slopes.left), ("right", slopes.right)):
            getattr(found, name)[which] = values[here]
        found.error[which] = np.where(judged, error[here], np.nan)
        found.tolerance[which] = limit[here]
        found.shown[which] = worst
        found.kind[which] = slopes.kind
        found.step = min(found.step, float(slopes.step.min(initial=np.inf)))
        for kind in slopes.kind[~judged]:
            reason = REASONS[int(kind)]
            found.skipped[reason] = found.skipped.get(reason, 0) + 1

    def _is_drowned(self, which: np.ndarray, expected: np.ndarray, limit: np.ndarray) -> np.ndarray:
        """Say for which entries noise hides even a gross mistake."""
        if self.given is not None:
            return np.zeros(limit.shape[1], bool)
        overall = self.tops.max(axis=1, initial=0.0)[:, None]
        top = np.where(self.tops[:, which] > 0, self.tops[:, which], overall)
        return ((limit > DROWNED * top) & ~self.found.is_nothing(expected, which)).all(axis=0)

    # -- projections ---------------------------------------------------------------------------------------

    def project(self, count: int = PROJECTIONS) -> int | None:
        """Compare random projections; give one entry that is wrong if one of them fails."""
        found, x = self.found, self.function.x
        norm = np.linalg.norm(found.analytic, axis=1)
        for _ in range(count):
            way = self.rng.choice([-1.0, 1.0], x.size)
            expected = (found.analytic @ way)[:, None]
            floor = FLOOR * norm[:, None] + 30 * np.linalg.norm(self.found.rounding) + NOTHING
            slopes = self.meter.compare(directions(x, way[None]), expected, floor, leave_clear=x.size > LARGE)
            found.projections += 1
            if slopes.kind[0] != SMOOTH:
                found.crossed += 1
                continue
            found.step = min(found.step, float(slopes.step[0]))
            if self.given is not None:
                floor = (self.given[0] + self.given[1] * norm[:, None]) * np.sqrt(x.size)
            excess = slopes.excess(expected) / np.maximum(slopes.tolerance + floor, np.finfo(float).tiny)
            if excess.max() > 1:
                k = int(np.argmax(excess))
                found.failed = float(np.abs(slopes.value[k, 0] - expected[k, 0]) / max(norm[k], 1e-300))
                return self.halve(way, k)
        return None

    def halve(self, way: np.ndarray, k: int) -> int:
        """Halve the support of a projection, keeping the half with the larger error, down to one entry."""
        support = np.arange(way.size)
        error = self._error(way, k)
        while support.size > 1:
            half = support[: support.size // 2]
            part = np.zeros_like(way)
            part[half] = way[half]
            first = self._error(part, k)
            if abs(first) >= abs(error - first):
                support, error = half, first
            else:
                support, error = support[support.size // 2 :], error - first
        return int(support[0])

    def _error(self, way: np.ndarray, k: int) -> float:
        x, h = self.function.x, FIRST_STEP
        with np.errstate(all="ignore"):
            change = self.function.value(x + h * way) - self.function.value(x - h * way)
        slope = float(self.found.weights[k] @ np.nan_to_num(change)) / (2 * h)
        return slope - float(self.found.analytic[k] @ way)

    # -- which entries -------------------------------------------------------------------------------------

    def chosen_entries(self) -> np.ndarray:
        """Choose corners, middles, first and last channels and samples of each input, and random entries."""
        chosen: list[np.ndarray] = []
        for shape, part in zip(self.function.shapes, self.function.parts, strict=True):
            size = part.stop - part.start
            if size:
                places = list(product(*(sorted({0, n - 1}) for n in shape)))[:16]
                places.append(tuple(n // 2 for n in shape))
                structured = [int(np.ravel_multi_index(p, shape)) if shape else 0 for p in places]
                some = self.rng.integers(0, size, RANDOM_ENTRIES)
                chosen.append(part.start + np.unique(np.concatenate([structured, some])))
        found = np.concatenate([np.zeros(0, int), *chosen])
        if self.function.x.size > LARGE and len(found) > MOST_CHOSEN:
            found = np.sort(self.rng.choice(found, MOST_CHOSEN, replace=False))
        return found

    def around(self, culprit: int, chosen: np.ndarray) -> np.ndarray:
        """Choose entries that tell what kind of mistake it is: on the lines through the culprit, and
        others."""
        k, place = self.function.locate(culprit)
        shape, part = self.function.shapes[k], self.function.parts[k]
        lines = []
        for d, n in enumerate(shape):
            for j in {0, n - 1, place[d] - 1, place[d] + 1} & set(range(n)):
                lines.append(part.start + int(np.ravel_multi_index((*place[:d], j, *place[d + 1 :]), shape)))
        mine = chosen[(chosen >= part.start) & (chosen < part.stop)]
        most = 8 if self.function.x.size > LARGE else 64
        return np.array([*lines[: most // 2], *self.rng.permutation(mine)[: most // 2]], int)


def draw_weights(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw an incoming gradient: random, of both signs, not uniform, and nowhere near 0."""
    return rng.uniform(0.5, 1.5, n) * rng.choice([-1.0, 1.0], n)

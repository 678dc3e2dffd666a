"""What kind of place a function is measured at: smooth, a kink, a jump, the edge of its domain.

One step size does not tell: a sharp bend looks like a kink from afar, and a kink that lies beside the place
like a bend. How the slopes on both sides change from step to step does.
"""

from dataclasses import dataclass, replace

import numpy as np

from .function import EPS, Function, Vector

SMOOTH, KINK, STEEP, JUMP, EDGE, NOISY = range(6)
REASONS = {
    STEEP: "the slope is infinite there",
    JUMP: "the function jumps there",
    EDGE: "it is the edge of the domain",
    NOISY: "the differences do not settle there",
}
GRIDS = (1e-7, 0.617e-7)  # widths, relative to the inputs
GRID_POINTS = 7
QUIET = 1e-7  # noise of a slope, relative to the values of the function
FINEST = 3  # of the levels: the one that kinks are judged at, each of them a tenth of the one before


@dataclass
class Level:
    """What one step size says about B moves; arrays of shape (B, outputs), the step (B, 1)."""

    h: np.ndarray
    value: np.ndarray
    error: np.ndarray
    noise: np.ndarray  # the part of the error that comes from rounding
    quiet: np.ndarray  # is that little, for numbers as large as those that were computed with?
    left: np.ndarray
    right: np.ndarray
    bend: np.ndarray  # how much the slope changes with the step
    hop: np.ndarray  # the larger distance of the two nearest values from that in the middle

    @staticmethod
    def of(
        near_left: np.ndarray,
        near_right: np.ndarray,
        far_left: np.ndarray,
        far_right: np.ndarray,
        y: Vector,
        h: np.ndarray,
        noise: Vector,
    ) -> "Level":
        """Work slopes out from the values at -h, h, -2h, 2h and 0."""
        near = (near_right - near_left) / (2 * h)
        far = (far_right - far_left) / (4 * h)
        value, bend = (4 * near - far) / 3, np.abs(far - near)
        around = np.maximum(np.abs(far_left), np.abs(far_right))
        rounding = 2 * np.maximum(noise, 4 * EPS * np.where(np.isfinite(around), around, 0.0)) / h
        return Level(
            h=h,
            value=value,
            error=4 * bend**2 / (np.abs(value) + bend + EPS**2) + rounding,
            noise=rounding,
            quiet=rounding <= QUIET * max(size_of(y), size_of(noise) / (4 * EPS)),
            left=-(4 * near_left - far_left - 3 * y) / (2 * h),
            right=(4 * near_right - far_right - 3 * y) / (2 * h),
            bend=bend,
            hop=np.maximum(np.abs(near_right - y), np.abs(near_left - y)),
        )


def is_settled(level: Level, limit: float) -> np.ndarray:
    """Say for which outputs a slope is known: a small error, and the same from both sides."""
    top = largest(level.value)
    same = np.abs(level.right - level.left) <= 8 * level.bend + 16 * level.noise + 1e-9 * top
    heard = level.quiet | (level.noise <= 1e-3 * top)
    return same & heard & (level.error <= limit * top + 16 * level.noise)


def size_of(values: np.ndarray) -> float:
    """Give the largest absolute value."""
    return float(np.abs(values).max(initial=0.0))


def largest(slopes: np.ndarray) -> np.ndarray:
    """Give the largest slope of each move, (B, 1)."""
    return np.where(np.isfinite(slopes), np.abs(slopes), 0.0).max(axis=1, initial=0.0)[:, None]


def choose(levels: list[Level], limit: float) -> tuple[Level, np.ndarray]:
    """Take for each output the step with the smallest error; name the place where no step gives a slope."""
    levels = [_humbled(level, finer) for level, finer in zip(levels, [*levels[1:], None], strict=True)]
    settled = np.stack([is_settled(level, limit) for level in levels]) & _agreed(levels, limit)
    errors = np.where(settled, np.stack([level.error for level in levels]), np.inf)
    best = np.argmin(errors, axis=0)
    rough = ~settled.any(axis=0)
    best[rough] = FINEST
    chosen = {}
    for name in vars(levels[0]):
        stacked = np.stack([np.broadcast_to(getattr(level, name), best.shape) for level in levels])
        chosen[name] = np.take_along_axis(stacked, best[None], 0)[0]
    kind = np.where(rough, _classify(*levels[FINEST - 2 : FINEST + 1]), SMOOTH)
    return Level(**chosen), kind.astype(np.int8)


def _humbled(level: Level, finer: Level | None) -> Level:
    """Raise the error of a step to its distance from the next finer one, beyond the noise of that: a small
    wave on a steep slope bends more than the slope shows."""
    if finer is None:
        return level
    apart = np.abs(level.value - finer.value) - finer.noise
    return replace(level, error=np.fmax(level.error, np.where(np.isfinite(apart), apart, 0.0)))


def _agreed(levels: list[Level], limit: float) -> np.ndarray:
    """Say which levels one of their neighbours bears out: a fine oscillation may look smooth from afar."""
    found = []
    settled = [is_settled(level, limit) for level in levels]
    for i, level in enumerate(levels):
        near = []
        for j in {i - 1, i + 1} & set(range(len(levels))):
            other = levels[j]
            allowed = 1e-4 * largest(level.value) + 16 * (level.noise + other.noise)
            near.append(settled[j] & (np.abs(level.value - other.value) <= allowed))
        found.append(np.any(near, axis=0))
    return np.stack(found)


def _classify(first: Level, coarse: Level, fine: Level) -> np.ndarray:
    size = np.maximum(np.abs(fine.left), np.abs(fine.right))
    before = np.maximum(np.abs(coarse.left), np.abs(coarse.right))
    drift = np.maximum(np.abs(fine.left - coarse.left), np.abs(fine.right - coarse.right))
    kind = np.full(fine.value.shape, NOISY)
    before_that = np.maximum(np.abs(fine.left - first.left), np.abs(fine.right - first.right))
    allowed = 0.05 * size + 16 * fine.noise + 1e-6 * largest(fine.value)
    kind[(drift <= allowed) & (before_that <= 4 * allowed)] = KINK
    grows = size > 2 * before + 16 * fine.noise
    kind[grows] = STEEP
    kind[grows & (fine.hop > 0.5 * coarse.hop)] = JUMP
    kind[~np.isfinite(fine.left + fine.right)] = EDGE
    return kind


def measure_noise(function: Function, rng: np.random.Generator) -> Vector:
    """Estimate how far rounding moves each output: by differences of high order on a tiny grid, where all
    that is smooth cancels. The place itself is left out: the function may jump there. Two widths, since a
    grid can fall on numbers that happen to be exact.

    Source: J. J. Moré and S. M. Wild, Estimating Computational Noise, SIAM J. Sci. Comput. 33, 2011.
    """
    x = function.x
    size = np.where(x != 0, np.abs(x), 1.0 if not x.any() else float(np.median(np.abs(x[x != 0]))))
    step = rng.choice([-1.0, 1.0], x.shape) * size
    with np.errstate(all="ignore"):
        noise = np.fmax(*(_grid_noise(function, step * width) for width in GRIDS))
    noise = np.where(np.isfinite(noise), noise, 0.0)
    typical = float(np.median(noise)) if noise.size else 0.0
    return np.maximum(np.maximum(noise, typical), 4 * EPS * np.abs(function.y) + function.cancelled)


def _grid_noise(function: Function, step: Vector) -> Vector:
    """Give the smallest estimate of three orders; what is not noise makes one of them too large."""
    table = np.stack([function.value(function.x + j * step) for j in range(1, GRID_POINTS + 1)])
    levels = []
    for order, factor in enumerate((2, 6, 20, 70, 252), start=1):  # binomial(2 order, order)
        table = np.diff(table, axis=0)
        if order >= 3:
            levels.append(np.sqrt(np.mean(table**2, axis=0) / factor))
    return np.min(levels, axis=0)

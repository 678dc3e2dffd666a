"""Float32: the gradient that people train with is held against ours in float64, never against differences."""

import numpy as np

from ...errors import DtypeError
from ..codes import diagnosis
from ..report import Diagnosis, Measured
from .function import Function, Vector, joined, split
from .search import draw_weights

EPS32 = float(np.finfo(np.float32).eps)
LARGEST = 1e30


def check_dtype(
    function: Function, rng: np.random.Generator, notes: list[str]
) -> tuple[bool, Diagnosis | None]:
    """Run everything in float32: could it be done, and did a dtype change on the way?"""
    x, c = _narrow(function.x), _narrow(draw_weights(rng, function.y.size))
    try:
        narrow = function.record(x, np.float32)
    except Exception as error:
        notes.append(f"float32 was not checked: {error}")
        return False, None
    if any(y.dtype != np.float32 for y in narrow[1]):  # on purpose: nothing is promoted silently
        notes.append("float32 was not checked: the function turns it into float64")
        return False, None
    try:
        gradients = function.gradients(c, narrow)
    except DtypeError as error:
        return True, diagnosis("dtype-loss", str(error))
    for name, g in zip(function.names, gradients, strict=True):
        if g is not None and g.dtype != np.float32:
            return True, diagnosis("dtype-loss", f"the gradient of {name} (float32) is {g.dtype}")
    return True, None


def check_accuracy(
    function: Function, rng: np.random.Generator, measured: Measured, notes: list[str]
) -> Diagnosis | None:
    """Compare the float32 gradient with that of the same numbers in float64.

    What rounding may cost is measured, too: how much the float64 gradient changes if the inputs are moved by
    one unit of float32. Precision that is lost by chance inside of the function is no mistake of its
    gradient; an error that is the same all around is.
    """
    x, c = _narrow(function.x), _narrow(draw_weights(rng, function.y.size))
    expected = function.gradient(c, function.record(x))
    got = function.gradient(c, function.record(x, np.float32))
    top = float(np.abs(expected).max(initial=0.0))
    if _is_beyond(function, x, expected):
        notes.append("float32 was not checked: there are values beyond its range")
        return None
    if not np.isfinite(got).all():
        i = int(np.flatnonzero(~np.isfinite(got))[0])
        return diagnosis(
            "dtype-loss",
            f"in float32, the gradient of {function.place(i)} is {got[i]}, not {expected[i]:.6g}",
        )
    error = np.abs(got - expected)
    measured.float32_error = float(error.max(initial=0.0)) / top if top else 0.0
    limit = _rounding(function, x, c, expected, rng)
    if (error <= limit).all():
        return None
    if not _is_systematic(function, x, c, rng):
        lost = f"{measured.float32_error:.1e}"
        notes.append(
            f"in float32, rounding inside of the function changes the gradient by {lost} of its largest"
        )
        return None
    i = int(np.argmax(error - limit))
    return diagnosis(
        "dtype-loss",
        f"in float32, the gradient of {function.place(i)} is {got[i]:.8g}; in float64 it is "
        f"{expected[i]:.8g}, and rounding explains {limit[i]:.1e}",
    )


def _narrow(values: Vector) -> Vector:
    """Round to numbers that float32 has."""
    return values.astype(np.float32).astype(np.float64)


def _is_beyond(function: Function, x: Vector, gradient: Vector) -> bool:
    """Say whether something is too large for float32, or all of it so small that it counts as 0 there."""
    for values in (x, function.y, gradient):
        top = float(np.abs(values).max(initial=0.0))
        if not top < LARGEST or 0 < top < 1 / LARGEST:
            return True
    return False


def _rounding(function: Function, x: Vector, c: Vector, expected: Vector, rng: np.random.Generator) -> Vector:
    """Measure what one unit of float32 in the inputs changes, and allow some of it."""
    moved = np.zeros_like(expected)
    for _ in range(3):
        nudge = EPS32 * rng.choice([-1.0, 1.0], x.shape) * np.abs(x)
        moved = np.maximum(moved, np.abs(function.gradient(c, function.record(x + nudge)) - expected))
    overall = float(np.abs(expected).max(initial=0.0))
    scale = max(1.0, float(np.abs(x).max(initial=0.0)))
    values = 4 * float(np.abs(function.y).max(initial=0.0)) / scale  # where saturation leaves little gradient
    limits = []
    for part, change in zip(split(expected, function.shapes), split(moved, function.shapes), strict=True):
        top = float(np.abs(part).max(initial=0.0))
        allowed = EPS32 * (200 * top + overall + values) + 30 * float(change.max(initial=0.0))
        limits.append(np.full(part.shape, allowed))
    return joined(limits)


def _is_systematic(
    function: Function, x: Vector, c: Vector, rng: np.random.Generator, tries: int = 8
) -> bool:
    """Say whether the error is the same all around: rounding inside of a function errs to both sides."""
    errors = []
    for _ in range(tries):
        near = x + 0.01 * rng.standard_normal(x.shape) * np.maximum(1.0, np.abs(x))
        near = near.astype(np.float32).astype(np.float64)
        wide = function.gradient(c, function.record(near))
        errors.append(function.gradient(c, function.record(near, np.float32)) - wide)
    mean, spread = np.mean(errors, axis=0), np.std(errors, axis=0)
    if not np.isfinite(mean).all():
        return False
    return bool(np.linalg.norm(mean) > 6 * np.linalg.norm(spread) / np.sqrt(tries))

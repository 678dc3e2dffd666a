"""What rounding does to a gradient: how far it moves with the last digits of the inputs.

A gradient that is right can be inexact: a difference of nearly equal terms loses digits. That must neither
fail a check nor widen the tolerance of gradients that are exact.
"""

import numpy as np

from .function import EPS, Function, Vector

LAST_DIGITS = 2 * EPS
NEARBY = (1e-7, 0.617e-7, 0.383e-7)  # relative; what is smooth changes by its square in a second difference
FORWARD = 100.0  # times the noise of the values


def measure_rounding(function: Function, c: Vector, noise: Vector) -> Vector:
    """Estimate the error of each entry of the gradient for the incoming gradient ``c``.

    A function that loses digits does so forward as well: rounding of the gradient is believed up to what the
    ``noise`` of the values explains. More than that comes from a lower precision in the backward pass.

    The inputs are all scaled alike, so that ties stay ties; where the gradient jumps on one side, the other
    side counts.
    """
    middle = function.gradient(c)
    up, down = (np.abs(_gradient(function, c, 1 + sign * LAST_DIGITS) - middle) for sign in (1, -1))
    last = np.nan_to_num(np.fmin(up, down))
    bend = np.max([_second_difference(function, c, middle, step) for step in NEARBY], axis=0)
    size = np.where(function.x != 0, np.abs(function.x), 1.0)
    believed = FORWARD * float(noise.max(initial=0.0)) * float(np.abs(c).max(initial=0.0)) / size
    bend = np.where(np.isfinite(bend) & (bend <= believed), bend, 0.0)
    return np.fmax(last, bend) + _unit(function, c) + function.cancelled


def _second_difference(function: Function, c: Vector, middle: Vector, step: float) -> Vector:
    around = [_gradient(function, c, 1 + sign * step) for sign in (1, -1)]
    return np.abs(around[0] + around[1] - 2 * middle) / 2


def _unit(function: Function, c: Vector) -> float:
    """Give what one rounding of the result is worth in the gradient."""
    scale = max(1.0, float(np.abs(function.x).max(initial=0.0)))
    return EPS * float(np.abs(c).max(initial=0.0)) * float(np.abs(function.y).max(initial=0.0)) / scale


def _gradient(function: Function, c: Vector, factor: float) -> Vector:
    """Give the gradient at scaled inputs, NaN beyond the edge of the domain."""
    try:
        return function.gradient(c, function.record(function.x * factor))
    except Exception:
        return np.full(function.x.shape, np.nan)

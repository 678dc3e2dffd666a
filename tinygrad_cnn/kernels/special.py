"""The error function and its complement, which numpy does not have, to 8 units of the last digit.

Source of the rational approximations: Cody, Rational Chebyshev approximations for the error function,
Mathematics of Computation 23, 1969. One is for |x| up to 15/32, one up to 4, one beyond.
"""

import math
from collections.abc import Callable

import numpy as np

from . import threads
from .recycle import empty_like

CHUNK = 16384
NEAR, FAR = 0.46875, 4.0  # where one approximation ends and the next one begins
BEYOND = 28.0  # from here on erfc is less than the smallest double
SQRT_PI = math.sqrt(math.pi)

# Numerator and denominator, the highest power first.
AROUND_0 = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2)
    + (3.20937758913846947e3,),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1)
    + (2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3)
    + (1.23033935479799725e3,),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3)
    + (3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)
TAIL = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1)
    + (1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346047, 5.27905102951428412e-1, 6.05183413124413191e-2)
    + (2.33520497626869185e-3,),
)


def erf(x: np.ndarray) -> np.ndarray:
    """Give the error function of floats, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.

    >>> erf(np.array([0.0, 1.0, -np.inf])).round(15)
    array([ 0.        ,  0.84270079, -1.        ])
    """

    def work(x: np.ndarray) -> np.ndarray:
        away = np.copysign(0.5 - erfc_of_size(np.abs(x)) + 0.5, x)
        return np.where(np.abs(x) <= NEAR, erf_around_0(x), away)

    return by_chunks(work, x)


def erfc(x: np.ndarray) -> np.ndarray:
    """Give 1 - erf(x), without the loss of digits where erf is close to 1.

    >>> erfc(np.array([0.0, 10.0, -np.inf]))
    array([1.00000000e+00, 2.08848758e-45, 2.00000000e+00])
    """

    def work(x: np.ndarray) -> np.ndarray:
        c = erfc_of_size(np.abs(x))
        return np.where(np.abs(x) <= NEAR, 1.0 - erf_around_0(x), np.where(x < 0, 2.0 - c, c))

    return by_chunks(work, x)


def erf_around_0(x: np.ndarray) -> np.ndarray:
    """For |x| up to `NEAR`; some finite number beyond."""
    x = np.clip(x, -NEAR, NEAR)
    return x * ratio(AROUND_0, x * x)


def erfc_of_size(a: np.ndarray) -> np.ndarray:
    """For positive numbers from `NEAR` on, and NaN."""
    a = np.minimum(a, BEYOND)
    y = ratio(MIDDLE, np.minimum(a, FAR))
    far = np.flatnonzero(a > FAR)
    if far.size:
        b = a[far]
        inverse = 1.0 / (b * b)
        y[far] = (1.0 / SQRT_PI - inverse * ratio(TAIL, inverse)) / b
    # exp(-a^2) with a^2 in two parts, of which the first is exact: its rounding would cost digits
    coarse = np.trunc(a * 16.0) / 16.0
    return y * np.exp(-coarse * coarse) * np.exp((coarse - a) * (coarse + a))


def ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: np.ndarray) -> np.ndarray:
    """Divide one polynomial by another."""
    above, below = (polynomial(part, x) for part in coefficients)
    return np.divide(above, below, out=above)


def polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Add up powers of x, the highest first, by Horner's rule.

    >>> polynomial((1.0, 0.0, 3.0), np.array([2.0]))
    array([7.])
    """
    y = x * coefficients[0]
    for c in coefficients[1:-1]:
        y += c
        y *= x
    y += coefficients[-1]
    return y


def by_chunks(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """Apply a function to pieces that fit into the cache; the memory order is kept if there are no gaps."""
    flat = x.ravel("K")
    y = empty_like(x)
    if y.strides != x.strides or not np.may_share_memory(flat, x):  # gaps or repetitions: in plain order
        flat, y = x.reshape(-1), np.empty(x.shape, x.dtype)
    target = y.ravel("K")

    def work(first: int, last: int) -> None:
        for start in range(first, last, CHUNK):
            part = slice(start, min(start + CHUNK, last))
            target[part] = function(flat[part])

    threads.run_ranges(work, flat.size, flat.size)
    return y

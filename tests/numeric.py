"""Derivatives by differences, in float64: what the engine's gradients are held against."""

from collections.abc import Callable, Sequence

import numpy as np

Arrays = Sequence[np.ndarray]


def slope(f: Callable[[float], float], h: float = 1e-3) -> float:
    """Give the derivative of f at 0 by central differences at two steps (Richardson)."""
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)


def gradient(f: Callable[[Arrays], float], arrays: Arrays, k: int, h: float = 1e-3) -> np.ndarray:
    """Give the gradient of f with respect to ``arrays[k]``, entry by entry."""
    result = np.zeros(arrays[k].shape)
    for place in np.ndindex(result.shape):

        def shifted(t: float, place: tuple[int, ...] = place) -> float:
            moved = [a.copy() for a in arrays]
            moved[k][place] += t
            return f(moved)

        result[place] = slope(shifted, h)
    return result


def along(f: Callable[[Arrays], float], arrays: Arrays, direction: Arrays, h: float = 1e-3) -> float:
    """Give the slope of f when all arrays move along a direction."""
    return slope(lambda t: f([np.asarray(a + t * d) for a, d in zip(arrays, direction, strict=True)]), h)


def signs(rng: np.random.Generator, arrays: Arrays) -> list[np.ndarray]:
    """Draw a direction of +1 and -1: no entry of a gradient can hide from it."""
    return [rng.choice([-1.0, 1.0], a.shape) for a in arrays]


def assert_close(got: np.ndarray, expected: np.ndarray, rtol: float, what: str) -> None:
    """Compare to a part of the largest expected value (at least 1), and name the worst place."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, expected {expected.shape}"
    if not got.size:
        return
    error = np.abs(got - expected)
    limit = rtol * max(1.0, float(np.abs(expected).max()))
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(error), np.inf, error))), error.shape)
    assert error[worst] <= limit, f"{what}: at {worst} got {got[worst]!r}, expected {expected[worst]!r}"

"""Mistakes that show in the order of a gradient: reversed, transposed, moved, or otherwise rearranged.

The gradient is Jᵀg. Its entries may be in a wrong order, or those of the incoming gradient g. Each matcher
gives its evidence in words if it explains every derivative that was measured, else None.
"""

from collections.abc import Iterator
from itertools import chain, combinations, permutations

import numpy as np

from .case import Case, explains, place_of

MOST_DIMS = 4
SHORTEST = 4  # axis, of which all but a border can be said to have moved
INPUT, INCOMING = "it is the right gradient", "it is right for an incoming gradient g"


def sides(case: Case) -> Iterator[tuple[str, list[int]]]:
    """Give the axes of the Jacobian (*output, *input) on either side, and what it means to rearrange them."""
    n = len(case.out_shapes[0]) if len(case.out_shapes) == 1 else 1
    if case.shape:
        yield INPUT, list(range(n, n + len(case.shape)))
    if len(case.out_shapes) == 1 and n:
        yield INCOMING, list(range(n))


def whole(case: Case, jacobian: np.ndarray) -> np.ndarray:
    """Give a Jacobian one axis for each dimension of output and input."""
    out = case.out_shapes[0] if len(case.out_shapes) == 1 else (-1,)
    return jacobian.reshape(*out, *case.shape)


def flipped(case: Case) -> str | None:
    """Reversed along some dimensions."""
    n = whole(case, case.numeric)
    for words, axes in sides(case):
        long = [a for a in axes if n.shape[a] > (2 if words == INCOMING else 1)][:MOST_DIMS]
        for dims in chain(*(combinations(long, r) for r in range(1, len(long) + 1))):
            if case.explains(np.flip(n, dims)):
                return f"{words} reversed along dimension {_named(dims, axes)}"
    return None


def transposed(case: Case) -> str | None:
    """Axes in another order, in the same memory or not."""
    n = whole(case, case.numeric)
    for words, axes in sides(case):
        for order in permutations(axes) if len(axes) <= MOST_DIMS else ():
            full = [*range(axes[0]), *order, *range(axes[-1] + 1, n.ndim)]
            if list(order) != axes and case.explains(n.transpose(full)):
                return f"{words} with its dimensions in the order {tuple(a - axes[0] for a in order)}"
    return None


def jacobian_transposed(case: Case) -> str | None:
    """J g, which must be Jᵀ g."""
    n = case.flat[1]
    if n.shape[0] == n.shape[1] > 1 and case.explains(n.T):
        return "it is J g where Jᵀ g belongs: the Jacobian J is not transposed"
    return None


def shifted(case: Case) -> str | None:
    """Moved by a place or two, with or without wrapping around."""
    return _moved(case, False)


def shifted_inside(case: Case) -> str | None:
    """Moved likewise, but for the border."""
    return _moved(case, True)


def _moved(case: Case, but_border: bool) -> str | None:
    a, n = whole(case, case.analytic), whole(case, case.numeric)
    for words, axes in sides(case):
        for d, axis in enumerate(axes):
            size = n.shape[axis]
            for by in (1, -1, 2, -2):
                if abs(by) >= size or (size == 2 and by < 0) or (but_border and size < SHORTEST + abs(by)):
                    continue
                if (_is_moved_inside if but_border else _is_moved)(a, n, axis, by):
                    limits = ", except at its border" if but_border else ""
                    return f"{words} moved by {by:+d} along dimension {d}{limits}"
    return None


def _is_moved(a: np.ndarray, n: np.ndarray, axis: int, by: int) -> bool:
    moved = np.roll(n, by, axis=axis)
    filled = moved.copy()
    filled[(slice(None),) * axis + (slice(0, by) if by > 0 else slice(by, None),)] = 0
    return explains(a, moved, n) or explains(a, filled, n)


def _is_moved_inside(a: np.ndarray, n: np.ndarray, axis: int, by: int) -> bool:
    inner = (slice(None),) * axis + (slice(by, None) if by > 0 else slice(None, by),)
    return explains(a[inner], np.roll(n, by, axis=axis)[inner], n[inner])


def misplaced(case: Case) -> str | None:
    """The right values at wrong places, of the gradient or of g."""
    a, n = case.flat
    if a.size < 4:
        return None
    order = _order(a, n)
    if order is not None and case.explains(n[:, order]):
        return _told("the gradient is the right one with its entries in another order", order, case.shape)
    order = _order(a.T, n.T)
    if order is not None and case.explains(n[order]):
        shape = case.out_shapes[0] if len(case.out_shapes) == 1 else (a.shape[0],)
        return _told("the gradient is right for a g whose entries are in another order", order, shape)
    return None


def rearranged(case: Case) -> str | None:
    """The right values at wrong places for each output by itself."""
    a, n = case.flat
    guess = np.take_along_axis(np.sort(n, axis=1), np.argsort(np.argsort(a, axis=1), axis=1), axis=1)
    if case.size < 4 or not case.explains(guess):
        return None
    o, i = np.unravel_index(int(np.argmax(np.abs(np.where(np.abs(n) > case.nothing, a - n, 0)))), n.shape)
    got = int(np.argmin(np.abs(a[o] - n[o, i])))
    return (
        f"each output has the derivatives that it should have, by other entries: that of output {o} by "
        f"{place_of(int(i), case.shape)} is at {place_of(got, case.shape)}"
    )


def _order(a: np.ndarray, n: np.ndarray) -> np.ndarray | None:
    """Find which column of n each column of a is, by their products with random numbers."""
    weights = np.random.default_rng(0).uniform(0.5, 1.5, len(a))
    order = np.empty(a.shape[1], int)
    order[np.argsort(weights @ a)] = np.argsort(weights @ n)
    return order


def _told(words: str, order: np.ndarray, shape: tuple[int, ...]) -> str:
    i = int(np.flatnonzero(order != np.arange(len(order)))[0])
    return f"{words}: where {place_of(i, shape)} belongs there is {place_of(int(order[i]), shape)}"


def _named(dims: tuple[int, ...], axes: list[int]) -> str:
    return " and ".join(str(d - axes[0]) for d in dims)

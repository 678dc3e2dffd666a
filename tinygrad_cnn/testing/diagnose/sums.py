"""Mistakes in the sums and scales of a formula: along which dimensions, which term, one factor per line.

Each matcher gives its evidence in words if it explains every derivative that was measured, else None.
"""

from collections.abc import Iterator
from itertools import chain, combinations

import numpy as np

from .case import ALIKE, Case, alike
from .orders import whole

FEWEST = 3  # entries along each side of a block whose rank says something
DENSE = 0.9  # share of the derivatives along a dimension that are not 0


def wrong_axis(case: Case) -> str | None:
    """Each output depends on a line of the input, and the gradient couples it to another one."""
    if case.out_shapes != [case.shape] or len(case.shape) < 2:
        return None
    a, n = (_coupled(whole(case, j), case.nothing) for j in (case.analytic, case.numeric))
    if not a or not n or a == n:
        return None
    inside = np.abs(case.numeric) > case.nothing
    if set(n) < set(a) and not case.explains(np.where(inside, case.numeric, case.analytic)):
        return None
    along, instead = (" and ".join(map(str, dims)) for dims in (n, a))
    depends = f"each output depends on the entries along dimension {along}"
    return f"{depends}; the gradient mixes those along {instead}"


def only_the_sum(case: Case) -> str | None:
    """All entries of the incoming gradient have the same part in the gradient."""
    a, n = case.flat
    if len(a) < FEWEST or np.abs(a - a[0]).max() > ALIKE * np.abs(a).max() or not a.any():
        return None
    if np.abs(n - n[0]).max() <= 1e-3 * np.abs(n).max():
        return None
    return f"the gradient depends on the sum of all {len(a)} entries of g only, and the outputs differ"


def wrong_shares(case: Case) -> str | None:
    """Each output gives the right sum of derivatives to its entries, in equal shares or to one of them, where
    the function does otherwise."""
    a, n = case.flat
    sums = n.sum(axis=1)
    if case.size < FEWEST or not alike(a.sum(axis=1), sums) or np.abs(sums).min() <= ALIKE * np.abs(n).max():
        return None
    counts = [(np.abs(j) > case.nothing).sum(axis=1) for j in (a, n)]
    if not _is_even(a, case.nothing) or (counts[0] == counts[1]).any():
        return None
    got, right = (int(count[0]) for count in counts)
    one = "one entry" if got == 1 else f"{got} entries in equal shares"
    others = "one" if right == 1 else f"{right}, in shares from {_range(n[0], case.nothing)}"
    return f"the derivatives of each output have the right sum; it goes to {one} and belongs to {others}"


def _is_even(jacobian: np.ndarray, nothing: float) -> bool:
    used = np.abs(jacobian) > nothing
    top = np.abs(jacobian).max(axis=1, keepdims=True)
    return bool(used.any(axis=1).all() and (np.abs(np.abs(jacobian) - top) <= ALIKE * top)[used].all())


def _range(row: np.ndarray, nothing: float) -> str:
    used = row[np.abs(row) > nothing] / row.sum()
    return f"{used.min():.3g} to {used.max():.3g}"


def _coupled(jacobian: np.ndarray, nothing: float) -> tuple[int, ...]:
    """Give the dimensions along which outputs and entries differ; none if they are not coupled throughout."""
    count = jacobian.ndim // 2
    used = np.abs(jacobian) > nothing
    where = np.nonzero(used)
    dims = tuple(d for d in range(count) if (where[d] != where[d + count]).any())
    size = float(np.prod([jacobian.shape[d] for d in range(count)]))
    most = size * np.prod([jacobian.shape[d] for d in dims])
    return dims if used.sum() >= DENSE * most else ()


def line_factor(case: Case) -> str | None:
    """The right gradient times a factor for each line along a dimension of the input or of the output."""
    for words, axis, size, a, n in _lines(case):
        uses = (np.abs(n) > case.nothing).sum(axis=1)
        counted = uses > 0
        squares = (n * n).sum(axis=1)
        factors = (a * n).sum(axis=1) / np.where(counted, squares, 1.0)
        if counted.sum() < 2 or uses[counted].min() < 2 or uses.sum() < 2 * counted.sum() + 2:
            continue
        if np.ptp(factors[counted]) > 100 * ALIKE and case.explains(_back(factors[:, None] * n, axis, case)):
            listed = ", ".join(f"{f:.4g}" for f in factors[:5]) + (", ..." if size > 5 else "")
            return f"gradient / differences = {listed} along dimension {words}, the same within each line"
    return None


def line_term(case: Case) -> str | None:
    """The right gradient plus a number for each line along a dimension of the input."""
    for words, _, size, a, n in _lines(case):
        used = (np.abs(n) > case.nothing) | (np.abs(a) > case.nothing)
        counts = used.sum(axis=1)
        terms = np.where(used, a - n, 0.0).sum(axis=1) / np.maximum(counts, 1)
        if counts.min() < FEWEST:
            continue
        if alike(np.where(used, a - n, 0.0), np.where(used, terms[:, None], 0.0)):
            listed = ", ".join(f"{t:.4g}" for t in terms[:5]) + (", ..." if size > 5 else "")
            return f"gradient - differences = {listed} along dimension {words}, the same within each line"
    return None


def constants(case: Case) -> str | None:
    """One of at most two numbers too much, each at several places, and right at the others."""
    a, n = case.flat
    difference = (a - n).ravel()
    top = float(np.abs(difference).max())
    off = np.abs(difference) > ALIKE * max(top, float(np.abs(n).max()))
    low, high = float(difference[off].min(initial=np.inf)), float(difference[off].max(initial=-np.inf))
    near = [np.abs(difference - v) <= 100 * ALIKE * top for v in dict.fromkeys((low, high))]
    counts = [int(here.sum()) for here in near]
    if not off.any() or min(counts) < FEWEST or not (np.any(near, axis=0) | ~off).all() or _is_flat(a, n):
        return None
    told = " and ".join(f"{v:.6g} at {c}" for v, c in zip((low, high), counts, strict=False))
    return f"gradient - differences = {told} of {difference.size} derivatives, 0 at the others"


def _is_flat(a: np.ndarray, n: np.ndarray) -> bool:
    """Say whether the derivatives are so few numbers that such a difference says nothing."""
    return min(len(np.unique(np.round(j / (np.abs(j).max() or 1.0), 6))) for j in (a, n)) < 2 * FEWEST


def _lines(case: Case) -> Iterator[tuple[str, int, int, np.ndarray, np.ndarray]]:
    """Go through the dimensions, with both Jacobians (index along it, all the rest)."""
    a, n = whole(case, case.analytic), whole(case, case.numeric)
    first = n.ndim - len(case.shape)
    for axis in [*range(first, n.ndim), *(range(first) if len(case.out_shapes) == 1 else ())]:
        of = f"{axis - first}" if axis >= first else f"{axis} of the result"
        size = n.shape[axis]
        if size > 1 and n.size > size:
            yield of, axis, size, *(np.moveaxis(j, axis, 0).reshape(size, -1) for j in (a, n))


def _back(lines: np.ndarray, axis: int, case: Case) -> np.ndarray:
    shape = whole(case, case.numeric).shape
    moved = (shape[axis], *np.delete(shape, axis))
    return np.moveaxis(lines.reshape(moved), 0, axis)


def lost_sum(case: Case) -> str | None:
    """The right gradient plus u (v.g) with vectors u and v, in each line along a dimension or all at once."""
    if case.out_shapes != [case.shape]:
        return None
    difference = whole(case, case.analytic - case.numeric)
    count = len(case.shape)
    for dims in chain(*(combinations(range(count), r) for r in range(1, count + 1))):
        blocks = _blocks(difference, dims, case)
        if blocks is None or min(blocks.shape[1:]) < FEWEST:
            continue
        if all(_is_rank_one(block) for block in blocks):
            along = f"each line along dimension {' and '.join(map(str, dims))}"
            named = "one sum" if len(dims) == count else along
            return f"gradient - differences is u (v.g) in {named}{_factors(blocks, dims, case)}"
    return None


def _blocks(difference: np.ndarray, dims: tuple[int, ...], case: Case) -> np.ndarray | None:
    """Cut what couples lines along some dimensions out; None if there is something else."""
    count = len(case.shape)
    others = [d for d in range(count) if d not in dims]
    order = [*others, *dims, *(d + count for d in others), *(d + count for d in dims)]
    lines = int(np.prod([case.shape[d] for d in others]))
    size = int(np.prod([case.shape[d] for d in dims]))
    square = difference.transpose(order).reshape(lines, size, lines, size)
    blocks = square[np.arange(lines), :, np.arange(lines)]
    beside = square.copy()
    beside[np.arange(lines), :, np.arange(lines)] = 0
    return None if np.abs(beside).max(initial=0.0) > ALIKE * np.abs(blocks).max() else blocks


def _is_rank_one(block: np.ndarray) -> bool:
    values = np.linalg.svd(block, compute_uv=False)
    top = np.abs(block).max()
    wide = (np.abs(block) > 1e-4 * top).any(axis=0).sum() >= FEWEST
    high = (np.abs(block) > 1e-4 * top).any(axis=1).sum() >= FEWEST
    return bool(values[0] > 0 and values[1] <= 10 * ALIKE * values[0] and wide and high)


def _factors(blocks: np.ndarray, dims: tuple[int, ...], case: Case) -> str:
    """Name the two vectors if they are ones, the input, or the result."""
    left, right = (np.linalg.svd(blocks[0])[i] for i in (0, 2))
    others = [d for d in range(len(case.shape)) if d not in dims]
    known = {}
    for words, values in (("x", case.values), ("the result", case.results)):
        known[words] = values.reshape(case.shape).transpose([*others, *dims]).reshape(len(blocks), -1)[0]
    known["1"] = np.ones(blocks.shape[1])
    told = []
    for letter, vector in (("u", right[0]), ("v", left[:, 0])):
        for words, values in known.items():
            if alike(abs(vector @ values) * np.ones(1), np.linalg.norm(values) * np.ones(1)):
                told.append(f"{letter} a multiple of {words}")
    return f", with {' and '.join(told)}" if told else ""

"""One entry of a gradient worked out by the chain rule, with slopes that were measured and not derived."""

import math
from typing import Any

import numpy as np

from ...core import REGISTRY, Tensor, wrap
from ..graph.model import Worked

MOST_TERMS = 3
TRIED = 4  # entries, until one is at no kink
LARGEST = 4_000_000  # values of inputs and output together; above it a step would take seconds


def work_out(
    op: str, args: tuple[Any, ...], settings: dict[str, Any], position: int, g: Tensor, d: Tensor
) -> Worked | None:
    r"""Take the entry i of input x with the largest gradient, and move it: how much does each output follow?

    .. math:: \bar x_i = \sum_j \bar y_j \frac{\partial y_j}{\partial x_i}

    The slopes are central differences of the operation itself, computed in float64. At a kink, such as a tie
    in a window, they are no slopes; then the next largest gradients are tried.
    """
    if not d.array.size or not np.isfinite(d.array).all():
        return None
    found = None
    for place in _largest(d.array):
        entry = tuple(int(i) for i in np.unravel_index(place, d.shape))
        worked = _work_out(op, args, settings, position, entry, g, float(d.array[entry]))
        found = found or worked
        if worked.difference is None or _agrees(worked):
            return worked
    return found


def _largest(d: np.ndarray) -> list[int]:
    """List the places of the largest entries, the first of equal ones first."""
    size = np.abs(d).reshape(-1)
    count = min(TRIED, size.size)
    if count == size.size:
        chosen = np.arange(size.size)
    else:
        chosen = np.union1d(np.argpartition(-size, count)[:count], [np.argmax(size)])
    return [int(i) for i in chosen[np.lexsort((chosen, -size[chosen]))]]


def _agrees(worked: Worked) -> bool:
    difference = worked.difference or 0.0
    return abs(difference - worked.backward) <= 1e-3 * max(abs(difference), abs(worked.backward))


def _work_out(
    op: str,
    args: tuple[Any, ...],
    settings: dict[str, Any],
    position: int,
    entry: tuple[int, ...],
    g: Tensor,
    backward: float,
) -> Worked:
    slopes = _slopes(op, args, settings, args[position], position, entry)
    if slopes is None or slopes.shape != g.shape or not np.isfinite(slopes).all():
        return Worked(entry, backward, None, (), 0)
    with np.errstate(all="ignore"):
        shares = g.array.astype(np.float64) * slopes
    difference = float(shares.sum())
    reached = np.flatnonzero(slopes)
    order = reached[np.argsort(-np.abs(shares.reshape(-1)[reached]), kind="stable")][:MOST_TERMS]
    places = [tuple(int(i) for i in np.unravel_index(int(k), g.shape)) for k in order]
    terms = tuple((p, float(g.array[p]), float(slopes[p])) for p in places)
    return Worked(entry, backward, difference if math.isfinite(difference) else None, terms, len(reached))


def _slopes(
    op: str, args: tuple[Any, ...], settings: dict[str, Any], x: Any, position: int, entry: tuple[int, ...]
) -> np.ndarray | None:
    """Measure how every output follows one entry of one input; None where that is not possible."""
    record = REGISTRY.get(op)
    if record is None or sum(a.array.size for a in args if a is not None) > LARGEST:
        return None
    wide = [a if a is None or a.array.dtype.kind != "f" else wrap(a.array.astype(np.float64)) for a in args]
    h = 1e-6 * max(1.0, abs(float(x.array[entry])))
    results = []
    for step in (h, -h):
        moved = wide[position].array.copy()
        moved[entry] += step
        wide[position] = wrap(moved)
        try:
            with np.errstate(all="ignore"):
                y = record.forward(*wide, **settings)[0]
        except Exception:  # an operation of the user's may refuse float64
            return None
        if np.asarray(y).dtype != np.float64:  # too coarse for a step this small
            return None
        results.append(np.asarray(y))
        wide[position] = wrap(x.array.astype(np.float64))
    slopes = (results[0] - results[1]) / (2 * h)
    noise = 4 * np.finfo(np.float64).eps * np.abs(results[0]) / h  # what rounding alone makes of a slope of 0
    return np.where(np.abs(slopes) <= noise, 0.0, slopes)

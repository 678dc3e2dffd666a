"""Ties: values that are equal take part in a maximum together, and their shares must add up.

Each entry alone may have any slope between those on its two sides; moved together, equal values often have
only one.
"""

import numpy as np

from ..codes import diagnosis
from ..report import Diagnosis
from .places import SMOOTH
from .search import FLOOR, Found
from .slopes import Meter, directions

MOST_GROUPS = 16
MOST_PAIRS = 12  # of each group, of neighbours and of others


def check_ties(found: Found, rng: np.random.Generator) -> Diagnosis | None:
    """Move equal values together where at least one is at a kink: all of them, and some pairs, since equal
    values in different places need not have to do with each other."""
    function = found.function
    x = function.x
    ways = _groups(x, x[found.kinks], rng)
    if not len(ways):
        return None
    expected = found.analytic @ ways.T
    size = np.linalg.norm(found.analytic, axis=1)[:, None]
    floor = np.broadcast_to(FLOOR * size + 30 * np.linalg.norm(found.rounding), expected.shape)
    slopes = Meter(function, found.noise, found.weights).compare(directions(x, ways), expected, floor)
    bad = (slopes.excess(expected) > slopes.tolerance + floor).any(axis=0) & (slopes.kind == SMOOTH)
    if not bad.any():
        return None
    b = int(np.flatnonzero(bad)[0])
    k = int(np.argmax(slopes.excess(expected)[:, b]))
    return diagnosis(
        "ties",
        f"the {int(ways[b].sum())} entries equal to {x[ways[b] > 0][0]:.6g}, moved together, have the slope "
        f"{slopes.value[k, b]:.6g}; their gradients add up to {expected[k, b]:.6g}",
    )


def _groups(x: np.ndarray, kinks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mark the members of groups of equal values, and of pairs among them."""
    values = [v for v in np.unique(kinks) if (x == v).sum() > 1]
    if len(values) > MOST_GROUPS:
        values = list(rng.choice(values, MOST_GROUPS, replace=False))
    ways = [(x == v).astype(float) for v in values]
    for v in values:
        for pair in _pairs(np.flatnonzero(x == v), rng):
            ways.append(np.isin(np.arange(len(x)), pair).astype(float))
    return np.array(ways).reshape(len(ways), len(x))


def _pairs(members: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose neighbours, which often lie in one row or window, and others."""
    if len(members) < 3:
        return np.zeros((0, 2), int)
    neighbours = rng.permutation(np.stack([members[:-1], members[1:]], axis=1))[:MOST_PAIRS]
    others = [rng.choice(members, 2, replace=False) for _ in range(MOST_PAIRS)]
    return np.concatenate([neighbours, others])

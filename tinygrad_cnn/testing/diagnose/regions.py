"""Mistakes that show in for which values a gradient is wrong: one branch of a piecewise function.

What is wrong at the inputs may lie on one side of a threshold by chance. So the values are exchanged and
redrawn, and the threshold has to hold for all of them.
"""

import contextlib

import numpy as np

from ..measure.function import split
from .case import Case

FEWEST = 4  # values on each side
Named = list[tuple[str, np.ndarray]]


def region(case: Case) -> str | None:
    """Wrong on one side of a threshold, or between two; right elsewhere."""
    if not case.bad.any() or case.bad.all():
        return None
    for j, (words, values) in enumerate(quantities(case)):
        if _parted(words, values, case.bad, 1) is None:
            continue
        places = [case, *case.elsewhere]
        several = np.concatenate([quantities(place)[j][1] for place in places])
        said = _parted(words, several, np.concatenate([place.bad for place in places]), FEWEST)
        if said:
            return said
    return None


def quantities(case: Case) -> Named:
    """List what a condition may be about: the input, its size, and its distance from another input."""
    x = case.values
    found = [("x", x), ("|x|", np.abs(x))]
    function = case.function
    for j, other in enumerate(split(function.x, function.shapes)):
        with contextlib.suppress(ValueError):
            if j != case.k:
                apart = x - np.broadcast_to(other, case.shape).ravel()
                found += [(f"x - {function.names[j]}", apart), (f"|x - {function.names[j]}|", np.abs(apart))]
    return found


def _parted(words: str, values: np.ndarray, bad: np.ndarray, fewest: int) -> str | None:
    """Say where the wrong ones are if they are together in the order of values."""
    if min(bad.sum(), (~bad).sum()) < fewest:
        return None
    order = np.argsort(values)
    ranked, among = values[order], bad[order]
    (edges,) = np.nonzero(np.diff(among.astype(int)))
    if not 1 <= len(edges) <= 2 or (ranked[edges] == ranked[edges + 1]).any():
        return None
    first, last = ranked[among][0], ranked[among][-1]
    if len(edges) == 1:
        low, high = ranked[edges[0]], ranked[edges[0] + 1]
        if among[-1]:
            return f"all entries with {words} >= {high:.4g} are wrong, all with {words} <= {low:.4g} right"
        return f"all entries with {words} <= {low:.4g} are wrong, all with {words} >= {high:.4g} right"
    if among[0] or words.startswith("|"):  # outside of an interval: another condition says it better
        return None
    return f"all entries with {first:.4g} <= {words} <= {last:.4g} are wrong, all others right"


def two_factors(case: Case) -> str | None:
    """Of another constant ratio on either side of a threshold."""
    places = [case, *case.elsewhere]
    if len(places) < 2 or case.size < FEWEST:
        return None
    known = [_ratios(place) for place in places]
    if any(ratios is None for ratios in known):
        return None
    ratios = np.concatenate([r for r in known if r is not None])
    low, high = float(np.nanmin(ratios)), float(np.nanmax(ratios))
    near = 1e-6 * max(abs(low), abs(high))
    upper = np.abs(ratios - high) <= near
    if high - low <= 100 * near or not (upper | (np.abs(ratios - low) <= near)).all():
        return None
    for j, (words, _) in enumerate(quantities(case)[:2]):
        said = _sides(words, np.concatenate([quantities(p)[j][1] for p in places]), upper, low, high)
        if said:
            return said
    return None


def _ratios(case: Case) -> np.ndarray | None:
    """Give for each entry the ratio that all of its derivatives have."""
    a, n = case.flat
    top = np.abs(n).max(axis=0)
    if not top.all():
        return None
    ratios = (a * n).sum(axis=0) / (n * n).sum(axis=0)
    return ratios if (np.abs(a - ratios * n) <= 1e-6 * top * np.maximum(1, np.abs(ratios))).all() else None


def _sides(words: str, values: np.ndarray, upper: np.ndarray, low: float, high: float) -> str | None:
    order = np.argsort(values)
    ranked, among = values[order], upper[order]
    (edges,) = np.nonzero(np.diff(among.astype(int)))
    if len(edges) != 1 or min(among.sum(), (~among).sum()) < FEWEST:
        return None
    below, above = (low, high) if among[-1] else (high, low)
    at, after = ranked[edges[0]], ranked[edges[0] + 1]
    return (
        f"gradient / differences = {below:.6g} at all entries with {words} <= {at:.4g}, {above:.6g} at all "
        f"with {words} >= {after:.4g}"
    )

"""Mistakes that only a whole incoming gradient shows: backward passes for single outputs are right."""

import numpy as np

from ..codes import diagnosis
from ..measure.search import Found
from ..measure.slopes import Meter, directions
from ..report import Diagnosis
from .case import ALIKE, Case, place_of

SURE = 1e-3  # of how far a ratio is from 1: how well it has to be known
WAYS = 6


def not_finite(case: Case) -> list[Diagnosis]:
    """Name entries that are NaN or infinite."""
    part = case.part
    bad = np.flatnonzero(~np.isfinite(case.found.analytic[:, part]).all(axis=0))
    bad = bad[np.isfinite(case.found.numeric[part][bad])]
    if not bad.size:
        return []
    places = ", ".join(place_of(int(i), case.shape) for i in bad[:4]) + (", ..." if bad.size > 4 else "")
    i = int(bad[0])
    got, right = case.found.analytic[0, case.start + i], case.found.numeric[case.start + i]
    evidence = (
        f"{bad.size} of {case.size} entries ({places}); the first is {got}, differences give {right:.6g}"
    )
    return [diagnosis("not-finite", evidence)]


def only_together(case: Case) -> list[Diagnosis]:
    """Name a gradient that is right for each output alone, and wrong for all of them."""
    a, n = case.flat
    if np.abs(a - n).max() > ALIKE * np.abs(n).max() or not case.wrong.size or case.output is not None:
        return []
    found = case.found
    columns = case.start + case.wrong
    weights = found.weights[found.shown[columns]]  # (wrong, outputs)
    parts = weights * n[:, case.wrong].T
    got, whole = found.shown_analytic[columns], parts.sum(axis=1)
    limit = 100 * ALIKE * np.abs(parts).max()
    if np.abs(got - whole).max() <= limit:
        return []
    i = int(np.argmax(np.abs(got - whole)))
    place = place_of(int(case.wrong[i]), case.shape)
    evidence = (
        f"the gradients for each output alone are right, and those at {place} add up to {whole[i]:.6g}; for "
        f"all outputs at once it is {got[i]:.6g}"
    )
    if (np.abs(parts - got[:, None]).min(axis=1) <= limit).all():
        return [diagnosis("overwritten", f"{evidence}, the part of one output")]
    return [diagnosis("not-linear", evidence)]


def projected_factor(found: Found) -> list[Diagnosis]:
    """Name a constant ratio of gradient and differences that only directions over all entries show."""
    rng = np.random.default_rng(0)
    ways = rng.choice([-1.0, 1.0], (WAYS, found.function.x.size))
    expected = found.analytic @ ways.T
    meter = Meter(found.function, found.noise, found.weights)
    slopes = meter.compare(directions(found.function.x, ways), expected, np.zeros(expected.shape))
    with np.errstate(all="ignore"):
        ratios, spread = expected / slopes.value, slopes.tolerance / np.abs(slopes.value)
    ratio = float(np.median(ratios))
    known = spread <= SURE * abs(ratio - 1)
    if known.sum() < WAYS or (np.abs(ratios - ratio)[known] > 2 * SURE * abs(ratio - 1)).any():
        return []
    evidence = f"gradient / differences = {ratio:.9g} along each of {WAYS} directions over all entries"
    return [diagnosis("factor", evidence)]

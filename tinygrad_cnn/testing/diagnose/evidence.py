"""Which mistake the measurements fit: the matchers, in the order in which they are asked."""

import contextlib
from collections.abc import Callable

import numpy as np

from ..codes import diagnosis
from ..report import Diagnosis
from .case import Case
from .factors import factor
from .formulas import (
    cross_terms,
    other_input,
    power,
    product_rule,
    related,
    rounded,
    swapped,
    term,
    with_flipped,
    with_transposed,
    wrong_input,
)  # fmt: skip
from .graphs import beside_the_graph
from .linear import not_finite, only_together
from .orders import flipped, jacobian_transposed, misplaced, rearranged, shifted, shifted_inside, transposed
from .patterns import border, lines, mask, one_entry, one_sample, signs, some_parts, some_uses
from .regions import region, two_factors
from .sums import constants, line_factor, line_term, lost_sum, only_the_sum, wrong_axis, wrong_shares

Matcher = Callable[[Case], "str | None"]

# The more special ones first: a diagonal Jacobian also lacks uses, a flipped gradient is wrong at borders.
MATCHERS: list[tuple[str, Matcher]] = [
    ("dtype-loss", rounded),
    ("graph-cut", beside_the_graph),
    ("region", region),
    ("batch-not-summed", lambda case: case.holds(one_sample)),
    ("jacobian-missing", cross_terms),
    ("overwritten", some_uses),
    ("one-entry", lambda case: case.holds(one_entry)),
    ("swapped", swapped),
    ("wrong-input", wrong_input),
    ("flipped", lambda case: case.holds(flipped)),
    ("transposed", lambda case: case.holds(transposed)),
    ("borders", lambda case: case.holds(border)),
    ("dropped-term", some_parts),
    ("shifted", lambda case: case.holds(shifted)),
    ("misplaced", misplaced),
    ("transposed", lambda case: other_input(case, with_transposed)),
    ("flipped", lambda case: other_input(case, with_flipped)),
    ("transposed", jacobian_transposed),
    ("wrong-axis", wrong_axis),
    ("wrong-axis", only_the_sum),
    ("missing-factor", power),
    ("dropped-term", term),
    ("dropped-term", product_rule),
    ("mask", mask),
    ("sign", signs),
    ("region", two_factors),
    ("missing-factor", line_factor),
    ("dropped-term", lost_sum),
    ("dropped-term", line_term),
    ("dropped-term", constants),
    ("shifted", lambda case: case.holds(shifted_inside)),
    ("misplaced", rearranged),
    ("wrong-shares", wrong_shares),
    ("wrong-formula", related),
    ("some-lines", lambda case: case.holds(lines)),
]


def match(case: Case) -> list[Diagnosis]:
    """Give the mistake that fits the measurements, or none."""
    found = not_finite(case) or constant_function(case)
    if found:
        return found
    found = factor(case)
    if found and "graph-cut" not in {d.code for d in found}:
        cut = beside_the_graph(case)
        found = [diagnosis("graph-cut", cut)] if cut else found
    if found or not case.is_small:
        return found
    with np.errstate(all="ignore"):
        found = only_together(case)
        return found or (_match_outputs(case) if len(case.out_shapes) > 1 else _ask(case))


def constant_function(case: Case) -> list[Diagnosis]:
    """Name a gradient of a function whose differences are all 0, wherever it is looked at."""
    a, n = case.gradient
    measured = np.isfinite(n)
    if not measured.any() or n[measured].any() or (case.is_small and case.numeric.any()):
        return []
    with np.errstate(all="ignore"):
        if any(place.numeric.any() for place in case.elsewhere):
            return []
    evidence = f"all differences are exactly 0, and the gradient is up to {np.nanmax(np.abs(a)):.4g}"
    return [diagnosis("no-slope", evidence)]


def _ask(case: Case) -> list[Diagnosis]:
    for code, matcher in MATCHERS:
        evidence = None
        with contextlib.suppress(Exception):  # of a function that is called with other inputs here
            evidence = matcher(case)
        if evidence:
            return [diagnosis(code, evidence)]
    return []


def _match_outputs(case: Case) -> list[Diagnosis]:
    """Look at each output of several that is wrong by itself."""
    a, n = case.flat
    wrong = [np.abs(a[rows] - n[rows]).max(initial=0.0) > case.nothing for rows in case.rows]
    whole = _ask(case) if all(wrong) else []
    found: dict[str, Diagnosis] = {}
    for j in np.flatnonzero(wrong) if not whole else ():
        part = case.of_output(int(j))
        for named in factor(part) or _ask(part):
            found.setdefault(named.code, Diagnosis(named.code, named.words, f"output {j}: {named.evidence}"))
    return whole or list(found.values())

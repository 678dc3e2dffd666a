"""From a comparison that failed, or an error that was raised, to the name of the mistake."""

from collections.abc import Iterator, Sequence

import numpy as np

from ...errors import GradientShapeError, ShapeError
from ..codes import diagnosis
from ..measure.places import KINK
from ..measure.search import Found
from ..report import Diagnosis
from .case import Case
from .evidence import match
from .linear import projected_factor

MOST_NAMED = 10_000  # second derivatives
PRODUCTS = ("matmul", "linear")  # operations in which sizes that do not meet point at swapped axes


def name_mistakes(found: Found) -> list[Diagnosis]:
    """Name what is wrong with a gradient; nothing if no known mistake fits."""
    finite = np.isfinite(found.analytic[:, found.wrong]).all()
    if found.wrong.size and finite and np.isin(found.kind[found.wrong], KINK).all():
        i = int(found.wrong[0])
        slopes = f"{found.left[i]:.6g} and {found.right[i]:.6g}"
        return [
            diagnosis("ties", f"all {found.wrong.size} wrong entries are kinks; the slopes at one: {slopes}")
        ]
    if not found.wrong.size:  # a projection failed, and no entry does
        evidence = f"a projection on all entries is wrong by {found.failed:.2g} of the gradient"
        return projected_factor(found) or [diagnosis("ties" if found.kinks.size else "diffuse", evidence)]
    explained: list[Diagnosis] = []
    for case in cases(found):
        known = {d.code for d in explained}
        explained += [d for d in match(case) if d.code not in known]
    return explained


def name_second(found: Found, inputs: int) -> Diagnosis:
    """Say what is wrong with the derivative of a gradient, of which the first ``inputs`` parts are by the
    inputs, and the others by the incoming gradient: whether it is cut off, and which mistake would explain
    it."""
    if not found.wrong.size:
        how = f"is wrong by {found.failed:.2g} along a projection"
        return diagnosis("not-differentiable-again", f"the derivative of the gradient {how}")
    case = next(case for case in cases(found) if case.k < inputs or not _by_inputs(found, inputs))
    by = "" if case.k >= inputs else f" {found.function.names[case.k]}" if inputs > 1 else ""
    what = f"the derivative of the gradient by the {'inputs' if case.k < inputs else 'incoming gradient'}"
    what += f" ({by.strip()})" if by else ""
    part = found.analytic[:, case.part]
    if not part.any():
        return diagnosis("not-differentiable-again", f"{what} is cut off (0)")
    i = case.start + int(case.wrong[0])
    how = f"is {found.analytic[found.shown[i], i]:.6g} where differences give {found.numeric[i]:.6g}"
    named = match(case) if case.size * case.function.y.size <= MOST_NAMED else []
    also = f"; as a first gradient, it would be called {named[0].code} ({named[0].evidence})" if named else ""
    return diagnosis("not-differentiable-again", f"{what} {how}{also}")


def _by_inputs(found: Found, inputs: int) -> bool:
    return bool((found.wrong < found.function.parts[inputs - 1].stop).any())


def cases(found: Found) -> Iterator[Case]:
    """Go through the inputs whose gradients are wrong."""
    for k, part in enumerate(found.function.parts):
        mine = found.wrong[(found.wrong >= part.start) & (found.wrong < part.stop)]
        if mine.size:
            yield Case(found, k, mine - part.start)


def name_error(error: Exception) -> list[Diagnosis]:
    """Name the mistake behind an error of the backward pass."""
    text = str(error) if isinstance(error, ShapeError) else f"{type(error).__name__}: {error}"
    if isinstance(error, GradientShapeError):
        return [diagnosis(_shape_code(error.got, error.expected), text)]
    if "was changed after" in text:
        return [diagnosis("stale", text)]
    if "promoted" in text:
        return [diagnosis("dtype-loss", text)]
    found = [diagnosis("backward-raised", text)]
    if isinstance(error, ShapeError) and text.startswith(PRODUCTS):
        found.insert(
            0, diagnosis("transposed", f"the sizes of a product in the backward pass do not meet: {text}")
        )
    return found


def _shape_code(got: Sequence[int], expected: Sequence[int]) -> str:
    ahead = len(got) - len(expected)
    if ahead >= 0 and all(n in (1, m) for n, m in zip(expected, got[ahead:], strict=True)):
        return "not-unbroadcast"
    return "transposed" if sorted(got) == sorted(expected) else "wrong-shape"

"""A gradient that is the right one times a constant: which constant, and where it comes from."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from ..codes import diagnosis
from ..report import Diagnosis
from .case import EXPLAINED, Case
from .graphs import uses_of


def factor(case: Case) -> list[Diagnosis]:
    """Name a constant ratio, the size that explains it, and what whole numbers mean."""
    ratio = constant_ratio(*((case.analytic, case.numeric) if case.is_small else case.gradient))
    if ratio is None or abs(ratio - 1) < 1e-12:
        return []
    if ratio == 0:
        return [_cut(case)]
    if abs(ratio + 1) < 1e-7:
        return [diagnosis("sign", "gradient / differences = -1 everywhere")]
    size = explained(ratio, case)
    shown = f"{ratio:.7g}" if f"{ratio:.7g}" != "1" else f"1 {ratio - 1:+.2g}"
    evidence = f"gradient / differences = {shown} everywhere"
    found = [diagnosis("factor", evidence + (f"; {size}" if size else ""))]
    whole = round(ratio)
    if whole >= 2 and abs(ratio - whole) < 1e-7 * whole and not (size and whole > 2):
        words = f"the gradient is added {whole} times"
        found.append(diagnosis("accumulated-twice", f"{evidence}, a whole number", words))
    if abs(ratio * 2 - 1) < 1e-7 and uses_of(case) == 2:
        words = "one of the two uses of this input counts: was the gradient of the other one overwritten?"
        found.insert(0, diagnosis("overwritten", f"{evidence}, and the function uses the input twice", words))
    return found


def _cut(case: Case) -> Diagnosis:
    numeric = case.numeric if case.is_small else case.gradient[1]
    top = float(np.nanmax(np.abs(numeric)))
    return diagnosis("graph-cut", f"the gradient is 0 everywhere, the largest difference quotient {top:.4g}")


def constant_ratio(analytic: np.ndarray, numeric: np.ndarray) -> float | None:
    """Give the ratio of two gradients if it is the same at every entry that is not 0; at least two of
    them."""
    known = ~np.isnan(numeric)  # where both were measured
    a, n = analytic[known], numeric[known]
    if not n.size or not np.isfinite(a + n).all() or not n.any():
        return None
    if not a.any():
        return 0.0
    ratio = float(a @ n / (n @ n))
    left_over = np.abs(a - ratio * n).max()
    close = left_over <= 1e-8 * max(1.0, abs(ratio)) * np.abs(n).max()
    close &= left_over <= EXPLAINED * np.abs(a - n).max()
    single = (np.abs(n) > 1e-6 * np.abs(n).max()).sum() < 2
    return None if not close or (single and analytic.size > 1) else ratio


def explained(ratio: float, case: Case) -> str:
    """Find a size whose multiple or fraction the ratio is."""
    for words, size in sizes(case):
        if size < 2:
            continue
        if abs(ratio - size) < 1e-7 * size:
            return f"{size} is {words}: a sum where a mean belongs"
        if abs(ratio * size - 1) < 1e-7:
            return f"1/{size}, and {size} is {words}: a mean where a sum belongs"
    return ""


def sizes(case: Case) -> Iterator[tuple[str, int]]:
    """Go through the sizes that people divide by, the most usual first."""
    shapes = [("the result", s) for s in case.out_shapes[:1]]
    shapes += [(name, s) for name, s in zip(case.function.names, case.function.shapes, strict=True)]
    for name, shape in shapes:
        if shape:
            yield f"the batch size (dimension 0 of {name})", shape[0]
    for name, shape in shapes:
        yield f"the number of entries of {name}", int(np.prod(shape))
    for name, shape in shapes:
        for count in (1, 2, 3):
            for dims in combinations(range(len(shape)), count):
                named = " and ".join(map(str, dims))
                yield (
                    f"the size of {name} along dimension {named}",
                    int(np.prod([shape[d] for d in dims])),
                )

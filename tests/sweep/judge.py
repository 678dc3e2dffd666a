"""Whether two outcomes are the same, and what is allowed to rounding."""

from typing import Any

import numpy as np

from tinygrad_cnn.errors import CnnError

from .case import Case, Constant
from .outcome import Outcome

RELATIVE = 1e-10  # of float64
EPS32 = float(np.finfo(np.float32).eps)


def difference64(ours: Outcome, theirs: Outcome, absolute: float = 1e-12) -> str:
    """Compare two outcomes in float64; an empty string says that they are the same."""
    return _errors(ours, theirs) or _differ(
        ours, theirs, lambda name, want: RELATIVE * _size(want) + absolute
    )


def difference32(case: Case, ours: Outcome, theirs: Outcome, exact: Outcome) -> str:
    """Compare our float32 with PyTorch's float64 on the same numbers.

    A sum of n terms may be off by n roundings of what its terms add up to; or by four times what PyTorch's
    own float32 is off.
    """
    if problem := _errors(ours, theirs):
        return problem
    for name, array in theirs.arrays.items():
        if name in ours.arrays and ours.arrays[name].dtype != array.dtype:
            return f"{name} is {ours.arrays[name].dtype}, PyTorch's is {array.dtype}"
    terms = case.terms or _terms(case)

    def allowed(name: str, want: np.ndarray) -> np.ndarray:
        finite = np.where(np.isfinite(want), np.abs(want), 0.0)
        bound = EPS32 * (terms + 16) * max(1.0, float(finite.max(initial=0.0)))
        own = np.abs(theirs.arrays[name].astype(np.float64) - want)
        return np.maximum(bound, 4 * float(np.where(np.isfinite(own), own, 0.0).max(initial=0.0)))

    at_order_1 = {name: a for name, a in exact.arrays.items() if not name.startswith("second")}
    return _differ(ours, Outcome(at_order_1, exact.error), allowed)


def _terms(case: Case) -> int:
    sizes = [1]

    def visit(value: Any) -> None:
        if isinstance(value, np.ndarray | Constant):
            sizes.append(value.size if isinstance(value, np.ndarray) else value.array.size)
        elif isinstance(value, dict):
            visit(list(value.values()))
        elif isinstance(value, list | tuple):
            for part in value:
                visit(part)

    visit([list(case.args), case.settings, list(case.inputs or ())])
    return max(sizes)


def _errors(ours: Outcome, theirs: Outcome) -> str:
    if ours.error is not None and theirs.error is not None:
        in_words = isinstance(ours.error, CnnError | TypeError)
        return "" if in_words else f"refused in numpy's words, not ours: {ours.error!r}"
    if ours.error is not None:
        return f"we raise, PyTorch does not: {ours.error!r}"
    if theirs.error is not None:
        return f"PyTorch raises, we do not: {theirs.error!r}"
    return ""


def _size(want: np.ndarray) -> np.ndarray:
    """The magnitude that rounding is measured by: that of the whole array."""
    finite = np.where(np.isfinite(want), np.abs(want), 0.0)
    return np.asarray(finite.max(initial=0.0))


def _differ(ours: Outcome, theirs: Outcome, allowed: Any) -> str:
    if ours.error is not None or theirs.error is not None:
        return ""
    if set(ours.arrays) != set(theirs.arrays):
        return f"ours gives {sorted(ours.arrays)}, PyTorch {sorted(theirs.arrays)}"
    for name, want in theirs.arrays.items():
        got = ours.arrays[name]
        if got.shape != want.shape:
            return f"{name} has shape {got.shape}, PyTorch's {want.shape}"
        if got.dtype.kind != want.dtype.kind:
            return f"{name} is {got.dtype}, PyTorch's is {want.dtype}"
        if problem := _far(got, want, allowed(name, want.astype(np.float64))):
            return f"{name}: {problem}"
    return ""


def _far(got: np.ndarray, want: np.ndarray, allowed: Any) -> str:
    a, b = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= allowed)
    if same.all():
        return ""
    place = tuple(int(i) for i in np.argwhere(~same)[0])
    return f"at {place} {a[place]!r}, PyTorch's {b[place]!r} ({int((~same).sum())} of {same.size} differ)"

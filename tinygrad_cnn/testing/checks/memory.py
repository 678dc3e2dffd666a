"""Does a result depend on how the inputs lie in memory? The same values in two layouts must give the same."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...core import wrap
from ..codes import diagnosis
from ..measure.function import Function, joined
from ..report import FAIL, PASS, Diagnosis, Report
from .arguments import Inputs

_CLOSE = 1e-9  # of the largest value; sums in another order differ by far less


def compare_layouts(
    words: str,
    fn: Callable[..., Any],
    args: Sequence[Any],
    checked: Sequence[int],
    pair: tuple[Sequence[np.ndarray], Sequence[np.ndarray]],
    noise: float = 0.0,
) -> Diagnosis | None:
    """Call a function with two layouts of the same values (the second contiguous); if the results or their
    gradients differ by more than the ``noise`` allows, or the first is refused, say so."""
    expected = _results(fn, args, checked, pair[1])
    try:
        got = _results(fn, args, checked, pair[0])
    except Exception as error:
        return diagnosis("memory-layout", f"{words} arrays are refused with {type(error).__name__}: {error}")
    top = np.abs(expected).max(initial=0.0)
    if got.shape == expected.shape:
        differ = not (np.abs(got - expected) <= max(_CLOSE, 100 * noise) * top).all()  # NaN differs
        if not (np.isfinite(top) and differ):
            return None
    return diagnosis("memory-layout", f"{words} arrays give another result than contiguous ones")


def _results(
    fn: Callable[..., Any], args: Sequence[Any], checked: Sequence[int], arrays: Sequence[np.ndarray]
) -> np.ndarray:
    """Compute the values and the gradient of some weighted sum of them, as one vector."""
    args = list(args)
    for k, a in zip(checked, arrays, strict=True):
        args[k] = a
    function = Function(fn, args, checked)
    leaves = [wrap(a).requires_grad_() for a in arrays]
    outputs = function.outputs(leaves)
    c = np.cos(np.arange(function.y.size) + 0.5)
    return joined([*(y.array for y in outputs), function.gradient(c, (leaves, outputs))])


def judge_layout(fn: Callable[..., Any], taken: Inputs, report: Report) -> None:
    """Hold the inputs as the caller laid them out against the contiguous copies that were checked.

    Where they give another result, the report fails, and its ``inputs`` are in the caller's layout.
    """
    if report.verdict != PASS or all(x.flags.c_contiguous for x in taken.originals):
        return
    arrays = [_read_only(x) for x in taken.originals]
    pair = (arrays, taken.arrays)
    found = compare_layouts("the caller's", fn, taken.args, taken.checked, pair, report.measured.noise)
    if found is not None:
        strides = ", ".join(f"{name} {x.strides}" for name, x in zip(taken.names, arrays, strict=True))
        found = diagnosis(found.code, f"{found.evidence}; strides in bytes: {strides}")
        report.verdict, report.diagnosis, report.reason = FAIL, (found,), found.words
        report.inputs = tuple(arrays)
        report.errors = ()  # those of the contiguous copies, where nothing is wrong


def _read_only(x: np.ndarray) -> np.ndarray:
    """See the caller's values as float64, in their own strides if that needs no copy."""
    view = x.astype(np.float64, order="K", copy=False).view()
    view.flags.writeable = False
    return view

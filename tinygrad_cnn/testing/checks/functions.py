"""`gradcheck`: is the gradient of a function right, to second order, and if not, which mistake is it?"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import ArgumentError, CnnError, DtypeError
from ...nn import Module
from ..measure.function import Function
from ..report import FAIL, GradcheckError, Report
from .arguments import Inputs, check_settings, take_inputs, title_of
from .judge import Judge
from .memory import judge_layout

Tolerances = tuple[float | None, float | None]  # absolute and relative


def gradcheck(
    fn: Callable[..., Any],
    inputs: Any,
    *,
    order: int = 2,
    seed: int = 0,
    atol: float | None = None,
    rtol: float | None = None,
    mode: str = "auto",
    raise_exception: bool = True,
) -> Report:
    r"""Compare the gradients of ``fn`` with differences, and name the mistake if they differ.

    With :math:`\bar y` drawn at random, every entry of :math:`\bar x = J^T \bar y` is held against central
    differences in float64; of large inputs, random projections :math:`\bar x \cdot d`, and the entries where
    mistakes are usual. Step and tolerance come from the noise of the function. At a kink, any value between
    the slopes on both sides passes. Order 2 holds the derivative of :math:`\bar x` by the inputs and by
    :math:`\bar y` against differences of :math:`\bar x`.

    Args:
        fn: a function of tensors that returns a tensor, or several in a tuple, list or dictionary.
        inputs: its arguments, in a tuple if there are several. Tensors that require grad, arrays of floats
            and numpy's floats are checked, on copies in float64; others are handed on as they are.
        order: 1 for gradients, 2 for their derivatives as well.
        seed: of everything that is drawn.
        atol: absolute tolerance; the default, None for both, derives it from the measured noise.
        rtol: relative tolerance.
        mode: "full" looks at every entry, "fast" at projections and some entries, "auto" decides by size.
        raise_exception: raise if the check does not pass; otherwise look at the report's ``verdict``.

    Returns:
        The report; it is true if the check passed.

    Raises:
        GradcheckError: the check did not pass; the error carries the ``report``.
        ArgumentError: the function or its inputs cannot be checked; the text says why.

    >>> import numpy as np
    >>> from tinygrad_cnn.testing import gradcheck
    >>> report = gradcheck(lambda x: (x * x).tanh(), np.array([0.5, -1.0, 2.0]))
    >>> report.verdict, report.order, report.measured.checked
    ('pass', 2, 3)
    """
    check_settings(order, seed, atol, rtol, mode)
    report = Report(title_of(fn), mode=str(mode), seed=int(seed))
    judge_call(fn, take_inputs(fn, inputs), report, order, (atol, rtol))
    report.reproduce = reproduction(fn, report) if report.verdict == FAIL else ""
    if raise_exception and not report:
        raise GradcheckError(report)
    return report


def judge_call(
    fn: Callable[..., Any], taken: Inputs, report: Report, order: int, tolerances: Tolerances
) -> Function:
    """Check a function at inputs that were sorted, and fill the report."""
    report.names, report.inputs = taken.names, taken.arrays
    judge = Judge(report, np.random.default_rng(report.seed), *tolerances)
    with np.errstate(all="ignore"):
        function = first_call(fn, taken)
        judge.judge(function)
        judge_layout(fn, taken, report)
        if order == 2:
            judge.judge_again()
    report.notes = (*taken.notes, *report.notes)
    return function


def first_call(fn: Callable[..., Any], taken: Inputs) -> Function:
    """Call the function for the first time; whatever it raises becomes an answer in words."""
    try:
        function = Function(fn, taken.args, taken.checked)
        function.names = list(taken.names)
        return function
    except ArgumentError:
        raise
    except DtypeError as error:
        mixed = "float32" in str(error)
        hint = ". If it uses tensors of its own, pass them as inputs, or make them float64 with .double()"
        if isinstance(fn, Module):
            hint = ". check_module checks layers with their parameters, on a copy in float64"
        raise DtypeError(
            f"{title_of(fn)} is checked in float64 and raised: {error}{hint if mixed else ''}"
        ) from error
    except Exception as error:
        kind = "" if isinstance(error, CnnError) else f"{type(error).__name__}: "
        raise ArgumentError(
            f"{title_of(fn)} raised an error with these inputs, before any gradient was computed: {kind}"
            f"{error}"
        ) from error


MOST_WRITTEN = 64  # values in a line that reproduces


def reproduction(fn: Callable[..., Any], report: Report) -> str:
    """Write the lines that show a failure again."""
    name = getattr(fn, "__name__", "fn")
    name = name if name.isidentifier() and getattr(fn, "__qualname__", name) == name else "fn"
    module = getattr(fn, "__module__", None)
    source = f"from {module} import {name}" if module not in (None, "__main__") and name != "fn" else ""
    lines = [
        "import numpy as np",
        "from tinygrad_cnn.testing import gradcheck",
        source or f"# {name} is the function that was checked",
        f"inputs = [{', '.join(literal(a) for a in report.inputs)}]",
        f"settings = {{'order': {report.order}, 'seed': {report.seed}, 'mode': {report.mode!r}}}",
        f"print(gradcheck({name}, inputs, **settings, raise_exception=False))",
    ]
    return "\n".join(lines)


def literal(array: np.ndarray) -> str:
    """Write an array as Python; a large one as others of its shape."""
    if not array.flags.c_contiguous and array.ndim > 1:
        axes = sorted(range(array.ndim), key=lambda k: -abs(array.strides[k]))
        if axes != sorted(axes):
            ordered = literal(array.transpose(axes).copy())
            return f"{ordered}.transpose({tuple(axes.index(k) for k in range(array.ndim))})"
    if array.size > MOST_WRITTEN:
        return f"np.random.default_rng(0).standard_normal({array.shape})"
    return f"np.array({array.tolist()!r})" if array.size else f"np.zeros({array.shape})"

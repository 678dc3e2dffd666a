"""`check_module`: are the gradients of a layer or network right, by its inputs and by all its parameters?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core import Tensor
from ...errors import ArgumentError, DtypeError
from ...nn import Module
from ..report import FAIL, GradcheckError, Report
from .arguments import Inputs, check_settings, names_of, take_inputs
from .functions import Tolerances, judge_call
from .module_call import ModuleCall, default_generator_kept

MOST_VALUES = 50_000_000  # of an input that is drawn
MOST_NAMED = 5
MOST_WRITTEN = 64  # values in a line that reproduces
UNCONNECTED = "the graph does not connect"  # how the judge begins its note on an input without gradient

Shape = tuple[int, ...]


def check_module(
    module: Module,
    input_shape: Any,
    *,
    order: int = 2,
    seed: int = 0,
    atol: float | None = None,
    rtol: float | None = None,
    mode: str = "auto",
    raise_exception: bool = True,
) -> Report:
    r"""Compare the gradients of a layer or network with differences, by its inputs and all its parameters.

    With :math:`y = f(x; w_1, w_2, \dots)`, the gradients :math:`\bar x` and all :math:`\bar w_i` are held
    against differences as in `gradcheck`; in the report a parameter has its path for a name. The work is done
    on a copy in float64, in the mode that the module is in (``train()`` or ``eval()``), and every call starts
    from one state: dropout draws the same mask, running statistics are put back. The module, and the
    default generator, stay as they are.

    Parameters and running statistics that were filled with zeros or ones hide mistakes, so the copy's are
    moved by up to 10 %, zeros by up to 0.1; ``report.notes`` names them. Parameters with values of their own
    are taken as they are.

    Args:
        module: the layer or network; frozen parameters are checked, too.
        input_shape: the sizes of the input, with the batch, such as (2, 3, 8, 9); its values are drawn. For
            several inputs a list, one entry each: a shape, or an array or tensor to be used as it is (labels,
            for instance). Floats are differentiated, integers are handed on.
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
        ArgumentError: the module or its input cannot be checked; the text says why.

    >>> from tinygrad_cnn import nn
    >>> from tinygrad_cnn.testing import check_module
    >>> net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    >>> report = check_module(net, (5, 3))
    >>> report.verdict, report.names
    ('pass', ('input', '0.weight', '0.bias', '2.weight', '2.bias'))
    """
    _check_kind(module)
    check_settings(order, seed, atol, rtol, mode)
    given = take_shapes(input_shape)
    report = Report(type(module).__name__, mode=mode, seed=int(seed))
    with default_generator_kept(), np.errstate(all="ignore"):
        call = ModuleCall(module, len(given), report.seed)
        notes: list[str] = []
        inputs = _draw(given, call, report.seed, notes)
        moved = call.leave_symmetry(np.random.default_rng(report.seed), inputs)
        if moved:
            notes.append(
                f"{_listed(moved)} held equal values, such as zeros or ones, and were moved a little"
            )
        taken = _taken(module, call, inputs)
        unused = _judge(call, taken, report, order, (atol, rtol))
    notes = [*_unused_notes(unused, call.paths), *_wrong_and_right(report), *notes]
    own = [n for n in report.notes if not n.startswith(UNCONNECTED)]  # in words for modules instead
    report.notes = (*notes, *own)
    report.reproduce = (
        _reproduction(module, given, mode, order, report.seed) if report.verdict == FAIL else ""
    )
    if raise_exception and not report:
        raise GradcheckError(report)
    return report


def _judge(call: ModuleCall, taken: Inputs, report: Report, order: int, tolerances: Tolerances) -> list[str]:
    """Check, and list what the result does not depend on."""
    function = judge_call(call, taken, report, order, tolerances)
    if report.verdict == FAIL:
        return []
    gradients = function.gradients(np.ones(function.y.size))
    return [name for name, g in zip(taken.names, gradients, strict=True) if g is None]


# -- what is given -----------------------------------------------------------------------------------------


def _check_kind(module: Any) -> None:
    if isinstance(module, Module):
        return
    if isinstance(module, type) and issubclass(module, Module):
        raise ArgumentError(
            f"expected a module, got the class {module.__name__}; make one of it: {module.__name__}(...)"
        )
    what = getattr(module, "__name__", type(module).__name__)
    hint = "; functions are checked by gradcheck, operations by check_op" if callable(module) else ""
    raise ArgumentError(f"expected a module, such as nn.Linear(3, 2), got {what}{hint}")


def take_shapes(given: Any) -> list[Shape | np.ndarray]:
    """List the inputs of a module: shapes that are still to be drawn, and arrays.

    Raises:
        ArgumentError: ``given`` is no shape, no array, and no list of these.
        DtypeError: an array holds no numbers.

    >>> take_shapes((2, 3)), take_shapes([(2, 3), (2,)])
    ([(2, 3)], [(2, 3), (2,)])
    """
    if isinstance(given, Tensor | np.ndarray) or _is_shape(given):
        return [_entry(given)]
    if not isinstance(given, tuple | list) or not given:
        raise _no_shape(given)
    if not all(isinstance(item, Tensor | np.ndarray) or _is_shape(item) for item in given):
        raise _no_shape(given)
    return [_entry(item) for item in given]


def _is_shape(given: Any) -> bool:
    if not isinstance(given, tuple | list) or (not given and isinstance(given, list)):
        return False
    return all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in given)


def _entry(given: Any) -> Shape | np.ndarray:
    """Check one shape or array."""
    if isinstance(given, Tensor | np.ndarray):
        array = given.array if isinstance(given, Tensor) else given
        if array.dtype.kind not in "fiub":
            raise DtypeError(f"the input of a module is made of numbers, got an array of {array.dtype}")
        return array
    shape = tuple(int(n) for n in given)
    if any(n < 0 for n in shape):
        raise ArgumentError(
            f"the sizes in input_shape are 0 or more, got {shape}; give the batch a size, too"
        )
    if np.prod(shape, dtype=float) > MOST_VALUES:
        raise ArgumentError(f"an input of shape {shape} is too large to be checked; take a small one")
    return shape


def _no_shape(given: Any) -> ArgumentError:
    return ArgumentError(
        "input_shape is the shape of the input with its batch, such as (2, 3, 8, 9), an array or a tensor, "
        f"or a list of these for several inputs; got {type(given).__name__} {str(given)[:60]}".rstrip()
    )


def _draw(given: Sequence[Shape | np.ndarray], call: ModuleCall, seed: int, notes: list[str]) -> list[Any]:
    """Draw the inputs that came as shapes; from 0.5 to 1.5 if the module is not finite around 0."""
    rng = np.random.default_rng(seed)
    usual = [rng.standard_normal(x) if isinstance(x, tuple) else x for x in given]
    if not any(isinstance(x, tuple) for x in given) or call.is_finite(usual):
        return usual
    positive = [rng.uniform(0.5, 1.5, x) if isinstance(x, tuple) else x for x in given]
    if not call.is_finite(positive):
        return usual
    notes.append("the input was drawn from 0.5 to 1.5: around 0 the module is not finite")
    return positive


def _taken(module: Module, call: ModuleCall, inputs: Sequence[np.ndarray]) -> Inputs:
    """Sort inputs and parameters into what is differentiated and what is handed on."""
    for path, value in zip(call.paths, call.values, strict=True):
        if not np.isfinite(value).all():
            raise ArgumentError(
                f"the parameter {path} holds NaN or infinity; differences there mean nothing, give it finite "
                "values"
            )
    taken = take_inputs(call, [*inputs, *call.values])
    own = [k for k in taken.checked if k < len(inputs)]
    taken.names = (*names_of(module.forward, own), *call.paths)
    return taken


# -- words -------------------------------------------------------------------------------------------------


def _unused_notes(unused: Sequence[str], paths: Sequence[str]) -> list[str]:
    """Say which inputs and parameters the result does not depend on."""
    learnt = [name for name in unused if name in paths]
    others = [name for name in unused if name not in paths]
    notes = []
    if learnt:
        they, do = ("they", "get") if len(learnt) > 1 else ("it", "gets")
        notes.append(f"forward does not use {_listed(learnt)}: {they} {do} no gradient, and will never learn")
    if others:
        notes.append(f"the result does not depend on {_listed(others)}")
    return notes


def _wrong_and_right(report: Report) -> list[str]:
    """Say whose gradients are wrong and whose are right: what lies behind a mistake is right."""
    if report.verdict != FAIL or report.worst is None or report.worst.order != 1:
        return []
    sizes = [np.abs(a[np.isfinite(a)]).max(initial=0.0) for a in (*report.analytic, *report.numeric)]
    limit = report.measured.tolerance * max(sizes)
    measured = [(n, e[~np.isnan(e)]) for n, e in zip(report.names, report.errors, strict=True)]
    wrong = [name for name, e in measured if e.size and e.max() > limit]
    right = [name for name, e in measured if e.size and e.max() <= limit]
    words = f"wrong: {_listed(wrong)}"
    return [f"{words}; right: {_listed(right)}" if right else words] if len(measured) > 1 and wrong else []


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED])
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _reproduction(
    module: Module, given: Sequence[Shape | np.ndarray], mode: str, order: int, seed: int
) -> str:
    """Write the lines that show a failure again."""
    shapes = ", ".join(_written(x) for x in given)
    settings = f"order={order}, seed={seed}, mode={mode!r}, raise_exception=False"
    state = "train" if module.training else "eval"
    return "\n".join(
        [
            "import numpy as np",
            "from tinygrad_cnn.testing import check_module",
            f"# module is the {type(module).__name__} that was checked, after .{state}()",
            f"inputs = [{shapes}]",
            f"report = check_module(module, inputs, {settings})",
            "print(report)",
        ]
    )


def _written(given: Shape | np.ndarray) -> str:
    if isinstance(given, tuple):
        return repr(given)
    if given.size > MOST_WRITTEN:
        return f"... your {given.dtype} array of shape {given.shape} ..."
    return f"np.array({given.tolist()!r}, {str(given.dtype)!r})"

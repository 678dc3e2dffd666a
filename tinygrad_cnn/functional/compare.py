"""Comparisons, logic, and questions about values: tensors of booleans, which have no gradient.

Both sides are broadcast and may differ in dtype. A number may stand for a tensor.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base.values import beside_integers, operand_array
from ..core import Tensor, wrap
from ..errors import ArgumentError, DtypeError, ShapeError
from .arguments import as_tensor, number

__all__ = [
    "allclose",
    "eq",
    "equal",
    "ge",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
]

COMPARABLE = (Tensor, np.ndarray, np.generic, int, float, list, tuple)


def eq(input: Any, other: Any) -> Tensor:
    """Ask where :math:`x = y`; NaN equals nothing. Also ``x == y``.

    >>> import tinygrad_cnn as tg
    >>> tg.eq(tg.tensor([1.0, 2.0]), 2)
    tensor([False,  True])
    """
    return _both("eq", np.equal, input, other)


def ne(input: Any, other: Any) -> Tensor:
    r"""Ask where :math:`x \ne y`. Also ``x != y``.

    >>> import tinygrad_cnn as tg
    >>> tg.ne(tg.tensor([1.0, 2.0]), 2)
    tensor([ True, False])
    """
    return _both("ne", np.not_equal, input, other)


def lt(input: Any, other: Any) -> Tensor:
    """Ask where :math:`x < y`. Also ``x < y``.

    >>> import tinygrad_cnn as tg
    >>> tg.lt(tg.tensor([1.0, 2.0]), 2)
    tensor([ True, False])
    """
    return _both("lt", np.less, input, other)


def le(input: Any, other: Any) -> Tensor:
    r"""Ask where :math:`x \le y`. Also ``x <= y``.

    >>> import tinygrad_cnn as tg
    >>> tg.le(tg.tensor([1.0, 2.0, 3.0]), 2)
    tensor([ True,  True, False])
    """
    return _both("le", np.less_equal, input, other)


def gt(input: Any, other: Any) -> Tensor:
    """Ask where :math:`x > y`. Also ``x > y``.

    >>> import tinygrad_cnn as tg
    >>> tg.gt(tg.tensor([1.0, 2.0, 3.0]), 2)
    tensor([False, False,  True])
    """
    return _both("gt", np.greater, input, other)


def ge(input: Any, other: Any) -> Tensor:
    r"""Ask where :math:`x \ge y`. Also ``x >= y``.

    >>> import tinygrad_cnn as tg
    >>> tg.ge(tg.tensor([1.0, 2.0]), 2)
    tensor([False,  True])
    """
    return _both("ge", np.greater_equal, input, other)


def logical_and(input: Any, other: Any) -> Tensor:
    """Ask where both are true, that is not 0. For booleans also ``x & y``.

    >>> import tinygrad_cnn as tg
    >>> tg.logical_and(tg.tensor([1.0, 1.0, 0.0]), tg.tensor([True, False, False]))
    tensor([ True, False, False])
    """
    return _both("logical_and", np.logical_and, input, other)


def logical_or(input: Any, other: Any) -> Tensor:
    """Ask where at least one is true, that is not 0. For booleans also ``x | y``.

    >>> import tinygrad_cnn as tg
    >>> tg.logical_or(tg.tensor([1.0, 1.0, 0.0]), tg.tensor([True, False, False]))
    tensor([ True,  True, False])
    """
    return _both("logical_or", np.logical_or, input, other)


def logical_xor(input: Any, other: Any) -> Tensor:
    """Ask where exactly one is true, that is not 0. For booleans also ``x ^ y``.

    >>> import tinygrad_cnn as tg
    >>> tg.logical_xor(tg.tensor([1.0, 1.0, 0.0]), tg.tensor([True, False, False]))
    tensor([False,  True, False])
    """
    return _both("logical_xor", np.logical_xor, input, other)


def logical_not(input: Any) -> Tensor:
    """Ask where values are 0. For booleans also ``~x``.

    >>> import tinygrad_cnn as tg
    >>> tg.logical_not(tg.tensor([2.0, 0.0]))
    tensor([False,  True])
    """
    return _one("logical_not", np.logical_not, input)


def isnan(input: Any) -> Tensor:
    """Ask where values are not a number.

    >>> import tinygrad_cnn as tg
    >>> tg.isnan(tg.tensor([1.0, float("nan"), float("inf")]))
    tensor([False,  True, False])
    """
    return _one("isnan", np.isnan, input)


def isinf(input: Any) -> Tensor:
    """Ask where values are infinite, of either sign.

    >>> import tinygrad_cnn as tg
    >>> tg.isinf(tg.tensor([1.0, float("nan"), -float("inf")]))
    tensor([False, False,  True])
    """
    return _one("isinf", np.isinf, input)


def isfinite(input: Any) -> Tensor:
    """Ask where values are neither infinite nor NaN.

    >>> import tinygrad_cnn as tg
    >>> tg.isfinite(tg.tensor([1.0, float("nan"), -float("inf")]))
    tensor([ True, False, False])
    """
    return _one("isfinite", np.isfinite, input)


def isclose(
    input: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    r"""Ask where :math:`|x - y| \le atol + rtol\,|y|`; infinities of one sign are close, NaN only if
    ``equal_nan``.

    Raises:
        DtypeError: the two have different dtypes.
        ArgumentError: ``rtol`` or ``atol`` is negative.

    >>> import tinygrad_cnn as tg
    >>> tg.isclose(tg.tensor([1.0, 2.0]), tg.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    return _close("isclose", input, other, rtol, atol, equal_nan)


def allclose(input: Any, other: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Ask whether all values are close, as `isclose` has it.

    >>> import tinygrad_cnn as tg
    >>> tg.allclose(tg.tensor([1.0, 2.0]), tg.tensor([1.000001, 2.0]))
    True
    """
    return bool(_close("allclose", input, other, rtol, atol, equal_nan).array.all())


def _close(name: str, input: Any, other: Any, rtol: float, atol: float, equal_nan: bool) -> Tensor:
    a, b = as_tensor(input, name).array, as_tensor(other, name).array
    if a.dtype != b.dtype:
        raise DtypeError(f"{name} got {a.dtype} and {b.dtype}; nothing is promoted silently: convert one")
    for word, value in (("rtol", rtol), ("atol", atol)):
        if not number(name, word, value) >= 0:
            raise ArgumentError(f"{name}: {word} must not be negative, got {value!r}")
    return _answer(name, lambda x, y: np.isclose(x, y, rtol, atol, equal_nan), a, b)


def equal(input: Any, other: Any) -> bool:
    """Ask whether two tensors have one shape and the same values; NaN equals nothing.

    >>> import tinygrad_cnn as tg
    >>> tg.equal(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0])), tg.equal(tg.zeros(2), tg.zeros(2, 1))
    (True, False)
    """
    a, b = (_operand("equal", x) for x in (input, other))
    return bool(np.shape(a) == np.shape(b) and np.array_equal(a, b))


def bitwise(sign: str, function: Callable[..., Any], *operands: Any) -> Tensor:
    """Combine booleans, or the bits of integers: what ``& | ^ ~`` between tensors do."""
    arrays = [_operand(sign, x) for x in beside_integers(sign, operands)]
    wrong = [str(kind) for kind in (np.asarray(a).dtype for a in arrays) if kind.kind not in "biu"]
    if wrong:
        raise DtypeError(f"{sign} expects booleans or integers, got {wrong[0]}; write for instance x > 0")
    return _answer(sign, function, *arrays)


def _both(name: str, function: Callable[..., Any], input: Any, other: Any) -> Tensor:
    return _answer(name, function, _operand(name, input), _operand(name, other))


def _one(name: str, function: Callable[..., Any], input: Any) -> Tensor:
    return _answer(name, function, _operand(name, input))


def _operand(name: str, x: Any) -> Any:
    """Give what numpy compares; Python's numbers stay as they are and follow the other side's dtype."""
    if not isinstance(x, COMPARABLE):
        raise DtypeError(f"{name} expects tensors, arrays or numbers, got {type(x).__name__}")
    if isinstance(x, Tensor):
        return x.array
    return x if isinstance(x, int | float) else operand_array(name, x)


def _answer(name: str, function: Callable[..., Any], *arrays: Any) -> Tensor:
    try:
        return wrap(np.asarray(function(*arrays)))
    except ValueError as error:
        shapes = ", ".join(str(np.shape(a)) for a in arrays)
        raise ShapeError(f"{name} got shapes {shapes} / {str(error).strip()}") from error

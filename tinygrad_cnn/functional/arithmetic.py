"""Arithmetic on one or two tensors, with broadcasting. A number or an array may stand for a tensor."""

from typing import Any

import numpy as np

from .. import ops
from ..base.values import beside_integers
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, number, numeric

__all__ = [
    "abs",
    "add",
    "div",
    "exp",
    "log",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "pow",
    "remainder",
    "sqrt",
    "sub",
]


def add(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    r"""Add, :math:`y = a + \alpha b`. Also ``a + b``.

    >>> import tinygrad_cnn as tg
    >>> tg.add(tg.tensor([1.0, 2.0]), 3.0, alpha=2)
    tensor([7., 8.])
    """
    return ops.add(input, _scaled("add", input, other, alpha))


def sub(input: Any, other: Any, *, alpha: float = 1) -> Tensor:
    r"""Subtract, :math:`y = a - \alpha b`. Also ``a - b``.

    >>> import tinygrad_cnn as tg
    >>> tg.sub(tg.tensor([1.0, 2.0]), 3.0, alpha=2)
    tensor([-5., -4.])
    """
    return ops.sub(input, _scaled("sub", input, other, alpha))


def _scaled(function: str, input: Any, other: Any, alpha: Any) -> Any:
    if alpha is True or number(function, "alpha", alpha) == 1:
        return other
    if isinstance(alpha, float | np.floating) and not _has_floats(input, other):
        raise ArgumentError(f"{function}: alpha must be an integer for integers, got {alpha!r}")
    return other * alpha if isinstance(other, int | float) else ops.mul(other, alpha)


def mul(input: Any, other: Any) -> Tensor:
    """Multiply, :math:`y = a b`. Also ``a * b``.

    >>> import tinygrad_cnn as tg
    >>> tg.mul(tg.tensor([1.0, 2.0]), tg.tensor([[3.0], [4.0]]))
    tensor([[3., 6.],
            [4., 8.]])
    """
    return ops.mul(input, other)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    r"""Divide, :math:`y = a / b`. Also ``a / b``.

    With ``rounding_mode="floor"`` (also ``a // b``) it is :math:`\lfloor a / b \rfloor`, with "trunc" it is
    cut off towards 0; then whole numbers give whole numbers, and the gradient is 0.

    Raises:
        ArgumentError: ``rounding_mode`` is another one, or whole numbers are divided by 0 with one.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([7.0, -7.0])
    >>> tg.div(x, 2), tg.div(x, 2, rounding_mode="floor"), tg.div(x, 2, rounding_mode="trunc")
    (tensor([ 3.5, -3.5]), tensor([ 3., -4.]), tensor([ 3., -3.]))
    """
    if rounding_mode is None:
        return ops.div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise ArgumentError(f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    a, b = (x if isinstance(x, int | float) else as_tensor(x, "div") for x in (input, other))
    left, right = (x.array if isinstance(x, Tensor) else x for x in beside_integers("div", (a, b)))
    whole = not _has_floats(a, b)
    if whole:
        _refuse_zeros("div", left, right)
    try:
        quotients = _quotients(left, right, whole, rounding_mode == "trunc")
    except ValueError:
        shapes = f"{np.shape(left)}, {np.shape(right)}"
        raise ShapeError(f"div got shapes {shapes}, which do not broadcast; sizes are equal or 1") from None
    if whole:
        return wrap(quotients)
    y = ops.add(a, b)  # not their quotient, whose derivative by b may be infinite: 0 times it is NaN
    return steps(y, quotients.astype(y.dtype))


def _quotients(a: Any, b: Any, whole: bool, trunc: bool) -> np.ndarray:
    if trunc and not whole:
        return np.asarray(np.trunc(np.divide(a, b)))
    down = np.floor_divide(a, b)
    return np.asarray(down + (down < 0) * (np.remainder(a, b) != 0) if trunc else down)


def remainder(input: Any, other: Any) -> Tensor:
    r"""What is left of a division, :math:`y = a - b \lfloor a / b \rfloor`, with the sign of b. Also
    ``a % b``.

    Raises:
        ArgumentError: a whole number is to be divided by 0; of floats the result is NaN.

    >>> import tinygrad_cnn as tg
    >>> tg.remainder(tg.tensor([5.0, -5.0]), 3)
    tensor([2., 1.])
    """
    a, b = (x if isinstance(x, int | float) else as_tensor(x, "remainder") for x in (input, other))
    if not _has_floats(a, b):
        _refuse_zeros("remainder", *(x.array if isinstance(x, Tensor) else x for x in (a, b)))
    return ops.remainder(a, b)


def _has_floats(*operands: Any) -> bool:
    return any(np.asarray(x.array if isinstance(x, Tensor) else x).dtype.kind == "f" for x in operands)


def _refuse_zeros(function: str, a: Any, b: Any) -> None:
    if np.asarray(a).dtype.kind == np.asarray(b).dtype.kind == "b":
        numeric(function, as_tensor(a, function))
    if np.any(np.equal(b, 0)):
        raise ArgumentError(f"{function}: other is 0 somewhere, and whole numbers cannot be divided by 0")


def steps(x: Tensor, values: np.ndarray) -> Tensor:
    """Values that are constant between jumps, on a graph that gives x the gradient 0, as PyTorch does."""
    return ops.select(x, wrap(np.asarray(values)), condition=False)


def neg(input: Any) -> Tensor:
    """Change the sign, :math:`y = -x`. Also ``-x``.

    >>> import tinygrad_cnn as tg
    >>> tg.neg(tg.tensor([1.0, -2.0]))
    tensor([-1.,  2.])
    """
    return ops.neg(input)


def abs(input: Any) -> Tensor:
    """Drop the sign, :math:`y = |x|`; the gradient at 0 is 0. Also ``abs(x)``.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.abs(tg.tensor([1.0, -2.0]))
    tensor([1., 2.])
    """
    return ops.abs(numeric("abs", as_tensor(input, "abs")))


def pow(input: Any, exponent: Any) -> Tensor:
    """Raise to a power, :math:`y = a^b`. Also ``a ** b``.

    The gradient by a is 0 where b is 0, and the one by b is 0 where a is 0 and b is not negative.

    Raises:
        ArgumentError: a whole number is to be raised to a negative whole number.

    >>> import tinygrad_cnn as tg
    >>> tg.pow(tg.tensor([4.0, 9.0]), 0.5)
    tensor([2., 3.])
    """
    base, power = (x if isinstance(x, int | float) else as_tensor(x, "pow") for x in (input, exponent))
    if all(np.asarray(getattr(x, "array", x)).dtype.kind == "b" for x in (base, power)):
        numeric("pow", as_tensor(input, "pow"))
    try:
        return ops.pow(input, exponent)
    except ShapeError as error:  # numpy refuses these in its own words
        if "negative integer powers" in str(error):
            raise ArgumentError("pow: whole numbers have no negative powers; convert with .float()") from None
        raise


def exp(input: Any) -> Tensor:
    """Exponential function, :math:`y = e^x`.

    >>> import tinygrad_cnn as tg
    >>> tg.exp(tg.tensor([0.0, -1000.0]))
    tensor([1., 0.])
    """
    return ops.exp(input)


def log(input: Any) -> Tensor:
    r"""Natural logarithm, :math:`y = \ln x`; NaN for negative numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.log(tg.tensor([1.0]))
    tensor([0.])
    """
    return ops.log(input)


def sqrt(input: Any) -> Tensor:
    r"""Square root, :math:`y = \sqrt x`; NaN for negative numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.sqrt(tg.tensor([4.0, 0.25]))
    tensor([2. , 0.5])
    """
    return ops.sqrt(input)


def maximum(input: Any, other: Any) -> Tensor:
    r"""The larger of two, :math:`y = \max(a, b)`, NaN if one is. Equal values get half of the gradient each.

    >>> import tinygrad_cnn as tg
    >>> tg.maximum(tg.tensor([1.0, 5.0]), tg.tensor([3.0, 2.0]))
    tensor([3., 5.])
    """
    return ops.maximum(input, other)


def minimum(input: Any, other: Any) -> Tensor:
    r"""The smaller of two, :math:`y = \min(a, b)`, NaN if one is. Equal values get half of the gradient each.

    >>> import tinygrad_cnn as tg
    >>> tg.minimum(tg.tensor([1.0, 5.0]), tg.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return ops.minimum(input, other)

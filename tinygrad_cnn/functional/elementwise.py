"""Functions of every value, and of two values at a time, with broadcasting."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, fits_into, integer, numeric, plain, shown
from .arithmetic import steps

__all__ = [
    "atan2",
    "ceil",
    "clamp",
    "clip",
    "cos",
    "erf",
    "erfc",
    "expm1",
    "floor",
    "log1p",
    "reciprocal",
    "round",
    "rsqrt",
    "sign",
    "sin",
    "square",
    "tan",
    "trunc",
    "where",
]


def log1p(input: Any) -> Tensor:
    r"""Logarithm of 1 + x, :math:`y = \ln(1 + x)`, exact for small x, which 1 + x would round away.

    >>> import tinygrad_cnn as tg
    >>> tg.log1p(tg.tensor([0.0, 1e-10]))
    tensor([0.e+00, 1.e-10])
    """
    return ops.log1p(as_tensor(input, "log1p"))


def expm1(input: Any) -> Tensor:
    """Exponential less 1, :math:`y = e^x - 1`, exact for small x.

    >>> import tinygrad_cnn as tg
    >>> tg.expm1(tg.tensor([0.0, 1e-10]))
    tensor([0.e+00, 1.e-10])
    """
    return ops.expm1(as_tensor(input, "expm1"))


def rsqrt(input: Any) -> Tensor:
    r"""One divided by the square root, :math:`y = 1 / \sqrt x`.

    >>> import tinygrad_cnn as tg
    >>> tg.rsqrt(tg.tensor([4.0, 0.25]))
    tensor([0.5, 2. ])
    """
    return ops.div(1.0, ops.sqrt(as_tensor(input, "rsqrt")))


def reciprocal(input: Any) -> Tensor:
    """One divided by the value, :math:`y = 1 / x`.

    >>> import tinygrad_cnn as tg
    >>> tg.reciprocal(tg.tensor([4.0, 0.5]))
    tensor([0.25, 2.  ])
    """
    return ops.div(1.0, as_tensor(input, "reciprocal"))


def square(input: Any) -> Tensor:
    """The value times itself, :math:`y = x^2`.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.square(tg.tensor([3.0, -0.5]))
    tensor([9.  , 0.25])
    """
    x = numeric("square", as_tensor(input, "square"))
    return ops.mul(x, x)


def sin(input: Any) -> Tensor:
    r"""Sine of an angle in radians, :math:`y = \sin x`.

    >>> import tinygrad_cnn as tg
    >>> tg.sin(tg.tensor([0.0, 1.5707963]))
    tensor([0., 1.])
    """
    return ops.sin(as_tensor(input, "sin"))


def cos(input: Any) -> Tensor:
    r"""Cosine of an angle in radians, :math:`y = \cos x`.

    >>> import tinygrad_cnn as tg
    >>> tg.cos(tg.tensor([0.0, 3.1415927]))
    tensor([ 1., -1.])
    """
    return ops.cos(as_tensor(input, "cos"))


def tan(input: Any) -> Tensor:
    r"""Tangent of an angle in radians, :math:`y = \sin x / \cos x`.

    >>> import tinygrad_cnn as tg
    >>> tg.tan(tg.tensor([0.0]))
    tensor([0.])
    """
    x = as_tensor(input, "tan")
    return ops.div(ops.sin(x), ops.cos(x))


def atan2(input: Any, other: Any) -> Tensor:
    r"""Angle in :math:`-\pi..\pi` of the points with second coordinate ``input`` and first one ``other``.

    The gradients at (0, 0) are 0.

    >>> import tinygrad_cnn as tg
    >>> tg.atan2(tg.tensor([0.0, 1.0]), tg.tensor([2.0, 0.0]))
    tensor([0.       , 1.5707964])
    """
    return ops.atan2(input, other)


def erf(input: Any) -> Tensor:
    r"""Error function, :math:`y = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2} dt`.

    >>> import tinygrad_cnn as tg
    >>> tg.round(tg.erf(tg.tensor([0.0, 1.0, 9.0])), decimals=4)
    tensor([0.    , 0.8427, 1.    ])
    """
    return ops.erf(as_tensor(input, "erf"))


def erfc(input: Any) -> Tensor:
    r"""What the error function lacks to 1, :math:`y = 1 - \mathrm{erf}(x)`, exact where it is small.

    >>> import tinygrad_cnn as tg
    >>> f"{tg.erfc(tg.tensor(9.0)).item():.3g}"
    '4.14e-37'
    """
    return ops.erfc(as_tensor(input, "erfc"))


def sign(input: Any) -> Tensor:
    """Give -1, 0 or 1 by the sign, and 0 for NaN; the gradient is 0.

    >>> import tinygrad_cnn as tg
    >>> tg.sign(tg.tensor([-3.0, 0.0, 0.5]))
    tensor([-1.,  0.,  1.])
    """
    x = as_tensor(input, "sign")
    if x.dtype.kind == "b":
        return x
    return steps(x, (x.array > 0).astype(x.dtype) - (x.array < 0).astype(x.dtype))


def floor(input: Any) -> Tensor:
    r"""The largest whole number not above, :math:`y = \lfloor x \rfloor`; the gradient is 0.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.floor(tg.tensor([1.7, -1.2]))
    tensor([ 1., -2.])
    """
    x = numeric("floor", as_tensor(input, "floor"))
    return steps(x, np.floor(x.array)) if x.dtype.kind == "f" else x


def ceil(input: Any) -> Tensor:
    r"""The smallest whole number not below, :math:`y = \lceil x \rceil`; the gradient is 0.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.ceil(tg.tensor([1.2, -1.7]))
    tensor([ 2., -1.])
    """
    x = numeric("ceil", as_tensor(input, "ceil"))
    return steps(x, np.ceil(x.array)) if x.dtype.kind == "f" else x


def trunc(input: Any) -> Tensor:
    """The whole number next to it towards 0; the gradient is 0.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.trunc(tg.tensor([1.7, -1.7]))
    tensor([ 1., -1.])
    """
    x = numeric("trunc", as_tensor(input, "trunc"))
    return steps(x, np.trunc(x.array)) if x.dtype.kind == "f" else x


def round(input: Any, *, decimals: int = 0) -> Tensor:
    """The nearest number with so many decimals, of two equally near ones the even one; the gradient is 0.

    Negative ``decimals`` round to tens, hundreds and so on.

    Raises:
        ArgumentError: ``decimals`` is no integer in -300..300, or is not 0 and x holds whole numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.round(tg.tensor([0.5, 1.5, -2.6])), tg.round(tg.tensor([2.71828]), decimals=2)
    (tensor([ 0.,  2., -3.]), tensor([2.72]))
    """
    x, places = numeric("round", as_tensor(input, "round")), integer("round", "decimals", decimals, -300)
    if places > 300:
        raise ArgumentError(f"round: decimals must lie in -300..300, got {decimals!r}")
    if x.dtype.kind != "f":
        if places:
            raise ArgumentError(f"round: whole numbers have no decimals, got decimals={decimals!r}")
        return x
    power = 10.0 ** abs(places)
    return steps(x, np.rint(x.array * power) / power if places > 0 else np.rint(x.array / power) * power)


def clip(input: Any, min: float | None = None, max: float | None = None) -> Tensor:
    """Bring values into min..max; the gradient is 0 where a value was moved.

    Raises:
        ArgumentError: neither bound is given, or one is no number (of tensors: `maximum`, `minimum`).

    >>> import tinygrad_cnn as tg
    >>> tg.clip(tg.tensor([-2.0, 0.5, 2.0]), -1, 1)
    tensor([-1. ,  0.5,  1. ])
    """
    if min is None and max is None:
        raise ArgumentError("clip: give min, max or both; got neither")
    bounds = [bound for bound in (min, max) if bound is not None]
    if not all(isinstance(bound, int | float | np.number) for bound in bounds):
        got = f"got {shown(min)} and {shown(max)}"
        raise ArgumentError(f"clip: min and max must be numbers, {got}; for tensors use maximum and minimum")
    x = as_tensor(input, "clip")
    if x.dtype.kind != "f" and not all(isinstance(bound, int | np.integer) for bound in bounds):
        x = wrap(x.array.astype(np.float32))
    x = wrap(x.array.astype(np.int64)) if x.dtype.kind == "b" else x
    for name, bound in (("min", min), ("max", max)):
        fits_into("clip", name, 0 if bound is None else bound, x.dtype)
    return ops.clip(x, min=min, max=max)


def where(condition: Any, input: Any, other: Any) -> Tensor:
    """Take ``input`` where the condition holds and ``other`` elsewhere; the side not taken gets gradient 0.

    Raises:
        ArgumentError: the condition holds other values than booleans.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([-1.0, 2.0])
    >>> tg.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    array = plain("where", "condition", condition)
    if array.dtype != np.bool_:
        raise ArgumentError(
            f"where: the condition must be boolean, got {array.dtype}; write for instance x > 0"
        )
    try:
        return ops.select(input, other, condition=array)
    except ShapeError:
        shapes = array.shape, np.shape(input), np.shape(other)
        raise ShapeError(
            "where: condition {}, input {} and other {} do not broadcast".format(*shapes)
        ) from None


clamp = clip

"""Activations made of straight pieces. At a corner, the gradient is the one that PyTorch gives."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, floating, number, numeric
from .shape import reshape

__all__ = [
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "prelu",
    "relu6",
    "softshrink",
    "threshold",
]


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    r"""Keep what is positive and scale the rest, :math:`y = x` for x > 0, :math:`a x` elsewhere.

    The gradient at 0 is the ``negative_slope`` :math:`a`.

    Raises:
        ArgumentError: ``negative_slope`` is no number.

    >>> import tinygrad_cnn as tg
    >>> tg.leaky_relu(tg.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1,  2. ])
    """
    x = floating("leaky_relu", as_tensor(input, "leaky_relu"))
    slope = number("leaky_relu", "negative_slope", negative_slope)
    return _bent(x, wrap(np.asarray(slope, x.dtype)))


def prelu(input: Any, weight: Any) -> Tensor:
    r"""`leaky_relu` with learnt slopes, :math:`y = w x` for x <= 0, one for all or one for each channel.

    x is (N, C, ...) and the weight (C); or the weight is (1) or (), and x of any shape.

    Raises:
        ShapeError: the weight has more than one dimension, or another size than 1 and C.

    >>> import tinygrad_cnn as tg
    >>> tg.prelu(tg.tensor([[-1.0, -1.0], [2.0, 2.0]]), tg.tensor([0.5, 0.25]))
    tensor([[-0.5 , -0.25],
            [ 2.  ,  2.  ]])
    """
    x, w = floating("prelu", as_tensor(input, "prelu")), floating("prelu", as_tensor(weight, "prelu"))
    if w.ndim > 1 or (w.numel() != 1 and (x.ndim < 2 or x.shape[1] != w.numel())):
        raise ShapeError(
            "prelu expects weight (), (1,) or, for input (N, C, ...), (C,) / "
            f"got input {x.shape}, weight {w.shape}"
        )
    return _bent(x, reshape(w, () if w.numel() == 1 else (-1,) + (1,) * (x.ndim - 2)))


def _bent(x: Tensor, slope: Tensor) -> Tensor:
    """Multiply what is not positive with a slope."""
    return ops.mul(x, ops.select(1.0, slope, condition=x.array > 0))


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    r"""Bring values into min..max, :math:`y = \min(\max(x, min), max)`; unlike in `clip`, the gradient at
    min and max is 0.

    Raises:
        ArgumentError: ``min_val`` is larger than ``max_val``, or negative for an unsigned x.

    >>> import tinygrad_cnn as tg
    >>> tg.hardtanh(tg.tensor([-2.0, 0.5, 2.0]))
    tensor([-1. ,  0.5,  1. ])
    """
    x = numeric("hardtanh", as_tensor(input, "hardtanh"))
    low, high = _alike("hardtanh", "min_val", min_val, x), _alike("hardtanh", "max_val", max_val, x)
    if min_val > max_val:
        raise ArgumentError(f"hardtanh: min_val {min_val!r} is larger than max_val {max_val!r}")
    bounded = np.asarray(np.clip(x.array, low, high))
    return ops.select(x, wrap(bounded), condition=(x.array > low) & (x.array < high))


def relu6(input: Any, inplace: bool = False) -> Tensor:
    r"""A rectifier that ends at 6, :math:`y = \min(\max(x, 0), 6)`; the gradient at 0 and 6 is 0.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.relu6(tg.tensor([-1.0, 2.0, 7.0]))
    tensor([0., 2., 6.])
    """
    return hardtanh(numeric("relu6", as_tensor(input, "relu6")), 0.0, 6.0)


def hardsigmoid(input: Any, inplace: bool = False) -> Tensor:
    r"""A line in place of the sigmoid, :math:`y = \min(\max(x, -3), 3) / 6 + 1/2`; the gradient at -3 and 3
    is 0.

    >>> import tinygrad_cnn as tg
    >>> tg.hardsigmoid(tg.tensor([-4.0, 0.0, 1.5, 3.0]))
    tensor([0.  , 0.5 , 0.75, 1.  ])
    """
    return (hardtanh(floating("hardsigmoid", as_tensor(input, "hardsigmoid")), -3.0, 3.0) + 3.0) / 6.0


def hardswish(input: Any, inplace: bool = False) -> Tensor:
    r"""`silu` with a line in place of the sigmoid, :math:`y = x \min(\max(x + 3, 0), 6) / 6`.

    The gradient is 0 at -3 and 1 at 3. Source: Howard et al., Searching for MobileNetV3, ICCV 2019.

    >>> import tinygrad_cnn as tg
    >>> tg.hardswish(tg.tensor([-4.0, 0.0, 3.0]))
    tensor([-0.,  0.,  3.])
    """
    x = floating("hardswish", as_tensor(input, "hardswish"))
    return x * hardsigmoid(x)


def hardshrink(input: Any, lambd: float = 0.5) -> Tensor:
    r"""Put small values to 0, :math:`y = 0` for :math:`-\lambda \le x \le \lambda`, x elsewhere.

    Raises:
        ArgumentError: ``lambd`` is no number.

    >>> import tinygrad_cnn as tg
    >>> tg.hardshrink(tg.tensor([-2.0, 0.5, 0.6]))
    tensor([-2. ,  0. ,  0.6])
    """
    x, width = floating("hardshrink", as_tensor(input, "hardshrink")), number("hardshrink", "lambd", lambd)
    return ops.select(0.0, x, condition=(x.array >= -width) & (x.array <= width))


def softshrink(input: Any, lambd: float = 0.5) -> Tensor:
    r"""Bring values nearer to 0 by :math:`\lambda`, :math:`y = x - \min(\max(x, -\lambda), \lambda)`.

    Raises:
        ArgumentError: ``lambd`` is negative or not finite.

    >>> import tinygrad_cnn as tg
    >>> tg.softshrink(tg.tensor([-2.0, 0.5, 1.5]))
    tensor([-1.5,  0. ,  1. ])
    """
    x, width = floating("softshrink", as_tensor(input, "softshrink")), number("softshrink", "lambd", lambd)
    if not 0 <= width < float("inf"):
        raise ArgumentError(f"softshrink: lambd must be a finite number >= 0, got {lambd!r}")
    return x - ops.clip(x, min=-width, max=width)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Tensor:
    r"""Keep what is larger than a threshold, :math:`y = x` for x > threshold, and ``value`` elsewhere.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.threshold(tg.tensor([0.5, 2.0]), 1.0, 20.0)
    tensor([20.,  2.])
    """
    x = numeric("threshold", as_tensor(input, "threshold"))
    limit, other = _alike("threshold", "threshold", threshold, x), _alike("threshold", "value", value, x)
    return ops.select(other, x, condition=x.array <= limit)


def _alike(function: str, name: str, value: Any, x: Tensor) -> Any:
    """Bring a number to the dtype of x; for whole numbers it is cut off, as in PyTorch."""
    wanted = number(function, name, value)
    if x.dtype.kind == "u" and wanted <= -1:
        raise ArgumentError(f"{function}: {name} must not be negative for {x.dtype}, got {value!r}")
    return x.dtype.type(wanted)

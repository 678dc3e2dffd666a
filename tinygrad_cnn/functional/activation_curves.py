"""Activations with curves, in forms that neither overflow nor lose digits for large values."""

import math
from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError
from .arguments import as_tensor, floating, number, numeric

__all__ = ["celu", "elu", "gelu", "logsigmoid", "mish", "selu", "silu", "softplus", "softsign", "tanhshrink"]

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    r"""Keep what is positive, and bend the rest towards :math:`-\alpha`: :math:`y = \alpha (e^x - 1)` for
    x <= 0.

    Source: Clevert et al., Fast and accurate deep network learning by ELUs, ICLR 2016.

    Raises:
        ArgumentError: ``alpha`` is no number.

    >>> import tinygrad_cnn as tg
    >>> tg.elu(tg.tensor([-100.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """
    return _bent(floating("elu", as_tensor(input, "elu")), number("elu", "alpha", alpha), 1.0)


def selu(input: Any, inplace: bool = False) -> Tensor:
    r"""`elu` scaled so that values keep mean 0 and variance 1 from layer to layer, :math:`y = 1.0507\,
    \mathrm{elu}(x, 1.6733)`.

    Source: Klambauer et al., Self-normalizing neural networks, NeurIPS 2017.

    >>> import tinygrad_cnn as tg
    >>> tg.round(tg.selu(tg.tensor([-100.0, 0.0, 1.0])), decimals=4)
    tensor([-1.7581,  0.    ,  1.0507])
    """
    return _bent(floating("selu", as_tensor(input, "selu")), SELU_ALPHA, 1.0) * SELU_SCALE


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    r"""`elu` without a corner for any :math:`\alpha`: :math:`y = \alpha (e^{x/\alpha} - 1)` for x <= 0.

    Raises:
        ArgumentError: ``alpha`` is 0.

    >>> import tinygrad_cnn as tg
    >>> tg.celu(tg.tensor([-100.0, 0.0, 2.0]), alpha=2.0)
    tensor([-2.,  0.,  2.])
    """
    width = number("celu", "alpha", alpha)
    if width == 0:
        raise ArgumentError("celu: alpha must not be 0, since x is divided by it")
    return _bent(floating("celu", as_tensor(input, "celu")), width, width)


def _bent(x: Tensor, alpha: float, width: float) -> Tensor:
    """Replace what is not positive by a part of an exponential."""
    return ops.select(x, ops.expm1(ops.clip(x, max=0.0) / width) * alpha, condition=x.array > 0)


def gelu(input: Any, approximate: str = "none") -> Tensor:
    r"""The value times the probability that a normal number is smaller, :math:`y = x\,\Phi(x)`.

    With ``approximate="tanh"`` it is :math:`y = x\,/\,(1 + e^{-2u})` for
    :math:`u = \sqrt{2/\pi}\,(x + 0.044715\,x^3)`, which is :math:`x (1 + \tanh u) / 2`.
    Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.

    Raises:
        ArgumentError: ``approximate`` is neither "none" nor "tanh".

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([-1.0, 0.0, 1.0])
    >>> tg.round(tg.gelu(x), decimals=4), tg.round(tg.gelu(x, approximate="tanh"), decimals=4)
    (tensor([-0.1587,  0.    ,  0.8413]), tensor([-0.1588,  0.    ,  0.8412]))
    """
    x = floating("gelu", as_tensor(input, "gelu"))
    if approximation("gelu", approximate) == "none":
        return x * 0.5 * ops.erfc(x * -math.sqrt(0.5))
    near = ops.clip(x, min=-100.0, max=100.0)  # beyond, the share is 0 or 1, and cubes may overflow
    return x * ops.sigmoid(near * (near * near * 0.044715 + 1.0) * math.sqrt(8 / math.pi))


def approximation(function: str, approximate: Any) -> str:
    """Check the form of `gelu`."""
    if approximate not in ("none", "tanh"):
        raise ArgumentError(f"{function}: approximate must be 'none' or 'tanh', got {approximate!r}")
    return str(approximate)


def silu(input: Any, inplace: bool = False) -> Tensor:
    r"""The value times its sigmoid, also called swish, :math:`y = x / (1 + e^{-x})`.

    >>> import tinygrad_cnn as tg
    >>> tg.silu(tg.tensor([-1000.0, 0.0, 100.0]))
    tensor([ -0.,   0., 100.])
    """
    x = floating("silu", as_tensor(input, "silu"))
    return x * ops.sigmoid(x)


def mish(input: Any, inplace: bool = False) -> Tensor:
    r"""The value times the hyperbolic tangent of its `softplus`, :math:`y = x \tanh(\ln(1 + e^x))`.

    Source: Misra, Mish: a self regularized non-monotonic activation function, BMVC 2020.

    >>> import tinygrad_cnn as tg
    >>> tg.mish(tg.tensor([-1000.0, 0.0, 100.0]))
    tensor([ -0.,   0., 100.])
    """
    x = floating("mish", as_tensor(input, "mish"))
    return x * ops.tanh(ops.softplus(x))


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    r"""A smooth rectifier, :math:`y = \ln(1 + e^{\beta x}) / \beta`, and x where :math:`\beta x` is larger
    than ``threshold``.

    Raises:
        ArgumentError: ``beta`` is 0.

    >>> import tinygrad_cnn as tg
    >>> tg.softplus(tg.tensor([-1000.0, 1000.0])), tg.round(tg.softplus(tg.tensor([0.0])), decimals=4)
    (tensor([   0., 1000.]), tensor([0.6931]))
    """
    x = floating("softplus", as_tensor(input, "softplus"))
    sharpness = number("softplus", "beta", beta)
    if sharpness == 0:
        raise ArgumentError("softplus: beta must not be 0, since the result is divided by it")
    return ops.softplus(x, beta=sharpness, threshold=number("softplus", "threshold", threshold))


def logsigmoid(input: Any) -> Tensor:
    r"""Logarithm of the sigmoid, :math:`y = -\ln(1 + e^{-x})`, which is about x for large negative x.

    >>> import tinygrad_cnn as tg
    >>> tg.logsigmoid(tg.tensor([-1000.0, 1000.0]))
    tensor([-1000.,    -0.])
    """
    x = floating("logsigmoid", as_tensor(input, "logsigmoid"))
    return -ops.softplus(-x, threshold=math.inf)


def softsign(input: Any) -> Tensor:
    r"""Squeeze values into -1..1, :math:`y = x / (1 + |x|)`.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.softsign(tg.tensor([-1.0, 0.0, 3.0]))
    tensor([-0.5 ,  0.  ,  0.75])
    """
    x = numeric("softsign", as_tensor(input, "softsign"))
    return x / (ops.abs(x) + 1.0)


def tanhshrink(input: Any) -> Tensor:
    r"""What the hyperbolic tangent takes away, :math:`y = x - \tanh x`.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.tanhshrink(tg.tensor([0.0, 100.0]))
    tensor([ 0., 99.])
    """
    x = numeric("tanhshrink", as_tensor(input, "tanhshrink"))
    return x - ops.tanh(x)

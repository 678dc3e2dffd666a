"""Losses of numbers and numbers: how far is each value from its target."""

import math
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import DataError, ShapeError
from .arguments import as_tensor, flag
from .loss_reduce import number, of_one_shape, paired, reduce, same_precision
from .shape import unsqueeze

__all__ = ["gaussian_nll_loss", "huber_loss", "l1_loss", "mse_loss", "poisson_nll_loss", "smooth_l1_loss"]


def _difference(function: str, input: Any, target: Any) -> Tensor:
    x, t = paired(function, input, target)
    return x - t


def l1_loss(input: Any, target: Any, reduction: str = "mean", weight: Any = None) -> Tensor:
    r"""Mean absolute error, :math:`y = \frac{1}{n} \sum_i |x_i - t_i|`; the slope at 0 is 0.

    Args:
        input, target: two tensors of one shape; both may require a gradient.
        reduction: "none" for all values, "sum", or "mean".
        weight: a factor for each value, of the same shape; the mean is then divided by its sum.

    Raises:
        ShapeError: unequal shapes, or the mean of nothing.
        ArgumentError: an unknown reduction.
        DataError: the mean by weights that add up to 0.

    >>> import tinygrad_cnn as tg
    >>> tg.l1_loss(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 4.0])).item()
    1.0
    """
    return _by_weight("l1_loss", ops.abs(_difference("l1_loss", input, target)), weight, reduction)


def mse_loss(input: Any, target: Any, reduction: str = "mean", weight: Any = None) -> Tensor:
    r"""Mean squared error, :math:`y = \frac{1}{n} \sum_i (x_i - t_i)^2`, of two tensors of one shape.

    With a ``weight``, :math:`y = \sum_i w_i (x_i - t_i)^2 / \sum_i w_i`; arguments and errors as `l1_loss`.

    >>> import tinygrad_cnn as tg
    >>> tg.mse_loss(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 4.0])).item()
    2.0
    """
    d = _difference("mse_loss", input, target)
    return _by_weight("mse_loss", d * d, weight, reduction)


def _by_weight(function: str, values: Tensor, weight: Any, reduction: str) -> Tensor:
    if weight is None:
        return reduce(function, values, reduction)
    w = of_one_shape(function, values, weight)
    return reduce(function, values * w, reduction, w)


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    r"""A square near 0 and a slope of 1 beyond: with :math:`d = x - t`, :math:`y = d^2 / 2\beta` where
    :math:`|d| < \beta` and :math:`|d| - \beta / 2` elsewhere; `l1_loss` for ``beta`` = 0.

    Arguments and errors as `l1_loss`; a negative ``beta`` is an `ArgumentError`. Source: Girshick, "Fast
    R-CNN", 2015.

    >>> import tinygrad_cnn as tg
    >>> tg.smooth_l1_loss(tg.tensor([0.5, 3.0]), tg.zeros(2), reduction="none")
    tensor([0.125, 2.5  ])
    """
    d = _difference("smooth_l1_loss", input, target)
    width = float(d.dtype.type(number("smooth_l1_loss", "beta", beta, 0)))  # float32 may round it to 0
    values = ops.huber(d, delta=width) / width if width else ops.abs(d)
    return reduce("smooth_l1_loss", values, reduction)


def huber_loss(
    input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None
) -> Tensor:
    r"""A square near 0 and a slope of ``delta`` beyond: with :math:`d = x - t`, :math:`y = d^2 / 2` where
    :math:`|d| \le \delta` and :math:`\delta (|d| - \delta / 2)` elsewhere.

    Arguments and errors as `l1_loss`, but the mean with a ``weight`` is divided by the number of values, as
    PyTorch has it; a ``delta`` that is not positive is an `ArgumentError`. Source: Huber, Annals of
    Mathematical Statistics 35, 1964.

    >>> import tinygrad_cnn as tg
    >>> tg.huber_loss(tg.tensor([0.5, 3.0]), tg.zeros(2), reduction="none", delta=2.0)
    tensor([0.125, 4.   ])
    """
    d = _difference("huber_loss", input, target)
    values = ops.huber(d, delta=number("huber_loss", "delta", delta, 0, above=True))
    if weight is not None:
        values = values * of_one_shape("huber_loss", values, weight)
    return reduce("huber_loss", values, reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    r"""Negative log-likelihood of counts t of a Poisson distribution whose mean is :math:`e^x`, or x:
    :math:`y = e^x - t x`, or :math:`x - t \ln(x + \epsilon)` with ``log_input=False``.

    ``full`` adds Stirling's formula for :math:`\ln t!`, :math:`t \ln t - t + \frac12 \ln 2 \pi t`, where
    t > 1. The other arguments and errors as `l1_loss`.

    >>> import tinygrad_cnn as tg
    >>> tg.poisson_nll_loss(tg.tensor([0.0]), tg.tensor([3.0])).item()
    1.0
    """
    x, t = paired("poisson_nll_loss", input, target)
    number("poisson_nll_loss", "eps", eps, 0)
    full = flag("poisson_nll_loss", "full", full)
    logarithms = flag("poisson_nll_loss", "log_input", log_input)
    values = ops.exp(x) - t * x if logarithms else x - t * ops.log(x + eps)
    if full:
        many = ops.select(t, 1.0, condition=t.array > 1)
        stirling = many * ops.log(many) - many + ops.log(many * (2 * math.pi)) * 0.5
        values = values + ops.select(stirling, 0.0, condition=t.array > 1)
    return reduce("poisson_nll_loss", values, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    r"""Negative log-likelihood of t under a normal distribution of mean x and variance v,
    :math:`y = \frac12 (\ln v + (x - t)^2 / v)`, with :math:`\frac12 \ln 2 \pi` added if ``full``.

    Args:
        input, target: two tensors of one shape.
        var: the variances, not negative: one number, the shape of input, or that shape with one size 1 or
            without the last one.
        eps: smaller variances count as this one; their gradient is that at ``eps``.

    Raises:
        ShapeError: shapes that do not belong together, or the mean of nothing.
        DataError: a negative variance.
        ArgumentError: an unknown reduction, or ``eps`` not above 0.

    >>> import tinygrad_cnn as tg
    >>> tg.gaussian_nll_loss(tg.tensor([1.0]), tg.tensor([3.0]), tg.ones(1)).item()
    2.0
    """
    d = _difference("gaussian_nll_loss", input, target)
    least = d.dtype.type(number("gaussian_nll_loss", "eps", eps, 0, above=True))
    v = _variances(d, var)
    v = v + wrap(np.maximum(least - v.array, 0))  # a constant: the gradient passes
    values = (ops.log(v) + d * d / v) * 0.5
    return reduce("gaussian_nll_loss", values + 0.5 * math.log(2 * math.pi) if full else values, reduction)


def _variances(x: Tensor, var: Any) -> Tensor:
    """Give variances that can be repeated to the shape of x, in its precision."""
    v = (
        wrap(np.full(x.shape, var, x.dtype))
        if isinstance(var, int | float)
        else as_tensor(var, "gaussian_nll_loss")
    )
    if not v.requires_grad:
        v = wrap(v.array.astype(x.dtype))
    same_precision("gaussian_nll_loss", x, v, ("input", "var"))
    if (v.array < 0).any():
        raise DataError(f"gaussian_nll_loss: var must not be negative, got {v.array.min()}")
    if v.shape != x.shape and v.shape == x.shape[:-1]:
        return unsqueeze(v, -1)
    odd = [n for n, m in zip(v.shape, x.shape, strict=False) if n != m]
    if v.ndim != x.ndim or odd not in ([], [1]):
        raise ShapeError(
            f"gaussian_nll_loss expects var {x.shape}, or one size of it 1, or its last one left out / "
            f"got var {v.shape}"
        )
    return v

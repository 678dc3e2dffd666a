"""Variances and standard deviations."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError
from .arguments import as_tensor, flag, floating, number
from .custom import straight_through
from .reduce import mean, over

__all__ = ["std", "std_mean", "var", "var_mean"]


def var(
    input: Any, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = 1
) -> Tensor:
    r"""Variance over ``dim`` (a number, a tuple, or None for all), with c = ``correction``:

    .. math:: y = \frac{1}{\max(n - c, 0)} \sum_i (x_i - \mu)^2

    ``unbiased=False`` means a correction of 0; it may be given in the place of ``dim``, too:
    ``var(x, False)``. Of no values the variance is NaN, of n <= c it is 0/0, NaN, or infinite.

    Raises:
        DtypeError: x holds no floats.
        ArgumentError: ``correction`` is no number, or is given beside ``unbiased=False``.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, 2.0, 3.0, 6.0])
    >>> tg.var(x, correction=0), tg.var(tg.tensor([1.0]))
    (tensor(3.5), tensor(nan))
    """
    return _moments("var", input, dim, unbiased, keepdim, correction)[0]


def std(
    input: Any, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = 1
) -> Tensor:
    r"""Standard deviation, the square root of `var`; where it is 0, its gradient is 0.

    >>> import tinygrad_cnn as tg
    >>> tg.std(tg.tensor([[1.0, 3.0], [2.0, 2.0]]), dim=1, correction=0)
    tensor([1., 0.])
    """
    return root(_moments("std", input, dim, unbiased, keepdim, correction)[0])


def var_mean(
    input: Any, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = 1
) -> tuple[Tensor, Tensor]:
    """Variance and mean, as `var` and `mean` give them.

    >>> import tinygrad_cnn as tg
    >>> tg.var_mean(tg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    return _moments("var_mean", input, dim, unbiased, keepdim, correction)


def std_mean(
    input: Any, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = 1
) -> tuple[Tensor, Tensor]:
    """Standard deviation and mean, as `std` and `mean` give them.

    >>> import tinygrad_cnn as tg
    >>> tg.std_mean(tg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    variance, middle = _moments("std_mean", input, dim, unbiased, keepdim, correction)
    return root(variance), middle


def _moments(
    function: str, input: Any, dim: Any, unbiased: Any, keepdim: bool, correction: Any
) -> tuple[Tensor, Tensor]:
    x = floating(function, as_tensor(input, function))
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    chosen = over(function, dim, x.ndim)
    n = int(np.prod([x.shape[d] for d in chosen]))
    left = (n - _correction(function, unbiased, correction)) if n else 0
    middle = mean(x, chosen, keepdim=True) if chosen else x
    centred = ops.sub(x, middle)
    total = ops.sum(ops.mul(centred, centred), dim=chosen, keepdim=flag(function, "keepdim", keepdim))
    flat = ops.reshape(middle, shape=total.shape)
    if left > 0:
        return ops.div(total, left), flat
    with np.errstate(
        invalid="ignore", over="ignore"
    ):  # 0/0; the gradient is what PyTorch gives, sign and all
        whole = dim is None or not x.ndim
        slope = x.dtype.type(np.inf if whole or not left else 2 / left)
        slopes = slope * (np.abs(centred.array) if whole else centred.array)
        through = ops.sum(ops.mul(x, wrap(slopes)), dim=chosen, keepdim=keepdim)
        return straight_through(wrap(np.asarray(total.array * x.dtype.type(np.inf))), through), flat


def _correction(function: str, unbiased: Any, correction: Any) -> float:
    if not isinstance(unbiased, bool | np.bool_):
        raise ArgumentError(
            f"{function}: unbiased must be True or False, got {unbiased!r}; give correction by name"
        )
    if correction is None or isinstance(correction, bool):
        correction = 1 if correction is None else int(correction)
    amount = number(function, "correction", correction)
    if not unbiased and amount != 1:
        raise ArgumentError(
            f"{function}: unbiased=False is a correction of 0; got correction={correction!r}, too"
        )
    return amount if unbiased else 0.0


def root(x: Tensor) -> Tensor:
    """The square root, with the gradient 0 at 0, where a deviation or a length has none."""
    positive = x.array != 0
    if positive.all():
        return ops.sqrt(x)
    return ops.select(ops.sqrt(ops.select(x, 1.0, condition=positive)), 0.0, condition=positive)

"""Normalisation with weights by channel: of batches, of groups of channels, of single pictures."""

import math
from typing import Any

import numpy as np

from .. import kernels, ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, flag, floating, integer, number

__all__ = ["batch_norm", "group_norm", "instance_norm"]


def batch_norm(
    input: Any,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    r"""Bring each channel to mean 0 and variance 1, then scale and shift,
    :math:`y = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + eps}} w_c + b_c`.

    In training :math:`\mu` and :math:`\sigma^2` are those of the batch (x is (N, C, ...)), and the running
    ones move towards them by ``momentum`` (towards the unbiased variance); otherwise the running ones are
    used. Source: Ioffe and Szegedy, 2015.

    Raises:
        ShapeError: x has no channels, something does not have one value for each of them, or there is one
            value a channel in training.
        ArgumentError: no running statistics in evaluation, one without the other, or an eps that is too
            small.

    >>> import tinygrad_cnn as tg
    >>> tg.batch_norm(tg.tensor([[1.0], [3.0]]), None, None, training=True)
    tensor([[-0.999995],
            [ 0.999995]])
    """
    x = floating("batch_norm", as_tensor(input, "batch_norm"))
    flag("batch_norm", "training", training)
    if x.ndim < 2:
        raise ShapeError(f"batch_norm expects x (N, C, ...) / got x {x.shape}")
    small = number("batch_norm", "eps", eps)
    if not (small > 0 or (small == 0 and not training)):
        raise ArgumentError(f"batch_norm: eps must be above 0, got {eps!r}")
    per_channel = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    _check_channels("batch_norm", x, **per_channel)
    _check_running("batch_norm", running_mean, running_var, not training, "training=True")
    n = x.numel() // max(x.shape[1], 1)
    if training and n == 1:
        raise ShapeError(f"batch_norm: one value a channel has no variance, got x {x.shape} in training")
    shape = (1, -1) + (1,) * (x.ndim - 2)
    w, b = (None if p is None else p.reshape(shape) for p in (weight, bias))
    if running_mean is None or running_var is None or training:
        return _by_batch(
            x, w, b, running_mean, running_var, number("batch_norm", "momentum", momentum), small
        )
    scale = 1.0 / ops.sqrt(running_var + small)
    scale = scale.reshape(shape) if w is None else scale.reshape(shape) * w
    shift = -running_mean.reshape(shape) * scale
    return x * scale + (shift if b is None else shift + b)


def _by_batch(
    x: Tensor,
    w: Tensor | None,
    b: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    momentum: float,
    eps: float,
) -> Tensor:
    """Normalise each channel by its own statistics, and move the running ones."""
    over = tuple(d for d in range(x.ndim) if d != 1)
    known = kernels.Moments(x.array, over, eps)
    y = ops.normalise(x, w, b, dim=over, eps=eps, known=known)
    if running_mean is not None and running_var is not None and x.numel():
        _move(running_mean, known.mean.reshape(-1), momentum)
        _move(running_var, known.var.reshape(-1) * known.kind.type(known.n / (known.n - 1)), momentum)
    return y


def _move(running: Tensor, batch: np.ndarray, momentum: float) -> None:
    old = running.array
    running.replace((old * (1 - momentum) + batch * momentum).astype(old.dtype))


def _check_channels(function: str, x: Tensor, **per_channel: Tensor | None) -> None:
    for name, values in per_channel.items():
        if values is None:
            continue
        if not isinstance(values, Tensor):
            raise ArgumentError(f"{function}: {name} must be a tensor, got {type(values).__name__}")
        if values.shape != (x.shape[1],):
            raise ShapeError(
                f"{function} expects {name} ({x.shape[1]},) for x {x.shape} / got {name} {values.shape}"
            )


def _check_running(
    function: str, mean: Tensor | None, var: Tensor | None, needed: bool, otherwise: str
) -> None:
    if (mean is None) != (var is None):
        raise ArgumentError(f"{function}: give both running_mean and running_var, or none of them")
    if mean is None and needed:
        raise ArgumentError(f"{function}: running_mean and running_var are needed but with {otherwise}")


def instance_norm(
    input: Any,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    r"""`batch_norm` of every picture alone: mean and variance are those of one channel of one picture,
    :math:`y_{nc} = \frac{x_{nc} - \mu_{nc}}{\sqrt{\sigma_{nc}^2 + eps}} w_c + b_c`.

    The running statistics, if there are some, move towards the mean over the batch; they are used with
    ``use_input_stats=False``. Source: Ulyanov, Vedaldi and Lempitsky, 2016.

    Raises:
        ShapeError: x is not (N, C, ...), something does not have one value for each channel, or pictures
            have one pixel.
        ArgumentError: there are no running statistics but they are to be used, or one without the other.

    >>> import tinygrad_cnn as tg
    >>> tg.instance_norm(tg.tensor([[[1.0, 3.0]], [[10.0, 12.0]]]))
    tensor([[[-0.999995, 0.999995]],
    <BLANKLINE>
            [[-0.999995, 0.999995]]])
    """
    x = floating("instance_norm", as_tensor(input, "instance_norm"))
    flag("instance_norm", "use_input_stats", use_input_stats)
    pixels = math.prod(x.shape[2:])
    if x.ndim < 2 or (use_input_stats and pixels == 1):
        raise ShapeError(f"instance_norm expects x (N, C, ...) with more than one pixel / got x {x.shape}")
    per_channel = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    _check_channels("instance_norm", x, **per_channel)
    _check_running("instance_norm", running_mean, running_var, not use_input_stats, "use_input_stats=True")
    if not use_input_stats:
        return batch_norm(x, running_mean, running_var, weight, bias, False, momentum, eps)
    shape = (1, -1) + (1,) * (x.ndim - 2)
    w, b = (None if p is None else p.reshape(shape) for p in (weight, bias))
    over, share = tuple(range(2, x.ndim)), number("instance_norm", "momentum", momentum)
    small = number("instance_norm", "eps", eps)
    known = kernels.Moments(x.array, over, small)
    y = ops.normalise(x, w, b, dim=over, eps=small, known=known)
    if running_mean is not None and running_var is not None and x.numel():
        means, variances = (m.reshape(x.shape[:2]).mean(0) for m in (known.mean, known.var))
        _move(running_mean, means, share)
        _move(running_var, variances * known.kind.type(pixels / (pixels - 1)), share)
    return y


def group_norm(
    input: Any,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    r"""Bring groups of channels of one picture to mean 0 and variance 1, then scale and shift each channel.

    :math:`y = \frac{x - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + eps}} w_c + b_c`, where g is the group of channel c.
    It does not depend on the rest of the batch. Source: Wu and He, 2018.

    Raises:
        ShapeError: the channels of x (N, C, ...) do not make ``num_groups`` equal groups, there is one value
            in a batch of one group, or weight or bias does not have one value for each channel.

    >>> import tinygrad_cnn as tg
    >>> tg.group_norm(tg.tensor([[1.0, 3.0, 10.0, 12.0]]), num_groups=2)
    tensor([[-0.999995,  0.999995, -0.999995,  0.999995]])
    """
    x = floating("group_norm", as_tensor(input, "group_norm"))
    groups = integer("group_norm", "num_groups", num_groups, 1)
    if x.ndim < 2 or x.shape[1] % groups:
        raise ShapeError(f"group_norm expects x (N, C, ...) with C a multiple of {groups} / got x {x.shape}")
    if x.shape[0] * x.shape[1] // groups * math.prod(x.shape[2:]) == 1:
        raise ShapeError(f"group_norm: one value a group has no variance, got x {x.shape}")
    _check_channels("group_norm", x, weight=weight, bias=bias)
    split = (groups, x.shape[1] // groups)
    parts = ops.reshape(x, shape=(x.shape[0], *split, *x.shape[2:]))
    shape = (1, *split, *(1,) * (x.ndim - 2))
    w, b = (None if p is None else p.reshape(shape) for p in (weight, bias))
    y = ops.normalise(parts, w, b, dim=tuple(range(2, parts.ndim)), eps=number("group_norm", "eps", eps))
    return ops.reshape(y, shape=x.shape)

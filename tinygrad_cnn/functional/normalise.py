"""Normalisation of the channels of a batch."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ShapeError
from .arguments import as_tensor, floating
from .reduce import mean


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

    >>> import tinygrad_cnn as tg
    >>> tg.batch_norm(tg.tensor([[1.0], [3.0]]), None, None, training=True)
    tensor([[-0.999995],
            [ 0.999995]])
    """
    x = floating("batch_norm", as_tensor(input))
    if x.ndim < 2:
        raise ShapeError(f"batch_norm expects x (N, C, ...) / got x {x.shape}")
    _check_channels(x, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    per_channel = (1, -1) + (1,) * (x.ndim - 2)
    if training or running_mean is None or running_var is None:
        centred, variance = _of_batch(x, running_mean, running_var, training, momentum)
    else:
        centred = x - running_mean.reshape(per_channel)
        variance = running_var.reshape(per_channel)
    scale = 1.0 / ops.sqrt(variance + eps)
    if weight is not None:
        scale = scale * weight.reshape(per_channel)
    y = centred * scale
    return y if bias is None else y + bias.reshape(per_channel)


def _of_batch(
    x: Tensor, running_mean: Tensor | None, running_var: Tensor | None, training: bool, momentum: float
) -> tuple[Tensor, Tensor]:
    """Give x around the mean of each channel, and its variance; in training, move the running ones."""
    over = tuple(d for d in range(x.ndim) if d != 1)
    n = x.numel() // max(x.shape[1], 1)
    if training and n < 2:
        raise ShapeError(f"batch_norm: one value a channel has no variance, got x {x.shape} in training")
    centre = mean(x, over, keepdim=True)
    centred = x - centre
    variance = mean(centred * centred, over, keepdim=True)
    if training:
        _move(running_mean, centre.array, momentum)
        _move(running_var, variance.array * x.dtype.type(n / (n - 1)), momentum)
    return centred, variance


def _move(running: Tensor | None, batch: np.ndarray, momentum: float) -> None:
    if running is not None:
        old = running.array
        running.replace((old * (1 - momentum) + batch.reshape(old.shape) * momentum).astype(old.dtype))


def _check_channels(x: Tensor, **per_channel: Tensor | None) -> None:
    for name, values in per_channel.items():
        if values is not None and values.shape != (x.shape[1],):
            raise ShapeError(
                f"batch_norm expects {name} ({x.shape[1]},) for x {x.shape} / got {name} {values.shape}"
            )

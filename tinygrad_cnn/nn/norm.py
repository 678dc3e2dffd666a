"""Batch normalisation: a layer that behaves differently in training, and keeps statistics for afterwards."""

from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from ..functional.arguments import integer
from .module import Module
from .parameter import Parameter


class BatchNorm2d(Module):
    r"""Bring each channel of pictures (N, C, H, W) to mean 0 and variance 1, then scale and shift it.

    .. math:: y = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + eps}}\,w_c + b_c

    In training the statistics are those of the batch, and ``running_mean`` and ``running_var`` (with the
    unbiased variance) move towards them by ``momentum``, or become the average over all batches with
    ``momentum=None``. In evaluation the running ones are used, or those of the batch with
    ``track_running_stats=False``. Source: Ioffe and Szegedy, 2015.

    >>> from tinygrad_cnn import nn, tensor
    >>> bn = nn.BatchNorm2d(1)
    >>> bn(tensor([[[[1.0, 3.0]]]])), bn.running_mean
    (tensor([[[[-0.999995, 0.999995]]]], op=add), tensor([0.2]))
    """

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.num_features = integer("BatchNorm2d", "num_features", num_features, 1)
        if not 0 < eps < np.inf:
            raise ArgumentError(f"BatchNorm2d: eps must be a small number above 0, got {eps!r}")
        if momentum is not None and not 0 <= momentum <= 1:
            raise ArgumentError(f"BatchNorm2d: momentum must lie in 0..1, or be None, got {momentum!r}")
        self.eps = eps
        self.momentum = momentum
        self.affine = bool(affine)
        self.track_running_stats = bool(track_running_stats)
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine else None
        keep = track_running_stats
        self.register_buffer("running_mean", wrap(np.zeros(num_features, dtype)) if keep else None)
        self.register_buffer("running_var", wrap(np.ones(num_features, dtype)) if keep else None)
        self.register_buffer("num_batches_tracked", wrap(np.zeros((), np.int64)) if keep else None)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise, and in training move the running statistics."""
        if input.ndim != 4 or input.shape[1] != self.num_features:
            raise ShapeError(
                f"BatchNorm2d expects x (N, C, H, W) with C = num_features = {self.num_features} "
                f"/ got x {input.shape}"
            )
        counted = self.num_batches_tracked if self.training else None
        step = self.momentum
        if step is None:
            step = 0.0 if counted is None else 1 / (counted.item() + 1)
        use_batch = self.training or self.running_mean is None
        y = F.batch_norm(
            input, self.running_mean, self.running_var, self.weight, self.bias, use_batch, step, self.eps
        )
        if counted is not None:
            counted.replace(np.asarray(counted.array + 1))  # numpy makes a scalar of the sum
        return y

    def reset_running_stats(self) -> None:
        """Forget the batches that were seen."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.replace(np.zeros_like(self.running_mean.array))
            self.running_var.replace(np.ones_like(self.running_var.array))
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.replace(np.zeros((), np.int64))

    def extra_repr(self) -> str:
        """Give all settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )

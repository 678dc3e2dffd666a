"""Normalisation with the statistics of a batch or of single pictures, some of them kept for afterwards."""

from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from ..functional.arguments import integer, number
from .module import Module
from .parameter import Parameter


class _Norm(Module):
    """What layers with running statistics have in common."""

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None
    shapes: tuple[str, ...]  # that x may have

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        bias: bool,
        dtype: Any,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.num_features = integer(name, "num_features", num_features, 1)
        if not 0 < number(name, "eps", eps) < np.inf:
            raise ArgumentError(f"{name}: eps must be a small number above 0, got {eps!r}")
        if momentum is not None and not 0 <= number(name, "momentum", momentum) <= 1:
            raise ArgumentError(f"{name}: momentum must lie in 0..1, or be None, got {momentum!r}")
        self.eps = eps
        self.momentum = momentum
        self.affine = bool(affine)
        self.track_running_stats = bool(track_running_stats)
        self.weight = Parameter(np.ones(num_features, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_features, dtype)) if affine and bias else None
        keep = track_running_stats
        self.register_buffer("running_mean", wrap(np.zeros(num_features, dtype)) if keep else None)
        self.register_buffer("running_var", wrap(np.ones(num_features, dtype)) if keep else None)
        self.register_buffer("num_batches_tracked", wrap(np.zeros((), np.int64)) if keep else None)

    def check(self, input: Tensor, channels: int = 1) -> None:
        """Refuse what is no batch of pictures with these channels."""
        shapes = {len(text.split()): text for text in self.shapes}
        if input.ndim not in shapes or input.shape[channels] != self.num_features:
            raise ShapeError(
                f"{type(self).__name__} expects x {' or '.join(self.shapes)} with C = num_features = "
                f"{self.num_features} / got x {input.shape}"
            )

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


class _BatchNorm(_Norm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise, and in training move the running statistics."""
        self.check(input)
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


class BatchNorm1d(_BatchNorm):
    r"""Bring each channel of a batch of rows (N, C) or lines (N, C, L) to mean 0 and variance 1, then scale
    and shift it, as `BatchNorm2d` does with pictures.

    >>> from tinygrad_cnn import nn, tensor
    >>> bn = nn.BatchNorm1d(2)
    >>> bn(tensor([[1.0, 10.0], [3.0, 12.0]])).detach(), bn.running_mean
    (tensor([[-0.999995, -0.999995],
            [ 0.999995,  0.999995]]), tensor([0.2, 1.1]))
    """

    shapes = ("(N, C)", "(N, C, L)")


class BatchNorm2d(_BatchNorm):
    r"""Bring each channel of pictures (N, C, H, W) to mean 0 and variance 1, then scale and shift it.

    .. math:: y = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + eps}}\,w_c + b_c

    In training the statistics are those of the batch, and ``running_mean`` and ``running_var`` (with the
    unbiased variance) move towards them by ``momentum``, or become the average over all batches with
    ``momentum=None``. In evaluation the running ones are used, or those of the batch with
    ``track_running_stats=False``. Source: Ioffe and Szegedy, 2015.

    >>> from tinygrad_cnn import nn, tensor
    >>> bn = nn.BatchNorm2d(1)
    >>> bn(tensor([[[[1.0, 3.0]]]])), bn.running_mean
    (tensor([[[[-0.999995, 0.999995]]]], op=normalise), tensor([0.2]))
    """

    shapes = ("(N, C, H, W)",)


class _InstanceNorm(_Norm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        *,
        bias: bool = True,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise each picture; in training, move the running statistics if there are some."""
        single = input.ndim == len(self.shapes[0].split())
        self.check(input, 0 if single else 1)
        own = self.training or not self.track_running_stats
        settings = self.weight, self.bias, own, self.momentum or 0.0, self.eps
        x = F.unsqueeze(input, 0) if single else input
        y = F.instance_norm(x, self.running_mean, self.running_var, *settings)
        return F.squeeze(y, 0) if single else y


class InstanceNorm1d(_InstanceNorm):
    r"""Bring each channel of each line (N, C, L) to mean 0 and variance 1, as `InstanceNorm2d` does with
    pictures. One line (C, L) will do.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.InstanceNorm1d(2)(tensor([[1.0, 3.0], [10.0, 12.0]]))
    tensor([[-0.999995,  0.999995],
            [-0.999995,  0.999995]])
    """

    shapes = ("(C, L)", "(N, C, L)")


class InstanceNorm2d(_InstanceNorm):
    r"""Bring each channel of each picture (N, C, H, W) to mean 0 and variance 1, then with ``affine=True``
    scale and shift it. One picture (C, H, W) will do.

    .. math:: y_{nc} = \frac{x_{nc} - \mu_{nc}}{\sqrt{\sigma_{nc}^2 + eps}}\,w_c + b_c

    With ``track_running_stats=True`` it keeps means over pictures, as `BatchNorm2d` does, and uses them in
    evaluation. Source: Ulyanov, Vedaldi and Lempitsky, 2016.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.InstanceNorm2d(1)(tensor([[[[1.0, 3.0]]], [[[10.0, 12.0]]]])).reshape(2, 2)
    tensor([[-0.999995,  0.999995],
            [-0.999995,  0.999995]])
    """

    shapes = ("(C, H, W)", "(N, C, H, W)")

"""Normalisation that keeps no statistics: of the last dimensions, of groups, of neighbouring channels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from ..functional.arguments import integer, number
from .module import Module
from .parameter import Parameter


def _sizes(name: str, shape: Any) -> tuple[int, ...]:
    several = tuple(shape) if isinstance(shape, Sequence) and not isinstance(shape, str) else (shape,)
    if not several:
        raise ArgumentError(f"{name}: normalized_shape must hold at least one size, got {shape!r}")
    return tuple(integer(name, "normalized_shape", n, 1) for n in several)


class LayerNorm(Module):
    r"""Bring the values of the last dimensions to mean 0 and variance 1, then scale and shift each of them.

    .. math:: y = \frac{x - \mu}{\sqrt{\sigma^2 + eps}}\,w + b

    ``normalized_shape`` is the end of the shape of x, or its last size. Source: Ba, Kiros and Hinton, 2016.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LayerNorm(2)(tensor([[1.0, 3.0], [10.0, 12.0]])).detach()
    tensor([[-0.999995,  0.999995],
            [-0.999995,  0.999995]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes("LayerNorm", normalized_shape)
        self.eps = number("LayerNorm", "eps", eps)
        self.elementwise_affine = bool(elementwise_affine)
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape, dtype)) if elementwise_affine and bias else None

    def forward(self, input: Tensor) -> Tensor:
        """Normalise the last dimensions."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Give all settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class RMSNorm(Module):
    r"""Divide the values of the last dimensions by the root of their mean square, then scale each of them.

    .. math:: y = \frac{x}{\sqrt{\frac{1}{n} \sum_i x_i^2 + eps}}\,w

    ``eps`` is by default the distance from 1 to the next number of x's dtype. Source: Zhang and Sennrich,
    2019.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.RMSNorm(2)(tensor([[1.0, 7.0]])).detach()
    tensor([[0.2, 1.4]])
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        *,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes("RMSNorm", normalized_shape)
        self.eps = None if eps is None else number("RMSNorm", "eps", eps)
        self.elementwise_affine = bool(elementwise_affine)
        self.weight = Parameter(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None

    def forward(self, input: Tensor) -> Tensor:
        """Normalise the last dimensions."""
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Give all settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    r"""Bring groups of channels of each picture to mean 0 and variance 1, then scale and shift each channel.

    .. math:: y = \frac{x - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + eps}}\,w_c + b_c

    It does the same in training and evaluation, and suits small batches. Source: Wu and He, 2018.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.GroupNorm(2, 4)(tensor([[1.0, 3.0, 10.0, 12.0]])).detach()
    tensor([[-0.999995,  0.999995, -0.999995,  0.999995]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        bias: bool = True,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.num_groups = integer("GroupNorm", "num_groups", num_groups, 1)
        self.num_channels = integer("GroupNorm", "num_channels", num_channels, 1)
        if num_channels % num_groups:
            raise ArgumentError(f"GroupNorm: {num_channels} channels do not make {num_groups} equal groups")
        self.eps = number("GroupNorm", "eps", eps)
        self.affine = bool(affine)
        self.weight = Parameter(np.ones(num_channels, dtype)) if affine else None
        self.bias = Parameter(np.zeros(num_channels, dtype)) if affine and bias else None

    def forward(self, input: Tensor) -> Tensor:
        """Normalise the groups of x (N, C, ...)."""
        if input.ndim < 2 or input.shape[1] != self.num_channels:
            raise ShapeError(
                f"GroupNorm expects x (N, C, ...) with C = num_channels = {self.num_channels} / "
                f"got x {input.shape}"
            )
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Give all settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class LocalResponseNorm(Module):
    r"""Divide each value by what lies around it in ``size`` neighbouring channels, see `local_response_norm`.

    .. math:: y_c = x_c \left(k + \frac{\alpha}{n} \sum_{c'} x_{c'}^2\right)^{-\beta}

    Source: Krizhevsky, Sutskever and Hinton, 2012.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LocalResponseNorm(2, alpha=2.0, beta=0.5, k=0.0)(tensor([[[3.0], [4.0]]]))
    tensor([[[1. ],
             [0.8]]])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = integer("LocalResponseNorm", "size", size, 1)
        self.alpha = number("LocalResponseNorm", "alpha", alpha)
        self.beta = number("LocalResponseNorm", "beta", beta)
        self.k = number("LocalResponseNorm", "k", k)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise x (N, C, ...)."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Give all settings."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"

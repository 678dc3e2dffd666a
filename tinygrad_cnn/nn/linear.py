"""The dense layer, and the step from pictures to rows before it."""

import math
from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..functional.arguments import integer
from . import init
from .module import Module
from .parameter import Parameter


class Linear(Module):
    r"""Combine all features, :math:`y = x W^T + b`: (..., in_features) to (..., out_features); W is
    (out_features, in_features).

    ``generator`` draws the starting values, evenly from :math:`\pm 1/\sqrt{in\_features}`, which is PyTorch's
    default.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> nn.Linear(5, 3, generator=np.random.default_rng(0))(zeros(2, 5)).shape
    (2, 3)
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        generator: "np.random.Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.in_features = integer("Linear", "in_features", in_features, 1)
        self.out_features = integer("Linear", "out_features", out_features, 1)
        self.weight = Parameter(np.zeros((self.out_features, self.in_features), dtype))
        self.bias = Parameter(np.zeros(self.out_features, dtype)) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: "np.random.Generator | None" = None) -> None:
        r"""Draw weights and bias anew, evenly from :math:`\pm 1/\sqrt{in\_features}`."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5), generator=generator)
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            init.uniform_(self.bias, -bound, bound, generator)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer to the last dimension."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Give the sizes."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
        )


class Flatten(Module):
    """Join the dimensions from ``start_dim`` to ``end_dim`` into one; by default all but the batch.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.Flatten()(zeros(2, 4, 5, 6)).shape
    (2, 120)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = integer("Flatten", "start_dim", start_dim, -(2**31))
        self.end_dim = integer("Flatten", "end_dim", end_dim, -(2**31))

    def forward(self, input: Tensor) -> Tensor:
        """Join the dimensions."""
        return F.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Give the dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"

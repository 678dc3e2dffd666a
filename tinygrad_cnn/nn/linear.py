"""The dense layers, and the steps between pictures and rows beside them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer, integer_list
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


class Bilinear(Module):
    r"""Combine two inputs, :math:`y_o = \sum_{ij} a_i w_{oij} b_j + \beta_o`: (..., in1_features) and
    (..., in2_features) to (..., out_features); w is (out_features, in1_features, in2_features).

    ``generator`` draws the starting values, evenly from :math:`\pm 1/\sqrt{in1\_features}`.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> nn.Bilinear(5, 4, 3, generator=np.random.default_rng(0))(zeros(2, 5), zeros(2, 4)).shape
    (2, 3)
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        *,
        generator: "np.random.Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.in1_features = integer("Bilinear", "in1_features", in1_features, 1)
        self.in2_features = integer("Bilinear", "in2_features", in2_features, 1)
        self.out_features = integer("Bilinear", "out_features", out_features, 1)
        self.weight = Parameter(np.zeros((self.out_features, self.in1_features, self.in2_features), dtype))
        self.bias = Parameter(np.zeros(self.out_features, dtype)) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: "np.random.Generator | None" = None) -> None:
        r"""Draw weights and bias anew, evenly from :math:`\pm 1/\sqrt{in1\_features}`."""
        bound = 1 / math.sqrt(self.in1_features)
        for parameter in (self.weight, self.bias):
            if parameter is not None:
                init.uniform_(parameter, -bound, bound, generator)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Apply the layer to the last dimensions."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Give the sizes."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Flatten(Module):
    """Join the dimensions from ``start_dim`` to ``end_dim`` into one; by default all but the batch.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.Flatten()(zeros(2, 4, 5, 6)).shape
    (2, 120)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = integer("Flatten", "start_dim", start_dim, None)
        self.end_dim = integer("Flatten", "end_dim", end_dim, None)

    def forward(self, input: Tensor) -> Tensor:
        """Join the dimensions."""
        return F.flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Give the dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Split dimension ``dim`` into several, the reverse of `Flatten`; one of the sizes may be -1.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.Unflatten(1, (4, 5, -1))(zeros(2, 120)).shape
    (2, 4, 5, 6)
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim = integer("Unflatten", "dim", dim, None)
        if not isinstance(unflattened_size, Sequence) or not unflattened_size:
            raise ArgumentError(
                f"Unflatten: unflattened_size must be a sequence of sizes, got {unflattened_size!r}"
            )
        self.unflattened_size = integer_list("Unflatten", "unflattened_size", unflattened_size, -1)

    def forward(self, input: Tensor) -> Tensor:
        """Split the dimension."""
        return F.unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """Give the dimension and its sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"

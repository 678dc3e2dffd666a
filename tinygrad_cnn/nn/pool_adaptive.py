"""Layers that pool to a given size, whatever the size of the input."""

from collections.abc import Sequence
from typing import Any

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer
from .module import Module


class _Adaptive(Module):
    """The size that all are told."""

    rank = 2

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        name, several = type(self).__name__, isinstance(output_size, list | tuple)
        if several and len(output_size) != self.rank:
            wanted = "one integer or two" if self.rank == 2 else "one integer"
            raise ArgumentError(f"{name}: output_size must be {wanted}, got {output_size!r}")
        for size in output_size if several else (output_size,):
            if size is not None or self.rank == 1:
                integer(name, "output_size", size, 0)
        self.output_size = output_size

    def extra_repr(self) -> str:
        """Give the size."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    """Average ``output_size`` windows that share each line evenly: (N, C, L) to (N, C, output_size).

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.AdaptiveAvgPool1d(3)(tensor([[[1.0, 2.0, 3.0, 4.0, 5.0]]]))
    tensor([[[1.5, 3. , 4.5]]])
    """

    rank = 1

    def __init__(self, output_size: int | Sequence[int]) -> None:
        super().__init__(output_size)

    def forward(self, input: Tensor) -> Tensor:
        """Pool lines (N, C, L) or (C, L)."""
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_Adaptive):
    """Average windows that share the picture evenly: (N, C, H, W) to (N, C, OH, OW), ``output_size`` = (OH,
    OW), one number, or None for a side that stays. 1 averages each channel.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.AdaptiveAvgPool2d(1)(ones(2, 3, 5, 6)).shape, nn.AdaptiveAvgPool2d((2, None))(ones(3, 5, 6)).shape
    ((2, 3, 1, 1), (3, 2, 6))
    """

    def __init__(self, output_size: int | Sequence[int | None] | None) -> None:
        super().__init__(output_size)

    def forward(self, input: Tensor) -> Tensor:
        """Pool pictures (N, C, H, W), or one picture (C, H, W)."""
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveMaxPool1d(_Adaptive):
    """Keep the largest value of ``output_size`` windows that share each line evenly; with ``return_indices``
    also its place.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.AdaptiveMaxPool1d(3)(tensor([[[1.0, 2.0, 3.0, 0.0, 5.0]]]))
    tensor([[[2., 3., 5.]]])
    """

    rank = 1

    def __init__(self, output_size: int | Sequence[int], return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """Pool lines (N, C, L) or (C, L)."""
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_Adaptive):
    """Keep the largest value of windows that share the picture evenly; sizes as in `AdaptiveAvgPool2d`. With
    ``return_indices`` also its place.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.AdaptiveMaxPool2d((2, 3))(ones(2, 3, 5, 7)).shape
    (2, 3, 2, 3)
    """

    def __init__(self, output_size: int | Sequence[int | None] | None, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """Pool pictures (N, C, H, W), or one picture (C, H, W)."""
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)

"""Layers that put back what max pooling kept."""

from collections.abc import Sequence
from typing import Any

from .. import functional as F
from ..core import Tensor
from ..functional.unpool import numbers
from .module import Module


class _Unpooling(Module):
    """The window of the pooling."""

    rank = 2

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        name, ahead = type(self).__name__, 2 - self.rank
        own = kernel_size if stride is None else stride
        self.kernel_size = numbers(name, "kernel_size", kernel_size, 1, self.rank)[ahead:]
        self.stride = numbers(name, "stride", own, 1, self.rank)[ahead:]
        self.padding = numbers(name, "padding", padding, 0, self.rank)[ahead:]

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Put the values of ``input`` to the places in ``indices``."""
        unpool: Any = F.max_unpool1d if self.rank == 1 else F.max_unpool2d
        y: Tensor = unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)
        return y

    def extra_repr(self) -> str:
        """Give the window."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_Unpooling):
    """Put values back along lines of zeros, where `MaxPool1d` with ``return_indices`` found them.

    >>> from tinygrad_cnn import nn, tensor
    >>> values, indices = nn.MaxPool1d(2, return_indices=True)(tensor([[[1.0, 5.0, 2.0, 4.0]]]))
    >>> nn.MaxUnpool1d(2)(values, indices)
    tensor([[[0., 5., 0., 4.]]])
    """

    rank = 1


class MaxUnpool2d(_Unpooling):
    """Put values back into pictures of zeros, where `MaxPool2d` with ``return_indices`` found them; see
    `max_unpool2d`.

    >>> from tinygrad_cnn import arange, nn
    >>> values, indices = nn.MaxPool2d(2, return_indices=True)(arange(6.0).reshape(1, 2, 3))
    >>> nn.MaxUnpool2d(2)(values, indices, output_size=(2, 3))
    tensor([[[0., 0., 0.],
             [0., 4., 0.]]])
    """

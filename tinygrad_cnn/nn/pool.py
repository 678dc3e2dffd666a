"""Layers that make pictures smaller by keeping one number of each window."""

from typing import Any

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import Pair, integer, pair
from .module import Module


class _Pooling(Module):
    """The window that both layers share."""

    def __init__(
        self, kernel_size: int | Pair, stride: int | Pair | None, padding: int | Pair, ceil_mode: bool
    ) -> None:
        super().__init__()
        name = type(self).__name__
        kernel = pair(name, "kernel_size", kernel_size, 1)
        sides = pair(name, "padding", padding, 0)
        pair(name, "stride", kernel_size if stride is None else stride, 1)
        if any(2 * p > k for p, k in zip(sides, kernel, strict=True)):
            raise ArgumentError(
                f"{name}: padding {padding} must be at most half of kernel_size {kernel_size}"
            )
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = bool(ceil_mode)


class MaxPool2d(_Pooling):
    r"""Keep the largest value of each window, :math:`y_{nchw} = \max_{ij} x_{n,c,sh+di-p,sw+dj-p}`;
    ``stride`` defaults to the window.

    The border is padded with -inf; ``ceil_mode`` also takes windows that reach over the far border.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.MaxPool2d(2)(zeros(2, 4, 10, 13)).shape
    (2, 4, 5, 6)
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        if return_indices:
            raise ArgumentError("MaxPool2d: return_indices=True is not supported; leave it out")
        super().__init__(kernel_size, stride, padding, ceil_mode)
        pair("MaxPool2d", "dilation", dilation, 1)
        self.dilation = dilation

    def forward(self, input: Tensor) -> Tensor:
        """Pool pictures (N, C, H, W), or one picture (C, H, W)."""
        return F.max_pool2d(input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)

    def extra_repr(self) -> str:
        """Give all settings."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class AvgPool2d(_Pooling):
    r"""Average each window, :math:`y_{nchw} = \frac{1}{d} \sum_{ij} x_{n,c,sh+i-p,sw+j-p}`; ``stride``
    defaults to the window.

    d counts the window with its padding, without it if ``count_include_pad`` is false, or is
    ``divisor_override``.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.AvgPool2d(2)(ones(1, 1, 2, 4))
    tensor([[[[1., 1.]]]])
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode)
        self.count_include_pad = bool(count_include_pad)
        self.divisor_override: Any = divisor_override
        if divisor_override is not None:
            integer("AvgPool2d", "divisor_override", divisor_override, 1)

    def forward(self, input: Tensor) -> Tensor:
        """Pool pictures (N, C, H, W), or one picture (C, H, W)."""
        return F.avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        """Give the window."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"

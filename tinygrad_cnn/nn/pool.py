"""Layers that make lines and pictures smaller by keeping one number of each window."""

from typing import Any

from .. import functional as F
from ..core import Tensor
from ..functional.arguments import Pair, flag
from ..functional.pool import divisor, norm, window
from ..functional.windows import sizes
from .module import Module


class _Pooling(Module):
    """The window that all share."""

    rank = 2

    def __init__(self, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool) -> None:
        super().__init__()
        window(type(self).__name__, kernel_size, stride, padding, self.rank)
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = flag(type(self).__name__, "ceil_mode", ceil_mode)

    def extra_repr(self) -> str:
        """Give the window."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _MaxPool(_Pooling):
    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode)
        sizes(type(self).__name__, "dilation", dilation, 1, self.rank)
        self.dilation = dilation
        self.return_indices = bool(return_indices)

    def forward(self, input: Tensor) -> Any:
        """Pool a batch, or what would be one without N."""
        pool: Any = F.max_pool1d if self.rank == 1 else F.max_pool2d
        settings = (self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices)
        return pool(input, self.kernel_size, *settings)

    def extra_repr(self) -> str:
        """Give all settings."""
        return f"{super().extra_repr()}, dilation={self.dilation}, ceil_mode={self.ceil_mode}"


class MaxPool1d(_MaxPool):
    r"""Keep the largest value of each window, :math:`y_{ncl} = \max_i x_{n,c,sl+di-p}`; settings as those of
    `MaxPool2d`.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.MaxPool1d(2)(zeros(2, 4, 13)).shape
    (2, 4, 6)
    """

    rank = 1


class MaxPool2d(_MaxPool):
    r"""Keep the largest value of each window, :math:`y_{nchw} = \max_{ij} x_{n,c,sh+di-p,sw+dj-p}`;
    ``stride`` defaults to the window.

    The border is padded with -inf; ``ceil_mode`` also takes windows that reach over the far border. With
    ``return_indices`` it gives the places of the largest values, too, which `MaxUnpool2d` takes.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.MaxPool2d(2)(zeros(2, 4, 10, 13)).shape
    (2, 4, 5, 6)
    """


class AvgPool1d(_Pooling):
    r"""Average each window, :math:`y_{ncl} = \frac{1}{d} \sum_i x_{n,c,sl+i-p}`; settings as those of
    `AvgPool2d`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.AvgPool1d(2)(tensor([[[1.0, 3.0, 5.0, 7.0]]]))
    tensor([[[2., 6.]]])
    """

    rank = 1

    def __init__(
        self,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] | None = None,
        padding: int | tuple[int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode)
        self.count_include_pad = flag("AvgPool1d", "count_include_pad", count_include_pad)

    def forward(self, input: Tensor) -> Tensor:
        """Pool lines (N, C, L) or (C, L)."""
        settings = (self.padding, self.ceil_mode, self.count_include_pad)
        return F.avg_pool1d(input, self.kernel_size, self.stride, *settings)


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
        self.count_include_pad = flag("AvgPool2d", "count_include_pad", count_include_pad)
        self.divisor_override = divisor("AvgPool2d", divisor_override)

    def forward(self, input: Tensor) -> Tensor:
        """Pool pictures (N, C, H, W), or one picture (C, H, W)."""
        settings = (self.padding, self.ceil_mode, self.count_include_pad, self.divisor_override)
        return F.avg_pool2d(input, self.kernel_size, self.stride, *settings)


class _LPPool(_Pooling):
    def __init__(
        self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
    ) -> None:
        super().__init__(kernel_size, stride, 0, ceil_mode)
        self.norm_type = norm(type(self).__name__, norm_type)

    def forward(self, input: Tensor) -> Tensor:
        """Pool a batch, or what would be one without N."""
        pool: Any = F.lp_pool1d if self.rank == 1 else F.lp_pool2d
        y: Tensor = pool(input, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)
        return y

    def extra_repr(self) -> str:
        """Give all settings."""
        return (
            f"norm_type={self.norm_type:g}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    r"""Power-average pooling, :math:`y_{ncl} = \big(\sum_i x_{n,c,sl+i}^p\big)^{1/p}`; as `LPPool2d`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LPPool1d(2, 2)(tensor([[[3.0, 4.0, 6.0, 8.0]]]))
    tensor([[[ 5., 10.]]])
    """

    rank = 1


class LPPool2d(_LPPool):
    r"""Power-average pooling, :math:`y_{nchw} = \big(\sum_{ij} x_{n,c,sh+i,sw+j}^p\big)^{1/p}`, p =
    ``norm_type``: see `lp_pool2d`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LPPool2d(1, (1, 2))(tensor([[[[3.0, 4.0, 6.0, 8.0]]]]))
    tensor([[[[ 7., 14.]]]])
    """

"""Layers that resize, cut pictures into windows and back, or move values between channels and pixels."""

from collections.abc import Sequence

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import Pair, integer, pair
from .module import Module


class Upsample(Module):
    r"""Resize lines, pictures or volumes to ``size`` or by ``scale_factor``, see `interpolate`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Upsample(scale_factor=2, mode="linear", align_corners=True)(tensor([[[0.0, 3.0]]]))
    tensor([[[0., 1., 2., 3.]]])
    """

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        if (size is None) == (scale_factor is None):
            raise ArgumentError(f"{type(self).__name__}: give either size or scale_factor")
        self.size, self.scale_factor = size, scale_factor
        self.mode, self.align_corners = mode, align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Resize x (N, C, ...)."""
        return F.interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        """Give the size, and how it is done."""
        name = "size" if self.scale_factor is None else "scale_factor"
        return f"{name}={getattr(self, name)}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Resize pictures (N, C, H, W) by taking the nearest pixel.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.UpsamplingNearest2d(scale_factor=2)(tensor([[[[0.0, 3.0]]]]))
    tensor([[[[0., 0., 3., 3.],
              [0., 0., 3., 3.]]]])
    """

    def __init__(
        self, size: int | Pair | None = None, scale_factor: float | Sequence[float] | None = None
    ) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Resize pictures (N, C, H, W) by mixing four pixels, with ``align_corners=True``.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.UpsamplingBilinear2d(size=(1, 4))(tensor([[[[0.0, 3.0]]]]))
    tensor([[[[0., 1., 2., 3.]]]])
    """

    def __init__(
        self, size: int | Pair | None = None, scale_factor: float | Sequence[float] | None = None
    ) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)


class Unfold(Module):
    """Write the windows of pictures (N, C, H, W) as columns (N, C k k, L), see `unfold`.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.Unfold(2)(zeros(1, 3, 4, 5)).shape
    (1, 12, 12)
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        dilation: int | Pair = 1,
        padding: int | Pair = 0,
        stride: int | Pair = 1,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        pair(name, "kernel_size", kernel_size, 1)
        pair(name, "dilation", dilation, 1)
        pair(name, "padding", padding, 0)
        pair(name, "stride", stride, 1)
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        """Cut pictures into windows."""
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Give the window."""
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
            f"stride={self.stride}"
        )


class Fold(Unfold):
    """Add columns (N, C k k, L) up to pictures (N, C, H, W) of ``output_size``, see `fold`.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.Fold((2, 3), 2)(ones(1, 4, 2))
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """

    def __init__(
        self,
        output_size: int | Pair,
        kernel_size: int | Pair,
        dilation: int | Pair = 1,
        padding: int | Pair = 0,
        stride: int | Pair = 1,
    ) -> None:
        super().__init__(kernel_size, dilation, padding, stride)
        pair("Fold", "output_size", output_size, 1)
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Add up windows."""
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Give the size and the window."""
        return f"output_size={self.output_size}, {super().extra_repr()}"


class PixelShuffle(Module):
    """Make pictures (..., C, H r, W r) of channels (..., C r r, H, W), see `pixel_shuffle`.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.PixelShuffle(2)(zeros(1, 8, 3, 4)).shape
    (1, 2, 6, 8)
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = integer("PixelShuffle", "upscale_factor", upscale_factor, 1)

    def forward(self, input: Tensor) -> Tensor:
        """Turn channels into pixels."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """Give the factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Undo `PixelShuffle`: make (..., C r r, H, W) of pictures (..., C, H r, W r).

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.PixelUnshuffle(2)(zeros(1, 2, 6, 8)).shape
    (1, 8, 3, 4)
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = integer("PixelUnshuffle", "downscale_factor", downscale_factor, 1)

    def forward(self, input: Tensor) -> Tensor:
        """Turn pixels into channels."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """Give the factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Deal out the channels of x (N, C, ...) between groups, see `channel_shuffle`.

    >>> from tinygrad_cnn import arange, nn
    >>> nn.ChannelShuffle(2)(arange(6.0).reshape(1, 6, 1)).reshape(-1)
    tensor([0., 3., 1., 4., 2., 5.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = integer("ChannelShuffle", "groups", groups, 1)

    def forward(self, input: Tensor) -> Tensor:
        """Deal out."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """Give the number of groups."""
        return f"groups={self.groups}"

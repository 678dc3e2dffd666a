"""Layers that slide filters over pictures: settings and filters; the arithmetic lives in `functional`."""

import math
from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import Pair, integer, pair
from ..functional.conv import conv_padding
from . import init
from .module import Module
from .parameter import Parameter


class _Convolution(Module):
    """What both layers share: the settings, the filters and their starting values."""

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair,
        padding: int | Pair | str,
        dilation: int | Pair,
        groups: int,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.in_channels = integer(name, "in_channels", in_channels, 1)
        self.out_channels = integer(name, "out_channels", out_channels, 1)
        self.kernel_size = pair(name, "kernel_size", kernel_size, 1)
        self.stride = pair(name, "stride", stride, 1)
        self.dilation = pair(name, "dilation", dilation, 1)
        self.groups = integer(name, "groups", groups, 1)
        self.padding = padding if isinstance(padding, str) else pair(name, "padding", padding, 0)
        conv_padding(name, padding, self.kernel_size, self.stride, self.dilation)
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ArgumentError(
                f"{name}: groups must divide in_channels and out_channels, got groups {groups}, "
                f"in_channels {in_channels}, out_channels {out_channels}"
            )

    def _make_parameters(self, shape: tuple[int, ...], bias: bool, generator: Any, dtype: Any) -> None:
        self.weight = Parameter(np.zeros(shape, dtype))
        self.bias = Parameter(np.zeros(self.out_channels, dtype)) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: "np.random.Generator | None" = None) -> None:
        r"""Draw filters and bias anew, evenly from :math:`\pm 1/\sqrt{fan_{in}}`, which is PyTorch's
        default."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5), generator=generator)
        if self.bias is not None:
            bound = 1 / math.sqrt(init.fans(self.weight)[0])
            init.uniform_(self.bias, -bound, bound, generator)

    def extra_repr(self) -> str:
        """Give the settings that differ from the defaults, and those that everybody looks for."""
        parts = [
            f"{self.in_channels}, {self.out_channels}",
            f"kernel_size={self.kernel_size}, stride={self.stride}",
        ]
        zeros = (0, 0)
        optional = {"padding": zeros, "dilation": (1, 1), "output_padding": zeros, "groups": 1}
        for name, default in optional.items():
            value = getattr(self, name, default)
            if value != default:
                parts.append(f"{name}={value!r}")
        return ", ".join(parts if self.bias is not None else [*parts, "bias=False"])


class Conv2d(_Convolution):
    r"""Slide ``out_channels`` filters over pictures: (N, in_channels, H, W) to (N, out_channels, OH, OW).

    .. math:: y_{nohw} = b_o + \sum_{cij} x_{n,c,sh+di-p,sw+dj-p}\,w_{ocij}, \qquad OH = \lfloor (H + 2p -
    d(kh - 1) - 1)/s \rfloor + 1

    ``padding`` may be ``"same"`` (with stride 1) or ``"valid"``; ``groups`` splits the channels into parts
    that do not see each other. ``generator`` draws the starting values.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> conv = nn.Conv2d(3, 4, 3, padding=1, generator=np.random.default_rng(0))
    >>> conv(zeros(2, 3, 10, 12)).shape, conv.weight.shape
    ((2, 4, 10, 12), (4, 3, 3, 3))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair | str = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        generator: "np.random.Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups)
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        self._make_parameters(shape, bias, generator, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve pictures (N, C, H, W), or one picture (C, H, W)."""
        return F.conv2d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class ConvTranspose2d(_Convolution):
    r"""Spread pictures through filters, the adjoint of `Conv2d`: (N, in_channels, H, W) to (N, out_channels,
    OH, OW).

    .. math:: OH = (H - 1) s - 2p + d(kh - 1) + output\_padding + 1

    The weight is (in_channels, out_channels / groups, kh, kw).

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> nn.ConvTranspose2d(4, 3, 2, stride=2, generator=np.random.default_rng(0))(zeros(1, 4, 5, 6)).shape
    (1, 3, 10, 12)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        output_padding: int | Pair = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Pair = 1,
        *,
        generator: "np.random.Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        if isinstance(padding, str):
            raise ArgumentError(f"ConvTranspose2d: padding must be one integer or two, got {padding!r}")
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, dilation, groups)
        self.output_padding = pair("ConvTranspose2d", "output_padding", output_padding, 0)
        if any(
            e >= max(s, d) for e, s, d in zip(self.output_padding, self.stride, self.dilation, strict=True)
        ):
            raise ArgumentError(
                f"ConvTranspose2d: output_padding {self.output_padding} must be smaller than "
                f"stride {self.stride} or dilation {self.dilation}"
            )
        shape = (self.in_channels, self.out_channels // self.groups, *self.kernel_size)
        self._make_parameters(shape, bias, generator, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Spread pictures (N, C, H, W), or one picture (C, H, W)."""
        return F.conv_transpose2d(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,  # type: ignore[arg-type]  # never a word here
            self.output_padding,
            self.groups,
            self.dilation,
        )

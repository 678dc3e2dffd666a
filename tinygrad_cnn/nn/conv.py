"""Layers that slide filters along lines and over pictures: settings and filters; the arithmetic lives in
`functional`."""

import math
from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import Pair, integer
from ..functional.conv import conv_padding
from ..functional.windows import sizes
from . import init
from .module import Module
from .parameter import Parameter

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
Generator = np.random.Generator


class Convolution(Module):
    """What all layers share: the settings, the filters and their starting values."""

    weight: Parameter
    bias: Parameter | None
    rank = 2  # sides of what they slide over

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        padding_mode: str,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.in_channels = integer(name, "in_channels", in_channels, 1)
        self.out_channels = integer(name, "out_channels", out_channels, 1)
        self.kernel_size = self._sizes("kernel_size", kernel_size, 1)
        self.stride = self._sizes("stride", stride, 1)
        self.dilation = self._sizes("dilation", dilation, 1)
        self.groups = integer(name, "groups", groups, 1)
        if isinstance(padding, str):
            own = (self.kernel_size, self.stride, self.dilation)
            kernel, steps, spread = (((1,) * (2 - self.rank) + numbers) for numbers in own)
            conv_padding(name, padding, kernel, steps, spread, self.rank)
        self.padding = padding if isinstance(padding, str) else self._sizes("padding", padding, 0)
        if padding_mode not in PADDING_MODES:
            raise ArgumentError(
                f"{name}: padding_mode must be one of {', '.join(map(repr, PADDING_MODES))}, "
                f"got {padding_mode!r}"
            )
        self.padding_mode = padding_mode
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise ArgumentError(
                f"{name}: groups must divide in_channels and out_channels, got groups {groups}, "
                f"in_channels {in_channels}, out_channels {out_channels}"
            )

    def _sizes(self, setting: str, value: Any, least: int) -> tuple[Any, ...]:
        """Give a number for each side."""
        if self.rank == 2 and isinstance(value, tuple | list) and len(value) == 1:
            raise ArgumentError(f"{type(self).__name__}: {setting} must be one integer or two, got {value!r}")
        return sizes(type(self).__name__, setting, value, least, self.rank)[2 - self.rank :]

    def make_parameters(self, shape: tuple[int, ...], bias: bool, generator: Any, dtype: Any) -> None:
        """Make the filters, and draw them."""
        self.weight = Parameter(np.zeros(shape, dtype))
        self.bias = Parameter(np.zeros(self.out_channels, dtype)) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: "Generator | None" = None) -> None:
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
        zeros, ones = (0,) * self.rank, (1,) * self.rank
        optional = {"padding": zeros, "dilation": ones, "output_padding": zeros, "groups": 1}
        for name, default in optional.items():
            value = getattr(self, name, default)
            if value != default:
                parts.append(f"{name}={value!r}")
        parts += ["bias=False"] * (self.bias is None)
        return ", ".join(parts + [f"padding_mode={self.padding_mode!r}"] * (self.padding_mode != "zeros"))


class _Sliding(Convolution):
    """Convolution, with a border of any kind."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        generator: "Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, padding_mode
        )
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        self.make_parameters(shape, bias, generator, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve a batch, or what would be one without N."""
        x, padding = input, self.padding
        if self.padding_mode != "zeros":
            x, padding = F.pad(x, self._rim(), mode=self.padding_mode), (0,) * self.rank
        convolve: Any = F.conv1d if self.rank == 1 else F.conv2d
        y: Tensor = convolve(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
        return y

    def _rim(self) -> list[int]:
        """Give the padding as `pad` takes it: (left, right, top, bottom)."""
        sides = [(p, p) for p in self.padding if not isinstance(p, str)]
        if isinstance(self.padding, str):
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            sides = [(n // 2, n - n // 2) if self.padding == "same" else (0, 0) for n in totals]
        return [n for side in reversed(sides) for n in side]


class Conv1d(_Sliding):
    r"""Slide ``out_channels`` filters along lines: (N, in_channels, L) to (N, out_channels, OL).

    .. math:: y_{nol} = b_o + \sum_{ci} x_{n,c,sl+di-p}\,w_{oci}, \qquad OL = \lfloor (L + 2p - d(k - 1) -
    1)/s \rfloor + 1

    The settings are those of `Conv2d`, with one number instead of two.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> conv = nn.Conv1d(3, 4, 5, padding=2, generator=np.random.default_rng(0))
    >>> conv(zeros(2, 3, 10)).shape, conv.weight.shape
    ((2, 4, 10), (4, 3, 5))
    """

    rank = 1


class Conv2d(_Sliding):
    r"""Slide ``out_channels`` filters over pictures: (N, in_channels, H, W) to (N, out_channels, OH, OW).

    .. math:: y_{nohw} = b_o + \sum_{cij} x_{n,c,sh+di-p,sw+dj-p}\,w_{ocij}, \qquad OH = \lfloor (H + 2p -
    d(kh - 1) - 1)/s \rfloor + 1

    ``padding`` may be ``"same"`` (with stride 1) or ``"valid"``; ``groups`` splits the channels into parts
    that do not see each other. ``padding_mode`` says what lies in the padding: ``"zeros"``, or what `pad`
    puts there by ``"reflect"``, ``"replicate"`` or ``"circular"``. ``generator`` draws the starting values.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> conv = nn.Conv2d(3, 4, 3, padding=1, generator=np.random.default_rng(0))
    >>> conv(zeros(2, 3, 10, 12)).shape, conv.weight.shape
    ((2, 4, 10, 12), (4, 3, 3, 3))
    >>> nn.Conv2d(1, 1, 3, padding="same", padding_mode="reflect")(zeros(1, 1, 5, 6)).shape
    (1, 1, 5, 6)
    """


class SeparableConv2d(Module):
    r"""A convolution in two steps: ``depth_multiplier`` filters for each channel on its own (``depthwise``),
    then a 1 x 1 convolution that mixes the channels (``pointwise``).

    .. math:: y_{nohw} = b_o + \sum_{cm} v_{o,cm} \sum_{ij} x_{n,c,sh+di-p,sw+dj-p}\,w_{cm,ij}

    It takes C m kh kw + O C m numbers instead of O C kh kw, and as many fewer multiplications. The other
    settings are those of `Conv2d`; only the second step has a bias.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> layer = nn.SeparableConv2d(3, 8, 3, padding=1, generator=np.random.default_rng(0))
    >>> layer(zeros(2, 3, 5, 6)).shape, layer.depthwise.weight.shape, layer.pointwise.weight.shape
    ((2, 8, 5, 6), (3, 1, 3, 3), (8, 3, 1, 1))
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair | str = 0,
        dilation: int | Pair = 1,
        bias: bool = True,
        depth_multiplier: int = 1,
        padding_mode: str = "zeros",
        *,
        generator: "Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        more: dict[str, Any] = {"generator": generator, "dtype": dtype}
        between = integer("SeparableConv2d", "in_channels", in_channels, 1)
        between *= integer("SeparableConv2d", "depth_multiplier", depth_multiplier, 1)
        where = (kernel_size, stride, padding, dilation)
        self.depthwise = Conv2d(in_channels, between, *where, in_channels, False, padding_mode, **more)
        self.pointwise = Conv2d(between, out_channels, 1, bias=bias, **more)

    def forward(self, input: Tensor) -> Tensor:
        """Filter each channel, then mix them."""
        y: Tensor = self.pointwise(self.depthwise(input))
        return y

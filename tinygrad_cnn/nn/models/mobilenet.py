"""MobileNet: filters for each channel by itself, and 1x1 convolutions that mix channels."""

from collections.abc import Sequence

import numpy as np

from ... import functional as F
from ...core import Tensor
from ...errors import ArgumentError, ShapeError
from ...functional.arguments import integer
from .. import init
from ..activation_pieces import ReLU6
from ..containers import Sequential
from ..conv import Conv2d
from ..dropout import Dropout
from ..linear import Linear
from ..module import Module
from ..norm import BatchNorm2d
from .start import he_normal, random_numbers

Source = np.random.Generator | None
Setting = tuple[int, int, int, int]  # expansion, channels, blocks, stride of the first

V2: tuple[Setting, ...] = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
SMALL: tuple[Setting, ...] = ((1, 8, 1, 1), (4, 16, 2, 2), (4, 32, 2, 2), (4, 64, 1, 1))


class InvertedResidual(Module):
    """Widen by 1x1, filter each channel by 3x3, narrow by 1x1; add what came in where shapes are equal.

    The widening factor is ``expand_ratio``; with 1 there is no first convolution. Normalisation is behind
    each convolution, ReLU6 behind the first two. Names of weights are torchvision's.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.models.InvertedResidual(4, 6, stride=2, expand_ratio=3)(ones(2, 4, 5, 8)).shape
    (2, 6, 3, 4)
    """

    def __init__(
        self, inp: int, oup: int, stride: int, expand_ratio: int, *, generator: Source = None
    ) -> None:
        super().__init__()
        integer("InvertedResidual", "expand_ratio", expand_ratio, 1)
        self.adds = stride == 1 and inp == oup
        wide = inp * expand_ratio
        layers: list[Module] = [] if expand_ratio == 1 else [_convolution(inp, wide, 1, generator=generator)]
        layers.append(_convolution(wide, wide, 3, stride, groups=wide, generator=generator))
        layers.append(Conv2d(wide, oup, 1, bias=False, generator=generator))
        self.conv = Sequential(*layers, BatchNorm2d(oup))

    def forward(self, x: Tensor) -> Tensor:
        """Give the narrowed channels, and what came in added to them."""
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(Module):
    """Rows of `InvertedResidual` blocks, a 1x1 convolution, the mean over pixels, dropout, a dense layer.

    Each of ``inverted_residual_setting`` is (widening, channels, number of blocks, stride of the first).
    ``first`` and ``last`` are the channels of the first convolution and of the last one. All channels are
    times ``width_mult`` (the last ones only if it is above 1), rounded to multiples of ``round_nearest``;
    ``stem_stride`` is the stride of the first convolution. Pictures may have any size. Source: Sandler et
    al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018.

    Raises:
        ArgumentError: a number below 1, or a width that is not above 0.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.MobileNetV2(num_classes=5, width_mult=0.25, inverted_residual_setting=[(2, 16, 1, 2)])
    >>> net.eval()(zeros(2, 3, 16, 12)).shape
    (2, 5)
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        inverted_residual_setting: Sequence[Setting] = V2,
        round_nearest: int = 8,
        dropout: float = 0.2,
        *,
        in_channels: int = 3,
        first: int = 32,
        last: int = 1280,
        stem_stride: int = 2,
        generator: Source = None,
    ) -> None:
        super().__init__()
        if not 0 < width_mult < 1000:
            raise ArgumentError(f"MobileNetV2: width_mult must be a number above 0, got {width_mult!r}")
        self.in_channels = in_channels
        nearest = integer("MobileNetV2", "round_nearest", round_nearest, 1)
        channels = rounded(first * width_mult, nearest)
        layers: list[Module] = [_convolution(in_channels, channels, 3, stem_stride, generator=generator)]
        for expansion, wanted, count, stride in inverted_residual_setting:
            width = rounded(wanted * width_mult, nearest)
            for i in range(integer("MobileNetV2", "inverted_residual_setting", count, 1)):
                step = stride if i == 0 else 1
                layers.append(InvertedResidual(channels, width, step, expansion, generator=generator))
                channels = width
        features = rounded(last * max(1.0, width_mult), nearest)
        self.features = Sequential(*layers, _convolution(channels, features, 1, generator=generator))
        self.classifier = Sequential(Dropout(dropout), Linear(features, num_classes, generator=generator))
        he_normal(self, "fan_out", generator)
        init.normal_(self.classifier[1].weight, 0, 0.01, generator)
        init.zeros_(self.classifier[1].bias)

    def forward(self, x: Tensor) -> Tensor:
        """Give scores (N, num_classes) for pictures (N, in_channels, H, W)."""
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ShapeError(f"MobileNetV2 expects pictures (N, {self.in_channels}, H, W) / got {x.shape}")
        return self.classifier(F.mean(self.features(x), (2, 3)))


def rounded(channels: float, nearest: int) -> int:
    """Round to a multiple, and never by more than a tenth down.

    >>> from tinygrad_cnn.nn.models.mobilenet import rounded
    >>> rounded(33.6, 8), rounded(11.2, 8), rounded(1, 8)
    (32, 16, 8)
    """
    result = max(nearest, int(channels + nearest / 2) // nearest * nearest)
    return result + nearest if result < 0.9 * channels else result


def _convolution(
    inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, generator: Source = None
) -> Sequential:
    padding = kernel // 2
    conv = Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False, generator=generator)
    return Sequential(conv, BatchNorm2d(outputs), ReLU6())


def mobilenet_v2(
    num_classes: int = 1000,
    in_channels: int = 3,
    width_mult: float = 1.0,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> MobileNetV2:
    """Build MobileNetV2: 17 blocks, 16 to 320 channels; 3,504,872 weights for 1000 classes.

    Layers, names, shapes and starting values are torchvision's, so ``load_state_dict`` takes the weights of
    its ``mobilenet_v2`` as they are. The usual size of pictures is 224 x 224.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.mobilenet_v2(num_classes=10, width_mult=0.25, seed=0).eval()
    >>> net(zeros(1, 3, 64, 64)).shape
    (1, 10)
    """
    source = random_numbers("mobilenet_v2", generator, seed)
    return MobileNetV2(num_classes, width_mult, in_channels=in_channels, generator=source)


def mobilenet_small(
    num_classes: int = 10,
    in_channels: int = 3,
    width_mult: float = 1.0,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> MobileNetV2:
    """Build a small relative of `mobilenet_v2` for pictures of some 32 x 32: six blocks, 8 to 64 channels.

    It has 42,618 weights for ten classes.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.mobilenet_small(num_classes=4, seed=0).eval()(zeros(2, 3, 32, 32)).shape
    (2, 4)
    """
    source = random_numbers("mobilenet_small", generator, seed)
    small = {"first": 16, "last": 128, "stem_stride": 1}
    return MobileNetV2(
        num_classes, width_mult, SMALL, dropout=0.0, in_channels=in_channels, generator=source, **small
    )

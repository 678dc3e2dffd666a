"""U-Net: down through halved pictures and up again, each size joined with what was seen on the way down."""

import numpy as np

from ... import functional as F
from ...core import Tensor
from ...errors import ShapeError
from ...functional.arguments import integer
from ..activation import ReLU
from ..containers import Sequential
from ..conv import Conv2d
from ..conv_transpose import ConvTranspose2d
from ..lists import ModuleList
from ..module import Module
from ..norm import BatchNorm2d
from ..pool import MaxPool2d
from .start import he_normal, random_numbers

Source = np.random.Generator | None


class UNet(Module):
    r"""Scores for each pixel: (N, in_channels, H, W) to (N, num_classes, H, W).

    ``depth`` times, two 3x3 convolutions (``base_channels``, then twice as many each time) and max pooling
    by 2; two at the bottom; then ``depth`` times a transposed convolution that doubles the size, `cat` with
    what was there before the pooling, and two convolutions; a 1x1 convolution at last. Convolutions are
    padded and have batch normalisation and ReLU behind them. A row or column that pooling left out is
    padded with zeros on the way up, so that every size from :math:`2^{depth}` on fits. Source: Ronneberger
    et al., "U-Net: convolutional networks for biomedical image segmentation", 2015, which neither pads nor
    normalises.

    Raises:
        ArgumentError: a number below 1.
        ShapeError: pictures of other channels, or smaller than :math:`2^{depth}`.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.UNet(1, num_classes=3, base_channels=4, depth=2)
    >>> net(zeros(2, 1, 13, 18)).shape, net.decoder[1].conv1.weight.shape
    ((2, 3, 13, 18), (4, 8, 3, 3))
    """

    def __init__(
        self,
        in_channels: int = 3,
        num_classes: int = 2,
        base_channels: int = 64,
        depth: int = 4,
        *,
        generator: Source = None,
    ) -> None:
        super().__init__()
        self.in_channels = integer("UNet", "in_channels", in_channels, 1)
        self.depth = integer("UNet", "depth", depth, 1)
        widths = [integer("UNet", "base_channels", base_channels, 1) << i for i in range(depth + 1)]
        down = list(zip([in_channels, *widths], widths, strict=False))
        up = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.encoder = ModuleList(_two_convolutions(i, o, generator) for i, o in down)
        self.pool = MaxPool2d(2)
        self.up = ModuleList(ConvTranspose2d(i, o, 2, stride=2, generator=generator) for i, o in up)
        self.decoder = ModuleList(_two_convolutions(i, o, generator) for i, o in up)
        self.head = Conv2d(base_channels, num_classes, 1, generator=generator)
        he_normal(self, "fan_in", generator)

    def forward(self, x: Tensor) -> Tensor:
        """Give scores of the size of the pictures."""
        least = 1 << self.depth
        if x.ndim != 4 or x.shape[1] != self.in_channels or min(x.shape[2:]) < least:
            raise ShapeError(
                f"UNet expects pictures (N, {self.in_channels}, H, W) of at least {least} x {least}, "
                f"since it halves them {self.depth} times / got {x.shape}"
            )
        seen: list[Tensor] = []
        for convolutions in self.encoder:
            seen.append(convolutions(self.pool(seen[-1]) if seen else x))
        x = seen.pop()
        for double, convolutions in zip(self.up, self.decoder, strict=True):
            beside = seen.pop()
            x = convolutions(F.cat([beside, _padded(double(x), *beside.shape[2:])], 1))
        return self.head(x)


def _two_convolutions(inputs: int, outputs: int, generator: Source) -> Sequential:
    layers: dict[str, Module] = {}
    for i, channels in ((1, inputs), (2, outputs)):
        layers[f"conv{i}"] = Conv2d(channels, outputs, 3, padding=1, bias=False, generator=generator)
        layers[f"bn{i}"] = BatchNorm2d(outputs)
        layers[f"relu{i}"] = ReLU()
    return Sequential(layers)


def _padded(x: Tensor, height: int, width: int) -> Tensor:
    below, right = height - x.shape[2], width - x.shape[3]
    return F.pad(x, (0, right, 0, below)) if below or right else x


def unet(
    num_classes: int = 2,
    in_channels: int = 3,
    base_channels: int = 64,
    depth: int = 4,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> UNet:
    """Build a `UNet`, with classes first as for the other models; 31,037,698 weights as it is.

    ``base_channels=16`` is enough for simple pictures, and a sixteenth of the work. Filters start with the
    variance 2 / fan in.

    Raises:
        ArgumentError: a number below 1; both generator and seed.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.unet(base_channels=4, depth=3, seed=0)(zeros(1, 3, 24, 32)).shape
    (1, 2, 24, 32)
    """
    source = random_numbers("unet", generator, seed)
    return UNet(in_channels, num_classes, base_channels, depth, generator=source)

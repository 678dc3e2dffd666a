"""Residual networks: blocks of two convolutions whose result is added to what came in."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import functional as F
from ...core import Tensor
from ...errors import ArgumentError, ShapeError
from ...functional.arguments import integer
from ..activation import ReLU
from ..containers import Sequential
from ..conv import Conv2d
from ..linear import Linear
from ..module import Module
from ..norm import BatchNorm2d
from ..pool import MaxPool2d
from ..pool_adaptive import AdaptiveAvgPool2d
from .start import he_normal, random_numbers

Source = np.random.Generator | None


class PadShortcut(Module):
    """Every ``stride``-th pixel, and new channels of zeros: a shortcut that has nothing to learn.

    It is option A of He et al., 2015, section 4.2.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.models.PadShortcut(2, channels=3)(ones(1, 2, 3, 4)).shape
    (1, 5, 2, 2)
    """

    def __init__(self, stride: int, channels: int) -> None:
        super().__init__()
        self.stride = integer("PadShortcut", "stride", stride, 1)
        self.channels = integer("PadShortcut", "channels", channels, 0)

    def forward(self, x: Tensor) -> Tensor:
        """Take the pixels, and put the zeros behind."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.channels))

    def extra_repr(self) -> str:
        """Give both settings."""
        return f"stride={self.stride}, channels={self.channels}"


class BasicBlock(Module):
    r"""Two 3x3 convolutions, and a shortcut around them, :math:`y = \mathrm{relu}(f(x) + s(x))`.

    ``f`` is convolution, normalisation, ReLU, convolution, normalisation; ``s`` is ``downsample``, or nothing
    where shapes stay as they are. Arguments and names of weights are torchvision's.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.models.BasicBlock(4, 4)(ones(2, 4, 5, 6)).shape
    (2, 4, 5, 6)
    """

    def __init__(
        self,
        inplanes: int,
        planes: int,
        stride: int = 1,
        downsample: Module | None = None,
        *,
        generator: Source = None,
    ) -> None:
        super().__init__()
        self.conv1 = Conv2d(inplanes, planes, 3, stride, 1, bias=False, generator=generator)
        self.bn1 = BatchNorm2d(planes)
        self.relu = ReLU()
        self.conv2 = Conv2d(planes, planes, 3, 1, 1, bias=False, generator=generator)
        self.bn2 = BatchNorm2d(planes)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        """Give relu(f(x) + s(x))."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + shortcut)


class ResNet(Module):
    """Stages of `BasicBlock`, the mean over pixels, and a dense layer.

    ``blocks`` are the numbers of blocks of the stages, ``width`` the channels of the first; each stage has
    twice the channels and half the size of the one before. ``stem="large"`` starts as torchvision does, with
    a 7x7 convolution of stride 2 and max pooling, for pictures of some 224 x 224; ``"small"`` with one 3x3
    convolution, for 32 x 32. Where shapes change, ``shortcut="conv"`` is a 1x1 convolution with
    normalisation, and ``"pad"`` a `PadShortcut`. Pictures may have any size. Source: He et al., "Deep
    residual learning for image recognition", 2015.

    Raises:
        ArgumentError: a number below 1, another stem or shortcut.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.ResNet([1, 1], width=4, num_classes=5, stem="small", shortcut="pad")
    >>> net(zeros(2, 3, 9, 8)).shape, net.layer2[0].downsample
    ((2, 5), PadShortcut(stride=2, channels=4))
    """

    def __init__(
        self,
        blocks: Sequence[int],
        width: int = 64,
        num_classes: int = 1000,
        in_channels: int = 3,
        *,
        stem: str = "large",
        shortcut: str = "conv",
        generator: Source = None,
    ) -> None:
        super().__init__()
        _one_of("stem", stem, ("large", "small"))
        _one_of("shortcut", shortcut, ("conv", "pad"))
        counts = [integer("ResNet", "blocks", n, 1) for n in blocks]
        integer("ResNet", "width", width, 1)
        kernel, stride = (7, 2) if stem == "large" else (3, 1)
        padding = kernel // 2
        self.in_channels = in_channels
        self.conv1 = Conv2d(in_channels, width, kernel, stride, padding, bias=False, generator=generator)
        self.bn1 = BatchNorm2d(width)
        self.relu = ReLU()
        self.maxpool = MaxPool2d(3, stride=2, padding=1) if stem == "large" else None
        self.stages = len(counts)
        channels = width
        for i, count in enumerate(counts):
            stage = _stage(channels, width << i, count, 1 if i == 0 else 2, shortcut, generator)
            self.add_module(f"layer{i + 1}", stage)
            channels = width << i
        self.avgpool = AdaptiveAvgPool2d(1)
        self.fc = Linear(channels, num_classes, generator=generator)
        he_normal(self, "fan_out", generator)

    def forward(self, x: Tensor) -> Tensor:
        """Give scores (N, num_classes) for pictures (N, in_channels, H, W)."""
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ShapeError(f"ResNet expects pictures (N, {self.in_channels}, H, W) / got {x.shape}")
        x = self.relu(self.bn1(self.conv1(x)))
        if self.maxpool is not None:
            x = self.maxpool(x)
        for i in range(self.stages):
            x = getattr(self, f"layer{i + 1}")(x)
        return self.fc(F.flatten(self.avgpool(x), 1))


def _stage(
    inplanes: int, planes: int, count: int, stride: int, shortcut: str, generator: Source
) -> Sequential:
    """Make ``count`` blocks, of which the first changes the size."""
    change: Module | None = None
    if stride != 1 or inplanes != planes:
        if shortcut == "pad":
            change = PadShortcut(stride, planes - inplanes)
        else:
            conv = Conv2d(inplanes, planes, 1, stride, bias=False, generator=generator)
            change = Sequential(conv, BatchNorm2d(planes))
    first = BasicBlock(inplanes, planes, stride, change, generator=generator)
    return Sequential(first, *(BasicBlock(planes, planes, generator=generator) for _ in range(count - 1)))


def _one_of(name: str, given: Any, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ArgumentError(f"ResNet: {name} must be {' or '.join(map(repr, known))}, got {given!r}")


def resnet18(
    num_classes: int = 1000,
    in_channels: int = 3,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> ResNet:
    """Build ResNet-18: four stages of two blocks, 64 to 512 channels; 11,689,512 weights for 1000 classes.

    Layers, names and shapes are torchvision's, so ``load_state_dict`` takes the weights of its ``resnet18``
    as they are; so are the starting values (normal, with the variance 2 / fan out). Pictures may have any
    size; the usual one is 224 x 224. Source: He et al., "Deep residual learning for image recognition", 2015.

    Raises:
        ArgumentError: num_classes or in_channels below 1; both generator and seed.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.resnet18(num_classes=10, seed=0).eval()
    >>> net(zeros(1, 3, 64, 64)).shape, net.layer2[0].downsample[0].weight.shape
    ((1, 10), (128, 64, 1, 1))
    """
    source = random_numbers("resnet18", generator, seed)
    return ResNet((2, 2, 2, 2), 64, num_classes, in_channels, generator=source)


def resnet20(
    num_classes: int = 10,
    in_channels: int = 3,
    shortcut: str = "pad",
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> ResNet:
    """Build ResNet-20 for small pictures: three stages of three blocks, 16 to 64 channels; 269,722 weights.

    ``shortcut`` is ``"pad"``, as in the paper, or ``"conv"`` (272,474 weights). Pictures may have any size;
    the usual one is 32 x 32. Source: He et al., "Deep residual learning for image recognition", 2015,
    section 4.2.

    Raises:
        ArgumentError: num_classes or in_channels below 1; another shortcut; both generator and seed.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.resnet20(seed=0).eval()
    >>> net(zeros(2, 3, 32, 32)).shape, sum(p.numel() for p in net.parameters())
    ((2, 10), 269722)
    """
    return _small(3, "resnet20", num_classes, in_channels, shortcut, generator, seed)


def resnet8(
    num_classes: int = 10,
    in_channels: int = 3,
    shortcut: str = "pad",
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> ResNet:
    """Build ResNet-8, the smallest of the kind of `resnet20`: one block a stage; 75,290 weights.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.resnet8(num_classes=4, in_channels=1, seed=0).eval()(zeros(2, 1, 28, 28)).shape
    (2, 4)
    """
    return _small(1, "resnet8", num_classes, in_channels, shortcut, generator, seed)


def _small(
    blocks: int, name: str, num_classes: int, in_channels: int, shortcut: str, generator: Any, seed: Any
) -> ResNet:
    source = random_numbers(name, generator, seed)
    return ResNet(
        (blocks,) * 3, 16, num_classes, in_channels, stem="small", shortcut=shortcut, generator=source
    )

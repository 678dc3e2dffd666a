"""Three networks for pictures, each a Sequential with named layers, computed for the size of the pictures.

They live beside the layers, because they are nothing but layers: a rank of their own would have one file.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, ShapeError
from ..functional.arguments import integer, pair
from ..kernels.windows import output_size
from .activation import ReLU
from .containers import Sequential
from .conv import Conv2d
from .linear import Flatten, Linear
from .module import Module
from .pool import MaxPool2d

Window = tuple[int, int, int]  # kernel, stride, padding


def seed_cnn(
    num_classes: int = 3,
    input_shape: Sequence[int] = (3, 120, 120),
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> Sequential:
    """Build the network that this project grew out of: one convolution, max pooling, and two dense layers.

    For pictures of ``input_shape`` (C, H, W) = (3, 120, 120): conv 3 -> 4, 3x3 with padding 1; pool 2;
    flatten to 14400; dense 14400 -> 12 with ReLU; dense 12 -> 3. It returns raw scores: the softmax is in the
    loss. Starting values come from ``generator``, or from one made of ``seed``.

    Raises:
        ShapeError: the pictures are too small; the message gives the smallest size that fits.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.seed_cnn(seed=0)(zeros(2, 3, 120, 120)).shape
    (2, 3)
    """
    source = _generator("seed_cnn", generator, seed)
    channels, *size = _picture("seed_cnn", input_shape)
    height, width = _final_size("seed_cnn", size, [(3, 1, 1), (2, 2, 0)])
    return Sequential(
        {
            "conv": Conv2d(channels, 4, 3, padding=1, generator=source),
            "pool": MaxPool2d(2),
            "flatten": Flatten(),
            "dense1": Linear(4 * height * width, 12, generator=source),
            "relu": ReLU(),
            "dense2": Linear(12, num_classes, generator=source),
        }
    )


def lenet5(
    num_classes: int = 10,
    in_channels: int = 1,
    image_size: int | tuple[int, int] = 28,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> Sequential:
    """Build LeNet-5 with ReLU and max pooling: 5x5 convolutions of 6 and 16 filters, then dense 120 and 84.

    The first convolution is padded by 2, so that pictures of 28x28 are used as they are. ``image_size`` is
    one number or (H, W). Source: LeCun et al., "Gradient-based learning applied to document recognition",
    1998 (with tanh and averages).

    Raises:
        ShapeError: the pictures are too small; the message gives the smallest size that fits.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.lenet5(seed=0)(zeros(2, 1, 28, 28)).shape
    (2, 10)
    """
    source = _generator("lenet5", generator, seed)
    size = pair("lenet5", "image_size", image_size, 1)
    height, width = _final_size("lenet5", size, [(5, 1, 2), (2, 2, 0), (5, 1, 0), (2, 2, 0)])
    return Sequential(
        {
            "conv1": Conv2d(in_channels, 6, 5, padding=2, generator=source),
            "relu1": ReLU(),
            "pool1": MaxPool2d(2),
            "conv2": Conv2d(6, 16, 5, generator=source),
            "relu2": ReLU(),
            "pool2": MaxPool2d(2),
            "flatten": Flatten(),
            "dense1": Linear(16 * height * width, 120, generator=source),
            "relu3": ReLU(),
            "dense2": Linear(120, 84, generator=source),
            "relu4": ReLU(),
            "dense3": Linear(84, num_classes, generator=source),
        }
    )


def vgg_small(
    num_classes: int = 10,
    in_channels: int = 3,
    image_size: int | tuple[int, int] = 32,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> Sequential:
    """Build a small VGG: 3x3 convolutions of 32, 32, pool, 64, 64, pool, then dense 128, ReLU between.

    ``image_size`` is one number or (H, W). Source: Simonyan and Zisserman, "Very deep convolutional networks
    for large-scale image recognition", 2015, from which it takes the pairs of 3x3 filters.

    Raises:
        ShapeError: the pictures are too small; the message gives the smallest size that fits.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.vgg_small(seed=0)(zeros(1, 3, 32, 32)).shape
    (1, 10)
    """
    source = _generator("vgg_small", generator, seed)
    size = pair("vgg_small", "image_size", image_size, 1)
    windows = [(3, 1, 1), (3, 1, 1), (2, 2, 0)]
    height, width = _final_size("vgg_small", size, windows * 2)
    layers: dict[str, Module] = {}
    filters = [in_channels, 32, 32, 64, 64]
    for i in range(1, 5):
        layers[f"conv{i}"] = Conv2d(filters[i - 1], filters[i], 3, padding=1, generator=source)
        layers[f"relu{i}"] = ReLU()
        if i % 2 == 0:
            layers[f"pool{i // 2}"] = MaxPool2d(2)
    layers["flatten"] = Flatten()
    layers["dense1"] = Linear(64 * height * width, 128, generator=source)
    layers["relu5"] = ReLU()
    layers["dense2"] = Linear(128, num_classes, generator=source)
    return Sequential(layers)


MODELS: dict[str, Callable[..., Sequential]] = {"seed": seed_cnn, "lenet5": lenet5, "vgg-small": vgg_small}


def _generator(name: str, generator: Any, seed: Any) -> "np.random.Generator | None":
    if generator is not None and seed is not None:
        raise ArgumentError(f"{name}: pass generator or seed, not both")
    return generator if seed is None else np.random.default_rng(integer(name, "seed", seed, 0))


def _picture(name: str, input_shape: Any) -> tuple[int, int, int]:
    if not isinstance(input_shape, Sequence) or len(input_shape) != 3:
        raise ArgumentError(f"{name}: input_shape must be (C, H, W), got {input_shape!r}")
    c, h, w = (integer(name, "input_shape", n, 1) for n in input_shape)
    return c, h, w


def _final_size(name: str, size: Sequence[int], windows: list[Window]) -> tuple[int, int]:
    """Follow height and width through all windows, and say what would fit if nothing is left."""
    height, width = (_follow(n, windows) for n in size)
    if not height or not width:
        least = next(n for n in range(1, 2**31) if _follow(n, windows))
        raise ShapeError(
            f"{name}: pictures of {size[0]} x {size[1]} are too small for its windows; "
            f"the smallest that fit are {least} x {least}"
        )
    return height, width


def _follow(n: int, windows: list[Window]) -> int:
    for kernel, stride, padding in windows:
        n = output_size(n, kernel, stride, padding, padding, 1) if n else 0
    return n

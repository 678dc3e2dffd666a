"""A small VGG: pairs of 3x3 convolutions."""

import numpy as np

from ...functional.arguments import pair
from ..activation import ReLU
from ..containers import Sequential
from ..conv import Conv2d
from ..linear import Flatten, Linear
from ..module import Module
from ..pool import MaxPool2d
from .sizes import final_size
from .start import random_numbers


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
    source = random_numbers("vgg_small", generator, seed)
    size = pair("vgg_small", "image_size", image_size, 1)
    windows = [(3, 1, 1), (3, 1, 1), (2, 2, 0)]
    height, width = final_size("vgg_small", size, windows * 2)
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

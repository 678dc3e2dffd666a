"""The network that this project grew out of."""

from collections.abc import Sequence

import numpy as np

from ..activation import ReLU
from ..containers import Sequential
from ..conv import Conv2d
from ..linear import Flatten, Linear
from ..pool import MaxPool2d
from .sizes import final_size, picture_shape
from .start import random_numbers


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
    source = random_numbers("seed_cnn", generator, seed)
    channels, *size = picture_shape("seed_cnn", input_shape)
    height, width = final_size("seed_cnn", size, [(3, 1, 1), (2, 2, 0)])
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

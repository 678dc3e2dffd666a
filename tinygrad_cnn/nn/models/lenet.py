"""LeNet-5, of 1998, for small grey pictures."""

import numpy as np

from ...functional.arguments import pair
from ..activation import ReLU
from ..containers import Sequential
from ..conv import Conv2d
from ..linear import Flatten, Linear
from ..pool import MaxPool2d
from .sizes import final_size
from .start import random_numbers


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
    source = random_numbers("lenet5", generator, seed)
    size = pair("lenet5", "image_size", image_size, 1)
    height, width = final_size("lenet5", size, [(5, 1, 2), (2, 2, 0), (5, 1, 0), (2, 2, 0)])
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

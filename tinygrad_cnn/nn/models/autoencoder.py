"""An autoencoder: pictures to a few numbers and back."""

import numpy as np

from ...core import Tensor
from ...errors import ShapeError
from ...functional.arguments import integer, pair
from ..activation import ReLU
from ..containers import Sequential
from ..conv import Conv2d
from ..conv_transpose import ConvTranspose2d
from ..linear import Flatten, Linear
from ..module import Module
from .start import random_numbers

Source = np.random.Generator | None


class Autoencoder(Module):
    r"""Two halves: `encode` turns (N, in_channels, H, W) into (N, latent), and `decode` turns that back.

    Two convolutions of stride 2 (``base_channels``, then twice as many) and a dense layer; and the same
    backwards, with transposed convolutions. The result is not squashed: it may be any number, to be compared
    with the picture by `mse_loss`, or by `binary_cross_entropy_with_logits` for values of 0 to 1. Source:
    Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.

    Raises:
        ArgumentError: a number below 1.
        ShapeError: pictures or codes of other sizes.

    >>> from tinygrad_cnn import nn, zeros
    >>> net = nn.models.Autoencoder(1, (9, 14), latent=5)
    >>> net.encode(zeros(2, 1, 9, 14)).shape, net.decode(zeros(2, 5)).shape, net(zeros(2, 1, 9, 14)).shape
    ((2, 5), (2, 1, 9, 14), (2, 1, 9, 14))
    """

    def __init__(
        self,
        in_channels: int = 1,
        image_size: int | tuple[int, int] = 28,
        latent: int = 32,
        base_channels: int = 16,
        *,
        generator: Source = None,
    ) -> None:
        super().__init__()
        height, width = pair("Autoencoder", "image_size", image_size, 1)
        self.shape = (integer("Autoencoder", "in_channels", in_channels, 1), height, width)
        self.latent = integer("Autoencoder", "latent", latent, 1)
        narrow = integer("Autoencoder", "base_channels", base_channels, 1)
        wide = 2 * narrow
        half = ((height + 1) // 2, (width + 1) // 2)
        self.quarter = (wide, (half[0] + 1) // 2, (half[1] + 1) // 2)
        features = wide * self.quarter[1] * self.quarter[2]
        self.encoder = Sequential(
            {
                "conv1": Conv2d(in_channels, narrow, 3, stride=2, padding=1, generator=generator),
                "relu1": ReLU(),
                "conv2": Conv2d(narrow, wide, 3, stride=2, padding=1, generator=generator),
                "relu2": ReLU(),
                "flatten": Flatten(),
                "dense": Linear(features, latent, generator=generator),
            }
        )
        self.dense = Linear(latent, features, generator=generator)
        self.decoder = Sequential(
            {
                "relu1": ReLU(),
                "conv1": _doubling(wide, narrow, half, generator),
                "relu2": ReLU(),
                "conv2": _doubling(narrow, in_channels, (height, width), generator),
            }
        )

    def encode(self, x: Tensor) -> Tensor:
        """Give the codes (N, latent) of pictures."""
        if x.ndim != 4 or x.shape[1:] != self.shape:
            raise ShapeError(f"Autoencoder expects pictures (N, {_listed(self.shape)}) / got {x.shape}")
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        """Give the pictures of codes (N, latent)."""
        if z.ndim != 2 or z.shape[1] != self.latent:
            raise ShapeError(f"Autoencoder expects codes (N, {self.latent}) / got {z.shape}")
        return self.decoder(self.dense(z).reshape(-1, *self.quarter))

    def forward(self, x: Tensor) -> Tensor:
        """Encode, and decode."""
        return self.decode(self.encode(x))


def _doubling(inputs: int, outputs: int, size: tuple[int, int], generator: Source) -> ConvTranspose2d:
    """Make the layer that comes back to a size which a convolution of stride 2 has halved, odd or even."""
    odd = (1 - size[0] % 2, 1 - size[1] % 2)
    return ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=odd, generator=generator)


def _listed(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))


def autoencoder(
    in_channels: int = 1,
    image_size: int | tuple[int, int] = 28,
    latent: int = 32,
    base_channels: int = 16,
    *,
    generator: "np.random.Generator | None" = None,
    seed: int | None = None,
) -> Autoencoder:
    """Build an `Autoencoder`, with starting values from ``generator``, or from one made of ``seed``.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.models.autoencoder(seed=0)(zeros(2, 1, 28, 28)).shape
    (2, 1, 28, 28)
    """
    source = random_numbers("autoencoder", generator, seed)
    return Autoencoder(in_channels, image_size, latent, base_channels, generator=source)

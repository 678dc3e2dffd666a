"""The computations that the gallery shows: each function gives the graph of one, as a user would draw it."""

from pathlib import Path

import numpy as np

import tinygrad_cnn as tg
from tinygrad_cnn import nn, optim
from tinygrad_cnn.data import ImageFolder, transforms
from tinygrad_cnn.viz import Picture

ANIMALS = Path(__file__).parent.parent / "data" / "animals"


def animals(size: int, grey: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Give one cat, one cow and one dog, as (3, C, H, W), and their labels."""
    data = ImageFolder(ANIMALS, size=size, transform=transforms.Normalize(0.5, 0.25))
    pictures = np.stack([np.asarray(data[i][0]) for i in (0, 3, 6)])
    return pictures.mean(axis=1, keepdims=True) if grey else pictures, np.array([0, 1, 2])


def seed() -> Picture:
    """The network of the experiment, after three steps on three pictures."""
    x, y = animals(120)
    model = nn.models.seed_cnn(seed=0)
    optimizer = optim.SGD(model.parameters(), lr=0.005)
    for _ in range(3):
        optimizer.zero_grad()
        tg.cross_entropy(model(tg.tensor(x)), tg.tensor(y)).backward()
        optimizer.step()
    return tg.draw(model, x, y)


def lenet() -> Picture:
    """LeNet-5, at its starting values, on three grey pictures of 28 x 28."""
    x, y = animals(28, grey=True)
    return tg.draw(nn.models.lenet5(num_classes=3, seed=0), x, y)


class Residual(nn.Module):
    """Two convolutions, and the input added to what they give."""

    def __init__(self, channels: int, generator: np.random.Generator) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, generator=generator)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, generator=generator)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Compute the block."""
        hidden = self.norm1(self.conv1(x)).relu()
        return (self.conv2(hidden) + x).relu()


def residual() -> Picture:
    """One residual block: the gradient has two ways back, and is added up where they meet."""
    x, _ = animals(24)
    return tg.draw(Residual(3, np.random.default_rng(0)), x)


class ResNet(nn.Module):
    """A stem, twelve residual blocks, and a head."""

    def __init__(self) -> None:
        super().__init__()
        generator = np.random.default_rng(0)
        self.stem = nn.Conv2d(3, 8, 3, padding=1, generator=generator)
        self.blocks = nn.Sequential(*[Residual(8, generator) for _ in range(12)])
        self.head = nn.Linear(8, 3, generator=generator)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Give scores."""
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


def resnet() -> Picture:
    """Twelve residual blocks: 209 operations, of which the repeated blocks are one box."""
    x, y = animals(24)
    return tg.draw(ResNet(), x, y)


class UNet(nn.Module):
    """Two steps down, two steps up, and what was seen on the way down joined to what goes up."""

    def __init__(self) -> None:
        super().__init__()
        generator = np.random.default_rng(0)

        def conv(inputs: int, outputs: int, size: int = 3) -> nn.Conv2d:
            return nn.Conv2d(inputs, outputs, size, padding=size // 2, generator=generator)

        self.down1, self.down2, self.middle = conv(1, 4), conv(4, 8), conv(8, 8)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(8, 8, 2, 2, generator=generator)
        self.join2 = conv(16, 4)
        self.up1 = nn.ConvTranspose2d(4, 4, 2, 2, generator=generator)
        self.join1, self.out = conv(8, 4), conv(4, 1, 1)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Give a map as large as the input."""
        high = self.down1(x).relu()
        low = self.down2(self.pool(high)).relu()
        bottom = self.middle(self.pool(low)).relu()
        low = self.join2(tg.cat([self.up2(bottom), low], 1)).relu()
        high = self.join1(tg.cat([self.up1(low), high], 1)).relu()
        return self.out(high)


def unet() -> Picture:
    """A small U-Net that is to give its own input back: the skips run in the gutter."""
    x, _ = animals(32, grey=True)
    return tg.draw(UNet(), x[:1], x[:1], loss=tg.mse_loss)


class Inception(nn.Module):
    """Four branches side by side, joined along the channels."""

    def __init__(self) -> None:
        super().__init__()
        generator = np.random.default_rng(0)

        def conv(inputs: int, outputs: int, size: int) -> nn.Conv2d:
            return nn.Conv2d(inputs, outputs, size, padding=size // 2, generator=generator)

        self.direct = conv(3, 4, 1)
        self.narrow3, self.conv3 = conv(3, 4, 1), conv(4, 6, 3)
        self.narrow5, self.conv5 = conv(3, 2, 1), conv(2, 3, 5)
        self.pool, self.after = nn.MaxPool2d(3, 1, 1), conv(3, 3, 1)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Compute the four branches."""
        three = self.conv3(self.narrow3(x).relu())
        five = self.conv5(self.narrow5(x).relu())
        return tg.cat([self.direct(x), three, five, self.after(self.pool(x))], 1).relu()


def inception() -> Picture:
    """An Inception block: the input is used four times, so four gradients are added up in it."""
    x, _ = animals(24)
    return tg.draw(Inception(), x)


class Shared(nn.Module):
    """One layer, applied three times."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.Linear(4, 4, generator=np.random.default_rng(0))

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Apply the layer again and again."""
        for _ in range(3):
            x = self.cell(x).tanh()
        return x


def shared() -> Picture:
    """A layer that is used three times: its weight has one value and three gradients."""
    x = np.random.default_rng(1).standard_normal((5, 4), dtype=np.float32)
    return tg.draw(Shared(), x, np.zeros((5, 4), np.float32), loss=tg.mse_loss)


def failed() -> Picture:
    """A network whose dense layer was told a wrong number of features."""
    x, y = animals(28)
    generator = np.random.default_rng(0)
    layers = [nn.Conv2d(3, 4, 3, generator=generator), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    return tg.draw(nn.Sequential(*layers, nn.Linear(784, 3, generator=generator)), x, y)


def not_a_number() -> Picture:
    """The logarithm of a probability that has become 0: where infinity began, and what it did."""
    scores = tg.tensor([[2.0, -1.0, 0.5], [60.0, -60.0, 0.0]], requires_grad=True)
    target = tg.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    with tg.record() as r, np.errstate(all="ignore"):
        p = tg.softmax(scores, dim=1)
        loss = -(target * tg.log(p)).sum()
        loss.backward()
    return tg.draw(r)


def by_hand() -> Picture:
    """Five operations on three numbers, to follow with a pencil."""
    x, w, b = (tg.tensor(v, requires_grad=True) for v in (3.0, -2.0, 1.0))
    with tg.record() as r:
        h = x * w + b
        y = h * h + x
        y.backward()
    return tg.draw(r)


def second() -> Picture:
    """The gradient of a gradient: the backward pass has become a forward pass of its own."""
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    with tg.record() as r:
        (slope,) = tg.grad((x * x * x).sum(), [x], create_graph=True)
        (slope * slope).sum().backward()
    return tg.draw(r)


GALLERY = {
    "by-hand": by_hand,
    "seed": seed,
    "lenet": lenet,
    "residual": residual,
    "resnet": resnet,
    "unet": unet,
    "inception": inception,
    "shared": shared,
    "failed": failed,
    "not-a-number": not_a_number,
    "second": second,
}

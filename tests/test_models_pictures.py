"""U-Net and autoencoder: values by plain numpy, sizes that halving does not divide, refusals, learning."""

import re

import numpy as np
import pytest
from test_models_deep import conv, normal, parameters, with_random_norms

import tinygrad_cnn as tg
from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.nn import models


def doubled(x, w, b):
    """A transposed convolution of kernel and stride 2."""
    n, _, height, width = x.shape
    y = np.einsum("nchw,coij->nohiwj", x, w).reshape(n, w.shape[1], 2 * height, 2 * width)
    return y + b[:, None, None]


def twice(x, state, name):
    for i in (1, 2):
        x = np.maximum(normal(conv(x, state[f"{name}.conv{i}.weight"]), state, f"{name}.bn{i}"), 0)
    return x


@pytest.mark.parametrize("size", [(8, 12), (9, 7)])
def test_a_unet_computes_what_plain_numpy_does(size):
    net = with_random_norms(models.UNet(2, 3, 4, 2, generator=np.random.default_rng(0)))
    s = {name: np.array(t) for name, t in net.state_dict().items()}
    x = np.random.default_rng(1).normal(size=(2, 2, *size))
    y, seen = twice(x, s, "encoder.0"), []
    for i in (1, 2):
        seen.append(y)
        height, width = (n // 2 * 2 for n in y.shape[2:])
        four = [y[:, :, a:height:2, b:width:2] for a, b in np.ndindex(2, 2)]
        y = twice(np.max(four, axis=0), s, f"encoder.{i}")
    for i in (0, 1):
        y = doubled(y, s[f"up.{i}.weight"], s[f"up.{i}.bias"])
        beside = seen.pop()
        missing = [(0, a - b) for a, b in zip(beside.shape[2:], y.shape[2:], strict=True)]
        y = twice(np.concatenate([beside, np.pad(y, ((0, 0), (0, 0), *missing))], 1), s, f"decoder.{i}")
    expected = conv(y, s["head.weight"], 1, 0) + s["head.bias"][:, None, None]
    np.testing.assert_allclose(net(tg.tensor(x)), expected, rtol=1e-9, atol=1e-9)


def test_unet_has_the_parameters_that_its_widths_give():
    def by_hand(channels, classes, base, depth):
        widths = [base << i for i in range(depth + 1)]
        double = [i * o * 9 + o * o * 9 + 4 * o for i, o in zip([channels, *widths], widths, strict=False)]
        up = [2 * o * o * 4 + o + 2 * o * o * 9 + o * o * 9 + 4 * o for o in widths[:-1]]
        return sum(double) + sum(up) + base * classes + classes

    assert parameters(models.unet(seed=0)) == by_hand(3, 2, 64, 4) == 31_037_698
    assert parameters(models.unet(5, 1, 6, 2, seed=0)) == by_hand(1, 5, 6, 2)


@pytest.mark.parametrize("size", [(8, 8), (8, 15), (9, 8), (31, 17), (15, 14)])
def test_scores_have_the_size_of_the_pictures(size):
    assert models.unet(4, 1, 2, 3, seed=0)(tg.zeros(2, 1, *size)).shape == (2, 4, *size)


@pytest.mark.parametrize("size", [(1, 1), (5, 8), (28, 28), (30, 17)])
def test_an_autoencoder_gives_pictures_of_their_size_back(size):
    net = models.autoencoder(2, size, latent=5, base_channels=3, seed=0)
    x = tg.zeros(4, 2, *size)
    z = net.encode(x)
    assert z.shape == (4, 5)
    np.testing.assert_array_equal(net(x), net.decode(z))
    assert net(x).shape == x.shape


def test_the_autoencoder_has_the_parameters_that_its_layers_give():
    convolutions = 16 * 9 + 16 + 32 * 16 * 9 + 32 + 32 * 16 * 9 + 16 + 16 * 9 + 1
    dense = 32 * 7 * 7 * 32 + 32 + 32 * 32 * 7 * 7 + 32 * 7 * 7
    assert parameters(models.autoencoder(seed=0)) == convolutions + dense == 111_521


def test_an_autoencoder_learns_to_give_back_what_it_saw():
    rng = np.random.default_rng(0)
    pictures = tg.tensor(rng.integers(0, 2, (6, 1, 8, 8)).astype(np.float32))
    net = models.autoencoder(1, 8, latent=6, base_channels=8, generator=rng)
    optimizer = tg.optim.Adam(net.parameters(), lr=0.01)
    losses = []
    for _ in range(150):
        loss = tg.mse_loss(net(pictures), pictures)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 5


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (lambda: models.unet(2, 1, 2, 2, seed=0), (2, 1, 9, 10)),
        (lambda: models.autoencoder(2, (5, 6), 3, 2, seed=0), (2, 2, 5, 6)),
        (lambda: models.resnet8(3, 1, seed=0), (2, 1, 8, 9)),
        (lambda: models.ResNet([1, 1], 2, 3, generator=np.random.default_rng(0)), (3, 3, 17, 15)),
        (lambda: models.mobilenet_small(3, 1, 0.5, seed=0), (2, 1, 9, 8)),
    ],
    ids=["unet", "autoencoder", "resnet8", "large-stem", "mobilenet-small"],
)
def test_the_gradient_is_the_slope_along_a_direction(build, shape):
    """In float64, along a random direction of the pictures and all weights at once."""
    net, rng = with_random_norms(build()), np.random.default_rng(2)
    leaves = [tg.tensor(rng.normal(size=shape), requires_grad=True), *net.parameters()]
    start = [np.array(t) for t in leaves]
    way = [rng.normal(size=t.shape) for t in leaves]
    cotangent = tg.tensor(rng.normal(size=net(leaves[0]).shape))

    def loss(step):
        for t, value, d in zip(leaves, start, way, strict=True):
            t.data[...] = value + step * d
        return (net(leaves[0]) * cotangent).sum()

    grads = tg.grad(loss(0.0), leaves)
    slope = sum(float((g.numpy() * d).sum()) for g, d in zip(grads, way, strict=True))
    step = 1e-7
    measured = (loss(step).item() - loss(-step).item()) / (2 * step)
    assert slope == pytest.approx(measured, rel=1e-4)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: models.unet(seed=0, base_channels=2)(tg.zeros(1, 3, 15, 40)),
            ShapeError,
            "UNet expects pictures (N, 3, H, W) of at least 16 x 16, since it halves them 4 times "
            "/ got (1, 3, 15, 40)",
        ),
        (
            lambda: models.UNet(1, depth=1, base_channels=2)(tg.zeros(1, 3, 8, 8)),
            ShapeError,
            "UNet expects pictures (N, 1, H, W) of at least 2 x 2",
        ),
        (lambda: models.unet(depth=0), ArgumentError, "UNet: depth must be an integer >= 1, got 0"),
        (
            lambda: models.unet(base_channels=0),
            ArgumentError,
            "UNet: base_channels must be an integer >= 1, got 0",
        ),
        (
            lambda: models.unet(in_channels=0),
            ArgumentError,
            "UNet: in_channels must be an integer >= 1, got 0",
        ),
        (
            lambda: models.autoencoder(seed=0)(tg.zeros(1, 1, 27, 28)),
            ShapeError,
            "Autoencoder expects pictures (N, 1, 28, 28) / got (1, 1, 27, 28)",
        ),
        (
            lambda: models.autoencoder(seed=0).decode(tg.zeros(2, 3)),
            ShapeError,
            "Autoencoder expects codes (N, 32) / got (2, 3)",
        ),
        (
            lambda: models.autoencoder(latent=0),
            ArgumentError,
            "Autoencoder: latent must be an integer >= 1, got 0",
        ),
        (
            lambda: models.autoencoder(image_size=0),
            ArgumentError,
            "Autoencoder: image_size must be an integer >= 1, got 0",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call()

"""The three plain networks: layers, sizes and parameters by hand, and pictures that are too small."""

import re

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.nn.models import MODELS, PICTURE_MODELS, lenet5, seed_cnn, vgg_small


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def kinds(model):
    return " ".join(type(m).__name__ for m in model)


def test_the_seed_network_is_the_one_of_the_report():
    net = seed_cnn(seed=0)
    assert kinds(net) == "Conv2d MaxPool2d Flatten Linear ReLU Linear"
    assert [tuple(p.shape) for p in net.parameters()] == [
        (4, 3, 3, 3), (4,), (12, 14400), (12,), (3, 12), (3,)
    ]  # fmt: skip
    assert parameters(net) == (4 * 27 + 4) + (12 * 14400 + 12) + (3 * 12 + 3)
    assert net(tg.zeros(2, 3, 120, 120)).shape == (2, 3)


def test_the_seed_network_computes_what_plain_numpy_does():
    net = seed_cnn(num_classes=2, input_shape=(2, 5, 6), seed=1).double()
    x = np.random.default_rng(0).normal(size=(3, 2, 5, 6))
    w, b, v, c, u, d = (np.array(p) for p in net.parameters())
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    pooled = np.zeros((3, 4, 2, 3))
    for n, o, i, j in np.ndindex(pooled.shape):
        places = [(2 * i + a, 2 * j + e) for a in (0, 1) for e in (0, 1)]
        pooled[n, o, i, j] = max((padded[n, :, r : r + 3, s : s + 3] * w[o]).sum() for r, s in places) + b[o]
    expected = np.maximum(pooled.reshape(3, -1) @ v.T + c, 0) @ u.T + d
    np.testing.assert_allclose(net(tg.tensor(x)), expected, rtol=1e-10)


def test_lenet5_has_its_sizes():
    net = lenet5(seed=0)
    assert kinds(net) == (
        "Conv2d ReLU MaxPool2d Conv2d ReLU MaxPool2d Flatten Linear ReLU Linear ReLU Linear"
    )
    assert parameters(net) == (6 * 25 + 6) + (16 * 150 + 16) + (120 * 400 + 120) + (84 * 120 + 84) + (
        840 + 10
    )
    assert net(tg.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert lenet5(5, 3, (12, 40), seed=0)(tg.zeros(1, 3, 12, 40)).shape == (1, 5)


def test_vgg_small_has_its_sizes():
    net = vgg_small(seed=0)
    block = "Conv2d ReLU Conv2d ReLU MaxPool2d"
    assert kinds(net) == f"{block} {block} Flatten Linear ReLU Linear"
    convolutions = (32 * 27 + 32) + (32 * 288 + 32) + (64 * 288 + 64) + (64 * 576 + 64)
    assert parameters(net) == convolutions + (128 * 4096 + 128) + (10 * 128 + 10)
    assert net(tg.zeros(1, 3, 32, 32)).shape == (1, 10)
    assert vgg_small(2, 1, (4, 9), seed=0)(tg.zeros(1, 1, 4, 9)).shape == (1, 2)


@pytest.mark.parametrize("build", [seed_cnn, lenet5, vgg_small])
def test_a_seed_means_the_same_weights_and_a_generator_may_be_given(build):
    first, second = build(seed=3).state_dict(), build(generator=np.random.default_rng(3)).state_dict()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
    other = build(seed=4).state_dict()
    assert all((values.numpy() != other[name].numpy()).any() for name, values in first.items())
    with pytest.raises(ArgumentError, match=f"^{build.__name__}: pass generator or seed, not both$"):
        build(seed=3, generator=np.random.default_rng(3))


@pytest.mark.parametrize(
    ("build", "small", "least"),
    [
        (lambda h, w: seed_cnn(input_shape=(3, h, w)), "seed_cnn: pictures of 1 x 40", 2),
        (lambda h, w: lenet5(image_size=(h, w)), "lenet5: pictures of 11 x 40", 12),
        (lambda h, w: vgg_small(image_size=(h, w)), "vgg_small: pictures of 3 x 40", 4),
    ],
)
def test_the_smallest_picture_fits_and_a_smaller_one_says_which(build, small, least):
    build(least, least)
    expected = f"{small} are too small for its windows; the smallest that fit are {least} x {least}"
    with pytest.raises(ShapeError, match=f"^{re.escape(expected)}$"):
        build(least - 1, 40)
    with pytest.raises(ShapeError, match=f"the smallest that fit are {least} x {least}$"):
        build(40, least - 1)


def test_arguments_that_cannot_be_meant_are_refused():
    for call, message in (
        (lambda: seed_cnn(input_shape=(120, 120)), "seed_cnn: input_shape must be (C, H, W), got (120, 120)"),
        (lambda: seed_cnn(input_shape=(3, 0, 5)), "seed_cnn: input_shape must be an integer >= 1, got 0"),
        (lambda: seed_cnn(num_classes=0), "Linear: out_features must be an integer >= 1, got 0"),
        (lambda: lenet5(image_size=28.0), "lenet5: image_size must be an integer, got 28.0"),
        (lambda: lenet5(seed=-1), "lenet5: seed must be an integer >= 0, got -1"),
        (lambda: vgg_small(in_channels=0), "Conv2d: in_channels must be an integer >= 1, got 0"),
    ):
        with pytest.raises(ArgumentError, match=f"^{re.escape(message)}$"):
            call()


def test_models_are_found_by_the_names_of_the_command_line():
    known = {**MODELS, **PICTURE_MODELS}
    assert list(known) == [
        function.__name__.replace("_", "-").removesuffix("-cnn") for function in known.values()
    ]
    assert known["seed"] is nn.models.seed_cnn is seed_cnn
    assert list(PICTURE_MODELS) == ["unet", "autoencoder"]

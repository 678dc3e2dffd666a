"""Residual networks and MobileNets: names, sizes and parameters by hand, values by plain numpy, refusals."""

import re

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.nn import models
from tinygrad_cnn.nn.models.mobilenet import SMALL, V2, rounded


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def named_shapes(model):
    return {name: t.shape for name, t in model.state_dict().items()}


def norm(name, channels):
    """What a normalisation has in the state."""
    four = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (channels,) for part in four} | {f"{name}.num_batches_tracked": ()}


def torchvision_resnet18():
    """The names and shapes of torchvision's resnet18, in its order."""
    state = {"conv1.weight": (64, 3, 7, 7)} | norm("bn1", 64)
    before = 64
    for stage, width in enumerate((64, 128, 256, 512), start=1):
        for block in (0, 1):
            name = f"layer{stage}.{block}"
            state |= {f"{name}.conv1.weight": (width, before, 3, 3)} | norm(f"{name}.bn1", width)
            state |= {f"{name}.conv2.weight": (width, width, 3, 3)} | norm(f"{name}.bn2", width)
            if before != width:
                state |= {f"{name}.downsample.0.weight": (width, before, 1, 1)}
                state |= norm(f"{name}.downsample.1", width)
            before = width
    return state | {"fc.weight": (1000, 512), "fc.bias": (1000,)}


def torchvision_mobilenet_v2():
    """The same of mobilenet_v2."""
    state = {"features.0.0.weight": (32, 3, 3, 3)} | norm("features.0.1", 32)
    before, number = 32, 1
    for factor, width, count, _ in V2:
        for _ in range(count):
            name, wide, row = f"features.{number}.conv", before * factor, 0
            if factor > 1:
                state |= {f"{name}.0.0.weight": (wide, before, 1, 1)} | norm(f"{name}.0.1", wide)
                row = 1
            state |= {f"{name}.{row}.0.weight": (wide, 1, 3, 3)} | norm(f"{name}.{row}.1", wide)
            state |= {f"{name}.{row + 1}.weight": (width, wide, 1, 1)} | norm(f"{name}.{row + 2}", width)
            before, number = width, number + 1
    state |= {f"features.{number}.0.weight": (1280, before, 1, 1)} | norm(f"features.{number}.1", 1280)
    return state | {"classifier.1.weight": (1000, 1280), "classifier.1.bias": (1000,)}


@pytest.mark.parametrize(
    ("build", "expected"),
    [(models.resnet18, torchvision_resnet18()), (models.mobilenet_v2, torchvision_mobilenet_v2())],
    ids=["resnet18", "mobilenet_v2"],
)
def test_a_state_with_torchvisions_names_and_shapes_is_loaded_as_it_is(build, expected):
    net = build(seed=0)
    assert list(named_shapes(net).items()) == list(expected.items())
    rng = np.random.default_rng(0)
    state = {
        name: np.array(7) if name.endswith("tracked") else rng.uniform(0.5, 1, shape).astype(np.float32)
        for name, shape in expected.items()
    }
    net.load_state_dict(state)
    for name, t in net.state_dict().items():
        np.testing.assert_array_equal(t, state[name])


def test_resnet18_has_the_parameters_of_the_literature():
    assert parameters(models.resnet18(seed=0)) == 11_689_512
    convolutions = 64 * 3 * 49 + 4 * 64 * 64 * 9
    for width in (128, 256, 512):
        convolutions += width * (width // 2) * 9 + 3 * width * width * 9 + width * (width // 2)
    norms = 2 * (5 * 64 + 5 * (128 + 256 + 512))
    assert convolutions + norms + 512 * 1000 + 1000 == 11_689_512
    fewer = models.resnet18(num_classes=5, in_channels=1, seed=0)
    assert parameters(fewer) == 11_689_512 - 995 * 513 - 2 * 64 * 49


def test_the_small_resnets_have_the_parameters_of_the_literature():
    """He et al. give 0.27 million for ResNet-20."""

    def by_hand(blocks, classes, projections=False):
        count = 16 * 27 + 2 * 16
        for before, width in ((16, 16), (16, 32), (32, 64)):
            count += before * width * 9 + width * width * 9 + 4 * width
            count += (blocks - 1) * (2 * width * width * 9 + 4 * width)
            count += before * width + 2 * width if projections and before != width else 0
        return count + 64 * classes + classes

    assert parameters(models.resnet20(seed=0)) == by_hand(3, 10) == 269_722
    assert parameters(models.resnet20(shortcut="conv", seed=0)) == by_hand(3, 10, True) == 272_474
    assert parameters(models.resnet8(seed=0)) == by_hand(1, 10) == 75_290
    assert parameters(models.resnet8(3, 1, "conv", seed=0)) == by_hand(1, 3, True) - 2 * 16 * 9


def test_the_mobilenets_have_the_parameters_of_the_literature():
    def by_hand(setting, first, last, classes, channels=3):
        count, before = channels * first * 9 + 2 * first, first
        for factor, width, blocks, _ in setting:
            for _ in range(blocks):
                wide = before * factor
                count += before * wide + 2 * wide if factor > 1 else 0
                count += 9 * wide + 2 * wide + wide * width + 2 * width
                before = width
        return count + before * last + 2 * last + last * classes + classes

    assert parameters(models.mobilenet_v2(seed=0)) == by_hand(V2, 32, 1280, 1000) == 3_504_872
    assert parameters(models.mobilenet_small(seed=0)) == by_hand(SMALL, 16, 128, 10) == 42_618
    assert parameters(models.mobilenet_small(3, 1, seed=0)) == by_hand(SMALL, 16, 128, 3, 1)
    assert parameters(models.mobilenet_v2(width_mult=0.5, seed=0)) == 1_968_680
    half = models.MobileNetV2(7, 0.5, [(1, 24, 1, 1), (6, 40, 2, 2)], round_nearest=4)
    setting = [(1, 12, 1, 1), (6, 20, 2, 2)]
    assert parameters(half) == by_hand(setting, 16, 1280, 7)


def test_channels_are_rounded_and_never_by_more_than_a_tenth_down():
    assert [rounded(n, 8) for n in (1, 11, 11.9, 12, 33.6, 44.8, 128)] == [8, 16, 16, 16, 32, 48, 128]
    assert all(rounded(n / 4, 8) >= 0.9 * n / 4 for n in range(1, 2000))


# -- values ------------------------------------------------------------------------------------------------


def conv(x, w, stride=1, padding=1):
    """A convolution by loops over taps."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    height, width = ((n - w.shape[2]) // stride + 1 for n in x.shape[2:])
    y = np.zeros((len(x), len(w), height, width))
    for i, j in np.ndindex(w.shape[2:]):
        seen = x[:, :, i : i + stride * (height - 1) + 1 : stride, j : j + stride * (width - 1) + 1 : stride]
        y += np.einsum("nchw,oc->nohw", seen, w[:, :, i, j])
    return y


def normal(x, state, name):
    """Normalisation by the batch, as in training."""
    centred = x - x.mean((0, 2, 3), keepdims=True)
    y = centred / np.sqrt((centred**2).mean((0, 2, 3), keepdims=True) + 1e-5)
    return y * state[f"{name}.weight"][:, None, None] + state[f"{name}.bias"][:, None, None]


def with_random_norms(net):
    rng = np.random.default_rng(5)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data[:] = rng.uniform(0.5, 2, module.weight.shape)
            module.bias.data[:] = rng.normal(size=module.bias.shape)
    return net.double()


@pytest.mark.parametrize("shortcut", ["conv", "pad"])
@pytest.mark.parametrize("stem", ["large", "small"])
def test_a_residual_network_computes_what_plain_numpy_does(stem, shortcut):
    large = stem == "large"
    net = models.ResNet([1, 1], 3, 4, 2, stem=stem, shortcut=shortcut, generator=np.random.default_rng(0))
    s = {name: np.array(t) for name, t in with_random_norms(net).state_dict().items()}
    x = np.random.default_rng(1).normal(size=(2, 2, 13, 10))
    y = conv(x, s["conv1.weight"], 2 if large else 1, 3 if large else 1)
    y = np.maximum(normal(y, s, "bn1"), 0)
    if large:
        padded = np.pad(y, ((0, 0), (0, 0), (1, 2), (1, 2)))  # of zeros: the values are not below
        height, width = ((n - 1) // 2 + 1 for n in y.shape[2:])
        taps = [padded[:, :, i : i + 2 * height : 2, j : j + 2 * width : 2] for i, j in np.ndindex(3, 3)]
        y = np.max([tap[:, :, :height, :width] for tap in taps], axis=0)
    for stage, stride in ((1, 1), (2, 2)):
        name = f"layer{stage}.0"
        f = np.maximum(normal(conv(y, s[f"{name}.conv1.weight"], stride), s, f"{name}.bn1"), 0)
        f = normal(conv(f, s[f"{name}.conv2.weight"]), s, f"{name}.bn2")
        if stride == 2 and shortcut == "conv":
            y = normal(conv(y, s[f"{name}.downsample.0.weight"], 2, 0), s, f"{name}.downsample.1")
        elif stride == 2:
            y = np.concatenate([y[:, :, ::2, ::2], np.zeros_like(y[:, :, ::2, ::2])], 1)
        y = np.maximum(f + y, 0)
    expected = y.mean((2, 3)) @ s["fc.weight"].T + s["fc.bias"]
    np.testing.assert_allclose(net(tg.tensor(x)), expected, rtol=1e-9)


@pytest.mark.parametrize(("stride", "outputs", "factor"), [(1, 3, 2), (1, 4, 2), (2, 3, 2), (1, 3, 1)])
def test_an_inverted_residual_computes_what_plain_numpy_does(stride, outputs, factor):
    block = models.InvertedResidual(3, outputs, stride, factor, generator=np.random.default_rng(0))
    s = {name: np.array(t) for name, t in with_random_norms(block).state_dict().items()}
    x = np.random.default_rng(1).normal(size=(2, 3, 5, 6)) * 4
    y, row = x, 0
    if factor > 1:
        y = np.clip(normal(conv(y, s["conv.0.0.weight"], 1, 0), s, "conv.0.1"), 0, 6)
        row = 1
    wide = np.concatenate(
        [conv(y[:, [c]], w[None], stride) for c, w in enumerate(s[f"conv.{row}.0.weight"])], axis=1
    )
    y = np.clip(normal(wide, s, f"conv.{row}.1"), 0, 6)
    y = normal(conv(y, s[f"conv.{row + 1}.weight"], 1, 0), s, f"conv.{row + 2}")
    expected = x + y if stride == 1 and outputs == 3 else y
    np.testing.assert_allclose(block(tg.tensor(x)), expected, rtol=1e-9, atol=1e-9)


def test_filters_start_with_the_variance_2_over_fan_out_and_mobilenets_last_layer_small():
    for net in (models.resnet18(seed=1), models.mobilenet_v2(seed=1)):
        for module in net.modules():
            if isinstance(module, nn.Conv2d) and module.weight.numel() > 5000:
                fan = module.out_channels * np.prod(module.kernel_size)
                assert module.weight.numpy().std() == pytest.approx((2 / fan) ** 0.5, rel=0.05)
    assert net.classifier[1].weight.numpy().std() == pytest.approx(0.01, rel=0.02)
    assert not net.classifier[1].bias.numpy().any()


BUILDS = [models.resnet8, models.resnet20, models.mobilenet_small, models.autoencoder]
BUILDS += [lambda **source: models.unet(base_channels=2, depth=2, **source)]


@pytest.mark.parametrize("build", BUILDS)
def test_a_seed_means_the_same_weights_and_a_generator_may_be_given(build):
    first, second = build(seed=3).state_dict(), build(generator=np.random.default_rng(3)).state_dict()
    other = build(seed=4).state_dict()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])
        assert values.ndim < 2 or (values.numpy() != other[name].numpy()).any()
    with pytest.raises(ArgumentError, match=r"^[a-z0-9_]+: pass generator or seed, not both$"):
        build(seed=3, generator=np.random.default_rng(3))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (7, 5), (33, 20)])
@pytest.mark.parametrize("build", [models.resnet8, models.mobilenet_small])
def test_pictures_may_have_any_size(build, size):
    assert build(num_classes=3, seed=0).eval()(tg.zeros(2, 3, *size)).shape == (2, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: models.ResNet([1], stem="big"),
            ArgumentError,
            "ResNet: stem must be 'large' or 'small', got 'big'",
        ),
        (
            lambda: models.resnet20(shortcut="A"),
            ArgumentError,
            "ResNet: shortcut must be 'conv' or 'pad', got 'A'",
        ),
        (lambda: models.ResNet([2, 0]), ArgumentError, "ResNet: blocks must be an integer >= 1, got 0"),
        (lambda: models.ResNet([1], 0), ArgumentError, "ResNet: width must be an integer >= 1, got 0"),
        (lambda: models.resnet18(0), ArgumentError, "Linear: out_features must be an integer >= 1, got 0"),
        (lambda: models.resnet8(seed=-1), ArgumentError, "resnet8: seed must be an integer >= 0, got -1"),
        (
            lambda: models.mobilenet_v2(width_mult=0),
            ArgumentError,
            "MobileNetV2: width_mult must be a number above 0, got 0",
        ),
        (
            lambda: models.InvertedResidual(3, 3, 1, 0),
            ArgumentError,
            "InvertedResidual: expand_ratio must be an integer >= 1, got 0",
        ),
        (
            lambda: models.PadShortcut(0, 3),
            ArgumentError,
            "PadShortcut: stride must be an integer >= 1, got 0",
        ),
        (
            lambda: models.resnet8(seed=0)(tg.zeros(2, 1, 8, 8)),
            ShapeError,
            "ResNet expects pictures (N, 3, H, W) / got (2, 1, 8, 8)",
        ),
        (
            lambda: models.mobilenet_small(seed=0)(tg.zeros(3, 8, 8)),
            ShapeError,
            "MobileNetV2 expects pictures (N, 3, H, W) / got (3, 8, 8)",
        ),
    ],
)
def test_arguments_that_cannot_be_meant_are_refused(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call()

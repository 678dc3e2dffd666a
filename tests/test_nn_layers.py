"""Layers: what they compute, against plain loops and hand numbers, and the settings that they refuse."""

import re
from itertools import product

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, DtypeError, ShapeError


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def layer_and_arrays(layer):
    """Give a float64 layer with its weight and bias as plain arrays."""
    layer.double()
    return layer, np.array(layer.weight), None if layer.bias is None else np.array(layer.bias)


def products(size, w_shape, outputs, stride, padding, dilation, groups):
    """Go through the multiplications of a convolution: place in x, in w and in y, of one picture."""
    filters, channels, height, width = w_shape
    for o, c, a, b, i, j in np.ndindex(filters, channels, height, width, *outputs):
        row = stride[0] * i + dilation * a - padding[0]
        column = stride[1] * j + dilation * b - padding[1]
        if 0 <= row < size[0] and 0 <= column < size[1]:
            yield (o // (filters // groups) * channels + c, row, column), (o, c, a, b), (o, i, j)


CONVOLUTIONS = [  # settings, stride, padding at the top and left, dilation, groups, size of y for x of 7 x 9
    ({}, (1, 1), (0, 0), 1, 1, (5, 8)),
    ({"stride": (2, 1), "padding": (1, 2)}, (2, 1), (1, 2), 1, 1, (4, 12)),
    ({"dilation": 2, "groups": 2, "bias": False}, (1, 1), (0, 0), 2, 2, (3, 7)),
    ({"padding": "same"}, (1, 1), (1, 0), 1, 1, (7, 9)),
    ({"padding": "valid", "groups": 2}, (1, 1), (0, 0), 1, 2, (5, 8)),
]


@pytest.mark.parametrize(("settings", "stride", "padding", "dilation", "groups", "outputs"), CONVOLUTIONS)
def test_conv2d_multiplies_and_adds_as_plain_loops_do(settings, stride, padding, dilation, groups, outputs):
    layer, w, b = layer_and_arrays(nn.Conv2d(4, 6, (3, 2), **settings))
    assert w.shape == (6, 4 // groups, 3, 2) and (b is None) == ("bias" in settings)
    x = random(2, 4, 7, 9)
    y = np.zeros((2, 6, *outputs)) + (0 if b is None else b[None, :, None, None])
    for n, (at_x, at_w, at_y) in product(
        range(2), list(products((7, 9), w.shape, outputs, stride, padding, dilation, groups))
    ):
        y[n][at_y] += x[n][at_x] * w[at_w]
    np.testing.assert_allclose(layer(tg.tensor(x)), y, rtol=1e-12, atol=1e-12)


def test_conv_transpose2d_spreads_as_plain_loops_do():
    layer, w, b = layer_and_arrays(
        nn.ConvTranspose2d(
            4, 6, (3, 2), stride=(2, 1), padding=1, output_padding=(1, 0), groups=2, dilation=2
        )
    )
    assert w.shape == (4, 3, 3, 2)
    g = random(2, 4, 5, 6)
    y = np.zeros((2, 6, 12, 6)) + b[None, :, None, None]  # (5 - 1) * 2 - 2 + 2 * 2 + 1 + 1; 6 - 1 - 2 + 2 + 1
    for n, (at_y, at_w, at_g) in product(
        range(2), list(products((12, 6), w.shape, (5, 6), (2, 1), (1, 1), 2, 2))
    ):
        y[n][at_y] += g[n][at_g] * w[at_w]
    np.testing.assert_allclose(layer(tg.tensor(g)), y, rtol=1e-12, atol=1e-12)


def test_linear_multiplies_rows():
    layer, w, b = layer_and_arrays(nn.Linear(4, 3))
    x = random(2, 5, 4)
    np.testing.assert_allclose(
        layer(tg.tensor(x)),
        [[[row @ w[o] + b[o] for o in range(3)] for row in rows] for rows in x],
        rtol=1e-12,
    )
    assert nn.Linear(4, 3, bias=False).bias is None


def test_pooling_layers_keep_the_largest_or_the_average_of_each_window():
    x = np.arange(24.0).reshape(1, 1, 4, 6)
    assert nn.MaxPool2d(2)(tg.tensor(x)).tolist() == [[[[7, 9, 11], [19, 21, 23]]]]
    assert nn.MaxPool2d((3, 2), stride=(1, 4))(tg.tensor(x)).tolist() == [[[[13, 17], [19, 23]]]]
    assert nn.MaxPool2d(2, dilation=3)(tg.tensor(x)).tolist() == [[[[21, 23]]]]
    assert nn.MaxPool2d(4, ceil_mode=True)(tg.tensor(x)).tolist() == [[[[21, 23]]]]
    assert nn.MaxPool2d(2, padding=1)(tg.tensor(-x)).tolist()[0][0][0] == [0, -1, -3, -5]
    assert nn.AvgPool2d(2)(tg.tensor(x)).tolist() == [[[[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]]]]
    assert nn.AvgPool2d(4, padding=2, count_include_pad=False)(tg.tensor(x)).tolist()[0][0][0] == [3.5, 6.5]
    assert nn.AvgPool2d(4, divisor_override=1)(tg.tensor(x)).tolist() == [[[[168.0]]]]


def test_activations_are_their_formulas():
    x = random(3, 4)
    for layer, expected in (
        (nn.ReLU(inplace=True), np.where(x > 0, x, 0)),
        (nn.Sigmoid(), 1 / (1 + np.exp(-x))),
        (nn.Tanh(), np.tanh(x)),
        (nn.Softmax(dim=1), np.exp(x) / np.exp(x).sum(1, keepdims=True)),
        (nn.LogSoftmax(dim=0), np.log(np.exp(x) / np.exp(x).sum(0))),
    ):
        np.testing.assert_allclose(layer(tg.tensor(x)), expected, rtol=1e-12, err_msg=repr(layer))


def test_flatten_joins_all_but_the_batch_in_the_order_channel_height_width():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    assert nn.Flatten()(tg.tensor(x)).tolist() == x.reshape(2, 12).tolist()
    assert nn.Flatten(0, 1)(tg.tensor(x)).shape == (6, 2, 2)


def test_dropout_drops_a_share_in_training_and_nothing_in_evaluation():
    drop = nn.Dropout(0.25, generator=np.random.default_rng(3))
    x = tg.ones(200, 100)
    y = drop(x).numpy()
    kept = y != 0
    np.testing.assert_allclose(y[kept], 1 / 0.75, rtol=1e-6)
    assert abs(kept.mean() - 0.75) < 5 * np.sqrt(0.25 * 0.75 / y.size)
    twin = nn.Dropout(0.25, generator=np.random.default_rng(3))
    np.testing.assert_array_equal(twin(x), y)
    np.testing.assert_array_equal(drop.eval()(x), x)
    assert not nn.Dropout(1.0)(x).numpy().any()
    np.testing.assert_array_equal(nn.Dropout(0.0)(x), x)


def test_the_state_of_a_dropout_generator_is_enough_to_go_on_exactly():
    net = nn.Sequential(nn.Dropout(generator=np.random.default_rng(3)), nn.Dropout())
    x = tg.ones(4, 5)
    net(x)
    sources = {**dict(net.named_generators()), "default": tg.default_generator()}
    states = {name: generator.bit_generator.state for name, generator in sources.items()}
    first = net(x).numpy()
    assert (net(x).numpy() != first).any()
    for name, state in states.items():
        sources[name].bit_generator.state = state
    np.testing.assert_array_equal(net(x), first)


def test_layers_draw_from_their_generator_and_the_precision_does_not_change_the_numbers():
    for make in (nn.Conv2d, nn.ConvTranspose2d):
        a, b = (make(2, 3, 3, generator=np.random.default_rng(7), dtype=d) for d in (np.float32, np.float64))
        np.testing.assert_array_equal(a.weight, b.weight.numpy().astype(np.float32))
        np.testing.assert_array_equal(a.bias, b.bias.numpy().astype(np.float32))
        assert b.weight.dtype == np.float64
    assert nn.Linear(2, 3, dtype=np.float64)(tg.zeros(1, 2, dtype=np.float64)).dtype == np.float64
    tg.manual_seed(5)
    first = nn.Linear(4, 3).weight.numpy()
    tg.manual_seed(5)
    np.testing.assert_array_equal(nn.Linear(4, 3).weight, first)


@pytest.mark.parametrize(
    ("layer", "fan_in"),
    [
        (nn.Conv2d(8, 40, (3, 5)), 8 * 15),
        (nn.Conv2d(8, 80, (3, 5), groups=4), 2 * 15),
        (nn.ConvTranspose2d(40, 8, (3, 5)), 8 * 15),
        (nn.Linear(50, 200), 50),
    ],
)
def test_default_starting_values_are_even_within_one_over_the_root_of_fan_in(layer, fan_in):
    bound = 1 / np.sqrt(fan_in)
    for values in (layer.weight.numpy(), layer.bias.numpy()):
        assert np.abs(values).max() <= np.float32(bound)
        assert np.abs(values).max() > bound * (1 - 10 / values.size)
    weight = layer.weight.numpy().astype(float)
    assert abs(weight.mean()) < 5 * bound / np.sqrt(3 * weight.size)
    assert abs(weight.std() / (bound / np.sqrt(3)) - 1) < 5 / np.sqrt(weight.size)


BAD = [
    (lambda: nn.Conv2d(0, 4, 3), "Conv2d: in_channels must be an integer >= 1, got 0"),
    (lambda: nn.Conv2d(3, -4, 3), "Conv2d: out_channels must be an integer >= 1, got -4"),
    (lambda: nn.Conv2d(3, 4, 0), "Conv2d: kernel_size must be an integer >= 1, got 0"),
    (lambda: nn.Conv2d(3, 4, (3, 3, 3)), "Conv2d: kernel_size must be one integer or two, got (3, 3, 3)"),
    (lambda: nn.Conv2d(3, 4, 3, stride=0), "Conv2d: stride must be an integer >= 1, got 0"),
    (lambda: nn.Conv2d(3, 4, 3, padding=-1), "Conv2d: padding must be an integer >= 0, got -1"),
    (
        lambda: nn.Conv2d(3, 4, 3, padding="full"),
        "Conv2d: padding must be numbers, 'same' or 'valid', got 'full'",
    ),
    (lambda: nn.Conv2d(3, 4, 3, 2, "same"), "Conv2d: padding='same' needs stride 1, got stride (2, 2)"),
    (lambda: nn.Conv2d(3, 4, 3, dilation=1.5), "Conv2d: dilation must be an integer, got 1.5"),
    (
        lambda: nn.Conv2d(4, 6, 3, groups=4),
        "Conv2d: groups must divide in_channels and out_channels, got groups 4, "
        "in_channels 4, out_channels 6",
    ),
    (
        lambda: nn.Conv2d(3, 4, 3, generator=1),
        "generator must be np.random.default_rng(seed) or None, got 1",
    ),
    (
        lambda: nn.ConvTranspose2d(3, 4, 3, output_padding=1),
        "ConvTranspose2d: output_padding (1, 1) must be smaller than stride (1, 1) or dilation (1, 1)",
    ),
    (
        lambda: nn.ConvTranspose2d(3, 4, 3, padding="same"),
        "ConvTranspose2d: padding must be one integer or two, got 'same'",
    ),
    (
        lambda: nn.MaxPool2d(2, padding=2),
        "MaxPool2d: padding (2, 2) must be at most half of kernel_size (2, 2), or windows would lie in the "
        "padding alone",
    ),
    (lambda: nn.MaxPool2d(2, stride=0), "MaxPool2d: stride must be an integer >= 1, got 0"),
    (lambda: nn.AvgPool2d(0), "AvgPool2d: kernel_size must be an integer >= 1, got 0"),
    (
        lambda: nn.AvgPool2d(2, divisor_override=0),
        "AvgPool2d: divisor_override must not be 0",
    ),
    (lambda: nn.Linear(True, 2), "Linear: in_features must be an integer >= 1, got True"),
    (lambda: nn.Linear(2, 2.0), "Linear: out_features must be an integer, got 2.0"),
    (lambda: nn.Dropout(1.5), "Dropout: p must lie in 0..1, got 1.5"),
    (lambda: nn.Dropout(float("nan")), "Dropout: p must lie in 0..1, got nan"),
    (lambda: nn.Dropout(generator=3), "generator must be np.random.default_rng(seed) or None, got 3"),
    (lambda: nn.Softmax(), "Softmax: say which dimension holds the classes, dim=1 for (N, C)"),
    (lambda: nn.BatchNorm2d(0), "BatchNorm2d: num_features must be an integer >= 1, got 0"),
    (lambda: nn.BatchNorm2d(2, eps=0), "BatchNorm2d: eps must be a small number above 0, got 0"),
    (lambda: nn.BatchNorm2d(2, momentum=2), "BatchNorm2d: momentum must lie in 0..1, or be None, got 2"),
    (
        lambda: nn.CrossEntropyLoss(reduction="avg"),
        "CrossEntropyLoss: reduction must be 'none', 'mean' or 'sum', got 'avg'",
    ),
    (
        lambda: nn.CrossEntropyLoss(label_smoothing=2),
        "CrossEntropyLoss: label_smoothing must lie in 0..1, got 2",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message.split(",")[0] for _, message in BAD])
def test_settings_that_cannot_be_meant_are_refused(make, message):
    with pytest.raises(ArgumentError, match=f"^{re.escape(message)}$"):
        make()


def test_other_errors_of_layers_are_clear():
    with pytest.raises(
        DtypeError, match="a tensor holds float32, float64, integers or booleans, got float16"
    ):
        nn.Linear(2, 2, dtype=np.float16)
    with pytest.raises(
        ShapeError, match=r"^NLLLoss expects weight \(C,\), one number a class / got weight \(1, 2\)$"
    ):
        nn.NLLLoss(weight=[[1.0, 2.0]])
    with pytest.raises(ShapeError, match=r"with C = num_features = 3 / got x \(2, 4, 5, 5\)$"):
        nn.BatchNorm2d(3)(tg.zeros(2, 4, 5, 5))


def test_losses_are_their_formulas():
    x = random(4, 3)
    labels = np.array([0, 2, 1, 2])
    logs = np.log(np.exp(x) / np.exp(x).sum(1, keepdims=True))
    picked = -logs[np.arange(4), labels]
    weight = np.array([1.0, 0.5, 2.0])
    weighted = (picked * weight[labels]).sum() / weight[labels].sum()
    smooth = (0.9 * picked - 0.1 * logs.mean(1)).mean()
    counted = labels != 2
    for loss, expected in (
        (nn.CrossEntropyLoss(), picked.mean()),
        (nn.CrossEntropyLoss(weight=weight), weighted),
        (nn.CrossEntropyLoss(reduction="sum"), picked.sum()),
        (nn.CrossEntropyLoss(label_smoothing=0.1), smooth),
        (nn.CrossEntropyLoss(ignore_index=2), picked[counted].mean()),
    ):
        np.testing.assert_allclose(loss(tg.tensor(x), labels), expected, rtol=1e-12, err_msg=repr(vars(loss)))
    for loss, expected in (
        (nn.NLLLoss(), picked.mean()),
        (nn.NLLLoss(weight=weight, reduction="none"), picked * weight[labels]),
        (nn.NLLLoss(ignore_index=2), picked[counted].mean()),
    ):
        np.testing.assert_allclose(loss(tg.tensor(logs), tg.tensor(labels)), expected, rtol=1e-12)
    assert list(nn.NLLLoss(weight=weight).state_dict()) == ["weight"] and not nn.NLLLoss().state_dict()
    np.testing.assert_allclose(nn.MSELoss()(tg.tensor(x), x + 2), 4.0)
    np.testing.assert_allclose(nn.MSELoss("sum")(tg.tensor(x), x + 2), 48.0)

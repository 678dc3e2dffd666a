"""Convolution of lines, kinds of padding, depthwise filters, transposed convolutions to a size, nothing at
all."""

from itertools import product

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor
from tinygrad_cnn.errors import ArgumentError

RNG = np.random.default_rng(11)


def plain_conv1d(x, w, b, stride, padding, dilation, groups):
    x = np.pad(x, ((0, 0), (0, 0), padding))
    length = (x.shape[2] - dilation * (w.shape[2] - 1) - 1) // stride + 1
    y = np.zeros((len(x), len(w), length)) + b[:, None]
    for o, c, i, at in product(range(len(w)), range(w.shape[1]), range(w.shape[2]), range(length)):
        channel = o // (len(w) // groups) * w.shape[1] + c
        y[:, o, at] += x[:, channel, at * stride + i * dilation] * w[o, c, i]
    return y


LINES = [
    ({}, 1, (0, 0), 1, 1),
    ({"stride": 2, "padding": 1}, 2, (1, 1), 1, 1),
    ({"stride": (3,), "padding": (2,), "dilation": (2,), "groups": 2}, 3, (2, 2), 2, 2),
    ({"padding": "same", "dilation": 3}, 1, (4, 5), 3, 1),
    ({"padding": "valid", "groups": 4}, 1, (0, 0), 1, 4),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("settings", "stride", "padding", "dilation", "groups"), LINES)
def test_conv1d_multiplies_and_adds_as_plain_loops_do(settings, stride, padding, dilation, groups, dtype):
    x, w, b = (RNG.standard_normal(s).astype(dtype) for s in ((2, 4, 12), (8, 4 // groups, 4), (8,)))
    y = tg.conv1d(tensor(x), tensor(w), tensor(b), **settings)
    expected = plain_conv1d(x.astype(float), w, b, stride, padding, dilation, groups)
    np.testing.assert_allclose(y, expected, atol=1e-4 if dtype == np.float32 else 1e-12)
    assert y.dtype == dtype
    alone = tg.conv1d(tensor(x[0]), tensor(w), tensor(b), **settings)
    np.testing.assert_allclose(alone, y.array[0], atol=1e-4 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize(
    ("stride", "padding", "extra", "dilation"), [(1, 0, 0, 1), (2, 1, 1, 1), (2, 2, 3, 4)]
)
def test_conv_transpose1d_is_the_adjoint_of_conv1d(stride, padding, extra, dilation):
    g, w = RNG.standard_normal((2, 4, 5)), RNG.standard_normal((4, 3, 3))
    y = tg.conv_transpose1d(tensor(g), tensor(w), None, stride, padding, extra, 1, dilation)
    assert y.shape == (2, 3, 4 * stride - 2 * padding + 2 * dilation + extra + 1)
    x = RNG.standard_normal(y.shape)
    seen = tg.conv1d(tensor(x), tensor(w), None, stride, padding, dilation).array[:, :, :5]
    assert seen.shape == g.shape
    assert abs((y.array * x).sum() - (g * seen).sum()) < 1e-10


def test_a_transposed_convolution_may_consist_of_output_padding_alone():
    x, w, b = (tensor(np.ones(s), requires_grad=True) for s in ((1, 1, 1), (1, 1, 1), (1,)))
    y = tg.conv_transpose1d(x, w, b, stride=1, padding=2, output_padding=4, dilation=5)
    assert y.tolist() == [[[1.0]]]  # 0 from the filter, which lies 2 places before, and the bias
    assert [g.item() for g in tg.grad(y.sum(), [x, w, b])] == [0, 0, 1]


@pytest.mark.parametrize("multiplier", [1, 2, 3])
def test_depthwise_filters_with_a_multiplier_are_one_convolution_a_channel(multiplier):
    x, w = RNG.standard_normal((2, 3, 5, 6)), RNG.standard_normal((3 * multiplier, 1, 3, 2))
    y = tg.conv2d(tensor(x), tensor(w), groups=3, stride=(1, 2), padding=1)
    alone = [
        tg.conv2d(tensor(x[:, c : c + 1]), tensor(w[c * multiplier : (c + 1) * multiplier]), None, (1, 2), 1)
        for c in range(3)
    ]
    np.testing.assert_allclose(y, tg.cat(alone, 1), atol=1e-12)


def test_a_separable_convolution_filters_channels_and_then_mixes_them():
    layer = nn.SeparableConv2d(3, 5, 3, (2, 1), 1, depth_multiplier=2, padding_mode="replicate").double()
    x = RNG.standard_normal((2, 3, 6, 7))
    depth = tg.conv2d(
        tensor(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), "edge")),
        layer.depthwise.weight,
        None,
        (2, 1),
        groups=3,
    )
    np.testing.assert_allclose(
        layer(tensor(x)), tg.conv2d(depth, layer.pointwise.weight, layer.pointwise.bias)
    )
    assert [name for name, _ in layer.named_parameters()] == [
        "depthwise.weight", "pointwise.weight", "pointwise.bias",
    ]  # fmt: skip


MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@pytest.mark.parametrize(("padding", "sides"), [((2, 1), ((2, 2), (1, 1))), ("same", ((1, 1), (1, 2)))])
@pytest.mark.parametrize("mode", MODES)
def test_a_layer_puts_something_else_than_zeros_into_the_padding(mode, padding, sides):
    layer = nn.Conv2d(2, 3, (3, 4), padding=padding, padding_mode=mode).double()
    x = RNG.standard_normal((2, 2, 5, 6))
    padded = tensor(np.pad(x, ((0, 0), (0, 0), *sides), MODES[mode]))
    np.testing.assert_allclose(layer(tensor(x)), tg.conv2d(padded, layer.weight, layer.bias), atol=1e-12)
    line = nn.Conv1d(5, 3, 4, padding="same", dilation=2, padding_mode=mode).double()
    padded = tensor(np.pad(x[0], ((0, 0), (0, 0), (3, 3)), MODES[mode]))
    expected = tg.conv1d(padded, line.weight, line.bias, dilation=2)
    np.testing.assert_allclose(line(tensor(x[0])), expected, atol=1e-12)


def test_a_call_may_say_which_size_is_meant():
    small, layer = tg.zeros(1, 2, 3, 4), nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)
    for size in ((5, 8), (6, 7), [6, 8], (1, 3, 5, 7)):
        assert layer(small, output_size=size).shape == (1, 3, *size[-2:])
    assert layer(small[0], output_size=(3, 6, 8)).shape == (3, 6, 8)
    assert nn.ConvTranspose1d(2, 3, 3, 2)(tg.zeros(1, 2, 4), [10]).shape == (1, 3, 10)
    with pytest.raises(ArgumentError) as caught:
        layer(small, output_size=(7, 8))
    assert str(caught.value) == (
        "ConvTranspose2d: output_size (7, 8) must lie between (5, 7) and (6, 8) for an input of shape "
        "(1, 2, 3, 4)"
    )
    with pytest.raises(ArgumentError, match="output_size must be 2 or 4 integers in a row, got 6"):
        layer(small, output_size=6)


def test_an_empty_batch_gives_an_empty_batch_and_no_channels_give_none():
    w = tensor(RNG.standard_normal((4, 3, 3, 2)), requires_grad=True)
    y = tg.conv2d(np.zeros((0, 3, 5, 4)), w)
    assert y.shape == (0, 4, 3, 3)
    assert (tg.grad(y.sum(), w).array == 0).all()
    assert tg.conv2d(np.zeros((0, 3, 0, 4)), w, padding=2).shape == (0, 4, 2, 7)
    assert tg.conv2d(np.zeros((2, 0, 5, 4)), tensor(np.zeros((4, 0, 3, 2)))).shape == (2, 0, 3, 3)
    assert tg.conv1d(np.zeros((0, 3, 7)), tensor(np.zeros((4, 3, 2)))).shape == (0, 4, 6)
    assert tg.conv_transpose2d(np.zeros((0, 4, 5, 4)), w).shape == (0, 3, 7, 5)
    assert tg.conv_transpose1d(np.zeros((0, 4, 0)), tensor(np.zeros((4, 3, 2)))).shape == (0, 3, 1)


def test_the_settings_of_a_layer_stand_in_its_name():
    assert repr(nn.Conv1d(2, 4, 3, padding=1, groups=2)) == (
        "Conv1d(2, 4, kernel_size=(3,), stride=(1,), padding=(1,), groups=2)"
    )
    assert "padding_mode='reflect'" in repr(nn.Conv2d(2, 4, 3, padding_mode="reflect"))
    assert "padding_mode" not in repr(nn.Conv2d(2, 4, 3))
    assert repr(nn.ConvTranspose1d(2, 3, 3, 2, 1, 1)) == (
        "ConvTranspose1d(2, 3, kernel_size=(3,), stride=(2,), padding=(1,), output_padding=(1,))"
    )

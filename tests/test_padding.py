"""Padding against numpy's own, negative amounts by hand, and what is refused."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.testing import gradcheck

NUMPYS = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
ROW = [[1.0, 2.0, 3.0, 4.0]]


def numbered(*shape):
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@pytest.mark.parametrize("mode", NUMPYS)
@pytest.mark.parametrize("lead", [(), (2,)])
@pytest.mark.parametrize("amounts", [(2, 1), (1, 2, 3, 0), (0, 1, 2, 0, 1, 2)])
def test_every_mode_does_as_numpy_does(mode, lead, amounts):
    x = numbered(*lead, 3, *(3, 4, 5)[3 - len(amounts) // 2 :])
    pairs = [(0, 0)] * (x.ndim - len(amounts) // 2) + list(zip(amounts[-2::-2], amounts[::-2], strict=True))
    y = tg.pad(tg.tensor(x), amounts, mode)
    assert np.array_equal(y, np.pad(x, pairs, mode=NUMPYS[mode]))


@pytest.mark.parametrize(
    "mode, amounts, expected",
    [
        ("constant", (-1, 2), [[2, 3, 4, 0, 0]]),
        ("constant", (-2, -2), [[]]),
        ("reflect", (-1, 2), [[2, 3, 4, 3, 2]]),
        ("reflect", (-3, 3), [[4, 3, 2, 1]]),
        ("reflect", (3, -5), [[4, 3]]),
        ("replicate", (-3, 2), [[4, 4, 4]]),
        ("replicate", (6, -9), [[1]]),
        ("circular", (-1, 2), [[2, 3, 4, 2, 3]]),
        ("circular", (2, -2), [[1, 2, 1, 2]]),
        ("circular", (-2, -2), [[]]),
    ],
)
def test_negative_amounts_cut_off(mode, amounts, expected):
    assert tg.pad(tg.tensor(ROW), amounts, mode).tolist() == expected


@pytest.mark.parametrize("mode", NUMPYS)
def test_gradients_of_every_mode(mode):
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    assert gradcheck(lambda x: tg.pad(x, (3, -1, 1, 2), mode), x, order=2)


@pytest.mark.parametrize("mode", NUMPYS)
def test_an_empty_batch_stays_one(mode):
    assert tg.pad(tg.zeros(0, 2, 3), (1, 2), mode).shape == (0, 2, 6)


def test_dtypes_stay():
    assert tg.pad(tg.tensor([1, 2]), (1, 0), value=-3).tolist() == [-3, 1, 2]
    assert tg.pad(tg.tensor([[True, False]]), (1, 0), "reflect").tolist() == [[False, True, False]]
    assert tg.pad(tg.ones(1, 2), (1, 0), "reflect").dtype == np.float32


def test_layers_take_one_number_or_one_for_each_side():
    assert nn.ZeroPad2d(1).padding == (1, 1, 1, 1)
    assert repr(nn.ReflectionPad1d(2)) == "ReflectionPad1d((2, 2))"
    assert repr(nn.ConstantPad2d((1, 2, 3, 4), 0.5)) == "ConstantPad2d(padding=(1, 2, 3, 4), value=0.5)"
    assert repr(nn.ZeroPad1d(1)) == "ZeroPad1d((1, 1))"


REFUSED = [
    (lambda: tg.pad(tg.zeros(2, 3), (1,)), "pad: expected pairs for at most 2 dimensions, got 1 numbers"),
    (
        lambda: tg.pad(tg.zeros(3), (1, 1, 1, 1)),
        "pad: expected pairs for at most 1 dimensions, got 4 numbers",
    ),
    (
        lambda: tg.pad(tg.zeros(2, 3), (-2, -2)),
        "pad: (-2, -2) cuts off more than the 3 values of dim 1 of shape (2, 3)",
    ),
    (
        lambda: tg.pad(tg.zeros(2, 3), (1, 1), "mirror"),
        "pad: mode must be one of 'constant', 'reflect', 'replicate', 'circular', got 'mirror'",
    ),
    (lambda: tg.pad(tg.zeros(3), 1), "pad: pad must be a sequence of integers such as (left, right), got 1"),
    (lambda: tg.pad(tg.zeros(3), (1, 0.5)), "pad: pad must be an integer, got 0.5"),
    (lambda: tg.pad(tg.zeros(3), (1, 1), value="0"), "pad: value must be a number, got '0'"),
    (
        lambda: tg.pad(tg.zeros(1, 3), (1, 1), "reflect", 1.0),
        "pad: value 1.0 is for mode 'constant', got mode 'reflect'",
    ),
    (
        lambda: tg.pad(tg.zeros(3), (1, 1), "reflect"),
        "pad: mode 'reflect' takes 2, 4 or 6 numbers for an input with 1, 2 or 3 sizes behind (N, C) or (C), "
        "got 2 numbers for shape (3,)",
    ),
    (
        lambda: tg.pad(tg.zeros(2, 3), (0, 3), "reflect"),
        "pad: a mirror repeats at most 2 of 3 values, got (0, 3) for dim 1 of shape (2, 3)",
    ),
    (lambda: tg.pad(tg.zeros(2, 3), (0, -3), "replicate"), "pad: [0, -3] leaves nothing of shape (2, 3)"),
    (
        lambda: tg.pad(tg.zeros(2, 0), (1, 1), "replicate"),
        "pad: mode 'replicate' needs values to repeat, got shape (2, 0)",
    ),
    (
        lambda: tg.pad(tg.zeros(2, 3), (4, 0), "circular"),
        "pad: a circular rim repeats at most the 3 values that are kept, got (4, 0) for dim 1",
    ),
    (
        lambda: nn.ReflectionPad2d((1, 2)),
        "ReflectionPad2d: padding must be one integer or 4, got (1, 2)",
    ),
    (lambda: nn.ZeroPad1d(0.5), "ZeroPad1d: padding must be an integer, got 0.5"),
    (lambda: nn.ConstantPad1d(1, "1"), "ConstantPad1d: value must be a number, got '1'"),
]


@pytest.mark.parametrize("call, text", REFUSED, ids=[text[:40] for _, text in REFUSED])
def test_refused_with_one_clear_error(call, text):
    with pytest.raises((ShapeError, ArgumentError)) as caught:
        call()
    assert str(caught.value) == text

"""Convolution and pooling in the cases that other frameworks got wrong: hand numbers."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, tensor

RNG = np.random.default_rng(3)


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def test_an_image_of_minus_one_pools_to_minus_one():
    x = tensor(-np.ones((1, 2, 5, 4)))
    y = tg.max_pool2d(x, 3, stride=2, padding=1)
    assert (y.array == -1.0).all()
    assert (tg.max_pool2d(x, 2, ceil_mode=True).array == -1.0).all()


def test_ties_in_a_window_go_to_the_first():
    x = leaf(np.zeros((1, 1, 2, 4)))
    tg.max_pool2d(x, 2).sum().backward()
    assert x.grad.tolist() == [[[[1, 0, 1, 0], [0, 0, 0, 0]]]]


def test_overlapping_windows_add_up_in_one_place():
    x = leaf([[[[0.0, 0.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 0.0]]]])
    tg.max_pool2d(x, 2, stride=1).sum().backward()
    assert x.grad.array[0, 0, 1, 1] == 4.0
    assert x.grad.array.sum() == 4.0


def test_nan_is_not_pooled_away():
    x = np.ones((1, 1, 2, 2))
    x[0, 0, 1, 0] = np.nan
    assert np.isnan(tg.max_pool2d(tensor(x), 2).item())


def test_one_picture_without_a_batch_gives_one_without_a_batch():
    x, w, b = (
        RNG.standard_normal((3, 5, 6)),
        leaf(RNG.standard_normal((4, 3, 3, 2))),
        leaf(RNG.standard_normal(4)),
    )
    for f in (
        lambda t: tg.conv2d(t, w, b, padding=1),
        lambda t: tg.conv_transpose2d(t, leaf(np.ones((3, 2, 2, 3))), stride=2),
        lambda t: tg.max_pool2d(t, 2),
        lambda t: tg.avg_pool2d(t, (2, 3)),
    ):
        one, batch = f(leaf(x)), f(leaf(x[None]))
        assert one.ndim == 3
        np.testing.assert_array_equal(one.array, batch.array[0])
    t = leaf(x)
    tg.conv2d(t, w).sum().backward()
    assert t.grad.shape == (3, 5, 6)


@pytest.mark.parametrize("dilation", [1, 2, (1, 3)])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 4), (1, 5)])
def test_padding_same_keeps_the_size_and_valid_adds_nothing(kernel, dilation):
    x, w = tensor(RNG.standard_normal((2, 3, 7, 9))), tensor(RNG.standard_normal((4, 3, *kernel)))
    assert tg.conv2d(x, w, padding="same", dilation=dilation).shape == (2, 4, 7, 9)
    if dilation == 1:
        a, b = tg.conv2d(x, w, padding="valid"), tg.conv2d(x, w)
        np.testing.assert_array_equal(a.array, b.array)


def test_padding_same_puts_the_odd_line_at_the_bottom_and_right():
    x, w = tensor(np.arange(9.0).reshape(1, 1, 3, 3)), tensor(np.array([[[[0.0, 0.0], [0.0, 1.0]]]]))
    y = tg.conv2d(x, w, padding="same")
    assert y.tolist() == [[[[4.0, 5.0, 0.0], [7.0, 8.0, 0.0], [0.0, 0.0, 0.0]]]]


def test_depthwise_filters_see_their_own_channel():
    x = np.zeros((1, 3, 2, 2))
    x[0, 1] = 1.0
    w = leaf(np.ones((6, 1, 2, 2)))
    y = tg.conv2d(tensor(x), w, groups=3)
    assert y.reshape(6).tolist() == [0, 0, 4, 4, 0, 0]


def test_the_transposed_convolution_is_the_adjoint():
    x, g = RNG.standard_normal((2, 4, 7, 6)), None
    w = RNG.standard_normal((6, 2, 3, 2))
    y = tg.conv2d(tensor(x), tensor(w), stride=2, padding=1, groups=2)
    g = RNG.standard_normal(y.shape)
    back = tg.conv_transpose2d(tensor(g), tensor(w), stride=2, padding=1, groups=2, output_padding=(0, 0))
    assert back.shape == (2, 4, 7, 6)
    assert abs((y.array * g).sum() - (x * back.array).sum()) < 1e-10


def test_output_padding_makes_the_result_larger_at_the_bottom_and_right():
    x, w = leaf(np.ones((1, 1, 2, 2))), tensor(np.ones((1, 1, 2, 2)))
    y = tg.conv_transpose2d(x, w, stride=3, output_padding=(2, 1))
    assert y.shape == (1, 1, 7, 6)
    assert y.array[0, 0, 5:].sum() == 0
    assert y.array.sum() == 16
    wide = tg.conv_transpose2d(x, w, stride=3, padding=1, output_padding=(2, 1))
    np.testing.assert_array_equal(wide.array[0, 0], np.pad(y.array[0, 0], 0)[1:6, 1:5])


def test_averages_count_the_padding_or_not():
    x = tensor(np.ones((1, 1, 3, 3)))
    inside = tg.avg_pool2d(x, 2, padding=1, count_include_pad=False)
    assert (inside.array == 1.0).all()
    assert tg.avg_pool2d(x, 2, padding=1).array[0, 0].tolist() == [[0.25, 0.5], [0.5, 1.0]]
    assert tg.avg_pool2d(x, 2, divisor_override=8).item() == 0.5
    assert tg.avg_pool2d(x, 2, ceil_mode=True).array[0, 0].tolist() == [[1.0, 1.0], [1.0, 1.0]]

"""Pooling of lines, places of the largest values and the way back, power averages, adaptive windows."""

from itertools import product

import numpy as np
import pytest
import references_pictures as plain

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor

RNG = np.random.default_rng(12)


def leaf(values):
    return tensor(np.array(values, float), requires_grad=True)


LINES = [(2, None, 0, 1, False), (3, 2, 1, 1, True), ((4,), (3,), (2,), (1,), False), (2, 1, 1, 3, True)]


@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation", "ceil"), LINES)
def test_lines_are_pooled_as_pictures_of_one_row(kernel, stride, padding, dilation, ceil):
    x = RNG.standard_normal((2, 3, 9))
    row = [(1, v if isinstance(v, int) else v[0]) for v in (kernel, stride or kernel, dilation)]
    beside = (0, padding if isinstance(padding, int) else padding[0])
    values, places = tg.max_pool1d(tensor(x), kernel, stride, padding, dilation, ceil, return_indices=True)
    flat = {
        "kernel_size": row[0],
        "stride": row[1],
        "padding": ((0, 0), (beside[1],) * 2),
        "dilation": row[2],
    }
    expected, _ = plain.max_pick(x[:, :, None], ceil_mode=ceil, **flat)
    np.testing.assert_array_equal(values, expected[:, :, 0])
    np.testing.assert_array_equal(values, np.take_along_axis(x, places.array, 2))
    np.testing.assert_array_equal(
        tg.max_pool1d(tensor(x[0]), kernel, stride, padding, dilation, ceil), values[0]
    )
    mean = tg.avg_pool1d(tensor(x), kernel, stride, padding, ceil, False)
    picture = tg.avg_pool2d(tensor(x[:, :, None]), row[0], row[1], beside, ceil, False)
    np.testing.assert_array_equal(mean, picture.array[:, :, 0])


WINDOWS = [((2, 2), (2, 2), 0, 1), ((3, 2), (2, 1), 1, 1), ((2, 3), (3, 2), (1, 0), (2, 1))]


@pytest.mark.parametrize("kind", ["different", "ties", "nan", "minus infinity"])
@pytest.mark.parametrize(("kernel", "stride", "padding", "dilation"), WINDOWS)
def test_indices_are_places_in_the_picture(kernel, stride, padding, dilation, kind):
    x = RNG.standard_normal((2, 3, 7, 8))
    if kind != "different":
        x = np.round(x) if kind == "ties" else np.where(
            RNG.random(x.shape) < 0.6, np.nan if kind == "nan" else -np.inf, x
        )  # fmt: skip
    settings = (kernel, stride, padding, dilation, True)
    values, places = tg.max_pool2d(tensor(x), *settings, return_indices=True)
    np.testing.assert_array_equal(values, tg.max_pool2d(tensor(x), *settings))
    assert (places.dtype, places.shape) == (np.int64, values.shape)
    flat = x.reshape(2, 3, 56)
    found = np.take_along_axis(flat, places.array.reshape(2, 3, -1), 2)
    np.testing.assert_array_equal(found.reshape(values.shape), values)
    a, b = leaf(x), leaf(x)
    weights = RNG.uniform(0.5, 1, values.shape)
    (tg.max_pool2d(a, *settings, return_indices=True)[0] * tensor(weights)).sum().backward()
    (tg.max_pool2d(b, *settings) * tensor(weights)).sum().backward()
    np.testing.assert_array_equal(a.grad, b.grad)


def test_the_first_of_equal_values_and_the_last_nan_are_picked():
    values, places = tg.max_pool2d(tensor(np.zeros((1, 2, 3))), (2, 3), return_indices=True)
    assert (values.item(), places.item()) == (0, 0)
    x = np.array([[[1.0, np.nan, 3.0], [np.nan, 2.0, 1.0]]])
    for found in (tg.max_pool2d(tensor(x), (2, 3), return_indices=True),
                  tg.adaptive_max_pool2d(tensor(x), 1, True)):  # fmt: skip
        assert np.isnan(found[0].item())
        assert found[1].item() == 3


def test_a_dilated_window_beside_the_picture_sees_minus_infinity():
    x = leaf([[[[5.0]]]])
    for y in (tg.max_pool2d(x, 2, 2, 1, 2), tg.max_pool2d(x, 2, 2, 1, 2, return_indices=True)[0]):
        assert y.tolist() == [[[[-np.inf]]]]
        assert tg.grad(y.sum(), x).item() == 0


def test_unpooling_puts_values_back_to_where_they_were():
    x = leaf(RNG.permutation(2 * 3 * 35).reshape(2, 3, 5, 7))
    values, places = tg.max_pool2d(x, 2, return_indices=True)
    y = tg.max_unpool2d(values, places, 2, output_size=(5, 7))
    np.testing.assert_array_equal(y, np.where(np.isin(x.array, values.array), x.array, 0))
    np.testing.assert_array_equal(y, tg.max_unpool2d(values, places, 2, output_size=x.shape))
    weights = RNG.standard_normal(y.shape)
    np.testing.assert_array_equal(tg.grad((y * tensor(weights)).sum(), x), np.where(y.array != 0, weights, 0))
    small = tg.max_unpool2d(*tg.max_pool2d(x[:, :, :4, :6], 2, return_indices=True), 2)
    np.testing.assert_array_equal(small, tg.max_unpool2d(values, places, 2, output_size=(5, 7))[:, :, :4, :6])


def test_of_values_at_one_place_the_last_stays_and_each_gets_the_gradient():
    x = leaf([[1.0, 2.0, 3.0]])
    y = tg.max_unpool1d(x, np.array([[4, 4, 0]]), 2)
    assert y.tolist() == [[3, 0, 0, 0, 2, 0]]
    weights = tensor([[10.0, 0, 0, 0, 5.0, 0]], dtype=float)
    assert tg.grad((y * weights).sum(), x).tolist() == [[5, 5, 10]]


@pytest.mark.parametrize("p", [1, 2, 3, 2.5, 0.5, -1])
def test_a_power_average_is_a_root_of_a_sum_of_powers(p):
    x = RNG.uniform(0.5, 2, (2, 3, 4, 6))
    blocks = x.reshape(2, 3, 2, 2, 2, 3) ** p
    np.testing.assert_allclose(tg.lp_pool2d(tensor(x), p, (2, 3)), blocks.sum((3, 5)) ** (1 / p))
    line = (x[0, :, :, :].reshape(3, 4, 3, 2) ** p).sum(3) ** (1 / p)
    np.testing.assert_allclose(tg.lp_pool1d(tensor(x[0]), p, 2), line)


def test_a_power_average_of_infinite_power_is_the_largest_magnitude():
    x = leaf([[[-3.0, 1.0, 2.0, 0.5]]])
    assert tg.lp_pool1d(x, float("inf"), 2).tolist() == [[[3, 2]]]
    assert tg.lp_pool1d(x, -float("inf"), 2).tolist() == [[[1, 0.5]]]
    assert tg.grad(tg.lp_pool1d(x, float("inf"), 2).sum(), x).tolist() == [[[-1, 0, 1, 0]]]


@pytest.mark.parametrize("p", [1, 2, 3])
def test_where_a_power_average_is_zero_so_is_its_gradient(p):
    x = leaf([[[0.0, 0.0, 3.0, 4.0]]])
    y = tg.lp_pool1d(x, p, 2)
    expected = [[[0, 0, *(np.array([3.0, 4.0]) ** (p - 1) * y.array[0, 0, 1] ** (1 - p)).tolist()]]]
    np.testing.assert_allclose(tg.grad(y.sum(), x), expected)


def adaptive(x, outputs, reduce):
    """Pool as it is defined, window by window."""
    y = np.zeros((*x.shape[:2], *outputs))
    for i, j in product(*map(range, outputs)):
        ends = [
            (k * n // m, -(-(k + 1) * n // m)) for k, n, m in zip((i, j), x.shape[2:], outputs, strict=True)
        ]
        y[:, :, i, j] = reduce(x[:, :, slice(*ends[0]), slice(*ends[1])], axis=(2, 3))
    return y


SIZES = [((5, 7), (3, 2)), ((6, 8), (3, 4)), ((6, 8), (1, 1)), ((3, 4), (5, 7)), ((8, 7), (4, 3)),
         ((30, 24), (2, 2)), ((29, 25), (2, 3)), ((20, 9), (1, 9))]  # fmt: skip


@pytest.mark.parametrize(("size", "outputs"), SIZES)
def test_adaptive_windows_share_the_picture_evenly(size, outputs):
    x = RNG.permutation(np.arange(6.0 * size[0] * size[1])).reshape(2, 3, *size)
    np.testing.assert_allclose(tg.adaptive_avg_pool2d(tensor(x), outputs), adaptive(x, outputs, np.mean))
    values, places = tg.adaptive_max_pool2d(tensor(x), outputs, return_indices=True)
    np.testing.assert_array_equal(values, adaptive(x, outputs, np.max))
    np.testing.assert_array_equal(tg.adaptive_max_pool2d(tensor(x), outputs), values)
    found = np.take_along_axis(x.reshape(2, 3, -1), places.array.reshape(2, 3, -1), 2)
    np.testing.assert_array_equal(found.reshape(values.shape), values)
    line = np.ascontiguousarray(x[0, :, :, 0])
    expected = adaptive(line[None, :, None], (1, outputs[0]), np.mean)[0, :, 0]
    np.testing.assert_allclose(tg.adaptive_avg_pool1d(tensor(line), outputs[0]), expected)
    rows, where = tg.adaptive_max_pool1d(tensor(line), (outputs[0],), True)
    np.testing.assert_array_equal(rows, np.take_along_axis(line, where.array, 1))


@pytest.mark.parametrize(("size", "outputs"), SIZES)
def test_adaptive_pooling_of_float32_has_gradients_that_differences_confirm(size, outputs):
    x, direction = (RNG.standard_normal((1, 2, *size)) for _ in range(2))
    for pool in (tg.adaptive_avg_pool2d, tg.adaptive_max_pool2d):
        t, weights = leaf(x), tensor(RNG.standard_normal((1, 2, *outputs)))
        slope = (tg.grad((pool(t, outputs) * weights).sum(), t).array * direction).sum()
        step = [(pool(tensor(x + h * direction), outputs) * weights).sum().item() for h in (1e-7, -1e-7)]
        assert abs(slope - (step[0] - step[1]) / 2e-7) < 1e-5 * max(1, abs(slope))
        assert pool(tensor(x.astype(np.float32)), outputs).dtype == np.float32


def test_an_infinity_stays_in_its_window():
    x = np.zeros((1, 1, 1, 5))
    x[..., 4] = np.inf
    assert tg.adaptive_avg_pool2d(tensor(x), (1, 2)).tolist() == [[[[0, np.inf]]]]


def test_none_keeps_a_side_and_zero_gives_nothing():
    x = tg.zeros(2, 3, 5, 7)
    assert tg.adaptive_avg_pool2d(x, (None, 3)).shape == (2, 3, 5, 3)
    assert tg.adaptive_max_pool2d(x[0], (2, None)).shape == (3, 2, 7)
    values, places = tg.adaptive_max_pool2d(x, (0, 9), return_indices=True)
    assert values.shape == places.shape == (2, 3, 0, 9)
    assert tg.adaptive_avg_pool2d(tg.zeros(2, 0, 5, 7), (2, 3)).shape == (2, 0, 2, 3)
    assert tg.adaptive_max_pool2d(tg.zeros(0, 3, 5, 7), (2, 3)).shape == (0, 3, 2, 3)


def test_layers_of_a_network_that_goes_down_and_up():
    pool, back = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)
    x = tensor(RNG.standard_normal((2, 3, 6, 7)))
    values, places = pool(x)
    assert back(values, places, output_size=x.shape).shape == x.shape
    assert repr(back) == "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))"
    assert repr(nn.LPPool2d(2, 3)) == "LPPool2d(norm_type=2, kernel_size=3, stride=3, ceil_mode=False)"
    assert repr(nn.AdaptiveAvgPool2d((None, 2))) == "AdaptiveAvgPool2d(output_size=(None, 2))"
    assert repr(nn.MaxPool1d(2)).startswith("MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ")

"""Pooling kernels against plain loops: values, picks, gradients, divisors, ties, NaN and infinities."""

import numpy as np
import pytest
from test_kernels_plain import close, layouts, plain_max_pool, visits

from tinygrad_cnn import kernels


def generated(count, seed):
    """Random shapes and options with at least one output; padding at most half a window, as in PyTorch."""
    rng = np.random.default_rng(seed)
    cases = []
    while len(cases) < count:
        kernel, stride = rng.integers(1, 5, 2), rng.integers(1, 5, 2)
        dilation = rng.integers(1, 4, 2) if rng.random() < 0.4 else np.ones(2, int)
        padding = rng.integers(0, (kernel // 2 + 1)[:, None], (2, 2)) * (rng.random() < 0.6)
        size = rng.integers(1, 12, 2)
        long_enough = (size >= dilation).all()
        if long_enough and (size + padding.sum(1) >= dilation * (kernel - 1) + 1).all():
            options = {
                "kernel_size": tuple(kernel.tolist()),
                "stride": tuple(stride.tolist()),
                "padding": tuple(map(tuple, padding.tolist())),
                "dilation": tuple(dilation.tolist()),
            }
            cases.append((tuple(size.tolist()), options, bool(rng.random() < 0.5)))
    cases.append(((6, 8), options_of(), False))
    cases.append(((5, 7), options_of(), True))
    return cases


def options_of(kernel_size=(2, 2), stride=(2, 2), padding=((0, 0), (0, 0)), dilation=(1, 1)):
    """Settings with defaults."""
    return {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}


def loops(options):
    """The options in the order of the plain loops."""
    return options["kernel_size"], options["stride"], options["padding"], options["dilation"]


def drawn(kind, shape, rng, dtype):
    """Numbers of one kind: all different, with many ties, with NaN, or mostly minus infinity."""
    x = rng.standard_normal(shape).astype(dtype)
    if kind == "ties":
        x = rng.integers(-1, 2, shape).astype(dtype)
    if kind == "nan":
        x[rng.random(shape) < 0.2] = np.nan
    if kind == "minus infinity":
        x[rng.random(shape) < 0.7] = -np.inf
    return x


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["different", "ties", "nan", "minus infinity"])
def test_max_pooling_and_its_picks_agree_with_plain_loops(kind, dtype):
    rng = np.random.default_rng(0)
    for size, options, ceil_mode in generated(40, seed=1):
        x = drawn(kind, (2, 3, *size), rng, dtype)
        y, index = kernels.max_pool2d(x, ceil_mode=ceil_mode, **options)
        expected, picks = plain_max_pool(x, *loops(options), ceil_mode)
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(index, picks)
        assert y.dtype == dtype
        assert np.issubdtype(index.dtype, np.unsignedinteger)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_put_adds_to_the_picked_pixel_and_take_reads_it(dtype):
    rng = np.random.default_rng(3)
    for size, options, ceil_mode in generated(60, seed=2):
        x = drawn("different", (2, 3, *size), rng, dtype)
        y, index = kernels.max_pool2d(x, ceil_mode=ceil_mode, **options)
        g = rng.standard_normal(y.shape).astype(dtype)
        _, seen = visits(size, *loops(options), ceil_mode)
        dx = np.zeros(x.shape)
        for oh, ow, i, j, h, w in seen:
            picked = index[:, :, oh, ow] == i * options["kernel_size"][1] + j
            dx[:, :, h, w] += np.where(picked, g[:, :, oh, ow], 0)
        close(kernels.pool_put(g, index, size=size, **options), dx, dtype)
        np.testing.assert_array_equal(kernels.pool_take(x, index, **options), y)


def test_put_and_take_are_adjoint():
    rng = np.random.default_rng(4)
    for size, options, ceil_mode in generated(40, seed=3):
        _, index = kernels.max_pool2d(rng.standard_normal((2, 3, *size)), ceil_mode=ceil_mode, **options)
        x, g = rng.standard_normal((2, 3, *size)), rng.standard_normal(index.shape)
        taken = float((kernels.pool_take(x, index, **options) * g).sum())
        put = float((kernels.pool_put(g, index, size=size, **options) * x).sum())
        assert put == pytest.approx(taken, rel=1e-12)


@pytest.mark.parametrize("options", [options_of(), options_of((3, 3), (2, 1)), options_of((2, 2), (3, 3))])
def test_infinite_and_nan_gradients_reach_their_pixel_and_no_other(options):
    x = np.random.default_rng(5).permutation(2 * 7 * 8).reshape(1, 2, 7, 8).astype(np.float32)
    y, index = kernels.max_pool2d(x, ceil_mode=False, **options)
    g = np.full(y.shape, np.inf, np.float32)
    g[0, 0, 0, 0] = np.nan
    dx = kernels.pool_put(g, index, size=(7, 8), **options)
    reached = np.isin(x, y)
    assert not dx[~reached].any()
    assert not np.isfinite(dx[reached]).any()
    taken = kernels.pool_take(np.where(reached, np.float32(1), np.float32(np.nan)), index, **options)
    assert (taken == 1).all()


def test_pooling_reads_every_memory_layout_and_writes_h_c_w_n():
    rng = np.random.default_rng(6)
    for options in (options_of(), options_of((3, 2), (2, 1), ((1, 1), (0, 1)))):
        x = rng.standard_normal((3, 2, 6, 8))
        y, index = kernels.max_pool2d(x, ceil_mode=False, **options)
        g = rng.standard_normal(y.shape)
        dx = kernels.pool_put(g, index, size=(6, 8), **options)
        assert all(a.transpose(2, 1, 3, 0).flags.c_contiguous for a in (y, index, dx))
        for xs, gs, picks in zip(*(layouts(a).values() for a in (x, g, index)), strict=True):
            np.testing.assert_array_equal(kernels.max_pool2d(xs, ceil_mode=False, **options)[0], y)
            np.testing.assert_array_equal(kernels.pool_put(gs, picks, size=(6, 8), **options), dx)
            np.testing.assert_array_equal(kernels.pool_take(xs, picks, **options), y)


def test_a_window_that_sees_no_pixel_is_minus_infinity_and_its_gradient_goes_nowhere():
    options = options_of((1, 2), (1, 1), ((0, 0), (1, 1)), (1, 2))
    y, index = kernels.max_pool2d(np.ones((1, 1, 3, 1)), ceil_mode=False, **options)
    assert y.shape == (1, 1, 3, 1) and (y == -np.inf).all()
    assert not kernels.pool_put(np.ones(y.shape), index, size=(3, 1), **options).any()
    assert not kernels.pool_take(np.ones((1, 1, 3, 1)), index, **options).any()


def test_windows_of_more_than_256_pixels_have_picks_that_fit():
    x = np.zeros((1, 1, 17, 18))
    x[0, 0, 16, 17] = 1
    options = options_of((17, 18), (1, 1))
    y, index = kernels.max_pool2d(x, ceil_mode=False, **options)
    assert y.item() == 1
    assert index.item() == 16 * 18 + 17
    assert kernels.pool_put(y, index, size=(17, 18), **options)[0, 0, 16, 17] == 1


@pytest.mark.parametrize("shape", [(0, 2, 4, 6), (2, 0, 4, 6)])
def test_empty_maps_pool_to_empty_maps(shape):
    x = np.zeros(shape, np.float32)
    y, index = kernels.max_pool2d(x, ceil_mode=False, **options_of())
    assert y.shape == index.shape == (*shape[:2], 2, 3)
    assert kernels.pool_put(y, index, size=(4, 6), **options_of()).shape == shape
    assert kernels.pool_take(x, index, **options_of()).shape == y.shape
    average = {"kernel_size": (2, 2), "stride": (2, 2), "padding": ((0, 0), (0, 0))}
    average |= {"ceil_mode": False, "count_include_pad": True}
    assert kernels.avg_pool2d(x, **average).shape == y.shape
    assert kernels.avg_pool2d_input(y, size=(4, 6), **average).shape == shape


def plain_average(x, options, ceil_mode, count_include_pad, override):
    """Mean of each window, summed and counted pixel by pixel."""
    kernel, stride, padding, dilation = loops(options)
    outputs, seen = visits(x.shape[2:], kernel, stride, padding, dilation, ceil_mode)
    y, counts = np.zeros((*x.shape[:2], *outputs)), np.zeros(outputs)
    for oh, ow, _, _, h, w in seen:
        y[:, :, oh, ow] += x[:, :, h, w]
        counts[oh, ow] += 1
    if count_include_pad:
        padded = [x.shape[2 + axis] + sum(padding[axis]) for axis in (0, 1)]
        _, covered = visits(padded, kernel, stride, ((0, 0), (0, 0)), dilation, ceil_mode)
        counts[...] = 0
        for oh, ow, *_ in covered:
            if oh < outputs[0] and ow < outputs[1]:
                counts[oh, ow] += 1
    return y / (override or counts)


@pytest.mark.parametrize("override", [None, 3])
@pytest.mark.parametrize("count_include_pad", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_average_pooling_divides_as_pytorch_does(count_include_pad, override, dtype):
    rng = np.random.default_rng(7)
    for size, options, ceil_mode in generated(40, seed=4):
        options = options | {"dilation": (1, 1)}
        x = rng.standard_normal((2, 3, *size)).astype(dtype)
        expected = plain_average(x, options, ceil_mode, count_include_pad, override)
        settings = {name: options[name] for name in ("kernel_size", "stride", "padding")}
        settings |= {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
        settings["divisor_override"] = override
        y = kernels.avg_pool2d(x, **settings)
        close(y, expected, dtype)
        g = rng.standard_normal(y.shape).astype(dtype)
        dx = kernels.avg_pool2d_input(g, size=size, **settings)
        assert dx.dtype == dtype
        assert float((dx * x).sum()) == pytest.approx(float((y * g).sum()), rel=1e-4, abs=1e-4)


def test_average_pooling_by_hand():
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]])
    options = {"kernel_size": (2, 2), "stride": (2, 2), "ceil_mode": True}
    padded = options | {"padding": ((1, 1), (1, 1))}
    y = kernels.avg_pool2d(x, count_include_pad=True, **padded)
    assert y.tolist() == [[[[0.25, 1.25], [2.75, 7.0]]]]
    y = kernels.avg_pool2d(x, count_include_pad=False, **padded)
    assert y.tolist() == [[[[1.0, 2.5], [5.5, 7.0]]]]
    y = kernels.avg_pool2d(x, count_include_pad=True, padding=((0, 0), (0, 0)), **options)
    assert y.tolist() == [[[[3.0, 4.5], [7.5, 9.0]]]]

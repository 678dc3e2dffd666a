"""Kernels beside convolution and pooling: sizes, layouts, rectifiers, sums, threads and working memory."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from test_kernels_plain import layouts, visits

from tinygrad_cnn import kernels
from tinygrad_cnn.kernels import blas, scratch, threads
from tinygrad_cnn.kernels.windows import tap_slices


def test_output_size_counts_the_windows_that_fit():
    rng = np.random.default_rng(0)
    for _ in range(500):
        size, kernel, stride, before, after, dilation = (
            int(rng.integers(1, high)) for high in (12, 6, 5, 4, 4, 4)
        )
        before, after, ceil_mode = before - 1, after - 1, bool(rng.integers(2))
        counts, _ = visits(
            (size, 1), (kernel, 1), (stride, 1), ((before, after), (0, 0)), (dilation, 1), ceil_mode
        )
        actual = kernels.output_size(size, kernel, stride, before, after, dilation, ceil_mode)
        assert actual == counts[0], (size, kernel, stride, before, after, dilation, ceil_mode)


def test_a_window_larger_than_the_padded_input_gives_no_output():
    assert kernels.output_size(3, 9, 2, 1, 1, 1) == 0
    assert kernels.output_size(3, 3, 1, 0, 0, 7) == 0


def test_tap_slices_pair_each_output_with_the_pixel_it_sees():
    rng = np.random.default_rng(1)
    for _ in range(300):
        tap, size, outputs, stride, pad, dilation = (
            int(rng.integers(0, high)) for high in (4, 9, 9, 4, 6, 4)
        )
        stride, dilation = stride + 1, dilation + 1
        there, here = tap_slices(tap, size, outputs, stride, pad, dilation)
        pixels = {o: o * stride + tap * dilation - pad for o in range(outputs)}
        expected = [(o, h) for o, h in pixels.items() if 0 <= h < size]
        pairs = list(zip(range(outputs)[there], range(size)[here], strict=True))
        assert pairs == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 40, 9, 11), (0, 3, 4, 5), (2, 3, 90, 121)])
def test_relu_is_the_maximum_with_zero_in_every_layout(shape, dtype):
    x = np.random.default_rng(2).standard_normal(shape).astype(dtype)
    x[x > 1.5] = np.nan
    for name, laid_out in layouts(x).items():
        y = kernels.relu(laid_out)
        np.testing.assert_array_equal(y, np.where(x <= 0, 0, x))
        assert y.dtype == dtype
        assert name in ("reversed", "spread") or y.strides == laid_out.strides


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_relu_put_is_exactly_zero_where_y_is_not_positive_and_passes_where_it_is_nan(dtype):
    y = np.array([1, 1e-40, 0.0, -0.0, -1, -np.inf, np.inf, np.nan, -np.nan], dtype)
    for value in (2.5, np.inf, np.nan):
        put = kernels.relu_put(np.full(y.shape, value, dtype), y)
        passes = np.array([1, 1, 0, 0, 0, 0, 1, 1, 1], bool) & (np.arange(9) != 1)
        passes[1] = y[1] > 0
        np.testing.assert_array_equal(put[passes], np.full(passes.sum(), value, dtype))
        assert (put[~passes] == 0).all()
        assert put.dtype == dtype


def test_relu_put_takes_gradients_and_outputs_in_different_layouts():
    rng = np.random.default_rng(3)
    g, y = rng.standard_normal((2, 3, 24, 35)), rng.standard_normal((2, 3, 24, 35))
    for gs in layouts(g).values():
        for ys in layouts(y).values():
            np.testing.assert_array_equal(kernels.relu_put(gs, ys), np.where(y > 0, g, 0))


def test_relu_and_relu_put_of_a_scalar_are_arrays():
    for result in (kernels.relu(np.array(-1.0)), kernels.relu_put(np.array(3.0), np.array(0.0))):
        assert isinstance(result, np.ndarray)
        assert result.shape == ()
        assert result == 0


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint8, np.bool_, np.float16])
@pytest.mark.parametrize("length", [7, 8191, 8192, 40001])
def test_relu_keeps_the_type_of_any_numbers(dtype, length):
    x = (np.arange(length) % 5 - 2).astype(dtype)
    y = kernels.relu(x)
    assert y.dtype == dtype
    assert y.tolist() == [max(number, type(number)(0)) for number in x.tolist()]


def test_reshape_gives_numpys_result_for_every_layout():
    x = np.random.default_rng(4).standard_normal((4, 3, 2, 6))
    for shape in [
        (4, 36),
        (4, 6, 6),
        (12, 12),
        (144,),
        (4, 2, 3, 6),
        (2, 2, 36),
        (-1, 12),
        (4, -1),
        (4, 1, 36),
    ]:
        for laid_out in layouts(x).values():
            np.testing.assert_array_equal(kernels.reshape(laid_out, shape), x.reshape(shape))
    for shape in [(0, 4), (0,), (4, 0, 3)]:
        empty = np.zeros((4, 0, 3)).transpose(0, 2, 1)
        assert kernels.reshape(empty, shape).shape == shape


def test_flattened_maps_keep_the_batch_innermost_and_come_back_without_a_copy():
    x = layouts(np.random.default_rng(5).standard_normal((4, 3, 2, 6)).astype(np.float32))["H C W N"]
    flat = kernels.reshape(x, (4, 36))
    assert flat.flags.f_contiguous
    back = kernels.reshape(flat, x.shape)
    np.testing.assert_array_equal(back, x)
    assert np.shares_memory(back, flat)
    assert back.strides[0] == back.itemsize


def test_matmul_keeps_the_memory_order_of_its_left_factor():
    rng = np.random.default_rng(6)
    a, b = rng.standard_normal((5, 3)), rng.standard_normal((3, 4))
    expected = [[sum(a[i, k] * b[k, j] for k in range(3)) for j in range(4)] for i in range(5)]
    for left, order in ((a, "C"), (np.asfortranarray(a), "F")):
        for right in (b, np.asfortranarray(b), b[:, ::-1][:, ::-1]):
            y = kernels.matmul(left, right)
            np.testing.assert_allclose(y, expected, rtol=1e-12)
            assert y.flags[order + "_CONTIGUOUS"]
    assert kernels.matmul(np.ones(3), b).shape == (4,)
    assert kernels.matmul(np.ones((2, 5, 3)), b).shape == (2, 5, 4)


def test_sums_per_channel_agree_with_an_exact_sum_in_every_layout():
    g = np.random.default_rng(7).integers(-9, 9, (3, 4, 5, 6)).astype(np.float32)
    for laid_out in layouts(g).values():
        np.testing.assert_array_equal(kernels.sum_per_channel(laid_out), g.sum((0, 2, 3)))
    assert kernels.sum_per_channel(np.zeros((0, 4, 5, 6))).tolist() == [0] * 4


def test_working_memory_has_one_user_at_a_time_and_is_kept_only_up_to_its_limit(monkeypatch):
    double = np.dtype(np.float64)
    first = scratch.take("test", (4, 5), double)
    second = scratch.take("test", (4, 5), double)
    assert not np.shares_memory(first, second)
    scratch.give("test", first)
    third, fourth = scratch.take("test", (4, 5), double), scratch.take("test", (4, 5), double)
    assert np.shares_memory(third, first) and not np.shares_memory(third, fourth)
    scratch.give("test", third)
    assert np.shares_memory(scratch.take("test", (20,), double), first)
    monkeypatch.setattr(scratch, "LARGEST_KEPT", 100)
    scratch.give("test", second)
    assert not np.shares_memory(scratch.take("test", (4, 5), double), second)


@pytest.fixture
def three_threads(monkeypatch):
    """A team of three, however few cores there are, that shares even the smallest work."""
    before = threads.get_num_threads()
    monkeypatch.setattr(threads, "WORTH_SHARING", 0)
    threads.set_num_threads(3)
    yield
    threads.set_num_threads(before)


needs_switch = pytest.mark.skipif(blas.one_thread.switch is None, reason="numpy's BLAS has no known switch")


def test_parts_are_done_once_each_and_errors_reach_the_caller(three_threads):
    done = []
    threads.run(done.append, 50, 1e9)
    assert sorted(done) == list(range(50))

    def failing(part):
        if part == 7:
            raise ValueError("part 7")

    with pytest.raises(ValueError, match="part 7"):
        threads.run(failing, 20, 1e9)
    threads.run(done.append, 3, 1e9)
    assert len(done) == 53


@needs_switch
def test_several_threads_really_share_the_parts(three_threads):
    together = threading.Barrier(3, timeout=20)
    threads.run(lambda part: together.wait(), 3, 1e9)


@needs_switch
def test_blas_is_on_one_thread_inside_and_as_before_afterwards(three_threads):
    read, write = blas.one_thread.switch
    before = read()
    try:
        write(2)
        inside = []
        threads.run(lambda part: inside.append(read()), 4, 1e9)
        assert inside == [1] * 4
        assert read() == 2
    finally:
        write(before)


def test_helpers_keep_the_callers_floating_point_settings(three_threads):
    def overflow(part):
        np.multiply(np.float32(1e38), np.full(3, 1e38, np.float32))

    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        threads.run(overflow, 4, 1e9)
    with np.errstate(over="ignore"):
        threads.run(overflow, 4, 1e9)


def test_nested_and_concurrent_calls_do_not_stand_still(three_threads):
    def nested(part):
        threads.run(lambda inner: None, 4, 1e9)

    with ThreadPoolExecutor(8) as callers:
        calls = [callers.submit(threads.run, nested, 6, 1e9) for _ in range(40)]
        for call in calls:
            call.result(timeout=30)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_computes_with_threads_of_its_own(three_threads):
    threads.run(lambda part: None, 4, 1e9)
    child = os.fork()
    if child == 0:
        done = []
        threads.run(done.append, 9, 1e9)
        os._exit(0 if sorted(done) == list(range(9)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_empty_like_keeps_shape_and_memory_order():
    for x in layouts(np.zeros((6, 40, 31, 17), np.float32)).values():
        y = kernels.empty_like(x)
        assert y.shape == x.shape and y.dtype == x.dtype
        assert np.argsort(np.abs(x.strides)).tolist() == np.argsort(y.strides).tolist()
    assert kernels.empty_like(np.array(1.0)).shape == ()

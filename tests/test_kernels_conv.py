"""Convolution kernels: against plain loops over generated shapes and options, and each path by itself."""

from itertools import product

import numpy as np
import pytest
from test_kernels_plain import close, layouts, plain_conv, plain_conv_input, plain_conv_weight

from tinygrad_cnn import kernels
from tinygrad_cnn.kernels import conv, conv_depthwise, conv_patches, conv_rows, conv_taps, threads

PATHS = {"depthwise": conv_depthwise, "rows": conv_rows, "patches": conv_patches, "taps": conv_taps}


def generated(count, seed):
    """Random cases: sizes of x and w, and options, all of them with at least one output."""
    rng = np.random.default_rng(seed)
    cases = []
    while len(cases) < count:
        groups, c, o = int(rng.choice([1, 1, 1, 2, 3])), int(rng.integers(1, 10)), int(rng.integers(1, 12))
        if rng.random() < 0.2:
            groups, c, o = 4, 1, int(rng.integers(1, 3))
        kernel = rng.integers(1, 5, 2)
        stride = rng.integers(1, 4, 2) if rng.random() < 0.5 else np.ones(2, int)
        dilation = rng.integers(1, 4, 2) if rng.random() < 0.4 else np.ones(2, int)
        padding = rng.integers(0, 5, (2, 2)) * (rng.random() < 0.7)
        size = rng.integers(1, 9, 2)
        if (size + padding.sum(1) >= dilation * (kernel - 1) + 1).all():
            options = {
                "stride": tuple(stride.tolist()),
                "padding": tuple(map(tuple, padding.tolist())),
                "dilation": tuple(dilation.tolist()),
                "groups": groups,
            }
            x_shape = (int(rng.integers(1, 4)), groups * c, *size.tolist())
            cases.append((x_shape, (groups * o, c, *kernel.tolist()), options))
    return cases


def numbers(shape, seed, dtype=np.float64):
    """Normal random numbers."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def options_of(stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    """Settings with defaults."""
    return {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_three_convolutions_agree_with_plain_loops_over_generated_options(dtype):
    for number, (x_shape, w_shape, options) in enumerate(generated(120, seed=1)):
        x, w = numbers(x_shape, number, dtype), numbers(w_shape, number + 1, dtype)
        b = numbers(w_shape[:1], number + 2, dtype)
        expected = plain_conv(x, w, **options) + b[:, None, None]
        close(kernels.conv2d(x, w, b, **options), expected, dtype)
        g = numbers(expected.shape, number + 3, dtype)
        dx = kernels.conv2d_input(g, w, size=x_shape[2:], **options)
        close(dx, plain_conv_input(g, w, x_shape[2:], **options), dtype)
        dw = kernels.conv2d_weight(g, x, size=w_shape[2:], **options)
        close(dw, plain_conv_weight(g, x, w_shape[2:], **options), dtype)


def test_generated_cases_reach_every_path():
    reached = set()
    for _, w_shape, options in generated(120, seed=1):
        setting = (options["stride"], options["dilation"], options["groups"])
        reached.add(conv.choose(w_shape[1], w_shape[0] // options["groups"], *setting))
    assert reached == set(PATHS)


def test_the_three_convolutions_are_adjoint_to_each_other():
    for number, (x_shape, w_shape, options) in enumerate(generated(60, seed=2)):
        x, w = numbers(x_shape, number), numbers(w_shape, number + 1)
        y = kernels.conv2d(x, w, **options)
        g = numbers(y.shape, number + 2)
        product_y = float((y * g).sum())
        product_x = float((kernels.conv2d_input(g, w, size=x.shape[2:], **options) * x).sum())
        product_w = float((kernels.conv2d_weight(g, x, size=w.shape[2:], **options) * w).sum())
        assert product_x == pytest.approx(product_y, rel=1e-10, abs=1e-10)
        assert product_w == pytest.approx(product_y, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize(("c", "o", "groups"), [(2, 3, 1), (7, 3, 1), (1, 1, 4), (2, 3, 2)])
def test_memory_layout_changes_nothing(c, o, groups):
    options = options_of(stride=(1, 1), padding=((1, 2), (0, 1)), groups=groups)
    x, w = numbers((3, c * groups, 5, 4), 0), numbers((o * groups, c, 3, 2), 1)
    y = kernels.conv2d(x, w, **options)
    g = numbers(y.shape, 2)
    dx = kernels.conv2d_input(g, w, size=(5, 4), **options)
    dw = kernels.conv2d_weight(g, x, size=(3, 2), **options)
    for xs, ws, gs in product(*(layouts(part).values() for part in (x, w, g))):
        close(kernels.conv2d(xs, ws, **options), y, np.float64)
        close(kernels.conv2d_input(gs, ws, size=(5, 4), **options), dx, np.float64)
        close(kernels.conv2d_weight(gs, xs, size=(3, 2), **options), dw, np.float64)


def test_repeated_memory_of_stride_zero_is_read_like_any_other():
    options = options_of(padding=((1, 1), (1, 1)))
    for c in (3, 8):
        x, w = np.broadcast_to(numbers((1, c, 1, 4), 0), (2, c, 5, 4)), numbers((6, c, 3, 3), 1)
        g = np.broadcast_to(np.float64(0.5), (2, 6, 5, 4))
        close(kernels.conv2d(x, w, **options), plain_conv(x, w, **options), np.float64)
        dx = kernels.conv2d_input(g, w, size=(5, 4), **options)
        close(dx, plain_conv_input(g, w, (5, 4), **options), np.float64)
        dw = kernels.conv2d_weight(g, x, size=(3, 3), **options)
        close(dw, plain_conv_weight(g, x, (3, 3), **options), np.float64)


@pytest.mark.parametrize(("c", "o", "groups"), [(2, 3, 1), (7, 3, 1), (1, 1, 4)])
@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
def test_results_lie_in_h_c_w_n_memory(c, o, groups, stride):
    options = options_of(stride=stride, groups=groups)
    x, w = numbers((3, c * groups, 8, 7), 0, np.float32), numbers((o * groups, c, 3, 2), 1, np.float32)
    y = kernels.conv2d(x, w, **options)
    assert y.transpose(2, 1, 3, 0).flags.c_contiguous
    assert kernels.conv2d_input(y, w, size=(8, 7), **options).transpose(2, 1, 3, 0).flags.c_contiguous


@pytest.mark.parametrize(("groups", "channels"), [(1, 3), (1, 8), (2, 3)])
@pytest.mark.parametrize("empty", ["N", "C", "O", "OH"])
def test_empty_sizes_give_empty_results_or_zeros(empty, groups, channels):
    options = options_of(groups=groups)
    n, c, o = 0 if empty == "N" else 2, 0 if empty == "C" else channels, 0 if empty == "O" else 4
    x, w = np.ones((n, c * groups, 4, 5)), np.ones((o * groups, c, 9 if empty == "OH" else 3, 2))
    y = kernels.conv2d(x, w, np.ones(o * groups), **options)
    assert y.shape == (n, o * groups, 0 if empty == "OH" else 2, 4)
    assert (y == 1 + 6 * c).all() or empty in "NO"
    dx = kernels.conv2d_input(np.ones(y.shape), w, size=(4, 5), **options)
    assert dx.shape == x.shape
    dw = kernels.conv2d_weight(np.ones(y.shape), x, size=w.shape[2:], **options)
    assert dw.shape == w.shape
    if empty != "C":
        assert not dw.any() and not dx.any()


def test_padding_wider_than_the_kernel_sees_only_zeros_at_the_edge():
    for c in (2, 8):
        options = options_of(padding=((4, 5), (3, 6)))
        x, w = numbers((2, c, 2, 3), 0), numbers((3, c, 3, 2), 1)
        y = kernels.conv2d(x, w, np.full(3, 0.25), **options)
        close(y, plain_conv(x, w, **options) + 0.25, np.float64)
        assert (y[:, :, 0] == 0.25).all()
        dx = kernels.conv2d_input(y, w, size=(2, 3), **options)
        close(dx, plain_conv_input(y, w, (2, 3), **options), np.float64)


def test_adjoint_in_x_reaches_pixels_that_no_window_saw():
    options = options_of(stride=(3, 2))
    g, w = numbers((2, 4, 2, 2), 0), numbers((4, 7, 2, 2), 1)
    dx = kernels.conv2d_input(g, w, size=(7, 6), **options)
    assert not dx[:, :, 5:].any() and not dx[:, :, :, 4:].any() and not dx[:, :, 2].any()
    close(dx[:, :, :5, :4], plain_conv_input(g, w, (5, 4), **options), np.float64)


CASES = {
    "depthwise": ((2, 5, 9, 8), (5, 1, 3, 3), options_of((2, 1), ((1, 0), (2, 1)), (1, 2), 5)),
    "rows": ((2, 7, 9, 8), (4, 7, 3, 2), options_of((1, 1), ((1, 0), (2, 1)), (1, 2), 1)),
    "patches": ((2, 6, 9, 8), (4, 3, 3, 3), options_of((1, 2), ((1, 0), (2, 1)), (2, 1), 2)),
    "taps": ((2, 6, 9, 8), (4, 3, 3, 3), options_of((2, 2), ((1, 0), (2, 1)), (2, 1), 2)),
}


@pytest.mark.parametrize("path", list(CASES))
def test_each_path_is_taken_and_agrees_with_the_plain_kernel(path, monkeypatch):
    x_shape, w_shape, options = CASES[path]
    x, w = numbers(x_shape, 0), numbers(w_shape, 1)
    taken = []
    for name, module in PATHS.items():
        monkeypatch.setattr(module, "correlate", noting(taken, name, module.correlate))
        weight = "conv2d_weight" if name == "taps" else "correlate_weight"
        monkeypatch.setattr(module, weight, noting(taken, name + " weight", getattr(module, weight)))
    y = kernels.conv2d(x, w, **options)
    dw = kernels.conv2d_weight(y, x, size=w_shape[2:], **options)
    assert set(taken) == {path, path + " weight"}
    monkeypatch.setattr(conv, "choose", lambda *setting: "taps")
    close(y, kernels.conv2d(x, w, **options), np.float64)
    close(dw, kernels.conv2d_weight(y, x, size=w_shape[2:], **options), np.float64)


def noting(taken, name, function):
    """The function, noting in a list that it was called."""

    def noted(*arguments):
        taken.append(name)
        return function(*arguments)

    return noted


@pytest.mark.parametrize("path", ["rows", "patches", "depthwise"])
def test_threads_and_blocks_change_no_bit(path, monkeypatch):
    channels, groups = {"rows": (8, 1), "patches": (3, 1), "depthwise": (5, 5)}[path]
    x = numbers((4, channels, 40, 9), 0, np.float32)
    w = numbers((5, channels // groups, 3, 3), 1, np.float32)
    options = options_of(padding=((1, 1), (1, 1)), groups=groups)
    monkeypatch.setattr(PATHS[path], "BLOCK_BYTES", 1 << 12)
    results = []
    before = threads.get_num_threads()
    monkeypatch.setattr(threads, "WORTH_SHARING", 0)
    for number in (1, 2, 3, 3):
        threads.set_num_threads(number)
        y = kernels.conv2d(x, w, **options)
        dx = kernels.conv2d_input(y, w, size=(40, 9), **options)
        results.append((y, dx, kernels.conv2d_weight(y, x, size=(3, 3), **options)))
    threads.set_num_threads(before)
    y, dx, dw = results[0]
    close(y, plain_conv(x, w, **options), np.float32)
    close(dx, plain_conv_input(y, w, (40, 9), **options), np.float32)
    close(dw, plain_conv_weight(y, x, (3, 3), **options), np.float32)
    for result in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(result, results[0], strict=True))


@pytest.mark.parametrize(("channels_out", "variant"), [(8, "add_stacked_products"), (9, "add_products")])
def test_rows_are_stacked_unless_there_are_more_outputs_than_inputs(channels_out, variant, monkeypatch):
    taken = []
    for name in ("add_stacked_products", "add_products"):
        monkeypatch.setattr(conv_rows, name, noting(taken, name, getattr(conv_rows, name)))
    x, w = numbers((2, 8, 5, 6), 0), numbers((channels_out, 8, 3, 2), 1)
    y = kernels.conv2d(x, w, **options_of())
    assert set(taken) == {variant}
    close(y, plain_conv(x, w, **options_of()), np.float64)

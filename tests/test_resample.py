"""Resizing, reading at places, windows and shuffles: against loops over every value."""

import itertools
import math

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor


def values(*shape):
    return np.random.default_rng(math.prod(shape)).normal(size=shape)


def place(i, before, after, align, scale=None):
    if align:
        return i * (before - 1) / (after - 1) if after > 1 else 0.0
    return (i + 0.5) * (1 / scale if scale else before / after) - 0.5


def cubic(distance):
    d, a = abs(distance), -0.75
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def row(before, after, i, mode, align, scale=None):
    """The share of each value of a line in value i of its resized version."""
    share = np.zeros(before)
    if mode in ("nearest", "nearest-exact"):
        at = (i + (mode == "nearest-exact") / 2) * (1 / scale if scale else before / after)
        share[min(math.floor(at + 1e-9), before - 1)] = 1
    elif mode == "area":
        begin, end = math.floor(i * before / after), math.ceil((i + 1) * before / after)
        share[begin:end] = 1 / (end - begin)
    else:
        at = place(i, before, after, align, scale)
        at = at if mode == "bicubic" else max(at, 0.0)
        reach = 2 if mode == "bicubic" else 1
        for j in range(math.floor(at) - reach + 1, math.floor(at) + reach + 1):
            weight = cubic(at - j) if mode == "bicubic" else max(0.0, 1 - abs(at - j))
            share[min(max(j, 0), before - 1)] += weight
    return share


def resized(x, sizes, mode, align=False, scales=None):
    """Multiply each dimension by its matrix of shares."""
    for d, after in enumerate(sizes, start=2):
        scale = scales[d - 2] if scales else None
        matrix = np.array([row(x.shape[d], after, i, mode, align, scale) for i in range(after)])
        x = np.moveaxis(np.moveaxis(x, d, -1) @ matrix.T, -1, d)
    return x


MODES = [
    ("nearest", (2, 3, 5)),
    ("nearest", (2, 3, 4, 5)),
    ("nearest-exact", (2, 3, 4, 5)),
    ("nearest-exact", (1, 2, 3, 4, 2)),
    ("linear", (2, 3, 5)),
    ("bilinear", (2, 3, 4, 5)),
    ("bicubic", (2, 3, 4, 5)),
    ("trilinear", (1, 2, 3, 4, 2)),
    ("area", (2, 3, 5)),
    ("area", (2, 3, 4, 5)),
]


@pytest.mark.parametrize(("mode", "shape"), MODES)
@pytest.mark.parametrize("size", [1, 3, 8, 11])
def test_each_mode_gives_the_shares_of_its_definition(mode, shape, size):
    sizes = [size, max(1, size - 2), size + 1][: len(shape) - 2]
    x = values(*shape)
    expected = resized(x, sizes, mode)
    np.testing.assert_allclose(tg.interpolate(x, tuple(sizes), mode=mode), expected, rtol=1e-12, atol=1e-12)
    if mode in ("linear", "bilinear", "bicubic", "trilinear"):
        y = tg.interpolate(x, sizes, mode=mode, align_corners=True)
        np.testing.assert_allclose(y, resized(x, sizes, mode, True), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic"])
def test_a_scale_factor_is_kept_unless_it_is_to_follow_from_the_size(mode):
    x, scale = values(1, 2, 4, 5), (1.7, 0.55)
    sizes = [int(4 * 1.7), int(5 * 0.55)]
    y = tg.interpolate(x, scale_factor=scale, mode=mode)
    np.testing.assert_allclose(y, resized(x, sizes, mode, scales=scale), rtol=1e-12, atol=1e-12)
    again = tg.interpolate(x, scale_factor=scale, mode=mode, recompute_scale_factor=True)
    np.testing.assert_allclose(again, resized(x, sizes, mode), rtol=1e-12, atol=1e-12)


def test_what_no_value_is_made_of_does_not_matter():
    x = np.array([[[1.0, np.inf, 3.0, np.nan]]])
    assert tg.interpolate(x, 2).tolist() == [[[1.0, 3.0]]]
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(tg.interpolate(x, 8, mode="linear").numpy()).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic", "area"])
def test_resizing_keeps_the_dtype_and_the_memory_order(dtype, mode):
    x = values(4, 6, 2, 3).astype(dtype).transpose(3, 1, 0, 2)  # as feature maps lie
    y = tg.interpolate(x, (3, 5), mode=mode)
    assert y.dtype == dtype
    assert np.argsort(y.numpy().strides).tolist() == np.argsort(x.strides).tolist()


def test_one_sum_of_all_shares_is_the_gradient():
    x = tg.tensor(values(2, 3, 4, 5), requires_grad=True)
    tg.interpolate(x, (7, 3), mode="bilinear").sum().backward()
    weights = [sum(row(n, m, i, "bilinear", False) for i in range(m)) for n, m in ((4, 7), (5, 3))]
    np.testing.assert_allclose(x.grad, np.broadcast_to(np.outer(*weights), (2, 3, 4, 5)), rtol=1e-12)


def sampled(x, grid, mode, padding_mode, align):
    """Read pictures place by place, pixel by pixel."""
    n, channels, height, width = x.shape
    y = np.zeros((n, channels, *grid.shape[1:3]))
    for b, i, j in np.ndindex(grid.shape[:3]):
        places = []
        for g, size in zip(grid[b, i, j], (width, height), strict=True):
            u = (g + 1) / 2 * (size - 1) if align else ((g + 1) * size - 1) / 2
            if padding_mode == "reflection":
                low, high = (0, size - 1) if align else (-0.5, size - 0.5)
                while not low <= u <= high:
                    u = 2 * low - u if u < low else 2 * high - u
            places.append(u if padding_mode == "zeros" else min(max(u, 0), size - 1))
        for v, h in itertools.product(range(height), range(width)):
            distances = abs(h - places[0]), abs(v - places[1])
            if mode == "nearest":
                share = float(h == round(places[0]) and v == round(places[1]))
            else:
                share = max(0, 1 - distances[0]) * max(0, 1 - distances[1])
            y[b, :, i, j] += share * x[b, :, v, h]
    return y


@pytest.mark.parametrize("align", [True, False])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_pictures_are_read_at_places(mode, padding_mode, align):
    x, grid = values(2, 3, 4, 5), values(2, 3, 6, 2) * 1.5
    y = tg.grid_sample(x, grid, mode, padding_mode, align)
    np.testing.assert_allclose(y, sampled(x, grid, mode, padding_mode, align), rtol=1e-10, atol=1e-12)


def test_the_gradient_of_a_grid_is_the_slope_of_the_picture():
    ramp = np.arange(5.0) * np.ones((1, 1, 4, 1))
    grid = tg.tensor(np.array([[[[0.1, 0.2], [-0.3, 5.0]]]]), requires_grad=True)
    tg.grid_sample(ramp, grid, padding_mode="border", align_corners=True).sum().backward()
    np.testing.assert_allclose(grid.grad, [[[[2.0, 0.0], [2.0, 0.0]]]], atol=1e-12)


def test_a_grid_of_the_identity_reads_every_pixel():
    for shape, theta in (((1, 2, 3, 4), np.eye(2, 3)), ((1, 2, 3, 4, 2), np.eye(3, 4))):
        x = values(*shape)
        for align in (True, False):
            grid = tg.affine_grid(theta[None], shape, align)
            np.testing.assert_allclose(tg.grid_sample(x, grid, align_corners=align), x, atol=1e-12)


def test_an_affine_grid_maps_each_place():
    theta = values(2, 2, 3)
    grid = tg.affine_grid(theta, (2, 1, 3, 4))
    assert grid.shape == (2, 3, 4, 2)
    for b, i, j in np.ndindex(2, 3, 4):
        point = np.array([(2 * j + 1) / 4 - 1, (2 * i + 1) / 3 - 1, 1])
        np.testing.assert_allclose(grid[b, i, j], theta[b] @ point, rtol=1e-12)


WINDOWS = [
    {"kernel_size": 2},
    {"kernel_size": (2, 3), "stride": (2, 1), "padding": (1, 0)},
    {"kernel_size": (3, 2), "dilation": (1, 2), "padding": 2, "stride": 3},
    {"kernel_size": (1, 1), "stride": 2},
]


def columns(x, kernel_size, dilation=1, padding=0, stride=1):
    kernel, spread, sides, steps = (
        (v, v) if isinstance(v, int) else v for v in (kernel_size, dilation, padding, stride)
    )
    padded = np.pad(x, ((0, 0), (0, 0), (sides[0],) * 2, (sides[1],) * 2))
    reach = [d * (k - 1) for d, k in zip(spread, kernel, strict=True)]
    found = []
    for top in range(0, padded.shape[2] - reach[0], steps[0]):
        for left in range(0, padded.shape[3] - reach[1], steps[1]):
            part = padded[:, :, top : top + reach[0] + 1 : spread[0], left : left + reach[1] + 1 : spread[1]]
            found.append(part.reshape(x.shape[0], -1))
    return np.stack(found, -1)


@pytest.mark.parametrize("settings", WINDOWS)
def test_unfold_writes_windows_as_columns_and_fold_is_its_adjoint(settings):
    x = values(2, 3, 5, 6)
    y = tg.unfold(x, **settings)
    np.testing.assert_array_equal(y, columns(x, **settings))
    g = values(*y.shape)
    back = tg.fold(g, (5, 6), **settings)
    assert back.shape == x.shape
    np.testing.assert_allclose((back.numpy() * x).sum(), (g * y.numpy()).sum(), rtol=1e-12)
    np.testing.assert_array_equal(tg.unfold(x[0], **settings), y[0])
    np.testing.assert_array_equal(tg.fold(g[0], (5, 6), **settings), back[0])


def test_a_convolution_is_a_product_with_columns():
    x, w = values(2, 3, 5, 6), values(4, 3, 2, 3)
    y = tg.tensor(w.reshape(4, -1)) @ tg.unfold(x, (2, 3), padding=1)
    np.testing.assert_allclose(
        y.reshape(2, 4, 6, 6), tg.conv2d(x, tensor(w), padding=1), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize(("dim", "size", "step"), [(0, 2, 1), (1, 3, 2), (-1, 1, 3), (2, 4, 1), (0, 0, 1)])
def test_windows_along_a_dimension(dim, size, step):
    x = values(3, 4, 5)
    y = tensor(x).unfold(dim, size, step)
    starts = range(0, x.shape[dim] - size + 1, step)
    expected = [np.moveaxis(np.take(x, range(s, s + size), dim), dim, -1) for s in starts]
    np.testing.assert_array_equal(y, np.stack(expected, dim % 3))


def test_windows_of_one_number_and_of_whole_numbers():
    assert tensor(3.0).unfold(0, 1, 1).tolist() == [3.0]
    assert tensor(3.0).unfold(0, 0, 1).shape == (0,)
    y = tg.arange(4).unfold(0, 2, 2)
    assert y.dtype == np.int64 and y.tolist() == [[0, 1], [2, 3]]


def test_shuffles_move_every_value_to_its_place():
    x = values(2, 12, 2, 3)
    y = tg.pixel_shuffle(x, 2).numpy()
    for n, c, h, w, i, j in np.ndindex(2, 3, 2, 3, 2, 2):
        assert y[n, c, 2 * h + i, 2 * w + j] == x[n, 4 * c + 2 * i + j, h, w]
    np.testing.assert_array_equal(tg.pixel_unshuffle(y, 2), x)
    dealt = tg.channel_shuffle(x, 3).numpy()
    for i, j in np.ndindex(3, 4):
        np.testing.assert_array_equal(dealt[:, 3 * j + i], x[:, 4 * i + j])
    assert tg.pixel_shuffle(tg.arange(4).reshape(4, 1, 1), 2).dtype == np.int64


def test_layers_call_their_functions():
    x = tensor(values(2, 4, 4, 6))
    pairs = [
        (nn.Upsample((3, 5), mode="bicubic"), tg.interpolate(x, (3, 5), mode="bicubic")),
        (nn.UpsamplingNearest2d(scale_factor=1.5), tg.interpolate(x, scale_factor=1.5)),
        (nn.UpsamplingBilinear2d(7), tg.interpolate(x, 7, mode="bilinear", align_corners=True)),
        (nn.Unfold(2, stride=(2, 1)), tg.unfold(x, 2, stride=(2, 1))),
        (nn.PixelShuffle(2), tg.pixel_shuffle(x, 2)),
        (nn.PixelUnshuffle(2), tg.pixel_unshuffle(x, 2)),
        (nn.ChannelShuffle(2), tg.channel_shuffle(x, 2)),
    ]
    for layer, expected in pairs:
        np.testing.assert_array_equal(layer(x), expected)
        assert not layer.state_dict()
    np.testing.assert_array_equal(nn.Fold((4, 6), 2)(tg.unfold(x, 2)), tg.fold(tg.unfold(x, 2), (4, 6), 2))
    assert repr(nn.Upsample(scale_factor=2)) == "Upsample(scale_factor=2, mode='nearest')"
    assert repr(nn.Fold(3, 2)) == "Fold(output_size=3, kernel_size=2, dilation=1, padding=0, stride=1)"

"""The numbers that are kept of an array are those that numpy gives for it in float64."""

import math
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinygrad_cnn.viz.graph.stats import BINS, measure
from tinygrad_cnn.viz.graph.thumbnails import Thumbnail, write_png
from tinygrad_cnn.viz.recording.pictures import of_filters, of_gradient, of_value

EXAMPLES = settings(max_examples=300, deadline=None)
DTYPES = st.sampled_from([np.float32, np.float64, np.float16, np.int64, np.int8, np.uint8, np.bool_])


def check(array):
    s = measure(array)
    wide = array.astype(np.longdouble)
    finite = wide[np.isfinite(wide)]
    assert (s.shape, s.dtype, s.size) == (array.shape, str(array.dtype), array.size)
    assert s.zeros == (array == 0).sum()
    assert s.nans == np.isnan(wide).sum()
    assert s.infs == np.isinf(wide).sum()
    assert sum(s.bins) == finite.size
    assert len(s.bins) == BINS
    if not finite.size:
        assert all(math.isnan(x) for x in (s.min, s.max, s.mean, s.std, s.rms))
        return s
    scale = np.abs(finite).max()
    near = {"rel": 1e-9, "abs": max(float(1e-12 * scale), 1e-323)}
    assert (s.min, s.max) == (float(finite.min()), float(finite.max()))
    assert s.mean == pytest.approx(float(finite.mean()), **near)
    assert s.rms == pytest.approx(float(scale * np.sqrt(np.mean((finite / (scale or 1)) ** 2))), rel=1e-6)
    assert s.std == pytest.approx(
        float(scale * (finite / (scale or 1)).std()), rel=1e-3, abs=max(float(1e-7 * scale), 1e-323)
    )
    assert s.norm == pytest.approx(s.rms * finite.size**0.5)
    return s


@EXAMPLES
@given(hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6)))
def test_any_array(array):
    check(array)


@EXAMPLES
@given(hnp.arrays(np.float32, 40, elements=st.floats(-1, 1, width=32)))
def test_the_histogram_is_that_of_numpy(array):
    """Values on the very edge between two bins may be counted in either, so only others are compared."""
    wide = array.astype(np.float64)
    low, high = wide.min(), wide.max()
    edges = np.linspace(low, high, BINS + 1)
    if high - low > 1e-6 and np.abs(wide[:, None] - edges[1:-1]).min() > 1e-12:
        assert measure(array).bins == tuple(np.histogram(wide, BINS, (low, high))[0])


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 3)),
        np.full(20, 1e308),
        np.array([1e308, -1e308]),
        np.array([0, 5e-324]),
        np.array([1e-45, 3e-45], np.float32),
        np.array([np.nan, np.inf, -np.inf]),
        np.array(np.inf, np.float32),
        np.array(-0.0),
        np.array([2**62, -(2**62)]),
        np.arange(24.0).reshape(2, 3, 4)[:, ::-1, ::2],
        np.arange(24, dtype=np.float32).reshape(4, 6).T,
        np.full((3, 1, 2), 7.0, np.float32),
        np.broadcast_to(np.float32(2), (3, 4)),
    ],
    ids=str,
)
def test_odd_arrays(array):
    check(array)


def test_a_float32_spread_that_is_small_beside_its_mean():
    array = (1000 + np.random.default_rng(0).normal(0, 0.01, 5000)).astype(np.float32)
    assert measure(array).std == pytest.approx(array.astype(np.float64).std(), rel=1e-3)


def test_what_is_kept_does_not_follow_the_array():
    array = np.arange(6.0)
    before = measure(array)
    array[:] = -1
    assert before == measure(np.arange(6.0))


def colours(thumbnail):
    return thumbnail.array()


def test_a_png_is_read_by_pillow_as_it_was_written():
    image = pytest.importorskip("PIL.Image")
    rgb = np.random.default_rng(0).integers(0, 256, (200, 150, 3)).astype(np.uint8)  # more than one block
    assert np.array_equal(np.asarray(image.open(BytesIO(write_png(rgb)))), rgb)


def test_a_signed_map_is_white_at_zero_and_turns_both_ways():
    t = Thumbnail(1, 3, 1, bytes([1, 128, 255]), "g", signed=True)
    (low, zero, high) = t.array()[0].tolist()
    assert zero == [255, 255, 255]
    assert low[2] > low[0]  # blue
    assert high[0] > high[2]  # orange


@pytest.mark.parametrize(
    ("shape", "titles", "channels"),
    [
        ((2, 3, 9, 7), ["sample 0"], 3),
        ((2, 1, 9, 7), ["channel 0"], 1),
        ((2, 2, 9, 7), ["channel 0"], 1),
        ((2, 4, 9, 7), ["channel 0"], 1),
        ((2, 3, 9), [], 0),
        ((2, 3, 2, 9, 7), [], 0),
        ((0, 3, 9, 7), [], 0),
        ((2, 3, 1, 1), [], 0),
        ((), [], 0),
    ],
)
def test_pictures_of_inputs(shape, titles, channels):
    found = of_value("input", np.random.default_rng(0).random(shape).astype(np.float32))
    assert [t.title for t in found] == titles
    assert all(t.channels == channels for t in found)


def test_feature_maps_filters_and_their_gradients():
    rng = np.random.default_rng(0)
    maps = of_value("conv2d", rng.normal(size=(2, 11, 40, 20)))
    assert [t.title for t in maps] == [f"channel {i}" for i in range(8)]
    assert max(max(t.height, t.width) for t in maps) == 32
    assert of_value("relu", rng.normal(size=(2, 11, 40, 20))) == ()
    assert {t.channels for t in of_filters(rng.normal(size=(9, 3, 3, 3)))} == {3}
    filters = of_filters(rng.normal(size=(9, 2, 3, 3)))
    assert len(filters) == 8
    assert all(t.signed for t in filters)
    gradients = of_gradient(rng.normal(size=(9, 2, 3, 3)), filters, True)
    assert [t.title for t in gradients] == [f"gradient, filter {i}, channel 0" for i in range(8)]


def test_a_gradient_map_of_zeros_is_white_and_nan_does_not_fail():
    maps = of_value("conv2d", np.ones((1, 2, 4, 4), np.float32))
    zero = of_gradient(np.zeros((1, 2, 4, 4)), maps, False)
    assert (colours(zero[0]) == 255).all()
    of_gradient(np.full((1, 2, 4, 4), np.nan), maps, False)
    of_value("conv2d", np.full((1, 2, 4, 4), np.inf))
    of_filters(np.full((2, 3, 4, 4), np.nan, np.float32))

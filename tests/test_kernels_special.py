"""The error function against Python's own, in every range, precision and memory layout."""

import math

import numpy as np
import pytest

from tinygrad_cnn import kernels

RNG = np.random.default_rng(4)
EDGES = [0.0, -0.0, 0.46875, -0.46875, 0.5, 4.0, -4.0, 26.5, 27.0, 28.0, 1e300, np.inf, -np.inf]
RANGES = np.concatenate([RNG.normal(size=4000) * s for s in (1e-300, 1e-8, 0.1, 0.3, 1.0, 3.0, 8.0)])
FUNCTIONS = [(kernels.erf, math.erf), (kernels.erfc, math.erfc)]
both = pytest.mark.parametrize(("ours", "pythons"), FUNCTIONS, ids=["erf", "erfc"])


@both
@pytest.mark.parametrize(("dtype", "least"), [(np.float64, 1e-300), (np.float32, 1e-36)])
def test_they_are_right_to_ten_units_of_the_last_digit(ours, pythons, dtype, least):
    x = np.concatenate([RANGES, EDGES, np.nextafter([0.46875, 4.0], 9.0), np.linspace(-6, 30, 5001)])
    with np.errstate(over="ignore"):
        x = x.astype(dtype)
    y = ours(x)
    expected = np.array([pythons(float(v)) for v in x])
    large = np.abs(expected) > least
    assert y.dtype == dtype
    error = np.abs(y.astype(np.float64) - expected)
    assert (error[large] <= 10 * np.spacing(np.abs(expected[large]).astype(dtype))).all()
    assert error[~large].max() <= least


@both
def test_nan_stays_nan_and_the_sign_of_zero_stays(ours, pythons):
    assert np.isnan(ours(np.array([np.nan]))).all()
    assert np.signbit(kernels.erf(np.array([0.0, -0.0]))).tolist() == [False, True]


@both
def test_the_memory_layout_does_not_change_results_and_a_dense_one_is_kept(ours, pythons):
    x = RNG.normal(size=(2, 3, 4, 5))
    maps = np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)
    for other in (maps, np.asfortranarray(x), np.repeat(x, 2, -1)[..., ::2], x[::-1][::-1]):
        np.testing.assert_array_equal(ours(other), ours(x))
    assert ours(maps).strides == maps.strides
    repeated = np.broadcast_to(x[:, :1], x.shape)
    np.testing.assert_array_equal(ours(repeated), ours(repeated.copy()))


@both
def test_sizes_around_a_chunk_and_none(ours, pythons):
    for shape in [(), (0, 3), (16383,), (16384,), (2, 16385)]:
        x = RNG.normal(size=shape)
        y = ours(x)
        assert y.shape == shape
        np.testing.assert_allclose(y, np.vectorize(pythons, [float])(x) if x.size else x, rtol=1e-14)

"""The kernels of resampling and normalisation: all paths, memory orders and numbers of threads."""

from importlib import import_module

import numpy as np
import pytest

from tinygrad_cnn import kernels
from tinygrad_cnn.kernels import threads

normalise_kernels = import_module("tinygrad_cnn.kernels.normalise")  # the functions have the same names
resample_kernels = import_module("tinygrad_cnn.kernels.resample")
RNG = np.random.default_rng(3)


def taps(size, before, count):
    to, source = RNG.integers(0, size, count), RNG.integers(0, before, count)
    return {"size": size, "to": to, "source": source, "weight": RNG.normal(size=count)}


def plain(x, *, dim, size, to, source, weight):
    y = np.zeros((*x.shape[:dim], size, *x.shape[dim + 1 :]))
    ahead = (slice(None),) * dim
    for t, s, v in zip(to, source, weight, strict=True):
        y[(*ahead, t)] += v * x[(*ahead, s)]
    return y


@pytest.fixture(params=["long", "short"])
def rows_from(request, monkeypatch):
    """Take the path by rows for everything that it can do, or for nothing."""
    monkeypatch.setattr(resample_kernels, "LONG", 0 if request.param == "long" else 1 << 60)
    monkeypatch.setattr(resample_kernels, "BLOCK", 50)


@pytest.mark.usefixtures("rows_from")
@pytest.mark.parametrize("dim", [0, 1, 2, 3])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 1, 3, 0)])
@pytest.mark.parametrize("count", [0, 3, 40])
def test_both_paths_add_up_what_goes_where(dim, order, count):
    x = RNG.normal(size=[(4, 3, 5, 6)[d] for d in order]).transpose(np.argsort(order))
    setting = {"dim": dim, **taps(7, x.shape[dim], count)}
    y = kernels.resample(x, **setting)
    np.testing.assert_allclose(y, plain(x, **setting), rtol=1e-12, atol=1e-12)
    single = kernels.resample(x.astype(np.float32), **setting)
    assert single.dtype == np.float32


@pytest.mark.usefixtures("rows_from")
def test_expanded_and_reversed_arrays_and_those_without_values():
    setting = taps(3, 4, 6)
    for x in (np.broadcast_to(RNG.normal(size=(4, 1)), (4, 5)), RNG.normal(size=(4, 5))[::-1, ::-1]):
        np.testing.assert_allclose(
            kernels.resample(x, dim=0, **setting), plain(x, dim=0, **setting), atol=1e-12
        )
    assert kernels.resample(np.zeros((4, 0)), dim=0, **setting).shape == (3, 0)
    nothing = {"to": np.zeros(0, int), "source": np.zeros(0, int), "weight": np.zeros(0)}
    np.testing.assert_array_equal(
        kernels.resample(np.zeros((2, 0)), dim=1, size=2, **nothing), np.zeros((2, 2))
    )


def same_with_any_number_of_threads(compute):
    before = threads.get_num_threads()
    try:
        found = []
        for number in (1, 2, 3):
            threads.set_num_threads(number)
            found.append(compute())
    finally:
        threads.set_num_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(threads, "WORTH_SHARING", 0)
    monkeypatch.setattr(normalise_kernels, "PIECE", 100)
    x, g = (RNG.normal(size=(4, 3, 5, 6)).astype(np.float32) for _ in range(2))
    w = RNG.normal(size=(1, 3, 1, 6)).astype(np.float32)
    setting = taps(9, 5, 20)

    def compute():
        m = kernels.moments(x, (0, 2, 3), 1e-5)
        yield kernels.resample(x, dim=2, **setting)
        yield m.mean
        yield m.var
        yield kernels.normalise(m, w)
        yield kernels.normalise_input(g, m, w)
        yield kernels.normalise_weight(g, m, (1, 3, 1, 1))
        yield kernels.normalise_weight(g, m, (1, 3, 1, 6))

    same_with_any_number_of_threads(lambda: list(compute()))


@pytest.mark.parametrize("dim", [(0, 2, 3), (1, 2, 3), (2, 3), (3,), (0,)])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 1, 3, 0)])
@pytest.mark.parametrize("piece", [7, 1 << 16])
def test_moments_are_those_of_each_group(monkeypatch, dim, order, piece):
    monkeypatch.setattr(normalise_kernels, "PIECE", piece)
    x = (RNG.normal(size=[(4, 3, 5, 6)[d] for d in order]) + 7).transpose(np.argsort(order))
    m = kernels.moments(x, dim, 1e-3)
    np.testing.assert_allclose(m.mean, x.mean(dim, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(m.var, x.var(dim, keepdims=True), rtol=1e-12)
    y = kernels.normalise(m)
    unit = (x - x.mean(dim, keepdims=True)) / np.sqrt(x.var(dim, keepdims=True) + 1e-3)
    np.testing.assert_allclose(y, unit, rtol=1e-10, atol=1e-12)
    assert np.argsort(y.strides).tolist() == np.argsort(x.strides).tolist()


def test_moments_are_used_again_for_the_same_array_alone():
    x = RNG.normal(size=(3, 4))
    m = kernels.moments(x, (1,), 1e-5)
    assert kernels.moments(x, (1,), 1e-5, m) is m
    assert kernels.moments(x.copy(), (1,), 1e-5, m) is not m
    g = RNG.normal(size=(3, 4))
    assert m.sums(g) is m.sums(g)
    np.testing.assert_allclose(m.sums(2 * g)[0], 2 * g.sum(1, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(m.sums(g, g)[0], (g * g).sum(1, keepdims=True), rtol=1e-12)


def test_a_large_mean_does_not_drown_the_variance():
    x = (np.random.default_rng(0).normal(size=(2, 1000)) + 1e4).astype(np.float32)
    m = kernels.moments(x, (1,), 0.0)
    np.testing.assert_allclose(m.var, x.astype(float).var(1, keepdims=True), rtol=1e-3)

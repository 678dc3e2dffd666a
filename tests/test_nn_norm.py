"""Batch normalisation against plain numpy: what it returns, what it remembers, and when it does neither."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ShapeError


def batches(count=3):
    rng = np.random.default_rng(0)
    return [rng.normal([[[2.0]], [[-1.0]], [[0.0]]], 3.0, (4, 3, 5, 2)) for _ in range(count)]


def normalised(x, mean, var, w, b, eps=1e-5):
    """Normalise value by value."""
    y = np.empty_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        y[n, c, i, j] = (x[n, c, i, j] - mean[c]) / (var[c] + eps) ** 0.5 * w[c] + b[c]
    return y


def channel_statistics(x):
    """Mean, variance and unbiased variance of each channel."""
    values = [x[:, c].reshape(-1) for c in range(x.shape[1])]
    return [np.array([f(v) for v in values]) for f in (np.mean, np.var, lambda v: np.var(v, ddof=1))]


def learnt(**settings):
    bn = nn.BatchNorm2d(3, dtype=np.float64, **settings)
    bn.weight.replace(np.array([1.0, 2.0, -0.5]))
    bn.bias.replace(np.array([0.0, 1.0, 3.0]))
    return bn


def test_training_normalises_with_the_batch_and_moves_the_running_statistics():
    bn = learnt()
    running_mean, running_var = np.zeros(3), np.ones(3)
    for x in batches():
        mean, var, unbiased = channel_statistics(x)
        expected = normalised(x, mean, var, np.array(bn.weight), np.array(bn.bias))
        np.testing.assert_allclose(bn(tg.tensor(x)), expected, rtol=1e-10, atol=1e-12)
        running_mean = 0.9 * running_mean + 0.1 * mean
        running_var = 0.9 * running_var + 0.1 * unbiased
    np.testing.assert_allclose(bn.running_mean, running_mean, rtol=1e-12)
    np.testing.assert_allclose(bn.running_var, running_var, rtol=1e-12)
    assert bn.num_batches_tracked.item() == 3 and bn.num_batches_tracked.dtype == np.int64


def test_evaluation_normalises_with_the_running_statistics_and_moves_nothing():
    bn = learnt()
    first, second, _ = batches()
    bn(tg.tensor(first))
    mean, var = np.array(bn.running_mean), np.array(bn.running_var)
    expected = normalised(second, mean, var, np.array(bn.weight), np.array(bn.bias))
    np.testing.assert_allclose(bn.eval()(tg.tensor(second)), expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_array_equal(bn.running_mean, mean)
    assert bn.num_batches_tracked.item() == 1


def test_momentum_none_averages_over_all_batches():
    bn = learnt(momentum=None)
    seen = [channel_statistics(x) for x in batches()]
    for x in batches():
        bn(tg.tensor(x))
    np.testing.assert_allclose(bn.running_mean, np.mean([m for m, _, _ in seen], axis=0), rtol=1e-12)
    np.testing.assert_allclose(bn.running_var, np.mean([u for _, _, u in seen], axis=0), rtol=1e-12)


def test_without_tracking_the_batch_is_used_in_evaluation_too():
    bn = nn.BatchNorm2d(3, track_running_stats=False, affine=False, dtype=np.float64).eval()
    assert list(bn.state_dict()) == [] and list(bn.parameters()) == []
    x = batches()[0]
    mean, var, _ = channel_statistics(x)
    np.testing.assert_allclose(
        bn(tg.tensor(x)), normalised(x, mean, var, np.ones(3), np.zeros(3)), rtol=1e-10
    )
    with pytest.raises(ShapeError, match="one value a channel has no variance"):
        bn(tg.zeros(1, 3, 1, 1, dtype=np.float64))


def test_a_batch_that_is_refused_is_not_counted():
    bn = nn.BatchNorm2d(3)
    with pytest.raises(ShapeError, match="one value a channel has no variance"):
        bn(tg.zeros(1, 3, 1, 1))
    assert bn.num_batches_tracked.item() == 0 and bn.running_mean.tolist() == [0.0, 0.0, 0.0]


def test_forgetting_the_running_statistics_goes_back_to_the_start():
    bn = nn.BatchNorm2d(3)
    bn(tg.randn(2, 3, 2, 2))
    bn.reset_running_stats()
    assert bn.running_mean.tolist() == [0.0] * 3 and bn.running_var.tolist() == [1.0] * 3
    assert bn.num_batches_tracked.item() == 0


def test_a_saved_layer_goes_on_exactly():
    a, b = nn.BatchNorm2d(3), nn.BatchNorm2d(3)
    x, y = (tg.tensor(v.astype(np.float32)) for v in batches(2))
    a(x)
    b.load_state_dict(a.state_dict())
    np.testing.assert_array_equal(a(y), b(y))
    np.testing.assert_array_equal(a.running_var, b.running_var)
    assert b.num_batches_tracked.item() == 2

"""What is dropped together, how often, and what is left alone."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn


def rng(seed=0):
    return np.random.default_rng(seed)


def constant_over(y, dims):
    """Whether all values along some dimensions are the same."""
    return bool((y.max(dims) == y.min(dims)).all())


@pytest.mark.parametrize(
    ("function", "shape", "together"),
    [
        (tg.dropout1d, (50, 40, 3), (2,)),
        (tg.dropout1d, (2000, 3), (1,)),
        (tg.dropout2d, (50, 40, 3, 2), (2, 3)),
        (tg.dropout2d, (50, 40, 3), (2,)),
        (tg.feature_alpha_dropout, (50, 40, 3), (2,)),
        (tg.drop_path, (2000, 3, 2), (1, 2)),
    ],
)
def test_what_belongs_together_is_dropped_together(function, shape, together):
    y = function(tg.ones(*shape), 0.3, training=True, generator=rng()).numpy()
    assert constant_over(y, together)
    assert len(np.unique(y)) == 2
    kept = (y == y.max()).mean()
    assert abs(kept - 0.7) < 0.04
    if function is not tg.feature_alpha_dropout:
        assert sorted(np.unique(y).tolist()) == pytest.approx([0.0, 1 / 0.7])


def test_drop_path_by_batch_keeps_all_or_nothing():
    seen = {
        tuple(tg.drop_path(tg.ones(3, 2), 0.5, "batch", generator=rng(i)).reshape(-1).tolist())
        for i in range(9)
    }
    assert seen == {(0.0,) * 6, (2.0,) * 6}


def test_alpha_dropout_keeps_mean_and_variance():
    x = tg.tensor(rng().normal(size=(200, 500)))
    for p in (0.1, 0.5):
        y = tg.alpha_dropout(x, p, training=True, generator=rng(1)).numpy()
        assert abs(y.mean()) < 0.02 and abs(y.var() - 1) < 0.02
    a = (0.7 * (1 + 0.3 * 1.7580993408473766**2)) ** -0.5
    shift = 0.3 * a * 1.7580993408473766
    y = tg.alpha_dropout(tg.ones(100), 0.3, training=True, generator=rng()).numpy()
    np.testing.assert_allclose(np.unique(y), [shift - a * 1.7580993408473766, a + shift], rtol=1e-5)


ALL = [tg.dropout, tg.dropout1d, tg.dropout2d, tg.alpha_dropout, tg.feature_alpha_dropout, tg.drop_path]


@pytest.mark.parametrize("function", ALL)
def test_nothing_changes_outside_of_training_or_with_probability_0(function):
    x = tg.randn(3, 4, 2)
    assert function(x, 0.5, training=False) is x
    assert function(x, 0.0, training=True) is x
    assert not function(x, 1.0, training=True).numpy().any()
    empty = function(tg.zeros(0, 4, 2), 0.5, training=True)
    assert empty.shape == (0, 4, 2) and empty.dtype == np.float32


@pytest.mark.parametrize("function", ALL)
def test_the_gradient_goes_where_values_went(function):
    x = tg.tensor(rng().normal(size=(6, 5, 2)), requires_grad=True)
    y = function(x, 0.4, training=True, generator=rng(2))
    mask = function(tg.ones(6, 5, 2, dtype=np.float64), 0.4, training=True, generator=rng(2)) - function(
        tg.zeros(6, 5, 2, dtype=np.float64), 0.4, training=True, generator=rng(2)
    )
    np.testing.assert_allclose(tg.grad(y.sum(), x), mask, rtol=1e-12)


@pytest.mark.parametrize(
    "kind", ["Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout", "DropPath"]
)
def test_layers_draw_from_their_generator_and_rest_in_evaluation(kind):
    layer, again = (getattr(nn, kind)(0.5, generator=rng(7)) for _ in range(2))
    x = tg.randn(6, 5, 4)
    np.testing.assert_array_equal(layer(x), again(x))
    assert layer.eval()(x) is x
    assert "p=0.5" in repr(layer) and not layer.state_dict()
    assert [name for name, _ in layer.named_generators()] == ["generator"]


def test_dropout1d_takes_one_line_and_dropout2d_takes_two_dimensions_as_n_and_c():
    y = tg.dropout1d(tg.ones(40, 3), 0.5, generator=rng()).numpy()
    assert constant_over(y, (1,))
    assert len(np.unique(tg.dropout2d(tg.ones(40, 3), 0.5, generator=rng()).numpy())) == 2

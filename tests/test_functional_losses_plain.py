"""Losses of two tensors: their definitions number by number, weights and two orders of derivative."""

import math

import numpy as np
import pytest
from numeric import assert_close, gradient

import tinygrad_cnn as tg
from tinygrad_cnn import grad, tensor

RNG = np.random.default_rng(11)
SHAPES = [(2, 3, 4), (3, 1), (5,), (), (0, 2)]


def ln(v: float) -> float:
    return math.log(v)


def normal(shape):
    return np.asarray(RNG.standard_normal(shape) * 2)


def share(shape):
    return np.asarray(RNG.uniform(0.05, 0.95, shape))


def positive(shape):
    return np.asarray(RNG.uniform(0.5, 5.0, shape))


def below(shape):
    return -positive(shape)


def huber(d: float, delta: float) -> float:
    return d * d / 2 if abs(d) <= delta else delta * (abs(d) - delta / 2)


def logits(x: float, t: float, p: float = 1.0) -> float:
    return p * t * ln(1 + math.exp(-x)) + (1 - t) * ln(1 + math.exp(x))


def focal(x: float, t: float, alpha: float, gamma: float) -> float:
    p = 1 / (1 + math.exp(-x))
    truth = p * t + (1 - p) * (1 - t)
    factor = 1.0 if alpha < 0 else alpha * t + (1 - alpha) * (1 - t)
    return factor * (1 - truth) ** gamma * logits(x, t)


def poisson(x: float, t: float, log_input: bool, full: bool) -> float:
    y = math.exp(x) - t * x if log_input else x - t * ln(x + 1e-8)
    return y + (t * ln(t) - t + 0.5 * ln(2 * math.pi * t) if full and t > 1 else 0.0)


# name, settings, how inputs and targets are drawn, the definition
CASES = [
    ("l1_loss", {}, normal, normal, lambda x, t: abs(x - t)),
    ("mse_loss", {}, normal, normal, lambda x, t: (x - t) ** 2),
    ("smooth_l1_loss", {}, normal, normal, lambda x, t: huber(x - t, 1.0)),
    ("smooth_l1_loss", {"beta": 2.5}, normal, normal, lambda x, t: huber(x - t, 2.5) / 2.5),
    ("smooth_l1_loss", {"beta": 0.0}, normal, normal, lambda x, t: abs(x - t)),
    ("huber_loss", {}, normal, normal, lambda x, t: huber(x - t, 1.0)),
    ("huber_loss", {"delta": 3.0}, normal, normal, lambda x, t: huber(x - t, 3.0)),
    ("poisson_nll_loss", {}, normal, positive, lambda x, t: poisson(x, t, True, False)),
    ("poisson_nll_loss", {"full": True}, normal, positive, lambda x, t: poisson(x, t, True, True)),
    (
        "poisson_nll_loss",
        {"log_input": False, "full": True},
        positive,
        positive,
        lambda x, t: poisson(x, t, False, True),
    ),
    ("binary_cross_entropy", {}, share, share, lambda x, t: -t * ln(x) - (1 - t) * ln(1 - x)),
    ("binary_cross_entropy_with_logits", {}, normal, share, logits),
    ("binary_cross_entropy_with_logits", {"pos_weight": 3.0}, normal, share, lambda x, t: logits(x, t, 3.0)),
    ("sigmoid_focal_loss", {}, normal, share, lambda x, t: focal(x, t, 0.25, 2.0)),
    ("sigmoid_focal_loss", {"alpha": -1, "gamma": 1.5}, normal, share, lambda x, t: focal(x, t, -1, 1.5)),
    ("kl_div", {}, below, share, lambda x, t: t * (ln(t) - x)),
    ("kl_div", {"log_target": True}, below, below, lambda x, t: math.exp(t) * (t - x)),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[1]}")


def plain(definition, *arrays) -> np.ndarray:
    values = [definition(*(float(a[place]) for a in arrays)) for place in np.ndindex(arrays[0].shape)]
    return np.array(values, float).reshape(arrays[0].shape)


@every_case
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_and_reductions_are_those_of_the_definition(case, shape):
    name, settings, draw, draw_target, definition = case
    function, arrays = getattr(tg, name), (draw(shape), draw_target(shape))
    expected = plain(definition, *arrays)
    for layout in (np.asarray, lambda a: np.asarray(a.T.copy().T)):
        got = function(*(tensor(layout(a)) for a in arrays), reduction="none", **settings)
        assert_close(got.array, expected, 1e-12, name)
    assert_close(function(*arrays, reduction="sum", **settings).array, expected.sum(), 1e-12, "sum")
    if expected.size:
        assert_close(function(*arrays, reduction="mean", **settings).array, expected.mean(), 1e-12, "mean")
    small = function(*(tensor(a.astype(np.float32)) for a in arrays), reduction="none", **settings)
    assert small.dtype == np.float32
    assert_close(small.array, expected, 2e-5, "float32")


@every_case
def test_two_orders_of_derivative_agree_with_differences(case):
    name, settings, draw, draw_target, definition = case
    function, arrays = getattr(tg, name), [draw((3, 2)), draw_target((3, 2))]
    c, signs = RNG.uniform(0.5, 1.5, (3, 2)), RNG.choice([-1.0, 1.0], (2, 3, 2))
    leaves = [tensor(a, requires_grad=True) for a in arrays]
    y = function(*leaves, reduction="none", **settings)
    first = grad(y, leaves, tensor(c), create_graph=True)

    def value(moved):
        return float((plain(definition, *moved) * c).sum())

    def slope(moved):
        twins = [tensor(a, requires_grad=True) for a in moved]
        slopes = grad(function(*twins, reduction="none", **settings), twins, tensor(c))
        return sum(float((g.array * s).sum()) for g, s in zip(slopes, signs, strict=True))

    total = sum((g * s).sum() for g, s in zip(first, signs, strict=True))
    second = grad(total, leaves, allow_unused=True) if total.requires_grad else (None, None)
    for k, (one, two) in enumerate(zip(first, second, strict=True)):
        assert_close(one.array, gradient(value, arrays, k, h=1e-4), 1e-7, f"{name}: input {k}")
        found = np.zeros((3, 2)) if two is None else two.array
        assert_close(found, gradient(slope, arrays, k, h=1e-4), 1e-6, f"{name}: second, input {k}")


def test_the_mean_by_weights_is_divided_by_their_sum_but_for_huber():
    x, t, w = normal((3, 2)), normal((3, 2)), positive((3, 2))
    for name, values in (("l1_loss", np.abs(x - t)), ("mse_loss", (x - t) ** 2)):
        function = getattr(tg, name)
        assert_close(function(x, t, weight=w).array, (values * w).sum() / w.sum(), 1e-12, name)
        assert_close(function(x, t, "sum", w).array, (values * w).sum(), 1e-12, name)
        assert_close(function(x, t, "none", w).array, values * w, 1e-12, name)
    values = plain(lambda a, b: huber(a - b, 2.0), x, t)
    assert_close(tg.huber_loss(x, t, delta=2.0, weight=w).array, (values * w).mean(), 1e-12, "huber")
    leaf = tensor(w, requires_grad=True)
    by_weight = grad(tg.mse_loss(x, t, weight=leaf), leaf).array
    assert_close(by_weight, ((x - t) ** 2 - np.average((x - t) ** 2, weights=w)) / w.sum(), 1e-12, "weight")


@pytest.mark.parametrize("name", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("shape", [(2, 3, 4), (4,), (3, 1), (1, 1, 1), ()], ids=str)
def test_a_weight_of_yes_or_no_is_repeated_and_does_not_divide_the_mean(name, shape):
    x, t, w = share((2, 3, 4)), share((2, 3, 4)), positive(shape)
    values = getattr(tg, name)(x, t, reduction="none").array * w
    assert_close(getattr(tg, name)(x, t, tensor(w), "none").array, values, 1e-12, "none")
    assert_close(getattr(tg, name)(x, t, tensor(w)).array, values.mean(), 1e-12, "mean")


def test_a_weight_for_yes_is_one_a_class():
    x, t, p = normal((5, 3)), share((5, 3)), np.array([0.5, 1.0, 4.0])
    expected = plain(logits, x, t, np.broadcast_to(p, (5, 3)))
    got = tg.binary_cross_entropy_with_logits(x, t, reduction="none", pos_weight=p)
    assert_close(got.array, expected, 1e-12, "pos_weight")


def test_scores_of_any_size_keep_their_digits():
    x = tensor(np.array([-1e4, -50.0, 0.0, 50.0, 1e4]), requires_grad=True)
    for t, expected in (
        (np.zeros(5), [0.0, np.exp(-50), np.log(2), 50.0, 1e4]),
        (np.ones(5), [1e4, 50.0, np.log(2), np.exp(-50), 0.0]),
    ):
        y = tg.binary_cross_entropy_with_logits(x, t, reduction="none")
        np.testing.assert_allclose(y.array, expected, rtol=1e-12)
        slopes = grad(y.sum(), x).array
        np.testing.assert_allclose(slopes[[0, 4]], [-1.0 * t[0], 1.0 - t[0]])
    focused = tg.sigmoid_focal_loss(x, np.zeros(5), alpha=-1)
    np.testing.assert_allclose(focused.array[1], np.exp(-150), rtol=1e-12)


def test_certain_probabilities_cost_at_most_100():
    x = tensor(np.array([0.0, 1.0, 0.0, 1.0]), requires_grad=True)
    y = tg.binary_cross_entropy(x, np.array([0.0, 1.0, 1.0, 0.0]), reduction="none")
    assert y.tolist() == [0.0, 0.0, 100.0, 100.0]
    np.testing.assert_allclose(grad(y.sum(), x).array, [0.0, 0.0, -1e12, 1e12], rtol=1e-7)
    assert tg.binary_cross_entropy(tensor([1e-9]), [0.0]).item() == pytest.approx(1e-9, rel=1e-6)


def test_a_probability_of_0_counts_nothing_in_a_divergence():
    x, t = tg.tensor(np.log([[0.5, 0.25, 0.25]]), requires_grad=True), np.array([[0.5, 0.5, 0.0]])
    y = tg.kl_div(x, t, reduction="none")
    assert_close(y.array, [[0.0, 0.5 * np.log(2), 0.0]], 1e-12, "zero")
    assert grad(y.sum(), x).tolist() == [[-0.5, -0.5, 0.0]]


def test_batchmean_divides_by_the_first_size():
    x, t = below((4, 3)), share((4, 3))
    total = tg.kl_div(x, t, "sum").item()
    assert tg.kl_div(x, t, "batchmean").item() == total / 4
    assert tg.kl_div(x[0, 0], t[0, 0], "batchmean").shape == ()
    assert tg.kl_div(np.zeros((4, 0)), np.zeros((4, 0)), "batchmean").item() == 0.0


def test_huber_does_not_overflow_where_its_square_would():
    x = tg.tensor(np.array([3e30, -3e30], np.float32), requires_grad=True)
    y = tg.huber_loss(x, tg.zeros(2), reduction="sum")
    assert y.item() == pytest.approx(6e30, rel=1e-6) and grad(y, x).tolist() == [1.0, -1.0]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("sizes", [(3, 2), (3, 1), (1, 2), (3,)], ids=str)
def test_gaussian_likelihood_is_its_definition(sizes, full):
    x, t, v = normal((3, 2)), normal((3, 2)), positive(sizes)
    spread = v[:, None] if v.ndim == 1 else v
    expected = 0.5 * (np.log(spread) + (x - t) ** 2 / spread) + (0.5 * np.log(2 * np.pi) if full else 0.0)
    assert_close(tg.gaussian_nll_loss(x, t, v, full, reduction="none").array, expected, 1e-12, "none")
    assert_close(tg.gaussian_nll_loss(x, t, v, full).array, expected.mean(), 1e-12, "mean")


def test_small_variances_count_as_eps_and_still_get_a_gradient():
    v = tensor(np.array([0.0, 0.01]), requires_grad=True)
    y = tg.gaussian_nll_loss(np.ones(2), np.zeros(2), v, eps=0.1, reduction="none")
    assert_close(y.array, [0.5 * (np.log(0.1) + 10)] * 2, 1e-12, "value")
    assert_close(grad(y.sum(), v).array, [0.5 * (10 - 100)] * 2, 1e-12, "gradient")
    assert_close(tg.gaussian_nll_loss(np.ones(2), np.zeros(2), 4.0).array, 0.5 * (np.log(4) + 0.25), 1e-7, "")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_whole_number_targets_take_the_precision_of_the_scores(dtype):
    x = tg.tensor(np.linspace(-2, 2, 6).astype(dtype), requires_grad=True)
    labels = np.array([0, 1, 0, 1, 1, 0])
    for loss in (tg.binary_cross_entropy_with_logits, tg.sigmoid_focal_loss, tg.l1_loss, tg.huber_loss):
        y, same = loss(x, labels), loss(x, labels.astype(dtype))
        assert y.dtype == dtype
        assert (y.array == same.array).all()

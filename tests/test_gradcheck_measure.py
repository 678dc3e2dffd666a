"""How slopes are measured: kinds of places, kinks nearby, noise, and the choice of what is looked at."""

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn.testing.measure.function import Derivative, Function
from tinygrad_cnn.testing.measure.places import EDGE, JUMP, KINK, SMOOTH, STEEP, measure_noise
from tinygrad_cnn.testing.measure.search import Search, draw_weights
from tinygrad_cnn.testing.measure.slopes import Meter, directions, entries


def rng(seed=0):
    return np.random.default_rng(seed)


def plain(value):
    """A function of one tensor that is computed with numpy; its gradient is never asked for."""
    return lambda x: tg.tensor(value(np.array(x)))


def place_of(value, x):
    """Measure one slope of a function of one number."""
    with np.errstate(all="ignore"):
        function = Function(plain(value), [np.array([x])], [0])
        meter = Meter(function, measure_noise(function, rng()), np.ones((1, 1)))
        nothing = np.full((1, 1), np.nan)
        return meter.compare(entries(function.x, np.array([0])), nothing, np.zeros((1, 1)))


SMOOTH_AT = {  # function -> its derivative
    "square": (lambda x: x * x, lambda x: 2 * x),
    "power": (lambda x: x**7, lambda x: 7 * x**6),
    "exp": (np.exp, np.exp),
    "sin": (np.sin, np.cos),
    "fast sine": (lambda x: np.sin(100 * x), lambda x: 100 * np.cos(100 * x)),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "steep tanh": (lambda x: np.tanh(1e3 * x), lambda x: 1e3 * (1 - np.tanh(1e3 * x) ** 2)),
    "bell": (lambda x: np.exp(-x * x), lambda x: -2 * x * np.exp(-x * x)),
    "rational": (lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    "abs": (np.abs, np.sign),
    "relu": (lambda x: np.maximum(x, 0), lambda x: float(x > 0)),
    "relu cubed": (lambda x: np.maximum(x, 0) ** 3, lambda x: 3 * max(x, 0) ** 2),
    "huber": (
        lambda x: np.where(np.abs(x) < 1, x * x / 2, np.abs(x) - 0.5),
        lambda x: x if abs(x) < 1 else np.sign(x),
    ),
}


@pytest.mark.parametrize("name", SMOOTH_AT)
def test_slopes_are_right_wherever_a_function_has_one(name):
    value, slope = SMOOTH_AT[name]
    for x in [*rng(1).standard_normal(40), *rng(2).standard_normal(10) * 1e-4, 2.5, -3.7]:
        got = place_of(value, x)
        expected = slope(x)
        assert got.kind[0] == SMOOTH, (x, got)
        assert abs(got.value[0, 0] - expected) <= got.tolerance[0, 0] + 1e-9 * max(1.0, abs(expected)), (
            x,
            got,
        )
        assert got.tolerance[0, 0] <= 1e-3 * max(1.0, abs(expected)), (x, got)


@pytest.mark.parametrize(
    ("value", "left", "right"),
    [
        (np.abs, -1, 1),
        (lambda x: np.maximum(x, 0), 0, 1),
        (lambda x: np.where(x > 0, np.sin(x), 0.1 * x), 0.1, 1),
        (lambda x: np.maximum(np.exp(x), 1 - x), -1, 1),
        (lambda x: np.minimum(x, 3 * x), 3, 1),
        (lambda x: 1e6 * np.abs(x), -1e6, 1e6),
        (lambda x: np.abs(x) + 1000.0, -1, 1),
    ],
)
@pytest.mark.parametrize("distance", [0.0, 1e-9])
def test_a_kink_is_told_with_both_slopes(value, left, right, distance):
    got = place_of(value, distance)
    size = max(abs(left), abs(right))
    low, high = got.low[0, 0], got.high[0, 0]
    assert got.tolerance[0, 0] <= 1e-3 * size
    if distance == 0 or got.kind[0] == KINK:
        assert got.kind[0] == KINK
        assert low == pytest.approx(min(left, right), abs=0.01 * size)
        assert high == pytest.approx(max(left, right), abs=0.01 * size)
    else:  # the function has a slope here, and it was seen
        assert low == high == pytest.approx(right, abs=1e-3 * size)


@pytest.mark.parametrize(
    ("value", "x", "kind"),
    [
        (np.sign, 0.0, JUMP),
        (np.floor, 2.0, JUMP),
        (lambda x: np.where(x > 0, x + 1, x), 0.0, JUMP),
        (lambda x: np.sqrt(np.abs(x)), 0.0, STEEP),
        (np.cbrt, 0.0, STEEP),
        (np.sqrt, 0.0, EDGE),
        (np.arcsin, 1.0, EDGE),
        (lambda x: np.where(x >= 0, x * np.log(np.maximum(x, 1e-300)), np.nan), 0.0, EDGE),
    ],
)
def test_jumps_edges_and_infinite_slopes_are_told_apart(value, x, kind):
    assert place_of(value, x).kind[0] == kind


def test_noise_is_measured_and_not_taken_for_a_slope():
    quiet = Function(plain(lambda x: np.sin(x)), [rng().standard_normal(50)], [0])
    loud = Function(plain(lambda x: np.sin(x + 1e6) - 0.0), [rng().standard_normal(50)], [0])
    narrow = Function(
        lambda x: tg.tensor((np.array(x) * 1e5).astype(np.float32).astype(float)), [rng().random(50)], [0]
    )
    assert measure_noise(quiet, rng()).max() < 1e-15
    assert 1e-12 < np.median(measure_noise(loud, rng())) < 1e-9
    assert measure_noise(narrow, rng()).max() > 1e-6


@pytest.mark.parametrize("wrong", [0, 5000, 99_999])
def test_halving_finds_the_one_wrong_entry(wrong):
    x = rng().standard_normal(100_000)
    function = Function(lambda x: x.tanh() * x, [x], [0])
    search = Search(function, rng(), None, None)
    search.found.analytic[:, wrong] += 0.01
    found = search.fast()
    assert found.wrong.tolist() == [wrong]
    assert function.evaluations < 300


def test_no_projection_fails_where_nothing_is_wrong():
    x = rng().standard_normal(20_000)
    for seed in range(5):
        found = Search(Function(lambda x: x.relu() * x.exp(), [x], [0]), rng(seed), None, None).fast()
        assert not found.wrong.size
        assert not found.failed
        assert found.projections == 8


def test_corners_and_borders_are_always_looked_at():
    x, w = rng().standard_normal((4, 3, 30, 31)), rng().standard_normal((5, 3, 3, 3))
    search = Search(Function(lambda x, w: F.conv2d(x, w), [x, w], [0, 1]), rng(), None, None)
    chosen = set(search.chosen_entries().tolist())
    assert {0, x.size - 1, x.size, x.size + w.size - 1} <= chosen
    assert int(np.ravel_multi_index((0, 2, 29, 0), x.shape)) in chosen


def test_the_derivative_is_the_gradient_as_a_function():
    x = rng().standard_normal((2, 3))
    base = Function(lambda x: x**3, [x], [0])
    c = draw_weights(rng(), 6)
    second = Derivative(base, c)
    np.testing.assert_allclose(second.y, (3 * x**2).ravel() * c, rtol=1e-14)
    d = draw_weights(rng(1), 6)
    expected = np.concatenate([6 * x.ravel() * c * d, 3 * x.ravel() ** 2 * d])
    np.testing.assert_allclose(second.gradient(d), expected, rtol=1e-14)


def test_moves_along_directions_scale_with_the_inputs():
    x = rng().standard_normal(10)
    assert directions(1000 * x, np.ones((2, 10))).scale.min() > 300
    assert directions(0.001 * x, np.ones((2, 10))).scale.tolist() == [1.0, 1.0]

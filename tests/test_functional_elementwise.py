"""Arithmetic, functions of every value, comparisons and logic: numbers worked out by hand or by `math`."""

import inspect
import math

import numpy as np
import pytest
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, tensor
from tinygrad_cnn.testing import gradcheck

INF, NAN = float("inf"), float("nan")
RNG = np.random.default_rng(5)


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def slopes(f, *values):
    xs = [leaf(v) for v in values]
    return [g.tolist() for g in grad(f(*xs).sum(), xs)]


SMOOTH = {
    "atan2": math.atan2,
    "cos": math.cos,
    "div": lambda a, b: a / b,
    "erf": math.erf,
    "erfc": math.erfc,
    "expm1": math.expm1,
    "log1p": math.log1p,
    "reciprocal": lambda v: 1 / v,
    "remainder": lambda a, b: a % b,
    "rsqrt": lambda v: v**-0.5,
    "sin": math.sin,
    "square": lambda v: v * v,
    "tan": math.tan,
}


@pytest.mark.parametrize("name", SMOOTH)
def test_values_and_both_derivatives_of_smooth_functions(name):
    count = len(inspect.signature(getattr(tg, name)).parameters)
    arrays = [RNG.uniform(0.3, 1.4, shape) for shape in [(2, 3, 4), (3, 1)]][: 2 if count > 1 else 1]
    if name == "remainder":
        arrays = [RNG.uniform(4.2, 5.8, (2, 3, 4)), np.full((3, 1), 2.0)]
    y = getattr(tg, name)(*map(tensor, arrays))
    assert_close(y.array, np.vectorize(SMOOTH[name])(*arrays), 1e-14, name)
    assert getattr(tensor(arrays[0]), name)(*map(tensor, arrays[1:])).tolist() == y.tolist()
    assert gradcheck(getattr(tg, name), tuple(arrays), order=2)


EVERY_NUMBER = "sin cos tan log1p expm1 rsqrt reciprocal erf erfc exp log sqrt"


@pytest.mark.parametrize("name", EVERY_NUMBER.split())
def test_whole_numbers_become_float32_and_float32_stays(name):
    f = getattr(tg, name)
    for x in ([1, 2], np.array([1, 2], np.uint8), np.array([True, True]), np.array([1.0, 2.0], np.float32)):
        assert f(tensor(x)).dtype == np.float32
    assert f(tensor(np.zeros((0, 3)))).shape == (0, 3)
    assert f(tensor(np.array(0.5))).shape == ()


STEPS = {  # -1.5 -0.5 0 0.5 1.5 2.5 and what does not end
    "ceil": [-1, 0, 0, 1, 2, 3, INF, NAN],
    "floor": [-2, -1, 0, 0, 1, 2, INF, NAN],
    "round": [-2, 0, 0, 0, 2, 2, INF, NAN],
    "sign": [-1, -1, 0, 1, 1, 1, 1, 0],
    "trunc": [-1, 0, 0, 0, 1, 2, INF, NAN],
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_have_the_gradient_0_and_stay_on_the_graph(name):
    f = getattr(tg, name)
    x = leaf([-1.5, -0.5, 0.0, 0.5, 1.5, 2.5, INF, NAN])
    y = f(x)
    np.testing.assert_array_equal(y.array, STEPS[name])
    assert y.requires_grad
    first = grad(y, x, tensor(np.full(8, INF)), create_graph=True)
    assert first.tolist() == [0.0] * 8
    whole = tensor([-3, 0, 4])
    assert f(whole).dtype == whole.dtype
    assert f(whole).tolist() == ([-1, 0, 1] if name == "sign" else [-3, 0, 4])
    assert getattr(x, name)().shape == (8,)
    assert f(tensor(np.array(1.5, np.float32))).dtype == np.float32


def test_rounding_to_decimals_and_to_tens():
    x = tensor(np.array([0.125, 0.375, -2.675, 15.0, 25.0, -1234.5]))
    assert tg.round(x, decimals=2).tolist() == [0.12, 0.38, -2.68, 15.0, 25.0, -1234.5]
    assert tg.round(x, decimals=-1).tolist() == [0.0, 0.0, -0.0, 20.0, 20.0, -1230.0]
    assert tg.sign(tensor([True, False])).tolist() == [True, False]


def test_remainders_have_the_sign_of_the_divisor():
    a, b = [5.0, -5.0, 5.0, -5.0], [3.0, 3.0, -3.0, -3.0]
    assert tg.remainder(tensor(a), tensor(b)).tolist() == [2.0, 1.0, -1.0, -2.0]
    assert slopes(tg.remainder, a, b) == [[1.0] * 4, [-1.0, 2.0, 2.0, -1.0]]
    assert (tensor([5, -5]) % 3).tolist() == [2, 1]
    assert (7 % tensor([4.0])).tolist() == [3.0]
    with np.errstate(invalid="ignore"):
        assert math.isnan((tensor([1.0]) % 0.0).item())


def test_division_with_rounding():
    a, b = [7.0, -7.0, 7.0, -7.0], [2.0, 2.0, -2.0, -2.0]
    for mode, expected in (("floor", [3, -4, -4, 3]), ("trunc", [3, -3, -3, 3])):
        assert tg.div(tensor(a), tensor(b), rounding_mode=mode).tolist() == expected
        whole = tg.div(tensor(np.array(a, int)), tensor(np.array(b, int)), rounding_mode=mode)
        assert whole.tolist() == expected
        assert whole.dtype == np.int64
        assert slopes(lambda a, b, mode=mode: tg.div(a, b, rounding_mode=mode), a, b) == [[0.0] * 4] * 2
    assert tg.div(tensor(np.array([1.0])), 0.1, rounding_mode="floor").tolist() == [
        9.0
    ]  # 0.1 is a bit larger
    assert (tensor([7.0]) // 2).tolist() == [3.0]
    assert (7 // tensor([2.0])).tolist() == [3.0]
    assert (tensor([7, -7]) // 2).tolist() == [3, -4]


def test_sums_and_differences_with_a_factor():
    a, b = tensor([1.0, 2.0]), tensor([[1.0], [2.0]])
    assert tg.add(a, b, alpha=3).tolist() == [[4.0, 5.0], [7.0, 8.0]]
    assert a.sub(b, alpha=0.5).tolist() == [[0.5, 1.5], [0.0, 1.0]]
    assert tg.add(tensor([1]), tensor([2]), alpha=3).tolist() == [7]
    assert slopes(lambda a, b: tg.sub(a, b, alpha=3), [1.0], [2.0]) == [[1.0], [-3.0]]


def test_a_factor_of_a_number_keeps_the_dtype():
    x = tg.tensor(np.array([1.0, 2.0]))
    y = tg.add(x, 0.1, alpha=3)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.numpy(), [1.3, 2.3], rtol=1e-15)
    np.testing.assert_allclose(tg.sub(x, 0.5, alpha=-2).numpy(), [2.0, 3.0])


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_whole_numbers_take_the_dtype_of_the_integers_beside_them(kind):
    x = tg.tensor(np.array([7, 200], kind))
    for y in (x + 1, 250 - x, x * 1, x // 2, x % 3, x**1, x & 3, tg.where(x > 9, x, 0), x.add(x, alpha=0)):
        assert y.dtype == kind
    assert (x + 2**40).tolist() == [7 + 2**40, 200 + 2**40]
    assert (x < -1).tolist() == [False, False]
    x += 1
    assert x.dtype == kind and x.tolist() == [8, 201]


def test_a_plus_sign_and_membership():
    x = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert +x is x and 3 in x and 5.0 not in x and tg.tensor(4.0) in x
    assert 2 in tg.tensor(2) and tg.clamp(x > 2, 2).tolist() == [[2, 2], [2, 2]]


def test_the_angle_of_a_point_and_its_gradients_at_the_origin():
    y, x = [0.0, 0.0, 1.0, -1.0, 0.0], [1.0, -1.0, 0.0, 0.0, 0.0]
    half = math.pi / 2
    assert_close(tg.atan2(leaf(y), leaf(x)).array, np.array([0, math.pi, half, -half, 0]), 1e-15, "angles")
    by_y, by_x = slopes(tg.atan2, y, x)
    assert by_y == [1.0, -1.0, 0.0, 0.0, 0.0]
    assert by_x == [0.0, 0.0, -1.0, 1.0, 0.0]


def test_maximum_and_minimum_at_ties_and_beside_nan():
    for f in (tg.maximum, tg.minimum):
        assert slopes(f, [1.0, INF], [1.0, INF]) == [[0.5, 0.5], [0.5, 0.5]]
        assert slopes(f, [NAN, 1.0], [1.0, NAN]) == [[1.0, 1.0], [1.0, 1.0]]  # as in PyTorch
        assert np.isnan(f(leaf([NAN, 1.0]), leaf([1.0, NAN])).array).all()


def test_small_numbers_keep_their_digits():
    tiny = leaf([1e-20, -1e-20])
    assert tg.log1p(tiny).tolist() == tg.expm1(tiny).tolist() == [1e-20, -1e-20]
    (slope,) = slopes(tg.expm1, [-50.0])
    assert_close(slope[0] * 1e21, math.exp(-50) * 1e21, 1e-14, "slope")
    assert slopes(tg.erf, [1e300, -1e300, 0.0])[0] == [0.0, 0.0, 2 / math.sqrt(math.pi)]


COMPARISONS = {  # of -1 0 0.5 NaN with 0
    "eq": [False, True, False, False],
    "ne": [True, False, True, True],
    "lt": [True, False, False, False],
    "le": [True, True, False, False],
    "gt": [False, False, True, False],
    "ge": [False, True, True, False],
    "logical_and": [False] * 4,
    "logical_or": [True, False, True, True],
    "logical_xor": [True, False, True, True],
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_comparisons_and_logic(name):
    x, f = leaf([-1.0, 0.0, 0.5, NAN]), getattr(tg, name)
    for zero in (0, 0.0, tensor(0), tensor(0.0), np.zeros(4), [0.0] * 4, tensor(np.zeros(4))):
        y = f(x, zero)
        assert y.tolist() == COMPARISONS[name]
        assert y.dtype == np.bool_
        assert not y.requires_grad
    assert getattr(x, name)(0).tolist() == COMPARISONS[name]
    assert f(tensor(np.zeros((2, 1))), tensor(np.zeros((0,)))).shape == (2, 0)


def test_the_signs_of_comparison_are_the_functions():
    x = leaf([-1.0, 0.0, 0.5, NAN])
    for name, y in {"eq": x == 0, "ne": x != 0, "lt": x < 0, "le": x <= 0, "gt": x > 0, "ge": x >= 0}.items():
        assert y.tolist() == COMPARISONS[name]
    assert (x == None) is False  # noqa: E711
    assert (x != "text") is True
    with pytest.raises(TypeError):
        x < None  # noqa: B015


def test_questions_about_values():
    x = tensor([0.0, 2.0, INF, -INF, NAN])
    assert tg.isnan(x).tolist() == [False, False, False, False, True]
    assert tg.isinf(x).tolist() == [False, False, True, True, False]
    assert tg.isfinite(x).tolist() == [True, True, False, False, False]
    assert tg.logical_not(x).tolist() == [True, False, False, False, False]
    assert tensor([1, 0]).isnan().tolist() == [False, False]
    assert tensor([True]).isfinite().tolist() == [True]


def test_booleans_and_bits_are_combined_with_signs():
    a, b = tensor([True, True, False]), tensor([True, False, False])
    assert (a & b).tolist() == [True, False, False]
    assert (a | b).tolist() == [True, True, False]
    assert (a ^ b).tolist() == [False, True, False]
    assert (~a).tolist() == [False, False, True]
    assert (tensor([6]) & 3).tolist() == [2]
    assert (True | b).tolist() == [True, True, True]
    x = tensor([-1.0, 0.5, 3.0])
    assert x.where((x > 0) & (x < 1), 0.0).tolist() == [0.0, 0.5, 0.0]


SIGNATURES = {
    "add": "input other alpha=1",
    "atan2": "input other",
    "div": "input other rounding_mode=None",
    "eq": "input other",
    "isnan": "input",
    "log1p": "input",
    "logical_xor": "input other",
    "pow": "input exponent",
    "remainder": "input other",
    "round": "input decimals=0",
    "sub": "input other alpha=1",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_pytorchs_names(name):
    parameters = inspect.signature(getattr(tg, name)).parameters.values()
    words = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters]
    assert " ".join(words) == SIGNATURES[name]

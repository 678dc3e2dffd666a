"""Sums, products, moments, extremes and norms: values and gradients worked out by hand or by plain numpy."""

import math

import numpy as np
import pytest
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, tensor
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.testing import gradcheck

INF, NAN = float("inf"), float("nan")
RNG = np.random.default_rng(3)
X = RNG.permutation(24).reshape(2, 3, 4) / 8 - 1.45  # no ties, no zeros


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def slopes(f, values):
    x = leaf(values)
    return grad(f(x).sum(), x).tolist()


def same(got, expected):
    np.testing.assert_array_equal(got, expected)


OVER_SEVERAL = {
    "sum": lambda x, dim, keep: x.sum(axis=dim, keepdims=keep),
    "mean": lambda x, dim, keep: x.mean(axis=dim, keepdims=keep),
    "amax": lambda x, dim, keep: x.max(axis=dim, keepdims=keep),
    "amin": lambda x, dim, keep: x.min(axis=dim, keepdims=keep),
    "var": lambda x, dim, keep: x.var(axis=dim, keepdims=keep, ddof=1),
    "std": lambda x, dim, keep: x.std(axis=dim, keepdims=keep, ddof=1),
    "logsumexp": lambda x, dim, keep: np.log(np.exp(x).sum(axis=dim, keepdims=keep)),
    "norm": lambda x, dim, keep: np.sqrt((x * x).sum(axis=dim, keepdims=keep)),
    "vector_norm": lambda x, dim, keep: np.sqrt((x * x).sum(axis=dim, keepdims=keep)),
}


@pytest.mark.parametrize("name", OVER_SEVERAL)
@pytest.mark.parametrize("dim", [0, -1, (0, 2), [1, -1], (0, 1, 2), (), None])
def test_over_one_several_or_all_dimensions(name, dim):
    if (name, dim) == ("logsumexp", None) or (name == "norm" and dim == (0, 1, 2)):
        return
    axis = tuple(dim) if isinstance(dim, list | tuple) and dim else None if dim in ((), None) else dim
    for keep in (False, True):
        y = getattr(tg, name)(tensor(X), dim=dim, keepdim=keep)
        assert_close(y.array, OVER_SEVERAL[name](X, axis, keep), 1e-14, name)
    f = getattr(tg, name)
    assert f(tensor(X.astype(np.float32)), dim=dim).dtype == np.float32
    assert gradcheck(lambda x: f(x, dim=dim), (X,), order=2)
    if name != "vector_norm":
        same(getattr(tensor(X), name)(dim=dim), f(tensor(X), dim=dim))


@pytest.mark.parametrize("name", ["prod", "cumsum", "cumprod", "logcumsumexp"])
def test_along_one_dimension(name):
    definition = {
        "prod": np.prod,
        "cumsum": np.cumsum,
        "cumprod": np.cumprod,
        "logcumsumexp": lambda x, axis: np.log(np.cumsum(np.exp(x), axis)),
    }[name]
    f = getattr(tg, name)
    for d in (0, 1, -1):
        assert_close(f(tensor(X), d).array, definition(X, d), 1e-14, name)
        assert gradcheck(lambda x, d=d: f(x, d), (X,), order=2)
    assert f(tensor(X.astype(np.float32)), 1).dtype == np.float32
    assert f(tg.zeros(0, 3), 1).shape == ((0,) if name == "prod" else (0, 3))
    same(f(tensor(2.0), 0), 2.0)


ZEROS = [[2.0, 0.0, 3.0, 4.0], [0.0, 5.0, 0.0, 2.0], [1.0, 2.0, 3.0, 0.0]]


@pytest.mark.parametrize("name", ["prod", "cumprod"])
def test_products_have_right_derivatives_at_zeros(name):
    assert gradcheck(lambda x: getattr(tg, name)(x, 1), (np.array(ZEROS),), order=2)
    assert slopes(lambda x: tg.prod(x, 1), ZEROS) == [[0, 24, 0, 0], [0, 0, 0, 0], [0, 0, 0, 6]]
    x = leaf([0.0, 5.0, 0.0, 2.0])
    (first,) = grad(tg.prod(x), [x], create_graph=True)
    assert grad(first[0], x).tolist() == [0, 0, 10, 0]


def test_products_of_all_of_nothing_and_of_whole_numbers():
    assert tg.prod(tensor(X[:1, 0])).item() == pytest.approx(X[0, 0].prod())
    same(tg.prod(tg.zeros(0, 3), 0), [1, 1, 1])
    same(tg.prod(tensor([[2, 3], [4, 5]]), 1, True), [[6], [20]])
    assert tg.prod(tensor([True, True])).dtype == np.int64
    assert tg.prod(tensor([1.5, 2.9]), dtype=np.int32).tolist() == 2
    assert tg.prod(tensor([1.5]), dtype=np.int32).dtype == np.int32


REDUCTIONS = "all amax amin any argmax argmin max mean median min prod std sum var"


@pytest.mark.parametrize("name", REDUCTIONS.split())
def test_one_more_dimension_is_no_keepdim(name):
    with pytest.raises(ArgumentError, match=f"{name}: keepdim must be True or False, got 1"):
        getattr(tg, name)(tensor([[1.0, 2.0]]), 0, keepdim=1)


def test_sums_of_whole_numbers_are_int64():
    for array in (np.array([200, 100], np.uint8), np.array([200, 100], np.int32)):
        y = tg.sum(tensor(array))
        assert (y.item(), y.dtype) == (300, np.int64)
    assert tg.cumsum(tensor([True, True]), 0).tolist() == [1, 2]
    assert tg.sum(tensor([1.5, 2.5]), dtype=np.int64).item() == 3
    assert tg.mean(tensor([1, 2]), dtype=np.float64).dtype == np.float64


def test_a_running_sum_of_float32_is_added_up_in_double():
    x = np.full(100_000, 0.1, np.float32)
    assert abs(tg.cumsum(tensor(x), 0).numpy()[-1] - np.sum(x, dtype=np.float64)) < 1e-3


def test_of_nothing_and_of_one():
    assert math.isnan(tg.mean(tg.zeros(0)).item())
    assert [math.isnan(v) for v in tg.mean(tg.zeros(0, 2), dim=0).tolist()] == [True, True]
    assert tg.mean(tg.zeros(0, 3), dim=1).shape == (0,)
    assert tg.logsumexp(tg.zeros(0), 0).item() == -INF
    assert math.isnan(tg.var(tensor(2.0)).item())
    assert math.isnan(tg.std(tg.zeros(0)).item())
    assert tg.var(tensor([1.0, 2.0]), correction=3).item() == INF
    assert tg.norm(tg.zeros(0)).item() == 0


def test_variances_with_other_corrections():
    x = tensor([1.0, 2.0, 4.0])
    about = sum((v - 7 / 3) ** 2 for v in (1, 2, 4))
    for settings, divisor in [
        ({}, 2),
        ({"correction": 0}, 3),
        ({"correction": 0.5}, 2.5),
        ({"correction": -1}, 4),
        ({"correction": None}, 2),
        ({"unbiased": False}, 3),
    ]:
        assert tg.var(x, **settings).item() == pytest.approx(about / divisor, rel=1e-6)
    assert tg.var(x, False).item() == tg.var(x, 0, False).item() == pytest.approx(about / 3, rel=1e-6)
    variance, mean = tg.var_mean(x, 0, keepdim=True)
    assert (variance.shape, mean.tolist()) == ((1,), [pytest.approx(7 / 3)])
    deviation, mean = tg.std_mean(x)
    assert deviation.item() ** 2 == pytest.approx(about / 2, rel=1e-6)


def test_a_deviation_of_equal_values_has_the_gradient_0():
    assert slopes(lambda x: tg.std(x), [2.0, 2.0, 2.0]) == [0, 0, 0]
    assert slopes(lambda x: tg.std_mean(x, 1)[0], [[2.0, 2.0], [1.0, 3.0]])[0] == [0, 0]


TIES = [1.0, 3.0, 3.0, 2.0]


def test_ties_are_shared_or_the_first_one_is_picked():
    for f in (tg.max, tg.amax, lambda x: tg.aminmax(x).max, lambda x: tg.norm(x, INF)):
        assert slopes(f, TIES) == [0, 0.5, 0.5, 0]
    for f in (tg.min, tg.amin, lambda x: tg.aminmax(x, dim=0).min):
        assert slopes(f, [3.0, 1.0, 1.0]) == [0, 0.5, 0.5]
    assert slopes(lambda x: tg.max(x, 0).values, TIES) == [0, 1, 0, 0]
    assert slopes(lambda x: tg.min(x, 0).values, [3.0, 1.0, 1.0]) == [0, 1, 0]
    assert (tg.argmax(tensor(TIES)).item(), tg.argmin(tensor([2.0, 1.0, 1.0])).item()) == (1, 1)


def test_nan_is_the_largest_and_the_smallest_value():
    x = [1.0, NAN, 3.0, NAN]
    for f in (tg.amax, tg.amin, tg.max, tg.min):
        assert math.isnan(f(tensor(x)).item())
    assert slopes(tg.max, x) == slopes(tg.min, x) == [0, 0.5, 0, 0.5]
    assert all(map(math.isnan, slopes(tg.amax, x)))
    assert (
        tg.argmax(tensor(x)).item() == tg.argmin(tensor(x)).item() == tg.min(tensor(x), 0).indices.item() == 1
    )


def test_extremes_of_whole_numbers_and_booleans_keep_their_dtype():
    pixels = tensor(np.array([3, 255, 0], np.uint8))
    for f in (tg.amax, tg.amin, tg.max, tg.min):
        assert f(pixels).dtype == np.uint8
        assert f(tensor([True, False])).dtype == np.bool_
    assert [t.item() for t in tg.aminmax(pixels)] == [0, 255]
    assert [t.item() for t in tg.min(pixels, 0)] == [0, 2]


def test_extremes_keep_dimensions_and_take_two_tensors():
    x = tensor(X)
    same(tg.argmax(x, keepdim=True), [[[np.argmax(X)]]])
    same(tg.max(x, 1, True).values, X.max(1, keepdims=True))
    same(tg.min(x, 1).indices, X.argmin(1))
    same(tg.max(x, other=-x), np.maximum(X, -X))
    same(tg.min(x, -x), np.minimum(X, -X))
    low, high = tg.aminmax(x, dim=2, keepdim=True)
    same(low, X.min(2, keepdims=True))
    same(high, X.max(2, keepdims=True))


def test_logsumexp_of_infinities():
    assert tg.logsumexp(tensor([-INF, -INF]), 0).item() == -INF
    assert tg.logsumexp(tensor([INF, 1.0]), 0).item() == INF
    assert slopes(lambda x: tg.logsumexp(x, 0), [-INF, 1.0]) == [0, 1]
    assert tg.logsumexp(tensor([1, 2]), 0).dtype == np.float32


ORDERS = [1, 2, 3, 0.5, 1.5, -1, -2.5, INF, -INF, 0]


@pytest.mark.parametrize("p", ORDERS)
def test_norms_of_any_order(p):
    size = np.abs(X)
    special = {INF: size.max(1), -INF: size.min(1), 0: (size > 0).sum(1)}
    expected = special[p] if p in special else (size**p).sum(1) ** (1 / p)
    assert_close(tg.norm(tensor(X), p, 1).array, expected, 1e-13, "norm")
    assert_close(tg.vector_norm(tensor(X), p, 1).array, expected, 1e-13, "vector_norm")
    assert p == 0 or gradcheck(lambda x: tg.norm(x, p, 1), (X,), order=2)


@pytest.mark.parametrize("p", ORDERS)
def test_the_gradient_of_a_norm_is_0_at_0(p):
    assert slopes(lambda x: tg.norm(x, p), [0.0, 0.0]) == [0, 0]
    one_zero = slopes(lambda x: tg.norm(x, p), [0.0, -3.0, 1.0])
    assert one_zero[0] == 0
    assert all(map(math.isfinite, one_zero))


def test_norms_in_words_and_of_another_dtype():
    x = tensor([[3.0, 4.0], [6.0, 8.0]])
    assert (
        tg.norm(x, "fro", (0, 1)).item()
        == tg.norm(x, None).item()
        == tg.norm(x).item()
        == pytest.approx(125**0.5)
    )
    assert tg.norm(x, dtype=np.float64).dtype == tg.vector_norm(x, dtype=np.float64).dtype == np.float64
    assert tg.norm(x, keepdim=True).shape == (1, 1)


def test_normalize_and_similarities():
    assert_close(tg.normalize(tensor(X), dim=2).array, X / np.sqrt((X * X).sum(2, keepdims=True)), 1e-14, "x")
    same(tg.normalize(tg.zeros(2, 3)), np.zeros((2, 3)))
    assert gradcheck(lambda x: tg.normalize(x, 3.0, (0, 1)), (X,), order=2)
    other = RNG.uniform(0.5, 1.5, (3, 1))
    cosine = (X * other).sum(1) / np.sqrt((X * X).sum(1) * (other**2).sum(0))
    assert_close(tg.cosine_similarity(tensor(X), tensor(other)).array, cosine, 1e-14, "cosine")
    assert gradcheck(tg.cosine_similarity, (X, other), order=2)
    apart = np.abs(X - other + 1e-6).sum(2, keepdims=True)
    assert_close(
        tg.pairwise_distance(tensor(X), tensor(other), 1.0, keepdim=True).array, apart, 1e-14, "distance"
    )
    assert tg.cosine_similarity(tg.zeros(2), tg.ones(2), dim=0).item() == 0
    assert tg.pairwise_distance(tensor([1, 2]), tensor([4, 6])).item() == pytest.approx(5, rel=1e-5)
    assert (
        slopes(lambda x: tg.cosine_similarity(x, tg.ones(2, dtype=np.float64), dim=0, eps=0.5), [0, 0])
        == [pytest.approx(2**0.5)] * 2
    )


def test_questions_about_all_values():
    x = tensor([[1.0, NAN], [0.0, 2.0]])
    assert (tg.any(x).item(), tg.all(x).item(), tg.count_nonzero(x).item()) == (True, False, 3)
    same(tg.all(x, 1, True), [[True], [False]])
    same(tg.any(x, ()), x.numpy() != 0)
    same(tg.count_nonzero(x, (0,)), [1, 2])
    assert tg.any(tensor(np.array([2], np.uint8))).dtype == np.uint8
    assert (tg.all(tg.zeros(0)).item(), tg.any(tg.zeros(0)).item(), (x > 5).any().item()) == (
        True,
        False,
        False,
    )
    assert tg.count_nonzero(x).dtype == np.int64

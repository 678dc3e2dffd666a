"""Sorting, ranks, running extremes, picking and putting: values and gradients by hand and by plain numpy."""

import math

import numpy as np
import pytest
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, tensor, zeros
from tinygrad_cnn.testing import gradcheck

NAN, INF = float("nan"), float("inf")
X = np.random.default_rng(4).permutation(24).reshape(2, 3, 4) / 8 - 1.45
TIED = [2.0, 1.0, 2.0, 1.0]


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def slopes(f, *values):
    xs = [leaf(v) for v in values]
    found = [g.tolist() for g in grad(f(*xs).sum(), xs)]
    return found if len(found) > 1 else found[0]


def same(got, expected):
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("d", [0, 1, -1])
def test_sorting(d):
    for descending in (False, True):
        values, indices = tg.sort(tensor(X), d, descending)
        expected = -np.sort(-X, axis=d) if descending else np.sort(X, axis=d)
        same(values, expected)
        same(np.take_along_axis(X, indices.numpy(), d), expected)
        same(tg.argsort(tensor(X), d, descending), indices)
    assert gradcheck(lambda x: tg.sort(x, d).values, (X,))


def test_the_order_is_stable_both_ways_and_nan_is_largest():
    assert tg.argsort(tensor(TIED)).tolist() == [1, 3, 0, 2]
    assert tg.argsort(tensor(TIED), descending=True).tolist() == [0, 2, 1, 3]
    assert tg.argsort(tensor([1.0, NAN, -INF])).tolist() == [2, 0, 1]
    assert tg.argsort(tensor([1.0, NAN, -INF]), descending=True).tolist() == [1, 0, 2]
    assert tg.sort(tensor([True, False])).values.tolist() == [False, True]
    assert tg.topk(tensor(TIED), 1).indices.item() == 0
    assert tg.kthvalue(tensor(TIED), 2).indices.item() == 3
    assert tg.median(tensor([*TIED, 2.0]), 0).indices.item() == 0


def test_largest_smallest_and_kth_values():
    x = tensor(X)
    same(tg.topk(x, 2).values, -np.sort(-X)[..., :2])
    same(tg.topk(x, 2, 1, largest=False).values, np.sort(X, 1)[:, :2])
    assert tg.topk(x, 0).values.shape == (2, 3, 0)
    same(tg.kthvalue(x, 2).values, np.sort(X)[..., 1])
    same(tg.kthvalue(x, 3, 1, True).values, np.sort(X, 1)[:, 2:])
    assert gradcheck(lambda x: tg.topk(x, 2, 1).values, (X,))
    assert gradcheck(lambda x: tg.kthvalue(x, 2, 0).values, (X,))
    assert [tg.topk(tensor(5.0), 1).values.item(), tg.kthvalue(tensor(5.0), 1).indices.item()] == [5, 0]


def test_medians():
    x = tensor(X)
    assert tg.median(x).item() == np.sort(X.reshape(-1))[11]
    same(tg.median(x, 1).values, np.median(X, 1))
    same(tg.median(x, 2, keepdim=True).values, np.sort(X)[..., 1:2])
    assert slopes(tg.median, [1.0, 3.0, 3.0, 5.0]) == [0, 0.5, 0.5, 0]
    assert slopes(tg.nanmedian, [NAN, 3.0, 3.0, 5.0]) == [0, 0.5, 0.5, 0]
    assert slopes(lambda x: tg.median(x, 0).values, [3.0, 1.0, 2.0]) == [0, 0, 1]
    holes = [[NAN, 1.0, 4.0], [NAN, NAN, NAN]]
    assert [math.isnan(v) for v in tg.median(tensor(holes), 1).values.tolist()] == [True, True]
    values, indices = tg.nanmedian(tensor(holes), 1)
    assert (values[0].item(), indices.tolist()) == (1, [1, 0])
    assert math.isnan(tg.median(zeros(0)).item())
    assert tg.median(tensor([3, 1, 2])).dtype == np.int64


def test_running_extremes():
    values, indices = tg.cummax(tensor([1.0, 3.0, 3.0, NAN, 2.0, NAN]), 0)
    assert indices.tolist() == [0, 1, 2, 3, 3, 5]
    same(values, [1, 3, 3, NAN, NAN, NAN])
    assert tg.cummin(tensor([2, 1, 1, 5]), 0).indices.tolist() == [0, 1, 2, 2]
    assert slopes(lambda x: tg.cummax(x, 0).values, [3.0, 3.0, 1.0]) == [1, 2, 0]
    same(tg.cummax(tensor(X), 1).values, np.maximum.accumulate(X, 1))
    same(tg.cummin(tensor(X), -1).values, np.minimum.accumulate(X, -1))
    assert gradcheck(lambda x: tg.cummax(x, 1).values, (X,))


def test_differences():
    for n in range(5):
        same(tg.diff(tensor(X), n, 1), np.diff(X, n, 1))
    assert_close(
        tg.diff(tensor(X), append=tensor(X), prepend=X[..., :2]).array,
        np.diff(X, append=X, prepend=X[..., :2]),
        1e-15,
        "differences",
    )
    assert tg.diff(tensor([True, False, False])).tolist() == [True, False]
    assert tg.diff(tensor(np.array([3, 1], np.uint8))).tolist() == [254]
    assert gradcheck(lambda x, y: tg.diff(x, 2, prepend=y), (X, X[..., :1]), order=2)


ROWS = np.array([[2, 0], [1, 1]])


def test_gather_and_its_relatives_pick_and_learn():
    x = tensor(X[0])
    same(tg.gather(x, 1, ROWS), [[X[0, 0, 2], X[0, 0, 0]], [X[0, 1, 1]] * 2])
    same(tg.gather(tensor(3.0), 0, [0, 0]), [3, 3])
    assert tg.gather(x, 0, np.zeros((0, 4), int)).shape == (0, 4)
    same(tg.index_select(x, 1, [3, 3, 0]), X[0][:, [3, 3, 0]])
    same(tg.index_select(x, 0, 2), X[0][[2]])
    same(tg.take(x, [[0, -1]]), [[X[0, 0, 0], X[0, 2, 3]]])
    same(tg.take_along_dim(x, [[-1]], 1), X[0][:, [3]])
    same(tg.take_along_dim(x, np.argsort(X[0], 0), 0), np.sort(X[0], 0))
    same(tg.take_along_dim(x, [[5, 0]]), X[0].reshape(-1)[[5, 0]])
    for f in (
        lambda x: tg.gather(x, 1, ROWS),
        lambda x: tg.index_select(x, -1, [3, 3, 0]),
        lambda x: tg.take(x, [[0, -1], [0, 0]]),
        lambda x: tg.take_along_dim(x, [[-1, 2]], 1),
    ):
        assert gradcheck(f, (X[0],), order=2)


def test_scatter_puts_the_last_value_of_each_place():
    y = tg.scatter(zeros(2, 3), 1, [[0, 0], [2, 1]], tensor([[1.0, 2.0], [3.0, 4.0]]))
    same(y, [[2, 0, 0], [0, 4, 3]])
    assert slopes(lambda x, s: tg.scatter(x, 0, [0, 0], s), [5.0, 6.0], [7.0, 8.0]) == [[0, 1], [0, 1]]
    same(tg.scatter(zeros(3), 0, [1], 5), [0, 5, 0])
    same(tg.scatter(zeros(3), 0, [1], value=tensor(5.0)), [0, 5, 0])
    same(tg.scatter(tensor(1.0), 0, 0, tensor(5.0)), 5)
    same(tg.scatter(zeros(3), 0, [], tensor([5.0])), [0, 0, 0])
    x = tensor([1.0, 2.0])
    tg.scatter(x, 0, [0], 9.0)
    same(x, [1, 2])
    assert gradcheck(lambda x, s: tg.scatter(x, 1, ROWS[:, :1], s), (X[0], X[1]), order=2)


def test_what_is_added_to_places():
    index = np.array([[0, 0, 3], [2, 2, 2]])
    expected = X[0].copy()
    np.add.at(expected, (np.arange(2)[:, None], index), X[1][:2, :3])
    assert_close(tg.scatter_add(tensor(X[0]), 1, index, tensor(X[1])).array, expected, 1e-15, "scatter_add")
    assert gradcheck(lambda x, s: tg.scatter_add(x, 1, index, s), (X[0], X[1]), order=2)
    expected = X[0].copy()
    np.add.at(expected, (slice(None), [1, 1, 0]), -2 * X[1][:, :3])
    source = tensor(X[1][:, :3])
    y = tg.index_add(tensor(X[0]), 1, [1, 1, 0], source, alpha=-2)
    assert_close(y.array, expected, 1e-15, "index_add")
    assert gradcheck(lambda x, s: tg.index_add(x, 0, [2, 0, 2], s), (X[0], X[1]), order=2)
    same(tg.index_add(tensor([1, 2]), 0, 0, tensor([5])), [6, 2])
    assert tg.index_add(tensor(1.0), 0, [0], tensor(2.0)).item() == 3


def test_one_value_for_slices_and_for_masks():
    same(tg.index_fill(zeros(2, 3), 1, [0, -1], 7), [[7, 0, 7]] * 2)
    same(tg.index_fill(tensor([1, 2]), 0, 1, 7.9), [1, 7])
    assert slopes(lambda x, v: tg.index_fill(x, 0, [1, 1], v), [1.0, 2.0, 3.0], 4.0) == [[1, 0, 1], 1]
    mask = np.array([[True], [False]])
    same(tg.masked_fill(tensor([1.0, 2.0]), mask, -INF), [[-INF, -INF], [1, 2]])
    same(tg.masked_fill(tensor([1, 2]), [True, False], 3.5), [3, 2])
    assert slopes(lambda x, v: tg.masked_fill(x, mask, v), [1.0, 2.0], 4.0) == [[1, 1], 2]
    same(tg.masked_select(tensor([1.0, 2.0]), mask), [1, 2])
    same(tg.masked_select(tensor(4.0), True), [4])
    assert slopes(lambda x: tg.masked_select(x, mask), [1.0, 2.0]) == [1, 1]


def test_counting_and_places():
    same(tg.one_hot([[1], [0]], 3), [[[0, 1, 0]], [[1, 0, 0]]])
    assert tg.one_hot(tensor(np.zeros(0, int)), 3).shape == (0, 3)
    same(tg.bincount([1, 1, 3], minlength=6), [0, 2, 0, 1, 0, 0])
    assert tg.bincount(tensor([0]), tensor([2])).dtype == np.float64
    assert slopes(
        lambda w: tg.bincount([0, 2, 2], w) * tensor([1.0, 2.0, 3.0]).double(), [1.0, 1.0, 1.0]
    ) == [1, 3, 3]
    same(tg.nonzero(tensor([[0, 1], [2, 0]])), [[0, 1], [1, 0]])
    assert [t.tolist() for t in tg.nonzero(tensor([0.0, NAN]), as_tuple=True)] == [[1]]
    assert (tg.nonzero(tensor(1.0)).shape, tg.nonzero(tensor(0.0)).shape) == ((1, 0), (0, 0))
    values, inverse, counts = tg.unique(tensor([[3, 1], [3, 3]]), return_inverse=True, return_counts=True)
    assert (values.tolist(), inverse.tolist(), counts.tolist()) == ([1, 3], [[1, 0], [1, 1]], [1, 3])
    same(tg.unique(tensor([[3, 1], [3, 1]]), dim=0), [[3, 1]])


def test_closeness_and_equality():
    x = tensor([1.0, INF, NAN])
    assert tg.isclose(x, x).tolist() == [True, True, False]
    assert tg.isclose(x, x, equal_nan=True).all().item() is True
    assert tg.allclose(tensor([1.0]), tensor([1.05]), rtol=0.1) is True
    assert tg.allclose(zeros(0), zeros(0)) is True
    assert [tg.equal(x, x), tg.equal(zeros(2), zeros(1))] == [False, False]
    assert tg.equal(zeros(2), tensor([0, 0])) is True


def test_softmin():
    x = X[0]
    assert_close(
        tg.softmin(tensor(x), 1).array, np.exp(-x) / np.exp(-x).sum(1, keepdims=True), 1e-15, "softmin"
    )


METHODS = (
    "all allclose amax amin aminmax any argmax argmin argsort bincount count_nonzero cummax cummin cumprod "
    "cumsum diff equal gather index_add index_fill index_select isclose kthvalue logcumsumexp logsumexp "
    "masked_fill masked_select max mean median min nanmedian nonzero norm prod scatter scatter_add sort "
    "std sum take take_along_dim topk unique var"
)


@pytest.mark.parametrize("name", METHODS.split())
def test_the_method_is_the_function(name):
    assert getattr(Tensor, name) is getattr(tg, name)

"""Indexing as in PyTorch: what stands where, what is written, and what is refused."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, PositionError, ShapeError
from tinygrad_cnn.testing import gradcheck

X = np.arange(60.0).reshape(3, 4, 5)
MASK = np.arange(12).reshape(3, 4) % 3 == 0
ROWS, COLUMNS = np.array([0, 2, 2]), np.array([1, -1, 0])

SAME_AS_NUMPY = {
    "int": 1,
    "negative": -3,
    "all ints": (2, 3, 4),
    "slices": (slice(1, None), slice(None, -1), slice(None, None, 2)),
    "slice beyond": slice(-9, 99),
    "empty slice": slice(2, 1),
    "ellipsis": (..., 1),
    "ellipsis between": (0, ..., slice(1, 3)),
    "ellipsis for nothing": (0, 1, ..., 2),
    "new dimensions": (None, 1, None, ..., None),
    "array": ROWS,
    "list": [0, -1],
    "empty list": [],
    "rows and columns": (ROWS, COLUMNS),
    "column of rows": (ROWS[:, None], COLUMNS),
    "array last": (..., ROWS),
    "arrays beside a slice": (slice(1, 3), ROWS, COLUMNS),
    "arrays around a slice": (ROWS, slice(None), COLUMNS),
    "arrays around a new dimension": (ROWS, None, COLUMNS),
    "mask": X > 20,
    "mask of rows": np.array([True, False, True]),
    "list of booleans": [True, False, True],
    "mask of two dimensions": MASK,
    "mask and int": (MASK, 2),
    "mask behind a slice": (slice(None), np.array([True, False, False, True])),
    "mask and array": (np.array([True, False, True]), np.array([1, 3])),
    "mask of nothing": np.zeros((3, 4), bool),
    "true": True,
    "false": False,
    "true between": (slice(None), True, 0),
    "numpy int": np.int64(1),
}


@pytest.mark.parametrize("index", SAME_AS_NUMPY.values(), ids=list(SAME_AS_NUMPY))
def test_as_numpy_does(index):
    x = tensor(X, requires_grad=True)
    y = x[index]
    assert y.shape == X[index].shape and np.array_equal(y, X[index])
    y.sum().backward()
    counts = np.zeros(X.shape)
    np.add.at(counts, index, 1.0)
    assert np.array_equal(x.grad, counts)


def test_integers_are_taken_before_arrays():
    """numpy counts integers as arrays, which a slice then separates, and moves them to the front."""
    x = tensor(X)
    assert np.array_equal(x[1, :, ROWS], X[1][:, ROWS])
    assert np.array_equal(x[ROWS, :, 1], X[:, :, 1][ROWS])
    assert np.array_equal(x[tensor(1), :, ROWS], X[1][:, ROWS])
    assert np.array_equal(x[:, True, ROWS, 0], X[:, :, 0][:, None][:, np.zeros(3, int), ROWS])


def test_tensors_are_arrays_and_numbers():
    x = tensor(X)
    assert np.array_equal(x[tensor(ROWS), tensor(COLUMNS)], X[ROWS, COLUMNS])
    assert np.array_equal(x[tensor(MASK)], X[MASK])
    assert np.array_equal(x[tensor(2)], X[2])
    assert np.array_equal(x[tensor(True)], X[None])
    assert np.array_equal(x[1 : tensor(3)], X[1:3])


def test_a_number_has_no_places_but_new_dimensions():
    x = tensor(3.0)
    assert x[...].shape == () and x[None].shape == (1,) and x[()].shape == ()
    assert x[True].tolist() == [3.0] and x[False].shape == (0,)


@pytest.mark.parametrize(
    "index", [(1, slice(None), ROWS), (ROWS, COLUMNS), (slice(None), MASK[0]), (ROWS, None, slice(1, 3))]
)
def test_gradients_at_both_orders(index):
    assert gradcheck(lambda x: x[index], np.random.default_rng(0).standard_normal((3, 4, 5)), order=2)


def test_an_index_array_may_change_afterwards():
    x, index = tensor([1.0, 2.0, 3.0], requires_grad=True), np.array([0, 0])
    y = x[index]
    index[:] = 2
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0, 0.0]


@pytest.mark.parametrize("index", SAME_AS_NUMPY.values(), ids=list(SAME_AS_NUMPY))
def test_writing_as_numpy_does(index):
    x, expected = tensor(X), X.copy()
    value = np.arange(100.0, 100 + X[index].size).reshape(X[index].shape)
    if len(np.unique(np.arange(60).reshape(X.shape)[index])) < X[index].size:
        value = np.array(7.0)  # equal places
    expected[index] = value
    x[index] = value
    assert np.array_equal(x, expected)


def test_writing_broadcasts_and_converts():
    x = tg.zeros(2, 3, dtype=np.int64)
    x[:, 1:] = tensor([1.9, -1.9])
    assert x.tolist() == [[0, 1, -1], [0, 1, -1]]
    x[0, :, None] = [[[7]]]
    x[1, [0, 2]] = True
    assert x.tolist() == [[7, 7, 7], [1, 1, 1]]
    x[x > 5] = 0
    assert x.tolist() == [[0, 0, 0], [1, 1, 1]]


def test_writing_behind_integers_and_arrays():
    x = tensor(X)
    x[1, :, ROWS] = 0.0
    assert np.count_nonzero(x.numpy()[1][:, [0, 2]]) == 0 and np.count_nonzero(x.numpy()[1]) == 12


def test_iterating_ends():
    assert [row.tolist() for row in tensor([[1.0], [2.0]])] == [[1.0], [2.0]]


REFUSED = [
    (lambda x: x[3], PositionError, "index 3 does not fit shape (3, 4, 5): 3 is out of range for 3 places"),
    (lambda x: x[:, -5], PositionError, "index (slice(None, None, None), -5) does not fit shape (3, 4, 5): "
     "-5 is out of range for 4 places"),
    (lambda x: x[[0, 3]], PositionError, "index [0, 3] does not fit shape (3, 4, 5): "
     "3 is out of range for 3 places"),
    (lambda x: x[0, 0, 0, 0], PositionError, "index (0, 0, 0, 0) does not fit shape (3, 4, 5): "
     "4 indices for 3 dimensions"),
    (lambda x: x[..., 0, ...], PositionError, "index (Ellipsis, 0, Ellipsis) has more than one ellipsis"),
    (lambda x: x[[True, False]], PositionError, "index [True, False] does not fit shape (3, 4, 5): "
     "the mask has shape (2,) where the tensor has (3,)"),
    (lambda x: x[[0, 1], [0, 1, 2]], PositionError, "index ([0, 1], [0, 1, 2]) does not fit shape (3, 4, 5): "
     "shape mismatch: indexing arrays could not be broadcast together with shapes (2,) (3,)"),
    (lambda x: x[1.0], DtypeError, "an index is made of integers or booleans, got float32"),
    (lambda x: x[tensor([1.0])], DtypeError, "an index is made of integers or booleans, got float32"),
    (lambda x: x[0:1.5], DtypeError, "the bounds of a slice are integers or None, got slice(0, 1.5, None)"),
    (lambda x: x[::-1], ArgumentError,
     "the step of a slice must be at least 1, got -1; use flip to turn around"),
    (lambda x: x[::0], ArgumentError,
     "the step of a slice must be at least 1, got 0; use flip to turn around"),
    (lambda x: x[0, 0, 0][0], PositionError, "index 0 does not fit shape (): 1 indices for 0 dimensions"),
    (lambda x: x.__setitem__(0, [1.0, 2.0]), ShapeError, "x[0] = value: a value of shape (2,) does not fit "
     "the part, (4, 5)"),
    (lambda x: x.__setitem__((ROWS, COLUMNS), [1.0, 2.0]), ShapeError,
     "x[(array([0, 2, 2]), array([ 1, -1, 0]))] = "
     "value: a value of shape (2,) does not fit the part, (3, 5)"),
    (lambda x: x.__setitem__(5, 0.0), PositionError, "index 5 does not fit shape (3, 4, 5): "
     "5 is out of range for 3 places"),
]  # fmt: skip


@pytest.mark.parametrize("call, kind, text", REFUSED, ids=[text[:45] for _, _, text in REFUSED])
def test_refused_with_one_clear_error(call, kind, text):
    x = tensor(X)
    with pytest.raises(kind) as caught:
        call(x)
    assert str(caught.value).strip() == text and isinstance(caught.value, CnnError)
    assert np.array_equal(x, X)

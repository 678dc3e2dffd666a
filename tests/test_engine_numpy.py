"""Tensors beside numpy and plain Python: conversion, operators, and which precision wins."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, tensor
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError, ShapeError

X = np.array([1.0, 2.0, 3.0])
F32, F64 = np.dtype("float32"), np.dtype("float64")


def test_python_floats_become_float32_and_arrays_keep_their_dtype():
    assert tensor(1.5).dtype == tensor([1.5]).dtype == tg.zeros(2).dtype == F32
    assert tensor(X).dtype == F64
    assert tensor(np.float64(1.5)).dtype == F64
    assert tensor([1, 2]).dtype == np.int64
    assert tensor([True]).dtype == np.bool_
    assert tensor([1, 2], dtype=np.float64).dtype == F64
    assert tensor(np.array([1, 2], np.uint8)).dtype == np.uint8


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "=f8", ">f8", ">i4"])
def test_any_byte_order_is_taken(dtype):
    t = tensor(np.array([1, 2, 3], dtype))
    assert t.array.dtype.isnative
    assert t.tolist() == [1, 2, 3]
    assert (t + t).tolist() == [2, 4, 6]


def test_equal_dtypes_that_are_different_objects_stay_in_the_graph():
    odd = np.dtype("f4", metadata={"made": "elsewhere"})
    x = tensor(np.array([1, 2, 3], odd), requires_grad=True)
    w = tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x * w * np.array([1, 1, 1], odd)).sum().backward()
    assert x.grad.tolist() == w.grad.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("bad", [[1.0, [2.0]], "text", object(), {"a": 1}, [1j]])
def test_what_is_no_row_of_numbers_is_refused(bad):
    with pytest.raises((ArgumentError, DtypeError)) as caught:
        tensor(bad)
    assert "a tensor" in str(caught.value)


def test_float16_and_complex_are_refused_in_words():
    with pytest.raises(DtypeError) as caught:
        tensor(np.zeros(2, np.float16))
    assert str(caught.value) == (
        "a tensor holds float32, float64, integers or booleans, got float16; convert with .astype(np.float32)"
    )


@pytest.mark.parametrize("dtype", [F32, F64])
@pytest.mark.parametrize(
    "beside",
    [
        2,
        2.5,
        True,
        np.float64(2.5),
        np.float32(2.5),
        np.int64(2),
        np.array([1, 2, 3]),
        [1, 2, 3],
        tensor([1, 2, 3]),
    ],
    ids=lambda b: type(b).__name__,
)
def test_numbers_and_integers_follow_the_floats_beside_them(dtype, beside):
    x = tensor(X.astype(dtype), requires_grad=True)
    for y in (x + beside, beside + x, x * beside, beside * x, x / beside, beside / x, x - beside, x**2):
        assert isinstance(y, Tensor)
        assert y.dtype == dtype
        assert y.requires_grad
    value = np.asarray(beside)
    np.testing.assert_allclose((beside - x).numpy(), value - X, rtol=1e-6)
    np.testing.assert_allclose((beside / x).numpy(), value / X, rtol=1e-6)
    x.grad = None
    (beside * x).sum().backward()
    assert x.grad.dtype == dtype
    np.testing.assert_allclose(x.grad.numpy(), np.broadcast_to(value, 3))


@pytest.mark.parametrize("beside", [X, tensor(X)], ids=["array", "tensor"])
def test_float32_beside_float64_is_refused_in_words(beside):
    x = tensor([1.0, 2.0, 3.0])
    for expression in (lambda: x + beside, lambda: beside + x, lambda: tg.maximum(x, beside)):
        with pytest.raises(DtypeError) as caught:
            expression()
        assert "nothing is promoted silently" in str(caught.value)
        assert {"float32", "float64"} < set(str(caught.value).replace(";", "").split())
        assert "convert one, with .float() or .double()" in str(caught.value)
    assert (x.double() + beside).dtype == F64
    assert (x + tensor(X).float()).dtype == F32


def test_integers_stay_integers_until_a_float_comes():
    n = tensor([1, 2, 3])
    assert (n + 1).dtype == (n * n).dtype == np.int64
    for y in (
        n / 2,
        n * 2.5,
        n + np.float64(1),
        np.float32(2) * n,
        [0.5, 1.5, 2.5] * n,
        tg.exp(n),
        tg.sigmoid(n),
    ):
        assert y.dtype == F32
    assert tg.clip(n, 0.5, 2.5).tolist() == [1.0, 2.0, 2.5]


def test_precision_can_be_changed_and_the_gradient_follows():
    x = tensor([1.0, 2.0], requires_grad=True)
    y = (x.double() * x.to(np.float64)).sum()
    assert y.dtype == F64
    y.backward()
    assert x.grad.dtype == F32
    assert x.grad.tolist() == [2.0, 4.0]
    assert x.float() is x
    assert x.long().tolist() == [1, 2]
    with pytest.raises(DtypeError, match="float16"):
        x.to(np.float16)


def test_asarray_is_a_view_that_cannot_be_written_to():
    x = tensor(X)
    view = np.asarray(x)
    assert np.shares_memory(view, x.array)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0
    copied = np.array(x)
    copied[0] = 9.0
    assert x.tolist() == [1.0, 2.0, 3.0]
    assert np.asarray(x, dtype=np.float32).dtype == F32
    with pytest.raises(ValueError, match="cannot be seen as float32 without a copy"):
        np.asarray(x, dtype=np.float32, copy=False)


def test_numpys_functions_on_a_tensor_are_refused_in_words():
    x = tensor(X, requires_grad=True)
    calls = {
        "exp": lambda: np.exp(x),
        "concatenate": lambda: np.concatenate([x, X]),
        "where": lambda: np.where(X > 1, x, 0),
        "sum": lambda: np.sum(x),
        "dot": lambda: np.dot(X, x),
        "add": lambda: np.add(x, x, out=tensor(X)),
        "maximum": lambda: np.maximum.reduce(x),
    }
    for name, call in calls.items():
        with pytest.raises(DtypeError) as caught:
            call()
        assert str(caught.value) == (
            f"np.{name} on a tensor would leave the graph; use the function of this package, or np.asarray(x)"
        )


def test_numpys_functions_take_constants_and_questions():
    x = tensor(X)
    assert np.sum(x) == 6.0
    assert np.concatenate([x, x]).shape == (6,)
    p = tensor(X, requires_grad=True)
    assert np.allclose(p, X)
    assert np.array_equal(p, X)
    assert np.shape(p) == (3,)
    np.testing.assert_allclose(p, X)


def test_numpys_operators_with_a_tensor_are_recorded():
    x = tensor(X, requires_grad=True)
    for y in (np.add(X, x), np.multiply(x, X), X - x, X @ x, np.negative(x), np.float64(2) ** x):
        assert isinstance(y, Tensor)
        assert y.requires_grad
    assert (tensor([2.0, 2.0, 2.0]) < X).tolist() == [False, False, True]
    assert (x == X).tolist() == [True, True, True]
    assert isinstance(x > X, Tensor)
    total = np.zeros(3)
    total += x
    assert type(total) is np.ndarray
    assert total.tolist() == [1.0, 2.0, 3.0]


def test_one_value_is_a_python_number():
    t = tensor([2.5])
    assert (float(t), int(t), bool(t), t.item()) == (2.5, 2, True, 2.5)
    assert not tensor(0.0)
    assert [10, 20, 30][tensor(2)] == 30
    assert isinstance(tensor(3).item(), int)
    assert tensor([[1.0, 2.0]]).tolist() == [[1.0, 2.0]]


def test_several_values_are_no_number():
    t = tensor([1.0, 2.0])
    with pytest.raises(ShapeError) as caught:
        t.item()
    assert str(caught.value) == "item() expects a tensor with one value, got shape (2,); use tolist()"
    with pytest.raises(ShapeError) as caught:
        bool(t)
    assert str(caught.value) == "the truth of a tensor of shape (2,) is ambiguous; use .any() or .all()"
    for convert in (float, int):
        with pytest.raises(ShapeError):
            convert(t)
    with pytest.raises(DtypeError) as caught:
        [1, 2][tensor(1.0)]
    assert str(caught.value) == "an index is an integer, got a float32 tensor"


def test_length_iteration_and_membership():
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert len(x) == 2
    a, b = x
    (a * b).sum().backward()
    assert x.grad.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    with pytest.raises(ShapeError) as caught:
        len(tensor(1.0))
    assert str(caught.value) == "a tensor without dimensions has no length"
    assert x.shape == x.size() == (2, 2)
    assert (x.ndim, x.numel(), x.size(0)) == (2, 4, 2)


def test_comparisons_are_elementwise_and_tensors_are_keys_by_identity():
    a, b = tensor([1.0, 2.0]), tensor([1.0, 3.0])
    assert (a == b).tolist() == [True, False]
    assert (a != b).tolist() == [False, True]
    assert (a < b).any()
    assert not (a < b).all()
    assert (a >= 2).tolist() == [False, True]
    assert (a > 1).tolist() == [False, True]
    assert {a: 1, b: 2}[b] == 2


def test_data_can_be_set_in_the_same_shape_only():
    x = tensor([1.0, 2.0])
    x.data = [3.0, 4.0]
    assert x.tolist() == [3.0, 4.0]
    assert x.dtype == F32
    with pytest.raises(ShapeError) as caught:
        x.data = [1.0]
    assert str(caught.value) == "data of shape (2,) cannot become (1,); make a new tensor"
    x.data[0] = 9.0
    held = x.data
    x.replace(np.array([5.0, 6.0], np.float32))
    assert held.tolist() == [5.0, 6.0]


def test_in_place_operators_keep_shape_and_dtype():
    x = tensor([1.0, 2.0])
    same = x
    x += 1.0
    x *= 2.0
    x -= tensor([1.0, 1.0])
    x /= 2.0
    assert same is x
    assert x.tolist() == [1.5, 2.5]
    with pytest.raises(ShapeError, match=r"\+= cannot turn"):
        x += tensor([[1.0], [2.0]])
    n = tensor([1, 2])
    with pytest.raises(ShapeError, match=r"\*= cannot turn"):
        n *= 0.5
    total, loss = tensor(0.0), tensor([2.0], requires_grad=True).sum()
    total += loss
    assert total.requires_grad


def test_items_of_a_constant_can_be_set():
    x = tensor(np.zeros((2, 3)))
    x[0, 1] = 5.0
    x[1] = tensor(X)
    x[x > 2.5] = -1.0
    assert x.tolist() == [[0.0, -1.0, 0.0], [1.0, 2.0, -1.0]]
    with pytest.raises(GraphError) as caught:
        x[0, 0] = tensor(np.array(1.0), requires_grad=True)
    assert "would cut the graph" in str(caught.value)
    with pytest.raises(GraphError) as caught:
        tensor(X, requires_grad=True)[0] = 1.0
    assert str(caught.value) == (
        "a tensor in a graph cannot be written to; use where() or cat(), or write inside of no_grad()"
    )

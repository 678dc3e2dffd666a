"""Operations that users register with `op`, the right ones and the wrong ones."""

import sys
from functools import partial

import numpy as np
import pytest
from numeric import assert_close, gradient

import tinygrad_cnn as tg
from tinygrad_cnn import REGISTRY, grad, op, tensor
from tinygrad_cnn.core import wrap
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError, ShapeError

X = np.array([1.0, 2.0, 3.0])


def leaf():
    return tensor(X, requires_grad=True)


def test_a_users_op_is_registered_and_differentiates_to_any_order():
    @op("x: N")
    def softramp(x, *, scale=1.0):
        r""":math:`y = \ln(1 + e^{sx})`."""

        def grad_x(g):
            return g * scale * tg.sigmoid(x * scale)

        return np.log1p(np.exp(scale * x.array)), grad_x

    record = REGISTRY["softramp"]
    assert (record.inputs, record.settings, record.variadic) == (("x",), ("scale",), False)
    assert record.doc == r":math:`y = \ln(1 + e^{sx})`."
    x = leaf()
    first = grad(softramp(x, scale=2.0).sum(), x, create_graph=True)
    assert_close(first.array, 2 / (1 + np.exp(-2 * X)), 1e-12, "first")
    second = gradient(lambda a: float((2 / (1 + np.exp(-2 * a[0]))).sum()), [X], 0)
    assert_close(grad(first.sum(), x).array, second, 1e-9, "second")
    with pytest.raises(ShapeError) as caught:
        softramp(tensor([[1.0]]))
    assert str(caught.value) == "softramp expects x (N) / got x (1, 1) / x has 2 dimensions, not 1"


def test_a_closure_may_take_the_result():
    @op
    def root(x):
        def grad_x(g, y):
            return g / (y * 2.0)

        return np.sqrt(x.array), grad_x

    x = leaf()
    first = grad(root(x).sum(), x, create_graph=True)
    assert_close(first.array, 0.5 / np.sqrt(X), 1e-12, "first")
    assert_close(grad(first.sum(), x).array, -0.25 * X**-1.5, 1e-12, "second")


@pytest.mark.parametrize(
    "closure",
    [
        lambda x: lambda g, x=x: g * 2.0 * x,
        lambda x: partial(lambda x, g: g * 2.0 * x, x),
        lambda x: partial(lambda x, g, y: g * 2.0 * x + y * 0.0, x),
        lambda x: lambda g, y, scale=2.0: g * scale * x + y * 0.0,
        lambda x: Squared(x),
        lambda x: Squared(x).with_result,
        lambda x: lambda *gs: gs[0] * 2.0 * x,
    ],
    ids=["default", "partial", "partial with y", "y and default", "object", "method with y", "any number"],
)
def test_a_closure_may_be_anything_that_can_be_called(closure):
    @op
    def square(x):
        return x.array**2, closure(x)

    x = leaf()
    square(x).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


class Squared:
    def __init__(self, x):
        self.x = x

    def __call__(self, g):
        return g * 2.0 * self.x

    def with_result(self, g, y):
        return g * 2.0 * self.x + y * 0.0


def test_a_closure_that_returns_none_gives_no_gradient():
    @op
    def first_of(a, b):
        return a.array * 1.0, lambda g: g, lambda g: None

    a, b = leaf(), leaf()
    (first_of(a, b) + b * 3.0).sum().backward()
    assert a.grad.tolist() == [1.0, 1.0, 1.0]
    assert b.grad.tolist() == [3.0, 3.0, 3.0]


def test_none_instead_of_a_closure_means_constant():
    @op
    def weighed(x, w):
        return x.array * w.array, lambda g: g * w, None

    x, w = leaf(), leaf()
    weighed(x, w).sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 3.0]
    assert w.grad is None


def test_optional_tensors_and_any_number_of_tensors():
    @op
    def shifted(x, b=None):
        y = x.array if b is None else x.array + b.array
        return y + 0.0, lambda g: g, lambda g: g

    @op
    def total(*xs):
        return sum(x.array for x in xs), *(lambda g: g for _ in xs)

    x, b = leaf(), leaf()
    (shifted(x) + shifted(x, b) + shifted(x, b=b)).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0, 3.0]
    assert b.grad.tolist() == [2.0, 2.0, 2.0]
    x.grad = None
    total(x, b, x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    assert REGISTRY["total"].variadic


def test_scalars_and_views_as_results():
    @op
    def largest(x):
        picked = int(np.argmax(x.array))

        def grad_x(g):
            return g * wrap((np.arange(x.shape[0]) == picked).astype(x.dtype))

        return x.array[picked], grad_x

    x = leaf()
    y = largest(x)
    assert y.shape == ()
    y.backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0]


def wrong(*closures):
    @op
    def faulty(a, b):
        return a.array + b.array, *closures

    return faulty(leaf(), leaf()).sum()


def test_a_value_without_closures_is_named():
    @op
    def bare(x):
        return x.array * 2.0

    with pytest.raises(GraphError, match="bare returned an array only; return the value, then one closure"):
        bare(leaf())


def test_too_many_closures_are_named():
    with pytest.raises(
        GraphError, match="faulty returned 3 backward closures for 2 tensors; return the value"
    ):
        wrong(lambda g: g, lambda g: g, lambda g: g)


def test_too_few_closures_are_named():
    with pytest.raises(GraphError) as caught:
        wrong(lambda g: g)
    assert str(caught.value) == (
        "faulty returned 1 backward closures for 2 tensors; "
        "return the value, then one closure (or None) per tensor; constants go behind a * in the signature"
    )


def test_a_gradient_of_the_wrong_shape_is_named():
    with pytest.raises(ShapeError) as caught:
        wrong(lambda g: g, lambda g: g.sum()).backward()
    assert "the gradient of faulty for" in str(caught.value)
    assert "has shape ()" in str(caught.value)
    assert "(3,)" in str(caught.value)


def test_a_gradient_that_is_no_tensor_is_named():
    with pytest.raises(GraphError) as caught:
        wrong(lambda g: g.array, lambda g: g).backward()
    assert str(caught.value) == "a closure of faulty returned ndarray; return a tensor (or None)"


def test_a_gradient_of_the_wrong_precision_is_refused():
    @op
    def promoted(x):
        return x.array * np.float32(2), lambda g: wrap(np.full(g.shape, 2.0))

    with pytest.raises(DtypeError, match="float32 tensor got a float64 gradient"):
        promoted(tensor([1.0, 2.0], requires_grad=True)).sum().backward()


def test_a_definition_may_be_run_again_in_its_module():
    def define(factor):
        @op
        def again(x):
            return x.array * factor, lambda g: g * factor

        return again

    define(2.0)
    x = leaf()
    define(3.0)(x).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0, 3.0]


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ArgumentError) as caught:

        @op
        def conv2d(x):
            return x.array, lambda g: g

    assert str(caught.value) == (
        "an op named conv2d is registered by tinygrad_cnn.ops.conv; choose another name"
    )
    assert REGISTRY["conv2d"].forward.__module__ == "tinygrad_cnn.ops.conv"


def test_a_node_knows_the_line_that_made_it():
    line = sys._getframe().f_lineno + 1
    y = tg.softmax(leaf() * 2.0, 0)
    assert y.node.where() == (__file__, line)


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x * x,
        lambda x: -x,
        lambda x: x + 2.0,
        lambda x: x[1:],
        lambda x: tg.tanh(x),
        lambda x: x @ x,
    ],
    ids=["two", "one", "number", "settings", "function", "product"],
)
def test_every_way_through_an_operation_notes_the_line_of_its_caller(compute):
    def here():
        return compute(leaf())

    file, line = here().node.where()
    assert (file, line) == (__file__, compute.__code__.co_firstlineno)


def test_a_call_with_settings_that_there_are_not_is_pythons_own_error():
    @op("x: N")
    def scaled_by(x, *, factor):
        r""":math:`y = a x`."""
        return x.array * factor, lambda g: g * factor

    with pytest.raises(TypeError, match="unexpected keyword argument 'facto'") as caught:
        scaled_by(leaf(), facto=2.0)
    assert caught.type is TypeError
    with pytest.raises(DtypeError, match="scaled_by got float64"):
        scaled_by(leaf(), factor="two")


def test_the_view_that_an_op_of_one_tensor_returns_does_not_follow_a_watched_one():
    @op
    def turned_around(x):
        r""":math:`y_i = x_{n-i}`."""
        return x.array[::-1], lambda g: tg.flip(g, (0,))

    x = tensor(X)
    values = x.data
    y = turned_around(x)
    values[:] = 0.0
    assert y.tolist() == [3.0, 2.0, 1.0]


def test_the_repr_shows_values_and_role_and_does_not_walk():
    assert repr(tensor([1.0, 2.5])) == "tensor([1. , 2.5])"
    assert repr(tensor([1, 2])) == "tensor([1, 2])"
    assert repr(tensor(True)) == "tensor(True)"
    assert repr(leaf()) == "tensor([1., 2., 3.], dtype=float64, requires_grad=True)"
    assert repr(leaf() * 2) == "tensor([2., 4., 6.], dtype=float64, op=mul)"
    assert repr(tg.zeros(0, 3)) == "tensor([], dtype=float32, shape=(0, 3))"
    assert len(repr(tg.zeros(1000, 1000))) < 1000
    y = leaf()
    for _ in range(5000):
        y = y + 1.0
    assert repr(y) == "tensor([5001., 5002., 5003.], dtype=float64, op=add)"

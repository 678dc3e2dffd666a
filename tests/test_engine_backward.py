"""`grad` and `backward`: what they return, accumulate, release and refuse."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, tensor
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError, ShapeError


def leaf(values=(1.0, 2.0, 3.0)) -> Tensor:
    return tensor(np.array(values), requires_grad=True)


def test_backward_adds_to_grad_of_every_leaf_and_of_nothing_else():
    x, w, constant = leaf(), leaf([2.0, 0.0, 1.0]), tensor(np.ones(3))
    h = x * w
    (h * constant).sum().backward()
    (x * 10.0).sum().backward()
    assert x.grad.tolist() == [12.0, 10.0, 11.0]
    assert w.grad.tolist() == [1.0, 2.0, 3.0]
    assert constant.grad is None
    assert h.grad is None


def test_who_holds_grad_sees_what_is_accumulated():
    x = leaf()
    (x * x).sum().backward()
    held = x.grad
    (x * x).sum().backward()
    assert held is x.grad
    assert held.tolist() == [4.0, 8.0, 12.0]


def test_grad_touches_no_grad_and_releases_nothing():
    x = leaf()
    y = (x * x).sum()
    first, again = grad(y, x), grad(y, x)
    assert first.tolist() == again.tolist() == [2.0, 4.0, 6.0]
    assert x.grad is None
    y.backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_grad_of_several_tensors_intermediates_repetitions_and_the_result_itself():
    x = leaf()
    h = x * 2.0
    y = (h * h).sum()
    by_x, by_h, by_x_again, by_y = grad(y, [x, h, x, y])
    assert by_x.tolist() == by_x_again.tolist() == [8.0, 16.0, 24.0]
    assert by_h.tolist() == [4.0, 8.0, 12.0]
    assert by_y.item() == 1.0
    assert grad(x, x, np.array([1.0, 5.0, 2.0])).tolist() == [1.0, 5.0, 2.0]
    assert isinstance(grad(y, [x]), tuple)
    assert grad(y, []) == ()


def test_grad_does_not_walk_where_nothing_was_asked_for():
    calls = []

    @tg.op
    def noted(x):
        def grad_x(g):
            calls.append(1)
            return g

        return x.array * 1.0, grad_x

    x, w = leaf(), leaf()
    y = (noted(x) * w).sum()
    grad(y, w)
    assert not calls
    grad(y, x)
    assert calls


def test_an_unused_tensor_is_an_error_or_none():
    x, w = leaf(), leaf()
    y = (x * x).sum()
    with pytest.raises(GraphError) as caught:
        grad(y, [x, w])
    assert str(caught.value) == "y does not depend on wrt[1]; pass allow_unused=True to get None for it"
    got = grad(y, [x, w], allow_unused=True)
    assert got[0].tolist() == [2.0, 4.0, 6.0]
    assert got[1] is None


def test_what_was_computed_from_nothing_that_requires_grad_has_no_gradient():
    with pytest.raises(GraphError) as caught:
        tensor([1.0]).sum().backward()
    assert str(caught.value) == (
        "this tensor was computed from nothing that requires grad (or under no_grad), so there is no gradient"
    )
    with pytest.raises(GraphError) as caught:
        grad(leaf().sum(), tensor([1.0]))
    assert str(caught.value) == (
        "wrt[0] does not require grad; make it with requires_grad=True before computing y"
    )
    with pytest.raises(ArgumentError) as caught:
        grad(3.0, leaf())
    assert str(caught.value) == "expected a tensor to differentiate, got float"


def test_a_result_with_several_values_needs_a_gradient_of_its_shape():
    x = leaf()
    y = x * x
    with pytest.raises(GraphError) as caught:
        y.backward()
    assert str(caught.value) == (
        "a tensor of shape (3,) needs a gradient of that shape to start from; or reduce it first, with .sum()"
    )
    with pytest.raises(ShapeError) as caught:
        y.backward(np.ones((3, 1)))
    assert str(caught.value) == "gradient expects the shape (3,) of the tensor, got (3, 1)"
    for gradient in ([1.0, 0.0, 2.0], np.array([1, 0, 2]), tensor([1.0, 0.0, 2.0])):
        x.grad = None
        y.backward(gradient, retain_graph=True)
        assert x.grad.tolist() == [2.0, 0.0, 12.0]
        assert x.grad.dtype == np.float64


def test_one_value_in_any_shape_needs_no_gradient():
    x = leaf([[3.0]])
    (x * x).backward()
    assert x.grad.tolist() == [[6.0]]


def test_a_second_backward_needs_retain_graph():
    x = leaf()
    y = (x * x).sum()
    y.backward()
    with pytest.raises(GraphError) as caught:
        y.backward()
    assert str(caught.value) == (
        "the graph of this sum was released by an earlier backward(); "
        "pass retain_graph=True to the first one, or compute the result again"
    )
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [8.0, 16.0, 24.0]


def test_a_shared_part_that_was_released_is_named():
    x = leaf()
    h = tg.exp(x)
    a, b = (h * 2.0).sum(), (h * 3.0).sum()
    a.backward()
    with pytest.raises(GraphError, match="the graph of this exp was released"):
        b.backward()


def test_create_graph_differentiates_as_often_as_asked():
    x = tensor(np.array(2.0), requires_grad=True)
    y, expected = x**5, [80.0, 160.0, 240.0, 240.0, 120.0, 0.0]
    for value in expected:
        y = grad(y, x, create_graph=True)
        assert y.item() == value


def test_backward_with_create_graph_leaves_a_gradient_that_can_be_differentiated():
    x = leaf()
    (x * x * x).sum().backward(create_graph=True)
    first = x.grad
    assert first.tolist() == [3.0, 12.0, 27.0]
    x.grad = None
    first.sum().backward()
    assert x.grad.tolist() == [6.0, 12.0, 18.0]


def test_without_create_graph_gradients_are_constants():
    x = leaf()
    g = grad((x * x).sum(), x)
    assert not g.requires_grad
    assert g.is_leaf
    (x * x).sum().backward()
    assert not x.grad.requires_grad


def test_the_incoming_gradient_can_be_differentiated():
    x, v = leaf(), leaf([1.0, -1.0, 0.5])
    g = grad(x * x * x, x, v, create_graph=True)
    assert grad(g.sum(), v).tolist() == [3.0, 12.0, 27.0]
    same = grad(x * 1.0, x, v, create_graph=True)
    assert grad((same * same).sum(), v).tolist() == [2.0, -2.0, 1.0]


def test_a_gradient_penalty_trains():
    x, w = tensor(np.ones((2, 3))), leaf(np.arange(6.0).reshape(3, 2))
    points = tensor(x.numpy(), requires_grad=True)
    slope = grad((tg.matmul(points, w) ** 2).sum(), points, create_graph=True)
    (slope * slope).sum().backward()
    base, h, numeric = w.numpy().copy(), 1e-6, np.zeros((3, 2))
    for place in np.ndindex(3, 2):
        values = []
        for sign in (1, -1):
            moved = base.copy()
            moved[place] += sign * h
            values.append(((2 * (np.ones((2, 3)) @ moved) @ moved.T) ** 2).sum())
        numeric[place] = (values[0] - values[1]) / (2 * h)
    np.testing.assert_allclose(w.grad.numpy(), numeric, rtol=1e-7)


def test_shared_parts_are_walked_once():
    x = tensor(np.array(1.0), requires_grad=True)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**60


def test_operands_that_are_one_tensor_count_twice():
    x = leaf()
    (x * x + x - x / x).sum().backward()
    assert x.grad.tolist() == [3.0, 5.0, 7.0]


def test_backward_of_a_leaf_is_its_gradient():
    x = leaf()
    x.backward([1.0, 2.0, 3.0])
    x.backward([1.0, 2.0, 3.0])
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_detach_cuts_and_keeps_values():
    x = leaf()
    h = x * 2.0
    d = h.detach()
    assert d.is_leaf
    assert not d.requires_grad
    (d * x).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_retain_grad_keeps_the_gradient_of_a_result():
    x = leaf()
    h = x * 2.0
    h.retain_grad()
    (h * h).sum().backward()
    assert h.grad.tolist() == [4.0, 8.0, 12.0]
    x.retain_grad()
    assert x.grad.tolist() == [8.0, 16.0, 24.0]


def test_requires_grad_can_be_asked_for_later_and_only_of_floats():
    x = tensor([1.0, 2.0])
    assert not (x * 2.0).requires_grad
    assert x.requires_grad_() is x
    assert (x * 2.0).requires_grad
    assert not x.requires_grad_(False).requires_grad
    with pytest.raises(DtypeError) as caught:
        tensor([1, 2], requires_grad=True)
    assert str(caught.value) == (
        "only float32 and float64 tensors can require grad, got int64; convert with .float()"
    )
    with pytest.raises(GraphError) as caught:
        (leaf() * 2.0).requires_grad_(False)
    assert str(caught.value) == "a recorded result requires grad because its inputs do; use x.detach()"


def test_a_failing_closure_leaves_recording_as_it_was():
    @tg.op
    def broken(x):
        def grad_x(g):
            raise ZeroDivisionError("on purpose")

        return x.array * 1.0, grad_x

    with pytest.raises(ZeroDivisionError):
        broken(leaf()).sum().backward()
    assert tg.is_grad_enabled()


def test_a_copy_of_a_leaf_is_independent_and_a_result_cannot_be_copied():
    import copy

    x = leaf()
    (x * x).sum().backward()
    twin = copy.deepcopy(x)
    assert twin.requires_grad
    assert twin.grad.tolist() == x.grad.tolist()
    twin.data[0] = 9.0
    twin.grad.data[0] = 9.0
    assert x.tolist() == [1.0, 2.0, 3.0]
    assert x.grad.tolist() == [2.0, 4.0, 6.0]
    with pytest.raises(GraphError, match="only leaf tensors can be deep-copied"):
        copy.deepcopy(x * 1.0)

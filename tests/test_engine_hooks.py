"""Hooks: called once, when a gradient is complete, on leaves and on results."""

import numpy as np
import pytest

from tinygrad_cnn import grad, tensor
from tinygrad_cnn.errors import GraphError, ShapeError

X = np.array([1.0, 2.0, 3.0])


def leaf():
    return tensor(X, requires_grad=True)


def test_a_hook_on_a_leaf_sees_the_complete_gradient_once():
    x, seen = leaf(), []
    x.register_hook(lambda g: seen.append(g.tolist()))
    (x * x + x).sum().backward()
    assert seen == [[3.0, 5.0, 7.0]]


def test_a_hook_on_a_result_sees_the_sum_of_all_its_uses():
    x, seen = leaf(), []
    h = x * 2.0
    h.register_hook(lambda g: seen.append(g.tolist()))
    (h * h + h).sum().backward()
    assert seen == [[5.0, 9.0, 13.0]]
    assert x.grad.tolist() == [10.0, 18.0, 26.0]


def test_what_a_hook_returns_replaces_the_gradient():
    x = leaf()
    h = x * 2.0
    h.register_hook(lambda g: g * 10.0)
    x.register_hook(lambda g: g + 1.0)
    h.sum().backward()
    assert x.grad.tolist() == [21.0, 21.0, 21.0]


def test_hooks_run_in_the_order_of_registration_and_can_be_removed():
    x = leaf()
    first = x.register_hook(lambda g: g + 1.0)
    x.register_hook(lambda g: g * 3.0)
    x.sum().backward()
    assert x.grad.tolist() == [6.0, 6.0, 6.0]
    first.remove()
    first.remove()
    x.grad = None
    x.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0, 3.0]


def test_a_hook_may_remove_itself():
    x, calls = leaf(), []

    def once(g):
        calls.append(1)
        handle.remove()

    handle = x.register_hook(once)
    x.sum().backward()
    x.sum().backward()
    assert calls == [1]


def test_hooks_also_run_for_grad_and_on_the_result_itself():
    x = leaf()
    y = (x * x).sum()
    y.register_hook(lambda g: g * 5.0)
    x.register_hook(lambda g: -g)
    assert grad(y, x).tolist() == [-10.0, -20.0, -30.0]
    assert grad(y, y).item() == 5.0
    x.backward(np.ones(3))
    assert x.grad.tolist() == [-1.0, -1.0, -1.0]


def test_a_hook_that_writes_into_the_gradient_changes_that_one_only():
    a, b = leaf(), leaf()
    a.register_hook(lambda g: g.data.fill(7.0))
    (a + b).sum().backward()
    assert a.grad.tolist() == [7.0, 7.0, 7.0]
    assert b.grad.tolist() == [1.0, 1.0, 1.0]


def test_a_hook_is_recorded_with_create_graph():
    x = leaf()
    h = x * 1.0
    h.register_hook(lambda g: g * x)
    first = grad((h * h).sum(), x, create_graph=True)
    assert first.tolist() == [2.0, 8.0, 18.0]
    # the hook is on the way of the second pass, too: 2 h directly, and 2 x times x through h
    assert grad(first.sum(), x).tolist() == [4.0, 12.0, 24.0]


def test_a_hook_that_returns_something_else_is_refused():
    x = leaf()
    handle = x.register_hook(lambda g: g.sum())
    with pytest.raises(ShapeError) as caught:
        x.sum().backward()
    assert str(caught.value) == "a hook returned shape () for a gradient of shape (3,)"
    handle.remove()
    x.register_hook(lambda g: np.ones(3))
    with pytest.raises(GraphError) as caught:
        x.sum().backward()
    assert str(caught.value) == "a hook returned ndarray; return a tensor (or None)"


def test_a_hook_needs_a_gradient():
    with pytest.raises(GraphError) as caught:
        tensor(X).register_hook(print)
    assert str(caught.value) == "a hook needs a tensor that requires grad; this one has no gradient"

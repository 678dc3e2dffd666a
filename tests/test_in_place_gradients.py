"""Changing gradients in place, and the update loops that people write by hand."""

import numpy as np
from numeric import assert_close
from programs import W, X, leaf, refused, right

from tinygrad_cnn import Tensor, grad, no_grad, tensor


@right
def test_the_incoming_gradient_changed_afterwards():
    x, g = leaf(), tensor(W)
    d = g.data
    (x + 0.0).backward(g)
    d[:] = 99.0
    return x.grad, W


@right
def test_the_incoming_gradient_of_a_leaf_changed_afterwards():
    x, g = leaf(), tensor(W)
    d = g.data
    x.backward(g)
    d[:] = 99.0
    return x.grad, W


@right
def test_the_incoming_array_changed_afterwards():
    x, g = leaf(), W.copy()
    (x * 1.0).backward(g)
    g[:] = 99.0
    return x.grad, W


@right
def test_one_of_two_equal_gradients_changed():
    a, b = leaf(), leaf()
    (a + b).backward(W)
    a.grad.data[:] = 99.0
    return b.grad, W


@right
def test_one_of_two_equal_gradients_with_a_graph_changed():
    a, b = leaf(), leaf()
    (a + b).backward(tensor(W), create_graph=True)
    a.grad.data[:] = 99.0
    return b.grad, W


@right
def test_one_of_two_returned_gradients_changed():
    a, b = leaf(), leaf()
    first, second = grad((a + b).sum(), (a, b))
    first.data[:] = 99.0
    return second, np.ones(3)


@right
def test_the_gradient_scaled_in_place_then_accumulated():
    x = leaf()
    (x * x).sum().backward()
    x.grad.data *= 0.5
    (x * x).sum().backward()
    return x.grad, 3 * X


@right
def test_the_gradient_changed_by_a_hook_on_one_side():
    a, b = leaf(), leaf()

    def clear(g):
        g.data[:] = 0.0

    a.register_hook(clear)
    (a + b).sum().backward()
    assert not a.grad.array.any()
    return b.grad, np.ones(3)


@right
def test_the_gradient_kept_by_a_hook_and_changed_later():
    x, kept = leaf(), []
    x.register_hook(lambda g: kept.append(g.data))
    (x + 0.0).sum().backward()
    kept[0][:] = 99.0
    return x.grad, np.ones(3)


@right
def test_the_gradient_of_an_intermediate_changed():
    x = leaf()
    h = x + 0.0
    h.retain_grad()
    h.backward(W)
    h.grad.data[:] = 99.0
    return x.grad, W


@refused
def test_a_gradient_changed_before_it_was_differentiated():
    x, s = leaf(), leaf(W)
    g = grad((x * x).sum() * 1.0, x)
    y = (g * s).sum()
    g.data[0] = 9.0
    y.backward()


def descend(step) -> tuple[Tensor, np.ndarray]:
    """Minimise the sum of squares by hand, three steps of 0.1: each multiplies x by 0.8."""
    x = leaf()
    for _ in range(3):
        x.grad = None
        (x * x).sum().backward()
        step(x)
    return x, X * 0.8**3


@right
def test_descent_by_data_minus_equals():
    def step(x):
        x.data -= 0.1 * x.grad.data

    return descend(step)


@right
def test_descent_by_setting_data():
    def step(x):
        x.data = x.data - 0.1 * x.grad.data

    return descend(step)


@right
def test_descent_under_no_grad():
    def step(x):
        with no_grad():
            x -= 0.1 * x.grad

    return descend(step)


@right
def test_descent_by_replace():
    return descend(lambda x: x.replace(x.array - 0.1 * x.grad.array))


@right
def test_descent_by_items():
    def step(x):
        with no_grad():
            for i in range(3):
                x[i] = x[i] - 0.1 * x.grad[i]

    return descend(step)


@right
def test_differences_by_perturbing_in_place():
    x = leaf()
    found = np.zeros(3)
    for i in range(3):
        x.data[i] += 1e-6
        above = (x * x).sum().item()
        x.data[i] -= 2e-6
        found[i] = (above - (x * x).sum().item()) / 2e-6
        x.data[i] += 1e-6
    (x * x).sum().backward()
    assert_close(found, 2 * X, 1e-8, "differences")
    return x.grad, 2 * X


@refused
def test_updated_by_replace_before_backward():
    x = leaf()
    y = (x * x).sum()
    x.replace(X * 0.5)
    y.backward()


@refused
def test_updated_under_no_grad_before_backward():
    x = leaf()
    y = (x * x).sum()
    with no_grad():
        x -= 0.1
    y.backward()


@refused
def test_set_item_under_no_grad_before_backward():
    x = leaf()
    y = (x * x).sum()
    with no_grad():
        x[0] = 5.0
    y.backward()


@refused
def test_set_item_of_a_constant_before_backward():
    x, w = leaf(), tensor(W)
    y = (x * w).sum()
    w[0] = 5.0
    y.backward()


@refused
def test_set_item_of_a_leaf_while_recording():
    leaf()[0] = 5.0


@refused
def test_set_item_of_a_result():
    h = leaf() * 2.0
    h[0] = 5.0


@refused
def test_in_place_addition_to_a_leaf_while_recording():
    x = leaf()
    x += 1.0


@right
def test_in_place_addition_to_a_result_makes_a_new_one():
    x = leaf()
    h = x * x
    old = h
    h += 1.0
    (old * h).sum().backward()
    return x.grad, 4 * X**3 + 2 * X


@right
def test_an_array_that_a_tensor_was_added_to():
    x, total = leaf(), np.zeros(3)
    y = (x * x).sum()
    total += x
    total[:] = 0.0
    y.backward()
    return x.grad, 2 * X

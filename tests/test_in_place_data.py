"""Changing the data of a leaf between forward and backward: right, or refused."""

import numpy as np
import pytest
from programs import W, X, leaf, refused

import tinygrad_cnn as tg
from tinygrad_cnn import grad, tensor
from tinygrad_cnn.errors import GraphError


def test_the_refusal_says_what_was_changed_and_what_to_do():
    x = leaf()
    y = (x * x).sum()
    x.data[0] = 9.0
    with pytest.raises(GraphError) as caught:
        y.backward()
    assert str(caught.value) == (
        "a tensor of shape (3,) that mul needs for its gradient was changed after it was used; "
        "compute the result again after the change, or change a copy"
    )


@refused
def test_item_written():
    x = leaf()
    y = (x * x).sum()
    x.data[0] = 5.0
    y.backward()


@refused
def test_item_written_through_data_taken_before():
    x = leaf()
    d = x.data
    y = (x * x).sum()
    d[0] = 5.0
    y.backward()


@refused
def test_item_written_through_a_view_taken_before():
    x = leaf()
    d = x.data[1:]
    y = (x * x).sum()
    d[0] = 5.0
    y.backward()


@refused
def test_data_added_to():
    x = leaf()
    y = (x * x).sum()
    x.data += 1.0
    y.backward()


@refused
def test_data_replaced():
    x = leaf()
    y = (x * x).sum()
    x.data = X + 1
    y.backward()


@refused
def test_data_replaced_after_it_was_handed_out():
    x = leaf()
    x.data  # noqa: B018
    y = (x * x).sum()
    x.data = X + 1
    y.backward()


@refused
def test_numpy_function_with_out():
    x = leaf()
    y = (x * x).sum()
    np.multiply(x.data, 2.0, out=x.data)
    y.backward()


@refused
def test_sorted_in_place():
    x = leaf(X[::-1])
    y = (x * x * x).sum()
    x.data.sort()
    y.backward()


@refused
def test_changed_by_one_bit():
    x = leaf()
    y = (x * x).sum()
    x.data[1] = np.nextafter(2.0, 3.0)
    y.backward()


@refused
def test_changed_before_grad_instead_of_backward():
    x = leaf()
    y = (x * x).sum()
    x.data[0] = 5.0
    grad(y, x)


@refused
def test_changed_between_two_backward_passes():
    x = leaf()
    y = (x * x).sum()
    y.backward(retain_graph=True)
    x.data[0] = 5.0
    y.backward()


@refused
def test_changed_between_first_and_second_order():
    x = leaf()
    g = grad((x * x * x).sum(), x, create_graph=True)
    x.data[0] = 5.0
    grad(g.sum(), x)


@refused
def test_the_other_operand_changed():
    x, w = leaf(), tensor(W)
    y = (x * w).sum()
    w.data[0] = 5.0
    y.backward()


@refused
def test_the_weight_of_a_convolution_changed():
    x, w = leaf(np.ones((1, 1, 3, 4))), tensor(np.ones((2, 1, 2, 2)))
    y = tg.conv2d(x, w).sum()
    w.data *= 2.0
    y.backward()


@refused
def test_the_picture_of_a_convolution_changed():
    x, w = tensor(np.ones((1, 1, 3, 4))), leaf(np.ones((2, 1, 2, 2)))
    d = x.data
    y = tg.conv2d(x, w).sum()
    d[0, 0, 1] = 7.0
    y.backward()


@refused
def test_the_input_of_a_dense_layer_changed():
    x, w = tensor(np.ones((2, 3))), leaf(np.ones((4, 3)))
    y = tg.linear(x, w).sum()
    x.data[0] = 7.0
    y.backward()


@refused
def test_the_exponent_changed():
    x, b = leaf(), tensor(np.array(2.0))
    y = (x**b).sum()
    b.data[...] = 3.0
    y.backward()


@refused
def test_scores_changed_before_the_loss_was_differentiated():
    x = leaf([[1.0, 2.0, 3.0]])
    y = tg.cross_entropy(x, tensor([1]))
    x.data[0, 0] = 9.0
    y.backward()


@refused
def test_swapped_by_copyto():
    x, w = leaf(), leaf(W)
    y = (x * w).sum()
    old = x.data.copy()
    np.copyto(x.data, w.data)
    np.copyto(w.data, old)
    y.backward()

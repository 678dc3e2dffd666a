"""Changes that look dangerous and must neither be refused nor reach a gradient."""

import numpy as np
import pytest
from programs import W, X, leaf, right

import tinygrad_cnn as tg
from tinygrad_cnn import no_grad, tensor
from tinygrad_cnn.errors import GraphError


@right
def test_data_only_read():
    x = leaf()
    y = (x * x).sum()
    assert x.data[0] == 1.0
    assert repr(x)
    assert x.numpy().sum() == 6.0
    y.backward()
    return x.grad, 2 * X


@right
def test_changed_and_changed_back():
    x = leaf()
    y = (x * x).sum()
    x.data[0] += 4.0
    x.data[0] = 1.0
    y.backward()
    return x.grad, 2 * X


@right
def test_changed_between_forward_passes():
    x = leaf()
    (x * x).sum().backward()
    x.grad = None
    x.data[0] = 5.0
    (x * x).sum().backward()
    return x.grad, np.array([10.0, 4.0, 6.0])


@right
def test_changed_where_backward_needs_no_values():
    x, w = leaf(), leaf(W)
    y = (x + w).sum()
    w.data[0] = 99.0
    x.data *= 3.0
    y.backward()
    return x.grad, np.ones(3)


@right
def test_changed_where_backward_needs_no_values_through_data_taken_before():
    x, w = leaf(), leaf(W)
    d = w.data
    y = (x + w).sum()
    d[:] = 99.0
    y.backward()
    return x.grad, np.ones(3)


@right
def test_replaced_where_backward_needs_no_values():
    x, w = leaf(), leaf(W)
    y = (x - w).sum()
    w.data = W * 2
    y.backward()
    return w.grad, -np.ones(3)


@right
def test_the_bias_changed():
    x, w, b = tensor(np.ones((2, 3))), leaf(np.ones((4, 3))), leaf(np.ones(4))
    y = tg.linear(x, w, b).sum()
    b.data -= 1.0
    y.backward()
    return w.grad, np.full((4, 3), 2.0)


@right
def test_the_input_of_relu_changed():
    x = leaf([-1.0, 2.0, 3.0])
    y = (tg.relu(x) * W).sum()
    x.data[...] = -5.0
    y.backward()
    return x.grad, W * [0, 1, 1]


@right
def test_the_input_of_exp_changed():
    x = leaf()
    y = tg.exp(x).sum()
    x.data[...] = 0.0
    y.backward()
    return x.grad, np.exp(X)


@right
def test_a_leaf_that_another_graph_needs():
    x, w = leaf(), leaf(W)
    (x * w).sum()
    y = (x + 1.0).sum()
    w.data[0] = 9.0
    y.backward()
    return x.grad, np.ones(3)


@right
def test_the_source_array_changed():
    source = X.copy()
    x = leaf(source)
    y = (x * x).sum()
    source[:] = 0.0
    y.backward()
    return x.grad, 2 * X


@right
def test_a_raw_array_as_operand_changed():
    x, raw = leaf(), W.copy()
    y = (x * raw).sum()
    raw[:] = 0.0
    y.backward()
    return x.grad, W


@right
def test_a_raw_array_on_the_left_changed():
    x, raw = leaf(), W.copy()
    y = (raw * x).sum()
    raw[:] = 0.0
    y.backward()
    return x.grad, W


@right
def test_a_list_as_operand_changed():
    x, rows = leaf(), W.tolist()
    y = (x * rows).sum()
    rows[0] = 99.0
    y.backward()
    return x.grad, W


@right
def test_a_numpy_array_of_the_tensor_cannot_be_written_to():
    x = leaf()
    y = (x * x).sum()
    for view in (np.asarray(x), x.numpy(), x.numpy()[1:]):
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 5.0
    y.backward()
    return x.grad, 2 * X


@right
def test_a_numpy_copy_changed():
    x = leaf()
    y = (x * x).sum()
    np.array(x)[0] = 5.0
    y.backward()
    return x.grad, 2 * X


@right
def test_the_detached_twin_changed():
    x = leaf()
    y = (x * x).sum()
    x.detach().data[0] = 5.0
    y.backward()
    return x.grad, 2 * X


@right
def test_the_detached_twin_of_handed_out_data_changed():
    x = leaf()
    x.data  # noqa: B018
    y = (x * x).sum()
    x.detach().data[0] = 5.0
    y.backward()
    return x.grad, 2 * X


@right
def test_the_detached_twin_of_a_result_changed():
    x = leaf()
    h = x * 2.0
    y = (h * h).sum()
    h.detach().data[...] = 0.0
    y.backward()
    return x.grad, 8 * X


@right
def test_an_unrecorded_view_changed():
    x = leaf()
    with no_grad():
        v = x.reshape(3, 1)
    y = (x * x).sum()
    v.data[0] = 5.0
    y.backward()
    return x.grad, 2 * X


@right
def test_a_tensor_made_from_the_tensor_changed():
    x = leaf()
    twin = tensor(x)
    y = (x * twin).sum()
    x.grad = None
    tensor(twin).data[...] = 0.0
    y.backward()
    return x.grad, X


@right
def test_the_data_of_a_result_cannot_be_written_to():
    x = leaf()
    h = x * x
    with pytest.raises(ValueError, match="read-only"):
        h.data[0] = 5.0
    with pytest.raises(GraphError, match="recorded result"):
        h.data = X
    (h * h).sum().backward()
    return x.grad, 4 * X**3

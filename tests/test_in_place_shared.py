"""Changing what shares memory with a graph or stands beside it: views, labels, indices, masks."""

import numpy as np
from programs import W, X, leaf, refused, right

import tinygrad_cnn as tg
from tinygrad_cnn import tensor


@right
def test_changed_under_a_recorded_view():
    x = leaf()
    d = x.data
    v = x.reshape(3, 1)
    y = (v * v).sum()
    d[0] = 5.0
    y.backward()
    return x.grad, 2 * X


@right
def test_changed_under_a_recorded_slice():
    x = leaf()
    d = x.data
    v = x[1:]
    y = (v * v).sum()
    d[2] = 5.0
    y.backward()
    return x.grad, np.array([0.0, 4.0, 6.0])


@refused
def test_changed_under_a_recorded_transpose():
    x = leaf(np.ones((2, 3)))
    d = x.data
    y = (x.T @ x).sum()
    d[0] = 5.0
    y.backward()


@right
def test_old_data_changed_after_it_was_replaced_under_a_view():
    x = leaf()
    d = x.data
    v = x.reshape(3, 1)
    y = (v * v).sum()
    x.data = np.zeros(3)
    d[0] = 99.0
    y.backward()
    return x.grad, 2 * X


@right
def test_replaced_under_a_view_that_keeps_its_values():
    x = leaf()
    v = x.reshape(3, 1)
    y = (v * v).sum()
    x.data = np.zeros(3)
    x.data[0] = 4.0
    y.backward()
    return x.grad, 2 * X


@right
def test_handed_out_after_a_view_was_recorded():
    x = leaf()
    v = x.expand(2, 3)
    y = (v * v).sum()
    x.data[0] = 5.0
    y.backward()
    return x.grad, 4 * X


@right
def test_changed_under_an_expanded_view():
    x = leaf()
    d = x.data
    v = x.expand(2, 3)
    y = (v * v).sum()
    d[0] = 5.0
    y.backward()
    return x.grad, 4 * X


@right
def test_a_constant_changed_under_its_unrecorded_view():
    x, w = leaf(), tensor(W)
    d = w.data
    y = (x * w.reshape(1, 3)[0]).sum()
    d[0] = 5.0
    y.backward()
    return x.grad, W


@right
def test_the_index_array_changed():
    x, index = leaf(), np.array([0, 0, 2])
    y = (x[index] * W).sum()
    index[:] = 1
    y.backward()
    return x.grad, np.array([-0.5, 0.0, 2.0])


@right
def test_the_index_tensor_changed():
    x, index = leaf(), tensor([0, 0, 2])
    y = (x[index] * W).sum()
    index.data[:] = 1
    y.backward()
    return x.grad, np.array([-0.5, 0.0, 2.0])


@right
def test_the_tensor_inside_a_slice_changed():
    x, start = leaf(), tensor(1)
    y = (x[start:] * x[start:]).sum()
    start.data[...] = 0
    y.backward()
    return x.grad, np.array([0.0, 4.0, 6.0])


@right
def test_the_mask_changed():
    x, mask = leaf(), np.array([True, False, True])
    y = x[mask].sum()
    mask[:] = False
    y.backward()
    return x.grad, np.array([1.0, 0.0, 1.0])


@right
def test_the_condition_changed():
    x, condition = leaf(), tensor([True, False, True])
    d = condition.data
    y = tg.where(condition, x, 0.0).sum()
    d[:] = False
    y.backward()
    return x.grad, np.array([1.0, 0.0, 1.0])


@right
def test_the_gathered_places_changed():
    x, places = leaf(), np.array([2, 2])
    y = tg.gather(x, 0, places).sum()
    places[:] = 0
    y.backward()
    return x.grad, np.array([0.0, 0.0, 2.0])


@right
def test_the_labels_changed():
    x, labels = leaf([[0.0, 0.0]]), tensor([1])
    d = labels.data
    y = tg.cross_entropy(x, labels)
    d[:] = 0
    y.backward()
    return x.grad, np.array([[0.5, -0.5]])


@right
def test_the_target_probabilities_changed():
    x, t = leaf([[0.0, 0.0]]), np.array([[0.25, 0.75]])
    y = tg.cross_entropy(x, t)
    t[:] = 0
    y.backward()
    return x.grad, np.array([[0.25, -0.25]])


@right
def test_the_class_weights_changed():
    x, weight = leaf([[0.0, 0.0]]), tensor(np.array([1.0, 3.0]))
    d = weight.data
    y = tg.cross_entropy(x, [1], weight, reduction="sum")
    d[:] = 0
    y.backward()
    return x.grad, np.array([[1.5, -1.5]])


@refused
def test_the_target_of_a_squared_error_changed_under_the_difference():
    x, t = leaf(), tensor(W)
    d = t.data
    y = ((x - t) * t).sum()
    d[:] = 0
    y.backward()


@right
def test_the_target_of_a_squared_error_changed():
    x, t = leaf(), tensor(W)
    d = t.data
    y = tg.mse_loss(x, t, reduction="sum")
    d[:] = 0
    y.backward()
    return x.grad, 2 * (X - W)


@right
def test_the_running_statistics_moved():
    x = leaf(np.array([[1.0], [2.0]]))
    m, v = tensor(np.array([0.5])), tensor(np.array([4.0]))
    y = tg.batch_norm(x, m, v, eps=0.0).sum()
    m.replace(np.array([9.0]))
    v.replace(np.array([1.0]))
    y.backward()
    return x.grad, np.full((2, 1), 0.5)

"""Corners of the engine: small integers, promotions, hooks hung on twice, gradients set, contracts."""

import threading

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError, PositionError, ShapeError


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sigmoid", "tanh"])
def test_functions_of_bytes_are_computed_in_float32(name):
    values = np.array([1, 3, 80], np.uint8)
    plain = {"sigmoid": lambda x: 1 / (1 + np.exp(-x))}.get(name) or getattr(np, name)
    y = getattr(tg, name)(tg.tensor(values))
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.numpy(), plain(values.astype(np.float64)), rtol=1e-6)


def test_an_own_op_that_promotes_is_refused_by_name():
    @tg.op
    def promoted_by_numpy(x):
        r""":math:`y = x \sqrt 2`."""
        return x.array * np.sqrt(2.0), lambda g: g * float(np.sqrt(2.0))

    try:
        with pytest.raises(DtypeError, match="promoted_by_numpy got float32 and returned float64"):
            promoted_by_numpy(tg.ones(2, requires_grad=True))
        assert promoted_by_numpy(tg.ones(2).double()).dtype == np.float64
    finally:
        del tg.REGISTRY["promoted_by_numpy"]


def test_a_handle_removes_one_hook_once():
    x = tg.ones(2, requires_grad=True)
    calls = []

    def note(g):
        calls.append(g)

    first, second = x.register_hook(note), x.register_hook(note)
    first.remove()
    first.remove()
    (x * 2).sum().backward()
    assert len(calls) == 1
    second.remove()
    (x * 2).sum().backward()
    assert len(calls) == 1


def test_a_hook_is_a_function():
    with pytest.raises(ArgumentError, match="a hook is a function of the gradient, got int"):
        tg.ones(2, requires_grad=True).register_hook(3)


def test_a_gradient_that_is_set_has_the_shape_and_dtype_of_its_tensor():
    p = tg.ones(2, requires_grad=True)
    for wrong in (tg.ones(1), tg.ones(2).double(), np.ones(3)):
        with pytest.raises(ShapeError, match=r"the gradient of a float32 tensor of shape \(2,\)"):
            p.grad = wrong
    p.grad = np.array([1.0, 2.0])
    assert p.grad.dtype == np.float32
    assert p.grad.tolist() == [1.0, 2.0]
    p.grad = None
    assert p.grad is None


def test_retained_gradients_add_up():
    x = tg.ones(2, requires_grad=True)
    y = x * 2
    y.retain_grad()
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    assert y.grad.tolist() == [2.0, 2.0]


def test_a_flag_is_no_seed():
    x = tg.ones(1, requires_grad=True)
    with pytest.raises(ArgumentError, match="create_graph=True"):
        tg.grad((x * x).sum(), x, True)


def test_a_view_of_handed_out_data_does_not_follow_it():
    x = tg.ones(3, requires_grad=True)
    data = x.data
    part = x[:2]
    data[0] = 5.0
    assert part.tolist() == [1.0, 1.0]


def test_one_block_object_serves_two_threads_that_leave_it_in_the_order_they_came():
    block = tg.no_grad()
    entered, left = threading.Event(), threading.Event()
    seen: list[object] = []

    def second():
        try:
            with block:
                entered.set()
                left.wait(10)
                seen.append(tg.is_grad_enabled())
            seen.append(tg.is_grad_enabled())
        except Exception as error:
            seen.append(error)

    thread = threading.Thread(target=second)
    with block:
        thread.start()
        entered.wait(10)
    left.set()
    thread.join()
    assert seen == [False, True]
    assert tg.is_grad_enabled()


def test_no_grad_decorates_without_brackets():
    @tg.no_grad
    def double(x):
        return x * 2

    assert not double(tg.ones(1, requires_grad=True)).requires_grad


def test_a_contract_takes_the_default_of_its_divisor():
    @tg.op("x: N C; w: C/parts O")
    def halves(x, w, *, parts=2):
        r""":math:`y = x`."""
        return x.array + 0, lambda g: g, lambda g: None

    try:
        assert halves(tg.ones(3, 4), tg.ones(2, 5)).shape == (3, 4)
        with pytest.raises(ShapeError, match=r"C is 4 in x but 4 \* parts = 8 in w"):
            halves(tg.ones(3, 4), tg.ones(4, 5))
    finally:
        del tg.REGISTRY["halves"]


def test_a_contract_names_the_tensors_and_settings_of_its_operation():
    with pytest.raises(ArgumentError, match=r"the contract names \['x'\]"):
        tg.op("x: N C")(lambda x, b: (x.array, None, None))
    with pytest.raises(ArgumentError, match=r"the contract divides by \['groups'\], which are no settings"):
        tg.op("x: N C/groups")(lambda x: (x.array, None))


def test_a_type_that_numpy_refuses_is_named():
    with pytest.raises(DtypeError, match="neg got bool / "):
        -tg.tensor([True])


def test_what_is_no_number_is_named():
    with pytest.raises(DtypeError, match="a tensor is made of numbers, got NoneType 'None'"):
        tg.tensor(None)


def test_an_index_out_of_range_is_what_a_list_would_raise():
    with pytest.raises(IndexError, match=r"index 5 does not fit shape \(3,\)") as caught:
        tg.ones(3)[5]
    assert isinstance(caught.value, PositionError | ShapeError)
    with pytest.raises(IndexError, match="Sequential has 1 modules, there is none at 1"):
        tg.nn.Sequential(tg.nn.ReLU())[1]


def test_a_loss_of_two_precisions_is_refused_in_its_own_name():
    with pytest.raises(DtypeError, match="mse_loss got input float32, target float64; nothing is promoted"):
        tg.mse_loss(tg.ones(3), np.ones(3))


def test_a_gradient_can_be_set_to_zeros_in_place():
    p = tg.ones(2, requires_grad=True)
    (p * 3).sum().backward()
    held = p.grad
    p.grad.zero_()
    assert held.tolist() == [0.0, 0.0]
    with pytest.raises(GraphError, match="zero_ would change a tensor in a graph"):
        p.zero_()


def test_there_are_no_devices():
    with pytest.raises(ArgumentError, match=r"to expects a dtype such as np\.float64, got 'cpu'"):
        tg.ones(1).to("cpu")

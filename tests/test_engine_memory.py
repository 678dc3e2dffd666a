"""Depth and memory: nothing recurses, nothing is kept for nothing, nothing waits for the collector."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, no_grad, op, tensor
from tinygrad_cnn.errors import ShapeError

DEEP = 50_000  # a million was done by hand: 28 s


@contextmanager
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def ones(*shape: int) -> Tensor:
    return tensor(np.ones(shape, np.float32), requires_grad=True)


def watch(*tensors: Tensor) -> list[weakref.ref]:
    return [weakref.ref(t.array) for t in tensors]


def alive(references: list[weakref.ref]) -> list[int]:
    return [k for k, reference in enumerate(references) if reference() is not None]


@pytest.mark.parametrize(
    "step",
    [lambda y, x: y + x, lambda y, x: y * x, lambda y, x: -y, lambda y, x: tg.relu(y)],
    ids=["add", "mul, which captures both", "neg", "relu, which takes its result"],
)
def test_a_deep_chain_is_built_differentiated_and_freed(step):
    with without_collector():
        x = ones(1)
        y = x
        for _ in range(DEEP):
            y = step(y, x)
        last = watch(y)
        y.backward()
        assert np.isfinite(x.grad.array).all()
        del y
        assert not alive(last)


def test_a_deep_chain_is_freed_without_having_been_differentiated():
    with without_collector():
        x = ones(1)
        y = x
        for _ in range(DEEP):
            y = y * x
        last = watch(y)
        del y
        assert not alive(last)


def test_a_deep_chain_has_second_derivatives_is_printed_and_detached():
    x = tensor(np.array(1.0), requires_grad=True)
    y = x
    for _ in range(3000):
        y = y * x
    first = grad(y, x, create_graph=True)
    assert first.item() == 3001.0
    assert grad(first, x).item() == 3001.0 * 3000.0
    assert repr(y) == "tensor(1., dtype=float64, op=mul)"


def step_of_a_network(x: Tensor, w: Tensor, v: Tensor) -> tuple[Tensor, list[Tensor]]:
    h1 = tg.conv2d(x, w, padding=1)
    h2 = tg.relu(h1)
    h3 = tg.max_pool2d(h2, 2)
    h4 = tg.flatten(h3, 1)
    h5 = tg.linear(h4, v)
    h6 = tg.tanh(h5) * h5
    loss = tg.cross_entropy(h6, [0, 1])
    return loss, [h1, h2, h3, h4, h5, h6]


def network_inputs() -> tuple[Tensor, Tensor, Tensor]:
    rng = np.random.default_rng(0)
    shapes = [(2, 3, 6, 8), (4, 3, 3, 3), (5, 48)]
    return tuple(tensor(rng.standard_normal(s).astype(np.float32), requires_grad=True) for s in shapes)


def test_no_array_of_a_step_survives_del_loss_without_backward():
    inputs = network_inputs()
    with without_collector():
        loss, held = step_of_a_network(*inputs)
        references = watch(loss, *held)
        del held
        del loss
        assert alive(references) == []


@pytest.mark.parametrize("retain", [False, True])
def test_no_array_of_a_step_survives_after_backward(retain):
    inputs = network_inputs()
    with without_collector():
        loss, held = step_of_a_network(*inputs)
        references = watch(loss, *held)
        del held
        loss.backward(retain_graph=retain)
        del loss
        assert alive(references) == []


def test_no_array_survives_after_second_order():
    inputs = network_inputs()
    with without_collector():
        loss, held = step_of_a_network(*inputs)
        first = grad(loss, inputs, create_graph=True)
        penalty = sum((g * g).sum() for g in first)
        references = watch(loss, penalty, *held, *first)
        penalty.backward()
        del held, loss, first, penalty
        assert alive(references) == []


def test_backward_with_create_graph_is_freed_with_the_gradients():
    x = ones(3)
    with without_collector():
        y = (x * x * x).sum()
        y.backward(create_graph=True)
        references = watch(y, x.grad)
        del y
        x.grad = None
        assert alive(references) == []


def test_no_array_survives_an_error_in_the_middle_of_forward():
    inputs = network_inputs()
    references = []

    def broken_step() -> None:
        _, held = step_of_a_network(*inputs)
        references.extend(watch(*held))
        tg.linear(held[4], tensor(np.ones((2, 99), np.float32)))

    with without_collector():
        with suppress(ShapeError):
            broken_step()
        assert alive(references) == []


def test_no_array_survives_an_error_in_the_middle_of_backward():
    @op
    def broken(x):
        def grad_x(g):
            raise ZeroDivisionError("on purpose")

        return x.array * 1.0, grad_x

    with without_collector():
        x = ones(3)
        h = broken(x * x)
        y = tg.exp(h).sum()
        references = watch(h, y)
        with pytest.raises(ZeroDivisionError):
            y.backward()
        del h, y
        gc.collect()  # pytest.raises holds the traceback in a cycle of its own
        assert alive(references) == []


def test_hooks_and_retained_gradients_do_not_keep_a_graph():
    with without_collector():
        x = ones(3)
        h = x * 2.0
        h.retain_grad()
        h.register_hook(lambda g: g * 2.0)
        y = (h * h).sum()
        y.backward()
        references = watch(h, y, h.grad)
        del h, y
        assert alive(references) == []


def test_what_no_closure_mentions_is_freed_during_forward():
    x, w = ones(2, 3, 6, 8), ones(4, 3, 3, 3)
    before_relu = tg.conv2d(x, w)
    y = tg.relu(before_relu)
    references = watch(before_relu)
    del before_relu
    assert alive(references) == []
    summand = x * 2.0
    z = summand + 1.0
    references = watch(summand)
    del summand
    assert alive(references) == []
    (y.sum() + z.sum()).backward()
    assert x.grad.shape == x.shape


def test_the_result_is_kept_only_if_a_closure_takes_it():
    x = ones(3)
    assert tg.exp(x).node.array is not None
    assert (x * 2.0).node.array is None
    assert (x + x).node.array is None
    assert tg.max_pool2d(ones(1, 1, 2, 2), 2).node.array is None


def test_activations_are_freed_on_the_way_back():
    x = ones(3)
    alive_at_the_end = []
    h = tg.exp(x)
    h.register_hook(lambda g: alive_at_the_end.append(alive(references)))
    k = tg.exp(h)
    references = watch(k)
    y = k.sum()
    del k
    y.backward()
    assert alive_at_the_end == [[]]


def test_nothing_is_recorded_or_kept_under_no_grad():
    x = ones(3)
    with no_grad(), without_collector():
        h = tg.exp(x)
        assert h.node is None
        references = watch(h)
        h = tg.exp(h)
        assert alive(references) == []


def test_a_released_graph_keeps_its_shape_and_names_and_no_arrays():
    x = ones(2, 3)
    y = tg.exp(x * x).sum()
    node = y.node
    y.backward()
    names = []
    while isinstance(node, tg.core.Node):
        names.append((node.op, node.shape))
        assert node.array is None
        assert node.closures is None
        node = node.inputs[0]
    assert names == [("sum", ()), ("exp", (2, 3)), ("mul", (2, 3))]

"""Hooks of modules: what they see, what they may replace, in which order, and that nothing else changes."""

import copy

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, GraphError
from tinygrad_cnn.io import load, save
from tinygrad_cnn.viz import summary

X = np.array([[1.0, -2.0], [0.5, 3.0]])


def leaf(values=X):
    return tg.tensor(values, requires_grad=True)


class Two(nn.Module):
    """Two inputs, a keyword, two results."""

    def forward(self, a, b, k=1.0):
        return a * b, a + b * k


class Failing(nn.Module):
    def forward(self, x):
        raise ZeroDivisionError("in forward")


def written(log, *names):
    """A hook that writes down what it was called with, as lists."""

    def plain(v):
        return (
            [plain(part) for part in v]
            if isinstance(v, tuple)
            else v.tolist()
            if isinstance(v, tg.Tensor)
            else v
        )

    return lambda module, *given: log.append((*names, *map(plain, given)))


# -- forward -------------------------------------------------------------------------------------------------


def test_hooks_with_keywords_see_and_replace_them():
    two, log = Two(), []
    two.register_forward_pre_hook(written(log, "before"), with_kwargs=True)
    two.register_forward_pre_hook(lambda m, args, kwargs: (args, {**kwargs, "k": 10.0}), with_kwargs=True)
    two.register_forward_hook(written(log, "after"), with_kwargs=True)
    two.register_forward_hook(lambda m, args, y: y[1])
    y = two(tg.tensor([1.0]), tg.tensor([2.0]), k=3.0)
    assert y.tolist() == [21.0]
    assert log == [
        ("before", [[1.0], [2.0]], {"k": 3.0}), ("after", [[1.0], [2.0]], {"k": 10.0}, [[2.0], [21.0]])
    ]  # fmt: skip
    with pytest.raises(
        ArgumentError, match=r"^Two: a forward pre-hook with kwargs returns None or \(args, kwargs\)"
    ):
        two.register_forward_pre_hook(lambda m, args, kwargs: args[0], with_kwargs=True)
        two(tg.ones(1), tg.ones(1))


def test_hooks_run_in_order_and_prepend_puts_one_first():
    layer, order = nn.ReLU(), []
    for name in "bc":
        layer.register_forward_pre_hook(lambda m, args, name=name: order.append(name))
        layer.register_forward_hook(lambda m, args, y, name=name: order.append(name.upper()))
    layer.register_forward_pre_hook(lambda m, args: order.append("a"), prepend=True)
    layer.register_forward_hook(lambda m, args, y: order.append("A"), prepend=True)
    layer(tg.ones(1))
    assert "".join(order) == "abcABC"


def test_always_called_hooks_run_after_a_failure_with_what_there_is():
    failing, log = Failing(), []
    failing.register_forward_hook(written(log, "never"))
    failing.register_forward_hook(written(log, "always"), always_call=True)
    with pytest.raises(ZeroDivisionError):
        failing(tg.ones(1))
    assert log == [("always", [[1.0]], None)]
    layer, log = nn.ReLU(), []
    layer.register_forward_hook(written(log, "first"), always_call=True)
    layer.register_forward_hook(lambda m, args, y: 1 / 0)
    layer.register_forward_hook(written(log, "last"), always_call=True)
    with pytest.raises(ZeroDivisionError):
        layer(tg.ones(1))
    assert log == [("first", [[1.0]], [1.0]), ("last", [[1.0]], [1.0])]


def test_a_second_failure_is_a_warning_and_the_first_one_is_raised():
    failing = Failing()
    failing.register_forward_hook(lambda m, args, y: [][0], always_call=True)
    with (
        pytest.warns(
            UserWarning, match="Failing: a forward hook failed, too, after another error: IndexError"
        ),
        pytest.raises(ZeroDivisionError, match="in forward"),
    ):
        failing(tg.ones(1))


# -- backward ------------------------------------------------------------------------------------------------


def test_backward_hooks_see_the_gradients_of_both_sides():
    layer, log = nn.Linear(2, 1).double(), []
    w = layer.weight.numpy()
    layer.register_full_backward_pre_hook(written(log, "outputs"))
    layer.register_full_backward_hook(written(log, "inputs"))
    x = leaf()
    (layer(x) * tg.tensor([[2.0], [3.0]]).double()).sum().backward()
    g = [[2.0], [3.0]]
    expected = (np.array(g) @ w).tolist()
    assert log == [("outputs", [g]), ("inputs", [expected], [g])]
    assert x.grad.tolist() == expected


def test_backward_hooks_replace_gradients_in_turn():
    layer, log = nn.Linear(2, 1).double(), []
    layer.register_full_backward_pre_hook(lambda m, grad_output: grad_output[0] * 2.0)
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: (grad_input[0] * 5.0,))
    layer.register_full_backward_hook(written(log))
    layer.register_full_backward_hook(written(log, "first"), prepend=True)
    x = leaf()
    layer(x).sum().backward()
    w = layer.weight.numpy()
    g = [[2.0], [2.0]]
    assert log == [("first", [[*(2 * w).tolist()] * 2], [g]), ([[*(10 * w).tolist()] * 2], [g])]
    np.testing.assert_array_equal(x.grad, np.repeat(10 * w, 2, axis=0))
    np.testing.assert_array_equal(layer.weight.grad, 2 * X.sum(0, keepdims=True))


def test_several_inputs_and_results_come_together():
    two, log = Two(), []
    two.register_full_backward_pre_hook(written(log, "outputs"))
    two.register_full_backward_hook(written(log, "inputs"))
    two.register_full_backward_hook(
        lambda m, grad_input, grad_output: (grad_input[0] * 10.0, *grad_input[1:])
    )
    a, b = leaf([2.0]), leaf([3.0])
    u, v = two(a, b, 5.0)
    (v * 7.0 + u).sum().backward()
    assert log == [("outputs", [[1.0], [7.0]]), ("inputs", [[10.0], [37.0], None], [[1.0], [7.0]])]
    assert (a.grad.tolist(), b.grad.tolist()) == ([100.0], [37.0])


def test_what_gets_no_gradient_is_none():
    two, log = Two(), []
    two.register_full_backward_hook(written(log))
    a = leaf([2.0])
    u, v = two(a, tg.tensor([3.0]))
    v.sum().backward()
    assert log == [([[1.0], None], [None, [1.0]])]
    two.register_full_backward_hook(lambda m, grad_input, grad_output: (None, None))
    u, v = two(a, a)
    a.grad = None
    (u + v).sum().backward()
    assert a.grad.tolist() == [0.0]


def test_where_no_input_requires_grad_the_hook_sees_the_results_only():
    layer, log = nn.Linear(2, 1).double(), []
    layer.register_full_backward_hook(written(log))
    layer(tg.tensor(X)).sum().backward()
    assert log == [([None], [[[1.0], [1.0]]])]
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: grad_output)
    with pytest.raises(
        GraphError, match="Linear: a backward hook returned a gradient, but no input requires grad"
    ):
        layer(tg.tensor(X)).sum().backward()
    with tg.no_grad():
        assert layer(leaf()).node is None
    assert len(log) == 2


def test_a_graph_that_is_kept_calls_its_hooks_again_also_removed_ones():
    layer, log = nn.Tanh(), []
    handle = layer.register_full_backward_hook(lambda m, grad_input, grad_output: log.append(1))
    y = layer(leaf()).sum()
    handle.remove()
    y.backward(retain_graph=True)
    y.backward()
    layer(leaf()).sum().backward()
    assert len(log) == 2


def test_modules_inside_of_modules_each_have_their_turn():
    net, order = nn.Sequential(nn.Tanh(), nn.Sequential(nn.Sigmoid())), []
    for path, m in net.named_modules():
        m.register_full_backward_pre_hook(lambda m, g, path=path: order.append(f">{path}"))
        m.register_full_backward_hook(lambda m, g, h, path=path: order.append(f"<{path}"))
    x = leaf()
    net(x).sum().backward()
    assert order == [">", ">1", ">1.0", "<1.0", "<1", ">0", "<0", "<"]
    other = leaf()
    tg.sigmoid(tg.tanh(other)).sum().backward()
    np.testing.assert_array_equal(x.grad, other.grad)


def test_the_second_derivative_is_that_of_what_the_hook_made():
    tanh, fired = nn.Tanh(), []
    tanh.register_full_backward_hook(lambda m, grad_input, h: (fired.append(1), (grad_input[0] ** 2,))[1])
    x = leaf(np.array([0.5]))
    (g,) = tg.grad(tanh(x).sum(), [x], create_graph=True)
    y = np.tanh(0.5)
    np.testing.assert_allclose(g, [(1 - y * y) ** 2])
    np.testing.assert_allclose(tg.grad(g.sum(), x), [-4 * y * (1 - y * y) ** 2])
    assert len(fired) == 1


def test_wrong_hooks_are_named():
    layer = nn.ReLU()
    with pytest.raises(ArgumentError, match=r"^ReLU: a hook is a function, got int$"):
        layer.register_forward_hook(3)
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: (grad_input[0],) * 2)
    with pytest.raises(GraphError, match=r"^ReLU: a backward hook returned 2 gradients for 1 inputs$"):
        layer(leaf()).sum().backward()

    class Dictionary(nn.Module):
        def forward(self, x):
            return {"x": x}

    odd = Dictionary()
    odd.register_full_backward_hook(lambda m, grad_input, grad_output: None)
    with pytest.raises(
        ArgumentError, match="Dictionary has backward hooks, so it must return a tensor or a tuple"
    ):
        odd(leaf())


# -- what hooks leave alone ----------------------------------------------------------------------------------


def hooked():
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    log = []
    for m in net:
        m.register_forward_hook(lambda m, args, y: log.append("forward"))
        m.register_full_backward_hook(lambda m, grad_input, grad_output: log.append("backward"))
    return net, log


def test_states_files_copies_and_summaries_do_not_mind(tmp_path):
    net, log = hooked()
    assert list(net.state_dict()) == ["0.weight", "0.bias"]
    save(tmp_path / "w.safetensors", net)
    net.load_state_dict(load(tmp_path / "w.safetensors"))
    assert "Linear" in str(summary(net, (2,))) and log == ["forward"] * 2
    twin = copy.deepcopy(net)
    twin(tg.ones(1, 2, requires_grad=True)).sum().backward()
    assert log[2:] == ["forward"] * 2 + ["backward"] * 2


def test_recordings_show_where_hooks_hang():
    net, log = hooked()
    x = tg.ones(1, 2, requires_grad=True)
    with tg.record() as recording:
        net(x).sum().backward()
    names = [item.name for item in recording.graph.items.values() if item.kind == "op"]
    assert names == ["hooked", "linear", "hooked", "hooked", "relu", "hooked", "sum"]
    assert log.count("backward") == 2


def test_without_hooks_nothing_is_added():
    net, _ = hooked()
    x = tg.ones(1, 2, requires_grad=True)
    for m in net:
        m.__dict__.pop("_hooks")
    assert net(x).node.op == "relu"
    handle = net[1].register_full_backward_hook(lambda m, g, h: None)
    assert net(x).node.op == "hooked"
    handle.remove()
    assert net(x).node.op == "relu"

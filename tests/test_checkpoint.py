"""Checkpointing: the same gradients bit by bit; what is drawn and counted happens once."""

from collections import namedtuple

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import GraphError
from tinygrad_cnn.testing import check_module

Pair = namedtuple("Pair", "a b")  # what a function may return


def leaf(*shape, seed=0):
    return tg.tensor(np.random.default_rng(seed).standard_normal(shape), requires_grad=True)


def gradients(call, inputs, order=1):
    """Differentiate the sum of cubes of all results, once or more often, also by what is captured."""
    results = call(*inputs)
    results = results if isinstance(results, tuple) else (results,)
    total = sum((y * y * y).sum() for y in results)
    wrt = [*inputs, w]
    for _ in range(order - 1):
        parts = tg.grad(total, wrt, create_graph=True, allow_unused=True)
        total = sum((g * g).sum() for g in parts if g is not None)
    return [None if g is None else g.numpy() for g in tg.grad(total, wrt, allow_unused=True)]


w = leaf(3, 3, seed=5)
h = (w * 2.0).tanh()


def uses_others(x, y):
    """Depend on arguments, on a leaf, on a result of it, and on an argument twice."""
    return (x @ w).tanh() * h.sum() + y * x, (x * y).exp()


FUNCTIONS = {
    "one result": lambda x, y: (x * y).tanh() * x,
    "two results": lambda x, y: ((x * y).tanh(), x.exp() * y),
    "a result of no use to x": lambda x, y: (x.tanh(), y * y),
    "others": uses_others,
    "an argument passed on": lambda x, y: (x, x * y),
    "nested": lambda x, y: tg.checkpoint(lambda z: (z * x).tanh() * y, x * y) + x,
}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_are_the_same_bit_by_bit(name, order):
    function = FUNCTIONS[name]
    inputs = [leaf(2, 3), leaf(2, 3, seed=1)]
    expected = gradients(function, inputs, order)
    found = gradients(lambda x, y: tg.checkpoint(function, x, y), inputs, order)
    for a, b in zip(found, expected, strict=True):
        if a is None or b is None or order == 1:
            np.testing.assert_array_equal(a, b)
        else:  # sums of several gradients in another order
            np.testing.assert_allclose(a, b, rtol=1e-12)


def test_products_and_matrices_of_derivatives_go_through():
    x, v = leaf(3).detach(), leaf(3, seed=1).detach()
    plain = lambda x: (x.exp() * x.sum()).tanh()  # noqa: E731
    checked = lambda x: tg.checkpoint(plain, x)  # noqa: E731
    for one, other in [
        (tg.jacobian(plain, x), tg.jacobian(checked, x)),
        (tg.jvp(plain, x, v)[1], tg.jvp(checked, x, v)[1]),
        (tg.hvp(lambda x: plain(x).sum(), x, v)[1], tg.hvp(lambda x: checked(x).sum(), x, v)[1]),
        (tg.hessian(lambda x: plain(x).sum(), x), tg.hessian(lambda x: checked(x).sum(), x)),
    ]:
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_arguments_may_be_results_of_others_and_any_structure_may_come_back():
    x = leaf(4)
    inner = x.exp()
    result = tg.checkpoint(
        lambda parts, *, scale: {
            "pair": Pair(parts[0] * scale, parts[1]),
            "list": [parts[0].tanh(), 3, None],
        },
        [inner, x * 2.0],
        scale=2.0,
    )
    assert type(result["pair"]) is Pair and result["list"][1:] == [3, None]
    assert result["pair"].b.node.op == "mul"  # it was there before
    total = (result["pair"].a + result["list"][0]).sum() + result["pair"].b.sum()
    e = np.exp(x.numpy())
    np.testing.assert_allclose(tg.grad(total, x), 2 * e + (1 - np.tanh(e) ** 2) * e + 2, rtol=1e-12)


def test_backward_adds_to_the_parameters_of_a_module_and_can_be_repeated():
    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x = tg.ones(2, 3)
    net(x).sum().backward()
    expected = [p.grad.numpy().copy() for p in net.parameters()]
    net.zero_grad()
    y = tg.checkpoint(net, x).sum()
    y.backward(retain_graph=True)
    for p, g in zip(net.parameters(), expected, strict=True):
        np.testing.assert_array_equal(p.grad, g)
    y.backward()
    np.testing.assert_array_equal(next(net.parameters()).grad, 2 * expected[0])
    z = tg.checkpoint(net, x)
    z.sum().backward()
    with pytest.raises(GraphError, match="the graph of this checkpoint was released by an earlier backward"):
        z.sum().backward()


def test_where_nothing_is_recorded_the_function_is_just_called():
    x = leaf(2)
    with tg.no_grad():
        assert tg.checkpoint(lambda x: x * 2.0, x).node is None
    assert tg.checkpoint(lambda: 5) == 5
    constant = tg.checkpoint(lambda x: x * 2.0, tg.ones(2))
    assert not constant.requires_grad
    assert tg.checkpoint(lambda x: x, x) is x


@pytest.mark.parametrize("own", [False, True])
def test_dropout_has_the_same_mask_in_both_runs(own):
    generator = np.random.default_rng(3) if own else None
    drop = nn.Dropout(0.5, generator=generator)
    x = leaf(100)
    y = tg.checkpoint(lambda x: drop(x) * 2.0, x)
    drawn = (generator or tg.default_generator()).random()  # others draw in between
    state = (generator or tg.default_generator()).bit_generator.state
    np.testing.assert_array_equal(tg.grad(y.sum(), x).numpy() != 0, y.numpy() != 0)
    assert (generator or tg.default_generator()).bit_generator.state == state
    assert 0 <= drawn < 1


def test_nested_checkpoints_draw_the_same_masks():
    x = leaf(200)
    inner = lambda x: tg.dropout(x, 0.5) * 3.0  # noqa: E731
    y = tg.checkpoint(lambda x: tg.checkpoint(inner, tg.dropout(x, 0.2)) + tg.dropout(x, 0.5), x)
    np.testing.assert_allclose(tg.grad(y.sum(), x).numpy() * x.numpy(), y.numpy(), rtol=1e-12)


def test_running_statistics_move_once():
    plain, checked = (nn.BatchNorm2d(2, momentum=None) for _ in range(2))
    x = tg.randn(3, 2, 4, 5)
    plain(x).sum().backward()
    y = tg.checkpoint(checked, x)
    (y * y).sum().backward()
    np.testing.assert_array_equal(checked.running_mean, plain.running_mean)
    assert checked.num_batches_tracked.item() == 1


def test_a_second_forward_pass_before_backward_does_no_harm():
    norm = nn.BatchNorm2d(2).double()
    a, b = leaf(3, 2, 4, 5), leaf(3, 2, 4, 5, seed=1)
    expected = [gradients(norm, [x]) for x in (a, b)]
    first, second = tg.checkpoint(norm, a), tg.checkpoint(norm, b)
    total = (first * first * first).sum() + (second * second * second).sum()
    for found, want in zip(tg.grad(total, [a, b]), expected, strict=True):
        np.testing.assert_array_equal(found, want[0])
    assert norm.num_batches_tracked.item() == 4


def test_modules_are_as_they_were_in_the_first_run():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.calls = 0
            self.drop = nn.Dropout(0.5)
            self.scale = nn.Parameter(np.array([2.0]))

        def forward(self, x):
            self.calls += 1
            return self.drop(x * self.scale) * float(self.calls)

    net, x = Counting(), leaf(50)
    old = net.scale
    y = tg.checkpoint(net, x)
    net.eval()
    net.scale = nn.Parameter(np.array([5.0]))
    net.calls, net.later = 7, "new"
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy() * x.numpy(), y.numpy(), rtol=1e-12)
    np.testing.assert_allclose(old.grad.numpy() * 2.0, y.numpy().sum(), rtol=1e-12)
    assert net.scale.grad is None and net.scale.item() == 5.0
    assert (net.calls, net.later, net.training, net.drop.training) == (7, "new", False, False)


def test_a_module_with_a_checkpoint_in_it_can_be_checked():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Dropout(0.3))

        def forward(self, x):
            return tg.checkpoint(self.body, x) * 2.0

    assert check_module(Net(), (4, 3)).verdict == "pass"


def test_a_function_that_gives_something_else_the_second_time_is_found_out():
    counter = iter(range(10))
    x = leaf(2)
    calls = lambda x: x * float(next(counter))  # noqa: E731
    with pytest.raises(
        GraphError, match=r"^checkpoint: <lambda> gave other results when it was computed again"
    ):
        tg.grad(tg.checkpoint(calls, x).sum(), x)
    assert tg.grad(tg.checkpoint(calls, x, determinism_check="none").sum(), x).tolist() == [3.0, 3.0]
    with pytest.raises(GraphError, match="gave other results"):
        tg.grad(tg.checkpoint(lambda x: x * 2.0 if next(counter) % 2 else (x, x * 2.0), x)[1].sum(), x)


def test_a_parameter_that_is_changed_in_between_is_an_error():
    layer = nn.Linear(2, 2)
    y = tg.checkpoint(layer, tg.ones(1, 2)).sum()
    layer.weight.replace(np.zeros((2, 2), np.float32))
    with pytest.raises(
        GraphError, match=r"a tensor of shape \(2, 2\) that checkpoint needs for its gradient was changed"
    ):
        y.backward()
    x = leaf(2)
    y = tg.checkpoint(lambda x: x * x, x).sum()
    x.data[0] = 5.0
    with pytest.raises(GraphError, match="was changed after it was used"):
        y.backward()


def test_only_what_is_asked_for_is_computed():
    x, y = leaf(2), leaf(2, seed=1)
    seen = []
    z = tg.checkpoint(lambda x, y: (seen.append(1), x * y)[1], x, y)
    other = (x * 2.0).sum()
    total = z.sum() + other
    assert tg.grad(total, y).tolist() == x.tolist() and len(seen) == 2
    assert tg.grad(other, x).tolist() == [2.0, 2.0] and len(seen) == 2


def test_hooks_inside_of_the_function_and_at_its_arguments_act():
    x = leaf(2)
    x.register_hook(lambda g: g * 10.0)

    def function(x):
        y = x * 2.0
        y.register_hook(lambda g: g * 3.0)
        return y * 1.0

    tg.checkpoint(function, x).sum().backward()
    assert x.grad.tolist() == [60.0, 60.0]


def test_pictures_show_what_is_inside():
    x = leaf(3)
    with tg.record() as recording:
        tg.checkpoint(lambda x: x.tanh() * 2.0, x).sum().backward()
    assert [item.name for item in recording.graph.items.values() if item.kind == "op"] == [
        "tanh",
        "mul",
        "sum",
    ]

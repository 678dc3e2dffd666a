"""What a recording keeps of the backward pass: its order, what came back over each use, and of which loss."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import record


def leaf(values):
    return tg.tensor(np.asarray(values, np.float32), requires_grad=True)


def rms(array):
    return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))


def recorded(step, **options):
    with record(**options) as r:
        step()
    return r.graph


def test_the_order_of_the_backward_pass_is_that_in_which_it_ran():
    ran = []

    def noting(name):
        @tg.op
        def noted(x):
            def grad_x(g):
                ran.append(name)
                return g * 1

            return x.array * 1, grad_x

        return noted

    a, b, c = (noting(n) for n in "abc")
    x = leaf([1.0, 2.0])

    def step():
        left = a(x)
        right = b(x)
        c(left + right * 2).sum().backward()

    graph = recorded(step, worked=False)
    turns = sorted((item.turn, item.id) for item in graph.ops())
    assert [name for _, name in turns] == ["sum", "noted#3", "add", "mul", "noted#2", "noted"]
    assert [turn for turn, _ in turns] == list(range(6))
    assert ran == ["c", "b", "a"]


def test_contributions_of_all_uses_add_up_to_the_gradient():
    x = leaf([1.0, 2.0, -3.0])

    def step():
        (x * x + x.exp() - x * 2).sum().backward()

    graph = recorded(step)
    uses = [use for _, use in graph.users()["x"]]
    assert len(uses) == 4
    assert sum(use.contribution.mean for use in uses) == pytest.approx(graph.items["x"].gradient.mean)
    one = next(use for item, use in graph.users()["x"] if item.name == "exp")
    assert one.contribution.mean == pytest.approx(np.exp([1, 2, -3]).mean(), rel=1e-6)


def test_second_derivatives():
    """y = x^3, g = 3 x^2, z = g^2 = 9 x^4: dz/dx = 36 x^3."""
    x = leaf([1.0, 2.0])

    def step():
        g = tg.grad((x**3).sum(), x, create_graph=True)
        (g * g).sum().backward()

    graph = recorded(step)
    assert graph.items["x"].gradient.mean == pytest.approx((36 + 36 * 8) / 2)
    assert graph.items[graph.root].value.mean == pytest.approx(9 + 9 * 16)
    turns = sorted(i.turn for i in graph.ops() if i.turn is not None)
    assert turns == list(range(len(turns)))
    assert graph.items[graph.root].turn == 0


def test_of_two_losses_the_last_one_is_drawn_with_its_own_gradients():
    x = leaf([1.0, 2.0])

    def step():
        h = x * 2
        a, b = h.sum(), (h * h).sum()
        a.backward(retain_graph=True)
        b.backward()

    graph = recorded(step)
    assert [i.name for i in graph.ops()] == ["mul", "mul", "sum"]
    assert graph.items["x"].gradient.mean == pytest.approx((8 + 16) / 2), "of the last loss alone"
    assert graph.items["mul"].turn == 2
    assert graph.items["mul"].uses[0].worked is not None


def test_what_the_last_pass_did_not_reach_has_no_gradient():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])

    def step():
        loss = (x * w).sum()
        loss.backward(retain_graph=True)
        tg.grad(loss, w)

    graph = recorded(step)
    assert graph.items["x"].gradient is None
    assert graph.items["w"].gradient.mean == 1.5
    assert [use.contribution is None for use in graph.items["mul"].uses] == [True, False]


def test_what_is_computed_after_the_backward_pass_is_not_the_loss():
    x = leaf([1.0, 2.0])

    def step():
        loss = (x * x).sum()
        loss.backward()
        (loss.detach() * 100).item()

    graph = recorded(step)
    assert graph.items[graph.root].name == "sum"
    assert "loss 5.00" in graph.facts


def test_hooks_are_obeyed():
    x = leaf([1.0, 2.0])
    x.register_hook(lambda g: g * 10)

    def step():
        y = x * 2
        y.register_hook(lambda g: g * 3)
        y.sum().backward()

    with record() as r:
        step()
    graph = r.graph
    assert len(r.trace.events) == 2, "nor is what closures compute"
    assert graph.items["mul"].gradient.mean == 3
    assert graph.items["x"].gradient.mean == 60
    assert [i.name for i in graph.ops()] == ["mul", "sum"], "what hooks compute is not part of it"


def test_a_hook_that_writes_into_the_gradient_is_obeyed():
    x = leaf([1.0, 2.0])

    def write(g):
        g.data[:] = 7

    def step():
        y = x.exp()
        y.register_hook(write)
        y.sum().backward()

    graph = recorded(step)
    assert graph.items["sum"].uses[0].contribution.mean == 1
    assert graph.items["exp"].gradient.mean == 7


def test_a_hook_that_differentiates_something_else_changes_nothing():
    x, other = leaf([1.0, 2.0]), leaf([3.0])

    def look(g):
        with tg.enable_grad():
            assert tg.grad((other * other).sum(), other).item() == 6

    def step():
        y = x * 2
        y.register_hook(look)
        y.sum().backward()

    graph = recorded(step)
    assert [(i.name, i.turn) for i in graph.ops()] == [("mul", 1), ("sum", 0)]


def test_a_tensor_used_20_times_in_a_row_each_time_twice():
    x = leaf([1.0])

    def step():
        y = x + x
        for _ in range(19):
            y = y + y
        y.backward()

    graph = recorded(step)
    assert len(graph.items) == 21
    assert sum(len(item.uses) for item in graph.items.values()) == 40
    assert graph.items["x"].gradient.mean == 2**20
    assert [graph.items["add" if i == 0 else f"add#{i + 1}"].gradient.mean for i in range(20)] == [
        2.0 ** (19 - i) for i in range(20)
    ]


def test_parts_under_no_grad_are_shown_without_gradients():
    x = leaf([1.0, 2.0])

    def step():
        with tg.no_grad():
            scale = x.exp() * 2
        (x * scale).sum().backward()

    graph = recorded(step)
    assert [(i.id, i.tracked, i.gradient is None) for i in graph.ops()] == [
        ("exp", False, True), ("mul", False, True), ("mul#2", True, False), ("sum", True, False),
    ]  # fmt: skip
    assert [use.tracked for use in graph.items["mul#2"].uses] == [True, False]
    assert len([u for _, u in graph.users()["x"]]) == 2


def test_gradients_between_operations_are_those_that_grad_gives():
    x = leaf([[1, -2, 3], [0.5, 2, -1]])

    def step():
        h = x * x
        y = h.tanh()
        (y * h).sum().backward()

    graph = recorded(step)
    h = x * x
    y = h.tanh()
    loss = (y * h).sum()
    for name, tensor in (("mul", h), ("tanh", y)):
        assert graph.items[name].gradient.rms == pytest.approx(rms(tg.grad(loss, tensor).numpy()))

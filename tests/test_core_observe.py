"""Observers see what the engine does, in order and in their own thread; what is computed stays the same."""

import asyncio
import threading
from contextlib import nullcontext

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.base.observe import Observer, current, observers
from tinygrad_cnn.core import Node


class Log(Observer):
    """Writes down what it is told."""

    def __init__(self):
        self.lines = []

    def computed(self, op, args, settings, y, seconds):
        assert seconds >= 0
        self.lines.append(op)

    def called(self, module, forward, args, kwargs):
        self.lines.append(f"call {type(module).__name__}")
        y = forward(*args, **kwargs)
        self.lines.append(f"done {type(module).__name__}")
        return y

    def started(self, y, seed, release):
        self.lines.append(f"start {y.node.op} {seed.array} {release}")

    def ended(self):
        self.lines.append("end")

    def arrived(self, source, g):
        self.lines.append(f"arrived {source.op if isinstance(source, Node) else 'leaf'} {g.array}")

    def contributed(self, node, position, g, d):
        self.lines.append(f"{node.op} {position} {g.array} {d.array}")


def leaf(value=2.0):
    return tg.tensor(value, requires_grad=True)


def test_what_is_told_and_in_which_order():
    x = leaf()
    with Log() as log:
        (x.exp() * x).backward()
    e = np.exp(np.float32(2))
    assert log.lines == [
        "exp", "mul", "start mul 1.0 True", "arrived mul 1.0",
        "mul", "mul 0 1.0 2.0", "mul", f"mul 1 1.0 {e}",
        "arrived exp 2.0", "mul", f"exp 0 2.0 {np.float32(2 * e)}",
        f"arrived leaf {np.float32(3 * e)}", "end",
    ]  # fmt: skip


def test_nothing_is_told_outside_of_the_block():
    log = Log()
    x = leaf()
    with log:
        y = x * 2
    (y + 1).backward()
    assert log.lines == ["mul"]
    assert current() is None
    assert observers == []


def test_modules_are_followed_through_their_hooks():
    layer = nn.ReLU()
    layer.register_forward_hook(lambda m, args, y: y * 2)
    with Log() as log:
        y = nn.Sequential(layer)(tg.tensor([-1.0, 3.0]))
    assert log.lines == ["call Sequential", "call ReLU", "relu", "mul", "done ReLU", "done Sequential"]
    assert y.numpy().tolist() == [0, 6]


def test_an_observer_can_be_left_and_its_state_is_put_back_when_something_fails():
    with Log() as outer:
        with pytest.raises(ZeroDivisionError), Log():
            raise ZeroDivisionError
        leaf().exp()
        with Log() as inner:
            leaf().log()
    assert (outer.lines, inner.lines) == (["exp"], ["log"])
    assert observers == []


def test_a_backward_pass_that_fails_has_ended():
    x = leaf()
    x.register_hook(lambda g: 1 / 0)
    with Log() as log, pytest.raises(ZeroDivisionError):
        (x * 2).backward()
    assert log.lines[-1] == "end"


def test_another_thread_is_not_seen():
    seen = {}

    def work(name, go, ready):
        with Log() as log:
            ready.set()
            go.wait(10)
            for _ in range(50):
                leaf().exp() if name == "a" else leaf().log()
        seen[name] = set(log.lines), len(log.lines)

    events = [threading.Event() for _ in range(3)]
    threads = [
        threading.Thread(target=work, args=(n, events[0], e)) for n, e in zip("ab", events[1:], strict=True)
    ]
    with Log() as log:
        for thread in threads:
            thread.start()
        for event in events[1:]:
            event.wait(10)
        events[0].set()
        for thread in threads:
            thread.join()
        leaf().sqrt()
    assert seen == {"a": ({"exp"}, 50), "b": ({"log"}, 50)}
    assert log.lines == ["sqrt"]
    assert observers == []


def test_tasks_that_take_turns_each_have_their_own():
    async def work(call):
        with Log() as log:
            for _ in range(3):
                call(leaf())
                await asyncio.sleep(0)
        return log.lines

    async def both():
        return await asyncio.gather(work(tg.exp), work(tg.log))

    assert asyncio.run(both()) == [["exp"] * 3, ["log"] * 3]


def test_a_generator_hands_its_observer_to_whoever_runs_it():
    """As with other blocks in a generator, the block is open while the generator waits."""

    def steps():
        with Log() as log:
            leaf().exp()
            yield log
            leaf().log()

    run = steps()
    log = next(run)
    leaf().sqrt()
    assert list(run) == []
    assert log.lines == ["exp", "sqrt", "log"]
    assert observers == []


WRONG = {
    "dtypes": lambda: tg.ones(3) + tg.ones(3).double(),
    "shapes": lambda: tg.ones(3) + tg.ones(4),
    "no subtraction of booleans": lambda: tg.tensor([True]) - tg.tensor([True]),
    "no negative of booleans": lambda: -tg.tensor([True]),
    "a setting": lambda: tg.ones(3).sum(dim=7),
    "matmul": lambda: tg.ones(2, 3) @ tg.ones(2, 3),
    "no tensor": lambda: tg.relu("three"),
    "too many": lambda: tg.sigmoid(tg.ones(1), 2),
    "an op of the user's": lambda: broken(tg.ones(3)),
    "an op of the user's, of numpy": lambda: promoting(tg.ones(3)),
}


def broken(x):
    @tg.op
    def broken_op(x):
        return x.array @ np.ones((4, 4)), None

    return broken_op(x)


def promoting(x):
    @tg.op
    def promoting_op(x):
        return x.array * np.float64(2), lambda g: g

    return promoting_op(x)


@pytest.mark.parametrize("name", WRONG)
def test_errors_are_the_same_under_an_observer(name):
    said = []
    for block in (nullcontext(), Log()):
        with block, pytest.raises(Exception) as error:
            WRONG[name]()
        said.append((type(error.value), str(error.value), type(error.value.__cause__)))
    assert said[0] == said[1]


def network():
    tg.manual_seed(3)
    layers = [nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.4)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * 4 * 4, 3))


@pytest.mark.parametrize("make", [Log, tg.record, lambda: tg.record(thumbnails=False, worked=False)])
def test_results_are_the_same_bit_for_bit(make):
    x = np.random.default_rng(1).normal(size=(5, 2, 8, 8)).astype(np.float32)
    target = np.array([0, 1, 2, 1, 0])

    def train(block):
        model = network()
        optimizer = tg.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in range(3):
            with block():
                optimizer.zero_grad()
                loss = tg.cross_entropy(model(tg.tensor(x)), target)
                loss.backward()
                optimizer.step()
        grads = [p.grad.numpy().tobytes() for p in model.parameters()]
        state = [t.numpy().tobytes() for t in model.state_dict().values()]
        return loss.item(), grads, state, tg.core.default_generator().random()

    assert train(make) == train(nullcontext)


def test_second_derivatives_are_the_same_bit_for_bit():
    def compute(block):
        x = tg.tensor(np.linspace(-1, 1, 7, dtype=np.float32), requires_grad=True)
        with block:
            y = (x.tanh() * x.exp()).sum()
            g = tg.grad(y, x, create_graph=True)
            (g * g).sum().backward()
        return g.numpy().tobytes(), x.grad.numpy().tobytes()

    assert compute(tg.record()) == compute(nullcontext())

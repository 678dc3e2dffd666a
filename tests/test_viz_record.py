"""What a recording keeps of a training step: the numbers are numpy's, and later changes do not reach them."""

import gc
import threading
import weakref

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import draw, nn, record
from tinygrad_cnn.errors import GraphError, ShapeError
from tinygrad_cnn.viz.graph.model import CONSTANT, INPUT, PARAMETER


def leaf(values, **more):
    return tg.tensor(np.asarray(values, np.float32), requires_grad=True, **more)


def rms(array):
    return float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))


def recorded(step, **options):
    with record(**options) as r:
        step()
    return r.graph


def network():
    tg.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 4)
    )


def batch():
    return np.random.default_rng(1).normal(size=(5, 1, 6, 6)).astype(np.float32)


def test_the_numbers_are_those_of_numpy():
    model, x, target = network(), tg.tensor(batch()), np.array([0, 1, 2, 3, 0])
    kept = {}

    def step():
        tg.cross_entropy(model(x), target).backward()

    model[0].register_forward_hook(lambda m, args, y: kept.update(conv=y))
    graph = recorded(step)
    conv = kept["conv"].numpy()
    value = graph.items["0/conv2d"].value
    assert (value.shape, value.dtype, value.size) == (conv.shape, "float32", conv.size)
    assert (value.min, value.max) == (float(conv.min()), float(conv.max()))
    assert value.mean == pytest.approx(conv.mean(dtype=np.float64))
    assert value.std == pytest.approx(conv.std(dtype=np.float64))
    assert value.rms == pytest.approx(rms(conv))
    relu = graph.items["1/relu"].value
    assert relu.zeros == (conv <= 0).sum()
    for name, p in model.named_parameters():
        assert graph.items[name].gradient.rms == pytest.approx(rms(p.grad.numpy()))
        assert graph.items[name].value.rms == pytest.approx(rms(p.numpy()))
    total = float(np.sqrt(sum((p.grad.numpy().astype(float) ** 2).sum() for p in model.parameters())))
    assert f"gradient norm {total:.3g}" in graph.facts


def test_later_changes_do_not_change_a_recording():
    x = leaf([1.0, 2.0])
    with record() as r:
        (x * x).sum().backward()
    x.data[:] = 100
    x.grad.data[:] = 100
    assert r.graph.items["x"].value.max == 2
    assert r.graph.items["x"].gradient.max == 4
    x.data[:] = -5
    assert draw(r).graph.items["x"].value.max == 2


def test_changes_within_the_block_are_the_update():
    w = nn.Parameter(np.array([3.0, 4.0], np.float32))

    def step():
        (w * 2).sum().backward()
        tg.optim.SGD([w], lr=0.25).step()

    item = recorded(step).items["w"]
    assert item.value.max == 4
    assert item.update == pytest.approx(np.hypot(0.5, 0.5) / 5)
    assert recorded(lambda: (w * 2).sum().backward()).items["w"].update in (None, 0)
    v = nn.Parameter(np.array([3.0, 4.0], np.float32))
    v.data[:] += 0  # somebody has the array itself

    def write():
        (v * 2).sum().backward()
        v.data[:] = 0

    assert recorded(write).items["v"].update == 1


def test_memory_is_freed_after_the_block_and_what_can_be_within():
    def step():
        x = leaf(np.ones(1000))
        model = nn.Linear(1000, 3)
        y = model(x)
        loss = y.sum()
        loss.backward()
        return [weakref.ref(t) for t in (x, y, loss, model.weight, model)]

    with record() as r:
        refs = step()
    gc.collect()
    assert [ref() is None for ref in refs] == [True] * 5
    assert r.graph.items["weight"].shape == (3, 1000)


def test_a_frame_does_not_hold_on_to_what_its_variables_were():
    x = leaf(np.ones(1000))
    with record() as r:
        y = x * 2
        y.sum().backward()
    refs = [weakref.ref(x), weakref.ref(y)]
    del x, y
    gc.collect()
    assert [ref() is None for ref in refs] == [True, True]
    assert "x" in r.graph.items


def test_a_recorder_in_one_thread_does_not_see_another():
    found = {}

    def work(name, op, barrier):
        x = leaf([1.0, 2.0])
        with record() as r:
            barrier.wait(10)
            for _ in range(20):
                op(x).sum().backward()
        found[name] = {i.name for i in r.graph.ops()}, len(r.trace.events)

    barrier = threading.Barrier(2)
    threads = [
        threading.Thread(target=work, args=(n, op, barrier)) for n, op in (("a", tg.exp), ("b", tg.tanh))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"a": ({"exp", "sum"}, 40), "b": ({"tanh", "sum"}, 40)}


def test_of_nested_recorders_the_inner_one_sees():
    x = leaf([1.0, 2.0])
    with record() as outer:
        y = x.exp()
        with record() as inner:
            x.tanh().sum().backward()
        y.sum().backward()
    assert [i.name for i in outer.graph.ops()] == ["exp", "sum"]
    assert [i.name for i in inner.graph.ops()] == ["tanh", "sum"]


def test_a_recording_is_entered_once():
    with record() as r:
        leaf([1.0]).exp()
    with pytest.raises(GraphError, match="a recording holds one block; make a new one"), r:
        pass


def test_an_error_that_the_users_code_catches_leaves_the_rest():
    class Careful(nn.Module):
        def __init__(self):
            super().__init__()
            self.good, self.bad = nn.Linear(3, 2), nn.Linear(7, 2)

        def forward(self, x):
            try:
                return self.bad(x)
            except ShapeError:
                return self.good(x)

    model = Careful()
    graph = recorded(lambda: model(tg.ones(4, 3)).sum().backward())
    assert [i.id for i in graph.ops()] == ["good/linear", "sum"]
    assert not any(i.failed for i in graph.items.values())


def test_inputs_parameters_and_constants():
    w = nn.Parameter(np.ones((2, 3), np.float32))
    mask = tg.tensor(np.array([[1.0, 0.0]], np.float32))
    x = tg.ones(4, 3)
    graph = recorded(lambda: (tg.linear(x, w) * mask * 3).sum().backward())
    assert {i.id: i.kind for i in graph.items.values() if not i.is_op} == {
        "x": INPUT,
        "w": PARAMETER,
        "mask": CONSTANT,
    }
    assert graph.items["mul#2"].settings == "B = 3.00", "a plain number is written into its operation"


def test_what_a_loss_module_compares_with_is_no_input():
    model, loss = nn.Linear(3, 2), nn.MSELoss()
    x, wanted = tg.ones(4, 3), tg.zeros(4, 2)
    graph = recorded(lambda: loss(model(x), wanted).backward())
    kinds = {i.id: i.kind for i in graph.items.values() if not i.is_op}
    assert (kinds["x"], kinds["wanted"]) == (INPUT, CONSTANT)
    with record() as r:
        loss(leaf([1.0]), tg.zeros(1)).backward()
    assert INPUT in [i.kind for i in r.graph.items.values()], "alone, it is the model"


def test_after_200000_operations_the_rest_is_counted(monkeypatch):
    import tinygrad_cnn.viz.recording.recorder as module

    monkeypatch.setattr(module, "MOST", 10)
    x = leaf([1.0])

    def step():
        y = x
        for _ in range(25):
            y = y * 1.5
        y.backward()

    graph = recorded(step)
    assert sum(1 for _ in graph.ops()) == 10
    assert graph.notes == ("15 operations after the first 10 were left out",)


def test_an_empty_block():
    picture = draw(recorded(lambda: None))
    assert "nothing was computed" in str(picture)
    assert "nothing was computed" in picture.svg

"""What fails is drawn up to there: the operation in red with what it was given, or one sentence."""

import gc
import weakref

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import draw, nn, record
from tinygrad_cnn.errors import ShapeError


def leaf(values):
    return tg.tensor(np.asarray(values, np.float32), requires_grad=True)


def images():
    return np.random.default_rng(1).normal(size=(5, 1, 6, 6)).astype(np.float32)


class Net(nn.Module):
    """Fails where it is told to."""

    def __init__(self, where):
        super().__init__()
        self.where = where
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
        self.fc = nn.Linear(9, 4)

    def forward(self, x):
        x = self.body(x).flatten(1)
        if self.where == "functional":
            return self.fc(x)
        if self.where == "op":
            return x + tg.ones(3, 7)
        if self.where == "numpy":
            return x @ x
        if self.where == "user":
            raise RuntimeError("the user's own <error>")
        return {"key": x}


@pytest.mark.parametrize(
    ("where", "op", "shapes", "message"),
    [
        ("functional", "linear", [(5, 32), (4, 9), (4,)], "ShapeError: linear"),
        ("op", "add", [(5, 32), (3, 7)], "ShapeError: add got shapes (5, 32), (3, 7)"),
        ("numpy", "matmul", [(5, 32), (5, 32)], "ShapeError: matmul"),
        ("user", "Net", [], "RuntimeError: the user's own <error>"),
    ],
)
def test_a_forward_pass_that_fails_is_drawn_up_to_there(where, op, shapes, message):
    picture = draw(Net(where), images())
    graph = picture.graph
    failed = graph.items[graph.root]
    assert (failed.name, failed.failed[: len(message)]) == (op, message)
    assert [graph.items[u.source].shape for u in failed.uses] == shapes
    assert [i.name for i in graph.ops()][:-1] == ["conv2d", "relu", "reshape"]
    assert failed.source.startswith("test_viz_draw_failed.py:")
    assert "the forward pass failed" in graph.facts
    assert graph.notes == (f"{graph.root} failed: {failed.failed}",)
    assert ">failed<" in picture.svg
    assert "failed" in str(picture)
    picture.png()
    with pytest.raises(Exception, match=r"."), record() as r:
        Net(where)(tg.tensor(images()))
    assert r.graph.items[r.graph.root].failed == failed.failed


def test_a_failure_within_a_module_is_in_its_frame():
    graph = draw(Net("functional"), images()).graph
    assert graph.items[graph.root].module == "fc"


def test_what_fails_after_a_backward_pass_is_drawn():
    x = leaf([1.0, 2.0])
    with pytest.raises(ShapeError), record() as r:
        (x * x).sum().backward()
        x + tg.ones(3)
    assert r.graph.items[r.graph.root].failed.startswith("ShapeError: add got shapes (2,), (3,)")


def test_a_model_that_fails_at_once_is_one_red_box():
    class Broken(nn.Module):
        def forward(self, x):
            raise RuntimeError("at once")

    picture = draw(Broken(), images())
    assert [(i.id, i.failed) for i in picture.graph.items.values()] == [
        ("Broken/Broken", "RuntimeError: at once")
    ]
    assert "at once" in picture.svg


def test_a_model_that_gives_no_tensor():
    (note,) = draw(Net("none of them"), images()).graph.notes
    assert note.endswith("ArgumentError: draw expects a model that gives a tensor, got a dict")


def test_an_error_is_not_kept_alive_by_its_recording():
    class Big:
        pass

    refs = []

    def run():
        big = Big()
        refs.append(weakref.ref(big))
        return leaf([1.0, 2.0]) + tg.ones(3), big

    try:
        with record() as r:
            run()
    except ShapeError:
        pass
    gc.collect()
    assert refs[0]() is None
    assert r.graph.root


def test_a_closure_that_fails():
    @tg.op
    def broken_backward(x):
        return x.array * 1, lambda g: 1 / 0

    graph = draw(broken_backward(leaf([1.0])).sum()).graph
    assert graph.notes == ("the backward pass failed: ZeroDivisionError: division by zero",)
    x = leaf([1.0])
    with pytest.raises(ZeroDivisionError), record() as r:
        broken_backward(x).sum().backward()
    assert r.graph.notes == ("the backward pass failed: ZeroDivisionError: division by zero",)
    assert r.graph.items["sum"].gradient.mean == 1
    assert r.graph.items["x"].gradient is None
    assert draw(r).svg

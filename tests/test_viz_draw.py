"""`draw`: of tensors in every state, of models that work or fail, of recordings; or one clear sentence."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import draw, nn
from tinygrad_cnn.core import default_generator
from tinygrad_cnn.errors import ArgumentError, GraphError


def leaf(values):
    return tg.tensor(np.asarray(values, np.float32), requires_grad=True)


def network():
    tg.manual_seed(3)
    layers = [nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(108, 4))


def images():
    return np.random.default_rng(1).normal(size=(5, 1, 6, 6)).astype(np.float32)


RESULT = leaf([1.0]) * 2
LAST = "gradients were computed for this picture; .grad was left as it is"


def test_a_loss_before_backward():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    loss = (x * w).sum()
    graph = draw(loss).graph
    assert graph.notes == (LAST,)
    assert graph.items["w"].gradient.mean == 1.5
    assert graph.items["mul"].gradient.mean == 1
    assert (w.grad, x.grad) == (None, None)
    assert [i.turn for i in graph.ops()] == [1, 0]
    assert [u.contribution.mean for u in graph.items["mul"].uses] == [3.5, 1.5]
    loss.backward()
    assert w.grad.numpy().tolist() == [1, 2]


def test_a_loss_after_backward():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    loss = (x * w).sum()
    loss.backward()
    graph = draw(loss).graph
    assert graph.notes == ("backward() has dropped the closures: only what .grad holds is shown",)
    assert graph.items["w"].gradient.mean == 1.5
    assert graph.items["mul"].gradient is None
    assert draw(loss).svg.count("(not computed, or not kept)</text>") == 2


def test_a_loss_whose_graph_was_kept():
    x = leaf([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward(retain_graph=True)
    loss.backward(retain_graph=True)
    assert draw(loss).graph.items["x"].gradient.mean == 3, "of one pass, not what .grad has added up"
    assert x.grad.numpy().tolist() == [4, 8]


def test_hooks_are_not_called_for_a_picture():
    x = leaf([1.0, 2.0])
    called = []
    x.register_hook(called.append)
    graph = draw((x * x).sum()).graph
    assert called == []
    assert graph.notes == (
        "there are hooks, which another backward pass would call: only what .grad holds is shown",
    )


def test_values_that_have_changed_since():
    x = leaf([1.0, 2.0])
    loss = (x * x).sum()
    x.data[:] = 7
    (note,) = draw(loss).graph.notes
    assert note.startswith("the backward pass failed: GraphError: a tensor of shape (2,) that mul needs")


def test_more_than_one_number():
    x = leaf([1.0, 2.0])
    assert draw(x * x).graph.notes == (LAST, "the gradient is that of the sum of all results")


@pytest.mark.parametrize(
    ("tensor", "why"),
    [
        (lambda: leaf([1.0]), "it is a leaf"),
        (lambda: tg.ones(3) * 2, "it was computed under no_grad, or from constants"),
        (lambda: tg.no_grad()(lambda: leaf([1.0]) * 2)(), "it was computed under no_grad, or from constants"),
        (lambda: (leaf([1.0]) * 2).detach(), "it was computed under no_grad, or from constants"),
    ],
)
def test_a_tensor_without_a_graph(tensor, why):
    with pytest.raises(GraphError, match=f"has no graph to draw: {why}; draw a result of tensors that"):
        draw(tensor())


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw(3), "draw expects a tensor, a module with x, a recording or a difference, got a int"),
        (lambda: draw(network()),
         "draw(model, x) needs an input x, such as a batch of one picture (1, C, H, W)"),
        (lambda: draw(network(), [1]), "draw expects x to be a tensor or an array, got a list"),
        (lambda: draw(RESULT, images()),
         "draw takes x, target and loss only with a module, and got a Tensor"),
        (lambda: draw(RESULT, engine="neato"),
         'engine must be "auto" (built in) or "dot" (Graphviz), got \'neato\''),
        (lambda: draw(RESULT, heat="warm"),
         "heat must be one of gradient, update, dead, time, memory, got 'warm'"),
        (lambda: draw(RESULT, max_rungs=2), "max_rungs must be a whole number from 3 up, got 2"),
        (lambda: draw(RESULT, max_rungs=True), "max_rungs must be a whole number from 3 up, got True"),
        (lambda: draw(RESULT, max_rungs=1e3), "max_rungs must be a whole number from 3 up, got 1000.0"),
    ],
)  # fmt: skip
def test_what_is_refused(call, words):
    with pytest.raises(ArgumentError) as error:
        call()
    assert str(error.value) == words


def test_a_model_is_left_as_it_was():
    model = network()
    model[0].weight.grad = tg.ones(3, 1, 3, 3)
    before = {k: t.numpy().tobytes() for k, t in model.state_dict().items()}
    state = default_generator().bit_generator.state
    graph = draw(model, images(), np.array([0, 1, 2, 3, 0])).graph
    assert {k: t.numpy().tobytes() for k, t in model.state_dict().items()} == before
    assert default_generator().bit_generator.state == state
    assert model[0].weight.grad.numpy().sum() == 27
    assert [p.grad is None for p in model.parameters()][1:] == [True] * 5
    assert model.training
    assert graph.items["0.weight"].gradient is not None


def test_a_model_whose_input_gets_its_gradient():
    x, model = images(), network()
    graph = draw(model, x, np.array([0, 1, 2, 3, 0])).graph
    given = next(i for i in graph.items.values() if i.kind == "input")
    assert given.gradient is not None
    assert (given.pictures[0].height, given.gradient_pictures[0].signed) == (6, True)
    assert draw(model, x, thumbnails=False).graph.items[given.id].pictures == ()
    assert np.array_equal(x, images())


def test_inputs_of_other_kinds():
    class Lookup(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(np.ones((5, 3), np.float32))

        def forward(self, index, scale):
            return self.table[index.numpy()] * scale, index

    picture = draw(Lookup(), (np.array([1, 2]), tg.ones(2, 3)))
    assert picture.graph.notes == (
        "the model gives several results; this is the first",
        "the gradient is that of the sum of all results",
    )
    assert picture.graph.items["table"].gradient.zeros == 9
    assert "scale" in picture.graph.items


def test_a_model_without_anything_to_learn_and_one_under_no_grad():
    class Frozen(nn.Module):
        def forward(self, x):
            with tg.no_grad():
                return (x * 2).exp()

    graph = draw(Frozen(), images()).graph
    assert graph.notes == ("nothing in it requires grad, so there is no backward pass",)
    assert [i.gradient for i in graph.items.values()] == [None] * 3
    with tg.no_grad():
        assert draw(network(), images()).graph.items["5.weight"].gradient is not None


def test_a_chain_of_20000_operations():
    y = leaf(1.0)
    for _ in range(20_000):
        y = y * 1.00005
    picture = draw(y)
    assert sum(1 for _ in picture.graph.ops()) == 20_000
    assert sum(1 for _ in picture.view.ops()) == 60
    assert "19,941 operations" in picture.svg
    assert next(iter(picture.graph.items.values())).gradient.mean == pytest.approx(np.e, rel=0.05)
    assert len(picture.svg) < 300_000


def test_numbers_that_are_not_finite_are_followed_to_the_loss():
    x = leaf([-1.0, 2.0])
    with np.errstate(all="ignore"):
        loss = (x * 2).log().exp().sum()
        picture = draw(loss)
    assert "first NaN" in picture.svg
    assert "loss is not finite" in picture.graph.facts
    assert "gradient norm is not finite" in picture.graph.facts


@pytest.mark.parametrize(
    "shape", [(0, 3), (), (1,), (2, 3, 4), (1, 2, 3, 4, 5), (1, 2, 8, 8), (1, 4, 8, 8), (1, 1, 8, 8)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_of_every_shape(shape, dtype):
    x = tg.tensor(np.ones(shape, dtype), requires_grad=True)
    for what in (draw((x * 2).sum()), draw(nn.ReLU(), x)):
        assert what.svg
        assert what.png()
        assert str(what)
        assert what.graph.items["x" if "x" in what.graph.items else "input"].dtype == np.dtype(dtype).name

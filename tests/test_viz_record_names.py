"""What things are called in a recording: variables, paths of modules, given names; and where they stand."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import draw, nn, record
from tinygrad_cnn.errors import ArgumentError


def leaf(values):
    return tg.tensor(np.asarray(values, np.float32), requires_grad=True)


def names(graph):
    return [item.id for item in graph.items.values() if not item.is_op]


def ops(graph):
    return [item.id for item in graph.ops()]


class Block(nn.Module):
    def __init__(self, size=3):
        super().__init__()
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x).relu()


class Twice(nn.Module):
    """One block under two names, called through both."""

    def __init__(self):
        super().__init__()
        self.encoder = Block()
        self.decoder = self.encoder

    def forward(self, x):
        return self.decoder(self.encoder(x))


class InList(nn.Module):
    """Blocks that nobody registered."""

    def __init__(self):
        super().__init__()
        object.__setattr__(self, "blocks", [Block(), Block()])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class Again(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(np.ones(3, np.float32))

    def forward(self, x, times):
        return self(x * self.w, times - 1) if times else x


class Holder(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, *args):
        return self.inner(*args)


def run(model, *args):
    with record() as r:
        model(tg.ones(2, 3), *args).sum().backward()
    return r.graph


def test_variables_name_what_they_hold():
    image, weight, _hidden = leaf([1.0, 2.0]), leaf([3.0, 4.0]), leaf([5.0, 6.0])
    with record() as r:
        (image * weight + _hidden).sum().backward()
    assert names(r.graph) == ["image", "weight", "b"], "a name with _ in front is nobody's business"


def test_two_tensors_in_variables_of_one_name_are_told_apart():
    def step(x):
        return (x * x).sum()

    with record() as r:
        (step(leaf([1.0])) + step(leaf([2.0]))).backward()
    assert names(r.graph) == ["x", "x#2"]


def test_a_parameter_of_a_model_that_is_used_by_hand():
    model = Block()
    with record() as r:
        (tg.ones(1, 3) @ model.fc.weight).sum().backward()
    assert "fc.weight" in names(r.graph)


def test_modules_are_named_by_their_paths():
    graph = run(nn.Sequential(Block(), Block()))
    assert names(graph) == ["x", "0.fc.weight", "0.fc.bias", "1.fc.weight", "1.fc.bias"]
    assert ops(graph) == ["0.fc/linear", "0/relu", "1.fc/linear", "1/relu", "sum"]
    groups = {g.id: (g.type, g.parent, g.parameters, g.is_layer) for g in graph.groups.values()}
    assert groups == {
        "Sequential": ("Sequential", "", 24, False),
        "0": ("Block", "Sequential", 12, False),
        "0.fc": ("Linear", "0", 12, True),
        "1": ("Block", "Sequential", 12, False),
        "1.fc": ("Linear", "1", 12, True),
    }


def test_a_model_that_is_called_twice():
    model = Block()
    with record() as r:
        (model(tg.ones(2, 3)) + model(tg.zeros(2, 3))).sum().backward()
    graph = r.graph
    assert list(graph.groups) == ["Block", "fc", "Block#2", "fc#2"]
    assert graph.groups["fc#2"].path == "fc"
    assert [i for i in graph.items if "weight" in i] == ["fc.weight"], "the parameter is the same one"
    assert len(graph.users()["fc.weight"]) == 2


def test_two_models_have_their_numbers_in_front():
    first, second = Block(), Block()
    with record() as r:
        second(first(tg.ones(2, 3))).sum().backward()
    assert [n for n in names(r.graph) if n.endswith("weight")] == ["Block1.fc.weight", "Block2.fc.weight"]
    assert ops(r.graph)[:2] == ["Block1.fc/linear", "Block1/relu"]


def test_a_loss_module_is_no_second_model():
    model, loss = Block(), nn.CrossEntropyLoss()
    with record() as r:
        loss(model(tg.ones(2, 3)), tg.tensor(np.array([0, 1]))).backward()
    assert "fc.weight" in names(r.graph)
    assert list(r.graph.groups) == ["Block", "fc", "CrossEntropyLoss"]
    assert r.graph.title == "Block"


def test_a_module_with_two_names_is_called_by_both():
    graph = run(Twice())
    assert [g for g in graph.groups if g.endswith("coder")] == ["encoder", "decoder"]
    assert [n for n in names(graph) if n.endswith("weight")] == ["encoder.fc.weight"]


def test_modules_that_are_not_registered_have_the_names_of_their_types():
    graph = run(InList())
    assert [g for g in graph.groups if graph.groups[g].type == "Block"] == ["Block", "Block#2"]
    assert len(names(graph)) == 5
    assert len(set(graph.items)) == len(graph.items)


def test_a_module_that_calls_itself():
    graph = run(Again(), 3)
    assert list(graph.groups) == ["Again", "Again#2", "Again#3"]
    assert [g.parent for g in graph.groups.values()] == ["", "Again", "Again#2"]
    nested = run(Holder(Again()), 3)
    assert list(nested.groups) == ["Holder", "inner", "inner#2", "inner#3"]
    assert len(nested.users()["inner.w"]) == 3


def test_names_that_are_given_come_first():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    with record(names={"picture": x, "the weight": w}) as r:
        (x * w).sum().backward()
    assert names(r.graph) == ["picture", "the weight"]
    assert names(draw((x * w).sum(), names={"a": x}).graph) == ["a", "w"]
    model = Block()
    with record(names=Holder(model)) as r:
        model(x=tg.ones(1, 3)).sum().backward()
    assert [n for n in names(r.graph) if "fc" in n] == ["inner.fc.weight", "inner.fc.bias"]


@pytest.mark.parametrize(
    ("given", "got"),
    [(3, "got int"), ({"x": 3}, "got a int in it"), ([("x", 1)], "got list"), ("x", "got str")],
)
def test_names_of_the_wrong_kind_are_refused(given, got):
    with pytest.raises(
        ArgumentError, match=f"names expects a mapping from names to tensors, or a module, {got}"
    ):
        record(names=given)


def test_odd_names_are_kept_as_they_are_and_stay_apart():
    x, y, z = leaf([1.0]), leaf([2.0]), leaf([3.0])
    with record(names={"": x, "<b>\n": y, 7: z}) as r:
        (x * y * z).sum().backward()
    assert names(r.graph) == ["x", "<b>\n", "7"]


def test_where_in_the_code_something_was_made():
    x = leaf([1.0])
    with record() as r:
        y = x.exp()  # this line
        y.sum().backward()
    item = r.graph.items["exp"]
    line = test_where_in_the_code_something_was_made.__code__.co_firstlineno + 3
    assert (item.source, item.code) == (f"test_viz_record_names.py:{line}", "y = x.exp()  # this line")
    assert draw(x.exp()).graph.items["exp"].source.startswith("test_viz_record_names.py:")


def test_names_do_not_depend_on_how_often_something_ran():
    model = nn.Sequential(Block(), Block())
    graphs = [draw(model, np.ones((2, 3), np.float32)).graph for _ in range(2)]
    assert list(graphs[0].items) == list(graphs[1].items)


def test_settings_are_words():
    x = tg.ones(1, 4, 8, 8)
    conv = nn.Conv2d(4, 6, (3, 5), stride=2, padding=(1, 2), groups=2)
    with record() as r:
        tg.max_pool2d(conv(x), 2).sum(dim=(2, 3)).sum().backward()
    found = {i.name: i.settings for i in r.graph.ops()}
    assert found["conv2d"] == "3x5, stride 2, padding 1x2, groups 2"
    assert found["max_pool2d"] == "2x2, stride 2"
    assert [i.settings for i in r.graph.ops() if i.name == "sum"] == ["dims 2,3", "dims 0,1"]

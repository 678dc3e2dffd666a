"""Lists and dictionaries of modules and parameters: what is in them is found, under PyTorch's names."""

from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, PositionError, ShapeError


class Everything(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
        self.heads = nn.ModuleDict({"b": nn.Linear(2, 1), "a": nn.BatchNorm2d(2)})
        self.scales = nn.ParameterList([nn.Parameter([1.0]), tg.tensor([2.0, 3.0])])
        self.named = nn.ParameterDict({"z": nn.Parameter([1.0]), "c": tg.tensor([2.0])})

    def forward(self, x):
        for layer, scale in zip(self.layers, self.scales, strict=True):
            x = layer(x) * scale
        return self.heads["b"](x) * self.named["z"] + self.named.c


def kinds(module):
    return [f"{name} {type(m).__name__}" for name, m in module.named_children()]


def test_everything_in_them_is_found_trained_and_saved():
    net = Everything()
    assert list(net.state_dict()) == [
        "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias", "heads.b.weight",
        "heads.b.bias", "heads.a.weight", "heads.a.bias", "heads.a.running_mean", "heads.a.running_var",
        "heads.a.num_batches_tracked", "scales.0", "scales.1", "named.z", "named.c",
    ]  # fmt: skip
    net(tg.ones(3, 2)).sum().backward()
    without = [name for name, p in net.named_parameters() if p.grad is None]
    assert without == ["heads.a.weight", "heads.a.bias"]
    assert net.double().scales[1].dtype == np.float64
    twin = Everything()
    twin.load_state_dict(net.state_dict())
    assert twin.named["c"].tolist() == [2.0] and isinstance(twin.named["c"], nn.Parameter)


def test_a_list_of_modules_is_a_list():
    row = nn.ModuleList([nn.Tanh()])
    assert row.append(nn.ReLU()) is row and row.extend([nn.ELU()]) is row
    assert row.insert(1, nn.Sigmoid()) is row
    row += [nn.SiLU()]
    assert kinds(row) == ["0 Tanh", "1 Sigmoid", "2 ReLU", "3 ELU", "4 SiLU"]
    assert type(row.pop()).__name__ == "SiLU" and type(row.pop(0)).__name__ == "Tanh"
    row[0] = nn.Tanh()
    row.insert(-1, nn.GELU())
    row.insert(4, nn.ReLU())
    assert kinds(row) == ["0 Tanh", "1 ReLU", "2 GELU", "3 ELU", "4 ReLU"]
    del row[::2]
    assert kinds(row) == ["0 ReLU", "1 ELU"]
    part = row[1:]
    assert type(part) is nn.ModuleList and kinds(part) == ["0 ELU"] and part[0] is row[-1]
    joined = row + [nn.Tanh()]
    assert kinds(joined) == ["0 ReLU", "1 ELU", "2 Tanh"] and len(row) == 2 and joined[0] is row[0]
    assert [type(m).__name__ for m in reversed(list(row))] == ["ELU", "ReLU"]
    assert kinds(nn.ModuleList(nn.Sequential(nn.ReLU(), nn.Tanh()))) == ["0 ReLU", "1 Tanh"]
    assert len(nn.ModuleList()) == 0


def test_a_row_of_modules_can_be_changed_like_a_list():
    row = nn.Sequential(nn.Tanh(), nn.ReLU())
    assert kinds(row + nn.Sequential(nn.ELU())) == ["0 Tanh", "1 ReLU", "2 ELU"]
    twice = row * 2
    assert len(twice) == len(2 * row) == 4 and twice[2] is row[0]
    row *= 2
    assert len(row) == 4
    assert type(row.pop(1)).__name__ == "ReLU" and kinds(row.insert(0, nn.SELU()))[:2] == ["0 SELU", "1 Tanh"]


def test_a_dictionary_of_modules_is_a_dictionary():
    d = nn.ModuleDict([("one", nn.Tanh()), ("two", nn.ReLU())])
    d["three"] = nn.ELU()
    assert list(d) == list(d.keys()) == ["one", "two", "three"] and len(d) == 3 and "two" in d and 2 not in d
    assert d["two"] is d.two and [type(m).__name__ for m in d.values()] == ["Tanh", "ReLU", "ELU"]
    d.update(OrderedDict(one=nn.SELU()))
    d.update(nn.ModuleDict({"four": nn.ReLU()}))
    assert [(k, type(m).__name__) for k, m in d.items()][::3] == [("one", "SELU"), ("four", "ReLU")]
    del d["one"]
    assert type(d.pop("three")).__name__ == "ELU" and list(d) == ["two", "four"]
    d.clear()
    assert len(d) == 0 and kinds(d) == []


def test_lists_and_dictionaries_of_parameters():
    p = nn.ParameterList([nn.Parameter([1.0])])
    p.append(tg.tensor([2.0])).extend([nn.Parameter([3.0])])
    p += [nn.Parameter([4.0])]
    p[0] = nn.Parameter([0.0])
    assert [v.item() for v in p] == [0.0, 2.0, 3.0, 4.0] and p[-1].item() == 4.0
    assert [name for name, _ in p[1:3].named_parameters()] == ["0", "1"] and p[1:3][0] is p[1]
    assert repr(nn.ParameterList([nn.Parameter([1.0])])) == "ParameterList((0): Parameter of float32 (1,))"
    d = nn.ParameterDict({"a": p[0]})
    assert d.setdefault("b", p[1]) is p[1] and d.setdefault("b", p[2]) is p[1] and d.get("c") is None
    assert list((d | {"c": p[2]}).keys()) == ["a", "b", "c"] and list(reversed(d)) == ["b", "a"]
    d |= {"d": p[3]}
    assert d.popitem() == ("d", p[3]) and d.pop("a") is p[0] and d.copy()["b"] is p[1]
    assert list(d.fromkeys("xy", p[0]).values()) == [p[0], p[0]]


def test_identity_and_residual():
    x = tg.tensor([[1.0, -2.0]])
    assert nn.Identity(3, any=4)(x) is x
    assert nn.Residual(nn.ReLU())(x).tolist() == [[2.0, -2.0]]
    both = nn.Residual(nn.Linear(2, 3), nn.Linear(2, 3, bias=False))
    np.testing.assert_allclose(both(x), both.body(x).numpy() + both.shortcut(x).numpy())
    assert list(both.state_dict()) == ["body.weight", "body.bias", "shortcut.weight"]
    assert nn.Residual(nn.ReLU(), nn.Sequential())(x).shape == (1, 2)
    with pytest.raises(
        ShapeError, match=r"^Residual: body gives \(1, 3\), but the input has \(1, 2\); pass a shortcut"
    ):
        nn.Residual(nn.Linear(2, 3))(x)
    with pytest.raises(ShapeError, match=r"but shortcut has \(1, 1\)"):
        nn.Residual(nn.Linear(2, 3), nn.Linear(2, 1))(x)


def test_parts_are_found_by_path():
    net = Everything()
    assert net.get_submodule("") is net and net.get_submodule("layers.1") is net.layers[1]
    assert net.get_parameter("layers.1.weight") is net.layers[1].weight
    assert net.get_buffer("heads.a.running_var") is net.heads.a.running_var
    net.set_submodule("layers.1", nn.Identity())
    net.set_submodule("heads.new", nn.ReLU())
    assert kinds(net.layers) == ["0 Linear", "1 Identity"] and list(net.heads) == ["b", "a", "new"]
    net.register_module("extra", nn.Tanh())
    assert type(net.extra).__name__ == "Tanh"
    memo = {net.layers}
    assert [name for name, _ in net.named_modules(memo)][:2] == ["", "layers.0"][:1] + ["heads"]
    assert net.heads in memo
    state = net.state_dict(prefix="net.", destination={"before": 1}, keep_vars=True)
    assert next(iter(state)) == "before" and state["net.scales.0"] is net.scales[0]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.ModuleList([3]), ArgumentError, "ModuleList expects modules, got int at '0'"),
        (lambda: nn.ModuleList([nn.ReLU]), ArgumentError, r"got type at '0'; did you mean ReLU\(\)\?"),
        (
            lambda: nn.ModuleList(nn.ReLU()),
            ArgumentError,
            "expects a list of modules, got one ReLU; put it in br",
        ),
        (
            lambda: nn.ModuleList([nn.ReLU()])[1],
            PositionError,
            "ModuleList has 1 modules, there is none at 1",
        ),
        (lambda: nn.ModuleList()(1), NotImplementedError, "ModuleList has no forward method"),
        (
            lambda: nn.ModuleList().insert(1, nn.ReLU()),
            PositionError,
            "0 modules, nothing can be inserted at 1",
        ),
        (
            lambda: nn.Sequential().insert(0, 3),
            ArgumentError,
            "Sequential expects modules, got int at the inserted",
        ),
        (lambda: nn.Sequential() * 0, ArgumentError, "Sequential can be repeated 1, 2, ... times, not 0"),
        (lambda: nn.Sequential() * 1.5, ArgumentError, "times, not 1.5"),
        (
            lambda: nn.Sequential() + nn.ReLU(),
            ArgumentError,
            "joined with a list or a row of modules, not with one",
        ),
        (lambda: nn.Sequential() + 3, ArgumentError, "joined with a list or a row of modules, not with int"),
        (lambda: nn.ModuleDict()["a"], KeyError, "^ModuleDict has nothing named 'a'; it has nothing$"),
        (
            lambda: nn.ModuleDict({"b": nn.ReLU()}).pop("a"),
            KeyError,
            "^ModuleDict has nothing named 'a'; it has b$",
        ),
        (lambda: nn.ModuleDict({"a.b": nn.ReLU()}), ArgumentError, "a name must be text without dots"),
        (
            lambda: nn.ModuleDict({"keys": nn.ReLU()}),
            ArgumentError,
            "ModuleDict.keys is a method and cannot be",
        ),
        (
            lambda: nn.ModuleDict({"training": nn.ReLU()}),
            ArgumentError,
            "already has an attribute 'training'",
        ),
        (lambda: nn.ModuleDict({"a": 3}), ArgumentError, "ModuleDict expects modules, got int at 'a'"),
        (
            lambda: nn.ModuleDict([1, 2]),
            ArgumentError,
            "expects a dictionary or pairs of name and value, got list",
        ),
        (
            lambda: nn.ParameterList(tg.ones(2)),
            ArgumentError,
            "expects a list of parameters, got Tensor; put it in",
        ),
        (
            lambda: nn.ParameterList([1.0]),
            ArgumentError,
            "ParameterList expects parameters or tensors, got float",
        ),
        (lambda: nn.ParameterList()[0], PositionError, "ParameterList has 0 parameters, there is none at 0"),
        (lambda: nn.ParameterList()["a"], ArgumentError, "is an integer or a slice, got 'a'"),
        (
            lambda: nn.ParameterDict({"a": 1.0}),
            ArgumentError,
            "ParameterDict expects parameters or tensors, got float",
        ),
        (lambda: nn.ParameterDict().popitem(), KeyError, "ParameterDict is empty"),
        (lambda: nn.Residual(3), ArgumentError, "Residual: body must be a module, got int"),
        (lambda: nn.Residual(nn.ReLU(), 3), ArgumentError, "Residual: shortcut must be a module, got int"),
        (
            lambda: Everything().get_submodule("layers.5"),
            AttributeError,
            r"ModuleList has no submodule '5' \(in the p",
        ),
        (
            lambda: Everything().get_parameter("layers"),
            AttributeError,
            "Everything has no parameter 'layers'",
        ),
        (
            lambda: nn.Linear(1, 1).get_parameter(0),
            ArgumentError,
            "a path is text such as '0.weight', got int",
        ),
        (
            lambda: nn.Linear(1, 1).get_submodule(None),
            ArgumentError,
            "a path is text such as '0.weight', got NoneType",
        ),
        (lambda: nn.ModuleList(3), ArgumentError, "ModuleList expects modules in a row, got int"),
        (
            lambda: nn.Linear(1, 1).get_buffer("weight"),
            AttributeError,
            "Linear has no buffer 'weight'.*it has none",
        ),
        (
            lambda: nn.Linear(1, 1).get_parameter("w"),
            AttributeError,
            "no parameter 'w'.*; it has weight, bias",
        ),
        (
            lambda: Everything().set_submodule("x", nn.ReLU(), strict=True),
            AttributeError,
            "has no submodule 'x'",
        ),
        (
            lambda: Everything().set_submodule("", nn.ReLU()),
            ArgumentError,
            "a name must be text without dots and not",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ([nn.ReLU()], "use nn.ModuleList, or one attribute each"),
        ((nn.ReLU(),), "use nn.ModuleList, or"),
        ({"a": nn.ReLU()}, "use nn.ModuleDict, or"),
        ([nn.Parameter([1.0])], "use nn.ParameterList, or"),
        ({"a": nn.Parameter([1.0])}, "use nn.ParameterDict, or"),
        ([nn.Parameter([1.0]), nn.ReLU()], "use one attribute each"),
    ],
)
def test_a_plain_list_is_refused_with_the_right_one_named(value, advice):
    with pytest.raises(ArgumentError, match=advice):
        nn.Module().things = value

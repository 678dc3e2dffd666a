"""Sequential: modules by number and by name, and what it is made of by mistake."""

from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError


def net():
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1), nn.Tanh())


def test_modules_are_called_one_after_the_other():
    row = net()
    x = np.array([[1.0, -2.0], [0.5, 3.0]], np.float32)
    w, b, v, c = (np.array(p) for p in row.parameters())
    np.testing.assert_allclose(row(tg.tensor(x)), np.tanh(np.maximum(x @ w.T + b, 0) @ v.T + c), rtol=1e-5)
    assert nn.Sequential()("as it is") == "as it is"


def test_modules_are_found_by_number_by_slice_and_in_a_loop():
    row = net()
    assert len(row) == 4
    assert row[0] is getattr(row, "0") and row[-1] is row[3] and row[np.int64(1)] is row[1]
    assert list(row) == [row[i] for i in range(4)]
    part = row[1:3]
    assert type(part) is nn.Sequential and list(part) == [row[1], row[2]]
    assert [name for name, _ in part.named_parameters()] == ["2.weight", "2.bias"]
    assert part[1].weight is row[2].weight


def test_a_dictionary_gives_names():
    row = nn.Sequential(OrderedDict([("dense", nn.Linear(2, 3)), ("act", nn.ReLU())]))
    assert row.dense is row[0] and list(row.state_dict()) == ["dense.weight", "dense.bias"]
    assert [name for name, _ in row[1:].named_children()] == ["act"]


def test_modules_can_be_appended_replaced_and_deleted():
    row = net()
    assert row.append(nn.Sigmoid()) is row and type(row[4]).__name__ == "Sigmoid"
    row.extend([nn.ReLU(), nn.Tanh()])
    row[1] = nn.Tanh()
    del row[0], row[-1]
    assert [f"{name} {type(m).__name__}" for name, m in row.named_children()] == [
        "0 Tanh", "1 Linear", "2 Tanh", "3 Sigmoid", "4 ReLU"
    ]  # fmt: skip
    part = net()[2:].append(nn.ReLU())
    assert [name for name, _ in part.named_children()] == ["2", "3", "4"]


def test_a_module_may_occur_twice():
    relu = nn.ReLU()
    row = nn.Sequential(relu, nn.Tanh(), relu)
    assert len(row) == 3 and [m is relu for m in row] == [True, False, True]


def test_what_is_no_module_is_refused_with_a_hint():
    with pytest.raises(
        ArgumentError, match=r"^Sequential expects modules, got type at '0'; did you mean ReLU\(\)\?$"
    ):
        nn.Sequential(nn.ReLU)
    with pytest.raises(
        ArgumentError, match=r"^Sequential expects modules, got list at '0'; unpack the list with \*$"
    ):
        nn.Sequential([nn.ReLU()])
    with pytest.raises(ArgumentError, match=r"^Sequential expects modules, got int at '1'$"):
        nn.Sequential(nn.ReLU(), 3)
    with pytest.raises(ArgumentError, match=r"Sequential\.append is a method and cannot be replaced"):
        nn.Sequential({"append": nn.ReLU()})


def test_a_position_that_is_not_there_is_named():
    with pytest.raises(IndexError, match=r"^Sequential has 4 modules, there is none at 4$"):
        net()[4]
    with pytest.raises(ArgumentError, match=r"^a position in Sequential is an integer or a slice, got 'a'$"):
        net()["a"]

"""States: what is saved under which name, and that a state which does not fit changes nothing."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, CheckpointError


def small():
    return nn.Sequential({"conv": nn.Conv2d(1, 2, 3), "norm": nn.BatchNorm2d(2), "dense": nn.Linear(4, 3)})


def snapshot(module):
    return {name: np.array(t) for name, t in module.state_dict().items()}


def assert_same(module, values):
    now = snapshot(module)
    assert list(now) == list(values)
    for name, value in values.items():
        np.testing.assert_array_equal(now[name], value, err_msg=name)


def test_names_are_those_of_pytorch():
    assert list(small().state_dict()) == [
        "conv.weight",
        "conv.bias",
        "norm.weight",
        "norm.bias",
        "norm.running_mean",
        "norm.running_var",
        "norm.num_batches_tracked",
        "dense.weight",
        "dense.bias",
    ]


def test_a_state_stays_what_it_was_while_the_model_changes():
    net = small()
    state = net.state_dict()
    assert all(type(t) is tg.Tensor and not t.requires_grad for t in state.values())
    before = {name: np.array(t) for name, t in state.items()}
    net.norm(tg.randn(2, 2, 3, 3))
    net.dense.weight.replace(np.zeros((3, 4), np.float32))
    net.dense.bias.data[:] = 7
    for name, value in before.items():
        np.testing.assert_array_equal(state[name], value, err_msg=name)


def test_a_loaded_model_computes_the_same_and_keeps_its_tensors():
    a, b = small().eval(), small().eval()
    held = b.dense.weight
    result = b.load_state_dict({name: np.array(t) for name, t in a.state_dict().items()})
    assert result == ([], []) and result.missing_keys == []
    assert b.dense.weight is held
    x = tg.randn(2, 1, 5, 4)
    np.testing.assert_array_equal(a.norm(a.conv(x)), b.norm(b.conv(x)))


def test_loading_keeps_the_dtype_of_the_model_and_copies_the_arrays():
    net = nn.Linear(2, 1)
    weight, bias = np.array([[0.1, 0.2]]), np.array([3.0], np.float32)
    net.load_state_dict({"weight": weight, "bias": bias})
    weight[:] = bias[:] = 9
    assert net.weight.dtype == net.bias.dtype == np.float32
    np.testing.assert_array_equal(net.weight, np.array([[0.1, 0.2]], np.float32))
    assert net.bias.tolist() == [3.0]


def test_who_holds_the_data_of_a_parameter_sees_what_was_loaded():
    net = nn.Linear(1, 1)
    held = net.weight.data
    net.load_state_dict({"weight": [[5.0]], "bias": [0.0]})
    assert held.tolist() == [[5.0]]


def test_everything_that_is_wrong_is_listed_and_nothing_is_loaded():
    net = small()
    before = snapshot(net)
    state = net.state_dict()
    state["conv.weight"] = np.zeros((2, 1, 5, 5))
    state["norm.num_batches_tracked"] = np.array(1.5)
    state["norm.bias"] = np.array([1.0, 1e300])
    state["norm.weight"] = "text"
    state["conv.bias"] = np.ones(2, np.float32)
    state["head.weight"] = state.pop("dense.weight")
    del state["dense.bias"]
    with pytest.raises(CheckpointError) as caught:
        net.load_state_dict(state)
    assert str(caught.value) == (
        "the state does not fit Sequential, and nothing was loaded\n"
        "missing in the state (2):\n"
        "  dense.weight\n"
        "  dense.bias\n"
        "unexpected in the state (1):\n"
        "  head.weight\n"
        "not fitting (4):\n"
        "  conv.weight is (2, 1, 3, 3) in the model, but (2, 1, 5, 5) in the state\n"
        "  norm.weight is (2,) in the model, but no numbers in the state: str\n"
        "  norm.bias is float32 in the model, but the state has float64 values beyond its range\n"
        "  norm.num_batches_tracked is int64 in the model, but float64 in the state\n"
        "build the model with the settings that it was saved with"
    )
    assert_same(net, before)


def test_names_that_differ_are_listed_with_the_way_to_load_the_rest():
    net = nn.Linear(2, 1)
    with pytest.raises(CheckpointError) as caught:
        net.load_state_dict({"weight": [[1.0, 2.0]], "offset": [0.0]})
    assert str(caught.value) == (
        "the state does not fit Linear, and nothing was loaded\n"
        "missing in the state (1):\n"
        "  bias\n"
        "unexpected in the state (1):\n"
        "  offset\n"
        "build the model with the settings that it was saved with, or pass strict=False to load what is there"
    )


def test_strict_false_loads_what_is_there_and_says_what_was_left_out():
    net = nn.Linear(2, 1)
    bias = np.array(net.bias)
    result = net.load_state_dict({"weight": [[1.0, 2.0]], "offset": [0.0]}, strict=False)
    assert result == (["bias"], ["offset"])
    assert net.weight.tolist() == [[1.0, 2.0]]
    np.testing.assert_array_equal(net.bias, bias)
    with pytest.raises(CheckpointError, match=r"weight is \(1, 2\) in the model, but \(2, 2\) in the state"):
        net.load_state_dict({"weight": np.ones((2, 2))}, strict=False)
    with pytest.raises(CheckpointError, match=r"weight is \(1, 2\) in the model, but \(2, 1\) in the state"):
        net.load_state_dict({"weight": np.ones((2, 1))}, strict=False)


def test_values_that_are_not_finite_are_loaded_as_they_are():
    net = nn.Linear(2, 1)
    net.load_state_dict({"weight": [[np.nan, np.inf]], "bias": [-np.inf]})
    np.testing.assert_array_equal(net.weight, [[np.nan, np.inf]])


def tied():
    net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    net[1].weight = net[0].weight
    return net


def test_one_name_of_a_tied_parameter_is_enough():
    net = tied()
    assert list(net.state_dict()) == ["0.weight", "1.weight"]
    net.load_state_dict({"1.weight": np.eye(2)})
    assert net[0].weight.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_tied_parameters_with_different_values_are_refused():
    net = tied()
    before = snapshot(net)
    with pytest.raises(
        CheckpointError, match=r"1\.weight is tied to 0\.weight in the model, but has other values"
    ):
        net.load_state_dict({"0.weight": np.eye(2), "1.weight": np.ones((2, 2))})
    assert_same(net, before)


def test_what_is_not_persistent_is_not_saved():
    net = nn.Module()
    net.register_buffer("kept", tg.ones(1))
    net.register_buffer("scratch", tg.ones(1), persistent=False)
    net.register_buffer("none", None)
    assert list(net.state_dict()) == ["kept"]
    assert net.load_state_dict({"kept": [2.0]}) == ([], [])


def test_a_state_is_a_mapping():
    with pytest.raises(ArgumentError, match="expects a mapping from names to arrays, got list"):
        nn.ReLU().load_state_dict([1, 2])


def test_a_ragged_list_is_listed_as_no_numbers():
    with pytest.raises(
        CheckpointError, match=r"bias is \(2,\) in the model, but no numbers in the state: list"
    ):
        nn.Linear(1, 2).load_state_dict({"weight": [[1.0], [1.0]], "bias": [[1.0], [1.0, 2.0]]})

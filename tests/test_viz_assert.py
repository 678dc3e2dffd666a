"""A graph held by a file: the test fails for a change, passes for none, and never writes unasked."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from viz_graphs import ALL, residual_net, small_cnn, stats

from tinygrad_cnn.errors import ArgumentError, DataError, MissingPathError
from tinygrad_cnn.io import SaveError
from tinygrad_cnn.viz.compare import assert_graph
from tinygrad_cnn.viz.compare.expected import VARIABLE
from tinygrad_cnn.viz.graph.model import Use
from tinygrad_cnn.viz.write.as_json import read_json, to_json


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.graph.json"


def held(path, graph, **options):
    path.write_text(to_json(graph, **options), encoding="utf-8")


def refusal(graph, path, **options):
    before = path.read_bytes()
    with pytest.raises(AssertionError) as caught:
        assert_graph(graph, path, **options)
    assert path.read_bytes() == before, "it was written unasked"
    return str(caught.value)


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_the_same_graph_passes(make, path):
    for options in ({}, {"values": False}, {"times": True}):
        held(path, make(), **options)
        assert_graph(make(), path)
        assert_graph(SimpleNamespace(graph=make()), str(path))
    held(path, make())
    assert_graph(make(), path, values=True)


def test_a_missing_file_is_not_written_but_explained(path):
    with pytest.raises(MissingPathError) as caught:
        assert_graph(small_cnn(), path)
    assert str(caught.value) == (
        f'there is no graph {path} to compare with; write it once with draw(...).save("net.graph.json") or '
        "TINYGRAD_CNN_UPDATE_GRAPHS=1, and look at it"
    )
    assert not path.exists()


def test_a_change_is_told_in_full(path):
    held(path, small_cnn())
    graph = small_cnn()
    graph.items["fc.linear"].shape = (8, 11)
    assert refusal(graph, path) == (
        f"the graph differs from {path} in 1 place (file -> now):\n"
        "  fc.linear: shape 8x10 -> 8x11\n"
        "if that is wanted, run the test once with TINYGRAD_CNN_UPDATE_GRAPHS=1"
    )


def change_edge(graph):
    graph.items["flatten"].uses = (Use("features.3.relu", "x", True),)


def remove_last(graph):
    del graph.items["cross_entropy"]
    graph.root = "fc.linear"


def reorder(graph):
    keys = [key for key in graph.items if key != "fc.weight"]
    graph.items = {key: graph.items[key] for key in ("fc.weight", *keys)}


CHANGES = [
    (change_edge, "flatten: uses x = features.4.max_pool2d -> x = features.3.relu"),
    (remove_last, "cross_entropy is no longer there"),
    (reorder, "the order of computation differs: fc.weight comes where x came"),
    (lambda g: setattr(g.items["x"], "dtype", "float64"), "x: dtype float32 -> float64"),
    (lambda g: setattr(g.items["features.0.conv2d"], "settings", "5x5"), "settings 3x3, padding 1 -> 5x5"),
    (lambda g: setattr(g.items["features.1.relu"], "name", "gelu"), "operation relu -> gelu"),
    (lambda g: setattr(g.groups["fc"], "type", "Dense"), "module fc: type Linear -> Dense"),
    (lambda g: g.items.update(y=replace(g.items["x"], id="y")), "y is new"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_every_part_of_the_structure_is_held(change, words, path):
    held(path, small_cnn())
    graph = small_cnn()
    change(graph)
    assert words in refusal(graph, path)
    assert words in refusal(graph, path, values=True)


def test_values_are_held_only_when_asked_for(path):
    held(path, small_cnn())
    graph = small_cnn()
    graph.items["fc.linear"].gradient = stats((8, 10), 0.0051)
    assert_graph(graph, path)
    text = refusal(graph, path, values=True)
    assert (
        "  fc.linear: gradient rms 0.00500 -> 0.00510, std 0.00500 -> 0.00510, min -0.0100 -> -0.0102\n"
        in text
    )
    assert_graph(graph, path, values=True, rtol=0.1)


def shifted(**new):
    graph = small_cnn()
    item = graph.items["features.1.relu"]
    item.value = replace(item.value, **new)
    return graph


NOISE = [{"mean": 4e-4}, {"mean": -4e-4}, {"std": 0.5004}, {"max": 1.0009}, {"min": -1.0009}, {"zeros": 25}]
NEWS = [
    ({"mean": 6e-4}, "mean 0 -> 0.000600"),
    ({"std": 0.501}, "std 0.500 -> 0.501"),
    ({"max": 1.01}, "max 1.00 -> 1.01"),
    ({"min": -1.01}, "min -1.00 -> -1.01"),
    ({"zeros": 26}, "zeros 0 -> 26"),
    ({"nans": 1}, "nans 0 -> 1"),
    ({"infs": 1}, "infs 0 -> 1"),
    ({"rms": float("nan")}, "rms 0.500 -> NaN"),
]


@pytest.mark.parametrize("new", NOISE)
def test_rounding_of_another_machine_passes(new, path):
    held(path, small_cnn())
    assert_graph(shifted(**new), path, values=True)


@pytest.mark.parametrize(("new", "words"), NEWS)
def test_more_than_rounding_does_not_pass(new, words, path):
    held(path, small_cnn())
    assert f"features.1.relu: value {words}\n" in refusal(shifted(**new), path, values=True)
    assert_graph(shifted(**new), path)


def test_gradients_that_are_missing_are_told(path):
    held(path, small_cnn())
    assert "fc.bias: gradient computed -> not computed" in refusal(ALL["zero"](), path, values=True)
    held(path, small_cnn(), values=False)
    assert "the file has no values; it was written without them" in refusal(small_cnn(), path, values=True)


def test_a_message_fits_on_a_screen(path):
    held(path, small_cnn())
    text = refusal(residual_net(36), path)
    lines = text.splitlines()
    assert len(lines) == 23 and lines[-2].startswith("  ... and ") and lines[-2].endswith(" more")
    places = int(lines[0].split(" in ")[-1].split()[0].replace(",", ""))
    assert places == 20 + int(lines[-2].split()[2].replace(",", ""))


def test_the_variable_writes_and_then_it_passes(path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "1")
    assert_graph(small_cnn(), path)
    assert read_json(path).items["x"].value is None and "code" not in path.read_text()
    monkeypatch.setenv(VARIABLE, "0")
    assert_graph(small_cnn(), path)
    held(path, residual_net())
    refusal(small_cnn(), path)
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(AssertionError):
        assert_graph(small_cnn(), path, update=False)
    assert_graph(small_cnn(), path, values=True)
    assert_graph(small_cnn(), path, values=True, update=False)
    monkeypatch.setenv(VARIABLE, "yes")
    with pytest.raises(ArgumentError, match="TINYGRAD_CNN_UPDATE_GRAPHS='yes': expected 1"):
        assert_graph(small_cnn(), path)


def test_updating_leaves_a_file_that_agrees_as_it_is(path):
    held(path, small_cnn())
    before = path.read_bytes()
    assert_graph(shifted(mean=1e-4), path, values=True, update=True)
    assert path.read_bytes() == before
    assert_graph(shifted(mean=0.1), path, values=True, update=True)
    assert path.read_bytes() != before


def test_updating_replaces_a_damaged_file_but_comparing_refuses_it(path):
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(DataError, match=r"net\.graph\.json is no graph that can be read: Expecting value"):
        assert_graph(small_cnn(), path)
    assert_graph(small_cnn(), path, update=True)
    assert_graph(small_cnn(), path)


def test_wrong_arguments_are_refused_before_anything_is_written(tmp_path, path):
    code = tmp_path / "net.py"
    code.write_text("x = 1\n")
    with pytest.raises(ArgumentError, match=r"net\.py: expected a file whose name ends with \.json"):
        assert_graph(small_cnn(), code, update=True)
    with pytest.raises(ArgumentError, match=r"rtol=-1: expected a relative tolerance from 0 to 1"):
        assert_graph(small_cnn(), path, rtol=-1, update=True)
    with pytest.raises(ArgumentError, match="got NoneType"):
        assert_graph(None, path, update=True)
    assert code.read_text() == "x = 1\n" and not path.exists()
    with pytest.raises((MissingPathError, SaveError), match="there is no folder"):
        assert_graph(small_cnn(), tmp_path / "none" / "net.json", update=True)

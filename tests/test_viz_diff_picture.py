"""Two recordings drawn as one, and printed: whatever they are, with whatever names."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from viz_chains import ITEM, chain
from viz_graphs import ALL, residual_net, small_cnn, untracked
from viz_hostile import hostile_names, named

from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.viz.compare import diff
from tinygrad_cnn.viz.graph.model import OP, Graph, Item, Use
from tinygrad_cnn.viz.write.as_json import from_json, to_json


def test_the_picture_of_a_difference_has_both_sides():
    before, after = small_cnn(), small_cnn()
    old = {key: item for key, item in after.items.items() if not key.startswith("features.1")}
    old["features.2.conv2d"].uses = (Use("features.0.conv2d", "x", True), *old["features.2.conv2d"].uses[1:])
    old["new"] = Item("new", OP, "log", "", (), "float32", (Use("cross_entropy", "x", True),))
    after = replace(after, items=old, groups={k: g for k, g in after.groups.items() if k != "features.1"})
    graph = diff(before, after).graph
    marks = {key: item.mark for key, item in graph.items.items() if item.mark}
    assert marks == {"features.1.relu": "removed", "features.2.conv2d": "changed", "new": "added"}
    assert list(graph.items) == [*before.items, "new"]  # what is gone stands where it was
    sources = [use.source for use in graph.items["features.2.conv2d"].uses]
    assert sources[0] == "features.0.conv2d" and sources[-1] == "features.1.relu"  # the lost edge, too
    assert "features.1" in graph.groups and graph.root == "cross_entropy"
    assert graph.title == "SmallCNN, step 12 -> SmallCNN, step 12" and graph.facts[0].startswith(
        "items: 1 add"
    )
    assert from_json(to_json(graph), "it") == graph  # which checks all references
    assert not any(item.mark for item in (*before.items.values(), *after.items.values()))  # inputs are kept


def test_heat_is_that_of_the_gradient_or_else_of_the_value():
    after = chain("f", "g", "h", sizes={"w": (9.0, 0.01), "f": (100.0, None), "g": (1.0, 0.0)})
    items = diff(chain("f", "g", "h", sizes={"f": (1.0, None), "h": (1.0, 0.0)}), after).graph.items
    assert [items[key].heat for key in "wfgh"] == [pytest.approx(-2.0), pytest.approx(2.0), -12.0, 12.0]
    assert [items[key].heat_text for key in "wfgh"] == ["x0.0100", "x100", "to 0", "from 0"]


@pytest.mark.parametrize("one", ALL)
@pytest.mark.parametrize("two", ["small_cnn", "inception", "folded", "empty", "failed", "nan"])
def test_any_two_graphs_can_be_compared_and_drawn_as_one(one, two):
    difference = diff(ALL[one](), ALL[two]())
    graph = difference.graph
    assert bool(difference) == (one != two)
    assert set(graph.items) == {*ALL[one]().items, *ALL[two]().items}
    assert from_json(to_json(graph), "it") == graph
    assert len(str(difference).splitlines()) < 60


def test_reordered_graphs_join_without_a_circle():
    before = chain("a", "b", "c")
    items = {key: before.items[key] for key in ("w", "c", "a")}
    items["c"] = replace(items["c"], uses=(Use("w", "x", True),))
    items["a"] = replace(items["a"], uses=(Use("c", "x", True),))
    graph = diff(before, Graph(items, root="a")).graph
    assert list(graph.items) == ["w", "c", "a", "b"] and from_json(to_json(graph), "it") == graph


def test_what_is_gone_stands_where_it_was():
    before = chain("a", "b")
    before.items = {key: before.items.get(key, replace(ITEM, id="gone")) for key in ("w", "a", "gone", "b")}
    assert list(diff(before, chain("a", "b")).graph.items) == ["w", "a", "gone", "b"]


def test_hostile_names_stay_on_their_line():
    for name in hostile_names():
        other = named(name, "y")
        other.items[name + "1"] = replace(other.items[name + "1"], shape=(1, 2), failed=name, settings=name)
        text = str(diff(named(name, "y"), other))
        assert all(c == "\n" or c.isprintable() for c in text), name
        assert max(map(len, text.splitlines())) < 420 and len(text.splitlines()) < 12


def test_pictures_are_taken_for_their_graphs_and_nothing_else_is():
    assert not diff(SimpleNamespace(graph=small_cnn()), small_cnn())
    with pytest.raises(ArgumentError, match=r"expected a picture from draw\(\.\.\.\) or its graph, got str"):
        diff(small_cnn(), "net.graph.json")


def test_many_rows_are_cut_and_counted():
    text = str(diff(residual_net(36), untracked()))
    assert " more in .rows" in text and " more in .notes" in text and len(text.splitlines()) == 55

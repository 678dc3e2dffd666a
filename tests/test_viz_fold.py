"""Folding: nothing is lost, nothing is counted twice, and what a box says is true of what it hides."""

import statistics
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viz_graphs import Builder, residual_net, stats
from viz_random import random_graph

from tinygrad_cnn.viz.graph.fold import choose, fold
from tinygrad_cnn.viz.graph.model import FOLD, INPUT, OP, PARAMETER, Graph, Group, Item, Use

EXAMPLES = settings(max_examples=150, deadline=None)
PATTERNS = [(), ("A",), ("m1", "m2"), ("m*",)]


def check(graph, most, collapse=(), layers=True):
    view = fold(graph, most, collapse, layers)
    before, after = list(graph.ops()), list(view.ops())
    assert all(name == item.id for name, item in view.items.items())
    assert sum(item.hides or 1 for item in after) == len(before)
    assert len(after) <= most or not view.notes
    assert edges(view) + sum(item.hidden_uses for item in after) == edges(graph)
    assert view.root in view.items
    seen = set()
    for item in view.items.values():
        assert {use.source for use in item.uses} <= seen, item.id
        assert item.module == "" or item.module in view.groups
        seen.add(item.id)
    for name, group in view.groups.items():
        assert group.parent == "" or group.parent in view.groups, name
    kept = [item.id for item in after if item.kind != FOLD]
    assert kept == [item.id for item in before if item.id in set(kept)], "the order has changed"
    for item in after:
        if item.kind != FOLD:
            assert item.value is graph.items[item.id].value
    return view


def edges(graph):
    return sum(len(item.uses) for item in graph.items.values())


@EXAMPLES
@given(
    st.integers(1, 80), st.integers(0, 10**9), st.integers(3, 30), st.sampled_from(PATTERNS), st.booleans()
)
def test_random_graphs(size, seed, most, collapse, layers):
    graph = random_graph(size, seed)
    check(graph, most, collapse, layers)
    spans = choose(graph, most, collapse, layers)
    assert all(a.last < b.first for a, b in pairwise(spans))


def test_a_small_graph_stays_as_it_is():
    graph = residual_net(1)
    assert fold(graph, 60) is graph


def test_blocks_that_repeat_become_one_box_with_the_spread_of_their_gradients():
    graph = residual_net(12)
    ends = [graph.items[f"block{i}.relu"] for i in range(12)]
    for i, item in enumerate(ends):
        item.gradient = stats(item.shape, 0.5 + i)
    view = check(graph, 20)
    boxes = [item for item in view.items.values() if item.kind == FOLD]
    assert [box.name for box in boxes] == ["12 x Bottleneck"]
    norms = [(0.5 + i) * ends[i].gradient.size ** 0.5 for i in range(12)]
    assert boxes[0].spread == pytest.approx((min(norms), statistics.median(norms), max(norms)))
    assert boxes[0].hides == 12 * sum(1 for i in residual_net(1).ops() if i.id.startswith("block0"))
    learnt = {n: i for n, i in graph.items.items() if n.startswith("block") and i.kind == PARAMETER}
    assert boxes[0].parameters == sum(i.value.size for i in learnt.values())
    assert not set(learnt) & set(view.items)
    assert view.notes[-1].startswith(f"1 box stands for {boxes[0].hides}")
    assert boxes[0].gradient is ends[-1].gradient, "what enters a box is the gradient of its last result"


def test_one_block_that_differs_is_not_in_the_row():
    graph = residual_net(9)
    graph.items["block4.conv1.conv2d"].settings = "5x5, padding 2"
    view = check(graph, 20)
    assert [i.name for i in view.ops() if i.kind == FOLD] == ["4 x Bottleneck", "4 x Bottleneck"]
    assert "block4.conv1.conv2d" in view.items


def test_blocks_of_other_types_that_compute_the_same_are_no_repeats():
    b = Builder("a, b, a, b")
    y = b.leaf("x", PARAMETER, (3,))
    for i in range(6):
        box = b.group(f"m{i}", "AB"[i % 2])
        y = b.relu(f"m{i}/relu#2", b.relu(f"m{i}/relu", y, module=box), module=box)
    assert [i.name for i in check(b.end(y), 8).ops()] == [f"m{i}: {'AB'[i % 2]}" for i in range(6)]


def test_the_deepest_modules_go_first():
    b = Builder("deep")
    outer = b.group("outer", "Outer")
    y = b.relu("start", b.leaf("x", PARAMETER, (3,)), module=outer)
    for i in range(2):
        middle = b.group(f"middle{i}", f"Middle{i}", outer)
        y = b.relu(f"before{i}", y, module=middle)
        inner = b.group(f"inner{i}", f"Inner{i}", middle)
        for j in range(3):
            y = b.relu(f"in{i}{j}", y, module=inner)
    graph = b.end(y)
    shown = [i.id for i in check(graph, 6).ops()]
    assert shown == ["start", "before0", "inner0", "before1", "inner1"]
    assert [i.id for i in check(graph, 4).ops()] == ["start", "middle0", "middle1"]


@pytest.mark.parametrize("pattern", ["block*", "Bottleneck", "block1"])
def test_what_is_asked_for_is_folded(pattern):
    view = check(residual_net(2), 60, (pattern,))
    folds = [i.id for i in view.ops() if i.kind == FOLD]
    assert folds == (["block1"] if pattern == "block1" else ["block0", "block1"])


def test_built_in_layers_of_several_operations_are_boxes_unless_asked_otherwise():
    b = Builder("a layer")
    b.graph.groups["norm"] = Group("norm", "norm", "BatchNorm2d", "", 6, is_layer=True)
    y = b.leaf("x", PARAMETER, (3,))
    for i in range(4):
        y = b.relu(f"step{i}", y, module="norm")
    graph = b.end(b.relu("after", y))
    assert [i.id for i in fold(graph).ops()] == ["norm", "after"]
    assert fold(graph, layers=False) is graph


def test_a_leaf_first_used_within_a_box_and_later_outside_comes_before_the_box():
    b = Builder("tied")
    box = b.group("a", "A")
    y = b.relu("a/relu", b.leaf("x", INPUT, (3, 3)), module=box)
    w = b.leaf("w", PARAMETER, (3, 3))
    y = b.op("a/matmul", "matmul", (3, 3), b.use(y, "a", ""), b.use(w, "b", ""), module=box)
    y = b.op("matmul", "matmul", (3, 3), b.use(y, "a", ""), b.use(w, "b", ""))
    view = check(b.end(y), 60, ("a",))
    assert list(view.items) == ["x", "w", "a", "matmul"]


def test_a_module_and_an_input_of_one_name():
    b = Builder("a clash")
    box = b.group("x", "A")
    y = b.relu("x/relu", b.leaf("x", INPUT, (3,)), module=box)
    y = b.relu("x/relu#2", y, module=box)
    view = check(b.end(b.relu("relu", y)), 60, ("A",))
    assert [(i.id, i.kind) for i in view.items.values()] == [("x", INPUT), ("x()", FOLD), ("relu", OP)]


def test_the_middle_of_a_chain_stays_in_the_module_that_it_is_in():
    b = Builder("a chain")
    box = b.group("m", "M")
    y = b.leaf("x", PARAMETER, (3,))
    for i in range(100):
        y = b.relu(f"m/relu{i}", y, module=box)
    view = check(b.end(b.relu("last", y)), 7)
    assert [i.hides or 1 for i in view.ops()] == [1, 1, 1, 95, 1, 1, 1]
    (middle,) = (i for i in view.ops() if i.kind == FOLD)
    assert (middle.module, middle.name, middle.settings) == ("m", "95 operations", "95 x relu")


def test_a_box_with_a_nan_inside_says_so():
    graph = residual_net(3)
    graph.items["block1.relu1"].value = stats((8, 4, 14, 14), 1.0, nans=7)
    graph.items["block1.conv2.conv2d"].gradient = stats((8, 4, 14, 14), 1.0, nans=5)
    (box,) = (i for i in check(graph, 12).ops() if i.kind == FOLD and i.id.startswith("block0"))
    assert (box.value.nans, box.gradient.nans) == (7, 5)


def test_a_failed_operation_shows_through_its_box():
    graph = residual_net(3)
    graph.items["block1.relu1"].failed = "ShapeError: no"
    (box,) = (i for i in fold(graph, 12).ops() if i.kind == FOLD and i.id.startswith("block0"))
    assert box.failed == "ShapeError: no"


def test_times_and_memory_of_a_box_are_sums():
    graph = residual_net(3)
    for n, item in enumerate(graph.ops()):
        item.seconds, item.memory = 0.5, n
    inside = [i for i in graph.ops() if i.id.startswith("block")]
    (box,) = (i for i in fold(graph, 12).ops() if i.kind == FOLD)
    assert box.seconds == 0.5 * len(inside)
    assert box.memory == sum(i.memory for i in inside)
    assert box.backward_seconds is None


def test_a_hundred_thousand_operations_are_folded_in_one_go():
    items = {"x": Item("x", PARAMETER, "x", "", (), "float32")}
    before = "x"
    for i in range(100_000):
        items[f"op{i}"] = Item(f"op{i}", OP, "mul", "", (), "float32", (Use(before, "a", True),))
        before = f"op{i}"
    view = fold(Graph(items, root=before), 60)
    assert len(view.items) == 61
    assert sum(i.hidden_uses for i in view.items.values()) == 100_000 - 60

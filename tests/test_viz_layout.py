"""Where things stand in a picture: nothing covers anything, and every line ends where it should."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viz_graphs import ALL, doubled, residual_net, stats
from viz_layout_checks import check
from viz_random import random_graph

from tinygrad_cnn.viz.graph.fold import fold
from tinygrad_cnn.viz.graph.model import CONSTANT, INPUT, OP, PARAMETER, Graph, Group, Item, Use
from tinygrad_cnn.viz.layout.compose import compose
from tinygrad_cnn.viz.layout.gutter import lanes
from tinygrad_cnn.viz.layout.heat import KINDS
from tinygrad_cnn.viz.layout.scene import Box, Stroke, Words
from tinygrad_cnn.viz.layout.theme import PAINTS, TYPES

EXAMPLES = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("heat", KINDS)
def test_known_graphs(name, heat):
    check(ALL[name](), heat)


@EXAMPLES
@given(st.integers(1, 40), st.integers(0, 10**9), st.sampled_from(KINDS))
def test_random_graphs(size, seed, heat):
    check(random_graph(size, seed), heat)


@EXAMPLES
@given(st.integers(1, 60), st.integers(0, 10**9), st.integers(3, 12))
def test_random_graphs_folded(size, seed, most):
    check(fold(random_graph(size, seed), most))


def many_uses(op, times):
    """One value that goes into one operation again and again."""
    x = Item("x", PARAMETER, "x", "", (3,), "float32", value=stats((3,), 1.0), gradient=stats((3,), 1.0))
    h = Item("h", OP, "exp", "", (3,), "float32", (Use("x", "x", True, "r"),), value=stats((3,), 1.0))
    h.gradient = stats((3,), 1.0)
    uses = tuple(Use("h", f"x{i}", True, f"rule {i}", contribution=stats((3,), 1.0)) for i in range(times))
    y = Item("y", OP, op, "", (3,), "float32", uses, value=stats((3,), 1.0), gradient=stats((3,), 1.0))
    return Graph({"x": x, "h": h, "y": y}, root="y")


@pytest.mark.parametrize("times", [1, 2, 3, 7, 20, 60])
def test_a_value_that_goes_into_one_operation_many_times(times):
    check(many_uses("concat", times))


def test_shared_20_times_twice_is_linear():
    small, large = (check(doubled(n)) for n in (10, 20))
    count = [sum(len(p.shapes) for p in s.parts if p.kind != "legend") for s in (small, large)]
    assert count[1] < 2.2 * count[0]
    assert large.width == small.width


def test_the_number_of_shapes_grows_with_the_graph():
    counts = [sum(len(p.shapes) for p in compose(residual_net(n)).parts) for n in (5, 10, 20)]
    assert counts[2] - counts[1] == 2 * (counts[1] - counts[0])


def test_a_leaf_within_a_module_does_not_cut_its_frame():
    graph = residual_net(1)
    x = Item("late", INPUT, "late", "", (8, 4, 14, 14), "float32", tracked=False, value=stats((8,), 1.0))
    c = Item("same", CONSTANT, "same", "", (), "float32", tracked=False, value=stats((), 1.0))
    items = {}
    for name, item in graph.items.items():
        if name == "block0.bn2.batch_norm":
            items |= {"late": x, "same": c}
            item.uses += (Use("late", "u", False), Use("same", "v", False))
        items[name] = item
    graph.items = items
    check(graph)


def test_lanes_are_few():
    skips = {str(i): (i, i + 2) for i in range(0, 100, 2)}
    assert set(lanes(skips).values()) == {0}
    nested = {str(i): (i, 50 - i) for i in range(20)}
    assert sorted(lanes(nested).values()) == list(range(20))


def test_a_wrong_number_is_no_heat():
    graph = ALL["small_cnn"]()
    graph.items["fc.weight"].update = float("nan")
    graph.items["fc.bias"].update = float("inf")
    for kind in KINDS:
        check(graph, kind)


def test_styles_exist_and_the_path_of_a_nan_is_red():
    scene = compose(ALL["nan"]())
    for part in scene.parts:
        for shape in part.shapes:
            if isinstance(shape, Box | Stroke):
                assert shape.style in PAINTS
            elif isinstance(shape, Words):
                assert shape.style in TYPES
    red = [p for p in scene.parts if p.direction == "down" and p.shapes[0].style == "bad"]
    assert [(p.source, p.target) for p in red] == [("log", "exp"), ("exp", "mean")]
    badges = [
        (p.kind, p.item) for p in scene.parts for s in p.shapes if isinstance(s, Words) and s.style == "badge"
    ]
    assert badges == [("forward", "log"), ("gradient", "log")]


def test_gauges_stand_where_the_gradient_is_against_the_median():
    """One step of the gauge is 4 powers of ten: the median in the middle, a thousandth 3/8 below."""
    graph = ALL["small_cnn"]()
    items = [i for i in graph.items.values() if i.gradient]
    for i, item in enumerate(items):
        item.gradient = stats(item.shape, 1.0 if i else 1e-3)
    scene = compose(graph)
    assert float(np.median([i.gradient.rms for i in items])) == 1.0
    levels = {}
    for part in scene.parts:
        bars = [s for s in part.shapes if isinstance(s, Box) and s.style in ("gauge", "level")]
        if len(bars) == 3 and part.kind == "gradient":
            levels[part.item] = bars[1].width / bars[0].width
    assert levels.pop(items[0].id) == pytest.approx(0.5 - 3 / 8)
    assert set(levels.values()) == {0.5}


def texts(scene, item):
    """The words on a value's box, and those beside the line that leaves it."""
    parts = [p.shapes for p in scene.parts if (p.kind, p.item) == ("forward", item)]
    parts.sort(key=lambda shapes: isinstance(shapes[0], Words))
    parts = [[s.text for s in shapes if isinstance(s, Words)] for shapes in parts]
    return parts[0], [words for rest in parts[1:] for words in rest]


def test_a_new_shape_stands_on_the_line_or_in_the_box_if_no_line_leads_straight_down():
    graph = ALL["small_cnn"]()
    box, line = texts(compose(graph), "features.4.max_pool2d")
    assert line == ["8x4x14x14"]
    assert not any("8x4x14x14" in words for words in box)
    graph.items["flatten"].uses, graph.items["fc.linear"].uses = (
        (Use("features.3.relu", "x", True),),
        (Use("features.4.max_pool2d", "x", True), Use("flatten", "w", True)),
    )
    box, line = texts(check(graph), "features.4.max_pool2d")
    assert line == []
    assert box[-1].startswith("8x4x14x14, rms")


def test_operands_are_named_by_their_layer_or_by_their_operation():
    items = {"x": Item("x", INPUT, "x", "", (3,), "float32", value=stats((3,), 1.0))}
    groups = {
        "net": Group("net", "net", "Net", "", 1),
        "net.fc": Group("net.fc", "net.fc", "Linear", "net", 1, True),
    }
    for name, module in (("net.fc/linear", "net.fc"), ("net/relu", "net")):
        items[name] = Item(
            name, OP, "op", module, (3,), "float32", (Use("x", "x", True),), value=stats((3,), 1.0)
        )
    uses = (Use("net.fc/linear", "a", True), Use("net/relu", "b", True))
    items["net/add"] = Item("net/add", OP, "add", "net", (3,), "float32", uses, value=stats((3,), 1.0))
    scene = check(Graph(items, groups, root="net/add"))
    assert "A = fc, B = relu" in texts(scene, "net/add")[0]


def test_the_heat_of_a_gradient_without_a_rule_is_said_too():
    graph = doubled(12)
    for n, item in enumerate(reversed(list(graph.items.values()))):
        item.gradient = stats(item.shape, 2.0**n)
    scene = check(graph)
    words = [
        s.text
        for p in scene.parts
        if p.kind == "gradient" and p.item == "x"
        for s in p.shapes
        if isinstance(s, Words)
    ]
    assert any(text.endswith("x median") for text in words)

"""Two recordings compared: every difference is found, the sentence above names the right one."""

import math
from dataclasses import replace

import numpy as np
import pytest
from viz_chains import ITEM, chain, numbers
from viz_graphs import ALL, failed_forward, residual_net, small_cnn, stats, untracked, zero_gradient

from tinygrad_cnn.viz.compare import diff
from tinygrad_cnn.viz.graph.model import INPUT, OP, PARAMETER, Graph, Group, Item, Use
from tinygrad_cnn.viz.graph.stats import measure
from tinygrad_cnn.viz.write.as_json import from_json, to_json


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_a_graph_does_not_differ_from_itself(make):
    difference = diff(make(), from_json(to_json(make()), "it"))
    assert not difference and str(difference) == "nothing differs"
    assert difference.rows == difference.notes == () and difference.changed == ()
    assert all(not item.mark and item.heat in (0.0, None) for item in difference.graph.items.values())


def test_times_code_and_titles_are_not_compared():
    before, after = chain("f"), chain("f", title="step 500", facts=("loss 2",), notes=("x",))
    after.items["f"].seconds, after.items["f"].source, after.items["f"].code = 9.0, "net.py:2", "f(x)"
    assert not diff(before, after)


def test_a_gradient_that_shrank_is_named_with_its_factor():
    before, after = small_cnn(), small_cnn()
    for key in ("features.0.weight", "features.0.bias", "features.0.conv2d"):
        old = after.items[key].gradient
        after.items[key].gradient = stats(old.shape, old.rms / 1200)
    after.items["fc.weight"].value = stats((10, 784), 0.05 * 3)
    difference = diff(before, after)
    assert difference.conclusion == "the gradients of features.0 are 1,200 times smaller"
    assert [row.id for row in difference.rows][3:] == ["fc.weight"]
    row = difference.rows[0]
    assert row.gradient_ratio == pytest.approx(1 / 1200) and row.value_ratio == 1.0
    assert row.heat == pytest.approx(-math.log10(1200)) and row.heat_text == "x0.000833"
    assert str(difference).splitlines()[:2] == [difference.conclusion, ""]


def test_one_item_of_a_module_is_named_alone():
    before, after = small_cnn(), small_cnn()
    after.items["features.0.weight"].gradient = stats((4, 1, 3, 3), 0.4)
    assert diff(before, after).conclusion == "the gradient of features.0.weight is 100 times larger"
    after.items["features.0.conv2d"].gradient = stats((8, 4, 28, 28), 0.5)  # and the bias is as it was
    assert diff(before, after).conclusion == "the gradient of features.0.conv2d is 100 times larger"
    after.items["features.0.bias"].gradient = stats((4,), 0.006)  # only 3 times
    assert diff(before, after).conclusion == "the gradient of features.0.conv2d is 100 times larger"


def test_the_table_is_aligned_and_most_changed_comes_first():
    after = chain("f", "g", sizes={"w": (1.0, 0.001), "f": (2.0, 1.0), "g": (1.0, 0.0)})
    after.items["f"].value = measure(np.array([0.0, 4.0, 0.0, 0.0]))
    assert (
        str(diff(chain("f", "g"), after))
        == """\
the gradient of g is exactly 0 now

item  gradient    after     ratio  value  after  ratio  zeros  after
g         1.00        0      to 0   1.00   1.00  x1.00      0      0
w         1.00  0.00100  x0.00100   1.00   1.00  x1.00      0      0
f         1.00     1.00     x1.00   1.00   2.00  x2.00      0    75%"""
    )


def test_what_was_not_computed_is_a_dash_and_never_0():
    before, after = chain("f"), chain("f", sizes={"w": (1.0, None)})
    difference = diff(before, after)
    assert difference.conclusion == "the gradient of w is not computed any more"
    lines = str(difference).splitlines()
    assert lines[-1].split() == ["w", "1.00", "-", "1.00", "1.00", "x1.00", "0", "0"]
    after = chain("f", sizes={"w": (1.0, None), "f": (1.0, None)})
    assert diff(before, after).conclusion == "gradients are known in the first only"
    assert str(diff(before, after)).splitlines()[2].split()[:4] == ["item", "gradient", "after", "value"]
    assert diff(after, before).conclusion == "gradients are known in the second only"


FIRST = [
    ({"g": (math.nan, 1.0), "h": (math.nan, math.nan)}, "the first NaN appears in g, in the forward pass"),
    ({"g": (math.inf, 1.0), "h": (math.nan, 1.0)}, "the first Inf appears in g, in the forward pass"),
    ({"w": (math.nan, 1.0), "f": (math.nan, 1.0)}, "the first NaN appears in the parameter w, in the forward "
     "pass"),
    ({"w": (1.0, math.nan), "f": (1.0, math.nan)}, "the first NaN appears in the gradient of f"),
    ({"h": (math.nan, math.nan), "f": (1.0, math.nan)}, "the first NaN appears in h, in the forward pass"),
]  # fmt: skip


@pytest.mark.parametrize(("sizes", "sentence"), FIRST)
def test_the_first_nan_is_found_in_the_right_direction(sizes, sentence):
    difference = diff(chain("f", "g", "h"), chain("f", "g", "h", sizes=sizes))
    assert difference.conclusion == sentence
    assert difference.rows[0].id == sentence.split(",")[0].split()[-1]
    assert difference.graph.items[difference.rows[0].id].heat is None


def test_a_nan_of_the_backward_pass_names_the_derivative_that_made_it():
    after = chain("f", "g", sizes={"w": (1.0, math.nan)})
    use = replace(after.items["f"].uses[0], contribution=numbers(math.nan))
    after.items["f"].uses = (use,)
    sentence = "the first NaN appears in the gradient of the parameter w, which the derivative of f made"
    assert diff(chain("f", "g"), after).conclusion == sentence


def test_only_what_went_to_that_item_is_blamed():
    after = chain("f", "g", "h", sizes={"w": (1.0, math.nan), "f": (1.0, math.nan)})
    bad = numbers(math.nan)
    after.items["g"].uses = (replace(after.items["g"].uses[0], contribution=bad),)
    after.items["h"].uses = (Use("g", "x", True), Use("w", "y", True, contribution=bad))
    before = chain("f", "g", "h")
    before.items["h"].uses = (Use("g", "x", True), Use("w", "y", True))
    sentence = "the first NaN appears in the gradient of f, which the derivative of g made"
    assert diff(before, after).conclusion == sentence


def test_a_nan_that_was_there_before_is_not_news():
    sizes = {"f": (math.nan, 1.0), "g": (math.nan, 1.0)}
    assert not diff(chain("f", "g", sizes=sizes), chain("f", "g", sizes=sizes))
    later = diff(chain("f", "g", sizes={"f": (math.nan, 1.0)}), chain("f", "g", sizes=sizes))
    assert later.conclusion == "the first NaN appears in g, in the forward pass"
    more = chain("f", "g", sizes=sizes)
    more.items["f"].value = measure(np.array([math.nan, math.nan, 1, 1]))
    assert diff(chain("f", "g", sizes={"f": (math.nan, 1.0)}), more).conclusion == later.conclusion
    gone = diff(chain("f", "g", sizes=sizes), chain("f", "g"))
    assert gone.conclusion == "NaN and infinity are gone from 2 items"
    assert gone.rows[0].value_ratio is None  # a ratio to NaN would mean nothing


def test_nothing_but_nan_is_equal_to_itself():
    nothing = measure(np.full(4, math.nan))
    one, two = (chain("f") for _ in "12")
    one.items["f"].value, two.items["f"].value = nothing, replace(nothing, rms=float("nan"))
    assert not diff(one, two)


def test_zero_on_both_sides_is_a_ratio_of_1():
    before, after = (chain("f", sizes={"f": (0.0, rms)}) for rms in (1.0, 2.0))
    row = diff(before, after).rows[0]
    assert (row.value_ratio, row.gradient_ratio) == (1.0, 2.0)
    assert diff(before, chain("f")).rows[0].value_ratio == math.inf
    assert diff(chain("f"), before).rows[0].value_ratio == 0.0


def test_a_failed_pass_is_the_first_news():
    difference = diff(small_cnn(backward=False), failed_forward())
    assert difference.conclusion == f"fc.linear failed: {failed_forward().items['fc.linear'].failed}"
    assert difference.rows[0].id == "fc.linear" and bool(difference)


def test_the_structure_is_compared():
    before, after = residual_net(1), residual_net(2)
    difference = diff(before, after)
    assert difference.only_before == () and len(difference.only_after) == 20
    assert difference.only_after[0] == "block1.conv1.weight" and difference.changed == ("mean",)
    assert difference.conclusion == "items: 20 added, 1 changed"
    back = diff(after, before)
    assert back.only_before == difference.only_after and back.only_after == ()
    assert "module block1.bn3 is in the second only" in difference.notes


CHANGES = [
    ({"shape": (8, 4)}, "shape 8x3 -> 8x4"),
    ({"shape": ()}, "shape 8x3 -> scalar"),
    ({"dtype": "float64"}, "dtype float32 -> float64"),
    ({"settings": ""}, "settings 3x3 -> -"),
    ({"tracked": False}, "gradient asked for -> not asked for"),
    ({"name": "relu", "kind": OP}, "operation input x -> relu"),
    ({"kind": PARAMETER}, "operation input x -> parameter x"),
    ({"module": "m"}, "module - -> m"),
]


@pytest.mark.parametrize(("new", "words"), CHANGES)
def test_one_changed_property_is_one_word_in_the_conclusion(new, words):
    groups = {"m": Group("m", "m", "M", "", 0)}
    difference = diff(Graph({"x": ITEM}, groups), Graph({"x": replace(ITEM, **new)}, groups))
    assert difference.conclusion == f"x was changed: {words}" and difference.changed == ("x",)
    assert words in str(difference).splitlines()[-1]


def test_edges_groups_root_and_order_are_compared():
    before, after = chain("f", "g", "h"), chain("f", "g", "h")
    after.items["h"].uses = (Use("f", "x", True),)
    assert diff(before, after).conclusion == "h was changed: uses x = g -> x = f"
    after.items["h"].uses = (Use("g", "x", False),)
    assert diff(before, after).conclusion == "h was changed: uses x = g -> x = g without gradient"
    after.items["h"].uses = (Use("g", "x", True), Use("w", "y", True))
    assert diff(before, after).conclusion == "h was changed: uses - -> y = w"
    after = chain("f", "g", "h")
    after.root = "g"
    assert diff(before, after).conclusion == "the gradient enters at g, not at h" and diff(before, after)
    after = replace(before, items={key: before.items[key] for key in ("w", "f", "h", "g")})
    assert diff(before, after).notes == ("the order of computation differs: h comes where g came",)
    one, two = (replace(before, groups={"m": Group("m", "m", type_, "", 9)}) for type_ in ("A", "B"))
    assert diff(one, two).notes == ("module m: type A -> B",)
    assert diff(one, before).notes == ("module m is in the first only",)


def test_swapped_inputs_are_a_change():
    a, b = Item("a", INPUT, "a", "", (), "f"), Item("b", INPUT, "b", "", (), "f")
    uses = (Use("a", "x", True), Use("b", "x", True))
    one, two = (Item("y", OP, "sub", "", (), "f", order) for order in (uses, uses[::-1]))
    difference = diff(Graph({"a": a, "b": b, "y": one}), Graph({"a": a, "b": b, "y": two}))
    assert difference.conclusion == "y was changed: uses x = a, x = b -> x = b, x = a"


def test_a_batch_of_another_size_has_a_ratio_of_norms():
    before, after = (Graph({"x": replace(ITEM, shape=(n, 3), value=stats((n, 3), 1.0))}) for n in (8, 32))
    row = diff(before, after).rows[0]
    assert row.value_ratio == 1.0 and row.norm_ratio == 2.0
    assert "norm x2.00" in str(diff(before, after))


def test_slight_differences_are_called_slight():
    after = chain("f", sizes={"f": (1.001, 1.0)})
    difference = diff(chain("f"), after)
    assert difference and difference.conclusion == "numbers differ, but no root mean square by more than 1%"


@pytest.mark.parametrize(("share", "text"), [(1, "<1%"), (999, "99%"), (1000, "100%"), (500, "50%")])
def test_shares_of_zeros_are_not_rounded_to_none_or_all(share, text):
    before, after = (Graph({"x": replace(ITEM, value=stats((1000,), 1.0, zeros=n))}) for n in (0, share))
    assert str(diff(before, after)).splitlines()[-1].split()[-2:] == ["0", text]
    assert diff(before, after).rows[0].zeros == (0.0, share / 1000)


def test_under_no_grad_every_item_says_so_once():
    rows = diff(small_cnn(), untracked()).rows
    told = {tuple(map(str, row.changes)) for row in rows if row.mark}
    assert told == {("gradient asked for -> not asked for",)}


def test_dead_units_are_seen_at_the_one_nearest_to_the_loss():
    difference = diff(small_cnn(), zero_gradient())
    assert difference.conclusion == "the gradients of features.2 are exactly 0 now"

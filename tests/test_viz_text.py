"""The text ladder: aligned, within its width, every item once, and readable as it stands."""

import re
import time

import pytest
import viz_graphs
from viz_graphs import ALL, doubled, residual_net
from viz_hostile import hostile_names, named

from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.viz.graph.model import Graph
from tinygrad_cnn.viz.write.text import LEGEND, to_text, wrapped
from tinygrad_cnn.viz.write.words import columns

every_graph = pytest.mark.parametrize("name", ALL)


def table(text: str, bar: str = "│") -> list[str]:
    return [line for line in text.splitlines() if bar in line]


def line_of(graph: Graph, start: str, width: int = 120) -> str:
    """The one line of the table whose name begins so."""
    lines = [
        x for x in to_text(graph, width=width).splitlines() if re.match(rf"\s*\d+\s+{re.escape(start)}", x)
    ]
    assert len(lines) == 1, lines
    return lines[0]


def test_the_whole_picture_of_a_shared_weight():
    expected = """\
a shared weight
loss 1.09 | 9 parameters | gradient norm 0.532

# ↓ forward                        rms   shape │   ↑ rms  of the gradient, and its rule
───────────────────────────────────────────────┼─────────────────────────────────────────
1 x: input                        1.00     4x3 │ no grad
2 matmul  keeps A, B             0.500     4x3 │ 0.00500  dB = A.T @ dY
3   w: parameter                  1.00     3x3 │  0.0200
                                               │       +  0.00400 from 2, 0.00400 from 4
4 matmul  keeps A, B             0.500     4x3 │ 0.00500  dA = dY @ B.T; dB = A.T @ dY
    w: same as 3                               │
5 cross_entropy mean              1.09  scalar │    1.00  dX = (softmax(X) - onehot) / 4
                                               │          ↑ starts here
6   target: constant              1.00       4 │ no grad

Values go down on the left, gradients of the root up on the right. rms: root of the mean
square (of one number, the number itself). 0: exactly zero. -: not computed. no grad: none
is asked for. +: gradients of several uses add."""
    assert to_text(viz_graphs.shared_parameter(), width=90) == expected


@every_graph
@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_is_too_long_and_the_bar_is_straight(name, width, ascii):
    text = to_text(ALL[name](), width=width, ascii=ascii)
    assert max(map(columns, text.splitlines())) <= width
    assert not ascii or text.isascii()
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    bar = " | " if ascii else "│"
    rows = [line for line in table(text, bar)[1 if ascii else 0 :] if not line.startswith("loss")]
    assert len({columns(line[: line.index(bar)]) for line in rows}) <= 1


@every_graph
def test_every_item_has_one_number_and_one_line(name):
    graph = ALL[name]()
    numbers = [int(m[1]) for m in re.finditer(r"^ *(\d+) ", "\n".join(table(to_text(graph))), re.MULTILINE)]
    assert numbers == list(range(1, len(graph.items) + 1))


def test_an_operation_says_what_it_uses_unless_it_is_the_rung_above():
    graph = residual_net()
    text = to_text(graph)
    number = {m[2]: m[1] for m in re.finditer(r"^ *(\d+) +([\w: ]+?)(?:  | 3x3)", text, re.MULTILINE)}
    stem, norm = number["relu"], number["bn3: batch_norm"]
    assert re.search(rf"^\d+ +add from {norm} and 5 ", text, re.MULTILINE)
    assert text.index("relu  keeps") < text.index("block0") and stem  # the first relu is that of the stem
    assert "from" not in line_of(graph, "bn1: batch_norm")


def test_branches_name_the_rung_where_they_begin():
    text = to_text(viz_graphs.inception())
    assert "b1: conv2d from 5, 3x3" in text and "b2: conv2d from 5, 3x3" in text
    assert "cat from 6, 9 and 15, dim 1" in text


def test_sums_of_gradients_name_every_use():
    lines = to_text(residual_net()).splitlines()
    at = next(i for i, line in enumerate(lines) if re.match(r" *5 +relu", line))
    assert lines[at + 1].split("│")[1].strip() == "+  0.00400 from 6, 0.00400 from 24"
    assert to_text(doubled(5)).count("│       +  ") == 5


def test_a_parameter_that_is_used_again_refers_to_its_line():
    text = to_text(viz_graphs.shared_parameter())
    assert re.search(r"^3 +w: parameter", text, re.MULTILINE) and "w: same as 3" in text


def test_values_and_gradients_stand_in_their_lanes():
    left, right = line_of(viz_graphs.small_cnn(), "fc: linear").split("│")
    assert left.split() == ["12", "fc:", "linear", "keeps", "X,", "W", "0.500", "8x10"]
    assert right.split(maxsplit=1) == ["0.00500", "dX = dY @ W"]


def test_zero_not_computed_and_not_asked_for_are_three_words():
    graph = viz_graphs.zero_gradient()
    text = to_text(graph)
    gradients = {m[1]: m[2] for m in re.finditer(r"^ *(\d+) .*│ +(no grad|\S+)", text, re.MULTILINE)}
    assert (gradients["1"], gradients["2"], gradients["14"], gradients["16"]) == (
        "no grad",
        "0",
        "-",
        "no grad",
    )
    assert "Parameters without a gradient: fc.bias." in text
    assert "Parameters without" not in to_text(viz_graphs.small_cnn())
    assert "Parameters without" not in to_text(viz_graphs.small_cnn(backward=False))


def test_the_first_nan_is_pointed_at_with_its_line_of_code():
    lines = [line.strip() for line in to_text(viz_graphs.with_nan()).splitlines()]
    at = lines.index("! the first NaN was made here: 1 NaN of 12")
    assert lines[at - 2].startswith("3 log") and lines[at + 1] == "net.py:7"
    assert sum("first NaN" in line for line in lines) == 2  # of the values, and of the gradients
    assert lines[at - 1].endswith("!  the first NaN here: 2 NaN of 12")


def test_a_failed_operation_shows_both_shapes_the_message_and_the_code():
    text = to_text(viz_graphs.failed_forward(), width=110)
    assert "inputs: x 8x256, w 10x64" in text
    assert "but w (10, 64) takes 64" in text and "net.py:31: return self.fc(y)" in text
    assert line_of(viz_graphs.failed_forward(), "fc: linear").split("│")[0].split()[-2:] == ["FAILED", "-"]
    assert "starts here" not in text


def test_the_end_of_the_ladder_is_where_backward_starts():
    lines = table(to_text(viz_graphs.small_cnn()))
    at = next(i for i, line in enumerate(lines) if "starts here" in line)
    assert "cross_entropy" in lines[at - 1]
    assert "starts here" not in to_text(viz_graphs.small_cnn(backward=False))


def test_modules_are_headed_once_and_indented():
    text = to_text(viz_graphs.small_cnn())
    assert text.count("SmallCNN, 3,242 parameters") == text.count("features: Sequential, 380 parameters") == 1
    indents = [
        len(re.match(r" *\d* *", line_of(viz_graphs.small_cnn(), name))[0]) for name in ("x:", "fc:", "4:")
    ]
    assert indents == sorted(set(indents))


def test_a_module_that_is_left_and_entered_again_says_so():
    graph = viz_graphs.small_cnn()
    moved = graph.items["flatten"]
    moved.module = ""
    assert "SmallCNN, 3,242 parameters" in to_text(graph)
    graph.items["features.3.relu"].module = ""
    assert "features: Sequential (continued)" in to_text(graph)


def test_a_name_does_not_repeat_the_module_around_it():
    graph = viz_graphs.small_cnn()
    graph.items["fc.weight"].name = "fc.weight"
    graph.items["features.0.weight"].name = "features.0.weight"
    text = to_text(graph)
    assert "fc.weight" not in text and len(re.findall(r"^ *\d+ +weight: parameter", text, re.MULTILINE)) == 3


def test_leaves_stand_under_their_operation_whatever_module_they_are_in():
    graph = residual_net()
    text = to_text(graph)
    for item in graph.items.values():
        if not item.is_op:
            item.module = ""
    assert to_text(graph) == text


def test_what_folded_blocks_hide_is_said():
    text = " ".join(to_text(viz_graphs.folded(), width=140).split())
    assert "Bottleneck x12: 120 operations, 5,808 parameters" in text
    assert "within: least 0.00200, median 0.0140, largest 0.310" in text
    assert "Note: 12 blocks that are alike are shown as one box" in text


@every_graph
def test_the_legend_is_always_there(name):
    assert " ".join(to_text(ALL[name](), width=80).split()).endswith(LEGEND)


def test_hostile_names_break_no_line():
    names = hostile_names()
    for name, other in zip(names, names[1:] + names[:1], strict=True):
        for width, ascii in ((60, True), (100, False)):
            text = to_text(named(name, other), width=width, ascii=ascii)
            assert all(columns(line) <= width for line in text.split("\n")), ascii
            assert all(line.isprintable() for line in text.split("\n")), (ascii, name)
            assert not ascii or text.isascii()
            text.encode("utf-8")


def test_an_empty_name_can_be_seen():
    assert re.search(r'^1 +"": input', to_text(named("")), re.MULTILINE)


def test_settings_are_broken_and_not_cut():
    assert "padding 1" in to_text(residual_net(), width=60)
    assert "..." not in "".join(table(to_text(residual_net(), width=80)))


def test_a_terminal_may_be_too_narrow():
    with pytest.raises(ArgumentError, match="width must be 60 columns or more, not 59"):
        to_text(viz_graphs.empty(), width=59)


def test_large_graphs_are_written_fast():
    start = time.perf_counter()
    assert len(to_text(residual_net(150)).splitlines()) > 3011
    to_text(doubled(2000))
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("dB = dY, sum over N, H, W", 16, ["dB = dY,", "sum over N, H, W"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("画像画像", 4, ["画像", "画像"]),
        ("", 4, [""]),
    ],
)
def test_lines_are_broken_where_it_reads_well(text, width, lines):
    assert wrapped(text, width) == lines

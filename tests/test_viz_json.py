"""A graph as JSON: nothing is lost, equal graphs have equal text, and no file can bring in a broken graph."""

import json
import math
import time
from dataclasses import fields, replace

import numpy as np
import pytest
from viz_graphs import ALL, residual_net, small_cnn
from viz_hostile import hostile_names, named

from tinygrad_cnn.errors import DataError, MissingPathError
from tinygrad_cnn.viz.graph.model import INPUT, OP, PARAMETER, Graph, Group, Item, Use, Worked
from tinygrad_cnn.viz.graph.stats import measure
from tinygrad_cnn.viz.graph.thumbnails import Thumbnail
from tinygrad_cnn.viz.write import as_json
from tinygrad_cnn.viz.write.as_json import from_json, read_json, to_json


def full():
    """A graph in which no field has its default."""
    numbers = measure(np.array([[0.1, math.nan, -3e-38], [math.inf, 0.0, 1 / 3]]))
    worked = Worked((0, 1), 1e-300, None, (((0,), -0.0, 1e22), ((1,), math.nan, -math.inf)), 9)
    grey = Thumbnail(1, 2, 1, b"\x00\xff", "x, channel 0", signed=True)
    colour = Thumbnail(1, 1, 3, b"\x01\x02\x03", "x")
    x = Item("x", INPUT, "x", "", (2, 3), "float32", tracked=False, value=numbers)
    use = Use("x", "x", True, "dX = dY", "sum over N", numbers, worked)
    more = {"seconds": 0.25, "backward_seconds": 1e-7, "update": 1e-3, "spread": (0.1, math.nan, math.inf)}
    more |= {"memory": 24, "parameters": 7, "hides": 3, "hidden_uses": 2, "turn": 1, "failed": "it failed"}
    more |= {"heat": -3.0, "heat_text": "x0.00100", "mark": "changed", "settings": "3x3", "saved": ("X", "Y")}
    more |= {"source": "net.py:1", "code": "y = f(x)", "pictures": (grey, colour), "value": numbers}
    more |= {"gradient": numbers, "gradient_pictures": (grey,), "tracked": False}
    y = Item("m/y", OP, "y", "m", (2, 3), "float64", (use, replace(use, worked=None)), **more)
    groups = {"n": Group("n", "N", "Net", "", 9), "m": Group("m", "M", "Conv2d", "n", 7, is_layer=True)}
    return Graph({"x": x, "m/y": y}, groups, "m/y", "a title", ("loss 1.09",), ("a note",))


def plain(graph=None):
    return json.loads(to_json(graph or full(), times=True))


def test_the_full_graph_of_these_tests_has_no_field_at_its_default():
    graph = full()
    for record in (graph, graph.items["m/y"], graph.items["m/y"].uses[0], graph.groups["m"]):
        for field in fields(record):
            assert getattr(record, field.name) != field.default, field.name


@pytest.mark.parametrize("make", [*ALL.values(), full], ids=[*ALL, "full"])
def test_what_is_read_is_what_was_written(make):
    graph = make()
    back = from_json(to_json(graph, times=True), "it")
    assert back == graph
    assert list(back.items) == list(graph.items) and list(back.groups) == list(graph.groups)
    assert to_json(back, times=True) == to_json(graph, times=True)


def test_every_float_comes_back_bit_by_bit():
    worked = from_json(to_json(full()), "it").items["m/y"].uses[0].worked
    assert worked.backward == 1e-300 and math.copysign(1, worked.terms[0][1]) == -1
    assert worked.terms[0][2] == 1e22 and math.isnan(worked.terms[1][1]) and worked.terms[1][2] == -math.inf


def test_nan_and_infinity_are_valid_json():
    def refuse(constant):
        raise AssertionError(constant)

    text = to_json(full())
    json.loads(text, parse_constant=refuse)
    assert '"NaN"' in text and '"Infinity"' in text and '"-Infinity"' in text


def test_500_hostile_names_survive_and_the_file_is_plain_ascii():
    for name in hostile_names():
        graph = named(name, "y")
        text = to_json(graph)
        assert text.isascii() and not [c for c in text if c < " " and c != "\n"]
        assert from_json(text, "it") == graph


def test_the_text_is_one_that_git_can_compare():
    graph = small_cnn()
    text = to_json(graph)
    other = small_cnn()
    other.items["features.0.conv2d"].settings = "5x5, padding 2"
    lines = set(to_json(other).splitlines()) - set(text.splitlines())
    assert lines == {'      "settings": "5x5, padding 2",'}
    assert '      "shape": [8, 4, 28, 28],' in text.splitlines()
    assert text.endswith("}\n") and "\r" not in text
    bins = [line for line in text.splitlines() if '"bins"' in line]
    assert len(bins) > 10 and all(line.count(",") >= 19 for line in bins)  # a histogram is one line
    longest = max(len(line) for line in text.splitlines() if "bins" not in line)
    assert longest <= 110


@pytest.mark.parametrize("length", range(60, 96))
def test_lists_are_broken_where_the_line_would_be_too_long(length):
    item = Item("x", INPUT, "x", "", (), "float32", saved=("a" * length, "b"))
    lines = to_json(Graph({"x": item})).splitlines()
    assert max(map(len, lines)) <= 110 and any("aaaa" in line for line in lines)
    assert not any("settings" in line for line in lines)  # it has its default


def test_times_are_written_only_when_asked_for():
    slow = full()
    slow.items["m/y"].seconds = slow.items["m/y"].backward_seconds = 99.0
    assert to_json(slow) == to_json(full()) and "seconds" not in to_json(slow)
    assert to_json(slow, times=True) != to_json(full(), times=True)


def test_pictures_and_values_can_be_left_out():
    item = from_json(to_json(full(), pictures=False), "it").items["m/y"]
    assert item.pictures == item.gradient_pictures == () and item.value == full().items["m/y"].value
    bare = from_json(to_json(full(), values=False), "it")
    item = bare.items["m/y"]
    assert (item.value, item.gradient, item.update, item.spread, item.heat) == (None,) * 5
    assert (item.pictures, item.seconds, item.code, item.heat_text, bare.facts) == ((), None, "", "", ())
    assert item.uses[0] == Use("x", "x", True, "dX = dY", "sum over N") and item.turn == 1
    changed = full()
    changed.facts = ("loss 2.00",)
    changed.items["m/y"].value = changed.items["m/y"].source = None
    assert to_json(changed, values=False) == to_json(full(), values=False)


def edited(*path, value):
    """The JSON of the full graph with one value replaced; DELETE takes the field out."""
    data = plain()
    place = data
    for key in path[:-1]:
        place = place[key]
    if value is DELETE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(data)


DELETE = object()
STATS = ("items", 0, "value")
PICTURE = ("items", 1, "pictures", 0)
WHOLE = "expected a whole number from 0 to 2^63, got"
SAVE = 'save it with draw(...).save("net.graph.json")'
EDITS = [
    (("format",), "x", f'expected "format": "tinygrad-cnn graph"; {SAVE}'),
    (("format",), DELETE, f'expected "format": "tinygrad-cnn graph"; {SAVE}'),
    (("version",), 2, "its version is 2 and this program reads 1; save it again"),
    (("version",), True, "its version is true and this program reads 1; save it again"),
    (("version",), DELETE, "its version is null and this program reads 1; save it again"),
    (("colour",), 1, 'unknown field "colour"'),
    (("items",), DELETE, 'the field "items" is missing'),
    (("groups",), {}, "groups: expected a list, got an object"),
    (("root",), 3, "root: expected text, got 3"),
    (("facts",), [3], "facts: expected a list of texts"),
    (("root",), "nobody", 'root: there is no item "nobody"'),
    (("items", 0), 3, "items[0]: expected an object, got 3"),
    (("items", 0, "kind"), "toy", "items[0].kind: expected one of op, input, parameter, constant, fold, "
     'got "toy"'),
    (("items", 0, "name"), None, "items[0].name: expected text, got null"),
    (("items", 0, "name"), DELETE, 'items[0]: the field "name" is missing'),
    (("items", 0, "shape"), "2x3", 'items[0].shape: expected a list, got "2x3"'),
    (("items", 0, "shape"), [2, -3], f"items[0].shape[1]: {WHOLE} -3"),
    (("items", 0, "shape"), [2.0], f"items[0].shape[0]: {WHOLE} 2.0"),
    (("items", 0, "shape"), [True], f"items[0].shape[0]: {WHOLE} true"),
    (("items", 0, "shape"), [10**30], f"items[0].shape[0]: {WHOLE} a whole number far too large"),
    (("items", 0, "shape"), [1] * 65, "items[0].shape: 65 dimensions; 64 is the most"),
    (("items", 0, "tracked"), 1, "items[0].tracked: expected true or false, got 1"),
    (("items", 0, "id"), "", 'items[0].id: "" is no id'),
    (("items", 1, "id"), "x", 'items[1].id: "x" is there twice'),
    (("items", 1, "id"), "\x1b[2J" + "a" * 90, 'items[1]'),
    (("items", 1, "uses", 0, "source"), "z", 'items[1] ("m/y") uses "z", which is no earlier item'),
    (("items", 1, "uses", 0, "source"), "m/y", 'items[1] ("m/y") uses "m/y", which is no earlier item'),
    (("items", 1, "uses", 0, "way"), 1, 'items[1].uses[0]: unknown field "way"; known are broadcast, '
     "contribution, name, rule, source, tracked, worked"),
    (("items", 1, "uses", 0, "worked", "terms", 0), [[0], 1.0],
     "items[1].uses[0].worked.terms[0]: expected a list of 3, got 2 entries"),
    (("items", 1, "spread"), [1.0, 2.0], "items[1].spread: expected a list of 3, got 2 entries"),
    (("items", 1, "module"), "z", 'the item "m/y" lies in the group "z", which is not there'),
    (("items", 1, "update"), "fast", 'items[1].update: expected a number, got "fast"'),
    (("items", 1, "update"), 10**400, 'items[1].update: the number is too large; infinity is written as '
     '"Infinity"'),
    (("groups", 1, "id"), "n", 'groups[1].id: "n" is there twice'),
    (("groups", 1, "parent"), "z", 'the group "m" lies in "z", which is not there'),
    (("groups", 0, "parent"), "m", 'the group "n" lies in itself'),
    (("groups", 0, "parameters"), "many", f'groups[0].parameters: {WHOLE} "many"'),
    ((*STATS, "size"), 7, "items[0].value: its size is not the product of its shape"),
    ((*STATS, "bins"), [0] * 19, "items[0].value: its histogram has 19 bins, not 20"),
    ((*STATS, "nans"), 9, "items[0].value: more values are counted than there are"),
    ((*STATS, "bins"), [9] * 20, "items[0].value: more values are counted than there are"),
    ((*STATS, "shape"), [1] * 65, "items[0].value: 65 dimensions; 64 is the most"),
    ((*PICTURE, "pixels"), "%%", 'items[1].pictures[0].pixels: expected bytes in base64, got "%%"'),
    ((*PICTURE, "pixels"), "AAAA", "items[1]: a picture has 3 bytes, not 1 x 2 x 1"),
    ((*PICTURE, "height"), 0, "items[1]: a picture has 2 bytes, not 0 x 2 x 1"),
    ((*PICTURE, "height"), 10**9, "items[1]: a picture has 2 bytes, not 1000000000 x 2 x 1"),
    (PICTURE, {"height": 0, "width": 9, "channels": 1, "pixels": "", "title": ""},
     "items[1]: a picture has 0 bytes, not 0 x 9 x 1"),
    ((*PICTURE, "channels"), 2, "items[1]: a picture has 2 channels; 1 is grey or signed, 3 is colour"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), EDITS)
def test_a_file_that_contradicts_itself_is_one_clear_error(path, value, message):
    with pytest.raises(DataError) as caught:
        from_json(edited(*path, value=value), "net.graph.json")
    text = str(caught.value)
    if message == "items[1]":  # the id itself is allowed; what refers to it is not
        message = 'root: there is no item "m/y"'
    assert text == f"net.graph.json is no graph that can be read: {message}"


TEXTS = [
    ("", "Expecting value: line 1 column 1 (char 0)"),
    ("[" * 100_000, "it is nested too deeply"),
    ('{"a":' * 100_000, "it is nested too deeply"),
    ("{} {}", "Extra data: line 1 column 4 (char 3)"),
    ('{"format": 1, "format": 1}', "the key 'format' is there twice"),
    ("NaN", "NaN is no number in JSON"),
    ("null", "expected an object, got null"),
    ('"' + "x" * 99 + '"', 'expected an object, got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."'),
    (b'{"title": "\xff"}', "it is no text in UTF-8: byte 11 is 0xff"),
]


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=range(len(TEXTS)))
def test_what_is_no_json_is_one_clear_error(text, message):
    with pytest.raises(DataError) as caught:
        from_json(text, "net.graph.json")
    assert str(caught.value) == f"net.graph.json is no graph that can be read: {message}"


def test_a_whole_number_of_10000_digits_is_one_clear_error():
    text = edited("items", 0, "memory", value=0).replace('"memory": 0', f'"memory": {"9" * 10_000}')
    with pytest.raises(DataError, match="no graph that can be read: Exceeds the limit"):
        from_json(text, "it")


def test_1e999_is_not_taken_for_infinity():
    text = edited("items", 1, "update", value=0.5).replace('"update": 0.5', '"update": 1e999')
    with pytest.raises(DataError, match=r"items\[1\]\.update: the number is too large"):
        from_json(text, "it")


def test_names_in_messages_are_visible_and_short():
    with pytest.raises(DataError) as caught:
        from_json(edited("items", 1, "uses", 0, "source", value="\x1b[2J\u202e" + "a" * 900), "it")
    assert str(caught.value).isprintable() and len(str(caught.value)) < 200
    assert r"\x1b[2J\u202eaaa" in str(caught.value)


def test_files_are_read(tmp_path):
    path = tmp_path / "net.graph.json"
    path.write_bytes(to_json(full(), times=True).replace("\n", "\r\n").encode())  # as git may check it out
    assert read_json(path) == full()
    with pytest.raises(MissingPathError, match=r"there is no file .*none\.json"):
        read_json(tmp_path / "none.json")
    with pytest.raises(DataError, match="is a folder; expected a file that holds a graph"):
        read_json(tmp_path)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(as_json, "MAX_BYTES", 2**20)
    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        stream.truncate(2**40)  # a file with a hole: it takes no room
    with pytest.raises(DataError, match="it is larger than 1 MiB"):
        read_json(path)


def test_720_items_take_little_time_and_room():
    graph = residual_net(36)
    assert len(graph.items) >= 720
    start = time.perf_counter()
    text = to_json(graph)
    middle = time.perf_counter()
    assert from_json(text, "it") == graph
    end = time.perf_counter()
    print(f"{len(graph.items)} items: {len(text)} bytes, {middle - start:.3f} s, {end - middle:.3f} s")
    assert len(text) < 2_000_000 and middle - start < 2 and end - middle < 2
    assert len(to_json(graph, values=False)) < 500_000


def test_20000_items_in_a_row_take_linear_time():
    items = {"0": Item("0", PARAMETER, "w", "", (), "float32")}
    for i in range(1, 20_000):
        items[str(i)] = Item(str(i), OP, "neg", "", (), "float32", (Use(str(i - 1), "x", True),))
    start = time.perf_counter()
    assert from_json(to_json(Graph(items)), "it") == Graph(items)
    assert time.perf_counter() - start < 10

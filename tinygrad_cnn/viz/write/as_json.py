"""A graph as JSON and back: all of it, equal text for equal graphs, lines that git can compare.

A file is untrusted: it is read strictly, and a graph that comes out of it is as consistent as a recorded one.
"""

import json
import math
from pathlib import Path
from typing import Any

from ...errors import ArgumentError, DataError, MissingPathError
from ...io.strict_json import loads
from ..graph.model import CONSTANT, FOLD, INPUT, OP, PARAMETER, Graph, Group, Item
from ..graph.stats import BINS, Stats
from ..graph.thumbnails import Thumbnail
from .json_fields import from_plain, shown, to_plain, wrong

FORMAT, VERSION = "tinygrad-cnn graph", 1
MAX_BYTES = 2**28
_WIDTH = 110  # what fits on a line of this length is not broken
_MOST_DIMENSIONS = 64
_KINDS = (OP, INPUT, PARAMETER, CONSTANT, FOLD)
_HEAD = ("root", "title", "facts", "notes")
_PICTURES = frozenset({"Item.pictures", "Item.gradient_pictures"})
_TIMES = frozenset({"Item.seconds", "Item.backward_seconds"})
_VALUES = _PICTURES | _TIMES | {f"Item.{name}" for name in ("value", "gradient", "update", "spread", "heat")}
_VALUES |= {"Item.heat_text", "Item.source", "Item.code", "Use.contribution", "Use.worked"}
_encode = json.JSONEncoder(allow_nan=False).encode


def to_json(graph: Graph, *, pictures: bool = True, values: bool = True, times: bool = False) -> str:
    r"""Write a graph as JSON; `from_json` reads it back, every number bit by bit.

    The items stand in the order of computation, the fields of each in a fixed order; fields that have
    their default are left out. What fits on one line is on one line.

    Args:
        graph: what is written.
        pictures: with the thumbnails (in base64).
        values: with what was measured: statistics, gradients, pictures, facts, and with lines of code;
            False: the structure only.
        times: with the seconds that each operation took, which differ from run to run.

    >>> print(to_json(Graph({"x": Item("x", INPUT, "x", "", (2, 3), "float32")})), end="")
    {
      "format": "tinygrad-cnn graph",
      "version": 1,
      "groups": [],
      "items": [
        {"id": "x", "kind": "input", "name": "x", "module": "", "shape": [2, 3], "dtype": "float32"}
      ]
    }
    """
    leave_out: frozenset[str] = frozenset() if times else _TIMES
    if not pictures:
        leave_out |= _PICTURES
    if not values:
        leave_out |= _VALUES
    plain: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    plain |= {name: getattr(graph, name) for name in _HEAD if getattr(graph, name)}
    if not values:
        plain.pop("facts", None)
    plain["groups"] = [to_plain(group, leave_out) for group in graph.groups.values()]
    plain["items"] = [to_plain(item, leave_out) for item in graph.items.values()]
    return _laid_out(plain) + "\n"


def from_json(text: str | bytes, name: str) -> Graph:
    """Read a graph that `to_json` wrote.

    Args:
        text: the JSON; bytes are UTF-8.
        name: what messages call it: the name of the file.

    Raises:
        DataError: it is no such graph, of a newer version, or contradicts itself; the message says where.

    >>> from_json("[]", "net.graph.json")
    Traceback (most recent call last):
    tinygrad_cnn.errors.DataError: net.graph.json is no graph that can be read: expected an object, got a list
    """
    try:
        return _read(text)
    except DataError as error:
        raise DataError(f"{name} is no graph that can be read: {error}") from error


def read_json(path: str | Path) -> Graph:
    """Read a graph from a file that `to_json` wrote.

    Raises:
        MissingPathError: there is no such file.
        DataError: as `from_json`.
    """
    place = Path(path)
    if place.is_dir():
        raise DataError(f"{path} is a folder; expected a file that holds a graph")
    try:
        with place.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingPathError(f"there is no file {path}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    return from_json(content, str(path))


def _laid_out(value: Any, indent: int = 0, taken: int = 0) -> str:
    """Write a value on one line if it fits there, else each entry on a line of its own.

    ``taken`` is how much of the line is used by its key.
    """
    if not value or not isinstance(value, dict | list | tuple) or _is_short(value):
        return _encode(value)
    if isinstance(value, dict):
        keys = [f"{_encode(key)}: " for key in value]
        parts = [k + _laid_out(v, indent + 1, len(k)) for k, v in zip(keys, value.values(), strict=True)]
    else:
        parts = [_laid_out(entry, indent + 1) for entry in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    records = indent == 1 and isinstance(value, list) and isinstance(value[0], dict)  # at least a line each
    room = _WIDTH - 2 * indent - taken - 3  # two brackets and a comma
    line = ", ".join(parts)
    if indent and not records and len(line) <= room and "\n" not in line:
        return start + line + end
    space = "\n" + "  " * (indent + 1)
    return start + space + ("," + space).join(parts) + space[:-2] + end


def _is_short(value: Any) -> bool:
    """Tell a list of a few numbers, a shape or a histogram, which stays on one line even if that is long."""
    return isinstance(value, list) and len(value) <= 32 and all(isinstance(n, int | float) for n in value)


def _read(text: str | bytes) -> Graph:
    if len(text) > MAX_BYTES:
        raise DataError(f"it is larger than {MAX_BYTES // 2**20} MiB")
    try:
        plain = loads(text.decode("utf-8") if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise DataError(f"it is no text in UTF-8: byte {error.start} is {text[error.start]:#x}") from error
    except ArgumentError as error:
        raise DataError(str(error).removeprefix("this is no strict JSON: ")) from error
    if not isinstance(plain, dict):
        raise DataError(str(wrong("", "an object", plain)).removeprefix(": "))
    _check_head(plain)
    head = {name: _head(plain, name) for name in _HEAD}
    graph = Graph(_items(plain["items"]), _groups(plain["groups"]), **head)
    _check(graph)
    return graph


def _check_head(plain: dict[str, Any]) -> None:
    if plain.get("format") != FORMAT:
        raise DataError(f'expected "format": "{FORMAT}"; save it with draw(...).save("net.graph.json")')
    version = plain.get("version")
    if version != VERSION or isinstance(version, bool):
        raise DataError(f"its version is {shown(version)} and this program reads {VERSION}; save it again")
    for name in plain:
        if name not in ("format", "version", "groups", "items", *_HEAD):
            raise DataError(f"unknown field {shown(name)}")
    for name in ("groups", "items"):
        if not isinstance(plain.get(name), list):
            raise (
                wrong(name, "a list", plain.get(name))
                if name in plain
                else DataError(f'the field "{name}" is missing')
            )


def _head(plain: dict[str, Any], name: str) -> Any:
    if name in ("root", "title"):
        text = plain.get(name, "")
        if not isinstance(text, str):
            raise wrong(name, "text", text)
        return text
    lines = plain.get(name, [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise DataError(f"{name}: expected a list of texts")
    return tuple(lines)


def _items(plain: list[Any]) -> dict[str, Item]:
    items: dict[str, Item] = {}
    for i, value in enumerate(plain):
        where = f"items[{i}]"
        item = from_plain(Item, value, where)
        if not item.id or item.id in items:
            raise DataError(f"{where}.id: {shown(item.id)} is {'there twice' if item.id else 'no id'}")
        for use in item.uses:
            if use.source not in items:  # so there can be no circle
                raise DataError(
                    f"{where} ({shown(item.id)}) uses {shown(use.source)}, which is no earlier item"
                )
        _check_item(item, where)
        items[item.id] = item
    return items


def _groups(plain: list[Any]) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for i, value in enumerate(plain):
        group = from_plain(Group, value, f"groups[{i}]")
        if not group.id or group.id in groups:
            raise DataError(f"groups[{i}].id: {shown(group.id)} is {'there twice' if group.id else 'no id'}")
        groups[group.id] = group
    return groups


def _check(graph: Graph) -> None:
    """Refuse references to what does not exist, and groups that contain themselves."""
    if graph.root and graph.root not in graph.items:
        raise DataError(f"root: there is no item {shown(graph.root)}")
    for item in graph.items.values():
        if item.module and item.module not in graph.groups:
            raise DataError(
                f"the item {shown(item.id)} lies in the group {shown(item.module)}, which is not there"
            )
    done: set[str] = set()
    for group in graph.groups.values():
        chain: set[str] = set()
        here = group.id
        while here and here not in done:
            if here in chain:
                raise DataError(f"the group {shown(here)} lies in itself")
            if here not in graph.groups:
                raise DataError(f"the group {shown(group.id)} lies in {shown(here)}, which is not there")
            chain.add(here)
            here = graph.groups[here].parent
        done |= chain


def _check_item(item: Item, where: str) -> None:
    if item.kind not in _KINDS:
        raise DataError(f"{where}.kind: expected one of {', '.join(_KINDS)}, got {shown(item.kind)}")
    if len(item.shape) > _MOST_DIMENSIONS:
        raise DataError(f"{where}.shape: {len(item.shape)} dimensions; {_MOST_DIMENSIONS} is the most")
    measured = [("value", item.value), ("gradient", item.gradient)]
    measured += [(f"uses[{i}].contribution", use.contribution) for i, use in enumerate(item.uses)]
    for name, stats in measured:
        if stats is not None and (problem := _problem(stats)):
            raise DataError(f"{where}.{name}: {problem}")
    for picture in item.pictures + item.gradient_pictures:
        if problem := _problem_of_picture(picture):
            raise DataError(f"{where}: a picture has {problem}")


def _problem(stats: Stats) -> str:
    """Say what contradicts itself in statistics; empty if nothing does."""
    if len(stats.shape) > _MOST_DIMENSIONS:
        return f"{len(stats.shape)} dimensions; {_MOST_DIMENSIONS} is the most"
    if math.prod(stats.shape) != stats.size:
        return "its size is not the product of its shape"
    if len(stats.bins) != BINS:
        return f"its histogram has {len(stats.bins)} bins, not {BINS}"
    if max(stats.zeros + stats.nans + stats.infs, max(stats.bins)) > stats.size:
        return "more values are counted than there are"
    return ""


def _problem_of_picture(picture: Thumbnail) -> str:
    if picture.channels not in (1, 3) or (picture.signed and picture.channels != 1):
        return f"{picture.channels} channels; 1 is grey or signed, 3 is colour"
    size = picture.height * picture.width * picture.channels
    if not size or len(picture.pixels) != size:
        return f"{len(picture.pixels)} bytes, not {picture.height} x {picture.width} x {picture.channels}"
    return ""

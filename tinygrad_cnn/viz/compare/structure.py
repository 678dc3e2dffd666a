"""What two graphs are made of, compared: items, edges, modules, order; no measured number."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ...errors import ArgumentError
from ..graph.model import Graph, Group, Item
from ..write.words import clean, shape_text

LONGEST = 80  # characters of a name from a user
LONGEST_MESSAGE = 240


class HasGraph(Protocol):
    """A picture, or anything else with a graph."""

    @property
    def graph(self) -> Graph: ...


@dataclass(frozen=True)
class Change:
    """One property that differs, in words: what, before, after."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what} {self.before} -> {self.after}"


def graph_of(thing: Graph | HasGraph) -> Graph:
    """Give the graph itself, or that of a picture.

    Raises:
        ArgumentError: neither a graph nor something that has one.

    >>> graph_of(3)
    Traceback (most recent call last):
    tinygrad_cnn.errors.ArgumentError: expected a picture from draw(...) or its graph, got int
    """
    graph = getattr(thing, "graph", thing)
    if not isinstance(graph, Graph):
        raise ArgumentError(f"expected a picture from draw(...) or its graph, got {type(thing).__name__}")
    return graph


def changes_of_item(before: Item, after: Item) -> tuple[Change, ...]:
    """List what differs between two items of the same id, but for what was measured.

    >>> x = Item("x", "input", "x", "", (8, 3), "float32")
    >>> [str(c) for c in changes_of_item(x, Item("x", "input", "x", "", (8, 4), "float32"))]
    ['shape 8x3 -> 8x4']
    """
    found = [
        Change(what, old, new)
        for (what, old), (_, new) in zip(_texts(before), _texts(after), strict=True)
        if old != new
    ]
    told = before.tracked != after.tracked  # then its edges changed alike, which needs no second word
    old_uses, new_uses = _uses(before, told), _uses(after, told)
    if old_uses != new_uses:
        found.append(Change("uses", _list(old_uses, new_uses), _list(new_uses, old_uses)))
    return tuple(found)


def changes_around(before: Graph, after: Graph) -> tuple[str, ...]:
    """List what differs between two graphs beside their items: modules, the loss, the order."""
    found = [f"module {name(g)} is in the first only" for g in before.groups if g not in after.groups]
    found += [f"module {name(g)} is in the second only" for g in after.groups if g not in before.groups]
    for key, group in before.groups.items():
        if key in after.groups:
            found += [f"module {name(key)}: {change}" for change in _group(group, after.groups[key])]
    if before.root != after.root:
        found.append(f"the gradient enters at {name(after.root)}, not at {name(before.root)}")
    for old, new in zip(_shared(before, after), _shared(after, before), strict=True):
        if old != new:
            found.append(f"the order of computation differs: {name(new)} comes where {name(old)} came")
            break
    return tuple(found)


def name(text: str) -> str:
    """Write a name from a user for a line of text."""
    return clean(text, LONGEST) or '""'


def _texts(item: Item) -> Iterator[tuple[str, str]]:
    yield "operation", f"{name(item.name)}" if item.is_op else f"{item.kind} {name(item.name)}"
    yield "shape", shape_text(item.shape)
    yield "dtype", name(item.dtype)
    yield "settings", name(item.settings or "-")
    yield "module", name(item.module or "-")
    yield "gradient", "asked for" if item.tracked else "not asked for"
    yield "error", clean(item.failed or "-", LONGEST_MESSAGE)


def _uses(item: Item, told: bool) -> list[tuple[str, str, bool]]:
    return [(use.name, use.source, use.tracked or told) for use in item.uses]


def _list(uses: list[tuple[str, str, bool]], others: list[tuple[str, str, bool]]) -> str:
    """Write the uses that the others lack; all of them if only the order differs."""
    missing = set(others)
    shown = [use for use in uses if use not in missing] or (uses if len(uses) == len(others) else [])
    words = [f"{name(use)} = {name(source)}{'' if on else ' without gradient'}" for use, source, on in shown]
    return ", ".join(words[:4] + (["..."] if len(words) > 4 else [])) or "-"


def _group(before: Group, after: Group) -> Iterator[Change]:
    for what, old, new in (
        ("path", before.path, after.path),
        ("type", before.type, after.type),
        ("lies in", before.parent or "-", after.parent or "-"),
        ("parameters", f"{before.parameters:,}", f"{after.parameters:,}"),
    ):
        if old != new:
            yield Change(what, name(old), name(new))


def _shared(graph: Graph, other: Graph) -> list[str]:
    return [key for key in graph.items if key in other.items]

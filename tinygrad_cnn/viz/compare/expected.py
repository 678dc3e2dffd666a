"""A graph that a test holds in a file: the test fails when the model is built otherwise, and says how."""

import os
from collections.abc import Iterator
from pathlib import Path

from ...errors import ArgumentError, DataError, MissingPathError
from ...io.files import atomic_write
from ..graph.model import Graph, Item
from ..graph.stats import Stats
from ..write.as_json import read_json, to_json
from ..write.words import number
from .rows import row
from .structure import HasGraph, changes_around, graph_of, name

VARIABLE = "TINYGRAD_CNN_UPDATE_GRAPHS"
_MOST_LINES = 20


def assert_graph(
    picture_or_graph: Graph | HasGraph,
    path: str | Path,
    *,
    values: bool = False,
    rtol: float = 1e-3,
    update: bool | None = None,
) -> None:
    """Fail a test if a graph is not the one in a file.

    Compared are ids, operations, settings, shapes, dtypes, edges, modules and the order; with ``values`` also
    the statistics, where two numbers a, b of an array are equal if abs(a - b) <= rtol * max(abs(a), abs(b),
    rms), and counts of zeros if they differ by at most rtol * size; NaN and infinities are counted exactly.

    Args:
        picture_or_graph: what `draw` gave.
        path: a file whose name ends with ``.json``, which `draw(...).save` wrote.
        values: compare the statistics as well.
        rtol: relative tolerance for them.
        update: True writes the file if it is missing or differs, instead of failing; False never does; None
            does as the environment variable ``TINYGRAD_CNN_UPDATE_GRAPHS`` says (1 is True).

    Raises:
        AssertionError: the graph differs; the message lists how.
        MissingPathError: there is no such file.
        DataError: the file holds no graph.

    >>> import tempfile
    >>> from tinygrad_cnn.viz.graph.model import INPUT
    >>> x = Graph({"x": Item("x", INPUT, "x", "", (2, 3), "float32")})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "net.graph.json")
    ...     assert_graph(x, path, update=True)
    ...     assert_graph(x, path)
    """
    graph = graph_of(picture_or_graph)
    if not 0 <= rtol < 1:
        raise ArgumentError(f"rtol={rtol}: expected a relative tolerance from 0 to 1")
    if not str(path).endswith(".json"):
        raise ArgumentError(f"{path}: expected a file whose name ends with .json")
    if _updates() if update is None else update:
        _update(graph, path, values, rtol)
        return
    try:
        found = mismatches(read_json(path), graph, values, rtol)
    except MissingPathError as error:
        advice = f'write it once with draw(...).save("{Path(path).name}") or {VARIABLE}=1, and look at it'
        raise MissingPathError(f"there is no graph {path} to compare with; {advice}") from error
    if found:
        raise AssertionError(_message(found, path))


def mismatches(expected: Graph, graph: Graph, values: bool, rtol: float) -> list[str]:
    """List what differs, a line each, in the order of computation."""
    if values and _has_values(graph) and not _has_values(expected):
        return ["the file has no values; it was written without them"]
    found = [f"{name(key)} is no longer there" for key in expected.items if key not in graph.items]
    for key, item in graph.items.items():
        if key not in expected.items:
            found.append(f"{name(key)} is new")
            continue
        before = expected.items[key]
        found += [f"{name(key)}: {change}" for change in row(before, item).changes]
        found += [f"{name(key)}: {line}" for line in _values(before, item, rtol)] if values else []
    return found + list(changes_around(expected, graph))


def _has_values(graph: Graph) -> bool:
    return any(item.value or item.gradient for item in graph.items.values())


def _updates() -> bool:
    text = os.environ.get(VARIABLE, "")
    if text not in ("", "0", "1"):
        raise ArgumentError(f"{VARIABLE}={text!r}: expected 1 (write the files) or 0 (compare with them)")
    return text == "1"


def _update(graph: Graph, path: str | Path, values: bool, rtol: float) -> None:
    """Write the file, unless it agrees: numbers within the tolerance would only make noise in git."""
    try:
        if not mismatches(read_json(path), graph, values, rtol):
            return
    except (MissingPathError, DataError):
        pass
    atomic_write(path, to_json(graph, pictures=False, values=values))


def _message(found: list[str], path: str | Path) -> str:
    places = f"{len(found):,} places" if len(found) > 1 else "1 place"
    lines = [f"the graph differs from {path} in {places} (file -> now):"]
    lines += [f"  {line}" for line in found[:_MOST_LINES]]
    if len(found) > _MOST_LINES:
        lines.append(f"  ... and {len(found) - _MOST_LINES:,} more")
    return "\n".join([*lines, f"if that is wanted, run the test once with {VARIABLE}=1"])


def _values(before: Item, after: Item, rtol: float) -> Iterator[str]:
    yield from _stats("value", before.value, after.value, rtol)
    yield from _stats("gradient", before.gradient, after.gradient, rtol)


def _stats(what: str, before: Stats | None, after: Stats | None, rtol: float) -> Iterator[str]:
    if before is None or after is None:
        if before is not after:
            words = ["not computed" if stats is None else "computed" for stats in (before, after)]
            yield f"{what} {words[0]} -> {words[1]}"
        return
    if found := list(_numbers(before, after, rtol)):
        yield f"{what} {', '.join(found[:3])}"


def _numbers(before: Stats, after: Stats, rtol: float) -> Iterator[str]:
    for field in ("nans", "infs", "zeros"):
        a, b = getattr(before, field), getattr(after, field)
        if abs(a - b) > (rtol * before.size if field == "zeros" else 0):
            yield f"{field} {a:,} -> {b:,}"
    for field in ("rms", "mean", "std", "min", "max"):
        a, b = getattr(before, field), getattr(after, field)
        both_missing = a != a and b != b
        if not both_missing and not abs(a - b) <= rtol * max(abs(a), abs(b), before.rms):
            yield f"{field} {number(a)} -> {number(b)}"

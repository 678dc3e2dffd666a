"""What the closures of an operation keep for the backward pass."""

from collections.abc import Iterable, Iterator
from types import CellType, FunctionType
from typing import Any

import numpy as np

from ...core import Node, Tensor

_WORDS = {"picked": "argmax", "where_positive": "1[Y > 0]"}


def saved_by(node: Node, held: Iterable[tuple[str, Any]] | None = None) -> tuple[str, ...]:
    """Name what a node keeps: its inputs in capitals (X), its result (Y), and other arrays.

    ``held`` is what `captured` gives for it, where that is known already.
    """
    names = [_word(name) for name, _ in (captured(node) if held is None else held)]
    if node.array is not None:
        names.append("Y")
    return tuple(dict.fromkeys(names))


def captured(node: Node) -> Iterator[tuple[str, Any]]:
    """Go through the tensors and arrays that the closures of a node hold, with the names they have there."""
    seen: set[int] = set()
    for closure in node.closures or ():
        if not isinstance(closure, FunctionType):
            continue
        for name, cell in zip(closure.__code__.co_freevars, closure.__closure__ or (), strict=True):
            value = _content(cell)
            if isinstance(value, Tensor | np.ndarray) and id(value) not in seen:
                seen.add(id(value))
                yield name, value


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a variable that was never assigned
        return None


def _word(name: str) -> str:
    return _WORDS.get(name, name.upper() if len(name) == 1 else name)

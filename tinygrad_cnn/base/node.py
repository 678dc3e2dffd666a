"""The graph: what operations leave behind.

A node refers to the nodes and leaf tensors that it came from, never to their data. Nodes are numbered as
they are made, so walking them by falling number is walking the graph backward; nothing here recurses.
"""

from collections.abc import Callable
from itertools import count
from operator import attrgetter
from types import CodeType
from typing import Any, Union

import numpy as np

from .values import Held
from .watch import Stamp

Source = Union["Node", Held]
Closure = Callable[..., Any]
number_nodes = count()


class Node:
    """One recorded operation: its name, what it came from, and one closure per input that needs a
    gradient."""

    __slots__ = (
        "__weakref__",
        "array",
        "closures",
        "dtype",
        "hooks",
        "inputs",
        "number",
        "op",
        "place",
        "shape",
        "stamps",
    )

    op: str
    inputs: list["Source | None"]  # None: an input that needs no gradient
    closures: list[Closure | None] | None  # None: dropped after a backward pass
    array: np.ndarray | None  # the result, kept only if a closure takes it
    shape: tuple[int, ...]
    dtype: np.dtype
    stamps: tuple[Stamp, ...]  # what the leaves held when the closures were made
    place: tuple[CodeType, int]  # the line of code that called the operation, unresolved
    hooks: list[Any] | None
    number: int

    def release(self) -> None:
        """Drop what only a backward pass needs; names and shapes stay."""
        self.closures = self.array = None
        self.stamps = ()

    def where(self) -> tuple[str, int]:
        """Give the file and the line that made this node."""
        code, offset = self.place
        lines = list(code.co_positions())
        return code.co_filename, lines[offset // 2][0] or code.co_firstlineno


def ancestors(root: Node) -> list[Node]:
    """List a node and all nodes that it came from, newest first."""
    seen = {root}
    todo = [root]
    while todo:
        for source in todo.pop().inputs:
            if type(source) is Node and source not in seen:
                seen.add(source)
                todo.append(source)
    return sorted(seen, key=attrgetter("number"), reverse=True)


def leading_to(order: list[Node], keys: set[Any]) -> set[Any]:
    """Pick the nodes (and leaves) through which a gradient reaches one of the keys."""
    needed = set(keys)
    for node in reversed(order):
        if any(source in needed for source in node.inputs):
            needed.add(node)
    return needed

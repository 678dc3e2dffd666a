"""What a function depends on besides its arguments: random generators, modules, tensors that are not learnt.

They are looked for in everything that can be reached from the function: what it captures, its attributes (of
a module: all below it), the global names in its code, and its arguments.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

from ..base.closures import PACKAGE, captured
from ..core import Tensor, default_generator

LIBRARIES = (PACKAGE, "numpy")  # their functions hold nothing of the user's in global names
MOST = 10_000  # things in a list that are looked through; longer ones are data


class State:
    """All of it as it is now, so that a later run of the function can start from there."""

    def __init__(self, roots: list[Any], generators: bool) -> None:
        self.tensors: list[tuple[Tensor, np.ndarray]] = []
        self.generators: list[tuple[Any, Any]] = []
        self.attributes: list[tuple[dict[str, Any], dict[str, Any]]] = []  # of modules: now, and a copy
        if generators:
            self._keep(default_generator())
        for held in reachable(roots):
            if isinstance(held, Tensor):
                if held.node is None and not held.requires_grad:
                    self.tensors.append((held, _values(held)))
            elif generators and isinstance(held, np.random.Generator) and held is not default_generator():
                self._keep(held)
            elif "training" in (attributes := getattr(held, "__dict__", {})):
                self.attributes.append((attributes, dict(attributes)))

    def _keep(self, generator: Any) -> None:
        self.generators.append((generator, generator.bit_generator.state))

    @contextmanager
    def as_before(self) -> Iterator[None]:
        """Bring all of it to where it was, and back again after the block."""
        arrays = [(t, _values(t)) for t, _ in self.tensors]
        states = [(g, g.bit_generator.state) for g, _ in self.generators]
        attributes = [(now, dict(now)) for now, _ in self.attributes]
        try:
            self._set(self.tensors, self.generators, self.attributes)
            yield
        finally:
            self._set(arrays, states, attributes)

    @staticmethod
    def _set(
        tensors: list[tuple[Tensor, np.ndarray]],
        generators: list[tuple[Any, Any]],
        attributes: list[tuple[dict[str, Any], dict[str, Any]]],
    ) -> None:
        for now, kept in attributes:
            for name in [name for name in now if name not in kept]:
                del now[name]
            now.update({name: value for name, value in kept.items() if now.get(name, now) is not value})
        for t, array in tensors:
            if t.array is not array:
                t.replace(array)
        for generator, state in generators:
            generator.bit_generator.state = state


def _values(t: Tensor) -> np.ndarray:
    """Give what a tensor holds now; arrays inside of tensors are never written into, unless handed out."""
    return t.array if t.watch is None else t.array.copy()


def reachable(roots: list[Any]) -> Iterator[Any]:
    """Go through everything that some objects hold, each once."""
    todo = list(roots)
    kept: dict[int, Any] = {}  # held here, so that no address is used again
    while todo:
        held = todo.pop()
        if id(held) in kept:
            continue
        kept[id(held)] = held
        yield held
        if isinstance(held, FunctionType) and not held.__module__.startswith(LIBRARIES):
            todo += inspect.getclosurevars(held).globals.values()
        if not isinstance(held, Tensor | np.ndarray | str | bytes | np.random.Generator):
            within = captured(held)
            todo += within if len(within) <= MOST else ()

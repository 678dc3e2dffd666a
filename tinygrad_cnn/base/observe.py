"""Watching what the engine does: the one door for recorders, open only while one of them is at work.

Typed as Any is what the engine hands over: tensors, and sources, which are nodes or leaves.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from .node import Node

# How many observers there are in all threads: the engine looks at this first, which costs next to nothing.
observers: list["Observer"] = []
_current: ContextVar["Observer | None"] = ContextVar("observer", default=None)


class Observer:
    """The base of what watches: `with` lets it see this thread's computations; override what you need."""

    def __enter__(self) -> Any:
        self._token = _current.set(self)
        observers.append(self)
        return self

    def __exit__(self, *_: Any) -> None:
        observers.remove(self)
        _current.reset(self._token)

    def computed(
        self, op: str, args: tuple[Any, ...], settings: dict[str, Any], y: Any, seconds: float
    ) -> None:
        """An operation has given ``y``."""

    def called(self, module: Any, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """A module is called; this has to call it, and to give its result."""
        return forward(*args, **kwargs)

    def started(self, y: Any, seed: Any, release: bool) -> None:
        """A backward pass begins; with ``release``, it drops the closures on its way."""

    def ended(self) -> None:
        """A backward pass is over, or has failed."""

    def arrived(self, source: Any, g: Any) -> None:
        """The gradient of a node or a leaf is complete; the closures of a node come next."""

    def contributed(self, node: Node, position: int, g: Any, d: Any) -> None:
        """The closure of a node for one of its inputs has turned ``g`` into ``d``."""


def current() -> Observer | None:
    """Give the observer of this thread or task, if there is one."""
    return _current.get()

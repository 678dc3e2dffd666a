"""Functions that are hung onto a tensor or a module: calling them, and taking them off again."""

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, GraphError, ShapeError


class HookHandle:
    """What `register_hook` returns: `remove()` takes the hook off again."""

    def __init__(self, hooks: list[Any], hook: Any) -> None:
        self._hooks: list[Any] | None = hooks
        self._hook = hook

    def remove(self) -> None:
        """Take the hook off; a second call does nothing, also where the same function was hung on twice."""
        hooks, self._hooks = self._hooks, None
        places = [i for i, hook in enumerate(hooks or ()) if hook is self._hook]
        if hooks and places:
            del hooks[places[0]]


def hang(owner: Any, hook: Any) -> HookHandle:
    """Hang a hook onto a leaf or a node, behind those that it has."""
    if not callable(hook):
        raise ArgumentError(f"a hook is a function of the gradient, got {type(hook).__name__}")
    owner.hooks = [] if owner.hooks is None else owner.hooks
    owner.hooks.append(hook)
    return HookHandle(owner.hooks, hook)


def run_hooks(hooks: list[Any] | None, g: Any, own: Callable[[Any], Any]) -> Any:
    """Call the hooks of a leaf or a node with its gradient; what they return replaces it.

    Each gets a tensor of its ``own``: what it writes into its ``data`` counts here, and nowhere else.
    """
    for hook in tuple(hooks or ()):
        g = own(g)
        replacement = hook(g)
        if replacement is None:
            continue
        if not isinstance(replacement, type(g)):
            raise GraphError(f"a hook returned {type(replacement).__name__}; return a tensor (or None)")
        if replacement.shape != g.shape:
            raise ShapeError(f"a hook returned shape {replacement.shape} for a gradient of shape {g.shape}")
        g = replacement
    return g

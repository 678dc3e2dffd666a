"""The way to take off again what was hung onto a tensor or a module."""

from typing import Any


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

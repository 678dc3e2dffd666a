"""The way to take off again what was hung onto a tensor or a module."""

from typing import Any


class HookHandle:
    """What `register_hook` returns: `remove()` takes the hook off again."""

    def __init__(self, hooks: list[Any], hook: Any) -> None:
        self._hooks, self._hook = hooks, hook

    def remove(self) -> None:
        """Take the hook off; a second call does nothing."""
        if self._hook in self._hooks:
            self._hooks.remove(self._hook)

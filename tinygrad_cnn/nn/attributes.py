"""What may become an attribute of a module: the checks that keep parameters from getting lost in silence."""

import inspect
from typing import Any

from ..core import Tensor
from ..errors import ArgumentError, CnnError


class NotInitialisedError(CnnError, AttributeError):
    """A module that is given parameters before ``super().__init__()`` has run."""


class MissingNameError(CnnError, AttributeError):
    """A path that leads to nothing, or to something of another kind."""


def as_path(target: Any) -> str:
    """Give a path of names with dots between them, and refuse what is none."""
    if not isinstance(target, str):
        raise ArgumentError(f"a path is text such as '0.weight', got {type(target).__name__}")
    return target


def found(owner: Any, target: str, name: str, kind: type) -> Any:
    """Give the attribute of a module that is a submodule, parameter or buffer, on the way along a path."""
    value = owner.__dict__.get(name)
    wanted = {"Tree": "submodule", "Parameter": "parameter", "Tensor": "buffer"}[kind.__name__]
    if not isinstance(value, kind) or (wanted == "buffer" and name not in owner._buffers):
        there = [n for n, v in owner.__dict__.items() if isinstance(v, kind)]
        there = [n for n in there if wanted != "buffer" or n in owner._buffers]
        raise MissingNameError(
            f"{type(owner).__name__} has no {wanted} {name!r} (in the path {target!r}); "
            + (f"it has {', '.join(there)}" if there else "it has none")
        )
    return value


def check_name(owner: Any, name: Any) -> None:
    """Raise if a parameter, buffer or submodule cannot be kept under this name."""
    kind = type(owner).__name__
    if "_buffers" not in owner.__dict__:
        raise NotInitialisedError(
            f"{kind}.{name} is assigned before super().__init__() has run; call it first in {kind}.__init__"
        )
    if not isinstance(name, str) or not name or "." in name:
        raise ArgumentError(f"{kind}: a name must be text without dots and not empty, got {name!r}")
    if inspect.isroutine(getattr(type(owner), name, None)):
        raise ArgumentError(f"{kind}.{name} is a method and cannot be replaced; choose another name")


def check_free(owner: Any, name: str, value: Any, kind: type) -> None:
    """Raise if a value is not of the kind that is registered, or would hide an attribute of another kind."""
    if value is not None and not isinstance(value, kind):
        raise ArgumentError(
            f"{type(owner).__name__}.{name} must be a {kind.__name__} or None, got {type(value).__name__}"
        )
    old = owner.__dict__.get(name)
    if hasattr(owner, name) and old is not None and not isinstance(old, kind):
        raise ArgumentError(f"{type(owner).__name__} already has an attribute {name!r}; choose another name")


def check_replacement(owner: Any, name: str, value: Any, registered: tuple[type, ...]) -> None:
    """Raise if a plain value would take the place of a parameter, submodule or buffer."""
    old = owner.__dict__.get(name)
    expected = next((kind for kind in registered if isinstance(old, kind)), None)
    if expected is None and name in owner._buffers and not isinstance(value, Tensor):
        expected = Tensor
    if expected is not None:
        raise ArgumentError(
            f"{type(owner).__name__}.{name} is a {expected.__name__}, and {type(value).__name__} cannot take "
            f"its place; assign a {expected.__name__} or None, or delete it first"
        )


def check_acyclic(owner: Any, name: str, child: Any) -> None:
    """Raise if a submodule contains the module that it is assigned to."""
    if any(module is owner for module in child.modules()):
        raise ArgumentError(f"{type(owner).__name__}.{name} would make the module a part of itself")


def check_not_hidden(owner: Any, name: str, values: Any, registered: tuple[type, ...]) -> None:
    """Raise if a list, tuple or dictionary holds what only an attribute of its own can register."""
    hidden = [
        v for v in (values.values() if isinstance(values, dict) else values) if isinstance(v, registered)
    ]
    if hidden:
        kinds = ", ".join(dict.fromkeys(type(v).__name__ for v in hidden))
        modules, parameters = (any(isinstance(v, kind) for v in hidden) for kind in reversed(registered))
        wanted = "" if modules and parameters else "Module" if modules else "Parameter"
        advice = f"nn.{wanted}{'Dict' if isinstance(values, dict) else 'List'}, or " if wanted else ""
        raise ArgumentError(
            f"{type(owner).__name__}.{name} is a {type(values).__name__} that hides {kinds} from "
            f"parameters(), so nothing in it would learn; use {advice}one attribute each "
            "(to hide on purpose: object.__setattr__)"
        )

"""Looking into backward closures: how many arguments they take, and which tensors and arrays they hold.

The engine asks this when an operation is recorded (what must be kept and watched), and again when a value
has changed before the backward pass (does any closure read it?).
"""

import inspect
import sys
from collections.abc import Callable, Container, Sequence
from functools import partial
from inspect import CO_VARARGS
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

PACKAGE = __name__.partition(".")[0] + "."
EVERY_INPUT = range(sys.maxsize)


def takes_one(closure: Callable[..., Any] | None) -> bool:
    """Say whether a closure is ``grad_x(g)`` rather than ``grad_x(g, y)``; arguments with defaults do not
    count."""
    if type(closure) is FunctionType:
        count = closure.__code__.co_argcount
        return count < 2 or count - len(closure.__defaults__ or ()) < 2
    if closure is None:
        return True
    wanted = [p for p in inspect.signature(closure).parameters.values() if p.default is p.empty]
    return len([p for p in wanted if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]) < 2


def captured_inputs(forward: Callable[..., Any], inputs: tuple[str, ...]) -> Container[int]:
    """Read from its code which inputs of an operation its closures mention, by position.

    The package's own operations mention what they need by name. Others may reach it in ways that their code
    does not show (another name, a `partial`, an object), so every input counts.
    """
    if not forward.__module__.startswith(PACKAGE):
        return EVERY_INPUT
    names = {name for code in _nested(forward.__code__) for name in code.co_freevars}
    if forward.__code__.co_flags & CO_VARARGS and names.intersection(inputs):
        return EVERY_INPUT
    return frozenset(i for i, name in enumerate(inputs) if name in names)


def may_take_result(forward: Callable[..., Any]) -> bool:
    """Read from its code whether a closure of an operation could be ``grad_x(g, y)``."""
    own = forward.__module__.startswith(PACKAGE)
    return not own or any(code.co_argcount > 1 for code in _nested(forward.__code__))


def _nested(code: CodeType) -> list[CodeType]:
    """List the functions that are defined inside of a function, at any depth."""
    found = [c for c in code.co_consts if isinstance(c, CodeType)]
    return found + [inner for c in found for inner in _nested(c)]


def mentions(closure: Callable[..., Any] | None, leaf: Any, arrays: Sequence[np.ndarray]) -> bool:
    """Say whether a closure would read the leaf, or memory that it shares with one of the arrays."""
    todo: list[Any] = [closure]
    kept: dict[int, Any] = {}  # held here, so that no address is used again
    while todo:
        held = todo.pop()
        if held is leaf or shares_memory(held, arrays):
            return True
        if id(held) not in kept:
            kept[id(held)] = held
            todo += captured(held)
    return False


def captured(held: Any) -> list[Any]:
    """List what a function, a container or any other object holds."""
    if isinstance(held, FunctionType):
        variables = inspect.getclosurevars(held).nonlocals.values()
        return [*variables, *(held.__defaults__ or ()), *(held.__kwdefaults__ or {}).values()]
    if isinstance(held, partial):
        return [held.func, *held.args, *held.keywords.values()]
    if isinstance(held, MethodType):
        return [held.__self__, held.__func__]
    if isinstance(held, list | tuple | set | frozenset):
        return list(held)
    if isinstance(held, dict):
        return list(held.values())
    if isinstance(held, ModuleType | type):
        return []
    return list(getattr(held, "__dict__", {}).values())


def shares_memory(held: Any, arrays: Sequence[np.ndarray]) -> bool:
    """Say whether something is an array, or a tensor around one, in the memory of one of the arrays."""
    array = getattr(held, "array", held)
    return isinstance(array, np.ndarray) and any(np.may_share_memory(array, other) for other in arrays)

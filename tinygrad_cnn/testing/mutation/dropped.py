"""Dropped terms: a closure that calls an operation by name, with that call reduced to one of its operands.

The closure's code stays as it is; only what a name means to it changes.
"""

import inspect
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ...core import Op, Tensor, wrap
from .bugs import Bug
from .changes import Call, Closure

# name -> what is left of the call


def _first(a: Any, b: Any) -> Tensor:
    """Give the first operand: as a tensor, also where it is a plain number, since the next operation asks."""
    return a if isinstance(a, Tensor) else wrap(np.asarray(a, b.array.dtype))


REDUCED: dict[str, Callable[..., Any]] = {
    "sub": _first,
    "div": _first,
    "neg": lambda x: x,
    "unbroadcast": lambda g, shape: g,
}


def dropped_terms(record: Op, k: int) -> list[Bug]:
    """List the bugs that drop one operation from the closure of one input."""
    code = _closure_code(record, k)
    if code is None:
        return []
    return [
        Bug(f"without its {name}", _code_of(record.name, name), _drop(name))
        for name in REDUCED
        if name in code.co_names
    ]


def _closure_code(record: Op, k: int) -> CodeType | None:
    wanted = f"grad_{record.inputs[k]}"
    for constant in record.forward.__code__.co_consts:
        if isinstance(constant, CodeType) and constant.co_name == wanted:
            return constant
    return None


def _code_of(op: str, name: str) -> str:
    """Say which diagnosis fits."""
    if name == "neg":
        return "sign"
    if name == "unbroadcast":
        return "not-unbroadcast"
    if op in ("softmax", "log_softmax"):
        return "jacobian-missing"
    if op == "mean":
        return "factor"
    return "missing-factor" if name == "div" or op == "pow" else "dropped-term"


def _drop(name: str) -> Callable[[Call], Closure]:
    def change(call: Call) -> Closure:
        original = _unwrapped(call.right)
        if original is None or name not in original.__code__.co_names:
            return call.right
        own = {**original.__globals__, name: REDUCED[name]}
        changed = FunctionType(
            original.__code__, own, original.__name__, original.__defaults__, original.__closure__
        )
        return changed if original.__code__.co_argcount > 1 else lambda g, y: changed(g)

    return change


def _unwrapped(closure: Any) -> FunctionType | None:
    """Find the closure as it was written, under the wrapper that gives it the result."""
    inner = inspect.getclosurevars(closure).nonlocals.get("closure", closure)
    return inner if isinstance(inner, FunctionType) else None

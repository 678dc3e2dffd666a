"""What a call of an operation leaves in the graph: where it came from, and what backward needs of it."""

import os
import sys
from collections.abc import Callable
from inspect import CO_VARARGS
from typing import Any

import numpy as np

from ..errors import GraphError
from .closures import captured_inputs, may_take_result, takes_one
from .node import Node, number_nodes
from .values import Held
from .watch import stamp

Recorder = Callable[[tuple[Held, ...], np.ndarray, tuple[Any, ...]], Node]

FOLDER = __file__.removesuffix("record.py").removesuffix(f"base{os.sep}")
# Name of an operation -> what replaces (value, *closures) of its calls: for tests that plant mistakes.
planted: dict[str, Callable[[tuple[Held, ...], tuple[Any, ...]], tuple[Any, ...]]] = {}
_frame = sys._getframe
_new_node = Node.__new__


def recorder(name: str, forward: Callable[..., Any], inputs: tuple[str, ...]) -> Recorder:
    """Make the function that records calls of one operation; what its code tells is read once, here."""
    captured = captured_inputs(forward, inputs)
    may_keep_result = may_take_result(forward)
    variadic = bool(forward.__code__.co_flags & CO_VARARGS)
    most = sys.maxsize if variadic else len(inputs) + 1

    def record(args: tuple[Held, ...], y: np.ndarray, result: tuple[Any, ...]) -> Node:
        if not len(args) < len(result) <= most:
            raise _wrong_count(name, len(args), result)
        keep = may_keep_result
        if planted and name in planted:
            result, keep = planted[name](args, result), True
        node = _new_node(Node)
        sources: list[Any] = []
        closures: list[Any] = []
        node.inputs, node.closures = sources, closures
        node.array = None
        node.stamps = ()
        for x, closure in zip(args, result[1:]):  # noqa: B905  # inputs that were left out have closures, too
            source: Any = None
            if x is not None:
                source = x.node
                if source is None:
                    # what no closure mentions and nobody outside holds, a change cannot reach
                    if len(sources) in captured or x.watch is not None:
                        node.stamps = (*node.stamps, stamp(x))
                    if x.requires_grad:
                        source = x
            sources.append(source)
            closures.append(None if source is None else closure)
            if keep and source is not None and not takes_one(closure):
                node.array = y
        node.op, node.hooks = name, None
        node.shape, node.dtype = y.shape, y.dtype
        node.number = next(number_nodes)
        node.place = user_place()
        return node

    return record


def _wrong_count(name: str, tensors: int, result: Any) -> GraphError:
    if isinstance(result, np.ndarray):
        return GraphError(
            f"{name} returned an array only; return the value, then one closure (or None) per tensor"
        )
    return GraphError(
        f"{name} returned {len(result) - 1} backward closures for {tensors} tensors; "
        "return the value, then one closure (or None) per tensor; constants go behind a * in the signature"
    )


def user_place() -> tuple[Any, int]:
    """Note the innermost line outside of this package: code object and offset, resolved when asked for."""
    frame = _frame(4)  # who called: user_place, record, finish and the way through the operation lie between
    while frame.f_code.co_filename.startswith(FOLDER) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code, frame.f_lasti

"""What the user's code calls a tensor, and where it stands: read from the frames that are running."""

import linecache
import sys
from collections.abc import Iterator
from functools import lru_cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from ...base.record import FOLDER
from ...core import Node, Tensor
from ...nn import Module
from .trace import Place

_DEEPEST = 4  # frames of the user's that are searched for a name


def user_frames(depth: int = 1) -> Iterator[FrameType]:
    """Go through the running frames outside of this package, innermost first."""
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(FOLDER):
            yield frame
        frame = frame.f_back


def variable_of(tensor: Tensor, frames: list[FrameType]) -> str:
    """Find the name of a tensor: a variable, or a parameter of a model that is a variable; else ""."""
    found = [_variables(frame) for frame in frames[:_DEEPEST]]
    for variables in found:
        for name, value in variables:
            if value is tensor and not name.startswith("_") and name.isidentifier():
                return name
    for variables in found:
        for _, value in variables:
            if isinstance(value, Module):
                path = next((path for path, p in value.named_parameters() if p is tensor), "")
                if path:
                    return path
    return ""


def _variables(frame: FrameType) -> list[tuple[str, Any]]:
    """List a frame's variables; the copies that Python up to 3.12 makes would outlive them, so they go."""
    variables = frame.f_locals
    found = list(variables.items())
    if sys.version_info < (3, 13) and frame.f_code.co_flags & CO_OPTIMIZED:
        variables.clear()
    return found


def place_of(node: Node) -> Place:
    """Give the line of user code that made a node: the file without its folders, so that it is the same
    everywhere."""
    return _place(*node.place)


def place_of_frame(frame: FrameType) -> Place:
    """Give the line that a frame is at."""
    path = frame.f_code.co_filename
    return Path(path).name, frame.f_lineno, linecache.getline(path, frame.f_lineno).strip()


@lru_cache(maxsize=4096)
def _place(code: CodeType, offset: int) -> Place:
    lines = list(code.co_positions())
    number = lines[offset // 2][0] or code.co_firstlineno
    return Path(code.co_filename).name, number, linecache.getline(code.co_filename, number).strip()


def settings_in_words(settings: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> dict[str, str]:
    """Write the settings of an operation in a few words; what changes nothing is left out.

    >>> settings_in_words({"stride": (2, 2), "padding": ((1, 1), (1, 1)), "groups": 1}, {"w": (4, 3, 5, 3)})
    {'kernel': '5x3', 'stride': '2', 'padding': '1'}
    """
    words = {}
    window = shapes.get("w", ())
    if len(window) == 4:
        words["kernel"] = f"{window[2]}x{window[3]}"
    for name, value in settings.items():
        text = _in_words(value)
        if name == "kernel_size" and isinstance(value, tuple):
            words["kernel"] = "x".join(str(n) for n in value)
        elif name == "dim" and isinstance(value, tuple):
            words["dims"] = ",".join(str(d) for d in value)
        elif text and name not in _IN_THE_SHAPE and (name, text) not in _NOTHING:
            words[name] = text
    return words


_IN_THE_SHAPE = {"shape", "size"}  # the result's own shape says it
_NOTHING = {("stride", "1"), ("padding", "0"), ("dilation", "1"), ("groups", "1"), ("ceil_mode", "no")}
_NOTHING |= {("keepdim", "no"), ("count_include_pad", "yes"), ("dim", ""), ("condition", "")}


def _in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        parts = [_in_words(v) for v in value]
        return parts[0] if parts and len(set(parts)) == 1 else "x".join(parts)[:24]
    if isinstance(value, type):  # a dtype
        return value.__name__[:24]
    if isinstance(value, np.ndarray | Tensor) and value.shape:
        return "x".join(str(n) for n in value.shape) + " array"
    return f"{value:.3g}" if isinstance(value, float) else str(value)[:24]

"""What failed, read from the frames of the error: the operation, and the shapes that it was given."""

from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from ...base.record import FOLDER
from ...core import Tensor
from .names import place_of_frame

if TYPE_CHECKING:
    from .recorder import Recorder

_ENGINE = str(Path(FOLDER, "core", "op.py"))
_FUNCTIONAL = str(Path(FOLDER, "functional"))
_BACKWARD = str(Path(FOLDER, "core", "graph.py"))


def note_failure(recorder: "Recorder", error: Exception) -> None:
    """Add the operation that raised an error to the notes, with what it was given."""
    frames = _frames(error)
    message = f"{type(error).__name__}: {error}"
    if any(f.f_code.co_filename == _BACKWARD and f.f_code.co_name == "run_backward" for f in frames):
        recorder.trace.notes.append(f"the backward pass failed: {message}")
        return
    call = recorder.failed_in[1] if recorder.failed_in and recorder.failed_in[0] is error else None
    found = _engine_call(frames) or _function_call(frames)
    if found is None and call is None:
        recorder.trace.notes.append(f"the forward pass failed: {message}")
        return
    op, args = found or (recorder.calls.made[call or 0].type, [])
    event = recorder.note(op, tuple(args), {}, None)
    event.failed, event.call = message, call
    recorder.trace.root = event
    users = [f for f in frames if not f.f_code.co_filename.startswith(FOLDER)]
    event.place = place_of_frame(users[-1]) if users else None


def _frames(error: Exception) -> list[FrameType]:
    """List the frames that the error came through, outermost first."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        found.append(trace.tb_frame)
        trace = trace.tb_next
    return found


def _engine_call(frames: list[FrameType]) -> tuple[str, list[Any]] | None:
    """Find the innermost operation: its wrapper in the engine knows the name and the tensors."""
    for frame in reversed(frames):
        if frame.f_code.co_filename != _ENGINE or "name" not in frame.f_locals:
            continue
        values = frame.f_locals
        args = values.get("args") or [values[key] for key in ("x", "a", "b") if key in values]
        if all(x is None or isinstance(x, Tensor) for x in args):
            return str(values["name"]), list(args)
    return None


def _function_call(frames: list[FrameType]) -> tuple[str, list[Any]] | None:
    """Find the function that refused its arguments before any operation ran."""
    for frame in frames:
        code = frame.f_code
        if code.co_filename.startswith(_FUNCTIONAL) and not code.co_name.startswith("_"):
            names = code.co_varnames[: code.co_argcount]
            args = [frame.f_locals.get(name) for name in names]
            return code.co_name, [x for x in args if isinstance(x, Tensor)]
    return None

"""Ctrl-C asks a run to stop after its step; a second one stops it at once."""

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .history import History


class TrainingInterrupted(KeyboardInterrupt):
    """Training that was stopped by Ctrl-C after a whole step; the message says how to go on.

    A `KeyboardInterrupt`, so that `except Exception` does not swallow it. ``epoch`` and ``step`` count from
    1; ``out`` is the run's folder, or None if nothing was saved.

    >>> issubclass(TrainingInterrupted, KeyboardInterrupt), issubclass(TrainingInterrupted, Exception)
    (True, False)
    """

    def __init__(self, epoch: int, step: int, steps: int, out: str | None, history: "History") -> None:
        self.epoch = epoch
        self.step = step
        self.steps = steps
        self.out = out
        self.history = history
        then = "nothing was saved, because out was not given"
        if out is not None:
            then = f"everything is saved in {out}; go on with the same call and resume=True"
        super().__init__(f"training was stopped after step {step} of {steps} in epoch {epoch}; {then}")


class Interrupt:
    """While it is entered, the first Ctrl-C only sets `requested`."""

    def __init__(self) -> None:
        self.requested = False
        self._previous: Any = None

    def __enter__(self) -> "Interrupt":
        # Only the main thread may set handlers; where Ctrl-C is ignored (as under nohup), it stays ignored.
        if threading.current_thread() is threading.main_thread():
            handler = signal.getsignal(signal.SIGINT)
            if callable(handler):
                self._previous = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: Any) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _handle(self, *_: Any) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True

"""Recordings of steps of a run: step 0 against step 500, the last good step against the first bad one."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from .callbacks import Callback
from .diagnose import LossNotFiniteError

if TYPE_CHECKING:
    from ..viz import Recording
    from .run import Run


class RecordSteps(Callback):
    """A callback of `fit` that records steps, which `draw` shows and `diff` compares.

    Steps are counted from 0 over all epochs. ``recordings`` holds what was recorded, by step; ``r[500]`` is
    that of step 500, and ``r[-1]`` the latest. A step that ends with an error is recorded up to there. The
    results of training are the same bits as without.

    Args:
        steps: the numbers of the steps to keep.
        keep_last: keep also the latest so many steps. Every step is then recorded, and takes about ten times
            as long (three times without thumbnails and worked).
        thumbnails, worked: as of `record`.

    Raises:
        ArgumentError: no whole numbers from 0 up, or nothing to record.

    To see what made a loss NaN: ``r = RecordSteps(keep_last=2)``, then ``fit(..., callbacks=[r])``, and after
    its error ``print(diff(r[-2], r[-1]))``.

    >>> import numpy as np
    >>> from tinygrad_cnn import fit, nn
    >>> r = RecordSteps(steps=[0, 3])
    >>> history = fit(nn.Linear(2, 2), (np.eye(2, dtype=np.float32), [0, 1]), epochs=4, callbacks=[r])
    >>> list(r.recordings), r[-1].graph.facts[1]
    ([0, 3], 'step 3')
    """

    def __init__(
        self, steps: Sequence[int] = (), keep_last: int = 0, *, thumbnails: bool = True, worked: bool = True
    ) -> None:
        if isinstance(steps, str) or not isinstance(steps, Sequence | range) or not all(map(_counts, steps)):
            raise ArgumentError(
                f"RecordSteps expects steps as numbers from 0 up, as in [0, 500], got {steps!r}"
            )
        if not _counts(keep_last):
            raise ArgumentError(f"keep_last must be a whole number of steps from 0 up, got {keep_last!r}")
        if not steps and not keep_last:
            raise ArgumentError("RecordSteps has nothing to record: give steps=[0, 500], or keep_last=2")
        self.steps = frozenset(steps)
        self.keep_last = keep_last
        self.recordings: dict[int, Recording] = {}
        self._thumbnails, self._worked = thumbnails, worked

    def __getitem__(self, step: int) -> "Recording":
        """Give the recording of a step; negative numbers count from the latest one."""
        kept = list(self.recordings)
        if step < 0 and -step <= len(kept):
            step = kept[step]
        if step not in self.recordings:
            there = ", ".join(map(str, kept)) or "none"
            raise ArgumentError(f"step {step} was not recorded; recorded steps: {there}")
        return self.recordings[step]

    def __len__(self) -> int:
        return len(self.recordings)

    def __iter__(self) -> Iterator["Recording"]:
        return iter(self.recordings.values())

    def on_train_begin(self, run: "Run") -> None:
        """Forget an earlier run; one that is resumed goes on."""
        if not run.global_step:
            self.recordings.clear()

    def around_step(self, run: "Run") -> AbstractContextManager[Any] | None:
        """Record the step, if it is among those that are asked for."""
        step = run.global_step
        if not self.keep_last and step not in self.steps:
            return None
        return self._recorded(step)

    @contextmanager
    def _recorded(self, step: int) -> Iterator[None]:
        from ..viz import record

        recording = record(thumbnails=self._thumbnails, worked=self._worked)
        recording.trace.step = step
        self._keep(step, recording)
        stopped = None
        with recording:
            try:
                yield
            except LossNotFiniteError as error:  # no operation failed, so the recorder need not look for one
                stopped = error
        if stopped is not None:
            recording.trace.notes.append(
                f"the loss is {stopped.loss}, so this step ended before its backward pass"
            )
            raise stopped

    def _keep(self, step: int, recording: "Recording") -> None:
        self.recordings.pop(step, None)  # done again after a resumption: it is the latest now
        self.recordings[step] = recording
        latest = set(list(self.recordings)[-self.keep_last :]) if self.keep_last else set()
        for old in [n for n in self.recordings if n not in self.steps and n not in latest]:
            del self.recordings[old]


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

"""A run: everything that training changes, in one place that callbacks can look at and checkpoints store."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..data import DataLoader
from ..optim import Optimizer
from .history import Epoch, History
from .steps import Loss, StepResult

if TYPE_CHECKING:
    from .callbacks import Callback


@dataclass
class Totals:
    """The sums of an epoch so far; they are stored, so that an epoch can be interrupted."""

    loss: float = 0.0
    correct: int | None = 0
    samples: int = 0
    seconds: float = 0.0

    def add(self, step: StepResult, seconds: float) -> None:
        """Count one more step."""
        self.loss += step.loss * step.samples
        self.correct = None if step.correct is None or self.correct is None else self.correct + step.correct
        self.samples += step.samples
        self.seconds += seconds

    @property
    def mean_loss(self) -> float:
        """The mean over all samples so far."""
        return self.loss / max(self.samples, 1)

    @property
    def accuracy(self) -> float | None:
        """The share of correct predictions so far, each made before the update of its step."""
        return None if self.correct is None else self.correct / max(self.samples, 1)


@dataclass
class Run:
    """What callbacks are given: ``epoch`` counts finished epochs, ``step`` finished steps of the present one.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn
    >>> from tinygrad_cnn.train import Callback, fit
    >>> class Watch(Callback):
    ...     def on_epoch_end(self, run):
    ...         print(len(run.history), run.steps)
    >>> _ = fit(nn.Linear(2, 2), (np.eye(2, dtype=np.float32), [0, 1]), epochs=1, callbacks=[Watch()])
    1 1
    """

    model: Any
    optimizer: Optimizer
    loss: Loss
    scheduler: Any
    train: DataLoader
    validation: DataLoader | None
    epochs: int
    clip_grad_norm: float | None = None
    callbacks: list["Callback"] = field(default_factory=list)
    history: History = field(default_factory=History)
    epoch: int = 0
    step: int = 0
    totals: Totals = field(default_factory=Totals)
    first_epoch: int = 0  # the loader's number of the first epoch, which with its seed decides the order
    stop_reason: str | None = None
    best_state: dict[str, Any] = field(default_factory=dict)

    def stop(self, reason: str) -> None:
        """End training after this epoch; for callbacks."""
        self.stop_reason = reason

    @property
    def steps(self) -> int:
        """The number of steps in an epoch."""
        return len(self.train)

    @property
    def lr(self) -> float:
        """The learning rate of the first parameter group."""
        return self.optimizer.param_groups[0]["lr"]

    @property
    def global_step(self) -> int:
        """The number of the next step, from 0, counted over all epochs."""
        return self.epoch * self.steps + self.step

    def tell(self, event: str) -> None:
        """Call the method of this name of every callback."""
        for callback in self.callbacks:
            getattr(callback, event)(self)

    def end_epoch(self, lr: float, val_loss: float | None, val_accuracy: float | None) -> Epoch:
        """Add a row to the history."""
        totals = self.totals
        row = Epoch(
            epoch=self.epoch + 1,
            train_loss=totals.mean_loss,
            train_accuracy=totals.accuracy,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            lr=lr,
            seconds=round(totals.seconds, 3),
        )
        self.history.append(row)
        return row

    def begin_next_epoch(self) -> None:
        """Go on to the first step of the next epoch."""
        self.epoch += 1
        self.step = 0
        self.totals = Totals()
        self.train.set_epoch(self.first_epoch + self.epoch)

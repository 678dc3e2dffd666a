"""What can be hooked into a run: each callback is told when something begins or ends."""

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from .history import MONITORS, Epoch, goodness
from .metrics import format_loss

if TYPE_CHECKING:
    from .run import Run


class Callback:
    """The base of all callbacks: override what you need; each method is given the `Run`.

    A run that is resumed begins with new callbacks, so what they decide should follow from ``run.history``.

    >>> class StopAt(Callback):
    ...     def on_epoch_end(self, run):
    ...         if run.history[-1].train_loss < 0.1:
    ...             run.stop("good enough")
    """

    def on_train_begin(self, run: "Run") -> None:
        """Called before the first step, also of a run that is resumed."""

    def on_epoch_begin(self, run: "Run") -> None:
        """Called before the steps of an epoch; ``run.step`` is not 0 if it was interrupted in the middle."""

    def around_step(self, run: "Run") -> AbstractContextManager[Any] | None:
        """Give what the next step runs in, or None: forward pass, loss, backward pass and update.

        ``run.step`` steps of the epoch are done. An error of the step passes through the context, which has
        to let it pass.
        """
        return None

    def on_batch_end(self, run: "Run") -> None:
        """Called after each step; ``run.totals`` has the means so far."""

    def on_epoch_end(self, run: "Run") -> None:
        """Called when ``run.history[-1]`` is complete, before the checkpoint is written."""

    def on_train_end(self, run: "Run") -> None:
        """Called at the end, also if training ends with an error or Ctrl-C."""


class EarlyStopping(Callback):
    """Stop when the monitored column has not become better for ``patience`` epochs.

    Args:
        patience: epochs without improvement that are tolerated, from 1 up.
        monitor: the column; None for the one that decides what is best (see `History`).
        min_delta: an improvement smaller than this does not count.

    Raises:
        ArgumentError: patience below 1, a monitor that is no column, or one that is not measured in the run.

    >>> EarlyStopping(patience=5, monitor="val_loss").patience
    5
    """

    def __init__(self, patience: int, monitor: str | None = None, min_delta: float = 0.0) -> None:
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
            raise ArgumentError(f"patience must be a whole number of epochs above 0, got {patience!r}")
        if monitor is not None and monitor not in MONITORS:
            raise ArgumentError(f"monitor must be one of {', '.join(MONITORS)}, got {monitor!r}")
        self.patience = patience
        self.monitor = monitor
        self.min_delta = min_delta

    def on_train_begin(self, run: "Run") -> None:
        """A run that had stopped does not start again."""
        self._check(run)

    def on_epoch_end(self, run: "Run") -> None:
        """Count the epochs since the last improvement."""
        self._check(run)

    def _check(self, run: "Run") -> None:
        monitor = self.monitor or run.history.monitor
        best: tuple[float, ...] | None = None
        since = 0
        for row in run.history:
            if self.monitor is not None and getattr(row, self.monitor) is None:
                raise ArgumentError(
                    f"early stopping monitors {self.monitor}, which is not measured in this run"
                )
            key = goodness(row, monitor)
            improved = best is None or (
                key > best and (not self.min_delta or key[0] - best[0] >= self.min_delta)
            )
            best, since = (key, 0) if improved else (best, since + 1)
        if since >= self.patience:
            run.stop(f"no improvement for {since} epochs")


class ProgressBar(Callback):
    """A bar for each epoch on stderr, with loss, accuracy and the time left (tqdm).

    >>> bar = ProgressBar()  # fit(..., callbacks=[bar]); fit(..., progress=True) makes one
    """

    def __init__(self) -> None:
        self._bar: Any = None

    def on_epoch_begin(self, run: "Run") -> None:
        """Open a bar, at the step where the epoch goes on."""
        from tqdm import tqdm

        title = f"epoch {run.epoch + 1}/{run.epochs}"
        self._bar = tqdm(
            total=run.steps, initial=run.step, desc=title, unit="step", file=sys.stderr, leave=True
        )

    def on_batch_end(self, run: "Run") -> None:
        """Move the bar on."""
        self._bar.set_postfix_str(_means(run.totals.mean_loss, run.totals.accuracy), refresh=False)
        self._bar.update()

    def on_epoch_end(self, run: "Run") -> None:
        """Add what validation gave, and close the bar."""
        row = run.history[-1]
        means = _means(row.train_loss, row.train_accuracy)
        if row.val_loss is not None:
            means += ", " + _means(row.val_loss, row.val_accuracy, "val_")
        self._bar.set_postfix_str(means)
        self._close()

    def on_train_end(self, run: "Run") -> None:
        """Close a bar that an interruption left open."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class PrintEpochs(Callback):
    """One line an epoch on stdout, for logs.

    >>> lines = PrintEpochs()  # fit(..., callbacks=[lines]) prints
    >>> # epoch 1/10: loss 0.5100, accuracy 75.0%, lr 0.001, 2.0 s
    """

    def on_epoch_end(self, run: "Run") -> None:
        """Print the row."""
        print(format_row(run.history[-1], run.epochs), flush=True)


def format_row(row: Epoch, epochs: int) -> str:
    """Write one epoch on one line.

    >>> format_row(Epoch(2, 0.51, 0.75, 0.8, 0.5, 0.1, 2.0), epochs=10)
    'epoch 2/10: loss 0.5100, accuracy 75.0%, val_loss 0.8000, val_accuracy 50.0%, lr 0.1, 2.0 s'
    """
    parts = [_means(row.train_loss, row.train_accuracy)]
    if row.val_loss is not None:
        parts.append(_means(row.val_loss, row.val_accuracy, "val_"))
    return f"epoch {row.epoch}/{epochs}: {', '.join(parts)}, lr {row.lr:.4g}, {row.seconds:.1f} s"


def _means(loss: float, accuracy: float | None, prefix: str = "") -> str:
    text = f"{prefix}loss {format_loss(loss)}"
    return text if accuracy is None else f"{text}, {prefix}accuracy {accuracy:.1%}"


def stderr_is_terminal() -> bool:
    """Say whether somebody watches stderr (it is None in programs without a console)."""
    return sys.stderr is not None and sys.stderr.isatty()

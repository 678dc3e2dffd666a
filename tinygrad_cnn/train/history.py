"""What happened in each epoch: rows that can be compared, stored and plotted."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, CheckpointError
from ..io import atomic_write

MONITORS = ("val_accuracy", "val_loss", "train_accuracy", "train_loss")


@dataclass(frozen=True)
class Epoch:
    """One epoch; what was not measured is None.

    >>> Epoch(1, 0.9, 0.5, None, None, lr=0.1, seconds=2.0).train_loss
    0.9
    """

    epoch: int  # counted from 1
    train_loss: float  # means over the steps of the epoch, while the weights were changing
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    lr: float  # of the first parameter group, during the epoch
    seconds: float


class History:
    """The epochs of a run, in order: `history[-1].train_loss`, `history.best`, `for row in history`.

    ``monitor`` says which column decides what is best: one of "val_accuracy", "val_loss", "train_accuracy"
    and "train_loss". By default it is the first of val_accuracy, val_loss and train_loss that was measured.

    Raises:
        ArgumentError: ``monitor`` is none of these.

    >>> history = History([Epoch(1, 0.9, 0.5, 1.0, 0.5, 0.1, 2.0), Epoch(2, 0.5, 0.7, 0.8, 0.5, 0.1, 2.0)])
    >>> history.best.epoch
    2
    """

    def __init__(self, rows: list[Epoch] | None = None, monitor: str | None = None) -> None:
        if monitor is not None and monitor not in MONITORS:
            raise ArgumentError(f"monitor must be one of {', '.join(MONITORS)}, got {monitor!r}")
        self.rows = list(rows or [])
        self.monitor = monitor

    def append(self, row: Epoch) -> None:
        """Add the next epoch; raises `ArgumentError` if the monitored column was not measured."""
        if self.monitor is not None and getattr(row, self.monitor) is None:
            raise ArgumentError(
                f"monitor {self.monitor!r} is not measured in this run; it needs labels or validation data"
            )
        self.rows.append(row)

    @property
    def best(self) -> Epoch | None:
        """The best epoch, or None; of equal accuracies the one of lower loss, then the earlier."""
        return max(self.rows, key=lambda row: goodness(row, self.monitor)) if self.rows else None

    def column(self, name: str) -> list[Any]:
        """All values of one column, such as "val_loss"."""
        return [getattr(row, name) for row in self.rows]

    def save_csv(self, path: str | Path) -> None:
        """Write one line an epoch, atomically; what was not measured stays empty."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = [field.name for field in fields(Epoch)]
        writer.writerow(names)
        writer.writerows(
            [["" if value is None else repr(value) for value in asdict(row).values()] for row in self.rows]
        )
        atomic_write(path, text.getvalue())

    def to_list(self) -> list[dict[str, Any]]:
        """The rows as plain data."""
        return [asdict(row) for row in self.rows]

    @staticmethod
    def from_list(rows: list[dict[str, Any]], monitor: str | None = None) -> "History":
        """The opposite of `to_list`; raises `CheckpointError` for rows of another kind."""
        try:
            return History([Epoch(**row) for row in rows], monitor)
        except TypeError as error:
            raise CheckpointError(f"this is no history: {error}") from error

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.rows)

    def __getitem__(self, index: int) -> Epoch:
        return self.rows[index]

    def __repr__(self) -> str:
        return f"History({len(self)} epochs, best {self.best})"


def goodness(row: Epoch, monitor: str | None = None) -> tuple[float, ...]:
    """Give a key that is larger for a better epoch."""
    if monitor is None:
        measured = (name for name in ("val_accuracy", "val_loss") if getattr(row, name) is not None)
        monitor = next(measured, "train_loss")
    value = getattr(row, monitor)
    if monitor.endswith("loss"):
        return (-value,)
    return (value, -(row.val_loss if monitor == "val_accuracy" else row.train_loss))  # type: ignore[operator]

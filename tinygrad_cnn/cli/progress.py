"""The bar of an epoch, on a terminal only, that makes room for the epoch's line when it is done."""

import sys
from typing import Any

from ..train import Callback, Run
from ..train.metrics import format_loss


class ProgressLine(Callback):
    """A tqdm bar on stderr with loss, accuracy and the time left; nothing where nobody watches."""

    def __init__(self) -> None:
        self._bar: Any = None

    def on_epoch_begin(self, run: Run) -> None:
        """Open a bar, at the step where the epoch goes on."""
        from tqdm import tqdm

        if sys.stderr is None or not sys.stderr.isatty():
            return
        title = f"epoch {run.epoch + 1}/{run.epochs}"
        options: Any = {"unit": "step", "leave": False, "file": sys.stderr}
        self._bar = tqdm(total=run.steps, initial=run.step, desc=title, **options)

    def on_batch_end(self, run: Run) -> None:
        """Move the bar on."""
        if self._bar is not None:
            shown = f"loss {format_loss(run.totals.mean_loss)}, accuracy {run.totals.accuracy or 0:.1%}"
            self._bar.set_postfix_str(shown, refresh=False)
            self._bar.update()

    def on_epoch_end(self, run: Run) -> None:
        """Take the bar away."""
        self._close()

    def on_train_end(self, run: Run) -> None:
        """Take away a bar that an error or Ctrl-C left."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

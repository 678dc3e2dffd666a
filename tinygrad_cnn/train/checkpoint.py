"""A run on disk: all that decides how it goes on is in one file, so that no part can be older than another.

`last.safetensors` holds the arrays (weights, buffers, optimiser), and as JSON in its header the rest: epoch,
step, sums, history, schedule, random generators, settings. It is replaced as a whole. `best.safetensors`
holds only the weights and buffers of the best epoch, for `load`; it is written before `last`, so a run killed
between the two makes the same best again.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, CheckpointError, MissingPathError
from ..io import dumps, load, remove_leftovers, save
from ..nn.state import distinct
from ..optim import LRScheduler
from ..optim.state import check_state
from .diagnose import check_weights
from .history import History
from .randomness import check_random_states, get_random_states, set_random_states
from .run import Run, Totals
from .stored import KEY, VERSION, check_settings, read_run

LAST = "last.safetensors"
BEST = "best.safetensors"


def has_checkpoint(out: str | Path) -> bool:
    """Say whether a folder holds a run that can be resumed.

    >>> has_checkpoint("no/such/folder")
    False
    """
    return (Path(out) / LAST).is_file()


class Keeper:
    """Writes a run into its folder, if it has one; weights that are not finite are never written."""

    def __init__(self, out: str | Path | None, settings: dict[str, Any]) -> None:
        self.out = None if out is None else Path(out)
        self.settings = settings

    def begin(self, run: Run, resume: bool) -> None:
        """Start a run in a new folder, or restore the one that is there.

        Raises:
            ArgumentError: resume without out, or a run is there and resume is not asked for.
            MissingPathError: there is nothing to resume.
            CheckpointError: what is there is damaged, or belongs to other settings.
        """
        if self.out is None:
            if resume:
                raise ArgumentError("resume=True needs out, the folder of the run")
            return
        if not resume and has_checkpoint(self.out):
            raise ArgumentError(
                f"{self.out} already holds a run; pass resume=True to go on with it, or another folder"
            )
        if resume and not has_checkpoint(self.out):
            raise MissingPathError(
                f"there is no run in {self.out} to resume: it has no {LAST}; leave resume out to start one"
            )
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArgumentError(
                f"out must be a folder that can be written to; {self.out}: {error.strerror}"
            ) from error
        remove_leftovers(self.out)
        if resume:
            self.restore(run)
        else:
            self.save(run)

    def save(self, run: Run) -> None:
        """Write the whole state of a run, unless its weights are spoilt: then what was saved before stays."""
        check_weights(run.model, f"in epoch {run.epoch + 1}, after step {run.step},")
        if self.out is None:
            return
        arrays: dict[str, Any] = {f"model.{name}": value for name, value in distinct(run.model).items()}
        optimizer = run.optimizer.state_dict()
        scalars: dict[str, Any] = {}
        for number, held in optimizer["state"].items():
            for name, value in held.items():
                if isinstance(value, np.ndarray):
                    arrays[f"optimizer.{number}.{name}"] = value
                else:
                    scalars[f"{number}.{name}"] = value
        text = dumps(
            {
                "version": VERSION,
                "epoch": run.epoch,
                "step": run.step,
                "totals": vars(run.totals),
                "first_epoch": run.first_epoch,
                "history": run.history.to_list(),
                "param_groups": optimizer["param_groups"],
                "optimizer": scalars,
                "scheduler": None if run.scheduler is None else run.scheduler.state_dict(),
                "random": get_random_states(run.model),
                "settings": self.settings,
            }
        )
        save(self.out / LAST, arrays, {KEY: text})

    def save_epoch(self, run: Run, is_best: bool) -> None:
        """Write what the end of an epoch changes: the best weights first, then the run, then the table."""
        check_weights(run.model, f"after epoch {run.epoch}")
        if self.out is not None:
            if is_best:
                save(self.out / BEST, run.best_state, {"epoch": str(run.epoch)})
            self.save(run)
            run.history.save_csv(self.out / "history.csv")

    def restore(self, run: Run) -> None:
        """Bring a run to where it was; state and settings are checked before anything is changed."""
        path = self.out / LAST  # type: ignore[operator]
        arrays, state = read_run(path)
        check_settings(path, state["settings"], self.settings)
        if state["step"] > run.steps:
            raise CheckpointError(
                f"{path} is damaged: its step cannot be {state['step']} of {run.steps}; use another copy"
            )
        history = History.from_list(state["history"], run.history.monitor)
        weights = {name[6:]: array for name, array in arrays.items() if name.startswith("model.")}
        optimizer = {"state": _optimizer_state(arrays, state), "param_groups": state["param_groups"]}
        check_state(run.optimizer, optimizer)
        if isinstance(run.scheduler, LRScheduler):
            run.scheduler.check_state(state["scheduler"])
        check_random_states(run.model, state["random"])
        _load_in_own_order(run.model, weights)
        run.optimizer.load_state_dict(optimizer)
        if run.scheduler is not None:
            run.scheduler.load_state_dict(state["scheduler"])
        set_random_states(run.model, state["random"])
        run.history, run.best_state = history, self._read_best(state["epoch"], weights)
        run.epoch, run.step, run.first_epoch = state["epoch"], state["step"], state["first_epoch"]
        run.totals = Totals(**state["totals"])

    def _read_best(self, epoch: int, last: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Read the best weights; the last ones take the place of a file that cannot be read."""
        if epoch == 0:
            return {}
        path = self.out / BEST  # type: ignore[operator]
        try:
            return load(path)
        except (CheckpointError, MissingPathError) as error:
            warnings.warn(
                f"the best weights so far are lost ({error}); those of epoch {epoch} take their place, "
                "until an epoch is better than all before",
                stacklevel=2,
            )
            save(path, last, {"epoch": str(epoch)})
            return last


def _optimizer_state(arrays: dict[str, np.ndarray], state: dict[str, Any]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    prefix = "optimizer."
    entries = {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
    for key, value in {**entries, **state["optimizer"]}.items():
        number, name = key.split(".", 1)
        found.setdefault(int(number), {})[name] = value
    return found


def _load_in_own_order(model: Any, weights: dict[str, np.ndarray]) -> None:
    """Load weights in the model's own memory order: another one can change the last bit of a product."""
    tensors = [*model.parameters(), *model.buffers()]
    before = [t.array for t in tensors]
    model.load_state_dict(weights)
    for t, old in zip(tensors, before, strict=True):
        if t.array.strides != old.strides:
            new = np.empty_like(old)
            np.copyto(new, t.array)
            t.replace(new)

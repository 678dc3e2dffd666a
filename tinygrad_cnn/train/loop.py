"""The loop: epochs of steps, and after each epoch validation, the schedule, best weights and a checkpoint."""

import math
import time
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from ..errors import NotFiniteError, ShapeError
from ..nn.state import distinct
from ..optim import OneCycleLR, ReduceLROnPlateau
from .batches import name_sample, open_batches, split_batch
from .checkpoint import Keeper
from .diagnose import LossNotFiniteError, explain, first_bad_sample
from .interrupt import Interrupt, TrainingInterrupted
from .prepare import plateau_column
from .run import Run
from .steps import StepResult, evaluate, train_step


def all_epochs(run: Run, keeper: Keeper, interrupt: Interrupt, save_every: int | None) -> None:
    """Train until the last epoch, or until a callback, an error or Ctrl-C ends it."""
    try:
        run.tell("on_train_begin")
        while run.epoch < run.epochs and run.stop_reason is None:
            run.tell("on_epoch_begin")
            one_epoch(run, keeper, interrupt, save_every)
            end_epoch(run, keeper)
            if interrupt.requested and run.epoch < run.epochs:
                raise interruption(run, keeper)
    finally:
        run.tell("on_train_end")


def one_epoch(run: Run, keeper: Keeper, interrupt: Interrupt, save_every: int | None) -> None:
    """Do the steps of an epoch, from the one on where it was interrupted."""
    run.model.train()
    began = time.perf_counter()
    with open_batches(run.train, run.first_epoch + run.epoch, run.step) as batches:
        for batch in batches:
            result = one_step(run, batch, keeper)
            ended = time.perf_counter()
            run.totals.add(result, ended - began)
            began = ended
            step_cycle(run.scheduler)
            run.step += 1
            run.tell("on_batch_end")
            if interrupt.requested:
                keeper.save(run)
                raise interruption(run, keeper)
            if save_every is not None and run.global_step % save_every == 0:
                keeper.save(run)


def one_step(run: Run, batch: Any, keeper: Keeper) -> StepResult:
    """Do one step; an error says where in the run, and with which samples."""
    x, y = split_batch(batch)
    where = f"epoch {run.epoch + 1}, step {run.step + 1} of {run.steps}"
    try:
        with _around_step(run):
            return train_step(run.model, x, y, run.optimizer, run.loss, run.clip_grad_norm)
    except LossNotFiniteError as error:
        indices = run.train.indices(run.first_epoch + run.epoch)[run.step]
        names = [name_sample(run.train.dataset, int(indices[position])) for position in error.positions]
        kept = "" if keeper.out is None else f"what was saved before is kept in {keeper.out}"
        raise explain(error, run.model, where, names, kept) from error
    except ShapeError as error:
        if len(y) > 1:
            raise
        advice = "choose another batch_size, or pass a DataLoader with drop_last=True"
        raise ShapeError(f"{error} / {where} is a batch of one sample: {advice}") from error


def _around_step(run: Run) -> AbstractContextManager[Any]:
    """Enter what callbacks put around a step."""
    with ExitStack() as entered:
        for callback in run.callbacks:
            context = callback.around_step(run)
            if context is not None:
                entered.enter_context(context)
        return entered.pop_all()


def step_cycle(scheduler: Any) -> None:
    """Step a `OneCycleLR`, which moves after each step; after its last one nothing is left to prepare."""
    if isinstance(scheduler, OneCycleLR) and scheduler.last_epoch < scheduler.total_steps - 1:
        scheduler.step()


def end_epoch(run: Run, keeper: Keeper) -> None:
    """Measure, note, lower the learning rate, and save: the state is complete before it is written."""
    began = time.perf_counter()
    val_loss = val_accuracy = None
    if run.validation is not None:
        val_loss, val_accuracy, _ = evaluate(run.model, run.validation, loss=run.loss)
        if not math.isfinite(val_loss):
            run.model.eval()
            name = first_bad_sample(run.model, run.validation, run.loss)
            raise NotFiniteError(
                f"the validation loss is {val_loss} after epoch {run.epoch + 1}, first for {name}"
            )
    run.totals.seconds += time.perf_counter() - began
    row = run.end_epoch(run.lr, val_loss, val_accuracy)
    if isinstance(run.scheduler, ReduceLROnPlateau):
        run.scheduler.step(getattr(row, plateau_column(run)))
    elif run.scheduler is not None and not isinstance(run.scheduler, OneCycleLR):
        run.scheduler.step()
    run.tell("on_epoch_end")
    is_best = run.history.best is row
    if is_best:
        run.best_state = distinct(run.model)  # no copy: later steps replace arrays
    run.begin_next_epoch()
    keeper.save_epoch(run, is_best)


def interruption(run: Run, keeper: Keeper) -> TrainingInterrupted:
    """Make the exception that says where a run was stopped; at the end of an epoch, that is its last step."""
    between = run.step == 0
    epoch, step = (run.epoch, run.steps) if between else (run.epoch + 1, run.step)
    out = None if keeper.out is None else str(keeper.out)
    return TrainingInterrupted(epoch, step, run.steps, out, run.history)

"""`fit`: its arguments are checked and put into a `Run`; the loop itself is in `loop.py`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..functional import cross_entropy
from ..optim import Adam, Optimizer
from .batches import as_loader
from .callbacks import Callback
from .checkpoint import Keeper
from .history import History
from .interrupt import Interrupt
from .loop import all_epochs
from .prepare import all_callbacks, as_validation, check_fits, check_kinds, check_numbers, describe_settings
from .run import Run
from .steps import Loss, keeping_modes


def fit(
    model: Any,
    train: Any,
    validation: Any = None,
    *,
    epochs: int,
    optimizer: Optimizer | None = None,
    loss: Loss = cross_entropy,
    scheduler: Any = None,
    batch_size: int | None = None,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    early_stopping: Any = None,
    monitor: str | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    save_every: int | None = None,
    clip_grad_norm: float | None = None,
    restore_best: bool = True,
    progress: bool | None = None,
    num_workers: int = 0,
) -> History:
    """Train a model; give what happened in each epoch, and leave every part of the model in its mode.

    Two runs of one program give the same bits, whatever ``num_workers``; and so does a run that was stopped
    at any moment (Ctrl-C, a killed process) and resumed. Every sample is used, so the last batch may be
    smaller; pass a `DataLoader` with ``drop_last=True`` where a batch of one sample makes no sense (batch
    normalisation of vectors refuses it).

    Args:
        model: a module; for classes it gives scores (N, C), without softmax.
        train: a data set, arrays (x, y), or a `DataLoader`, whose own settings then hold.
        validation: the same, measured after each epoch in evaluation mode, or None.
        epochs: passes through the data, those before a resumption included.
        optimizer: None for `Adam` with its defaults.
        loss: called as ``loss(model(x), y)``; gives the mean over the batch.
        scheduler: stepped after each epoch; `OneCycleLR` after each step. `ReduceLROnPlateau` is told the
            loss, or the accuracy with ``mode="max"``: of the validation data, if there are any and
            ``monitor`` names no column of the training.
        batch_size: samples a step, 32 if left out.
        seed: decides the order of the samples (weights and dropout draw from generators of their own:
            `manual_seed`).
        callbacks: `Callback` objects, told in this order; `RecordSteps` among them records steps, to be
            drawn and compared.
        early_stopping: epochs without improvement after which to stop, or an `EarlyStopping`.
        monitor: the column of the history that decides what is best (see `History`).
        out: a folder for `last.safetensors` (to resume), `best.safetensors` (the best weights) and
            `history.csv`.
        resume: go on with the run in ``out``; model, optimizer and the rest must be made as they were for its
            start.
        save_every: also save after each so many steps, not only after each epoch.
        clip_grad_norm: the largest norm of all gradients together, or None.
        restore_best: at the end, put the weights of the best epoch into the model.
        progress: show bars; None shows them if stderr is a terminal.
        num_workers: threads that prepare batches.

    Raises:
        ArgumentError: an argument of another kind, a setting out of range, or ``out`` already holds a run and
            ``resume`` is false.
        DataError: samples without labels, or a label that the model has no output for.
        NotFiniteError: the loss is NaN or infinite; the message says in which step, and for which sample.
        TrainingInterrupted: Ctrl-C; the step was finished and all is saved in ``out``.
        CheckpointError, MissingPathError: there is nothing to resume, or it does not fit.
        SaveError: ``out`` cannot be written; what was saved before is still there.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, optim
    >>> x = np.eye(4, dtype=np.float32)
    >>> model = nn.Linear(4, 2)
    >>> optimizer = optim.SGD(model.parameters(), lr=1.0)
    >>> history = fit(model, (x, np.array([0, 1, 0, 1])), epochs=5, optimizer=optimizer)
    >>> history[-1].train_accuracy
    1.0
    """
    check_kinds(model, optimizer, callbacks)
    check_numbers(epochs=epochs, save_every=save_every, clip_grad_norm=clip_grad_norm)
    loader = as_loader(train, batch_size, shuffle=True, seed=seed, num_workers=num_workers)
    optimizer = Adam(model.parameters()) if optimizer is None else optimizer
    run = Run(
        model, optimizer, loss, scheduler, loader, as_validation(validation, loader), epochs, clip_grad_norm
    )
    run.callbacks = all_callbacks(callbacks, early_stopping, progress)
    run.history = History(monitor=monitor)
    run.first_epoch = loader.epoch
    with keeping_modes(model):
        check_fits(run)
        keeper = Keeper(out, describe_settings(run))
        keeper.begin(run, resume)
        with Interrupt() as interrupt:
            all_epochs(run, keeper, interrupt, save_every)
        if restore_best and run.best_state:
            model.load_state_dict(run.best_state)
    return run.history

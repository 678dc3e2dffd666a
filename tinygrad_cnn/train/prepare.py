"""What `fit` is given is brought to one form and checked before the first step."""

import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core import no_grad
from ..data import DataLoader
from ..errors import ArgumentError
from ..functional import cross_entropy
from ..nn import Module
from ..optim import LRScheduler, OneCycleLR, Optimizer, ReduceLROnPlateau
from .batches import as_loader, open_batches, split_batch
from .callbacks import Callback, EarlyStopping, ProgressBar, stderr_is_terminal
from .metrics import check_outputs, is_classification
from .run import Run
from .steps import evaluating


def check_kinds(model: Any, optimizer: Any, callbacks: Any) -> None:
    """Raise an `ArgumentError` for an argument that is no model, optimizer or list of callbacks."""
    if not isinstance(model, Module):
        raise ArgumentError(
            f"fit: model must be a Module, got {type(model).__name__}; derive from nn.Module, "
            "or put layers into nn.Sequential"
        )
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise ArgumentError(
            f"fit: optimizer must be an Optimizer or None, got {_shown(optimizer)}; "
            "make one, as in optim.Adam(model.parameters())"
        )
    if not isinstance(callbacks, list | tuple):
        raise ArgumentError(
            f"fit: callbacks must be a list of Callback objects, got {_shown(callbacks)}; "
            "derive from Callback, and pass callbacks=[...]"
        )


def _shown(value: Any) -> str:
    kind = type(value).__name__
    return f"{kind} {value!r}" if isinstance(value, str) else kind


def check_numbers(*, epochs: Any, save_every: Any, clip_grad_norm: Any) -> None:
    """Raise an `ArgumentError` for a setting out of range."""
    for name, value in (("epochs", epochs), ("save_every", save_every)):
        wrong = isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1
        if wrong and not (name == "save_every" and value is None):
            raise ArgumentError(f"fit: {name} must be a whole number above 0, got {value!r}")
    if clip_grad_norm is not None and not 0 < clip_grad_norm < math.inf:
        raise ArgumentError(f"fit: clip_grad_norm must be a number above 0, got {clip_grad_norm!r}")


def as_validation(validation: Any, train: DataLoader) -> DataLoader | None:
    """Make a loader that goes through the validation data in order."""
    if validation is None or isinstance(validation, DataLoader):
        return validation
    return as_loader(validation, train.batch_size, num_workers=train.num_workers)


def all_callbacks(
    callbacks: Sequence[Callback], early_stopping: Any, progress: bool | None
) -> list[Callback]:
    """Put the callbacks that settings stand for around the given ones."""
    wrong = [callback for callback in callbacks if not isinstance(callback, Callback)]
    if wrong:
        raise ArgumentError(
            f"fit: callbacks must be Callback objects, got {type(wrong[0]).__name__}; derive from Callback"
        )
    found = list(callbacks)
    if early_stopping is not None:
        found.append(
            early_stopping if isinstance(early_stopping, EarlyStopping) else EarlyStopping(early_stopping)
        )
    if stderr_is_terminal() if progress is None else progress:
        found.append(ProgressBar())
    return found


def check_fits(run: Run) -> None:
    """Raise an error if model, data, optimiser and schedule do not belong together."""
    own = {id(p) for p in run.model.parameters()}
    groups = run.optimizer.param_groups
    if not any(id(p) in own for group in groups for p in group["params"]):
        raise ArgumentError(
            "fit: the optimizer has none of the model's parameters; make it with model.parameters()"
        )
    if getattr(run.scheduler, "optimizer", run.optimizer) is not run.optimizer:
        raise ArgumentError(
            "fit: the scheduler belongs to another optimizer; make it with the one that fit is given"
        )
    planned = run.epochs * run.steps
    if isinstance(run.scheduler, OneCycleLR) and run.scheduler.total_steps < planned:
        raise ArgumentError(
            f"fit: OneCycleLR moves after each step and was made for {run.scheduler.total_steps}; "
            f"this run has {run.epochs} epochs of {run.steps} steps, so pass total_steps={planned}"
        )
    for loader in [run.train] if run.validation is None else [run.train, run.validation]:
        with open_batches(loader, 0) as batches, evaluating(run.model), no_grad():
            x, y = split_batch(next(batches))
            scores = run.model(x[:1])
        takes_classes = run.loss is cross_entropy and scores.ndim == 2 and y.ndim == 1
        if takes_classes or (y.dtype.kind in "iu" and is_classification(scores, y)):
            check_outputs(loader.dataset, scores.shape[1])
        elif isinstance(run.scheduler, ReduceLROnPlateau) and run.scheduler.mode == "max":
            raise ArgumentError(
                "fit: ReduceLROnPlateau(mode='max') follows the accuracy, which needs classes and is not "
                "measured here; use mode='min', which follows the loss"
            )


def plateau_column(run: Run) -> str:
    """Name what `ReduceLROnPlateau` follows: of the monitored part of the data, the loss or the accuracy."""
    monitor = run.history.monitor or "val"
    part = "val" if monitor.startswith("val") and run.validation is not None else "train"
    return f"{part}_loss" if run.scheduler.mode == "min" else f"{part}_accuracy"


def describe_settings(run: Run) -> dict[str, Any]:
    """Give everything that must be the same when a run is resumed, as plain data."""
    return {
        "optimizer": _describe_optimizer(run.optimizer, run.scheduler),
        "scheduler": _describe_scheduler(run.scheduler),
        "loss": getattr(run.loss, "__qualname__", type(run.loss).__qualname__),
        "clip_grad_norm": run.clip_grad_norm,
        "monitor": run.history.monitor,
        "train": _describe_loader(run.train),
        "validation": None if run.validation is None else _describe_loader(run.validation),
    }


def _describe_optimizer(optimizer: Any, scheduler: Any) -> dict[str, Any]:
    groups = []
    moved = ("params", "initial_lr", *getattr(scheduler, "moved_settings", ()))
    first = getattr(scheduler, "base_lrs", [group["lr"] for group in optimizer.param_groups])
    for group, rate in zip(optimizer.param_groups, first, strict=True):
        settings = {name: value for name, value in group.items() if name not in moved}
        settings["lr"] = group.get("initial_lr", rate)  # lr itself moves with the schedule
        groups.append({**settings, "parameters": len(group["params"])})
    return {"kind": type(optimizer).__name__, "groups": groups}


def _describe_scheduler(scheduler: Any) -> dict[str, Any] | None:
    if scheduler is None:
        return None
    settings = scheduler.settings() if isinstance(scheduler, LRScheduler) else {}
    return {**settings, "kind": type(scheduler).__name__}


def _checksum(labels: np.ndarray) -> int:
    alike = labels.astype(np.float64 if labels.dtype.kind == "f" else np.int64)  # the same on every system
    return zlib.crc32(np.ascontiguousarray(alike).tobytes())


def _describe_loader(loader: DataLoader) -> dict[str, Any]:
    labels = getattr(loader.dataset, "targets", None)
    return {
        "samples": len(loader.dataset),
        "labels": None if labels is None else _checksum(np.asarray(labels)),
        "batch_size": loader.batch_size,
        "shuffle": bool(loader.shuffle),
        "drop_last": bool(loader.drop_last),
        "seed": loader.seed,
        "sampler": _describe_sampler(loader.sampler),
    }


def _describe_sampler(sampler: Any) -> dict[str, Any] | None:
    if sampler is None:
        return None
    settings = getattr(sampler, "settings", None)
    return settings() if callable(settings) else {"kind": type(sampler).__name__, "samples": len(sampler)}

"""A job is what `train` is about to do: settings, data and model, checked before anything is written."""

import argparse
import platform
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import __version__
from ..core import manual_seed
from ..data import check_trainable, stratified_split
from ..errors import ArgumentError, CheckpointError, ConfigError, DataError
from ..io.seed_config import Config, parse_config, read_config_text
from ..nn import Module
from ..train import LAST, has_checkpoint
from ..train.runs import Settings, new_run, read_settings, write_settings
from ..train.stored import read_run
from . import models, pictures, trained
from .terminal import remark

MOMENTUM = 0.9
CLIP = 1.0
# With these the seed's network learns nine pictures, from any of 20 seeds, in less than half of the epochs.
LEARNING_RATES = {"sgd": 0.02, "adam": 0.001}
DEFAULTS: dict[str, Any] = {"epochs": 30, "batch_size": 8, "optimizer": "sgd", "split": 0.0, "seed": 0}
_FIXED = ("config", "batch_size", "optimizer", "lr", "size", "channels", "split", "seed", "out")


@dataclass
class Job:
    """Everything that training needs; ``out`` is the run folder, None until `begin` has made it.

    The settings of a run that is there already are written only when `fit` has taken it up: one that it
    refuses stays as it was.
    """

    settings: Settings
    model: Module
    dataset: Any
    train: Any
    validation: Any
    workers: int
    out: Path | None
    resumes: bool
    given_model: str | None

    def begin(self) -> Path:
        """Make the folder of a new run, and write the settings into it."""
        if not self.resumes:
            self.out = new_run(self.out, Path(self.settings.data).name)
            self.write_settings()
        assert self.out is not None
        return self.out

    def write_settings(self) -> None:
        """Write the settings into the run folder."""
        assert self.out is not None
        write_settings(self.out, self.settings)


def new_job(args: argparse.Namespace) -> Job:
    """Prepare a new run."""
    if args.folder is None:
        raise ArgumentError("expected a FOLDER of pictures, as in `tinygrad-cnn train data/animals`")
    text, config = _config(args)
    name = args.model or "seed"
    models.check_name(name)
    dataset = _open(args, name, config)
    train, validation = _divide(dataset, _chosen(args, "split"), _chosen(args, "seed"))
    manual_seed(_chosen(args, "seed"))
    model = models.build(name, len(dataset.classes), pictures.stored_shape(dataset), config)
    settings = _settings(args, name, text, dataset, train)
    pictures.normalise(dataset, settings.mean, settings.std)
    return Job(settings, model, dataset, train, validation, args.workers, args.out, False, args.model)


def _settings(args: argparse.Namespace, name: str, text: str | None, dataset: Any, train: Any) -> Settings:
    """Put down what was chosen, and how the pictures that will be learnt are spread."""
    mean, std = pictures.measure(train)
    optimizer = _chosen(args, "optimizer")
    return Settings(
        model=name,
        classes=list(dataset.classes),
        input_shape=list(pictures.stored_shape(dataset)),
        mean=mean,
        std=std,
        data=str(args.folder.resolve()),
        epochs=_chosen(args, "epochs"),
        batch_size=_chosen(args, "batch_size"),
        optimizer=optimizer,
        lr=args.lr or LEARNING_RATES[optimizer],
        seed=_chosen(args, "seed"),
        split=_chosen(args, "split"),
        config=text,
        code=models.digest(name),
        versions=_versions(),
    )


def resumed_job(args: argparse.Namespace) -> Job:
    """Prepare to go on with a run: its settings hold, but for more epochs and another place of the data."""
    settings = read_settings(args.resume)
    _refuse_other_options(args)
    if not has_checkpoint(args.resume):
        raise CheckpointError(f"{args.resume} holds no {LAST} to go on from; start a new run")
    epochs = settings.epochs if args.epochs is None else args.epochs
    _check_epochs(args.resume, epochs)
    settings = replace(settings, epochs=epochs, data=str((args.folder or Path(settings.data)).resolve()))
    manual_seed(settings.seed)
    model = trained.model_of(settings, args.model)
    channels, height, width = settings.input_shape
    dataset = pictures.open_folder(Path(settings.data), (height, width), channels)
    if list(dataset.classes) != settings.classes:
        raise DataError(
            f"{settings.data} holds the classes {', '.join(dataset.classes)}, and the run was started with "
            f"{', '.join(settings.classes)}; give the folder that it was started with"
        )
    pictures.check_shape(pictures.stored_shape(dataset), tuple(settings.input_shape), Path(settings.data))
    train, validation = _divide(dataset, settings.split, settings.seed)
    pictures.normalise(dataset, settings.mean, settings.std)
    return Job(settings, model, dataset, train, validation, args.workers, args.resume, True, args.model)


def _check_epochs(run: Path, epochs: int) -> None:
    done = read_run(run / LAST)[1]["epoch"]
    if done < epochs:
        return
    if done > epochs:
        raise ArgumentError(
            f"{run} has had {done} epochs, more than {epochs}; add --epochs {2 * done} to go on"
        )
    remark(f"notice: {run} has had all of its {done} epochs; --epochs {2 * done} would go on")


def _refuse_other_options(args: argparse.Namespace) -> None:
    given = [f"--{name.replace('_', '-')}" for name in _FIXED if getattr(args, name) is not None]
    if given:
        raise ArgumentError(
            f"--resume goes on with the settings of the run; leave out {', '.join(given)}, or start a new run"
        )


def _chosen(args: argparse.Namespace, option: str) -> Any:
    value = getattr(args, option)
    return DEFAULTS[option] if value is None else value


def _config(args: argparse.Namespace) -> tuple[str | None, Config | None]:
    """Read the configuration file; what it leaves open is decided aloud."""
    if args.config is None:
        return None, None
    if args.model not in (None, "seed"):
        raise ArgumentError(
            f"--config describes the seed's network; leave out --model {args.model}, or --config"
        )
    text = read_config_text(args.config)
    config = parse_config(text, args.config.name)
    for notice in config.notices:
        remark(f"notice: {notice}")
    return text, config


def _open(args: argparse.Namespace, name: str, config: Config | None) -> Any:
    """Open the pictures in the size that the options, or else the model, ask for."""
    shape = models.DEFAULT_SHAPES.get(name, models.OWN_SHAPE) if config is None else config.input_shape
    idx = pictures.holds_idx(args.folder)
    channels = args.channels or shape[0]
    if not idx and channels not in (1, 3):
        raise ConfigError(f"pictures have 1 or 3 channels, and the configuration file says c={channels}")
    size = args.size or (None if idx and config is None else shape[1:])
    dataset = pictures.open_folder(args.folder, size, channels)
    check_trainable(dataset)
    stored = pictures.stored_shape(dataset)[0]
    if args.channels not in (None, stored):
        raise ArgumentError(f"the pictures of {args.folder} have {stored} channels; leave out --channels")
    skipped = getattr(dataset, "skipped", [])
    if skipped:
        one = len(skipped) == 1
        found = "1 file is no picture and is" if one else f"{len(skipped)} files are no pictures and are"
        remark(f"notice: {found} left out{':' if one else ', such as'} {skipped[0]}")
    return dataset


def _versions() -> dict[str, str]:
    """Give the versions that a run's figures depend on."""
    return {"tinygrad-cnn": __version__, "numpy": np.__version__, "python": platform.python_version()}


def _divide(dataset: Any, split: float, seed: int) -> tuple[Any, Any]:
    return stratified_split(dataset, split, seed) if split else (dataset, None)

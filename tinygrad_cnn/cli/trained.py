"""A run taken up again: its settings, and its model with the best weights."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import nn
from ..errors import CheckpointError
from ..io import load
from ..io.seed_config import parse_config
from ..train import BEST
from ..train.runs import Settings, read_settings
from . import models
from .terminal import remark


@dataclass(frozen=True)
class Trained:
    """A run whose model is ready to be used."""

    settings: Settings
    model: nn.Module

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the pictures that the model takes."""
        c, h, w = self.settings.input_shape
        return c, h, w


def load_run(run: Path, given_model: str | None) -> Trained:
    """Load a run for use; ``given_model`` is the ``--model`` of the command line, if there was one."""
    settings = read_settings(run)
    weights = _best(run)
    model = model_of(settings, given_model)
    model.load_state_dict(weights)
    return Trained(settings, model.eval())


def model_of(settings: Settings, given_model: str | None) -> nn.Module:
    """Make the model of a run, with starting values; notices go to stderr."""
    name, notice = models.model_of_run(settings.model, settings.code, given_model)
    if notice:
        remark(notice)
    config = None if settings.config is None else parse_config(settings.config, "configuration of the run")
    c, h, w = settings.input_shape
    return models.build(name, len(settings.classes), (c, h, w), config)


def _best(run: Path) -> dict[str, np.ndarray]:
    if not (run / BEST).is_file():
        raise CheckpointError(
            f"{run} holds no {BEST}: it was stopped before the end of its first epoch; "
            f"go on with `tinygrad-cnn train --resume {run}`"
        )
    return load(run / BEST)

"""`tinygrad-cnn train FOLDER`: learn pictures, and leave a run."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ..optim import SGD, Adam
from ..train import Callback, PrintEpochs, Run, fit, has_checkpoint
from ..train.interrupt import TrainingInterrupted
from . import models, report
from .command import Command, at_least, fraction, picture_size, positive
from .jobs import CLIP, DEFAULTS, LEARNING_RATES, MOMENTUM, Job, new_job, resumed_job
from .progress import ProgressLine
from .terminal import remark, warnings_as_notices

_DETAILS = f"""\
examples:
  tinygrad-cnn train data/animals
  tinygrad-cnn train data/digits --epochs 20 --split 0.2
  tinygrad-cnn train photos --model vgg-small --size 64 --out runs/first
  tinygrad-cnn train photos --model my_net.py:make_net
  tinygrad-cnn train --resume runs/first --epochs 60

FOLDER holds one folder of pictures a class (photos/cat/*.jpg, photos/dog/*.jpg), or IDX files: MNIST's four
under their usual names, or images-idx3-ubyte(.gz) and labels-idx1-ubyte(.gz). Pictures are resized, and each
channel is shifted and scaled to mean 0 and deviation 1; the run remembers by how much.

--model my_net.py:make_net executes that file. The function may take num_classes and input_shape, which is
(C, H, W), and gives a Module that turns (N, C, H, W) into one score a class. Code of your own is executed
only when --model names it: repeat it for evaluate, predict, graph, summary and --resume.

At the end, graph.svg and graph.html show one training step of the best weights, forward and backward.

SGD has a momentum of {MOMENTUM}. Gradients are clipped to a norm of {CLIP:g}.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes; what is left out is None here, so that --resume can tell."""
    add = parser.add_argument
    add("folder", nargs="?", type=Path, metavar="FOLDER", help="one folder of pictures a class, or IDX files")
    add("--model", metavar="MODEL", help=f"{models.NAMES} (default seed)")
    add("--config", type=Path, metavar="FILE", help="configuration file of the seed's network, for --model")
    add("--epochs", type=at_least(1), metavar="N", help=_default("passes through the pictures", "epochs"))
    add("--batch-size", type=at_least(1), metavar="N", help=_default("pictures a step", "batch_size"))
    add("--optimizer", choices=tuple(LEARNING_RATES), help=_default("how weights are changed", "optimizer"))
    rates = ", ".join(f"{name} {lr:g}" for name, lr in LEARNING_RATES.items())
    add("--lr", type=positive, metavar="X", help=f"learning rate (default: {rates})")
    add("--size", type=picture_size, metavar="N|HxW", help="pixels to resize to (default: the model's)")
    add("--channels", type=int, choices=(1, 3), help="grey or colour (default: the model's; IDX as stored)")
    add("--split", type=fraction, metavar="SHARE", help=_default("share of each class to hold out", "split"))
    whole = at_least(0, 2**64 - 1)
    add("--seed", type=whole, metavar="N", help=_default("decides weights, order and split", "seed"))
    add("--out", type=Path, metavar="RUN", help="folder of the run (default: a new runs/<FOLDER>-<n>)")
    add("--resume", type=Path, metavar="RUN", help="go on with a run that was stopped, or for more --epochs")
    add("--no-graph", action="store_true", help="do not draw graph.svg and graph.html at the end")
    add("--workers", type=at_least(0), default=2, metavar="N", help="threads that read pictures (default 2)")


def _default(text: str, option: str) -> str:
    return f"{text} (default {DEFAULTS[option]})"


def run(args: argparse.Namespace) -> int:
    """Train, or go on training; leave the run folder complete."""
    job = new_job(args) if args.resume is None else resumed_job(args)
    try:
        job.begin()
        report.say_job(job)
        # What overflows ends in a loss that is not finite, and `fit` explains that better.
        with np.errstate(all="ignore"), warnings_as_notices():
            history = fit(job.model, job.train, job.validation, **_options(job))
        report.finish(job, history, draws=not args.no_graph)
    except TrainingInterrupted as stop:
        remark(f"stopped after step {stop.step} of {stop.steps} in epoch {stop.epoch}; all of it is saved")
        remark(f"go on with: {report.resume_command(job)}")
        return 130
    except KeyboardInterrupt:  # while something is prepared or written, or a second one in a step
        if job.out is None or not has_checkpoint(job.out):
            raise
        remark(f"stopped; {job.out} holds the run as it was last saved")
        remark(f"go on with: {report.resume_command(job)}")
        return 130
    return 0


class _WriteSettings(Callback):
    """Writes the settings of a run once `fit` has accepted it."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def on_train_begin(self, run: Run) -> None:
        """Called when everything that can be refused was looked at."""
        self._job.write_settings()


def _options(job: Job) -> dict[str, Any]:
    settings = job.settings
    parameters = job.model.parameters()
    return {
        "epochs": settings.epochs,
        "optimizer": (
            Adam(parameters, lr=settings.lr)
            if settings.optimizer == "adam"
            else SGD(parameters, lr=settings.lr, momentum=MOMENTUM)
        ),
        "batch_size": settings.batch_size,
        "seed": settings.seed,
        "callbacks": [_WriteSettings(job), ProgressLine(), PrintEpochs()],
        "out": job.out,
        "resume": job.resumes,
        "clip_grad_norm": CLIP,
        "progress": False,
        "num_workers": job.workers,
    }


COMMAND = Command("train", "train a network on a folder of pictures", _DETAILS, add_arguments, run)

"""`tinygrad-cnn evaluate FOLDER --run RUN`: how well a run does on pictures whose classes are known."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ..train import confusion_matrix, format_confusion, predict
from ..train.metrics import format_loss
from . import pictures, trained
from .command import Command, at_least
from .terminal import aligned, plain, say

_DETAILS = """\
example:
  tinygrad-cnn evaluate data/animals --run runs/animals-1

The folder is laid out as for training; its classes must be among those of the run. Of MNIST's four files the
test half is used.
"""

_MOST_NAMED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    add("folder", type=Path, metavar="FOLDER", help="one folder of pictures a class, or IDX files")
    add("--run", type=Path, required=True, dest="run_folder", metavar="RUN", help="the run to use")
    add("--model", metavar="FILE:FUNCTION", help="let the code of your own that the run was made with run")
    add("--workers", type=at_least(0), default=2, metavar="N", help="threads that read pictures (default 2)")


def run(args: argparse.Namespace) -> int:
    """Print accuracy, loss, and which classes are taken for which."""
    done = trained.load_run(args.run_folder, args.model)
    classes = done.settings.classes
    dataset = open_for(done, args.folder)
    labels = pictures.relabel(dataset, classes, args.folder)
    scores = predict(done.model, dataset, batch_size=32, num_workers=args.workers)
    predicted = scores.argmax(1)
    right = int((predicted == labels).sum())
    sure = np.maximum(scores[np.arange(len(labels)), labels], np.finfo(np.float32).tiny)
    loss = format_loss(float(-np.log(sure).mean()))
    say(f"{right} of {len(labels)} right ({right / len(labels):.2%}), loss {loss}")
    say()
    matrix = confusion_matrix(labels, predicted, len(classes))
    say(format_confusion(matrix, [plain(name) for name in classes]))
    if right < len(labels):
        say()
        say("\n".join(_surest(dataset, classes, labels, scores)))
    return 0


def open_for(done: trained.Trained, folder: Path) -> Any:
    """Open a folder as the run's model wants its pictures; of MNIST's files the test half."""
    channels, height, width = done.shape
    dataset = pictures.open_folder(folder, (height, width), channels, test=True)
    pictures.check_shape(pictures.stored_shape(dataset), done.shape, folder)
    pictures.normalise(dataset, done.settings.mean, done.settings.std)
    return dataset


def _surest(dataset: Any, classes: list[str], labels: np.ndarray, scores: np.ndarray) -> list[str]:
    """Name the pictures that were mistaken with the most confidence."""
    predicted = scores.argmax(1)
    wrong = sorted(np.flatnonzero(predicted != labels), key=lambda i: -scores[i].max())
    rows = [
        (
            dataset.describe(int(i)),
            f"{classes[labels[i]]} taken for {classes[predicted[i]]}",
            f"{scores[i].max():.3f}",
        )
        for i in wrong[:_MOST_NAMED]
    ]
    title = f"mistaken, surest first ({len(rows)} of {len(wrong)}):"
    return [title, *(f"  {line}" for line in aligned(rows))]


COMMAND = Command("evaluate", "measure a run on pictures of known classes", _DETAILS, add_arguments, run)

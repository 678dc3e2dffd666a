"""`tinygrad-cnn graph`: forward and backward pass of a model on one picture, drawn."""

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data import read_picture
from ..data.transforms import Normalize
from ..errors import ArgumentError
from ..io import load_metadata
from ..nn import Module
from ..train import BEST, predict
from ..train.runs import Settings
from ..viz import Picture
from ..viz.layout.heat import KINDS
from . import models, trained
from .chosen import add_model_arguments, refuse_beside_run, untrained
from .command import Command, at_least
from .drawing import ENDINGS, draw_step
from .terminal import say

_DETAILS = """\
examples:
  tinygrad-cnn graph my.png --run runs/animals-1                     a text ladder, here
  tinygrad-cnn graph my.png --run runs/animals-1 --out net.html      a page to step through
  tinygrad-cnn graph my.png --run runs/animals-1 --target dog --out dog.svg --out dog.png
  tinygrad-cnn graph --model lenet5 --size 32 --channels 3 --classes 5
  tinygrad-cnn graph --model my_net.py:make_net --collapse 'block*' --out net.svg
  tinygrad-cnn graph --config file_config.txt --all-ops --heat memory

Values go down on the left; gradients go up on the right, from the loss to the picture. The loss is the cross
entropy with --target: gradients say what would make that class likelier. Left out, it is the second likeliest
class, so they say what speaks for the first and against the second (with the first itself, the loss of a
well-trained model is about 0, and so are all gradients). The model computes as `predict` does: dropout is
off, batch normalisation uses its running statistics.

Without PICTURE the input is random numbers, the same each time; without --run the weights are starting
values. The picture says so. `train` draws graph.svg and graph.html of every run by itself.

--out ends in .svg .png .html .dot .gv .pdf .json or .txt; .pdf and --engine dot need Graphviz.
Code of your own is executed only when --model names it.
"""


@dataclass(frozen=True)
class _Subject:
    """What is drawn: a model, what it takes, what its classes are called."""

    model: Module
    shape: models.Shape
    classes: list[str]
    title: str
    weights: str  # which ones, in words
    settings: Settings | None  # of the run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    add("picture", nargs="?", metavar="PICTURE", help="a picture file (default: random numbers)")
    add_model_arguments(parser)
    add("--target", metavar="CLASS", help="name or number of a class (default: the second likeliest)")
    add("--out", type=Path, action="append", metavar="FILE", help="where to save it; may be given repeatedly")
    add("--engine", choices=("auto", "dot"), default="auto", help="built in (auto, the default), or Graphviz")
    add(
        "--max-rungs", type=at_least(3), default=60, metavar="N", help="boxes from top to bottom (default 60)"
    )
    collapse = "modules to show as one box each, by path or type, with *; may be given repeatedly"
    add("--collapse", action="append", default=[], metavar="PATTERN", help=collapse)
    add("--heat", choices=KINDS, default="gradient", help="what the bars show (default gradient)")
    add("--all-ops", action="store_true", help="open layers that are made of several operations")
    add("--no-thumbnails", action="store_true", help="leave out pictures of feature maps and filters")


def run(args: argparse.Namespace) -> int:
    """Draw, and print the ladder or save the files."""
    files = args.out or []
    for path in files:
        if path.suffix.lower() not in ENDINGS:
            raise ArgumentError(
                f"--out expects a file that ends in one of {' '.join(ENDINGS)}, got {path.name!r}"
            )
    subject = _subject(args)
    x, shown = _input(args.picture, subject)
    target, meant = _target(args.target, subject, x)
    notes = [subject.weights, shown, meant]
    picture = draw_step(
        subject.model,
        x,
        np.array([target]),
        title=subject.title,
        notes=notes,
        engine=args.engine,
        max_rungs=args.max_rungs,
        collapse=args.collapse,
        layers=not args.all_ops,
        heat=args.heat,
        thumbnails=not args.no_thumbnails,
    )
    if not files:
        say(_ladder(picture))
        return 0
    say("\n".join([picture.graph.title, *notes, ""]))
    for path in files:
        say(f"graph  {picture.save(path)}")
    return 0


def _ladder(picture: Picture) -> str:
    """Write the text as wide as the terminal is; 100 columns where there is none."""
    unicode = (getattr(sys.stdout, "encoding", None) or "ascii").lower().startswith("utf")
    width = shutil.get_terminal_size((100, 24)).columns
    return picture.text(width=min(max(width, 60), 160), ascii=not unicode)


# -- what is drawn -----------------------------------------------------------------------------------------


def _subject(args: argparse.Namespace) -> _Subject:
    if args.run_folder is None:
        model, shape, classes = untrained(args, check=False)
        title = "configuration file" if args.config else Path(args.model or "seed").name
        names = [str(i) for i in range(classes)]
        weights = "the weights are starting values (seed 0)"
        return _Subject(model.eval(), shape, names, title, weights, None)
    refuse_beside_run(args)
    done = trained.load_run(args.run_folder, args.model)
    settings = done.settings
    epoch = load_metadata(args.run_folder / BEST).get("epoch", "?")
    kind = "configuration file" if settings.config is not None else Path(settings.model).name
    title = f"{args.run_folder.resolve().name}: {kind}"
    weights = f"the weights are the run's best, of epoch {epoch}"
    return _Subject(done.model, done.shape, settings.classes, title, weights, settings)


def _input(file: str | None, subject: _Subject) -> tuple[np.ndarray, str]:
    """Give a batch of one picture, and say what it is."""
    channels, height, width = subject.shape
    if file is None:
        x = np.random.default_rng(0).standard_normal((1, *subject.shape)).astype(np.float32)
        return x, "no picture was given: the input is random numbers (normal, seed 0)"
    if channels not in (1, 3):
        raise ArgumentError(
            f"pictures have 1 or 3 channels, and the model takes {channels}; leave out PICTURE"
        )
    x = read_picture(file, (height, width), "RGB" if channels == 3 else "L")
    name = Path(file).name
    if subject.settings is None:
        return x[None], f"the input is {name}, with values from 0 to 1"
    x = Normalize(subject.settings.mean, subject.settings.std)(x)
    return x[None], f"the input is {name}, normalised as in training"


def _target(given: str | None, subject: _Subject, x: np.ndarray) -> tuple[int, str]:
    """Choose the class that the loss asks for, and say why."""
    try:
        scores = predict(subject.model, x)[0]
    except Exception as error:  # the picture shows where and why
        index = 0 if given is None else _index(given, subject.classes)
        return index, f"the model failed: {type(error).__name__}"
    if len(scores) < 2:
        return 0, "the model gives one score"
    likely = np.argsort(-scores, kind="stable")
    index = int(likely[1]) if given is None else _index(given, subject.classes)
    relation = "the second likeliest after" if given is None else "as --target says; predicted is"
    first = f"{subject.classes[likely[0]]} ({scores[likely[0]]:.3f})"
    return index, f"the target is {subject.classes[index]} ({scores[index]:.3f}), {relation} {first}"


def _index(given: str, classes: list[str]) -> int:
    if given in classes:
        return classes.index(given)
    if given.isascii() and given.isdecimal() and len(given) < 10 and int(given) < len(classes):
        return int(given)
    known = ", ".join(classes[:10]) + (", ..." if len(classes) > 10 else "")
    raise ArgumentError(
        f"there is no class {given!r}; expected one of {known}, or a number from 0 to {len(classes) - 1}"
    )


COMMAND = Command("graph", "draw forward and backward pass of a model", _DETAILS, add_arguments, run)

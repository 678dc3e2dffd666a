"""`tinygrad-cnn predict IMAGE... --run RUN`: the class of each picture, and how probable each class is."""

import argparse
from pathlib import Path

import numpy as np

from ..data import UnlabelledFolder, read_picture
from ..data.transforms import Normalize
from ..errors import ArgumentError
from ..train import predict
from . import trained
from .command import Command
from .terminal import aligned, say

_DETAILS = """\
example:
  tinygrad-cnn predict my.png folder/of/pictures --run runs/animals-1

prints one line a picture: its file, its class, and the probability of every class, likeliest first.
"""
_MOST_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    add("images", nargs="+", metavar="IMAGE", help="picture files, or folders of them")
    add("--run", type=Path, required=True, dest="run_folder", metavar="RUN", help="the run to use")
    add("--model", metavar="FILE:FUNCTION", help="let the code of your own that the run was made with run")


def run(args: argparse.Namespace) -> int:
    """Print one line a picture; a picture that cannot be read stops everything before the first line."""
    if "-" in args.images:
        raise ArgumentError("pictures are not read from standard input ('-'); save them, and name the files")
    done = trained.load_run(args.run_folder, args.model)
    rows = [(image, *_judged(done, image)) for image in _files(args.images)]
    say("\n".join(aligned(rows)))
    return 0


def _files(images: list[str]) -> list[str]:
    """The pictures that are meant: of a folder all that are in it, at any depth, sorted."""
    found: list[str] = []
    for image in images:
        found += UnlabelledFolder(image).paths if Path(image).is_dir() else [image]
    return found


def _judged(done: trained.Trained, image: str) -> tuple[str, str]:
    scores = _scores(done, image)
    best = np.argsort(-scores, kind="stable")[:_MOST_SHOWN]
    names = done.settings.classes
    return names[best[0]], "  ".join(f"{names[i]} {scores[i]:.3f}" for i in best)


def _scores(done: trained.Trained, image: str) -> np.ndarray:
    channels, height, width = done.shape
    picture = read_picture(image, (height, width), "RGB" if channels == 3 else "L")
    return predict(done.model, Normalize(done.settings.mean, done.settings.std)(picture)[None])[0]


COMMAND = Command("predict", "name the class of pictures", _DETAILS, add_arguments, run)

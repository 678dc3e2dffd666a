"""The model that --model or --config asks for, with its starting values: for `summary` and `graph`."""

import argparse
from pathlib import Path

from ..core import manual_seed
from ..errors import ArgumentError
from ..io.seed_config import read_config
from ..nn import Module
from . import models
from .command import at_least, picture_size
from .models import Shape
from .terminal import remark


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say which model is meant."""
    add = parser.add_argument
    add("--model", metavar="MODEL", help=models.NAMES)
    add("--config", type=Path, metavar="FILE", help="a configuration file of the seed's network")
    add("--run", type=Path, dest="run_folder", metavar="RUN", help="the model of a run")
    add("--size", type=picture_size, metavar="N|HxW", help="size of the pictures (default: the model's)")
    add("--channels", type=at_least(1), metavar="C", help="channels of the pictures (default: the model's)")
    add("--classes", type=at_least(2), metavar="K", help="number of classes (default: the model's)")


def refuse_beside_run(args: argparse.Namespace) -> None:
    """Raise if something is given that --run knows; --model is allowed, to let code of the user's own run."""
    _refuse(args, "--run", "config", "size", "channels", "classes")


def untrained(
    args: argparse.Namespace, check: bool = True, pictures: bool = False
) -> tuple[Module, Shape, int]:
    """Make the model that is asked for; give it with the (C, H, W) of its pictures and its classes.

    With ``check``, one of the user's own is tried first; with ``pictures``, it may give pictures.
    """
    if args.config is not None:
        _refuse(args, "--config", "model", "size", "channels", "classes")
        config = read_config(args.config)
        for notice in config.notices:
            remark(f"notice: {notice}")
        manual_seed(0)
        model = models.build("seed", config.num_classes, config.input_shape, config)
        return model, config.input_shape, config.num_classes
    name = args.model or "seed"
    models.check_name(name, pictures)
    if name == "autoencoder" and args.classes is not None:
        raise ArgumentError("an autoencoder has no classes; leave out --classes")
    usual = models.DEFAULT_SHAPES.get(name, models.OWN_SHAPE)
    height, width = args.size or usual[1:]
    shape = (args.channels or usual[0], height, width)
    classes = args.classes or models.usual_classes(name)
    manual_seed(0)
    return models.build(name, classes, shape, check=check), shape, classes


def _refuse(args: argparse.Namespace, option: str, *others: str) -> None:
    given = [f"--{name}" for name in others if getattr(args, name) is not None]
    if given:
        raise ArgumentError(f"{option} says what the model is; leave out {', '.join(given)}")

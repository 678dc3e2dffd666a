"""`tinygrad-cnn summary`: the layers of a model, their shapes, parameters, memory and multiply-adds."""

import argparse
from pathlib import Path

from ..core import manual_seed
from ..errors import ArgumentError
from ..io.seed_config import read_config
from ..train.runs import read_settings
from ..viz import summary as summarise
from . import models, trained
from .command import Command, at_least, picture_size
from .terminal import remark, say

_DETAILS = """\
examples:
  tinygrad-cnn summary --model seed
  tinygrad-cnn summary --model lenet5 --size 32 --channels 3 --classes 5
  tinygrad-cnn summary --config file_config.txt
  tinygrad-cnn summary --run runs/animals-1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    add("--model", metavar="MODEL", help="seed, lenet5, vgg-small, or path/to/file.py:function")
    add("--config", type=Path, metavar="FILE", help="a configuration file of the seed's network")
    add("--run", type=Path, dest="run_folder", metavar="RUN", help="the model of a run")
    add("--size", type=picture_size, metavar="N|HxW", help="size of the pictures (default: the model's)")
    add("--channels", type=at_least(1), metavar="C", help="channels of the pictures (default: the model's)")
    add("--classes", type=at_least(2), metavar="K", help="number of classes (default 10; seed: 3)")
    add("--batch-size", type=at_least(1), default=1, metavar="N", help="pictures at once (default 1)")


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    if args.run_folder is not None:
        _refuse(args, "--run", "config", "size", "channels", "classes")
        settings = read_settings(args.run_folder)
        model, shape = trained.model_of(settings, args.model), tuple(settings.input_shape)
    elif args.config is not None:
        _refuse(args, "--config", "model", "size", "channels", "classes")
        config = read_config(args.config)
        for notice in config.notices:
            remark(f"notice: {notice}")
        shape = config.input_shape
        model = models.build("seed", config.num_classes, config.input_shape, config)
    else:
        name = args.model or "seed"
        models.check_name(name)
        usual = models.DEFAULT_SHAPES.get(name, models.OWN_SHAPE)
        height, width = args.size or usual[1:]
        shape = (args.channels or usual[0], height, width)
        manual_seed(0)
        model = models.build(name, args.classes or (3 if name == "seed" else 10), shape)
    say(str(summarise(model, shape, args.batch_size)))
    return 0


def _refuse(args: argparse.Namespace, option: str, *others: str) -> None:
    given = [f"--{name}" for name in others if getattr(args, name) is not None]
    if given:
        raise ArgumentError(f"{option} says what the model is; leave out {', '.join(given)}")


COMMAND = Command("summary", "show the layers of a model", _DETAILS, add_arguments, run)

"""`tinygrad-cnn summary`: the layers of a model, their shapes, parameters, memory and multiply-adds."""

import argparse

from ..nn import Module
from ..train.runs import read_settings
from ..viz import summary as summarise
from . import trained
from .chosen import add_model_arguments, refuse_beside_run, untrained
from .command import Command, at_least
from .terminal import say

_DETAILS = """\
examples:
  tinygrad-cnn summary --model seed
  tinygrad-cnn summary --model lenet5 --size 32 --channels 3 --classes 5
  tinygrad-cnn summary --model unet --size 96
  tinygrad-cnn summary --config file_config.txt
  tinygrad-cnn summary --run runs/animals-1

Beside the models that --model lists, it shows unet and autoencoder, which give pictures.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_model_arguments(parser)
    help = "pictures at once (default 1)"
    parser.add_argument("--batch-size", type=at_least(1), default=1, metavar="N", help=help)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    model: Module
    shape: tuple[int, ...]
    if args.run_folder is not None:
        refuse_beside_run(args)
        settings = read_settings(args.run_folder)
        model, shape = trained.model_of(settings, args.model), tuple(settings.input_shape)
    else:
        model, shape, _ = untrained(args, pictures=True)
    say(str(summarise(model, shape, args.batch_size)))
    return 0


COMMAND = Command("summary", "show the layers of a model", _DETAILS, add_arguments, run)

"""The command line: `tinygrad-cnn` and `python -m tinygrad_cnn`.

A command is one file here that ends in a `Command`; adding it to `COMMANDS` is all that it takes. Exit codes:
0 done, 1 a check has found a mistake, 2 an error, 130 stopped by Ctrl-C.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from .. import __version__
from ..errors import CnnError
from . import evaluate, gradcheck, graph, predict, summary, train
from .command import Parser
from .terminal import remark, survive_any_encoding

COMMANDS = (
    train.COMMAND,
    evaluate.COMMAND,
    predict.COMMAND,
    graph.COMMAND,
    summary.COMMAND,
    gradcheck.COMMAND,
)

_EPILOG = """\
first steps:
  tinygrad-cnn train data/animals                 learn the pictures, leave a run in runs/animals-1
  tinygrad-cnn predict my.png --run runs/animals-1
  tinygrad-cnn graph my.png --run runs/animals-1 --out net.html      see why: gradients, step by step

Every command has its own help: tinygrad-cnn train --help
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; errors become one line on stderr.

    >>> main(["--version"])
    Traceback (most recent call last):
    SystemExit: 0
    """
    survive_any_encoding()
    args = make_parser().parse_args(argv)
    try:
        return args.run(args)
    except KeyboardInterrupt:
        remark("stopped; nothing was saved")
        return 130
    except BrokenPipeError:  # the reader of our output has had enough, as in `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if args.debug:
            traceback.print_exc()
        remark(f"error: {explain(error)}")
        return 2


def make_parser() -> Parser:
    """Make the parser of all commands."""
    parser = Parser(
        prog="tinygrad-cnn",
        description="Train a convolutional network on pictures, and use it. Not related to tinygrad.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tinygrad-cnn {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for command in COMMANDS:
        own = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog=command.details,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(own)
        own.add_argument("--debug", action="store_true", help="show the whole trace of an error")
        own.set_defaults(run=command.run)
    return parser


def explain(error: Exception) -> str:
    """Say in one line what went wrong and what to do.

    >>> explain(MemoryError())
    'not enough memory; use a smaller --batch-size or --size'
    """
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    if isinstance(error, CnnError):
        return f"{error}{notes}"
    if isinstance(error, MemoryError):
        return "not enough memory; use a smaller --batch-size or --size"
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}{notes}"
    return f"{type(error).__name__}: {error}{notes}; this was not expected: --debug shows where it happened"

"""What a command is: a name, one line of help, an example, its arguments, and what it does."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One command of `tinygrad-cnn`; ``run`` gives the exit code."""

    name: str
    help: str
    details: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line that says where to read more."""

    def error(self, message: str) -> None:  # type: ignore[override]  # the base class never returns either
        """Print the line and leave with exit code 2."""
        from .terminal import remark

        remark(f"error: {message}; see {self.prog} --help")
        self.exit(2)


def at_least(least: int, most: int = 2**63 - 1) -> Callable[[str], int]:
    """Make an argument type: whole numbers from ``least`` up, to ``most``."""

    def whole(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} up, got {text!r}")
        if value > most:
            raise argparse.ArgumentTypeError(f"expected a whole number up to {most}, got {text[:40]!r}")
        return value

    return whole


def positive(text: str) -> float:
    """Read a number above 0."""
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return value


def fraction(text: str) -> float:
    """Read a share, from 0 up and below 1."""
    value = _number(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0 to below 1, as in 0.2, got {text!r}")
    return value


def picture_size(text: str) -> tuple[int, int]:
    """Read (H, W) from ``120`` or ``90x120``."""
    parts = text.lower().split("x")
    if len(parts) > 2 or not all(
        part.isascii() and part.isdigit() and 0 < int(part) <= 4096 for part in parts
    ):
        raise argparse.ArgumentTypeError(
            f"expected a size in pixels from 1 to 4096, as in 120 or 90x120 (height x width), got {text!r}"
        )
    return int(parts[0]), int(parts[-1])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")

"""Lines for a terminal: results on stdout, remarks on stderr, and no control character of a file's name."""

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def plain(text: Any) -> str:
    r"""Write control characters, direction marks and undecodable bytes of a text as escapes.

    Names of files and classes come from outside, and a terminal obeys what it prints.

    >>> plain("cat\x1b[2J\n")
    'cat\\x1b[2J\\n'
    >>> plain("käse 猫")
    'käse 猫'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text))


def say(text: str = "") -> None:
    """Print lines of a result."""
    print(*(plain(line) for line in text.split("\n")), sep="\n", flush=True)


def remark(text: str) -> None:
    """Print one line beside the result: a notice, or an error."""
    print(plain(one_line(text)), file=sys.stderr, flush=True)


def one_line(text: str) -> str:
    """Join the lines of a message.

    >>> one_line("does not fit\\nmissing (2):\\n  a\\n  b")
    'does not fit; missing (2): a; b'
    """
    parts = [part.strip() for part in text.splitlines() if part.strip()]
    joined = "; ".join(parts)
    return joined.replace(":; ", ": ")


def aligned(rows: Sequence[tuple[str, ...]], gap: str = "  ") -> list[str]:
    """Pad the cells of each column to one width; the last column stays ragged.

    >>> aligned([("a", "1.0"), ("long", "2")])
    ['a     1.0', 'long  2']
    """
    shown = [tuple(plain(cell) for cell in row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*shown, strict=True)]
    return [
        gap.join([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]).rstrip()
        for row in shown
    ]


@contextmanager
def warnings_as_notices() -> Iterator[None]:
    """Let warnings that are meant for users appear as one line each."""

    def show(message: Any, category: type[Warning], *where: Any) -> None:
        remark(f"notice: {message}")

    with warnings.catch_warnings():
        warnings.filterwarnings("always", category=UserWarning, message="the best weights so far are lost")
        warnings.showwarning = show  # type: ignore[assignment]
        yield


def survive_any_encoding() -> None:
    """Let a terminal that cannot show a character print its escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")

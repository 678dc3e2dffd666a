"""Graphviz as a second way to draw: an object of the `graphviz` package, and the program `dot`, with a limit.

The package has no time limit of its own, so `dot` is started here. It reads from its input and writes to its
output: no file, no shell.
"""

import importlib.util
import math
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from ...errors import ArgumentError, CnnError
from ..graph.model import Graph
from .dot import NAME, body_lines
from .words import clean

if TYPE_CHECKING:
    import graphviz

INSTALL = (
    "install Graphviz (`apt install graphviz`, `brew install graphviz` or `winget install graphviz`; "
    "on Linux also `pip install pygraphviz`), or leave out engine='dot' to use the built-in layout"
)
# What runs where only pygraphviz is there: a process of its own, so that the limit holds for it as well.
_PYGRAPHVIZ = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode("utf-8"))
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*>\s*")


class DotError(CnnError, RuntimeError):
    """Graphviz is not there, took too long, or refused; the message says what to do."""


def as_digraph(graph: Graph) -> "graphviz.Digraph":
    """Make a `graphviz.Digraph` whose ``source`` is what `to_dot` writes, to be rendered or added to.

    Its own ``render`` has no time limit; `run_dot` has one.

    >>> as_digraph(Graph({})).source.splitlines()[0]
    'digraph backprop {'
    """
    from graphviz import Digraph

    return Digraph(NAME, body=body_lines(graph))


def run_dot(dot_source: str, format: str, *, timeout: float = 20.0) -> bytes:
    r"""Have Graphviz lay out and draw a graph in DOT.

    The `dot` on the PATH does it, else pygraphviz if that is installed. An SVG comes without its document
    type: that names an address, which a careless reader would fetch, and cannot stand in an HTML page.

    Args:
        dot_source: what `to_dot` wrote.
        format: any that this Graphviz knows, such as "svg", "png" or "pdf".
        timeout: seconds until it is stopped.

    Raises:
        ArgumentError: a format that is no word, or a time limit that is not above 0.
        DotError: Graphviz is not installed, took longer, or could not draw it.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*(:[a-z]+){0,2}", format):
        raise ArgumentError(
            f"format must be one of Graphviz's, such as 'svg' or 'pdf', not {clean(format)!r}"
        )
    if not (timeout > 0 and math.isfinite(timeout)):
        raise ArgumentError(f"timeout must be a number of seconds above 0, not {timeout!r}")
    drawn = _run(_command(format), dot_source.encode("utf-8"), timeout)
    return _DOCTYPE.sub(b"", drawn, count=1) if format.partition(":")[0] == "svg" else drawn


def _command(format: str) -> list[str]:
    program = shutil.which("dot")
    if program:
        return [program, f"-T{format}"]
    if sys.executable and importlib.util.find_spec("pygraphviz"):
        return [sys.executable, "-P", "-c", _PYGRAPHVIZ, format]
    raise DotError(f"Graphviz's program `dot` was not found on the PATH: {INSTALL}")


def _run(command: list[str], source: bytes, timeout: float) -> bytes:
    try:
        done = subprocess.run(command, input=source, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise DotError(
            f"Graphviz took longer than {timeout:g} s for a graph of {source.count(b'->'):,} edges, and was "
            "stopped: show less detail, allow more time, or leave out engine='dot'"
        ) from None
    except OSError as error:
        raise DotError(f"Graphviz could not be started ({clean(str(error), 120)}): {INSTALL}") from None
    if done.returncode or not done.stdout:
        lines = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        said = clean(lines[-1 if "-c" in command else 0].strip(), 200) if lines else "nothing"
        raise DotError(
            f"Graphviz could not draw this graph (exit status {done.returncode}); it said: {said}; "
            "leave out engine='dot' to use the built-in layout"
        )
    return done.stdout

"""A picture: one graph, and every form in which it can be seen or kept."""

import sys
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..io.files import atomic_write
from .graph.fold import MOST_RUNGS, fold
from .graph.model import Graph
from .layout.compose import compose
from .layout.heat import KINDS
from .layout.scene import Scene

if TYPE_CHECKING:
    import graphviz

MOST_IN_A_PAGE = 3000  # boxes; of more, some are folded for good
ENGINES = ("auto", "dot")


class Picture:
    """What `draw` gives: it shows itself in a notebook, prints as text, and saves to files.

    ``graph`` is all of it, ``view`` what is shown after folding.
    """

    def __init__(
        self, graph: Graph, *, engine: str, most: int, collapse: Collection[str], layers: bool, heat: str
    ) -> None:
        if engine not in ENGINES:
            raise ArgumentError(f'engine must be "auto" (built in) or "dot" (Graphviz), got {engine!r}')
        if heat not in KINDS:
            raise ArgumentError(f"heat must be one of {', '.join(KINDS)}, got {heat!r}")
        if isinstance(most, bool) or not isinstance(most, int) or most < 3:
            raise ArgumentError(f"max_rungs must be a whole number from 3 up, got {most!r}")
        self.graph = graph
        self.engine, self.heat = engine, heat
        self.view = fold(graph, most, (collapse,) if isinstance(collapse, str) else collapse, layers)

    # -- forms ---------------------------------------------------------------------------------------------

    @cached_property
    def scene(self) -> Scene:
        """The picture as shapes, laid out by the built-in ladder."""
        return compose(self.view, self.heat)

    @property
    def dot(self) -> str:
        """The picture in DOT, the language of Graphviz."""
        from .write.dot import to_dot

        return to_dot(self.view)

    def graphviz(self) -> "graphviz.Digraph":
        """Give a `graphviz.Digraph` of the same picture, to render or to change."""
        from .write.graphviz_engine import as_digraph

        return as_digraph(self.view)

    @property
    def svg(self) -> str:
        """The picture as SVG, which needs nothing beside it."""
        if self.engine == "dot":
            drawn = self._by_dot("svg")
            if drawn is not None:
                return drawn.decode("utf-8")
        from .write.svg import to_svg

        return to_svg(self.scene)

    @property
    def html(self) -> str:
        """The whole graph as one page, in which modules open and close, and backprop can be replayed."""
        from .page import to_page  # the page is large

        whole = fold(self.graph, MOST_IN_A_PAGE, layers=False)
        closed = [name for name in whole.groups if name not in self.view.groups]
        return to_page(whole, collapsed=closed, heat=self.heat, timing=self.heat == "time")

    def png(self) -> bytes:
        """Draw the picture as pixels."""
        if self.engine == "dot":
            drawn = self._by_dot("png")
            if drawn is not None:
                return drawn
        from .write.png import to_png

        return to_png(self.scene)

    def pdf(self) -> bytes:
        """Draw the picture as PDF, which takes Graphviz; raises `DotError` where it is missing."""
        from .write.graphviz_engine import run_dot

        return run_dot(self.dot, "pdf")

    def json(self) -> str:
        """Give the whole graph as JSON, without small pictures: what `assert_graph` compares."""
        from .write.as_json import to_json

        return to_json(self.graph, pictures=False)

    def text(self, width: int = 100, ascii: bool = False) -> str:
        """Give the ladder as text, at most ``width`` columns wide."""
        from .write.text import to_text

        return to_text(self.view, width=width, ascii=ascii)

    # -- showing and saving --------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write the picture; the ending decides: .svg .png .html .dot .gv .pdf .json .txt.

        Raises:
            ArgumentError: another ending.
            DotError: a PDF, and Graphviz is missing or too slow.
            MissingPathError, SaveError: the file cannot be written; what was there before still is.
        """
        place = Path(path)
        write = _WRITERS.get(place.suffix.lower())
        if write is None:
            known = " ".join(_WRITERS)
            raise ArgumentError(f"save expects a file that ends in one of {known}, got {place.name!r}")
        atomic_write(place, write(self))
        return place

    def __str__(self) -> str:
        return self.text(ascii=not _writes_unicode())

    def __repr__(self) -> str:
        ops = sum(1 for _ in self.graph.ops())
        return f"<Picture of {ops:,} operations; print it, or save it as .svg, .html or .png>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the picture in a notebook, in a box that scrolls; never raises, since it is only a look."""
        try:
            svg = self.svg
        except Exception as error:
            return {"text/plain": f"{self!r} / it could not be drawn: {type(error).__name__}: {error}"}
        box = f'<div style="overflow:auto;max-height:80vh;background:#fff">{svg}</div>'
        return {"text/html": box, "image/svg+xml": svg, "text/plain": repr(self)}

    def _by_dot(self, form: str) -> bytes | None:
        """Ask Graphviz; where it cannot, say so on one line, and let the built-in ladder draw."""
        from .write.graphviz_engine import DotError, run_dot

        try:
            return run_dot(self.dot, form)
        except DotError as error:
            if sys.stderr is not None:
                print(f"engine='dot': {error}; drawn by the built-in engine instead", file=sys.stderr)
            return None


_WRITERS: dict[str, Callable[[Picture], str | bytes]] = {
    ".svg": lambda p: p.svg,
    ".png": lambda p: p.png(),
    ".html": lambda p: p.html,
    ".dot": lambda p: p.dot,
    ".gv": lambda p: p.dot,
    ".pdf": lambda p: p.pdf(),
    ".json": lambda p: p.json(),
    ".txt": lambda p: p.text() + "\n",
}


def _writes_unicode() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return encoding.lower().replace("-", "").startswith("utf")


__all__ = ["MOST_RUNGS", "Picture"]

"""The page as a whole: the picture, what is known of it, and the script and styles that go with them.

Its content security policy names the hashes of its one script and its one style sheet: nothing else runs, and
no address is ever asked for anything.
"""

import base64
import hashlib
from collections.abc import Collection
from dataclasses import replace
from importlib.resources import files

from ...errors import ArgumentError
from ..graph.fold import fold
from ..graph.model import Graph
from ..layout.compose import compose
from ..layout.heading import SIGNS, STROKES
from ..layout.heat import KINDS, heat_of
from ..layout.scene import Box, Image, Shape, Stroke
from ..write.svg import FONT, escaped
from ..write.words import clean
from .colours import style_sheet
from .data import as_json, page_data
from .folds import folds_of
from .markup import PLACE, Markup
from .shapes import Looks
from .sprites import largest_side, sprite

SCRIPTS = ("start.js", "ladder.js", "heat.js", "panel.js", "replay.js", "page.js")
FIRST = 'document.documentElement.dataset.script=""'  # nothing is drawn twice: first laid out, then shown
MOST_BYTES = 920_000  # of picture and data; with script and styles, a page stays below 1 MB
MOST_OPS = 4_000  # on one page; of more, modules are folded before they are drawn
HEATS = {
    "gradient": "gradient: rms, median in the middle, 4 powers of ten to each side",
    "update": "update: |change| / |value| of a parameter, else |gradient| / |value|; 0.001 in the middle",
    "dead": "dead: share of a ReLU's outputs that are 0",
    "memory": "memory: bytes of the result, largest = full",
    "time": "time: of the forward computation, longest = full",
    "difference": "difference: how many times a number changed, unchanged in the middle",
}


def to_page(
    graph: Graph, *, collapsed: Collection[str] = (), heat: str = "gradient", timing: bool = False
) -> str:
    """Write a graph as one HTML file in which backprop can be stepped through.

    Args:
        graph: all of it; what is collapsed is chosen in the page.
        collapsed: ids of the groups that are closed at first.
        heat: what the bars show at first, one of `layout.heat.KINDS`.
        timing: write times too, which differ between runs, while everything else is the same in all.

    Raises:
        ArgumentError: ``heat`` is not one of the kinds, or asks for times without ``timing``.

    >>> page = to_page(Graph({}, title="nothing"))
    >>> page[:15], "default-src 'none'" in page, "https:" in page
    ('<!doctype html>', True, False)
    """
    kinds = _kinds(graph, heat, timing)
    if sum(1 for _ in graph.ops()) > MOST_OPS:
        graph = fold(graph, MOST_OPS)
    scene = compose(graph)
    folds = folds_of(graph, scene, kinds)
    markup = Markup(graph, scene, folds, heat_of(graph, kinds[0]))
    picture = markup.svg()
    first = heat if heat in kinds else kinds[0]
    closed = sorted({i for i, name in enumerate(graph.groups) if name in collapsed})
    data = page_data(graph, folds, kinds, closed=closed, heat=first, boxes=markup.looks.boxes)
    room = MOST_BYTES - len(picture) - len(data)
    picture, sprites, note = _with_images(picture, markup.rows_of_images, room)
    graph = replace(graph, notes=(*graph.notes, note)) if note else graph
    return _page(graph, kinds, markup.looks, {"PICTURE": picture, "DATA": data, "SPRITES": sprites})


def _with_images(picture: str, rows: list[list[Image]], room: int) -> tuple[str, str, str]:
    """Put the small pictures in, as large as there is room; also give their titles, and a note."""
    side = largest_side(rows, room)
    pieces = picture.split(PLACE)
    known: dict[tuple[str, int, int, int, int], int] = {}
    for i, images in enumerate(rows):
        made = sprite(images, side)
        titles = "|".join(clean(image.thumbnail.title, 60).replace("|", "/") for image in images)
        number = known.setdefault((titles, made.count, made.width, made.height, made.gap), len(known))
        pieces[i] += f' data-c={number} href="{made.uri}"'
    note = ""
    if any(max(i.thumbnail.height, i.thumbnail.width) > side for images in rows for i in images):
        note = f"small pictures have at most {side} x {side} pixels here, so that the page stays small"
    return "".join(pieces), as_json(list(known)), note


def _kinds(graph: Graph, heat: str, timing: bool) -> tuple[str, ...]:
    """List the kinds of heat that the page can show; of a comparison there is one."""
    if heat not in KINDS:
        raise ArgumentError(f"heat must be one of {', '.join(KINDS)}, got {heat!r}")
    if heat == "time" and not timing:
        raise ArgumentError('heat "time" needs timing=True, since times are otherwise left out of the page')
    if any(item.heat is not None for item in graph.items.values()):
        return ("difference",)
    return tuple(kind for kind in HEATS if kind in KINDS and (timing or kind != "time"))


def _page(graph: Graph, kinds: tuple[str, ...], looks: Looks, parts: dict[str, str]) -> str:
    legend = _legend(looks)
    here = files(__package__)
    script = '"use strict";{\n' + "".join(map(_script, SCRIPTS)) + "}\n"
    own = here.joinpath("page.css").read_text("utf-8")
    style = f"{style_sheet()}\n{looks.rules()}\nbody,svg{{font-family:{FONT}}}\n{own}"
    scripts = f"'{_hash(script)}' '{_hash(FIRST)}'"
    policy = (
        f"default-src 'none'; img-src data:; script-src {scripts}; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    words = {
        "TITLE": escaped(graph.title or "graph"),
        "FACTS": "".join(f"<li>{escaped(fact)}</li>" for fact in graph.facts),
        "NOTES": "".join(f"<p>{escaped(note)}</p>" for note in graph.notes),
        "HEATS": "".join(f'<option value="{k}">{HEATS[k].partition(":")[0]}</option>' for k in kinds),
        "HEAT_WORDS": "".join(
            f'<span data-heat="{k}">bar: {HEATS[k].partition(": ")[2]}</span>' for k in kinds
        ),
        "LEGEND": legend,
        "POLICY": policy,
        "STYLE": style,
        "SCRIPT": script,
        "FIRST": FIRST,
        **parts,
    }  # fmt: skip
    pieces = here.joinpath("page.html").read_text("utf-8").split("@@")
    return "".join(words[piece] if i % 2 else piece for i, piece in enumerate(pieces))


def _script(name: str) -> str:
    """Read a script without what only its readers need: indents, and comments on lines of their own."""
    lines = (line.strip() for line in files(__package__).joinpath(name).read_text("utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _legend(looks: Looks) -> str:
    """Write the signs of the picture, each with its words; they wrap where the page is narrow."""
    found = []
    for style, words in (*SIGNS, *STROKES):
        shape: Shape = Stroke(((1, 8), (23, 8)), style, arrow=style != "rung")
        if (style, words) in SIGNS:
            radius = {"op": 4, "parameter": 6, "gradient": 3}.get(style, 0)
            shape = Box(1.5, 1.5, 21, 13, style, radius, double=style in ("input", "parameter"))
        swatch = f'<svg width="24" height="16" aria-hidden="true">{looks.shape(shape, 0.0)}</svg>'
        found.append(f"<li>{swatch}{escaped(words)}</li>")
    return "".join(found)

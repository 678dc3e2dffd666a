"""Above the ladder: what it shows, and what its signs mean."""

from ..graph.model import Graph
from ..write.words import clean
from .metrics import fitted, width_of
from .scene import Box, Part, Shape, Stroke, Words
from .theme import TYPES

LEFT = 22.0
SIGNS = (
    ("input", "input"),
    ("parameter", "parameter"),
    ("op", "operation"),
    ("gradient", "gradient"),
    ("constant", "constant, or no gradient"),
    ("absent", "- not computed"),
    ("failed", "NaN, Inf or an error"),
)
STROKES = (("down", "value goes down"), ("up", "gradient goes up"), ("rung", "kept for backward"))
_HEATS = {
    "gradient": "bar: rms of the gradient, median in the middle, 4 powers of ten to each side",
    "update": "bar: |change| / |value| in this step, 0.001 in the middle; before a step |gradient| / |value|",
    "dead": "bar: share of a ReLU's outputs that are 0",
    "time": "bar: time of the forward computation, longest = full",
    "memory": "bar: memory of the result, largest = full",
    "difference": "bar: how many times a number changed, unchanged in the middle",
}


def heading(graph: Graph, width: float, heat: str) -> tuple[list[Part], float]:
    """Draw title, facts, notes and the legend; also give the height that they take."""
    y = 32.0
    title = fitted(clean(graph.title, 80), width - 2 * LEFT, 1.07 * TYPES["title"].size)
    shapes: list[Shape] = [Words(LEFT, y, title, "title")]
    for words in _wrapped("  |  ".join(clean(fact, 80) for fact in graph.facts), width, "facts"):
        y += 19
        shapes.append(Words(LEFT, y, words, "facts"))
    for note in graph.notes:
        for words in _wrapped(clean(note, 400), width, "note"):
            y += 16
            shapes.append(Words(LEFT, y, words, "note"))
    legend, y = _legend(width, y + 14, heat)
    return [Part("head", shapes), legend], y + 18


def _wrapped(text: str, width: float, style: str) -> list[str]:
    size, room = TYPES[style].size, width - 2 * LEFT
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [fitted(line, room, size) for line in lines if line]


def _legend(width: float, y: float, heat: str) -> tuple[Part, float]:
    shapes: list[Shape] = []
    x, y = LEFT, y + 10
    for style, words in SIGNS + STROKES:
        room = 26 + width_of(words, TYPES["note"].size) + 14
        if x + room > width - LEFT and x > LEFT:
            x, y = LEFT, y + 20
        if (style, words) in SIGNS:
            radius = {"op": 4, "parameter": 6, "gradient": 3}.get(style, 0)
            shapes.append(Box(x, y - 10, 20, 12, style, radius, double=style in ("input", "parameter")))
        else:
            shapes.append(Stroke(((x, y - 4), (x + 20, y - 4)), style, arrow=style != "rung"))
        shapes.append(Words(x + 26, y, words, "note"))
        x += room
    words = (
        "double outline: where it begins and ends.  + gradients of several uses are added up.  "
        "dY: gradient of the loss by the result Y of the box; X, W, A, B: what it is computed from; "
        "(*): convolution.  Signed pictures: orange +, blue -, white 0.  " + _HEATS[heat]
    )
    for line in _wrapped(words, width, "note"):
        y += 18
        shapes.append(Words(LEFT, y, line, "note"))
    return Part("legend", shapes), y

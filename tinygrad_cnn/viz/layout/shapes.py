"""From boxes with a place to shapes: outlines, lines of text, small pictures, gauges and badges."""

from ..graph.model import Graph
from ..write.words import clean
from .cells import LINE_HEIGHT, PAD, Cell
from .metrics import fitted, width_of
from .scene import Box, Image, Part, Shape, Words
from .theme import PAINTS, TYPES, mixed

GAUGE_WIDTH, GAUGE_HEIGHT = 32.0, 6.0


def draw_cell(cell: Cell, x: float, y: float, height: float, title: str) -> Part:
    """Draw a box with everything in it; it may be given more height than it needs."""
    fill = cell.fill
    if cell.level is not None and cell.style in ("gradient", "op", "parameter", "fold", "input"):
        base = PAINTS[cell.style]
        fill = mixed("#ffffff", mixed(base.fill, base.stroke, 0.45), cell.level)
    shapes: list[Shape] = [
        Box(x, y, cell.width, height, cell.style, min(cell.radius, height / 2), cell.double, fill)
    ]
    baseline = y + PAD + LINE_HEIGHT - 5
    inset = x + max(9.0, cell.radius / 2 + 3)
    room = x + cell.width - 6 - inset
    for i, (words, style) in enumerate(cell.lines):
        taken = GAUGE_WIDTH + 4 if i == 0 and cell.level is not None else 0.0
        if i == 1 and cell.aside:
            taken = width_of(cell.aside, TYPES["quiet"].size) + 4
            shapes.append(Words(x + cell.width - 7, baseline, cell.aside, "quiet", "end"))
        size = TYPES[style].size * (1.07 if TYPES[style].bold else 1.0)
        shapes.append(Words(inset, baseline, fitted(clean(words, 200), room - taken, size), style))
        baseline += LINE_HEIGHT
    if cell.level is not None:
        shapes += _gauge(x + cell.width - GAUGE_WIDTH - 7, y + PAD + 3, cell.level)
    shapes += _pictures(cell, inset, baseline - LINE_HEIGHT + 8)
    if cell.badge:
        shapes += draw_badge(x + cell.width - 4, y - 8, cell.badge)
    return Part(cell.kind, shapes, cell.item, title)


def _gauge(x: float, y: float, level: float) -> list[Shape]:
    """A bar with a mark in its middle, which is the median."""
    filled = GAUGE_WIDTH * min(max(level, 0.0), 1.0)
    return [
        Box(x, y, GAUGE_WIDTH, GAUGE_HEIGHT, "gauge", 2),
        Box(x, y, filled, GAUGE_HEIGHT, "level", 2),
        Box(x + GAUGE_WIDTH / 2 - 0.5, y - 2, 1, GAUGE_HEIGHT + 4, "level"),
    ]


def _pictures(cell: Cell, x: float, y: float) -> list[Shape]:
    shapes: list[Shape] = []
    side = cell.picture_size
    for thumbnail in cell.pictures:
        longest = max(thumbnail.height, thumbnail.width)
        width, height = side * thumbnail.width / longest, side * thumbnail.height / longest
        shapes.append(Image(x, y, width, height, thumbnail))
        x += width + 2
    return shapes


def draw_badge(right: float, y: float, words: str) -> list[Shape]:
    """A red label over the corner of a box."""
    width = 12 + 6.9 * len(words)
    return [
        Box(right - width, y, width, 16, "badge", 8),
        Words(right - width / 2, y + 12, words, "badge", "middle"),
    ]


def describe(graph: Graph, cell: Cell) -> str:
    """Say in one sentence what a box is, for a pointer that rests on it and for screen readers."""
    item = graph.items[cell.item]
    what = {"gradient": "gradient of ", "parameter": "", "forward": ""}[cell.kind]
    words = "; ".join(text for text, _ in cell.lines)
    where = f"; made at {item.source}" if item.source and cell.kind == "forward" else ""
    return f"{what}{item.id}: {words}{where}"

"""The whole picture: heading, frames, lines and boxes, in the order in which they cover each other."""

from dataclasses import replace

from ..graph.health import Health, bad_word, health_of
from ..graph.model import Graph
from ..graph.thumbnails import step_to_fit
from ..write.words import clean, count
from .edges import Edges
from .heading import heading
from .heat import heat_of
from .ladder import FRAME_INSET, MARGIN, Frame, Places, place
from .metrics import fitted, width_of
from .rungs import Rung, climb
from .scene import Box, Part, Row, Scene, Shape, Words
from .shapes import describe, draw_cell
from .theme import TYPES

NARROWEST = 760.0
MOST_PIXELS = 200_000  # of all small pictures together: a third of a megabyte of SVG


def compose(graph: Graph, heat: str = "gradient") -> Scene:
    """Lay a graph out as a ladder; ``heat`` is one of `heat.KINDS`."""
    kind = "difference" if any(i.heat is not None for i in graph.items.values()) else heat
    graph = with_fitting_pictures(graph)
    ladder = climb(graph, heat_of(graph, heat), heat)
    places = place(graph, ladder, 0.0)
    width = max(places.columns.right, NARROWEST)
    head, top = heading(graph, width, kind)
    for rung in ladder.rungs:
        rung.top += top
    places.frames = [replace(f, top=f.top + top, bottom=f.bottom + top) for f in places.frames]
    health = health_of(graph)
    scene = Scene(width, places.bottom + top + 14, graph.title, _description(graph))
    scene.parts += head
    scene.parts += [_frame(graph, frame, places) for frame in places.frames]
    scene.parts += Edges(graph, ladder, places, health).draw()
    for rung in ladder.rungs:
        scene.parts += _boxes(graph, rung, places, health)
    scene.parts += [_frame_title(graph, frame, places) for frame in places.frames]
    scene.rows = [Row(r.item.id, r.top, r.bottom, r.item.module) for r in ladder.rungs]
    return scene


def with_fitting_pictures(graph: Graph) -> Graph:
    """Make the small pictures smaller where there are so many that the file would be mostly pixels."""
    every = [t for i in graph.items.values() for t in (*i.pictures, *i.gradient_pictures)]
    step = step_to_fit(every, MOST_PIXELS)
    if step == 1:
        return graph
    items = {
        name: replace(
            item,
            pictures=tuple(t.smaller(step) for t in item.pictures),
            gradient_pictures=tuple(t.smaller(step) for t in item.gradient_pictures),
        )
        for name, item in graph.items.items()
    }
    note = f"there are many small pictures, so one of {step} x {step} pixels is shown"
    return replace(graph, items=items, notes=(*graph.notes, note))


def _description(graph: Graph) -> str:
    """Say the picture in words, for who cannot see it."""
    ops = sum(1 for _ in graph.ops())
    facts = ", ".join(graph.facts)
    return f"Forward and backward pass of {graph.title}: {count(ops)} boxes from top to bottom. {facts}."


def _boxes(graph: Graph, rung: Rung, places: Places, health: Health) -> list[Part]:
    columns, item = places.columns, rung.item
    parts = []
    if item.id == health.value_origin:
        rung.forward.badge = f"first {bad_word(item.value)}"
    elif item.failed:
        rung.forward.badge = "failed"
    parts.append(
        draw_cell(rung.forward, columns.forward, rung.top, rung.height, describe(graph, rung.forward))
    )
    if rung.gradient is not None:
        if item.id == health.gradient_origin:
            rung.gradient.badge = f"first {bad_word(item.gradient)}"
        title = describe(graph, rung.gradient)
        parts.append(draw_cell(rung.gradient, columns.gradient, rung.top, rung.height, title))
    for cells, x in ((rung.chips, columns.chips), (rung.gradient_chips, columns.gradient_chips)):
        y = rung.top
        for cell in cells:
            parts.append(draw_cell(cell, x, y, cell.height, describe(graph, cell)))
            y += cell.height + 5
    return parts


def _frame(graph: Graph, frame: Frame, places: Places) -> Part:
    left, right = _sides(frame, places)
    style = "frame" if frame.depth % 2 == 0 else "frame2"
    box = Box(left, frame.top, right - left, frame.bottom - frame.top, style, 10)
    return Part("frame", [box], frame.group)


def _frame_title(graph: Graph, frame: Frame, places: Places) -> Part:
    """Write what a frame is over its upper line, on paper of its own so that lines do not cross the words."""
    group = graph.groups[frame.group]
    learnt = f", {count(group.parameters)} parameters" if group.parameters else ""
    name = clean(group.id, 40)
    words = f"{name}: {clean(group.type, 30)}{learnt}" if name != group.type else f"{name}{learnt}"
    left, right = _sides(frame, places)
    size = 1.07 * TYPES["frame"].size  # bold
    shown = fitted(words, right - left - 40, size)
    width = width_of(shown, size) + 10
    shapes: list[Shape] = [
        Box(left + 10, frame.top - 8, width, 16, "paper", 8, fill="#ffffff"),
        Words(left + 15, frame.top + 4, shown, "frame"),
    ]
    return Part("frame", shapes, frame.group, words)


def _sides(frame: Frame, places: Places) -> tuple[float, float]:
    inset = MARGIN - 12 + FRAME_INSET * frame.depth
    return inset, places.columns.right - inset

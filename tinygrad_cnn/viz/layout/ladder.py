"""The ladder: values go down on the left, gradients go up on the right, and both share their rungs."""

from dataclasses import dataclass, field

from ..graph.model import Graph
from .cells import CHIP_WIDTH, GRADIENT_CHIP_WIDTH, GRADIENT_WIDTH, OP_WIDTH, Cell
from .gutter import lanes
from .rungs import Edge, Ladder, Rung, framed_groups

MARGIN, GAP, CHIP_GAP = 22.0, 30.0, 26.0
LANE, PORT = 9.0, 8.0
PLUS_GAP, FRAME_HEAD, FRAME_FOOT, FRAME_INSET = 26.0, 24.0, 10.0, 9.0
SAVED_WIDTH = 92.0


@dataclass
class Frame:
    """A box around the rungs of a module."""

    group: str
    depth: int
    top: float
    bottom: float = 0.0


@dataclass
class Columns:
    """Where the columns begin, from left to right."""

    chips: float
    forward: float
    down_lanes: float
    saved: float
    up_lanes: float
    gradient: float
    gradient_chips: float
    right: float


@dataclass
class Places:
    """Where everything stands."""

    columns: Columns
    frames: list[Frame] = field(default_factory=list)
    down: dict[str, int] = field(default_factory=dict)  # lanes of the edges that pass by other rungs
    up: dict[str, int] = field(default_factory=dict)
    bottom: float = 0.0


def place(graph: Graph, ladder: Ladder, top: float) -> Places:
    """Set the heights of all rungs, frames around them, and lanes for the edges."""
    places = Places(Columns(0, 0, 0, 0, 0, 0, 0, 0))
    places.down, places.up = _lanes(ladder)
    for edge in ladder.edges:
        ladder.rungs[edge.target].ports_in += passes_by(edge)
    frames = framed_groups(graph)
    depth = _stack(graph, ladder, frames, places, top)
    places.columns = _columns(ladder, places, depth)
    return places


def passes_by(edge: Edge) -> bool:
    """Say whether an edge has to go around other rungs."""
    return edge.target - edge.source > 1


def _lanes(ladder: Ladder) -> tuple[dict[str, int], dict[str, int]]:
    """Give lanes: down, all uses of one item share one; up, every gradient has its own."""
    trunks: dict[str, tuple[int, int]] = {}
    for edge in ladder.edges:
        if passes_by(edge):
            name = str(edge.source)
            trunks[name] = (edge.source, max(edge.target, trunks.get(name, (0, 0))[1]))
    down = lanes(trunks)
    up = lanes({e.id: (e.source, e.target) for e in ladder.edges if passes_by(e) and e.use.tracked})
    return down, up


def _stack(graph: Graph, ladder: Ladder, frames: set[str], places: Places, top: float) -> int:
    """Put the rungs under each other, opening and closing frames on the way; give the deepest nesting."""
    y, deepest = top, 0
    opened: list[Frame] = []
    paths = _paths(graph, ladder, frames)
    for rung, path in zip(ladder.rungs, paths, strict=True):
        while [f.group for f in opened] != path[: len(opened)]:
            y += FRAME_FOOT
            opened.pop().bottom = y - GAP
        for group in path[len(opened) :]:
            opened.append(Frame(group, len(opened), y))
            places.frames.append(opened[-1])
            y += FRAME_HEAD
        deepest = max(deepest, len(opened))
        rung.top, rung.height = y, _height(rung)
        y = rung.bottom + GAP + (PLUS_GAP if rung.arriving > 1 else 0)
    while opened:
        y += FRAME_FOOT
        opened.pop().bottom = y - GAP
    places.bottom = y
    return deepest


def _paths(graph: Graph, ladder: Ladder, frames: set[str]) -> list[list[str]]:
    """List the frames around each rung, outermost first; what is between two rungs of a frame is in it."""
    own = [[g for g in reversed(graph.ancestry(r.item.module)) if g in frames] for r in ladder.rungs]
    after: list[str] = []
    following: list[list[str]] = []
    for rung, path in zip(reversed(ladder.rungs), reversed(own), strict=True):
        after = path if rung.item.is_op else after
        following.append(after)
    before: list[str] = []
    found = []
    for rung, path, after in zip(ladder.rungs, own, reversed(following), strict=True):
        before = path if rung.item.is_op else before
        found.append(before if rung.item.is_op else _common(before, after))
    return found


def _common(a: list[str], b: list[str]) -> list[str]:
    """Keep what two paths begin with."""
    return [x for i, (x, y) in enumerate(zip(a, b, strict=False)) if a[: i + 1] == b[: i + 1]]


def _height(rung: Rung) -> float:
    chips = [_stacked(rung.chips), _stacked(rung.gradient_chips)]
    gradient = rung.gradient.height if rung.gradient is not None else 0.0
    return max(rung.forward.height, gradient, 2 * PORT + PORT * rung.ports_in, *chips)


def _stacked(cells: list[Cell]) -> float:
    return sum(c.height for c in cells) + 5.0 * max(len(cells) - 1, 0)


def _columns(ladder: Ladder, places: Places, depth: int) -> Columns:
    x = MARGIN + FRAME_INSET * depth
    chips = x
    if any(r.chips for r in ladder.rungs):
        x += CHIP_WIDTH + CHIP_GAP
    forward = x
    down = forward + OP_WIDTH + 10
    saved = down + LANE * (1 + max(places.down.values(), default=-1)) + 4
    has_saved = any(r.item.saved for r in ladder.rungs)
    up = saved + (SAVED_WIDTH if has_saved else 30)
    gradient = up + LANE * (1 + max(places.up.values(), default=-1)) + 16
    x = gradient + GRADIENT_WIDTH
    gradient_chips = x + CHIP_GAP
    x += 180 if any(r.arriving > 1 for r in ladder.rungs) else 120  # words beside sums and the loss
    if any(r.gradient_chips for r in ladder.rungs):
        x = gradient_chips + GRADIENT_CHIP_WIDTH
    return Columns(
        chips, forward, down, saved, up, gradient, gradient_chips, x + FRAME_INSET * depth + MARGIN
    )

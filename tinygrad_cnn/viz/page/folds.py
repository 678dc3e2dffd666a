"""The boxes of closed modules, which a page shows in place of what is in them."""

from collections import Counter
from dataclasses import dataclass, field

from ..graph.health import bad_word
from ..graph.model import Graph, Item
from ..layout.cells import LINE_HEIGHT, PAD, Cell, amount
from ..layout.heat import heat_of
from ..layout.scene import Box, Part, Scene
from ..layout.shapes import draw_cell
from ..write.words import clean, count, in_bytes, number

HEIGHT = PAD * 2 + LINE_HEIGHT * 3 - 2


@dataclass
class Fold:
    """A frame, and the two boxes that take its place when it is closed."""

    group: str
    top: float
    bottom: float
    frame: Box
    label: Part  # the words on its frame
    items: list[str]  # the items on the rungs in it, in order
    boxes: list[Part] = field(default_factory=list)  # drawn with their upper edge at 0
    holds: str = ""  # which operations, for the panel
    heat: dict[str, tuple[float, str]] = field(default_factory=dict)  # by kind


def folds_of(graph: Graph, scene: Scene, kinds: tuple[str, ...]) -> list[Fold]:
    """Make the boxes of every frame of a picture."""
    found = [part for part in scene.parts if part.kind == "frame"]
    frames = [part for part in found if not part.title]
    labels = [part for part in found if part.title]
    lanes = {kind: _lane(scene, kind) for kind in ("forward", "gradient")}
    folds = []
    for frame, label in zip(frames, labels, strict=True):
        box = frame.shapes[0]
        assert isinstance(box, Box)
        inside = [r.item for r in scene.rows if box.y < r.top < box.y + box.height]
        fold = Fold(frame.item, box.y, box.y + box.height, box, label, inside)
        _draw(graph, fold, lanes)
        folds.append(fold)
    _heat(graph, folds, kinds)
    return folds


def _lane(scene: Scene, kind: str) -> tuple[float, float] | None:
    """Find where a column begins and how wide it is, by its first box."""
    on_rungs = {row.item for row in scene.rows}
    for part in scene.parts:
        if part.kind == kind and part.item in on_rungs and part.shapes and isinstance(part.shapes[0], Box):
            return part.shapes[0].x, part.shapes[0].width
    return None


def _draw(graph: Graph, fold: Fold, lanes: dict[str, tuple[float, float] | None]) -> None:
    group = graph.groups[fold.group]
    items = [graph.items[name] for name in fold.items]
    ops = [item for item in items if item.is_op]
    path = (
        group.id.removeprefix(f"{group.parent}.") if group.parent else group.id
    )  # the frame around it says the rest
    name = clean(group.type if path == group.type else f"{path}: {group.type}", 60)
    operations = "1 operation" if len(ops) == 1 else f"{count(len(ops))} operations"
    hidden = f"{operations}, {count(_edges_inside(graph, fold))} edges"
    hidden += " inside" if len(hidden) < 26 else ""  # where there is room
    learnt = f"{count(group.parameters)} parameters" if group.parameters else "no parameters"
    wrong = next((w for i in items if (w := "an error" if i.failed else bad_word(i.value))), "")
    last = learnt + (f", {wrong} inside" if wrong else "")
    kinds = Counter(op.name for op in ops).most_common()
    fold.holds = ", ".join(f"{n} x {clean(op, 24)}" for op, n in kinds[:8]) + (", ..." if kinds[8:] else "")
    lines = [(name, "name"), (hidden, "line"), (last, "number")]
    if lanes["forward"] is not None:
        x, width = lanes["forward"]
        cell = Cell(fold.group, "forward", "failed" if wrong else "fold", width, lines, radius=8)
        fold.boxes.append(draw_cell(cell, x, 0.0, HEIGHT, name))
    if lanes["gradient"] is not None and any(i.tracked for i in items):
        x, width = lanes["gradient"]
        fold.boxes.append(draw_cell(_gradient_cell(fold, items[-1], width), x, 0.0, HEIGHT, name))


def _gradient_cell(fold: Fold, leaving: Item, width: float) -> Cell:
    """Say how large the gradient is of what leaves a module: it is where backward enters."""
    known = leaving.gradient is not None
    style = "absent" if leaving.gradient is None else "gradient" if leaving.gradient.is_finite else "failed"
    size = amount(leaving.gradient)
    lines = [
        (f"dY {size}" if known else "dY  -  (not computed, or not kept)", "name" if known else "quiet"),
        ("of what leaves the module", "line"),
        (f"rules of {count(len(fold.items))} rungs inside", "rule"),
    ]
    return Cell(fold.group, "gradient", style, width, lines, radius=4)


def _edges_inside(graph: Graph, fold: Fold) -> int:
    """Count the uses that are not seen from outside: of what is inside, and of what stands beside it."""
    inside = set(fold.items)
    users = Counter(use.source for item in graph.items.values() for use in item.uses)
    return sum(
        use.source in inside or (not graph.items[use.source].is_op and users[use.source] == 1)
        for name in fold.items
        for use in graph.items[name].uses
    )


def _heat(graph: Graph, folds: list[Fold], kinds: tuple[str, ...]) -> None:
    """Give closed modules a heat: of gradients the one that leaves, of memory and time the sum."""
    for kind in kinds:
        heat = heat_of(graph, kind)
        sums = {k: _total(graph, f, kind) for k, f in enumerate(folds)} if kind in _SUMS else {}
        largest = max(sums.values(), default=0.0)
        for k, fold in enumerate(folds):
            if kind in _SUMS:
                words = in_bytes(int(sums[k])) if kind == "memory" else f"{number(1000 * sums[k])} ms"
                fold.heat[kind] = (sums[k] / largest if largest else 0.0, words)
            elif kind == "dead":
                worst = max((heat[i] for i in fold.items if i in heat), default=None)
                if worst is not None:
                    fold.heat[kind] = (worst[0], f"up to {worst[1]}")
            elif fold.items[-1] in heat:
                fold.heat[kind] = heat[fold.items[-1]]


_SUMS = ("memory", "time")


def _total(graph: Graph, fold: Fold, kind: str) -> float:
    items = [graph.items[name] for name in fold.items]
    if kind == "memory":
        return float(sum(i.memory for i in items if i.is_op))
    return sum(i.seconds or 0.0 for i in items)

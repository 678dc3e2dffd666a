"""The rungs of the ladder: which item stands on which, what is beside it, which edges run between."""

from dataclasses import dataclass, field

from ..graph.model import FOLD, INPUT, PARAMETER, Graph, Item, Use
from ..write.words import clean, shape_text
from .cells import Cell, chip, forward_cell, gradient_cell, gradient_chip
from .heat import Heat


@dataclass
class Rung:
    """One rung: boxes of one height, from left to right."""

    number: int
    item: Item
    forward: Cell
    gradient: Cell | None
    chips: list[Cell] = field(default_factory=list)
    gradient_chips: list[Cell] = field(default_factory=list)
    arriving: int = 0  # how many gradients are added up in its gradient
    ports_in: int = 0  # edges that come in from the gutter
    new_shape: bool = False  # written on the line to the next rung
    top: float = 0.0
    height: float = 0.0

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.top + self.height


@dataclass(frozen=True)
class Edge:
    """A use of an item that stands on a rung, by an operation that stands on another."""

    id: str
    source: int  # numbers of the rungs
    target: int
    use: Use


@dataclass
class Ladder:
    """All rungs, from top to bottom, and the edges between them."""

    rungs: list[Rung]
    edges: list[Edge]


def climb(graph: Graph, heat: Heat, kind: str) -> Ladder:
    """Give every item a rung or a place beside one."""
    users = graph.users()
    on_rung = {item.id for item in graph.items.values() if _has_rung(item, len(users[item.id]))}
    frames = framed_groups(graph)
    ladder = Ladder([], [])
    number_of: dict[str, int] = {}
    for item in graph.items.values():
        if item.id not in on_rung:
            continue
        rung = _rung(graph, item, len(ladder.rungs), on_rung, frames, heat, kind)
        number_of[item.id] = rung.number
        ladder.rungs.append(rung)
        for position, use in enumerate(item.uses):
            if use.source in on_rung:
                ladder.edges.append(Edge(f"{item.id}<{position}", number_of[use.source], rung.number, use))
                ladder.rungs[number_of[use.source]].arriving += use.tracked
    _write_shapes(graph, ladder)
    return ladder


def _write_shapes(graph: Graph, ladder: Ladder) -> None:
    """Choose where a new shape stands: on the line to the next rung, or in the box if there is none."""
    straight = {edge.source for edge in ladder.edges if edge.target == edge.source + 1}
    for rung in ladder.rungs:
        item = rung.item
        if not item.is_op or item.failed or item.id == graph.root:
            continue
        if any(graph.items[use.source].shape == item.shape for use in item.uses):
            continue
        if rung.number in straight:
            rung.new_shape = True
        elif item.kind != FOLD:
            words, style = rung.forward.lines[-1]
            comma = "" if words.startswith("=") else ","
            rung.forward.lines[-1] = (f"{shape_text(item.shape)}{comma} {words}", style)


def _has_rung(item: Item, uses: int) -> bool:
    """What is used once stands beside its operation; what is used more often has several gradients to add."""
    if item.is_op or item.kind == INPUT or not uses:
        return True
    return item.kind == PARAMETER and uses > 1


def framed_groups(graph: Graph) -> set[str]:
    """Pick the groups that get a frame: a module of one operation is named on its box instead."""
    inside: dict[str, int] = {}
    for item in graph.items.values():
        if item.is_op:
            for group in graph.ancestry(item.module):
                inside[group] = inside.get(group, 0) + 1
    return {group for group, n in inside.items() if n > 1}


def _rung(
    graph: Graph, item: Item, number: int, on_rung: set[str], frames: set[str], heat: Heat, kind: str
) -> Rung:
    level, words = heat.get(item.id, (None, ""))
    backward = kind == "gradient"
    rung = Rung(
        number,
        item,
        forward_cell(graph, item, _label(graph, item, frames), "" if backward else words),
        gradient_cell(graph, item, on_rung, words if backward else "", level if backward else None),
    )
    if not backward:
        rung.forward.level = level
    for use in item.uses:
        if use.source in on_rung:
            continue
        leaf = graph.items[use.source]
        level, words = heat.get(leaf.id, (None, ""))
        label = _leaf_label(graph, item, leaf)
        rung.chips.append(chip(leaf, use, label))
        beside = gradient_chip(leaf, use, label, words if kind in ("gradient", "update") else "", level)
        if beside is not None and rung.gradient is not None:
            rung.gradient_chips.append(beside)
    return rung


def _label(graph: Graph, item: Item, frames: set[str]) -> str:
    """Name a box: the operation, and the path of its module where no frame says it."""
    if item.kind == FOLD:
        return clean(_below(item.name, next((g for g in graph.ancestry(item.module) if g in frames), "")), 40)
    if not item.is_op or not item.module or item.module in frames:
        return clean(item.name, 40)
    outer = next((g for g in graph.ancestry(item.module) if g in frames), "")
    path = _below(graph.groups[item.module].id, outer)
    return f"{clean(path, max(24 - len(item.name), 8))}: {clean(item.name, 24)}"


def _leaf_label(graph: Graph, op: Item, leaf: Item) -> str:
    """Name a parameter; the part of its path that the frame or box beside it says is left out."""
    path = graph.groups[op.module].path if op.module else ""
    return clean(_below(leaf.name, path), 24)


def _below(path: str, outer: str) -> str:
    return path[len(outer) + 1 :] if outer and path.startswith(f"{outer}.") else path

"""The lines of the ladder: values down, gradients up, what is saved across, and the sums of gradients."""

from collections import Counter

from ..graph.health import Health
from ..graph.model import Graph, Use
from ..write.words import clean, magnitude, shape_text
from .cells import GRADIENT_WIDTH, OP_WIDTH, amount
from .ladder import GAP, LANE, PLUS_GAP, PORT, Places, passes_by
from .metrics import fitted, width_of
from .rungs import Edge, Ladder, Rung
from .scene import Box, Part, Point, Shape, Stroke, Words
from .theme import TYPES

PLUS = 9.0  # radius of the circle where gradients are added up


class Edges:
    """Draws all lines of one picture."""

    def __init__(self, graph: Graph, ladder: Ladder, places: Places, health: Health) -> None:
        self.graph, self.ladder, self.places, self.health = graph, ladder, places, health
        self.columns = places.columns
        self.forward_x = places.columns.forward + OP_WIDTH / 2
        self.gradient_x = places.columns.gradient + GRADIENT_WIDTH / 2
        self._ports: Counter[int] = Counter()
        self._side_by_side = Counter((e.source, e.target) for e in ladder.edges)
        self._drawn: Counter[tuple[int, int]] = Counter()
        self._arriving: dict[int, list[Use]] = {}
        for edge in ladder.edges:
            if edge.use.tracked:
                self._arriving.setdefault(edge.source, []).append(edge.use)

    def draw(self) -> list[Part]:
        """Draw everything, in the order of the rungs."""
        parts: list[Part] = []
        for edge in self.ladder.edges:
            port = self._ports[edge.target] * passes_by(edge)
            self._ports[edge.target] += passes_by(edge)
            shift = self._shift(edge)
            parts.append(self._down(edge, port, shift))
            if edge.use.tracked and self.ladder.rungs[edge.target].gradient is not None:
                parts.append(self._up(edge, port, shift))
        for rung in self.ladder.rungs:
            parts += self._beside(rung)
        return parts

    def _shift(self, edge: Edge) -> float:
        """Keep several edges between the same two rungs apart."""
        pair = (edge.source, edge.target)
        turn, count = self._drawn[pair], self._side_by_side[pair]
        self._drawn[pair] += 1
        return min(22.0, (OP_WIDTH - 24) / count) * (turn - (count - 1) / 2)

    def _down(self, edge: Edge, port: int, shift: float) -> Part:
        source, target = self.ladder.rungs[edge.source], self.ladder.rungs[edge.target]
        if not passes_by(edge):
            x = self.forward_x + shift
            points: tuple[Point, ...] = ((x, source.bottom), (x, target.top))
        else:
            right = self.columns.forward + OP_WIDTH
            lane = self.columns.down_lanes + LANE * self.places.down[str(edge.source)]
            start, end = source.bottom - 5, _port(target, port)
            points = ((right, start), (lane, start), (lane, end), (right, end))
        style = "down" if edge.use.tracked else "idle"
        if source.item.id in self.health.path and target.item.id in self.health.path:
            style = "bad"
        title = f"{source.item.id} goes into {target.item.id} as {edge.use.name}"
        title += f", {shape_text(source.item.shape)}"
        shapes: list[Shape] = [Stroke(points, style, arrow=True)]
        return Part("edge", shapes, edge.id, title, source.item.id, target.item.id, "down")

    def _up(self, edge: Edge, port: int, shift: float) -> Part:
        source, target = self.ladder.rungs[edge.source], self.ladder.rungs[edge.target]
        plus = source.arriving > 1
        end = _plus_y(source) if plus else source.bottom
        if not passes_by(edge):
            x = self.gradient_x + shift
            bottom = end + PLUS if plus and abs(shift) < PLUS else end
            points: tuple[Point, ...] = ((x, target.top), (x, bottom))
            if plus and shift:
                points = (
                    (x, target.top),
                    (x, end + PLUS + 4),
                    (self.gradient_x + min(max(shift / 4, -6), 6), end + PLUS - 1),
                )
        else:
            left = self.columns.gradient
            lane = left - 14 - LANE * self.places.up[edge.id]
            start = _port(target, port)
            goal = (self.gradient_x - PLUS, end) if plus else (left, source.bottom - 6)
            points = ((left, start), (lane, start), (lane, goal[1]), goal)
        use = edge.use
        wrong = use.contribution is not None and not use.contribution.is_finite
        style = "bad" if wrong else "up" if use.contribution or source.item.gradient else "idle"
        title = f"gradient of {source.item.id} from {target.item.id}: rms {magnitude(use.contribution)}"
        shapes: list[Shape] = [Stroke(points, style, arrow=True)]
        if use.broadcast and not passes_by(edge):
            shapes.append(self._beside_line(points[0][0] + 8, target.top - 9, clean(use.broadcast)))
        return Part("edge", shapes, edge.id, title, target.item.id, source.item.id, "up")

    def _beside(self, rung: Rung) -> list[Part]:
        """Draw what belongs to one rung: chips' arrows, the dotted line, the sum, the shape below it."""
        parts = [
            Part("edge", [s], rung.item.id, "", rung.item.id, rung.item.id, "side") for s in self._chips(rung)
        ]
        if rung.item.saved and rung.gradient is not None:
            parts.append(self._saved(rung))
        if rung.arriving > 1 and rung.gradient is not None:
            parts.append(self._plus(rung))
        if rung.item.id == self.graph.root and rung.gradient is not None and rung.item.gradient is not None:
            x, bottom = self.gradient_x, rung.bottom
            arrow = Stroke(((x, bottom + 24), (x, bottom)), "up", arrow=True)
            one = rung.item.gradient.size == 1
            said = "the loss enters here, backward starts" if one else "backward starts here"
            start = self._beside_line(x + 8, bottom + 20, said)
            parts.append(Part("edge", [arrow, start], rung.item.id, "", "", rung.item.id, "up"))
        if rung.new_shape:
            beside = 11.0 * (self._side_by_side.get((rung.number, rung.number + 1), 1) - 1)
            words = Words(
                self.forward_x + 8 + beside, rung.bottom + GAP / 2 + 3, shape_text(rung.item.shape), "shape"
            )
            parts.append(Part("forward", [words], rung.item.id))
        return parts

    def _chips(self, rung: Rung) -> list[Shape]:
        shapes: list[Shape] = []
        left = self.columns.forward
        y = rung.top
        for cell in rung.chips:
            style = "down" if cell.tracked else "idle"
            middle = y + cell.height / 2
            start = (self.columns.chips + cell.width, middle)
            shapes.append(Stroke((start, (left, min(middle, rung.bottom - 6))), style, arrow=True))
            y += cell.height + 5
        right = self.columns.gradient + GRADIENT_WIDTH
        y = rung.top
        for cell in rung.gradient_chips:
            style = "idle" if cell.style == "absent" else "bad" if cell.style == "failed" else "up"
            middle = y + cell.height / 2
            start = (right, min(middle, rung.bottom - 6))
            shapes.append(Stroke((start, (self.columns.gradient_chips, middle)), style, arrow=True))
            y += cell.height + 5
        return shapes

    def _saved(self, rung: Rung) -> Part:
        """Draw the dotted line from a value that is kept to the gradient that needs it."""
        y = rung.bottom - 15
        line = Stroke(((self.columns.forward + OP_WIDTH, y), (self.columns.gradient, y)), "rung")
        room = self.columns.up_lanes - self.columns.saved
        words = fitted(clean("keeps " + ", ".join(rung.item.saved), 40), room, TYPES["quiet"].size)
        x = self.columns.saved + room / 2
        width = width_of(words, TYPES["quiet"].size) + 4
        paper = Box(x - width / 2, y - 8, width, 14, "paper", 3, fill="#ffffff")
        title = f"{rung.item.id} keeps {', '.join(rung.item.saved)} for the backward pass"
        return Part("rung", [line, paper, Words(x, y + 3, words, "quiet", "middle")], rung.item.id, title)

    def _plus(self, rung: Rung) -> Part:
        x, y = self.gradient_x, _plus_y(rung)
        parts = [
            amount(use.contribution).removeprefix("= ").removeprefix("rms ")
            for use in self._arriving[rung.number]
        ]
        shown = " + ".join(parts[:4]) + (" + ..." if len(parts) > 4 else "")
        unit = "" if rung.item.value is not None and rung.item.value.size == 1 else "rms "
        words = f"sum of {len(parts)}" + (f": {unit}{shown}" if any(p != "-" for p in parts) else "")
        shapes: list[Shape] = [
            Stroke(((x, y - PLUS), (x, rung.bottom)), "up", arrow=True),
            Box(x - PLUS, y - PLUS, 2 * PLUS, 2 * PLUS, "plus", PLUS),
            Words(x, y + 4.5, "+", "plus", "middle"),
            self._beside_line(x + PLUS + 6, y + 4, words),
        ]
        title = f"the gradients of {len(parts)} uses of {rung.item.id} are added up"
        return Part("gradient", shapes, rung.item.id, title)

    def _beside_line(self, x: float, y: float, words: str) -> Words:
        """Write words to the right of a line in the gradient lane, as far as there is room."""
        return Words(x, y, fitted(words, self.columns.right - 12 - x, TYPES["rule"].size), "rule")


def _port(rung: Rung, number: int) -> float:
    return rung.top + 10 + PORT * number


def _plus_y(rung: Rung) -> float:
    return rung.bottom + PLUS_GAP / 2 + 6

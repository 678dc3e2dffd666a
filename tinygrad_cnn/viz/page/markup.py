"""The picture of the page: one group for each rung, so that the script can move it; lines by their ends."""

from bisect import bisect_right
from dataclasses import replace
from itertools import groupby

from ..graph.model import Graph
from ..layout.heat import Heat
from ..layout.scene import Box, Image, Part, Point, Scene, Shape, Stroke, Words
from ..write.svg import escaped
from .folds import Fold
from .shapes import Looks, attributes, heads_of_arrows, line_class, short, short_path
from .sprites import runs

BORDER = 14.0
PLACE = "\0"  # no text holds it: what users write is made visible
_USUAL = {"d": "down", "u": "up"}  # how lines look if nothing else is said


class Markup:
    """Writes one scene; items are known to the script by their numbers."""

    def __init__(self, graph: Graph, scene: Scene, folds: list[Fold], heat: Heat) -> None:
        self.graph, self.scene, self.folds, self.heat = graph, scene, folds, heat
        self.index = {name: i for i, name in enumerate(graph.items)}
        self.looks = Looks()
        self.parts = [p for p in scene.parts if p.kind not in ("head", "legend", "frame") and p.shapes]
        tops = [_top(p.shapes[0]) for p in self.parts] + [f.top - 8 for f in folds]
        self.top = min(tops, default=0.0) - BORDER
        self._defined: dict[str, str] = {}  # parts that many rungs share, by their text
        self.rows_of_images: list[list[Image]] = []  # which `svg` leaves a place for
        self._last = -1, -1  # the ends of the line that was written last
        self._tops = [row.top for row in scene.rows]
        self._row_of = {row.item: i for i, row in enumerate(scene.rows)}
        self._chips = _beside(self.parts, self.index)

    def svg(self) -> str:
        """Write the whole picture, from back to front; `PLACE` stands where a small picture belongs."""
        width, height = short(self.scene.width), short(self.scene.height - self.top)
        lines = [
            f'<svg id="picture" width="{width}" height="{height}" '
            f'viewBox="0 {short(self.top)} {width} {height}" role="group" '
            'aria-labelledby="title" aria-describedby="about">',
            f'<desc id="about">{escaped(self.scene.description)}</desc>',
            heads_of_arrows(),
        ]
        rows: dict[int, list[str]] = {}
        between: list[str] = []
        lines += [_outline(fold) for fold in self.folds]
        lines += [self._edge(part, rows) for part in self.parts if part.kind == "edge"]
        self._fill(rows, between)
        lines += [
            _moved(self._tops[row], self._item(row), "".join(parts)) for row, parts in sorted(rows.items())
        ]
        lines += between
        lines += [self._fold(i, fold) for i, fold in enumerate(self.folds)]
        lines += [self._label(i, fold) for i, fold in enumerate(self.folds)]
        defined = "".join(f"<g id={name}>{body}</g>" for body, name in self._defined.items())
        lines.insert(2, f"<defs>{defined}</defs>")
        return "".join([*lines, "</svg>"])

    def _item(self, row: int) -> int:
        return self.index[self.scene.rows[row].item]

    def _fill(self, rows: dict[int, list[str]], between: list[str]) -> None:
        """Write what stands on the rungs; words under the last one of a module stay when it is closed."""
        for part in self.parts:
            if part.kind == "edge":
                continue
            first = part.shapes[0]
            row = max(bisect_right(self._tops, _top(first) + 1) - 1, 0)
            if isinstance(first, Words):
                last = any(f.top < self._tops[row] < f.bottom <= first.y for f in self.folds)
                top = first.y if last else self._tops[row]
                text = self.looks.shape(first, top, more=" w")
                if last:
                    between.append(_moved(first.y, self._item(row), text))
                else:
                    rows.setdefault(row, []).append(text)
            else:
                rows.setdefault(row, []).append(self._part(part, row))

    def _part(self, part: Part, row: int) -> str:
        """Write a part with heights from the top of its rung; it names its item if that is not the rung's."""
        level = self.heat.get(part.item, (None, ""))[0] if part.kind == "gradient" else None
        body = self._shapes(self._with_all_pixels(part), self._tops[row], level)
        if part.kind == "rung":  # what is kept for backward is the same on many rungs
            return f"<use class=keeps href=#{self._defined.setdefault(body, f'k{len(self._defined)}')} />"
        own = [("data-i", self.index[part.item])] if self.index[part.item] != self._item(row) else []
        return f"<g{attributes(('class', _class(part)), *own)}>{body}</g>"

    def _with_all_pixels(self, part: Part) -> list[Shape]:
        """Give the shapes with the pictures as they were recorded; the scene may have left pixels out."""
        item = self.graph.items[part.item]
        pictures = iter(item.gradient_pictures if part.kind == "gradient" else item.pictures)
        return [replace(s, thumbnail=next(pictures)) if isinstance(s, Image) else s for s in part.shapes]

    def _shapes(self, shapes: list[Shape], top: float, level: float | None) -> str:
        text = ""
        for is_image, group in groupby(shapes, lambda s: isinstance(s, Image)):
            if is_image:
                text += "".join(self._sprite(r, top) for r in runs(s for s in group if isinstance(s, Image)))
            else:
                for shape in group:
                    text += self.looks.shape(shape, top, level if shape is shapes[0] else None)
        return text

    def _sprite(self, images: list[Image], top: float) -> str:
        self.rows_of_images.append(images)
        first, last = images[0], images[-1]
        size = f"width:{short(last.x + last.width - first.x)}px;height:{short(first.height)}px"
        name = self.looks.named("i", f"x:{short(first.x)}px;y:{short(first.y - top)}px;{size}")
        return f"<image class={name}{PLACE}/>"

    def _edge(self, part: Part, rows: dict[int, list[str]]) -> str:
        """Write lines with the numbers of their ends, but for those that go back along the one before."""
        source, target = self.index.get(part.source, -1), self.index.get(part.target, -1)
        text = ""
        for shape in part.shapes:
            if isinstance(shape, Stroke):
                if part.direction == "side":
                    source, target = self._beside_rung(shape, part)
                letter = part.direction[:1]
                look = line_class(shape)
                name = letter if _USUAL.get(letter) == look else f"{letter} {look}"
                ends = [] if self._last == (target, source) else [("data-e", f"{source},{target}")]
                self._last = source, target
                text += f"<path{attributes(('class', name), *ends, ('d', short_path(shape.points)))} />"
            elif isinstance(shape, Words):
                row = self._row_of[part.source or part.target]
                rows.setdefault(row, []).append(self.looks.shape(shape, self._tops[row], more=" w wu"))
        return text

    def _beside_rung(self, line: Stroke, part: Part) -> tuple[int, int]:
        """Find the ends of a line between an operation and the box of a parameter beside it."""
        if line.points[0] in self._chips:
            return self._chips[line.points[0]], self.index[part.target]
        return self.index[part.source], self._chips.get(line.points[-1], -1)

    def _fold(self, number: int, fold: Fold) -> str:
        """Write the boxes that stand for a closed module; they are not shown until it is closed."""
        parts = [
            f"<g class={part.kind[:1]} data-f={number}>{self._shapes(part.shapes, 0.0, None)}</g>"
            for part in fold.boxes
        ]
        return f'<svg class="fold off">{"".join(parts)}</svg>'

    def _label(self, number: int, fold: Fold) -> str:
        body = "".join(self.looks.shape(shape, fold.top) for shape in fold.label.shapes)
        place = f"translate(0,{short(fold.top)})"
        return f'<g class="label" data-f={number} transform={place} role="button" tabindex="-1">{body}</g>'


def _beside(parts: list[Part], index: dict[str, int]) -> dict[Point, int]:
    """Find chips by the points where the lines to them begin and end: in the middle of a side."""
    found: dict[Point, int] = {}
    for part in parts:
        box = part.shapes[0]
        if part.kind in ("parameter", "gradient") and isinstance(box, Box):
            x = box.x + box.width if part.kind == "parameter" else box.x
            found[x, box.y + box.height / 2] = index[part.item]
    return found


def _class(part: Part) -> str:
    """Name what a part is; boxes by one letter: f(orward), g(radient), p(arameter)."""
    if isinstance(part.shapes[0], Box):
        return part.kind[:1]
    return "plus" if part.kind == "gradient" else "keeps"


def _top(shape: Shape) -> float:
    return min(y for _, y in shape.points) if isinstance(shape, Stroke) else shape.y


def _moved(y: float, item: int, body: str) -> str:
    """Write a rung: browsers skip a nested svg that is not displayed, while they lay out a hidden g."""
    return f"<svg class=r data-i={item} y={short(y)}>{body}</svg>"


def _outline(fold: Fold) -> str:
    """Write a frame with its place as attributes, since its height changes."""
    box = fold.frame
    place = (("x", box.x), ("y", box.y), ("width", box.width), ("height", box.height), ("rx", box.radius))
    return f"<rect{attributes(('class', box.style), *((name, short(value)) for name, value in place))} />"

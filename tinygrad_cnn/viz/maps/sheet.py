"""A contact sheet: sections of captioned tiles, laid out as shapes that any writer can draw."""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..graph.shrink import grey, signed
from ..graph.thumbnails import Thumbnail
from ..layout.metrics import width_of
from ..layout.scene import Box, Image, Part, Scene, Shape, Words
from ..layout.theme import TYPES
from ..write.words import clean, number

MARGIN, GAP = 16, 6
BODY, SMALL = TYPES["note"].size, TYPES["quiet"].size
_LEAST_WIDTH = 480
_STRIP = (130, 10)  # of the colours of a scale


@dataclass(frozen=True)
class Tile:
    """One small picture, with a few letters below it."""

    thumbnail: Thumbnail
    label: str = ""


@dataclass(frozen=True)
class Scale:
    """What the colours of a section mean: the numbers at both ends, and the unit."""

    low: float
    high: float
    unit: str = ""
    signed: bool = False

    def strip(self) -> Thumbnail:
        """Draw the colours from the low end to the high one."""
        ramp = np.linspace(self.low, self.high, 65)[None]
        if self.signed:
            return signed(np.linspace(-1.0, 1.0, 65)[None], "scale", most=65, largest=1.0)
        return grey(ramp, "scale", most=65, low=self.low, high=self.high)


@dataclass(frozen=True)
class Section:
    """Tiles in rows under a heading; ``side`` is how many pixels the longest side of a tile gets."""

    heading: str
    caption: str
    tiles: tuple[Tile, ...]
    columns: int
    side: int
    scale: Scale | None = None
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A title, what it is about, and the sections below each other."""

    title: str
    caption: str
    sections: tuple[Section, ...]


def lay_out(sheet: Sheet) -> Scene:
    """Give every word and tile its place."""
    inner = max([_LEAST_WIDTH, *(_width(section) for section in sheet.sections)])
    shapes: list[Shape] = []
    y: float = MARGIN + TYPES["title"].size
    shapes.append(Words(MARGIN, y, clean(sheet.title, 80), "title"))
    y = _paragraph(shapes, sheet.caption, y + 4, inner)
    for section in sheet.sections:
        y = _section(shapes, section, y + 14, inner)
    width, height = math.ceil(inner + 2 * MARGIN), math.ceil(y + MARGIN)
    return Scene(width, height, sheet.title, sheet.caption, [Part("sheet", shapes)])


def _section(shapes: list[Shape], section: Section, y: float, inner: float) -> float:
    if section.heading:
        y += TYPES["name"].size
        shapes.append(Words(MARGIN, y, clean(section.heading, 80), "name"))
    y = _paragraph(shapes, section.caption, y + 2, inner)
    if section.scale:
        y = _scale(shapes, section.scale, y + 6)
    width, height = _cell(section)
    left = MARGIN + _names_width(section)
    y += 8 + (SMALL + 2 if section.column_names else 0)
    for i, name in enumerate(section.column_names):
        shapes.append(Words(left + i * (width + GAP) + width / 2, y - 4, name, "quiet", "middle"))
    for i, tile in enumerate(section.tiles):
        row, column = divmod(i, section.columns)
        top = y + row * (height + GAP)
        if column == 0 and row < len(section.row_names):
            words, middle = section.row_names[row], top + height / 2 + 4
            shapes.append(Words(left - GAP, middle, words, "quiet", "end"))
        shapes.extend(_tile(tile, section.side, left + column * (width + GAP), top, width))
    return y + -(-len(section.tiles) // section.columns) * (height + GAP) - GAP


def _tile(tile: Tile, side: int, x: float, y: float, cell: float) -> Iterator[Shape]:
    width, height = _shown(tile.thumbnail, side)
    left = x + (cell - width) / 2
    yield Image(left, y, width, height, tile.thumbnail)
    yield Box(left, y, width, height, "edge")
    if tile.label:
        yield Words(x + cell / 2, y + height + SMALL + 1, tile.label, "quiet", "middle")


def _scale(shapes: list[Shape], scale: Scale, y: float) -> float:
    low, words = _scale_words(scale)
    left = MARGIN + width_of(low, SMALL) + 4
    width, height = _STRIP
    shapes.append(Words(left - 4, y + height - 1, low, "quiet", "end"))
    shapes.append(Image(left, y, width, height, scale.strip()))
    shapes.append(Words(left + width + 4, y + height - 1, words, "quiet"))
    return y + height


def _paragraph(shapes: list[Shape], words: str, y: float, inner: float) -> float:
    for line in textwrap.wrap(clean(words, 2000), int(inner / (BODY * 0.56))):
        y += BODY + 4
        shapes.append(Words(MARGIN, y, line, "note"))
    return y


def _shown(thumbnail: Thumbnail, side: int) -> tuple[float, float]:
    """Give the width and height at which a tile is drawn; very thin ones stay visible."""
    factor = side / max(thumbnail.width, thumbnail.height)
    return max(thumbnail.width * factor, 4), max(thumbnail.height * factor, 4)


def _cell(section: Section) -> tuple[float, float]:
    """Give the width and height of every place in the grid: those of its largest tile."""
    sizes = [_shown(tile.thumbnail, section.side) for tile in section.tiles] or [(0.0, 0.0)]
    label = _widest([tile.label for tile in section.tiles])
    width = max(*(w for w, _ in sizes), label, _widest(section.column_names))
    return width, max(h for _, h in sizes) + (SMALL + 4 if label else 0)


def _names_width(section: Section) -> float:
    return _widest(section.row_names) + GAP if section.row_names else 0


def _widest(names: Sequence[str]) -> float:
    return max((width_of(name, SMALL) for name in names), default=0.0)


def _scale_words(scale: Scale) -> tuple[str, str]:
    return number(scale.low), f"{number(scale.high)}  {scale.unit}".rstrip()


def _width(section: Section) -> float:
    columns = min(section.columns, max(len(section.tiles), 1))
    tiles = _names_width(section) + columns * (_cell(section)[0] + GAP) - GAP
    words = _scale_words(section.scale) if section.scale else ()
    return max(tiles, sum(width_of(w, SMALL) for w in words) + _STRIP[0] + 8 if words else 0)

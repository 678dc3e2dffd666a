"""A scene as PNG, drawn by Pillow: no browser, no Graphviz, no font files; words are ASCII.

Pillow's own font lacks most signs, and what it has differs between versions, so the same picture is the same
bytes only for the same version of Pillow; the SVG is the same everywhere.
"""

import zlib
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ..graph.thumbnails import png_file
from ..layout.scene import Box, Image, Point, Scene, Shape, Stroke, Words
from ..layout.theme import PAINTS, PAPER, TYPES
from .words import ascii_only, clean

SHARP_BELOW = 6_000_000  # pixels: up to this size a picture is drawn twice as large, and so sharper
LARGEST = 170_000_000  # pixels: beyond it most programs refuse to open a PNG
BAND = 512  # rows that are packed at once


def to_png(scene: Scene) -> bytes:
    """Draw a scene as a PNG file; raises `ArgumentError` if it is too large for one."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    if scene.width * scene.height > LARGEST:
        raise ArgumentError(
            f"a picture of {scene.width:,.0f} x {scene.height:,.0f} pixels is too large for a PNG; "
            "save it as .svg or .html, or lower max_rungs"
        )
    scale = 2 if scene.width * scene.height <= SHARP_BELOW else 1
    size = (round(scene.width * scale), round(scene.height * scale))
    canvas = Pillow.new("RGB", size, PAPER)
    pen = _Pen(canvas, ImageDraw.Draw(canvas), scale)
    for part in scene.parts:
        for shape in part.shapes:
            pen.draw(shape)
    return png_file(*size, _packed(canvas))


def _packed(canvas: Any) -> bytes:
    """Pack the pixels in bands, without the filters that Pillow would try on every row: twice as fast."""
    packer, pieces = zlib.compressobj(1), []
    for top in range(0, canvas.height, BAND):
        band = np.asarray(canvas.crop((0, top, canvas.width, min(top + BAND, canvas.height))))
        rows = np.zeros((len(band), 1 + 3 * canvas.width), np.uint8)
        rows[:, 1:] = band.reshape(len(band), -1)
        pieces.append(packer.compress(rows.tobytes()))
    return b"".join([*pieces, packer.flush()])


class _Pen:
    """Draws shapes onto a canvas at a scale."""

    def __init__(self, canvas: Any, draw: Any, scale: int) -> None:
        self._canvas, self._draw, self._scale = canvas, draw, scale

    def draw(self, shape: Shape) -> None:
        """Draw one shape."""
        if isinstance(shape, Box):
            self._box(shape)
        elif isinstance(shape, Stroke):
            self._stroke(shape)
        elif isinstance(shape, Words):
            self._words(shape)
        else:
            self._image(shape)

    def _box(self, box: Box) -> None:
        paint, k = PAINTS[box.style], self._scale
        fill = box.fill or paint.fill
        inner = ((0.0, paint.width), (3.0, 0.8)) if box.double else ((0.0, paint.width),)
        for inset, width in inner:
            corners = [
                (box.x + inset) * k,
                (box.y + inset) * k,
                (box.x + box.width - inset) * k,
                (box.y + box.height - inset) * k,
            ]
            line = max(round(width * k), 1)
            self._draw.rounded_rectangle(
                corners,
                radius=max(box.radius - inset, 0) * k,
                fill=None if fill == "none" or inset else fill,
                outline=None if paint.stroke == "none" or paint.dash else paint.stroke,
                width=line,
            )
            if paint.dash:
                left, top, right, bottom = corners
                around = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
                self._dashed(around, paint.dash, paint.stroke, line)

    def _stroke(self, stroke: Stroke) -> None:
        paint, k = PAINTS[stroke.style], self._scale
        points = [(x * k, y * k) for x, y in stroke.points]
        width = max(round(paint.width * k), 1)
        if paint.dash:
            self._dashed(points, paint.dash, paint.stroke, width)
        else:
            self._draw.line(points, fill=paint.stroke, width=width, joint="curve")
        if stroke.arrow:
            self._head(points[-2], points[-1], paint.stroke)

    def _dashed(self, points: list[Point], dash: str, colour: str, width: int) -> None:
        on, off = (float(n) * self._scale for n in dash.split())
        for start, end in pairwise(points):
            self._dashes(start, end, on, off, colour, width)

    def _dashes(self, start: Point, end: Point, on: float, off: float, colour: str, width: int) -> None:
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = (dx * dx + dy * dy) ** 0.5
        at = 0.0
        while at < length:
            stop = min(at + on, length)
            ends = [(start[0] + dx * t / length, start[1] + dy * t / length) for t in (at, stop)]
            self._draw.line(ends, fill=colour, width=width)
            at += on + off

    def _head(self, before: Point, tip: Point, colour: str) -> None:
        dx, dy = tip[0] - before[0], tip[1] - before[1]
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        dx, dy = dx / length * 6 * self._scale, dy / length * 6 * self._scale
        base = (tip[0] - dx, tip[1] - dy)
        corners = [tip, (base[0] - dy / 2, base[1] + dx / 2), (base[0] + dy / 2, base[1] - dx / 2)]
        self._draw.polygon(corners, fill=colour)

    def _words(self, words: Words) -> None:
        face, k = TYPES[words.style], self._scale
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[words.anchor]
        text, font = ascii_only(clean(words.text, 2000)), _font(face.size * k)
        for step in (0.0, 0.5) if face.bold else (0.0,):  # Pillow has no bold font, and strokes take long
            place = ((words.x + step) * k, words.y * k)
            self._draw.text(place, text, fill=face.colour, font=font, anchor=anchor)

    def _image(self, image: Image) -> None:
        from PIL import Image as Pillow

        k = self._scale
        size = (max(round(image.width * k), 1), max(round(image.height * k), 1))
        small = Pillow.fromarray(image.thumbnail.array())
        large = small.resize(size, Pillow.Resampling.NEAREST)
        self._canvas.paste(large, (round(image.x * k), round(image.y * k)))


@lru_cache(maxsize=32)
def _font(size: float) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)

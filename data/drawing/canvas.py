"""Shapes are masks and paint is laid through them, so parts can be joined, outlined, or kept inside others.

All lengths are pixels of the finished picture. Everything is drawn four times as large and reduced at the
end, which makes the edges smooth. An outline is a list of points or a text such as "10,20 30,25".
"""

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SCALE = 4

Point = tuple[float, float]
Outline = str | list[Point]
Mask = Image.Image


def points(outline: Outline, x: float = 0, y: float = 0, scale: float = 1) -> list[Point]:
    """The points of an outline, enlarged by `scale` and moved by (x, y)."""
    if isinstance(outline, str):
        pairs = [pair.split(",") for pair in outline.split()]
        outline = [(float(u), float(v)) for u, v in pairs]
    return [(x + scale * u, y + scale * v) for u, v in outline]


def mirrored(outline: Outline, axis: float) -> list[Point]:
    """The same points on the other side of the vertical line x = axis."""
    return [(2 * axis - x, y) for x, y in points(outline)]


class Canvas:
    """A picture under work; its background fades from one colour at the top to another at the bottom.

    The first paint with an outline begins the animal: all paint from then on is the figure.
    """

    def __init__(self, width: int, height: int, top: str, bottom: str):
        self.size = (width * SCALE, height * SCALE)
        fade = Image.linear_gradient("L").resize(self.size)
        self.picture = Image.new("RGB", self.size, top)
        self.picture.paste(bottom, mask=fade)
        self.figure: Mask | None = None

    def finished(self) -> Image.Image:
        """The picture in its final size."""
        return self.picture.reduce(SCALE)

    def mask(self) -> Mask:
        """The figure, white on black, in the final size."""
        assert self.figure is not None
        return self.figure.reduce(SCALE).point([0] * 128 + [255] * 128)

    def polygon(self, outline: Outline) -> Mask:
        """Straight lines from point to point."""
        mask = Image.new("L", self.size)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in points(outline)], fill=255)
        return mask

    def blob(self, outline: Outline) -> Mask:
        """A closed smooth line through all points."""
        ring = points(outline)
        return self.polygon(_smooth(ring[-1:] + ring + ring[:2]))

    def ellipse(self, x: float, y: float, rx: float, ry: float, turn: float = 0) -> Mask:
        """Centre, half axes, and a turn in degrees (clockwise)."""
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        circle = [(rx * math.cos(a), ry * math.sin(a)) for a in (math.tau * i / 120 for i in range(120))]
        return self.polygon([(x + u * c - v * s, y + u * s + v * c) for u, v in circle])

    def limb(self, outline: Outline, start: float, end: float) -> Mask:
        """A smooth line through all points whose width goes from `start` to `end`, with round ends."""
        mask = Image.new("L", self.size)
        draw = ImageDraw.Draw(mask)
        line = points(outline)
        path = _smooth(line[:1] + line + line[-1:], steps=40)
        for i, (x, y) in enumerate(path):
            r = (start + (end - start) * i / max(len(path) - 1, 1)) * SCALE / 2
            draw.ellipse((x * SCALE - r, y * SCALE - r, x * SCALE + r, y * SCALE + r), fill=255)
        return mask

    def paint(
        self,
        *masks: Mask,
        fill: str,
        line: str | None = None,
        width: float = 1.3,
        inside: Mask | None = None,
        soft: float = 0,
    ) -> Mask:
        """Lays `fill` through the union of the masks and returns it.

        `line` draws an outline around the union; `inside` keeps the paint within another mask; `soft` blurs
        the edge by so many pixels.
        """
        union = masks[0]
        for mask in masks[1:]:
            union = ImageChops.lighter(union, mask)
        if line is not None:
            wide = union.filter(ImageFilter.GaussianBlur(width * SCALE * 0.7))
            around = wide.point([0] * 20 + [255] * 236)
            self.picture.paste(line, mask=_within(around, inside))
            self.figure = ImageChops.lighter(self.figure or around, _within(around, inside))
        cover = union.filter(ImageFilter.GaussianBlur(soft * SCALE)) if soft else union
        self.picture.paste(fill, mask=_within(cover, inside))
        if self.figure is not None:
            self.figure = ImageChops.lighter(self.figure, _within(union, inside))
        return union


def _within(mask: Mask, inside: Mask | None) -> Mask:
    return mask if inside is None else ImageChops.multiply(mask, inside)


def _smooth(path: list[Point], steps: int = 16) -> list[Point]:
    """Catmull-Rom: the curve through all points but the first and the last, which only give the direction."""
    curve = []
    for p0, p1, p2, p3 in zip(path, path[1:], path[2:], path[3:], strict=False):
        for i in range(steps + 1):
            x, y = (_between(p0[k], p1[k], p2[k], p3[k], i / steps) for k in (0, 1))
            curve.append((x, y))
    return curve


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    """The cubic that is b at t = 0 and c at t = 1, with slopes (c - a) / 2 and (d - b) / 2 there."""
    return b + 0.5 * t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * b - a - 3 * c + d)))

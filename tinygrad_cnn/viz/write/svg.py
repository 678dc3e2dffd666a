"""A scene as SVG: one file that needs nothing beside it, the same bytes on every machine.

Only a handful of elements and attributes are ever written, and every word goes through `escaped`.
"""

from collections.abc import Iterator
from html import escape

from ..layout.scene import Box, Image, Part, Point, Scene, Shape, Stroke, Words
from ..layout.theme import PAINTS, PAPER, TYPES
from .words import clean

FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"
ROUND = 6.0  # radius of the corners of lines


def to_svg(scene: Scene) -> str:
    """Write a scene as a document that can stand alone or in a page."""
    return "\n".join([*_head(scene), *(svg_part(part) for part in scene.parts), "</svg>\n"])


def _head(scene: Scene) -> Iterator[str]:
    width, height = _n(scene.width), _n(scene.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="{FONT}">'
    )
    yield f"<title>{escaped(scene.title)}</title><desc>{escaped(scene.description)}</desc>"
    yield from _heads_of_arrows(scene)
    yield f'<rect width="{width}" height="{height}" fill="{PAPER}" class="paper"/>'


def _heads_of_arrows(scene: Scene) -> Iterator[str]:
    shapes = [shape for part in scene.parts for shape in part.shapes]
    styles = sorted({s.style for s in shapes if isinstance(s, Stroke) and s.arrow})
    size = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    markers = [
        f'<marker id="arrow-{style}" {size} orient="auto" markerUnits="userSpaceOnUse">'
        f'<path d="M0 0.5L8 4L0 7.5z" fill="{PAINTS[style].stroke}" class="head {style}"/></marker>'
        for style in styles
    ]
    if markers:
        yield "<defs>" + "".join(markers) + "</defs>"


def svg_part(part: Part, attributes: str = "") -> str:
    """Write what belongs together as one group, with its title."""
    title = f"<title>{escaped(part.title)}</title>" if part.title else ""
    body = "".join(_shape(shape) for shape in part.shapes)
    return f'<g class="{part.kind}"{attributes}>{title}{body}</g>'


def _shape(shape: Shape) -> str:
    if isinstance(shape, Box):
        return _box(shape)
    if isinstance(shape, Stroke):
        return _stroke(shape)
    if isinstance(shape, Words):
        return _words(shape)
    return _image(shape)


def _box(box: Box) -> str:
    paint = PAINTS[box.style]
    fill = box.fill or paint.fill
    text = _rect(box.x, box.y, box.width, box.height, box.radius) + f' fill="{fill}"{_outline(box.style)}'
    text += f' class="{box.style}"/>'
    if box.double:
        inner = _rect(box.x + 3, box.y + 3, box.width - 6, box.height - 6, max(box.radius - 3, 0))
        text += f'{inner} fill="none"{_outline(box.style, 0.8)} class="{box.style} second"/>'
    return text


def _rect(x: float, y: float, width: float, height: float, radius: float) -> str:
    corners = f' rx="{_n(radius)}"' if radius else ""
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"{corners}'


def _outline(style: str, width: float | None = None) -> str:
    paint = PAINTS[style]
    if paint.stroke == "none":
        return ""
    dash = f' stroke-dasharray="{paint.dash}"' if paint.dash else ""
    return f' stroke="{paint.stroke}" stroke-width="{_n(width or paint.width)}"{dash}'


def _stroke(stroke: Stroke) -> str:
    arrow = f' marker-end="url(#arrow-{stroke.style})"' if stroke.arrow else ""
    line = path_data(stroke.points)
    return f'<path d="{line}" fill="none"{_outline(stroke.style)}{arrow} class="{stroke.style}"/>'


def path_data(points: tuple[Point, ...]) -> str:
    """Write a line through points, its corners rounded.

    >>> path_data(((0, 0), (0, 10)))
    'M0 0L0 10'
    """
    text = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        a, b = _towards(corner, before), _towards(corner, after)
        text += f"L{_n(a[0])} {_n(a[1])}Q{_n(corner[0])} {_n(corner[1])} {_n(b[0])} {_n(b[1])}"
    return text + f"L{_n(points[-1][0])} {_n(points[-1][1])}"


def _towards(corner: Point, other: Point) -> Point:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    step = min(ROUND, length / 2)
    return corner[0] + dx / length * step, corner[1] + dy / length * step


def _words(words: Words) -> str:
    face = TYPES[words.style]
    weight = ' font-weight="600"' if face.bold else ""
    anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
    return (
        f'<text x="{_n(words.x)}" y="{_n(words.y)}" font-size="{_n(face.size)}" fill="{face.colour}"{weight}'
        f'{anchor} class="t {words.style}">{escaped(words.text)}</text>'
    )


def _image(image: Image) -> str:
    size = f'x="{_n(image.x)}" y="{_n(image.y)}" width="{_n(image.width)}" height="{_n(image.height)}"'
    return (
        f'<image {size} preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="{image.thumbnail.uri()}"><title>{escaped(image.thumbnail.title)}</title></image>'
    )


def escaped(words: str) -> str:
    """Make words safe inside of an element or an attribute; what is invisible is shown."""
    return escape(clean(words, 2000))


def _n(x: float) -> str:
    """Write a coordinate with at most one digit behind the point."""
    return f"{x:.1f}".removesuffix(".0")

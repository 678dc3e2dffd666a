"""Single shapes of the page's picture: one class for look and place, and no letter that is not needed.

Most boxes and words of a ladder stand in a few columns, so a picture of 700 operations has some 100 different
ones. Each becomes a rule of the style sheet, and the element that it belongs to only names it.
"""

import re

from ..layout.scene import Box, Point, Shape, Stroke, Words
from ..layout.theme import TYPES
from ..write.svg import escaped, path_data
from .colours import ARROWS, STEPS

_BY_SCRIPT = ("gauge", "level")  # bars, which the script draws for the kind of heat that is chosen
_PLAIN = re.compile(r"[A-Za-z0-9_.,()#/-]+")


class Looks:
    """Names the looks of shapes, and writes the rules that say what they are.

    >>> looks = Looks()
    >>> looks.shape(Words(5, 30, "a < b", "name"), 10)
    '<text class=t0>a &lt; b</text>'
    >>> looks.rules().partition(";transform")[2]
    ':translate(5px,20px)}'
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}  # from what a rule says to the class that has it
        self.boxes: dict[
            str, list[object]
        ] = {}  # from the class of a box to its style, x, y, width and height

    def rules(self) -> str:
        """Write the style sheet of everything named so far."""
        return "\n".join(f".{name}{{{rule}}}" for rule, name in self._names.items())

    def named(self, letter: str, rule: str) -> str:
        """Give the class of a rule."""
        return self._names.setdefault(rule, f"{letter}{len(self._names)}")

    def shape(self, shape: Shape, top: float, level: float | None = None, more: str = "") -> str:
        """Write a box, a line or words with heights from ``top``; ``level`` is the heat of a box."""
        if isinstance(shape, Box):
            return "" if shape.style in _BY_SCRIPT else self._box(shape, top, level)
        if isinstance(shape, Stroke):
            points = tuple((x, y - top) for x, y in shape.points)
            return f"<path{attributes(('class', line_class(shape)), ('d', short_path(points)))} />"
        return self._words(shape, top, more) if isinstance(shape, Words) else ""

    def _box(self, box: Box, top: float, level: float | None) -> str:
        name = self.named("b", f"{_paint(box.style)};{_place(box, top, 0.0)}")
        size = (box.x, box.y - top, box.width, box.height)
        self.boxes[name] = [box.style, *(round(number, 1) for number in size)]
        hot = f" h{round(STEPS * min(max(level, 0.0), 1.0))}" if level is not None else ""
        text = f"<rect{attributes(('class', name + hot))} />"
        if box.double:
            second = self.named(
                "b", f"fill:none;stroke:var(--{box.style}-s);stroke-width:.8;{_place(box, top, 3.0)}"
            )
            text += f"<rect class={second} />"
        return text

    def _words(self, words: Words, top: float, more: str) -> str:
        face = TYPES[words.style]
        weight = ";font-weight:600" if face.bold else ""
        anchor = f";text-anchor:{words.anchor}" if words.anchor != "start" else ""
        rule = f"fill:var(--{words.style}-t);font-size:{face.size:g}px{weight}{anchor}"
        name = self.named("t", f"{rule};transform:translate({short(words.x)}px,{short(words.y - top)}px)")
        kind = f"{name} aside" if words.anchor == "end" else name
        return f"<text{attributes(('class', kind + more))}>{escaped(words.text)}</text>"


def _paint(style: str) -> str:
    own = f"--f:var(--{style}-f);--s:var(--{style}-s)"
    return (
        f"{own};fill:var(--f);stroke:var(--s);stroke-width:var(--{style}-w);stroke-dasharray:var(--{style}-d)"
    )


def _place(box: Box, top: float, inset: float) -> str:
    x, y = short(box.x + inset), short(box.y - top + inset)
    size = f"width:{short(box.width - 2 * inset)}px;height:{short(box.height - 2 * inset)}px"
    return f"x:{x}px;y:{y}px;{size};rx:{short(max(box.radius - inset, 0.0))}px"


def attributes(*pairs: tuple[str, object]) -> str:
    """Write attributes; a value of safe letters needs no quotes, which HTML allows.

    >>> attributes(("class", "c forward"), ("data-i", 3))
    ' class="c forward" data-i=3'
    """
    found = ""
    for name, value in pairs:
        text = str(value)
        found += f" {name}={text}" if _PLAIN.fullmatch(text) else f' {name}="{escaped(text)}"'
    return found


def short_path(points: tuple[Point, ...]) -> str:
    """Write a line through points without blanks, and straight pieces by one number.

    >>> short_path(((5, 0), (5, 10)))
    'M5,0V10'
    """
    found, before = [], ("", "")
    for letter, numbers in re.findall(r"([MLQ])([^MLQ]*)", path_data(points)):
        x, y = numbers.split()[-2:]
        if letter == "L" and x == before[0]:
            found.append(f"V{y}")
        elif letter == "L" and y == before[1]:
            found.append(f"H{x}")
        else:
            found.append(letter + ",".join(numbers.split()))
        before = x, y
    return "".join(found)


def line_class(line: Stroke) -> str:
    """Name the style of a line; one that ends without an arrow says so."""
    return line.style if line.arrow or line.style not in ARROWS else f"{line.style} plain"


def heads_of_arrows() -> str:
    """Write the ends of lines, one for each colour."""
    size = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
    markers = [
        f'<marker id="arrow-{style}" {size} orient="auto" markerUnits="userSpaceOnUse">'
        f'<path d="M0 0.5L8 4L0 7.5z" class="head {style}"/></marker>'
        for style in ARROWS
    ]
    return "<defs>" + "".join(markers) + "</defs>"


def short(x: float) -> str:
    """Write a coordinate with at most one digit behind the point.

    >>> short(12.0), short(3.14), short(-0.04)
    ('12', '3.1', '0')
    """
    text = f"{x:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text

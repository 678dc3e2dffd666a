"""A picture as plain shapes: boxes, lines, words, images; every writer draws these and knows no graph."""

from dataclasses import dataclass, field

from ..graph.thumbnails import Thumbnail

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle; ``style`` names its colours in the theme."""

    x: float
    y: float
    width: float
    height: float
    style: str
    radius: float = 0
    double: bool = False  # a second outline inside
    fill: str = ""  # in place of the style's own


@dataclass(frozen=True)
class Stroke:
    """A line through points, with rounded corners and an arrow head at its end."""

    points: tuple[Point, ...]
    style: str
    arrow: bool = False


@dataclass(frozen=True)
class Words:
    """One line of text; y is its baseline."""

    x: float
    y: float
    text: str
    style: str
    anchor: str = "start"  # "start", "middle" or "end"


@dataclass(frozen=True)
class Image:
    """A small picture, drawn with hard pixels."""

    x: float
    y: float
    width: float
    height: float
    thumbnail: Thumbnail


Shape = Box | Stroke | Words | Image


@dataclass
class Part:
    """Shapes that belong together: what is shown, hidden and moved as one."""

    kind: str  # "head", "frame", "forward", "gradient", "parameter", "edge", "rung", "legend"
    shapes: list[Shape] = field(default_factory=list)
    item: str = ""  # the id of what it shows; of a frame, that of the group
    title: str = ""  # what a pointer that rests on it, or a screen reader, is told
    source: str = ""  # of an edge: from which item
    target: str = ""  # and to which
    direction: str = ""  # "down" or "up"


@dataclass
class Row:
    """A rung of the ladder: which item, and which heights it takes."""

    item: str
    top: float
    bottom: float
    group: str


@dataclass
class Scene:
    """Everything that is drawn, from back to front."""

    width: float
    height: float
    title: str
    description: str
    parts: list[Part] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

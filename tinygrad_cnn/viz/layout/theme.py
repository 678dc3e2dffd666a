"""Colours and sizes by name of style, so that SVG, PNG and pages look alike.

Colours are never the only sign: kinds differ in outline, states in a word or a badge.
"""

from typing import NamedTuple


class Paint(NamedTuple):
    """How a box or a line looks."""

    fill: str
    stroke: str
    width: float = 1.2
    dash: str = ""


class Type(NamedTuple):
    """How words look."""

    colour: str
    size: float
    bold: bool = False


PAPER = "#ffffff"
PAINTS = {
    "paper": Paint(PAPER, "#c9ced6"),
    "op": Paint("#eaf1fb", "#3b6ea8"),
    "fold": Paint("#e3e8f0", "#3b4a63", 1.4),
    "input": Paint("#f4f5f7", "#4a5160"),
    "parameter": Paint("#e3f4e6", "#2f8746"),
    "constant": Paint("#f3f3f3", "#8a8f98", 1.0, "4 3"),
    "gradient": Paint("#fdeedd", "#c4680f"),
    "absent": Paint("#f8f8f8", "#a3a8b0", 1.0, "4 3"),
    "failed": Paint("#fde3e1", "#c62828", 2.0),
    "frame": Paint("none", "#b4bccb", 1.0),
    "frame2": Paint("none", "#cbd2de", 1.0),
    "down": Paint("none", "#3b6ea8", 1.4),
    "up": Paint("none", "#c4680f", 1.4),
    "idle": Paint("none", "#9aa1ac", 1.1, "3 3"),
    "edge": Paint("none", "#c9ced6", 1.0),
    "rung": Paint("none", "#8a919d", 1.0, "1.5 3"),
    "bad": Paint("none", "#c62828", 2.2),
    "plus": Paint("#ffffff", "#c4680f", 1.6),
    "badge": Paint("#c62828", "#c62828"),
    "gauge": Paint("#ffffff", "#c4a27d", 0.8),
    "level": Paint("#c4680f", "none", 0),
    "added": Paint("#e3f4e6", "#2f8746", 2.0),
    "removed": Paint("#f8f8f8", "#c62828", 1.6, "6 3"),
    "changed": Paint("#fff6d6", "#a87b00", 2.0),
}
TYPES = {
    "title": Type("#1f2430", 17, True),
    "facts": Type("#3c4352", 12.5),
    "note": Type("#5b6270", 11.5),
    "name": Type("#1f2430", 12.5, True),
    "chip": Type("#1f2430", 11.5, True),
    "line": Type("#3c4352", 11),
    "quiet": Type("#5b6270", 10.5),
    "frame": Type("#55607a", 11.5, True),
    "shape": Type("#2f5a8c", 10.5),
    "rule": Type("#7a3f06", 11),
    "number": Type("#1f2430", 11),
    "badge": Type("#ffffff", 10.5, True),
    "failed": Type("#a01515", 11, True),
    "plus": Type("#8a4807", 13, True),
}


def mixed(low: str, high: str, share: float) -> str:
    """Mix two colours, all of ``high`` at a share of 1.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    ends = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (low, high)]
    parts = (round(a + (b - a) * min(max(share, 0.0), 1.0) + 1e-9) for a, b in zip(*ends, strict=True))
    return "#" + "".join(f"{p:02x}" for p in parts)

"""SVG by hand: a few shapes and texts, every word escaped, and one file that needs nothing beside it."""

from collections.abc import Sequence
from html import escape

from ...viz.layout.metrics import width_of
from .text import plain

INK, QUIET, PAPER, LINE = "#1f2430", "#5b6270", "#ffffff", "#c9ced6"
FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"


def safe(words: object) -> str:
    r"""Escape words for a text or an attribute; control characters are shown, as XML cannot hold them.

    >>> safe("a<b\x00")
    'a&lt;b\\x00'
    """
    return escape(plain(words, ascii_only=False))


def text(x: float, y: float, words: object, *, size: float = 14, fill: str = INK, **attributes: str) -> str:
    """One line of text with its baseline at y; `anchor` and `weight` as in SVG."""
    names = {"anchor": "text-anchor", "weight": "font-weight", "rotate": "transform"}
    more = "".join(f' {names[key]}="{value}"' for key, value in attributes.items())
    return f'<text x="{x:.5g}" y="{y:.5g}" font-size="{size:g}" fill="{fill}"{more}>{safe(words)}</text>'


def rect(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    """A rectangle; ``stroke_width=2`` is written stroke-width="2"."""
    size = f'x="{x:.5g}" y="{y:.5g}" width="{width:.5g}" height="{height:.5g}"'
    return f"<rect {size}{_attributes(attributes)}/>"


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """A straight line."""
    ends = f'x1="{x1:.5g}" y1="{y1:.5g}" x2="{x2:.5g}" y2="{y2:.5g}"'
    return f"<line {ends}{_attributes(attributes)}/>"


def wrapped(words: str, width: float, size: float, most: int = 6) -> list[str]:
    """Break a text into at most so many lines that fit a width, inside of words where it must.

    >>> wrapped("one two", 50, 14)
    ['one', 'two']
    """
    lines, current = [], ""
    for word in _pieces(plain(words, ascii_only=False), width, size):
        if current and width_of(f"{current} {word}", size) > width:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    lines += [current] if current else []
    return (
        lines if len(lines) <= most else [*lines[: most - 1], fitted(lines[most - 1] + " ...", width, size)]
    )


def fitted(words: str, width: float, size: float) -> str:
    """Cut a text so that it fits, with dots where it was cut."""
    words = plain(words, ascii_only=False)
    if width_of(words, size) <= width:
        return words
    while words and width_of(f"{words}...", size) > width:
        words = words[:-1]
    return f"{words}..."


def document(width: float, height: float, title: str, description: str, body: Sequence[str]) -> str:
    """Put shapes onto paper of their own, so that they can be read on a light and on a dark page."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:.0f}" '
        f'viewBox="0 0 {width:g} {height:.0f}" role="img" font-family="{FONT}">'
    )
    stripes = (
        '<defs><pattern id="unmeasured" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#eceef1"/><path d="M-1 7L7 -1M-1 1L1 -1M5 7L7 5" '
        'stroke="#a9b0bb"/></pattern></defs>'
    )
    names = f"<title>{safe(title)}</title><desc>{safe(description)}</desc>"
    paper = rect(0.5, 0.5, width - 1, round(height) - 1, rx=6, fill=PAPER, stroke=LINE)
    return "\n".join([head + names, stripes, paper, *body, "</svg>\n"])


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())


def _pieces(words: str, width: float, size: float) -> list[str]:
    """Words, of which those that are too long for a line are cut."""
    pieces = []
    for word in words.split():
        start = 0
        for end in range(1, len(word) + 1):
            if width_of(word[start:end], size) > width:
                pieces.append(word[start : end - 1])
                start = end - 1
        pieces.append(word[start:])
    return pieces

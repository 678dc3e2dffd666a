"""Numbers, shapes and names as they stand in a picture: short, the same in every writer, safe to show.

Names come from users, so nothing in them may be invisible or reorder what stands beside it.
"""

import math
import unicodedata

from ..graph.stats import Stats
from ..table import in_bytes

__all__ = ["ascii_only", "clean", "columns", "count", "fit", "in_bytes", "magnitude", "number"]
__all__ += ["shape_text", "stats_line"]

# Characters that show nothing although Unicode counts them as letters, symbols or marks.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_PLAIN = {
    "×": "x", "·": "*", "∗": "(*)", "⊛": "(*)", "∂": "d", "∇": "grad ", "Σ": "sum", "∑": "sum", "σ": "std",
    "µ": "u", "μ": "mean", "→": "->", "←": "<-", "↑": "^", "↓": "v", "≤": "<=", "≥": ">=", "≠": "!=",
    "…": "...", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "√": "sqrt", "²": "^2",
    "│": "|", "─": "-", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "├": "|", "┤": "|", "┬": "+", "┴": "+",
    "┼": "+", "┌": "+", "┐": "+", "└": "+", "┘": "+", "┄": ".", "┊": ":", "∞": "inf", "±": "+-", "•": "*",
    "●": "*", "▶": ">", "◀": "<", "▼": "v", "▲": "^",
}  # fmt: skip
_TO_ASCII = str.maketrans(_PLAIN)


def number(x: float | None) -> str:
    """Write a number with three significant digits.

    ``None``, what was not computed, is "-"; only what is exactly 0 is "0".

    >>> [number(x) for x in (None, 0.0, 1, -0.5, 0.0123456, 12345, 1.2345e-5, 2.5e7)]
    ['-', '0', '1.00', '-0.500', '0.0123', '12,300', '1.23e-05', '2.50e+07']
    >>> [number(float(x)) for x in ("nan", "inf", "-inf")]
    ['NaN', 'Inf', '-Inf']
    """
    if x is None:
        return "-"
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Inf" if x > 0 else "-Inf"
    if x == 0:
        return "0"
    short = f"{x:.2e}"
    power = int(short.partition("e")[2])  # after rounding: 999.9 is 1,000
    return f"{float(short):,.{max(2 - power, 0)}f}" if -4 <= power < 6 else short


def count(n: int) -> str:
    """Write a whole number in full, with commas.

    >>> count(172963)
    '172,963'
    """
    return f"{n:,}"


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape.

    >>> shape_text((1, 3, 4)), shape_text((5,)), shape_text(()), shape_text((0, 2))
    ('1x3x4', '5', 'scalar', '0x2')
    """
    return "x".join(str(n) for n in shape) if shape else "scalar"


def magnitude(stats: Stats | None) -> str:
    """Write how large the values are, as their root mean square, or what is wrong with them.

    "-" means not computed, "0" that every value is exactly 0; one NaN or infinity outweighs all others.

    >>> magnitude(None)
    '-'
    """
    if stats is None:
        return "-"
    if stats.nans:
        return "NaN"
    if stats.infs:
        return "Inf"
    if not stats.size:
        return "empty"
    return number(0.0 if stats.is_zero else stats.rms)


def stats_line(stats: Stats | None) -> str:
    """Write the numbers about an array on one line.

    >>> import numpy as np
    >>> from tinygrad_cnn.viz.graph.stats import measure
    >>> stats_line(measure(np.array([0.0, 3.0, -4.0, np.nan])))
    '1 NaN of 4, rms 2.89, mean -0.333, std 2.87, min -4.00, max 3.00, 25% zeros'
    >>> stats_line(measure(np.zeros(3))), stats_line(None)
    ('all 3 values are 0', 'not computed')
    """
    if stats is None:
        return "not computed"
    if not stats.size:
        return "no values"
    if stats.is_zero:
        return f"all {count(stats.size)} values are 0"
    wrong = [f"{count(n)} {word}" for n, word in ((stats.nans, "NaN"), (stats.infs, "Inf")) if n]
    parts = [" and ".join(wrong) + f" of {count(stats.size)}"] if wrong else []
    if stats.nans + stats.infs < stats.size:
        names = ("rms", "mean", "std", "min", "max")
        parts += [f"{name} {number(getattr(stats, name))}" for name in names]
        parts += [_zeros(stats)] if stats.zeros else []
    return ", ".join(parts)


def _zeros(stats: Stats) -> str:
    """Say how many values are 0; never "0%" or "100%", which would mean none or all."""
    share = 100 * stats.zeros / stats.size
    return "under 1% zeros" if share < 1 else f"{min(round(share), 99)}% zeros"


def clean(text: str, most: int = 40) -> str:
    r"""Make a name from a user safe to show: invisible characters become escapes, what is too long is cut.

    Escaped are control characters (line ends too), those that turn the direction of writing, that join or
    that have no width, half surrogates, and spaces that are not the plain one. The result has at most
    ``most`` characters. It still needs the escaping of the format that it is written in.

    >>> print(clean("a\nb\u202ec"), clean("x" * 50, 12))
    a\nb\u202ec xxxxxxxxx...
    """
    if most < 3:
        return ""
    if len(text) <= most and text.isascii() and text.isprintable():  # nearly always
        return text
    pieces = [_visible(c) for c in text[: most + 1]]
    if len(text) <= most and sum(map(len, pieces)) <= most:
        return "".join(pieces)
    kept = ""
    for piece in pieces:  # an escape is kept whole or left out
        if len(kept) + len(piece) > most - 3:
            break
        kept += piece
    return kept + "..."


def _visible(char: str) -> str:
    if " " <= char <= "~":
        return char
    kind = unicodedata.category(char)
    selects = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"  # variation selectors
    hidden = kind[0] == "C" or kind in ("Zl", "Zp", "Zs") or selects or char in _BLANK
    return char.encode("unicode_escape").decode("ascii") if hidden else char


def ascii_only(text: str) -> str:
    r"""Write text with the 95 printable characters of ASCII: signs as words, other letters as escapes.

    >>> print(ascii_only("∂L/∂X · 3×3 → é"))
    dL/dX * 3x3 -> \xe9
    """
    plain = text.translate(_TO_ASCII)
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode("ascii") for c in plain)


def columns(text: str) -> int:
    """Count the columns that text takes in a terminal: East Asian letters two, marks over others none.

    >>> columns("abc"), columns("\u753b\u50cf"), columns("e\u0301")
    (3, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_column(char) for char in text)


def _column(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, width: int, align: str = "<", end: str = "...") -> str:
    """Bring text to exactly so many columns: filled with blanks, or cut with dots.

    >>> fit("conv1", 8) + "|", fit("12", 4, ">"), fit("a long name", 8)
    ('conv1   |', '  12', 'a lon...')
    """
    if columns(text) > width:
        end = end[:width]
        while text and columns(text) > width - columns(end):
            text = text[:-1]
        text += end
    space = " " * (width - columns(text))
    return space + text if align == ">" else text + space

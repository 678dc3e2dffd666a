"""The worst entry from close by: the slopes of the function on its two sides, and the gradient."""

import math

from ..report import Worst
from .picture_svg import INK, LINE, QUIET, fitted, line, rect, text
from .text import index_words, number, ratio_words, with_floats

WIDE, HIGH = 270.0, 170.0
_FUNCTION, _ANALYTIC, _ALLOWED = "#1f2430", "#c2410c", "#e4e8ee"
_REACH, _STEEPEST = 110.0, 68.0  # half of the width that is drawn, and the height of the steepest slope


def slopes(worst: Worst, x: float, y: float, width: float) -> tuple[list[str], float]:
    """Draw a kink or a straight line through the entry, dashed the gradient, and the numbers beside it."""
    worst = with_floats(worst)
    title = fitted(f"slopes at {worst.name}{index_words(worst)}", width * 0.88, 13)  # bold is wider
    shapes = [text(x, y + 4, title, size=13, weight="600")]
    shapes.append(rect(x, y + 16, WIDE, HIGH, fill="#fbfbfc", stroke=LINE))
    shapes += _diagram(worst, x + WIDE / 2, y + 16 + HIGH / 2)
    return [*shapes, *_numbers(worst, x + WIDE + 24, y + 34, width - WIDE - 24)], HIGH + 34


def _diagram(worst: Worst, x: float, y: float) -> list[str]:
    known = [abs(s) for s in (worst.left, worst.right, worst.analytic, worst.numeric) if math.isfinite(s)]
    steepest = max([*known, 1e-300])
    rise = [_rise(slope, steepest) for slope in (worst.left, worst.right, worst.analytic)]
    left, right, analytic = rise
    shapes = [line(x - _REACH - 15, y, x + _REACH + 15, y, stroke=LINE)]
    if left is not None and right is not None and abs(left - right) > 1:
        shapes += [_wedge(x, y, side * _REACH, left, right) for side in (-1, 1)]
    if left is not None:
        shapes.append(line(x - _REACH, y + left, x, y, stroke=_FUNCTION, stroke_width=3))
    if right is not None:
        shapes.append(line(x, y, x + _REACH, y - right, stroke=_FUNCTION, stroke_width=3))
    if math.isinf(worst.analytic):
        shapes.append(line(x, y - _STEEPEST, x, y + _STEEPEST, **_dashed()))
    elif analytic is not None:
        shapes.append(line(x - _REACH, y + analytic, x + _REACH, y - analytic, **_dashed()))
    shapes.append(f'<circle cx="{x:.5g}" cy="{y:.5g}" r="4.5" fill="{_FUNCTION}"/>')
    if left is None and right is None:
        shapes.append(
            text(x, y + HIGH / 2 - 10, "no slopes were measured", size=12, fill=QUIET, anchor="middle")
        )
    return shapes


def _solid(slope: float) -> dict[str, object] | None:
    return {"stroke": _FUNCTION, "stroke_width": 3} if math.isfinite(slope) else None


def _dashed() -> dict[str, object]:
    return {"stroke": _ANALYTIC, "stroke_width": 2.5, "stroke_dasharray": "7 5"}


def _rise(slope: float, steepest: float) -> float | None:
    return slope / steepest * _STEEPEST if math.isfinite(slope) else None


def _wedge(x: float, y: float, across: float, left: float, right: float) -> str:
    """Between the two slopes: what a gradient at a kink may be."""
    side = math.copysign(1, across)
    ends = [f"{x + across:.5g},{y - side * rise:.5g}" for rise in (left, right)]
    return f'<polygon points="{x:.5g},{y:.5g} {" ".join(ends)}" fill="{_ALLOWED}"/>'


def _numbers(worst: Worst, x: float, y: float, width: float) -> list[str]:
    times = worst.error / worst.tolerance if worst.tolerance > 0 else math.nan
    ratio = f", {times:.2g} times its tolerance {worst.tolerance:.2g}" if math.isfinite(times) else ""
    rows = [
        (f"slope on the left {number(worst.left)}", _solid(worst.left)),
        (f"slope on the right {number(worst.right)}", _solid(worst.right)),
        (f"analytic gradient {number(worst.analytic, 'NaN')}", _dashed()),
        (
            f"numeric gradient {number(worst.numeric)}{ratio_words(worst, ', analytic / numeric ')}",
            None,
        ),
        (f"error {number(worst.error, 'NaN')}{ratio}", None),
        (f"order {worst.order}: {worst.what}" if worst.what else f"order {worst.order}", None),
    ]
    shapes = []
    for place, (words, style) in enumerate(rows):
        level = y + place * 23
        if style:
            shapes.append(line(x, level - 4, x + 30, level - 4, **style))
        shapes.append(text(x + 40, level, fitted(words, width - 40, 13), size=13, fill=INK))
    level = y + len(rows) * 23
    if math.isfinite(worst.left - worst.right) and abs(worst.left - worst.right) > 1e-3 * _size(worst):
        shapes.append(rect(x, level - 11, 30, 12, fill=_ALLOWED, stroke=LINE))
        shapes.append(
            text(x + 40, level, fitted("right at a kink: anything between", width - 40, 13), size=13)
        )
    return shapes


def _size(worst: Worst) -> float:
    return max(abs(worst.left), abs(worst.right))

"""Heat maps of the two gradients and their difference, and the scales that say what a colour means."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from .picture_cells import Cells, Field, cells_of, each, other_places, starts
from .picture_svg import INK, LINE, QUIET, fitted, rect, safe, text, width_of
from .text import number

MAP, GAP, LABELS = 270.0, 18.0, 34.0  # pixels: of a map, between two, for the numbers of its rows
PITCH = MAP + LABELS + GAP
MOST_CELLS, LARGEST_CELL = 28, 44.0
SMALL, SMALL_PITCH, MOST_SMALL, SMALL_CELLS = 84.0, 119.0, 16, 10

# Blue and orange-red differ for every kind of colour blindness; the violets differ in lightness.
DIVERGING = ((24, 84, 158), (146, 190, 224), (250, 250, 250), (240, 164, 120), (168, 40, 20))
ERRORS = ((240, 222, 244), (206, 158, 214), (150, 84, 176), (88, 26, 120), (44, 4, 62))
WITHIN, UNMEASURED, NOT_FINITE = "#d3ebdf", "url(#unmeasured)", "#101010"
_CRISP = 'shape-rendering="crispEdges"'  # no seams between cells

Colour = Callable[[float], str]


def colours(field: Field) -> tuple[Colour, Colour]:
    """The colour of a gradient entry, and that of an error."""
    limit = gradient_limit(field)
    bottom, top = error_limits(field)

    def of_gradient(value: float) -> str:
        return _colour(DIVERGING, 0.5 + 0.5 * value / limit, value)

    def of_error(value: float) -> str:
        if value <= field.tolerance:
            return WITHIN
        return _colour(ERRORS, math.log(max(value, bottom) / bottom) / math.log(top / bottom), value)

    return of_gradient, of_error


def gradient_limit(field: Field) -> float:
    """The entry that gets the darkest colour; a huge wrong entry does not turn all others white."""
    finite = field.analytic[np.isfinite(field.analytic)]
    return max(field.largest, min(float(np.abs(finite).max(initial=0.0)), 4 * field.largest))


def error_limits(field: Field) -> tuple[float, float]:
    """The errors of the lightest and the darkest colour: four powers of ten, or down to the tolerance."""
    top = max(float(field.error[np.isfinite(field.error)].max(initial=0.0)), 1e-300)
    bottom = min(max(field.tolerance, top * 1e-4), top / 10)
    return bottom, top


def three_maps(field: Field, what: str, x: float, y: float) -> tuple[list[str], float]:
    """Draw the worst slice, of which ``what`` says more, as three maps with scales; give the height too."""
    cells = cells_of(field, None, MOST_CELLS, MOST_CELLS)
    of_gradient, of_error = colours(field)
    wide, high = _cell_size(cells)
    title = f"{cells.label}{_blocks(cells)}{f'; {what}' if what else ''}"
    titles = ("analytic: what backward gave", "numeric: by differences", "error: how far they are apart")
    shapes = [text(x, y + 4, fitted(title, 3 * PITCH, 13), size=13, fill=QUIET)]
    arrays = (field.analytic, field.numeric, field.error)
    for place, (title, values) in enumerate(zip(titles, arrays, strict=True)):
        left = x + place * PITCH + LABELS
        shapes.append(text(left, y + 28, title, size=13, weight="600"))
        shapes += _axes(cells, left, y + 50, wide, high)
        colour = of_error if place == 2 else of_gradient
        shapes += _cells(field, cells, values, colour, left, y + 50, wide, high)
    bottom = y + 50 + high * cells.entries.shape[0] + 16
    shapes += _scale(x + LABELS, bottom, _gradient_stops(field), of_gradient)
    if bool((field.error > field.tolerance).any()):
        shapes += _scale(x + LABELS + 2 * PITCH, bottom, _error_stops(field), of_error)
    shapes += _swatches(field, x + LABELS + PITCH, bottom)
    return shapes, bottom + 40 - y


def other_slices(field: Field, x: float, y: float) -> tuple[list[str], float]:
    """Draw the error of the other slices with something wrong, small, those with the largest errors."""
    places, left_out = other_places(field, MOST_SMALL)
    if not places:
        words = f"in the {left_out:,} other slices no error beyond its tolerance was measured"
        return ([text(x, y, words, size=13, fill=QUIET)], 8.0) if left_out else ([], 0.0)
    of_error = colours(field)[1]
    slices = "another slice" if len(places) == 1 else f"{len(places)} other slices"
    rest = f"; {left_out:,} more, with smaller errors or none, are left out" if left_out else ""
    shapes = [text(x, y, f"error in {slices}{rest}", size=13, weight="600")]
    across = int((3 * PITCH) // SMALL_PITCH)
    cell_rows, highest = 0, 0.0
    for n, place in enumerate(places):
        cells = cells_of(field, place, SMALL_CELLS, SMALL_CELLS)
        cell_rows = cells.entries.shape[0]
        side = min(SMALL / max(cells.entries.shape), 22.0)
        highest = side * cell_rows + 34
        left, top = x + (n % across) * SMALL_PITCH, y + 28 + (n // across) * highest
        shapes += _small(field, cells, left, top, side, of_error)
    return shapes, 14 + highest * -(-len(places) // across) + 8


def _small(field: Field, cells: Cells, x: float, y: float, side: float, colour: Colour) -> list[str]:
    """One small panel; its tooltip tells the largest error."""
    label = fitted(cells.label.removeprefix(field.name), SMALL_PITCH - 8, 11)
    largest = float(np.nanmax(field.error.ravel()[cells.entries.ravel()]))
    rows, columns = cells.entries.shape
    tip = f"<title>{safe(f'{cells.label}: largest error {largest:.4g}')}</title>"
    shapes = [text(x, y, label, size=11, fill=QUIET), f"<g {_CRISP}>{tip}"]
    for row, column, entry in each(cells):
        fill = colour(float(field.error.flat[entry]))
        shapes.append(_box(x + column * side, y + 6 + row * side, side, side, fill) + "/>")
    return [*shapes, rect(x, y + 6, columns * side, rows * side, fill="none", stroke=LINE), "</g>"]


def _cells(
    field: Field,
    cells: Cells,
    values: np.ndarray,
    colour: Colour,
    x: float,
    y: float,
    wide: float,
    high: float,
) -> list[str]:
    """Draw the cells of one map, each with a tooltip, and a frame around the worst."""
    shapes, labels = [f"<g {_CRISP}>"], []
    rows, columns = cells.entries.shape
    for row, column, entry in each(cells):
        value = float(values.flat[entry])
        left, top = x + column * wide, y + row * high
        fill = _fill(field, entry, value, colour)
        shapes.append(f"{_box(left, top, wide, high, fill)}><title>{_tip(field, entry)}</title></path>")
        if wide >= 40 and high >= 20 and fill != UNMEASURED:
            labels.append(_value(value, left + wide / 2, top + high / 2 + 4, fill))
    shapes += ["</g>", *labels, rect(x, y, columns * wide, rows * high, fill="none", stroke=LINE)]
    if cells.mark:
        left, top = x + cells.mark[1] * wide, y + cells.mark[0] * high
        shapes.append(rect(left, top, wide, high, fill="none", stroke="#ffffff", stroke_width=5))
        shapes.append(rect(left, top, wide, high, fill="none", stroke="#000000", stroke_width=2.5))
    return shapes


def _box(x: float, y: float, wide: float, high: float, fill: str) -> str:
    """An open <path> element: shorter than a <rect>, and there are thousands."""
    return f'<path d="M{x:.5g} {y:.5g}h{wide:.4g}v{high:.4g}h{-wide:.4g}z" fill="{fill}"'


def _value(value: float, x: float, y: float, fill: str) -> str:
    parts = [int(fill[n : n + 2], 16) for n in (1, 3, 5)]
    dark = 0.3 * parts[0] + 0.59 * parts[1] + 0.11 * parts[2] < 140
    shape = text(x, y, _brief(value), size=11, fill="#ffffff" if dark else INK, anchor="middle")
    return shape.replace("<text ", '<text pointer-events="none" ', 1)  # the tooltip is below


def _brief(value: float) -> str:
    """A number in at most six characters, as far as there is one."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value}"
    value += 0.0  # no -0
    long = (f"{value:.2g}", f"{value:.1g}", f"{value:.0e}")
    forms = [form.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e") for form in long]
    return next((form for form in forms if len(form) <= 6), forms[-1])


def _tip(field: Field, entry: int) -> str:
    index = ", ".join(str(int(i)) for i in np.unravel_index(entry, field.shape)) if field.shape else ""
    a, n, e = (float(values.flat[entry]) for values in (field.analytic, field.numeric, field.error))
    if math.isnan(e):
        return f"[{index}] analytic {number(a, 'unknown')}, not measured"
    return f"[{index}] analytic {a:.6g} numeric {n:.6g} error {e:.3g}"


def _fill(field: Field, entry: int, value: float, colour: Colour) -> str:
    """The colour of a cell; a gradient that is NaN is not one that was not measured."""
    if math.isnan(value) and not math.isnan(float(field.error.flat[entry])):
        return NOT_FINITE
    return colour(value)


def _colour(stops: Sequence[tuple[int, int, int]], share: float, value: float) -> str:
    if math.isnan(value):
        return UNMEASURED
    if math.isinf(value):
        return NOT_FINITE
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(place), len(stops) - 2)
    mixed = (a + (b - a) * (place - first) for a, b in zip(stops[first], stops[first + 1], strict=True))
    return "#" + "".join(f"{round(c):02x}" for c in mixed)


def _cell_size(cells: Cells) -> tuple[float, float]:
    """Squares where they fit; in a long map they grow in the short direction."""
    rows, columns = cells.entries.shape
    wide, high = min(MAP / columns, LARGEST_CELL), min(MAP / rows, LARGEST_CELL)
    return min(wide, 2.5 * high), min(high, 2.5 * wide)


def _blocks(cells: Cells) -> str:
    rows, columns = cells.size
    size = f" ({rows} x {columns})" if rows > 1 else f" ({columns} entr{'y' if columns == 1 else 'ies'})"
    if not cells.reduced:
        return size
    return f"{size}; each cell is the worst entry of a block of {cells.step[0]} x {cells.step[1]}"


def _axes(cells: Cells, x: float, y: float, wide: float, high: float) -> list[str]:
    """Write as many row and column numbers as fit."""
    down, across = starts(cells)
    every = max(1, math.ceil(14 / high))
    shapes = [
        text(x - 6, y + (n + 0.5) * high + 4, down[n], size=11, fill=QUIET, anchor="end")
        for n in range(0, len(down), every)
    ]
    every = max(1, math.ceil((width_of(str(across[-1]), 11) + 6) / wide))
    return shapes + [
        text(x + (n + 0.5) * wide, y - 6, across[n], size=11, fill=QUIET, anchor="middle")
        for n in range(0, len(across), every)
    ]


def _gradient_stops(field: Field) -> list[tuple[float, str]]:
    limit = gradient_limit(field)
    beyond = bool((np.abs(field.analytic[np.isfinite(field.analytic)]) > limit).any())
    less, more = (" and less", " and more") if beyond else ("", "")
    marks = {0: f"{-limit:.3g}{less}", 20: "0", 40: f"{limit:.3g}{more}"}
    return [(limit * (n / 20 - 1), marks.get(n, "")) for n in range(41)]


def _error_stops(field: Field) -> list[tuple[float, str]]:
    bottom, top = error_limits(field)
    steps = [max(bottom * (top / bottom) ** (n / 40), field.tolerance * 1.001) for n in range(41)]
    less = " and less" if bottom > field.tolerance else ""
    marks = {0: f"{bottom:.2g}{less}", 20: f"{math.sqrt(bottom) * math.sqrt(top):.2g}", 40: f"{top:.3g}"}
    return [(step, marks.get(n, "")) for n, step in enumerate(steps)]


def _scale(x: float, y: float, stops: list[tuple[float, str]], colour: Colour) -> list[str]:
    """A bar of colours with numbers below it."""
    pitch = MAP / len(stops)
    shapes = []
    for n, (value, label) in enumerate(stops):
        shapes.append(rect(x + n * pitch, y, pitch + 0.3, 10, fill=colour(value)))
        if label:
            anchor = "start" if n == 0 else "end" if n == len(stops) - 1 else "middle"
            at = x + (0 if n == 0 else MAP if n == len(stops) - 1 else (n + 0.5) * pitch)
            shapes.append(text(at, y + 24, label, size=11, fill=QUIET, anchor=anchor))
    return shapes


def _swatches(field: Field, x: float, y: float) -> list[str]:
    """What the cells without a colour of a scale mean; only what occurs."""
    known = field.error[~np.isnan(field.error)]
    items = [(WITHIN, "error within tolerance", bool((known <= field.tolerance).any()))]
    items.append((UNMEASURED, "not measured", known.size < field.error.size))
    items.append((NOT_FINITE, "not finite", bool(np.isinf(known).any())))
    shapes = []
    for fill, words, occurs in items:
        if occurs:
            shapes.append(rect(x, y - 1, 12, 12, fill=fill, stroke=LINE))
            shapes.append(text(x + 17, y + 9, words, size=11, fill=QUIET))
            x += 17 + width_of(words, 11) + 8
    return shapes

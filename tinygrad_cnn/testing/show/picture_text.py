"""The error of one input as a map of characters, by powers of ten."""

import math

import numpy as np

from .picture_cells import Cells, Field, cells_of, each, starts

MAP_ROWS, MAP_COLUMNS, WIDE_COLUMNS = 16, 64, 40  # up to the last, a blank parts the columns

WORST, UNMEASURED, WITHIN, NOT_FINITE = "X", ".", "-", "!"
# an error below this share of the largest entry of the gradient -> the character
SHARES = ((1e-4, ":"), (1e-3, "="), (1e-2, "+"), (1e-1, "*"), (1.0, "#"), (math.inf, "@"))
_RANGES = {":": "< 0.0001", "=": "< 0.001", "+": "< 0.01", "*": "< 0.1", "#": "< 1", "@": ">= 1"}


def text_map(field: Field, rows: int) -> list[str]:
    """Draw the slice that holds the worst entry: a line on what it is, the map, and its legend.

    >>> error = np.array([[0.0, 2.0], [np.nan, 4.0]])
    >>> field = Field("x", (1, 1), error, -error, error, tolerance=1e-6, largest=4.0)
    >>> print("\\n".join(text_map(field, rows=16)))
    error of x (2 rows, 2 columns)
       0 1
    0  - #
    1  . X
    X worst (>= 1)   . not measured   - within tolerance   # < 1
    relative to the largest entry of the gradient, 4
    """
    if not field.error.size:
        return [f"error of {field.name}: no entries, its shape is {field.shape}"]
    cells = cells_of(field, None, max(1, min(rows, MAP_ROWS)), MAP_COLUMNS)
    signs = np.full(cells.entries.shape, UNMEASURED)
    for row, column, entry in each(cells):
        signs[row, column] = _sign(field, entry)
    return [_title(cells), *_grid(cells, signs), *_legend(field, cells, signs)]


def _sign(field: Field, entry: int) -> str:
    error = field.error.flat[entry]
    if np.isnan(error):
        return UNMEASURED
    if np.isinf(error):
        return NOT_FINITE
    if error <= field.tolerance:
        return WITHIN
    return next(sign for share, sign in SHARES if error / field.largest < share or share == math.inf)


def _title(cells: Cells) -> str:
    rows, columns = cells.size
    size = f"{columns} entries" if rows == 1 else f"{rows} rows, {columns} columns"
    blocks = f"; each sign is the worst of {cells.step[0]} x {cells.step[1]}" if cells.reduced else ""
    return f"error of {cells.label} ({size}{blocks})"


def _grid(cells: Cells, signs: np.ndarray) -> list[str]:
    down, across = starts(cells)
    gap = " " if len(across) <= WIDE_COLUMNS else ""
    margin = len(str(down[-1]))
    signs = signs.copy()
    if cells.mark:
        signs[cells.mark] = WORST
    lines = [f"{' ' * margin}  {_ticks(across, 1 + len(gap))}".rstrip()]
    for start, row in zip(down, signs, strict=True):
        lines.append(f"{start:>{margin}}  {gap.join(row)}")
    return lines


def _ticks(numbers: list[int], pitch: int) -> str:
    """Write as many column numbers as fit, each over the left edge of its column."""
    every = -(-(len(str(numbers[-1])) + 1) // pitch)
    return "".join(str(n).ljust(every * pitch) for n in numbers[::every]).rstrip()


def _legend(field: Field, cells: Cells, signs: np.ndarray) -> list[str]:
    present = {str(sign) for place, sign in np.ndenumerate(signs) if place != cells.mark}
    meaning = {UNMEASURED: "not measured", WITHIN: "within tolerance", NOT_FINITE: "not finite"} | _RANGES
    items = [f"{sign} {words}" for sign, words in meaning.items() if sign in present]
    if cells.mark:
        items.insert(0, f"{WORST} worst ({meaning[str(signs[cells.mark])]})")
    lines = ["   ".join(items)]
    if set(signs.ravel().tolist()) & set(_RANGES):
        lines.append(f"relative to the largest entry of the gradient, {field.largest:.4g}")
    return lines

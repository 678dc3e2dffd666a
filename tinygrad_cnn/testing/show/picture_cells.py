"""A gradient of any shape becomes a few cells: each stands for a block, and shows the block's worst entry.

Because a cell is an entry and not an average, its index, its two gradients and its error belong together.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..report import Report, Worst


@dataclass(frozen=True)
class Field:
    """The two gradients of one input and their difference, entry by entry; NaN: not measured."""

    name: str
    index: tuple[int, ...] | None  # of the worst entry
    analytic: np.ndarray
    numeric: np.ndarray
    error: np.ndarray
    tolerance: float  # in units of the gradient
    largest: float  # the largest entry of the gradient, never 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the input."""
        return self.error.shape

    @property
    def axes(self) -> tuple[int | None, int | None]:
        """Which axes go down and across: the last two that are longer than 1."""
        long = [axis for axis, size in enumerate(self.shape) if size > 1] or list(range(len(self.shape)))
        across = long[-1] if long else None
        down = long[-2] if len(long) > 1 else None
        return down, across

    @property
    def leading(self) -> tuple[int, ...]:
        """The axes that choose a slice; of length 1 as well."""
        return tuple(axis for axis in range(len(self.shape)) if axis not in self.axes)


@dataclass(frozen=True)
class Cells:
    """What is drawn of one slice: the flat position of the entry in each cell, and where the worst one is."""

    entries: np.ndarray
    step: tuple[int, int]  # rows and columns in a block
    size: tuple[int, int]  # of the slice
    label: str  # as in "x[0, 2, :, :]"
    mark: tuple[int, int] | None

    @property
    def reduced(self) -> bool:
        """Whether a cell stands for more than one entry."""
        return self.step != (1, 1)


def field_of(report: Report) -> Field | None:
    """Choose the input to show, the one with the worst entry; None if the report has no errors to show."""
    number = report.worst.input if report.worst else _worst_input(report)
    if number is None or not 0 <= number < len(report.errors):
        return None
    error = np.asarray(report.errors[number], dtype=np.float64)
    analytic = _same_shape(report.analytic, number, error.shape)
    numeric = _same_shape(report.numeric, number, error.shape)
    # where the differences exist and the gradient is NaN, the error is no number, and yet was measured
    error = np.where(np.isnan(error) & np.isfinite(numeric) & ~np.isfinite(analytic), np.inf, np.abs(error))
    largest = _largest(numeric) or _largest(analytic) or 1.0
    name = report.worst.name if report.worst else _name(report, number)
    index = _index(report.worst, error)
    if report.worst and report.worst.order > 1 and index and not error[index] > report.worst.tolerance:
        return None  # the arrays are those of order 1, which was right
    tolerance = report.worst.tolerance if report.worst else math.nan
    if not tolerance > 0:
        tolerance = report.measured.tolerance * largest
    return Field(name, index, analytic, numeric, error, tolerance, largest)


def cells_of(field: Field, place: tuple[int, ...] | None, rows: int, columns: int) -> Cells:
    """Cut a slice into at most ``rows x columns`` cells; ``place`` gives the indices of the leading axes."""
    place = worst_place(field) if place is None else place
    flat = _flat_positions(field, place)
    step = -(-flat.shape[0] // rows), -(-flat.shape[1] // columns)
    entries = _representatives(field, flat, step)
    return Cells(entries, step, flat.shape, _label(field, place), _mark(field, place, step))


def worst_place(field: Field) -> tuple[int, ...]:
    """The slice of the worst entry."""
    index = field.index or (0,) * len(field.shape)
    return tuple(index[axis] for axis in field.leading)


def other_places(field: Field, most: int) -> tuple[list[tuple[int, ...]], int]:
    """Choose the other slices with the largest errors, in order of index; count those left out."""
    sizes = [field.shape[axis] for axis in field.leading]
    kept = [axis for axis in field.axes if axis is not None]
    score = np.nan_to_num(field.error, nan=-1.0, posinf=np.inf).max(axis=tuple(kept))
    here = int(np.ravel_multi_index(worst_place(field), sizes)) if sizes else 0
    order = [int(n) for n in np.argsort(-score.ravel(), kind="stable") if n != here]
    measured = [n for n in order if score.flat[n] > field.tolerance][:most]
    places = [tuple(int(i) for i in np.unravel_index(n, sizes)) for n in sorted(measured)]
    return places, len(order) - len(places)


def starts(cells: Cells) -> tuple[list[int], list[int]]:
    """The first row of each row of cells, and the first column of each column."""
    rows, columns = cells.entries.shape
    return [n * cells.step[0] for n in range(rows)], [n * cells.step[1] for n in range(columns)]


def each(cells: Cells) -> Iterator[tuple[int, int, int]]:
    """Yield row, column and flat position of the cells."""
    for (row, column), entry in np.ndenumerate(cells.entries):
        yield row, column, int(entry)


def _worst_input(report: Report) -> int | None:
    """The input with the largest error; where none was measured, the first that is not empty."""
    best, chosen = -1.0, None
    for number, error in enumerate(report.errors):
        values = np.asarray(error, dtype=np.float64)
        known = values[~np.isnan(values)]
        worst = float(known.max()) if known.size else -0.5 if values.size else -0.75
        if worst > best:
            best, chosen = worst, number
    return chosen


def _same_shape(arrays: tuple[np.ndarray, ...], number: int, shape: tuple[int, ...]) -> np.ndarray:
    """Take an array if it fits the errors; a gradient of the wrong shape has no entries beside them."""
    if number < len(arrays) and np.shape(arrays[number]) == shape:
        return np.asarray(arrays[number], dtype=np.float64)
    return np.full(shape, np.nan)


def _largest(values: np.ndarray) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size else 0.0


def _name(report: Report, number: int) -> str:
    return report.names[number] if number < len(report.names) else f"input {number}"


def _index(worst: Worst | None, error: np.ndarray) -> tuple[int, ...] | None:
    if worst is None:
        known = np.where(np.isnan(error), -1.0, error)
        at = np.unravel_index(int(known.argmax()), error.shape) if error.size else None
        return None if at is None or known[at] < 0 else tuple(int(i) for i in at)
    index = tuple(int(i) for i in worst.index)
    inside = len(index) == error.ndim and all(
        0 <= i < size for i, size in zip(index, error.shape, strict=True)
    )
    return index if inside else None


def _flat_positions(field: Field, place: tuple[int, ...]) -> np.ndarray:
    """The positions of a slice in the flattened array, as rows and columns."""
    strides = [math.prod(field.shape[axis + 1 :]) for axis in range(len(field.shape))]
    flat = np.array(sum(i * strides[axis] for i, axis in zip(place, field.leading, strict=True)))
    across, down = (
        np.arange(field.shape[axis]) * strides[axis] if axis is not None else np.zeros(1, dtype=int)
        for axis in reversed(field.axes)
    )
    return flat + down[:, None] + across


def _representatives(field: Field, flat: np.ndarray, step: tuple[int, int]) -> np.ndarray:
    """The entry with the largest error in each block; where none was measured, the largest gradient."""
    error, analytic = field.error.ravel()[flat], np.abs(field.analytic.ravel()[flat])
    size = np.nan_to_num(analytic, nan=0.0, posinf=np.inf)
    key = np.where(np.isnan(error), -1 / (1 + size), np.minimum(error, np.finfo(float).max))
    key[flat == _flat_worst(field)] = np.inf
    down, across = (-(-size // block) for size, block in zip(flat.shape, step, strict=True))
    pad = [(0, down * step[0] - flat.shape[0]), (0, across * step[1] - flat.shape[1])]
    blocks = [
        np.pad(values, pad, constant_values=fill).reshape(down, step[0], across, step[1]).swapaxes(1, 2)
        for values, fill in ((key, -2.0), (flat, 0))
    ]
    key, flat = (block.reshape(down, across, -1) for block in blocks)
    return np.take_along_axis(flat, key.argmax(axis=2)[..., None], axis=2)[..., 0]


def _flat_worst(field: Field) -> int:
    if field.index is None:
        return -1
    return sum(i * math.prod(field.shape[axis + 1 :]) for axis, i in enumerate(field.index))


def _label(field: Field, place: tuple[int, ...]) -> str:
    if not field.leading:
        return field.name
    chosen = dict(zip(field.leading, place, strict=True))
    return f"{field.name}[{', '.join(str(chosen.get(axis, ':')) for axis in range(len(field.shape)))}]"


def _mark(field: Field, place: tuple[int, ...], step: tuple[int, int]) -> tuple[int, int] | None:
    if field.index is None or worst_place(field) != place:
        return None
    down, across = (0 if axis is None else field.index[axis] for axis in field.axes)
    return down // step[0], across // step[1]

"""From a comparison to the figures of a report."""

import numpy as np

from ..measure.function import split
from ..measure.search import Found
from ..report import Measured, Report, Worst


def note_gradients(report: Report, found: Found) -> None:
    """Keep both gradients and their distance, entry by entry."""
    shapes = found.function.shapes
    report.analytic = tuple(split(found.shown_analytic, shapes))
    report.numeric = tuple(split(found.numeric, shapes))
    report.errors = tuple(split(found.error, shapes))


def note_measures(measured: Measured, found: Found) -> None:
    """Keep how it was measured; of several comparisons, the least favourable figure."""
    top = found.size or 1.0
    x, y = found.function.x, found.function.y
    values = max(float(np.abs(y).max(initial=0.0)), top * max(1.0, float(np.abs(x).max(initial=0.0))))
    measured.noise = max(measured.noise, float(found.noise.max(initial=0.0)) / values)
    measured.step = min(measured.step or np.inf, found.step)
    measured.error = max(measured.error, _largest(found.error) / top)
    measured.tolerance = max(measured.tolerance, _largest(found.tolerance) / top)
    measured.projections += found.projections


def note_coverage(measured: Measured, found: Found) -> None:
    """Keep how much of the inputs was looked at."""
    measured.checked, measured.coordinates = found.checked, found.function.x.size
    measured.kinks, measured.skipped = int(found.kinks.size), dict(found.skipped)


def worst_of(found: Found, order: int) -> Worst:
    """Find the entry that is furthest outside of its tolerance."""
    ratio = found.error / np.maximum(found.tolerance, np.finfo(float).tiny)
    i = int(np.argmax(np.where(np.isnan(ratio), -1.0, ratio)))
    k, index = found.function.locate(i)
    name = found.function.names[k]
    return Worst(
        input=k,
        name=name,
        index=index,
        analytic=float(found.shown_analytic[i]),
        numeric=float(found.numeric[i]),
        left=float(found.left[i]),
        right=float(found.right[i]),
        tolerance=float(found.tolerance[i]),
        order=order,
        what="" if order == 1 else f"the gradient, differentiated by {name}",
    )


def _largest(values: np.ndarray) -> float:
    return float(np.nanmax(values, initial=0.0)) if values.size else 0.0

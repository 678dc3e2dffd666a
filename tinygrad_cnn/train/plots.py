"""Pictures of a run, with matplotlib: how loss and accuracy went, and which classes are taken for which."""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, CnnError, ShapeError
from ..io import atomic_write
from .history import History

INSTALL = "pip install matplotlib"
_MOST_NAMES = 40  # more class names than this cannot be read on the axes
_MOST_NUMBERS = 20


class PlotError(CnnError, ImportError):
    """matplotlib is not installed; the message says how to get it.

    >>> issubclass(PlotError, ImportError)
    True
    """


def can_plot() -> bool:
    """Say whether matplotlib is installed."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def plot_curves(history: History, path: str | Path, best: int | None = None) -> None:
    """Draw loss (left) and accuracy (right, in percent) by epoch, training and validation, as PNG.

    Args:
        history: what `fit` gave; what was not measured is left out.
        path: the file, ending in .png.
        best: the epoch to mark, counted from 1; None for ``history.best``.

    Raises:
        PlotError: matplotlib is not installed.
        ArgumentError: no history, or another ending.
        MissingPathError, SaveError: the file cannot be written.

    >>> plot_curves(History(), "c.svg")
    Traceback (most recent call last):
    tinygrad_cnn.errors.ArgumentError: plot_curves writes PNG: expected a file that ends in .png, got 'c.svg'
    """
    _check("plot_curves", path)
    if not isinstance(history, History):
        raise ArgumentError(f"plot_curves expects the History that fit gives, got a {type(history).__name__}")
    if best is None and history.best is not None:
        best = history.best.epoch
    from matplotlib.ticker import PercentFormatter

    figure = _figure(9, 3.6)
    for place, (what, title) in enumerate((("loss", "loss"), ("accuracy", "accuracy")), start=1):
        axes = figure.add_subplot(1, 2, place)
        for part, style in (("train", "-"), ("val", "--")):
            values = history.column(f"{part}_{what}")
            if any(v is not None for v in values):
                numbers = [float("nan") if v is None else v for v in values]
                label = "training" if part == "train" else "validation"
                marker = "." if len(numbers) < 60 else ""
                axes.plot(range(1, len(numbers) + 1), numbers, style, label=label, marker=marker)
        axes.set_title(title)
        _finish_axes(axes, len(history), best)
        if what == "accuracy":  # the same for every run, so that two of them can be compared
            axes.set_ylim(-0.02, 1.02)
            axes.yaxis.set_major_formatter(PercentFormatter(xmax=1))
    _save(figure, path)


def plot_lr_range(
    path: Path,
    lrs: Sequence[float],
    losses: Sequence[float],
    smoothed: Sequence[float],
    suggestion: float | None,
) -> None:
    """Draw the loss of each step of a range test over its learning rate, as PNG."""
    figure = _figure(6, 3.6)
    axes = figure.add_subplot(1, 1, 1)
    axes.plot(lrs, losses, ".", alpha=0.4, label="loss of one batch")
    axes.plot(lrs, smoothed, "-", label="smoothed")
    if suggestion is not None:
        axes.axvline(suggestion, color="gray", linestyle=":", label=f"falls fastest: {suggestion:.2g}")
    low, high = min(*losses, *smoothed), max(smoothed[: 1 + smoothed.index(min(smoothed))])
    room = (high - low) / 4 or 1.0
    axes.set_ylim(low - room, high + 2 * room)  # what diverges would press the rest flat
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    _save(figure, path)


def _finish_axes(axes: Any, epochs: int, best: int | None) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.set_xlim(0.5, max(epochs, 1) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(alpha=0.3)
    if axes.lines:
        if best:
            axes.axvline(best, color="gray", linestyle=":", label=f"best: epoch {best}")
        rises = axes.get_title() == "accuracy"
        axes.legend(loc="lower right" if rises else "upper right")  # where such a curve leaves room


def plot_confusion(matrix: Any, path: str | Path, classes: Sequence[str] | None = None) -> None:
    """Draw a confusion matrix as PNG: true classes down, predicted ones across.

    Args:
        matrix: (C, C) counts, as `confusion_matrix` and `evaluate` give them; rows are the true classes.
        path: the file, ending in .png.
        classes: C names; None for the numbers.

    Raises:
        PlotError: matplotlib is not installed.
        ShapeError: a matrix of another shape.
        ArgumentError: another number of names than classes, or another ending.
        MissingPathError, SaveError: the file cannot be written.

    >>> plot_confusion(np.eye(2), "m")
    Traceback (most recent call last):
    tinygrad_cnn.errors.ArgumentError: plot_confusion writes PNG: expected a file that ends in .png, got 'm'
    """
    _check("plot_confusion", path)
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ShapeError(f"plot_confusion expects a matrix (C, C), C above 0 / got {matrix.shape}")
    classes = [str(name) for name in (range(len(matrix)) if classes is None else classes)]
    if len(classes) != len(matrix):
        raise ArgumentError(f"plot_confusion got {len(classes)} names for {len(matrix)} classes")
    _draw_confusion(matrix, Path(path), classes)


def _draw_confusion(matrix: np.ndarray, path: Path, classes: list[str]) -> None:
    from matplotlib.ticker import MaxNLocator

    side = min(4 + 0.35 * len(classes), 12)
    figure = _figure(side + 0.8, side)
    axes = figure.add_subplot(1, 1, 1)
    image = axes.imshow(matrix, cmap="Blues", vmin=0)
    figure.colorbar(image, ax=axes, label="pictures", ticks=MaxNLocator(integer=True))
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    if len(classes) <= _MOST_NAMES:
        # Names come from outside: a dollar sign would start a formula.
        names = [name.replace("$", r"\$") for name in classes]
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), names)
    if len(classes) <= _MOST_NUMBERS:
        _write_numbers(axes, matrix)
    _save(figure, path)


def _write_numbers(axes: Any, matrix: np.ndarray) -> None:
    dark = matrix.max() / 2
    for (row, column), count in np.ndenumerate(matrix):
        axes.text(
            column, row, int(count), ha="center", va="center", color="white" if count > dark else "black"
        )


def _check(name: str, path: str | Path) -> None:
    if Path(path).suffix.lower() != ".png":
        raise ArgumentError(f"{name} writes PNG: expected a file that ends in .png, got {Path(path).name!r}")
    if not can_plot():
        raise PlotError(
            f"{name} needs matplotlib, which is not installed: {INSTALL} (it is this package's extra `plot`)"
        )


def _figure(width: float, height: float) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(width, height), layout="constrained", dpi=120
    )  # without pyplot: no window, no global state
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Any, path: str | Path) -> None:
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # a box is drawn in its place
        figure.savefig(picture, format="png")
    atomic_write(path, picture.getvalue())

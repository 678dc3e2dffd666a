"""Pictures of a run, with matplotlib: how loss and accuracy went, and which classes are taken for which."""

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..io import atomic_write

INSTALL = "pip install matplotlib"
_MOST_NAMES = 40  # more class names than this cannot be read on the axes
_MOST_NUMBERS = 20


def can_plot() -> bool:
    """Say whether matplotlib is installed."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def plot_curves(path: Path, columns: Mapping[str, Sequence[float | None]], best: int | None = None) -> None:
    """Draw loss (left) and accuracy (right) by epoch, training and validation, as PNG.

    ``columns`` holds equally long lists under "train_loss", "train_accuracy", "val_loss", "val_accuracy";
    those of the validation may be missing. ``best`` is the epoch to mark, counted from 1.
    """
    from matplotlib.ticker import PercentFormatter

    figure = _figure(9, 3.6)
    for place, (what, title) in enumerate((("loss", "loss"), ("accuracy", "accuracy")), start=1):
        axes = figure.add_subplot(1, 2, place)
        for part, style in (("train", "-"), ("val", "--")):
            values = columns.get(f"{part}_{what}")
            if values and any(v is not None for v in values):
                numbers = [float("nan") if v is None else v for v in values]
                label = "training" if part == "train" else "validation"
                marker = "." if len(numbers) < 60 else ""
                axes.plot(range(1, len(numbers) + 1), numbers, style, label=label, marker=marker)
        axes.set_title(title)
        _finish_axes(axes, len(columns["train_loss"]), best)
        if what == "accuracy":  # the same for every run, so that two of them can be compared
            axes.set_ylim(-0.02, 1.02)
            axes.yaxis.set_major_formatter(PercentFormatter(xmax=1))
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


def plot_confusion(path: Path, matrix: np.ndarray, classes: Sequence[str]) -> None:
    """Draw a confusion matrix as PNG, true classes down, predicted ones across."""
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


def _figure(width: float, height: float) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(width, height), layout="constrained", dpi=120
    )  # without pyplot: no window, no global state
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Any, path: Path) -> None:
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # a box is drawn in its place
        figure.savefig(picture, format="png")
    atomic_write(path, picture.getvalue())

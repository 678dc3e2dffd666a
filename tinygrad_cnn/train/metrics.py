"""How good predictions are, counted."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..data import TensorDataset, check_labels
from ..errors import ArgumentError, DataError, ShapeError
from .batches import name_sample


def accuracy(scores: Any, labels: Any) -> float:
    r"""The share of samples whose largest score is that of their label.

    .. math:: \frac{1}{N} \sum_n [\arg\max_c x_{nc} = t_n]

    Args:
        scores: (N, C), one score a class; of equal scores the first counts.
        labels: (N,) whole numbers from 0 to C - 1.

    Raises:
        ShapeError: the shapes do not belong together, or N is 0.
        DataError: a label out of range.

    >>> accuracy([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]], [0, 1, 1])
    0.6666666666666666
    """
    x = np.asarray(scores)
    if x.ndim != 2 or 0 in x.shape or np.shape(labels) != x.shape[:1]:
        raise ShapeError(
            "accuracy expects scores (N, C) and labels (N,), N and C above 0 / "
            f"got scores {x.shape}, labels {np.shape(labels)}"
        )
    return int((x.argmax(axis=1) == check_labels(labels, x.shape[1])).sum()) / len(x)


def confusion_matrix(labels: Any, predictions: Any, num_classes: int | None = None) -> np.ndarray:
    """Count how often each class was taken for each: rows are the labels, columns the predictions.

    Args:
        labels, predictions: (N,) whole numbers from 0 to num_classes - 1.
        num_classes: the number of classes C; None for the largest number that occurs, plus 1.

    Returns an int64 array (C, C). Raises `ShapeError` for different lengths, `DataError` for a number out of
    range.

    >>> confusion_matrix([0, 1, 1], [0, 0, 1])
    array([[1, 0],
           [1, 1]])
    """
    true, predicted = check_labels(labels, num_classes), check_labels(predictions, num_classes)
    if true.shape != predicted.shape:
        raise ShapeError(
            f"confusion_matrix expects as many labels as predictions / got {len(true)}, {len(predicted)}"
        )
    if num_classes is None:
        num_classes = int(max(true.max(initial=-1), predicted.max(initial=-1))) + 1
    counts = np.bincount(true * num_classes + predicted, minlength=num_classes**2)
    return counts.astype(np.int64).reshape(num_classes, num_classes)


def format_confusion(matrix: Any, classes: Sequence[str] | None = None) -> str:
    """Write a confusion matrix as text, with the share of each class that was recognised.

    Args:
        matrix: (C, C) counts, rows are the labels.
        classes: C names; None for the numbers.

    Raises:
        ShapeError: no square matrix.
        ArgumentError: another number of names than of classes.

    >>> print(format_confusion([[2, 0], [1, 3]], ["cat", "dog"]))
    true \\ predicted  cat  dog  correct
                cat    2    0   100.0%
                dog    1    3    75.0%
    """
    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ShapeError(f"format_confusion expects a square matrix / got {counts.shape}")
    names = [str(c) for c in range(len(counts))] if classes is None else [str(name) for name in classes]
    if len(names) != len(counts):
        raise ArgumentError(f"format_confusion got {len(names)} names for {len(counts)} classes")
    lines = [["true \\ predicted", *names, "correct"]]
    for name, row in zip(names, counts.tolist(), strict=True):
        share = f"{row[len(lines) - 1] / sum(row):.1%}" if sum(row) else "-"
        lines.append([name, *map(str, row), share])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )


def format_loss(loss: float) -> str:
    """Write a loss with four decimals, or with two digits where those would all be zero.

    >>> format_loss(0.51), format_loss(0.000031)
    ('0.5100', '3.1e-05')
    """
    return f"{loss:.4f}" if loss == 0 or abs(loss) >= 0.001 else f"{loss:.1e}"


def is_classification(scores: Any, labels: Any) -> bool:
    """Say whether there is one score a class and one label a sample, so that accuracy means something.

    Labels may be floats where every one is the whole number of a class, as `cross_entropy` takes them.
    """
    if scores.ndim != 2 or labels.ndim != 1:
        return False
    if labels.dtype.kind != "f":
        return labels.dtype.kind in "iu"
    values, classes = labels.array, scores.shape[1]
    return classes > 1 and bool(((values >= 0) & (values < classes) & (values == np.floor(values))).all())


def count_correct(scores: Any, labels: Any) -> int | None:
    """Count the samples that `accuracy` counts; None where it means nothing."""
    if not is_classification(scores, labels):
        return None
    return int((scores.array.argmax(axis=1) == labels.array).sum())


def check_outputs(dataset: Any, outputs: int) -> None:
    """Raise a `DataError` that names the first sample whose label the model has no output for."""
    labels = getattr(dataset, "targets", None)
    if labels is None and isinstance(dataset, TensorDataset):
        labels = dataset.tensors[-1]  # floats
    if labels is None:
        return
    known = np.asarray(labels)
    bad = np.flatnonzero(~((known >= 0) & (known < outputs) & (known == np.floor(known))))
    if len(bad):
        first = int(bad[0])
        name = name_sample(dataset, first)
        if not np.isfinite(known).all() or (known != np.floor(known)).any():
            raise DataError(
                f"label {known[first]} of {name} is no class; expected whole numbers 0..{outputs - 1}: "
                "correct it, or leave the sample out"
            )
        raise DataError(
            f"label {known[first]} of {name} does not fit the model, which has {outputs} outputs for labels "
            f"0..{outputs - 1}; give its last layer {int(known.max()) + 1} outputs, or check the labels"
        )

"""How good predictions are for each class: precision, recall, F1 (of masks: Dice), intersection over union.

All of them divide counts of a confusion matrix, for each class, and average.
"""

import math
from typing import Any

import numpy as np

from ..data import check_labels
from ..errors import ArgumentError, ShapeError
from .metrics import confusion_matrix

AVERAGES = (None, "macro", "micro", "weighted")


def top_k_accuracy(scores: Any, labels: Any, k: int = 5) -> float:
    """The share of samples whose label has one of the ``k`` largest scores.

    Args:
        scores: (N, C), one score a class; of equal scores the first count. A NaN is less than any number.
        labels: (N,) whole numbers from 0 to C - 1.
        k: how many, from 1 to C.

    Raises:
        ShapeError: the shapes do not belong together, or N is 0.
        ArgumentError: ``k`` is out of its range.
        DataError: a label out of range.

    >>> top_k_accuracy([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0]], [1, 0], k=2)
    0.5
    """
    x = np.asarray(scores)
    if x.ndim != 2 or 0 in x.shape or np.shape(labels) != x.shape[:1]:
        raise ShapeError(
            "top_k_accuracy expects scores (N, C) and labels (N,), N and C above 0 / "
            f"got scores {x.shape}, labels {np.shape(labels)}"
        )
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= x.shape[1]:
        raise ArgumentError(f"top_k_accuracy: k must be an integer in 1..{x.shape[1]}, got {k!r}")
    best = np.argsort(-x.astype(np.float64), axis=1, kind="stable")[:, :k]
    return float((best == check_labels(labels, x.shape[1])[:, None]).any(axis=1).mean())


def precision(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    *,
    average: str | None = "macro",
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> Any:
    r"""Of what was taken for a class, the share that is of it, :math:`TP / (TP + FP)`.

    Args:
        labels, predictions: whole numbers from 0 to num_classes - 1, of any one shape: one a sample, or one a
            pixel.
        num_classes: the number of classes C; None for the largest number that occurs, plus 1.
        average: None for an array of C numbers (of two classes, the second is that of yes); "macro" for their
            mean, "weighted" for the mean by how often each class is the label, "micro" for all classes
            counted together.
        zero_division: what counts where there is nothing to divide by, from 0 to 1, or NaN: then the class is
            left out of "macro" and "weighted".
        ignore_index: places with this label do not count.

    Raises:
        ShapeError: two different shapes.
        DataError: a number out of range.
        ArgumentError: an unknown average or an impossible ``zero_division``; or ``num_classes`` is None, and
            there is nothing to count.

    >>> precision([0, 1, 1, 1], [0, 0, 1, 1], average=None)
    array([0.5, 1. ])
    """
    counts = _counts("precision", labels, predictions, num_classes, ignore_index)
    return _averaged("precision", counts, np.diag(counts), counts.sum(axis=0), average, zero_division)


def recall(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    *,
    average: str | None = "macro",
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> Any:
    r"""Of what is of a class, the share that was taken for it, :math:`TP / (TP + FN)`; arguments and errors
    as `precision`.

    >>> recall([0, 1, 1, 1], [0, 0, 1, 1])
    0.8333333333333333
    """
    counts = _counts("recall", labels, predictions, num_classes, ignore_index)
    return _averaged("recall", counts, np.diag(counts), counts.sum(axis=1), average, zero_division)


def f1(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    *,
    average: str | None = "macro",
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> Any:
    r"""Harmonic mean of precision and recall, :math:`2 TP / (2 TP + FP + FN)`, which for masks is Dice's
    coefficient, and has the name `dice` as well; arguments and errors as `precision`.

    Source: Dice, "Measures of the amount of ecologic association between species", Ecology 26, 1945.

    >>> f1([0, 1, 1, 1], [0, 0, 1, 1], average="micro")
    0.75
    """
    counts = _counts("f1", labels, predictions, num_classes, ignore_index)
    sizes = counts.sum(axis=0) + counts.sum(axis=1)
    return _averaged("f1", counts, 2 * np.diag(counts), sizes, average, zero_division)


dice = f1


def iou(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    *,
    average: str | None = None,
    zero_division: float = 0.0,
    ignore_index: int | None = None,
) -> Any:
    r"""Intersection over union of the places of a label and of its predictions, :math:`TP / (TP + FP + FN)`
    (Jaccard's index); arguments and errors as `precision`, but for each class unless an average is asked for.

    >>> iou([[0, 1], [1, 1]], [[0, 0], [1, 1]])
    array([0.5       , 0.66666667])
    """
    counts = _counts("iou", labels, predictions, num_classes, ignore_index)
    both = np.diag(counts)
    return _averaged(
        "iou", counts, both, counts.sum(axis=0) + counts.sum(axis=1) - both, average, zero_division
    )


def mean_iou(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    *,
    zero_division: float = math.nan,
    ignore_index: int | None = None,
) -> float:
    """Mean of `iou` over classes, as segmentations are judged: those that are neither there nor predicted are
    left out, unless ``zero_division`` says what they count. Arguments and errors as `precision`.

    >>> mean_iou([[0, 1], [1, 1]], [[0, 0], [1, 1]], num_classes=21)
    0.5833333333333333
    """
    return iou(
        labels,
        predictions,
        num_classes,
        average="macro",
        zero_division=zero_division,
        ignore_index=ignore_index,
    )


def _counts(
    function: str, labels: Any, predictions: Any, num_classes: int | None, ignore_index: int | None
) -> np.ndarray:
    """Count every pair of label and prediction, of arrays of any shape."""
    if num_classes is not None and (not isinstance(num_classes, int | np.integer) or num_classes < 1):
        raise ArgumentError(f"{function}: num_classes must be an integer >= 1 or None, got {num_classes!r}")
    true, predicted = np.asarray(labels), np.asarray(predictions)
    if true.shape != predicted.shape:
        raise ShapeError(
            f"{function} expects labels and predictions of one shape / got {true.shape}, {predicted.shape}"
        )
    counted = np.ones(true.shape, bool) if ignore_index is None else true != ignore_index
    counts = confusion_matrix(true[counted], predicted[counted], num_classes)
    if not counts.size:
        raise ArgumentError(f"{function}: there is nothing to count; say how many classes, with num_classes")
    return counts


def _averaged(
    function: str,
    counts: np.ndarray,
    above: np.ndarray,
    below: np.ndarray,
    average: str | None,
    zero_division: float,
) -> Any:
    """Divide for each class, and average."""
    if average not in AVERAGES:
        raise ArgumentError(
            f"{function}: average must be None, 'macro', 'micro' or 'weighted', got {average!r}"
        )
    plain = isinstance(zero_division, int | float | np.number)
    if not plain or not (math.isnan(zero_division) or 0 <= zero_division <= 1):
        raise ArgumentError(f"{function}: zero_division must lie in 0..1 or be NaN, got {zero_division!r}")
    if average == "micro":
        above, below = above.sum(keepdims=True), below.sum(keepdims=True)
    shares = np.where(below > 0, above / np.maximum(below, 1), zero_division)
    if average is None:
        return shares
    known = ~np.isnan(shares)
    if not known.any():
        return math.nan
    weights = counts.sum(axis=1)[known] if average == "weighted" else None
    if weights is not None and not weights.any():
        weights = None  # no class that counts is a label
    return float(np.average(shares[known], weights=weights))

"""Labels are whole numbers from 0 to classes - 1; one that is not is named before it can do harm."""

from typing import Any

import numpy as np

from ..errors import DataError, DtypeError, ShapeError


def check_labels(labels: Any, num_classes: int | None = None) -> np.ndarray:
    """The labels as int64 (N,), or an error that names the first one that cannot be a class.

    Args:
        labels: (N,) whole numbers; floats are taken where every one of them is whole.
        num_classes: labels run from 0 to num_classes - 1; None leaves the upper end open.

    Raises:
        ShapeError: not one-dimensional.
        DtypeError: not numbers.
        DataError: NaN or infinite, not whole, negative, or num_classes and above.

    >>> check_labels([0.0, 2.0, 1.0], num_classes=3)
    array([0, 2, 1])
    """
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ShapeError(f"labels must have shape (N,), one class number a sample; got shape {array.shape}")
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "f":
        _refuse(array, ~np.isfinite(array), "is not a number that a class can have")
        _refuse(array, array != np.floor(array), "is not a whole number")
    elif array.dtype.kind not in "iub":
        raise DtypeError(f"labels must be whole numbers; got {array.dtype}: number the classes from 0")
    if array.min() < 0:
        _refuse(array, array < 0, "is negative; classes are numbered from 0")
    if num_classes is not None and array.max() >= num_classes:
        span = f"there are {num_classes} classes, numbered 0 to {num_classes - 1}"
        _refuse(array, array >= num_classes, f"is out of range: {span}")
    return array.astype(np.int64, copy=False)


def labels_of(dataset: Any) -> np.ndarray:
    """The checked labels of a whole data set: its `targets`, or else the second part of every sample.

    Raises:
        DataError: the samples have no labels, or unusable ones.
    """
    targets = getattr(dataset, "targets", None)
    if targets is None:
        targets = []
        for index in range(len(dataset)):
            sample = dataset[index]
            if len(sample) < 2:  # said at the first one: a folder without labels may hold many pictures
                raise DataError(f"labels are needed, and {dataset!r} has none")
            targets.append(sample[1])
    return check_labels(targets)


def check_trainable(dataset: Any) -> None:
    """Refuses a data set that a classifier cannot be trained on: one without samples, or of one class only.

    Raises:
        DataError: the message says what was found and what to do.
    """
    if len(dataset) == 0:
        raise DataError(f"training needs samples, and {dataset!r} has none")
    found = np.unique(labels_of(dataset))
    if len(found) < 2:
        names = getattr(dataset, "classes", None)
        only = repr(names[found[0]]) if names else f"label {found[0]}"
        raise DataError(
            f"training needs at least two classes; every one of the {len(dataset)} samples is {only}: "
            "add a folder, or labels, for another class"
        )


def _refuse(array: np.ndarray, bad: np.ndarray, why: str) -> None:
    if bad.any():
        position = int(np.flatnonzero(bad)[0])
        raise DataError(f"label {array[position]} at position {position} {why}")

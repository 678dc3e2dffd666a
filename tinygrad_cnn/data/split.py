"""Holding samples back for validation in such a way that every class keeps its share."""

import math
from typing import Any

import numpy as np

from ..errors import ArgumentError, DataError
from .dataset import Subset
from .labels import labels_of
from .randomness import order


def stratified_split(dataset: Any, fraction: float, seed: int = 0) -> tuple[Subset, Subset]:
    """(train, held_out): of a class with n samples, fraction * n, rounded, are held out, chosen by the seed.

    A class with two samples or more has at least one on either side; a single sample goes to the training
    side.

    Args:
        dataset: a data set with labels (`targets`, or the second part of each sample).
        fraction: the share to hold out, above 0 and below 1.
        seed: another seed, another choice; the same seed, the same choice on every machine.

    Raises:
        ArgumentError: a fraction outside of that range.
        DataError: no samples, no labels, or no class that has two samples.

    >>> from tinygrad_cnn.data import TensorDataset
    >>> data = TensorDataset(np.zeros((10, 2), np.float32), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    >>> train, held_out = stratified_split(data, 0.2)
    >>> len(train), held_out.targets
    (8, array([0, 1]))
    """
    if not 0 < fraction < 1:
        raise ArgumentError(f"fraction must be above 0 and below 1, as in 0.2 for a fifth; got {fraction}")
    labels = labels_of(dataset)
    held_out = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count = min(max(math.floor(fraction * len(members) + 0.5), 1), len(members) - 1)
        held_out[members[order(len(members), seed, epoch=int(label))[:count]]] = True
    if not held_out.any():
        raise DataError(
            f"nothing can be held out of {dataset!r}: that takes a class with at least two samples"
        )
    return Subset(dataset, np.flatnonzero(~held_out)), Subset(dataset, np.flatnonzero(held_out))

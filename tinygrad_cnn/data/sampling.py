"""Which samples an epoch has and how often, where classes are of different sizes; and weights for the loss.

A sampler keeps no state: what it draws is a function of (seed, epoch), so a run can stop anywhere and go on.
"""

from typing import Any

import numpy as np

from ..errors import ArgumentError, DataError
from .labels import check_labels
from .randomness import draws, order


class Sampler:
    """The base of samplers, for `DataLoader(..., sampler=)`; defines `__len__` and `indices(seed, epoch)`.

    `indices` gives the samples of an epoch in order, as many as `len` says; it may repeat some and leave out
    others. `settings` tells one sampler from another when a run is resumed.

    >>> class Odd(Sampler):
    ...     def __len__(self):
    ...         return 2
    ...     def indices(self, seed, epoch):
    ...         return np.array([1, 3])
    >>> from tinygrad_cnn.data import DataLoader, TensorDataset
    >>> [y.tolist() for y, in DataLoader(TensorDataset(np.arange(5.0)), sampler=Odd())]
    [[1.0], [3.0]]
    """

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} defines no __len__")

    def indices(self, seed: int, epoch: int) -> np.ndarray:
        """The samples of an epoch, whole numbers, in order."""
        raise NotImplementedError(f"{type(self).__name__} defines no indices(seed, epoch)")

    def settings(self) -> dict[str, Any]:
        """What decides the order, as plain data."""
        return {"kind": type(self).__name__, "samples": len(self)}


class WeightedRandomSampler(Sampler):
    """Samples drawn at random, each with a probability in proportion to its weight.

    Args:
        weights: (N,), one number from 0 up a sample; 0 is never drawn.
        num_samples: samples in an epoch.
        replacement: whether a sample can come again; otherwise each comes once at most, as if the drawn ones
            were taken away one by one.

    Raises:
        ArgumentError: weights that are no numbers from 0 up, or all 0; or more samples without replacement
            than have a weight above 0.

    Source of the drawing without replacement: P. Efraimidis and P. Spirakis, "Weighted random sampling with a
    reservoir" (2006).

    >>> sampler = WeightedRandomSampler([0.0, 1.0, 3.0], num_samples=1000)
    >>> found = np.bincount(sampler.indices(seed=0, epoch=0), minlength=3)
    >>> int(found[0]), bool(700 < found[2] < 800)
    (0, True)
    """

    def __init__(self, weights: Any, num_samples: int, replacement: bool = True):
        self.weights = np.array(weights, dtype=np.float64)
        self.num_samples = _count(num_samples, "WeightedRandomSampler", "num_samples")
        self.replacement = bool(replacement)
        if self.weights.ndim != 1 or not np.isfinite(self.weights).all() or (self.weights < 0).any():
            raise ArgumentError(
                "WeightedRandomSampler expects weights (N,), finite numbers from 0 up; "
                f"got shape {self.weights.shape}, least {self.weights.min(initial=np.inf)}"
            )
        possible = int((self.weights > 0).sum())
        with np.errstate(over="ignore"):
            total = self.weights.sum()
        if possible == 0 or not np.isfinite(total):
            raise ArgumentError("WeightedRandomSampler expects weights with a finite sum above 0")
        if not self.replacement and self.num_samples > possible:
            raise ArgumentError(
                f"WeightedRandomSampler cannot draw {self.num_samples} samples without replacement: "
                f"{possible} have a weight above 0"
            )

    def __len__(self) -> int:
        return self.num_samples

    def indices(self, seed: int, epoch: int) -> np.ndarray:
        if self.replacement:
            upper = np.cumsum(self.weights)
            chosen = np.searchsorted(upper / upper[-1], draws(self.num_samples, seed, epoch), side="right")
            return chosen.astype(np.int64, copy=False)
        members = np.flatnonzero(self.weights)
        waiting = -np.log1p(-draws(len(members), seed, epoch)) / self.weights[members]
        return members[np.argsort(waiting, kind="stable")[: self.num_samples]].astype(np.int64, copy=False)

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "replacement": self.replacement, "weights": _checksum(self.weights)}


class BalancedSampler(Sampler):
    """Every class equally often: in each epoch, `per_class` samples of each, in random order.

    Of a smaller class all samples are repeated, so that none comes more than once more often than another; of
    a larger one, others are drawn in each epoch.

    Args:
        labels: (N,) whole numbers from 0 up, as the `targets` of a data set.
        per_class: samples of each class in an epoch; None for as many as the largest class has.

    Raises:
        DataError: no labels, or one that cannot be a class.
        ArgumentError: a per_class that is not above 0.

    >>> labels = np.array([0, 0, 0, 0, 1])
    >>> sampler = BalancedSampler(labels)
    >>> len(sampler), np.bincount(labels[sampler.indices(seed=0, epoch=0)]).tolist()
    (8, [4, 4])
    """

    def __init__(self, labels: Any, per_class: int | None = None):
        self.labels = _some_labels(labels, "BalancedSampler")
        self.classes, counts = np.unique(self.labels, return_counts=True)
        largest = int(counts.max())
        self.per_class = largest if per_class is None else _count(per_class, "BalancedSampler", "per_class")

    def __len__(self) -> int:
        return len(self.classes) * self.per_class

    def indices(self, seed: int, epoch: int) -> np.ndarray:
        chosen = [self._of_class(int(label), seed, epoch) for label in self.classes]
        return np.concatenate(chosen)[order(len(self), seed, epoch)]

    def _of_class(self, label: int, seed: int, epoch: int) -> np.ndarray:
        members = np.flatnonzero(self.labels == label)
        rounds = -(-self.per_class // len(members))
        keys = draws(rounds * len(members), seed, epoch, stream=1 + label).reshape(rounds, len(members))
        return members[np.argsort(keys, axis=1, kind="stable")].reshape(-1)[: self.per_class]

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "labels": _checksum(self.labels)}


def class_weights(labels: Any, num_classes: int | None = None) -> np.ndarray:
    r"""A weight for each class that gives rare ones as much say in the loss as frequent ones.

    .. math:: w_c = \frac{N}{C\, n_c}

    with n_c of the N labels being class c. The mean weight over all labels is 1. It is what scikit-learn
    calls "balanced", and goes into `cross_entropy(..., weight=)`.

    Args:
        labels: (N,) whole numbers from 0 up, as the `targets` of a data set.
        num_classes: the number of classes C; None for the largest label, plus 1.

    Returns float64 (C,).

    Raises:
        DataError: no labels, one that is none of the classes, or a class that never occurs.

    >>> class_weights([0, 0, 0, 1])
    array([0.66666667, 2.        ])
    """
    array = _some_labels(labels, "class_weights", num_classes)
    counts = np.bincount(array, minlength=num_classes or 0)
    if (counts == 0).any():
        raise DataError(
            f"class_weights: class {int(np.flatnonzero(counts == 0)[0])} never occurs among the "
            f"{len(array)} labels, and has no weight; number the classes that occur from 0"
        )
    return len(array) / (len(counts) * counts)


def _some_labels(labels: Any, name: str, num_classes: int | None = None) -> np.ndarray:
    if labels is None:
        raise DataError(f"{name} expects labels, one whole number a sample; got None: has the data set any?")
    array = check_labels(labels, num_classes)
    if len(array) == 0:
        raise DataError(f"{name} expects at least one label; got none")
    return array


def _count(value: Any, name: str, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ArgumentError(f"{name} expects {what} as a whole number above 0; got {value!r}")
    return int(value)


def _checksum(array: np.ndarray) -> int:
    import zlib

    return zlib.crc32(np.ascontiguousarray(array).tobytes())

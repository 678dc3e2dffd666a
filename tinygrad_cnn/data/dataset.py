"""A data set says how many samples it has and gives the one at an index; everything else is speed.

A sample is a tuple (x, label), or (x,) where there are no labels. The loader asks for `gather(indices)`, a
whole batch at once, and where that is None for `sample(index, rng)` one by one. `rng` is the random stream
that belongs to this sample in this epoch (see `randomness`); only transforms draw from it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, DataError, DtypeError, ShapeError
from .randomness import generator
from .transforms import Transform, transformed

Sample = tuple[Any, ...]


class Dataset:
    """The base of all data sets here: a subclass defines `__len__` and `load(index)`.

    `transform`, where there is one, is called as `transform(x, rng)`; it can be set at any time.

    Any other object with `__len__` and `__getitem__` can be given to the loader as well.

    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 3
    ...     def load(self, index):
    ...         return np.float32([index**2]), index
    >>> Squares()[2]
    (array([4.], dtype=float32), 2)
    """

    transform: Transform | None = None

    def __init__(self, transform: Transform | None = None):
        if transform is not None:
            self.transform = transform

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} defines no __len__")

    def load(self, index: int) -> Sample:
        """The sample as it is stored, before the transform."""
        raise NotImplementedError(f"{type(self).__name__} defines no load(index)")

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        """The sample after the transform."""
        x, *rest = self.load(index)
        return (transformed(self.transform, x, rng), *rest)

    def gather(self, indices: np.ndarray) -> Sample | None:
        """The samples at `indices` as whole arrays, or None where they have to be fetched one by one."""
        return None

    def describe(self, index: int) -> str:
        """What an error message calls this sample."""
        return f"sample {index}"

    def __getitem__(self, index: int) -> Sample:
        position = range(len(self))[index]  # takes negative indices; its IndexError ends a plain `for`
        return self.sample(position, generator(0, 0, position))


class TensorDataset(Dataset):
    """Arrays in memory, cut along the first axis: `TensorDataset(x, y)[i]` is `(x[i], y[i])`, as in PyTorch.

    Args:
        tensors: arrays (or tensors) of equal length; the first is x, float32 or float64; whole numbers become
            int64.
        transform: called as `transform(x, rng)` on every x.

    Raises:
        ShapeError: no array, one without an axis, or different lengths.
        DtypeError: x is not float32 or float64, or another array holds no numbers.

    >>> data = TensorDataset(np.zeros((5, 1, 4, 4), np.float32), [0, 1, 0, 1, 1])
    >>> len(data), data[-1][1], data.targets
    (5, np.int64(1), array([0, 1, 0, 1, 1]))
    """

    def __init__(self, *tensors: Any, transform: Transform | None = None):
        if not tensors:
            raise ShapeError("TensorDataset expects at least one array, as in TensorDataset(x, y); got none")
        self.tensors = tuple(_column(tensor) for tensor in tensors)
        self.transform = transform
        sizes = [array.shape[0] if array.ndim else None for array in self.tensors]
        if None in sizes or len(set(sizes)) != 1:
            shapes = ", ".join(str(array.shape) for array in self.tensors)
            raise ShapeError(
                f"TensorDataset expects arrays of one length, samples first; got shapes {shapes}"
            )
        x = self.tensors[0]
        if x.dtype not in (np.float32, np.float64):
            raise DtypeError(
                f"TensorDataset expects x in float32 or float64; got {x.dtype}: convert it, "
                "for 8-bit pictures with x.astype(np.float32) / 255"
            )
        for array in self.tensors:
            if array.dtype.kind not in "biuf":
                raise DtypeError(
                    f"TensorDataset expects arrays of numbers; got {array.dtype}: number the classes from 0"
                )

    @property
    def targets(self) -> np.ndarray | None:
        """The last array where it holds one whole number a sample, otherwise None."""
        last = self.tensors[-1]
        return last if len(self.tensors) > 1 and last.ndim == 1 and last.dtype == np.int64 else None

    def __len__(self) -> int:
        return self.tensors[0].shape[0]

    def load(self, index: int) -> Sample:
        return tuple(array[index] for array in self.tensors)

    def gather(self, indices: np.ndarray) -> Sample | None:
        return transformed_batch(self.transform, tuple(array[indices] for array in self.tensors))

    def __repr__(self) -> str:
        shapes = ", ".join(f"{array.dtype} {array.shape}" for array in self.tensors)
        return f"TensorDataset({shapes})"


class Subset(Dataset):
    """The samples of a data set at the given indices, in that order.

    Args:
        dataset: any data set; its own transform still runs, first.
        indices: whole numbers from 0 to len(dataset) - 1.
        transform: runs after the data set's own, so that a training half can be augmented and the other half
            not.

    Raises:
        ArgumentError: an index outside of the data set.

    >>> data = TensorDataset(np.eye(4, dtype=np.float32), np.arange(4))
    >>> Subset(data, [3, 1]).targets
    array([3, 1])
    """

    def __init__(self, dataset: Any, indices: Sequence[int] | np.ndarray, transform: Transform | None = None):
        self.dataset = dataset
        self.indices = np.array(indices, dtype=np.int64).reshape(-1)
        self.transform = transform
        outside = (self.indices < 0) | (self.indices >= len(dataset))
        if outside.any():
            raise ArgumentError(
                f"Subset expects indices from 0 to {len(dataset) - 1}; got {self.indices[outside][0]}"
            )

    @property
    def targets(self) -> np.ndarray | None:
        """The labels of these samples where the data set has `targets`, otherwise None."""
        targets = getattr(self.dataset, "targets", None)
        return None if targets is None else np.asarray(targets)[self.indices]

    @property
    def classes(self) -> list[str]:
        """The class names of the whole data set, so that labels keep their meaning."""
        return self.dataset.classes

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each class name, as in the whole data set."""
        return self.dataset.class_to_idx

    def __len__(self) -> int:
        return len(self.indices)

    def sample(self, index: int, rng: np.random.Generator) -> Sample:
        position = int(self.indices[index])
        inner = getattr(self.dataset, "sample", None)
        x, *rest = inner(position, rng) if inner is not None else self.dataset[position]
        return (transformed(self.transform, x, rng), *rest)

    def gather(self, indices: np.ndarray) -> Sample | None:
        inner = getattr(self.dataset, "gather", None)
        columns = None if inner is None else inner(self.indices[indices])
        return None if columns is None else transformed_batch(self.transform, columns)

    def describe(self, index: int) -> str:
        position = int(self.indices[index])
        inner = getattr(self.dataset, "describe", None)
        return f"sample {position}" if inner is None else inner(position)

    def __repr__(self) -> str:
        return f"Subset({self.dataset!r}, {len(self)} samples)"


def transformed_batch(transform: Transform | None, columns: Sample) -> Sample | None:
    """The whole batch transformed at once, or None where the transform takes one picture at a time."""
    if transform is None:
        return columns
    if not getattr(transform, "batchable", False):
        return None
    return (transformed(transform, columns[0], None), *columns[1:])


def collate(samples: Sequence[Sample], names: Sequence[str]) -> Sample:
    """Samples side by side: one array a column, the samples along the new first axis.

    Raises:
        ShapeError: two samples have different shapes; the message names both.
        DataError: a sample is no tuple, a part is no numbers, or the numbers of parts differ.
    """
    for sample, name in zip(samples, names, strict=True):
        if not isinstance(sample, tuple | list):
            raise DataError(
                f"a sample must be a tuple, (x, label) or (x,) without labels; {name} is of type "
                f"{type(sample).__name__}: let the data set return (x,)"
            )
    if len({len(sample) for sample in samples}) != 1:
        raise DataError(f"samples of one batch must have equally many parts; got {[len(s) for s in samples]}")
    return tuple(_stack(column, names) for column in zip(*samples, strict=True))


def _stack(column: Sequence[Any], names: Sequence[str]) -> np.ndarray:
    arrays = [np.asarray(value) for value in column]
    for array, name in zip(arrays, names, strict=True):
        if array.dtype.kind not in "biuf":
            raise DataError(
                f"samples must consist of numbers; {name} has a part of type {array.dtype}: "
                "let the data set return arrays, and number its classes from 0"
            )
        if array.shape != arrays[0].shape:
            raise ShapeError(
                f"samples of one batch must have one shape; {names[0]} has {arrays[0].shape}, "
                f"{name} has {array.shape}: give the data set a size, or a transform that ends in one"
            )
    stacked = np.stack(arrays)
    return stacked.astype(np.int64) if stacked.dtype.kind in "iu" else stacked


def _column(tensor: Any) -> np.ndarray:
    array = np.asarray(tensor)
    return array.astype(np.int64, copy=False) if array.dtype.kind in "iub" and array.ndim <= 1 else array

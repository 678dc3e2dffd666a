"""What training is given (arrays, a data set, a loader) becomes a loader."""

from collections.abc import Generator
from contextlib import closing
from typing import Any, cast

import numpy as np

from ..core import Tensor
from ..data import DataLoader, TensorDataset
from ..errors import ArgumentError, DataError

BATCH_SIZE = 32


def as_loader(
    data: Any, batch_size: int | None = None, *, shuffle: bool = False, seed: int = 0, num_workers: int = 0
) -> DataLoader:
    """Give a loader as it is, and make one of a data set, of arrays (x, y), or of x alone."""
    if isinstance(data, DataLoader):
        if batch_size is not None or num_workers:
            raise ArgumentError(
                "a DataLoader has its own batch_size and num_workers; set them there, or pass its dataset"
            )
        return data
    if isinstance(data, np.ndarray | Tensor):
        data = TensorDataset(data)
    elif isinstance(data, tuple | list):
        if len(data) != 2:
            raise ArgumentError(
                f"expected a data set, a DataLoader or two arrays (x, y); got a {_kind(data)} of {len(data)}"
            )
        data = TensorDataset(*data)
    elif not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        raise ArgumentError(f"expected a data set, a DataLoader or two arrays (x, y); got {_kind(data)}")
    return DataLoader(
        data, BATCH_SIZE if batch_size is None else batch_size, shuffle, seed=seed, num_workers=num_workers
    )


def open_batches(loader: DataLoader, epoch: int, start: int = 0) -> "closing[Generator[Any, None, None]]":
    """Give the batches of an epoch as a context: leaving it ends the loader's threads."""
    return closing(cast("Generator[Any, None, None]", loader.iterate(epoch, start)))


def split_batch(batch: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
    """Give x and y of a batch; raises `DataError` where there is no y."""
    if len(batch) != 2:
        raise DataError(f"samples must be pairs (x, label) here; these have {len(batch)} parts")
    return batch[0], batch[1]


def name_sample(dataset: Any, index: int) -> str:
    """What an error message calls a sample: its number, and its file where there is one."""
    describe = getattr(dataset, "describe", None)
    name = f"sample {index}" if describe is None else describe(index)
    return name if name.startswith("sample ") else f"sample {index} ({name})"


def _kind(value: Any) -> str:
    return type(value).__name__

"""Batches in an order that is a function of (seed, epoch), so a run can stop anywhere and go on from there.

The loader keeps no state but the number of the next epoch. `iterate(epoch, start)` gives the batches of any
epoch from any batch on; which threads prepare them, and how many, changes nothing in them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import Tensor, wrap
from ..errors import ArgumentError, DataError
from .dataset import Sample, collate
from .prefetch import prefetch
from .randomness import generator, order

Batch = tuple[Tensor, ...]


class DataLoader:
    """Iterates over a data set in batches of tensors: `for x, y in loader`.

    Every `for` runs one epoch and moves `epoch` on by one, so the next one is shuffled anew.

    Args:
        dataset: anything with `__len__` and `__getitem__`; see `Dataset` for what makes it faster.
        batch_size: samples a batch; the last one may be smaller.
        shuffle: whether the order is drawn anew for each epoch; otherwise it is 0, 1, 2, ...
        seed: with the epoch it decides the order, and with epoch and index the augmentation of each sample.
        drop_last: leave out a last batch that is not full.
        num_workers: threads that prepare batches ahead of time; 0 prepares each when it is asked for.
        prefetch_factor: batches that each thread may be ahead.

    Raises:
        ArgumentError: a size or count out of range, or no data set.
        DataError: an empty data set, or drop_last with fewer samples than a batch.

    >>> from tinygrad_cnn.data import TensorDataset
    >>> data = TensorDataset(np.arange(5, dtype=np.float32), np.arange(5))
    >>> [y.tolist() for x, y in DataLoader(data, batch_size=2, shuffle=True)]
    [[0, 2], [1, 4], [3]]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        seed: int = 0,
        drop_last: bool = False,
        num_workers: int = 0,
        prefetch_factor: int = 2,
    ):
        _check_whole("batch_size", batch_size, 1)
        _check_whole("num_workers", num_workers, 0)
        _check_whole("prefetch_factor", prefetch_factor, 1)
        _check_whole("seed", seed, 0)
        _check_samples(dataset, batch_size, drop_last)
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.seed = int(seed)
        self.drop_last = drop_last
        self.num_workers = int(num_workers)
        self.prefetch_factor = int(prefetch_factor)
        self.epoch = 0

    def __len__(self) -> int:
        samples = len(self.dataset)
        return samples // self.batch_size if self.drop_last else -(-samples // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        epoch = self.epoch
        self.epoch = epoch + 1
        return self.iterate(epoch)

    def set_epoch(self, epoch: int) -> None:
        """Makes the next `for` run this epoch."""
        _check_whole("epoch", epoch, 0)
        self.epoch = int(epoch)

    def indices(self, epoch: int) -> list[np.ndarray]:
        """The indices of the samples in each batch of an epoch, int64, in order."""
        samples = len(self.dataset)
        sequence = order(samples, self.seed, epoch) if self.shuffle else np.arange(samples)
        return [sequence[at : at + self.batch_size] for at in range(0, samples, self.batch_size)][: len(self)]

    def iterate(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, exactly as an uninterrupted run would give them.

        Raises:
            ArgumentError: a start below 0 or above the number of batches.
        """
        _check_whole("epoch", epoch, 0)
        if not 0 <= start <= len(self):
            raise ArgumentError(f"start must be a batch number from 0 to {len(self)}; got {start}")
        jobs = [(epoch, indices) for indices in self.indices(epoch)[start:]]
        if self.num_workers:
            columns = prefetch(self._load, jobs, self.num_workers, self.num_workers * self.prefetch_factor)
        else:
            columns = map(self._load, jobs)
        return _as_tensors(columns)

    def _load(self, job: tuple[int, np.ndarray]) -> Sample:
        epoch, indices = job
        gather = getattr(self.dataset, "gather", None)
        columns = None if gather is None else gather(indices)
        if columns is None:
            samples = [self._sample(epoch, int(index)) for index in indices]
            columns = collate(samples, [self._describe(int(index)) for index in indices])
        return columns

    def _sample(self, epoch: int, index: int) -> Sample:
        try:
            sample = getattr(self.dataset, "sample", None)
            if sample is None:
                return self.dataset[index]
            return sample(index, generator(self.seed, epoch, index))
        except Exception as error:
            name = self._describe(index)
            error.add_note(f"while loading {name} (index {index}, epoch {epoch}) of {self.dataset!r}")
            raise

    def _describe(self, index: int) -> str:
        describe = getattr(self.dataset, "describe", None)
        return f"sample {index}" if describe is None else describe(index)


def _as_tensors(columns: Iterator[Sample]) -> Iterator[Batch]:
    """The one place where arrays become tensors."""
    for batch in columns:
        yield tuple(wrap(array) for array in batch)


def _check_samples(dataset: Any, batch_size: int, drop_last: bool) -> None:
    gives_samples = any(hasattr(dataset, name) for name in ("__getitem__", "sample", "gather"))
    if not (gives_samples and hasattr(dataset, "__len__")):
        raise ArgumentError(
            "DataLoader expects a data set, an object with __len__ and __getitem__ such as "
            f"TensorDataset(x, y); got {dataset!r}, of type {type(dataset).__name__}"
        )
    if len(dataset) == 0:
        raise DataError(f"DataLoader expects at least one sample; {dataset!r} has none")
    if drop_last and len(dataset) < batch_size:
        raise DataError(
            f"drop_last leaves no batch: {len(dataset)} samples do not fill one of {batch_size}; "
            "make batch_size smaller or keep the last batch"
        )


def _check_whole(name: str, value: int, least: int) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        raise ArgumentError(f"DataLoader expects {name} to be a whole number from {least} up; got {value!r}")

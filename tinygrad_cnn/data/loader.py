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
from .randomness import batch_generator, generator, order, place_generator
from .transforms.base import call

Batch = tuple[Tensor, ...]


class DataLoader:
    """Iterates over a data set in batches of tensors: `for x, y in loader`.

    Every `for` runs one epoch and moves `epoch` on by one, so the next one is shuffled anew.

    Args:
        dataset: anything with `__len__` and `__getitem__`; see `Dataset` for what makes it faster.
        batch_size: samples a batch; the last one may be smaller.
        shuffle: whether the order is drawn anew for each epoch; otherwise it is 0, 1, 2, ...
        sampler: decides instead which samples an epoch has, and in what order (see `Sampler`).
        batch_transform: called as `batch_transform(x, y, rng)` on the arrays of each batch, and gives new
            ones; such as `transforms.MixUp`.
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
        sampler: Any = None,
        batch_transform: Any = None,
        seed: int = 0,
        drop_last: bool = False,
        num_workers: int = 0,
        prefetch_factor: int = 2,
    ):
        _check_whole("batch_size", batch_size, 1)
        _check_whole("num_workers", num_workers, 0)
        _check_whole("prefetch_factor", prefetch_factor, 1)
        _check_whole("seed", seed, 0)
        _check_sampler(sampler, shuffle, batch_transform)
        _check_dataset(dataset)
        _check_drop(len(dataset if sampler is None else sampler), batch_size, drop_last)
        self.dataset = dataset
        self.sampler = sampler
        self.batch_transform = batch_transform
        self.batch_size = int(batch_size)
        self.shuffle = shuffle
        self.seed = int(seed)
        self.drop_last = drop_last
        self.num_workers = int(num_workers)
        self.prefetch_factor = int(prefetch_factor)
        self.epoch = 0

    def __len__(self) -> int:
        samples = len(self.dataset if self.sampler is None else self.sampler)
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
        if self.sampler is not None:
            sequence = _check_drawn(self.sampler, self.sampler.indices(self.seed, epoch), samples)
        else:
            sequence = order(samples, self.seed, epoch) if self.shuffle else np.arange(samples)
        starts = range(0, len(sequence), self.batch_size)
        return [sequence[at : at + self.batch_size] for at in starts][: len(self)]

    def iterate(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from batch `start` on, exactly as an uninterrupted run would give them.

        Raises:
            ArgumentError: a start below 0 or above the number of batches.
        """
        _check_whole("epoch", epoch, 0)
        if not 0 <= start <= len(self):
            raise ArgumentError(f"start must be a batch number from 0 to {len(self)}; got {start}")
        jobs = [(epoch, number, indices) for number, indices in enumerate(self.indices(epoch))][start:]
        if self.num_workers:
            columns = prefetch(self._load, jobs, self.num_workers, self.num_workers * self.prefetch_factor)
        else:
            columns = map(self._load, jobs)
        return _as_tensors(columns)

    def _load(self, job: tuple[int, int, np.ndarray]) -> Sample:
        epoch, number, indices = job
        gather = getattr(self.dataset, "gather", None)
        columns = None if gather is None else gather(indices)
        if columns is None:
            first = number * self.batch_size
            samples = [self._sample(epoch, first + at, int(index)) for at, index in enumerate(indices)]
            columns = collate(samples, [self._describe(int(index)) for index in indices])
        return columns if self.batch_transform is None else self._changed(columns, epoch, number)

    def _changed(self, columns: Sample, epoch: int, number: int) -> Sample:
        changed = call(self.batch_transform, *columns, batch_generator(self.seed, epoch, number))
        parts = changed if isinstance(changed, tuple) else (changed,)
        if len(parts) != len(columns):
            raise DataError(
                f"batch_transform was given {len(columns)} arrays and gave {len(parts)}; "
                "it must give as many, as in (x, y)"
            )
        return parts

    def _sample(self, epoch: int, place: int, index: int) -> Sample:
        try:
            sample = getattr(self.dataset, "sample", None)
            if sample is None:
                return self.dataset[index]
            # A sampler may repeat a sample in one epoch, which is then augmented in another way each time.
            repeats = self.sampler is not None
            rng = place_generator(self.seed, epoch, place) if repeats else generator(self.seed, epoch, index)
            return sample(index, rng)
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


def _check_dataset(dataset: Any) -> None:
    gives_samples = any(hasattr(dataset, name) for name in ("__getitem__", "sample", "gather"))
    if not (gives_samples and hasattr(dataset, "__len__")):
        raise ArgumentError(
            "DataLoader expects a data set, an object with __len__ and __getitem__ such as "
            f"TensorDataset(x, y); got {dataset!r}, of type {type(dataset).__name__}"
        )
    if len(dataset) == 0:
        raise DataError(f"DataLoader expects at least one sample; {dataset!r} has none")


def _check_drop(samples: int, batch_size: int, drop_last: bool) -> None:
    if drop_last and samples < batch_size:
        raise DataError(
            f"drop_last leaves no batch: {samples} samples do not fill one of {batch_size}; "
            "make batch_size smaller or keep the last batch"
        )


def _check_sampler(sampler: Any, shuffle: bool, batch_transform: Any) -> None:
    if sampler is not None and not (hasattr(sampler, "indices") and hasattr(sampler, "__len__")):
        raise ArgumentError(
            "DataLoader expects a sampler with __len__ and indices(seed, epoch), such as "
            f"BalancedSampler(labels); got {type(sampler).__name__}: "
            "for a fixed choice of samples, pass Subset(dataset, indices)"
        )
    if sampler is not None and shuffle:
        raise ArgumentError("DataLoader: a sampler decides the order itself; leave out shuffle=True")
    if sampler is not None and len(sampler) == 0:
        raise DataError(f"DataLoader expects at least one sample; {sampler!r} draws none")
    if batch_transform is not None and not callable(batch_transform):
        raise ArgumentError(
            "DataLoader expects batch_transform to be called as batch_transform(x, y, rng), as MixUp(10) is; "
            f"got {type(batch_transform).__name__}"
        )


def _check_drawn(sampler: Any, indices: Any, samples: int) -> np.ndarray:
    drawn = np.asarray(indices)
    if drawn.ndim != 1 or drawn.dtype.kind not in "iu" or len(drawn) != len(sampler):
        raise ArgumentError(
            f"a sampler must give {len(sampler)} whole numbers, as many as its len; "
            f"{type(sampler).__name__} gave {drawn.dtype} of shape {drawn.shape}"
        )
    if drawn.min() < 0 or drawn.max() >= samples:
        raise ArgumentError(
            f"a sampler must give indices from 0 to {samples - 1}; {type(sampler).__name__} gave "
            f"{drawn.min()} to {drawn.max()}: was it made for another data set?"
        )
    return drawn.astype(np.int64, copy=False)


def _check_whole(name: str, value: int, least: int) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        raise ArgumentError(f"DataLoader expects {name} to be a whole number from {least} up; got {value!r}")

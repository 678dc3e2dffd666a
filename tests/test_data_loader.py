"""The loader: order, resuming, what augmentation sees, and what is refused."""

import numpy as np
import pytest

from tinygrad_cnn.core import Tensor
from tinygrad_cnn.data import DataLoader, Dataset, Subset, TensorDataset
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, DataError, ShapeError

X = np.random.default_rng(0).random((23, 2, 5, 6), dtype=np.float32)
Y = np.arange(23) % 3


def data(transform=None):
    return TensorDataset(X, Y, transform=transform)


def arrays(batches):
    return [tuple(np.array(part) for part in batch) for batch in batches]


def same(left, right):
    return len(left) == len(right) and all(
        np.array_equal(a, b)
        for one, other in zip(left, right, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def test_without_shuffling_the_samples_come_in_their_order():
    loader = DataLoader(data(), batch_size=5)
    batches = list(loader)
    assert len(batches) == len(loader) == 5
    assert all(isinstance(part, Tensor) for batch in batches for part in batch)
    x, y = batches[0]
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((5, 2, 5, 6), np.float32, (5,), np.int64)
    assert np.array_equal(np.concatenate([np.asarray(x) for x, _ in batches]), X)
    assert np.array_equal(np.concatenate([np.asarray(y) for _, y in batches]), Y)


def test_drop_last_leaves_out_only_what_is_not_full():
    assert [len(y.tolist()) for _, y in DataLoader(data(), 5, drop_last=True)] == [5, 5, 5, 5]
    assert len(DataLoader(data(), 23, drop_last=True)) == 1
    assert len(DataLoader(data(), 24)) == 1


def test_shuffling_shows_every_sample_once_and_anew_in_each_epoch():
    numbered = TensorDataset(np.arange(23, dtype=np.float32), np.arange(23))
    loader = DataLoader(numbered, 5, shuffle=True, seed=3)
    first, second = ([int(v) for _, y in loader for v in y.tolist()] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(23))
    assert first != second
    assert first != list(range(23))
    loader.set_epoch(0)
    assert [int(v) for _, y in loader for v in y.tolist()] == first
    assert [int(v) for batch in loader.indices(1) for v in batch] == second
    other_seed = DataLoader(numbered, 5, shuffle=True, seed=4)
    assert [int(v) for _, y in other_seed for v in y.tolist()] != first


def test_stopping_early_still_moves_on_to_the_next_order():
    loader = DataLoader(data(), 5, shuffle=True)
    firsts = []
    for _ in range(3):
        for x, _ in loader:
            firsts.append(x.numpy().tobytes())
            break
    assert len(set(firsts)) == 3
    assert loader.epoch == 3


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("start", [0, 1, 4, 5])
def test_an_epoch_can_be_resumed_at_any_batch(workers, start):
    transform = T.Compose([T.RandomCrop(4, padding=1), T.RandomHorizontalFlip()])
    whole = arrays(DataLoader(data(transform), 5, shuffle=True, seed=9).iterate(2))
    resumed = DataLoader(data(transform), 5, shuffle=True, seed=9, num_workers=workers)
    assert same(arrays(resumed.iterate(2, start=start)), whole[start:])
    assert resumed.epoch == 0


@pytest.mark.parametrize(
    "transform", [None, T.Normalize(0.5, 2), T.Compose([T.RandomCrop(3), T.RandomHorizontalFlip()])]
)
def test_the_number_of_threads_changes_nothing(transform):
    source = Subset(data(transform), np.arange(22, 1, -1))
    runs = [
        [arrays(loader) for _ in range(2)]
        for loader in (
            DataLoader(source, 4, True, seed=1, num_workers=n, prefetch_factor=3) for n in (0, 1, 2, 5)
        )
    ]
    for run in runs[1:]:
        assert all(same(a, b) for a, b in zip(run, runs[0], strict=True))


def test_augmentation_differs_between_epochs_and_between_samples():
    same_picture = TensorDataset(np.tile(X[:1], (30, 1, 1, 1)), transform=T.RandomCrop(2))
    loader = DataLoader(same_picture, 30)
    (first,), (second,) = next(iter(loader)), next(iter(loader))
    pieces = first.numpy().reshape(30, -1)
    assert len(np.unique(pieces, axis=0)) > 8
    assert not np.array_equal(first.numpy(), second.numpy())


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"batch_size": 0}, "DataLoader expects batch_size to be a whole number from 1 up; got 0"),
        ({"batch_size": 2.0}, "batch_size to be a whole number from 1 up; got 2.0"),
        ({"batch_size": True}, "batch_size to be a whole number from 1 up; got True"),
        ({"num_workers": -1}, "num_workers to be a whole number from 0 up; got -1"),
        ({"prefetch_factor": 0}, "prefetch_factor to be a whole number from 1 up; got 0"),
        ({"seed": -3}, "seed to be a whole number from 0 up; got -3"),
    ],
)
def test_a_wrong_argument_is_named(options, text):
    with pytest.raises(ArgumentError) as caught:
        DataLoader(data(), **options)
    assert text in str(caught.value)


def test_wrong_places_in_the_run_are_refused():
    loader = DataLoader(data(), 5)
    for start in (-1, 6):
        with pytest.raises(ArgumentError, match=f"start must be a batch number from 0 to 5; got {start}"):
            loader.iterate(0, start)
    with pytest.raises(ArgumentError, match="epoch to be a whole number from 0 up; got -1"):
        loader.set_epoch(-1)


def test_nothing_to_load_is_refused():
    with pytest.raises(
        DataError, match=r"DataLoader expects at least one sample; TensorDataset\(.*\) has none"
    ):
        DataLoader(TensorDataset(X[:0], Y[:0]))
    with pytest.raises(
        DataError, match="drop_last leaves no batch: 23 samples do not fill one of 24; make batch_size"
    ):
        DataLoader(data(), 24, drop_last=True)


class Uneven(Dataset):
    def __len__(self):
        return 4

    def load(self, index):
        return (
            (np.zeros(2 if index < 2 else 3, np.float32), index) if index < 3 else (np.zeros(3, np.float32),)
        )


def test_samples_that_do_not_fit_together_are_named():
    with pytest.raises(
        ShapeError, match=r"one shape; sample 1 has \(2,\), sample 2 has \(3,\): give the data set a"
    ):
        list(DataLoader(Subset(Uneven(), [1, 2]), 2))
    with pytest.raises(DataError, match=r"samples of one batch must have equally many parts; got \[2, 1\]"):
        list(DataLoader(Subset(Uneven(), [2, 3]), 2))


def test_labels_of_any_whole_type_become_int64_and_precision_is_kept():
    class Small(Dataset):
        def __len__(self):
            return 2

        def load(self, index):
            return np.zeros(1, np.float64), np.uint8(index)

    ((x, y),) = DataLoader(Small(), 2)
    assert x.dtype == np.float64
    assert y.dtype == np.int64

"""Arrays as data sets, parts of them, the stratified split, and labels that cannot be classes."""

import numpy as np
import pytest

from tinygrad_cnn import tensor
from tinygrad_cnn.data import (
    DataLoader,
    Dataset,
    ImageFolder,
    Subset,
    TensorDataset,
    check_labels,
    check_trainable,
    stratified_split,
)
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.data.randomness import generator, order
from tinygrad_cnn.errors import ArgumentError, DataError, DtypeError, ShapeError

X = np.arange(6 * 2 * 3 * 4, dtype=np.float32).reshape(6, 2, 3, 4)
Y = [0, 1, 2, 0, 1, 2]


def test_arrays_are_cut_along_the_first_axis():
    data = TensorDataset(X, Y)
    x, y = data[4]
    assert np.array_equal(x, X[4])
    assert y == 1
    assert data.targets.dtype == np.int64
    assert len(data) == 6
    assert data[-1][1] == 2
    assert [int(y) for _, y in data] == Y
    assert repr(data) == "TensorDataset(float32 (6, 2, 3, 4), int64 (6,))"
    with pytest.raises(IndexError):
        data[6]


def test_non_contiguous_arrays_and_tensors_are_taken():
    data = TensorDataset(tensor(X[::2].transpose(0, 3, 1, 2)), np.float64([1, 2, 3]))
    assert np.array_equal(data[1][0], X[2].transpose(2, 0, 1))
    assert data.targets is None  # measured values are no classes
    assert TensorDataset(X[:, 0], X[:, 1]).targets is None
    assert TensorDataset(X).targets is None
    assert len(TensorDataset(X)[0]) == 1


@pytest.mark.parametrize(
    ("arrays", "error", "text"),
    [
        ((), ShapeError, "TensorDataset expects at least one array, as in TensorDataset(x, y); got none"),
        ((X, Y[:5]), ShapeError, "arrays of one length, samples first; got shapes (6, 2, 3, 4), (5,)"),
        ((np.float32(1),), ShapeError, "got shapes ()"),
        (
            (X.astype(np.uint8), Y),
            DtypeError,
            "float32 or float64; got uint8: convert it, for 8-bit pictures with",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arrays, error, text):
    with pytest.raises(error) as caught:
        TensorDataset(*arrays)
    assert text in str(caught.value)


def test_a_subset_keeps_order_labels_and_names():
    data = TensorDataset(X, Y)
    part = Subset(data, [5, 0, 5])
    assert [int(y) for _, y in part] == [2, 0, 2]
    assert part.targets.tolist() == [2, 0, 2]
    x, y = part.gather(np.array([1, 2]))
    assert np.array_equal(x, X[[0, 5]])
    assert y.tolist() == [0, 2]
    assert part.describe(1) == "sample 0"
    nested = Subset(part, [2])
    assert nested.targets.tolist() == [2]
    assert nested.describe(0) == "sample 5"
    assert len(Subset(data, [])) == 0


@pytest.mark.parametrize("index", [-1, 6])
def test_a_subset_outside_of_its_data_set_is_refused(index):
    with pytest.raises(ArgumentError, match=f"Subset expects indices from 0 to 5; got {index}"):
        Subset(TensorDataset(X, Y), [0, index])


def test_a_subset_runs_its_own_transform_after_the_data_sets():
    def plus_one(x, rng):
        return x + 1

    data = TensorDataset(X, Y, transform=plus_one)
    part = Subset(data, [3], transform=T.Normalize(0, 2))
    assert np.array_equal(part[0][0], (X[3] + 1) / 2)
    assert np.array_equal(data[3][0], X[3] + 1)
    assert part.gather(np.array([0])) is None
    data.transform = None
    assert np.array_equal(part.gather(np.array([0]))[0], X[3:4] / 2)


class Plain:
    """A data set that is nothing but __len__ and __getitem__."""

    classes = ("even", "odd")

    def __len__(self):
        return 9

    def __getitem__(self, index):
        return np.float32([index]), index % 2


def test_any_object_with_a_length_and_items_can_be_split_cut_and_loaded():
    part = Subset(Plain(), [7, 2])
    assert part.classes == ("even", "odd")
    assert part.describe(0) == "sample 7"
    (x, y), *_ = DataLoader(part, batch_size=2)
    assert x.tolist() == [[7.0], [2.0]]
    assert y.tolist() == [1, 0]
    train, held_out = stratified_split(Plain(), 0.25)
    assert sorted(np.concatenate([train.indices, held_out.indices])) == list(range(9))
    assert sorted(held_out[i][1] for i in range(len(held_out))) == [0, 1]


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5, 0.9])
def test_the_split_keeps_the_share_of_every_class(fraction):
    counts = {0: 50, 3: 30, 4: 10, 7: 2, 9: 1}
    labels = np.random.default_rng(0).permutation(np.repeat(list(counts), list(counts.values())))
    data = TensorDataset(np.zeros((len(labels), 1), np.float32), labels)
    train, held_out = stratified_split(data, fraction, seed=4)
    assert sorted(np.concatenate([train.indices, held_out.indices])) == list(range(93))
    for label in (0, 3, 4):
        assert (held_out.targets == label).sum() == round(fraction * counts[label])
    assert (held_out.targets == 7).sum() == 1
    assert (held_out.targets == 9).sum() == 0


def test_the_split_depends_on_the_seed_and_on_nothing_else():
    data = TensorDataset(np.zeros((40, 1), np.float32), np.arange(40) % 4)
    first, again, other = (stratified_split(data, 0.25, seed)[1].indices.tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first == sorted(first)


@pytest.mark.parametrize("fraction", [0, 1, -0.5, float("nan")])
def test_a_fraction_outside_of_its_range_is_refused(fraction):
    with pytest.raises(
        ArgumentError, match=r"fraction must be above 0 and below 1, as in 0.2 for a fifth; got"
    ):
        stratified_split(TensorDataset(X, Y), fraction)


def test_a_split_that_holds_nothing_out_is_refused():
    with pytest.raises(
        DataError, match=r"nothing can be held out of .*: that takes a class with at least two samples"
    ):
        stratified_split(TensorDataset(X[:3], Y[:3]), 0.5)
    with pytest.raises(
        DataError, match=r"labels are needed, and TensorDataset\(float32 \(6, 2, 3, 4\)\) has none"
    ):
        stratified_split(TensorDataset(X), 0.5)


@pytest.mark.parametrize(
    ("labels", "error", "text"),
    [
        ([0, 1, 3], DataError, "label 3 at position 2 is out of range: there are 3 classes, numbered 0 to 2"),
        ([0, -1], DataError, "label -1 at position 1 is negative; classes are numbered from 0"),
        ([0.0, np.nan], DataError, "label nan at position 1 is not a number that a class can have"),
        ([np.inf], DataError, "label inf at position 0 is not a number that a class can have"),
        ([1.0, 0.5], DataError, "label 0.5 at position 1 is not a whole number"),
        (np.uint64([2**64 - 1]), DataError, "label 18446744073709551615 at position 0 is out of range"),
        ([[0, 1]], ShapeError, "labels must have shape (N,), one class number a sample; got shape (1, 2)"),
        (["cat"], DtypeError, "labels must be whole numbers; got <U3: number the classes from 0"),
    ],
)
def test_a_label_that_cannot_be_a_class_is_named_by_its_position(labels, error, text):
    with pytest.raises(error) as caught:
        check_labels(labels, num_classes=3)
    assert text in str(caught.value)


@pytest.mark.parametrize("labels", [[0, 2], np.uint8([0, 2]), np.float32([0, 2]), (0.0, 2.0), tensor([0, 2])])
def test_whole_labels_become_int64(labels):
    got = check_labels(labels, 3)
    assert got.dtype == np.int64
    assert got.tolist() == [0, 2]
    assert check_labels([], 3).dtype == np.int64


def test_one_class_only_cannot_be_trained_on():
    with pytest.raises(
        DataError, match="at least two classes; every one of the 2 samples is label 1: add a folder"
    ):
        check_trainable(TensorDataset(X[:2], [1, 1]))
    with pytest.raises(DataError, match=r"training needs samples, and .* has none"):
        check_trainable(TensorDataset(X[:0], []))
    check_trainable(TensorDataset(X, Y))


def test_one_class_only_is_named_by_its_folder(tmp_path):
    from PIL import Image

    (tmp_path / "cat").mkdir()
    Image.new("L", (3, 3)).save(tmp_path / "cat" / "a.png")
    with pytest.raises(DataError, match="every one of the 1 samples is 'cat': add a folder"):
        check_trainable(ImageFolder(tmp_path))


def test_a_data_set_that_forgot_its_methods_is_told_which():
    with pytest.raises(NotImplementedError, match="Dataset defines no __len__"):
        len(Dataset())
    with pytest.raises(NotImplementedError, match=r"Dataset defines no load\(index\)"):
        Dataset().load(0)


def test_the_order_never_changes_between_versions():
    """Numbers written down once: training runs that are resumed later must find the same order."""
    assert order(10, seed=7, epoch=3).tolist() == [2, 5, 9, 7, 3, 0, 6, 8, 4, 1]
    assert order(0, seed=1).tolist() == []


def test_the_order_is_a_fair_permutation():
    first = [order(5, seed=0, epoch=epoch)[0] for epoch in range(2000)]
    counts = np.bincount(first, minlength=5)
    assert sorted(order(1000, 1, 2)) == list(range(1000))
    assert np.all(np.abs(counts - 400) < 5 * np.sqrt(400 * 0.8))


def test_every_seed_epoch_and_index_has_its_own_stream():
    places = [(s, e, i) for s in range(4) for e in range(4) for i in range(4)]
    draws = {generator(*place).random(): place for place in places}
    assert len(draws) == 64
    assert generator(2, 1, 3).random(5).tolist() == generator(2, 1, 3).random(5).tolist()
    assert abs(np.mean(list(draws)) - 0.5) < 0.15


@pytest.mark.parametrize("wrong", [(-1, 0, 0), (0, 2**64, 0), (0, 0, -1)])
def test_a_seed_outside_of_64_bits_is_refused(wrong):
    with pytest.raises(
        ArgumentError, match=r"seed, epoch and index must be whole numbers from 0 to 2\*\*64 - 1"
    ):
        generator(*wrong)

"""What is not a data set, a sample, a transform or a sensible size is refused with advice."""

import os
import sys
import warnings

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import DataLoader, Dataset, ImageFolder, Subset, TensorDataset, quiet
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, DataError, DtypeError

X = np.arange(4 * 3, dtype=np.float32).reshape(4, 1, 1, 3)


@pytest.mark.parametrize("thing", [5, None, iter([1]), {1, 2}])
def test_what_has_no_length_or_no_items_is_no_data_set(thing):
    with pytest.raises(
        ArgumentError, match=rf"__len__ and __getitem__.*TensorDataset.*{type(thing).__name__}"
    ):
        DataLoader(thing, 2)


@pytest.mark.parametrize(
    ("samples", "kind"), [(["a", "b"], "str"), ([1, 2, 3], "int"), (X, "ndarray"), ([{"x": 1}] * 2, "dict")]
)
def test_a_sample_that_is_no_tuple_is_refused_by_name(samples, kind):
    with pytest.raises(
        DataError, match=rf"must be a tuple, \(x, label\).*sample 0 is of type {kind}.*\(x,\)"
    ):
        next(iter(DataLoader(samples, 2)))


def test_samples_in_lists_are_taken_as_tuples_are():
    ((x, y),) = DataLoader([[X[0], 3], [X[1], 4]], 2)
    assert (x.tolist(), y.tolist()) == (X[:2].tolist(), [3, 4])


@pytest.mark.parametrize("part", ["cat", None, b"cat", 1j, np.datetime64("2020-01-01")])
def test_a_part_that_is_no_number_is_refused_before_it_becomes_a_tensor(part):
    with pytest.raises(DataError, match=r"must consist of numbers; sample 1 .*number its classes from 0"):
        list(DataLoader([(X[0], 1), (X[1], part)], 2))


def test_labels_in_words_are_refused_by_a_data_set_of_arrays():
    with pytest.raises(DtypeError, match="expects arrays of numbers; got <U3: number the classes from 0"):
        TensorDataset(X, ["cat", "dog", "cat", "dog"])


def times_two(x):
    return x * 2


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "cat").mkdir()
    Image.new("RGB", (3, 2)).save(tmp_path / "cat" / "a.png")
    return tmp_path


ADVICE = r"a transform is called as transform\(x, rng\).*lambda x, rng: "


def test_a_transform_of_one_argument_is_refused_with_advice(folder):
    with pytest.raises(ArgumentError, match=ADVICE) as caught:
        next(iter(DataLoader(ImageFolder(folder, transform=times_two), 1)))
    assert any("a.png" in note for note in caught.value.__notes__)
    for wrong in (times_two, T.Compose([times_two]), lambda: 0, 5):
        for data in (TensorDataset(X, transform=wrong), Subset(TensorDataset(X), [0], wrong)):
            with pytest.raises(ArgumentError, match=ADVICE):
                data[0]


def test_a_type_error_inside_of_a_transform_stays_what_it_is():
    def broken(x, rng):
        return x + "1"

    class Whole:
        batchable = True

        def __call__(self, x, rng):
            return len(5)

    for transform in (broken, Whole(), T.Compose([broken])):
        with pytest.raises(TypeError) as caught:
            next(iter(DataLoader(TensorDataset(X, transform=transform), 2)))
        assert not isinstance(caught.value, ArgumentError)


def test_a_data_set_of_ones_own_takes_a_transform_when_made_or_later():
    class Own(Dataset):
        def __len__(self):
            return 4

        def load(self, index):
            return X[index], index

    class Doubled(Own):
        transform = staticmethod(lambda x, rng: x * 2)

    later = Own()
    later.transform = lambda x, rng: x * 2
    for data in (Own(transform=lambda x, rng: x * 2), later, Doubled()):
        np.testing.assert_array_equal(data[3][0], X[3] * 2)
    np.testing.assert_array_equal(Own()[3][0], X[3])


def test_resizing_in_proportion_stops_before_the_memory_does():
    with pytest.raises(
        DataError, match=r"224 x 89600000 \(H x W\) pixels of 1 x 400000.*Resize\(\(224, 224\)\)"
    ):
        T.Resize(224)(np.zeros((1, 1, 400_000), np.float32))
    with pytest.raises(DataError, match="of 0 x 5"):
        T.Resize(4)(np.zeros((1, 0, 5), np.float32))
    assert T.Resize((3, 4))(np.zeros((1, 1, 400_000), np.float32)).shape == (1, 3, 4)
    assert T.Resize(2)(np.zeros((1, 1, 3000), np.float32)).shape == (1, 2, 6000)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.skipif(
    getattr(sys.flags, "context_aware_warnings", False),
    reason="each thread has its own filters, without a lock",
)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_forked_while_another_thread_reads_can_read_and_restores_the_filters():
    before = list(warnings.filters)
    reader = quiet.pillow_is_quiet()
    with reader, quiet._lock:
        child = os.fork()
        if child == 0:
            free = quiet._lock.acquire(timeout=5)
            if free:
                quiet._lock.release()
                with quiet.pillow_is_quiet():
                    free = any(entry[0] == "ignore" for entry in warnings.filters)
            os._exit(0 if free and quiet._readers == 0 and list(warnings.filters) == before else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list(warnings.filters) == before

"""Threads that prepare batches: they work together, report errors in order, and leave nothing behind."""

import gc
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from tinygrad_cnn.data import DataLoader, Dataset, TensorDataset
from tinygrad_cnn.data.prefetch import prefetch
from tinygrad_cnn.errors import DataError


def data():
    return TensorDataset(np.zeros((23, 4), np.float32), np.arange(23))


def loader_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("data-loader")]


def test_threads_really_work_at_the_same_time():
    meeting = threading.Barrier(2, timeout=20)

    class Meets(Dataset):
        def __len__(self):
            return 4

        def load(self, index):
            meeting.wait()  # one thread alone would wait for ever
            return np.zeros(1, np.float32), index

    assert [y.tolist() for _, y in DataLoader(Meets(), num_workers=2)] == [[0], [1], [2], [3]]


def test_no_more_is_prepared_ahead_than_was_asked_for():
    loaded = []

    class Counts(Dataset):
        def __len__(self):
            return 50

        def load(self, index):
            loaded.append(index)
            return np.zeros(1, np.float32), index

    batches = iter(DataLoader(Counts(), num_workers=2, prefetch_factor=2))
    next(batches)
    time.sleep(0.05)
    assert len(loaded) <= 5
    batches.close()


class Breaks(Dataset):
    def __init__(self, error):
        self.error = error

    def __len__(self):
        return 9

    def load(self, index):
        if index == 4:
            raise self.error
        return np.zeros(1, np.float32), index

    def describe(self, index):
        return f"file-{index}.png"

    def __repr__(self):
        return "Breaks()"


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("error", [ValueError("odd"), DataError("damaged"), KeyError("k")])
def test_an_error_comes_where_its_batch_would_have_come_with_the_sample_named(workers, error):
    batches = iter(DataLoader(Breaks(error), batch_size=2, num_workers=workers))
    assert next(batches)[1].tolist() == [0, 1]
    assert next(batches)[1].tolist() == [2, 3]
    with pytest.raises(type(error)) as caught:
        next(batches)
    assert "while loading file-4.png (index 4, epoch 0) of Breaks()" in caught.value.__notes__
    error.__notes__.clear()
    assert not loader_threads()


def test_threads_end_with_the_epoch():
    list(DataLoader(data(), 2, num_workers=3))
    assert not loader_threads()


def test_threads_end_when_the_loop_is_left_early():
    for _ in DataLoader(data(), 2, num_workers=3):
        assert loader_threads()
        break
    gc.collect()
    assert not loader_threads()


def test_threads_end_when_the_iterator_is_dropped_or_never_used():
    batches = iter(DataLoader(data(), 2, num_workers=3))
    next(batches)
    del batches
    assert not loader_threads()
    iter(DataLoader(data(), 2, num_workers=3))
    assert not loader_threads()


def test_threads_end_after_an_interrupt_in_the_loop():
    with pytest.raises(KeyboardInterrupt):
        for _ in DataLoader(data(), 2, num_workers=2):
            raise KeyboardInterrupt
    gc.collect()
    assert not loader_threads()


def test_an_iterator_whose_last_owner_is_one_of_its_threads_ends_quietly():
    """As when the garbage collector runs there: a thread cannot wait for itself."""
    owner, dropped = [], threading.Event()

    def work(item):
        if item == 2:
            dropped.wait(20)
            owner.clear()
        return item

    owner.append(prefetch(work, range(9), num_threads=1, ahead=3))
    assert next(owner[0]) == 0
    dropped.set()
    for thread in loader_threads():
        thread.join(20)
    gc.collect()
    assert not owner
    assert not loader_threads()


def test_a_program_that_keeps_a_half_used_iterator_ends():
    program = """
import numpy as np
from tinygrad_cnn.data import DataLoader, TensorDataset
batches = iter(DataLoader(TensorDataset(np.zeros((99, 3), np.float32)), num_workers=2))
next(batches)
print("done", flush=True)
"""
    got = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (got.returncode, got.stdout, got.stderr) == (0, "done\n", "")

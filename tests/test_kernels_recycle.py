"""Memory that goes round has one user at a time, whatever views are taken, and is kept within its limit."""

import gc
import threading
from collections import deque

import numpy as np
import pytest

from tinygrad_cnn import kernels
from tinygrad_cnn.kernels import recycle

BYTE, SINGLE = np.dtype(np.uint8), np.dtype(np.float32)


@pytest.fixture(autouse=True)
def nothing_kept():
    gc.collect()
    recycle.clear()
    yield
    recycle.clear()


def test_memory_of_results_goes_round_and_never_has_two_users():
    shape, single = (3, 90, 110), np.dtype(np.float32)
    alive = [kernels.empty(shape, single) for _ in range(3)]
    for number, array in enumerate(alive):
        array[...] = number
    views = [array[1:, ::-1].reshape(2, -1) for array in alive[:2]]
    del alive, array
    fresh = [kernels.empty(shape, single) for _ in range(4)]
    for array in fresh:
        array[...] = -1
    assert [view.min() for view in views] == [view.max() for view in views] == [0, 1]
    pairs = [(a, b) for k, a in enumerate(fresh + views) for b in (fresh + views)[:k]]
    assert not any(np.shares_memory(a, b) for a, b in pairs)
    address = fresh[0].__array_interface__["data"][0]
    del fresh, array, pairs
    again = [kernels.empty(shape, single) for _ in range(4)]
    assert address in [array.__array_interface__["data"][0] for array in again]


def test_recycled_arrays_are_plain_and_their_free_memory_is_bounded(monkeypatch):
    x = kernels.empty((300, 300), np.dtype(np.float64))
    assert type(x) is np.ndarray and type(x[1:]) is np.ndarray and type(x + 1) is np.ndarray
    monkeypatch.setattr(recycle, "MOST_KEPT", 3 << 20)
    arrays = [kernels.empty((1 << 20,), np.dtype(np.uint8)) for _ in range(6)]
    base = arrays[0].base
    _ = base[3:] + base[:1].view()
    del arrays, base
    assert sum(len(blocks) for blocks in recycle._free.values()) == 3


def test_taking_and_dropping_one_block_leaves_no_trace():
    for _ in range(5000):
        kernels.empty((1200, 1000), BYTE)
    assert [len(blocks) for blocks in recycle._free.values() if blocks] == [1]
    state = {name: value for name, value in vars(recycle).items() if not name.startswith("__")}
    assert all(len(value) < 200 for value in state.values() if isinstance(value, dict | list | deque))
    assert recycle._kept_bytes == [recycle.block_size(1200 * 1000)]


def test_beyond_the_limit_the_size_used_longest_ago_goes_first(monkeypatch):
    monkeypatch.setattr(recycle, "MOST_KEPT", 6 << 20)
    first, second, third = (
        [kernels.empty((megabytes << 20,), BYTE) for _ in range(2)] for megabytes in (1, 2, 3)
    )
    first.clear()
    second.clear()
    assert free_blocks() == {1 << 20: 2, 2 << 20: 2}
    kernels.empty((1 << 20,), BYTE)
    third.pop()
    assert free_blocks() == {1 << 20: 2, 3 << 20: 1}
    third.pop()
    assert free_blocks() == {3 << 20: 2}
    recycle.clear()
    assert free_blocks() == {}
    assert recycle._kept_bytes == [0]


def free_blocks():
    return {size: len(blocks) for size, blocks in recycle._free.items() if blocks}


VIEWS = {
    "slice of the owner": lambda a: a.base[:1000].view(np.float32),
    "slice of a slice of the owner": lambda a: a.base[8:2000][:400][::2],
    "plain view of the owner": lambda a: a.base.view(np.ndarray)[:1000][4:],
    "asarray of the owner": lambda a: np.asarray(a.base)[:1000],
    "view of a view": lambda a: a[10:].T[:, 1:][::-2, ::3],
    "other type": lambda a: a.view(np.int16)[3:],
    "array of a memoryview": lambda a: np.asarray(memoryview(a)[5:]),
    "memoryview of the owner": lambda a: memoryview(a.base[64:128]),
    "frombuffer": lambda a: np.frombuffer(a.base, np.float32)[2:],
    "window view": lambda a: np.lib.stride_tricks.sliding_window_view(a, (2, 2)),
}


@pytest.mark.parametrize("name", VIEWS)
def test_no_view_of_any_kind_outlives_its_memory(name):
    a = kernels.empty((300, 301), SINGLE)
    a[...] = 7
    view = VIEWS[name](a)
    before = bytes(view)
    del a
    others = [kernels.empty((300, 301), SINGLE) for _ in range(2)]
    for other in others:
        other[...] = -1
    assert bytes(view) == before
    del view, other, others
    assert sum(free_blocks().values()) == 3


def test_the_count_stays_right_when_many_threads_take_and_return(monkeypatch):
    monkeypatch.setattr(recycle, "MOST_KEPT", 1 << 20)

    def work(seed):
        rng, held = np.random.default_rng(seed), []
        for size in rng.integers(1 << 16, 1 << 18, 400):
            held.append(kernels.empty((int(size),), BYTE))
            if len(held) > 5:
                del held[int(rng.integers(5))]

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert recycle._kept_bytes == [sum(size * count for size, count in free_blocks().items())]
    assert 0 < recycle._kept_bytes[0] <= 1 << 20

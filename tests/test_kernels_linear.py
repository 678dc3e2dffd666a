"""Products come out the same, bit by bit, whatever the number of threads, and in every shape."""

import numpy as np
import pytest

from tinygrad_cnn import kernels
from tinygrad_cnn.kernels import blas, linear, threads

SHAPES = [(1, 9000, 3001), (2, 9000, 1501), (3, 5000, 2003), (1, 13_000_000, 1), (5, 3000, 1001)]


@pytest.fixture
def any_number():
    before = threads.get_num_threads()
    yield
    threads.set_num_threads(before)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_large_products_have_the_same_bits_for_any_number_of_threads(shape, transposed, any_number):
    rows, inner, columns = shape
    rng = np.random.default_rng(0)
    a = rng.random((rows, inner), dtype=np.float32)
    b = rng.random((columns, inner), dtype=np.float32).T
    left, right = (b.T, a.T) if transposed else (a, b)
    results = []
    for number in (1, 2, 3):
        threads.set_num_threads(number)
        results.append(kernels.matmul_in_rows(left, right).tobytes())
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("shape", [(1, 3, 7), (2, 5, 4), (3, 2, 9), (3, 4, 3), (4, 4, 1), (9, 2, 5)])
def test_blocks_of_rows_or_columns_make_up_the_product(shape, monkeypatch):
    monkeypatch.setattr(threads, "WORTH_SHARING", 0)
    monkeypatch.setattr(linear, "ONE_THREAD_ANYWAY", -1)
    rows, inner, columns = shape
    rng = np.random.default_rng(1)
    a, b = rng.integers(-9, 9, (rows, inner)), rng.integers(-9, 9, (inner, columns))
    expected = [
        [sum(int(a[i, k] * b[k, j]) for k in range(inner)) for j in range(columns)] for i in range(rows)
    ]
    for left in (a.astype(np.float32), np.asfortranarray(a, np.float64)):
        for right in (b.astype(left.dtype), np.asfortranarray(b, left.dtype)):
            assert kernels.matmul(left, right).tolist() == expected


@pytest.mark.skipif(blas.one_thread.switch is None, reason="numpy's BLAS has no known switch")
def test_a_single_large_part_keeps_blas_on_one_thread(any_number):
    read, write = blas.one_thread.switch
    before, seen = read(), []
    threads.set_num_threads(2)
    try:
        write(2)
        threads.run(lambda part: seen.append(read()), 1, 1e9)
        assert (seen, read()) == ([1], 2)
    finally:
        write(before)

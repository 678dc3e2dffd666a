"""How long the checker takes: `python tests/bench/gradcheck.py`.

All operations of the package; one wrong entry in the weight gradient of a convolution with more than 100,000
inputs; small functions. The best of a few runs each, so that other programs disturb little.
"""

import time
from collections.abc import Callable

import numpy as np

from tinygrad_cnn import REGISTRY, Tensor, functional, op
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing import check_op, gradcheck

REPEATS = 3
WRONG = 777


def best(run: Callable[[], object]) -> float:
    """Give the least time of a run in seconds."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return min(times)


@op
def with_one_wrong_entry(w):
    """Hand the weights on; one entry of their gradient is too large by a thousandth."""

    def grad_w(g):
        scale = np.ones(w.shape)
        scale.ravel()[WRONG] = 1.001
        return g * wrap(scale)

    return w.array.copy(), grad_w


def main() -> None:
    """Time everything, and print a line for each."""
    names = [name for name in REGISTRY if name != "with_one_wrong_entry"]
    print(f"{len(names)} operations, fast: {best(lambda: [check_op(name) for name in names]):.1f} s")
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((8, 16, 28, 28)), rng.standard_normal((32, 16, 3, 3))

    def convolution(x: Tensor, w: Tensor) -> Tensor:
        return functional.conv2d(x, with_one_wrong_entry(w))

    report = gradcheck(convolution, [x, w], raise_exception=False)
    assert report.worst is not None
    place = int(np.ravel_multi_index(report.worst.index, w.shape))
    found = "found" if (report.worst.name, place) == ("w", WRONG) else "NOT FOUND"
    seconds = best(lambda: gradcheck(convolution, [x, w], raise_exception=False))
    print(f"one wrong entry, {x.size + w.size:,} inputs: {found} in {seconds:.2f} s")
    small = rng.standard_normal((3, 4))
    print(f"tanh of 12 values, order 2: {1e3 * best(lambda: gradcheck(Tensor.tanh, [small])):.0f} ms")


if __name__ == "__main__":
    main()

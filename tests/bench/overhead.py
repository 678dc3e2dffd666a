"""What the engine adds to numpy, an operation: `python tests/bench/overhead.py`.

Each chain of operations on arrays of three numbers is run forward and backward, and the numpy calls that the
same work needs are run alone; the difference, divided by the number of recorded operations, is the overhead.
Processor time, the best of many short runs, so that other programs disturb little.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

LENGTH = 300
REPEATS = 60


def best(run: Callable[[], None]) -> float:
    """Give the least processor time of a run, in microseconds for each operation of the chain."""
    times = []
    for _ in range(REPEATS):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return 1e6 * min(times) / LENGTH


def main() -> None:
    import tinygrad_cnn as tg

    ones, mask = np.ones(3, np.float32), np.ones(3, bool)
    x, w = tg.tensor(ones, requires_grad=True), tg.tensor(ones, requires_grad=True)

    def chain(step):
        def run():
            y = x
            for _ in range(LENGTH):
                y = step(y)
            y.backward(ones)

        return run

    def alone(step):
        def run():
            for _ in range(LENGTH):
                step()

        return run

    def multiply():
        np.multiply(ones, ones), np.multiply(ones, ones), np.multiply(ones, ones), np.add(ones, ones)

    def rectify():
        np.maximum(ones, ones), np.less_equal(ones, 0), np.logical_not(mask), np.multiply(ones, mask)

    def squash():
        np.tanh(ones), np.multiply(ones, ones), np.subtract(ones, ones), np.multiply(ones, ones)

    rows = {
        "y * w": (lambda y: y * w, multiply),
        "y + w": (lambda y: y + w, lambda: (np.add(ones, ones), np.add(ones, ones))),
        "y * 0.5": (lambda y: y * 0.5, lambda: (np.multiply(ones, ones), np.multiply(ones, ones))),
        "-y": (lambda y: -y, lambda: (np.negative(ones), np.negative(ones))),
        "relu(y)": (tg.relu, rectify),
        "tanh(y)": (tg.tanh, squash),
    }
    print(f"{'operation':10} {'recorded':>9} {'numpy':>9} {'overhead':>9}   us, forward and backward")
    overheads = []
    for name, (step, numpy_step) in rows.items():
        recorded, numpy_alone = best(chain(step)), best(alone(numpy_step))
        overheads.append(recorded - numpy_alone)
        print(f"{name:10} {recorded:9.2f} {numpy_alone:9.2f} {overheads[-1]:9.2f}")
    print(f"{'mean':10} {'':9} {'':9} {np.mean(overheads):9.2f}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()

"""How often does the checker call a right gradient wrong?

    python tests/bench/false_alarms.py 10000

Every run takes one sample of one operation, draws its values anew (the same ones in another order, or fresh
ones), and checks it to order 2 with a seed of its own. Any failure is a false alarm.
"""

import argparse
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from tinygrad_cnn.testing import SAMPLES, Sample, check_op

CHUNK = 250


def main() -> None:
    """Make the runs, and count their verdicts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=int, nargs="?", default=1000)
    runs = parser.parse_args().runs
    start = time.perf_counter()
    chunks = [range(i, min(i + CHUNK, runs)) for i in range(0, runs, CHUNK)]
    verdicts: Counter[str] = Counter()
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for counts, alarms in pool.map(many, chunks):
            verdicts += counts
            for alarm in alarms:
                print(alarm)
    found = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.most_common())
    print(f"{runs} runs: {found}; {time.perf_counter() - start:.0f} s")


def many(seeds: range) -> tuple[Counter[str], list[str]]:
    """Check one sample for each seed."""
    counts: Counter[str] = Counter()
    alarms = []
    for seed in seeds:
        sample = redrawn(SAMPLES[seed % len(SAMPLES)], seed)
        report = check_op(sample.op, [sample], seed=seed, raise_exception=False)
        counts[report.verdict] += 1
        if report.verdict == "fail":
            alarms.append(f"seed {seed}: {sample.name}\n{report}")
    return counts, alarms


def redrawn(sample: Sample, seed: int) -> Sample:
    """Draw the values of a sample anew: permuted for even seeds, fresh ones for odd seeds."""
    rng = np.random.default_rng(seed)
    if seed // len(SAMPLES) % 2:
        inputs = tuple(fresh(x, rng) for x in sample.inputs)
    else:
        inputs = tuple(rng.permutation(x.ravel()).reshape(x.shape) for x in sample.inputs)
    return Sample(sample.op, inputs, sample.settings)


def fresh(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw normal values, or positive ones where the sample has only those (a logarithm needs them)."""
    if x.size and x.min() > 0:
        return np.asarray(rng.uniform(0.2, 3.0, x.shape))
    return np.asarray(rng.standard_normal(x.shape))


if __name__ == "__main__":
    main()

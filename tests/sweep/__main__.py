"""The sweep, run by hand with PyTorch installed: python -m tests.sweep --help"""

import argparse
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import numpy as np

from . import frozen, judge, ours
from .case import Case, Draw

HERE = Path(__file__).parent
MACHINERY = {"__init__", "__main__", "case", "outcome", "ours", "theirs", "judge", "frozen", "models"}
Generator = Callable[[Draw], Case]


def families(wanted: str | None) -> Iterator[tuple[str, list[Generator]]]:
    """Yield the files of this folder that hold generators."""
    for path in sorted(HERE.glob("*.py")):
        if path.stem not in MACHINERY and wanted in (None, path.stem):
            yield path.stem, import_module(f".{path.stem}", __package__).CASES


def drawn(generator: Generator, family: str, seed: int, number: int) -> Case:
    """Draw one case; seed, family, generator and number decide it."""
    return generator(Draw([seed, zlib.crc32(f"{family}.{generator.__name__}".encode()), number]))


def verdict(case: Case) -> tuple[str, str]:
    """Run a case on both sides, in both precisions; give a word for the table, and what is wrong."""
    from . import theirs

    if case.differs:
        return "deliberate", ""
    exact, state = theirs.run(case, np.float64)
    problem = judge.difference64(ours.run(case, np.float64, state), exact, case.absolute)
    if not problem and case.single:
        single, start = theirs.run(case, np.float32)
        problem = judge.difference32(case, ours.run(case, np.float32, start), single, exact)
        problem = problem and f"float32: {problem}"
    return ("DIFFERENT" if problem else "refused" if exact.error is not None else "equal"), problem


def sweep(generator: Generator, family: str, options: argparse.Namespace) -> Counter[str]:
    """Run one generator; print what differs."""
    counts: Counter[str] = Counter()
    numbers = range(options.cases) if options.number is None else [options.number]
    for number in numbers:
        case = drawn(generator, family, options.seed, number)
        word, problem = verdict(case)
        counts[word] += 1
        if (problem and counts[word] <= options.show) or options.number is not None:
            print(f"{family}.{generator.__name__} --seed {options.seed} --number {number}: {problem or word}")
            print(f"    {_written(case)}")
    return counts


def _written(case: Case) -> str:
    text = " ".join(repr((case.name, case.args, case.settings, case.inputs)).split())
    return text if len(text) < 700 else text[:700] + " ..."


def main() -> int:
    """Run the sweep and print a table, one line a generator."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="where the random numbers start (default 1)")
    parser.add_argument("--cases", type=int, default=200, help="cases for each generator (default 200)")
    parser.add_argument("--family", help="one family only: the name of a file")
    parser.add_argument("--only", help="one generator only")
    parser.add_argument("--number", type=int, help="one case only, which is printed")
    parser.add_argument("--show", type=int, default=3, help="print so many differences of each (default 3)")
    parser.add_argument("--freeze", type=int, help="write so many small cases of each into frozen.npz")
    options = parser.parse_args()
    if options.freeze:
        frozen.write(_sample(options), HERE / "frozen.npz")
        return 0
    total: Counter[str] = Counter()
    start = time.perf_counter()
    print("| family | function | cases | equal | refused by both | deliberate | different |\n|" + "---|" * 7)
    for family, generators in families(options.family):
        for generator in generators:
            if options.only in (None, generator.__name__):
                counts = sweep(generator, family, options)
                total += counts
                print(f"| {family} | {generator.__name__} {_columns(counts)}", flush=True)
    print(f"| all | {_columns(total)}  {time.perf_counter() - start:.0f} s, seed {options.seed}")
    return 1 if total["DIFFERENT"] else 0


def _columns(counts: Counter[str]) -> str:
    words = ("equal", "refused", "deliberate", "DIFFERENT")
    return "| " + " | ".join(str(n) for n in (counts.total(), *(counts[word] for word in words))) + " |"


def _sample(options: argparse.Namespace) -> Iterator[tuple[str, Case]]:
    """Yield the first small cases of each generator, one refused one among them."""
    for family, generators in families(options.family):
        for generator in generators:
            yield from frozen.chosen(
                (drawn(generator, family, options.seed, number) for number in range(options.cases)),
                f"{family}.{generator.__name__}",
                options.freeze,
            )


if __name__ == "__main__":
    sys.exit(main())

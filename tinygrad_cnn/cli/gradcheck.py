"""`tinygrad-cnn gradcheck`: are the gradients right, of all built-in operations or of those of a file?"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from inspect import isclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..core import REGISTRY
from ..errors import ArgumentError, CnnError, MissingPathError
from ..nn import Module
from . import models
from .command import Command, at_least
from .terminal import aligned, say

if (
    TYPE_CHECKING
):  # the checker draws its samples when it is imported, which the other commands need not wait for
    from ..testing import OpReport

_DETAILS = """\
examples:
  tinygrad-cnn gradcheck                        all operations of this package
  tinygrad-cnn gradcheck --ops conv2d,relu      some of them
  tinygrad-cnn gradcheck my_ops.py              what my_ops.py registers, and its functions with samples
  tinygrad-cnn gradcheck my_ops.py:cube         one operation or function of it
  tinygrad-cnn gradcheck my_ops.py --full --pictures wrong

my_ops.py, with a mistake in its backward pass, which the check names:

  import numpy as np
  from tinygrad_cnn import op
  from tinygrad_cnn.testing import add_samples

  @op
  def cube(x):
      def grad_x(g):
          return g * 2 * x * x                  # 3 belongs where 2 is
      return x.array**3, grad_x

  add_samples(cube, np.array([[0.5, -1.0, 2.0]]))

Inputs are those of add_samples; without any, small arrays are tried. The columns of the table:
  orders   1: the gradient, 2: its own derivative, too
  kinks    entries at which the function bends; any slope between those on both sides is right there
  float64  largest error against differences, relative to the largest entry of the gradient
  float32  largest error of the float32 gradient against that in float64, relative likewise

Exit code: 0 if all is right, 1 if something is wrong or could not be decided, 2 for other errors.
The file is run as Python runs it: check files that you trust.
"""

_HEAD = ("operation", "samples", "orders", "kinks", "float64", "float32", "time", "verdict")
_MOST_NAMED = 8
_WHOLE = "registers no operation with @op, and has no function with samples"


@dataclass(frozen=True)
class Subject:
    """What is checked in one line of the table: ``op`` is what `check_op` takes."""

    name: str
    op: Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE.py[:NAME]", help="your own operations (default: the built-in ones)")
    add("--ops", metavar="NAME,NAME", help="which of the built-in operations (default: all)")
    add("--full", action="store_true", help="look at every entry, also of large samples")
    add("--order", type=int, choices=(1, 2), default=2, help="1: gradients, 2: their own, too (default 2)")
    add("--seed", type=at_least(0), default=0, metavar="N", help="of everything that is drawn (default 0)")
    add("--pictures", type=Path, metavar="DIR", help="save a page with a picture of each failure here")


def run(args: argparse.Namespace) -> int:
    """Check, print the table and what is wrong; give 1 if something is."""
    if args.pictures is not None:
        _make_folder(args.pictures)
    subjects = _subjects(args)
    start = perf_counter()
    reports = [
        _check(subject, args.order, args.seed, "full" if args.full else "fast")
        for subject in _watched(subjects)
    ]
    for line in aligned([_HEAD, *(_row(r) for r in reports)]):
        say(line)
    wrong = [r for r in reports if not r]
    for report in wrong:
        say()
        say(str(report))
        if args.pictures is not None and report.report is not None:
            say(f"  picture     {_save(report, args.pictures)}")
    say(
        f"\n{_totals(reports, perf_counter() - start)}" if wrong else _totals(reports, perf_counter() - start)
    )
    return 1 if wrong else 0


# -- what is checked ---------------------------------------------------------------------------------------


def _subjects(args: argparse.Namespace) -> list[Subject]:
    if args.file is None:
        return _built_in(args.ops)
    if args.ops is not None:
        raise ArgumentError(
            "--ops chooses among the built-in operations; of a file, name one behind a colon: FILE.py:NAME"
        )
    path, name = _split(args.file)
    module, registered = _run(path)
    return _all_of(path, module, registered) if name is None else [_named(path, name, module, registered)]


def _built_in(chosen: str | None) -> list[Subject]:
    package = __name__.split(".")[0]
    own = sorted(n for n, r in REGISTRY.items() if r.forward.__module__.startswith(f"{package}."))
    if chosen is None:
        return [Subject(n, n) for n in own]
    names = list(dict.fromkeys(n.strip() for n in chosen.split(",") if n.strip()))
    unknown = [n for n in names if n not in own]
    if unknown or not names:
        what = f"there is no built-in operation {unknown[0]!r}" if unknown else "--ops names no operation"
        close = [n for n in own if unknown and n[:2] == unknown[0][:2]]
        raise ArgumentError(f"{what}; {'similar' if close else 'there'} are {', '.join(close or own)}")
    return [Subject(n, n) for n in names]


def _split(given: str) -> tuple[Path, str | None]:
    """Take FILE.py or FILE.py:NAME apart; file names may hold colons, as after a drive letter."""
    path, name = Path(given), None
    if path.suffix != ".py" and ":" in given:
        before, _, name = given.rpartition(":")
        path = Path(before)
    if path.suffix != ".py":
        hint = f"; for a built-in operation: --ops {given}" if given in REGISTRY else ""
        raise ArgumentError(f"expected FILE.py or FILE.py:NAME, got {given!r}{hint}")
    if not path.is_file():
        raise MissingPathError(f"there is no Python file {path}; expected FILE.py or FILE.py:NAME")
    if name == "":
        raise ArgumentError(f"a name is missing behind the colon of {given!r}; expected FILE.py:NAME")
    return path, name


def _run(path: Path) -> tuple[ModuleType, list[str]]:
    """Run a file; give it, and the names of the operations that it has registered itself."""
    before = dict(REGISTRY)
    module = models.run_file(path)
    new = [n for n, record in REGISTRY.items() if record is not before.get(n)]
    return module, [n for n in new if REGISTRY[n].forward.__module__ == module.__name__]


def _all_of(path: Path, module: ModuleType, registered: Sequence[str]) -> list[Subject]:
    from ..testing import samples_of

    found = [Subject(n, n) for n in registered]
    found += [Subject(n, f) for n, f in _functions(module) if n not in REGISTRY and samples_of(f)]
    if found:
        return found
    names = [n for n, _ in _functions(module)]
    hint = f"; to check a function, name it: {path}:{names[0]}" if names else ""
    raise ArgumentError(f"{path} {_WHOLE}{hint}")


def _functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Go through the functions that a file defines under their own names."""
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__ and not isclass(value)
        if own and callable(value) and getattr(value, "__name__", None) == name:
            yield name, value


def _named(path: Path, name: str, module: ModuleType, registered: Sequence[str]) -> Subject:
    if name in registered:
        return Subject(name, name)
    value = getattr(module, name, None)
    if isinstance(value, Module) or (isclass(value) and issubclass(value, Module)):
        raise ArgumentError(
            f"{name} of {path} is a layer; check it in Python: check_module(layer, input_shape)"
        )
    if callable(value) and not isclass(value):
        return Subject(name, value)
    if value is not None:
        raise ArgumentError(
            f"{name} of {path} is no operation or function; it is of type {type(value).__name__}"
        )
    known = list(dict.fromkeys([*registered, *(n for n, _ in _functions(module))]))
    more = ", ..." if len(known) > _MOST_NAMED else ""
    hint = f"; it has {', '.join(known[:_MOST_NAMED])}{more}" if known else ""
    raise ArgumentError(f"{path} defines no operation or function {name!r}{hint}")


# -- checking ----------------------------------------------------------------------------------------------


def _watched(subjects: Sequence[Subject]) -> Iterator[Subject]:
    """Go through what is to be checked, with a bar on a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield from subjects
        return
    from tqdm import tqdm

    with tqdm(total=len(subjects), unit="op", leave=False, file=sys.stderr) as bar:
        for subject in subjects:
            bar.set_description_str(subject.name if subject.name.isidentifier() else "...")
            yield subject
            bar.update()


def _check(subject: Subject, order: int, seed: int, mode: str) -> "OpReport":
    """Check one; what its code raises is a line of the table, and the others are still checked."""
    from ..testing import OpReport, check_op
    from ..testing.report import FAIL, INCONCLUSIVE

    start = perf_counter()
    try:
        return check_op(subject.op, order=order, seed=seed, mode=mode, raise_exception=False)
    except CnnError as error:
        verdict, reason = INCONCLUSIVE, str(error)
    except (Exception, SystemExit) as error:
        verdict, reason = FAIL, f"its code raised {type(error).__name__}: {error}"
    report = OpReport(subject.name, verdict=verdict, reason=reason, order=order)
    report.seconds = perf_counter() - start
    return report


# -- words -------------------------------------------------------------------------------------------------


def _row(report: "OpReport") -> tuple[str, ...]:
    compared = report.coordinates > 0
    verdict = report.verdict if report else report.verdict.upper()
    return (
        report.name,
        str(report.samples),
        "1, 2" if report.order == 2 else "1",
        str(report.kinks),
        f"{report.error64:.1e}" if compared else "-",
        "-" if report.error32 is None else f"{report.error32:.1e}",
        f"{report.seconds:.2f} s",
        f"{verdict}: {', '.join(report.codes)}" if report.codes else verdict,
    )


def _totals(reports: Sequence["OpReport"], seconds: float) -> str:
    from ..testing.report import FAIL, INCONCLUSIVE, PASS

    counts = [sum(r.verdict == verdict for r in reports) for verdict in (PASS, FAIL, INCONCLUSIVE)]
    words = [f"{n} {word}" for n, word in zip(counts, ("right", "wrong", "not decided"), strict=True) if n]
    passed = [r for r in reports if r]
    wide = max((r.error64 for r in passed), default=0.0)
    narrow = max((r.error32 or 0.0 for r in passed), default=0.0)
    errors = f"; largest error {wide:.1e}, in float32 {narrow:.1e}" if passed else ""
    samples = sum(r.samples for r in reports)
    return (
        f"{_counted(len(reports), 'operation')}, {_counted(samples, 'sample')}: {', '.join(words)}{errors}; "
        f"{seconds:.1f} s"
    )


def _counted(n: int, word: str) -> str:
    return f"{n:,} {word}{'s' * (n != 1)}"


def _make_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"--pictures needs a folder, and {folder} is a file")
    folder.mkdir(parents=True, exist_ok=True)


def _save(report: "OpReport", folder: Path) -> Path:
    """Save the page of a failure under the name of its operation, as far as a file can be called so."""
    stem = "".join(c if c.isalnum() or c in "_-" else "_" for c in report.name)[:80]
    path = folder / f"{stem or 'operation'}.html"
    if report.report is not None:
        report.report.save(path)
    return path


COMMAND = Command("gradcheck", "check the gradients of operations", _DETAILS, add_arguments, run)

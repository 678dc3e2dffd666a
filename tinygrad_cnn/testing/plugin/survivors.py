"""The summary of a run on planted mistakes: a line for each op, and one for each mistake that survived."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...core import REGISTRY
from ..show.text import plain

if TYPE_CHECKING:
    from .mutants import MutantRun, Tally

COLUMNS = ("tests", "planted", "found", "not reached", "survived")


def summarise(terminal: Any, run: "MutantRun") -> None:
    """Write the summary."""
    terminal.section("gradient mutants")
    for line in _table(run.tallies):
        terminal.write_line(line)
    if not run.tallies:
        terminal.write_line(f"no mistake was planted: {run.reason}", yellow=True)
    elif not run.finished:
        rest = sum(t.planned - t.planted for t in run.tallies)
        terminal.write_line(
            f"stopped early; {rest} of these ops' mistakes, and the ops after them, were not tried", red=True
        )
    for nodeid in run.unstable:
        terminal.write_line(f"left out: {plain(nodeid)} fails when it runs a second time", yellow=True)
    for line in _unnoticed(run):
        terminal.write_line(line, red=True)
    if run.finished and run.tallies and not run.failed:
        terminal.write_line("every mistake that changed a gradient was found", green=True)


def _table(tallies: Iterable["Tally"]) -> list[str]:
    rows = [(t.op, t.tests, t.planted, t.found, t.not_reached, len(t.survived)) for t in tallies]
    if not rows:
        return []
    width = max(len("total"), *(len(row[0]) for row in rows))
    if len(rows) > 1:
        rows.append(("total", "", *(sum(row[i] for row in rows) for i in range(2, 6))))  # type: ignore[arg-type, misc]
    return [_line("op", COLUMNS, width), *(_line(row[0], row[1:], width) for row in rows)]


def _line(name: str, cells: Iterable[object], width: int) -> str:
    values = "".join(f"{cell!s:>{len(title) + 2}}" for cell, title in zip(cells, COLUMNS, strict=True))
    return f"{name:<{width}}{values}"


def _unnoticed(run: "MutantRun") -> list[str]:
    """Say which mistakes the tests would not notice."""
    lines = [
        f"survived: {mutant.name} ({mutant.code}): unnoticed by {_tests_of(tally)}"
        for tally in run.tallies
        for mutant in tally.survived
    ]
    if not run.finished:
        return lines
    for name in run.untested:
        if name in REGISTRY or name in run.known:
            lines.append(f"untested: no test that passed calls {name} with a tensor that requires grad")
        else:
            close = difflib.get_close_matches(name, REGISTRY, n=1)
            hint = f"did you mean {close[0]}?" if close else "no test file registers it"
            lines.append(f"untested: there is no op {plain(name)}; {hint}")
    return lines


def _tests_of(tally: "Tally") -> str:
    return (
        f"the {tally.tests} tests that call {tally.op}"
        if tally.tests > 1
        else f"the one test that calls {tally.op}"
    )

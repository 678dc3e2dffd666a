"""Tests are tried on mistakes: for each one planted into the gradient of an op, does a test fail?

All tests run once as usual, and the ops that each calls are noted. Then, for every mistake, the tests that
call its op run again, until one fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ...core import REGISTRY, Op
from ..mutation.mutants import Mutant, mutate
from .pictures import Pictures
from .rerun import Rerun
from .survivors import summarise
from .touched import Touched


@dataclass
class Tally:
    """What became of the mistakes of one op."""

    op: str
    tests: int
    planned: int = 0
    found: int = 0
    not_reached: int = 0
    survived: list[Mutant] = field(default_factory=list)

    @property
    def planted(self) -> int:
        """How many were tried."""
        return self.found + self.not_reached + len(self.survived)


class MutantRun:
    """The plugin behind ``--gradcheck-mutants``."""

    def __init__(self, config: pytest.Config, ops: list[str], pictures: Pictures | None) -> None:
        if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
            raise pytest.UsageError(
                "--gradcheck-mutants runs all tests in one process; leave -n out (or -n 0)"
            )
        if config.getoption("usepdb", False):
            raise pytest.UsageError(
                "--gradcheck-mutants makes tests fail, each time --pdb would stop; use one of both"
            )
        self.ops = ops
        self.tallies: list[Tally] = []
        self.unstable: list[str] = []
        self.reason = "the run ended before it"  # why no mistake was planted
        self.finished = False
        self._config = config
        self._pictures = pictures
        self._touched = Touched()
        self._rerun = Rerun()
        self._seconds: dict[str, float] = {}
        self._not_passed: set[str] = set()

    @property
    def failed(self) -> bool:
        """Say whether a mistake would go unnoticed."""
        return any(t.survived for t in self.tallies) or bool(self.finished and self.untested)

    @property
    def untested(self) -> list[str]:
        """List the ops that were named and that no test calls."""
        return [name for name in self.ops if name not in {t.op for t in self.tallies}]

    @property
    def known(self) -> set[str]:
        """List the ops that any test calls, those that did not pass included."""
        return set(self._touched.records)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a test once more; in the usual run, only take notes."""
        if self._rerun.active:
            return self._rerun.protocol(item, nextitem)
        self._rerun.remember(item)
        self._touched.begin(item)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[Any]:
        """Note what a fixture calls that several tests share."""
        if self._rerun.active or fixturedef.scope == "function":
            return (yield)  # a wrapper hands on what it got
        with self._touched.fixture(request.node, fixturedef.argname):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests passed, and how long they took."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration
        if not report.passed or hasattr(report, "wasxfail"):
            self._not_passed.add(report.nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[Any]:
        """Let the tests run as usual, then plant mistakes."""
        with self._touched.noting():
            result = yield
        if session.config.option.collectonly:
            self.reason = "nothing was run"
        elif session.testsfailed:
            self.reason = "the tests have to pass as they are first"
        else:
            self._run(session)
        return result

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail the run if a mistake would go unnoticed."""
        if exitstatus == pytest.ExitCode.OK and self.failed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List what survived."""
        summarise(terminalreporter, self)

    def _run(self, session: pytest.Session) -> None:
        passed = [i for i in session.items if i.nodeid in self._seconds and i.nodeid not in self._not_passed]
        plan = self._plan(passed)
        if not plan:
            self.reason = "no test that passed calls an op with a tensor that requires grad"
            self.finished = True
            return
        said = self._config.pluginmanager.get_plugin("terminalreporter")
        warned = len(said.stats.get("warnings", ())) if said else 0
        try:
            if self._pictures is not None:
                self._pictures.paused = True
            with self._rerun.running(session):
                self._try_all(plan)
            self.finished = True
        finally:
            if self._pictures is not None:
                self._pictures.paused = False
            if said:
                del said.stats.get("warnings", [])[warned:]  # mistakes warn of what does not happen without

    def _plan(self, passed: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
        tests = self._touched.tests_by_op(passed)
        return {name: tests[name] for name in self.ops or sorted(tests) if name in tests}

    def _try_all(self, plan: dict[str, list[pytest.Item]]) -> None:
        """Run the tests once more without a mistake, then with each."""
        every = list(dict.fromkeys(item for items in plan.values() for item in items))
        self._say(f"\ngradient mutants of {counted(len(plan), 'op')}, on {counted(len(every), 'test')}\n")
        unstable = self._rerun.failing(every)
        self.unstable = [item.nodeid for item in unstable]
        for name, items in plan.items():
            stable = [item for item in items if item not in unstable]
            if stable:
                self._try_op(name, sorted(stable, key=self._slowness))
        self._say("\n")

    def _slowness(self, item: pytest.Item) -> int:
        """Put slow tests last; others stay in order, so that they share their fixtures."""
        return int(min(self._seconds[item.nodeid], 100.0) * 10).bit_length()

    def _try_op(self, name: str, items: list[pytest.Item]) -> None:
        mutants = mutants_of(name, self._touched.records.get(name))
        tally = Tally(name, len(items), len(mutants))
        self.tallies.append(tally)
        self._say(f"\n{name} ")
        for mutant in mutants:
            with mutant:
                finder = self._rerun.first_failing(items)
            if finder is not None:
                tally.found += 1
                items = [finder, *(item for item in items if item is not finder)]  # it may well find the next
            elif mutant.changed:
                tally.survived.append(mutant)
            else:
                tally.not_reached += 1
            self._say("." if finder is not None else "S" if mutant.changed else "-")

    def _say(self, text: str) -> None:
        """Show the progress, unless it was asked for silence."""
        said = self._config.pluginmanager.get_plugin("terminalreporter")
        if said is not None and self._config.get_verbosity() > -2:
            said.write(text, flush=True)


def mutants_of(name: str, record: Op | None) -> list[Mutant]:
    """List the mistakes of an op; one that was registered within a test may be gone from the registry."""
    if name in REGISTRY or record is None:
        return mutate(name)
    REGISTRY[name] = record
    try:
        return mutate(name)
    finally:
        del REGISTRY[name]


def counted(count: int, noun: str) -> str:
    """Write a number of things."""
    return f"{count} {noun}{'s' * (count != 1)}"

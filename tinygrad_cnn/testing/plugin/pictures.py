"""Pictures of the gradient checks that did not pass, in one folder, named after the tests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from ...errors import CnnError
from ..checks.ops import OpReport
from ..report import Report

LONGEST_NAME = 80
MOST_LISTED = 20


class Pictures:
    """The folder of pictures; a plugin, so that it hears of those that other processes kept."""

    def __init__(self, start: Path, folder: str) -> None:
        self.shown = folder  # as it was given
        self.folder = start / folder
        self.paused = False
        self._written: set[Path] = set()
        self._seen: dict[int, tuple[Any, str]] = {}  # a report, held so that its id stays its own
        self._fresh: list[str] = []
        self._told: list[str] = []
        self._refused: list[str] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(
                f"--gradcheck-pictures={folder}: it cannot be made ({error.strerror}); choose another folder"
            ) from error

    def keep(self, report: Any, nodeid: str) -> str:
        """Draw a report that did not pass, once; return the picture's path, or nothing."""
        if self.paused or report:
            return ""
        if id(report) not in self._seen:
            self._seen[id(report)] = (report, self._draw(drawable(report), nodeid))
        return self._seen[id(report)][1]

    def _draw(self, report: Report, nodeid: str) -> str:
        path = self._free(file_name(nodeid))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)  # somebody may have cleaned up
            report.save(path)
        except (CnnError, OSError) as error:
            self._refused.append(f"{path.name}: {error}")
            return ""
        self._written.add(path)
        shown = str(Path(self.shown) / path.name)
        self._fresh.append(shown)
        return shown

    def _free(self, name: str) -> Path:
        """Number the pictures of a test; those of an earlier run are replaced."""
        path, count = self.folder / f"{name}.html", 1
        while path in self._written:
            count += 1
            path = self.folder / f"{name}-{count}.html"
        return path

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Iterator[Any]:
        """Note the pictures in the report of the test, which travels between processes."""
        report: Any = yield
        report.gradcheck_pictures, self._fresh = self._fresh, []
        return report  # a wrapper hands on what it got

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Learn which pictures were kept."""
        kept = getattr(report, "gradcheck_pictures", ())
        self._told += [name for name in kept if name not in self._told]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say which pictures were kept."""
        terminalreporter.section("gradcheck pictures")
        count = len(self._told)
        what = "every check passed" if not count else f"{count} picture{'s' * (count > 1)}"
        terminalreporter.write_line(
            f"{what} in {self.shown}" if count else f"{what}, {self.shown} got no picture"
        )
        for name in self._told[:MOST_LISTED]:
            terminalreporter.write_line(f"  {name}")
        if count > MOST_LISTED:
            terminalreporter.write_line(f"  and {count - MOST_LISTED} more")
        for words in self._refused:
            terminalreporter.write_line(f"  not kept: {words}", red=True)


def drawable(report: Any) -> Report:
    """Give the part of a report that can be drawn: for an op without samples, only its words."""
    if not isinstance(report, OpReport):
        return report
    if report.report is not None:
        return report.report
    return Report(report.name, report.verdict, report.reason, order=report.order)


def file_name(nodeid: str) -> str:
    """Make a file name of a test's id, safe on every system; the digits at its end tell alike ones apart.

    >>> file_name("tests/test_ops.py::test_relu[3x4-dim=(0,)]")
    'test_ops.py-test_relu-3x4-dim-0-d167729d'
    """
    words = re.sub(r"[^A-Za-z0-9_.]+", "-", re.split(r"[\\/](?=[^\[]*(?:\[|::))", nodeid)[-1]).strip("-.")
    return f"{words[:LONGEST_NAME].rstrip('-.')}-{crc32(nodeid.encode('utf-8', 'surrogatepass')):08x}"

"""The fixture `gradcheck`, and how its failures look: the report is what is printed."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from ...errors import CnnError
from ..checks.functions import gradcheck
from ..checks.modules import check_module
from ..checks.ops import check_op
from ..report import GradcheckError
from ..samples import Sample
from .pictures import Pictures

__tracebackhide__ = True  # in what pytest prints, the test's own line is the last
PACKAGE = str(Path(__file__).parent.parent) + os.sep


class Gradcheck:
    """What the fixture `gradcheck` gives: the checks, in the mode of the command line.

    ``gradcheck(fn, inputs)`` is `gradcheck`, ``gradcheck.op(op, samples)`` is `check_op` (a single sample may
    come without a list, and ``gradcheck(op, sample)`` is the same), ``gradcheck.module(module, shape)`` is
    `check_module`. All take the settings of these; a ``mode`` in the test goes before the command line's.
    """

    def __init__(self, mode: str | None, item: pytest.Item, pictures: Pictures | None) -> None:
        self.mode = mode
        self._item = item
        self._pictures = pictures

    def __call__(self, fn: Any, inputs: Any, **settings: Any) -> Any:
        """Check the gradients of a function, or of an op with one `Sample`."""
        if isinstance(inputs, Sample):
            return self.op(fn, [inputs], **settings)
        return self._run(gradcheck, (fn, inputs), settings)

    def op(self, op: Any, samples: Any = None, **settings: Any) -> Any:
        """Check an operation with its samples, or with those given."""
        return self._run(check_op, (op, [samples] if isinstance(samples, Sample) else samples), settings)

    def module(self, module: Any, input_shape: Any, **settings: Any) -> Any:
        """Check a layer or a network, by its inputs and parameters."""
        return self._run(check_module, (module, input_shape), settings)

    def _run(self, check: Any, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        raises = settings.pop("raise_exception", True)
        if self.mode is not None:
            settings.setdefault("mode", self.mode)
        try:
            report = check(*args, raise_exception=False, **settings)
        except CnnError as error:
            raise _outside(error)  # noqa: B904  # the same error, and its cause stays
        if self._pictures is not None:
            self._pictures.keep(report, self._item.nodeid)
        if raises and not report:
            raise GradcheckError(report)
        return report


def _outside(error: BaseException) -> BaseException:
    """Take this package's own lines out of the traceback of an error and of its causes."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.__traceback__ = _without_package(link.__traceback__)
        link = link.__cause__
    return error


def _without_package(trace: TracebackType | None) -> TracebackType | None:
    kept = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(PACKAGE):
            kept.append(trace)
        trace = trace.tb_next
    last = None
    for step in reversed(kept):
        last = TracebackType(last, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return last


class Crash:
    """Where a check failed, in one line; pytest prints it in its summaries."""

    def __init__(self, path: str, lineno: int, message: str) -> None:
        self.path = path
        self.lineno = lineno
        self.message = message

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


class Failure:
    """What pytest prints of a check that failed: the report, the picture if one is kept, the test's line."""

    def __init__(self, text: str, picture: str, reprcrash: Crash) -> None:
        self.text = text
        self.picture = picture
        self.reprcrash = reprcrash

    def __str__(self) -> str:
        picture = f"  picture     {self.picture}\n" if self.picture else ""
        return f"{self.text}\n{picture}\n{self.reprcrash.path}:{self.reprcrash.lineno}: GradcheckError"

    def toterminal(self, tw: Any) -> None:
        """Write it, the verdict in red."""
        first, *rest = str(self).split("\n")
        tw.line(first, red=True, bold=True)
        for line in rest:
            tw.line(line)


def show_failure(
    item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException], report: Any, pictures: Pictures | None
) -> None:
    """Put the report of a gradient check in the place of a traceback, and note the pictures of the test."""
    error = excinfo.value
    if isinstance(error, GradcheckError):
        picture = "" if pictures is None else pictures.keep(error.report, item.nodeid)
        wanted = item.config.getoption("fulltrace", False) or item.config.getoption("tbstyle", "") == "native"
        if not report.passed and not wanted:
            text = str(error)
            path, line = _place(item, excinfo)
            report.longrepr = Failure(text, picture, Crash(path, line, text.split("\n", 1)[0]))


def _place(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]) -> tuple[str, int]:
    """Find the test's own line: the innermost one that is not in this package."""
    entries = [e for e in excinfo.traceback if not str(e.path).startswith(PACKAGE)]
    if not entries:
        return item.location[0], (item.location[1] or 0) + 1
    path = str(entries[-1].path)
    try:
        path = os.path.relpath(path, item.config.invocation_params.dir)
    except ValueError:  # on another drive
        path = str(entries[-1].path)
    return path, entries[-1].lineno + 1

"""The pytest plugin: the fixture `gradcheck`, the marker `op_samples`, and tests tried on planted mistakes.

What a run does not ask for is not imported. (PYTEST_DONT_REWRITE: there are no assertions to explain.)
"""

import argparse
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .plugin.pictures import Pictures
    from .plugin.reports import Gradcheck

MODES = ("auto", "fast", "full")
PICTURES: pytest.StashKey["Pictures"] = pytest.StashKey()
_NAMES = re.compile(r"[^\W\d]\w*(,[^\W\d]\w*)*,?")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, in a group of their own in ``pytest --help``."""
    group = parser.getgroup("tinygrad_cnn", "gradient checks (tinygrad_cnn)")
    group.addoption(
        "--gradcheck",
        choices=MODES,
        help="how the gradcheck fixture looks at gradients: 'fast' at projections and some entries, 'full' "
        "at every entry, 'auto' decides by size; by default what each test or check says",
    )
    group.addoption(
        "--gradcheck-pictures",
        metavar="DIR",
        help="keep a picture (html) of each gradient check that did not pass in this folder",
    )
    group.addoption(
        "--gradcheck-mutants",
        nargs="?",
        const="",
        type=_names,
        metavar="OP,OP",
        help="after the tests have passed, run them with mistakes planted into the gradients of the ops that "
        "they call (or of the named ones: --gradcheck-mutants=OP,OP), and list those that no test notices",
    )


def _names(given: str) -> str:
    """Refuse what was meant to be a file: ``--gradcheck-mutants tests`` takes the folder for an op."""
    if given and not _NAMES.fullmatch(given):
        raise argparse.ArgumentTypeError(
            f"{given!r} is no list of ops; write --gradcheck-mutants=OP,OP, or put it behind the files"
        )
    return given


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and set up what the options ask for."""
    config.addinivalue_line(
        "markers",
        "op_samples(*ops): run the test once for each sample of these ops (names), or of all registered; "
        "it takes the argument 'sample', and 'op' if it wants what to call",
    )
    folder = config.getoption("gradcheck_pictures")
    if folder is not None:
        from .plugin.pictures import Pictures

        config.stash[PICTURES] = pictures = Pictures(config.invocation_params.dir, folder)
        config.pluginmanager.register(pictures, "tinygrad_cnn-pictures")
    ops = config.getoption("gradcheck_mutants")
    if ops is not None:
        from .plugin.mutants import MutantRun

        run = MutantRun(config, [name for name in ops.split(",") if name], config.stash.get(PICTURES, None))
        config.pluginmanager.register(run, "tinygrad_cnn-mutants")


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> "Gradcheck":
    """Check gradients: gradcheck(fn, inputs), gradcheck.op(op, samples), gradcheck.module(module, shape)."""
    from .plugin.reports import Gradcheck

    return Gradcheck(
        request.config.getoption("gradcheck"), request.node, request.config.stash.get(PICTURES, None)
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that is marked with `op_samples` its samples."""
    marker = metafunc.definition.get_closest_marker("op_samples")
    if marker is not None:
        from .plugin.samples import parametrize

        parametrize(metafunc, marker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Print a gradient check that failed as its report, instead of a traceback."""
    report: Any = yield
    if call.excinfo is not None and f"{__package__}.report" in sys.modules:
        from .plugin.reports import show_failure

        show_failure(item, call.excinfo, report, item.config.stash.get(PICTURES, None))
    return report  # a wrapper hands on what it got

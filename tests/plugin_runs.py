"""Running pytest with the plugin on small test files, within this process."""

import re
import sys
from importlib.metadata import entry_points
from pathlib import Path

import tinygrad_cnn
from tinygrad_cnn.testing.plugin import mutants, reports, samples  # noqa: F401  # not loaded in each run
from tinygrad_cnn.testing.samples import book

PACKAGE = str(Path(tinygrad_cnn.__file__).parent)
INSTALLED = any(found.name == "tinygrad_cnn" for found in entry_points(group="pytest11"))
INI = """[pytest]
filterwarnings = error
addopts = --strict-markers -p no:cacheprovider -p no:benchmark -p no:hypothesispytest
"""  # other plugins cost time, or warn
HEAD = """
from pathlib import Path
import numpy as np
import pytest
from tinygrad_cnn import grad, nn, op, relu, tensor
from tinygrad_cnn.testing import GradcheckError, Sample, add_samples, samples_of

@op
def cube(x):
    return x.array**3, lambda g: g * 3 * x * x

@op
def wrong(x):
    return x.array**3, lambda g: g * 2 * x * x

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -2.0]])
"""


def make_runner(pytester, monkeypatch):
    """Make a function that runs pytest on a file of tests; samples that it adds are forgotten afterwards."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setattr(book, "_added", {})
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file may replace another within a second
    pytester.makeini(INI)

    def run(source, *options, **settings):
        pytester.makepyfile(test_it=HEAD + source)
        return pytester.runpytest_inprocess(*run.plugin, *options, **settings)

    run.plugin = [] if INSTALLED else ["-p", "tinygrad_cnn.testing.pytest_plugin"]
    return run


def lines_of(result):
    return "\n".join(result.outlines)


def line_of(pytester, code):
    return (pytester.path / "test_it.py").read_text().splitlines().index(code) + 1


def table(result):
    """Read the summary: op -> (tests, planted, found, not reached, survived)."""
    rows = re.findall(r"^(\w+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", lines_of(result), re.MULTILINE)
    return {name: tuple(int(n) for n in numbers) for name, *numbers in rows}

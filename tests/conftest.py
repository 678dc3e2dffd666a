"""Every test starts from the same state: the default generator at seed 0, no op of another test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tinygrad_cnn import REGISTRY, manual_seed

pytest_plugins = ["pytester"]  # to run pytest within tests of the pytest plugin


@pytest.fixture(autouse=True)
def _fresh_state() -> Iterator[None]:
    manual_seed(0)
    known = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(known)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run pytest with the package's plugin on a file of tests."""
    from plugin_runs import make_runner

    return make_runner(pytester, monkeypatch)

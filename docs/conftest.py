"""Each page is checked on its own: operations that its examples define are gone after it."""

from collections.abc import Iterator

import pytest

from tinygrad_cnn import REGISTRY

collect_ignore_glob = ["*.py"]  # importing them would define operations that have the names of examples


@pytest.fixture(autouse=True)
def registry_as_before() -> Iterator[None]:
    """Take operations out of the registry that were not there before the page."""
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)

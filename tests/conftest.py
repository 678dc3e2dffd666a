"""Every test starts from the same state: the default generator at seed 0, no op of another test."""

from collections.abc import Iterator

import pytest

from tinygrad_cnn import REGISTRY, manual_seed


@pytest.fixture(autouse=True)
def _fresh_state() -> Iterator[None]:
    manual_seed(0)
    known = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(known)

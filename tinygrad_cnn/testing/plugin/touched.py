"""Which operations each test calls with a gradient, noted while the tests run once."""

from collections import UserDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ...base import record
from ...core import REGISTRY, Op


class _Noting(UserDict):
    """Stands in for the engine's table of planted mistakes, which is asked about every recorded call."""

    def __init__(self, planted: dict[str, Any], touched: "Touched") -> None:
        self.data = planted  # what others plant meanwhile goes to where it belongs
        self._note = touched.note

    def __len__(self) -> int:
        return max(len(self.data), 1)  # an empty table would not be asked

    def __contains__(self, name: object) -> bool:
        self._note(str(name))
        return name in self.data


class Touched:
    """The operations that each test calls, those of the fixtures that it shares with others included."""

    def __init__(self) -> None:
        self.records: dict[str, Op] = {}  # of the operations, as they were when they were called
        self._by_item: dict[pytest.Item, set[str]] = {}
        self._by_fixture: list[tuple[Any, str, set[str]]] = []
        self._open: list[set[str]] = []

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note calls."""
        before = record.planted
        record.planted = _Noting(before, self)  # type: ignore[assignment]  # it is asked in the same words
        try:
            yield
        finally:
            record.planted = before

    def begin(self, item: pytest.Item) -> None:
        """From here on, calls are those of this test."""
        self._open = [self._by_item.setdefault(item, set())]

    @contextmanager
    def fixture(self, node: Any, name: str) -> Iterator[None]:
        """Calls meanwhile are also those of all tests that share a fixture."""
        mine: set[str] = set()
        self._open.append(mine)
        try:
            yield
        finally:
            self._open.pop()
            if mine:
                self._by_fixture.append((node, name, mine))

    def note(self, name: str) -> None:
        """Note a call; what is recorded under other names than those of operations is left out."""
        if self._open and name not in self._open[-1] and name in REGISTRY:
            self.records[name] = REGISTRY[name]
            for names in self._open:
                names.add(name)

    def tests_by_op(self, items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
        """List the tests of each operation, in their order."""
        names = {item: set(self._by_item.get(item, ())) for item in items}
        for node, fixture, touched in self._by_fixture:
            below = [item for item in items if node in item.listchain()]
            asking = [item for item in below if fixture in getattr(item, "fixturenames", ())]
            for item in asking or below:  # if nobody names it, it was asked for on the way
                names[item] |= touched
        found: dict[str, list[pytest.Item]] = {}
        for item in items:
            for name in sorted(names[item]):
                found.setdefault(name, []).append(item)
        return found

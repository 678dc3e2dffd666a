"""Running tests again within the same session, unseen by what counts and prints results."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class Rerun:
    """Runs tests again; each starts as if it had not run before."""

    def __init__(self) -> None:
        self.active = False
        self._session: Any = None
        self._reports: list[pytest.TestReport] = []
        self._first: dict[pytest.Item, tuple[int, int, dict[str, Any]]] = {}

    @contextmanager
    def running(self, session: pytest.Session) -> Iterator[None]:
        """Take tests over from pytest."""
        self.active, self._session = True, session
        try:
            yield
        finally:
            self.active = False

    def remember(self, item: pytest.Item) -> None:
        """Note what a run adds to a test or uses up, before it runs for the first time."""
        names = dict(getattr(getattr(item, "dtest", None), "globs", {}))
        self._first[item] = (len(item.user_properties), len(_sections(item)), names)

    def protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test within whatever plugins put around it, but tell nobody."""
        from _pytest.runner import runtestprotocol

        self._reports = runtestprotocol(item, nextitem=nextitem, log=False)
        return True

    def failing(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Run tests, and list those that fail."""
        return list(self._failing(items))

    def first_failing(self, items: list[pytest.Item]) -> pytest.Item | None:
        """Run tests until one fails."""
        found = self._failing(items)
        try:
            return next(found, None)
        finally:
            found.close()

    def _failing(self, items: list[pytest.Item]) -> Any:
        try:
            for item, nextitem in zip(items, [*items[1:], None], strict=True):
                self._rewind(item)
                self._reports = []
                item.ihook.pytest_runtest_protocol(item=item, nextitem=nextitem)
                if any(report.failed for report in self._reports):
                    yield item
        finally:
            self._tear_down()

    def _tear_down(self) -> None:
        """End the fixtures that tests share; what fails in them now has nothing to add."""
        try:
            self._session._setupstate.teardown_exact(None)
        except (KeyboardInterrupt, SystemExit, pytest.exit.Exception):
            raise
        except BaseException:  # pytest.fail is no Exception
            return

    def _rewind(self, item: pytest.Item) -> None:
        """Put a test back to where it was before it ran."""
        properties, sections, names = self._first[item]
        del item.user_properties[properties:]
        del _sections(item)[sections:]
        if names:  # a doctest, which clears its names in the end
            item.dtest.globs.update(names)  # type: ignore[attr-defined]
        instance, bound = vars(item).get("_instance"), vars(item).get("_obj")
        if instance is not None and (bound is None or getattr(bound, "__self__", None) is instance):
            vars(item).pop("_obj", None)
            del item._instance  # type: ignore[attr-defined]  # each run of a test in a class gets its own


def _sections(item: pytest.Item) -> list[Any]:
    return getattr(item, "_report_sections", [])

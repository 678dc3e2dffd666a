"""Two graphs beside each other: what differs, in words and as a picture; a graph beside a file, in tests."""

from .difference import Difference, diff
from .expected import assert_graph
from .rows import Row

__all__ = ["Difference", "Row", "assert_graph", "diff"]

"""The list of all operations, with what checks, pictures and documentation read of each."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from .dims import Dims


class Op(NamedTuple):
    """The record of one operation, from which checks, pictures and documentation are made."""

    name: str
    call: Callable[..., Any]
    forward: Callable[..., Any]
    inputs: tuple[str, ...]  # names of the tensors
    settings: tuple[str, ...]  # names of the constants
    variadic: bool  # takes any number of tensors
    dims: Dims | None

    @property
    def doc(self) -> str:
        """The mathematics, as written above the definition."""
        return inspect.cleandoc(self.forward.__doc__ or "")


REGISTRY: dict[str, Op] = {}

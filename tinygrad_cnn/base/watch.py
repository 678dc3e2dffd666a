"""Watching the arrays that were handed out for writing.

While nobody outside holds an array of a tensor, replacing it is the only way to change the tensor, and the
identity of the array tells. Once `Tensor.data` has handed it out, it can change at any time: its bytes are
then fingerprinted when an operation records it and compared before the backward pass uses it.
"""

import weakref
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import GraphError
from .closures import mentions, shares_memory
from .values import Held

Fingerprint = int
Stamp = tuple[Held, np.ndarray, Fingerprint | None]  # a leaf, and what it held


def fingerprint(array: np.ndarray) -> Fingerprint:
    """Reduce an array to one number that changes when the array does."""
    return zlib.crc32(np.ascontiguousarray(array).data) if array.size else 0


class Watch:
    """The array as it was when it was handed out."""

    __slots__ = ("fingerprint", "origin")

    def __init__(self, origin: np.ndarray, print_: Fingerprint) -> None:
        self.origin = weakref.ref(origin)
        self.fingerprint = print_

    @staticmethod
    def expose(array: np.ndarray) -> tuple[np.ndarray, "Watch"]:
        """Copy an array for the outside, so that views and closures that share the old one cannot change."""
        private = np.array(array, order="C")
        return private, Watch(array, fingerprint(private))


def stamp(leaf: Held) -> Stamp:
    """Note what a leaf holds now."""
    return leaf, leaf.array, None if leaf.watch is None else fingerprint(leaf.array)


def is_unchanged(noted: Stamp) -> bool:
    """Say whether the leaf still has the values that it had when it was stamped."""
    leaf, array, print_ = noted
    if leaf.array is array:
        return print_ is None or fingerprint(array) == print_
    watch = leaf.watch  # handed out since then: `data` copied the array and noted its bytes
    return watch is not None and watch.origin() is array and fingerprint(leaf.array) == watch.fingerprint


def arrays_at_risk(noted: Stamp) -> list[np.ndarray]:
    """List the arrays of a changed leaf whose contents may have changed, too: views of them are wrong now."""
    leaf, array, print_ = noted
    overwritten = print_ is not None and fingerprint(array) != print_  # by who held it from before
    return [leaf.array, array] if overwritten else [leaf.array]


def private(y: np.ndarray, args: tuple[Held | None, ...]) -> np.ndarray:
    """Copy a result that is a view of an array which somebody outside can write to."""
    shared = any(x is not None and x.watch is not None and np.may_share_memory(y, x.array) for x in args)
    return y.copy() if shared else y


def check_graph(order: Sequence[Any]) -> None:
    """Raise a `GraphError` if closures were dropped, or if they would read values that have changed since."""
    for node in order:
        if node.closures is None:
            raise GraphError(
                f"the graph of this {node.op} was released by an earlier backward(); "
                "pass retain_graph=True to the first one, or compute the result again"
            )
        for noted in node.stamps:
            leaf = noted[0]
            if leaf.array is noted[1] and noted[2] is None:  # neither replaced nor handed out
                continue
            if not is_unchanged(noted) and _is_used(noted, order):
                raise GraphError(
                    f"a tensor of shape {leaf.shape} that {node.op} needs for its gradient was changed after "
                    "it was used; compute the result again after the change, or change a copy"
                )


def _is_used(noted: Stamp, order: Sequence[Any]) -> bool:
    arrays = arrays_at_risk(noted)
    for node in order:
        if any(mentions(closure, noted[0], arrays) for closure in node.closures or ()):
            return True
        if node.array is not None and shares_memory(node.array, arrays):
            return True
    return False

"""Functions of every value, and of two values at a time, with broadcasting."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError
from .arguments import as_tensor


def clip(input: Any, min: float | None = None, max: float | None = None) -> Tensor:
    """Bring values into min..max; the gradient is 0 where a value was moved.

    >>> import tinygrad_cnn as tg
    >>> tg.clip(tg.tensor([-2.0, 0.5, 2.0]), -1, 1)
    tensor([-1. ,  0.5,  1. ])
    """
    if min is None and max is None:
        raise ArgumentError("clip: give min, max or both")
    bounds = [bound for bound in (min, max) if bound is not None]
    if not all(isinstance(bound, int | float | np.number) for bound in bounds):
        raise ArgumentError("clip: min and max must be numbers; for tensors use maximum and minimum")
    x = as_tensor(input)
    if x.dtype.kind != "f" and not all(isinstance(bound, int | np.integer) for bound in bounds):
        x = wrap(x.array.astype(np.float32))
    return ops.clip(x, min=min, max=max)


def where(condition: Any, input: Any, other: Any) -> Tensor:
    """Take ``input`` where the condition holds and ``other`` elsewhere; the side not taken gets gradient 0.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([-1.0, 2.0])
    >>> tg.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    array = np.array(condition.array if isinstance(condition, Tensor) else condition)  # a private copy
    if array.dtype != np.bool_:
        raise ArgumentError(
            f"where: the condition must be boolean, got {array.dtype}; write for instance x > 0"
        )
    return ops.select(input, other, condition=array)

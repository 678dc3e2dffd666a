"""A Parameter: a tensor that says of itself that it is learnt, so that a Module can find it."""

from typing import Any

from ..core import Tensor


class Parameter(Tensor):
    """A leaf tensor that a `Module` registers when it becomes an attribute.

    ``data`` is anything that `Tensor` takes; it is copied. What is computed from parameters are plain
    tensors.

    >>> from tinygrad_cnn import nn
    >>> w = nn.Parameter([1.0, 2.0])
    >>> w.requires_grad, type(w * 2).__name__
    (True, 'Tensor')
    """

    __slots__ = ()  # the layout of Tensor, so that a deep copy can become a Parameter again

    def __init__(self, data: Any, requires_grad: bool = True, *, dtype: Any = None) -> None:
        super().__init__(data, requires_grad, dtype=dtype)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"

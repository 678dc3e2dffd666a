"""What Python and numpy ask of a tensor: its values, its length, its truth. `methods` hands it out."""

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import Tensor, wrap
from ..errors import DtypeError, GraphError, ShapeError
from .arguments import one_dim


def item(self: Tensor) -> float | int | bool:
    """The only value, as a Python number."""
    if self.array.size != 1:
        raise ShapeError(
            f"item() expects a tensor with one value, got shape {self.array.shape}; use tolist()"
        )
    return self.array.item()


def tolist(self: Tensor) -> Any:
    """The values as nested Python lists."""
    return self.array.tolist()


def size(self: Tensor, dim: int | None = None) -> Any:
    """All sizes, or that of one dimension."""
    if dim is None:
        return self.array.shape
    d = one_dim("size", dim, self.array.ndim)
    if not self.array.ndim:
        raise ShapeError(f"size: a tensor without dimensions has no size of dim {dim}")
    return self.array.shape[d]


def numel(self: Tensor) -> int:
    """The number of values."""
    return self.array.size


def dim(self: Tensor) -> int:
    """The number of dimensions: `ndim`."""
    return self.array.ndim


def contiguous(self: Tensor) -> Tensor:
    """The tensor itself: how its values lie in memory changes no result, and is chosen by the operations."""
    return self


def is_floating_point(self: Tensor) -> bool:
    """True for float32 and float64."""
    return self.array.dtype.kind == "f"


def retain_grad(self: Tensor) -> None:
    """Keep the gradient of this intermediate result in ``.grad``, too."""
    weak = weakref.ref(self)  # the hook lives in the graph, and must not keep this result alive

    def keep(g: Tensor) -> None:
        result = weak()
        if result is not None:
            result.grad = wrap(g.array) if result.grad is None else result.grad + wrap(g.array)

    if self.node is not None:
        self.register_hook(keep)


def _array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
    if copy or (dtype is not None and np.dtype(dtype) != self.array.dtype):
        if copy is False:
            raise ValueError(
                f"a {self.array.dtype} tensor cannot be seen as {np.dtype(dtype)} without a copy"
            )
        return np.array(self.array, dtype=dtype)
    return self.numpy()


def _bool(self: Tensor) -> bool:
    if self.array.size != 1:
        raise ShapeError(
            f"the truth of a tensor of shape {self.array.shape} is ambiguous; use .any() or .all()"
        )
    return bool(self.array.item())


def _index(self: Tensor) -> int:
    if self.array.dtype.kind not in "iu":
        raise DtypeError(f"an index is an integer, got a {self.array.dtype} tensor")
    return int(self.item())


def _len(self: Tensor) -> int:
    if not self.array.ndim:
        raise ShapeError("a tensor without dimensions has no length")
    return self.array.shape[0]


def _iter(self: Tensor) -> Iterator[Tensor]:
    return (self[i] for i in range(len(self)))


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if self.node is not None:
        raise GraphError("only leaf tensors can be deep-copied; use x.detach()")
    twin = wrap(self.array.copy())
    twin.__class__ = self.__class__
    twin.requires_grad = self.requires_grad
    twin.grad = None if self.grad is None else wrap(self.grad.array.copy())
    memo[id(self)] = twin
    return twin


PROTOCOLS = {
    "__array__": _array,
    "__bool__": _bool,
    "__deepcopy__": _deepcopy,
    "__float__": lambda self: float(self.item()),
    "__index__": _index,
    "__int__": lambda self: int(self.item()),
    "__iter__": _iter,
    "__len__": _len,
    "contiguous": contiguous,
    "dim": dim,
    "is_floating_point": is_floating_point,
    "item": item,
    "numel": numel,
    "retain_grad": retain_grad,
    "size": size,
    "tolist": tolist,
}

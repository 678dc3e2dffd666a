"""The methods of tensors that change shapes, take parts and multiply matrices, for the table in `methods`."""

from collections.abc import Callable
from typing import Any

from ..core import Tensor
from ..errors import ShapeError
from . import arrange, indexing, join, linear, products, shape


def _in_a_row(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take numbers one by one, ``x.permute(1, 0)``, or as one sequence."""

    def method(self: Tensor, *numbers: Any, **named: Any) -> Any:
        single = len(numbers) == 1 and not isinstance(numbers[0], int)
        return function(
            self, *((numbers[0] if single else numbers,) if numbers or not named else ()), **named
        )

    return method


def _transposed(self: Tensor) -> Tensor:
    if self.ndim < 2:
        raise ShapeError(f"mT: expected a matrix or a stack of them, got shape {self.shape}")
    return shape.transpose(self, -2, -1)


_SHAPE = "broadcast_to flatten movedim squeeze t transpose unflatten unsqueeze"
_ARRANGE = "diag diagonal fliplr flipud repeat repeat_interleave roll rot90 tril triu"
_PRODUCTS = "addmm baddbmm bmm dot inner mm mv outer trace"

METHODS: dict[str, Any] = {
    **{name: getattr(shape, name) for name in _SHAPE.split()},
    **{name: getattr(arrange, name) for name in _ARRANGE.split()},
    **{name: getattr(join, name) for name in ("chunk", "split", "tensor_split", "unbind")},
    **{name: getattr(indexing, name) for name in ("narrow", "select")},
    **{name: getattr(products, name) for name in _PRODUCTS.split()},
    "expand": shape.expand,
    "expand_as": lambda self, other: shape.expand(self, other.shape),
    "flip": _in_a_row(arrange.flip),
    "matmul": linear.matmul,
    "moveaxis": shape.movedim,
    "permute": _in_a_row(shape.permute),
    "reshape": _in_a_row(shape.reshape),
    "reshape_as": lambda self, other: shape.reshape(self, other.shape),
    "swapaxes": shape.swapaxes,
    "swapdims": shape.transpose,
    "tile": _in_a_row(arrange.tile),
    "view": _in_a_row(shape.reshape),
    "view_as": lambda self, other: shape.reshape(self, other.shape),
    "T": property(lambda self: shape.permute(self, range(self.ndim)[::-1])),
    "mT": property(_transposed),
}

"""The table that gives tensors their operators and methods; each is the function of the same name."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, is_grad_enabled, wrap
from ..errors import DtypeError, GraphError, ShapeError
from . import (
    activation,
    activation_pieces,
    arithmetic,
    compare,
    elementwise,
    indexing,
    linear,
    methods_reduce,
    methods_shape,
    reduce,
    unfold,
)
from .interchange import INTERCHANGE
from .protocols import PROTOCOLS


def _comparison(function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Any]:
    """Let Python decide about what is no number: ``x == None`` is False, ``x < None`` an error."""

    def method(self: Tensor, other: Any) -> Any:
        return function(self, other) if isinstance(other, compare.COMPARABLE) else NotImplemented

    return method


def _bitwise(sign: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    return lambda self, *other: compare.bitwise(sign, function, self, *other)


def _in_place(sign: str, function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Tensor]:
    """Change a leaf where nothing is recorded; elsewhere, make a new tensor, so that the old one stays what
    it was."""

    def method(self: Tensor, other: Any) -> Tensor:
        recorded = is_grad_enabled() and (self.requires_grad or getattr(other, "requires_grad", False))
        if not recorded and self.node is None:
            result = function(self, other).array
            if result.shape != self.shape or result.dtype != self.dtype:
                raise ShapeError(
                    f"{sign} cannot turn {self.shape} {self.dtype} into {result.shape} {result.dtype}"
                )
            self.replace(result)
            return self
        if self.node is None and self.requires_grad:
            raise GraphError(f"{sign} would change a leaf that requires grad; do it inside of no_grad()")
        return function(self, other)

    return method


def _ufunc(self: Tensor, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **settings: Any) -> Any:
    """Answer numpy's functions: arithmetic with an array gives a tensor; others would leave the graph
    unseen."""
    if out is not None and not any(isinstance(x, Tensor) for x in out):  # array += tensor: the caller's array
        arrays = [x.array if isinstance(x, Tensor) else x for x in inputs]
        return getattr(ufunc, method)(*arrays, out=out, **settings)
    operation = _UFUNCS.get(ufunc)
    if operation is None or method != "__call__" or settings or out is not None:
        raise _outside(ufunc)
    return operation(*inputs)


def _numpy_function(self: Tensor, function: Any, types: Any, args: Any, settings: dict[str, Any]) -> Any:
    """Answer numpy's other functions: a tensor that requires grad would lose its gradient in them."""
    held = [x for a in (*args, *settings.values()) for x in (a if isinstance(a, list | tuple) else (a,))]
    recorded = any(isinstance(x, Tensor) and x.requires_grad for x in held)
    if recorded and function not in _QUESTIONS:
        raise _outside(function)
    return function(*map(_plain, args), **{name: _plain(value) for name, value in settings.items()})


def _plain(x: Any) -> Any:
    if isinstance(x, list | tuple):
        return type(x)(map(_plain, x)) if any(isinstance(part, Tensor) for part in x) else x
    return x.numpy() if isinstance(x, Tensor) else x


def _outside(function: Any) -> DtypeError:
    return DtypeError(
        f"np.{function.__name__} on a tensor would leave the graph; "
        "use the function of this package, or np.asarray(x)"
    )


def _reverse(function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Tensor]:
    return lambda self, other: function(other, self)


def _to(self: Tensor, dtype: Any) -> Tensor:
    """Give the same values in another dtype; between floats, the gradient follows."""
    return reduce.in_dtype("to", self, dtype)


def _floor_divided(self: Any, other: Any) -> Tensor:
    return arithmetic.div(self, other, rounding_mode="floor")


def _zero(self: Tensor) -> Tensor:
    """Set a leaf (a gradient, say) to zeros, where nothing is recorded."""
    if self.node is not None or (self.requires_grad and is_grad_enabled()):
        raise GraphError("zero_ would change a tensor in a graph; do it inside of no_grad()")
    self.replace(np.zeros_like(self.array))
    return self


def _clone(self: Tensor) -> Tensor:
    return ops.mul(self, 1.0) if self.requires_grad else wrap(self.array.copy())


_OPERATORS: dict[str, Callable[..., Any]] = {
    "__add__": ops.add,
    "__radd__": _reverse(ops.add),
    "__sub__": ops.sub,
    "__rsub__": _reverse(ops.sub),
    "__mul__": ops.mul,
    "__rmul__": _reverse(ops.mul),
    "__truediv__": ops.div,
    "__rtruediv__": _reverse(ops.div),
    "__pow__": arithmetic.pow,
    "__rpow__": _reverse(arithmetic.pow),
    "__matmul__": linear.matmul,
    "__rmatmul__": _reverse(linear.matmul),
    "__neg__": ops.neg,
    "__pos__": lambda self: arithmetic.numeric("+", self),
    "__abs__": arithmetic.abs,
    "__iadd__": _in_place("+=", ops.add),
    "__isub__": _in_place("-=", ops.sub),
    "__imul__": _in_place("*=", ops.mul),
    "__itruediv__": _in_place("/=", ops.div),
    "__contains__": lambda self, value: bool(compare.eq(self, value).array.any()),
    "__eq__": _comparison(compare.eq),
    "__ne__": _comparison(compare.ne),
    "__lt__": _comparison(compare.lt),
    "__le__": _comparison(compare.le),
    "__gt__": _comparison(compare.gt),
    "__ge__": _comparison(compare.ge),
    "__floordiv__": _floor_divided,
    "__rfloordiv__": _reverse(_floor_divided),
    "__mod__": arithmetic.remainder,
    "__rmod__": _reverse(arithmetic.remainder),
    "__and__": _bitwise("&", np.bitwise_and),
    "__rand__": _bitwise("&", np.bitwise_and),
    "__or__": _bitwise("|", np.bitwise_or),
    "__ror__": _bitwise("|", np.bitwise_or),
    "__xor__": _bitwise("^", np.bitwise_xor),
    "__rxor__": _bitwise("^", np.bitwise_xor),
    "__invert__": _bitwise("~", np.invert),
    "__getitem__": indexing.getitem,
    "__setitem__": indexing.set_item,
    "__array_ufunc__": _ufunc,
    "__array_function__": _numpy_function,
}

_ARITHMETIC = "abs add div exp log maximum minimum mul neg pow remainder sqrt sub"
_ELEMENTWISE = "atan2 ceil cos erf erfc expm1 floor log1p reciprocal round rsqrt sign sin square tan trunc"
_COMPARISONS = "eq ge gt isfinite isinf isnan le logical_and logical_not logical_or logical_xor lt ne"

_METHODS: dict[str, Any] = {
    **{name: getattr(arithmetic, name) for name in _ARITHMETIC.split()},
    **{name: getattr(activation, name) for name in ("relu", "sigmoid", "tanh", "softmax", "log_softmax")},
    **methods_reduce.METHODS,
    **methods_shape.METHODS,
    **{name: getattr(elementwise, name) for name in _ELEMENTWISE.split()},
    **{name: getattr(compare, name) for name in _COMPARISONS.split()},
    **{name: getattr(activation_pieces, name) for name in ("hardshrink", "prelu")},
    "where": lambda self, condition, other: elementwise.where(condition, self, other),
    "clip": elementwise.clip,
    "clamp": elementwise.clip,
    "clone": _clone,
    "unfold": unfold.windows_along,
    "zero_": _zero,
    "to": _to,
    "float": lambda self: _to(self, np.float32),
    "double": lambda self: _to(self, np.float64),
    "long": lambda self: _to(self, np.int64),
    "int": lambda self: _to(self, np.int32),
    "bool": lambda self: _to(self, np.bool_),
}

_QUESTIONS = {
    np.shape,
    np.ndim,
    np.size,
    np.isclose,
    np.allclose,
    np.array_equal,
}  # nobody differentiates these

_UFUNCS = {
    np.add: ops.add,
    np.subtract: ops.sub,
    np.multiply: ops.mul,
    np.true_divide: ops.div,
    np.power: ops.pow,
    np.matmul: linear.matmul,
    np.negative: ops.neg,
    np.equal: lambda a, b: b == a if not isinstance(a, Tensor) else a == b,
    np.not_equal: lambda a, b: b != a if not isinstance(a, Tensor) else a != b,
    np.less: lambda a, b: b > a if not isinstance(a, Tensor) else a < b,
    np.less_equal: lambda a, b: b >= a if not isinstance(a, Tensor) else a <= b,
    np.greater: lambda a, b: b < a if not isinstance(a, Tensor) else a > b,
    np.greater_equal: lambda a, b: b <= a if not isinstance(a, Tensor) else a >= b,
}


def install() -> None:
    """Give every tensor the operators and methods of the tables above."""
    for name, function in {**PROTOCOLS, **INTERCHANGE, **_OPERATORS, **_METHODS}.items():
        setattr(Tensor, name, function)

"""The largest and smallest values, and where they are.

Ties are decided. Reductions without places (`amax`, `amin`, `aminmax`, and `max` and `min` of all values)
share the gradient evenly between equal values. With places (`max` and `min` along a dimension, `argmax`,
`argmin`), the first of them is picked, and it alone gets the gradient. A NaN is both the largest and the
smallest value.
"""

from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ShapeError
from .arguments import as_tensor, flag, numeric, one_dim
from .pick import held, picked
from .reduce import only_with_dim, over

__all__ = ["amax", "amin", "aminmax", "argmax", "argmin", "max", "min"]


class MinAndMax(NamedTuple):
    """What `aminmax` gives."""

    min: Tensor
    max: Tensor


def amax(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Largest value over ``dim`` (a number, a tuple, or None for all); equal values share the gradient
    evenly.

    Raises:
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> tg.amax(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    tensor([5., 4.])
    """
    x = as_tensor(input, "amax")
    return ops.amax(x, dim=_filled("amax", "largest", x, dim), keepdim=flag("amax", "keepdim", keepdim))


def amin(input: Any, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Smallest value over ``dim`` (a number, a tuple, or None for all); equal values share the gradient
    evenly.

    Raises:
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> tg.amin(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    tensor([1., 3.])
    """
    x = as_tensor(input, "amin")
    return _smallest(x, _filled("amin", "smallest", x, dim), flag("amin", "keepdim", keepdim))


def _smallest(x: Tensor, dim: tuple[int, ...], keepdim: bool) -> Tensor:
    if x.dtype.kind != "f":
        return wrap(np.asarray(np.min(x.array, axis=dim, keepdims=keepdim)))
    return ops.neg(ops.amax(ops.neg(x), dim=dim, keepdim=keepdim))


def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> MinAndMax:
    """Smallest and largest value (fields ``min`` and ``max``), of all or along one ``dim``; equal values
    share the gradient evenly.

    Raises:
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> low, high = tg.aminmax(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    >>> low, high
    (tensor([1., 3.]), tensor([5., 4.]))
    """
    x = as_tensor(input, "aminmax")
    one = None if dim is None else one_dim("aminmax", dim, x.ndim)
    chosen, keepdim = _filled("aminmax", "smallest", x, one), flag("aminmax", "keepdim", keepdim)
    return MinAndMax(_smallest(x, chosen, keepdim), ops.amax(x, dim=chosen, keepdim=keepdim))


def max(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Largest value: of all, along one ``dim`` (values and indices), or of two tensors (`maximum`).

    Of all values, equal ones share the gradient evenly. Along a dimension, the first of several equal values
    is picked, and it alone gets the gradient.

    Raises:
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.max(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    >>> values, indices
    (tensor([5., 4.]), tensor([1, 1]))
    """
    return _extreme("max", ops.maximum, np.argmax, amax, input, dim if other is None else other, keepdim)


def min(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Smallest value: of all, along one ``dim`` (values and indices), or of two tensors (`minimum`).

    Of all values, equal ones share the gradient evenly. Along a dimension, the first of several equal values
    is picked, and it alone gets the gradient.

    Raises:
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.min(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    >>> values, indices
    (tensor([1., 3.]), tensor([0, 0]))
    """
    return _extreme("min", ops.minimum, np.argmin, amin, input, dim if other is None else other, keepdim)


def _extreme(name: str, of_two: Any, place: Any, of_all: Any, input: Any, dim: Any, keepdim: bool) -> Any:
    x = as_tensor(input, name)
    if isinstance(dim, Tensor | np.ndarray):
        return of_two(x, dim)
    only_with_dim(name, dim, keepdim)
    if dim is None:
        _filled(name, "largest" if name == "max" else "smallest", x, None)
        y = of_all(x)
        return y if bool(y.array == y.array) else held(x, np.isnan(x.array))
    return picked(x, one_dim(name, dim, x.ndim), _place(name, place, x, dim, True), keepdim)


def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Place of the largest value (the first of several), in all values or along ``dim``; it has no gradient.

    Raises:
        DtypeError: x is boolean.
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> tg.argmax(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    tensor([1, 1])
    """
    x = numeric("argmax", as_tensor(input, "argmax"))
    return wrap(_place("argmax", np.argmax, x, dim, flag("argmax", "keepdim", keepdim)))


def argmin(input: Any, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Place of the smallest value (the first of several), in all values or along ``dim``; it has no gradient.

    Raises:
        DtypeError: x is boolean.
        ShapeError: there is no value to choose from.

    >>> import tinygrad_cnn as tg
    >>> tg.argmin(tg.tensor([[1.0, 5.0], [3.0, 4.0]]), dim=1)
    tensor([0, 0])
    """
    x = numeric("argmin", as_tensor(input, "argmin"))
    return wrap(_place("argmin", np.argmin, x, dim, flag("argmin", "keepdim", keepdim)))


def _place(name: str, place: Any, x: Tensor, dim: int | None, keepdim: bool) -> np.ndarray:
    axis = None if dim is None else one_dim(name, dim, x.ndim)
    _filled(name, "smallest" if name.endswith("min") else "largest", x, axis)
    return np.asarray(place(x.array, axis=axis, keepdims=keepdim) if x.ndim else 0)


def _filled(name: str, what: str, x: Tensor, dim: Any) -> tuple[int, ...]:
    """Give the dimensions, which must hold something."""
    chosen = over(name, dim, x.ndim)
    if 0 in [x.shape[d] for d in chosen]:
        raise ShapeError(f"{name}: there is no {what} value in a tensor of shape {x.shape}")
    return chosen

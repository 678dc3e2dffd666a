"""Making tensors from nothing; random ones draw from an explicit generator, or from the default one."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import Tensor, to_array, wrap
from ..errors import ArgumentError, DtypeError
from .arguments import as_tensor, fits_into, integer, integer_list, number, random_source

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "linspace",
    "ones",
    "ones_like",
    "rand",
    "rand_like",
    "randn",
    "randn_like",
    "tensor",
    "zeros",
    "zeros_like",
]


def _sizes(function: str, sizes: tuple[Any, ...]) -> tuple[int, ...]:
    return integer_list(function, "size", sizes[0] if len(sizes) == 1 else sizes, 0)


def _dtype(function: str, dtype: Any) -> np.dtype:
    """Check that a tensor can hold it."""
    try:
        return to_array(0, dtype).dtype
    except (ArgumentError, DtypeError):
        raise DtypeError(
            f"{function}: dtype must be float32, float64, an integer type or bool, got {dtype!r}"
        ) from None


def _leaf(array: np.ndarray, requires_grad: bool) -> Tensor:
    return wrap(array).requires_grad_(requires_grad)


def tensor(data: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a leaf tensor from numbers, nested lists or an array (which is copied).

    Python floats become float32; numpy arrays keep their dtype.

    >>> from tinygrad_cnn import tensor
    >>> tensor([1.0, 2.0]).dtype
    dtype('float32')
    >>> tensor([1, 2])
    tensor([1, 2])
    """
    return Tensor(data, requires_grad, dtype=dtype)


def zeros(*size: Any, dtype: Any = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a tensor of zeros; `empty` is another name of it.

    >>> import tinygrad_cnn as tg
    >>> tg.zeros(2, 2)
    tensor([[0., 0.],
            [0., 0.]])
    """
    return _leaf(np.zeros(_sizes("zeros", size), _dtype("zeros", dtype)), requires_grad)


def ones(*size: Any, dtype: Any = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a tensor of ones.

    >>> import tinygrad_cnn as tg
    >>> tg.ones(3)
    tensor([1., 1., 1.])
    """
    return _leaf(np.ones(_sizes("ones", size), _dtype("ones", dtype)), requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of one value, whose kind (float, integer or boolean) decides the dtype if none is given.

    >>> import tinygrad_cnn as tg
    >>> tg.full((2,), 7.0), tg.full((2,), 7)
    (tensor([7., 7.]), tensor([7, 7]))
    """
    value = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    if not isinstance(value, bool | np.bool_):
        number("full", "fill_value", value)
    kind = _dtype("full", dtype) if dtype is not None else to_array(value).dtype
    value = fits_into("full", "fill_value", value, kind)
    return _leaf(np.full(_sizes("full", (size,)), value, kind), requires_grad)


def zeros_like(input: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make zeros in the shape and, if none is given, the dtype of another tensor; `empty_like` is the same.

    >>> import tinygrad_cnn as tg
    >>> tg.zeros_like(tg.tensor([1, 2]))
    tensor([0, 0])
    """
    x = as_tensor(input, "zeros_like")
    return zeros(x.shape, dtype=_kind(x, dtype), requires_grad=requires_grad)


def ones_like(input: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make ones in the shape and, if none is given, the dtype of another tensor.

    >>> import tinygrad_cnn as tg
    >>> tg.ones_like(tg.tensor([3.0, 4.0]))
    tensor([1., 1.])
    """
    x = as_tensor(input, "ones_like")
    return ones(x.shape, dtype=_kind(x, dtype), requires_grad=requires_grad)


def full_like(input: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Make a tensor of one value in the shape and, if none is given, the dtype of another tensor.

    >>> import tinygrad_cnn as tg
    >>> tg.full_like(tg.tensor([1.0, 2.0]), 7)
    tensor([7., 7.])
    """
    x = as_tensor(input, "full_like")
    return full(x.shape, fill_value, dtype=_kind(x, dtype), requires_grad=requires_grad)


def _kind(x: Tensor, dtype: Any) -> Any:
    return x.dtype if dtype is None else dtype


def arange(
    start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, requires_grad: bool = False
) -> Tensor:
    r"""Make numbers from ``start`` (0 if only one argument is given) up to, not including, ``end``:
    :math:`y_i = start + i\,step`.

    Whole numbers give integers, others float32.

    Raises:
        ArgumentError: a step of 0, one that leads away from ``end``, or a bound that is not finite.

    >>> import tinygrad_cnn as tg
    >>> tg.arange(3), tg.arange(1, 2, 0.5)
    (tensor([0, 1, 2]), tensor([1. , 1.5]))
    """
    if end is None:
        start, end = 0, start
    first, last, by = (x.item() if isinstance(x, Tensor) else x for x in (start, end, step))
    for name, value in (("start", first), ("end", last), ("step", by)):
        if not math.isfinite(number("arange", name, value)):
            raise ArgumentError(f"arange: {name} must be finite, got {value!r}")
    if by == 0 or (last - first) * by < 0:
        raise ArgumentError(f"arange: a step of {by!r} does not lead from {first!r} to {last!r}")
    whole = all(isinstance(x, int | np.integer) for x in (first, last, by))
    count = -((first - last) // by) if whole else math.ceil((last - first) / by)
    array = first + np.arange(count) * by
    return _leaf(array.astype(_dtype("arange", dtype or (np.int64 if whole else np.float32))), requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = np.float32, requires_grad: bool = False
) -> Tensor:
    r"""Make ``steps`` numbers at equal distances, the first ``start`` and the last ``end``:
    :math:`y_i = start + i\,\frac{end - start}{steps - 1}`.

    >>> import tinygrad_cnn as tg
    >>> tg.linspace(0, 1, 5)
    tensor([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    bounds = [x.item() if isinstance(x, Tensor) else x for x in (start, end)]
    first, last = number("linspace", "start", bounds[0]), number("linspace", "end", bounds[1])
    count, kind = integer("linspace", "steps", steps, 0), _dtype("linspace", dtype)
    return _leaf(np.linspace(first, last, count).astype(kind), requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a matrix of ``n`` rows and ``m`` (default ``n``) columns with 1 on its diagonal and 0 elsewhere.

    >>> import tinygrad_cnn as tg
    >>> tg.eye(2, 3)
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    rows = integer("eye", "n", n, 0)
    columns = rows if m is None else integer("eye", "m", m, 0)
    return _leaf(np.eye(rows, columns, dtype=_dtype("eye", dtype)), requires_grad)


def rand(
    *size: Any,
    generator: "np.random.Generator | None" = None,
    dtype: Any = np.float32,
    requires_grad: bool = False,
) -> Tensor:
    """Draw values evenly from [0, 1).

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.rand(2, 3, generator=np.random.default_rng(0)).shape
    (2, 3)
    """
    source = random_source("rand", generator)
    return _leaf(_drawn("rand", source.random, size, dtype), requires_grad)


def randn(
    *size: Any,
    generator: "np.random.Generator | None" = None,
    dtype: Any = np.float32,
    requires_grad: bool = False,
) -> Tensor:
    """Draw values from the normal distribution with mean 0 and variance 1.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.randn(2, 3, generator=np.random.default_rng(0)).shape
    (2, 3)
    """
    source = random_source("randn", generator)
    return _leaf(_drawn("randn", source.standard_normal, size, dtype), requires_grad)


def _drawn(function: str, draw: Callable[..., Any], size: tuple[Any, ...], dtype: Any) -> np.ndarray:
    kind = _dtype(function, dtype)
    if kind.kind != "f":
        raise DtypeError(f"{function}: dtype must be float32 or float64, got {kind}")
    return np.asarray(draw(_sizes(function, size), dtype=kind))


def rand_like(
    input: Any,
    *,
    generator: "np.random.Generator | None" = None,
    dtype: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Draw values evenly from [0, 1), in the shape and dtype of another tensor.

    >>> import tinygrad_cnn as tg
    >>> tg.rand_like(tg.zeros(2, 3)).shape
    (2, 3)
    """
    x = as_tensor(input, "rand_like")
    return rand(x.shape, generator=generator, dtype=_kind(x, dtype), requires_grad=requires_grad)


def randn_like(
    input: Any,
    *,
    generator: "np.random.Generator | None" = None,
    dtype: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Draw from the normal distribution with mean 0 and variance 1, in the shape and dtype of another
    tensor.

    >>> import tinygrad_cnn as tg
    >>> tg.randn_like(tg.zeros(2, 3)).shape
    (2, 3)
    """
    x = as_tensor(input, "randn_like")
    return randn(x.shape, generator=generator, dtype=_kind(x, dtype), requires_grad=requires_grad)


empty = zeros
empty_like = zeros_like

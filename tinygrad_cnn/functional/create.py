"""Making tensors from nothing; random ones draw from an explicit generator, or from the default one."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core import Tensor, default_generator, wrap
from ..errors import ArgumentError
from .arguments import integer


def _sizes(function: str, sizes: tuple[Any, ...]) -> tuple[int, ...]:
    flat = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], Sequence) else sizes
    return tuple(integer(function, "size", n, 0) for n in flat)


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
    """Make a tensor of zeros.

    >>> import tinygrad_cnn as tg
    >>> tg.zeros(2, 2)
    tensor([[0., 0.],
            [0., 0.]])
    """
    return _leaf(np.zeros(_sizes("zeros", size), dtype), requires_grad)


def ones(*size: Any, dtype: Any = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a tensor of ones.

    >>> import tinygrad_cnn as tg
    >>> tg.ones(3)
    tensor([1., 1., 1.])
    """
    return _leaf(np.ones(_sizes("ones", size), dtype), requires_grad)


def full(size: Any, fill_value: float, *, dtype: Any = np.float32, requires_grad: bool = False) -> Tensor:
    """Make a tensor of one value.

    >>> import tinygrad_cnn as tg
    >>> tg.full((2,), 7.0)
    tensor([7., 7.])
    """
    return _leaf(np.full(_sizes("full", (size,)), fill_value, dtype), requires_grad)


def arange(start: float, end: float | None = None, step: float = 1, *, dtype: Any = None) -> Tensor:
    """Make numbers from ``start`` (0 if only one argument is given) up to, not including, ``end``.

    >>> import tinygrad_cnn as tg
    >>> tg.arange(3)
    tensor([0, 1, 2])
    """
    if step == 0:
        raise ArgumentError("arange: step must not be 0")
    array = np.arange(start, step=step) if end is None else np.arange(start, end, step)
    return wrap(array.astype(dtype or (np.float32 if array.dtype.kind == "f" else np.int64)))


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
    source = generator or default_generator()
    return _leaf(np.asarray(source.random(_sizes("rand", size), dtype=dtype)), requires_grad)


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
    source = generator or default_generator()
    return _leaf(np.asarray(source.standard_normal(_sizes("randn", size), dtype=dtype)), requires_grad)

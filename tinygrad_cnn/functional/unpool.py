"""Unpooling: what max pooling kept goes back to where it was found."""

from collections.abc import Sequence
from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import Pair, as_tensor, floating, integer, integers, pair
from .windows import SHAPES, pictures, sizes, unpictured

__all__ = ["max_unpool1d", "max_unpool2d"]


def max_unpool1d(
    input: Any,
    indices: Any,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    r"""Put values along a line of zeros, :math:`y_{n,c,i_{ncl}} = x_{ncl}`, where `max_pool1d` found them.

    The result is :math:`(L - 1) s - 2p + k` long, or ``output_size``, (L) or (N, C, L), which is less than s
    away from it.

    Raises:
        ShapeError: the shapes do not fit each other, or an index does not lie in the result.
        ArgumentError: a setting out of its range, an impossible ``output_size``.

    >>> import tinygrad_cnn as tg
    >>> values, indices = tg.max_pool1d(tg.tensor([[[1.0, 5.0, 2.0, 4.0]]]), 2, return_indices=True)
    >>> tg.max_unpool1d(values, indices, 2)
    tensor([[[0., 5., 0., 4.]]])
    """
    return _unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Any,
    indices: Any,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    r"""Put values into pictures of zeros, :math:`y_{n,c}[i_{nchw}] = x_{nchw}`, where `max_pool2d` found
    them.

    ``indices`` count W r + c in the result, which has :math:`(H - 1) s - 2p + kh` rows, or ``output_size``,
    (H, W) or (N, C, H, W), of which the sides are less than s away from those. Where windows overlap, several
    values may come to one place: the last stays, and each gets the gradient of the place, as in PyTorch.

    Raises:
        ShapeError: the shapes do not fit each other, or an index does not lie in the result.
        ArgumentError: a setting out of its range, an impossible ``output_size``.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[[[1.0, 2.0, 3.0], [6.0, 5.0, 4.0]]]])
    >>> values, indices = tg.max_pool2d(x, 2, return_indices=True)
    >>> tg.max_unpool2d(values, indices, 2, output_size=(2, 3))
    tensor([[[[0., 0., 0.],
              [6., 0., 0.]]]])
    """
    return _unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def _unpool(
    function: str,
    rank: int,
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    output_size: Any,
) -> Tensor:
    kernel = numbers(function, "kernel_size", kernel_size, 1, rank)
    steps = kernel if stride is None else numbers(function, "stride", stride, 1, rank)
    amounts = numbers(function, "padding", padding, 0, rank)
    x, single = pictures(function, floating(function, as_tensor(input, function)), rank)
    places, shape = integers(function, "indices", indices), as_tensor(input, function).shape
    if 0 in shape[1:]:
        raise ShapeError(f"{function} expects x {SHAPES[rank]} with sizes of at least 1 / got x {shape}")
    if places.shape != shape:
        raise ShapeError(f"{function}: indices must have the shape of input {shape}, got {places.shape}")
    usual = [(n - 1) * s + k - 2 * p for n, s, k, p in zip(x.shape[2:], steps, kernel, amounts, strict=True)]
    size = (1,) * (2 - rank) + _size(function, output_size, usual[2 - rank :], steps[2 - rank :])
    last = size[0] * size[1] - 1
    if places.size and not (places.min() >= 0 and places.max() <= last):
        raise ShapeError(
            f"{function}: indices must lie in 0..{last}, the places of a result of size {size[2 - rank :]}, "
            f"got {places.min()}..{places.max()}"
        )
    y = ops.max_unpool2d(x, places=places.reshape(x.shape), size=size)
    return unpictured(y, rank, single)


def numbers(function: str, name: str, value: Any, least: int, rank: int) -> Pair:
    """Turn one number, or one for each side, into (vertical, horizontal); of lines, the first is least."""
    if rank == 2:
        return pair(function, name, value, least)
    return sizes(function, name, value, least, rank, above=least)


def _size(function: str, wanted: Any, usual: list[int], steps: Sequence[int]) -> tuple[int, ...]:
    """The size of the result: the usual one, or a wanted one that pools to the same."""
    size = usual
    if wanted is not None:
        size = [integer(function, "output_size", n, 0) for n in last_sizes(function, wanted, len(usual))]
        if any(abs(n - m) >= s for n, m, s in zip(size, usual, steps, strict=True)):
            raise ArgumentError(
                f"{function}: output_size must be less than stride {tuple(steps)} away from {tuple(usual)}, "
                f"got {tuple(size)}"
            )
    if min(size) < 0:
        raise ShapeError(f"{function}: the result would have the size {tuple(size)}; use less padding")
    return tuple(size)


def last_sizes(function: str, sizes: Any, count: int, batch: bool = True) -> Sequence[int]:
    """Take the sides from a size that may be given with or without batch and channels."""
    ahead = 2 if batch else 1
    if not isinstance(sizes, Sequence) or isinstance(sizes, str) or len(sizes) not in (count, count + ahead):
        raise ArgumentError(
            f"{function}: output_size must be {count} or {count + ahead} integers in a row, got {sizes!r}"
        )
    return sizes[-count:]

"""Reading pictures at places of one's own: grids of coordinates, and those of affine maps."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, flag, floating, integer

__all__ = ["affine_grid", "grid_sample"]


def grid_sample(
    input: Any,
    grid: Any,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    r"""Read pictures (N, C, H, W) at the places of a grid (N, H', W', 2), which gives (N, C, H', W').

    A place is (x, y), the column first; -1 and 1 are the left and right (upper and lower) borders of the
    picture, or with ``align_corners`` the centres of its outermost pixels: the column is
    :math:`\frac{(x + 1) W - 1}{2}` or :math:`\frac{x + 1}{2} (W - 1)`.

    ``mode="bilinear"`` mixes the four pixels around, :math:`y = \sum_{ij} x_{ij}\,(1 - |i - v|)_+
    (1 - |j - u|)_+`, and differentiates by the picture and by the grid; ``"nearest"`` takes the nearest
    pixel, and the grid's gradient is 0. Beyond the border there are zeros, the border's values
    (``"border"``), or the mirrored picture (``"reflection"``). Volumes (N, C, D, H, W) take a grid
    (N, D', H', W', 3). Source: Jaderberg et al., 2015.

    Raises:
        ShapeError: the shapes do not fit each other, or the picture is empty.
        ArgumentError: an unknown mode or padding mode; ``"bicubic"`` is not supported.

    >>> import tinygrad_cnn as tg
    >>> picture = tg.tensor([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> tg.grid_sample(picture, tg.tensor([[[[0.0, 0.0], [-1.0, 1.0]]]]), align_corners=True)
    tensor([[[[1.5, 2. ]]]])
    """
    x, places = (
        floating("grid_sample", as_tensor(input, "grid_sample")),
        floating("grid_sample", as_tensor(grid, "grid_sample")),
    )
    align_corners = align_corners is not None and flag("grid_sample", "align_corners", align_corners)
    if not isinstance(mode, str) or mode not in ("bilinear", "nearest"):
        raise ArgumentError(f"grid_sample: mode must be 'bilinear' or 'nearest', got {mode!r}")
    if not isinstance(padding_mode, str) or padding_mode not in ("zeros", "border", "reflection"):
        raise ArgumentError(
            f"grid_sample: padding_mode must be 'zeros', 'border' or 'reflection', got {padding_mode!r}"
        )
    n = x.ndim - 2
    fits = n in (2, 3) and places.ndim == x.ndim and places.shape[-1] == n and places.shape[0] == x.shape[0]
    if not fits or 0 in x.shape[2:]:
        raise ShapeError(
            "grid_sample expects x (N, C, H, W) and grid (N, H', W', 2), or x (N, C, D, H, W) and grid "
            f"(N, D', H', W', 3), with pixels / got x {x.shape}, grid {places.shape}"
        )
    at = []
    for d, size in enumerate(x.shape[2:]):
        u = (ops.getitem(places, index=(..., n - 1 - d)) + 1.0) * ((size - 1 if align_corners else size) / 2)
        at.append(_inside(u if align_corners else u - 0.5, size, padding_mode, bool(align_corners)))
    pixels = ops.permute(x, dims=(0, *range(2, x.ndim), 1))
    values = _nearest(pixels, at) if mode == "nearest" else _bilinear(pixels, at)
    return ops.permute(values, dims=(0, x.ndim - 1, *range(1, x.ndim - 1)))


def _inside(u: Tensor, size: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Bring coordinates into the picture; what lies outside follows no more, or backwards."""
    if padding_mode == "zeros":
        return u
    v = u.array
    if padding_mode == "reflection":
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        away = np.abs(v - low)
        turns = np.floor(away / span) if span else np.zeros_like(v)
        sign = np.where(turns % 2 == 0, 1.0, -1.0) * np.where(v < low, -1.0, 1.0) * (span > 0)
        end = np.where(turns % 2 == 0, 0.0, span) + low
        offset = end - np.where(turns % 2 == 0, 1.0, -1.0) * (np.where(v < low, -low, low) + turns * span)
        u = u * wrap(sign.astype(v.dtype)) + wrap(np.asarray(offset * (span > 0)).astype(v.dtype))
        v = u.array
    inside = (v > 0) & (v < size - 1)
    return ops.select(u, wrap(np.clip(np.nan_to_num(v), 0, size - 1)), condition=np.asarray(inside))


def _nearest(pixels: Tensor, at: list[Tensor]) -> Tensor:
    return _read(pixels, [np.rint(u.array) for u in at])


def _bilinear(pixels: Tensor, at: list[Tensor]) -> Tensor:
    """Sum the corners around each place, weighted by how near they are."""
    first = [np.floor(u.array) for u in at]
    after = [u - wrap(np.asarray(i)) for u, i in zip(at, first, strict=True)]
    total = None
    for corner in product((0, 1), repeat=len(at)):
        weight = None
        for far, share in zip(corner, after, strict=True):
            part = share if far else 1.0 - share
            weight = part if weight is None else weight * part
        assert weight is not None
        value = _read(pixels, [i + far for i, far in zip(first, corner, strict=True)])
        term = value * ops.reshape(weight, shape=(*weight.shape, 1))
        total = term if total is None else total + term
    assert total is not None
    return total


def _read(pixels: Tensor, index: list[np.ndarray]) -> Tensor:
    """Take the pixels (..., C) at whole places, and zeros beyond the border."""
    sizes = pixels.shape[1:-1]
    there = np.ones(index[0].shape, bool)
    for i, size in zip(index, sizes, strict=True):
        there &= (i >= 0) & (i < size)
    rows = np.arange(pixels.shape[0]).reshape(-1, *(1,) * len(sizes))
    places = [np.where(there, i, 0).astype(np.int64) for i in index]
    values = ops.getitem(pixels, index=(rows, *places))
    return values if there.all() else ops.select(values, 0.0, condition=there[..., None])


def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    r"""Make a grid for `grid_sample` of affine maps (N, 2, 3).

    Each pixel of a result of ``size`` (N, C, H, W) is read from the place :math:`\theta\,(x, y, 1)^T`.
    Maps (N, 3, 4) and a size (N, C, D, H, W) give a grid for volumes.

    Raises:
        ShapeError: the maps do not fit the size.
        ArgumentError: ``size`` does not hold four or five numbers above 0.

    >>> import tinygrad_cnn as tg
    >>> mirror = tg.tensor([[[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> grid = tg.affine_grid(mirror, (1, 1, 1, 3))
    >>> tg.grid_sample(tg.tensor([[[[1.0, 2.0, 3.0]]]]), grid)
    tensor([[[[3., 2., 1.]]]])
    """
    maps = floating("affine_grid", as_tensor(theta, "affine_grid"))
    align_corners = align_corners is not None and flag("affine_grid", "align_corners", align_corners)
    if not isinstance(size, Sequence) or len(size) not in (4, 5):
        raise ArgumentError(f"affine_grid: size must be (N, C, H, W) or (N, C, D, H, W), got {size!r}")
    batch, _, *sides = (integer("affine_grid", "size", m, 1) for m in size)
    n = len(sides)
    if maps.shape != (batch, n, n + 1):
        raise ShapeError(
            f"affine_grid expects theta {(batch, n, n + 1)} for size {tuple(size)} / got {maps.shape}"
        )
    lines = []
    for m in sides:
        line = np.linspace(-1, 1, m, dtype=np.float64) if m > 1 else np.zeros(1)
        lines.append(line if align_corners else line * ((m - 1) / m))
    places = [*np.meshgrid(*lines, indexing="ij")[::-1], np.ones(sides)]
    base = wrap(np.stack(places, -1).reshape(-1, n + 1).astype(maps.dtype))
    grid = ops.matmul(base, ops.permute(maps, dims=(0, 2, 1)))
    return ops.reshape(grid, shape=(batch, *sides, n))

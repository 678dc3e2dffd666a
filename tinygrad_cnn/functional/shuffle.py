"""Moving values between channels and pixels, or between groups of channels."""

from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ShapeError
from .arguments import as_tensor, integer

__all__ = ["channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def pixel_shuffle(input: Any, upscale_factor: int) -> Tensor:
    r"""Make pictures (..., C, H r, W r) of channels (..., C r r, H, W): of each pixel a square of r times r,
    :math:`y_{c, hr+i, wr+j} = x_{cr^2+ir+j, h, w}`.

    Source: Shi et al., 2016.

    Raises:
        ShapeError: x has fewer than three dimensions, or its channels are no multiple of r times r.
        ArgumentError: ``upscale_factor`` is below 1.

    >>> import tinygrad_cnn as tg
    >>> tg.pixel_shuffle(tg.arange(8.0).reshape(1, 4, 1, 2), 2)
    tensor([[[[0., 2., 1., 3.],
              [4., 6., 5., 7.]]]])
    """
    x, r = as_tensor(input, "pixel_shuffle"), integer("pixel_shuffle", "upscale_factor", upscale_factor, 1)
    if x.ndim < 3 or x.shape[-3] % (r * r):
        raise ShapeError(
            f"pixel_shuffle expects x (..., C, H, W) with C a multiple of {r * r} / got x {x.shape}"
        )
    *ahead, channels, height, width = x.shape
    parts = ops.reshape(x, shape=(*ahead, channels // (r * r), r, r, height, width))
    moved = ops.permute(parts, dims=_last(len(ahead), 0, 3, 1, 4, 2))
    return ops.reshape(moved, shape=(*ahead, channels // (r * r), height * r, width * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Tensor:
    r"""Undo `pixel_shuffle`: make (..., C r r, H, W) of pictures (..., C, H r, W r).

    Raises:
        ShapeError: x has fewer than three dimensions, or height or width is no multiple of r.
        ArgumentError: ``downscale_factor`` is below 1.

    >>> import tinygrad_cnn as tg
    >>> tg.pixel_unshuffle(tg.tensor([[[0.0, 2.0, 1.0, 3.0], [4.0, 6.0, 5.0, 7.0]]]), 2).reshape(-1)
    tensor([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    x, r = (
        as_tensor(input, "pixel_unshuffle"),
        integer("pixel_unshuffle", "downscale_factor", downscale_factor, 1),
    )
    if x.ndim < 3 or x.shape[-1] % r or x.shape[-2] % r:
        raise ShapeError(
            f"pixel_unshuffle expects x (..., C, H, W) with H and W multiples of {r} / got x {x.shape}"
        )
    *ahead, channels, height, width = x.shape
    parts = ops.reshape(x, shape=(*ahead, channels, height // r, r, width // r, r))
    moved = ops.permute(parts, dims=_last(len(ahead), 0, 2, 4, 1, 3))
    return ops.reshape(moved, shape=(*ahead, channels * r * r, height // r, width // r))


def channel_shuffle(input: Any, groups: int) -> Tensor:
    r"""Deal out the channels of x (N, C, ...): first of each group, then the second of each, and so on,
    :math:`y_{jg+i} = x_{i(C/g)+j}`.

    Between convolutions with groups it lets the groups see each other. Source: Zhang et al., 2017.

    Raises:
        ShapeError: x has fewer than three dimensions, or its channels are no multiple of ``groups``.
        ArgumentError: ``groups`` is below 1.

    >>> import tinygrad_cnn as tg
    >>> tg.channel_shuffle(tg.arange(6.0).reshape(1, 6, 1), 2).reshape(-1)
    tensor([0., 3., 1., 4., 2., 5.])
    """
    x, g = as_tensor(input, "channel_shuffle"), integer("channel_shuffle", "groups", groups, 1)
    if x.ndim < 3 or x.shape[1] % g:
        raise ShapeError(
            f"channel_shuffle expects x (N, C, L, ...) with C a multiple of {g} / got x {x.shape}"
        )
    parts = ops.reshape(x, shape=(x.shape[0], g, x.shape[1] // g, *x.shape[2:]))
    dealt = ops.permute(parts, dims=(0, 2, 1, *range(3, parts.ndim)))
    return ops.reshape(dealt, shape=x.shape)


def _last(ahead: int, *order: int) -> tuple[int, ...]:
    """An order of dimensions that keeps those ahead."""
    return (*range(ahead), *(ahead + d for d in order))

"""Putting a rim around the last dimensions, or cutting one off."""

from collections.abc import Sequence
from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, fits_into, integer, number

__all__ = ["pad"]

Sides = list[tuple[int, int, int]]  # dimension, amount before, amount after

MODES = ("constant", "reflect", "replicate", "circular")
_LEAST = -(2**31)


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    r"""Put a rim around the last dimensions; negative amounts cut off.

    ``pad`` = (left, right, top, bottom, ...) begins with the last dimension. With L values along a dimension
    and :math:`y_i = x_{i - left}` inside, what stands in the rim, at :math:`j = i - left < 0`, depends on
    ``mode``:

    - ``"constant"``: ``value`` (default 0), along any number of dimensions;
    - ``"reflect"``: :math:`x_{-j}`, a mirror at the outermost value, and at most L - 1 of them;
    - ``"replicate"``: :math:`x_0`, the outermost value again;
    - ``"circular"``: :math:`x_{L+j}`, the other end, and at most L of them,

    and likewise beyond the end. The last three take one, two or three pairs for an input with one or two
    dimensions more, (C, W) or (N, C, W) for one pair. What is cut off counts for a mirror, and is not there
    for a constant or circular rim.

    Raises:
        ShapeError: ``pad`` does not fit the dimensions, cuts off more than there is, or asks for more than
            mode allows.
        ArgumentError: an unknown mode, or a ``value`` beside a mode that is not constant.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([[1.0, 2.0, 3.0]])
    >>> tg.pad(x, (1, 2)), tg.pad(x, (-1, 1), value=7.0)
    (tensor([[0., 1., 2., 3., 0., 0.]]), tensor([[2., 3., 7.]]))
    >>> tg.pad(x, (2, 1), "reflect"), tg.pad(x, (2, 1), "replicate")
    (tensor([[3., 2., 1., 2., 3., 2.]]), tensor([[1., 1., 1., 2., 3., 3.]]))
    >>> tg.pad(x, (2, 1), "circular")
    tensor([[2., 3., 1., 2., 3., 1.]])
    """
    x, sides = as_tensor(input, "pad"), _sides(as_tensor(input, "pad"), pad)
    if mode not in MODES:
        raise ArgumentError(f"pad: mode must be one of {', '.join(map(repr, MODES))}, got {mode!r}")
    fill = 0.0 if value is None else fits_into("pad", "value", number("pad", "value", value), x.dtype)
    if mode == "constant":
        return _constant(x, _cut(x, sides), sides, fill)
    if fill:
        raise ArgumentError(f"pad: value {value!r} is for mode 'constant', got mode {mode!r}")
    _check_rim(x, sides, mode)
    if mode == "circular":
        x = _cut(x, sides)
        _check_circular(x, sides)
    for dim, before, after in sides:
        x = _grown(x, dim, max(before, 0), max(after, 0), mode)
    return x if mode == "circular" else _cut(x, sides)


def _sides(x: Tensor, pad: Any) -> Sides:
    """Sort the amounts by dimension, the last one first."""
    if not isinstance(pad, Sequence) or isinstance(pad, str):
        raise ArgumentError(f"pad: pad must be a sequence of integers such as (left, right), got {pad!r}")
    amounts = [integer("pad", "pad", n, _LEAST) for n in pad]
    if len(amounts) % 2 or len(amounts) > 2 * x.ndim:
        raise ShapeError(f"pad: expected pairs for at most {x.ndim} dimensions, got {len(amounts)} numbers")
    pairs = zip(amounts[::2], amounts[1::2], strict=True)
    return [(x.ndim - 1 - k, before, after) for k, (before, after) in enumerate(pairs)]


def _cut(x: Tensor, sides: Sides) -> Tensor:
    """Take away what negative amounts cut off."""
    kept = [slice(None)] * x.ndim
    for dim, before, after in sides:
        n = x.shape[dim]
        if n + min(before, 0) + min(after, 0) < 0:
            raise ShapeError(
                f"pad: ({before}, {after}) cuts off more than the {n} values of dim {dim} of shape {x.shape}"
            )
        kept[dim] = slice(max(-before, 0), n - max(-after, 0))
    return ops.getitem(x, index=tuple(kept)) if any(min(a, b) < 0 for _, a, b in sides) else x


def _constant(x: Tensor, inside: Tensor, sides: Sides, fill: float) -> Tensor:
    amounts = [(0, 0)] * x.ndim
    for dim, before, after in sides:
        amounts[dim] = (max(before, 0), max(after, 0))
    return ops.pad(inside, padding=tuple(amounts), value=fill)


def _check_rim(x: Tensor, sides: Sides, mode: str) -> None:
    """Refuse what the modes that look at the values cannot do."""
    if not 1 <= len(sides) <= 3 or x.ndim - len(sides) not in (1, 2):
        raise ShapeError(
            f"pad: mode {mode!r} takes 2, 4 or 6 numbers for an input with 1, 2 or 3 sizes behind (N, C) or "
            f"(C), got {2 * len(sides)} numbers for shape {x.shape}"
        )
    batched = x.ndim - len(sides) == 2
    if mode != "circular" and 0 in x.shape[1 if batched else 0 :]:
        raise ShapeError(f"pad: mode {mode!r} needs values to repeat, got shape {x.shape}")
    sizes = [x.shape[dim] + before + after for dim, before, after in sides]
    if min(sizes) < 0 or (mode != "circular" and max(sizes) < 1):  # one of several may vanish, as in PyTorch
        raise ShapeError(f"pad: {[n for _, *pair in sides for n in pair]} leaves nothing of shape {x.shape}")
    for dim, before, after in sides:
        if mode == "reflect" and max(before, after) >= x.shape[dim]:
            raise ShapeError(
                f"pad: a mirror repeats at most {x.shape[dim] - 1} of {x.shape[dim]} values, "
                f"got ({before}, {after}) for dim {dim} of shape {x.shape}"
            )


def _check_circular(x: Tensor, sides: Sides) -> None:
    for dim, before, after in sides:
        if max(before, after) > x.shape[dim]:
            raise ShapeError(
                f"pad: a circular rim repeats at most the {x.shape[dim]} values that are kept, "
                f"got ({before}, {after}) for dim {dim}"
            )


def _grown(x: Tensor, dim: int, before: int, after: int, mode: str) -> Tensor:
    """Put pieces of the tensor, or its outermost values again, before and behind it."""
    n = x.shape[dim]

    def piece(start: int, stop: int | None, step: int = 1) -> Tensor:
        return ops.getitem(x, index=(slice(None),) * dim + (slice(start, stop, step),))

    def again(edge: Tensor, times: int) -> Tensor:
        return ops.expand(edge, shape=(*x.shape[:dim], times, *x.shape[dim + 1 :]))

    parts = [x]
    if before:
        left = {
            "reflect": lambda: piece(before, 0, -1),
            "replicate": lambda: again(piece(0, 1), before),
            "circular": lambda: piece(n - before, n),
        }
        parts.insert(0, left[mode]())
    if after:
        last = n - 2 - after
        right = {
            "reflect": lambda: piece(n - 2, last if last >= 0 else None, -1),
            "replicate": lambda: again(piece(n - 1, n), after),
            "circular": lambda: piece(0, after),
        }
        parts.append(right[mode]())
    return ops.concat(*parts, dim=dim) if len(parts) > 1 else x

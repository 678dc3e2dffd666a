"""What sliding windows have in common: numbers for each side, pictures from lines, and whether a window fits.

Functions of lines (N, C, L) are those of pictures (N, C, 1, L), with a window that is one row high.
"""

from collections.abc import Sequence
from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import PadPair, Pair, as_tensor, integer

SHAPES = {1: "(N, C, L) or (C, L)", 2: "(N, C, H, W) or (C, H, W)"}


def sizes(function: str, name: str, value: Any, least: int, rank: int = 2, above: int = 1) -> Pair:
    """Turn a number, or as many numbers as there are sides, into (vertical, horizontal).

    Of one side, the number is the horizontal one, and the vertical one is ``above``.

    >>> sizes("conv2d", "stride", 2, 1), sizes("conv1d", "stride", (2,), 1, rank=1)
    ((2, 2), (1, 2))
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) not in (1, rank):
            many = "one integer or two" if rank == 2 else "one integer"
            raise ArgumentError(f"{function}: {name} must be {many}, got {value!r}")
        first, last = integer(function, name, value[0], least), integer(function, name, value[-1], least)
    else:
        first = last = integer(function, name, value, least)
    return (above, last) if rank == 1 else (first, last)


def pictures(function: str, input: Any, rank: int) -> tuple[Tensor, bool]:
    """Give lines or pictures as (N, C, H, W), and say whether there was no batch."""
    x = as_tensor(input, function)
    if x.ndim not in (rank + 1, rank + 2):
        raise ShapeError(f"{function} expects x {SHAPES[rank]} / got x {x.shape}")
    single = x.ndim == rank + 1
    if single or rank == 1:
        row = (1,) * (rank == 1)
        x = ops.reshape(x, shape=((1,) * single + x.shape[:-rank] + row + x.shape[-rank:]))
    return x, single


def unpictured(y: Tensor, rank: int, single: bool) -> Tensor:
    """Take away what `pictures` added."""
    if not single and rank == 2:
        return y
    return ops.reshape(y, shape=y.shape[single:2] + y.shape[-rank:])


def check_window(
    function: str,
    size: Sequence[int],
    kernel: Pair,
    padding: PadPair,
    dilation: Pair,
    beyond: Pair = (0, 0),
    rank: int = 2,
    empty: bool = False,
) -> None:
    """Raise a `ShapeError` that does the sum, if a kernel does not fit into the padded picture.

    A window may reach ``beyond`` the far border by so much. If there is no picture at all (``empty``), its
    sides may be 0.
    """
    sides = ("height", "width") if rank == 2 else ("height", "length")
    for side, n, k, (before, after), d, more in zip(
        sides, size, kernel, padding, dilation, beyond, strict=True
    ):
        if k < 1 or (n < 1 and not empty):
            raise ShapeError(f"{function}: {side} {n} and kernel {k} must be at least 1")
        if n + before + after + more < d * (k - 1) + 1:
            raise ShapeError(
                f"{function}: a kernel of {k} (dilation {d}) covers {d * (k - 1) + 1}, but the {side} is "
                f"{n} + padding {before} + {after} = {n + before + after}; "
                "use a smaller kernel or more padding"
            )

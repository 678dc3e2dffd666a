"""Which pictures a network of windows can take, and what is left of them behind it."""

from collections.abc import Sequence
from typing import Any

from ...errors import ArgumentError, ShapeError
from ...functional.arguments import integer
from ...kernels.windows import output_size

Window = tuple[int, int, int]  # kernel, stride, padding


def picture_shape(name: str, input_shape: Any) -> tuple[int, int, int]:
    """Give channels, height and width, or say what is wrong with them."""
    if not isinstance(input_shape, Sequence) or len(input_shape) != 3:
        raise ArgumentError(f"{name}: input_shape must be (C, H, W), got {input_shape!r}")
    c, h, w = (integer(name, "input_shape", n, 1) for n in input_shape)
    return c, h, w


def final_size(name: str, size: Sequence[int], windows: list[Window]) -> tuple[int, int]:
    """Follow height and width through all windows, and say what would fit if nothing is left."""
    height, width = (_follow(n, windows) for n in size)
    if not height or not width:
        least = next(n for n in range(1, 2**31) if _follow(n, windows))
        raise ShapeError(
            f"{name}: pictures of {size[0]} x {size[1]} are too small for its windows; "
            f"the smallest that fit are {least} x {least}"
        )
    return height, width


def _follow(n: int, windows: list[Window]) -> int:
    for kernel, stride, padding in windows:
        n = output_size(n, kernel, stride, padding, padding, 1) if n else 0
    return n

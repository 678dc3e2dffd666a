"""Max and average pooling of pictures (N, C, H, W), or of one picture (C, H, W)."""

from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import PadPair, Pair, as_tensor, batched, floating, integer, pair
from .conv import check_window
from .shape import squeeze


def max_pool2d(
    input: Any,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
) -> Tensor:
    r"""Keep the largest value of each window, :math:`y_{nchw} = \max_{ij} x_{n,c,sh+di-p,sw+dj-p}`.

    The border is padded with -inf, so that it is never picked. ``stride`` defaults to the kernel size;
    ``ceil_mode`` also takes windows that reach over the far border. Of equal values the first one is picked
    and gets the gradient.

    >>> import tinygrad_cnn as tg
    >>> tg.max_pool2d(tg.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    x, single = _picture("max_pool2d", input)
    kernel, steps, sides = _window("max_pool2d", kernel_size, stride, padding)
    spread = pair("max_pool2d", "dilation", dilation, 1)
    check_window("max_pool2d", x.shape[2:], kernel, sides, spread, _overhang(steps, ceil_mode))
    y = ops.max_pool2d(
        x, kernel_size=kernel, stride=steps, padding=sides, dilation=spread, ceil_mode=bool(ceil_mode)
    )
    return squeeze(y, 0) if single else y


def avg_pool2d(
    input: Any,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    r"""Average each window, :math:`y_{nchw} = \frac{1}{d} \sum_{ij} x_{n,c,sh+i-p,sw+j-p}`.

    d counts the window with its padding, without it if ``count_include_pad`` is false, or is
    ``divisor_override``.

    >>> import tinygrad_cnn as tg
    >>> tg.avg_pool2d(tg.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 2.5,  4.5],
              [10.5, 12.5]]]])
    """
    x, single = _picture("avg_pool2d", input)
    kernel, steps, sides = _window("avg_pool2d", kernel_size, stride, padding)
    check_window("avg_pool2d", x.shape[2:], kernel, sides, (1, 1), _overhang(steps, ceil_mode))
    divisor = (
        None if divisor_override is None else integer("avg_pool2d", "divisor_override", divisor_override, 1)
    )
    y = ops.avg_pool2d(
        x,
        kernel_size=kernel,
        stride=steps,
        padding=sides,
        ceil_mode=bool(ceil_mode),
        count_include_pad=bool(count_include_pad),
        divisor_override=divisor,
    )
    return squeeze(y, 0) if single else y


def _picture(function: str, input: Any) -> tuple[Tensor, bool]:
    x, single = batched(floating(function, as_tensor(input)))
    if x.ndim != 4:
        raise ShapeError(f"{function} expects x (N, C, H, W) or (C, H, W) / got x {x.shape}")
    return x, single


def _overhang(stride: Pair, ceil_mode: bool) -> Pair:
    """How far a window may reach over the far border."""
    return (stride[0] - 1, stride[1] - 1) if ceil_mode else (0, 0)


def _window(function: str, kernel_size: Any, stride: Any, padding: Any) -> tuple[Pair, Pair, PadPair]:
    kernel = pair(function, "kernel_size", kernel_size, 1)
    steps = kernel if stride is None else pair(function, "stride", stride, 1)
    (vertical, horizontal) = pair(function, "padding", padding, 0)
    if 2 * vertical > kernel[0] or 2 * horizontal > kernel[1]:
        raise ArgumentError(
            f"{function}: padding {(vertical, horizontal)} must be at most half of kernel_size {kernel}, "
            "or windows would lie in the padding alone"
        )
    return kernel, steps, ((vertical, vertical), (horizontal, horizontal))

"""Max, average and power-average pooling of lines (N, C, L) and pictures (N, C, H, W), or of one of them
without N."""

import math
from typing import Any

import numpy as np

from .. import kernels, ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import PadPair, Pair, as_tensor, flag, floating, integer, number, pair
from .arithmetic import abs, mul, pow
from .windows import SHAPES, check_window, pictures, sizes, unpictured

__all__ = ["avg_pool1d", "avg_pool2d", "lp_pool1d", "lp_pool2d", "max_pool1d", "max_pool2d"]


def max_pool1d(
    input: Any,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    dilation: int | tuple[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    r"""Keep the largest value of each window, :math:`y_{ncl} = \max_i x_{n,c,sl+di-p}`; settings as in
    `max_pool2d`.

    With ``return_indices``, give also the places :math:`sl + di - p` of the largest values.

    Raises:
        ShapeError: x is not (N, C, L) or (C, L), has no channels or no length, or no window fits.
        ArgumentError: a setting out of its range.

    >>> import tinygrad_cnn as tg
    >>> tg.max_pool1d(tg.tensor([[[1.0, 5.0, 2.0, 4.0]]]), 2, return_indices=True)
    (tensor([[[5., 4.]]]), tensor([[[1, 3]]]))
    """
    settings = (kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return _max_pool("max_pool1d", 1, input, *settings)


def max_pool2d(
    input: Any,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    dilation: int | Pair = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    r"""Keep the largest value of each window, :math:`y_{nchw} = \max_{ij} x_{n,c,sh+di-p,sw+dj-p}`.

    The border is padded with -inf, so that it is never picked. ``stride`` defaults to the kernel size;
    ``ceil_mode`` also takes windows that reach over the far border. Of equal values the first one is picked
    and gets the gradient; NaN is larger than anything, and the last one is picked.

    With ``return_indices``, give also the places :math:`W r + c` of the largest values in their picture, for
    `max_unpool2d`.

    Raises:
        ShapeError: x is not (N, C, H, W) or (C, H, W), has no channels, height or width, or no window fits.
        ArgumentError: a setting out of its range; the padding is at most half of the window.

    >>> import tinygrad_cnn as tg
    >>> tg.max_pool2d(tg.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    >>> values, places = tg.max_pool2d(tg.arange(16.0).reshape(1, 1, 4, 4), 2, return_indices=True)
    >>> places
    tensor([[[[ 5,  7],
              [13, 15]]]])
    """
    settings = (kernel_size, stride, padding, dilation, ceil_mode, return_indices)
    return _max_pool("max_pool2d", 2, input, *settings)


def avg_pool1d(
    input: Any,
    kernel_size: int | tuple[int],
    stride: int | tuple[int] | None = None,
    padding: int | tuple[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    r"""Average each window, :math:`y_{ncl} = \frac{1}{d} \sum_i x_{n,c,sl+i-p}`; d as in `avg_pool2d`.

    Raises:
        ShapeError: x is not (N, C, L) or (C, L), has no channels or no length, or no window fits.
        ArgumentError: a setting out of its range.

    >>> import tinygrad_cnn as tg
    >>> tg.avg_pool1d(tg.tensor([[[1.0, 5.0, 2.0, 4.0]]]), 2)
    tensor([[[3., 3.]]])
    """
    settings = (kernel_size, stride, padding, ceil_mode, count_include_pad, None)
    return _avg_pool("avg_pool1d", 1, input, *settings)


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
    ``divisor_override``. What ``ceil_mode`` adds beyond the padding never counts.

    Raises:
        ShapeError: x is not (N, C, H, W) or (C, H, W), has no channels, height or width, or no window fits.
        ArgumentError: a setting out of its range; the padding is at most half of the window.

    >>> import tinygrad_cnn as tg
    >>> tg.avg_pool2d(tg.arange(16.0).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 2.5,  4.5],
              [10.5, 12.5]]]])
    """
    settings = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return _avg_pool("avg_pool2d", 2, input, *settings)


def lp_pool1d(
    input: Any,
    norm_type: float,
    kernel_size: int,
    stride: int | tuple[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    r"""Power-average pooling, :math:`y_{ncl} = \big(\sum_i x_{n,c,sl+i}^p\big)^{1/p}`; as `lp_pool2d`.

    Raises:
        ShapeError, ArgumentError: as `avg_pool1d`; ``norm_type`` is 0 or no number.

    >>> import tinygrad_cnn as tg
    >>> tg.lp_pool1d(tg.tensor([[[3.0, 4.0, 6.0, 8.0]]]), 2, 2)
    tensor([[[ 5., 10.]]])
    """
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Any,
    norm_type: float,
    kernel_size: int | Pair,
    stride: int | Pair | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    r"""Power-average pooling, :math:`y_{nchw} = \big(\sum_{ij} x_{n,c,sh+i,sw+j}^p\big)^{1/p}`, p =
    ``norm_type``.

    With p = 1 it is the sum of each window, with p = inf the largest :math:`|x|`, with -inf the smallest.
    For other p that are odd or no integers, a sum below 0 gives NaN. Where the sum is 0, the gradient is 0.
    A window that ``ceil_mode`` adds counts as if it were whole: its mean, times the size of a window.

    Raises:
        ShapeError, ArgumentError: as `avg_pool2d`; ``norm_type`` is 0 or no number.

    >>> import tinygrad_cnn as tg
    >>> tg.lp_pool2d(tg.tensor([[[[3.0, 0.0], [0.0, 4.0]]]]), 2, 2)
    tensor([[[[5.]]]])
    """
    kernel = pair("lp_pool2d", "kernel_size", kernel_size, 1)
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel, stride, ceil_mode)


def _max_pool(
    function: str,
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: Any,
    return_indices: Any,
) -> Any:
    kernel, steps, sides = window(function, kernel_size, stride, padding, rank)
    spread = sizes(function, "dilation", dilation, 1, rank)
    ceil = flag(function, "ceil_mode", ceil_mode)
    x, single = pooled(function, input, rank)
    check_window(function, x.shape[2:], kernel, sides, spread, _overhang(steps, ceil), rank)
    setting: dict[str, Any] = {"kernel_size": kernel, "stride": steps, "padding": sides, "dilation": spread}
    if not return_indices:
        return unpictured(ops.max_pool2d(x, **setting, ceil_mode=ceil), rank, single)
    values, picked = kernels.max_pool2d(x.array, **setting, ceil_mode=ceil)
    y = ops.pool_take(x, picked=picked, **setting)
    nothing = values == -np.inf  # also a window that, dilated, lies beside the picture
    if nothing.any():
        y = ops.select(wrap(values), y, condition=nothing & (y.array == 0))
    places = kernels.pool_places(picked, size=(x.shape[2], x.shape[3]), **setting)
    return tuple(unpictured(t, rank, single) for t in (y, wrap(places)))


def _avg_pool(
    function: str,
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: Any,
    count_include_pad: Any,
    divisor_override: Any,
) -> Tensor:
    kernel, steps, sides = window(function, kernel_size, stride, padding, rank)
    ceil = flag(function, "ceil_mode", ceil_mode)
    x, single = pooled(function, input, rank)
    check_window(function, x.shape[2:], kernel, sides, (1, 1), _overhang(steps, ceil), rank)
    y = ops.avg_pool2d(
        x,
        kernel_size=kernel,
        stride=steps,
        padding=sides,
        ceil_mode=ceil,
        count_include_pad=flag(function, "count_include_pad", count_include_pad),
        divisor_override=divisor(function, divisor_override),
    )
    return unpictured(y, rank, single)


def _lp_pool(
    function: str, rank: int, input: Any, norm_type: Any, kernel: Any, stride: Any, ceil_mode: Any
) -> Tensor:
    p, x = norm(function, norm_type), floating(function, as_tensor(input, function))
    if math.isinf(p):
        sign = 1 if p > 0 else -1
        return mul(_max_pool(function, rank, mul(abs(x), sign), kernel, stride, 0, 1, ceil_mode, False), sign)
    size = math.prod(kernel) if rank == 2 else integer(function, "kernel_size", kernel, 1)
    sums = mul(_avg_pool(function, rank, pow(x, p), kernel, stride, 0, ceil_mode, True, None), float(size))
    some = sums.array != 0
    roots = pow(ops.select(sums, 1.0, condition=some), 1 / p)  # the slope of a root at 0 is infinite
    return ops.select(roots, 0.0 if p > 0 else math.inf, condition=some)


def pooled(function: str, input: Any, rank: int) -> tuple[Tensor, bool]:
    """Give what is to be pooled as pictures; of what, only the batch may be empty."""
    x, single = pictures(function, input, rank)
    if 0 in x.shape[1:]:
        raise ShapeError(f"{function} expects x {SHAPES[rank]} with sizes of at least 1 / got x {x.shape}")
    return floating(function, x), single


def _overhang(stride: Pair, ceil_mode: bool) -> Pair:
    """How far a window may reach over the far border."""
    return (stride[0] - 1, stride[1] - 1) if ceil_mode else (0, 0)


def window(
    function: str, kernel_size: Any, stride: Any, padding: Any, rank: int
) -> tuple[Pair, Pair, PadPair]:
    """Check a window: its size, its step and the padding."""
    kernel = sizes(function, "kernel_size", kernel_size, 1, rank)
    own = stride is None or (isinstance(stride, tuple | list) and not stride)
    steps = kernel if own else sizes(function, "stride", stride, 1, rank)
    vertical, horizontal = sizes(function, "padding", padding, 0, rank, above=0)
    if 2 * vertical > kernel[0] or 2 * horizontal > kernel[1]:
        got = [(vertical, horizontal), kernel] if rank == 2 else [horizontal, kernel[1]]
        raise ArgumentError(
            f"{function}: padding {got[0]} must be at most half of kernel_size {got[1]}, "
            "or windows would lie in the padding alone"
        )
    return kernel, steps, ((vertical, vertical), (horizontal, horizontal))


def divisor(function: str, divisor_override: Any) -> int | None:
    """Check a divisor that stands in for the number of values."""
    if divisor_override is None:
        return None
    number = integer(function, "divisor_override", divisor_override, -(2**31))
    if not number:
        raise ArgumentError(f"{function}: divisor_override must not be 0")
    return number


def norm(function: str, norm_type: Any) -> float:
    """Check the power of a power average."""
    p = number(function, "norm_type", norm_type)
    if not p or math.isnan(p):
        raise ArgumentError(f"{function}: norm_type must be a number other than 0, got {norm_type!r}")
    return p

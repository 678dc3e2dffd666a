"""Convolution of lines (N, C, L) and pictures (N, C, H, W), or of one of them without N."""

from typing import Any

from .. import ops
from ..base.dims import Dims
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import PadPair, Pair, as_tensor, batched, integer
from .shape import squeeze, unsqueeze
from .windows import check_window, sizes

__all__ = ["conv1d", "conv2d"]

_LINES = Dims("x: N C L; w: O C/groups k; b: O")


def conv1d(
    input: Any,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] | str = 0,
    dilation: int | tuple[int] = 1,
    groups: int = 1,
) -> Tensor:
    r"""Slide filters along lines, :math:`y_{nol} = b_o + \sum_{ci} x_{n,c,sl+di-p}\,w_{oci}`.

    x is (N, C, L) or (C, L), w (O, C/groups, k), b (O); the result is
    :math:`\lfloor (L + 2p - d(k - 1) - 1)/s \rfloor + 1` long. ``padding`` as in `conv2d`.

    Raises:
        ShapeError: the shapes do not fit each other, or the kernel is longer than the padded line.
        ArgumentError: a stride, dilation or number of groups below 1, a negative padding, "same" with a
            stride.

    >>> import tinygrad_cnn as tg
    >>> tg.conv1d(tg.tensor([[[1.0, 2.0, 3.0, 4.0]]]), tg.tensor([[[1.0, -1.0]]]))
    tensor([[[-1., -1., -1.]]])
    >>> tg.conv1d(tg.zeros(2, 3, 10), tg.zeros(4, 3, 3), stride=2, padding=1).shape
    (2, 4, 5)
    """
    x, w, single = as_tensor(input, "conv1d"), as_tensor(weight, "conv1d"), False
    b = None if bias is None else as_tensor(bias, "conv1d")
    if x.ndim == 2:
        x, single = unsqueeze(x, 0), True
    count = integer("conv1d", "groups", groups, 1)
    _LINES.check("conv1d", ("x", "w", "b"), (x, w, b), {"groups": count})
    rows = unsqueeze(x, 2), unsqueeze(w, 2), b
    y = squeeze(_convolve("conv1d", 1, *rows, stride, padding, dilation, count), 2)
    return squeeze(y, 0) if single else y


def conv2d(
    input: Any,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Pair = 1,
    padding: int | Pair | str = 0,
    dilation: int | Pair = 1,
    groups: int = 1,
) -> Tensor:
    r"""Slide filters over pictures, :math:`y_{nohw} = b_o + \sum_{cij} x_{n,c,sh+di-p,sw+dj-p}\,w_{ocij}`.

    x is (N, C, H, W) or (C, H, W), w (O, C/groups, kh, kw), b (O); the result has
    :math:`\lfloor (H + 2p - d(kh - 1) - 1)/s \rfloor + 1` rows. ``padding`` is a number, a pair,
    ``"valid"`` (none) or ``"same"`` (stride 1: the result has the size of the input; of an odd number of
    lines to add, the larger half comes at the bottom and right). With ``groups`` = C each channel has filters
    of its own, which is called depthwise. Without channels, the result has none.

    Raises:
        ShapeError: the shapes do not fit each other, or the kernel is larger than the padded picture.
        ArgumentError: a stride, dilation or number of groups below 1, a negative padding, "same" with a
            stride.

    >>> import tinygrad_cnn as tg
    >>> tg.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    >>> tg.conv2d(tg.ones(2, 3, 5, 6), tg.ones(6, 1, 3, 3), padding="same", groups=3).shape
    (2, 6, 5, 6)
    """
    x, single = batched(as_tensor(input, "conv2d"))
    w, b = as_tensor(weight, "conv2d"), None if bias is None else as_tensor(bias, "conv2d")
    count = integer("conv2d", "groups", groups, 1)
    if w.ndim != 4:
        raise ShapeError(f"conv2d expects w (O, C/groups, kh, kw) / got w {w.shape}")
    y = _convolve("conv2d", 2, x, w, b, stride, padding, dilation, count)
    return squeeze(y, 0) if single else y


def _convolve(
    function: str,
    rank: int,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    """Convolve pictures, once the shapes of lines are checked; those of pictures are checked by the op."""
    steps, spread = sizes(function, "stride", stride, 1, rank), sizes(function, "dilation", dilation, 1, rank)
    filters, _, *kernel = weight.shape
    if filters % groups:
        raise ShapeError(f"{function}: groups {groups} does not divide the {filters} filters")
    if not filters:
        raise ShapeError(f"{function}: expected at least one filter, got w {weight.shape}")
    window = (kernel[0], kernel[1])
    sides = conv_padding(function, padding, window, steps, spread, rank)
    if x.ndim == 4:
        empty = 0 in x.shape[:2]
        check_window(function, x.shape[2:], window, sides, spread, rank=rank, empty=empty)
    y = ops.conv2d(x, weight, bias, stride=steps, padding=sides, dilation=spread, groups=groups)
    return y if x.shape[1] else _without_channels(function, y, bias)


def _without_channels(function: str, y: Tensor, bias: Tensor | None) -> Tensor:
    """Of no channels PyTorch makes none, however many filters there are."""
    if bias is not None and len(bias) > 1:
        raise ShapeError(
            f"{function}: x has no channels, so the result has none that b {bias.shape} belongs to"
        )
    return ops.getitem(y, index=(slice(None), slice(0)))


def conv_padding(
    function: str, padding: Any, kernel: Pair, stride: Pair, dilation: Pair, rank: int = 2
) -> PadPair:
    """Turn a number, a pair, "same" or "valid" into ((top, bottom), (left, right))."""
    if isinstance(padding, str) and padding == "valid":
        return (0, 0), (0, 0)
    if isinstance(padding, str) and padding == "same":
        if stride != (1, 1):
            got = stride if rank == 2 else stride[1]
            raise ArgumentError(f"{function}: padding='same' needs stride 1, got stride {got}")
        totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return (totals[0] // 2, totals[0] - totals[0] // 2), (totals[1] // 2, totals[1] - totals[1] // 2)
    if isinstance(padding, str):
        raise ArgumentError(f"{function}: padding must be numbers, 'same' or 'valid', got {padding!r}")
    vertical, horizontal = sizes(function, "padding", padding, 0, rank, above=0)
    return (vertical, vertical), (horizontal, horizontal)

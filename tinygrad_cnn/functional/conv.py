"""Convolution and transposed convolution of pictures (N, C, H, W), or of one picture (C, H, W)."""

from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import PadPair, Pair, as_tensor, batched, integer, pair
from .shape import pad, squeeze


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

    x is (N, C, H, W), w (O, C/groups, kh, kw), b (O); the result has
    :math:`\lfloor (H + 2p - d(kh - 1) - 1)/s \rfloor + 1` rows. ``padding`` is a number, a pair,
    ``"valid"`` (none) or ``"same"`` (stride 1: the result has the size of the input).

    >>> import tinygrad_cnn as tg
    >>> tg.conv2d(tg.ones(1, 1, 3, 3), tg.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    x, single = batched(as_tensor(input))
    steps, spread = pair("conv2d", "stride", stride, 1), pair("conv2d", "dilation", dilation, 1)
    groups = integer("conv2d", "groups", groups, 1)
    if weight.ndim != 4:
        raise ShapeError(f"conv2d expects w (O, C/groups, kh, kw) / got w {weight.shape}")
    if weight.shape[0] % groups:
        raise ShapeError(f"conv2d: groups {groups} does not divide the {weight.shape[0]} filters")
    kernel = (weight.shape[2], weight.shape[3])
    sides = conv_padding("conv2d", padding, kernel, steps, spread)
    if x.ndim == 4:
        check_window("conv2d", x.shape[2:], kernel, sides, spread)
    y = ops.conv2d(x, weight, bias, stride=steps, padding=sides, dilation=spread, groups=groups)
    return squeeze(y, 0) if single else y


def conv_transpose2d(
    input: Any,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Pair = 1,
    padding: int | Pair = 0,
    output_padding: int | Pair = 0,
    groups: int = 1,
    dilation: int | Pair = 1,
) -> Tensor:
    r"""Spread pictures through filters: the adjoint of `conv2d`, which makes pictures larger.

    x is (N, C, H, W), w (C, O/groups, kh, kw), b (O); the result has
    :math:`(H - 1) s - 2p + d(kh - 1) + output\_padding + 1` rows.

    >>> import tinygrad_cnn as tg
    >>> tg.conv_transpose2d(tg.ones(1, 1, 1, 2), tg.ones(1, 1, 1, 2), stride=2)
    tensor([[[[1., 1., 1., 1.]]]])
    """
    name = "conv_transpose2d"
    x, single = batched(as_tensor(input))
    steps, spread = pair(name, "stride", stride, 1), pair(name, "dilation", dilation, 1)
    amounts, extra = pair(name, "padding", padding, 0), pair(name, "output_padding", output_padding, 0)
    groups = integer(name, "groups", groups, 1)
    _check_transposed(x, weight, steps, spread, extra, groups)
    y = _spread(x, weight, steps, amounts, extra, spread, groups)
    if bias is not None:
        if bias.shape != (y.shape[1],):
            raise ShapeError(f"{name} expects b ({y.shape[1]},), one number a channel / got b {bias.shape}")
        y = y + bias.reshape(1, -1, 1, 1)
    return squeeze(y, 0) if single else y


def _spread(
    x: Tensor, weight: Tensor, steps: Pair, amounts: Pair, extra: Pair, spread: Pair, groups: int
) -> Tensor:
    """Do the transposed convolution, once everything is checked."""
    kernel = weight.shape[2:]
    # Output padding takes back some of the crop at the bottom and right; what goes beyond it is zero.
    sides = tuple((p, max(p - e, 0)) for p, e in zip(amounts, extra, strict=True))
    size = tuple(
        (n - 1) * s - before - after + d * (k - 1) + 1
        for n, s, (before, after), d, k in zip(x.shape[2:], steps, sides, spread, kernel, strict=True)
    )
    beyond = [max(e - p, 0) for p, e in zip(amounts, extra, strict=True)]
    if min(size) < 0 or min(n + more for n, more in zip(size, beyond, strict=True)) < 1:
        raise ShapeError(
            f"conv_transpose2d: the result would have the size {size}; use less padding or a larger kernel"
        )
    y = ops.conv2d_input(x, weight, size=size, stride=steps, padding=sides, dilation=spread, groups=groups)
    return pad(y, (0, beyond[1], 0, beyond[0])) if any(beyond) else y


def _check_transposed(x: Tensor, weight: Tensor, steps: Pair, spread: Pair, extra: Pair, groups: int) -> None:
    expected = "conv_transpose2d expects x (N, C, H, W), w (C, O/groups, kh, kw)"
    if x.ndim != 4 or weight.ndim != 4 or x.shape[1] != weight.shape[0]:
        raise ShapeError(f"{expected} / got x {x.shape}, w {weight.shape}")
    if x.shape[1] % groups:
        raise ShapeError(f"conv_transpose2d: groups {groups} does not divide the {x.shape[1]} channels")
    if any(e >= max(s, d) for e, s, d in zip(extra, steps, spread, strict=True)):
        raise ArgumentError(
            f"conv_transpose2d: output_padding {extra} must be smaller than "
            f"stride {steps} or dilation {spread}"
        )
    if min(x.shape[2:]) < 1 or min(weight.shape[2:]) < 1:
        raise ShapeError(f"{expected} with sizes of at least 1 / got x {x.shape}, w {weight.shape}")


def conv_padding(function: str, padding: Any, kernel: Pair, stride: Pair, dilation: Pair) -> PadPair:
    """Turn a number, a pair, "same" or "valid" into ((top, bottom), (left, right))."""
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same":
        if stride != (1, 1):
            raise ArgumentError(f"{function}: padding='same' needs stride 1, got stride {stride}")
        totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return (totals[0] // 2, totals[0] - totals[0] // 2), (totals[1] // 2, totals[1] - totals[1] // 2)
    if isinstance(padding, str):
        raise ArgumentError(f"{function}: padding must be numbers, 'same' or 'valid', got {padding!r}")
    vertical, horizontal = pair(function, "padding", padding, 0)
    return (vertical, vertical), (horizontal, horizontal)


def check_window(
    function: str,
    size: tuple[int, ...],
    kernel: Pair,
    padding: PadPair,
    dilation: Pair,
    beyond: Pair = (0, 0),
) -> None:
    """Raise a `ShapeError` that does the sum, if a kernel does not fit into the padded picture.

    A window may reach ``beyond`` the far border by so much.
    """
    for side, n, k, (before, after), d, more in zip(
        ("height", "width"), size, kernel, padding, dilation, beyond, strict=True
    ):
        if k < 1 or n < 1:
            raise ShapeError(f"{function}: {side} {n} and kernel {k} must be at least 1")
        if n + before + after + more < d * (k - 1) + 1:
            raise ShapeError(
                f"{function}: a kernel of {k} (dilation {d}) covers {d * (k - 1) + 1}, but the {side} is "
                f"{n} + padding {before} + {after} = {n + before + after}; "
                "use a smaller kernel or more padding"
            )

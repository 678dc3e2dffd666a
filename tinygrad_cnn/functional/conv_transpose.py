"""Transposed convolution of lines (N, C, L) and pictures (N, C, H, W), or of one of them without N."""

from collections.abc import Sequence
from typing import Any

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import Pair, as_tensor, integer
from .pad import pad
from .shape import unsqueeze
from .windows import pictures, sizes, unpictured

__all__ = ["conv_transpose1d", "conv_transpose2d"]

_WEIGHTS = {
    1: "x (N, C, L) or (C, L), w (C, O/groups, k)",
    2: "x (N, C, H, W) or (C, H, W), w (C, O/groups, kh, kw)",
}


def conv_transpose1d(
    input: Any,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | tuple[int] = 1,
    padding: int | tuple[int] = 0,
    output_padding: int | tuple[int] = 0,
    groups: int = 1,
    dilation: int | tuple[int] = 1,
) -> Tensor:
    r"""Spread lines through filters: the adjoint of `conv1d`, which makes lines longer.

    x is (N, C, L) or (C, L), w (C, O/groups, k), b (O); the result is
    :math:`(L - 1) s - 2p + d(k - 1) + output\_padding + 1` long.

    Raises:
        ShapeError: the shapes do not fit each other, or nothing would be left.
        ArgumentError: a setting out of its range; ``output_padding`` must be smaller than the stride or the
            dilation.

    >>> import tinygrad_cnn as tg
    >>> tg.conv_transpose1d(tg.tensor([[[1.0, 2.0]]]), tg.tensor([[[1.0, 0.5]]]), stride=2)
    tensor([[[1. , 0.5, 2. , 1. ]]])
    """
    settings = (stride, padding, output_padding, groups, dilation)
    return _transposed("conv_transpose1d", 1, input, weight, bias, *settings)


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

    x is (N, C, H, W) or (C, H, W), w (C, O/groups, kh, kw), b (O); the result has
    :math:`(H - 1) s - 2p + d(kh - 1) + output\_padding + 1` rows. ``output_padding`` adds rows at the bottom
    and columns at the right, of the sizes of which `conv2d` makes the same.

    Raises:
        ShapeError: the shapes do not fit each other, or nothing would be left.
        ArgumentError: a setting out of its range; ``output_padding`` must be smaller than the stride or the
            dilation.

    >>> import tinygrad_cnn as tg
    >>> tg.conv_transpose2d(tg.ones(1, 1, 1, 2), tg.ones(1, 1, 1, 2), stride=2)
    tensor([[[[1., 1., 1., 1.]]]])
    """
    settings = (stride, padding, output_padding, groups, dilation)
    return _transposed("conv_transpose2d", 2, input, weight, bias, *settings)


def _transposed(
    function: str,
    rank: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: Any,
    dilation: Any,
) -> Tensor:
    steps, spread = sizes(function, "stride", stride, 1, rank), sizes(function, "dilation", dilation, 1, rank)
    amounts = sizes(function, "padding", padding, 0, rank, above=0)
    extra = sizes(function, "output_padding", output_padding, 0, rank, above=0)
    count, w = integer(function, "groups", groups, 1), as_tensor(weight, function)
    _check_shapes(function, rank, as_tensor(input, function).shape, w.shape, count)
    check_output_padding(function, *(numbers[2 - rank :] for numbers in (extra, steps, spread)))
    x, single = pictures(function, input, rank)
    y = _spread(function, x, unsqueeze(w, 2) if rank == 1 else w, steps, amounts, extra, spread, count)
    if bias is not None:
        b = as_tensor(bias, function)
        if b.shape != (y.shape[1],):
            raise ShapeError(f"{function} expects b ({y.shape[1]},), one number a channel / got b {b.shape}")
        y = y + b.reshape(1, -1, 1, 1)
    return unpictured(y, rank, single)


def _spread(
    function: str,
    x: Tensor,
    weight: Tensor,
    steps: Pair,
    amounts: Pair,
    extra: Pair,
    spread: Pair,
    groups: int,
) -> Tensor:
    """Do the transposed convolution, once everything is checked."""
    sides, kept, beyond = [], [], []
    for n, s, p, e, d, k in zip(x.shape[2:], steps, amounts, extra, spread, weight.shape[2:], strict=True):
        whole = (n - 1) * s + d * (k - 1) + 1
        if whole - 2 * p + e < (1 if len(x) else 0):
            raise ShapeError(
                f"{function}: {n} would become {whole} - 2 * {p} + {e} = {whole - 2 * p + e}; "
                "use less padding or a larger kernel"
            )
        # Output padding takes back some of the crop at the bottom and right; what goes beyond it is zero.
        before = min(p, whole)
        after = min(max(p - e, 0), whole - before)
        sides.append((before, after))
        kept.append(whole - before - after)
        beyond.append(whole - 2 * p + e - kept[-1])
    settings: dict[str, Any] = {
        "stride": steps,
        "padding": tuple(sides),
        "dilation": spread,
        "groups": groups,
    }
    y = ops.conv2d_input(x, weight, size=tuple(kept), **settings)
    return pad(y, (0, beyond[1], 0, beyond[0])) if any(beyond) else y


def _check_shapes(function: str, rank: int, x: Sequence[int], w: Sequence[int], groups: int) -> None:
    expected = f"{function} expects {_WEIGHTS[rank]}"
    if len(x) not in (rank + 1, rank + 2) or len(w) != rank + 2 or x[-rank - 1] != w[0]:
        raise ShapeError(f"{expected} / got x {tuple(x)}, w {tuple(w)}")
    if w[0] % groups:
        raise ShapeError(f"{function}: groups {groups} does not divide the {w[0]} channels")
    some = len(x) == rank + 1 or x[0] > 0
    if min(w) < 1 or (some and min(x[-rank:]) < 1):
        raise ShapeError(f"{expected} with sizes of at least 1 / got x {tuple(x)}, w {tuple(w)}")


def check_output_padding(
    function: str, extra: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> None:
    """Refuse to add more than the places that a stride leaves open."""
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        got = [numbers if len(numbers) == 2 else numbers[0] for numbers in (extra, stride, dilation)]
        raise ArgumentError(
            f"{function}: output_padding {got[0]} must be smaller than stride {got[1]} or dilation {got[2]}"
        )

"""Losses with a margin: what is on the right side of it, and far enough, counts nothing."""

from math import inf
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import DataError, ShapeError
from .arguments import as_tensor, floating
from .loss_reduce import number, paired, reduce
from .reduce import sum

__all__ = ["cosine_embedding_loss", "hinge_embedding_loss", "margin_ranking_loss", "soft_margin_loss"]


def _signs(function: str, target: Any, shape: tuple[int, ...]) -> Tensor:
    """Give labels as a tensor of 1 and -1, or say which one is neither."""
    t = as_tensor(target, function)
    if t.shape != shape:
        raise ShapeError(f"{function} expects target {shape}, one label each / got target {t.shape}")
    wrong = np.argwhere(np.abs(t.array) != 1)
    if len(wrong):
        place = tuple(wrong[0].tolist())
        raise DataError(f"{function}: target must be 1 or -1, got {t.array[place]} at {place}")
    return t


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    r"""Distances that should be small for the label 1 and large for -1: :math:`y = x` for t = 1,
    :math:`\max(0, m - x)` for t = -1.

    Args:
        input: distances x, of any shape.
        target: as many labels, 1 or -1.
        margin: m, the distance from which on -1 counts nothing.
        reduction: "none" for all values, "sum", or "mean".

    Raises:
        ShapeError: unequal shapes, or the mean of nothing.
        DataError: a label that is neither 1 nor -1.
        ArgumentError: an unknown reduction.

    >>> import tinygrad_cnn as tg
    >>> tg.hinge_embedding_loss(tg.tensor([0.5, 0.25]), [1, -1], reduction="none")
    tensor([0.5 , 0.75])
    """
    x = floating("hinge_embedding_loss", as_tensor(input, "hinge_embedding_loss"))
    t = _signs("hinge_embedding_loss", target, x.shape)
    far = ops.clip(number("hinge_embedding_loss", "margin", margin, -inf) - x, min=0.0)
    return reduce("hinge_embedding_loss", ops.select(x, far, condition=t.array == 1), reduction)


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    r"""Pairs of scores of which the first should be larger for the label 1 and smaller for -1, by a margin:
    :math:`y = \max(0, -t (x_1 - x_2) + m)`.

    Arguments and errors as `hinge_embedding_loss`; all three have one shape.

    >>> import tinygrad_cnn as tg
    >>> tg.margin_ranking_loss(tg.tensor([3.0, 3.0]), tg.tensor([1.0, 1.0]), [1, -1], reduction="none")
    tensor([0., 2.])
    """
    a, b = paired("margin_ranking_loss", input1, input2, ("input1", "input2"))
    t = _signs("margin_ranking_loss", target, a.shape)
    distance = number("margin_ranking_loss", "margin", margin, -inf)
    return reduce("margin_ranking_loss", ops.clip(distance - t * (a - b), min=0.0), reduction)


def soft_margin_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Scores that should be positive for the label 1 and negative for -1, :math:`y = \ln(1 + e^{-t x})`,
    without overflow.

    Arguments and errors as `hinge_embedding_loss`.

    >>> import tinygrad_cnn as tg
    >>> tg.soft_margin_loss(tg.tensor([0.0, 1e4]), [1, -1], reduction="none")
    tensor([6.931472e-01, 1.000000e+04])
    """
    x = floating("soft_margin_loss", as_tensor(input, "soft_margin_loss"))
    t = _signs("soft_margin_loss", target, x.shape)
    return reduce("soft_margin_loss", ops.softplus(-t * x, threshold=inf), reduction)


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    r"""Pairs of vectors that should point the same way for the label 1 and not for -1:
    :math:`y = 1 - \cos(x_1, x_2)` for t = 1, :math:`\max(0, \cos(x_1, x_2) - m)` for t = -1.

    Args:
        input1, input2: vectors (N, D), or (D) each; 1e-12 is added to their squared lengths, as in PyTorch.
        target: labels (N), or one number; 1 or -1.
        margin: m, from -1 to 1; the cosine up to which -1 counts nothing.
        reduction: "none" for all values, "sum", or "mean".

    Errors as `hinge_embedding_loss`.

    >>> import tinygrad_cnn as tg
    >>> a, b = tg.tensor([[1.0, 0.0], [1.0, 0.0]]), tg.tensor([[0.0, 2.0], [3.0, 0.0]])
    >>> tg.cosine_embedding_loss(a, b, [1, -1], reduction="none")
    tensor([1., 1.])
    """
    function = "cosine_embedding_loss"
    a, b = paired(function, input1, input2, ("input1", "input2"))
    if a.ndim not in (1, 2):
        raise ShapeError(f"{function} expects input1 and input2 (N, D) or (D) / got {a.shape}")
    t = _signs(function, target, a.shape[:-1])
    least = number(function, "margin", margin, -1)
    lengths = (sum(a * a, -1) + 1e-12) * (sum(b * b, -1) + 1e-12)
    cosine = sum(a * b, -1) / ops.sqrt(lengths)
    apart = ops.clip(cosine - least, min=0.0)
    return reduce(function, ops.select(1.0 - cosine, apart, condition=t.array == 1), reduction)

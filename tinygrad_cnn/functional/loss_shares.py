"""Losses of probabilities: yes or no, distributions, and masks."""

from math import inf
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, flag, floating, reduction_of
from .loss import check_labels
from .loss_reduce import EMPTY, number, paired, reduce, same_precision, shares, weighted
from .reduce import sum

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "dice_loss",
    "kl_div",
    "sigmoid_focal_loss",
]


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: str = "mean") -> Tensor:
    r"""Cross-entropy of probabilities of yes, :math:`y = -w\,(t \ln x + (1 - t) \ln(1 - x))`.

    Logarithms are not less than -100, as in PyTorch; `binary_cross_entropy_with_logits` does without, on
    scores instead of probabilities.

    Args:
        input, target: two tensors of one shape, of values in 0..1; both may require a gradient.
        weight: a constant factor, repeated to that shape; the mean is not divided by it.
        reduction: "none" for all values, "sum", or "mean".

    Raises:
        ShapeError: unequal shapes, a weight that does not fit, or the mean of nothing.
        DataError: a value outside of 0..1.
        ArgumentError: an unknown reduction, or a weight that requires a gradient.

    >>> import tinygrad_cnn as tg
    >>> tg.binary_cross_entropy(tg.tensor([0.5, 0.0]), tg.tensor([1.0, 0.0]), reduction="none")
    tensor([0.6931472, 0.       ])
    """
    function = "binary_cross_entropy"
    x, t = paired(function, input, target)
    shares(function, "input", x)
    shares(function, "target", t)
    return reduce(function, weighted(function, "weight", ops.binary_cross_entropy(x, t), weight), reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean", pos_weight: Any = None
) -> Tensor:
    r"""Cross-entropy of scores for yes, :math:`y = -w\,(p\,t \ln \sigma(x) + (1 - t) \ln(1 - \sigma(x)))`,
    without loss of digits: :math:`-\ln \sigma(x) = \ln(1 + e^{-x})`.

    Args:
        input: scores, without a sigmoid before.
        target: as many shares of yes; both may require a gradient.
        weight, pos_weight: constant factors w and p, repeated to that shape; p is for yes alone, for instance
            one number a class in the last dimension. The mean is not divided by them.
        reduction: "none" for all values, "sum", or "mean".

    Raises:
        ShapeError: unequal shapes, a weight that does not fit, or the mean of nothing.
        ArgumentError: an unknown reduction, or a weight that requires a gradient.

    >>> import tinygrad_cnn as tg
    >>> tg.binary_cross_entropy_with_logits(tg.tensor([0.0, -1e4]), tg.tensor([1.0, 0.0]), reduction="none")
    tensor([0.6931472, 0.       ])
    """
    function = "binary_cross_entropy_with_logits"
    x, t = paired(function, input, target)
    yes = weighted(function, "pos_weight", t * ops.softplus(-x, threshold=inf), pos_weight)
    no = (1.0 - t) * ops.softplus(x, threshold=inf)
    return reduce(function, weighted(function, "weight", yes + no, weight), reduction)


def sigmoid_focal_loss(
    inputs: Any, targets: Any, alpha: float = 0.25, gamma: float = 2.0, reduction: str = "none"
) -> Tensor:
    r"""`binary_cross_entropy_with_logits` in which what is already right counts little:
    :math:`y = \alpha_t (1 - p_t)^\gamma\,\mathrm{bce}`, with :math:`p_t` the probability of the truth.

    :math:`\alpha_t` is ``alpha`` for yes and 1 - ``alpha`` for no; with ``alpha`` = -1 it is left out. Shapes
    and errors are those of `binary_cross_entropy_with_logits`; an ``alpha`` outside of 0..1 and a negative
    ``gamma`` are an `ArgumentError`. Source: Lin et al., "Focal loss for dense object detection", 2017; name
    and arguments are torchvision's.

    >>> import tinygrad_cnn as tg
    >>> tg.sigmoid_focal_loss(tg.tensor([0.0, 0.0]), tg.tensor([1.0, 0.0]))
    tensor([0.0433217, 0.1299651])
    """
    function = "sigmoid_focal_loss"
    x, t = paired(function, inputs, targets, ("inputs", "targets"))
    number(function, "gamma", gamma, 0)
    if not (number(function, "alpha", alpha, -1) == -1 or 0 <= alpha <= 1):
        raise ArgumentError(f"{function}: alpha must lie in 0..1, or be -1 for none, got {alpha!r}")
    values = binary_cross_entropy_with_logits(x, t, reduction="none")
    missed = (1.0 - t) * ops.sigmoid(x) + t * ops.sigmoid(-x)  # 1 - p_t, to all digits
    values = values * missed**gamma
    if alpha != -1:
        values = values * (t * alpha + (1.0 - t) * (1 - alpha))
    return reduce(function, values, reduction)


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Tensor:
    r"""Kullback-Leibler divergence of a distribution t from another, of which the logarithm x is given,
    :math:`y = t\,(\ln t - x)`, value by value; t = 0 counts 0.

    Args:
        input: the logarithms x, as `log_softmax` gives them.
        target: as many probabilities t; both may require a gradient.
        reduction: "none", "sum", "batchmean" (the sum divided by the first size, which is the divergence), or
            "mean" (divided by the number of values).
        log_target: the target, too, holds logarithms.

    Raises:
        ShapeError: unequal shapes, or the mean of nothing.
        DtypeError: whole numbers.
        ArgumentError: an unknown reduction.

    >>> import tinygrad_cnn as tg
    >>> tg.kl_div(tg.log(tg.tensor([[0.5, 0.5]])), tg.tensor([[1.0, 0.0]]), reduction="batchmean").item()
    0.6931471824645996
    """
    x, t = floating("kl_div", as_tensor(input, "kl_div")), floating("kl_div", as_tensor(target, "kl_div"))
    x, t = paired("kl_div", x, t)
    if flag("kl_div", "log_target", log_target):
        values = ops.exp(t) * (t - x)
    else:
        with np.errstate(divide="ignore", invalid="ignore"):  # at 0, where it is not used
            information = t * ops.log(t)
        values = ops.select(information, 0.0, condition=t.array != 0) - t * x
    if reduction != "batchmean":
        if reduction not in ("none", "sum", "mean"):
            raise ArgumentError(
                f"kl_div: reduction must be 'none', 'mean', 'sum' or 'batchmean', got {reduction!r}"
            )
        return reduce("kl_div", values, reduction)
    rows = values.shape[0] if values.ndim else 1
    if not rows:
        raise ShapeError(f"kl_div{EMPTY}")
    return sum(values) / rows


def dice_loss(input: Any, target: Any, smooth: float = 1.0, reduction: str = "mean") -> Tensor:
    r"""How little predicted and true masks overlap: for each picture and class
    :math:`y = 1 - (2 \sum x t + s) / (\sum x + \sum t + s)`, with sums over all places.

    Args:
        input: probabilities (N, C, d1, ...), after a sigmoid or a softmax; C is 1 for a single mask.
        target: masks of the same shape, hard or soft, or labels (N, d1, ...) from 0 to C - 1.
        smooth: s, added above and below; where both masks are empty, the loss is 0 if s is positive.
        reduction: "none" for (N, C), "sum", or "mean".

    Raises:
        ShapeError: shapes that do not belong together, or the mean of nothing.
        DataError: a label out of range.
        ArgumentError: an unknown reduction, or a negative ``smooth``.

    Source: Dice, Ecology 26, 1945; as a loss Milletari et al., "V-Net", 2016 (there with squares below), and
    Sudre et al., "Generalised Dice overlap as a deep learning loss function", 2017 (without them, as here).

    >>> import tinygrad_cnn as tg
    >>> tg.dice_loss(tg.tensor([[[1.0, 0.0, 0.0]]]), tg.tensor([[[1.0, 1.0, 1.0]]]), smooth=0.0).item()
    0.5
    """
    reduction_of("dice_loss", reduction)
    x, t = floating("dice_loss", as_tensor(input, "dice_loss")), as_tensor(target, "dice_loss")
    if x.ndim < 3:
        raise ShapeError(f"dice_loss expects input (N, C, d1, ...) / got input {x.shape}")
    if t.shape != x.shape:
        labels = check_labels("dice_loss", t.array, x.shape)
        classes = np.arange(x.shape[1]).reshape(-1, *(1,) * (x.ndim - 2))
        t = wrap((labels[:, None] == classes).astype(x.dtype))
    same_precision("dice_loss", x, t)
    places, s = tuple(range(2, x.ndim)), number("dice_loss", "smooth", smooth, 0)
    overlap, size = sum(x * t, places) * 2.0 + s, sum(x, places) + sum(t, places) + s
    return reduce("dice_loss", 1.0 - overlap / size, reduction)

"""Losses. Labels are checked here: a label out of range would pick a wrong probability in silence."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, DataError, DtypeError, ShapeError
from .arguments import as_tensor, floating, reduction_of
from .reduce import mean, sum
from .shape import gather, squeeze, unsqueeze

EMPTY = " got an empty batch, which has no mean; use reduction='sum' or drop the batch"


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Mean squared error, :math:`y = \frac{1}{n} \sum_i (x_i - t_i)^2`, of two tensors of one shape.

    >>> import tinygrad_cnn as tg
    >>> tg.mse_loss(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 4.0])).item()
    2.0
    """
    x, t = as_tensor(input), as_tensor(target)
    if x.shape != t.shape:
        raise ShapeError(
            f"mse_loss expects two equal shapes / got input {x.shape}, target {t.shape} / "
            "broadcasting would compare each value with many; reshape one of them"
        )
    _same_precision("mse_loss", x, t)
    difference = x - t
    return _reduce("mse_loss", difference * difference, reduction)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    r"""Cross-entropy of scores and labels, :math:`y_n = -w_{t_n} \ln \mathrm{softmax}(x_n)_{t_n}`, stable
    by row.

    x is (N, C), (C) or (N, C, d1, ...) of raw scores (no softmax before it); the target is (N), () or (N,
    d1, ...) of labels 0..C-1, or probabilities of the shape of x. The mean is weighted by :math:`w`; labels
    equal to ``ignore_index`` do not count. ``label_smoothing`` spreads that share of each label evenly over
    all classes.

    >>> import tinygrad_cnn as tg
    >>> tg.cross_entropy(tg.tensor([[0.0, 0.0]]), tg.tensor([1])).item()
    0.6931471824645996
    """
    reduction_of("cross_entropy", reduction)
    x = floating("cross_entropy", as_tensor(input))
    if not 0 <= label_smoothing <= 1:
        raise ArgumentError(f"cross_entropy: label_smoothing must lie in 0..1, got {label_smoothing!r}")
    single = x.ndim == 1
    scores = unsqueeze(x, 0) if single else x
    if scores.ndim < 2:
        raise ShapeError(f"cross_entropy expects input (N, C), (C) or (N, C, d1, ...) / got input {x.shape}")
    w = class_weights("cross_entropy", weight, scores)
    t = as_tensor(target)
    if t.shape == x.shape and t.dtype.kind == "f":
        rows = _of_probabilities(scores, unsqueeze(t, 0) if single else t, w, label_smoothing, reduction)
    else:
        labels = t.array[None] if single else t.array
        labels = check_labels("cross_entropy", labels, scores.shape, ignore_index)
        rows = _of_labels(scores, labels, w, ignore_index, label_smoothing, reduction)
    if reduction != "none":
        return sum(rows)
    return squeeze(rows, 0) if single else rows


def _of_labels(
    x: Tensor, labels: np.ndarray, w: np.ndarray, ignore_index: int, smoothing: float, reduction: str
) -> Tensor:
    """Build the weight of each class in each row, divided for the mean; the loss is linear in it."""
    row_weight, labels, counted = _row_weights(w, labels, ignore_index)
    scale = _scale("cross_entropy", float(np.add.reduce(row_weight, axis=None)), labels.size, reduction)
    target = np.zeros_like(x.array)  # in the memory order of x, as everything that is computed with it
    grid = [
        np.arange(n).reshape([-1 if e == d else 1 for e in range(labels.ndim)])
        for d, n in enumerate(labels.shape)
    ]
    target[grid[0], labels, *grid[1:]] = row_weight * (scale * (1 - smoothing))
    if smoothing:
        target += (scale * smoothing / len(w)) * w.reshape((1, -1) + (1,) * (x.ndim - 2)) * counted[:, None]
    return ops.soft_cross_entropy(x, target=target)


def _of_probabilities(x: Tensor, t: Tensor, w: np.ndarray, smoothing: float, reduction: str) -> Tensor:
    _same_precision("cross_entropy", x, t)
    count = x.numel() // max(x.shape[1], 1)
    per_class = w * x.dtype.type(_scale("cross_entropy", float(count), count, reduction))
    target = (t * (1 - smoothing) + smoothing / x.shape[1]) * wrap(
        per_class.reshape((1, -1) + (1,) * (x.ndim - 2))
    )
    if target.requires_grad:
        return -sum(target * ops.log_softmax(x, dim=1), 1)
    return ops.soft_cross_entropy(x, target=target.array)


def _same_precision(function: str, x: Tensor, t: Tensor) -> None:
    """Refuse float32 beside float64 in the name of the function that was called."""
    if x.dtype.kind == t.dtype.kind == "f" and x.dtype != t.dtype:
        raise DtypeError(
            f"{function} got input {x.dtype}, target {t.dtype}; nothing is promoted silently: "
            "convert the target, with .float() or .double() (an array with .astype)"
        )


def nll_loss(
    input: Any, target: Any, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    r"""Negative log-likelihood, :math:`y_n = -w_{t_n} x_{n,t_n}`, for x = log-probabilities; arguments as
    `cross_entropy`.

    >>> import tinygrad_cnn as tg
    >>> tg.nll_loss(tg.tensor([[-0.5, -1.0]]), tg.tensor([1])).item()
    1.0
    """
    reduction_of("nll_loss", reduction)
    x = floating("nll_loss", as_tensor(input))
    single = x.ndim == 1
    scores = unsqueeze(x, 0) if single else x
    if scores.ndim < 2:
        raise ShapeError(f"nll_loss expects input (N, C), (C) or (N, C, d1, ...) / got input {x.shape}")
    w = class_weights("nll_loss", weight, scores)
    t = as_tensor(target).array
    labels = check_labels("nll_loss", t[None] if single else t, scores.shape, ignore_index)
    row_weight, picked, counted = _row_weights(w, labels, ignore_index)
    values = squeeze(gather(scores, 1, picked[:, None]), 1)
    rows = ops.select(-values * wrap(row_weight), 0.0, condition=counted)
    if reduction != "none":
        return sum(rows) * _scale("nll_loss", float(row_weight.sum()), labels.size, reduction)
    return squeeze(rows, 0) if single else rows


def class_weights(function: str, weight: Any, x: Tensor) -> np.ndarray:
    """Give one weight a class, ones by default, in the precision of x."""
    if weight is None:
        return np.ones(x.shape[1], x.dtype)
    if getattr(weight, "requires_grad", False):
        raise ArgumentError(f"{function}: weight is a constant without gradient; pass weight.detach()")
    w = as_tensor(weight).array
    if w.shape != (x.shape[1],):
        raise ShapeError(
            f"{function} expects weight ({x.shape[1]},), one number a class / got weight {w.shape}"
        )
    return w.astype(x.dtype)


def _row_weights(
    w: np.ndarray, labels: np.ndarray, ignore_index: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the weight of each row, labels that can be looked up everywhere, and which rows count."""
    counted = labels != ignore_index
    if counted.all():
        return w[labels], labels, counted
    picked = np.where(counted, labels, 0)
    return w[picked] * counted, picked, counted


def check_labels(
    function: str, labels: np.ndarray, shape: tuple[int, ...], ignore_index: int = -100
) -> np.ndarray:
    """Give labels as integers of the right shape in 0..C-1, or say which one is not."""
    expected = (shape[0], *shape[2:])
    if labels.shape != expected:
        raise ShapeError(
            f"{function} expects labels {expected} for scores {shape} / got labels {labels.shape}"
        )
    if labels.dtype.kind == "f":
        _refuse(function, labels, ~np.isfinite(labels) | (labels != np.floor(labels)), shape[1])
    whole = labels.astype(np.int64)
    if whole.size and (whole.min() < 0 or whole.max() >= shape[1]):
        _refuse(function, whole, ((whole < 0) | (whole >= shape[1])) & (whole != ignore_index), shape[1])
    return whole


def _refuse(function: str, labels: np.ndarray, wrong: np.ndarray, classes: int) -> None:
    places = np.argwhere(wrong)
    if len(places):
        place = tuple(places[0].tolist())
        raise DataError(
            f"{function}: label {labels[place]} at {place} is not one of the {classes} classes; "
            f"labels are whole numbers 0..{classes - 1}"
        )


def _scale(function: str, total: float, rows: int, reduction: str) -> float:
    """Give what a sum over rows is multiplied with for the mean, or 1."""
    if reduction != "mean":
        return 1.0
    if not rows:
        raise ShapeError(f"{function}{EMPTY}")
    if total == 0:
        raise DataError(f"{function}: no label counts (all ignored or of weight 0), so there is no mean")
    return 1.0 / total


def _reduce(function: str, values: Tensor, reduction: str) -> Tensor:
    if reduction_of(function, reduction) == "none":
        return values
    if reduction == "sum":
        return sum(values)
    if not values.numel():
        raise ShapeError(f"{function}{EMPTY}")
    return mean(values)

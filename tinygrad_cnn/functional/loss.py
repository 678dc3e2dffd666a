"""Losses of scores and labels. Labels are checked here: one that is out of range would pick a wrong
probability in silence."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, wrap
from ..errors import ArgumentError, DataError, ShapeError
from .arguments import as_tensor, floating, integer, number, reduction_of
from .loss_reduce import EMPTY, constant, same_precision
from .pick import gather
from .reduce import sum
from .shape import squeeze, unsqueeze

__all__ = ["cross_entropy", "nll_loss"]


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

    Args:
        input: raw scores (N, C), (C) or (N, C, d1, ...), without a softmax before.
        target: labels 0..C-1 of shape (N), () or (N, d1, ...); or probabilities of the shape of input, which
            may require a gradient: then :math:`y_n = -\sum_c w_c t_{nc} \ln \mathrm{softmax}(x_n)_c`.
        weight: (C), a constant factor for each class. The mean of labels is divided by their weights, that of
            probabilities by the number of rows.
        ignore_index: labels equal to it do not count; only for labels.
        reduction: "none" for one value a row, "sum", or "mean".
        label_smoothing: this share of each label is spread evenly over all classes.

    Raises:
        ShapeError: shapes that do not belong together, or the mean of nothing.
        DataError: a label out of range, or the mean where none counts.
        DtypeError: scores of whole numbers, or float32 beside float64.
        ArgumentError: an unknown reduction, ``label_smoothing`` outside of 0..1, ``ignore_index`` with
            probabilities, or a weight that requires a gradient.

    >>> import tinygrad_cnn as tg
    >>> tg.cross_entropy(tg.tensor([[0.0, 0.0]]), tg.tensor([1])).item()
    0.6931471824645996
    """
    reduction_of("cross_entropy", reduction)
    x = floating("cross_entropy", as_tensor(input, "cross_entropy"))
    ignore_index = integer("cross_entropy", "ignore_index", ignore_index, None)
    if not 0 <= number("cross_entropy", "label_smoothing", label_smoothing) <= 1:
        raise ArgumentError(f"cross_entropy: label_smoothing must lie in 0..1, got {label_smoothing!r}")
    single = x.ndim == 1
    scores = unsqueeze(x, 0) if single else x
    if scores.ndim < 2:
        raise ShapeError(f"cross_entropy expects input (N, C), (C) or (N, C, d1, ...) / got input {x.shape}")
    w = class_weights("cross_entropy", weight, scores)
    t = as_tensor(target, "cross_entropy")
    if t.shape == x.shape and t.dtype.kind == "f":
        if ignore_index >= 0:
            raise ArgumentError(
                f"cross_entropy: ignore_index names a label, and target holds probabilities; leave out "
                f"ignore_index={ignore_index}"
            )
        rows = _of_probabilities(scores, unsqueeze(t, 0) if single else t, w, label_smoothing, reduction)
    else:
        labels = check_labels("cross_entropy", _batch(t.array, single), scores.shape, ignore_index)
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
    same_precision("cross_entropy", x, t)
    count = x.numel() // max(x.shape[1], 1)
    per_class = w * x.dtype.type(_scale("cross_entropy", float(count), count, reduction))
    target = (t * (1 - smoothing) + smoothing / max(x.shape[1], 1)) * wrap(
        per_class.reshape((1, -1) + (1,) * (x.ndim - 2))
    )
    if target.requires_grad:
        return -sum(target * ops.log_softmax(x, dim=1), 1)
    return ops.soft_cross_entropy(x, target=target.array)


def nll_loss(
    input: Any, target: Any, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    r"""Negative log-likelihood, :math:`y_n = -w_{t_n} x_{n,t_n}`, for x = log-probabilities; arguments, but
    for probabilities as target, and errors as `cross_entropy`.

    >>> import tinygrad_cnn as tg
    >>> tg.nll_loss(tg.tensor([[-0.5, -1.0]]), tg.tensor([1])).item()
    1.0
    """
    reduction_of("nll_loss", reduction)
    ignore_index = integer("nll_loss", "ignore_index", ignore_index, None)
    x = floating("nll_loss", as_tensor(input, "nll_loss"))
    single = x.ndim == 1
    scores = unsqueeze(x, 0) if single else x
    if scores.ndim < 2:
        raise ShapeError(f"nll_loss expects input (N, C), (C) or (N, C, d1, ...) / got input {x.shape}")
    w = class_weights("nll_loss", weight, scores)
    labels = check_labels(
        "nll_loss", _batch(as_tensor(target, "nll_loss").array, single), scores.shape, ignore_index
    )
    row_weight, picked, counted = _row_weights(w, labels, ignore_index)
    values = squeeze(gather(scores, 1, picked[:, None]), 1)
    rows = ops.select(-values * wrap(row_weight), 0.0, condition=counted)
    if reduction != "none":
        return sum(rows) * _scale("nll_loss", float(row_weight.sum()), labels.size, reduction)
    return squeeze(rows, 0) if single else rows


def _batch(labels: np.ndarray, single: bool) -> np.ndarray:
    """Give the label of one sample, () or (1), as a batch of one."""
    return labels.reshape(1, *labels.shape[labels.shape == (1,) :]) if single else labels


def class_weights(function: str, weight: Any, x: Tensor) -> np.ndarray:
    """Give one weight a class, ones by default, in the precision of x."""
    if weight is None:
        return np.ones(x.shape[1], x.dtype)
    w = constant(function, "weight", weight).array
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

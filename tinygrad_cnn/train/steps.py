"""The steps that one would have written oneself: train on a batch, evaluate, predict."""

import math
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from ..core import Tensor, no_grad, wrap
from ..errors import ArgumentError, ShapeError
from ..functional import cross_entropy, softmax
from ..optim import Optimizer, clip_grad_norm_
from .batches import as_loader, open_batches, split_batch
from .diagnose import LossNotFiniteError, bad_positions
from .metrics import confusion_matrix, count_correct, is_classification

Loss = Callable[[Tensor, Tensor], Tensor]
Flips = Literal["horizontal", "vertical", "both"]
_VIEWS: dict[str | None, tuple[tuple[int, ...], ...]] = {
    None: ((),),
    "horizontal": ((), (3,)),
    "vertical": ((), (2,)),
    "both": ((), (3,), (2,), (2, 3)),
}


class StepResult(NamedTuple):
    """What one step saw: mean loss, correct predictions (None without classes), number of samples.

    >>> loss, correct, samples = StepResult(0.5, 3, 4)
    >>> correct / samples
    0.75
    """

    loss: float
    correct: int | None
    samples: int


class Evaluation(NamedTuple):
    """Mean loss, share of correct predictions, confusion matrix; the last two are None without classes.

    >>> from tinygrad_cnn import nn
    >>> evaluate(nn.Identity(), (np.eye(2, dtype=np.float32), [0, 1])).accuracy
    1.0
    """

    loss: float
    accuracy: float | None
    confusion: np.ndarray | None


def train_step(
    model: Any,
    x: Tensor,
    y: Tensor,
    optimizer: Optimizer,
    loss: Loss = cross_entropy,
    clip_grad_norm: float | None = None,
) -> StepResult:
    """Do one step: forward, loss, backward, update.

    Raises `NotFiniteError` if the loss is NaN or infinite; weights and buffers are then as they were.

    >>> from tinygrad_cnn import nn, ones, optim, tensor
    >>> model = nn.Linear(4, 2)
    >>> first = train_step(model, ones(1, 4), tensor([1]), optim.SGD(model.parameters(), lr=0.1))
    >>> again = train_step(model, ones(1, 4), tensor([1]), optim.SGD(model.parameters(), lr=0.1))
    >>> again.loss < first.loss
    True
    """
    optimizer.zero_grad()
    buffers = _noted_buffers(model)
    scores = model(x)
    value = loss(scores, y)
    if not math.isfinite(value.item()):
        for buffer, before in buffers:
            buffer.replace(before)
        raise LossNotFiniteError(value.item(), bad_positions(scores.detach(), x, y, loss), len(x))
    value.backward()
    if clip_grad_norm is not None:
        clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], clip_grad_norm)
    optimizer.step()
    return StepResult(value.item(), count_correct(scores, y), len(x))


def _noted_buffers(model: Any) -> list[tuple[Tensor, np.ndarray]]:
    """Note what the forward pass may change, such as running statistics.

    Arrays are replaced, and not written to, unless their tensor was handed out by `data`.
    """
    buffers = getattr(model, "buffers", None)
    found = buffers() if callable(buffers) else ()
    return [(t, t.array if t.watch is None else t.array.copy()) for t in found]


def evaluate(
    model: Any, data: Any, *, loss: Loss = cross_entropy, batch_size: int | None = None, num_workers: int = 0
) -> Evaluation:
    """Measure a model, in evaluation mode and without recording; its mode is put back afterwards.

    Args:
        model: a module that gives scores (N, C) for classes, or whatever ``loss`` takes.
        data: a data set, a `DataLoader`, or arrays (x, y).
        loss: called as ``loss(scores, y)``; gives the mean over a batch.
        batch_size, num_workers: for the loader, where ``data`` is none (32 samples, no threads).

    Raises:
        DataError: no samples, samples without labels, or a label that the model has no output for.

    >>> from tinygrad_cnn import nn, zeros
    >>> evaluate(nn.Flatten(), (zeros(2, 3), np.array([0, 1])))
    Evaluation(loss=1.0986123085021973, accuracy=0.5, confusion=array([[1, 0, 0],
           [1, 0, 0],
           [0, 0, 0]]))
    """
    total, seen = 0.0, 0
    confusion: Any = None
    counted = True
    with closing(_forward(model, data, batch_size, num_workers)) as batches:
        for scores, y in batches:
            total += loss(scores, y).item() * len(y)
            seen += len(y)
            counted = counted and is_classification(scores, y)
            if counted:
                counts = confusion_matrix(y.array, scores.array.argmax(axis=1), scores.shape[1])
                confusion = counts if confusion is None else confusion + counts
    if not counted:
        confusion = None
    share = None if confusion is None else int(confusion.trace()) / seen
    return Evaluation(total / seen, share, confusion)


def predict(
    model: Any,
    images: Any,
    *,
    batch_size: int | None = None,
    flips: Flips | None = None,
    num_workers: int = 0,
) -> np.ndarray:
    """Give the probability of each class, (N, C), for samples (N, ...): the softmax of the model's scores.

    Args:
        model: a module that gives scores (N, C).
        images: an array or tensor, a data set or a `DataLoader` (labels are not looked at).
        batch_size, num_workers: for the loader, where ``images`` is none (32 samples, no threads).
        flips: look at pictures (N, C, H, W) in a mirror as well, and give the mean of the probabilities:
            "horizontal" (left and right exchanged, two views), "vertical" (two), or "both" (four).

    Raises:
        ShapeError: scores that are not (N, C), or samples that are no pictures and cannot be flipped.
        ArgumentError: another word for ``flips``.

    >>> from tinygrad_cnn import nn, zeros
    >>> predict(nn.Flatten(), zeros(1, 2))
    array([[0.5, 0.5]], dtype=float32)
    >>> predict(nn.Flatten(), np.float32([[[[0, 1]]]]), flips="horizontal")
    array([[0.5, 0.5]], dtype=float32)
    """
    if not (flips is None or isinstance(flips, str)) or flips not in _VIEWS:
        raise ArgumentError(f"flips must be 'horizontal', 'vertical', 'both' or None; got {flips!r}")
    read = partial(_probabilities, _VIEWS[flips])
    with closing(_forward(model, images, batch_size, num_workers, labelled=False, read=read)) as batches:
        return np.concatenate([found.array for found, _ in batches])


def _probabilities(views: tuple[tuple[int, ...], ...], model: Any, x: Tensor) -> Tensor:
    if views != ((),) and x.ndim != 4:
        raise ShapeError(f"flips need pictures (N, C, H, W) / got {x.shape}; leave out flips")
    found = []
    for axes in views:
        scores = model(wrap(np.ascontiguousarray(np.flip(x.array, axes))) if axes else x)
        if scores.ndim != 2:
            raise ShapeError(f"predict expects a model that gives scores (N, C) / got {scores.shape}")
        found.append(softmax(scores, dim=1).array)
    return wrap(np.stack(found).mean(axis=0) if len(found) > 1 else found[0])


def _scores(model: Any, x: Tensor) -> Tensor:
    return model(x)


def _forward(
    model: Any,
    data: Any,
    batch_size: int | None,
    num_workers: int,
    labelled: bool = True,
    read: Callable[[Any, Tensor], Tensor] = _scores,
) -> Generator[tuple[Tensor, Any], None, None]:
    """Give what ``read`` reads, and the labels, of each batch, in evaluation mode and without recording."""
    loader = as_loader(data, batch_size, num_workers=num_workers)
    with evaluating(model), open_batches(loader, 0) as batches:
        for batch in batches:
            x, y = split_batch(batch) if labelled else (batch[0], None)
            with no_grad():
                scores = read(model, x)
            yield scores, y


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Put a model into evaluation mode for a while; every part of it gets its own mode back."""
    with keeping_modes(model):
        model.eval()
        yield


@contextmanager
def keeping_modes(model: Any) -> Iterator[None]:
    """Put the mode of every part of a model back afterwards."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training

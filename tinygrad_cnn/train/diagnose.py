"""Why training cannot go on: which sample, which weights."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base.observe import Observer
from ..core import Tensor, no_grad
from ..errors import CnnError, NotFiniteError
from .batches import name_sample


class LossNotFiniteError(NotFiniteError):
    """A step whose loss is NaN or infinite; ``positions`` are the samples of the batch that make it so."""

    def __init__(self, loss: float, positions: list[int], samples: int) -> None:
        self.loss = loss
        self.positions = positions
        self.samples = samples
        which = (
            f"because of {len(positions)} of the {samples} samples, first number {positions[0]}"
            if positions
            else ""
        )
        super().__init__(f"the loss of this batch is {loss} {which}".rstrip())


def bad_positions(
    scores: Tensor, x: Tensor, y: Tensor, loss: Callable[[Tensor, Tensor], Tensor]
) -> list[int]:
    """Find the samples of a batch that make its loss NaN or infinite.

    A value in a sample that is not finite comes first: through batch normalisation it spoils the scores of
    all others.
    """
    inputs = x.array.reshape(len(x), -1)
    spoilt = np.flatnonzero(~np.isfinite(inputs).all(axis=1)).tolist()
    with Observer():  # one that sees nothing, in place of a recorder: this search is no part of the step
        return spoilt or [i for i in range(len(y)) if not _is_finite_alone(scores, y, i, loss)]


def _is_finite_alone(scores: Tensor, y: Tensor, i: int, loss: Callable[[Tensor, Tensor], Tensor]) -> bool:
    try:
        with no_grad():
            return bool(np.isfinite(loss(scores[i : i + 1], y[i : i + 1]).array).all())
    except CnnError:  # a loss that makes no sense for one sample
        return True


def first_not_finite(named: Any) -> str | None:
    """Give the name of the first tensor that holds a NaN or infinity, or None."""
    for name, t in named:
        if t.array.dtype.kind == "f" and not np.isfinite(t.array).all():
            return name
    return None


def check_weights(model: Any, when: str) -> None:
    """Raise a `NotFiniteError` if a parameter or buffer holds a NaN or infinity."""
    name = first_not_finite([*model.named_parameters(), *model.named_buffers()])
    if name is not None:
        raise NotFiniteError(
            f"{when} the model holds NaN or infinity, first in {name}; the loss was still finite, "
            "so the last update was not: lower the learning rate, or pass clip_grad_norm=1.0"
        )


def explain(
    error: LossNotFiniteError, model: Any, where: str, names: list[str], advice: str
) -> NotFiniteError:
    """Make the error of a step into one that says epoch, step, samples and the state of the weights."""
    parts = [f"the loss is {error.loss} in {where}"]
    if len(error.positions) == error.samples:
        parts.append(f"every one of its {error.samples} samples has such a loss, first {names[0]}")
    elif error.positions:
        parts.append(f"{len(error.positions)} of its {error.samples} samples, first {names[0]}")
    bad = first_not_finite(model.named_parameters())
    if bad is None:
        parts.append(
            "all weights are finite; look at these samples, "
            "lower the learning rate, or pass clip_grad_norm=1.0"
        )
    else:
        parts.append(
            f"the weights hold NaN or infinity since an earlier step, first in {bad}; lower the learning rate"
        )
    return NotFiniteError("; ".join([*parts, advice] if advice else parts))


def first_bad_sample(model: Any, loader: Any, loss: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Find the first sample of a loader whose loss is NaN or infinite in evaluation mode."""
    with no_grad():
        for indices, (x, y) in zip(loader.indices(0), loader.iterate(0), strict=True):
            positions = bad_positions(model(x), x, y, loss)
            if positions:
                return name_sample(loader.dataset, int(indices[positions[0]]))
    return "no single sample"

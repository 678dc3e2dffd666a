"""Finding a learning rate: train with one that grows at every step, and see where the loss falls."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..core import Tensor
from ..data import DataLoader
from ..errors import ArgumentError
from ..functional import cross_entropy
from ..optim import Adam, Optimizer
from .batches import as_loader, open_batches, split_batch
from .diagnose import LossNotFiniteError
from .plots import plot_lr_range
from .prepare import check_kinds
from .randomness import get_random_states, set_random_states
from .steps import Loss, keeping_modes, train_step


class LRRange(NamedTuple):
    """What `lr_range_test` saw: the rate and the loss of each step, and the loss as a running mean.

    ``suggestion`` is the rate at which the smoothed loss fell fastest, by the logarithm of the rate; None if
    it never fell.

    >>> LRRange([0.01, 0.1, 1.0], [1.0, 0.8, 0.9], [1.0, 0.9, 0.9], suggestion=0.1).suggestion
    0.1
    """

    lrs: list[float]
    losses: list[float]
    smoothed: list[float]
    suggestion: float | None

    def plot(self, path: str | Path) -> None:
        """Draw the losses over the rates as PNG; needs matplotlib."""
        plot_lr_range(Path(path), self.lrs, self.losses, self.smoothed, self.suggestion)


def lr_range_test(
    model: Any,
    train: Any,
    *,
    optimizer: Optimizer | None = None,
    loss: Loss = cross_entropy,
    start_lr: float = 1e-7,
    end_lr: float = 10.0,
    steps: int = 100,
    smoothing: float = 0.9,
    diverge: float = 4.0,
    batch_size: int | None = None,
    seed: int = 0,
    num_workers: int = 0,
) -> LRRange:
    r"""Train for some steps with a rate that grows from ``start_lr`` to ``end_lr`` by a constant factor.

    Afterwards weights, buffers, optimiser, modes and random generators are as they were: it is a test, not
    the training. A good rate is a little below the one where the loss falls fastest.

    .. math:: lr_i = \text{start} \left(\frac{\text{end}}{\text{start}}\right)^{i / (\text{steps} - 1)}

    Args:
        model: a module.
        train: a data set, arrays (x, y), or a `DataLoader`; gone through again as often as needed.
        optimizer: None for `Adam` with its defaults. With several groups, the rate is that of the first one,
            and the others keep their ratio to it.
        loss: called as ``loss(model(x), y)``.
        start_lr, end_lr: the range, 0 < start_lr < end_lr.
        steps: at most so many; at least 2.
        smoothing: how much of the running mean is kept at each step, in 0..1 and below 1.
        diverge: stop once the running mean is more than so many times its best, or not finite.
        batch_size, seed, num_workers: as in `fit`, where ``train`` is no loader.

    Raises:
        ArgumentError: an argument of another kind, or a setting out of range.
        NotFiniteError: the loss of the first step is NaN or infinite.

    >>> from tinygrad_cnn import nn, optim
    >>> x = np.eye(4, dtype=np.float32)
    >>> model = nn.Linear(4, 2)
    >>> found = lr_range_test(model, (x, [0, 1, 0, 1]), optimizer=optim.SGD(model.parameters()), steps=50)
    >>> len(found.losses), found.suggestion > 0.1
    (50, True)
    """
    check_kinds(model, optimizer, ())
    _check_range(start_lr, end_lr, steps, smoothing, diverge)
    loader = as_loader(train, batch_size, shuffle=True, seed=seed, num_workers=num_workers)
    optimizer = Adam(model.parameters()) if optimizer is None else optimizer
    lrs: list[float] = []
    losses: list[float] = []
    smoothed: list[float] = []
    mean = 0.0
    with _as_before(model, optimizer), keeping_modes(model), np.errstate(all="ignore"):
        model.train()
        ratios = _ratios(optimizer)
        for i, (x, y) in zip(range(steps), _forever(loader), strict=False):
            lr = start_lr * (end_lr / start_lr) ** (i / (steps - 1))
            for group, ratio in zip(optimizer.param_groups, ratios, strict=True):
                group["lr"] = lr * ratio
            try:
                value = train_step(model, x, y, optimizer, loss).loss
            except LossNotFiniteError:
                if not losses:
                    raise
                break
            mean = smoothing * mean + (1 - smoothing) * value
            lrs.append(lr)
            losses.append(value)
            smoothed.append(mean / (1 - smoothing ** (i + 1)))  # as if the mean had not started from 0
            if smoothed[-1] > min(smoothed) + (diverge - 1) * abs(min(smoothed)):
                break
    return LRRange(lrs, losses, smoothed, _steepest(lrs, smoothed))


def _check_range(start_lr: float, end_lr: float, steps: int, smoothing: float, diverge: float) -> None:
    if not 0 < start_lr < end_lr < math.inf:
        raise ArgumentError(
            f"lr_range_test: expected 0 < start_lr < end_lr, got start_lr {start_lr!r} and end_lr {end_lr!r}"
        )
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 2:
        raise ArgumentError(f"lr_range_test: steps must be a whole number above 1, got {steps!r}")
    if not 0 <= smoothing < 1:
        raise ArgumentError(f"lr_range_test: smoothing must be a number >= 0 and below 1, got {smoothing!r}")
    if not diverge > 1:
        raise ArgumentError(f"lr_range_test: diverge must be a number above 1, got {diverge!r}")


def _ratios(optimizer: Optimizer) -> list[float]:
    rates = [group["lr"] for group in optimizer.param_groups]
    return [rate / rates[0] if rates[0] else 1.0 for rate in rates]


def _forever(loader: DataLoader) -> Iterator[tuple[Tensor, Tensor]]:
    for epoch in count(loader.epoch):
        with open_batches(loader, epoch) as batches:
            for batch in batches:
                yield split_batch(batch)


def _steepest(lrs: list[float], smoothed: list[float]) -> float | None:
    """Find the rate of the steepest fall up to the lowest point, by central differences."""
    lowest = int(np.argmin(smoothed))
    if lowest == 0:
        return None
    slopes = np.gradient(smoothed, np.log(lrs))
    return lrs[int(np.argmin(slopes[: lowest + 1]))]


@contextmanager
def _as_before(model: Any, optimizer: Optimizer) -> Iterator[None]:
    """Put back all that training changes: values, gradients, the optimiser, the random generators."""
    owned = [p for group in optimizer.param_groups for p in group["params"]]
    tensors = list({id(t): t for t in (*model.parameters(), *model.buffers(), *owned)}.values())
    # Arrays are replaced, and not written to, unless their tensor was handed out by `data`.
    values = [t.array if t.watch is None else t.array.copy() for t in tensors]
    grads = [t.grad for t in tensors]
    state = optimizer.state_dict()
    random = get_random_states(model)
    try:
        yield
    finally:
        for t, value, grad in zip(tensors, values, grads, strict=True):
            t.replace(value)
            t.grad = grad
        optimizer.load_state_dict(state)
        set_random_states(model, random)

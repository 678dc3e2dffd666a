"""Rates that start low and come to their own: at once, or along a line. The first part of a warm-up."""

from ...errors import ArgumentError
from ..optimizer import Group, Optimizer
from .base import LRScheduler, number, whole


class ConstantLR(LRScheduler):
    r"""Multiply the rate by ``factor`` for the first ``total_iters`` epochs.

    .. math:: lr_t = lr_0 \cdot (\text{factor if } t < \text{total\_iters, else } 1)

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = ConstantLR(optimizer, factor=0.25, total_iters=2)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [0.25, 0.25, 1.0, 1.0]
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        self.factor = _above_zero("ConstantLR", "factor", factor)
        self.total_iters = whole("ConstantLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def first_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr * factor at epoch 0."""
        return group["lr"] * self.factor if self.last_epoch == 0 else self.next_lr(group, base_lr)

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr / factor at epoch total_iters, and lr at the others."""
        return group["lr"] * (1 / self.factor) if self.last_epoch == self.total_iters else group["lr"]


class LinearLR(LRScheduler):
    r"""Let a factor of the rate go from ``start_factor`` to ``end_factor`` in ``total_iters`` epochs.

    .. math:: lr_t = lr_0 \left(\text{start} +
        (\text{end} - \text{start}) \frac{\min(t, \text{total\_iters})}{\text{total\_iters}}\right)

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor = _above_zero("LinearLR", "start_factor", start_factor)
        self.end_factor = number("LinearLR", "end_factor", end_factor, most=1)
        self.total_iters = whole("LinearLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def first_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr * start_factor at epoch 0."""
        return group["lr"] * self.start_factor if self.last_epoch == 0 else group["lr"]

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute the rate from the one before: by the ratio of the two factors."""
        if self.last_epoch > self.total_iters:
            return group["lr"]
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return group["lr"] * (1 + rise / before)


def _above_zero(owner: str, name: str, value: float) -> float:
    if number(owner, name, value, most=1) == 0:
        raise ArgumentError(
            f"{owner}: {name} must be above 0, since no factor leads from a rate of 0 on; got {value!r}"
        )
    return float(value)

"""Rates that fall along half a cosine; once and up again, or again and again."""

import math
from typing import ClassVar

from ...errors import ArgumentError
from ..optimizer import Group, Optimizer
from .base import LRScheduler, number, whole


class CosineAnnealingLR(LRScheduler):
    r"""Lower the rate along half a cosine, to ``eta_min`` in ``T_max`` epochs (and then up again).

    .. math:: lr_t = \text{eta\_min} + \tfrac{1}{2} (lr_0 - \text{eta\_min}) (1 + \cos(\pi t / T_{max}))

    Source: Loshchilov and Hutter, ICLR 2017 (without restarts).

    Raises:
        ArgumentError: ``T_max`` is no whole number above 0, or ``eta_min`` no finite number.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = CosineAnnealingLR(optimizer, T_max=2)
    >>> schedule.step()
    >>> [round(rate, 9) for rate in schedule.get_last_lr()]
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = whole("CosineAnnealingLR", "T_max", T_max)
        self.eta_min = number("CosineAnnealingLR", "eta_min", eta_min)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute the rate from the one before, so that changes by hand or by another schedule are kept."""
        t, lowest, rate = self.last_epoch, self.eta_min, group["lr"]
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:  # the rate was eta_min, from which no ratio leads up
            return rate + (base_lr - lowest) * (1 - math.cos(math.pi / self.T_max)) / 2
        ratio = (1 + math.cos(math.pi * t / self.T_max)) / (1 + math.cos(math.pi * (t - 1) / self.T_max))
        return ratio * (rate - lowest) + lowest


class CosineAnnealingWarmRestarts(LRScheduler):
    r"""Lower the rate along half a cosine, then begin again; each time takes ``T_mult`` times as long.

    .. math:: lr = \text{eta\_min} + \tfrac{1}{2} (lr_0 - \text{eta\_min}) (1 + \cos(\pi T_{cur} / T_i))

    where T_i is the length of this time, T_0 of the first, and T_cur counts the epochs since the restart.
    ``step(epoch + i / steps)`` moves the rate within an epoch. Source: Loshchilov and Hutter, ICLR 2017.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> [round(rate, 9) for rate in rates]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    moving: ClassVar[tuple[str, ...]] = (*LRScheduler.moving, "T_cur", "T_i")

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_0 = whole("CosineAnnealingWarmRestarts", "T_0", T_0)
        self.T_mult = whole("CosineAnnealingWarmRestarts", "T_mult", T_mult)
        self.eta_min = number("CosineAnnealingWarmRestarts", "eta_min", eta_min)
        self._go_to(whole("CosineAnnealingWarmRestarts", "last_epoch", last_epoch, -1) + 1)
        super().__init__(optimizer, last_epoch)

    def _go_to(self, epoch: float) -> None:
        """Find the place of an epoch: T_i and T_cur."""
        self.T_i, times = self.T_0, 0
        if self.T_mult == 1:
            self.T_cur = epoch % self.T_0
            return
        while epoch >= self.T_0 * (self.T_mult ** (times + 1) - 1) // (self.T_mult - 1):
            times += 1
        self.T_cur = epoch - self.T_0 * (self.T_mult**times - 1) // (self.T_mult - 1)
        self.T_i = self.T_0 * self.T_mult**times

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to a place of one's own, which may be between two epochs."""
        if epoch is not None:
            if not 0 <= epoch < math.inf:
                raise ArgumentError(
                    f"CosineAnnealingWarmRestarts: epoch must be a number >= 0, got {epoch!r}"
                )
            self._go_to(epoch)
            self.last_epoch = math.floor(epoch) - 1
        else:
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur % self.T_i, self.T_i * self.T_mult
        super().step()

    def _rates(self, first: bool) -> list[float]:
        self._check_groups(len(self.base_lrs))
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base_lr - self.eta_min) * share for base_lr in self.base_lrs]

"""Rates that fall in steps, by a factor, or by a function of one's own."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, ClassVar

import numpy as np

from ...errors import ArgumentError
from ..optimizer import Group, Optimizer
from .base import LRScheduler, for_each_group, number, whole


class StepLR(LRScheduler):
    r"""Multiply the rate by ``gamma`` every ``step_size`` epochs.

    .. math:: lr_t = lr_0\, \gamma^{\lfloor t / \text{step\_size} \rfloor}

    Raises:
        ArgumentError: ``step_size`` is no whole number above 0, or ``gamma`` no finite number >= 0.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = whole("StepLR", "step_size", step_size)
        self.gamma = number("StepLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def first_lr(self, group: Group, base_lr: float) -> float:
        """Leave the rate as it is at epoch 0."""
        return self.next_lr(group, base_lr) if self.last_epoch > 0 else group["lr"]

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr * gamma at every step_size-th epoch, and lr at the others."""
        return group["lr"] * self.gamma if self.last_epoch % self.step_size == 0 else group["lr"]


class MultiStepLR(LRScheduler):
    r"""Multiply the rate by ``gamma`` at each of the ``milestones``; one that is there twice counts twice.

    .. math:: lr_t = lr_0\, \gamma^{\#\{m \in \text{milestones}:\ m \le t\}}

    Raises:
        ArgumentError: ``milestones`` are no list of epochs, or ``gamma`` is no finite number >= 0.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if not np.iterable(milestones) or isinstance(milestones, str):
            raise ArgumentError(f"MultiStepLR: milestones must be a list of epochs, got {milestones!r}")
        self.milestones = sorted(whole("MultiStepLR", "each milestone", m, 0) for m in milestones)
        self.gamma = number("MultiStepLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def first_lr(self, group: Group, base_lr: float) -> float:
        """Go on from the rate that is there; a milestone may be at the start."""
        return self.next_lr(group, base_lr)

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr * gamma ** n, where n milestones are at this epoch."""
        t = self.last_epoch
        count = bisect_right(self.milestones, t) - bisect_left(self.milestones, t)
        return group["lr"] * self.gamma**count if count else group["lr"]


class ExponentialLR(LRScheduler):
    r"""Multiply the rate by ``gamma`` every epoch.

    .. math:: lr_t = lr_0\, \gamma^t

    Raises:
        ArgumentError: ``gamma`` is no finite number >= 0.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = ExponentialLR(optimizer, gamma=0.5)
    >>> schedule.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = number("ExponentialLR", "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr * gamma."""
        return group["lr"] * self.gamma


class LambdaLR(LRScheduler):
    r"""Multiply the first rate by a function of the epoch: one function, or one for each group.

    .. math:: lr_t = lr_0\, f(t)

    The functions are not part of the state, unless they are objects of a class with a ``__call__``: then
    their attributes are.

    Raises:
        ArgumentError: ``lr_lambda`` is no function, or there is another number of them than of groups.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    moving: ClassVar[tuple[str, ...]] = (*LRScheduler.moving, "lr_lambdas")

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self._attach(optimizer)
        self.lr_lambdas = for_each_group("LambdaLR", "lr_lambda", lr_lambda, optimizer)
        for function in self.lr_lambdas:
            if not callable(function):
                raise ArgumentError(
                    f"LambdaLR: lr_lambda must be a function of the epoch, got {type(function).__name__}"
                )
        super().__init__(optimizer, last_epoch)

    def _rates(self, first: bool) -> list[float]:
        self._check_groups(len(self.base_lrs))
        pairs = zip(self.lr_lambdas, self.base_lrs, strict=True)
        return [base_lr * function(self.last_epoch) for function, base_lr in pairs]

    def state_dict(self) -> dict[str, Any]:
        """Give everything but the optimiser and the functions; of callable objects, their attributes."""
        functions = (FunctionType, BuiltinFunctionType, MethodType)
        held = [
            None if isinstance(f, functions) or not hasattr(f, "__dict__") else dict(vars(f))
            for f in self.lr_lambdas
        ]
        return {**super().state_dict(), "lr_lambdas": held}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; the functions stay, and callable objects get their attributes."""
        functions = self.lr_lambdas
        super().load_state_dict(state_dict)
        self.lr_lambdas = functions
        for function, held in zip(functions, state_dict["lr_lambdas"], strict=True):
            if held:
                vars(function).update(held)

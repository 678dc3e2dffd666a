"""Learning rates that change with time: `step()` after each epoch sets the `lr` of the optimiser's groups.

Each rate follows from the one before it, as in PyTorch, so schedules can be chained and a rate set by hand is
kept.
"""

import math
from collections.abc import Mapping
from typing import Any

from ..errors import ArgumentError, CheckpointError
from .optimizer import Group, Optimizer


class Scheduler:
    """The base of all schedules: a subclass defines `next_lr`.

    ``last_epoch`` is the number of steps taken; start with another one than -1 to go on with an optimiser
    whose groups already have an "initial_lr".

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> class Halving(Scheduler):
    ...     def next_lr(self, group, base_lr):
    ...         return group["lr"] / 2
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = Halving(optimizer)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not hasattr(optimizer, "param_groups"):
            raise ArgumentError(f"{type(self).__name__} expects an optimizer, got {type(optimizer).__name__}")
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ArgumentError(
                    f"group {i} has no initial_lr, which last_epoch={last_epoch} needs; load its state first"
                )
        self.optimizer = optimizer
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0  # steps of this object; differs from last_epoch if it began later
        self.step()

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute the rate of a group for epoch `last_epoch` (> 0) from its rate for the epoch before."""
        raise NotImplementedError(f"{type(self).__name__} defines no next_lr(group, base_lr)")

    def step(self) -> None:
        """Go on to the next epoch."""
        self._step_count += 1
        self.last_epoch += 1
        for group, base_lr in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            if self.last_epoch > 0:
                group["lr"] = float(self.next_lr(group, base_lr))
        self._last_lr: list[float] = [group["lr"] for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[float]:
        """Give the rate of each group, as the last step set it."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """Give everything but the optimiser, as plain data."""
        state = {name: value for name, value in vars(self).items() if name != "optimizer"}
        return {name: list(value) if isinstance(value, list) else value for name, value in state.items()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; raises `CheckpointError` if it belongs to another schedule."""
        own = set(self.state_dict())
        if set(state_dict) != own or len(state_dict["base_lrs"]) != len(self.base_lrs):
            raise CheckpointError(
                f"this state does not fit the {type(self).__name__} of {len(self.base_lrs)} groups: "
                f"missing {sorted(own - set(state_dict))}, unexpected {sorted(set(state_dict) - own)}"
            )
        vars(self).update({k: list(v) if isinstance(v, list) else v for k, v in state_dict.items()})


class StepLR(Scheduler):
    r"""Multiply the rate by ``gamma`` every ``step_size`` epochs.

    .. math:: lr_t = lr_0\, \gamma^{\lfloor t / \text{step\_size} \rfloor}

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
        if not 0 <= gamma < math.inf:
            raise ArgumentError(f"StepLR: gamma must be a finite number >= 0, got {gamma!r}")
        self.gamma = float(gamma)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute lr * gamma at every step_size-th epoch, and lr at the others."""
        return group["lr"] * self.gamma if self.last_epoch % self.step_size == 0 else group["lr"]


class CosineAnnealingLR(Scheduler):
    r"""Lower the rate along half a cosine, to ``eta_min`` in ``T_max`` epochs (and then up again).

    .. math:: lr_t = \text{eta\_min} + \tfrac{1}{2} (lr_0 - \text{eta\_min}) (1 + \cos(\pi t / T_{max}))

    Source: Loshchilov and Hutter, ICLR 2017 (without restarts).

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
        if not math.isfinite(eta_min) or eta_min < 0:
            raise ArgumentError(f"CosineAnnealingLR: eta_min must be a finite number >= 0, got {eta_min!r}")
        self.eta_min = float(eta_min)
        super().__init__(optimizer, last_epoch)

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute the rate from the one before, so that changes by hand or by another schedule are kept."""
        t, lowest, rate = self.last_epoch, self.eta_min, group["lr"]
        if self._step_count == 1:  # began in the middle: there is no rate before to go on from
            return lowest + (base_lr - lowest) * (1 + math.cos(t * math.pi / self.T_max)) / 2
        if (t - 1 - self.T_max) % (2 * self.T_max) == 0:  # the rate was eta_min, from which no ratio leads up
            return rate + (base_lr - lowest) * (1 - math.cos(math.pi / self.T_max)) / 2
        ratio = (1 + math.cos(math.pi * t / self.T_max)) / (1 + math.cos(math.pi * (t - 1) / self.T_max))
        return ratio * (rate - lowest) + lowest


def whole(owner: str, name: str, value: Any) -> int:
    """Check that a setting is a whole number above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(f"{owner}: {name} must be a whole number above 0, got {value!r}")
    return value

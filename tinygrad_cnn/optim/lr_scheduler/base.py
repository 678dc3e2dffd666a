"""What all schedules share: counting epochs, setting rates, and a state that is checked before it is used."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from ...errors import ArgumentError, CheckpointError
from ..optimizer import Group, Optimizer


class LRScheduler:
    """The base of all schedules: a subclass defines `next_lr`.

    ``last_epoch`` is the number of steps taken; start with another one than -1 to go on with an optimiser
    whose groups already have an "initial_lr".

    Raises:
        ArgumentError: ``optimizer`` is none, or ``last_epoch`` is not -1 and a group has no "initial_lr".

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> class Halving(LRScheduler):
    ...     def next_lr(self, group, base_lr):
    ...         return group["lr"] / 2
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = Halving(optimizer)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    # What of the state changes with time; the rest are settings, which a resumed run must share.
    moving: ClassVar[tuple[str, ...]] = ("last_epoch", "_last_lr", "_step_count")

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self._attach(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise ArgumentError(
                    f"group {i} has no initial_lr, which last_epoch={last_epoch} needs; load its state first"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._begin()

    def _attach(self, optimizer: Optimizer) -> None:
        if not hasattr(optimizer, "param_groups"):
            raise ArgumentError(f"{self._name} expects an optimizer, got {type(optimizer).__name__}")
        self.optimizer = optimizer

    @property
    def _name(self) -> str:
        return type(self).__name__

    @property
    def moved_settings(self) -> tuple[str, ...]:
        """The settings of the groups, beside the rate, that the schedule moves."""
        return ()

    def next_lr(self, group: Group, base_lr: float) -> float:
        """Compute the rate of a group for epoch `last_epoch` (> 0) from its rate for the epoch before."""
        raise NotImplementedError(f"{self._name} defines no next_lr(group, base_lr)")

    def first_lr(self, group: Group, base_lr: float) -> float:
        """Compute the rate that the schedule starts with: that of the group, unless a subclass changes it."""
        return group["lr"]

    def step(self) -> None:
        """Go on to the next epoch."""
        self._step_count += 1
        self.last_epoch += 1
        self._set(self._rates(first=False))

    def _begin(self) -> None:
        """Take the first step, which sets the rates for the epoch that training starts with."""
        self._step_count = 1
        self.last_epoch += 1
        self._set(self._rates(first=True))

    def _restart(self) -> None:
        """Start at epoch 0, from the rates that the groups had first; for `SequentialLR`."""
        self.last_epoch = 0
        for group, base_lr in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
            group["lr"] = base_lr
        self._set(self._rates(first=True))

    def _rates(self, first: bool) -> list[float]:
        self._check_groups(len(self.base_lrs))
        rule = self.first_lr if first else self.next_lr
        pairs = zip(self.optimizer.param_groups, self.base_lrs, strict=True)
        return [rule(group, base_lr) for group, base_lr in pairs]

    def _check_groups(self, expected: int) -> None:
        now = len(self.optimizer.param_groups)
        if now != expected:
            raise ArgumentError(
                f"{self._name} was made for {expected} parameter groups, and the optimizer has {now} now; "
                "add all groups first"
            )

    def _set(self, rates: list[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = float(rate)
        self._note()

    def _note(self) -> None:
        self._last_lr: list[float] = [group["lr"] for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[float]:
        """Give the rate of each group, as the last step set it."""
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """Give everything but the optimiser, as plain data."""
        state = {name: value for name, value in vars(self).items() if name != "optimizer"}
        return {name: list(value) if isinstance(value, list) else value for name, value in state.items()}

    def settings(self) -> dict[str, Any]:
        """Give what of the state stays as it is while the schedule is used."""
        return {name: value for name, value in self.state_dict().items() if name not in self.moving}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; raises `CheckpointError` if it belongs to another schedule."""
        self.check_state(state_dict)
        vars(self).update({k: list(v) if isinstance(v, list | tuple) else v for k, v in state_dict.items()})

    def check_state(self, state_dict: Mapping[str, Any]) -> None:
        """Raise the `CheckpointError` that `load_state_dict` would raise, without changing anything."""
        own = self.state_dict()
        if not isinstance(state_dict, Mapping) or set(state_dict) != set(own):
            there = set(state_dict) if isinstance(state_dict, Mapping) else set()
            raise CheckpointError(
                f"this state does not fit the {self._name}: "
                f"missing {sorted(set(own) - there)}, unexpected {sorted(there - set(own))}"
            )
        for name, value in own.items():
            if not _alike(value, state_dict[name]):
                shown = str(state_dict[name])[:60]
                raise CheckpointError(f"this state does not fit the {self._name}: {name} cannot be {shown}")


def _alike(own: Any, stored: Any) -> bool:
    """Say whether a stored value is of the kind that there is now; None stands for a number to come."""
    if isinstance(own, list):
        same_length = isinstance(stored, list | tuple) and len(stored) == len(own)
        return same_length and all(map(_alike, own, stored))
    if isinstance(own, bool | str):
        return type(stored) is type(own)
    if isinstance(own, Mapping):
        return isinstance(stored, Mapping)
    return stored is None or (isinstance(stored, int | float) and math.isfinite(stored))


def whole(owner: str, name: str, value: Any, least: int = 1) -> int:
    """Check that a setting is a whole number, at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        bound = "above 0" if least == 1 else f">= {least}"
        raise ArgumentError(f"{owner}: {name} must be a whole number {bound}, got {value!r}")
    return int(value)


def number(owner: str, name: str, value: Any, least: float = 0.0, most: float = math.inf) -> float:
    """Check that a setting is a finite number with least <= setting <= most."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not least <= value <= most or math.isinf(value):
        upper = "" if most == math.inf else f" and <= {most:g}"
        raise ArgumentError(f"{owner}: {name} must be a finite number >= {least:g}{upper}, got {value!r}")
    return float(value)


def for_each_group(owner: str, name: str, value: Any, optimizer: Optimizer) -> list[Any]:
    """Turn one value, or a list of one for each group, into such a list."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, list | tuple):
        return [value] * groups
    if len(value) != groups:
        raise ArgumentError(
            f"{owner}: {name} must be one value, or one for each of the {groups} parameter groups; "
            f"got {len(value)}"
        )
    return list(value)

"""A rate that falls when nothing gets better any more."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, SupportsFloat

from ...errors import ArgumentError
from ..optimizer import Optimizer
from .base import LRScheduler, for_each_group, number, whole


class ReduceLROnPlateau(LRScheduler):
    r"""Multiply the rate by ``factor`` after more than ``patience`` epochs without improvement.

    ``step(metrics)`` is told the measured value; `fit` tells it the loss (mode "min") or the accuracy (mode
    "max") of the epoch.

    Args:
        optimizer: an `Optimizer`.
        mode: "min" if smaller is better, "max" if larger is.
        factor: what the rate is multiplied by, in 0..1 and below 1.
        patience: the number of epochs without improvement that are waited for.
        threshold: what counts as an improvement: by this share of the best ("rel") or by this much ("abs").
        threshold_mode: "rel" or "abs".
        cooldown: epochs after a reduction in which nothing is counted.
        min_lr: the smallest rate; one number, or one for each group.
        eps: a change of the rate that is not larger than this is left out.

    Raises `ArgumentError` for a setting out of range.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> rates = []
    >>> for loss in (3.0, 2.0, 2.0, 2.0, 2.0, 1.0):
    ...     schedule.step(loss)
    ...     rates += schedule.get_last_lr()
    >>> rates
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    """

    moving: ClassVar[tuple[str, ...]] = (
        *("last_epoch", "_last_lr"),
        *("best", "cooldown_counter", "num_bad_epochs"),
    )

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        self._attach(optimizer)
        self.mode = _one_of("mode", mode, ("min", "max"))
        self.threshold_mode = _one_of("threshold_mode", threshold_mode, ("rel", "abs"))
        self.factor = number("ReduceLROnPlateau", "factor", factor)
        if self.factor >= 1:
            raise ArgumentError(f"ReduceLROnPlateau: factor must be below 1, got {factor!r}")
        self.patience = whole("ReduceLROnPlateau", "patience", patience, 0)
        self.threshold = number("ReduceLROnPlateau", "threshold", threshold)
        self.cooldown = whole("ReduceLROnPlateau", "cooldown", cooldown, 0)
        limits = for_each_group("ReduceLROnPlateau", "min_lr", min_lr, optimizer)
        self.min_lrs = [number("ReduceLROnPlateau", "min_lr", limit) for limit in limits]
        self.eps = number("ReduceLROnPlateau", "eps", eps)
        self.base_lrs = [group["lr"] for group in optimizer.param_groups]
        self.best = math.inf if mode == "min" else -math.inf
        self.cooldown_counter = self.num_bad_epochs = self.last_epoch = 0
        self._note()

    @property
    def in_cooldown(self) -> bool:
        """Whether a reduction was so short ago that epochs are not counted."""
        return self.cooldown_counter > 0

    def step(self, metrics: SupportsFloat) -> None:  # type: ignore[override]
        """Note the value of an epoch, and lower the rates if it was one too many without improvement."""
        self._check_groups(len(self.min_lrs))
        self.last_epoch += 1
        value = float(metrics)
        if self._is_better(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._note()

    def _is_better(self, value: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "abs":
            return sign * value > sign * (self.best + sign * self.threshold)
        return sign * value > sign * (self.best * (1 + sign * self.threshold))

    def _reduce(self) -> None:
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            lower = max(group["lr"] * self.factor, least)
            if group["lr"] - lower > self.eps:
                group["lr"] = lower

    def state_dict(self) -> dict[str, Any]:
        """Give everything but the optimiser, as plain data; as long as nothing was best, that is None."""
        state = super().state_dict()
        return {**state, "best": self.best if math.isfinite(self.best) else None}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; raises `CheckpointError` if it belongs to another schedule."""
        super().load_state_dict(state_dict)
        if self.best is None:
            self.best = math.inf if self.mode == "min" else -math.inf


def _one_of(name: str, value: Any, allowed: tuple[str, str]) -> str:
    if value not in allowed:
        raise ArgumentError(
            f"ReduceLROnPlateau: {name} must be {allowed[0]!r} or {allowed[1]!r}, got {value!r}"
        )
    return value

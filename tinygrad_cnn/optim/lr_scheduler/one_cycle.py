"""One cycle: the rate rises to its largest value and falls far below its first, momentum the other way."""

import math
from typing import Any

from ...errors import ArgumentError
from ..optimizer import Optimizer
from .base import LRScheduler, for_each_group, number, whole

_STRATEGIES = ("cos", "linear")


class OneCycleLR(LRScheduler):
    r"""Raise the rate to ``max_lr`` and lower it to almost nothing, in ``total_steps`` calls of `step`.

    It is stepped after each step of the optimiser, not after each epoch.

    Args:
        optimizer: an `Optimizer`, with "momentum" or "betas" among its settings if ``cycle_momentum``.
        max_lr: the largest rate; one number, or one for each group.
        total_steps: the number of steps of the training.
        epochs, steps_per_epoch: their product is the number of steps, if ``total_steps`` is not given.
        pct_start: the share of the steps in which the rate rises, in 0..1.
        anneal_strategy: "cos" or "linear", the form of the way up and down.
        cycle_momentum: move momentum (for Adam: the first of the betas) the other way.
        base_momentum, max_momentum: its bounds; one number, or one for each group.
        div_factor: the first rate is max_lr / div_factor.
        final_div_factor: the last rate is max_lr / div_factor / final_div_factor.
        three_phase: fall back to the first rate as fast as it rose, and then to the last.
        last_epoch: the number of steps taken, to go on with an optimiser that has its "initial_lr".

    Raises `ArgumentError` for a setting out of range, and for a step beyond the last. Source: Smith and
    Topin, arXiv:1708.07120.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0, momentum=0.9)
    >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.4, anneal_strategy="linear")
    >>> rates = []
    >>> for step in range(5):
    ...     rates += [round(rate, 4) for rate in schedule.get_last_lr()]
    ...     schedule.step()
    >>> rates
    [0.04, 1.0, 0.6667, 0.3333, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self._attach(optimizer)
        self.total_steps = _count(total_steps, epochs, steps_per_epoch)
        self.pct_start = number("OneCycleLR", "pct_start", pct_start, most=1)
        if anneal_strategy not in _STRATEGIES:
            raise ArgumentError(
                f"OneCycleLR: anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}"
            )
        self.anneal_strategy = anneal_strategy
        self.three_phase = bool(three_phase)
        self.cycle_momentum = bool(cycle_momentum)
        self.max_lrs = self._numbers("max_lr", max_lr)
        first = [rate / _divisor("div_factor", div_factor) for rate in self.max_lrs]
        self.min_lrs = [rate / _divisor("final_div_factor", final_div_factor) for rate in first]
        self.base_momentums = self._numbers("base_momentum", base_momentum)
        self.max_momentums = self._numbers("max_momentum", max_momentum)
        self._check_momentum()
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, first, strict=True):
                group["initial_lr"] = rate
        super().__init__(optimizer, last_epoch)

    def _numbers(self, name: str, value: Any) -> list[float]:
        values = for_each_group("OneCycleLR", name, value, self.optimizer)
        return [number("OneCycleLR", name, one) for one in values]

    def _check_momentum(self) -> None:
        if self.cycle_momentum and not {"momentum", "betas"} & set(self.optimizer.defaults):
            raise ArgumentError(
                f"OneCycleLR: {type(self.optimizer).__name__} has neither momentum nor betas to move; "
                "pass cycle_momentum=False"
            )

    @property
    def moved_settings(self) -> tuple[str, ...]:
        """The settings of the groups that move with the rate."""
        if not self.cycle_momentum:
            return ()
        return ("betas",) if "betas" in self.optimizer.defaults else ("momentum",)

    def _phase(self) -> tuple[int, float]:
        """Find the phase of this step (0 up, 1 down, 2 to the end), and how far it has come."""
        t, last = self.last_epoch, self.total_steps - 1
        if t > self.total_steps:
            raise ArgumentError(
                f"OneCycleLR: this is step {t} of {self.total_steps}; make total_steps the number of steps "
                "of the whole training"
            )
        rise = self.pct_start * self.total_steps
        ends = [rise - 1, 2 * rise - 2, last] if self.three_phase else [rise - 1, last]
        start = 0.0
        for phase, end in enumerate(ends):
            if t <= end or phase == len(ends) - 1:
                # A phase without length, as that of a single step, is over at once.
                return phase, (t - start) / (end - start) if end != start else 1.0
            start = end
        raise AssertionError("the last phase has no end")

    def _between(self, start: float, end: float, share: float) -> float:
        if self.anneal_strategy == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2 * (1 + math.cos(math.pi * share))

    def _rates(self, first: bool) -> list[float]:
        self._check_groups(len(self.base_lrs))
        phase, share = self._phase()
        rates = []
        for i, group in enumerate(self.optimizer.param_groups):
            low, high, least = group["initial_lr"], self.max_lrs[i], self.min_lrs[i]
            path = [low, high, low, least] if self.three_phase else [low, high, least]
            rates.append(self._between(path[phase], path[phase + 1], share))
            if self.cycle_momentum:
                most, base = self.max_momentums[i], self.base_momentums[i]
                around = [most, base, most, most]
                value = self._between(around[phase], around[phase + 1], share)
                if "betas" in group:
                    group["betas"] = (value, *group["betas"][1:])
                else:
                    group["momentum"] = value
        return rates


def _divisor(name: str, value: float) -> float:
    if number("OneCycleLR", name, value) == 0:
        raise ArgumentError(f"OneCycleLR: {name} must be above 0, got {value!r}")
    return float(value)


def _count(total_steps: Any, epochs: Any, steps_per_epoch: Any) -> int:
    if total_steps is not None:
        return whole("OneCycleLR", "total_steps", total_steps)
    if epochs is None or steps_per_epoch is None:
        raise ArgumentError("OneCycleLR needs total_steps, or both epochs and steps_per_epoch")
    return whole("OneCycleLR", "epochs", epochs) * whole("OneCycleLR", "steps_per_epoch", steps_per_epoch)

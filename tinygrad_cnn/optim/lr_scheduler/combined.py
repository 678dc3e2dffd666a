"""Schedules made of schedules: one after the other, or all at once."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ...errors import ArgumentError
from ..optimizer import Optimizer
from .base import LRScheduler, whole
from .plateau import ReduceLROnPlateau


class _Combined(LRScheduler):
    """What both share: a list of schedules of one optimiser, whose states lie in the state."""

    moving: ClassVar[tuple[str, ...]] = ("last_epoch", "_last_lr")
    _schedulers: list[LRScheduler]

    def _take(self, optimizer: Any, schedulers: Sequence[LRScheduler]) -> None:
        if not isinstance(schedulers, list | tuple) or not schedulers:
            raise ArgumentError(f"{self._name}: schedulers must be a list of at least one schedule")
        for i, schedule in enumerate(schedulers):
            if not isinstance(schedule, LRScheduler):
                raise ArgumentError(
                    f"{self._name}: schedulers[{i}] is no schedule: {type(schedule).__name__}"
                )
            if isinstance(schedule, ReduceLROnPlateau):
                raise ArgumentError(
                    f"{self._name}: schedulers[{i}] is a ReduceLROnPlateau, whose step needs a measured "
                    "value; step it by itself"
                )
            if schedule.optimizer is not optimizer:
                raise ArgumentError(
                    f"{self._name}: schedulers[{i}] belongs to another optimizer; make all with the same one"
                )
        self._attach(optimizer)
        self._schedulers = list(schedulers)

    @property
    def moved_settings(self) -> tuple[str, ...]:
        """The settings of the groups that move with the rate, by any of the schedules."""
        return tuple(name for schedule in self._schedulers for name in schedule.moved_settings)

    def state_dict(self) -> dict[str, Any]:
        """Give the states of all schedules, and what goes beyond them."""
        return {**super().state_dict(), "_schedulers": [s.state_dict() for s in self._schedulers]}

    def settings(self) -> dict[str, Any]:
        """Give what stays as it is, of all schedules too."""
        kinds = [{**s.settings(), "kind": type(s).__name__} for s in self._schedulers]
        return {**super().settings(), "_schedulers": kinds}

    def check_state(self, state_dict: Mapping[str, Any]) -> None:
        """Raise the `CheckpointError` that `load_state_dict` would raise, without changing anything."""
        super().check_state(state_dict)
        for schedule, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            schedule.check_state(state)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave; raises `CheckpointError` if it belongs to another schedule."""
        own = self._schedulers
        super().load_state_dict(state_dict)
        self._schedulers = own
        for schedule, state in zip(own, state_dict["_schedulers"], strict=True):
            schedule.load_state_dict(state)


class SequentialLR(_Combined):
    """One schedule after the other: the i-th takes over at epoch ``milestones[i - 1]``, and starts anew.

    ``schedulers`` are made with the same optimiser, before; none of them may be a `ReduceLROnPlateau` or
    itself made of schedules. A warm-up, and then a cosine:

    Raises:
        ArgumentError: no schedules, one that is not allowed or belongs to another optimiser, or milestones
            that do not increase or are not one fewer than the schedules.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD, CosineAnnealingLR, LinearLR
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> parts = [LinearLR(optimizer, start_factor=0.5, total_iters=2), CosineAnnealingLR(optimizer, T_max=2)]
    >>> schedule = SequentialLR(optimizer, parts, milestones=[2])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += [round(rate, 9) for rate in schedule.get_last_lr()]
    ...     schedule.step()
    >>> rates
    [0.5, 0.75, 1.0, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        self._take(optimizer, schedulers)
        for i, schedule in enumerate(schedulers):
            if isinstance(schedule, _Combined):
                raise ArgumentError(
                    f"SequentialLR: schedulers[{i}] is a {type(schedule).__name__}, which cannot start anew; "
                    "give the schedules that it is made of"
                )
        if last_epoch != -1:
            raise ArgumentError(
                f"SequentialLR starts at its beginning, got last_epoch={last_epoch}; to go on, load its state"
            )
        if len(milestones) != len(schedulers) - 1:
            raise ArgumentError(
                f"SequentialLR: {len(schedulers)} schedulers need {len(schedulers) - 1} milestones, "
                f"got {len(milestones)}"
            )
        self._milestones = [whole("SequentialLR", "each milestone", m) for m in milestones]
        if sorted(set(self._milestones)) != self._milestones:
            raise ArgumentError(f"SequentialLR: milestones must increase, got {self._milestones}")
        self.last_epoch = 0
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        for schedule in self._schedulers:
            schedule.last_epoch -= 1  # making it took a step, which is taken back
        self._schedulers[0]._begin()
        self._note()

    def step(self) -> None:
        """Go on to the next epoch, and to the next schedule if this is its milestone."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            self._schedulers[i]._restart()
        else:
            self._schedulers[i].step()
        self._note()


class ChainedScheduler(_Combined):
    """All schedules at once: each `step` steps every one of them, and each goes on from the rate before it.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.optim import SGD, ConstantLR, ExponentialLR
    >>> optimizer = SGD([tensor([1.0], requires_grad=True)], lr=1.0)
    >>> parts = [ConstantLR(optimizer, factor=0.5, total_iters=2), ExponentialLR(optimizer, gamma=0.5)]
    >>> schedule = ChainedScheduler(parts)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [0.5, 0.25, 0.25, 0.125]
    """

    moving: ClassVar[tuple[str, ...]] = ("_last_lr",)

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        first = schedulers[0] if isinstance(schedulers, list | tuple) and schedulers else None
        self._take(getattr(first, "optimizer", None) if optimizer is None else optimizer, schedulers)
        self._note()

    def step(self) -> None:
        """Step all schedules, in their order."""
        for schedule in self._schedulers:
            schedule.step()
        self._note()

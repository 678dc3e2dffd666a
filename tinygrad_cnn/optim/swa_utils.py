"""Averages of a model's weights over time, which often predict better than the last weights.

(`optim` imports `nn` here, its sibling: an average of a module is a module.)
"""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np

from ..core import Tensor, no_grad, wrap
from ..errors import ArgumentError, ShapeError
from ..nn import Module

Average = Callable[[Tensor, Tensor, int], Tensor]
MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], int], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    r"""Give the function of an exponential moving average, for ``AveragedModel(model, avg_fn=...)``.

    .. math:: \bar w \leftarrow \text{decay}\; \bar w + (1 - \text{decay})\, w

    Raises `ArgumentError` unless 0 <= decay <= 1.

    >>> from tinygrad_cnn import tensor
    >>> get_ema_avg_fn(0.75)(tensor([4.0]), tensor([8.0]), 1)
    tensor([5.])
    """
    if not 0 <= decay <= 1:
        raise ArgumentError(f"decay must be a number in 0..1, got {decay!r}")
    return lambda averaged, current, _: averaged * float(decay) + current * float(1 - decay)


def get_swa_avg_fn() -> Average:
    r"""Give the function of an equal average of all, for ``AveragedModel(model, avg_fn=...)``: the default.

    .. math:: \bar w \leftarrow \bar w + (w - \bar w) / (n + 1)

    >>> from tinygrad_cnn import tensor
    >>> get_swa_avg_fn()(tensor([4.0]), tensor([8.0]), 3)
    tensor([5.])
    """
    return lambda averaged, current, n: averaged + (current - averaged) / (n + 1)


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    """Give the same as `get_ema_avg_fn`, for ``AveragedModel(model, multi_avg_fn=...)``.

    >>> from tinygrad_cnn import tensor
    >>> averaged = [tensor([4.0])]
    >>> get_ema_multi_avg_fn(0.75)(averaged, [tensor([8.0])], 1)
    >>> averaged
    [tensor([5.])]
    """
    return _for_all(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> MultiAverage:
    """Give the same as `get_swa_avg_fn`, for ``AveragedModel(model, multi_avg_fn=...)``.

    >>> from tinygrad_cnn import tensor
    >>> averaged = [tensor([4.0])]
    >>> get_swa_multi_avg_fn()(averaged, [tensor([8.0])], 3)
    >>> averaged
    [tensor([5.])]
    """
    return _for_all(get_swa_avg_fn())


def _for_all(average: Average) -> MultiAverage:
    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], n: int) -> None:
        for a, c in zip(averaged, current, strict=True):
            _put(a, average(a, c, n).array)

    return update


def _put(t: Tensor, values: np.ndarray) -> None:
    """Replace the values in the tensor's own type (counts lose their fraction) and memory order."""
    new = np.empty_like(t.array)
    np.copyto(new, values, casting="unsafe")
    t.replace(new)


class AveragedModel(Module):
    """A copy of a model whose parameters are a running average of the model's.

    Call `update_parameters` after each step (or epoch); the first call copies. The average is equal over all
    calls, or what ``avg_fn`` or ``multi_avg_fn`` makes it: ``multi_avg_fn=get_ema_multi_avg_fn(0.999)`` for
    an exponential one.

    Args:
        model: a module; the copy is in `module`.
        avg_fn: called as ``avg_fn(averaged, current, n)`` for each parameter; gives the new average. n counts
            the updates before.
        multi_avg_fn: called as ``multi_avg_fn(averaged, current, n)`` with lists of all parameters; changes
            the averaged ones with `Tensor.replace`.
        use_buffers: average buffers (such as running statistics) too, instead of copying them.

    Raises `ArgumentError` if both functions are given. Source: Izmailov et al., UAI 2018.

    >>> from tinygrad_cnn import nn
    >>> model = nn.Linear(1, 1, bias=False)
    >>> average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.75))
    >>> for value in (4.0, 8.0):
    ...     _ = nn.init.constant_(model.weight, value)
    ...     average.update_parameters(model)
    >>> average.module.weight.item(), average.n_averaged.item()
    (5.0, 2)
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        *,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if not isinstance(model, Module):
            raise ArgumentError(f"AveragedModel: model must be a Module, got {type(model).__name__}")
        if avg_fn is not None and multi_avg_fn is not None:
            raise ArgumentError("AveragedModel takes avg_fn or multi_avg_fn, and not both")
        self.module = deepcopy(model)
        self.module.zero_grad()
        self.register_buffer("n_averaged", wrap(np.zeros((), np.int64)))
        self.multi_avg_fn = multi_avg_fn or _for_all(avg_fn or get_swa_avg_fn())
        self.use_buffers = bool(use_buffers)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result with the averaged parameters."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Move the average towards the parameters of ``model``; raises `ShapeError` if it has others."""
        own: list[Tensor] = list(self.module.parameters())
        other: list[Tensor] = list(model.parameters())
        own_buffers, other_buffers = list(self.module.buffers()), list(model.buffers())
        here, there = (
            [t.shape for t in chain(*both)] for both in ((own, own_buffers), (other, other_buffers))
        )
        if here != there:
            raise ShapeError(
                f"update_parameters expects the model that was copied / got {len(there)} tensors, "
                f"and {len(here)} here, or other shapes"
            )
        if self.use_buffers:
            own, other = own + own_buffers, other + other_buffers
        count = int(self.n_averaged.item())
        if count:
            with no_grad():
                self.multi_avg_fn(own, [t.detach() for t in other], count)
        copied = [] if count else list(zip(own, other, strict=True))
        if not self.use_buffers:
            copied += zip(own_buffers, other_buffers, strict=True)
        for a, c in copied:
            _put(a, c.array)
        self.n_averaged.replace(np.asarray(count + 1))


def update_bn(loader: Iterable[Any], model: Module) -> None:
    """Measure the running statistics of all batch normalisations anew, as averages over all batches.

    Averaged weights need it, since statistics are not those of an average. ``loader`` gives batches: tensors,
    or tuples whose first entry is one.

    >>> from tinygrad_cnn import nn, tensor
    >>> model = nn.Sequential(nn.BatchNorm2d(1))
    >>> update_bn([tensor([[[[1.0, 3.0]]]]), tensor([[[[3.0, 5.0]]]])], model)
    >>> model[0].running_mean
    tensor([3.])
    """
    layers: list[Any] = [m for m in model.modules() if _is_batch_norm(m)]
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    modes = [(module, module.training) for module in model.modules()]
    model.train()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None
    try:
        with no_grad():
            for batch in loader:
                model(batch[0] if isinstance(batch, list | tuple) else batch)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        for module, training in modes:
            module.training = training


def _is_batch_norm(module: Module) -> bool:
    return any(kind.__name__.startswith("BatchNorm") for kind in type(module).__mro__)

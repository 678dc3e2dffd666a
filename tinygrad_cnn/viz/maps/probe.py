"""Finding out what depends on what, by putting numbers into the input that no computation gets rid of.

NaN times a weight is NaN, also where the weight is 0, and so are a sum, a maximum and a ReLU of it: after a
forward pass, exactly those outputs that can depend on an input are not finite. No weight hides it and nothing
cancels, as it can with gradients, of which a maximum passes on only one. Infinities follow, for code that
compares: ``where(x > 0, x, 0)`` forgets a NaN, but not +inf.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core import Tensor
from ...errors import ArgumentError, ShapeError
from ...nn import Module
from .look import looking, tensor_of

Pick = Callable[[np.ndarray], np.ndarray]  # (N, ...), which numbers are bad -> (N, K), which outputs are

_FILLS = (np.nan, np.inf, -np.inf)
_BATCH_NUMBERS = 2**20  # in the inputs of one batch: memory stays bounded
_LARGEST_BATCH = 64


class _Reached(BaseException):
    """Ends a forward pass at the layer that was asked for; no `except Exception` of a model stops it."""


class Probe:
    """Runs a model up to one layer, on inputs of which some pixels are not finite."""

    def __init__(self, model: Module, input_shape: tuple[int, ...], layer: str, dtype: Any) -> None:
        self.model = model
        self.layer = layer
        self.name = f"layer {layer!r}" if layer else "the model"
        self.base = np.full(input_shape, 0.5, dtype)
        self.batch = int(np.clip(_BATCH_NUMBERS // self.base.size, 1, _LARGEST_BATCH))
        self.mixes = False  # the samples of a batch reach each other's outputs

    def run(self, batch: np.ndarray) -> np.ndarray:
        """Give what the layer computes for a batch; the forward pass stops there."""
        found: list[Any] = []

        def note(path: str, module: Module, result: Any) -> None:
            if path == self.layer:
                found.append(result)
                raise _Reached

        try:
            with looking(self.model, note):
                self.model(tensor_of(batch))
        except _Reached:
            pass
        if not found:
            raise ArgumentError(
                f"receptive_field: {self.name} was not called in the forward pass; name another one"
            )
        result = found[0]
        if not isinstance(result, Tensor) or result.ndim < 2 or len(result) != len(batch):
            got = f"the shape {result.shape}" if isinstance(result, Tensor) else type(result).__name__
            raise ShapeError(f"receptive_field: {self.name} should give (N, ...), but gives {got}")
        return result.array

    def reached(self, masks: np.ndarray, pick: Pick) -> np.ndarray:
        """Say for each mask (M, H, W) of pixels which outputs they reach, (M, K)."""
        found = self._reached_by(_FILLS[0], masks, pick)
        for fill in _FILLS[1:]:
            rest = np.flatnonzero(~found.all(axis=1))
            found[rest] |= self._reached_by(fill, masks[rest], pick)
        return found

    def _reached_by(self, fill: float, masks: np.ndarray, pick: Pick) -> np.ndarray:
        found = [np.zeros((0, pick(np.zeros((1, *self.shape), bool)).shape[1]), bool)]
        for i in range(0, len(masks), self.batch):
            found.append(self._batch(fill, masks[i : i + self.batch], pick))
        return np.concatenate(found)

    def _batch(self, fill: float, masks: np.ndarray, pick: Pick) -> np.ndarray:
        """Try one batch, with an ordinary input in it that has to stay finite."""
        inputs = np.where(masks[:, None], self.base.dtype.type(fill), self.base)
        if not self.mixes:
            bad = pick(~np.isfinite(self.run(np.concatenate([self.base[None], inputs]))))
            if not bad[0].any():
                return bad[1:]
            self.mixes = True
        return np.concatenate([pick(~np.isfinite(self.run(one[None]))) for one in inputs])

    def check_finite(self, pick: Pick) -> None:
        """Refuse a layer that is not finite on an ordinary input: nothing could be told from it."""
        result = self.run(self.base[None])
        self.shape = result.shape[1:]
        if pick(~np.isfinite(result)).any():
            raise ArgumentError(
                f"receptive_field: {self.name} gives NaN or infinity for an input of 0.5 "
                "everywhere, so nothing can be told from it; check the weights"
            )

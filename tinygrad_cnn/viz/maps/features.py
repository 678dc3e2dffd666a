"""Feature maps: what the layers of a network give for one picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ...core import Tensor
from ...errors import ArgumentError, ShapeError
from ...functional.arguments import integer
from ...nn import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d, Module
from ..graph.shrink import grey, signed
from ..graph.stats import measure
from ..table import aligned
from ..write.words import clean, number
from .drawn import Drawn, frozen
from .look import find_layer, looking, one_picture, picture_tile, tensor_of
from .sheet import Scale, Section, Sheet, Tile

_KINDS = (Conv2d, ConvTranspose2d, MaxPool2d, AvgPool2d)
_SIDE, _PIXELS = 84, 84


@dataclass(frozen=True)
class FeatureMaps(Drawn):
    """What layers gave for one picture; ``str()`` is a table."""

    picture: np.ndarray  # (C, H, W)
    maps: Mapping[str, np.ndarray]  # path of the layer -> (C, H, W); "act#2" is its second call
    most: int  # maps that are drawn of one layer

    def sheet(self) -> Sheet:
        """Give the picture, and one section a layer."""
        tile = Tile(picture_tile(self.picture, "the input", 2 * _PIXELS))
        first = Section("input", f"{self.picture.shape}, channels, height, width", (tile,), 1, 2 * _SIDE)
        layers = [_section(path, values, self.most) for path, values in self.maps.items()]
        return Sheet("Feature maps", _WHAT, (first, *layers))

    def __str__(self) -> str:
        rows = []
        for path, values in self.maps.items():
            s = measure(values)
            dead = str(int((values == 0).all(axis=(1, 2)).sum()))
            counts = [f"{s.zeros / s.size:.1%}", dead, str(s.nans + s.infs)]
            numbers = [number(s.min), number(s.mean), number(s.max)]
            rows.append([clean(path), str(values.shape), *numbers, *counts])
        titles = ["layer", "maps", "min", "mean", "max", "zeros", "maps all 0", "NaN, inf"]
        return aligned(titles, rows, left=2)

    def __repr__(self) -> str:
        total = sum(len(values) for values in self.maps.values())
        return f"<FeatureMaps: {total} maps of {len(self.maps)} layer{'s' * (len(self.maps) != 1)}>"


_WHAT = "What the layers give for this picture, in evaluation mode; one scale a layer."


def feature_maps(
    model: Module, x: Any, *, layer: str | None = None, most: int = 16, sample: int = 0
) -> FeatureMaps:
    """Draw what the convolutions and poolings of a model give for one picture, in the order of the calls.

    The forward pass runs in evaluation mode and without recording; modes, buffers and random generators are
    put back. A layer without negative numbers is drawn from black (its least) to white, the others from blue
    (negative) over white (0) to orange, on one scale for all maps of a layer; "all 0" marks a map that is
    zero everywhere. ``.maps`` holds all of them as read-only arrays (C, H, W).

    Args:
        model: any model that takes pictures.
        x: pictures (N, C, H, W), or one picture (C, H, W).
        layer: the path of the one layer to show; "act#2" is the second call of "act".
        most: maps that are drawn of a layer, 1 or more.
        sample: which picture of x.

    Raises:
        ArgumentError: there is no such layer or sample, the layer is not called, or nothing is to be shown.
        ShapeError: x is not made of pictures, or the layer does not give any.

    >>> from tinygrad_cnn import nn, zeros
    >>> from tinygrad_cnn.viz.maps import feature_maps
    >>> shown = feature_maps(nn.models.lenet5(seed=0), zeros(1, 28, 28))
    >>> {path: maps.shape for path, maps in shown.maps.items()}
    {'conv1': (6, 28, 28), 'pool1': (6, 14, 14), 'conv2': (16, 10, 10), 'pool2': (16, 5, 5)}
    """
    picture = one_picture("feature_maps", model, x, sample)
    most = integer("feature_maps", "most", most, 1)
    wanted = None if layer is None else find_layer("feature_maps", model, layer)
    found: dict[str, np.ndarray] = {}

    def note(path: str, module: Module, result: Any) -> None:
        if path == wanted or (wanted is None and isinstance(module, _KINDS)):
            found[path or "(model)"] = _checked(path, result)

    with looking(model, note):
        model(tensor_of(picture))
    if not found:
        raise ArgumentError(_nothing(layer))
    return FeatureMaps(frozen(picture[0]), MappingProxyType(found), most)


def _checked(path: str, result: Any) -> np.ndarray:
    if not isinstance(result, Tensor) or result.ndim != 4 or not result.array.size:
        got = f"the shape {result.shape}" if isinstance(result, Tensor) else type(result).__name__
        raise ShapeError(f"feature_maps: layer {path!r} gives no maps (N, C, H, W), but {got}")
    return frozen(result.array[0])


def _nothing(layer: str | None) -> str:
    if layer is None:
        return "feature_maps: the model calls no convolution and no pooling; name a layer with layer="
    return f"feature_maps: layer {layer!r} was not called in the forward pass; name another one"


def _section(path: str, values: np.ndarray, most: int) -> Section:
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=np.inf)), float(finite.max(initial=-np.inf))
    low, high = (low, high) if finite.size else (0.0, 0.0)
    end = max(-low, high)
    tiles = []
    for i, channel in enumerate(values[:most]):
        title = f"{clean(path)}, map {i}"
        if low < 0:
            picture = signed(channel, title, most=_PIXELS, largest=end)
        else:
            picture = grey(channel, title, most=_PIXELS, low=low, high=high)
        tiles.append(Tile(picture, f"{i}: all 0" if not channel.any() else str(i)))
    many = f"all {len(values)}" if most >= len(values) else f"the first {most} of {len(values)}"
    caption = f"{len(values)} maps of {values.shape[1]} x {values.shape[2]}; {many} are shown."
    scale = Scale(-end, end, "", True) if low < 0 else Scale(low, high)
    return Section(clean(path), caption, tuple(tiles), min(8, len(tiles)), _SIDE, scale)

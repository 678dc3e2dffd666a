"""The filters of convolutions as a contact sheet: what each of them looks for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ...errors import ArgumentError, ShapeError
from ...functional.arguments import as_tensor, integer
from ...nn import Conv2d, Module
from ..graph.shrink import colour, signed
from ..graph.stats import measure
from ..table import aligned
from ..write.words import clean, number
from .drawn import Drawn, frozen
from .sheet import Scale, Section, Sheet, Tile

_SIDE, _PIXELS = 44, 44


@dataclass(frozen=True)
class Filters(Drawn):
    """The filters of one or several convolutions; ``str()`` is a table."""

    weights: Mapping[str, np.ndarray]  # path of the layer -> (O, C, kh, kw)
    most: int  # tiles that are drawn of one layer

    def sheet(self) -> Sheet:
        """Give one section a layer."""
        return Sheet("Filters", _WHAT, tuple(_section(p, w, self.most) for p, w in self.weights.items()))

    def __str__(self) -> str:
        rows = []
        for path, weight in self.weights.items():
            s = measure(weight)
            numbers = [number(s.min), number(s.max), number(s.rms), str(s.nans + s.infs)]
            rows.append([clean(path), str(s.shape), *numbers])
        return aligned(["layer", "filters", "min", "max", "rms", "NaN, inf"], rows, left=2)

    def __repr__(self) -> str:
        total = sum(len(w) for w in self.weights.values())
        return f"<Filters: {total} of {len(self.weights)} convolution{'s' * (len(self.weights) != 1)}>"


_WHAT = "The weights as they are now; equal colours are equal numbers within a layer."


def filters(model_or_weight: Any, *, most: int = 64) -> Filters:
    r"""Draw the filters :math:`w_{ocij}` of a convolution, or of all `Conv2d` layers of a model.

    Filters of three input channels are drawn in colour, red, green and blue on one scale for the whole layer,
    which the picture states. Those of one channel are drawn from blue (negative) over white (0) to orange;
    all others, too, with one row a filter and one column an input channel. A layer gets at most ``most``
    tiles, and the picture says what was left out; ``.weights`` has all of them, read-only copies by the
    layers' paths.

    Args:
        model_or_weight: a model, or a weight (O, C, kh, kw).
        most: tiles a layer, 1 or more.

    Raises:
        ArgumentError: a model without Conv2d.
        ShapeError: a weight that is not (O, C, kh, kw).

    >>> from tinygrad_cnn import nn
    >>> from tinygrad_cnn.viz.maps import filters
    >>> filters(nn.models.lenet5(seed=0))
    <Filters: 22 of 2 convolutions>
    """
    most = integer("filters", "most", most, 1)
    if isinstance(model_or_weight, Module):
        named = {
            path or "(model)": module.weight.array
            for path, module in model_or_weight.named_modules()
            if isinstance(module, Conv2d)
        }
        if not named:
            name = type(model_or_weight).__name__
            raise ArgumentError(f"filters: {name} has no Conv2d layer; pass a weight (O, C, kh, kw) instead")
    else:
        named = {"weight": as_tensor(model_or_weight, "filters").array}
        if named["weight"].ndim != 4 or not named["weight"].size:
            shape = named["weight"].shape
            raise ShapeError(f"filters: a weight is (O, C, kh, kw), not empty; got the shape {shape}")
    return Filters(MappingProxyType({path: frozen(w) for path, w in named.items()}), most)


def _section(path: str, weight: np.ndarray, most: int) -> Section:
    one_tile = weight.shape[1] in (1, 3)
    return (_by_filter if one_tile else _by_channel)(clean(path), weight, most)


def _by_filter(path: str, weight: np.ndarray, most: int) -> Section:
    """One tile a filter, in colour where it has three channels: 0 is grey, as the scale is symmetric."""
    end, in_colour = _largest(weight), weight.shape[1] == 3
    tiles = []
    for i, w in enumerate(weight[:most]):
        title = f"{path}, filter {i}"
        if in_colour:
            tiles.append(Tile(colour(w, title, most=_PIXELS, low=-end, high=end), str(i)))
        else:
            tiles.append(Tile(signed(w[0], title, most=_PIXELS, largest=end), str(i)))
    how = ", in red, green and blue on one scale; grey is 0" if in_colour else ""
    caption = f"{_size(weight)}{how}. {_counted(len(tiles), len(weight), 'filter')}"
    scale = Scale(-end, end, "each of red, green, blue" if in_colour else "", not in_colour)
    return Section(path, caption, tuple(tiles), min(8, len(tiles)), _SIDE, scale)


def _by_channel(path: str, weight: np.ndarray, most: int) -> Section:
    """One row a filter, one column an input channel."""
    filters, channels = weight.shape[:2]
    columns = min(channels, max(math.isqrt(most), most // filters))
    rows = min(filters, most // columns)
    end = _largest(weight)
    tiles = tuple(
        Tile(signed(weight[o, c], f"{path}, filter {o}, channel {c}", most=_PIXELS, largest=end))
        for o in range(rows)
        for c in range(columns)
    )
    shown = f"{_counted(rows, filters, 'filter')} {_counted(columns, channels, 'input channel')}"
    names = tuple(f"filter {o}" for o in range(rows)), tuple(str(c) for c in range(columns))
    caption = f"{_size(weight)}, one row a filter, one column an input channel. {shown}"
    return Section(path, caption, tiles, columns, _SIDE, Scale(-end, end, "", True), *names)


def _size(weight: np.ndarray) -> str:
    many, channels, height, width = weight.shape
    return f"{many} x {channels} x {height} x {width} (filters, input channels, height, width)"


def _counted(shown: int, total: int, what: str) -> str:
    if shown == total:
        return f"All {total} {what}s are shown." if total > 1 else f"Its one {what} is shown."
    return f"Of {total} {what}s, the first {shown} are shown."


def _largest(weight: np.ndarray) -> float:
    return float(np.abs(weight[np.isfinite(weight)]).max(initial=0.0))

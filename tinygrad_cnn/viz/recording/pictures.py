"""Which small pictures are kept: the input, feature maps, filters, and the gradients of all of them."""

import numpy as np

from ..graph.shrink import colour, grey, signed
from ..graph.thumbnails import Thumbnail

MOST = 8  # channels or filters
SIDE, INPUT_SIDE = 32, 64  # pixels
SHOWN = {"conv2d", "conv2d_input", "max_pool2d", "max_unpool2d", "avg_pool2d"}  # give feature maps


def of_value(op: str, y: np.ndarray) -> tuple[Thumbnail, ...]:
    """Make pictures of the first sample of (N, C, H, W): of an input, or of what an operation gave."""
    if y.ndim != 4 or y.dtype.kind != "f" or min(y.shape) < 1 or (y.shape[2] < 2 and y.shape[3] < 2):
        return ()
    if op == "input":
        if y.shape[1] == 3:
            return (colour(y[0], "sample 0", most=INPUT_SIDE),)
        return tuple(grey(m, f"channel {i}", most=INPUT_SIDE) for i, m in enumerate(y[0, :1]))
    if op not in SHOWN:
        return ()
    low, high = _range(y[0, :MOST])
    return tuple(grey(m, f"channel {i}", most=SIDE, low=low, high=high) for i, m in enumerate(y[0, :MOST]))


def of_filters(w: np.ndarray) -> tuple[Thumbnail, ...]:
    """Make pictures of the first filters of (O, C, kh, kw), in colour where they see three channels."""
    if w.ndim != 4 or min(w.shape) < 1:
        return ()
    if w.shape[1] == 3:
        low, high = _range(w)
        return tuple(colour(f, f"filter {i}", most=SIDE, low=low, high=high) for i, f in enumerate(w[:MOST]))
    largest = _largest(w[:MOST, 0])
    return tuple(
        signed(f, f"filter {i}, channel 0", most=SIDE, largest=largest) for i, f in enumerate(w[:MOST, 0])
    )


def of_gradient(g: np.ndarray, like: tuple[Thumbnail, ...], is_leaf: bool) -> tuple[Thumbnail, ...]:
    """Make signed pictures of a gradient, on one scale that is symmetric around 0."""
    maps = g[:MOST, 0] if is_leaf and like[0].title.startswith("filter") else g[0, :MOST]
    if is_leaf and like[0].title.startswith("sample"):  # one map for three channels: where, not which colour
        maps = g[0].sum(axis=0)[None]
    largest = _largest(maps)
    side = max(like[0].height, like[0].width, 1)
    return tuple(
        signed(m, f"gradient, {t.title}", most=side, largest=largest)
        for m, t in zip(maps, like, strict=False)
    )


def _range(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _largest(values: np.ndarray) -> float:
    """Give the end of a scale: of 200 values one may lie beyond it, so that the others can be seen."""
    finite = np.abs(values[np.isfinite(values)])
    if not finite.size:
        return 0.0
    return float(np.quantile(finite, 0.995)) or float(finite.max())

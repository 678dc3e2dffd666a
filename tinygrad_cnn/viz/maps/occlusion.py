"""Occlusion: which part of the picture the answer rests on, found by covering one square after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ...functional.arguments import Pair, pair
from ...nn import Module
from ..graph.shrink import grey, shrink
from ..graph.thumbnails import Thumbnail, signed_colours
from ..write.words import number
from .drawn import Drawn, frozen
from .look import choose_target, looking, mean_of, one_picture, picture_tile, run_scores, tensor_of
from .sheet import Scale, Section, Sheet, Tile

_SIDE, _PIXELS = 240, 120
_BATCH_NUMBERS = 2**20  # in the pictures of one batch: memory stays bounded
_GREY_SHARE = 0.75  # how much of the picture stays to be seen where nothing changes


@dataclass(frozen=True)
class Occlusion(Drawn):
    """How much is lost under every square; ``str()`` says where it is most."""

    picture: np.ndarray  # (C, H, W)
    drop: np.ndarray  # (len(rows), len(columns)): value without a square minus value with it
    rows: np.ndarray  # upper edges of the squares
    columns: np.ndarray  # left edges
    heat: np.ndarray  # (H, W): the mean over the squares that cover a pixel
    size: Pair  # height and width of a square
    value: float  # of the whole picture
    target: int
    measure: str  # "probability", or "score" for a model that gives one

    def sheet(self) -> Sheet:
        """Give the picture, and the losses as colours over it."""
        first = Tile(picture_tile(self.picture, "the input", _PIXELS), "the input")
        end = _largest(self.heat)
        second = Tile(_over(self.picture, self.heat, end), "what is lost when a pixel is covered")
        scale = Scale(-end, end, f"{self.measure} lost", True)
        caption = "Orange: the class rests on what is there. Blue: what is there speaks against the class."
        section = Section("", caption, (first, second), 2, _SIDE, scale)
        return Sheet("Occlusion", f"For {self._what()}; {self._squares()}.", (section,))

    def _what(self) -> str:
        return f"class {self.target}, {self.measure} {number(self.value)}"

    def _squares(self) -> str:
        return f"{self.drop.size} squares of {self.size[0]} x {self.size[1]} pixels"

    def __str__(self) -> str:
        i, j = np.unravel_index(int(np.argmax(np.nan_to_num(self.drop))), self.drop.shape)
        return (
            f"occlusion of {self._what()}, by {self._squares()}\n"
            f"most is lost, {number(self.drop[i, j])}, by covering rows {self.rows[i]} to "
            f"{self.rows[i] + self.size[0] - 1}, columns {self.columns[j]} to "
            f"{self.columns[j] + self.size[1] - 1}"
        )

    def __repr__(self) -> str:
        return f"<Occlusion: {self._what()}, {self._squares()}>"


def occlusion(
    model: Module,
    x: Any,
    target: int | None = None,
    *,
    size: int | Pair,
    stride: int | Pair | None = None,
    value: float | Sequence[float] | None = None,
    sample: int = 0,
) -> Occlusion:
    r"""Measure :math:`p(x) - p(x \text{ with a square covered})` for squares all over the picture.

    p is the probability of ``target``, the softmax of the scores; the raw score where the model gives only
    one. The model runs in evaluation mode without recording, in batches of bounded memory; modes, buffers and
    random generators are put back. The last row and column of squares end at the border, so that every pixel
    is covered if ``stride`` is not larger than ``size``.

    Args:
        model: gives scores (N, classes).
        x: pictures (N, C, H, W), or one picture (C, H, W).
        target: which class; None is the one that the model would choose.
        size: height and width of a square in pixels, or one number.
        stride: steps between squares, down and across; None is half the size.
        value: what covers, one number or one a channel; None is the mean of each channel.
        sample: which picture of x.

    Returns:
        ``.drop``, one number a square, with ``.rows`` and ``.columns``, the upper and left edges of the
        squares; ``.heat`` (H, W), for every pixel the mean of the squares on it.

    Raises:
        ArgumentError: there is no such target or sample, or the squares are larger than the picture.
        ShapeError: x is not made of pictures, or the model does not give (N, classes).

    >>> from tinygrad_cnn import nn, ones
    >>> from tinygrad_cnn.viz.maps import occlusion
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(16, 1, bias=False))
    >>> _ = nn.init.constant_(model[1].weight, 2.0)
    >>> occlusion(model, ones(1, 4, 4), size=2, stride=2, value=0).drop.tolist()
    [[8.0, 8.0], [8.0, 8.0]]
    """
    picture = one_picture("occlusion", model, x, sample)
    covered, steps = _checked_sizes(picture.shape[2:], size, stride)
    rows, columns = (_starts(*args) for args in zip(picture.shape[2:], covered, steps, strict=True))
    with looking(model):
        cover = _cover(picture, value)
        scores = run_scores("occlusion", model, tensor_of(picture)).array
        chosen = choose_target("occlusion", scores[0], target)
        whole = float(_values(scores, chosen)[0])
        values = _covered_values(model, picture, cover, (rows, columns), covered, chosen)
        loss = whole - values.reshape(len(rows), len(columns))
        heat = _spread(loss, rows, columns, covered, picture.shape[2:])
    measure = "probability" if scores.shape[1] > 1 else "score"
    places = frozen(rows), frozen(columns), frozen(heat)
    return Occlusion(frozen(picture[0]), frozen(loss), *places, covered, whole, chosen, measure)


def _covered_values(
    model: Module, picture: np.ndarray, cover: np.ndarray, starts: Any, size: Pair, target: int
) -> np.ndarray:
    """Run the model on all covered pictures, as many at a time as fit."""
    places = [(r, c) for r in starts[0] for c in starts[1]]
    step = max(1, _BATCH_NUMBERS // picture.size)
    found = []
    for i in range(0, len(places), step):
        batch = np.repeat(picture, len(places[i : i + step]), axis=0)
        for one, (r, c) in zip(batch, places[i : i + step], strict=True):
            one[:, r : r + size[0], c : c + size[1]] = cover
        found.append(_values(run_scores("occlusion", model, tensor_of(batch)).array, target))
    return np.concatenate(found)


def _values(scores: np.ndarray, target: int) -> np.ndarray:
    """Give the probability of the target (softmax in float64), or the score where there is only one."""
    scores = scores.astype(np.float64)
    if scores.shape[1] == 1:
        return scores[:, 0]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers[:, target] / powers.sum(axis=1))


def _checked_sizes(shape: Any, size: Any, stride: Any) -> tuple[Pair, Pair]:
    height, width = covered = pair("occlusion", "size", size, 1)
    if height > shape[0] or width > shape[1]:
        raise ArgumentError(
            f"occlusion: size {height} x {width} is larger than the picture, {shape[0]} x {shape[1]}"
        )
    halves = (max(1, height // 2), max(1, width // 2))
    return covered, halves if stride is None else pair("occlusion", "stride", stride, 1)


def _cover(picture: np.ndarray, value: Any) -> np.ndarray:
    """Give what covers, (C, 1, 1)."""
    if value is None:
        return np.asarray(picture[0].mean(axis=(1, 2), keepdims=True))
    channels = picture.shape[1]
    try:
        numbers = np.asarray(value, picture.dtype)
    except (TypeError, ValueError):
        numbers = np.zeros((0,))
    if numbers.shape not in ((), (1,), (channels,)):
        raise ArgumentError(f"occlusion: value must be one number or {channels}, got {value!r}")
    return np.broadcast_to(numbers.reshape(-1, 1, 1), (channels, 1, 1))


def _starts(length: int, size: int, stride: int) -> np.ndarray:
    """Give where squares begin; the last one ends at the border."""
    last = length - size
    return np.unique(np.append(np.arange(0, last + 1, stride), last))


def _spread(loss: np.ndarray, rows: np.ndarray, columns: np.ndarray, size: Pair, shape: Any) -> np.ndarray:
    """Average for every pixel what is lost under the squares that cover it; 0 where none does."""
    total, count = np.zeros(shape), np.zeros(shape)
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            total[r : r + size[0], c : c + size[1]] += loss[i, j]
            count[r : r + size[0], c : c + size[1]] += 1
    return np.asarray(total / np.maximum(count, 1))


def _largest(heat: np.ndarray) -> float:
    return float(np.abs(heat[np.isfinite(heat)]).max(initial=0.0))


def _over(picture: np.ndarray, heat: np.ndarray, end: float) -> Thumbnail:
    """Lay the colours of the heat over the picture in pale grey, stronger where more is lost."""
    small, bad = shrink(heat, _PIXELS)
    share = np.clip(small / end, -1, 1) if end else np.zeros_like(small)
    colours = signed_colours(np.rint(128 + 127 * np.sign(share)).astype(np.uint8)).astype(np.float64)
    below = grey(mean_of(picture), "", most=_PIXELS).array().astype(np.float64)
    below = 255 - (255 - below) * _GREY_SHARE
    weight = np.abs(share)[..., None] * 0.85
    pixels = np.rint(np.round(below + (colours - below) * weight, 6)).astype(np.uint8)
    pixels[bad] = (255, 0, 255)
    return Thumbnail(pixels.shape[0], pixels.shape[1], 3, pixels.tobytes(), "loss under the squares")

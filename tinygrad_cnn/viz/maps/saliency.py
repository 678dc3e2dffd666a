"""Saliency: how a score would change if a pixel of the picture changed a little."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core import enable_grad, grad
from ...functional import tensor
from ...nn import Module
from ..graph.shrink import grey, shrink, signed
from ..write.words import number
from .drawn import Drawn, frozen
from .look import choose_target, looking, one_picture, picture_tile, run_scores
from .sheet import Scale, Section, Sheet, Tile

_SIDE, _PIXELS, _MOST_CHANNELS = 240, 120, 8


@dataclass(frozen=True)
class Saliency(Drawn):
    """The gradient of one score with respect to the picture; ``str()`` says where it is largest."""

    picture: np.ndarray  # (C, H, W)
    gradient: np.ndarray  # (C, H, W), d score[target] / d picture
    strength: np.ndarray  # (H, W), the largest absolute gradient over the channels
    scores: np.ndarray  # (classes,), raw
    target: int

    def sheet(self) -> Sheet:
        """Give the picture, the strength, and the gradient of each channel."""
        first = Tile(picture_tile(self.picture, "the input", _PIXELS), "the input")
        means, bad = shrink(self.strength, _PIXELS)
        end = float(means[~bad].max(initial=0.0))
        strongest = Tile(grey(self.strength, "strength", most=_PIXELS, low=0.0, high=end), "strength")
        scale = Scale(0.0, end, "strength: the largest |gradient| of all channels")
        top = Section("", "", (first, strongest), 2, _SIDE, scale)
        return Sheet("Saliency: d score / d input", f"For {self._what()}.", (top, self._channels()))

    def _channels(self) -> Section:
        shown = self.gradient[:_MOST_CHANNELS]
        means, bad = zip(*(shrink(channel, _PIXELS) for channel in shown), strict=True)
        end = float(np.abs(np.stack(means)[~np.stack(bad)]).max(initial=0.0))
        names = ("red", "green", "blue") if len(self.gradient) == 3 else range(len(shown))
        tiles = tuple(
            Tile(signed(channel, f"gradient, channel {i}", most=_PIXELS, largest=end), str(name))
            for i, (channel, name) in enumerate(zip(shown, names, strict=True))
        )
        many = len(self.gradient)
        left_out = f" The first {len(shown)} of {many} channels." if many > len(shown) else ""
        caption = f"Orange: more of this channel raises the score. Blue: it lowers the score.{left_out}"
        shared = ", averaged over areas of pixels" if max(self.strength.shape) > _PIXELS else ""
        scale = Scale(-end, end, f"score per unit of input{shared}", True)
        return Section("The gradient by channel", caption, tiles, min(4, len(tiles)), _SIDE, scale)

    def _what(self) -> str:
        return f"class {self.target}, raw score {number(self.scores[self.target])}"

    def __str__(self) -> str:
        row, column = np.unravel_index(int(np.nanargmax(_or_zero(self.strength))), self.strength.shape)
        lines = [
            f"saliency of {self._what()}, for an input of {self.picture.shape}",
            f"largest |gradient| {number(self.strength[row, column])} at row {row}, column {column}",
            f"exactly zero at {float((self.strength == 0).mean()):.1%} of the pixels",
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Saliency: {self._what()}, input {self.picture.shape}>"


def saliency(model: Module, x: Any, target: int | None = None, *, sample: int = 0) -> Saliency:
    r"""Compute :math:`\partial s_{target} / \partial x`, the gradient of one raw score of one picture.

    The model runs in evaluation mode on that picture alone. No ``.grad`` is touched; modes, buffers and
    random generators are put back.

    Args:
        model: gives scores (N, classes).
        x: pictures (N, C, H, W), or one picture (C, H, W).
        target: which score; None is the largest, the class that the model would choose.
        sample: which picture of x.

    Returns:
        ``.gradient`` (C, H, W), in units of the score per unit of input; ``.strength`` (H, W), its largest
        absolute value over the channels; ``.scores`` and ``.target``.

    Raises:
        ArgumentError: there is no such target or sample.
        ShapeError: x is not made of pictures, or the model does not give (N, classes).

    >>> from tinygrad_cnn import nn, ones
    >>> from tinygrad_cnn.viz.maps import saliency
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    >>> found = saliency(model, ones(1, 2, 2), target=1)
    >>> bool((found.gradient.ravel() == model[1].weight.numpy()[1]).all())
    True
    """
    leaf = tensor(one_picture("saliency", model, x, sample), requires_grad=True)
    with looking(model), enable_grad():
        scores = run_scores("saliency", model, leaf)
        chosen = choose_target("saliency", scores.array[0], target)
        score = scores[0, chosen]
        g = grad(score, leaf, allow_unused=True) if score.requires_grad else None
    gradient = np.zeros_like(leaf.array) if g is None else g.array
    strength = np.abs(gradient[0]).max(axis=0)
    kept = frozen(leaf.array[0]), frozen(gradient[0]), frozen(strength), frozen(scores.array[0])
    return Saliency(*kept, chosen)


def _or_zero(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), 0, values)

"""Two pictures of a batch mixed into one, and their labels in the same proportion.

Unlike the other transforms, these take a whole batch, as `mix(x, y, rng)`, and are given to a loader as
`DataLoader(..., batch_transform=MixUp(10))`. The labels become shares of the classes (N, C), which
`cross_entropy` takes as they are.
"""

import math

import numpy as np

from ...errors import ArgumentError, DataError, ShapeError
from ..labels import check_labels
from .base import required


class _Mix:
    """What both have in common: labels become shares, and each sample's partner is the one before it."""

    def __init__(self, num_classes: int | None = None, alpha: float = 1.0):
        name = type(self).__name__
        whole = isinstance(num_classes, int | np.integer) and not isinstance(num_classes, bool)
        if num_classes is not None and (not whole or num_classes < 1):
            raise ArgumentError(f"{name} expects num_classes as a whole number above 0; got {num_classes!r}")
        if not 0 < alpha < math.inf:
            raise ArgumentError(f"{name} expects a finite alpha above 0; got {alpha!r}")
        self.num_classes = num_classes
        self.alpha = float(alpha)

    def __call__(
        self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        generator = required(rng, type(self).__name__)
        if x.ndim != 4:
            raise ShapeError(f"{type(self).__name__} expects a batch (N, C, H, W); got shape {x.shape}")
        shares = self._shares(y, x)
        mixed, share = self._mixed(x, float(generator.beta(self.alpha, self.alpha)), generator)
        own = np.asarray(share, shares.dtype)
        return mixed, own * shares + (1 - own) * np.roll(shares, 1, axis=0)

    def _mixed(self, x: np.ndarray, share: float, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        raise NotImplementedError

    def _shares(self, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        name = type(self).__name__
        if y.shape[:1] != x.shape[:1] or y.ndim not in (1, 2):
            raise ShapeError(
                f"{name} expects labels (N,), or shares of the classes (N, C), one a picture; "
                f"got shape {y.shape} for {len(x)} pictures"
            )
        if y.ndim == 2:
            if y.dtype.kind != "f" or self.num_classes not in (None, y.shape[1]):
                raise ShapeError(
                    f"{name} expects shares of the classes (N, {self.num_classes or 'C'}) as floats; "
                    f"got {y.dtype} {y.shape}"
                )
            return y
        if self.num_classes is None:
            raise ArgumentError(f"{name} needs num_classes to turn labels into shares, as in {name}(10)")
        try:
            labels = check_labels(y, self.num_classes)
        except DataError as error:
            raise DataError(f"{name}: {error}") from error
        return np.eye(self.num_classes, dtype=x.dtype)[labels]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.num_classes}, alpha={self.alpha})"


class MixUp(_Mix):
    """share x + (1 - share) x', with x' the sample before it in the batch, and the labels likewise.

    One share is drawn for the batch, from Beta(alpha, alpha): small alphas mostly leave one of the two.

    Args:
        num_classes: the number of classes C; None where labels are shares (N, C) already.
        alpha: above 0; 1 draws every share equally often.

    Raises:
        ArgumentError: a setting out of range, or labels without num_classes.
        ShapeError: no batch, or labels that do not belong to it.
        DataError: a label that is none of the classes.

    Source: H. Zhang et al., "mixup: beyond empirical risk minimization" (2017).

    >>> x, y = np.float32([0, 1]).reshape(2, 1, 1, 1), np.array([0, 1])
    >>> mixed, shares = MixUp(2)(x, y, np.random.default_rng(0))
    >>> bool((mixed.ravel() == shares[:, 1]).all()), shares.sum(axis=1).tolist()
    (True, [1.0, 1.0])
    """

    def _mixed(self, x: np.ndarray, share: float, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        own = np.asarray(share, x.dtype)
        return own * x + (1 - own) * np.roll(x, 1, axis=0), share


class CutMix(_Mix):
    """A rectangle of the sample before it in the batch laid over each picture; labels by the shares of area.

    One rectangle is drawn for the batch: of the proportions of the picture, 1 - share of its area with share
    from Beta(alpha, alpha), around a random place, and cut off at the edges.

    Args:
        num_classes: the number of classes C; None where labels are shares (N, C) already.
        alpha: above 0; 1 draws every share equally often.

    Raises:
        ArgumentError: a setting out of range, or labels without num_classes.
        ShapeError: no batch, one of empty pictures, or labels that do not belong to it.
        DataError: a label that is none of the classes.

    Source: S. Yun et al., "CutMix: regularization strategy to train strong classifiers with localizable
    features" (2019).

    >>> x, y = np.stack([np.zeros((1, 8, 10)), np.ones((1, 8, 10))]), np.array([0, 1])
    >>> mixed, shares = CutMix(2)(x, y, np.random.default_rng(1))
    >>> bool(np.isclose(mixed[0].mean(), shares[0, 1])), np.unique(mixed).tolist()
    (True, [0.0, 1.0])
    """

    def _mixed(self, x: np.ndarray, share: float, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        height, width = x.shape[2:]
        if height == 0 or width == 0:
            raise ShapeError(f"CutMix expects pictures with pixels; got shape {x.shape}")
        half = 0.5 * math.sqrt(1 - share)
        row, column = int(rng.integers(height)), int(rng.integers(width))
        top, bottom = max(row - int(half * height), 0), min(row + int(half * height), height)
        left, right = max(column - int(half * width), 0), min(column + int(half * width), width)
        mixed = x.copy()
        mixed[:, :, top:bottom, left:right] = np.roll(x, 1, axis=0)[:, :, top:bottom, left:right]
        return mixed, 1 - (bottom - top) * (right - left) / (height * width)

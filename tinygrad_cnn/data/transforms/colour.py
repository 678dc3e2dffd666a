"""Colours: normalising, grey, and random changes of brightness, contrast, saturation and hue; blurring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import ArgumentError, ShapeError
from .base import as_range, drawn, one_picture, picture_size, probability, required

_GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow's mode "L"
_ROUNDING = 1e-3  # resizing may leave 0..1 by so little


class Normalize:
    """(x - mean) / std, channel by channel.

    Args:
        mean, std: one number a channel, or one for all; in the units of x (0 to 1 for pictures).

    Raises:
        ArgumentError: a std that is not above 0, or mean and std of different lengths.
        ShapeError: a picture with another number of channels.

    >>> Normalize([0.5], [0.25])(np.ones((1, 1, 1), np.float32))
    array([[[2.]]], dtype=float32)
    """

    batchable = True

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float]):
        self.mean = np.atleast_1d(np.asarray(mean, dtype=np.float64))
        self.std = np.atleast_1d(np.asarray(std, dtype=np.float64))
        if self.mean.shape != self.std.shape or self.mean.ndim != 1:
            raise ArgumentError(
                "Normalize expects one mean and one std a channel; "
                f"got {self.mean.size} means and {self.std.size} stds"
            )
        if not (np.isfinite(self.mean).all() and np.isfinite(self.std).all() and (self.std > 0).all()):
            raise ArgumentError(
                "Normalize expects finite numbers and every std above 0; "
                f"got mean {self.mean.tolist()}, std {self.std.tolist()}"
            )

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        channels = x.shape[-3] if x.ndim >= 3 else 0
        if channels == 0 or self.mean.size not in (1, channels):
            raise ShapeError(
                f"Normalize has {self.mean.size} means and expects as many channels in (C, H, W); "
                f"got shape {x.shape}"
            )
        column = (-1, 1, 1)
        return (x - self.mean.astype(x.dtype).reshape(column)) / self.std.astype(x.dtype).reshape(column)

    def __repr__(self) -> str:
        return f"Normalize({self.mean.tolist()}, {self.std.tolist()})"


@dataclass(frozen=True)
class Grayscale:
    """Grey: 0.299 red + 0.587 green + 0.114 blue, in one channel or in three equal ones.

    Args:
        num_output_channels: 1 or 3.

    Raises:
        ArgumentError: another number.
        ShapeError: a picture with another number of channels than 1 or 3.

    >>> Grayscale()(np.ones((3, 1, 2), np.float32) * np.float32([1, 0, 0]).reshape(3, 1, 1))
    array([[[0.299, 0.299]]], dtype=float32)
    """

    num_output_channels: int = 1
    batchable = True

    def __post_init__(self) -> None:
        if self.num_output_channels not in (1, 3):
            raise ArgumentError(f"Grayscale expects 1 or 3 output channels; got {self.num_output_channels!r}")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        _coloured(x, "Grayscale")
        return np.repeat(grey_of(x), self.num_output_channels, axis=-3)


@dataclass(frozen=True)
class RandomGrayscale:
    """Grey with probability p, in as many channels as the picture has.

    >>> RandomGrayscale(p=1.0)(np.eye(3, dtype=np.float32).reshape(3, 1, 3), np.random.default_rng(0))[0]
    array([[0.299, 0.587, 0.114]], dtype=float32)
    """

    p: float = 0.1

    def __post_init__(self) -> None:
        probability(self.p, "RandomGrayscale")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "RandomGrayscale")
        _coloured(x, "RandomGrayscale")
        return np.repeat(grey_of(x), x.shape[-3], axis=-3) if generator.random() < self.p else x


class ColorJitter:
    """Brightness, contrast, saturation and hue changed at random, in random order.

    With a factor f drawn for each: brightness f x; contrast f x + (1 - f) m, with m the mean of the grey
    picture; saturation f x + (1 - f) g, with g the grey picture; each cut to 0..1. Hue is turned by the drawn
    part of the circle of colours. Grey pictures have no saturation and hue.

    Args:
        brightness, contrast, saturation: v for a factor from max(0, 1 - v) to 1 + v, or (low, high).
        hue: v for -v to v of the whole circle, at most 0.5, or (low, high).

    Raises:
        ArgumentError: a range that is none.
        ShapeError: no picture of 1 or 3 channels.
        ArgumentError: a picture with values outside of 0 to 1; normalising comes after it.

    >>> x = np.float32([0.5, 0.25, 0.0]).reshape(3, 1, 1)
    >>> ColorJitter(brightness=(2, 2))(x, np.random.default_rng(0)).ravel().tolist()
    [1.0, 0.5, 0.0]
    >>> ColorJitter(hue=(0.5, 0.5))(x, np.random.default_rng(0)).ravel().tolist()
    [0.0, 0.25, 0.5]
    """

    def __init__(
        self,
        brightness: float | Sequence[float] = 0,
        contrast: float | Sequence[float] = 0,
        saturation: float | Sequence[float] = 0,
        hue: float | Sequence[float] = 0,
    ):
        name = "ColorJitter"
        self.brightness = as_range(brightness, name, "brightness", around=1, least=0)
        self.contrast = as_range(contrast, name, "contrast", around=1, least=0)
        self.saturation = as_range(saturation, name, "saturation", around=1, least=0)
        self.hue = as_range(hue, name, "hue", least=-0.5, most=0.5)

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "ColorJitter")
        one_picture(x, "ColorJitter")
        _coloured(x, "ColorJitter")
        _within_one(x, "ColorJitter")
        steps: list[tuple[Callable[[np.ndarray, float], np.ndarray], tuple[float, float], float]] = [
            (brighten, self.brightness, 1),
            (stretch, self.contrast, 1),
            (saturate, self.saturation, 1),
            (turn_hue, self.hue, 0),
        ]
        for number in generator.permutation(len(steps)):
            change, span, neutral = steps[number]
            if span != (neutral, neutral):
                x = change(x, drawn(span, generator))
        return x

    def __repr__(self) -> str:
        return (
            f"ColorJitter(brightness={self.brightness}, contrast={self.contrast}, "
            f"saturation={self.saturation}, hue={self.hue})"
        )


class GaussianBlur:
    """A convolution with a bell curve, exp(-d^2 / (2 sigma^2)), that sums to 1; edges are mirrored.

    Args:
        kernel_size: an odd number of pixels, or two, (columns, rows).
        sigma: one number, or (low, high), from which one is drawn for each picture.

    Raises:
        ArgumentError: an even size, or a sigma that is not above 0.
        ShapeError: a picture that is too small to be mirrored by half of the kernel.

    >>> x = np.zeros((1, 3, 5), np.float32)
    >>> x[0, 1, 2] = 1
    >>> GaussianBlur(3, sigma=1.0)(x, np.random.default_rng(0)).round(3)[0, 1]
    array([0.   , 0.124, 0.204, 0.124, 0.   ], dtype=float32)
    """

    def __init__(self, kernel_size: int | Sequence[int], sigma: float | Sequence[float] = (0.1, 2.0)):
        pair = (kernel_size, kernel_size) if isinstance(kernel_size, int | np.integer) else tuple(kernel_size)
        if len(pair) != 2 or not all(isinstance(n, int | np.integer) and n > 0 and n % 2 for n in pair):
            raise ArgumentError(
                f"GaussianBlur expects an odd kernel_size from 1 up, or two of them; got {kernel_size!r}"
            )
        self.kernel_size = (int(pair[0]), int(pair[1]))
        both = (sigma, sigma) if np.ndim(sigma) == 0 else sigma
        self.sigma = as_range(both, "GaussianBlur", "sigma", least=0)
        if self.sigma[0] <= 0:
            raise ArgumentError(f"GaussianBlur expects a sigma above 0; got {sigma!r}")

    def __call__(self, x: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        generator = required(rng, "GaussianBlur")
        _, height, width = one_picture(x, "GaussianBlur")
        columns, rows = self.kernel_size
        if height <= rows // 2 or width <= columns // 2:
            raise ShapeError(
                f"GaussianBlur mirrors {rows // 2} rows and {columns // 2} columns, and needs more than that "
                f"of the picture; got shape {x.shape}: choose a smaller kernel_size"
            )
        sigma = drawn(self.sigma, generator)
        return _blurred(_blurred(x, rows, sigma, -2), columns, sigma, -1)

    def __repr__(self) -> str:
        return f"GaussianBlur({self.kernel_size}, sigma={self.sigma})"


def grey_of(x: np.ndarray) -> np.ndarray:
    """The grey picture (..., 1, H, W) of one with 1 or 3 channels."""
    if x.shape[-3] == 1:
        return x
    red, green, blue = (np.asarray(share, x.dtype) for share in _GREY)
    return red * x[..., :1, :, :] + green * x[..., 1:2, :, :] + blue * x[..., 2:, :, :]


def brighten(x: np.ndarray, factor: float) -> np.ndarray:
    """Factor x, cut to 0..1."""
    return np.clip(x * np.asarray(factor, x.dtype), 0, 1)


def stretch(x: np.ndarray, factor: float) -> np.ndarray:
    """Contrast: away from, or towards, the mean of the grey picture."""
    return _blend(x, grey_of(x).mean(dtype=np.float64), factor) if x.size else x


def saturate(x: np.ndarray, factor: float) -> np.ndarray:
    """Away from, or towards, the grey picture; a grey picture stays as it is."""
    return x if x.shape[-3] == 1 else _blend(x, grey_of(x), factor)


def turn_hue(x: np.ndarray, turn: float) -> np.ndarray:
    """The hue moved by a part of its circle, with the largest and the least value of each pixel as they were.

    On the circle of six parts, a channel is high for two parts, low for two, and goes straight in between:
    red is high around hue 0, green around 2, blue around 4.
    """
    if x.shape[-3] == 1 or x.size == 0:
        return x
    red, green, blue = x.astype(np.float64)
    high, low = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    spread = high - low
    unit = np.where(spread > 0, spread, 1)
    hue = np.where(
        high == red,
        (green - blue) / unit,
        np.where(high == green, 2 + (blue - red) / unit, 4 + (red - green) / unit),
    )
    hue = np.where(spread > 0, hue, 0) + 6 * turn
    away = [np.abs((hue - peak + 3) % 6 - 3) for peak in (0, 2, 4)]  # distance to the channel's own hue
    return np.stack([low + spread * np.clip(2 - d, 0, 1) for d in away]).astype(x.dtype)


def _blend(x: np.ndarray, other: np.ndarray | float, factor: float) -> np.ndarray:
    f = np.asarray(factor, x.dtype)
    return np.clip(f * x + (1 - f) * np.asarray(other, x.dtype), 0, 1)


def _blurred(x: np.ndarray, length: int, sigma: float, axis: int) -> np.ndarray:
    half = length // 2
    if half == 0:
        return x
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(x.dtype)
    sides = [(0, 0)] * x.ndim
    sides[axis] = (half, half)
    padded, size = np.pad(x, sides, mode="reflect"), x.shape[axis]
    pieces = (np.take(padded, range(at, at + size), axis=axis) for at in range(length))
    return np.asarray(sum(k * piece for k, piece in zip(kernel, pieces, strict=True)))


def _coloured(x: np.ndarray, name: str) -> None:
    picture_size(x, name)
    if x.shape[-3] not in (1, 3):
        raise ShapeError(f"{name} expects 1 or 3 channels in (C, H, W); got shape {x.shape}")


def _within_one(x: np.ndarray, name: str) -> None:
    if x.size and not (x.min() >= -_ROUNDING and x.max() <= 1 + _ROUNDING):
        raise ArgumentError(
            f"{name} expects values from 0 to 1; got {x.min():.3g} to {x.max():.3g}: put it before Normalize"
        )

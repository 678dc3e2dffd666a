"""Colours against formulas worked out by hand, against colorsys, and against Pillow."""

import colorsys

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.data.transforms import colour
from tinygrad_cnn.errors import ArgumentError, ShapeError

X = np.random.default_rng(1).random((3, 5, 7), dtype=np.float32)
GREY = 0.299 * X[0].astype(float) + 0.587 * X[1] + 0.114 * X[2]


def rng(seed=0):
    return np.random.default_rng(seed)


def fixed(**ranges):
    return T.ColorJitter(**{name: (value, value) for name, value in ranges.items()})


@pytest.mark.parametrize("factor", [0, 0.3, 1.7, 5])
def test_the_three_factors(factor):
    cases = {
        "brightness": factor * X.astype(float),
        "contrast": factor * X.astype(float) + (1 - factor) * GREY.mean(),
        "saturation": factor * X.astype(float) + (1 - factor) * GREY,
    }
    for name, expected in cases.items():
        found = fixed(**{name: factor})(X, rng())
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, np.clip(expected, 0, 1), atol=3e-7 * max(1, factor), err_msg=name)


@pytest.mark.parametrize("factor", [0, 0.4, 1.6])
@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_pillow_gives_the_same_to_its_steps(name, factor):
    picture = Image.fromarray((X.transpose(1, 2, 0) * 255).round().astype(np.uint8))
    enhance = {"brightness": "Brightness", "contrast": "Contrast", "saturation": "Color"}[name]
    expected = np.asarray(getattr(ImageEnhance, enhance)(picture).enhance(factor)) / 255
    x = (np.asarray(picture) / np.float32(255)).astype(np.float32).transpose(2, 0, 1)
    found = fixed(**{name: factor})(x, rng()).transpose(1, 2, 0)
    assert abs(found - expected).max() <= 2.1 / 255  # Pillow cuts its grey, its mean and its result to steps


@pytest.mark.parametrize("turn", [-0.5, -0.21, 0.1, 1 / 3, 0.5])
def test_hue_is_that_of_colorsys(turn):
    special = np.float32(
        [[0, 0, 0], [1, 1, 1], [0.5] * 3, [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]]
    )
    x = np.concatenate([X.reshape(3, -1), special.T, special.T * np.float32(0.3)], axis=1)[:, None]
    found = fixed(hue=turn)(x, rng())
    for pixel, turned in zip(x.reshape(3, -1).T, found.reshape(3, -1).T, strict=True):
        h, s, v = colorsys.rgb_to_hsv(*pixel.tolist())
        np.testing.assert_allclose(turned, colorsys.hsv_to_rgb((h + turn) % 1.0, s, v), atol=2e-7)


def test_grey_pictures_have_no_saturation_and_no_hue():
    x = X[:1]
    assert np.array_equal(fixed(saturation=3, hue=0.4)(x, rng()), x)
    np.testing.assert_allclose(fixed(contrast=2)(x, rng()), np.clip(2 * x - x.mean(), 0, 1), atol=1e-6)


def test_a_range_of_one_number_is_around_the_neutral_one():
    jitter = T.ColorJitter(0.4, 2, 0.1, 0.2)
    assert jitter.brightness == (0.6, 1.4)
    assert jitter.contrast == (0, 3)
    assert jitter.hue == (-0.2, 0.2)
    assert T.ColorJitter()(X, rng()) is X
    assert "brightness=(0.6, 1.4)" in repr(jitter)


def test_factors_are_drawn_evenly_and_in_any_order(monkeypatch):
    seen, orders = [], set()
    names = ("brighten", "stretch", "saturate", "turn_hue")
    for name in names:
        monkeypatch.setattr(colour, name, lambda x, f, name=name: seen.append((name, f)) or x)
    jitter, generator = T.ColorJitter(0.5, 0.5, 0.5, 0.5), rng()
    for _ in range(600):
        jitter(X, generator)
        orders.add(tuple(name for name, _ in seen[-4:]))
    assert len(orders) == 24
    for name in names:
        drawn = np.array([f for n, f in seen if n == name]) - (name != "turn_hue")
        assert abs(drawn.mean()) < 0.04
        assert -0.5 <= drawn.min() < -0.48 and 0.48 < drawn.max() <= 0.5


def test_the_same_stream_gives_the_same_picture():
    jitter = T.ColorJitter(0.5, 0.5, 0.5, 0.5)
    assert np.array_equal(jitter(X, rng(5)), jitter(X, rng(5)))
    assert not np.array_equal(jitter(X, rng(5)), jitter(X, rng(6)))


def test_grey(monkeypatch):
    np.testing.assert_allclose(T.Grayscale()(X)[0], GREY, atol=1e-7)
    assert T.Grayscale(3)(np.stack([X, X])).shape == (2, 3, 5, 7)
    assert np.array_equal(T.Grayscale(3)(X[:1]), np.repeat(X[:1], 3, axis=0))
    assert T.Grayscale.batchable
    pixels = (X.transpose(1, 2, 0) * 255).round().astype(np.uint8)
    expected = np.asarray(Image.fromarray(pixels).convert("L"))
    found = T.Grayscale()(pixels.transpose(2, 0, 1) / np.float32(255))[0] * 255
    assert abs(found - expected).max() <= 0.51
    grey = [T.RandomGrayscale(0.3)(X, generator) is not X for generator in [rng()] for _ in range(1000)]
    assert 250 < sum(grey) < 350


@pytest.mark.parametrize(("kernel", "sigma"), [(3, 0.8), ((5, 1), 2.0), ((1, 3), 0.3), (5, (1.0, 1.0))])
def test_blurring_is_a_sum_over_mirrored_neighbours(kernel, sigma):
    columns, rows = (kernel, kernel) if isinstance(kernel, int) else kernel
    s = sigma if isinstance(sigma, float) else sigma[0]
    found = T.GaussianBlur(kernel, sigma)(X, rng())
    assert found.dtype == np.float32
    expected = np.zeros(X.shape)
    for c, i, j in np.ndindex(X.shape):
        total = 0.0
        for di in range(-(rows // 2), rows // 2 + 1):
            for dj in range(-(columns // 2), columns // 2 + 1):
                row, column = abs(i + di), abs(j + dj)
                row, column = (
                    min(row, 8 - row),
                    min(column, 12 - column),
                )  # mirrored at the last row and column
                weight = np.exp(-(di**2 + dj**2) / (2 * s * s))
                expected[c, i, j] += weight * X[c, row, column]
                total += weight
        expected[c, i, j] /= total
    np.testing.assert_allclose(found, expected, atol=3e-7)


def test_blurring_is_near_pillows_in_the_middle():
    x = rng(3).random((1, 40, 40), dtype=np.float32)
    picture = Image.fromarray((x[0] * 255).astype(np.uint8))
    expected = np.asarray(picture.filter(ImageFilter.GaussianBlur(2.0)), float)
    found = T.GaussianBlur(13, 2.0)(np.asarray(picture)[None] / np.float32(255), rng())[0] * 255
    assert abs(found - expected)[8:-8, 8:-8].max() < 3  # Pillow's is made of boxes


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: T.ColorJitter(-1), r"ColorJitter expects brightness: one number from 0 up or \(low, high\)"),
        (lambda: T.ColorJitter(contrast=(2, 1)), r"expects contrast: .*got \(2, 1\)"),
        (lambda: T.ColorJitter(saturation=(-1, 1)), r"expects saturation: .* within 0 to inf; got \(-1, 1\)"),
        (lambda: T.ColorJitter(hue=0.6), r"expects hue: .* within -0.5 to 0.5; got 0.6"),
        (lambda: T.ColorJitter(hue=float("nan")), r"expects hue: .*; got nan"),
        (lambda: T.ColorJitter(brightness="much"), r"expects brightness: .*; got 'much'"),
        (lambda: T.ColorJitter(brightness=(1, 2, 3)), r"expects brightness: .*; got \(1, 2, 3\)"),
        (lambda: T.Grayscale(2), r"Grayscale expects 1 or 3 output channels; got 2"),
        (lambda: T.RandomGrayscale(2), r"RandomGrayscale expects a probability p from 0 to 1; got 2"),
        (
            lambda: T.GaussianBlur(4),
            r"GaussianBlur expects an odd kernel_size from 1 up, or two of them; got 4",
        ),
        (lambda: T.GaussianBlur((3, 3, 3)), r"expects an odd kernel_size"),
        (lambda: T.GaussianBlur(3, 0), r"GaussianBlur expects a sigma above 0; got 0"),
        (lambda: T.GaussianBlur(3, (2, 1)), r"expects sigma: .*; got \(2, 1\)"),
    ],
)
def test_a_setting_that_cannot_be_is_named(make, text):
    with pytest.raises(ArgumentError, match=text):
        make()


def test_a_picture_that_cannot_be_is_refused():
    with pytest.raises(ArgumentError, match=r"values from 0 to 1; got -1 to 1: put it before Normalize"):
        T.ColorJitter(0.5)(np.float32([[[-1, 1]]]), rng())
    with pytest.raises(ArgumentError, match=r"ColorJitter expects values from 0 to 1; got nan to nan"):
        T.ColorJitter(0.5)(np.full((1, 2, 2), np.nan, np.float32), rng())
    for transform in (T.ColorJitter(0.5), T.Grayscale(), T.RandomGrayscale()):
        with pytest.raises(
            ShapeError, match=r"expects 1 or 3 channels in \(C, H, W\); got shape \(2, 5, 7\)"
        ):
            transform(X[:2], rng())
    with pytest.raises(
        ShapeError, match=r"ColorJitter expects one picture \(C, H, W\); got shape \(1, 3, 5, 7\)"
    ):
        T.ColorJitter(0.5)(X[None], rng())
    with pytest.raises(ArgumentError, match=r"ColorJitter is random: call it with a generator"):
        T.ColorJitter(0.5)(X)
    with pytest.raises(
        ShapeError, match=r"mirrors 5 rows and 1 columns, and needs more .*; got shape \(3, 5, 7\)"
    ):
        T.GaussianBlur((3, 11))(X, rng())
    for transform in (T.ColorJitter(0.5, 0.5, 0.5, 0.5), T.Grayscale(3)):
        assert transform(X[:, :0], rng()).shape == (3, 0, 7)

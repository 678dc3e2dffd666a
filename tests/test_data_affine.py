"""Rotation and affine changes against plain loops, against Pillow with the same matrix, by whole pixels."""

import math

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.data.transforms.affine import around, linear_part, warped
from tinygrad_cnn.errors import ArgumentError, ShapeError

X = np.random.default_rng(1).random((2, 6, 9), dtype=np.float32)


def rng(seed=0):
    return np.random.default_rng(seed)


def by_loops(x, angle, shift, scale, shear, center, interpolation, fill):
    """Each pixel's middle sent back through every step in turn, each undone by itself."""
    _, height, width = x.shape
    a, sx, sy = (math.radians(v) for v in (angle, *shear))
    found = np.zeros(x.shape)
    for i, j in np.ndindex(height, width):
        px, py = j + 0.5 - center[0] - shift[0], i + 0.5 - center[1] - shift[1]
        px, py = px / scale, py / scale
        px, py = (
            px * math.cos(a) + py * math.sin(a),
            -px * math.sin(a) + py * math.cos(a),
        )  # clockwise, undone
        py = py + math.tan(sy) * px
        px = px + math.tan(sx) * py
        px, py = px + center[0], py + center[1]
        if not (0 <= px < width and 0 <= py < height):
            found[:, i, j] = fill
        elif interpolation == "nearest":
            found[:, i, j] = x[:, int(py), int(px)]
        else:
            row, column = py - 0.5, px - 0.5
            top, left = math.floor(row), math.floor(column)
            v = [
                [
                    x[:, min(max(r, 0), height - 1), min(max(c, 0), width - 1)].astype(float)
                    for c in (left, left + 1)
                ]
                for r in (top, top + 1)
            ]
            across = [line[0] * (1 - (column - left)) + line[1] * (column - left) for line in v]
            found[:, i, j] = across[0] * (1 - (row - top)) + across[1] * (row - top)
    return found


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize(
    ("angle", "shift", "scale", "shear"),
    [
        (0, (0, 0), 1, (0, 0)),
        (17, (0, 0), 1, (0, 0)),
        (-31.3, (2, -1), 1, (0, 0)),
        (0, (0, 0), 1.37, (0, 0)),
        (0, (0, 0), 0.61, (0, 0)),
        (0, (0, 0), 1, (11, 0)),
        (0, (0, 0), 1, (0, -23)),
        (123.4, (1, 2), 0.83, (13, 7)),
    ],
)
def test_every_step_is_what_it_says(interpolation, angle, shift, scale, shear):
    center = (9 / 2, 6 / 2)
    back = around(linear_part(angle, scale, shear), center, shift)
    found = warped(X, back, (6, 9), interpolation, (0.3,), "a test")
    expected = by_loops(X, angle, shift, scale, shear, center, interpolation, 0.3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-6)


def test_the_transform_draws_these_steps():
    affine = T.RandomAffine(
        (17, 17), None, (1.2, 1.2), (5, 5, 9, 9), "bilinear", fill=(0.1, 0.2), center=(2, 3)
    )
    expected = by_loops(X, 17, (0, 0), 1.2, (5, 9), (2, 3), "bilinear", [0.1, 0.2])
    np.testing.assert_allclose(affine(X, rng()), expected, atol=2e-6)


@pytest.mark.parametrize("angle", [-140, -33, 12.5, 45, 75])
@pytest.mark.parametrize("expand", [False, True])
def test_rotation_is_pillows(angle, expand):
    for interpolation, method in (("nearest", 0), ("bilinear", 2)):
        planes = [
            np.asarray(Image.fromarray(plane).rotate(angle, Image.Resampling(method), expand, fillcolor=0.5))
            for plane in X
        ]
        found = T.RandomRotation((angle, angle), interpolation, expand, fill=0.5)(X, rng())
        assert found.shape == (2, *planes[0].shape)
        np.testing.assert_allclose(found, np.stack(planes), atol=2e-6)


@pytest.mark.parametrize("quarters", range(-5, 6))
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_quarter_turns_move_whole_pixels(quarters, interpolation):
    square = X[:, :, :6]
    turn = T.RandomRotation((90 * quarters,) * 2, interpolation)
    assert np.array_equal(turn(square, rng()), np.rot90(square, quarters, axes=(1, 2)))
    wide = T.RandomRotation((90 * quarters,) * 2, interpolation, expand=True)
    assert np.array_equal(wide(X, rng()), np.rot90(X, quarters, axes=(1, 2)))


def test_shifts_are_whole_pixels_within_their_shares():
    affine, generator, seen = T.RandomAffine(0, translate=(0.34, 0.17)), rng(), set()
    for _ in range(300):
        moved = affine(X, generator)
        for dy in range(-2, 3):
            for dx in range(-4, 5):
                expected = np.zeros_like(X)
                rows, columns = slice(max(dy, 0), 6 + min(dy, 0)), slice(max(dx, 0), 9 + min(dx, 0))
                from_rows, from_columns = (
                    slice(max(-dy, 0), 6 + min(-dy, 0)),
                    slice(max(-dx, 0), 9 + min(-dx, 0)),
                )
                expected[:, rows, columns] = X[:, from_rows, from_columns]
                if np.array_equal(moved, expected):
                    seen.add((dx, dy))
    assert seen == {(dx, dy) for dx in range(-3, 4) for dy in range(-1, 2)}


def test_ranges_of_one_number_are_symmetric():
    assert T.RandomRotation(30).degrees == (-30, 30)
    assert T.RandomAffine(10, shear=5).shear == (-5, 5, 0, 0)
    assert T.RandomAffine(10, shear=(1, 2)).shear == (1, 2, 0, 0)
    assert np.array_equal(T.RandomAffine(0)(X, rng()), X)
    assert "RandomAffine((-10.0, 10.0)" in repr(T.RandomAffine(10))
    assert "RandomRotation((-30.0, 30.0)" in repr(T.RandomRotation(30))


def test_the_same_stream_gives_the_same_picture():
    affine = T.RandomAffine(30, (0.2, 0.2), (0.8, 1.2), 10)
    assert np.array_equal(affine(X, rng(5)), affine(X, rng(5)))
    assert len({affine(X, rng(seed)).tobytes() for seed in range(20)}) == 20


def test_a_picture_that_is_a_view_is_read_as_it_is():
    flipped = X[:, ::-1, ::-1]
    affine = T.RandomAffine((10, 10))
    assert np.array_equal(affine(flipped, rng()), affine(flipped.copy(), rng()))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: T.RandomRotation(-3),
            r"RandomRotation expects degrees: one number from 0 up or \(low, high\); got -3",
        ),
        (lambda: T.RandomRotation((3, 1)), r"RandomRotation expects degrees: .*; got \(3, 1\)"),
        (lambda: T.RandomRotation(3, "cubic"), r"expects interpolation 'nearest' or 'bilinear'; got 'cubic'"),
        (
            lambda: T.RandomRotation(3, expand=True, center=(1, 1)),
            r"expand=True turns about the middle; leave out",
        ),
        (lambda: T.RandomRotation(3, center=(1, 2, 3)), r"expects center as \(x, y\) in pixels, or None"),
        (
            lambda: T.RandomRotation(3, fill=float("nan")),
            r"expects fill as a finite number, or one a channel",
        ),
        (
            lambda: T.RandomAffine(3, translate=(0.1, 2)),
            r"expects translate as two shares .* from 0 to 1; got \(0.1, 2",
        ),
        (lambda: T.RandomAffine(3, translate=0.1), r"expects translate as two shares"),
        (
            lambda: T.RandomAffine(3, scale=(0, 1)),
            r"expects scale as \(low, high\), both above 0; got \(0, 1\)",
        ),
        (lambda: T.RandomAffine(3, scale=2), r"expects scale as \(low, high\), both above 0; got 2"),
        (lambda: T.RandomAffine(3, shear=90), r"expects shear: .* within -89 to 89; got 90"),
        (lambda: T.RandomAffine(3, shear=(1, 2, 3)), r"expects shear: .*; got \(1, 2, 3\)"),
    ],
)
def test_a_setting_that_cannot_be_is_named(make, text):
    with pytest.raises(ArgumentError, match=text):
        make()


@pytest.mark.parametrize(
    "transform", [T.RandomRotation(3, fill=(1, 2, 3)), T.RandomAffine(3, fill=(1, 2, 3))]
)
def test_a_picture_that_cannot_be_is_refused(transform):
    with pytest.raises(ShapeError, match=r"has 3 values to fill with, for channels; got shape \(2, 6, 9\)"):
        transform(X, rng())
    with pytest.raises(ShapeError, match=r"expects a picture with pixels; got shape \(3, 0, 9\)"):
        transform(np.zeros((3, 0, 9), np.float32), rng())
    with pytest.raises(ShapeError, match=r"expects one picture \(C, H, W\); got shape \(1, 2, 6, 9\)"):
        transform(X[None], rng())
    with pytest.raises(ArgumentError, match=r"is random: call it with a generator"):
        transform(X)

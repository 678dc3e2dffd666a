"""Erasing, cutting out, random pieces, and joining transforms: by counting pixels and draws."""

import math

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, ShapeError

X = np.random.default_rng(1).random((3, 20, 30), dtype=np.float32) + 1  # nowhere 0


def rng(seed=0):
    return np.random.default_rng(seed)


def hole(found, value=0.0):
    """(top, left, rows, columns) of the one rectangle of this value, which has no other shape."""
    rows, columns = np.nonzero((found == value).all(axis=0))
    box = rows.min(), columns.min(), np.ptp(rows) + 1, np.ptp(columns) + 1
    assert len(rows) == box[2] * box[3]
    outside = np.ones(found.shape[1:], bool)
    outside[box[0] : box[0] + box[2], box[1] : box[1] + box[3]] = False
    assert np.array_equal(found[:, outside], X[:, outside])
    return box


def test_erased_rectangles_have_their_area_and_ratio():
    erase, generator = T.RandomErasing(1.0, scale=(0.1, 0.3), ratio=(0.5, 2)), rng()
    boxes = [hole(erase(X, generator)) for _ in range(400)]
    areas = np.array([rows * columns / 600 for _, _, rows, columns in boxes])
    ratios = np.array([rows / columns for _, _, rows, columns in boxes])
    assert 0.08 < areas.min() < 0.12 and 0.27 < areas.max() < 0.33
    assert 0.4 < ratios.min() < 0.6 and 1.7 < ratios.max() < 2.5
    assert abs(np.log(ratios).mean()) < 0.1
    assert {top for top, *_ in boxes} >= set(range(8))
    assert X.min() >= 1


def test_the_ratio_is_height_to_width():
    tall = T.RandomErasing(1.0, scale=(0.1, 0.1), ratio=(4, 4))
    _, _, rows, columns = hole(tall(X, rng()))
    assert (rows, columns) == (round(math.sqrt(60 * 4)), round(math.sqrt(60 / 4)))


def test_what_is_put_there():
    assert hole(T.RandomErasing(1.0, value=0.25)(X, rng()), 0.25)
    found = T.RandomErasing(1.0, value=(0, 0.5, 0.25))(X, rng())
    _, rows, columns = np.nonzero((found == np.float32([0, 0.5, 0.25]).reshape(3, 1, 1)).all(axis=0)[None])
    assert len(rows) and (found[1, rows, columns] == 0.5).all()
    noise = T.RandomErasing(1.0, scale=(0.3, 0.3), value="random")(X, rng())
    values = noise[noise != X]
    assert len(values) > 400
    assert abs(values.mean()) < 0.2 and 0.8 < values.std() < 1.2
    assert noise.dtype == np.float32


def test_the_probability_and_no_room():
    generator = rng()
    erase = T.RandomErasing(0.3)
    assert 240 < sum(erase(X, generator) is not X for _ in range(1000)) < 360
    assert (
        T.RandomErasing(1.0, scale=(1, 1), ratio=(1, 1))(X, rng()) is X
    )  # as large as the picture never fits


def test_cutout_squares_are_cut_at_the_edges():
    cut, generator = T.Cutout(6), rng()
    boxes = np.array([hole(cut(X, generator)) for _ in range(800)])
    assert set(boxes[:, 2]) == set(boxes[:, 3]) == {3, 4, 5, 6}
    assert {(top, rows) for top, _, rows, _ in boxes if top > 0 and top + rows < 20} == {
        (t, 6) for t in range(1, 14)
    }
    assert (boxes[:, 2] * boxes[:, 3] == 36).mean() > 0.5
    found = T.Cutout(4, holes=3, value=(0.5, 0, 0))(X, rng())
    assert 16 < (found == np.float32([0.5, 0, 0]).reshape(3, 1, 1)).all(axis=0).sum() <= 48
    assert (T.Cutout(100)(X, rng()) == 0).all()
    assert repr(T.Cutout(4)) == "Cutout(4, holes=1, value=(0.0,))"


def test_resized_crops_are_pieces_of_the_picture():
    ramp = np.stack([np.mgrid[0:20, 0:30][0], np.mgrid[0:20, 0:30][1]]).astype(np.float32)
    crop, generator = T.RandomResizedCrop((20, 30), (0.2, 0.8), (1.0, 2.0)), rng()
    for _ in range(200):
        rows, columns = (np.ptp(plane) + 1 for plane in crop(ramp, generator))
        assert 0.1 < rows * columns / 600 < 0.9
        assert 0.8 < columns / rows < 2.4
    assert crop(ramp, generator).dtype == np.float32


def test_a_resized_crop_is_pillows_resizing_of_the_piece():
    size, generator = (7, 11), rng(3)
    crop = T.RandomResizedCrop(size)
    found = crop(X, generator)
    top, left, rows, columns = crop._piece(20, 30, rng(3))
    box = (left, top, left + columns, top + rows)
    planes = [Image.fromarray(plane).crop(box).resize((11, 7), Image.Resampling.BILINEAR) for plane in X]
    assert np.array_equal(found, np.stack([np.asarray(plane) for plane in planes]))


@pytest.mark.parametrize(
    ("shape", "ratio", "piece"),
    [((10, 100), (3 / 4, 4 / 3), (10, 13)), ((100, 10), (3 / 4, 4 / 3), (13, 10)), ((9, 9), (4, 4), (2, 9))],
)
def test_where_nothing_fits_the_middle_is_taken(shape, ratio, piece):
    crop = T.RandomResizedCrop(4, (1, 1), ratio)
    top, left, rows, columns = crop._piece(*shape, rng())
    assert (rows, columns) == piece
    assert (top, left) == ((shape[0] - rows) // 2, (shape[1] - columns) // 2)


def test_vertical_flips():
    assert np.array_equal(T.RandomVerticalFlip(1.0)(X, rng()), X[:, ::-1])
    generator = rng()
    assert 400 < sum(T.RandomVerticalFlip()(X, generator) is not X for _ in range(1000)) < 600


def test_all_or_none_of_several():
    both = T.RandomApply([lambda x, rng: x + 1, lambda x, rng: x * 2], p=0.4)
    generator = rng()
    found = [float(both(np.zeros(1), generator)[0]) for _ in range(1000)]
    assert set(found) == {0.0, 2.0}
    assert 340 < found.count(2.0) < 460
    assert float(T.RandomApply(lambda x, rng: x + 3, p=1)(np.zeros(1), rng())[0]) == 3
    assert "p=0.4" in repr(both)


def test_one_of_several():
    transforms = [lambda x, rng, n=n: x + n for n in (1, 2, 3)]
    generator = rng()
    even = [float(T.RandomChoice(transforms)(np.zeros(1), generator)[0]) for _ in range(3000)]
    assert all(900 < even.count(n) < 1100 for n in (1.0, 2.0, 3.0))
    uneven = [float(T.RandomChoice(transforms, p=[0, 3, 1])(np.zeros(1), generator)[0]) for _ in range(4000)]
    assert uneven.count(1.0) == 0
    assert 2850 < uneven.count(2.0) < 3150


@pytest.mark.parametrize(
    "transform",
    [
        T.RandomErasing(value="random"),
        T.Cutout(3, holes=2),
        T.RandomResizedCrop(5),
        T.RandomApply([T.ColorJitter(0.1), T.RandomRotation(10)]),
        T.RandomChoice([T.RandomVerticalFlip(), T.GaussianBlur(3), T.RandomGrayscale(0.5)]),
    ],
    ids=lambda transform: type(transform).__name__,
)
def test_threads_change_nothing_and_the_picture_is_never_written_to(transform):
    x = np.random.default_rng(0).random((17, 3, 9, 8), dtype=np.float32)
    before = x.copy()
    runs = []
    for workers in (0, 3):
        loader = DataLoader(TensorDataset(x, transform=transform), 4, shuffle=True, num_workers=workers)
        runs.append([batch.numpy().tobytes() for _ in range(2) for (batch,) in loader])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == len(runs[0])
    assert np.array_equal(x, before)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: T.RandomErasing(1.5), r"RandomErasing expects a probability p from 0 to 1; got 1.5"),
        (
            lambda: T.RandomErasing(scale=(0, 0.1)),
            r"expects scale as \(low, high\), both above 0 and at most 1; got",
        ),
        (lambda: T.RandomErasing(scale=(0.5, 1.1)), r"expects scale as .*; got \(0.5, 1.1\)"),
        (
            lambda: T.RandomErasing(ratio=(2, 1)),
            r"expects ratio as \(low, high\), both above 0; got \(2, 1\)",
        ),
        (lambda: T.RandomErasing(ratio=2), r"expects ratio as .*; got 2"),
        (
            lambda: T.RandomErasing(value="noise"),
            r"expects value as a finite number, .* or 'random'; got 'noise'",
        ),
        (lambda: T.Cutout(0), r"Cutout expects size as a whole number above 0; got 0"),
        (lambda: T.Cutout(2.0), r"Cutout expects size as a whole number above 0; got 2.0"),
        (lambda: T.Cutout(2, holes=True), r"Cutout expects holes as a whole number above 0; got True"),
        (
            lambda: T.Cutout(2, value=float("inf")),
            r"Cutout expects value as a finite number, or one a channel; got",
        ),
        (lambda: T.RandomResizedCrop(0), r"size must be one whole number above 0"),
        (
            lambda: T.RandomResizedCrop(3, scale=(0.5, 2)),
            r"RandomResizedCrop expects scale as .*at most 1; got",
        ),
        (
            lambda: T.RandomResizedCrop(3, ratio=(-1, 2)),
            r"RandomResizedCrop expects ratio as .*; got \(-1, 2\)",
        ),
        (lambda: T.RandomVerticalFlip(-1), r"RandomVerticalFlip expects a probability p from 0 to 1; got -1"),
        (lambda: T.RandomApply([]), r"RandomApply expects at least one transform; got none"),
        (lambda: T.RandomApply([T.Cutout(2)], 2), r"RandomApply expects a probability p from 0 to 1; got 2"),
        (lambda: T.RandomChoice([]), r"RandomChoice expects at least one transform; got none"),
        (
            lambda: T.RandomChoice([T.Cutout(2)], [1, 2]),
            r"RandomChoice expects one p for each of its 1 transforms",
        ),
        (
            lambda: T.RandomChoice([T.Cutout(2)], [0]),
            r"expects numbers p from 0 up that are not all 0; got \[0.0\]",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_named(make, text):
    with pytest.raises(ArgumentError, match=text):
        make()


def test_a_picture_that_cannot_be_is_refused():
    for transform in (T.RandomErasing(1.0), T.Cutout(2), T.RandomResizedCrop(3)):
        with pytest.raises(ShapeError, match=r"expects one picture \(C, H, W\); got shape \(20, 30\)"):
            transform(X[0], rng())
    for transform in (T.Cutout(2), T.RandomResizedCrop(3)):
        with pytest.raises(ShapeError, match=r"expects a picture with pixels; got shape \(3, 0, 30\)"):
            transform(X[:, :0], rng())
    for transform in (T.RandomErasing(1.0, value=(1, 2)), T.Cutout(2, value=(1, 2))):
        with pytest.raises(ShapeError, match=r"has 2 values, for channels; got shape \(3, 20, 30\)"):
            transform(X, rng())
    for transform in (T.RandomErasing(), T.Cutout(2), T.RandomResizedCrop(3), T.RandomVerticalFlip()):
        with pytest.raises(ArgumentError, match=r"is random: call it with a generator"):
            transform(X)
    for transform in (T.RandomApply([T.Cutout(2)]), T.RandomChoice([T.Cutout(2)])):
        for arguments in ((X,), (X, None)):
            with pytest.raises(ArgumentError, match=r"is random: call it with a generator"):
                transform(*arguments)
    with pytest.raises(ArgumentError, match=r"called as transform\(x, rng\), with a picture"):
        T.RandomChoice([lambda x: x])(X, rng())

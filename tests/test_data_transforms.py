"""Transforms against numbers by hand, and their randomness against plain counting."""

import numpy as np
import pytest

from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, ShapeError

X = np.arange(2 * 4 * 6, dtype=np.float32).reshape(2, 4, 6)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_resize_takes_height_and_width():
    got = T.Resize((2, 3))(X)
    assert got.shape == (2, 2, 3)
    assert got.dtype == np.float32
    assert T.Resize((4, 6))(X) is X


@pytest.mark.parametrize(("size", "shape"), [(2, (2, 3)), (8, (8, 12)), (4, (4, 6))])
def test_resize_with_one_number_sets_the_shorter_side(size, shape):
    assert T.Resize(size)(X).shape[1:] == shape
    assert T.Resize(size)(X.transpose(0, 2, 1)).shape[1:] == shape[::-1]


def test_resize_keeps_what_is_linear_and_does_not_round():
    ramp = np.tile(np.linspace(0, 1, 12, dtype=np.float32), (1, 12, 1))
    got = T.Resize((6, 6))(ramp)[0, 3]
    np.testing.assert_allclose(got[1:-1], ramp[0, 0].reshape(6, 2).mean(axis=1)[1:-1], atol=1e-6)
    constant = np.full((3, 5, 7), 0.123, np.float32)
    np.testing.assert_allclose(T.Resize((9, 2))(constant), 0.123, rtol=1e-6)


def test_resize_looks_at_all_pixels_when_it_makes_smaller():
    picture = np.zeros((1, 8, 8), np.float32)
    picture[0, :, ::4] = 1
    np.testing.assert_allclose(T.Resize((2, 2))(picture).mean(), 0.25, atol=0.06)


def test_center_crop_takes_the_middle():
    assert T.CenterCrop((2, 4))(X).tolist() == X[:, 1:3, 1:5].tolist()
    assert T.CenterCrop(3)(X).shape == (2, 3, 3)
    assert T.CenterCrop((2, 4))(X[None]).shape == (1, 2, 2, 4)


def test_center_crop_pads_a_smaller_picture_with_zeros():
    got = T.CenterCrop((6, 4))(X)
    assert got.shape == (2, 6, 4)
    assert np.array_equal(got[:, 1:5], X[:, :, 1:5])
    assert not got[:, [0, 5]].any()


def test_random_crop_reaches_every_place_and_no_other():
    crop = T.RandomCrop((3, 4))
    corners = {tuple(crop(X, rng(seed))[0, 0, :1]) for seed in range(200)}
    assert corners == {(X[0, row, column],) for row in range(2) for column in range(3)}
    for seed in range(20):
        got = crop(X, rng(seed))
        row, column = divmod(int(got[0, 0, 0]), 6)
        assert np.array_equal(got, X[:, row : row + 3, column : column + 4])


@pytest.mark.parametrize(
    ("padding", "shape"), [(1, (6, 8)), ((1, 2), (8, 8)), ((1, 2, 3, 4), (10, 10)), (0, (4, 6))]
)
def test_random_crop_pads_left_top_right_bottom(padding, shape):
    got = T.RandomCrop(shape, padding)(X + 1, rng())  # just fits, so the place is known
    left, top = {1: (1, 1), (1, 2): (1, 2), (1, 2, 3, 4): (1, 2), 0: (0, 0)}[padding]
    expected = np.zeros((2, *shape), np.float32)
    expected[:, top : top + 4, left : left + 6] = X + 1
    assert np.array_equal(got, expected)


def test_a_picture_too_small_to_crop_says_what_fits():
    with pytest.raises(
        ShapeError, match=r"RandomCrop expects, after padding, at least 7 x 7 .*; got 6 x 8: resize"
    ):
        T.RandomCrop(7, padding=1)(X, rng())


def test_flipping_exchanges_left_and_right_as_often_as_it_should():
    flip = T.RandomHorizontalFlip(0.25)
    flipped = sum(flip(X, rng(seed))[0, 0, 0] == 5 for seed in range(1000))
    assert abs(flipped - 250) < 5 * np.sqrt(1000 * 0.25 * 0.75)
    assert np.array_equal(T.RandomHorizontalFlip(1)(X, rng()), X[:, :, ::-1])
    assert T.RandomHorizontalFlip(0)(X, rng()) is X


def test_normalize_goes_channel_by_channel_in_the_pictures_precision():
    got = T.Normalize([10, 20], [2, 4])(X)
    assert got.dtype == np.float32
    for channel, (mean, std) in enumerate([(10, 2), (20, 4)]):
        assert np.array_equal(got[channel], (X[channel] - mean) / std)
    assert T.Normalize(0.5, 2.0)(X.astype(np.float64)).dtype == np.float64
    assert np.array_equal(T.Normalize([10, 20], [2, 4])(np.stack([X, X]))[1], got)


@pytest.mark.parametrize(
    ("mean", "std", "text"),
    [
        ([0, 0], [1], "one mean and one std a channel; got 2 means and 1 stds"),
        (0, 0, "every std above 0; got mean [0.0], std [0.0]"),
        (0, float("nan"), "every std above 0"),
        (float("inf"), 1, "expects finite numbers"),
    ],
)
def test_normalize_refuses_numbers_that_cannot_be_meant(mean, std, text):
    with pytest.raises(ArgumentError) as caught:
        T.Normalize(mean, std)
    assert text in str(caught.value)


def test_normalize_refuses_another_number_of_channels():
    with pytest.raises(
        ShapeError, match=r"Normalize has 3 means and expects as many channels .*; got shape \(2, 4, 6"
    ):
        T.Normalize([0, 0, 0], [1, 1, 1])(X)


def test_compose_runs_in_order_with_one_stream():
    both = T.Compose([T.RandomCrop(3), T.RandomHorizontalFlip()])
    for seed in range(10):
        stream = rng(seed)
        expected = T.RandomHorizontalFlip()(T.RandomCrop(3)(X, stream), stream)
        assert np.array_equal(both(X, rng(seed)), expected)
    assert not both.batchable
    assert T.Compose([T.CenterCrop(2), T.Normalize(0, 1)]).batchable
    assert repr(both) == "Compose([RandomCrop(size=3, padding=0), RandomHorizontalFlip(p=0.5)])"
    assert repr(T.Normalize([0.5], 2)) == "Normalize([0.5], [2.0])"


@pytest.mark.parametrize(
    "transform", [T.RandomCrop(2), T.RandomHorizontalFlip(), T.Compose([T.RandomCrop(2)])]
)
def test_a_random_transform_without_a_generator_says_how_to_call_it(transform):
    with pytest.raises(
        ArgumentError, match=r"is random: call it with a generator, as transform\(x, np\.random"
    ):
        transform(X)


@pytest.mark.parametrize("transform", [T.Resize(2), T.CenterCrop(2), T.RandomCrop(2), T.Normalize(0, 1)])
def test_what_is_no_picture_is_refused(transform):
    with pytest.raises(ShapeError, match=r"\(C, H, W\).*got shape \(4, 6\)"):
        transform(X[0], rng())


@pytest.mark.parametrize(
    "make",
    [
        lambda: T.RandomCrop(2, padding=-1),
        lambda: T.RandomCrop(2, padding=(1, 2, 3)),
        lambda: T.RandomCrop(2, (0.5, 1)),
    ],
)
def test_a_wrong_padding_is_refused(make):
    with pytest.raises(ArgumentError, match="padding must be one, two or four whole numbers from 0 up; got"):
        make()


def test_wrong_sizes_and_probabilities_are_refused_when_the_transform_is_made():
    for make in (T.Resize, T.CenterCrop, T.RandomCrop):
        with pytest.raises(ArgumentError, match="size must be one whole number above 0"):
            make(0)
    with pytest.raises(
        ArgumentError, match=r"RandomHorizontalFlip expects a probability p from 0 to 1; got 1\.5"
    ):
        T.RandomHorizontalFlip(1.5)


def test_no_transform_writes_into_its_input():
    kept = X.copy()
    for transform in (
        T.Resize(3),
        T.CenterCrop(8),
        T.RandomCrop(3, 2),
        T.RandomHorizontalFlip(1),
        T.Normalize(1, 2),
    ):
        transform(X, rng())
        assert np.array_equal(X, kept)

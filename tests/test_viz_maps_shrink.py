"""Thumbnails of arrays: means over areas, scales, and what is not finite."""

import numpy as np
import pytest

from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.viz.graph.shrink import colour, grey, shrink, signed

NAN = float("nan")


def test_means_are_those_of_equal_areas():
    a = np.random.default_rng(0).random((7, 10))
    small, bad = shrink(a, 5)
    # By hand: every pixel is repeated so that whole blocks can be averaged. 10 -> 5, 7 -> 4 (3.5, rounded).
    fine = np.repeat(a, 4, axis=0).reshape(4, 7, 5, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(small, fine, rtol=1e-12)
    assert small.shape == (4, 5)
    assert not bad.any()


def test_small_arrays_stay_as_they_are():
    a = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(shrink(a, 3)[0], a)


@pytest.mark.parametrize("value", [NAN, np.inf, -np.inf])
def test_one_bad_number_marks_its_pixel_and_no_other(value):
    a = np.ones((4, 4))
    a[0, 3] = value
    for thumbnail in (grey(a, "t", most=2), signed(a, "t", most=2), colour(np.stack([a] * 3), "t", most=2)):
        pixels = thumbnail.array()
        assert pixels[0, 1].tolist() == [255, 0, 255]
        assert (pixels == (255, 0, 255)).all(axis=-1).sum() == 1
        assert thumbnail.title == "t (magenta: NaN or infinite)"


def test_only_bad_numbers():
    assert (grey(np.full((2, 2), NAN), "t", most=2).array() == (255, 0, 255)).all()
    assert (signed(np.full((2, 2), NAN), "t", most=2).array() == (255, 0, 255)).all()


def test_a_constant_is_grey_and_zero_is_white():
    assert set(grey(np.full((2, 2), 7.0), "t", most=2).pixels) == {128}
    assert set(signed(np.zeros((2, 2)), "t", most=2).pixels) == {128}
    assert (signed(np.zeros((2, 2)), "t", most=2).array() == 255).all()


def test_what_is_outside_of_the_scale_is_cut():
    a = np.array([[-9.0, 0.0, 9.0]])
    assert list(grey(a, "t", most=3, low=-1, high=1).pixels) == [0, 128, 255]
    assert list(signed(a, "t", most=3, largest=1).pixels) == [1, 128, 255]
    assert list(signed(a, "t", most=3, largest=0).pixels) == [1, 128, 255]
    assert list(grey(a, "t", most=3, low=0, high=0).pixels) == [0, 128, 255]
    assert list(grey(a, "t", most=3, low=10).pixels) == [0, 0, 0]


def test_huge_numbers_and_tiny_ones_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        assert list(grey(np.array([[-1e308, 0, 1e308]]), "t", most=3).pixels) == [0, 128, 255]
        assert list(signed(np.array([[-5e-324, 0, 5e-324]]), "t", most=3).pixels) == [1, 128, 255]


def test_other_dtypes():
    assert list(grey(np.array([[False, True]]), "t", most=2).pixels) == [0, 255]
    assert list(grey(np.array([[0, 255]], np.uint8), "t", most=2).pixels) == [0, 255]


def test_the_longest_side_decides():
    assert grey(np.ones((200, 30)), "t", most=64).array().shape == (64, 10, 3)
    assert grey(np.ones((1, 1000)), "t", most=64).array().shape == (1, 64, 3)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: grey(np.ones(3), "t", most=4),
            ShapeError,
            "a picture is made of numbers (height, width), at least one each way, not (3,)",
        ),
        (
            lambda: signed(np.ones((0, 3)), "t", most=4),
            ShapeError,
            "a picture is made of numbers (height, width), at least one each way, not (0, 3)",
        ),
        (
            lambda: colour(np.ones((2, 3, 3)), "t", most=4),
            ShapeError,
            "a colour picture is (3, height, width), not (2, 3, 3)",
        ),
        (
            lambda: grey(np.ones((2, 2)), "t", most=0),
            ArgumentError,
            "most=0: a picture has a whole number of pixels, 1 or more",
        ),
        (
            lambda: grey(np.ones((2, 2)), "t", most=1, low=2, high=1),
            ArgumentError,
            "low=2 is above high=1: a scale goes from low to high",
        ),
        (
            lambda: grey(np.ones((2, 2)), "t", most=1, low=NAN),
            ArgumentError,
            "low=nan: a scale ends at a finite number",
        ),
        (
            lambda: signed(np.ones((2, 2)), "t", most=1, largest=-1.0),
            ArgumentError,
            "largest=-1.0: the end of a signed scale is not negative",
        ),
    ],
)
def test_refused(call, kind, words):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == words

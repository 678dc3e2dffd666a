"""Numbers, shapes and names: short, never misleading, nothing invisible."""

import math
import time
import unicodedata

import numpy as np
import pytest
from viz_hostile import hostile_names

from tinygrad_cnn.viz.graph.stats import measure
from tinygrad_cnn.viz.write.words import (
    ascii_only,
    clean,
    columns,
    count,
    fit,
    magnitude,
    number,
    shape_text,
    stats_line,
)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (None, "-"),
        (0, "0"),
        (-0.0, "0"),
        (math.nan, "NaN"),
        (math.inf, "Inf"),
        (-math.inf, "-Inf"),
        (0.0123, "0.0123"),
        (1.23e-5, "1.23e-05"),
        (12300, "12,300"),
        (999.4, "999"),
        (999.6, "1,000"),
        (0.99999, "1.00"),
        (0.00012345, "0.000123"),
        (0.000099999, "0.000100"),
        (0.00009991, "9.99e-05"),
        (999_999, "1.00e+06"),
        (123_456, "123,000"),
        (-2.5, "-2.50"),
        (1e-300, "1.00e-300"),
        (np.float32(0.5), "0.500"),
    ],
)
def test_numbers_have_three_digits(x, text):
    assert number(x) == text


def test_numbers_are_within_half_a_step_of_what_they_stand_for():
    rng = np.random.default_rng(0)
    for x in rng.standard_normal(500) * 10 ** rng.uniform(-12, 12, 500):
        assert abs(float(number(x).replace(",", "")) - x) <= 0.0051 * abs(x)


def test_only_an_exact_zero_is_written_as_zero():
    assert number(5e-324) != "0"
    assert magnitude(measure(np.array([0.0, 1e-30]))) != "0"
    assert magnitude(measure(np.zeros(3))) == "0"
    assert magnitude(None) == "-"


def test_one_nan_outweighs_everything():
    assert magnitude(measure(np.array([np.nan, np.inf, 1.0]))) == "NaN"
    assert magnitude(measure(np.array([np.inf, 1.0]))) == "Inf"
    assert magnitude(measure(np.zeros((0, 3)))) == "empty"


def test_shapes_and_counts():
    assert shape_text((8, 3, 120, 120)) == "8x3x120x120"
    assert shape_text(()) == "scalar"
    assert count(172963) == "172,963"


def test_a_line_of_statistics_says_what_is_wrong_first():
    line = stats_line(measure(np.array([np.nan, np.inf, 0.0, 1.0])))
    assert line.startswith("1 NaN and 1 Inf of 4, rms 0.707, mean 0.500")
    assert stats_line(measure(np.array([np.nan]))) == "1 NaN of 1"
    assert stats_line(measure(np.array([0.0] * 1 + [1.0] * 999))).endswith("under 1% zeros")
    assert stats_line(measure(np.array([0.0] * 999 + [1.0]))).endswith("99% zeros")
    assert stats_line(measure(np.zeros(0))) == "no values"


@pytest.mark.parametrize("most", [3, 12, 40])
def test_clean_names_show_everything_and_are_short(most):
    for name in hostile_names():
        text = clean(name, most)
        assert len(text) <= most
        for char in text:
            assert unicodedata.category(char)[0] != "C", ascii(name)
            assert char == " " or unicodedata.category(char)[0] != "Z", ascii(name)
        text.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a\nb", "a\\nb"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202eabc", "\\u202eabc"),
        ("a\u200bb", "a\\u200bb"),
        ("a\u00a0b", "a\\xa0b"),
        ("\u3164", "\\u3164"),
        ("x\ufe0f", "x\\ufe0f"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("conv1.weight", "conv1.weight"),
        ("画像", "画像"),
        ("", ""),
    ],
)
def test_what_is_invisible_is_written_as_an_escape(name, text):
    assert clean(name) == text


def test_an_escape_is_never_cut_in_two():
    for most in range(3, 20):
        text = clean("ab\u202e\u202e\u202e", most)
        assert text.replace("\\u202e", "").strip("ab.") == ""


def test_a_name_of_just_the_right_length_is_whole():
    assert clean("x" * 40) == "x" * 40
    assert clean("x" * 41) == "x" * 37 + "..."


def test_a_very_long_name_costs_nothing():
    name = "\u202e" * 10_000_000
    start = time.perf_counter()
    assert len(clean(name)) <= 40
    assert time.perf_counter() - start < 0.1


def test_ascii_text_is_ascii():
    for name in hostile_names():
        text = ascii_only(clean(name))
        assert all(" " <= char <= "~" for char in text)
    assert ascii_only("∂L/∂X → 3×3") == "dL/dX -> 3x3"


def test_text_is_brought_to_a_number_of_columns():
    for name in hostile_names():
        text = clean(name)
        for width in (1, 2, 5, 20, 60):
            assert columns(fit(text, width)) == width, ascii(name)
            assert columns(fit(text, width, ">")) == width
    assert fit("画像画像", 6) == "画... "

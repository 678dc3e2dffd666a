"""Precision, recall, F1, intersection over union and top-k, against counting by hand."""

import math

import numpy as np
import pytest

from tinygrad_cnn import tensor
from tinygrad_cnn.errors import ArgumentError, DataError, ShapeError
from tinygrad_cnn.train import accuracy, dice, f1, iou, mean_iou, precision, recall, top_k_accuracy

RNG = np.random.default_rng(8)
LABELS = RNG.integers(0, 4, (3, 10, 7))  # of 6 classes; two never occur
GUESSES = np.where(RNG.random(LABELS.shape) < 0.6, LABELS, RNG.integers(0, 5, LABELS.shape))
COUNTED = {
    precision: lambda both, true, guessed: (both, guessed),
    recall: lambda both, true, guessed: (both, true),
    f1: lambda both, true, guessed: (2 * both, true + guessed),
    iou: lambda both, true, guessed: (both, true + guessed - both),
}


def by_hand(metric, labels, guesses, classes):
    """Count each class in a loop: what is divided, by what, and how often it is the label."""
    rows = []
    for c in range(classes):
        pairs = list(zip(labels.ravel().tolist(), guesses.ravel().tolist(), strict=True))
        both = sum(t == c and g == c for t, g in pairs)
        true, guessed = sum(t == c for t, _ in pairs), sum(g == c for _, g in pairs)
        rows.append((*COUNTED[metric](both, true, guessed), true))
    return rows


@pytest.mark.parametrize("metric", COUNTED, ids=lambda m: m.__name__)
@pytest.mark.parametrize("empty", [0.0, 1.0, 0.25])
def test_each_class_and_its_averages_are_those_of_a_count(metric, empty):
    rows = by_hand(metric, LABELS, GUESSES, 6)
    shares = [above / below if below else empty for above, below, _ in rows]
    support = [n for _, _, n in rows]
    for labels, guesses in ((LABELS, GUESSES), (tensor(LABELS), tensor(GUESSES)), (LABELS + 0.0, GUESSES)):
        found = metric(labels, guesses, 6, average=None, zero_division=empty)
        np.testing.assert_allclose(found, shares, rtol=1e-13)
    averages = {
        "macro": sum(shares) / 6,
        "micro": sum(a for a, _, _ in rows) / sum(b for _, b, _ in rows),
        "weighted": sum(s * n for s, n in zip(shares, support, strict=True)) / sum(support),
    }
    for average, expected in averages.items():
        found = metric(LABELS, GUESSES, 6, average=average, zero_division=empty)
        assert type(found) is float and found == pytest.approx(expected, rel=1e-13)


def test_a_class_that_counts_nan_is_left_out():
    known = [a / b for a, b, _ in by_hand(iou, LABELS, GUESSES, 6) if b]
    assert len(known) == 5
    assert mean_iou(LABELS, GUESSES, 6) == pytest.approx(sum(known) / 5, rel=1e-13)
    assert mean_iou(LABELS, GUESSES, 6, zero_division=0) == pytest.approx(sum(known) / 6, rel=1e-13)
    assert np.isnan(iou(LABELS, GUESSES, 6, zero_division=math.nan)).tolist() == [False] * 5 + [True]
    assert math.isnan(precision([], [], 2, average="macro", zero_division=math.nan))


def test_places_with_the_ignored_label_do_not_count():
    void = np.where(RNG.random(LABELS.shape) < 0.2, 255, LABELS)
    kept = void != 255
    for metric in (*COUNTED, mean_iou):
        expected = metric(LABELS[kept], GUESSES[kept], 6)
        np.testing.assert_array_equal(metric(void, GUESSES, 6, ignore_index=255), expected)


def test_dice_is_f1_and_micro_recall_is_accuracy():
    assert dice is f1
    scores = RNG.standard_normal((50, 3))
    labels = RNG.integers(0, 3, 50)
    share = accuracy(scores, labels)
    for metric in (precision, recall, f1):
        assert metric(labels, scores.argmax(axis=1), average="micro") == pytest.approx(share)


def test_where_no_class_that_counts_is_a_label_the_mean_is_plain():
    assert recall([], [], 3, average="weighted", zero_division=1.0) == 1.0
    assert f1([], [], 3, average="micro", zero_division=0.5) == 0.5


def test_the_label_is_among_the_first_k():
    scores, labels = RNG.integers(0, 4, (40, 6)), RNG.integers(0, 6, 40)
    for k in range(1, 7):
        hits = 0
        for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
            order = sorted(range(6), key=lambda c, row=row: (-row[c], c))
            hits += label in order[:k]
        assert top_k_accuracy(scores, labels, k) == hits / 40
        assert top_k_accuracy(tensor(scores.astype(np.float32)), tensor(labels), k) == hits / 40
    assert top_k_accuracy(scores, labels, 1) == accuracy(scores, labels)
    assert top_k_accuracy(scores.astype(np.uint8), labels, 3) == top_k_accuracy(scores, labels, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: top_k_accuracy([[1.0, 2.0]], [0, 1]),
            ShapeError,
            "top_k_accuracy expects scores (N, C) and labels (N,), N and C above 0 / got scores (1, 2), "
            "labels (2,)",
        ),
        (
            lambda: top_k_accuracy([[1.0, 2.0]], [0]),
            ArgumentError,
            "top_k_accuracy: k must be an integer in 1..2, got 5",
        ),
        (
            lambda: top_k_accuracy([[1.0, 2.0]], [2], 1),
            DataError,
            "label 2 at position 0 is out of range: there are 2 classes, numbered 0 to 1",
        ),
        (
            lambda: precision([0, 1], [[0, 1]]),
            ShapeError,
            "precision expects labels and predictions of one shape / got (2,), (1, 2)",
        ),
        (
            lambda: recall([0, 3], [0, 1], 3),
            DataError,
            "label 3 at position 1 is out of range: there are 3 classes, numbered 0 to 2",
        ),
        (
            lambda: f1([0, 1], [0, 1], average="binary"),
            ArgumentError,
            "f1: average must be None, 'macro', 'micro' or 'weighted', got 'binary'",
        ),
        (
            lambda: iou([0, 1], [0, 1], zero_division=2),
            ArgumentError,
            "iou: zero_division must lie in 0..1 or be NaN, got 2",
        ),
        (
            lambda: iou([0, 1], [0, 1], zero_division="warn"),
            ArgumentError,
            "iou: zero_division must lie in 0..1 or be NaN, got 'warn'",
        ),
        (
            lambda: mean_iou([], []),
            ArgumentError,
            "iou: there is nothing to count; say how many classes, with num_classes",
        ),
        (
            lambda: precision([0], [0], 0),
            ArgumentError,
            "precision: num_classes must be an integer >= 1 or None, got 0",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message

"""Counting predictions, against counting by hand."""

import numpy as np
import pytest

from tinygrad_cnn import tensor
from tinygrad_cnn.errors import ArgumentError, DataError, ShapeError
from tinygrad_cnn.train import accuracy, confusion_matrix, format_confusion

rng = np.random.default_rng(0)
LABELS = rng.integers(0, 5, 200)
PREDICTIONS = np.where(rng.random(200) < 0.6, LABELS, rng.integers(0, 5, 200))


def test_accuracy_is_the_share_that_a_count_by_hand_gives():
    scores = rng.standard_normal((200, 5)).astype(np.float32)
    right = 0
    for row, label in zip(scores.tolist(), LABELS.tolist(), strict=True):
        right += row.index(max(row)) == label
    assert accuracy(scores, LABELS) == right / 200 == accuracy(tensor(scores), tensor(LABELS))


def test_of_equal_scores_the_first_counts():
    assert accuracy([[1.0, 1.0]], [0]) == 1.0 and accuracy([[1.0, 1.0]], [1]) == 0.0


def test_the_confusion_matrix_counts_every_pair():
    found = confusion_matrix(LABELS, PREDICTIONS, 6)
    expected = [[0] * 6 for _ in range(6)]
    for true, predicted in zip(LABELS.tolist(), PREDICTIONS.tolist(), strict=True):
        expected[true][predicted] += 1
    assert found.tolist() == expected and found.dtype == np.int64
    assert confusion_matrix(LABELS, PREDICTIONS).shape == (5, 5)
    assert confusion_matrix([], [], 2).tolist() == [[0, 0], [0, 0]]


def test_the_text_shows_names_counts_and_shares():
    text = format_confusion([[10, 2, 0], [0, 0, 0], [1, 0, 3]], ["cat", "a long name", "dog"])
    assert text.splitlines() == [
        "true \\ predicted  cat  a long name  dog  correct",
        "             cat   10            2    0    83.3%",
        "     a long name    0            0    0        -",
        "             dog    1            0    3    75.0%",
    ]
    assert format_confusion([[1]]).splitlines()[1].split() == ["0", "1", "100.0%"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: accuracy([[1.0, 2.0]], [0, 1]), ShapeError, r"got scores \(1, 2\), labels \(2,\)"),
        (lambda: accuracy(np.zeros((0, 2)), []), ShapeError, "N and C above 0"),
        (lambda: accuracy([[1.0, 2.0]], [2]), DataError, "label 2 at position 0 is out of range"),
        (lambda: confusion_matrix([0, 1], [0]), ShapeError, "as many labels as predictions / got 2, 1"),
        (lambda: confusion_matrix([0, 3], [0, 1], 3), DataError, "label 3 at position 1 is out of range"),
        (lambda: confusion_matrix([0, 1], [0, -1], 3), DataError, "label -1 at position 1 is negative"),
        (lambda: format_confusion([[1, 2]]), ShapeError, "expects a square matrix"),
        (lambda: format_confusion([[1]], ["a", "b"]), ArgumentError, "got 2 names for 1 classes"),
    ],
)
def test_what_cannot_be_counted_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()

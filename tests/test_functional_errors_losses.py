"""Error texts of losses: bad labels, empty batches: what was expected, what came, what to do."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DataError, DtypeError, ShapeError

CASES = [
    (
        lambda: tg.cross_entropy(zeros(2, 3), [0, 3]),
        DataError,
        ("cross_entropy: label 3 at (1,) is not one of the 3 classes; labels are whole numbers 0..2"),
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [-1, 0]),
        DataError,
        ("cross_entropy: label -1 at (0,) is not one of the 3 classes; labels are whole numbers 0..2"),
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [0, 1, 2]),
        ShapeError,
        "cross_entropy expects labels (2,) for scores (2, 3) / got labels (3,)",
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), np.array([0.0, np.nan])),
        DataError,
        ("cross_entropy: label nan at (1,) is not one of the 3 classes; labels are whole numbers 0..2"),
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), np.array([0.0, 0.5])),
        DataError,
        ("cross_entropy: label 0.5 at (1,) is not one of the 3 classes; labels are whole numbers 0..2"),
    ),
    (
        lambda: tg.cross_entropy(zeros(0, 3), np.zeros(0, int)),
        ShapeError,
        ("cross_entropy got an empty batch, which has no mean; use reduction='sum' or drop the batch"),
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [-100, -100]),
        DataError,
        ("cross_entropy: no label counts (all ignored or of weight 0), so there is no mean"),
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [0, 1], reduction="average"),
        ArgumentError,
        "cross_entropy: reduction must be 'none', 'mean' or 'sum', got 'average'",
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [0, 1], label_smoothing=2),
        ArgumentError,
        "cross_entropy: label_smoothing must lie in 0..1, got 2",
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [0, 1], zeros(2)),
        ShapeError,
        "cross_entropy expects weight (3,), one number a class / got weight (2,)",
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), [0, 1], tg.ones(3, requires_grad=True)),
        ArgumentError,
        ("cross_entropy: weight is a constant without gradient; pass weight.detach()"),
    ),
    (
        lambda: tg.cross_entropy(tensor([[1, 2]]), [0]),
        DtypeError,
        ("cross_entropy expects float32 or float64, got int64; convert with .float()"),
    ),
    (
        lambda: tg.cross_entropy(tensor(1.0), 0),
        ShapeError,
        ("cross_entropy expects input (N, C), (C) or (N, C, d1, ...) / got input ()"),
    ),
    (
        lambda: tg.cross_entropy(zeros(1, 2, 3, 4), np.full((1, 3, 4), 2)),
        DataError,
        ("cross_entropy: label 2 at (0, 0, 0) is not one of the 2 classes; labels are whole numbers 0..1"),
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), np.zeros((2, 3))),
        DtypeError,
        (
            "cross_entropy got input float32, target float64; nothing is promoted silently: "
            "convert the target, with .float() or .double() (an array with .astype)"
        ),
    ),
    (
        lambda: tg.nll_loss(zeros(2, 3), [0, 5]),
        DataError,
        ("nll_loss: label 5 at (1,) is not one of the 3 classes; labels are whole numbers 0..2"),
    ),
    (
        lambda: tg.nll_loss(zeros(0, 3), np.zeros(0, int)),
        ShapeError,
        ("nll_loss got an empty batch, which has no mean; use reduction='sum' or drop the batch"),
    ),
    (
        lambda: tg.mse_loss(zeros(4, 1), zeros(4)),
        ShapeError,
        (
            "mse_loss expects two equal shapes / got input (4, 1), target (4,) "
            "/ broadcasting would compare each value with many; reshape one of them"
        ),
    ),
    (
        lambda: tg.mse_loss(zeros(0), zeros(0)),
        ShapeError,
        ("mse_loss got an empty batch, which has no mean; use reduction='sum' or drop the batch"),
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

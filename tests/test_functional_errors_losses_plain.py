"""Error texts of losses of values, probabilities, masks and margins: what came, and what would fit."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import ones, tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DataError, DtypeError, ShapeError

PAIRS = [
    "l1_loss",
    "mse_loss",
    "smooth_l1_loss",
    "huber_loss",
    "poisson_nll_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
]


@pytest.mark.parametrize("name", PAIRS)
def test_what_all_losses_of_two_tensors_refuse(name):
    function = getattr(tg, name)
    for call, kind, text in (
        (
            lambda: function(zeros(4, 1), zeros(4)),
            ShapeError,
            f"{name} expects two equal shapes / got input (4, 1), target (4,) / "
            "broadcasting would compare each value with many; reshape one of them",
        ),
        (
            lambda: function(zeros(2), np.zeros(2)),
            DtypeError,
            f"{name} got input float32, target float64; nothing is promoted silently: "
            "convert the target, with .float() or .double() (an array with .astype)",
        ),
        (
            lambda: function(tensor([1, 0]), tensor([1, 0])),
            DtypeError,
            f"{name} expects float32 or float64, got int64; convert with .float()",
        ),
        (
            lambda: function(zeros(0, 3), zeros(0, 3)),
            ShapeError,
            f"{name} got an empty batch, which has no mean; use reduction='sum' or drop the batch",
        ),
    ):
        with pytest.raises(kind) as caught:
            call()
        assert str(caught.value) == text
    with pytest.raises(ArgumentError, match=rf"^{name}: reduction must be 'none', 'mean'.* got 'average'$"):
        function(zeros(2), zeros(2), reduction="average")


CASES = [
    (
        lambda: tg.kl_div(zeros(2), zeros(2), "avg"),
        ArgumentError,
        "kl_div: reduction must be 'none', 'mean', 'sum' or 'batchmean', got 'avg'",
    ),
    (
        lambda: tg.kl_div(zeros(0, 2), zeros(0, 2), "batchmean"),
        ShapeError,
        "kl_div got an empty batch, which has no mean; use reduction='sum' or drop the batch",
    ),
    (
        lambda: tg.kl_div(zeros(2), tensor([1, 0])),
        DtypeError,
        "kl_div expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.smooth_l1_loss(zeros(2), zeros(2), beta=-0.5),
        ArgumentError,
        "smooth_l1_loss: beta must be a number >= 0, got -0.5",
    ),
    (
        lambda: tg.smooth_l1_loss(zeros(2), zeros(2), beta="1"),
        ArgumentError,
        "smooth_l1_loss: beta must be a number >= 0, got '1'",
    ),
    (
        lambda: tg.huber_loss(zeros(2), zeros(2), delta=0.0),
        ArgumentError,
        "huber_loss: delta must be a number > 0, got 0.0",
    ),
    (
        lambda: tg.huber_loss(zeros(2), zeros(2), delta=float("nan")),
        ArgumentError,
        "huber_loss: delta must be a number > 0, got nan",
    ),
    (
        lambda: tg.l1_loss(zeros(2, 3), zeros(2, 3), weight=ones(3)),
        ShapeError,
        "l1_loss expects weight (2, 3), the shape of input / got weight (3,)",
    ),
    (
        lambda: tg.mse_loss(zeros(2), zeros(2), weight=[1.0, -1.0]),
        DataError,
        "mse_loss: the weights add up to 0, so there is no mean",
    ),
    (
        lambda: tg.mse_loss(zeros(2), zeros(2), weight=tensor(np.ones(2), requires_grad=True)),
        DtypeError,
        "mse_loss got input float32, weight float64; nothing is promoted silently: "
        "convert the weight, with .float() or .double() (an array with .astype)",
    ),
    (
        lambda: tg.binary_cross_entropy(tensor([[0.5, 1.5]]), zeros(1, 2)),
        DataError,
        "binary_cross_entropy: input must lie in 0..1, got 1.5 at (0, 1)",
    ),
    (
        lambda: tg.binary_cross_entropy(tensor([0.5, np.nan]), zeros(2)),
        DataError,
        "binary_cross_entropy: input must lie in 0..1, got nan at (1,)",
    ),
    (
        lambda: tg.binary_cross_entropy(zeros(2), [0.0, -1.0]),
        DataError,
        "binary_cross_entropy: target must lie in 0..1, got -1.0 at (1,)",
    ),
    (
        lambda: tg.binary_cross_entropy(zeros(2, 3), zeros(2, 3), ones(2)),
        ShapeError,
        "binary_cross_entropy: weight (2,) cannot be repeated to the shape of input, (2, 3)",
    ),
    (
        lambda: tg.binary_cross_entropy_with_logits(zeros(3), zeros(3), ones(2, 3)),
        ShapeError,
        "binary_cross_entropy_with_logits: weight (2, 3) cannot be repeated to the shape of input, (3,)",
    ),
    (
        lambda: tg.binary_cross_entropy_with_logits(zeros(3), zeros(3), pos_weight=ones(2)),
        ShapeError,
        "binary_cross_entropy_with_logits: pos_weight (2,) cannot be repeated to the shape of input, (3,)",
    ),
    (
        lambda: tg.binary_cross_entropy_with_logits(
            zeros(3), zeros(3), pos_weight=ones(3, requires_grad=True)
        ),
        ArgumentError,
        "binary_cross_entropy_with_logits: pos_weight is a constant without gradient; "
        "pass pos_weight.detach()",
    ),
    (
        lambda: tg.sigmoid_focal_loss(zeros(3), zeros(2)),
        ShapeError,
        "sigmoid_focal_loss expects two equal shapes / got inputs (3,), targets (2,) / "
        "broadcasting would compare each value with many; reshape one of them",
    ),
    (
        lambda: tg.sigmoid_focal_loss(zeros(3), zeros(3), alpha=-0.5),
        ArgumentError,
        "sigmoid_focal_loss: alpha must lie in 0..1, or be -1 for none, got -0.5",
    ),
    (
        lambda: tg.sigmoid_focal_loss(zeros(3), zeros(3), gamma=-1),
        ArgumentError,
        "sigmoid_focal_loss: gamma must be a number >= 0, got -1",
    ),
    (
        lambda: tg.gaussian_nll_loss(zeros(2), zeros(2), [0.5, -0.5]),
        DataError,
        "gaussian_nll_loss: var must not be negative, got -0.5",
    ),
    (
        lambda: tg.gaussian_nll_loss(zeros(2, 3), zeros(2, 3), ones(3)),
        ShapeError,
        "gaussian_nll_loss expects var (2, 3), or one size of it 1, or its last one left out / got var (3,)",
    ),
    (
        lambda: tg.gaussian_nll_loss(zeros(2, 3), zeros(2, 3), ones(1, 1)),
        ShapeError,
        "gaussian_nll_loss expects var (2, 3), or one size of it 1, or its last one left out / "
        "got var (1, 1)",
    ),
    (
        lambda: tg.gaussian_nll_loss(zeros(2), zeros(2), 1.0, eps=0.0),
        ArgumentError,
        "gaussian_nll_loss: eps must be a number > 0, got 0.0",
    ),
    (
        lambda: tg.poisson_nll_loss(zeros(2), zeros(2), eps=-1.0),
        ArgumentError,
        "poisson_nll_loss: eps must be a number >= 0, got -1.0",
    ),
    (
        lambda: tg.dice_loss(zeros(2, 3), zeros(2, 3)),
        ShapeError,
        "dice_loss expects input (N, C, d1, ...) / got input (2, 3)",
    ),
    (
        lambda: tg.dice_loss(zeros(2, 3, 4), zeros(2, 4, 4)),
        ShapeError,
        "dice_loss expects labels (2, 4) for scores (2, 3, 4) / got labels (2, 4, 4)",
    ),
    (
        lambda: tg.dice_loss(zeros(1, 3, 2), [[0, 3]]),
        DataError,
        "dice_loss: label 3 at (0, 1) is not one of the 3 classes; labels are whole numbers 0..2",
    ),
    (
        lambda: tg.dice_loss(zeros(1, 3, 2), zeros(1, 3, 2), smooth=-1.0),
        ArgumentError,
        "dice_loss: smooth must be a number >= 0, got -1.0",
    ),
    (
        lambda: tg.dice_loss(zeros(0, 3, 2), zeros(0, 3, 2)),
        ShapeError,
        "dice_loss got an empty batch, which has no mean; use reduction='sum' or drop the batch",
    ),
    (
        lambda: tg.hinge_embedding_loss(zeros(2), [1, 0]),
        DataError,
        "hinge_embedding_loss: target must be 1 or -1, got 0 at (1,)",
    ),
    (
        lambda: tg.soft_margin_loss(zeros(2), [1]),
        ShapeError,
        "soft_margin_loss expects target (2,), one label each / got target (1,)",
    ),
    (
        lambda: tg.margin_ranking_loss(zeros(2), zeros(3), [1, 1]),
        ShapeError,
        "margin_ranking_loss expects two equal shapes / got input1 (2,), input2 (3,) / "
        "broadcasting would compare each value with many; reshape one of them",
    ),
    (
        lambda: tg.cosine_embedding_loss(zeros(2, 3, 4), zeros(2, 3, 4), [1, 1]),
        ShapeError,
        "cosine_embedding_loss expects input1 and input2 (N, D) or (D) / got (2, 3, 4)",
    ),
    (
        lambda: tg.cosine_embedding_loss(zeros(2, 3), zeros(2, 3), [1, 1], margin=-2.0),
        ArgumentError,
        "cosine_embedding_loss: margin must be a number >= -1, got -2.0",
    ),
    (
        lambda: tg.cross_entropy(zeros(2, 3), zeros(2, 3), ignore_index=1),
        ArgumentError,
        "cross_entropy: ignore_index names a label, and target holds probabilities; leave out ignore_index=1",
    ),
    (
        lambda: tg.cross_entropy(zeros(3), [1, 1]),
        ShapeError,
        "cross_entropy expects labels (1,) for scores (1, 3) / got labels (1, 2)",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:60] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

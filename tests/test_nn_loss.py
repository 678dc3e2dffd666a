"""Losses as layers: the function of the same name with the settings of the layer, and what is refused."""

import inspect

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor
from tinygrad_cnn.errors import ArgumentError

RNG = np.random.default_rng(5)
X, T = tensor(RNG.standard_normal((4, 3))), tensor(RNG.random((4, 3)))
P = tensor(RNG.uniform(0.1, 0.9, (4, 3)))
LABELS, SIGNS = tensor([0, 2, 1, 2]), tensor(np.where(RNG.random((4, 3)) < 0.5, 1, -1))
W = np.array([0.5, 1.0, 2.0])
MASKS = tensor(RNG.random((2, 3, 4, 5)))

PAIRS = [
    (nn.L1Loss("sum"), tg.l1_loss(X, T, "sum"), (X, T)),
    (nn.MSELoss("none"), tg.mse_loss(X, T, "none"), (X, T)),
    (nn.SmoothL1Loss("sum", 0.5), tg.smooth_l1_loss(X, T, "sum", 0.5), (X, T)),
    (nn.HuberLoss("sum", 0.5), tg.huber_loss(X, T, "sum", 0.5), (X, T)),
    (nn.PoissonNLLLoss(True, True), tg.poisson_nll_loss(X, T, True, True), (X, T)),
    (nn.PoissonNLLLoss(False, eps=0.1), tg.poisson_nll_loss(P, T, False, eps=0.1), (P, T)),
    (nn.GaussianNLLLoss(full=True, eps=0.5), tg.gaussian_nll_loss(X, T, P, True, 0.5), (X, T, P)),
    (nn.BCELoss(W, "sum"), tg.binary_cross_entropy(P, T, W, "sum"), (P, T)),
    (
        nn.BCEWithLogitsLoss(W, "sum", 2 * W),
        tg.binary_cross_entropy_with_logits(X, T, W, "sum", 2 * W),
        (X, T),
    ),
    (nn.KLDivLoss("batchmean"), tg.kl_div(X, T, "batchmean"), (X, T)),
    (nn.KLDivLoss("sum", True), tg.kl_div(X, X * 2.0, "sum", True), (X, X * 2.0)),
    (nn.SigmoidFocalLoss(0.75, 1.0, "sum"), tg.sigmoid_focal_loss(X, T, 0.75, 1.0, "sum"), (X, T)),
    (nn.SigmoidFocalLoss(), tg.sigmoid_focal_loss(X, T).mean(), (X, T)),
    (nn.DiceLoss(0.5, "none"), tg.dice_loss(MASKS, MASKS, 0.5, "none"), (MASKS, MASKS)),
    (nn.NLLLoss(W, 2, "sum"), tg.nll_loss(X, LABELS, tensor(W), 2, "sum"), (X, LABELS)),
    (
        nn.CrossEntropyLoss(W, 2, "sum", 0.1),
        tg.cross_entropy(X, LABELS, tensor(W), 2, "sum", 0.1),
        (X, LABELS),
    ),
    (nn.HingeEmbeddingLoss(0.5, "sum"), tg.hinge_embedding_loss(X, SIGNS, 0.5, "sum"), (X, SIGNS)),
    (nn.MarginRankingLoss(0.5, "sum"), tg.margin_ranking_loss(X, T, SIGNS, 0.5, "sum"), (X, T, SIGNS)),
    (
        nn.CosineEmbeddingLoss(0.25, "sum"),
        tg.cosine_embedding_loss(X, T, [1, -1, 1, -1], 0.25, "sum"),
        (X, T, [1, -1, 1, -1]),
    ),
    (nn.SoftMarginLoss("sum"), tg.soft_margin_loss(X, SIGNS, "sum"), (X, SIGNS)),
]


@pytest.mark.parametrize(("layer", "expected", "inputs"), PAIRS, ids=lambda v: type(v).__name__)
def test_a_layer_is_its_function_with_its_settings(layer, expected, inputs):
    np.testing.assert_array_equal(layer(*inputs).array, expected.array)
    assert not list(layer.parameters())


def test_every_loss_is_tried_and_reduces_to_a_mean():
    tried = {type(layer) for layer, _, _ in PAIRS}
    losses = {getattr(nn, name) for name in nn.__all__ if name.endswith("Loss")}
    assert tried == losses
    assert all(inspect.signature(loss).parameters["reduction"].default == "mean" for loss in losses)


def test_weights_are_buffers_that_are_saved():
    assert list(nn.BCELoss(W).state_dict()) == ["weight"] and not nn.BCELoss().state_dict()
    assert list(nn.BCEWithLogitsLoss(pos_weight=W).state_dict()) == ["pos_weight"]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nn.L1Loss("avg"), "L1Loss: reduction must be 'none', 'mean' or 'sum', got 'avg'"),
        (lambda: nn.KLDivLoss("avg"), "KLDivLoss: reduction must be 'none', 'mean' or 'sum', got 'avg'"),
        (lambda: nn.SmoothL1Loss(beta=-1), "SmoothL1Loss: beta must be a number >= 0, got -1"),
        (lambda: nn.HuberLoss(delta=0), "HuberLoss: delta must be a number > 0, got 0"),
        (lambda: nn.PoissonNLLLoss(eps=-1.0), "PoissonNLLLoss: eps must be a number >= 0, got -1.0"),
        (lambda: nn.GaussianNLLLoss(eps=0), "GaussianNLLLoss: eps must be a number > 0, got 0"),
        (
            lambda: nn.BCELoss(tg.ones(2, requires_grad=True)),
            "BCELoss: weight is a constant without gradient; pass weight.detach()",
        ),
        (
            lambda: nn.BCEWithLogitsLoss(pos_weight=tg.ones(2, requires_grad=True)),
            "BCEWithLogitsLoss: pos_weight is a constant without gradient; pass pos_weight.detach()",
        ),
        (lambda: nn.SigmoidFocalLoss(gamma=-1), "SigmoidFocalLoss: gamma must be a number >= 0, got -1"),
        (lambda: nn.SigmoidFocalLoss(alpha=-2), "SigmoidFocalLoss: alpha must be a number >= -1, got -2"),
        (lambda: nn.DiceLoss(smooth=-1), "DiceLoss: smooth must be a number >= 0, got -1"),
        (
            lambda: nn.CosineEmbeddingLoss(margin="0"),
            "CosineEmbeddingLoss: margin must be a number >= -1, got '0'",
        ),
    ],
)
def test_a_layer_refuses_settings_when_it_is_made(make, text):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert str(caught.value) == text

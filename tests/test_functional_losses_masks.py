"""Losses of masks, of pairs with a margin, and labels of single samples, against loops."""

import numpy as np
import pytest
from numeric import assert_close, gradient

import tinygrad_cnn as tg
from tinygrad_cnn import grad, tensor

RNG = np.random.default_rng(12)


def plain_dice(x, t, smooth):
    y = np.zeros(x.shape[:2])
    for n, c in np.ndindex(y.shape):
        p, m = x[n, c].ravel().tolist(), t[n, c].ravel().tolist()
        overlap = sum(a * b for a, b in zip(p, m, strict=True))
        y[n, c] = 1 - (2 * overlap + smooth) / (sum(p) + sum(m) + smooth)
    return y


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 1, 6), (2, 2, 1, 3, 2)], ids=str)
@pytest.mark.parametrize("smooth", [1.0, 1e-5])
def test_dice_is_counted_for_each_picture_and_class(shape, smooth):
    x, soft = RNG.random(shape), RNG.random(shape)
    labels = RNG.integers(0, shape[1], (shape[0], *shape[2:]))
    hard = np.stack([labels == c for c in range(shape[1])], axis=1).astype(float)
    for target, mask in ((soft, soft), (labels, hard), (hard, hard), (hard.astype(bool), hard)):
        rows = plain_dice(x, mask, smooth)
        got = tg.dice_loss(tensor(x), target, smooth, "none")
        assert_close(got.array, rows, 1e-12, "none")
        assert_close(tg.dice_loss(x, target, smooth).array, rows.mean(), 1e-12, "mean")
        assert_close(tg.dice_loss(x, target, smooth, "sum").array, rows.sum(), 1e-12, "sum")
    leaf = tensor(x, requires_grad=True)
    by_x = grad(tg.dice_loss(leaf, labels, smooth), leaf).array
    expected = gradient(lambda a: float(plain_dice(a[0], hard, smooth).mean()), [x], 0, h=1e-4)
    assert_close(by_x, expected, 1e-7, "gradient")


def test_two_empty_masks_agree():
    assert tg.dice_loss(tg.zeros(1, 1, 3), tg.zeros(1, 1, 3)).item() == 0.0
    assert tg.dice_loss(tg.ones(1, 1, 3), tg.ones(1, 1, 3)).item() == 0.0


LABELS = np.array([1, -1, 1, -1])
X, Z = np.array([0.5, 0.25, -1.0, 3.0]), np.array([0.0, 1.0, 0.5, 2.0])
A, B = RNG.standard_normal((4, 3)), RNG.standard_normal((4, 3))
COSINES = [float(a @ b / np.sqrt((a @ a + 1e-12) * (b @ b + 1e-12))) for a, b in zip(A, B, strict=True)]
MARGINS = [
    (lambda **s: tg.hinge_embedding_loss(tensor(X), LABELS, **s), [0.5, 0.75, -1.0, 0.0]),
    (lambda **s: tg.hinge_embedding_loss(tensor(X), LABELS, 4.0, **s), [0.5, 3.75, -1.0, 1.0]),
    (lambda **s: tg.margin_ranking_loss(tensor(X), tensor(Z), LABELS, **s), [0.0, 0.0, 1.5, 1.0]),
    (lambda **s: tg.margin_ranking_loss(tensor(X), tensor(Z), LABELS, 0.75, **s), [0.25, 0.0, 2.25, 1.75]),
    (lambda **s: tg.soft_margin_loss(tensor(X), LABELS, **s), np.log(1 + np.exp(-LABELS * X))),
    (
        lambda **s: tg.cosine_embedding_loss(tensor(A), tensor(B), LABELS, **s),
        [1 - c if t == 1 else max(0.0, c) for c, t in zip(COSINES, LABELS, strict=True)],
    ),
    (
        lambda **s: tg.cosine_embedding_loss(tensor(A), tensor(B), LABELS, -0.5, **s),
        [1 - c if t == 1 else max(0.0, c + 0.5) for c, t in zip(COSINES, LABELS, strict=True)],
    ),
]


@pytest.mark.parametrize(("call", "expected"), MARGINS)
def test_margins_are_their_definitions(call, expected):
    assert_close(call(reduction="none").array, np.asarray(expected, float), 1e-12, "none")
    assert_close(call(reduction="sum").array, np.sum(expected), 1e-12, "sum")
    assert_close(call().array, np.mean(expected), 1e-12, "mean")


def test_one_pair_of_vectors_has_one_label():
    one = tg.cosine_embedding_loss(tensor(A[0]), tensor(B[0]), 1, reduction="none")
    assert one.shape == () and abs(one.item() - (1 - COSINES[0])) < 1e-12


def test_the_slopes_of_margins():
    x, z = tensor(X, requires_grad=True), tensor(Z, requires_grad=True)
    by_x, by_z = grad(tg.margin_ranking_loss(x, z, LABELS, 0.625, reduction="sum"), (x, z))
    assert by_x.tolist() == [-1.0, 0.0, -1.0, 1.0]
    assert (by_z.array == -by_x.array).all()
    assert grad(tg.hinge_embedding_loss(x, LABELS, reduction="sum"), x).tolist() == [1.0, -1.0, 1.0, 0.0]
    big = tensor(np.array([-1e4, 1e4]), requires_grad=True)
    y = tg.soft_margin_loss(big, [1, 1], reduction="none")
    assert y.tolist() == [1e4, 0.0] and grad(y.sum(), big).tolist() == [-1.0, 0.0]


def test_the_label_of_one_sample_may_stand_in_a_list():
    x = tensor(np.array([1.0, 2.0, 3.0]))
    for function in (tg.cross_entropy, tg.nll_loss):
        assert function(x, [2], reduction="none").shape == ()
        assert function(x, [2]).item() == function(x, 2).item()


def test_probabilities_without_classes_or_with_weights():
    x, t, w = RNG.standard_normal((4, 3)), RNG.random((4, 3)), np.array([0.5, 2.0, 1.0])
    log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    rows = -(w * (0.8 * t + 0.2 / 3) * log_p).sum(axis=1)
    for reduction, expected in (("none", rows), ("sum", rows.sum()), ("mean", rows.sum() / 4)):
        got = tg.cross_entropy(tensor(x), t, w, reduction=reduction, label_smoothing=0.2)
        assert_close(got.array, expected, 1e-12, reduction)
    assert tg.cross_entropy(tensor(x[0]), t[0], reduction="none").shape == ()

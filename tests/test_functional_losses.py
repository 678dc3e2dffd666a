"""Softmax and losses: stable by row, and their definitions done by hand."""

import numpy as np
import pytest
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, tensor

RNG = np.random.default_rng(3)


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def test_a_row_with_huge_scores_does_not_disturb_others():
    x = leaf([[0.0, 0.0], [1e4, -1e4], [-1e300, -1e300], [700.0, 0.0]])
    expected = np.array([[0.5, 0.5], [1.0, 0.0], [0.5, 0.5], [1.0, 0.0]])
    assert_close(tg.softmax(x, 1).array, expected, 1e-12, "softmax")
    assert_close(
        tg.log_softmax(x, 1).array[:2], np.log([[0.5, 0.5], [1, 1]]) - [[0, 0], [0, 2e4]], 1e-12, "log"
    )
    rows = tg.cross_entropy(x, [0, 0, 1, 0], reduction="none")
    assert_close(rows.array, [np.log(2), 0.0, np.log(2), 0.0], 1e-12, "cross-entropy")
    rows.sum().backward()
    assert_close(x.grad.array, [[-0.5, 0.5], [0, 0], [0.5, -0.5], [0, 0]], 1e-12, "gradient")


def test_scores_of_minus_infinity_are_impossible_classes():
    x = leaf([[0.0, -np.inf, 0.0]])
    assert tg.softmax(x, 1).tolist() == [[0.5, 0.0, 0.5]]
    loss = tg.cross_entropy(x, [2])
    assert abs(loss.item() - np.log(2)) < 1e-12
    assert_close(grad(loss, x).array, [[0.5, 0.0, -0.5]], 1e-12, "gradient")


def plain_cross_entropy(x, labels, weight, smoothing, ignored):
    """Do the sums of the definition, row by row."""
    losses, weights = [], []
    for row, label in zip(x, labels, strict=True):
        log_p = row - np.log(np.exp(row).sum())
        if label == ignored:
            losses.append(0.0)
            continue
        spread = -(weight * log_p).sum() / len(row)
        losses.append((1 - smoothing) * -weight[label] * log_p[label] + smoothing * spread)
        weights.append(weight[label])
    return np.array(losses), sum(weights)


@pytest.mark.parametrize("smoothing", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_cross_entropy_is_its_definition(smoothing, weighted):
    x, labels = RNG.standard_normal((5, 4)), np.array([3, 0, -100, 1, 0])
    weight = np.array([0.5, 2.0, 0.0, 1.5]) if weighted else np.ones(4)
    rows, total = plain_cross_entropy(x, labels, weight, smoothing, -100)
    for reduction, expected in (("none", rows), ("sum", rows.sum()), ("mean", rows.sum() / total)):
        got = tg.cross_entropy(
            leaf(x),
            labels,
            tensor(weight) if weighted else None,
            reduction=reduction,
            label_smoothing=smoothing,
        )
        assert_close(got.array, expected, 1e-12, reduction)


def test_cross_entropy_of_images_is_that_of_their_pixels():
    x, labels = RNG.standard_normal((2, 3, 4, 5)), RNG.integers(0, 3, (2, 4, 5))
    labels[0, 1] = 1
    flat = x.transpose(0, 2, 3, 1).reshape(-1, 3)
    for ignored in (-100, 1):
        rows, total = plain_cross_entropy(flat, labels.reshape(-1), np.ones(3), 0.0, ignored)
        got = tg.cross_entropy(leaf(x), labels, ignore_index=ignored)
        assert_close(got.array, rows.sum() / total, 1e-12, "images")
        none = tg.cross_entropy(leaf(x), labels, ignore_index=ignored, reduction="none")
        assert_close(none.array, rows.reshape(2, 4, 5), 1e-12, "images")


def test_cross_entropy_takes_probabilities_and_differentiates_them():
    x, t = leaf([[1.0, 2.0, 3.0]]), leaf([[0.2, 0.3, 0.5]])
    log_p = np.array([1.0, 2.0, 3.0]) - np.log(np.exp([1.0, 2.0, 3.0]).sum())
    loss = tg.cross_entropy(x, t)
    assert abs(loss.item() + (log_p * [0.2, 0.3, 0.5]).sum()) < 1e-12
    by_x, by_t = grad(loss, (x, t))
    assert_close(by_x.array, [np.exp(log_p) - [0.2, 0.3, 0.5]], 1e-12, "by scores")
    assert_close(by_t.array, [-log_p], 1e-12, "by probabilities")
    one_hot = tg.cross_entropy(x, np.array([[0.0, 0.0, 1.0]]))
    assert abs(one_hot.item() - tg.cross_entropy(x, [2]).item()) < 1e-12


def test_one_sample_without_a_batch():
    x = leaf([1.0, 2.0, 3.0])
    assert tg.cross_entropy(x, 2).shape == tg.nll_loss(x, 2, reduction="none").shape == ()
    assert tg.cross_entropy(x, 2).item() == tg.cross_entropy(x.reshape(1, 3), [2]).item()


def test_nll_of_log_softmax_is_cross_entropy():
    x, labels, weight = (
        leaf(RNG.standard_normal((6, 3))),
        [0, 2, 1, -100, 2, 0],
        tensor(np.array([1.0, 0.5, 3.0])),
    )
    for reduction in ("mean", "sum", "none"):
        a = tg.nll_loss(tg.log_softmax(x, 1), labels, weight, reduction=reduction)
        b = tg.cross_entropy(x, labels, weight, reduction=reduction)
        assert_close(a.array, b.array, 1e-12, reduction)
        ga, gb = grad(a.sum(), x), grad(b.sum(), x)
        assert_close(ga.array, gb.array, 1e-12, reduction)
        assert not ga.array[3].any()


def test_labels_may_be_lists_tensors_or_small_integers():
    x = tensor([[0.0, 0.0]])
    for labels in ([1], np.array([1], np.uint8), tensor([1]), np.array([1.0])):
        assert abs(tg.cross_entropy(x, labels).item() - np.log(2)) < 1e-6


def test_mse_is_the_mean_of_squares():
    x, t = leaf([[1.0, 2.0, 4.0]]), leaf([[0.0, 2.0, 1.0]])
    assert tg.mse_loss(x, t).item() == 10 / 3
    assert tg.mse_loss(x, t, reduction="sum").item() == 10.0
    assert tg.mse_loss(x, t, reduction="none").tolist() == [[1.0, 0.0, 9.0]]
    by_x, by_t = grad(tg.mse_loss(x, t, reduction="sum"), (x, t))
    assert by_x.tolist() == [[2.0, 0.0, 6.0]]
    assert by_t.tolist() == [[-2.0, 0.0, -6.0]]

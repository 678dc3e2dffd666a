"""MixUp and CutMix against their formulas; changes of whole batches in a loader and in training."""

import numpy as np
import pytest

from tinygrad_cnn import cross_entropy, nn, optim
from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, DataError, ShapeError
from tinygrad_cnn.train import fit

X = np.random.default_rng(1).random((6, 2, 8, 10), dtype=np.float32)
Y = np.array([0, 1, 2, 2, 1, 0])


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("seed", range(5))
def test_mixup_is_a_weighted_mean_with_the_sample_before(seed):
    mixed, shares = T.MixUp(3, alpha=0.7)(X, Y, rng(seed))
    share = rng(seed).beta(0.7, 0.7)
    one_hot = np.eye(3)[Y]
    assert (mixed.dtype, shares.dtype, shares.shape) == (np.float32, np.float32, (6, 3))
    for i in range(6):
        np.testing.assert_allclose(mixed[i], share * X[i].astype(float) + (1 - share) * X[i - 1], atol=1e-6)
        np.testing.assert_allclose(shares[i], share * one_hot[i] + (1 - share) * one_hot[i - 1], atol=1e-6)


def test_cutmix_puts_one_rectangle_of_the_sample_before():
    boxes = set()
    for seed in range(200):
        mixed, shares = T.CutMix(3)(X, Y, rng(seed))
        foreign = (mixed != X).all(axis=(0, 1))
        rows, columns = np.nonzero(foreign)
        area = len(rows)
        if area:
            assert area == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            boxes.add((np.ptp(rows) + 1, np.ptp(columns) + 1))
        for i in range(6):
            assert np.array_equal(mixed[i], np.where(foreign, X[i - 1], X[i]))
            own = 1 - area / 80
            np.testing.assert_allclose(
                shares[i], own * np.eye(3)[Y[i]] + (1 - own) * np.eye(3)[Y[i - 1]], atol=1e-6
            )
    assert len(boxes) > 20


def test_the_area_follows_the_share_away_from_the_edges():
    large = np.zeros((2, 1, 100, 100), np.float32)
    large[1] = 1
    within = 0
    for seed in range(300):
        share = rng(seed).beta(1, 1)
        mixed, shares = T.CutMix(2)(large, np.array([0, 1]), rng(seed))
        assert shares[0, 0] >= share - 1e-6 - 0.04  # cutting at an edge leaves more of the own picture
        assert np.isclose(mixed[0].mean(), shares[0, 1], atol=1e-6)
        within += abs(shares[0, 0] - share) < 0.04
    assert within > 60


def test_small_alphas_mostly_leave_one_of_the_two():
    generator = rng()
    shares = [T.MixUp(3, 0.1)(X, Y, generator)[1][1, 1] for _ in range(300)]
    assert np.mean([min(s, 1 - s) < 0.05 for s in shares]) > 0.6


def test_shares_can_be_mixed_again():
    soft = rng(3).dirichlet(np.ones(3), 6)
    _, shares = T.MixUp()(X, soft, rng())
    share = rng().beta(1, 1)
    np.testing.assert_allclose(shares, share * soft + (1 - share) * np.roll(soft, 1, axis=0))
    joined = T.RandomApply([T.MixUp(3), T.CutMix(3)], p=1.0)
    x, y = joined(X, Y, rng())
    assert (x.shape, y.shape) == (X.shape, (6, 3))
    np.testing.assert_allclose(y.sum(axis=1), 1, atol=1e-6)


def test_in_a_loader_threads_and_resuming_change_nothing():
    data = TensorDataset(np.concatenate([X] * 4), np.concatenate([Y] * 4), transform=T.RandomErasing())
    mix = T.RandomChoice([T.MixUp(3), T.CutMix(3)])

    def batches(workers=0, epoch=2, start=0):
        loader = DataLoader(data, 5, shuffle=True, seed=4, num_workers=workers, batch_transform=mix)
        return [(x.numpy().tobytes(), y.numpy().tobytes()) for x, y in loader.iterate(epoch, start)]

    assert batches() == batches(workers=3)
    assert batches(start=3) == batches()[3:]
    assert batches(epoch=1) != batches()
    assert len(set(batches())) == 5


def test_a_batch_without_labels_is_changed_too():
    loader = DataLoader(TensorDataset(X), 3, batch_transform=lambda x, rng: -x)
    assert [np.array_equal(x.numpy(), -X[i : i + 3]) for i, (x,) in zip((0, 3), loader, strict=True)] == [
        True
    ] * 2


@pytest.mark.parametrize("mix", [T.MixUp(3), T.CutMix(3), T.RandomChoice([T.MixUp(3), T.CutMix(3)])])
def test_training_on_mixed_batches(mix):
    generator = np.random.default_rng(0)
    y = np.arange(60) % 3
    x = generator.normal(0, 0.3, (60, 1, 4, 4)).astype(np.float32)
    x[np.arange(60), 0, y] += 1.5  # a bright row says the class
    loader = DataLoader(TensorDataset(x, y), 10, shuffle=True, batch_transform=mix)
    model = nn.Sequential(nn.Flatten(), nn.Linear(16, 3, generator=np.random.default_rng(1)))
    history = fit(model, loader, (x, y), epochs=15, optimizer=optim.Adam(model.parameters(), lr=0.05))
    assert history[-1].train_accuracy is None  # a mixture has no one class
    assert history[-1].val_accuracy > 0.95
    assert history[-1].train_loss > history[-1].val_loss


def test_the_loss_takes_the_shares_as_they_are():
    _, shares = T.MixUp(3)(X, Y, rng())
    scores = np.random.default_rng(2).normal(size=(6, 3)).astype(np.float32)
    rows = np.log(np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    assert np.isclose(cross_entropy(scores, shares).item(), -(shares * rows).sum(axis=1).mean(), atol=1e-6)


@pytest.mark.parametrize("kind", [T.MixUp, T.CutMix])
def test_what_cannot_be_mixed_is_refused(kind):
    name = kind.__name__
    for wrong in (0, 2.0, True, "three"):
        with pytest.raises(ArgumentError, match=rf"{name} expects num_classes as a whole number above 0"):
            kind(wrong)
    for alpha in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ArgumentError, match=rf"{name} expects a finite alpha above 0"):
            kind(3, alpha)
    with pytest.raises(
        ArgumentError, match=rf"{name} needs num_classes to turn labels into shares, as in {name}"
    ):
        kind()(X, Y, rng())
    with pytest.raises(
        DataError, match=rf"{name}: label 2 at position 2 is out of range: there are 2 classes"
    ):
        kind(2)(X, Y, rng())
    with pytest.raises(
        ShapeError, match=r"expects shares of the classes \(N, 4\) as floats; got float64 \(6, 3\)"
    ):
        kind(4)(X, np.eye(3)[Y], rng())
    with pytest.raises(
        ShapeError, match=r"expects labels .*, one a picture; got shape \(5,\) for 6 pictures"
    ):
        kind(3)(X, Y[:5], rng())
    with pytest.raises(ShapeError, match=r"got shape \(6, 8, 10\) for 6 pictures"):
        kind(3)(X, np.zeros((6, 8, 10), int), rng())
    with pytest.raises(ShapeError, match=rf"{name} expects a batch \(N, C, H, W\); got shape \(2, 8, 10\)"):
        kind(3)(X[0], Y[:2], rng())
    with pytest.raises(ArgumentError, match=rf"{name} is random: call it with a generator"):
        kind(3)(X, Y)
    assert repr(kind(3)) == f"{name}(3, alpha=1.0)"


def test_what_a_loader_cannot_call_is_refused():
    data = TensorDataset(X, Y)
    with pytest.raises(
        ArgumentError, match=r"expects batch_transform to be called as .*, as MixUp\(10\) is; got int"
    ):
        DataLoader(data, 2, batch_transform=3)
    with pytest.raises(
        ArgumentError, match=r"a transform is called as transform\(x, y, rng\), with a batch, its la"
    ):
        list(DataLoader(data, 2, batch_transform=lambda x, y: (x, y)))
    with pytest.raises(
        DataError, match=r"batch_transform was given 2 arrays and gave 1; it must give as many"
    ):
        list(DataLoader(data, 2, batch_transform=lambda x, y, rng: x))

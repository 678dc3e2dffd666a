"""Samplers against counting, their repeatability, and class weights against their formula."""

import numpy as np
import pytest

from tinygrad_cnn import cross_entropy, nn, optim
from tinygrad_cnn.data import (
    BalancedSampler,
    DataLoader,
    Sampler,
    TensorDataset,
    WeightedRandomSampler,
    class_weights,
)
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, CheckpointError, DataError, ShapeError
from tinygrad_cnn.train import Callback, fit

LABELS = np.array([0] * 10 + [2] * 3 + [5])


def test_weights_are_probabilities():
    weights = np.array([0, 1, 2, 0, 4, 0.5, 0])
    sampler = WeightedRandomSampler(weights, 60_000)
    found = np.bincount(sampler.indices(3, 1), minlength=7) / 60_000
    np.testing.assert_allclose(found, weights / weights.sum(), atol=0.008)
    assert found[[0, 3, 6]].tolist() == [0, 0, 0]
    assert (len(sampler), sampler.indices(3, 1).dtype) == (60_000, np.int64)


def test_without_replacement_is_drawing_one_by_one():
    weights = np.array([1.0, 0, 3, 6])
    pairs = np.zeros((4, 4))
    sampler = WeightedRandomSampler(weights, 2, replacement=False)
    for epoch in range(6000):
        first, second = sampler.indices(0, epoch)
        pairs[first, second] += 1 / 6000
    for i in range(4):
        for j in range(4):
            expected = 0 if i == j else weights[i] / 10 * weights[j] / (10 - weights[i])
            assert abs(pairs[i, j] - expected) < 0.025
    whole = WeightedRandomSampler(weights, 3, replacement=False).indices(0, 0)
    assert sorted(whole.tolist()) == [0, 2, 3]


def test_balanced_classes_come_equally_often():
    sampler = BalancedSampler(LABELS)
    assert len(sampler) == 30
    for epoch in range(20):
        found = sampler.indices(7, epoch)
        times = np.bincount(found, minlength=14)
        assert np.bincount(LABELS[found]).tolist() == [10, 0, 10, 0, 0, 10]
        assert times[:10].tolist() == [1] * 10
        assert sorted(times[10:13].tolist()) == [3, 3, 4]
        assert times[13] == 10
    assert len({tuple(sampler.indices(7, epoch)) for epoch in range(20)}) == 20
    assert not np.array_equal(sampler.indices(7, 0), sampler.indices(8, 0))
    assert np.array_equal(sampler.indices(7, 0), BalancedSampler(LABELS.tolist()).indices(7, 0))


def test_of_a_large_class_others_are_drawn_in_each_epoch():
    sampler = BalancedSampler(LABELS, per_class=2)
    seen = np.zeros(14, int)
    for epoch in range(50):
        found = sampler.indices(0, epoch)
        assert np.bincount(LABELS[found]).tolist() == [2, 0, 2, 0, 0, 2]
        assert len(set(found[LABELS[found] == 0])) == 2
        seen[found] += 1
    assert seen[:10].min() > 2


@pytest.mark.parametrize("sampler", [BalancedSampler(LABELS), WeightedRandomSampler(1 / (1 + LABELS), 30)])
def test_an_epoch_is_repeatable_and_can_be_resumed(sampler):
    x = np.random.default_rng(0).random((14, 1, 6, 6), dtype=np.float32)
    data = TensorDataset(x, LABELS, transform=T.RandomCrop(4))

    def batches(workers=0, epoch=1, start=0, seed=2):
        loader = DataLoader(data, 4, sampler=sampler, seed=seed, num_workers=workers)
        assert len(loader) == 8
        return [(x.numpy().tobytes(), y.tolist()) for x, y in loader.iterate(epoch, start)]

    assert batches() == batches(workers=3)
    assert batches(start=5) == batches()[5:]
    assert batches(epoch=2) != batches() != batches(seed=3)
    assert sum(len(y) for _, y in batches()) == 30


def test_a_sample_that_comes_again_is_augmented_in_another_way():
    x = np.random.default_rng(0).random((14, 1, 9, 9), dtype=np.float32)
    data = TensorDataset(x, LABELS, transform=T.RandomCrop(3))
    loader = DataLoader(data, 30, sampler=BalancedSampler(LABELS))
    ((pictures, y),) = loader
    only = pictures.numpy()[np.array(y.tolist()) == 5]
    assert len(only) == 10
    assert len({piece.tobytes() for piece in only}) > 5


def test_drop_last_counts_what_is_drawn():
    data = TensorDataset(np.zeros((14, 1), np.float32), LABELS)
    assert len(DataLoader(data, 4, sampler=BalancedSampler(LABELS), drop_last=True)) == 7
    with pytest.raises(DataError, match=r"drop_last leaves no batch: 6 samples do not fill one of 10"):
        DataLoader(data, 10, sampler=BalancedSampler(LABELS, 2), drop_last=True)


class Stop(Callback):
    def on_batch_end(self, run):
        if run.global_step == 10:
            raise KeyboardInterrupt


def trained(out, resume=False, sampler=None, callbacks=()):
    x = np.random.default_rng(0).random((14, 5), dtype=np.float32)
    model = nn.Linear(5, 6, generator=np.random.default_rng(1))
    loader = DataLoader(TensorDataset(x, LABELS), 4, sampler=sampler or BalancedSampler(LABELS), seed=3)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    fit(
        model,
        loader,
        epochs=3,
        optimizer=optimizer,
        out=out,
        resume=resume,
        save_every=1,
        callbacks=callbacks,
    )
    return model.weight.numpy().tobytes()


def test_training_goes_on_where_it_was_stopped(tmp_path):
    whole = trained(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "b", callbacks=[Stop()])
    assert trained(tmp_path / "b", resume=True) == whole


def test_training_does_not_go_on_with_another_sampler(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "b", callbacks=[Stop()])
    for other in (
        BalancedSampler(LABELS, 9),
        BalancedSampler(LABELS[::-1]),
        WeightedRandomSampler(LABELS, 30),
    ):
        with pytest.raises(CheckpointError, match=r"train\.sampler"):
            trained(tmp_path / "b", resume=True, sampler=other)


def test_class_weights_are_the_balanced_ones():
    labels = np.array([0, 0, 0, 1, 2, 2])
    found = class_weights(labels)
    np.testing.assert_allclose(found, [6 / (3 * 3), 6 / 3, 6 / (3 * 2)])
    assert np.isclose(found[labels].mean(), 1)
    scores = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    assert cross_entropy(scores, labels, weight=found).dtype == np.float32


def test_class_weights_that_cannot_be_are_refused():
    with pytest.raises(DataError, match=r"class 1 never occurs among the 3 labels, and has no weight"):
        class_weights([0, 2, 2])
    with pytest.raises(DataError, match=r"class 2 never occurs among the 2 labels"):
        class_weights([0, 1], num_classes=4)
    with pytest.raises(DataError, match=r"label 3 at position 1 is out of range"):
        class_weights([0, 3], num_classes=2)
    with pytest.raises(DataError, match=r"class_weights expects at least one label; got none"):
        class_weights([])
    with pytest.raises(DataError, match=r"class_weights expects labels, one whole number a sample; got None"):
        class_weights(None)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: WeightedRandomSampler([-1, 1], 1),
            r"expects weights \(N,\), finite numbers from 0 up; .*least -1",
        ),
        (lambda: WeightedRandomSampler([[1.0]], 1), r"expects weights \(N,\), .*; got shape \(1, 1\)"),
        (lambda: WeightedRandomSampler([1, float("nan")], 1), r"finite numbers from 0 up"),
        (lambda: WeightedRandomSampler([0, 0], 1), r"expects weights with a finite sum above 0"),
        (lambda: WeightedRandomSampler([], 1), r"expects weights with a finite sum above 0"),
        (lambda: WeightedRandomSampler([1e308] * 3, 1), r"expects weights with a finite sum above 0"),
        (lambda: WeightedRandomSampler([1, 1], 0), r"expects num_samples as a whole number above 0; got 0"),
        (
            lambda: WeightedRandomSampler([1, 0, 1], 3, False),
            r"cannot draw 3 samples without replacement: 2 have",
        ),
        (
            lambda: BalancedSampler([0, 1], 0),
            r"BalancedSampler expects per_class as a whole number above 0; got 0",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_named(make, text):
    with pytest.raises(ArgumentError, match=text):
        make()


class Wrong(Sampler):
    def __init__(self, given, length=3):
        self.given, self.length = given, length

    def __len__(self):
        return self.length

    def indices(self, seed, epoch):
        return self.given


def test_what_a_loader_cannot_use_is_refused():
    data = TensorDataset(np.zeros((4, 1), np.float32))
    with pytest.raises(ArgumentError, match=r"a sampler decides the order itself; leave out shuffle=True"):
        DataLoader(data, 2, True, sampler=Wrong([0, 1, 2]))
    with pytest.raises(
        ArgumentError, match=r"expects a sampler with __len__ and indices.*got list: .*Subset"
    ):
        DataLoader(data, 2, sampler=[0, 1])
    with pytest.raises(DataError, match=r"expects at least one sample; .* draws none"):
        DataLoader(data, 2, sampler=Wrong([], 0))
    for given in ([0, 1], [[0, 1, 2]], [0.0, 1.0, 2.0]):
        with pytest.raises(
            ArgumentError, match=r"a sampler must give 3 whole numbers, as many as its len; Wrong"
        ):
            list(DataLoader(data, 2, sampler=Wrong(given)))
    for given in ([0, 1, 4], [-1, 0, 1]):
        with pytest.raises(
            ArgumentError, match=r"indices from 0 to 3; Wrong gave .*: was it made for another data"
        ):
            list(DataLoader(data, 2, sampler=Wrong(given)))
    with pytest.raises(NotImplementedError, match=r"Sampler defines no __len__"):
        len(Sampler())
    with pytest.raises(NotImplementedError, match=r"Sampler defines no indices\(seed, epoch\)"):
        Sampler().indices(0, 0)
    with pytest.raises((DataError, ShapeError), match=r"labels must have shape \(N,\)"):
        BalancedSampler([[0, 1]])
    with pytest.raises(DataError, match=r"BalancedSampler expects at least one label; got none"):
        BalancedSampler([])

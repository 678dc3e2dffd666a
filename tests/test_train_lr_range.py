"""The learning-rate range test against a loop written out, and that it leaves nothing changed."""

import math

import numpy as np
import pytest
from training import X, Y, network, same, weights

from tinygrad_cnn import default_generator, nn, tensor
from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.errors import ArgumentError, NotFiniteError
from tinygrad_cnn.optim import SGD, Adam
from tinygrad_cnn.train import LRRange, lr_range_test, plots, train_step


def test_it_trains_with_growing_rates_and_notes_every_loss():
    model, other = network(), network()
    sgd = SGD(model.parameters(), lr=0.1, momentum=0.9)
    found = lr_range_test(
        *(model, (X, Y)), optimizer=sgd, start_lr=1e-4, end_lr=1.0, steps=20, smoothing=0.5, batch_size=8
    )
    expected = [1e-4 * 10 ** (4 * i / 19) for i in range(20)]
    np.testing.assert_allclose(found.lrs, expected, rtol=1e-12)
    loader, moved = (
        DataLoader(TensorDataset(X, Y), 8, shuffle=True, seed=0),
        SGD(other.parameters(), momentum=0.9),
    )
    losses: list[float] = []
    for epoch in range(7):
        for x, y in loader.iterate(epoch):
            if len(losses) < 20:
                moved.param_groups[0]["lr"] = found.lrs[len(losses)]
                losses.append(train_step(other, x, y, moved).loss)
    assert found.losses == losses
    means = [sum(v * 0.5 ** (i - j + 1) for j, v in enumerate(losses[: i + 1])) for i in range(20)]
    np.testing.assert_allclose(found.smoothed, [m / (1 - 0.5 ** (i + 1)) for i, m in enumerate(means)])


def test_everything_is_as_before_afterwards():
    model = nn.Sequential(network(), nn.Dropout(0.5))
    model[0].eval()
    adam = Adam(model.parameters(), lr=0.01)
    train_step(model, tensor(X), tensor(Y), adam)
    arrays, grads = [p.array for p in model.parameters()], [p.grad for p in model.parameters()]
    before, state, draws = weights(model), adam.state_dict(), str(default_generator().bit_generator.state)
    loader = DataLoader(TensorDataset(X, Y), 8, shuffle=True)
    lr_range_test(model, loader, optimizer=adam, steps=10)
    assert same(weights(model), before) and loader.epoch == 0
    assert all(p.array is a for p, a in zip(model.parameters(), arrays, strict=True))
    assert all(p.grad is g for p, g in zip(model.parameters(), grads, strict=True))
    assert adam.param_groups[0]["lr"] == 0.01
    assert same(adam.state_dict()["state"][0], state["state"][0])
    assert str(default_generator().bit_generator.state) == draws
    assert [m.training for m in model.children()] == [False, True] and model.training


def test_values_that_were_handed_out_are_put_back_in_place():
    model = network()
    seen = model[0].weight.data
    before = seen.copy()
    lr_range_test(model, (X, Y), steps=5, end_lr=1.0)
    assert np.array_equal(seen, before)


def test_groups_keep_the_ratio_of_their_rates():
    model = network()
    first, *rest = model.parameters()
    sgd = SGD([{"params": [first], "lr": 0.2}, {"params": rest, "lr": 0.1}])
    seen = []

    def loss(scores, y):
        seen.append([group["lr"] for group in sgd.param_groups])
        return nn.CrossEntropyLoss()(scores, y)

    lr_range_test(model, (X, Y), optimizer=sgd, loss=loss, steps=3, start_lr=1e-4, end_lr=1e-2)
    np.testing.assert_allclose(seen, [[1e-4, 5e-5], [1e-3, 5e-4], [1e-2, 5e-3]], rtol=1e-12)


def quadratic(curvature):
    """A model whose loss is curvature * w * w / 2: rates beyond 2 / curvature burst."""

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(np.ones(1))

        def forward(self, x):
            return self.w * x

    return Model().double(), lambda scores, y: (scores * scores).mean() * curvature / 2


def test_it_stops_where_the_loss_bursts_and_suggests_a_rate_before():
    model, loss = quadratic(4.0)
    data = np.ones((8, 1)), np.zeros((8, 1))
    sgd = SGD(model.parameters())
    found = lr_range_test(model, data, optimizer=sgd, loss=loss, start_lr=1e-4, end_lr=100, steps=200)
    assert len(found.losses) < 200 and 0.5 < found.lrs[-1] < 10
    assert 0.001 < found.suggestion < 0.5
    assert model.w.item() == 1.0


def test_a_loss_that_never_falls_suggests_nothing():
    model, loss = quadratic(4.0)
    data = np.ones((8, 1)), np.zeros((8, 1))
    rising = SGD(model.parameters(), maximize=True)
    found = lr_range_test(model, data, optimizer=rising, loss=loss, start_lr=1e-3, end_lr=1.0, steps=20)
    assert found.suggestion is None


def test_a_loss_that_is_not_finite_ends_the_test_or_is_an_error_at_once():
    model, loss = quadratic(1e300)
    data = np.ones((8, 1)), np.zeros((8, 1))
    options = {"optimizer": SGD(model.parameters()), "loss": loss, "start_lr": 1.0, "end_lr": 9.0}
    found = lr_range_test(model, data, **options)
    assert len(found.losses) == 1 and model.w.item() == 1.0
    with pytest.raises(NotFiniteError):
        lr_range_test(model, (data[0] * math.nan, data[1]), **options)
    assert model.w.item() == 1.0


@pytest.mark.skipif(not plots.can_plot(), reason="matplotlib is not installed")
@pytest.mark.parametrize("suggestion", [None, 0.1])
def test_the_plot_is_a_picture(tmp_path, suggestion):
    LRRange([0.01, 0.1, 1.0], [3.0, 1.0, 50.0], [3.0, 2.0, 9.0], suggestion).plot(tmp_path / "range.png")
    assert (tmp_path / "range.png").read_bytes().startswith(b"\x89PNG")


REFUSED = [
    ({"start_lr": 0}, "lr_range_test: expected 0 < start_lr < end_lr, got start_lr 0 and end_lr 10.0"),
    ({"start_lr": 1.0, "end_lr": 0.1}, "got start_lr 1.0 and end_lr 0.1"),
    ({"end_lr": math.inf}, "got start_lr 1e-07 and end_lr inf"),
    ({"steps": 1}, "lr_range_test: steps must be a whole number above 1, got 1"),
    ({"smoothing": 1.0}, "smoothing must be a number >= 0 and below 1, got 1.0"),
    ({"diverge": 1}, "diverge must be a number above 1, got 1"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_be_meant_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        lr_range_test(network(), (X, Y), **options)

"""Training stops for the right reasons, and says which."""

import math

import numpy as np
import pytest
from training import X, Y, network, same, weights

from tinygrad_cnn import nn, optim, tensor
from tinygrad_cnn.data import DataLoader, Dataset, TensorDataset
from tinygrad_cnn.errors import ArgumentError, NotFiniteError
from tinygrad_cnn.train import (
    Callback,
    EarlyStopping,
    Epoch,
    History,
    fit,
    train_step,
)


def losses(*values):
    return [Epoch(i + 1, v, None, v, None, 0.1, 1.0) for i, v in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "patience", "min_delta", "stops_after"),
    [
        ((3, 2, 1), 2, 0, None),
        ((3, 2, 2, 2), 2, 0, 4),
        ((3, 4, 2, 4, 4), 2, 0, 5),
        ((3, 2.9, 2.8), 2, 0.5, 3),
    ],
)
def test_early_stopping_counts_the_epochs_since_the_last_improvement(
    values, patience, min_delta, stops_after
):
    stopping = EarlyStopping(patience, min_delta=min_delta)
    stopped = None
    for n in range(1, len(values) + 1):
        run = FakeRun(History(losses(*values[:n])))
        stopping.on_epoch_end(run)
        if run.reason and stopped is None:
            stopped = n
    assert stopped == stops_after


class FakeRun:
    def __init__(self, history):
        self.history, self.reason = history, None

    def stop(self, reason):
        self.reason = reason


def test_a_run_that_learns_nothing_stops_early():
    model = network()
    sgd = optim.SGD(model.parameters(), lr=0.0)
    history = fit(
        model,
        (X, Y),
        (X, Y),
        epochs=50,
        optimizer=sgd,
        early_stopping=EarlyStopping(3, "train_loss"),
        batch_size=23,
    )
    assert len(history) <= 6
    with pytest.raises(ArgumentError, match="patience must be a whole number of epochs above 0, got 0"):
        fit(model, (X, Y), epochs=1, early_stopping=0)


def test_callbacks_are_told_in_order_and_can_stop_the_run():
    told = []

    class Tell(Callback):
        def on_train_begin(self, run):
            told.append("begin")

        def on_epoch_begin(self, run):
            told.append(f"epoch {run.epoch + 1}")

        def on_batch_end(self, run):
            told.append(f"{run.step}/{run.steps}")

        def on_epoch_end(self, run):
            told.append(f"end {run.history[-1].epoch}")
            if run.history[-1].epoch == 2:
                run.stop("seen enough")

        def on_train_end(self, run):
            told.append(run.stop_reason)

    fit(network(), (X, Y), epochs=9, batch_size=12, callbacks=[Tell()])
    assert told == [
        "begin",
        *["epoch 1", "1/2", "2/2", "end 1"],
        *["epoch 2", "1/2", "2/2", "end 2"],
        "seen enough",
    ]


def test_a_sample_that_holds_nan_is_named_with_epoch_and_step():
    spoilt = X.copy()
    spoilt[17, 0, 2, 3] = np.nan
    order = np.concatenate(DataLoader(TensorDataset(X, Y), 5, shuffle=True).indices(0)).tolist()
    step = order.index(17) // 5 + 1
    model = network()
    message = (
        f"the loss is nan in epoch 1, step {step} of 5; 1 of its . samples, first sample 17; all weights are"
    )
    with pytest.raises(NotFiniteError, match=message):
        fit(model, (spoilt, Y), epochs=3, batch_size=5)


class Named(Dataset):
    targets = Y

    def __len__(self):
        return len(X)

    def load(self, index):
        return (X[index] * np.inf if index in (4, 6) else X[index]), int(Y[index])

    def describe(self, index):
        return f"pictures/{index}.png"


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_sample_that_comes_from_a_file_is_named_by_it():
    with pytest.raises(NotFiniteError, match=r"2 of its 23 samples, first sample . \(pictures/.\.png\)"):
        fit(network(), Named(), epochs=1, batch_size=23)


class Exploding(nn.Module):
    """Gives finite scores until its weight has moved twice, and then infinite ones for some samples."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(np.zeros(3, np.float32))
        self.calls = 0

    def forward(self, x):
        y = x.flatten(1)[:, :3] + self.w
        if self.training:
            self.calls += 1
        if self.calls > 2:
            y = y * tensor(np.where(x.numpy()[:, 0, 0, :1] > 0, np.inf, 1.0).astype(np.float32))
        return y


def test_samples_whose_own_loss_is_bad_are_counted():
    with np.errstate(invalid="ignore"), pytest.raises(NotFiniteError) as caught:
        fit(Exploding(), (X, Y), epochs=3, batch_size=23)
    bad = np.flatnonzero(X[:, 0, 0, 0] > 0)
    order = DataLoader(TensorDataset(X, Y), 23, shuffle=True).indices(2)[0].tolist()
    first = min(bad.tolist(), key=order.index)
    assert f"epoch 3, step 1 of 1; {len(bad)} of its 23 samples, first sample {first};" in str(caught.value)


def test_weights_that_were_spoilt_before_are_named():
    model = network()
    with np.errstate(all="ignore"), pytest.raises(NotFiniteError) as caught:
        fit(model, (X, Y), epochs=3, batch_size=5, callbacks=[Spoil()])
    assert "every one of its 5 samples has such a loss, first sample" in str(caught.value)
    assert "the weights hold NaN or infinity since an earlier step, first in 4.weight" in str(caught.value)


class Spoil(Callback):
    def on_batch_end(self, run):
        if run.step == 2:
            parameter = dict(run.model.named_parameters())["4.weight"]
            parameter.replace(np.full_like(parameter.array, np.nan))


def test_weights_spoilt_by_the_last_step_are_noticed_before_they_are_saved(tmp_path):
    class SpoilLast(Callback):
        def on_epoch_end(self, run):
            if run.epoch == 1:
                run.model.state_dict()
                dict(run.model.named_parameters())["4.bias"].replace(np.full(3, np.inf, np.float32))

    with pytest.raises(
        NotFiniteError, match=r"after epoch 2 the model holds NaN or infinity, first in 4\.bias"
    ):
        fit(network(), (X, Y), epochs=3, batch_size=5, callbacks=[SpoilLast()], out=tmp_path)
    fit(
        network(), (X, Y), epochs=2, batch_size=5, out=tmp_path, resume=True
    )  # from the checkpoint of epoch 1


def test_a_validation_loss_that_is_not_finite_names_the_sample():
    spoilt = X[:9].copy()
    spoilt[6] = np.inf
    with (
        np.errstate(invalid="ignore"),
        pytest.raises(NotFiniteError, match="loss is nan after epoch 1, first for sample 6"),
    ):
        fit(network(), (X, Y), (spoilt, Y[:9]), epochs=1)


def test_a_step_with_a_bad_loss_changes_no_weight():
    model = nn.Linear(2, 2)
    before = weights(model)
    with pytest.raises(
        NotFiniteError, match="this batch is nan because of 1 of the 2 samples, first number 1"
    ):
        train_step(
            model, tensor([[1.0, 2.0], [math.nan, 0.0]]), tensor([0, 1]), optim.SGD(model.parameters())
        )
    assert same(weights(model), before)


@pytest.mark.parametrize("is_handed_out", [False, True])
def test_a_step_with_a_bad_loss_changes_no_running_statistics(is_handed_out):
    model = network()
    if is_handed_out:
        assert model[1].running_mean.data is not None
    sgd = optim.SGD(model.parameters(), lr=0.1)
    train_step(model, tensor(X), tensor(Y), sgd)
    before = weights(model)
    with pytest.raises(NotFiniteError):
        train_step(model, tensor(X * np.float32("nan")), tensor(Y), sgd)
    assert same(weights(model), before)

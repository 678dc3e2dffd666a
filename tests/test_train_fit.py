"""`fit` does what a loop written by hand does, and refuses what cannot be trained on."""

import math

import numpy as np
import pytest
from training import X, Y, network, same, weights, without_seconds

from tinygrad_cnn import cross_entropy, mse_loss, nn, optim
from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.errors import ArgumentError, DataError, NotFiniteError, ShapeError
from tinygrad_cnn.train import (
    Callback,
    Epoch,
    History,
    evaluate,
    fit,
)


def by_hand(model, optimizer, scheduler, epochs):
    """The loop that one would have written oneself."""
    loader = DataLoader(TensorDataset(X, Y), 5, shuffle=True, seed=3)
    losses = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
        scheduler.step()
        losses.append(total / len(X))
    return losses


def test_fit_gives_the_bits_of_a_loop_written_by_hand():
    model, other = network(), network()
    adam = optim.Adam(model.parameters(), lr=0.01)
    losses = by_hand(model, adam, optim.StepLR(adam, 2, 0.5), 4)
    adam = optim.Adam(other.parameters(), lr=0.01)
    schedule = optim.StepLR(adam, 2, 0.5)
    history = fit(
        other, (X, Y), epochs=4, optimizer=adam, scheduler=schedule, batch_size=5, seed=3, restore_best=False
    )
    assert same(weights(model), weights(other))
    assert history.column("train_loss") == pytest.approx(losses, rel=1e-12)
    assert history.column("lr") == [0.01, 0.01, 0.005, 0.005]
    assert history.column("epoch") == [1, 2, 3, 4] and history.column("val_loss") == [None] * 4


def test_two_runs_give_the_same_bits_whatever_the_number_of_workers():
    runs = []
    for workers in (0, 0, 3):
        model = network()
        history = fit(model, (X, Y), (X[:9], Y[:9]), epochs=3, batch_size=4, num_workers=workers)
        runs.append((weights(model), without_seconds(history)))
    assert all(same(run[0], runs[0][0]) and run[1] == runs[0][1] for run in runs)


def test_a_model_in_evaluation_mode_is_trained_in_training_mode():
    models = [network(), network().eval()]
    for model in models:
        fit(model, (X, Y), epochs=1)
    assert same(weights(models[0]), weights(models[1]))
    assert not np.array_equal(models[1][1].running_mean.numpy(), np.zeros(2))


def test_validation_is_measured_with_the_weights_after_the_epoch_and_the_best_are_put_back():
    model, seen = network(), []

    class Look(Callback):
        def on_epoch_end(self, run):
            assert run.model.training
            seen.append((evaluate(run.model, (X[:9], Y[:9])), weights(run.model)))

    history = fit(model, (X, Y), (X[:9], Y[:9]), epochs=6, batch_size=8, callbacks=[Look()])
    assert history.column("val_loss") == pytest.approx([e.loss for e, _ in seen], rel=1e-6)
    assert history.column("val_accuracy") == [e.accuracy for e, _ in seen]
    best = max(range(6), key=lambda i: (history[i].val_accuracy, -history[i].val_loss))
    assert history.best.epoch == best + 1 and same(weights(model), seen[best][1])


def test_every_part_of_a_model_has_its_own_mode_back_after_training():
    for mode in (True, False):
        model = network().train(mode)
        model[1].eval()
        fit(model, (X, Y), (X[:9], Y[:9]), epochs=1)
        assert [part.training for part in model] == [mode, False, mode, mode, mode]
        with pytest.raises(NotFiniteError):
            fit(model, (X * np.float32("nan"), Y), epochs=1)
        assert [part.training for part in model] == [mode, False, mode, mode, mode]


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (lambda x: x, {}, "model must be a Module, got function; derive from nn.Module"),
        (
            network(),
            {"optimizer": "adam"},
            r"optimizer must be an Optimizer or None, got str 'adam'; make one",
        ),
        (
            network(),
            {"callbacks": print},
            r"callbacks must be a list of Callback objects, got builtin_function",
        ),
        (network(), {"callbacks": Callback()}, r"got Callback; derive from Callback, and pass callbacks=\["),
    ],
)
def test_an_argument_of_another_kind_is_refused(model, options, message):
    with pytest.raises(ArgumentError, match=message):
        fit(model, (X, Y), epochs=1, **options)


def test_whole_float_labels_are_counted_like_integers():
    counted = [fit(network(), (X, y), (X[:9], y[:9]), epochs=2) for y in (Y, Y.astype(np.float32))]
    assert without_seconds(counted[0]) == without_seconds(counted[1])
    assert counted[1][-1].val_accuracy is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.5])
def test_a_float_label_that_is_no_class_is_named_by_its_sample(value):
    labels = Y.astype(np.float32)
    labels[17] = value
    with pytest.raises(
        DataError, match=f"label {value} of sample 17 is no class; expected whole numbers 0..2"
    ):
        fit(network(), (X, labels), epochs=1)


def test_without_validation_the_lowest_training_loss_is_best():
    history = fit(network(), (X, Y), epochs=5, optimizer=None, batch_size=8)
    assert history.best.train_loss == min(history.column("train_loss"))


def test_the_monitor_decides_what_is_best():
    rows = [
        Epoch(1, 0.5, 0.9, 0.3, 0.5, 0.1, 1.0),
        Epoch(2, 0.4, 0.8, 0.6, 0.7, 0.1, 1.0),
        Epoch(3, 0.6, 0.9, 0.4, 0.7, 0.1, 1.0),
    ]
    assert History(rows).best.epoch == 3  # the higher accuracy; of equal ones the lower loss
    assert [History(rows, m).best.epoch for m in ("val_loss", "train_loss", "train_accuracy")] == [1, 2, 1]
    assert History().best is None
    with pytest.raises(ArgumentError, match="monitor 'val_loss' is not measured in this run"):
        fit(network(), (X, Y), epochs=1, monitor="val_loss")
    with pytest.raises(ArgumentError, match=r"monitor must be one of val_accuracy, .* got 'speed'"):
        fit(network(), (X, Y), epochs=1, monitor="speed")


def test_one_sample_is_enough():
    model = nn.Sequential(nn.Flatten(), nn.Linear(20, 3))
    history = fit(model, (X[:1], Y[:1]), epochs=2, optimizer=optim.SGD(model.parameters(), lr=0.1))
    assert history[1].train_loss < history[0].train_loss


def test_a_last_batch_of_one_sample_is_trained_on_where_it_has_a_meaning():
    history = fit(
        network(), (X[:9], Y[:9]), epochs=1, batch_size=4
    )  # a channel of one picture has many values
    assert len(history) == 1


def test_batch_normalisation_refuses_a_last_batch_of_one_vector_with_advice():
    model = nn.Sequential(nn.Flatten(), nn.Linear(20, 2), nn.BatchNorm1d(2), nn.Linear(2, 3))
    message = "one value a channel has no variance.* / epoch 1, step 3 of 3 is a batch of one sample: choose"
    with pytest.raises(ShapeError, match=message):
        fit(model, (X[:9], Y[:9]), epochs=1, batch_size=4)
    fit(model, DataLoader(TensorDataset(X[:9], Y[:9]), 4, drop_last=True), epochs=1)


def test_regression_has_no_accuracy():
    model = nn.Linear(4, 2)
    x = X.reshape(23, 20)[:, :4]
    history = fit(model, (x, x[:, :2] * 2), (x, x[:, :2] * 2), epochs=3, loss=mse_loss)
    assert history.column("train_accuracy") == history.column("val_accuracy") == [None] * 3
    assert history[2].val_loss < history[0].val_loss
    assert evaluate(model, (x, x[:, :2]), loss=mse_loss).confusion is None


def test_gradients_are_clipped():
    moved = []
    for limit in (None, 1e-3):
        model = network()
        before = weights(model)
        sgd = optim.SGD(model.parameters(), lr=1.0)
        fit(model, (X, Y), epochs=1, batch_size=23, optimizer=sgd, clip_grad_norm=limit)
        moved.append(
            math.sqrt(sum(((weights(model)[n] - before[n]) ** 2).sum() for n, _ in model.named_parameters()))
        )
    assert moved[1] == pytest.approx(1e-3, rel=1e-2) and moved[0] > 1e-2


def sgd_of_another():
    return optim.SGD(nn.Linear(1, 1).parameters())


REFUSED = [
    (
        {"train": (X, Y + 1)},
        DataError,
        r"label 3 of sample \d+ does not fit the model, which has 3 outputs for labels 0..2; .* 4 outputs",
    ),
    ({"validation": (X, Y - 1)}, DataError, "label -1 of sample .* does not fit the model"),
    ({"train": TensorDataset(X)}, DataError, r"samples must be pairs \(x, label\) here; these have 1 parts"),
    ({"train": (X[:0], Y[:0])}, DataError, "expects at least one sample"),
    ({"train": (X, Y, Y)}, ArgumentError, r"two arrays \(x, y\); got a tuple of 3"),
    ({"train": 5}, ArgumentError, "expected a data set, a DataLoader or two arrays .*; got int"),
    ({"epochs": 0}, ArgumentError, "fit: epochs must be a whole number above 0, got 0"),
    ({"epochs": True}, ArgumentError, "got True"),
    ({"save_every": 0}, ArgumentError, "fit: save_every must be a whole number above 0, got 0"),
    ({"clip_grad_norm": -1}, ArgumentError, "fit: clip_grad_norm must be a number above 0, got -1"),
    (
        {"callbacks": [print]},
        ArgumentError,
        "callbacks must be Callback objects, got builtin_function_or_method",
    ),
    ({"resume": True}, ArgumentError, "resume=True needs out, the folder of the run"),
    ({"optimizer": sgd_of_another()}, ArgumentError, "the optimizer has none of the model's parameters"),
    (
        {"scheduler": optim.StepLR(sgd_of_another(), 1)},
        ArgumentError,
        "the scheduler belongs to another optimizer",
    ),
    (
        {"train": DataLoader(TensorDataset(X, Y), 4), "batch_size": 8},
        ArgumentError,
        "a DataLoader has its own batch_size and num_workers",
    ),
]


@pytest.mark.parametrize(("change", "error", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_what_cannot_be_trained_on_is_refused_before_the_first_step(change, error, message):
    model = network()
    before = weights(model)
    arguments = {"train": (X, Y), "epochs": 1, **change}
    with pytest.raises(error, match=message):
        fit(model, **arguments)
    assert same(weights(model), before)


@pytest.mark.parametrize("labels", [np.where(Y > 0, np.nan, 0.0), Y + 0.5])
def test_labels_that_are_no_whole_numbers_are_refused(labels):
    with pytest.raises(DataError, match=r"is no class; expected whole numbers 0\.\.2"):
        fit(network(), (X, labels), epochs=1)

"""Steps of a run that are recorded: which ones, with what in them, and that training does not notice."""

import numpy as np
import pytest
from training import X, Y, network, same, weights, without_seconds

from tinygrad_cnn import Tensor, nn, optim
from tinygrad_cnn.base.observe import observers
from tinygrad_cnn.errors import ArgumentError, NotFiniteError
from tinygrad_cnn.train import Callback, RecordSteps, fit
from tinygrad_cnn.viz import diff, draw

STEPS = 5  # of an epoch of 23 samples in batches of 5


def train(model, *callbacks, x=X, epochs=3, **options):
    options = {"optimizer": optim.SGD(model.parameters(), lr=0.1), **options}
    return fit(model, (x, Y), epochs=epochs, batch_size=5, callbacks=callbacks, **options)


class Noisy(nn.Module):
    """Draws random numbers in its forward pass, as dropout does."""

    def __init__(self):
        super().__init__()
        self.net = network()
        self.drop = nn.Dropout(0.3)

    def forward(self, x):
        return self.net(self.drop(x))


@pytest.mark.parametrize("make", [network, Noisy])
def test_recording_every_step_changes_no_bit_of_training(make):
    plain = make()
    expected = train(plain)
    recorded = make()
    r = RecordSteps(range(99), keep_last=2)
    history = train(recorded, r)
    assert list(r.recordings) == list(range(3 * STEPS))
    assert without_seconds(history) == without_seconds(expected)
    assert same(weights(recorded), weights(plain))
    assert not observers


def test_steps_are_counted_over_all_epochs_and_the_latest_are_kept_beside_them():
    r = RecordSteps([0, 7, 99], keep_last=2)
    train(network(), r)
    assert list(r.recordings) == [0, 7, 13, 14]
    assert len(r) == 4 and list(r) == list(r.recordings.values())
    assert r[-1] is r[14] is r.recordings[14] and r[-4] is r[0] and r[7] is r.recordings[7]
    assert [recording.graph.facts[1] for recording in r] == ["step 0", "step 7", "step 13", "step 14"]
    with pytest.raises(ArgumentError, match=r"^step 99 was not recorded; recorded steps: 0, 7, 13, 14$"):
        r[99]
    with pytest.raises(ArgumentError, match=r"^step -5 was not recorded; recorded steps: 0, 7, 13, 14$"):
        r[-5]
    with pytest.raises(ArgumentError, match=r"^step 0 was not recorded; recorded steps: none$"):
        RecordSteps([0])[0]


def test_a_recorded_step_is_the_whole_step():
    seen = []

    class Look(Callback):
        def on_batch_end(self, run):
            if run.global_step == 3:  # the step that is over is number 2
                seen.append({name: p.grad.numpy() for name, p in run.model.named_parameters()})

    r, model = RecordSteps([2]), network()
    train(model, r, Look())
    graph = r[2].graph
    for name, g in seen[0].items():
        item = graph.items[name]
        assert item.gradient.norm == pytest.approx(np.linalg.norm(g), rel=1e-5)
    assert graph.items["4.weight"].update > 0
    assert graph.items[graph.root].turn == 0
    assert graph.items["input"].shape == (5, 1, 5, 4)
    assert graph.facts[0].startswith("loss ")
    assert draw(r[2]).svg.startswith("<svg")


def test_two_steps_can_be_compared():
    r = RecordSteps([0, 14])
    train(network(), r)
    difference = diff(r[0], r[14])
    assert difference and difference.only_before == difference.only_after == ()
    found = {row.id: row for row in difference.rows}
    assert found["4.weight"].value_ratio != 1


def test_only_the_steps_that_are_asked_for_are_watched():
    watched = []

    class Look(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = network()

        def forward(self, x):
            if self.training:
                watched.append(len(observers))
            return self.net(x)

    train(Look(), RecordSteps([1, 4]), epochs=1)
    assert watched == [0, 1, 0, 0, 1]


class Spoil(Callback):
    """Makes a weight infinite after a step: the loss of the next one is NaN."""

    def on_batch_end(self, run):
        if run.global_step == 7:
            p = dict(run.model.named_parameters())["4.weight"]
            p.replace(np.full_like(p.array, np.inf))


def test_the_last_good_and_the_first_bad_step_are_there_after_an_error_and_name_the_first_nan():
    r = RecordSteps(keep_last=2)
    with np.errstate(all="ignore"), pytest.raises(NotFiniteError, match="the loss is nan in epoch 2, step 3"):
        train(network(), Spoil(), r)
    assert not observers
    assert list(r.recordings) == [6, 7]
    good, bad = r[-2].graph, r[-1].graph
    assert good.items[good.root].turn == 0
    assert bad.notes == ("the loss is nan, so this step ended before its backward pass",)
    assert bad.facts[:2] == ("loss is not finite", "step 7")
    assert list(bad.items) == list(good.items)  # the search for the bad samples is no part of the step
    assert bad.root == good.root
    assert diff(r[-2], r[-1]).conclusion == (
        "the first Inf appears in the parameter 4.weight, in the forward pass"
    )


def test_a_batch_whose_own_numbers_are_bad_is_seen_as_the_input():
    spoilt = X.copy()
    spoilt[:, 0, 2, 2] = np.nan
    r = RecordSteps(keep_last=1)
    with pytest.raises(NotFiniteError):
        train(network(), r, x=spoilt)
    assert r[0].graph.items["input"].value.nans == 5


def test_a_step_that_fails_is_recorded_up_to_there_and_the_error_stays():
    class Fails(nn.Module):
        def __init__(self):
            super().__init__()
            self.net, self.calls = network(), 0

        def forward(self, x):
            self.calls += self.training
            if self.calls == 2:
                raise RuntimeError("out of ideas")
            return self.net(x)

    r = RecordSteps(keep_last=3)
    with pytest.raises(RuntimeError, match=r"^out of ideas$"):
        train(Fails(), r)
    assert not observers
    assert list(r.recordings) == [0, 1]
    assert "RuntimeError: out of ideas" in r[1].graph.items[r[1].graph.root].failed


def test_a_new_run_forgets_the_old_one_and_a_resumed_one_goes_on(tmp_path):
    r = RecordSteps([1], keep_last=1)
    train(network(), r, epochs=1, out=tmp_path)
    assert list(r.recordings) == [1, 4]
    train(network(), r, epochs=2, out=tmp_path, resume=True)
    assert list(r.recordings) == [1, 9]
    fit(network(), (X, Y), epochs=1, callbacks=[r])
    assert list(r.recordings) == [0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"RecordSteps has nothing to record: give steps=\[0, 500\], or keep_last=2"),
        ({"steps": "last"}, r"RecordSteps expects steps as numbers from 0 up, as in \[0, 500\], got 'last'"),
        ({"steps": [0, -1]}, r"RecordSteps expects steps as numbers from 0 up, .* got \[0, -1\]"),
        ({"steps": [True]}, r"RecordSteps expects steps as numbers from 0 up, .* got \[True\]"),
        ({"steps": 5}, r"RecordSteps expects steps as numbers from 0 up, .* got 5"),
        ({"keep_last": -1}, "keep_last must be a whole number of steps from 0 up, got -1"),
        ({"keep_last": 1.5}, "keep_last must be a whole number of steps from 0 up, got 1.5"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, message):
    with pytest.raises(ArgumentError, match=f"^{message}$"):
        RecordSteps(**options)


def test_contexts_of_callbacks_are_around_each_step_and_left_also_after_an_error():
    told = []

    class Around(Callback):
        def __init__(self, name):
            self.name = name

        def around_step(self, run):
            return self if run.step == 0 else None

        def __enter__(self):
            told.append(f"{self.name} in")

        def __exit__(self, kind, *_):
            told.append(f"{self.name} out {kind.__name__ if kind else ''}".strip())

    train(network(), Around("a"), Around("b"), epochs=1)
    assert told == ["a in", "b in", "b out", "a out"]
    told.clear()
    with pytest.raises(NotFiniteError):
        train(network(), Around("a"), x=X * np.float32("nan"))
    assert told == ["a in", "a out LossNotFiniteError"]
    told.clear()

    class Wrong(Callback):
        def around_step(self, run):
            raise RuntimeError("no context")

    with pytest.raises(RuntimeError, match="no context"):
        train(network(), Around("a"), Wrong())
    assert told == ["a in", "a out RuntimeError"]


def test_a_loss_of_the_users_own_is_recorded_as_it_is():
    def half(scores, y):
        return ((scores - 1.0) ** 2).mean() * 0.5

    r = RecordSteps([0])
    fit(network(), (X, Tensor(Y.astype(np.float32))), epochs=1, callbacks=[r], loss=half)
    assert r[0].graph.items[r[0].graph.root].name == "mul"

"""A run that is stopped at any moment and resumed ends with the bits of one that was not."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from training import X, Y, network, same, state_of, weights, without_seconds
from training_program import EndAt, train

import tinygrad_cnn
from tinygrad_cnn import nn, optim
from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.io import load, load_metadata
from tinygrad_cnn.train import BEST, LAST, Callback, TrainingInterrupted, fit, train_step

PROGRAM = Path(__file__).with_name("training_program.py")
ROOT = str(Path(tinygrad_cnn.__file__).parent.parent)
posix_only = pytest.mark.skipif(os.name != "posix", reason="kill -9 exists on POSIX systems only")


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """A run from start to end: its folder, weights and history."""
    out = tmp_path_factory.mktemp("straight")
    model, history = train(out)
    return out, weights(model), without_seconds(history)


def equal_runs(out, other):
    (arrays, state), (arrays_there, state_there) = state_of(out), state_of(other)
    return (
        same(arrays, arrays_there)
        and state == state_there
        and (out / BEST).read_bytes() == (other / BEST).read_bytes()
    )


def start(out, how, at):
    environment = {**os.environ, "PYTHONPATH": ROOT}
    return subprocess.run(
        [sys.executable, str(PROGRAM), str(out), how, str(at)],
        capture_output=True,
        text=True,
        env=environment,
    )


@posix_only
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bits(tmp_path, straight):
    for how, at in (
        ("save", 1),
        ("kill", 3),
        ("save", 5),
        ("kill", 1),
        ("kill", 6),
        ("save", 2),
        ("kill", 9),
    ):
        done = start(tmp_path / "run", how, at)
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert 0 < state_of(tmp_path / "run")[1]["epoch"] < 4
    model, history = train(tmp_path / "run")
    assert same(weights(model), straight[1]) and without_seconds(history) == straight[2]
    assert equal_runs(tmp_path / "run", straight[0])
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == sorted([LAST, BEST, "history.csv"])


@posix_only
def test_ctrl_c_ends_a_program_after_its_step_and_says_how_to_go_on(tmp_path):
    done = start(tmp_path / "run", "interrupt", 3)
    assert done.returncode != 0
    assert (
        f"training was stopped after step 3 of 6 in epoch 1; everything is saved in {tmp_path / 'run'}"
        in done.stderr
    )
    assert "go on with the same call and resume=True" in done.stderr
    assert state_of(tmp_path / "run")[1]["step"] == 3


@pytest.mark.parametrize("at", [1, 5, 6, 13])
def test_a_run_stopped_by_ctrl_c_goes_on_with_the_same_bits(tmp_path, straight, at):
    with pytest.raises(TrainingInterrupted) as caught:
        train(tmp_path, "interrupt", at)
    stopped = caught.value
    assert ((stopped.epoch - 1) * 6 + stopped.step, stopped.steps, stopped.out) == (at, 6, str(tmp_path))
    assert len(stopped.history) == (at - 1) // 6
    model, history = train(tmp_path)
    assert same(weights(model), straight[1]) and without_seconds(history) == straight[2]
    assert equal_runs(tmp_path, straight[0])


def test_without_a_folder_ctrl_c_says_that_nothing_was_saved():
    with pytest.raises(
        KeyboardInterrupt, match="step 2 of 6 in epoch 1; nothing was saved, because out was not given"
    ):
        train(None, "interrupt", 2)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_stops_at_once_and_the_last_checkpoint_stays(tmp_path):
    class Twice(Callback):
        def on_batch_end(self, run):
            if run.step == 5:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)
                raise AssertionError("went on after the second one")

    with pytest.raises(KeyboardInterrupt) as caught:
        train(tmp_path, callbacks=[Twice()])
    assert type(caught.value) is KeyboardInterrupt
    assert state_of(tmp_path)[1]["step"] == 4  # saved every second step


def test_ctrl_c_in_the_last_step_of_all_lets_the_run_end(tmp_path):
    class Late(Callback):
        def on_epoch_end(self, run):
            if run.epoch == 3:
                signal.raise_signal(signal.SIGINT)

    assert len(train(tmp_path, callbacks=[Late()])[1]) == 4


def test_ctrl_c_between_two_epochs_is_the_end_of_the_first(tmp_path, straight):
    class Between(Callback):
        def on_epoch_end(self, run):
            if run.epoch == 1:
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(TrainingInterrupted, match="after step 6 of 6 in epoch 2"):
        train(tmp_path, callbacks=[Between()])
    model, _ = train(tmp_path)
    assert same(weights(model), straight[1])


def test_outside_of_the_main_thread_training_works_without_handlers():
    found = []
    thread = threading.Thread(target=lambda: found.append(train(None, epochs=1)))
    thread.start()
    thread.join()
    assert len(found[0][1]) == 1


def test_more_epochs_continue_a_finished_run(tmp_path, straight):
    train(tmp_path, epochs=2)
    assert len(train(tmp_path, epochs=2)[1]) == 2  # nothing left to do
    model, history = train(tmp_path, epochs=4)
    assert same(weights(model), straight[1]) and without_seconds(history) == straight[2]


def test_the_best_weights_are_a_file_that_any_model_of_the_kind_can_load(straight):
    out, expected, history = straight
    assert same(load(out / BEST), expected)
    best = max(history, key=lambda row: (row["val_accuracy"], -row["val_loss"]))
    assert load_metadata(out / BEST) == {"epoch": str(best["epoch"])}
    assert len((out / "history.csv").read_text().splitlines()) == 5


def test_the_best_weights_of_before_a_resumption_are_put_back(tmp_path):
    class Worsen(Callback):
        def on_batch_end(self, run):
            for parameter in run.model.parameters():
                parameter.replace(np.zeros_like(parameter.array))

    train(tmp_path, epochs=2)
    expected = load(tmp_path / BEST)
    model, history = train(tmp_path, epochs=3, callbacks=[Worsen()])
    assert history.best.epoch < 3 and same(weights(model), expected)


def test_a_resumed_model_keeps_the_memory_order_of_its_weights(tmp_path):
    def turned():
        model = nn.Linear(3, 2)
        model.weight.replace(np.asfortranarray(model.weight.array))
        return model

    data = np.eye(3, dtype=np.float32), np.array([0, 1, 1])
    fit(turned(), data, epochs=1, out=tmp_path)
    model = turned()
    fit(model, data, epochs=2, out=tmp_path, resume=True, restore_best=False)
    assert model.weight.array.flags.f_contiguous and not model.weight.array.flags.c_contiguous


def test_a_loader_that_was_used_before_goes_on_with_its_next_epoch(tmp_path):
    def loader():
        return DataLoader(TensorDataset(X, Y), 4, shuffle=True)

    used = loader()
    used.set_epoch(3)
    model, other = network(), network()
    fit(model, used, epochs=2, restore_best=False)
    assert used.epoch == 5
    moved = optim.Adam(other.parameters())
    for epoch in (3, 4):
        for x, y in loader().iterate(epoch):
            train_step(other, x, y, moved)
    assert same(weights(model), weights(other))
    model, other = network(), network()
    with pytest.raises(TrainingInterrupted):
        fit(model, used, epochs=2, out=tmp_path / "b", callbacks=[EndAt(signal.SIGINT, 3)])
    fit(other, loader(), epochs=2, out=tmp_path / "b", resume=True, restore_best=False)
    straight = network()
    used.set_epoch(5)
    fit(straight, used, epochs=2, restore_best=False)
    assert same(weights(other), weights(straight))


def test_a_loader_and_an_optimizer_that_were_used_before_go_on_from_there(tmp_path):
    model = nn.Linear(2, 2)
    sgd = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    data = DataLoader(TensorDataset(np.eye(2, dtype=np.float32), np.arange(2)), shuffle=True)
    with pytest.raises(TrainingInterrupted):
        run = {"epochs": 5, "optimizer": sgd, "scheduler": optim.StepLR(sgd, 1, 0.5), "out": tmp_path}
        fit(model, data, callbacks=[EndAt(signal.SIGINT, 7)], **run)
    history = fit(model, data, resume=True, **run)  # the same objects, in the same program
    assert history.column("lr") == [0.1 * 0.5**i for i in range(5)] and data.epoch == 5

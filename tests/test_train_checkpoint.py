"""A run's folder: what is not overwritten, what is not resumed, and what is refused."""

import os

import numpy as np
import pytest
from training import network, same, state_of, weights
from training_program import train

from tinygrad_cnn import default_generator, nn, optim
from tinygrad_cnn.errors import ArgumentError, CheckpointError, MissingPathError
from tinygrad_cnn.io import SaveError, dumps, load, load_with_metadata, loads, save
from tinygrad_cnn.train import BEST, LAST, Run, fit
from tinygrad_cnn.train.checkpoint import Keeper


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The weights of a run from start to end."""
    return weights(train(tmp_path_factory.mktemp("straight"))[0])


def test_a_run_is_not_overwritten_and_what_is_not_there_is_not_resumed(tmp_path):
    train(tmp_path / "run", epochs=1)
    model, data = nn.Linear(2, 2), (np.eye(2, dtype=np.float32), np.arange(2))
    with pytest.raises(
        ArgumentError, match="run already holds a run; pass resume=True to go on with it, or another"
    ):
        fit(model, data, epochs=1, out=tmp_path / "run")
    with pytest.raises(
        MissingPathError, match=r"there is no run in .*none to resume: it has no last\.safetensors"
    ):
        fit(model, data, epochs=1, out=tmp_path / "none", resume=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ArgumentError, match=r"out must be a folder that can be written to; .*file: File exists"
    ):
        fit(model, data, epochs=1, out=tmp_path / "file")


def test_a_run_is_not_resumed_with_other_settings(tmp_path):
    train(tmp_path, epochs=1)
    before = (tmp_path / LAST).read_bytes()
    message = "clip_grad_norm is 1.0 here and None there; train.batch_size is 5 here and 4 there; "
    with pytest.raises(CheckpointError, match=message):
        train(tmp_path, epochs=2, batch_size=5, clip_grad_norm=1.0)
    with pytest.raises(CheckpointError, match="scheduler is None here and CosineAnnealingLR there"):
        train(tmp_path, epochs=2, scheduler=None)
    assert (tmp_path / LAST).read_bytes() == before


def test_a_damaged_checkpoint_is_refused(tmp_path):
    train(tmp_path, epochs=1)
    content = bytearray((tmp_path / LAST).read_bytes())
    content[-5] ^= 1
    (tmp_path / LAST).write_bytes(content)
    with pytest.raises(
        CheckpointError, match=r"last\.safetensors is damaged: its content does not fit its checksum"
    ):
        train(tmp_path, epochs=2)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "holds weights, but no run to resume; load its weights with load"),
        ({"tinygrad_cnn.run": "{"}, "is damaged: this is no strict JSON"),
        ({"tinygrad_cnn.run": "[]"}, "was written by another version"),
        ({"tinygrad_cnn.run": '{"version": 99}'}, "was written by another version"),
        ({"tinygrad_cnn.run": '{"version": 1}'}, "is incomplete: it has no 'settings'"),
    ],
)
def test_a_file_that_holds_no_run_is_refused(tmp_path, metadata, message):
    save(tmp_path / LAST, {"w": np.ones(2)}, metadata)
    with pytest.raises(CheckpointError, match=message):
        train(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epoch", "5"),
        ("epoch", -3),
        ("epoch", True),
        ("epoch", 7),
        ("step", 1_000_000),
        ("first_epoch", -1),
        ("totals", {"zz": 1}),
        ("totals", {"loss": 0.0, "correct": -1, "samples": 0, "seconds": 0.0}),
        ("settings", 3),
        ("history", [{"epoch": 1}]),
        ("param_groups", 3),
        ("param_groups", [3]),
        ("optimizer", {"x": 1}),
        ("optimizer", {"0.step": "1"}),
        ("optimizer", {"99.step": 1}),
        ("scheduler", 1),
        ("random", 4),
        ("random", {"": 4}),
        ("random", {"": {"bit_generator": "PCG64", "state": {"state": -1}}}),
        ("random", {"x": {}}),
    ],
)
def test_a_crafted_state_is_refused_before_anything_is_changed(tmp_path, name, value):
    train(tmp_path, epochs=1)
    arrays, metadata = load_with_metadata(tmp_path / LAST)
    state = loads(metadata["tinygrad_cnn.run"])
    save(tmp_path / LAST, arrays, {"tinygrad_cnn.run": dumps({**state, name: value})})
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    run = Run(model, optimizer, None, None, [None] * 3, None, 1)
    before, random_before = weights(model), str(default_generator().bit_generator.state)
    keeper = Keeper(tmp_path, state["settings"])
    with pytest.raises(CheckpointError):
        keeper.begin(run, resume=True)
    assert same(weights(model), before)
    assert str(default_generator().bit_generator.state) == random_before
    assert (run.epoch, run.step, len(run.history), optimizer.state) == (0, 0, 0, {})


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"x" * 99), lambda path: path.unlink()])
def test_lost_best_weights_do_not_stop_a_run_from_going_on(tmp_path, damage):
    train(tmp_path, epochs=1)
    damage(tmp_path / BEST)
    with pytest.warns(
        UserWarning, match=r"best weights so far are lost \(.*those of epoch 1 take their place"
    ):
        train(tmp_path, epochs=2)
    assert load(tmp_path / BEST)


def test_a_full_disk_in_the_middle_of_a_run_keeps_the_checkpoint_before(tmp_path, monkeypatch, straight):
    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) > 14:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        SaveError, match="No space left on device; the file that was there before is unchanged"
    ):
        train(tmp_path)
    assert state_of(tmp_path)[1]["epoch"] == 1
    monkeypatch.undo()
    model, _ = train(tmp_path)
    assert same(weights(model), straight)


def test_a_tied_parameter_is_saved_once_and_comes_back_tied(tmp_path):
    def tied():
        net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        net[1].weight = net[0].weight
        return net

    data = (np.eye(2, dtype=np.float32), [0, 1])
    straight, stopped = tied(), tied()
    stopped.load_state_dict(straight.state_dict())
    fit(straight, data, epochs=2, out=tmp_path / "a", restore_best=False)
    fit(stopped, data, epochs=1, out=tmp_path / "b", restore_best=False)
    fit(stopped, data, epochs=2, out=tmp_path / "b", resume=True, restore_best=False)
    assert sorted(load(tmp_path / "a" / "best.safetensors")) == ["0.bias", "0.weight", "1.bias"]
    assert "model.1.weight" not in load(tmp_path / "a" / "last.safetensors")
    assert stopped[1].weight is stopped[0].weight
    np.testing.assert_array_equal(stopped[1].weight, straight[1].weight)

"""Runs and code that do not fit: each is one line that says what to do, and nothing saved is lost."""

import json

import pytest
from commands import FAST, fail, make_idx, make_pictures, succeed

from tinygrad_cnn import nn
from tinygrad_cnn.cli import main
from tinygrad_cnn.io import save


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tinygrad_cnn.cli.report.can_plot", lambda: False)
    make_pictures(tmp_path / "photos")
    return tmp_path


@pytest.fixture
def trained(here, capsys):
    succeed(capsys, "train", "photos", *FAST, "--out", "run")
    return here / "run"


OWN = """
from tinygrad_cnn import nn
from tinygrad_cnn.cli import main

text = "no function"

def numbers():
    return [1, 2]

def broken(num_classes):
    return nn.Linear(num_classes, {}["x"])

def three():
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 3))

def flat():
    return nn.Linear(9, 2)
"""


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("make", "own.py defines no function 'make' for --model own.py:make"),
        ("text", "own.py defines no function 'text' for --model own.py:text"),
        ("numbers", "own.py:numbers must give a Module, such as nn.Sequential(...); got list"),
        ("broken", "calling own.py:broken raised KeyError: 'x'; --debug shows where"),
        (
            "three",
            "own.py:three must give one score a class: for 2 pictures and 2 classes (2, 2); got (2, 3)",
        ),
    ],
)
def test_a_function_of_the_users_own_that_does_not_fit(here, capsys, function, message):
    (here / "own.py").write_text(OWN)
    assert fail(capsys, "train", "photos", *FAST, "--model", f"own.py:{function}") == message


def test_code_of_the_users_own_that_does_not_run_or_fit(here, capsys):
    (here / "own.py").write_text(OWN)
    assert fail(capsys, "train", "photos", *FAST, "--model", "own.py:flat").startswith("linear expects ")
    (here / "own.py").write_text("x = 1 / 0")
    assert fail(capsys, "train", "photos", *FAST, "--model", "own.py:make") == (
        "running own.py raised ZeroDivisionError: division by zero; --debug shows where"
    )
    (here / "own.txt").write_text(OWN)
    assert fail(capsys, "train", "photos", *FAST, "--model", "own.txt:three") == (
        "own.txt is no Python file; its name must end in .py"
    )


def test_a_run_is_never_overwritten(here, capsys, trained):
    before = (trained / "best.safetensors").read_bytes()
    assert fail(capsys, "train", "photos", *FAST, "--out", "run") == (
        "run is there already and not empty; choose another folder, or go on with --resume run"
    )
    assert (trained / "best.safetensors").read_bytes() == before


def test_a_resumed_run_keeps_its_settings(here, capsys, trained):
    assert fail(capsys, "train", "--resume", "run", "--lr", "1", "--batch-size", "2") == (
        "--resume goes on with the settings of the run; leave out --batch-size, --lr, or start a new run"
    )
    assert fail(capsys, "train", "--resume", "run", "--model", "lenet5") == (
        "this run's model is seed, not lenet5; leave --model out"
    )
    assert fail(capsys, "train", "--resume", "run", "--epochs", "1") == (
        "run has had 2 epochs, more than 1; add --epochs 4 to go on"
    )
    make_pictures(here / "other", classes=("green", "red"))
    assert fail(capsys, "train", "other", "--resume", "run", "--epochs", "3").endswith(
        "other holds the classes green, red, and the run was started with blue, red; "
        "give the folder that it was started with"
    )
    (here / "photos/red/2.png").unlink()
    assert "run/last.safetensors cannot be resumed with other settings" in fail(
        capsys, "train", "--resume", "run", "--epochs", "3"
    )


def test_a_run_whose_files_are_missing_damaged_or_of_another_model(here, capsys, trained):
    use = ("evaluate", "photos", "--run", "run")
    save(trained / "best.safetensors", nn.Linear(3, 2))
    assert fail(capsys, *use).startswith(
        "the state does not fit Sequential, and nothing was loaded; missing in"
    )
    (trained / "best.safetensors").write_bytes(b"no weights at all")
    assert fail(capsys, *use).startswith("run/best.safetensors ")
    (trained / "best.safetensors").unlink()
    assert fail(capsys, *use) == (
        "run holds no best.safetensors: it was stopped before the end of its first epoch; "
        "go on with `tinygrad-cnn train --resume run`"
    )
    (trained / "last.safetensors").write_bytes(b"no weights at all")
    assert fail(capsys, "train", "--resume", "run").startswith("run/last.safetensors ")
    (trained / "last.safetensors").unlink()
    assert fail(capsys, "train", "--resume", "run") == (
        "run holds no last.safetensors to go on from; start a new run"
    )


def test_pictures_of_a_class_that_the_run_does_not_know(here, capsys, trained):
    make_pictures(here / "more", classes=("blue", "green"))
    assert fail(capsys, "evaluate", "more", "--run", "run") == (
        "more holds the class 'green', which the run has not learnt; it knows blue, red"
    )
    make_idx(here / "digits")
    assert fail(capsys, "evaluate", "digits", "--run", "run") == (
        "the model takes pictures (C, H, W) = (3, 6, 8); those of digits are (1, 6, 8)"
    )


def test_a_model_from_a_settings_file_is_never_executed(here, capsys, trained):
    (here / "evil.py").write_text("from pathlib import Path\nPath('executed').touch()\ndef make(): pass\n")
    settings = json.loads((trained / "settings.json").read_text())
    (trained / "settings.json").write_text(json.dumps({**settings, "model": "evil.py:make"}))
    for argv in (
        ("predict", "photos/red/0.png", "--run", "run"),
        ("evaluate", "photos", "--run", "run"),
        ("summary", "--run", "run"),
        ("train", "--resume", "run", "--epochs", "9"),
    ):
        assert fail(capsys, *argv).endswith("which runs only if you say so: add --model evil.py:make")
    assert not (here / "executed").exists()


def test_a_full_disk_is_one_line_and_what_was_saved_stays(here, capsys, monkeypatch, trained):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = (trained / "best.safetensors").read_bytes()
    monkeypatch.setattr("tinygrad_cnn.io.files.os.fsync", full)
    message = fail(capsys, "train", "--resume", "run", "--epochs", "3")
    assert message.startswith("could not save run")
    assert "No space left on device; the file that was there before is unchanged" in message
    assert (trained / "best.safetensors").read_bytes() == before


def test_a_refused_resumption_leaves_every_file_as_it_was(here, capsys, trained):
    make_pictures(here / "other", count=5)
    before = {path.name: path.read_bytes() for path in trained.iterdir()}
    message = fail(capsys, "train", "--resume", "run", "other", "--epochs", "9")
    assert "train.samples is 10 here and 6 there" in message
    assert {path.name: path.read_bytes() for path in trained.iterdir()} == before
    succeed(capsys, "train", "--resume", "run", "photos", "--epochs", "3")
    assert json.loads((trained / "settings.json").read_text())["epochs"] == 3


def test_damaged_best_weights_are_a_notice_when_a_run_goes_on(here, capsys, trained):
    (trained / "best.safetensors").write_bytes(b"damaged")
    assert main(["train", "--resume", "run", "--epochs", "3"]) == 0
    assert "notice: the best weights so far are lost" in capsys.readouterr().err
    succeed(capsys, "predict", "photos/red/0.png", "--run", "run")

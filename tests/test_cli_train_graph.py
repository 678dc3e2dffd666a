"""The pictures that `train` leaves in a run: real gradients, the same bytes again, never in the way."""

import hashlib
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from commands import FAST, make_idx, make_pictures, start, succeed

from tinygrad_cnn import draw, nn
from tinygrad_cnn.cli import drawing, main
from tinygrad_cnn.io import load
from tinygrad_cnn.viz import Picture


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tinygrad_cnn.cli.report.can_plot", lambda: False)
    make_pictures(tmp_path / "photos")
    return tmp_path


OWN = """
from tinygrad_cnn import nn

def make(num_classes, input_shape):
    c, h, w = input_shape
    layers = [nn.Conv2d(c, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(3 * h * w, num_classes))
"""


def test_train_leaves_a_picture_and_a_page_of_one_step_of_the_best_weights(here, capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "tinygrad_cnn.cli.drawing.draw", lambda *a, **k: seen.append(draw(*a, **k)) or seen[-1]
    )
    printed = succeed(capsys, "train", "photos", *FAST, "--out", "run")
    lines = printed.splitlines()
    assert lines[-3:-1] == [
        "graph  run/graph.svg   (forward and backward pass, with real gradients)",
        "graph  run/graph.html  (the same, to step through)",
    ]
    ET.fromstring((here / "run/graph.svg").read_bytes())
    assert (here / "run/graph.html").read_text("utf-8").lower().startswith("<!doctype html>")
    graph = seen[-1].graph
    model = nn.models.seed_cnn(2, (3, 6, 8))
    model.load_state_dict(load(here / "run/best.safetensors"))
    for name, p in model.named_parameters():
        assert graph.items[name].value.rms == pytest.approx(float(np.sqrt(np.mean(p.numpy() ** 2))), rel=1e-5)
        assert graph.items[name].gradient.rms > 0
    assert graph.items["pictures"].shape == (2, 3, 6, 8)
    assert graph.items["pictures"].gradient.rms > 0  # it ends with dloss/dinput
    assert graph.items[graph.root].turn == 0
    assert graph.title == "seed"
    assert graph.notes == (
        "a training step with the weights of epoch 2",
        "on blue/0.png, red/0.png",
    )


def test_the_same_seed_gives_the_same_bytes_also_after_a_resumption_in_another_process(here, capsys):
    (here / "own.py").write_text(OWN)  # with dropout and batch normalisation
    own = ("--model", "own.py:make")
    succeed(capsys, "train", "photos", *FAST, *own, "--out", "a")
    succeed(capsys, "train", "photos", *FAST, *own, "--out", "b", "--epochs", "1")
    early = (here / "b/graph.svg").read_bytes()
    succeed(capsys, "train", "--resume", "b", "--epochs", "2", *own)
    process = start("train", here / "photos", *FAST, *own, "--out", "c", cwd=here)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    for name in drawing.GRAPHS:
        contents = {(here / run / name).read_bytes() for run in "abc"}
        assert len(contents) == 1, name
        assert str(here).encode() not in contents.pop()
    assert (here / "a/graph.svg").read_bytes() != early


def test_drawing_changes_nothing_else(here, capsys):
    succeed(capsys, "train", "photos", *FAST, "--out", "with")
    printed = succeed(capsys, "train", "photos", *FAST, "--out", "without", "--no-graph")
    assert "graph" not in printed
    names = {path.name for path in (here / "with").iterdir()}
    assert names - {path.name for path in (here / "without").iterdir()} == set(drawing.GRAPHS)
    for name in ("best.safetensors", "confusion.txt"):
        digests = {hashlib.sha256((here / run / name).read_bytes()).digest() for run in ("with", "without")}
        assert len(digests) == 1


def broken(*_, **__):
    raise ZeroDivisionError("a mistake")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("tinygrad_cnn.cli.drawing.draw_job", ["graph.svg and graph.html"]),
        ("tinygrad_cnn.viz.write.svg.to_svg", ["graph.svg"]),
        ("tinygrad_cnn.viz.page.to_page", ["graph.html"]),
    ],
)
def test_a_failure_to_draw_is_one_line_and_the_run_is_whole(here, capsys, monkeypatch, what, said):
    monkeypatch.setattr(what, broken)
    assert main(["train", "photos", *FAST, "--out", "run"]) == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        f"notice: {name} could not be drawn; the run is complete without: ZeroDivisionError: a mistake"
        for name in said
    ]
    assert captured.out.splitlines()[-1].startswith("next   ")
    left = {path.name for path in (here / "run").iterdir()}
    assert {"best.safetensors", "confusion.txt", *drawing.GRAPHS} - left == set(said[0].split(" and "))
    succeed(capsys, "predict", "photos/red/0.png", "--run", "run")


def test_a_full_disk_keeps_the_pictures_that_are_there(here, capsys, monkeypatch):
    succeed(capsys, "train", "photos", *FAST, "--out", "run")
    before = (here / "run/graph.svg").read_bytes()
    save = Picture.save

    def full(self, path):
        with monkeypatch.context() as patched:
            patched.setattr("tinygrad_cnn.io.files.os.fsync", broken_disk)
            return save(self, path)

    monkeypatch.setattr(Picture, "save", full)
    assert main(["train", "--resume", "run", "--epochs", "3"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("notice: graph.svg could not be drawn; the run is complete without: could not")
    assert "No space left on device" in lines[0]
    assert (here / "run/graph.svg").read_bytes() == before
    assert not list((here / "run").glob(".saving*"))


def broken_disk(*_):
    raise OSError(28, "No space left on device")


def test_pictures_of_idx_files_and_of_a_share_that_is_learnt_are_named(here, capsys):
    make_idx(here / "digits")
    succeed(capsys, "train", "digits", "--epochs", "1", "--out", "run")
    assert "on sample 0, sample 1" in (here / "run/graph.svg").read_text("utf-8")
    succeed(capsys, "train", "photos", *FAST, "--split", "0.3", "--seed", "1", "--out", "half")
    text = (here / "half/graph.svg").read_text("utf-8")
    assert "on blue/" in text and ", red/" in text


def test_at_most_eight_pictures_and_never_more_than_a_batch_are_drawn(here, capsys):
    make_pictures(here / "many", classes=tuple("abcdefghij"), count=1)
    succeed(capsys, "train", "many", *FAST, "--out", "run")
    assert "input 8x3x6x8" in (here / "run/graph.svg").read_text("utf-8")
    succeed(capsys, "train", "many", *FAST, "--batch-size", "3", "--out", "three")
    assert "input 3x3x6x8" in (here / "three/graph.svg").read_text("utf-8")

"""The command line does what its help says: train, evaluate, predict and summary, on tiny folders."""

import csv
import json
import re

import numpy as np
import pytest
from commands import FAST, fail, make_idx, make_pictures, succeed
from PIL import Image

from tinygrad_cnn import nn, tensor
from tinygrad_cnn.cli import main
from tinygrad_cnn.cli.pictures import measure
from tinygrad_cnn.data import ImageFolder, TensorDataset, stratified_split
from tinygrad_cnn.io import load

FILES = {
    "best.safetensors",
    "last.safetensors",
    "settings.json",
    "history.csv",
    "confusion.txt",
    "confusion.csv",
    "graph.svg",
    "graph.html",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "tinygrad_cnn.cli.report.can_plot", lambda: False
    )  # drawing takes longer than the rest
    make_pictures(tmp_path / "photos")
    return tmp_path


def test_train_leaves_a_run_that_predict_and_evaluate_use_without_options(here, capsys):
    printed = succeed(capsys, "train", "photos", *FAST, "--epochs", "12")
    assert "data   photos: 6 pictures, 2 classes (blue 3, red 3)" in printed
    assert "check  on the pictures that are learnt; --split 0.2 would hold out a fifth of them" in printed
    assert len(re.findall(r"^epoch \d+/12: loss \d", printed, re.MULTILINE)) == 12
    assert "6 of 6 training pictures right (100.0%)" in printed
    assert {path.name for path in (here / "runs" / "photos-1").iterdir()} >= FILES
    assert "6 of 6 right (100.00%)" in succeed(capsys, "evaluate", "photos", "--run", "runs/photos-1")
    shown = succeed(capsys, "predict", "photos/red/0.png", "photos/blue/1.png", "--run", "runs/photos-1")
    first, second = shown.splitlines()
    assert re.fullmatch(r"photos/red/0\.png +red +red [01]\.\d{3}  blue 0\.\d{3}", first)
    assert re.fullmatch(r"photos/blue/1\.png +blue +blue [01]\.\d{3}  red 0\.\d{3}", second)
    assert first.index("red  ") == second.index("blue  ")


def test_predict_gives_the_softmax_of_the_model_for_the_prepared_picture(here, capsys):
    succeed(capsys, "train", "photos", *FAST)
    shown = succeed(capsys, "predict", "photos/red/0.png", "--run", "runs/photos-1")
    settings = json.loads((here / "runs/photos-1/settings.json").read_text())
    mean, std = (np.reshape(settings[name], (3, 1, 1)) for name in ("mean", "std"))
    with Image.open("photos/red/0.png") as picture:
        x = ((np.asarray(picture).transpose(2, 0, 1) / 255 - mean) / std).astype(np.float32)
    model = nn.models.seed_cnn(2, (3, 6, 8))
    model.load_state_dict(load(here / "runs/photos-1/best.safetensors"))
    e = np.exp(model(tensor(x[None])).numpy()[0].astype(np.float64))
    for name, p in zip(["blue", "red"], e / e.sum(), strict=True):
        assert f"{name} {p:.3f}" in shown


def test_the_command_that_train_recommends_works(here, capsys):
    printed = succeed(capsys, "train", "photos", *FAST)
    command = re.search(r"^next   tinygrad-cnn (.*)$", printed, re.MULTILINE)[1]
    assert succeed(capsys, *command.split()).startswith("photos/blue/0.png")


def test_every_printed_loss_is_the_one_in_the_history(here, capsys):
    printed = succeed(capsys, "train", "photos", *FAST)
    rows = list(csv.DictReader((here / "runs/photos-1/history.csv").read_text().splitlines()))
    losses = re.findall(r"loss (\d+\.\d+)", printed)
    assert losses == [f"{float(row['train_loss']):.4f}" for row in rows]


def test_a_second_run_gets_the_next_number_and_the_same_bits(here, capsys):
    for _ in range(2):
        succeed(capsys, "train", "photos", *FAST, "--seed", "3")
    first, second = here / "runs/photos-1", here / "runs/photos-2"
    assert (first / "best.safetensors").read_bytes() == (second / "best.safetensors").read_bytes()
    succeed(capsys, "train", "photos", *FAST, "--seed", "4", "--out", "other")
    assert (here / "other/best.safetensors").read_bytes() != (first / "best.safetensors").read_bytes()


def test_the_number_of_workers_changes_nothing(here, capsys):
    for workers in ("0", "3"):
        succeed(capsys, "train", "photos", *FAST, "--workers", workers, "--out", f"with-{workers}")
    weights = [(here / f"with-{workers}" / "best.safetensors").read_bytes() for workers in ("0", "3")]
    assert weights[0] == weights[1]


def test_split_holds_pictures_out_and_the_confusion_matrix_counts_those(here, capsys):
    printed = succeed(capsys, "train", "photos", *FAST, "--split", "0.3")
    assert "check  on 2 pictures that are held out; 4 are learnt" in printed
    assert "val_accuracy" in printed
    assert "of 2 held-out pictures right" in printed
    table = list(csv.reader((here / "runs/photos-1/confusion.csv").read_text().splitlines()))
    assert table[0] == ["true \\ predicted", "blue", "red"]
    assert [sum(map(int, row[1:])) for row in table[1:]] == [1, 1]


def test_a_run_that_is_resumed_for_more_epochs_equals_one_that_was_not_stopped(here, capsys):
    succeed(capsys, "train", "photos", *FAST, "--epochs", "4", "--out", "whole")
    succeed(capsys, "train", "photos", *FAST, "--epochs", "2", "--out", "parts")
    printed = succeed(capsys, "train", "--resume", "parts", "--epochs", "4")
    assert "epoch 3/4" in printed
    assert "epoch 2/4" not in printed
    assert (here / "whole/best.safetensors").read_bytes() == (here / "parts/best.safetensors").read_bytes()
    assert json.loads((here / "parts/settings.json").read_text())["epochs"] == 4


def test_a_finished_run_is_completed_again_and_says_how_to_go_on(here, capsys):
    succeed(capsys, "train", "photos", *FAST, "--out", "done")
    (here / "done/confusion.txt").unlink()
    assert main(["train", "--resume", "done"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "notice: done has had all of its 2 epochs; --epochs 4 would go on\n"
    assert (here / "done/confusion.txt").is_file()


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_optimizer_has_a_learning_rate_of_its_own(here, capsys, optimizer):
    printed = succeed(capsys, "train", "photos", *FAST, "--optimizer", optimizer)
    assert f"{optimizer}, lr {0.02 if optimizer == 'sgd' else 0.001}, seed 0" in printed


@pytest.mark.parametrize(
    ("model", "size", "shape"),
    [
        ("lenet5", "12", [1, 12, 12]),
        ("vgg-small", "8x4", [3, 8, 4]),
        ("resnet8", "8x12", [3, 8, 12]),
        ("mobilenet-small", "9", [3, 9, 9]),
    ],
)
def test_the_other_models_take_the_size_that_is_given(here, capsys, model, size, shape):
    succeed(capsys, "train", "photos", "--model", model, "--size", size, "--epochs", "1")
    assert json.loads((here / "runs/photos-1/settings.json").read_text())["input_shape"] == shape
    succeed(capsys, "evaluate", "photos", "--run", "runs/photos-1")


def test_a_folder_of_idx_files_is_learnt_in_the_size_that_it_has(here, capsys):
    make_idx(here / "digits")
    printed = succeed(capsys, "train", "digits", "--epochs", "3")
    assert "model  seed, input 1x5x7" in printed
    assert "12 of 12 training pictures right" in printed
    assert "next   tinygrad-cnn evaluate digits --run runs/digits-1" in printed
    assert "(those pictures were learnt: a folder of others says more)" in printed
    assert "12 of 12 right" in succeed(capsys, "evaluate", "digits", "--run", "runs/digits-1")


def test_of_mnists_files_the_train_half_is_learnt_and_the_test_half_evaluated(here, capsys):
    make_idx(here / "mnist", "train-", count=10)
    make_idx(here / "mnist", "t10k-", count=4)
    printed = succeed(capsys, "train", "mnist", "--epochs", "3", "--size", "12", "--model", "lenet5")
    assert "mnist: 10 pictures, 2 classes (0: 5, 1: 5)" in printed
    assert " of 4 right" in succeed(capsys, "evaluate", "mnist", "--run", "runs/mnist-1")


def test_evaluate_matches_classes_by_name_and_lists_what_was_mistaken(here, capsys):
    make_pictures(here / "more", classes=("blue", "green", "red"))
    succeed(capsys, "train", "more", *FAST, "--epochs", "12")
    (here / "mixed/green").mkdir(parents=True)
    (here / "photos/red/0.png").rename(here / "mixed/green/a.png")
    shown = succeed(capsys, "evaluate", "mixed", "--run", "runs/more-1")
    assert shown.startswith("0 of 1 right (0.00%)")
    assert re.search(r"mixed.green.a\.png  green taken for red  [01]\.\d{3}", shown)


OWN = """
from neighbour import hidden
from tinygrad_cnn import nn

def make(num_classes, input_shape):
    c, h, w = input_shape
    return nn.Sequential(nn.Flatten(), nn.Linear(c * h * w, hidden), nn.Linear(hidden, num_classes))

def fixed():
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 2))
"""


def test_a_function_of_the_users_own_is_trained_and_runs_again_only_if_it_is_named(here, capsys):
    (here / "code").mkdir()
    (here / "code/neighbour.py").write_text("hidden = 5\n")
    (here / "code/own.py").write_text(OWN)
    own = "code/own.py:make"
    printed = succeed(capsys, "train", "photos", *FAST, "--model", own, "--out", "own")
    assert "next   tinygrad-cnn predict photos/blue/0.png --run own --model code/own.py:make" in printed
    assert fail(capsys, "evaluate", "photos", "--run", "own") == (
        "this run's model is code of your own, which runs only if you say so: add --model code/own.py:make"
    )
    succeed(capsys, "evaluate", "photos", "--run", "own", "--model", own)
    succeed(capsys, "train", "--resume", "own", "--epochs", "3", "--model", own)
    (here / "code/own.py").write_text(OWN + "# changed\n")
    assert main(["predict", "photos/red/0.png", "--run", "own", "--model", own]) == 0
    assert "own.py is not as it was when the run was made" in capsys.readouterr().err
    succeed(capsys, "train", "photos", *FAST, "--model", "code/own.py:fixed")


def test_the_configuration_file_of_the_seed_trains_and_its_notices_are_on_stderr(here, capsys):
    text = "input_shape: h=6, w=8, c=3\nconv: filter_size=3, num_filters=4\nmaxpool: pooling_size=2\n"
    text += "dense1: output_size=12\ndense2: output_size=3\nnum_classes: num_classes=2\n"
    (here / "file_config.txt").write_text(text)
    assert main(["train", "photos", "--config", "file_config.txt", "--epochs", "2"]) == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "notice: file_config.txt, line 2: conv has no padding; using padding=1, which keeps 6 x 8 and gives "
        "dense1 48 inputs (padding=0 would give 24); write padding=1 to say so",
        "notice: file_config.txt, line 5: dense2 has output_size=3, but line 6 says num_classes=2; using 2, "
        "one output a class; write output_size=2 to say so",
    ]
    assert "model  of the configuration file, input 3x6x8" in captured.out
    (here / "file_config.txt").unlink()  # the run keeps the text
    succeed(capsys, "evaluate", "photos", "--run", "runs/photos-1")
    assert "(1, 48)" in succeed(capsys, "summary", "--run", "runs/photos-1")


def test_summary_shows_the_seeds_network(capsys):
    shown = succeed(capsys, "summary", "--model", "seed")
    assert "(1, 14400)" in shown
    assert "172,963" in shown
    assert "(2, 6, 32, 32)" in succeed(
        capsys, "summary", "--model", "lenet5", "--size", "32", "--batch-size", "2"
    )


def test_summary_shows_models_that_give_pictures_and_the_usual_numbers_of_classes(capsys):
    assert "(1, 2, 20, 24)" in succeed(capsys, "summary", "--model", "unet", "--size", "20x24")
    assert "(1, 1, 28, 28)" in succeed(capsys, "summary", "--model", "autoencoder")
    shown = succeed(capsys, "summary", "--model", "resnet18", "--size", "32")
    assert "(1, 1000)" in shown and "11,689,512" in shown


def test_mean_and_deviation_are_those_of_the_pixels_that_are_learnt(here, capsys):
    succeed(capsys, "train", "photos", *FAST, "--split", "0.3", "--size", "6x8")
    settings = json.loads((here / "runs/photos-1/settings.json").read_text())
    learnt, _ = stratified_split(ImageFolder("photos", size=(6, 8)), 0.3, 0)
    pixels = np.stack([x for x, _ in learnt]).astype(np.float64)
    np.testing.assert_allclose(settings["mean"], pixels.mean((0, 2, 3)), atol=1e-6)
    np.testing.assert_allclose(settings["std"], pixels.std((0, 2, 3)), atol=1e-6)


def test_pictures_of_one_colour_are_not_divided_by_zero():
    same = TensorDataset(np.full((3, 2, 4, 5), 0.25, np.float32), [0, 1, 0])
    assert measure(same) == ([0.25, 0.25], [1.0, 1.0])

"""Whatever goes wrong on the command line is one line that says what to do, and an exit code."""

import json
import shutil

import numpy as np
import pytest
from commands import FAST, fail, make_idx, make_pictures, succeed
from PIL import Image

from tinygrad_cnn.cli import explain, main
from tinygrad_cnn.io.files import SaveError

NAMES = "seed, lenet5, vgg-small, resnet8, resnet20, resnet18, mobilenet-small, mobilenet-v2"


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


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ((), "the following arguments are required: COMMAND; see tinygrad-cnn --help"),
        (("paint",), "argument COMMAND: invalid choice: 'paint'"),
        (
            ("train", "photos", "--epochs", "0"),
            "argument --epochs: expected a whole number from 1 up, got '0'; see",
        ),
        (("train", "photos", "--lr", "nan"), "argument --lr: expected a number above 0, got 'nan'; see"),
        (
            ("train", "photos", "--split", "1"),
            "argument --split: expected a share from 0 to below 1, as in 0.2, got '1'",
        ),
        (
            ("train", "photos", "--size", "0"),
            "argument --size: expected a size in pixels from 1 to 4096, as in 120 or",
        ),
        (("train", "photos", "--size", "9x9x9"), "argument --size: expected a size in pixels"),
        (("train", "photos", "--colour"), "unrecognized arguments: --colour; see tinygrad-cnn --help"),
        (
            ("evaluate", "photos"),
            "the following arguments are required: --run; see tinygrad-cnn evaluate --help",
        ),
        (
            ("predict", "--run", "x"),
            "the following arguments are required: IMAGE; see tinygrad-cnn predict --help",
        ),
    ],
)
def test_options_that_cannot_be_meant(here, capsys, argv, message):
    assert fail(capsys, *argv).startswith(message)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("train",), "expected a FOLDER of pictures, as in `tinygrad-cnn train data/animals`"),
        (("train", "nowhere"), "there is no folder nowhere; expected one that holds a folder for each class"),
        (
            ("train", "photos", "--model", "resnet"),
            f"there is no model 'resnet'; expected {NAMES}, or path/to/file.py:function",
        ),
        (
            ("train", "photos", "--model", "net.py"),
            f"there is no model 'net.py'; expected {NAMES}, or path/to/file.py:function; "
            "for your own code, name the function: net.py:function",
        ),
        (
            ("train", "photos", "--model", "unet"),
            "unet gives pictures, not one score a class; here only `summary` shows it",
        ),
        (
            ("graph", "--model", "autoencoder"),
            "autoencoder gives pictures, not one score a class; here only `summary` shows it",
        ),
        (
            ("summary", "--model", "autoencoder", "--classes", "3"),
            "an autoencoder has no classes; leave out --classes",
        ),
        (
            ("train", "photos", "--model", "net.py:make"),
            "there is no Python file net.py; expected --model path/to/file.py:function",
        ),
        (("train", "photos", "--config", "net.txt"), "there is no configuration file net.txt"),
        (
            ("train", "photos", "--config", "net.txt", "--model", "lenet5"),
            "--config describes the seed's network; leave out --model lenet5, or --config",
        ),
        (
            ("train", "photos", "--model", "lenet5", "--size", "5"),
            "lenet5: pictures of 5 x 5 are too small for its windows; the smallest that fit are 12 x 12",
        ),
        (("train", "--resume", "nowhere"), "there is no run nowhere; `tinygrad-cnn train FOLDER` makes one"),
        (
            ("evaluate", "photos", "--run", "nowhere"),
            "there is no run nowhere; `tinygrad-cnn train FOLDER` makes one",
        ),
        (
            ("predict", "a.png", "--run", "photos"),
            "photos is no run: it holds no settings.json that `tinygrad-cnn train FOLDER` made",
        ),
        (
            ("predict", "-", "--run", "run"),
            "pictures are not read from standard input ('-'); save them, and name the files",
        ),
        (
            ("summary", "--run", "run", "--size", "9"),
            "--run says what the model is; leave out --size",
        ),
    ],
)
def test_what_is_not_there_is_named_with_what_to_do(here, capsys, argv, message):
    assert fail(capsys, *argv) == message
    assert not (here / "runs").exists()


def test_a_folder_without_class_folders_pictures_or_a_second_class(here, capsys):
    (here / "empty").mkdir()
    assert fail(capsys, "train", "empty") == (
        "expected one folder of pictures a class in empty, as in empty/cat; it holds none"
    )
    (here / "empty/cat").mkdir()
    assert fail(capsys, "train", "empty").startswith(
        "there are no pictures in empty: looked in empty/cat; expected"
    )
    shutil.rmtree(here / "photos/red")
    assert fail(capsys, "train", "photos").startswith(
        "training needs at least two classes; every one of the 3 samples is"
    )
    assert fail(capsys, "train", "photos/blue/0.png") == (
        "expected a folder that holds one folder a class; photos/blue/0.png is a file"
    )
    assert not (here / "runs").exists()


def test_a_damaged_picture_is_named(here, capsys, trained):
    (here / "photos/red/1.png").write_bytes(b"no picture")
    said = "photos/red/1.png is not a picture that can be read, such as PNG or JPEG"
    assert fail(capsys, "train", "photos", *FAST).startswith(said)
    assert fail(capsys, "predict", "photos/red/0.png", "photos/red/1.png", "--run", "run") == said
    assert (
        fail(capsys, "predict", "photos/red/9.png", "--run", "run") == "there is no picture photos/red/9.png"
    )


def test_idx_files_without_labels_or_that_lie(here, capsys):
    make_idx(here / "digits")
    path = here / "digits/images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-9])
    assert "digits/images-idx3-ubyte.gz" in fail(capsys, "train", "digits")
    (here / "digits/labels-idx1-ubyte.gz").unlink()
    assert fail(capsys, "train", "digits").startswith(
        "digits holds IDX pictures but no labels; expected one of labels-idx1"
    )


def test_a_configuration_that_does_not_fit_the_pictures(here, capsys):
    text = (
        "input_shape: h=6, w=8, c=3\nconv: filter_size=3, num_filters=4, padding=1\nmaxpool: pooling_size=2\n"
    )
    text += "dense1: output_size=12\ndense2: output_size=3\nnum_classes: num_classes=3\n"
    (here / "net.txt").write_text(text)
    assert fail(capsys, "train", "photos", "--config", "net.txt") == (
        "the configuration file says num_classes=3, and the pictures are of 2 classes; change one of them"
    )
    (here / "net.txt").write_text(
        text.replace("=3\nnum_classes: num_classes=3", "=2\nnum_classes: num_classes=2")
    )
    assert fail(capsys, "train", "photos", "--config", "net.txt", "--size", "10") == (
        "the configuration file says input_shape: h=6, w=8, c=3, and the pictures are h=10, w=10, c=3; "
        "change one of them"
    )
    (here / "net.txt").write_text(text.replace("c=3", "c=2"))
    assert fail(capsys, "train", "photos", "--config", "net.txt") == (
        "pictures have 1 or 3 channels, and the configuration file says c=2"
    )
    (here / "net.txt").write_text(text.replace("filter_size", "size"))
    assert fail(capsys, "train", "photos", "--config", "net.txt").startswith(
        "net.txt, line 2: 'conv: size=3, "
    )


def test_a_loss_that_is_not_finite_is_an_error_like_others_and_says_where(here, capsys):
    message = fail(capsys, "train", "photos", *FAST, "--epochs", "9", "--lr", "1e30", "--out", "run")
    assert message.startswith("the loss is ")
    assert "epoch" in message
    assert "lower the learning rate" in message
    assert json.loads((here / "run/settings.json").read_text())["lr"] == 1e30


def test_debug_shows_the_trace_and_changes_no_exit_code(here, capsys):
    assert main(["train", "nowhere", "--debug"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert shown.splitlines()[-1].startswith("error: there is no folder nowhere")


def test_numbers_that_are_too_large_are_refused(here, capsys):
    for option, most in (("--seed", 2**64 - 1), ("--epochs", 2**63 - 1)):
        message = fail(capsys, "train", "photos", option, str(2**64 + 1))
        assert f"{option}: expected a whole number up to {most}, got '18446744073709551617'" in message


def test_ctrl_c_before_training_is_exit_code_130(here, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_cnn.cli.pictures.open_folder", interrupted)
    assert main(["train", "photos"]) == 130
    assert capsys.readouterr().err == "stopped; nothing was saved\n"


def test_ctrl_c_after_training_says_what_is_saved(here, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_cnn.cli.report.finish", interrupted)
    assert main(["train", "photos", *FAST, "--out", "run"]) == 130
    assert capsys.readouterr().err == (
        "stopped; run holds the run as it was last saved\ngo on with: tinygrad-cnn train --resume run\n"
    )


def test_a_picture_that_is_too_large_is_refused_before_it_is_decoded(here, capsys, trained):
    Image.fromarray(np.zeros((1, 8), np.uint8)).resize((8000, 8000)).save(here / "huge.png")
    assert fail(capsys, "predict", "huge.png", "--run", "run").startswith(
        "huge.png is too large: 8000 x 8000 pixels"
    )


def test_errors_from_elsewhere_become_one_line_too():
    assert explain(PermissionError(13, "Permission denied", "runs")) == "runs: Permission denied"
    assert explain(SaveError("could not save x")) == "could not save x"
    assert explain(KeyError("x")) == "KeyError: 'x'; this was not expected: --debug shows where it happened"

"""The command line on a terminal: help, names, pictures of a run, Ctrl-C, pipes, its own process."""

import io
import re
import signal
import sys
from pathlib import Path

import pytest
from commands import FAST, make_pictures, start, succeed
from PIL import Image

from tinygrad_cnn.cli import COMMANDS, main
from tinygrad_cnn.cli.report import program
from tinygrad_cnn.cli.terminal import aligned, one_line, plain
from tinygrad_cnn.train import plots


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "tinygrad_cnn.cli.report.can_plot", lambda: False
    )  # drawing takes longer than the rest
    make_pictures(tmp_path / "photos")
    return tmp_path


def test_without_matplotlib_one_line_says_how_to_get_the_pictures(here, capsys):
    printed = succeed(capsys, "train", "photos", *FAST)
    assert printed.count("curves.png and confusion.png need matplotlib: pip install matplotlib") == 1
    assert not list((here / "runs/photos-1").glob("*.png"))


@pytest.mark.skipif(not plots.can_plot(), reason="matplotlib is not installed")
def test_with_matplotlib_curves_and_confusion_are_pictures(here, capsys, monkeypatch):
    monkeypatch.setattr("tinygrad_cnn.cli.report.can_plot", plots.can_plot)
    succeed(capsys, "train", "photos", *FAST, "--split", "0.3")
    for name in ("curves.png", "confusion.png"):
        with Image.open(here / "runs/photos-1" / name) as picture:
            assert min(picture.size) > 200


def test_files_that_are_no_pictures_are_left_out_aloud(here, capsys):
    (here / "photos/red/notes.txt").write_text("x")
    assert main(["train", "photos", *FAST]) == 0
    assert re.match(
        r"notice: 1 file is no picture and is left out: photos.red.notes\.txt\n", capsys.readouterr().err
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_control_characters_in_names_do_not_reach_the_terminal(here, capsys):
    (here / "photos/blue").rename(here / "photos/b\x1b[2Jlue\n")
    printed = succeed(capsys, "train", "photos", *FAST)
    shown = succeed(capsys, "predict", "photos/b\x1b[2Jlue\n/0.png", "--run", "runs/photos-1")
    assert "\x1b" not in printed + shown
    assert r"b\x1b[2Jlue\n" in printed
    assert len(shown.splitlines()) == 1
    assert "\x1b" not in (here / "runs/photos-1/confusion.txt").read_text()
    assert plain("a\u202eb\udcff") == r"a\u202eb\udcff"


def test_every_command_has_help_with_an_example(capsys):
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([command.name, "--help"])
        assert left.value.code == 0
        assert f"\n  tinygrad-cnn {command.name} " in capsys.readouterr().out


def test_lines_and_columns():
    assert one_line("a\n  b:\n  c\n") == "a; b: c"
    assert aligned([("a", "b", "c"), ("long", "x", "")]) == ["a     b  c", "long  x"]


def test_the_module_can_be_run_and_gives_its_exit_code(here):
    for argv, code in ((("train", "photos", *FAST), 0), (("train", "nowhere"), 2)):
        process = start(*argv, cwd=here)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == code, errors


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_finishes_the_step_and_says_how_to_go_on(here, capsys):
    before = signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # where it is ignored, the process would ignore it, too
    process = start("train", "photos", *FAST, "--epochs", "100000", "--out", "long run", cwd=here)
    signal.signal(signal.SIGINT, before)
    try:
        next(line for line in process.stdout if line.startswith("epoch 2/"))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, errors
    first, second = errors.splitlines()
    stopped = re.fullmatch(r"stopped after step 1 of 1 in epoch (\d+); all of it is saved", first)
    assert second == "go on with: python -m tinygrad_cnn train --resume 'long run'"
    epochs = str(int(stopped[1]) + 1)
    assert f"epoch {epochs}/{epochs}" in succeed(capsys, "train", "--resume", "long run", "--epochs", epochs)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way there")
def test_a_reader_that_has_had_enough_is_no_error(here, capsys):
    succeed(capsys, "train", "photos", *FAST)
    process = start("summary", "--run", "runs/photos-1", cwd=here)
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_recommended_commands_begin_as_the_program_was_called(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    for called, words in (
        (Path.cwd() / "my env" / "bin" / "tinygrad-cnn", "'my env/bin/tinygrad-cnn'"),
        (Path("lib") / "tinygrad_cnn" / "__main__.py", "python -m tinygrad_cnn"),
        (Path("pytest"), "tinygrad-cnn"),
    ):
        monkeypatch.setattr("sys.argv", [str(called)])
        assert program().replace("\\", "/") == words
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/tinygrad-cnn")
    monkeypatch.setattr("sys.argv", [".venv/bin/tinygrad-cnn"])
    assert program() == "tinygrad-cnn"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_is_shown_on_a_terminal_only(here, capsys, monkeypatch):
    assert main(["train", "photos", *FAST]) == 0
    assert capsys.readouterr().err == ""
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    assert main(["train", "photos", *FAST]) == 0
    assert "\repoch 1/2:   0%|" in screen.getvalue()
    assert screen.getvalue().endswith("\r")  # the bar makes room for the line of the epoch

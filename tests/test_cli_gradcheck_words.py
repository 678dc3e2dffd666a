"""`tinygrad-cnn gradcheck` answers in one line to names, files and options that mean nothing."""

import pytest
from commands import fail
from gradcheck_files import RIGHT, only_here, write


@pytest.fixture
def here(tmp_path, monkeypatch):
    with only_here(tmp_path, monkeypatch):
        yield tmp_path


@pytest.mark.parametrize(
    "argument, words",
    [
        ("missing.py", "there is no Python file missing.py; expected FILE.py or FILE.py:NAME"),
        ("missing.py:cube", "there is no Python file missing.py; expected FILE.py or FILE.py:NAME"),
        (".", "expected FILE.py or FILE.py:NAME, got '.'"),
        ("", "expected FILE.py or FILE.py:NAME, got ''"),
        ("relu", "expected FILE.py or FILE.py:NAME, got 'relu'; for a built-in operation: --ops relu"),
        ("a:b:c", "expected FILE.py or FILE.py:NAME, got 'a:b:c'"),
        ("\x1b[2J\n.py", r"there is no Python file \x1b[2J; .py; expected FILE.py or FILE.py:NAME"),
        ("my_ops.py:", "a name is missing behind the colon of 'my_ops.py:'; expected FILE.py:NAME"),
        (
            "my_ops.py:nothing",
            "my_ops.py defines no operation or function 'nothing'; it has cli_square, product, unsampled",
        ),
        (
            "my_ops.py:Layer",
            "Layer of my_ops.py is a layer; check it in Python: check_module(layer, input_shape)",
        ),
        ("my_ops.py:SIZE", "SIZE of my_ops.py is no operation or function; it is of type int"),
        ("my_ops.py:__class__", "__class__ of my_ops.py is no operation or function; it is of type type"),
    ],
)
def test_what_is_no_file_or_no_name_in_it_is_told_in_one_line(here, capsys, argument, words):
    write(here, RIGHT)
    assert fail(capsys, "gradcheck", argument) == words


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "empty.py registers no operation with @op, and has no function with samples"),
        (
            "def f(x):\n    return x\n",
            "empty.py registers no operation with @op, and has no function with samples; "
            "to check a function, name it: empty.py:f",
        ),
        ("1 / 0", "running empty.py raised ZeroDivisionError: division by zero; --debug shows where"),
        ("import sys\nsys.exit('done')", "running empty.py ended with sys.exit(done); --debug shows where"),
        (
            "from tinygrad_cnn import op\n@op\ndef relu(x):\n    return x.array, None\n",
            "an op named relu is registered by tinygrad_cnn.ops.elementwise; choose another name",
        ),
    ],
)
def test_a_file_without_operations_and_one_that_raises_are_told_in_one_line(here, capsys, text, words):
    write(here, text, "empty.py")
    assert fail(capsys, "gradcheck", "empty.py") == words


def test_a_file_that_is_no_python_is_told_in_one_line(here, capsys):
    (here / "noise.py").write_bytes(b"\x00\xff(]")
    assert fail(capsys, "gradcheck", "noise.py").startswith("running noise.py raised ")


@pytest.mark.parametrize(
    "options, words",
    [
        (["--ops", "rel"], "there is no built-in operation 'rel'; similar are recurrence, relu, remainder"),
        (["--ops", ","], "--ops names no operation; there are abs, add, "),
        (["my_ops.py", "--ops", "relu"], "--ops chooses among the built-in operations; of a file, name one"),
        (["my_ops.py", "--pictures", "my_ops.py"], "--pictures needs a folder, and my_ops.py is a file"),
        (["--order", "3"], "argument --order: invalid choice: "),
        (["--seed", "-1"], "argument --seed: expected a whole number from 0 up, got '-1'"),
    ],
)
def test_options_that_mean_nothing_are_told_in_one_line(here, capsys, options, words):
    write(here, RIGHT)
    assert fail(capsys, "gradcheck", *options).startswith(words)

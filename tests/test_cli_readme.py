"""What the README promises is run: its model gives its output, its commands are the ones that are tested."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from tinygrad_cnn.testing import GradcheckError

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def split_numbers(text):
    number = r"(?<=[ (])\d+(?:\.\d+)?"
    words = re.sub(number, "#", text)
    return words, [float(found) for found in re.findall(number, text)]


def test_the_model_of_the_readme_gives_the_output_that_is_printed_below_it(monkeypatch):
    monkeypatch.chdir(ROOT)
    program, promised = blocks("python")[0], blocks("text")[0]
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(program, "README.md", "exec"), {})
    words, numbers = split_numbers(printed.getvalue())
    promised_words, promised_numbers = split_numbers(promised)
    assert words == promised_words
    # Sums are rounded in another order on another processor: a picture of nine may be learnt an epoch later.
    for got, expected in zip(numbers, promised_numbers, strict=True):
        assert got == pytest.approx(expected, abs=23 if expected > 1 else 0.35)
    assert numbers[-4] == 100


def test_the_check_in_the_readme_fails_as_it_says():
    program, promised = blocks("python")[1], blocks("text")[1]
    with pytest.raises(GradcheckError) as caught:
        exec(compile(program, "README.md", "exec"), {"__name__": "readme"})
    assert str(caught.value).splitlines()[0] == promised.strip()


def test_the_picture_in_the_readme_is_drawn(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(blocks("python")[2], "README.md", "exec"), {"__name__": "readme"})
    assert "conv2d" in printed.getvalue()
    assert Path("lenet.svg").read_text("utf-8").startswith("<svg")
    assert "<html" in Path("lenet.html").read_text("utf-8")[:400]


def test_the_model_of_the_readme_has_about_fifteen_lines():
    program = blocks("python")[0]
    assert len([line for line in program.splitlines() if line.strip()]) <= 16


def test_the_two_commands_of_the_readme_are_whole_and_on_one_line_each():
    commands = re.findall(r"^ {4}(python3 -m venv .*)$", README, re.MULTILINE)
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/tinygrad-cnn train data/animals",
        'python3 -m venv .venv && .venv/bin/pip install -q ".[test]" && .venv/bin/python -m pytest',
    ]


def test_the_files_that_the_readme_points_to_are_there():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("https:")]
    assert links
    for link in links:
        assert (ROOT / link).exists(), link


def test_the_first_lines_say_what_it_is_for_whom_and_that_it_is_not_tinygrad():
    first = "\n".join(README.splitlines()[:6])
    assert "autograd micro-framework for convolutional networks on numpy, for people who" in first
    assert "not related to [tinygrad]" in first

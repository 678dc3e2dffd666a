"""`tinygrad-cnn gradcheck`: a table, reports of what is wrong, and exit codes."""

import io
import re
import sys
import textwrap

import pytest
from gradcheck_files import RIGHT, WRONG, only_here, write

from tinygrad_cnn import testing
from tinygrad_cnn.cli import gradcheck, main
from tinygrad_cnn.core import REGISTRY
from tinygrad_cnn.testing import OpReport

HEAD = ["operation", "samples", "orders", "kinks", "float64", "float32", "time", "verdict"]
EXAMPLE = re.search(r"(?s)  import numpy.*?(?=\nInputs are)", gradcheck._DETAILS)[0]


@pytest.fixture
def here(tmp_path, monkeypatch):
    with only_here(tmp_path, monkeypatch):
        yield tmp_path


def check(capsys, *argv, code):
    """Run the command; give its lines."""
    assert main(["gradcheck", *map(str, argv)]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


# -- tables ----------------------------------------------------------------------------------------------


def test_a_file_gives_a_line_for_each_operation_and_each_function_with_samples(here, capsys):
    head, *rows, total = check(capsys, write(here, RIGHT), code=0)
    assert head.split() == HEAD
    number = r"\d\.\de-\d\d"
    for name, count, row in zip(["cli_square", "product"], [2, 1], rows, strict=True):
        assert re.fullmatch(rf"{name} +{count} +1, 2 +0 +{number} +{number} +\d\.\d\d s +pass", row), row
    assert re.fullmatch(
        rf"2 operations, 3 samples: 2 right; largest error {number}, in float32 {number}; \d\.\d s", total
    )


def test_a_wrong_operation_is_reported_below_the_table_and_the_exit_code_is_1(here, capsys):
    lines = check(capsys, write(here, RIGHT + WRONG), code=1)
    table, report, total = "\n".join(lines).split("\n\n", 2)[0], lines[5:-2], lines[-1]
    assert [row.split()[0] for row in table.splitlines()[1:]] == ["cli_square", "cli_cube", "product"]
    assert re.search(r"^cli_cube .* FAIL: factor$", table, re.MULTILINE)
    assert report[0] == "FAIL  cli_cube-1x3: the gradient of x is wrong (factor)"
    assert any("0.6666667 everywhere" in line for line in report)
    assert len(report) <= 40
    assert total.startswith("3 operations, 4 samples: 2 right, 1 wrong; largest error")


def test_the_example_of_the_help_has_the_mistake_that_it_says(here, capsys):
    lines = check(capsys, write(here, textwrap.dedent(EXAMPLE).replace("cube", "cli_cube")), code=1)
    assert any("FAIL: factor" in line for line in lines)


@pytest.mark.parametrize("name, row", [("cli_square", "2 "), ("product", "1 "), ("unsampled", r"\d ")])
def test_a_name_behind_a_colon_is_the_only_one_checked(here, capsys, name, row):
    lines = check(capsys, f"{write(here, RIGHT + WRONG)}:{name}", code=0)
    assert len(lines) == 3
    assert re.match(rf"{name} +{row}", lines[1])
    assert lines[2].startswith("1 operation, ")


def test_operations_that_are_imported_belong_to_another_file(here, capsys):
    write(here, WRONG, "imported_ops.py")
    name = write(here, "from imported_ops import cli_cube\n" + RIGHT)
    assert not any("cli_cube" in line for line in check(capsys, name, code=0))
    assert any("FAIL" in line for line in check(capsys, f"{name}:cli_cube", code=1))


def test_two_files_of_one_name_do_not_mix(here, capsys):
    for folder, text in (("a", WRONG), ("b", RIGHT)):
        (here / folder).mkdir()
        write(here / folder, text)
    check(capsys, "a/my_ops.py", code=1)
    lines = check(capsys, "b/my_ops.py", code=0)
    assert [line.split()[0] for line in lines[1:-1]] == ["cli_square", "product"]


def test_built_in_operations_are_chosen_by_name(capsys):
    lines = check(capsys, "--ops", "relu, tanh,relu", "--order", "1", code=0)
    assert [line.split()[0] for line in lines[1:-1]] == ["relu", "tanh"]
    assert re.match(r"relu +\d+ +1 +[1-9]", lines[1])


def test_without_a_file_every_built_in_operation_is_checked_and_no_other(here, capsys, monkeypatch):
    check(capsys, write(here, RIGHT), code=0)
    seen = []

    def fast_check(op, **settings):
        seen.append((op, settings))
        return OpReport(op)

    monkeypatch.setattr(testing, "check_op", fast_check)
    check(capsys, "--full", "--seed", "3", "--order", "1", code=0)
    own = [n for n, r in REGISTRY.items() if r.forward.__module__.startswith("tinygrad_cnn.ops")]
    assert [op for op, _ in seen] == sorted(own)
    assert "cli_square" not in own
    expected = {"order": 1, "seed": 3, "mode": "full", "raise_exception": False}
    assert all(settings == expected for _, settings in seen)


def test_the_seed_decides_what_is_drawn(capsys):
    errors = [check(capsys, "--ops", "softmax", "--seed", s, code=0)[1].split()[5:7] for s in (1, 1, 2)]
    assert errors[0] == errors[1] != errors[2]


# -- what is not right ---------------------------------------------------------------------------------------


def test_code_that_raises_is_a_line_and_the_others_are_still_checked(here, capsys):
    text = """
import numpy as np
from tinygrad_cnn import op
from tinygrad_cnn.testing import add_samples

@op
def cli_forward(x):
    raise KeyError("colour")

@op
def cli_backward(x):
    def grad_x(g):
        raise KeyError("shade")
    return x.array * 1, grad_x

@op
def cli_leaves(x):
    raise SystemExit(0)

@op
def cli_misfit(x):
    if x.ndim == 2:
        raise ValueError("no pictures here")
    return x.array * 1, lambda g: g

@op
def cli_right(x):
    return x.array * 1, lambda g: g

add_samples(cli_misfit, np.ones((3, 4)))
"""
    lines = check(capsys, write(here, text), code=1)
    verdicts = {line.split()[0]: line.split(" s  ")[-1].strip() for line in lines[1:6]}
    assert verdicts["cli_forward"].split(":")[0] in ("FAIL", "INCONCLUSIVE")
    assert verdicts["cli_backward"].startswith("FAIL")
    assert verdicts["cli_leaves"].startswith("FAIL")
    assert verdicts["cli_misfit"] == "INCONCLUSIVE"
    assert verdicts["cli_right"] == "pass"
    assert any(line.startswith("INCONCLUSIVE  cli_misfit: ") and "no pictures here" in line for line in lines)
    assert any("'shade'" in line for line in lines)
    assert "1 right" in lines[-1]


def test_what_could_not_be_decided_is_no_success(here, capsys):
    text = """
from tinygrad_cnn import op

@op
def cli_odd(x):
    if x.shape != (7, 11):
        raise ValueError("7 x 11 only")
    return x.array, lambda g: g
"""
    lines = check(capsys, write(here, text), code=1)
    assert re.match(r"cli_odd +0 .* INCONCLUSIVE", lines[1])
    assert any("cli_odd has no samples" in line and "add_samples(cli_odd" in line for line in lines)
    assert re.match("1 operation, 0 samples: 1 not decided; ", lines[-1])


def test_pictures_of_failures_are_saved_in_a_new_folder(here, capsys):
    lines = check(capsys, write(here, RIGHT + WRONG), "--pictures", "deep/wrong", code=1)
    assert [path.name for path in (here / "deep/wrong").iterdir()] == ["cli_cube.html"]
    assert "factor" in (here / "deep/wrong/cli_cube.html").read_text(encoding="utf-8")
    assert any(line.replace("\\", "/").endswith("deep/wrong/cli_cube.html") for line in lines)


def test_an_operation_with_a_hostile_name_stays_in_its_folder_and_off_the_terminal(here, capsys):
    text = WRONG.replace("@op\n", "").replace(
        "add_samples(cli_cube,",
        "cli_cube.__name__ = '../\\x1b[2J\\n'\ncli_cube = op(cli_cube)\nadd_samples(cli_cube,",
    )
    lines = check(capsys, write(here, text), "--pictures", "wrong", code=1)
    assert "\x1b" not in "".join(lines)
    assert lines[1].startswith(r"../\x1b[2J\n ")
    assert [path.name for path in (here / "wrong").iterdir()] == ["_____2J_.html".replace("_____", "_____")]
    assert not list(here.glob("*.html"))


def test_on_a_terminal_a_bar_shows_what_is_being_checked(here, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["gradcheck", write(here, RIGHT)]) == 0
    assert "cli_square" in sys.stderr.getvalue()
    assert "1/2" in sys.stderr.getvalue()


def test_the_help_teaches_with_a_file_and_the_exit_codes(capsys):
    with pytest.raises(SystemExit):
        main(["gradcheck", "--help"])
    shown = capsys.readouterr().out
    for words in ("my_ops.py:cube", "add_samples(cube", "Exit code: 0", "--pictures DIR", "kinks"):
        assert words in shown

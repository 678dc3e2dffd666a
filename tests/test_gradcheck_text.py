"""The text of a gradient check's report: one screen, the finding first, nothing a terminal would act on."""

import ast
import dataclasses
import textwrap

import numpy as np
import pytest
from gradcheck_reports import CODE, KINDS, failed

from tinygrad_cnn.testing.report import FAIL, PASS, GradcheckError, Measured, Report, Worst
from tinygrad_cnn.testing.show.text import plain, write_report

kind_of = pytest.mark.parametrize("kind", KINDS)

WHOLE = """\
FAIL  cube: the gradient of x is wrong (sign)
  diagnosis   sign: the gradient has the wrong sign
              evidence: analytic / numeric is -1 in 12 of 12 entries
  worst       x[1, 2]: analytic -3, numeric 3
              error 6, 6e+08 times its tolerance 1e-08; analytic / numeric -1
              slopes: 3 on the left, 3 on the right

    error of x (2 rows, 3 columns)
       0 1 2
    0  - * #
    1  # @ X
    X worst (>= 1)   - within tolerance   * < 0.1   # < 1   @ >= 1
    relative to the largest entry of the gradient, 3

  measured    12 of 12 coordinates, 58 evaluations, mode full, seed 0
              step 6.1e-06, noise 2.2e-16; of the gradient: tolerance 1.3e-09, largest error 2
  reproduce
      import numpy as np
      from tinygrad_cnn import tensor
      x = np.random.default_rng(0).normal(size=(3, 4))
      t = tensor(x, requires_grad=True)
      y = cube(t)
      print(t.grad[1, 2])  # -12.7, and by differences 12.7"""


def map_of(report):
    """The rows of the map, without their numbers."""
    lines = write_report(report).split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith("    error of "))
    rows = []
    for line in lines[start + 2 :]:
        number, _, signs = line.strip().partition("  ")
        if not number.isdigit():
            return rows
        rows.append(signs)
    return rows


def with_errors(error, index, tolerance=1e-6):
    """A report whose gradient is 1 everywhere by differences, and off by these errors."""
    error = np.asarray(error, dtype=float)
    return failed("f", 1 + error, np.where(np.isnan(error), np.nan, 1.0), index, tolerance=tolerance)


@kind_of
def test_a_report_is_at_most_one_screen_of_printable_ascii(kind):
    lines = write_report(KINDS[kind]()).split("\n")
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 100
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("kind", ["passed", "empty"])
def test_a_pass_is_three_to_six_lines(kind):
    assert 3 <= len(write_report(KINDS[kind]()).split("\n")) <= 6


def test_a_pass_with_much_to_say_is_cut_and_says_so():
    report = Report("f", names=("x",), notes=("a note " * 40,) * 3)
    lines = write_report(report).split("\n")
    assert len(lines) == 6
    assert lines[-1].strip() == "... (2 more lines)"


def test_the_whole_text_of_a_wrong_sign():
    values = np.array([[0.0, 0.125, 1.0], [0.5, 2.0, 3.0]])
    assert write_report(failed("cube", -values, values, (1, 2))) == WHOLE


def test_the_first_line_says_what_was_found():
    first = {kind: write_report(make()).split("\n")[0] for kind, make in KINDS.items()}
    assert first["sign_error"] == "FAIL  cube: the gradient of x is wrong (sign)"
    assert first["needle"] == "FAIL  conv2d: the gradient of w is wrong"
    assert first["second_order"] == (
        "FAIL  gelu: the gradient of w, differentiated by x, is wrong (not-differentiable-again)"
    )
    assert first["passed"] == "PASS  conv2d: the gradients of x, w and b are right (orders 1 and 2)"
    assert first["empty"] == "PASS  sum: no gradient to check, the inputs are empty"
    assert first["without_worst"] == "FAIL  noise: the function draws random numbers (nondeterministic)"
    assert first["inconclusive"].startswith("INCONCLUSIVE  dropout: not decided, because two calls with")
    assert first["nasty"].startswith(r"FAIL  </svg><script>alert(1)</script>\x1b[2...: </svg><script>")


def test_a_verdict_that_is_inconclusive_gives_the_whole_reason():
    report = KINDS["inconclusive"]()
    words = " ".join(write_report(report).split())
    assert report.reason in words.replace("because two calls", "two calls", 1).split("because ", 1)[1]
    assert "notes pass a generator with a fixed seed" in words


def test_many_inputs_are_named_by_the_first_three():
    report = Report("f", names=("a", "b", "c", "d", "e"))
    assert write_report(report).startswith("PASS  f: the gradients of a, b, c and 2 more are right (order 1)")


def test_the_map_has_a_sign_for_each_power_of_ten():
    errors = [[0.0, 5e-7, 5e-5, 5e-4], [5e-3, 5e-2, 0.5, 5.0], [np.nan, 1e-6, 1.0, 7.0]]
    assert map_of(with_errors(errors, (2, 3))) == ["- - : =", "+ * # @", ". - @ X"]


def test_a_gradient_that_is_not_finite_is_told_from_one_that_was_not_measured():
    assert map_of(KINDS["infinite"]()) == ["- X -", "! - -"]
    report = with_errors([[np.nan, 1.0]], (0, 1))
    assert map_of(report) == [". X"]


def test_a_block_shows_its_largest_error_and_the_worst_entry_keeps_its_place():
    errors = np.zeros((160, 128))
    errors[23, 77] = 0.5  # rows 20-29, columns 76-77
    errors[159, 0] = 3.0
    errors[40, 127] = np.nan
    rows = map_of(with_errors(errors, (159, 0)))
    assert (len(rows), {len(row) for row in rows}) == (16, {64})
    expected = [["-"] * 64 for _ in range(16)]
    expected[2][38] = "#"
    expected[15][0] = "X"
    assert rows == ["".join(row) for row in expected]


def test_the_map_is_of_the_slice_that_holds_the_worst_entry():
    text = write_report(KINDS["border_error"]())
    assert "    error of x[0, 1, :, :] (5 rows, 4 columns)\n" in text
    errors = np.zeros((1, 6, 1, 1))
    errors[0, 4] = 1.0
    report = with_errors(errors, (0, 4, 0, 0))
    assert "    error of x[0, :, 0, 0] (6 entries)\n       0 1 2 3 4 5\n" in write_report(report)
    assert map_of(report) == ["- - - - X -"]


def test_a_row_of_one_dimension_is_numbered_by_its_blocks():
    text = write_report(KINDS["row"]())
    assert "error of b (150 entries; each sign is the worst of 1 x 3)" in text
    assert "       0   12  24  36  48  60" in text
    assert map_of(KINDS["row"]())[0].endswith("X")


@pytest.mark.parametrize("kind", ["single", "empty", "without_worst", "inconclusive"])
def test_there_is_no_map_where_there_is_nothing_to_see_on_it(kind):
    assert "error of" not in write_report(KINDS[kind]())


def test_the_map_shrinks_before_anything_else_is_lost():
    lines = write_report(KINDS["crowded"]()).split("\n")
    assert len(map_of(KINDS["crowded"]())) == 2
    labels = [line[2:14].strip() for line in lines if line.startswith("  ") and line[2] != " "]
    assert labels == ["because", "diagnosis", "or", "or", "or", "worst", "measured", "notes", "reproduce"]


def test_all_that_was_measured_is_told():
    measured = Measured(1e-15, 6e-6, 2e-9, 0.31, 1.8e-7, 12, 999, 8, 1, {"jump": 3, "edge": 1}, 4321)
    report = Report("f", PASS, measured=measured, mode="fast", seed=7, names=("x",))
    assert [line[14:] for line in write_report(report).split("\n")[1:]] == [
        "12 of 999 coordinates, 8 projections, 4,321 evaluations, mode fast, seed 7",
        "step 6e-06, noise 1e-15; of the gradient: tolerance 2e-09, largest error 0.31",
        "float32 gradient within 1.8e-07; 1 kink accepted; skipped 3 (jump), 1 (edge)",
    ]


def test_the_worst_entry_is_told_with_its_derivative_and_slopes():
    text = write_report(KINDS["second_order"]())
    assert "x[2, 1] of the gradient of w, differentiated by x: analytic 0, numeric 0.148631523" in text
    assert "slopes: 0 on the left, 1 on the right" in write_report(KINDS["kink"]())
    assert "slopes on the two sides: not measured" in write_report(KINDS["nan_slopes"]())
    assert "t: analytic 3, numeric 6" in write_report(KINDS["single"]())


def test_the_lines_that_reproduce_a_failure_can_be_copied():
    block = write_report(KINDS["sign_error"]()).split("  reproduce\n")[1]
    assert "\n".join(line.removeprefix("      ") for line in block.split("\n")) == CODE
    long = dataclasses.replace(KINDS["sign_error"](), reproduce=f"x = [{'1.0, ' * 50}]")
    folded = write_report(long).split("  reproduce\n")[1]
    assert len(folded.split("\n")) == 3
    assert ast.literal_eval(textwrap.dedent(folded).removeprefix("x = ")) == [1.0] * 50
    long.reproduce = "x = '" + "a b " * 50 + "'"  # cannot be broken
    assert "  reproduce (lines cut; whole in report.reproduce)\n" in write_report(long)
    assert "reproduce" not in write_report(dataclasses.replace(long, reproduce=""))


def test_control_characters_and_direction_marks_are_written_as_escapes():
    assert plain("\x1b[31m\r\n\x85\u202e\ud800é") == r"\x1b[31m\r\n\x85\u202e\ud800\xe9"
    assert plain("é\u200b", ascii_only=False) == r"é\u200b"


def test_a_report_prints_as_its_text_and_so_does_its_error():
    report = KINDS["sign_error"]()
    assert str(report) == repr(report) == str(GradcheckError(report)) == write_report(report)


@pytest.mark.parametrize("index", [(0, 9), (0,), (-1, 0), ()])
def test_an_index_outside_of_the_input_marks_nothing(index):
    report = KINDS["sign_error"]()
    report.worst = dataclasses.replace(report.worst, index=index)
    assert "X" not in "".join(map_of(report))


def test_gradients_of_another_shape_or_none_at_all_still_give_a_report():
    report = KINDS["sign_error"]()
    report.analytic = (np.zeros((4, 3)),)
    assert "X" in "".join(map_of(report))
    report.errors = report.analytic = report.numeric = ()
    assert "error of" not in write_report(report)


def test_a_map_of_order_1_is_not_shown_for_a_mistake_at_order_2():
    report = KINDS["second_order"]()
    assert map_of(report)
    report.errors = (np.zeros((4, 3)),)
    assert "error of" not in write_report(report)


def test_a_reason_that_the_diagnosis_gives_is_not_given_twice():
    report = KINDS["sign_error"]()
    report.reason = report.diagnosis[0].words
    assert write_report(report) == write_report(KINDS["sign_error"]())
    report.reason = "another reason"
    assert "  because     another reason\n" in write_report(report)


def test_numbers_of_numpy_that_are_infinite_give_no_warning():
    inf = np.float64(np.inf)
    worst = Worst(0, "x", (np.int64(0),), inf, inf, inf, -inf, np.float64(0.0), 1)
    text = write_report(Report("f", FAIL, worst=worst))
    assert "x[0]: analytic inf, numeric inf" in text
    assert "slopes on the two sides: not measured" in text

"""Tests that are tried on planted mistakes: which survive, and that nothing of it stays behind."""

import re

import numpy as np
import pytest
from plugin_runs import lines_of, table

from tinygrad_cnn import REGISTRY, op, tensor


def planted_now():
    """The engine's table, as it should be after every run: empty, and the one that mutants are planted in."""
    from tinygrad_cnn.base import record
    from tinygrad_cnn.testing.mutation import mutants

    assert record.planted is mutants.planted
    return record.planted


STRONG = """
def test_strong():
    x = tensor(X, requires_grad=True)
    cube(x).sum().backward()
    assert np.array_equal(x.grad.numpy(), 3 * X**2)
    assert np.array_equal(x.numpy(), X)
"""
WEAK = """
def test_weak():
    x = tensor(X, requires_grad=True)
    cube(x).sum().backward()
    assert x.grad.shape == X.shape
"""


def by_hand(check):
    """Plant each mistake of cube and try a check on it; count (planted, found, not reached, survived)."""
    from tinygrad_cnn.testing import mutate

    @op
    def cube(x):
        return x.array**3, lambda g: g * 3 * x * x

    values = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -2.0]])
    counts = [0, 0, 0, 0]
    for mutant in mutate(cube):
        x = tensor(values.copy(), requires_grad=True)
        with mutant:
            try:
                cube(x).sum().backward()
                found = not check(x.grad.numpy(), x.numpy(), values)
            except Exception:
                found = True
        counts[0] += 1
        counts[1 if found else 3 if mutant.changed else 2] += 1
    del REGISTRY["cube"]  # the file of tests registers its own
    return tuple(counts)


def test_survivors_are_listed_with_the_mistake_and_fail_the_run(run):
    expected = by_hand(lambda g, x, before: g.shape == x.shape)
    result = run(WEAK, "--gradcheck-mutants=cube")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1)
    assert table(result) == {"cube": (1, *expected)} and expected[3] > 3
    survivors = [line for line in result.outlines if line.startswith("survived: ")]
    assert len(survivors) == expected[3]
    sign = "survived: cube, gradient of x: sign (sign): unnoticed by the one test that calls cube"
    assert sign in survivors
    assert not planted_now()


def test_a_test_that_notices_everything_passes_the_run(run):
    expected = by_hand(lambda g, x, before: np.array_equal(g, 3 * before**2) and np.array_equal(x, before))
    result = run(WEAK + STRONG, "--gradcheck-mutants=cube")
    assert result.ret == pytest.ExitCode.OK, lines_of(result)
    assert table(result) == {"cube": (2, *expected)} and expected[3] == 0
    result.stdout.fnmatch_lines(
        ["gradient mutants of 1 op, on 2 tests", "every mistake that changed a gradient was found"]
    )


def test_without_names_the_ops_of_all_tests_are_tried(run):
    result = run(
        STRONG + "\ndef test_other():\n    relu(X)\n    assert tensor(X).exp() is not None\n",
        "--gradcheck-mutants",
    )
    rows = table(result)
    assert set(rows) == {"cube", "sum"}  # relu and exp recorded nothing
    totals = [sum(row[i] for row in rows.values()) for i in range(1, 5)]
    assert re.search(r"^total +" + " +".join(map(str, totals)) + "$", lines_of(result), re.MULTILINE)


def test_all_kinds_of_tests_run_again(run, pytester):
    """Classes, parameters, shared fixtures, unittest and doctests: each notices the mistakes of one op."""
    result = run(
        """
import unittest

@pytest.fixture(scope="module", params=[1.0, 2.0])
def value(request):
    return tensor(request.param, requires_grad=True)

@pytest.fixture(scope="module")
def recorded():
    x = tensor(X, requires_grad=True)
    return x, x.tanh()

def test_first_to_ask(recorded):
    assert recorded

def test_shared(recorded):
    x, y = recorded
    assert np.allclose(grad(y, x, np.ones(X.shape)).numpy(), 1 - np.tanh(X) ** 2)

def test_property(record_property, request, recorded):
    record_property("a", 1)
    assert len(request.node.user_properties) == 1

class TestClass:
    @pytest.mark.parametrize("factor", [3.0, 4.0])
    def test_parameters(self, value, factor):
        assert not hasattr(self, "ran")
        self.ran = True
        (g,) = grad((value * factor), [value])
        assert g.item() == factor

class TestUnit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.x = tensor(2.0, requires_grad=True)

    def setUp(self):
        self.assertFalse(hasattr(self, "ran"))

    def test_exp(self):
        self.ran = True
        self.assertAlmostEqual(grad(self.x.exp(), self.x).item(), np.exp(2), places=4)

def documented():
    '''
    >>> x = tensor([1.0, 4.0], requires_grad=True)
    >>> x.sqrt().sum().backward()
    >>> x.grad
    tensor([0.5 , 0.25])
    '''
""",
        "--doctest-modules",
        "--gradcheck-mutants=tanh,mul,exp,sqrt",
    )
    result.assert_outcomes(passed=9)
    assert "left out" not in lines_of(result)
    rows = table(result)
    assert [rows[name][0] for name in ("tanh", "mul", "exp", "sqrt")] == [3, 4, 1, 1]
    for name in ("tanh", "mul", "exp", "sqrt"):
        assert f"survived: {name}, gradient of x: sign" not in lines_of(result)
        assert f"survived: {name}, gradient of a: sign" not in lines_of(result)
        assert rows[name][2] > 2
    assert not planted_now()


def test_an_op_that_is_registered_within_a_test_is_tried(run):
    result = run(
        """
from tinygrad_cnn import REGISTRY

@pytest.fixture(autouse=True)
def fresh():
    known = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(known)

def test_local(gradcheck):
    @op
    def local(x):
        return x.array * 2, lambda g: g * 2
    gradcheck(local, X)
""",
        "--gradcheck-mutants=local",
    )
    tests, planted, found, _, _ = table(result)["local"]
    assert tests == 1 and planted > 15 and found > 8, lines_of(result)
    assert "local" not in REGISTRY


def test_tests_that_fail_are_to_be_mended_first(run):
    result = run(STRONG + "\ndef test_fails():\n    assert False\n", "--gradcheck-mutants")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["no mistake was planted: the tests have to pass as they are first"])


def test_a_test_that_fails_when_run_twice_finds_nothing(run):
    result = run(
        WEAK + "    ran.append(1)\n    assert len(ran) == 1\n\nran = []\n" + STRONG,
        "--gradcheck-mutants=cube",
    )
    result.stdout.fnmatch_lines(["left out: test_it.py::test_weak fails when it runs a second time"])
    assert table(result)["cube"][0] == 1


def test_skipped_and_expected_failures_are_not_asked(run):
    more = "\n@pytest.mark.xfail\ndef test_x():\n    cube(tensor(X, requires_grad=True))\n    assert False\n"
    more += "\ndef test_s():\n    cube(tensor(X, requires_grad=True))\n    pytest.skip()\n"
    more += more[: more.index("    assert")].replace("test_x", "test_passes")
    result = run(STRONG + more, "--gradcheck-mutants=cube")
    result.assert_outcomes(passed=1, skipped=1, xfailed=1, xpassed=1)
    assert table(result)["cube"][0] == 1


def test_ctrl_c_restores_everything_and_tells_what_was_tried(run):
    result = run(
        WEAK
        + """
from tinygrad_cnn.testing.mutation.mutants import planted
seen = []

def test_interrupts():
    cube(tensor(X, requires_grad=True))
    seen.extend(planted)
    if len(seen) == 3:
        raise KeyboardInterrupt
""",
        "--gradcheck-mutants=cube",
        no_reraise_ctrlc=True,
    )
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert table(result)["cube"][1] == 2
    result.stdout.fnmatch_lines(["stopped early; *were not tried"])
    assert not planted_now()


@pytest.mark.parametrize("ending", ["assert g == 3 * 2.0**2", "pytest.fail('late') if g != 12 else None"])
def test_fixtures_that_fail_because_of_a_mistake_find_it(run, ending):
    result = run(
        f"""
@pytest.fixture(scope="module")
def early():
    x = tensor(2.0, requires_grad=True)
    g = grad(cube(x), x).item()
    assert g == 12
    return g

@pytest.fixture(scope="module")
def late():
    x = tensor(2.0, requires_grad=True)
    g = grad(cube(x), x).item()
    yield
    {ending}

def test_late(late):
    pass

def test_early(early):
    pass
""",
        "--gradcheck-mutants=cube",
    )
    assert result.ret in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), lines_of(result)
    assert "survived: cube, gradient of x: sign" not in lines_of(result)
    assert table(result)["cube"][2] > 3 and not planted_now()


def test_shared_fixtures_end_with_each_mistake_even_if_they_fail_then(run, pytester):
    """What a fixture recorded with one mistake must not be met with the next."""
    result = run(
        """
@pytest.fixture(scope="module")
def shared():
    with open("made.txt", "a") as file:
        file.write("x")
    x = tensor(2.0, requires_grad=True)
    g = grad(cube(x), x).item()
    yield g
    if g != 12:
        pytest.fail("late")

def test_first(shared):
    assert shared == 12

def test_second(shared):
    pass
""",
        "--gradcheck-mutants=cube",
    )
    tests, planted, found, _, _ = table(result)["cube"]
    assert tests == 2 and found > 3, lines_of(result)
    assert len((pytester.path / "made.txt").read_text()) == 2 + planted


def test_mutants_leave_no_pictures_warnings_or_counts(run, pytester):
    result = run(
        """
import warnings

@pytest.mark.filterwarnings("default")
def test_cube(gradcheck):
    x = tensor(X, requires_grad=True)
    cube(x).sum().backward()
    if not np.array_equal(x.grad.numpy(), 3 * X**2):
        warnings.warn("a mistake")
    print("noise")
    gradcheck(cube, X)
""",
        "--gradcheck-mutants=cube",
        "--gradcheck-pictures=kept",
    )
    result.assert_outcomes(passed=1)
    assert table(result)["cube"][2] > 10
    assert list((pytester.path / "kept").iterdir()) == []
    assert "a mistake" not in lines_of(result) and "noise" not in lines_of(result)


def test_a_named_op_that_nothing_tests_fails_the_run(run):
    result = run(STRONG, "--gradcheck-mutants=cube,tanh,rellu")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "untested: no test that passed calls tanh with a tensor that requires grad",
            "untested: there is no op rellu; did you mean relu?",
        ]
    )


def test_where_nothing_is_recorded_that_is_said(run):
    result = run("def test_plain():\n    relu(X)\n", "--gradcheck-mutants")
    result.stdout.fnmatch_lines(["no mistake was planted: no test that passed calls an op with a tensor*"])
    assert result.ret == pytest.ExitCode.OK
    assert run(STRONG, "--gradcheck-mutants", "--collect-only").ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--gradcheck-mutants", "test_it.py"],
            "'test_it.py' is no list of ops; write --gradcheck-mutants=OP,OP",
        ),
        (["--gradcheck-mutants", "--pdb"], "use one of both"),
        (["--gradcheck-mutants", "--processes=2"], "runs all tests in one process; leave -n out"),
        (["--gradcheck=slow"], "invalid choice: 'slow'"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_words(run, pytester, options, words):
    pytester.makeconftest(
        "def pytest_addoption(parser):\n    parser.addoption('--processes', dest='numprocesses', type=int)\n"
    )
    result = run(STRONG, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in "\n".join(result.errlines)

"""The pytest plugin, tried as users would: its fixture, its pictures and its marker."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from plugin_runs import PACKAGE, line_of, lines_of

from tinygrad_cnn import REGISTRY, relu
from tinygrad_cnn.testing import add_samples, samples_of
from tinygrad_cnn.testing.plugin.pictures import file_name
from tinygrad_cnn.testing.samples import book

# The fixture

OWN_LINE = r"tinygrad_cnn[\\/]\w+[\\/]"  # how a traceback would name a file of the package


def test_the_fixture_checks_functions_ops_samples_and_modules(run):
    result = run(
        """
        add_samples(cube, X)

        def test_function(gradcheck):
            assert gradcheck(lambda x: x.tanh(), X).measured.checked == 6

        def test_op(gradcheck):
            assert gradcheck.op("cube").samples == 1

        def test_sample(gradcheck):
            assert gradcheck(relu, samples_of(relu)[0]).samples == 1
            assert gradcheck.op(relu, samples_of(relu)[0]).samples == 1

        def test_module(gradcheck):
            assert gradcheck.module(nn.Linear(3, 2), (4, 3)).names

        def test_settings_are_handed_on(gradcheck):
            report = gradcheck(wrong, X, order=1, seed=3, raise_exception=False)
            assert (report.verdict, report.order, report.seed) == ("fail", 1, 3)
        """.replace("\n        ", "\n")
    )
    result.assert_outcomes(passed=5)


def test_a_failure_is_printed_as_the_report_and_the_line_of_the_test(run, pytester):
    result = run(
        """
def test_wrong(gradcheck):
    report = gradcheck(wrong, X, raise_exception=False)
    Path("report.txt").write_text(str(report))
    gradcheck(wrong, X)
"""
    )
    result.assert_outcomes(failed=1)
    report = (pytester.path / "report.txt").read_text()
    here = line_of(pytester, "    gradcheck(wrong, X)")
    after = f"{report}\n\ntest_it.py:{here}: GradcheckError\n"
    before, _, rest = lines_of(result).partition(after)
    assert rest, lines_of(result)
    assert re.search(r"_ test_wrong _+$", before.splitlines()[-1])  # nothing stands before the report
    result.stdout.fnmatch_lines([f"FAILED test_it.py::test_wrong - {report.splitlines()[0][:20]}*"])


def test_failures_of_the_plain_functions_are_printed_alike(run, pytester):
    result = run(
        """
from tinygrad_cnn.testing import check_op, gradcheck as check

def helper():
    check_op(wrong, [X])

def test_function():
    check(wrong, X)

def test_op():
    helper()
"""
    )
    result.assert_outcomes(failed=2)
    text = lines_of(result)
    assert text.count("  diagnosis   factor: ") == 2
    assert not re.search(OWN_LINE, text) and "raise_exception and not report" not in text
    assert f"test_it.py:{line_of(pytester, '    check_op(wrong, [X])')}: GradcheckError" in text


@pytest.mark.parametrize("option", ["--full-trace", "--tb=native"])
def test_a_traceback_that_is_asked_for_is_shown(run, option):
    result = run("def test_wrong(gradcheck):\n    gradcheck(wrong, X)\n", option)
    assert "Gradcheck" in lines_of(result) and "reports.py" in lines_of(result)


def test_what_cannot_be_checked_is_said_without_lines_of_the_package(run, pytester):
    pytester.makepyfile(ops_of_mine='def broken(x):\n    return x / int("zero")\n')
    result = run(
        """
from ops_of_mine import broken

def test_broken(gradcheck):
    gradcheck(broken, X)

def test_nothing(gradcheck):
    gradcheck(None, X)
"""
    )
    result.assert_outcomes(failed=2)
    text = lines_of(result)
    assert "broken raised an error with these inputs" in text and 'return x / int("zero")' in text
    assert not re.search(OWN_LINE, text)


def test_an_expected_failure_stays_one(run, pytester):
    pytester.makeconftest("def pytest_runtest_logreport(report):\n    print(report.longreprtext)\n")
    source = "@pytest.mark.xfail\ndef test_wrong(gradcheck):\n    gradcheck(wrong, X)\n"
    result = run(source, "-s")
    result.assert_outcomes(xfailed=1)
    assert "\n  diagnosis   factor: " in lines_of(result) and "def test_wrong" not in lines_of(result)


@pytest.mark.parametrize(
    ("option", "expected"),
    [([], "full fast"), (["--gradcheck=full"], "full full"), (["--gradcheck=fast"], "fast fast")],
)
def test_the_mode_comes_from_the_command_line(run, option, expected):
    result = run(
        f"""
def test_mode(gradcheck):
    of_op = gradcheck.op(wrong, [X], raise_exception=False).report.mode
    assert gradcheck(cube, X).mode + " " + of_op == {expected!r}
    assert gradcheck(cube, X, mode="full").mode == "full"
""",
        *option,
    )
    result.assert_outcomes(passed=1)


# Pictures


def test_pictures_of_what_did_not_pass_are_kept(run, pytester):
    result = run(
        """
@pytest.mark.parametrize("name", ["a/b", "a:b", "..", "x" * 300, "<a&b>"])
def test_wrong(gradcheck, name):
    gradcheck(wrong, X)

def test_twice_and_caught(gradcheck):
    gradcheck(wrong, X, raise_exception=False)
    with pytest.raises(GradcheckError):
        gradcheck.op(wrong, X)

def test_plain():
    from tinygrad_cnn.testing import gradcheck
    gradcheck(wrong, X)

def test_without_samples(gradcheck):
    op = pytest.importorskip("tinygrad_cnn").op
    @op
    def picky(x):
        if x.shape != (17, 19):
            raise ValueError("no")
        return x.array, lambda g: g
    gradcheck.op(picky)

def test_right(gradcheck):
    gradcheck(cube, X)
""",
        "--gradcheck-pictures=some/pictures",
    )
    result.assert_outcomes(failed=7, passed=2)
    kept = sorted(path.name for path in (pytester.path / "some" / "pictures").iterdir())
    assert len(kept) == 9
    assert all(re.fullmatch(r"test_it\.py-test_[A-Za-z0-9_.-]{1,90}\.html", name) for name in kept), kept
    assert len({name.lower() for name in kept}) == 9
    assert sum("test_twice" in name for name in kept) == 2 and not any("right" in name for name in kept)
    for name in kept:
        page = (pytester.path / "some" / "pictures" / name).read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>") or "<html" in page[:200].lower()
    result.stdout.fnmatch_lines(["*gradcheck pictures*", "9 pictures in some/pictures"])
    assert all(f"{Path('some', 'pictures', name)}" in lines_of(result) for name in kept)
    assert re.search(r"^  picture     some.pictures.test_it.py-test_plain", lines_of(result), re.MULTILINE)


def test_the_same_test_replaces_its_picture_and_a_pass_keeps_none(run, pytester):
    for _ in range(2):
        run("def test_wrong(gradcheck):\n    gradcheck(wrong, X)\n", "--gradcheck-pictures=kept")
    assert len(list((pytester.path / "kept").iterdir())) == 1
    result = run("def test_right(gradcheck):\n    gradcheck(cube, X)\n", "--gradcheck-pictures=other")
    assert list((pytester.path / "other").iterdir()) == []
    result.stdout.fnmatch_lines(["every check passed, other got no picture"])


def test_a_folder_that_cannot_be_made_is_refused_in_words(run, pytester):
    (pytester.path / "taken").write_text("a file")
    result = run("def test_right(): pass", "--gradcheck-pictures=taken")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--gradcheck-pictures=taken: it cannot be made (*); choose another folder"])


def test_file_names_differ_where_test_ids_do():
    ids = ["t.py::test[a/b]", "t.py::test[a:b]", "t.py::test[a-b]", "u/t.py::test[a-b]", "t.py::test[A-B]"]
    names = [file_name(i).lower() for i in ids]
    assert len(set(names)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9_.-]+", name) for name in names)


# The marker


def test_the_marker_gives_each_sample_of_the_named_ops(run, pytester):
    result = run(
        """
add_samples(cube, X, -X, np.zeros((0, 3)))

@pytest.mark.op_samples("cube", "gather")
def test_both(op, sample):
    assert op.__name__ == sample.op
    op(*[tensor(a) for a in sample.inputs], **sample.settings)

@pytest.mark.op_samples("relu")
class TestAll:
    def test_sample(self, sample):
        assert sample.op == "relu"

    @pytest.mark.op_samples.with_args(cube)
    def test_closer(self, sample):
        assert sample.op == "cube"

    @pytest.mark.parametrize("n", [1, 2])
    def test_with_more(self, sample, n):
        pass
""",
        "-v",
    )
    relus = len(samples_of("relu"))
    result.assert_outcomes(passed=3 + len(samples_of("gather")) + relus + 3 + 2 * relus)
    passed = re.findall(r"^test_it.py::(\S+) PASSED", lines_of(result), re.MULTILINE)
    assert passed[:3] == ["test_both[cube-2x3]", "test_both[cube-2x3-2]", "test_both[cube-0x3]"]
    assert f"TestAll::test_sample[{samples_of('relu')[0].name}]" in passed


def test_the_bare_marker_gives_everything_that_is_registered_and_has_samples(run):
    result = run(
        """
add_samples(cube, X)

@pytest.mark.op_samples
def test_all(sample):
    pass
"""
    )
    built_in = sum(len(samples_of(name)) for name in REGISTRY if name not in ("cube", "wrong"))
    assert built_in > 200
    result.assert_outcomes(passed=built_in + 1)


@pytest.mark.parametrize(
    ("marker", "argument", "words"),
    [
        ('("rellu")', "sample", "there is no op 'rellu' in REGISTRY; did you mean relu?"),
        ('("qqq")', "sample", "there is no op 'qqq' in REGISTRY; import the module that registers it first"),
        (
            '("wrong")',
            "sample",
            "wrong has no samples; add some beside its definition: add_samples(wrong, (x, w))",
        ),
        ("(3)", "sample", "expected an operation, its name or a function, got int"),
        (
            '("relu")',
            "tmp_path",
            "gives each sample in the argument 'sample', and the test takes none; add it",
        ),
        ('(op="relu")', "sample", "takes names of ops, and no op"),
    ],
)
def test_what_is_wrong_with_a_marker_is_said_at_collection(run, marker, argument, words):
    result = run(f"@pytest.mark.op_samples{marker}\ndef test_it({argument}):\n    pass\n")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "@pytest.mark.op_samples on test_it" in lines_of(result) and words in lines_of(result)
    assert not re.search(OWN_LINE, lines_of(result))


# What it costs


def test_a_project_that_does_not_use_it_sees_nothing_of_it(run):
    result = run("def test_plain():\n    assert True\n")
    result.assert_outcomes(passed=1)
    assert "gradcheck" not in lines_of(result) and "mutants" not in lines_of(result)


def test_the_plugin_imports_nothing_of_the_package_until_it_is_used():
    code = (
        "import sys, pytest, tinygrad_cnn.testing as t; before = set(sys.modules); "
        "import tinygrad_cnn.testing.pytest_plugin; print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(PACKAGE).parent,
    )
    assert done.stdout.strip() == "['tinygrad_cnn.testing.pytest_plugin']"


def test_it_is_an_entry_point_and_can_be_switched_off(run):
    project = Path(PACKAGE).parent / "pyproject.toml"
    if project.exists():
        entry = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["pytest11"]
        assert entry == {"tinygrad_cnn": "tinygrad_cnn.testing.pytest_plugin"}
    run.plugin.clear()
    off = ("-p", "no:tinygrad_cnn")
    run("def test_plain():\n    assert True\n", *off).assert_outcomes(passed=1)
    result = run("def test_fixture(gradcheck):\n    pass\n", *off)
    result.assert_outcomes(errors=1)
    assert "fixture 'gradcheck' not found" in lines_of(result)


def test_what_is_kept_of_samples_here_is_forgotten():
    """The fixture `run` hides the book of added samples; the functions it patches are the ones in use."""
    assert not samples_of("cube")
    add_samples(relu, np.array([0.5]))
    assert samples_of(relu)[-1].inputs[0].shape == (1,)
    book._added.pop("relu")

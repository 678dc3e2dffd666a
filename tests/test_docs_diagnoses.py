"""The page of diagnoses: every code has an example that gets it and a fix that works; all is up to date."""

import re
import runpy
import sys
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

import pytest

from tinygrad_cnn import manual_seed
from tinygrad_cnn.testing import CODES, check_op, gradcheck

DOCS = Path(__file__).parent.parent / "docs"
PICTURES = DOCS / "pictures"
PAGE = DOCS / "diagnoses.md"
OUTDATED = "the words of the checker or the examples have changed; run: python docs/make_diagnoses.py"


@cache
def made():
    """The names of make_diagnoses.py, and the reports of all examples."""
    sys.path.insert(0, str(DOCS))
    try:
        names = runpy.run_path(str(DOCS / "make_diagnoses.py"))
    finally:
        sys.path.remove(str(DOCS))
    reports = {code: names["check_example"](code) for code in names["EXAMPLES"]}
    return names, reports


@pytest.fixture(scope="module", autouse=True)
def _forget_the_wrong_ops():
    yield
    made.cache_clear()
    sys.modules.pop("wrong_ops", None)


def masked(text):
    """A text with its numbers hidden, whose last digits are not the same on every machine."""
    return re.sub(r"-?\d+(\.\d+)?(e[-+]?\d+)?", "#", text)


def comparable(page):
    """The lines of the page, with numbers hidden in those that quote what was measured."""
    return [masked(line) if line.startswith("> ") else line for line in page.splitlines()]


def words_of(picture):
    return " ".join(ElementTree.parse(picture).getroot().itertext())


def sources():
    """The code of wrong_ops.py, function by function: name -> code."""
    blocks = re.split(r"\n\n\n", (DOCS / "wrong_ops.py").read_text(encoding="utf-8"))
    return {m[1]: block for block in blocks if (m := re.search(r"^def (\w+)", block, re.MULTILINE))}


def without_fix(source):
    """The code of a function without the comment that tells the fix."""
    return "\n".join(line for line in source.split("\n") if "# Fix: " not in line)


def test_every_code_has_an_example_and_an_explanation_and_there_are_no_others():
    names, _ = made()
    assert list(names["EXAMPLES"]) == list(CODES)
    assert list(names["EXPLANATIONS"]) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_example_gets_its_diagnosis(code):
    _, reports = made()
    report = reports[code]
    assert report.verdict == "fail"
    assert code in report.codes[:2], report


def test_every_example_is_short():
    for name, source in sources().items():
        lines = [line for line in without_fix(source).splitlines() if line.strip()]
        assert len(lines) <= 10, f"{name} has {len(lines)} lines"


def test_the_page_is_what_the_checker_says():
    names, reports = made()
    page, fresh = PAGE.read_text(encoding="utf-8"), names["make_page"](reports)
    assert comparable(page) == comparable(fresh), OUTDATED


def test_the_pictures_are_those_of_the_page_and_no_others():
    names, reports = made()
    shown = re.findall(r"\]\(pictures/(diagnosis-[\w-]+\.svg)\)", PAGE.read_text(encoding="utf-8"))
    there = [path.name for path in PICTURES.glob("diagnosis-*")]
    expected = [f"diagnosis-{code}.svg" for code in CODES if names["has_picture"](code, reports[code])]
    assert shown == expected
    assert sorted(there) == sorted(expected)


def test_every_picture_is_a_drawing_of_its_report():
    _, reports = made()
    for path in PICTURES.glob("diagnosis-*"):
        report = reports[path.stem.removeprefix("diagnosis-")]
        assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        text = masked("".join(words_of(path).split()))
        for found in report.diagnosis:
            words = f"{found.words} evidence: {found.evidence}"
            assert masked("".join(words.split())) in text, f"{path.name}: {OUTDATED}"
        assert path.stat().st_size < 40_000, path.name
    assert sum(path.stat().st_size for path in PICTURES.glob("diagnosis-*")) < 800_000


def test_a_report_is_the_same_each_time():
    names, reports = made()
    for code in ("nondeterministic", "stale", "not-linear"):
        assert str(names["check_example"](code)) == str(reports[code])


# code -> what to replace in its example, and by what
REPAIRS = {
    "sign": ("lambda g: g, lambda g: g", "lambda g: g, lambda g: -g"),
    "factor": (".expand(*x.shape)", ".expand(*x.shape) / x.shape[1]"),
    "accumulated-twice": ("g * 2 * x + g * 2 * x", "g * 2 * x"),
    "overwritten": ("d[place] = g[i]", "d[place] = d[place] + g[i]"),
    "not-unbroadcast": ("lambda g: g, lambda g: g", "lambda g: g, lambda g: g.sum(0)"),
    "transposed": ("lambda g: g @ b,", "lambda g: g @ b.permute(1, 0),"),
    "flipped": ("w[j] * padded", "w[2 - j] * padded"),
    "shifted": ("F.pad(g, (0, 2))", "F.pad(g, (1, 1))"),
    "borders": (
        "three(F.pad(g, (1, 1)))",
        "three(F.pad(g, (1, 1))) + F.pad(g[:, :1], (0, 6)) / 3 + F.pad(g[:, -1:], (6, 0)) / 3",
    ),
    "ties": ("tensor(winners)", "tensor(winners / winners.sum(axis=1, keepdims=True))"),
    "incoming-gradient-ignored": ("2 / x.array.size", "g * 2 / x.array.size"),
    "not-linear": ("F.clip(g * y, -1.0, 1.0)", "g * y"),
    "jacobian-missing": ("g * y * (1 - y)", "y * (g - (g * y).sum(1, keepdim=True))"),
    "graph-cut": ("tensor(np.sqrt(x.numpy()))", "x.sqrt()"),
    "batch-not-summed": ("g[0]", "g.sum(0)"),
    "stale": ("g * 2 * tensor(remembered)", "g * 2 * x"),
    "dtype-loss": ("(-g.float() * y.float()).double()", "-g * y"),
    "not-differentiable-again": ("g * tensor(3 * x.numpy() ** 2)", "g * 3 * x * x"),
    "nondeterministic": ("0.5)", "0.5, training=False)"),
    "input-modified": ("y = np.maximum(x.array, 0, out=x.array)", "y = np.maximum(x.array, 0)"),
    "one-entry": ("weights[0] = 0.5", "weights[0] = weights[-1] = 0.5"),
    "region": ("1.0, 0.1)", "1.0, 0.2)"),
    "missing-factor": ("g * 3 * x", "g * 3 * x * x"),
    "dropped-term": ("g * x.exp()", "g * (x.exp() + x * x.exp())"),
    "swapped": ("lambda g: g * a, lambda g: g * b", "lambda g: g * b, lambda g: g * a"),
    "wrong-input": ("lambda g: g[:n], lambda g: g[:n]", "lambda g: g[:n], lambda g: g[n:]"),
    "misplaced": ("lambda g: g", "lambda g: g[np.argsort(order)]"),
    "mask": ("lambda g: g", "lambda g: g * tensor(kept)"),
    "wrong-axis": ("g.mean(0, keepdim=True)", "g.mean(1, keepdim=True)"),
    "wrong-shares": ("np.full(x.shape, 1 / x.shape[1])", "(x.array == median)"),
    "wrong-formula": ("lambda g: g * (1 - x * x)", "lambda g, y: g * (1 - y * y)"),
    "some-lines": ("lambda g: g * 2 * x", "lambda g: g * 2 * x + g * tensor(third) * (3 * x * x - 2 * x)"),
    "not-finite": ("g * x.exp() / (x.exp() + 1)", "g / ((-x).exp() + 1)"),
    "no-slope": ("kept.setdefault(x.shape, np.exp(x.array))", "np.exp(x.array)"),
    "diffuse": ("g * tensor(rounded)", "g * tensor(weights)"),
    "wrong-shape": ("lambda g: g", "lambda g: g.reshape(-1, 1).expand(*x.shape)"),
    "backward-raised": ('-g.astype("float64") * y * y', "-g * y * y"),
    "memory-layout": ('x.array.ravel("K")', "x.array.reshape(-1)"),
}


def repaired(path):
    """Write wrong_ops.py with all of its mistakes corrected, and run it."""
    text = (DOCS / "wrong_ops.py").read_text(encoding="utf-8")
    table = re.findall(r'^    "([\w-]+)": \(\s*(\w+),', text, re.MULTILINE)
    parts = sources()
    for code, name in table:
        old, new = REPAIRS[code]
        before = without_fix(parts[name])
        assert before.count(old) == 1, f"{code}: {old} is not in the example"
        text = text.replace(parts[name], before.replace(old, new))
    path.write_text(text, encoding="utf-8")
    return runpy.run_path(str(path), run_name="wrong_ops")["EXAMPLES"]


def test_every_fix_works(tmp_path):
    manual_seed(0)
    for code, (function, inputs) in repaired(tmp_path / "right_ops.py").items():
        assert gradcheck(function, inputs), code
        if code == "memory-layout":
            assert check_op(function, [inputs])


def test_the_fix_that_is_told_is_the_one_that_works():
    names, _ = made()
    parts = sources()
    for code, (function, _inputs) in names["EXAMPLES"].items():
        _, fix = names["_source"](function)
        right = without_fix(parts[function.__name__]).replace(*REPAIRS[code])
        for snippet in re.findall(r"`([^`]+)`", fix):
            assert snippet in right, f"{code}: {snippet}"

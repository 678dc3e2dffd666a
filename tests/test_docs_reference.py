"""The reference: every public name on one page, with an example that runs; the pages are up to date."""

import doctest
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
from test_docs import MARKDOWN_ESCAPES, formulas

DOCS = Path(__file__).parent.parent / "docs"
FOLDER = DOCS / "reference"
PAGES = sorted(FOLDER.glob("*.md"))
MAKE = "the docstrings have changed; run: python docs/make_reference.py"
page_of = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


@pytest.fixture(scope="module", autouse=True)
def docs_on_the_path():
    sys.path.insert(0, str(DOCS))
    yield
    sys.path.remove(str(DOCS))


def names():
    return import_module("reference_names")


def sections(text):
    """The parts of a page by heading."""
    _, *found = re.split(r"^### (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(found[::2], found[1::2], strict=True))


def anchors(path):
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_the_pages_are_what_the_docstrings_give():
    made = import_module("make_reference").make_pages()
    assert sorted(made) == [path.name for path in PAGES], MAKE
    for path in PAGES:
        assert path.read_text(encoding="utf-8") == made[path.name], f"{path.name}: {MAKE}"


def test_every_public_name_stands_on_one_page():
    found = {}
    for path in PAGES:
        for title, text in sections(path.read_text(encoding="utf-8")).items():
            assert title not in found, f"{title} stands on {path.name} and on {found[title][0]}"
            found[title] = path.stem, text
    for title, entry in names().entries().items():
        assert title in found and found[title][0] == entry.family, f"{title} is not on its page; {MAKE}"
        for module, name in entry.paths:
            words = (title, f"`{module}.{name}`", f"`tg.{name}`")
            assert name in title or any(word in found[title][1] for word in words), f"{module}.{name}: {MAKE}"


def test_every_public_name_has_an_example():
    lacking = [title for title, entry in names().entries().items() if not names().has_example(entry.doc)]
    assert not lacking, f"give these an example in their docstrings: {', '.join(lacking)}"


@pytest.mark.parametrize("title", ["Tensor", "nn.Module"])
def test_every_method_of_the_classes_that_are_shown_in_full_has_words_and_an_example(title):
    entry = names().entries()[title]
    for name, method in names().members(entry).items():
        doc = names().completed(f"{title}.{name}", names().own_doc_of(method))
        assert names().has_example(doc) and not doc.startswith(">>>"), (
            f"{title}.{name} needs a docstring with an example, or one in docs/reference_examples.txt"
        )


def test_the_file_of_examples_has_only_what_no_docstring_has():
    known = {title: entry.thing for title, entry in names().entries().items()}
    for title in ("Tensor", "nn.Module"):
        inside = names().members(names().entries()[title])
        known |= {f"{title}.{name}": thing for name, thing in inside.items()}
    for title in names().added():
        assert title in known, f"docs/reference_examples.txt has {title}, which is not public"
        doc = names().own_doc(known[title]) or names().own_doc_of(known[title])
        assert not names().has_example(doc), f"{title} has an example of its own: drop the other one"


@page_of
def test_every_example_runs_by_itself(path):
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False)
    wrong = []
    for title, text in sections(path.read_text(encoding="utf-8")).items():
        blocks = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
        example = parser.get_doctest(blocks, {"__name__": "__main__"}, title, path.name, 0)
        runner.run(example, out=wrong.append)
    assert not wrong, "".join(wrong)


@page_of
def test_every_python_block_is_checked_when_the_page_is(path):
    for block in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        assert block.startswith(">>> ") and block.endswith("\n\n"), f"{path.name}:\n{block}"


@page_of
def test_every_link_leads_to_a_file_and_every_anchor_to_a_heading(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for file, anchor in set(re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", text)):
        there = path.parent / file if file else path
        assert there.exists(), f"{path.name} links to {file}, which is not there"
        assert not anchor or anchor in anchors(there), f"{path.name} links to {file}#{anchor}"


@page_of
def test_no_formula_has_a_backslash_that_markdown_takes_for_its_own(path):
    for formula in formulas(path.read_text(encoding="utf-8")):
        assert not MARKDOWN_ESCAPES.search(formula), f"{path.name}: write it as a block, {formula}"


def test_a_module_without_a_family_is_refused_in_words():
    with pytest.raises(LookupError, match=r"give the module one in MODULES of docs/reference_families\.py"):
        names().family_of("shear", "functional.shear")
    assert names().family_of("anything", "functional.loss_of_a_new_kind") == "losses"


def test_every_family_that_is_named_exists():
    families = import_module("reference_families")
    assert {*families.MODULES.values(), *families.NAMES.values()} <= set(families.FAMILIES)
    modules = {entry.home for entry in names().entries().values()}
    unused = [
        key
        for key in families.MODULES
        if not any(f"{m}.".startswith((f"{key}.", f"{key}_")) for m in modules)
    ]
    assert not unused, f"no public name is defined in {', '.join(unused)}"
    titles = {*names().entries()}
    assert set(families.NAMES) <= titles, f"not public: {sorted(set(families.NAMES) - titles)}"


DOCSTRING = """A sum, :math:`y = a_i + |b|`, of ``a`` and `relu`.

.. math:: y =
    a + b

Args:
    a: the first, which is
        long.
    a, b: both.

Raises:
    ShapeError: never.

>>> 1 + 1
2

Words, and

>>> 2 + 2
4
"""


def test_a_docstring_becomes_markdown():
    text = import_module("reference_text")
    made = text.markdown(DOCSTRING, {"relu": "activations.md#relu"}.get, ["import math"])
    assert made.splitlines() == [
        "A sum, $`y = a_i + |b|`$, of `a` and [`relu`](activations.md#relu).",
        "",
        "```math",
        "y =",
        "a + b",
        "```",
        "",
        "**Arguments**",
        "",
        "- `a`: the first, which is long.",
        "- `a`, `b`: both.",
        "",
        "**Raises**",
        "",
        "- `ShapeError`: never.",
        "",
        "```python",
        ">>> import math",
        ">>> 1 + 1",
        "2",
        "",
        "```",
        "",
        "Words, and",
        "",
        "```python",
        ">>> 2 + 2",
        "4",
        "",
        "```",
    ]


def test_the_names_that_an_example_leaves_to_its_module_are_found():
    text = import_module("reference_text")
    lines = (
        ">>> import os\n>>> y = f(os, [a for a in range(n)])\n>>> def g(x):\n...     return x + c\n>>> y\n1"
    )
    assert text.free_names(lines) == ["c", "f", "n", "range"]
    assert names().imports_for(">>> x = np.ones(2)\n>>> History()", "train.history") == [
        "from tinygrad_cnn.train import History"
    ]

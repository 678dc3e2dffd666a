"""The documentation: what is generated is up to date, what is linked is there, and no file is left out.

The examples on the pages are run by `python -m pytest --doctest-glob='*.md' docs`.
"""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
PACKAGE = ROOT / "tinygrad_cnn"


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def stems(folder):
    return sorted(path.stem for path in (PACKAGE / folder).glob("*.py") if path.stem != "__init__")


def test_the_page_of_operations_is_what_the_registry_gives():
    made = runpy.run_path(str(ROOT / "docs" / "make_ops.py"))["make_page"]()
    assert page("ops.md") == made, "the operations have changed; run: python docs/make_ops.py"


def test_every_operation_of_the_package_has_a_section():
    from tinygrad_cnn import ops

    sections = re.findall(r"^### (\w+)$", page("ops.md"), re.MULTILINE)
    assert sorted(sections) == sorted(ops.__all__)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_to_a_file_and_every_anchor_to_a_heading(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://")):
            continue
        file, _, anchor = target.partition("#")
        there = path if not file else (path.parent / file)
        assert there.exists(), f"{path.name} links to {target}, which is not there"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in anchors, f"{path.name} links to {target}, which is no heading"


def test_the_index_lists_every_page_and_every_example():
    linked = set(re.findall(r"\]\(([^)\s]+)\)", page("README.md")))
    assert {path.name for path in PAGES} - {"README.md"} <= linked
    assert {f"../examples/{path.name}" for path in (ROOT / "examples").glob("*.py")} <= linked


MARKDOWN_ESCAPES = re.compile(r"\\[,;:!_{}]")


def formulas(text):
    """The mathematics of a page between bare dollars, where Markdown reads backslashes before TeX does."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"\$`[^`]*`\$|`[^`]*`", "", text)
    blocks = re.findall(r"\$\$(.*?)\$\$", text, re.DOTALL)
    return blocks + re.findall(r"\$([^$]+)\$", re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name)
def test_no_formula_has_a_backslash_that_markdown_takes_for_its_own(path):
    for formula in formulas(path.read_text(encoding="utf-8")):
        assert not MARKDOWN_ESCAPES.search(formula), f"{path.name}: write $`{formula}`$ or a math block"


def test_formulas_are_found_between_bare_dollars_only():
    text = "$a\\,b$ and $`c\\,d`$ and `$e$`\n\n$$f\\_g\nh$$\n```math\ni\\,j\n```\n"
    assert formulas(text) == ["f\\_g\nh", "a\\,b"]


def test_the_table_of_lines_is_what_there_is():
    make = runpy.run_path(str(ROOT / "docs" / "make_lines.py"))["make_page"]
    assert page("design.md") == make(page("design.md")), "files have grown; run: python docs/make_lines.py"


def test_lines_of_code_are_counted_without_documentation():
    count = runpy.run_path(str(ROOT / "docs" / "make_lines.py"))["code_lines"]
    assert (
        count('"""Words\nand more."""\n\n# why\ndef f(x):\n    """Doc."""\n    return (x +\n        1)\n')
        == 3
    )


@pytest.mark.parametrize("stem", [*stems("base"), *stems("core")])
def test_the_page_of_the_engine_names_every_file_of_the_core(stem):
    assert f"core/{stem}.py" in page("engine.md") or f"`{stem}` (" in page("engine.md")


@pytest.mark.parametrize("stem", stems("kernels"))
def test_the_page_of_the_design_names_every_kernel_file(stem):
    assert f"`{stem}`" in page("design.md")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_python_block_is_checked_when_the_page_is(path):
    for block in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        assert block.startswith(">>> "), f"this block of {path.name} is not run:\n{block}"
        assert block.endswith("\n\n"), f"an empty line has to end the last result of this block:\n{block}"


def test_the_measurement_of_the_memory_order_runs_and_its_two_ways_agree():
    compare = runpy.run_path(str(ROOT / "docs" / "measure_order.py"))["compare"]
    for layer in [(2, 3, 6, 3, 1), (6, 7, 7, 5, 0)]:  # compare() raises where results differ
        ours, plain = compare(layer, batch=3, repeats=1)
        assert ours > 0 and plain > 0

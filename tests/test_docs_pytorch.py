"""The page for those who come from PyTorch: what it says is what the signatures and the file of names say."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import functional, nn

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module", autouse=True)
def docs_on_the_path():
    sys.path.insert(0, str(DOCS))
    yield
    sys.path.remove(str(DOCS))


def make():
    return import_module("make_coming_from_pytorch")


def compared(forms, function, **settings):
    compare = import_module("pytorch_compare")
    return compare.compare(forms, compare.ours(function), **{"typed": True, **settings})


def test_the_page_is_what_the_comparison_gives():
    page = (DOCS / "coming_from_pytorch.md").read_text(encoding="utf-8")
    assert page == make().make_page(), "signatures have changed; run: python docs/make_coming_from_pytorch.py"


def test_every_form_in_the_file_of_names_can_be_read():
    facts = make().facts()
    assert facts["version"].startswith("2.13")
    for space, names in facts["names"].items():
        assert names and space in make().PLACES
        for name, forms in names.items():
            assert name.isidentifier()
            assert forms is None or [import_module("pytorch_compare").theirs(form) for form in forms], name


def test_functional_is_importable_as_in_pytorch():
    import tinygrad_cnn.nn.functional as F

    assert nn.functional is F and F.relu is tg.relu and F.conv2d is functional.conv2d
    assert F.__all__ == functional.__all__
    for name in functional.__all__:
        assert getattr(F, name) is getattr(functional, name)


USED = """\
torch.nn.functional: conv2d relu max_pool2d cross_entropy mse_loss linear dropout
torch.nn: Conv2d Linear ReLU MaxPool2d Dropout Sequential CrossEntropyLoss
torch: cat stack exp matmul
torch.Tensor: exp detach item reshape
torch.optim: SGD Adam AdamW
"""


@pytest.mark.parametrize("line", USED.splitlines())
def test_what_everybody_uses_is_the_same(line):
    space, names = line.split(": ")
    for name in names.split():
        assert make().verdicts()[space, name].kind in ("same", "more"), (name, make().verdicts()[space, name])


def test_every_name_is_present_or_in_one_group_of_what_is_absent():
    absent = import_module("pytorch_absent")
    groups = make().absent()
    listed = [name for names in groups.values() for name in names]
    assert len(listed) == len(set(listed))
    gone = {name for (_, name), verdict in make().verdicts().items() if verdict.kind == "absent"}
    here = {name for (_, name), verdict in make().verdicts().items() if verdict.kind != "absent"}
    assert set(listed) == gone - here
    assert all(groups[title] for title, _ in absent.NOT_MEANT), "a group without names: drop its pattern"
    assert absent.group_of("torch.nn.LSTM") == "Recurrent networks, attention, text"
    assert absent.group_of("torch.logaddexp3") == absent.COULD_COME or "Fourier" in absent.group_of(
        "torch.logaddexp3"
    )
    assert absent.group_of("torch.nn.Fold") == absent.COULD_COME


def test_every_difference_that_is_listed_stands_in_the_page_of_differences():
    text = (DOCS / "differences.md").read_text(encoding="utf-8")
    flat = " ".join(text.split())
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    statements = make().statements()
    assert len(statements) > 20 and {heading for heading, _ in statements} <= set(headings)
    for _, statement in statements:
        assert statement.removesuffix(".") in flat, statement
    bold = re.findall(
        r"^\*\*(.+?)\*\*", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.DOTALL | re.MULTILINE
    )
    assert {" ".join(b.split()).rstrip(".:") + "." for b in bold} <= {
        statement for _, statement in statements
    }
    page = (DOCS / "coming_from_pytorch.md").read_text(encoding="utf-8")
    assert all(f"- {statement}" in page for _, statement in statements)


def test_signatures_are_compared():
    def f(input, dim=None, *, keepdim=False, extra=1):
        """Something to compare with."""

    assert compared(["input, dim=None, *, keepdim=False, extra=1"], f).kind == "same"
    assert compared(["input, dim=None, *, keepdim=False, extra=1, out=None"], f).kind == "same"
    assert compared(["input", "input, dim, *, keepdim=False"], f) == make().Verdict("more", "also `extra`")
    assert compared(["input, dim=None, *, keepdim=False, extra=1, dtype=None"], f).note == "without `dtype`"
    assert compared(["input, dim=None, *, keepdim=False, extra=1, dtype=None"], f, typed=False).kind == "same"
    assert compared(["input, dim=0, *, keepdim=False, extra=1"], f).note == "`dim=None`, there 0"
    assert compared(["input, dim=None, keepdim=False, *, extra=1"], f).note == "`keepdim` by name only"
    assert compared(["input, axis=None, *, keepdim=False, extra=1"], f).note == "`dim` for `axis`"
    assert compared(["dim=None, input=None, *, keepdim=False, extra=1"], f).kind == "different"
    assert compared(["*args, **kwargs"], f).kind == "same"


def test_forms_that_another_form_covers_do_not_count():
    def pad(input, padding=0):
        """One number where there are two ways to write it."""

    assert compared(["input, padding=0", "input, padding='valid'"], pad).kind == "same"
    assert compared(["input, padding='valid'"], pad).kind == "different"

    def zeros(*size, dtype=None):
        """Sizes one by one."""

    assert compared(["size, *, dtype=None, device=None"], zeros).kind == "same"


def test_equal_defaults_may_be_written_in_two_ways():
    equal = import_module("pytorch_compare").equal
    assert equal([1, 1], 1) and equal("inf", float("inf")) and equal(None, False) and equal([0, 1], (0, 1))
    assert not equal(1, 2) and not equal("mean", "sum") and not equal([0, 1], 0)

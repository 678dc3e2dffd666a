"""Writes ops.md, the page of all operations, from the registry:  python docs/make_ops.py"""

import re
from itertools import groupby
from pathlib import Path

from tinygrad_cnn import REGISTRY
from tinygrad_cnn.core import Op

PAGE = Path(__file__).with_name("ops.md")
PACKAGE = "tinygrad_cnn.ops."

HEAD = """\
# All operations

This page is generated from the registry, `tinygrad_cnn.REGISTRY`, by `python docs/make_ops.py`; a test holds
it equal.

These are the primitives, {count} of them: each is a value with its backward closures, and takes settings in
one normalised form. What one calls are the functions of
[`tinygrad_cnn.functional`](../tinygrad_cnn/functional/__init__.py) and the methods of tensors, which check
their arguments and are composed of these. Every operation can be differentiated any number of times, since
closures are made of operations, too.

In the formulas $\\bar y$ is the gradient that comes in from the result, and $\\bar x$ the one that is handed
on to the input x. Sizes are named by letter, and equal letters are equal sizes: N pictures, C channels, H
rows, W columns, O filters of kh x kw; `...` stands for any sizes in front. An input marked with * is any
number of tensors.
"""


def make_page() -> str:
    """The whole page, as Markdown."""
    records = [record for record in REGISTRY.values() if record.forward.__module__.startswith(PACKAGE)]
    parts = [HEAD.format(count=len(records))]
    for module, group in groupby(sorted(records, key=_place), key=_module):
        parts.append(f"## [{module}](../tinygrad_cnn/ops/{module}.py)\n")
        parts += [_section(record) for record in group]
    return "\n".join(parts)


def _module(record: Op) -> str:
    return record.forward.__module__.removeprefix(PACKAGE)


def _place(record: Op) -> tuple[str, int]:
    return _module(record), record.forward.__code__.co_firstlineno


def _section(record: Op) -> str:
    lines = [f"### {record.name}", "", _signature(record), "", _markdown(record.doc), ""]
    return "\n".join(lines)


def _signature(record: Op) -> str:
    """Inputs and settings, and the sizes of the inputs where there is a contract."""
    inputs = ", ".join(("*" if record.variadic else "") + name for name in record.inputs)
    parts = [f"inputs `{inputs}`"]
    if record.dims is not None:
        sizes = "; ".join(f"{name} ({', '.join(letters)})" for name, letters in record.dims.letters.items())
        parts.append(f"sizes `{sizes}`")
    if record.settings:
        parts.append(f"settings `{', '.join(record.settings)}`")
    return " · ".join(parts)


def _markdown(text: str) -> str:
    """The roles of a docstring in Markdown: mathematics between dollars, names in code marks."""
    text = re.sub(r":math:`([^`]*)`", _mathematics, text)
    return re.sub(r"``([^`]*)``", r"`\1`", text)


def _mathematics(role: re.Match[str]) -> str:
    """A formula; in code marks, too, where Markdown would take a backslash for its own."""
    formula = role[1]
    return f"$`{formula}`$" if re.search(r"\\[^a-zA-Z]", formula) else f"${formula}$"


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")

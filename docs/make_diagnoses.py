"""Writes diagnoses.md and its pictures, from the functions of wrong_ops.py:  python docs/make_diagnoses.py"""

import inspect
import re
import textwrap
from pathlib import Path
from typing import Any

from wrong_ops import EXAMPLES

from tinygrad_cnn import manual_seed
from tinygrad_cnn.testing import CODES, Report, check_op, gradcheck

PAGE = Path(__file__).with_name("diagnoses.md")
PICTURES = Path(__file__).with_name("pictures")
OF_CHECK_OP = (
    "memory-layout",
)  # a function is called with arrays as they are; an op with other layouts, too
NO_WORST_ENTRY = ("ties", "diffuse")  # the picture shows that every entry alone is right

HEAD = """\
# What each diagnosis means

When a gradient is wrong, the checker says which mistake the measurements fit, and what was measured. This
page shows every diagnosis on a small function that gets it. It is generated from
[`wrong_ops.py`](wrong_ops.py) by `python docs/make_diagnoses.py`; a test holds it up to date.

```python
>>> import numpy as np
>>> from tinygrad_cnn import op
>>> from tinygrad_cnn.testing import gradcheck
>>> @op
... def take_away(a, b):
...     return a.array - b.array, lambda g: g, lambda g: g
>>> report = gradcheck(take_away, (np.array([1.0, 2.0]), np.array([0.5, -1.0])), raise_exception=False)
>>> report.verdict, report.codes
('fail', ('sign',))
>>> report.diagnosis[0].evidence
'gradient / differences = -1 everywhere'

```

`print(report)` shows all of it as text, `report.save("take_away.svg")` draws the pictures shown here.

## How to read a picture

The result y is weighted with random numbers, the incoming gradient g, and summed up. The left map is the
gradient of that sum as the backward pass computes it, *analytic*. The middle one is the same gradient by
differences, *numeric*: each entry is moved a little in both directions, and only the forward pass is asked.
Blue is negative, red is positive, white is 0. The right map is how far the two are apart: green entries are
right, and the darker the violet, the larger the error. The worst entry, in units of its tolerance, has a
frame. Below, its slopes are drawn: the solid line is how the function really changes on the left and on the
right, the dashed line is what the gradient claims.

Mistakes that make a comparison impossible or show elsewhere have no picture.

## All diagnoses
"""

# code -> where the mistake comes from, and what to see in the picture
EXPLANATIONS = {
    "sign": (
        "Here, b is subtracted. The first two maps have the same pattern in opposite colours, and the "
        "dashed line rises where the solid one falls."
    ),
    "factor": (
        "The patterns of the two maps are the same, one of them is paler. If the constant is a size of an "
        "input or of the result, or one divided by it, the evidence names it: then a sum and a mean were "
        "mixed up."
    ),
    "accumulated-twice": (
        "A whole number as factor is the sign of it: the same gradient was added that often. It comes as a "
        "second opinion after `factor`, because the numbers alone do not tell the two apart."
    ),
    "overwritten": (
        "Gradients of several uses add up. Entry 2 was read three times, and kept the gradient of the last "
        "time; the entries that were read once are right."
    ),
    "not-unbroadcast": (
        "An array that is repeated by broadcasting is used many times, so its gradient is a sum. The engine "
        "refuses a gradient of the wrong shape, so there is nothing to compare, and no picture."
    ),
    "transposed": (
        "The matrices are square, so that the shapes fit by chance, and only the values tell. With other "
        "shapes the product in the backward pass fails, and the report says that its sizes do not meet: "
        "check products with sizes that all differ."
    ),
    "flipped": (
        "Each input entry sees the filter from the other end. A filter that is symmetric hides the mistake, "
        "so check with one that is not."
    ),
    "shifted": (
        "The result of the cropping is two columns narrower; the gradient is filled up at the right only, "
        "and lies one column too far left. Compare the first two maps: the white columns are 4 and 5 in "
        "one, 0 and 5 in the other."
    ),
    "borders": (
        "The error map is green inside and violet at two edges. Padding, cropping and strides go wrong "
        "there first, and a test on the middle of a picture does not see it."
    ),
    "ties": (
        "Where two entries tie for the maximum, the function has a kink: each of them alone may have any "
        "slope between 0 and that of a sole winner, so every entry passes and the error map is green. Moved "
        "up together, they move the maximum once; their gradients say twice."
    ),
    "incoming-gradient-ignored": (
        "A loss is often the last step, where g is 1, and nothing is noticed until the loss is scaled or "
        "added to another. With g = 0 every gradient has to be 0. The patterns of the two maps are the "
        "same: what is missing is the one number g."
    ),
    "not-linear": (
        "Twice the incoming gradient means twice the gradient; what clips, squares or normalises g breaks "
        "this. Entries that reached the limit of 1 are wrong, the smaller ones are right."
    ),
    "jacobian-missing": (
        "In a softmax, a larger entry makes all others of its row smaller. The closure has only the "
        "derivative of each output by its own input; the evidence counts what is missing beside that "
        "diagonal."
    ),
    "graph-cut": (
        "The left map is empty: nothing arrived. A value that leaves for numpy and comes back is a constant "
        "to the graph."
    ),
    "batch-not-summed": (
        "The bias was added to each of the four samples, and the gradient is that of the first one. Its "
        "shape is right, so no error is raised."
    ),
    "stale": (
        "Everything is right as long as each backward pass directly follows its forward pass; a layer that "
        "is used twice in a network gets the values of its last use. The checker calls the function once "
        "more in between. Nothing is wrong in the maps, so there is no picture."
    ),
    "dtype-loss": (
        "The first two maps look the same, and the dashed line lies on the solid one: the error is beyond "
        "the seventh digit, where float32 ends. The inputs were float64, so these digits count."
    ),
    "not-differentiable-again": (
        "The array of `x.numpy()` is a constant to the graph, so the closure gives the right gradient, but "
        "only once. The maps show the derivative of the gradient 3 x^2 g, which is 6 x g; what arrives is "
        "0. A check with `order=1` passes."
    ),
    "nondeterministic": (
        "Differences of two calls measure the chance between them, not a slope, so the checker stops here, "
        "and there is no picture."
    ),
    "input-modified": (
        "The caller's array is changed behind its back, and with it the result of everything else that uses "
        "it. The checker stops here, since nothing that is measured afterwards means anything."
    ),
    "one-entry": "One violet entry in a green map: a corner, an end, an index that is off by one.",
    "region": (
        "Compare the error map with the inputs: all violet entries are those where x is negative. One "
        "branch of the function, or its condition, is different in the two passes."
    ),
    "missing-factor": (
        "The ratio of the two gradients changes from entry to entry, but it follows a formula: `x^-1` says "
        "that the gradient should be multiplied with x once more."
    ),
    "dropped-term": (
        "The difference between the two gradients follows a formula: the term that is missing here equals "
        "the result. A forgotten part of the product rule looks like this."
    ),
    "swapped": "Both gradients have the right shape, and each of them is what the other one should be.",
    "wrong-input": (
        "Both closures read the first rows of g, which are those of a. The shapes are the same, so that "
        "nothing but the values tells."
    ),
    "misplaced": (
        "The two maps have the same colours in another order. Sorting, gathering and reshaping only move "
        "values, and the way back has to move them back."
    ),
    "mask": (
        "The lower triangle is right. Above it, the middle map is empty and the left one is not: the closure "
        "lets through what the function had set to 0."
    ),
    "wrong-axis": (
        "Which outputs depend on which entries does not depend on the values: here on those of the same row, "
        "and in the closure on those of the same column. Matrices that are not square keep some of these "
        "mistakes from going unnoticed."
    ),
    "wrong-shares": (
        "In the middle map every row has one coloured entry, in the left one all five are pale. Added up, "
        "both are the same, so a test that looks at sums passes."
    ),
    "wrong-formula": (
        "The two formulas that the measurements fit are shown side by side. Here one has x where the other "
        "has the result."
    ),
    "some-lines": (
        "One column of the error map is violet. What distinguishes this column, row or channel in the "
        "forward pass is missing in the closure."
    ),
    "not-finite": (
        "The function was written with care, and its value at 800 is right. In the closure, infinity is "
        "divided by infinity. A single NaN spoils all weights of a network in one step."
    ),
    "no-slope": (
        "Nothing that is done to x changes the result, so it cannot have been computed from x. Integer "
        "arithmetic and rounding look the same."
    ),
    "diffuse": (
        "Of a large input, some entries are looked at one by one; besides, all of them are moved at once, "
        "in random directions. Here the errors of single entries are smaller than differences can resolve, "
        "so the error map is green or empty, but the projection sees their sum. Rounded constants and "
        "forgotten tiny terms do this."
    ),
    "wrong-shape": (
        "A reduction made the result smaller than the input; the gradient has to be spread out again. The "
        "engine refuses it, so there is no picture."
    ),
    "backward-raised": (
        "Closures get tensors, and tensors do not have all methods of arrays. The error is shown as it "
        "came; there is nothing to compare, and no picture."
    ),
    "memory-layout": (
        "`check_op` calls an operation with transposed, reversed and strided arrays of the same values, "
        "too, as slices and permutations make them. With ordinary arrays the gradient is right, so there is "
        "no picture."
    ),
}


def check_example(code: str) -> Report:
    """Check the example of one diagnosis, from the same random state every time."""
    function, inputs = EXAMPLES[code]
    manual_seed(0)
    if code in OF_CHECK_OP:
        return check_op(function, [inputs], raise_exception=False).report
    return gradcheck(function, inputs, raise_exception=False)


def make_page(reports: dict[str, Report]) -> str:
    """The whole page, as Markdown."""
    rows = [f"| [`{code}`](#{code}) | {words} |" for code, words in CODES.items()]
    index = ["| code | what it means |", "|---|---|", *rows, ""]
    return "\n".join([HEAD, *index, *(_section(code, reports[code]) for code in CODES)])


def has_picture(code: str, report: Report) -> bool:
    """Say whether gradients were compared, so that there is something to see."""
    return report.worst is not None or code in NO_WORST_ENTRY


def picture_of(code: str) -> Path:
    """Where the picture of a diagnosis lies."""
    return PICTURES / f"diagnosis-{code}.svg"


def _section(code: str, report: Report) -> str:
    source, fix = _source(EXAMPLES[code][0])
    found = [f"> **{d.code}**: {_markdown(d.evidence)}" for d in report.diagnosis]
    lines = [
        f"## {code}",
        "",
        f"**{_sentence(_markdown(CODES[code]))}**",
        "",
        _filled(EXPLANATIONS[code]),
        "",
    ]
    lines += ["```py", source, "```", "", "The checker says:", "", "\n>\n".join(found), ""]
    lines += [_filled(f"The fix: {fix}"), ""]
    if has_picture(code, report):
        words = f"The report of {report.name}: {code}"
        lines += [f"![{words}](pictures/{picture_of(code).name})", ""]
    return "\n".join(lines)


def _source(function: Any) -> tuple[str, str]:
    """The code of an example without its comment, and the comment, which tells the fix."""
    lines = inspect.getsource(function).rstrip().split("\n")
    (fix,) = [line for line in lines if line.lstrip().startswith("# Fix: ")]
    lines.remove(fix)
    return "\n".join(lines), fix.split("# Fix: ")[1]


def _markdown(text: str) -> str:
    """Keep Markdown from reading signs of multiplication and underlines as its own."""
    return re.sub(r"(`[^`]*`)|([*_<>|])", lambda m: m[1] or f"\\{m[2]}", text)


def _filled(text: str) -> str:
    """A paragraph in lines of the usual length."""
    return "\n".join(textwrap.wrap(text, 110, break_on_hyphens=False, break_long_words=False))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith("?") else ".")


def write_all() -> None:
    """Check every example; write the page, and the pictures in place of all older ones."""
    reports = {code: check_example(code) for code in CODES}
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("diagnosis-*.svg"):
        old.unlink()
    for code, report in reports.items():
        if has_picture(code, report):
            report.save(picture_of(code))
    PAGE.write_text(make_page(reports), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE} and {len(list(PICTURES.glob('diagnosis-*.svg')))} pictures")


if __name__ == "__main__":
    write_all()

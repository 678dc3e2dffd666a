"""Writes gallery.md and its pictures, from the models of gallery_models.py:  python docs/make_gallery.py"""

import inspect
import textwrap
from pathlib import Path

from gallery_models import GALLERY

PAGE = Path(__file__).with_name("gallery.md")
PICTURES = Path(__file__).with_name("pictures")

HEAD = """\
# Gallery

What `draw` makes of real computations. How to read the pictures is in [pictures.md](pictures.md). The page is
generated from [`gallery_models.py`](gallery_models.py) by `python docs/make_gallery.py`; a test holds the
pictures up to date, but for their digits, whose last ones differ between processors.
"""
LOOK_FOR = {
    "by-hand": "x is used twice, so a circle with + adds up two gradients: 20 + 1 = 21. h is used "
    "twice by one multiplication, and gets -5 twice.",
    "seed": "From the loss at the bottom to the picture at the top, the gradient becomes thousands of "
    "times smaller: the bars in the right lane get shorter from rung to rung. Of the gradient that "
    "leaves the pooling, three of four pixels are exactly 0, because another one of their window was "
    "the largest (`keeps argmax`): the box above it says so.",
    "lenet": "Convolutions show their first channels and filters, and the gradients of both.",
    "residual": "The line in the gutter carries the input past both convolutions; the orange one "
    "beside it carries the gradient back, and the + adds the two. Batch normalisation is "
    "one box that says what it hides.",
    "resnet": "Of 209 operations, 204 repeat in twelve blocks. Their box gives the least, median "
    "and largest norm of the gradients that enter the blocks.",
    "unet": "Two skips, one inside of the other. At the top of each, the gradient through the "
    "skip is larger than the one through the bottom: the numbers are beside the +.",
    "inception": "Four branches start at the input. Their lines share one trunk on the way down; on "
    "the way up every gradient has its own line, and four of them are added up.",
    "shared": "A tensor that is used several times has a rung of its own. The weight is one box, "
    "with three lines down and three up.",
    "failed": "The operation that failed is red, and says both shapes: use 676 instead of 784. "
    "Nothing was computed backward, so the gradients are -, and not 0.",
    "not-a-number": "The first operation that gave an infinity has a badge, and the red line leads from "
    "it to the loss. In the right lane, the first bad gradient has one, too: it is where "
    "the logarithm's dY / X divides by 0. `cross_entropy` computes the same without this.",
    "second": "`create_graph=True` records the backward pass as a computation of its own: the "
    "multiplications in the middle are the closures of x * x * x.",
}


def make_page() -> str:
    """Make the page; the pictures are beside it."""
    parts = [HEAD]
    for name, make in GALLERY.items():
        title = (inspect.getdoc(make) or "").partition("\n")[0]
        words = textwrap.fill(LOOK_FOR[name], 118, break_long_words=False, break_on_hyphens=False)
        parts.append(f"## {name}\n\n{title}\n\n{words}\n\n![{title}](pictures/graph-{name}.svg)\n")
    return "\n".join(parts)


if __name__ == "__main__":
    for name, make in GALLERY.items():
        make().save(PICTURES / f"graph-{name}.svg")
    PAGE.write_text(make_page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE.name} and {len(GALLERY)} pictures")

"""The gallery shows what `draw` makes today: its page, and its pictures but for their digits and pixels."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module", autouse=True)
def docs_on_the_path():
    sys.path.insert(0, str(DOCS))
    yield
    sys.path.remove(str(DOCS))


def names():
    return sorted(p.stem.removeprefix("graph-") for p in (DOCS / "pictures").glob("graph-*.svg"))


def without_digits(svg):
    """Leave out what differs between processors: the last digits of numbers, and what depends on them."""
    svg = re.sub(r'href="data:[^"]*"', 'href=""', svg)
    svg = re.sub(r'fill="#[0-9a-f]{6}"', 'fill=""', svg)
    words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    plain = [re.sub(r"-?\d[\d.,e+-]*x? ?(median)?|median/", "", w) for w in words]
    return [w for w in plain if w.strip()], len(re.findall(r"<path", svg))


def test_the_page_is_what_the_script_makes():
    made = import_module("make_gallery").make_page()
    assert (DOCS / "gallery.md").read_text("utf-8") == made, "run: python docs/make_gallery.py"


def test_every_picture_has_a_model_and_words_on_what_to_look_for():
    make_gallery = import_module("make_gallery")
    assert names() == sorted(make_gallery.GALLERY) == sorted(make_gallery.LOOK_FOR)


@pytest.mark.parametrize("name", names())
def test_a_picture_is_what_draw_makes(name):
    picture = import_module("gallery_models").GALLERY[name]()
    kept = (DOCS / "pictures" / f"graph-{name}.svg").read_text("utf-8")
    words, lines = without_digits(picture.svg)
    kept_words, kept_lines = without_digits(kept)
    assert words == kept_words, "run: python docs/make_gallery.py"
    assert lines == kept_lines

"""The picture of a gradient check's report: valid, safe, small, legible, and true to the numbers."""

import base64
import dataclasses
import hashlib
import math
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from gradcheck_reports import CODE, KINDS, failed

from tinygrad_cnn.errors import ArgumentError, MissingPathError
from tinygrad_cnn.testing.report import Report
from tinygrad_cnn.testing.show import picture
from tinygrad_cnn.testing.show.picture import report_html, report_svg, save_report
from tinygrad_cnn.testing.show.picture_maps import ERRORS, NOT_FINITE, UNMEASURED, WITHIN
from tinygrad_cnn.testing.show.picture_svg import width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"svg", "title", "desc", "defs", "pattern", "rect", "path", "text", "line", "circle", "polygon", "g"}
TIP = re.compile(r"\[(?P<index>[\d, ]*)\] analytic (\S+) numeric (\S+) error (\S+)")
kind_of = pytest.mark.parametrize("kind", KINDS)


def tree(report):
    return ElementTree.fromstring(report_svg(report))


def words(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def tips(root):
    """The tooltips of the cells of the three large maps, map by map."""
    all_tips = [title.text for path in root.iter(f"{SVG}path") for title in path.iter(f"{SVG}title")]
    third = len(all_tips) // 3
    return [all_tips[n * third : (n + 1) * third] for n in range(3)]


def fills(root):
    """The colours of the cells, map by map, in reading order."""
    cells = [path.get("fill") for path in root.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    third = len(cells) // 3
    return [cells[n * third : (n + 1) * third] for n in range(3)]


def parts(colour):
    return [int(colour[n : n + 2], 16) for n in (1, 3, 5)]


# -- any report ----------------------------------------------------------------------------------------------


@kind_of
def test_a_picture_is_valid_described_and_draws_with_plain_shapes_only(kind):
    root = tree(KINDS[kind]())
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text.startswith("Gradient check of ")
    assert root[1].text
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in SHAPES
        for name, value in element.attrib.items():
            assert not name.startswith("on") and name not in ("style", "class") and "href" not in name
            assert "url(" not in value or value == UNMEASURED


@kind_of
def test_all_texts_are_inside_of_the_paper_and_large_enough(kind):
    root = tree(KINDS[kind]())
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        size, x, y = (float(text.get(name)) for name in ("font-size", "x", "y"))
        wide = width_of(text.text, size)
        left = x - wide * {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor"), 0.0)
        assert size >= 11
        assert left >= 2 and left + wide <= width - 2, text.text
        assert size <= y <= height - 6, text.text


@kind_of
def test_lines_of_text_do_not_cover_each_other(kind):
    boxes = []
    for text in tree(KINDS[kind]()).iter(f"{SVG}text"):
        size, x, y = (float(text.get(name)) for name in ("font-size", "x", "y"))
        wide = 0.85 * width_of(text.text, size)  # the estimate is for the widest of fonts
        left = x - wide * {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor"), 0.0)
        boxes.append((left, left + wide, y - 0.75 * size, y + 0.2 * size, text.text))
    for n, (left, right, top, bottom, one) in enumerate(boxes):
        for other_left, other_right, other_top, other_bottom, other in boxes[:n]:
            apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
            assert apart, (one, other)


@kind_of
def test_a_file_is_small(kind):
    assert len(report_svg(KINDS[kind]()).encode()) < 400_000
    assert len(report_html(KINDS[kind]()).encode()) < 500_000


def test_the_same_report_gives_the_same_bytes():
    assert report_html(KINDS["border_error"]()) == report_html(KINDS["border_error"]())


@kind_of
def test_the_verdict_the_name_and_the_diagnosis_are_in_words(kind):
    report = KINDS[kind]()
    texts = words(tree(report))
    assert texts[0] == report.verdict.upper()
    if kind != "nasty":
        assert texts[1] == report.name
        for diagnosis in report.diagnosis[:1]:
            assert diagnosis.code in texts
            assert " ".join(texts).count(diagnosis.words.split()[0])


# -- the maps ------------------------------------------------------------------------------------------------


def test_each_cell_tells_its_index_and_numbers_and_the_worst_is_outlined():
    report = KINDS["sign_error"]()
    root = tree(report)
    for column in tips(root):
        assert len(column) == 12
        for tip, (index, value) in zip(column, np.ndenumerate(report.numeric[0]), strict=True):
            found = TIP.fullmatch(tip)
            assert found["index"] == ", ".join(map(str, index))
            numbers = [float(n) for n in found.groups()[1:]]
            assert numbers == pytest.approx([-value, value, 2 * value], rel=1e-2)
    frames = [r for r in root.iter(f"{SVG}rect") if r.get("stroke") == "#000000"]
    cells = [p for p in root.iter(f"{SVG}path") if p.find(f"{SVG}title") is not None]
    for frame, cell in zip(frames, cells[6::12], strict=True):  # [1, 2] of 3 x 4 is number 6
        assert cell.get("d").startswith(f"M{frame.get('x')} {frame.get('y')}h")


def test_a_wrong_sign_is_blue_on_one_side_and_red_on_the_other():
    analytic, numeric, _ = fills(tree(KINDS["sign_error"]()))
    blue, red = parts(analytic[6]), parts(numeric[6])
    assert blue[2] > blue[0] + 100
    assert red[0] > red[2] + 100


def test_what_was_not_measured_is_hatched_and_what_is_not_finite_is_black():
    analytic, numeric, error = fills(tree(KINDS["needle"]()))
    hatched = [n for n in range(49) if n != 5 * 7 + 2]
    assert [n for n in range(49) if numeric[n] == UNMEASURED] == hatched
    assert [n for n in range(49) if error[n] == UNMEASURED] == hatched
    assert UNMEASURED not in analytic
    analytic, numeric, error = fills(tree(KINDS["infinite"]()))
    assert [n for n in range(6) if analytic[n] == NOT_FINITE] == [1, 3]
    assert NOT_FINITE not in numeric
    assert error == [WITHIN, NOT_FINITE, WITHIN, NOT_FINITE, WITHIN, WITHIN]


def test_a_larger_error_is_darker_in_grey_as_well():
    error = 10.0 ** -np.arange(6.0).reshape(1, 6)
    report = failed("f", 1 + error, np.ones((1, 6)), (0, 0), tolerance=1e-9)
    lightness = [np.dot(parts(c), (0.3, 0.59, 0.11)) for c in fills(tree(report))[2]]
    assert all(np.diff(lightness[:5]) > 20)
    grey = [np.dot(stop, (0.3, 0.59, 0.11)) for stop in ERRORS]
    assert grey == sorted(grey, reverse=True)


def test_one_huge_entry_does_not_turn_all_others_white():
    numeric = np.array([[1.0, -1.0, 0.5]])
    report = failed("f", [[1e12, -1.0, 0.5]], numeric, (0, 0))
    root = tree(report)
    blue = parts(fills(root)[0][1])
    assert blue[2] > blue[0] + 20
    assert "4 and more" in words(root)


def test_other_slices_with_an_error_are_drawn_and_the_rest_is_counted():
    root = tree(KINDS["border_error"]())
    texts = words(root)
    assert "error in 5 other slices" in texts
    labels = [text for text in texts if re.fullmatch(r"\[\d, \d, :, :\]", text)]
    assert labels == ["[0, 0, :, :]", "[0, 2, :, :]", "[1, 0, :, :]", "[1, 1, :, :]", "[1, 2, :, :]"]
    assert "in the 2,047 other slices no error beyond its tolerance was measured" in words(
        tree(KINDS["needle"]())
    )
    values = np.random.default_rng(0).normal(size=(5, 7, 3, 2))
    texts = words(tree(failed("f", 2 * values, values, (4, 6, 0, 0))))
    assert "error in 16 other slices; 18 more, with smaller errors or none, are left out" in texts
    errors = np.abs(values).max(axis=(2, 3))
    largest = sorted(map(tuple, np.argwhere(errors > np.sort(np.delete(errors, 34))[-17])))
    shown = [text for text in texts if re.fullmatch(r"\[\d, \d, :, :\]", text)]
    assert shown == [f"[{n}, {c}, :, :]" for n, c in largest if (n, c) != (4, 6)]


def test_a_cell_of_a_large_input_is_the_worst_entry_of_its_block():
    report = KINDS["dense"]()
    report.worst = dataclasses.replace(report.worst, index=(1, 4, 79, 0), analytic=9.0)
    root = tree(report)
    assert "picture[1, 4, :, :] (100 x 100); each cell is the worst entry of a block of 4 x 4" in words(root)
    error = report.errors[0][1, 4]
    found = [TIP.fullmatch(tip)["index"] for tip in tips(root)[2]]
    expected = []
    for top in range(0, 100, 4):
        for left in range(0, 100, 4):
            entries = [(r, c) for r in range(top, top + 4) for c in range(left, left + 4)]
            worst = (79, 0) if (79, 0) in entries else max(entries, key=lambda at: error[at])
            expected.append(f"1, 4, {worst[0]}, {worst[1]}")
    assert found == expected


@pytest.mark.parametrize("shape", [(100_000,), (1, 100_000), (100_000, 1), (316, 317), (40, 50, 5, 10)])
def test_a_hundred_thousand_entries_make_a_file_of_less_than_half_a_megabyte(shape):
    values = np.random.default_rng(0).normal(size=shape) * 1e-7
    svg = report_svg(failed("f", values, -values, (0,) * len(shape), tolerance=1e-12, names=("x" * 60,)))
    assert len(svg.encode()) < 500_000
    assert ElementTree.fromstring(svg) is not None


def test_a_block_that_was_not_measured_shows_a_gradient_and_no_error():
    numeric = np.full((56, 56), np.nan)
    numeric[0, 0] = 1.0
    report = failed("f", np.zeros((56, 56)), numeric, (0, 0))
    analytic, _, error = fills(tree(report))
    assert error[0] not in (UNMEASURED, WITHIN)
    assert set(error[1:]) == {UNMEASURED}
    assert UNMEASURED not in analytic


def test_a_block_that_was_not_measured_shows_its_largest_gradient():
    analytic = np.ones((56, 56))
    analytic[31, 40] = -5.0  # in the block of rows 30-31 and columns 40-41
    report = failed("f", analytic, np.where(np.arange(56 * 56) == 0, 2.0, np.nan).reshape(56, 56), (0, 0))
    assert tips(tree(report))[0][15 * 28 + 20] == "[31, 40] analytic -5, not measured"


# -- the slopes ----------------------------------------------------------------------------------------------


def rises(root):
    """How steep the lines in the diagram are: those of the function, and the dashed one."""
    lines = [line for line in root.iter(f"{SVG}line") if float(line.get("x2")) - float(line.get("x1")) > 100]
    found = {"solid": [], "dashed": []}
    for line in lines:
        x1, y1, x2, y2 = (float(line.get(name)) for name in ("x1", "y1", "x2", "y2"))
        if line.get("stroke-width"):
            found["dashed" if line.get("stroke-dasharray") else "solid"].append((y1 - y2) / (x2 - x1))
    return found


def test_the_slopes_at_the_worst_entry_are_drawn_to_one_scale():
    root = tree(KINDS["kink"]())
    (left, right), (analytic,) = rises(root).values()
    assert (left, right / analytic) == pytest.approx((0.0, 0.5))
    assert len(list(root.iter(f"{SVG}polygon"))) == 2
    assert "right at a kink: anything between" in words(root)
    root = tree(KINDS["sign_error"]())
    (left, right), (analytic,) = rises(root).values()
    assert left == pytest.approx(right) == pytest.approx(-analytic)
    assert not list(root.iter(f"{SVG}polygon"))


def test_slopes_that_were_not_measured_are_not_drawn():
    root = tree(KINDS["nan_slopes"]())
    assert rises(root)["solid"] == []
    assert "no slopes were measured" in words(root)
    assert "slope on the left not measured" in words(root)


# -- text ----------------------------------------------------------------------------------------------------


def test_wrapped_lines_fit_and_keep_every_character():
    rng = np.random.default_rng(0)
    for _ in range(50):
        text = "".join(rng.choice(list("abcWiM <&\u4e2d"), size=120))
        lines = wrapped(text, 200, 14, most=99)
        assert max(width_of(line, 14) for line in lines) <= 200
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_that_were_cut_end_in_dots():
    lines = wrapped("word " * 100, 300, 14, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("...") and width_of(lines[-1], 14) <= 300


def test_letters_of_other_languages_stay_as_they_are():
    svg = report_svg(Report("größe", names=("重み",)))
    assert "größe" in svg and "重み" in svg


# -- the page ------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects the elements, their attributes, and the text of each <pre>."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.blocks, self.inside = [], [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "pre":
            self.blocks.append("")
        self.inside = self.inside or tag == "pre"

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "pre"

    def handle_data(self, data):
        if self.inside:
            self.blocks[-1] += data


@kind_of
def test_a_page_loads_and_runs_nothing(kind):
    html = report_html(KINDS[kind]())
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "form", "base", "a"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "href")}
    policies = [v for name, v in page.attributes if name == "content" and "default-src" in v]
    style = re.search("<style>(.*?)</style>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]


def test_a_page_has_the_picture_the_text_and_the_lines_that_reproduce():
    report = KINDS["sign_error"]()
    html = report_html(report)
    assert report_svg(report) in html
    assert Page(html).blocks == [str(report), CODE]
    assert len(Page(report_html(KINDS["passed"]())).blocks) == 1


# -- the file ------------------------------------------------------------------------------------------------


def test_a_report_saves_itself_by_the_end_of_the_name(tmp_path):
    report = KINDS["border_error"]()
    report.save(tmp_path / "a.svg")
    report.save(str(tmp_path / "b.HTML"))
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == report_svg(report)
    assert (tmp_path / "b.HTML").read_text(encoding="utf-8") == report_html(report)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.svg", "b.HTML"]


@pytest.mark.parametrize("name", ["report", "report.png", "report.svg.txt", "bad\x1b.txt"])
def test_another_ending_is_refused_in_words(tmp_path, name):
    with pytest.raises(
        ArgumentError, match=r"the name ends in \.svg for the picture, or in \.html"
    ) as caught:
        save_report(KINDS["passed"](), tmp_path / name)
    assert "\x1b" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_place_that_is_no_name_or_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="the place of a report is a file name, not int"):
        save_report(KINDS["passed"](), 3)
    with pytest.raises(MissingPathError, match="there is no folder"):
        save_report(KINDS["passed"](), tmp_path / "none" / "a.svg")


def test_a_file_is_written_beside_its_place_first(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(picture, "atomic_write", lambda path, text: written.append((path, text)))
    save_report(KINDS["single"](), tmp_path / "a.svg")
    assert written == [(tmp_path / "a.svg", report_svg(KINDS["single"]()))]


# -- odd numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-5, 1.0, 1e300])
@pytest.mark.parametrize("tolerance", [0.0, 1e-8, math.inf, math.nan])
def test_numbers_of_any_size_give_a_valid_picture(scale, tolerance):
    values = np.array([[1.0, -2.0, 0.0], [3.0, np.nan, 1.0]]) * scale
    report = failed("f", values * 1.5, values, (1, 0), tolerance=tolerance)
    root = tree(report)
    assert len(tips(root)[0]) == 6
    assert "nan" not in "".join(v for e in root.iter() for v in e.attrib.values())
    assert "inf" not in "".join(v for e in root.iter() for v in e.attrib.values())


def test_numbers_of_numpy_that_are_infinite_are_drawn_without_a_warning():
    report = KINDS["infinite"]()
    inf = np.float64(np.inf)
    report.worst = dataclasses.replace(report.worst, analytic=inf, numeric=inf, left=inf, right=inf)
    assert "slope on the left inf" in words(tree(report))


def test_reports_that_contradict_themselves_still_give_a_picture():
    report = KINDS["sign_error"]()
    report.analytic = (np.zeros((4, 3)),)
    assert set(fills(tree(report))[0]) <= {UNMEASURED, NOT_FINITE}
    report.worst = dataclasses.replace(report.worst, index=(9, 9), input=0)
    assert not [r for r in tree(report).iter(f"{SVG}rect") if r.get("stroke") == "#000000"]
    report.worst = dataclasses.replace(report.worst, input=5)
    assert not tips(tree(report))[0]

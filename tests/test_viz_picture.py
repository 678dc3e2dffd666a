"""A picture: what it saves and how it shows itself, with and without Graphviz."""

import json
import os
import re

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import draw, nn
from tinygrad_cnn.errors import ArgumentError, MissingPathError
from tinygrad_cnn.viz import Picture


@pytest.fixture
def picture():
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    return draw(model, np.ones((2, 3), np.float32), np.array([0, 1]))


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setenv("PATH", "")


BEGINS = {
    ".svg": b"<svg ",
    ".png": b"\x89PNG",
    ".html": b"<!",
    ".dot": b"",
    ".gv": b"",
    ".json": b"{",
    ".txt": b"",
}


@pytest.mark.parametrize("ending", BEGINS)
@pytest.mark.usefixtures("nothing_installed")
def test_every_ending_but_pdf_works_without_any_program(picture, tmp_path, ending):
    for name in (f"net{ending}", f"NET{ending.upper()}", f"a.b{ending}"):
        place = picture.save(tmp_path / name)
        assert place == tmp_path / name
        assert place.read_bytes().startswith(BEGINS[ending])
        assert place.stat().st_size > 500
    assert picture.save(str(tmp_path / f"words{ending}")).exists()


def test_what_is_saved_is_what_is_shown(picture, tmp_path):
    assert picture.save(tmp_path / "x.svg").read_text("utf-8") == picture.svg
    assert picture.save(tmp_path / "x.png").read_bytes() == picture.png()
    assert picture.save(tmp_path / "x.dot").read_text("utf-8") == picture.dot
    assert picture.save(tmp_path / "x.txt").read_text("utf-8") == picture.text() + "\n"
    assert json.loads(picture.save(tmp_path / "x.json").read_text("utf-8")) == json.loads(picture.json())


@pytest.mark.parametrize("name", ["x", "x.jpg", "x.svgz", ".svg", "x.svg.gz"])
def test_another_ending_is_refused(picture, tmp_path, name):
    words = f"save expects a file that ends in one of .svg .png .html .dot .gv .pdf .json .txt, got '{name}'"
    with pytest.raises(ArgumentError, match=re.escape(words)):
        picture.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(picture, tmp_path):
    with pytest.raises(MissingPathError, match=r"there is no folder .*; create it first"):
        picture.save(tmp_path / "not" / "there.svg")


def test_what_was_there_before_stays_if_writing_fails(picture, tmp_path, monkeypatch):
    place = tmp_path / "x.svg"
    place.write_text("before")

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(Exception, match="the disk is full"):
        picture.save(place)
    assert place.read_text() == "before"


@pytest.mark.usefixtures("nothing_installed")
def test_pdf_without_graphviz_says_what_to_install(picture, tmp_path):
    with pytest.raises(Exception, match="install") as error:
        picture.save(tmp_path / "x.pdf")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.usefixtures("nothing_installed")
def test_the_dot_engine_falls_back_with_one_line(picture, capsys, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    other = Picture(picture.graph, engine="dot", most=60, collapse=(), layers=True, heat="gradient")
    assert other.svg == picture.svg
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("engine='dot': ")
    assert said.err.endswith("drawn by the built-in engine instead\n")
    assert said.err.count("\n") == 1
    assert other.png() == picture.png()


def test_a_notebook_is_shown_the_svg(picture):
    bundle = picture._repr_mimebundle_(include=None, exclude=None)
    assert bundle["image/svg+xml"] == picture.svg
    assert bundle["text/html"].startswith('<div style="overflow:auto')
    assert picture.svg in bundle["text/html"]
    assert bundle["text/plain"] == "<Picture of 5 operations; print it, or save it as .svg, .html or .png>"


def test_a_notebook_never_gets_an_error(picture):
    picture.view.items[
        "sum" if "sum" in picture.view.items else next(reversed(picture.view.items))
    ].uses = None
    bundle = picture._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert "it could not be drawn: TypeError" in bundle["text/plain"]


def test_print_is_the_ladder(picture, monkeypatch):
    class Plain:
        encoding = "ascii"

    monkeypatch.setattr("sys.stdout", Plain())
    assert str(picture) == picture.text(ascii=True)
    assert str(picture).isascii()
    monkeypatch.setattr(Plain, "encoding", "UTF-8")
    assert str(picture) == picture.text()
    assert len(max(picture.text(width=60).splitlines(), key=len)) <= 60


def test_one_pattern_may_stand_alone():
    tg.manual_seed(0)
    model = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), nn.Linear(4, 2))
    x = np.ones((2, 3), np.float32)
    views = [[i.id for i in draw(model, x, collapse=c).view.ops()] for c in ("0*", ["0"], ("[0]",))]
    assert views[0] == views[1] == views[2] == ["0", "1/linear"]


def test_the_whole_graph_stays_behind_a_folded_view(picture):
    small = Picture(picture.graph, engine="auto", most=3, collapse=(), layers=True, heat="gradient")
    assert sum(1 for _ in small.view.ops()) == 3
    assert json.loads(small.json()) == json.loads(picture.json())
    assert small.graph is picture.graph

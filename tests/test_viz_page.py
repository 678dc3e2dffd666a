"""The page as text: one file that asks for nothing, the right numbers in it, the same bytes everywhere."""

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from viz_graphs import ALL, residual_net, small_cnn, stats, with_nan
from viz_hostile import hostile_names, named
from viz_pages import Read, recorded, value_of
from viz_random import random_graph

from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.viz.graph.model import OP, Graph, Item, Use
from tinygrad_cnn.viz.graph.thumbnails import Thumbnail
from tinygrad_cnn.viz.layout.scene import Image
from tinygrad_cnn.viz.page import to_page
from tinygrad_cnn.viz.page.data import histogram_text, stats_text
from tinygrad_cnn.viz.page.sprites import sprite
from tinygrad_cnn.viz.write.words import number


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_a_page_is_one_file_that_asks_for_nothing(make):
    text = to_page(make())
    page = Read(text)
    policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'; img-src data:; script-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy
    first, _, _, script = page.of["script"]
    for code in (first, script, page.of["style"][0]):
        assert base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() in policy
    left = text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "").replace(policy, "")
    assert not re.search("https?:|@import|://|url\\((?!#arrow)", left)
    assert any(t == "noscript" for t, _ in page.elements)


def test_500_hostile_names_stay_text():
    plain = Read(to_page(named("harmless", "quiet")))
    for name in hostile_names():
        page = Read(to_page(named(name)))
        kinds = Counter(t for t, _ in page.elements) - Counter(t for t, _ in plain.elements)
        assert set(kinds) <= {"rect", "path", "text", "g", "use", "svg"}  # badges, words that fit or do not
        assert len(page.of["script"]) == 4 and page.of["script"][3] == plain.of["script"][3]
        shown = "".join([*page.texts, *page.data["ids"], *page.data["words"]])
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)


def test_equal_names_stay_apart():
    page = Read(to_page(named("\u202e")))
    assert len(set(page.data["ids"])) == len(page.data["items"]) == 4
    items = {name: Item(name, OP, "f", "", (), "") for name in ("a\n", "a\\n")}
    assert Read(to_page(Graph(items))).data["ids"] == ["a\\n", "a\\n~2"]


@pytest.mark.parametrize("seed", range(20))
def test_every_use_is_drawn(seed):
    graph = random_graph(25, seed)
    page = Read(to_page(graph))
    index = {name: i for i, name in enumerate(graph.items)}
    down = Counter((s, t) for way, look, s, t in page.ends() if way == "d" or (way == "s" and look != "up"))
    expected = Counter((index[u.source], index[i.id]) for i in graph.items.values() for u in i.uses)
    sideways = {(s, t) for way, _, s, t in page.ends() if way == "s"}
    assert {pair: n for pair, n in down.items() if pair[0] >= 0 and pair in expected} == expected
    assert all(pair in expected or pair[::-1] in expected for pair in {*down, *sideways})


def test_every_gradient_that_goes_back_is_drawn():
    page = Read(to_page(small_cnn()))
    graph = small_cnn()
    index = {name: i for i, name in enumerate(graph.items)}
    back = {(index[i.id], index[u.source]) for i in graph.items.values() for u in i.uses if u.tracked}
    drawn = {(s, t) for way, look, s, t in page.ends() if way == "u" or (way == "s" and look == "up")}
    assert back <= drawn and drawn - back == {(-1, index[graph.root])}


def test_the_data_holds_the_numbers():
    graph = recorded()
    page = Read(to_page(graph))
    for item in graph.items.values():
        assert (value_of(page, item.id, "v") or "") == stats_text(item.value)
        assert (value_of(page, item.id, "g") or "") == stats_text(item.gradient)
    conv = graph.items["blocks.0.a/conv2d"]
    assert value_of(page, conv.id, "v").split()[:2] == [number(conv.value.rms), number(conv.value.mean)]
    assert value_of(page, conv.id, "so") == conv.source and conv.source.startswith("viz_pages.py:")
    assert value_of(page, conv.id, "co") == conv.code and "self.norm(self.a(x))" in conv.code
    turns = sorted((i for i in graph.items.values() if i.turn is not None), key=lambda i: i.turn)
    assert [page.data["order"].index(list(graph.items).index(i.id)) for i in turns] == list(range(len(turns)))


def test_worked_numbers_are_those_of_the_graph():
    graph = recorded()
    page = Read(to_page(graph))
    seen = 0
    for item in graph.items.values():
        for use, written in zip(item.uses, value_of(page, item.id, "u") or [], strict=True):
            if use.worked is None or use.worked.difference is None:
                continue
            seen += 1
            entry, backward, difference, reached, terms = written[5].split("|")
            assert entry == ",".join(map(str, use.worked.entry)) and int(reached) == use.worked.reached
            assert backward == number(use.worked.backward)
            assert (difference or backward) == number(use.worked.difference)
            first = use.worked.terms[0]
            assert terms.split()[:2] == [number(first[1]), number(first[2])]
    assert seen > 30


def test_a_contribution_is_left_out_only_where_it_is_the_gradient():
    graph = with_nan()
    users = Counter(u.source for i in graph.items.values() for u in i.uses)
    page = Read(to_page(graph))
    for item in graph.items.values():
        for use, written in zip(item.uses, value_of(page, item.id, "u") or [], strict=True):
            if use.contribution is not None and not (len(written) > 4 and written[4]):
                assert users[use.source] == 1 and use.contribution == graph.items[use.source].gradient
    one, other = stats((2,), 1.0), stats((2,), 2.0)
    leaf = Item("x", "parameter", "x", "", (2,), "", gradient=one)
    op = Item("f", OP, "f", "", (2,), "", (Use("x", "x", True, "", "", other),))
    assert value_of(Read(to_page(Graph({"x": leaf, "f": op}))), "f", "u")[0][4] == "2.00"
    op.uses = (Use("x", "a", True, "", "", one), Use("x", "b", True, "", "", one))
    assert [u[4] for u in value_of(Read(to_page(Graph({"x": leaf, "f": op}))), "f", "u")] == ["1.00", "1.00"]


def test_a_histogram_says_what_is_empty():
    assert histogram_text((0, 1, 1000, 0)) == "01Z0"
    assert histogram_text((0, 0)) == "-"


def test_modules_say_what_they_hide():
    graph = recorded()
    page = Read(to_page(graph, collapsed=["blocks.1", "blocks.0.norm"]))
    closed = {page.data["groups"][g] for g in page.data["closed"]}
    assert closed == {"blocks.1", "blocks.0.norm"}
    inside = {i.id for i in graph.ops() if "blocks.1" in graph.ancestry(i.module)}
    assert any(f"{len(inside)} operations, " in text for text in page.texts)
    hidden = [  # what leads from inside, or from a parameter beside it, to inside
        u
        for name in inside
        for u in graph.items[name].uses
        if u.source in inside or u.source.startswith("blocks.1.")
    ]
    assert f"{len(inside)} operations, {len(hidden)} edges inside" in page.texts


def test_a_module_with_a_wrong_number_inside_says_so():
    graph = recorded()
    name = next(i.id for i in graph.ops() if i.module == "blocks.0.norm")
    graph.items[name].value = stats((2,), 1.0, nans=1)
    assert (
        sum("NaN inside" in text for text in Read(to_page(graph)).texts) >= 2
    )  # the module, and what is around it


def test_kinds_of_heat():
    page = Read(to_page(recorded(), heat="dead"))
    assert (
        list(page.data["heats"]) == ["gradient", "update", "dead", "memory"] and page.data["heat"] == "dead"
    )
    assert "time" in Read(to_page(recorded(), heat="time", timing=True)).data["heats"]
    with pytest.raises(
        ArgumentError, match="heat must be one of gradient, update, dead, time, memory, got 'cold'"
    ):
        to_page(small_cnn(), heat="cold")
    with pytest.raises(ArgumentError, match='heat "time" needs timing=True'):
        to_page(small_cnn(), heat="time")
    graph = small_cnn()
    next(graph.ops()).heat = 1.0
    assert list(Read(to_page(graph)).data["heats"]) == ["difference"]


def test_two_recordings_give_the_same_bytes():
    assert to_page(recorded()) == to_page(recorded())


def test_two_processes_give_the_same_bytes():
    code = (
        "import hashlib; from viz_pages import recorded; from tinygrad_cnn.viz.page import to_page; "
        "print(hashlib.sha256(to_page(recorded()).encode()).hexdigest())"
    )
    here = Path(__file__).parent
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)]),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_large_network_stays_below_a_megabyte():
    graph = recorded(blocks=42, side=64)
    assert sum(1 for _ in graph.ops()) >= 700
    page = to_page(graph)
    assert len(page.encode()) < 1_000_000
    assert "so that the page stays small" in page


def test_a_huge_graph_is_folded_first():
    uses = [(Use(f"op{i - 1}", "x", True),) if i else () for i in range(6000)]
    graph = Graph({f"op{i}": Item(f"op{i}", OP, "f", "", (), "", use) for i, use in enumerate(uses)})
    page = to_page(graph)
    assert "box stands for" in page and len(page) < 6_000_000


def shown(pixels: np.ndarray, count: int = 1, *, signed: bool = False, side: int = 64) -> np.ndarray:
    """Write pixels as a sprite, and read the file with another library."""
    channels = 3 if pixels.ndim == 3 else 1
    t = Thumbnail(*pixels.shape[:2], channels, pixels.astype(np.uint8).tobytes(), "x", signed)
    made = sprite([Image(0, 0, 24, 24, t)] * count, side)
    file = io.BytesIO(base64.b64decode(made.uri.partition(",")[2]))
    picture = np.asarray(Pillow.open(file).convert("RGBA"))
    assert picture.shape == (made.height, made.count * (made.width + made.gap) - made.gap, 4)
    return picture


def test_sprites_are_pictures():
    grey = np.arange(1, 65).reshape(8, 8) * 3
    picture = shown(grey, 3)
    assert (picture[:, :8, 0] == grey).all() and (picture[:, :8, 3] == 255).all()
    assert (picture[:, 8, 3] == 0).all()  # the gap can be seen through
    assert (picture[:, -8:] == picture[:, :8]).all()
    colours = np.random.default_rng(0).integers(1, 256, (5, 4, 3))
    assert (shown(colours)[..., :3] == colours).all()
    black = shown(np.zeros((3, 3)))
    assert (black[..., :3] <= 1).all() and (black[..., 3] == 255).all()


def test_signed_sprites_keep_sign_and_zero():
    values = np.array([[1, 64, 128], [129, 200, 255]])
    t = Thumbnail(2, 3, 1, values.astype(np.uint8).tobytes(), "x", signed=True)
    picture = shown(values, signed=True)
    assert (picture[0, 2, :3] == 255).all() and (picture[..., 3] == 255).all()
    assert abs(picture[..., :3].astype(int) - t.array().astype(int)).max() <= 10


def test_sprites_take_every_nth_pixel_where_there_is_no_room():
    assert (
        shown(np.arange(64).reshape(8, 8) + 1, side=4)[..., 0] == np.arange(64).reshape(8, 8)[::2, ::2] + 1
    ).all()


def test_the_files_of_the_page_are_in_the_package():
    names = {entry.name for entry in files("tinygrad_cnn.viz.page").iterdir()}
    assert {"page.html", "page.css", "page.js", "start.js"} <= names


def test_a_small_graph_draws_every_item():
    graph = residual_net()
    page = Read(to_page(graph))
    own = {int(a["data-i"]) for _, a in page.elements if "data-i" in a}
    assert own == set(range(len(graph.items)))

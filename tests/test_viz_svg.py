"""The SVG: well-formed, a handful of elements, nothing that acts, the same bytes everywhere."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from viz_graphs import ALL, residual_net
from viz_hostile import hostile_names, named
from viz_random import random_graph

import tinygrad_cnn as tg
from tinygrad_cnn import draw, nn
from tinygrad_cnn.viz.graph.fold import fold
from tinygrad_cnn.viz.layout.compose import compose
from tinygrad_cnn.viz.write.svg import escaped, to_svg

SVG = "{http://www.w3.org/2000/svg}"
COMMON = {"class", "fill", "stroke", "stroke-width", "stroke-dasharray"}
PLACE = {"x", "y", "width", "height"}
ALLOWED = {
    "svg": {"width", "height", "viewBox", "role", "font-family"},
    "title": set(),
    "desc": set(),
    "defs": set(),
    "marker": {"id", "viewBox", "refX", "refY", "markerWidth", "markerHeight", "orient", "markerUnits"},
    "g": {"class"},
    "rect": PLACE | COMMON | {"rx"},
    "path": COMMON | {"d", "marker-end"},
    "text": COMMON | {"x", "y", "font-size", "font-weight", "text-anchor"},
    "image": PLACE | {"preserveAspectRatio", "style", "href"},
}
NUMBER = re.compile(r"-?\d+(\.\d)?")
VALUES = {
    "fill": re.compile(r"none|#[0-9a-f]{6}"),
    "stroke": re.compile(r"none|#[0-9a-f]{6}"),
    "stroke-dasharray": re.compile(r"[\d.]+ [\d.]+"),
    "class": re.compile(r"[a-z0-9 ]+"),
    "d": re.compile(r"(M|L|Q|z|-?\d+(\.\d)?| )+"),
    "marker-end": re.compile(r"url\(#arrow-(down|up|idle|bad)\)"),
    "id": re.compile(r"arrow-(down|up|idle|bad)"),
    "href": re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+"),
    "style": re.compile("image-rendering:pixelated"),
    **dict.fromkeys(["x", "y", "width", "height", "rx", "font-size", "stroke-width"], NUMBER),
}


def check(svg):
    """Parse, and refuse whatever is not on the lists above."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= ALLOWED[name], (name, element.attrib)
        for key, value in element.attrib.items():
            if key in VALUES:
                assert VALUES[key].fullmatch(value), (name, key, value)
        if name not in ("title", "desc", "text"):
            assert not (element.text or "").strip(), name
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    return root


def texts(root, name="text"):
    return [e.text or "" for e in root.iter(SVG + name)]


@pytest.mark.parametrize("name", sorted(ALL))
def test_known_graphs(name):
    root = check(draw(ALL[name]()).svg)
    assert [e.text for e in root][:2] == [ALL[name]().title or None, compose(ALL[name]()).description]


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_random_graphs(seed):
    graph = random_graph(1 + seed % 40, seed)
    check(to_svg(compose(graph)))
    check(to_svg(compose(fold(graph, 5), "memory")))


def test_500_hostile_names_are_only_words():
    names = hostile_names(500)
    for name, other in zip(names, names[1:] + names[:1], strict=True):
        graph = named(name, other)
        root = check(to_svg(compose(graph)))
        for words in texts(root) + texts(root, "title") + texts(root, "desc"):
            assert words.isprintable()
            assert len(words) <= 2000


def test_hostile_names_from_the_users_code():
    class Evil(nn.Module):
        def __init__(self):
            super().__init__()
            for i, name in enumerate(
                ("<script>alert(1)</script>", '" onload="x', "\u202e\x00]]>", "javascript:1")
            ):
                self.add_module(name.replace(".", ""), nn.Linear(3, 3)) if i else None

        def forward(self, x):
            for layer in self.children():
                x = layer(x)
            return x

    Evil.__name__ = "<img src=x onerror=alert(1)>"
    x = tg.ones(2, 3)
    picture = draw(Evil(), x, names={"--><script>": x})
    root = check(picture.svg)
    assert any("onload=" in t for t in texts(root)), "the name is there, as words"
    assert any("<img src=x" in t for t in texts(root))
    assert "\\u202e\\x00" in picture.svg


def test_words_are_escaped():
    assert escaped("<a b=\"c\" d='e'>&\n\u202e") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;\\n\\u202e"
    assert len(escaped("x" * 5000)) == 2000


def test_small_pictures_are_within():
    x = np.random.default_rng(0).random((1, 3, 8, 8)).astype(np.float32)
    tg.manual_seed(0)
    root = check(draw(nn.Conv2d(3, 4, 3), x).svg)
    assert len(list(root.iter(SVG + "image"))) == 1 + 4 + 4 + 4 + 4 + 1


PROGRAM = """
import hashlib, sys
import numpy as np
import tinygrad_cnn as tg
from tinygrad_cnn import nn
tg.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
x = np.random.default_rng(0).random((2, 3, 8, 8)).astype(np.float32)
picture = tg.draw(model, x, np.array([0, 1]))
print(hashlib.sha256(picture.svg.encode()).hexdigest(), hashlib.sha256(picture.png()).hexdigest())
"""


def test_the_bytes_are_the_same_in_every_process(tmp_path):
    found = set()
    for seed, folder in (("0", "a"), ("7", "b")):
        place = tmp_path / folder
        place.mkdir()
        (place / "program.py").write_text(PROGRAM)
        env = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(Path(tg.__file__).parents[1]),
            "PATH": "",
        }
        run = subprocess.run(
            [sys.executable, str(place / "program.py")], cwd=place, env=env, capture_output=True, check=True
        )
        found.add(run.stdout)
    assert len(found) == 1


def test_no_path_and_no_time_is_in_it():
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    svg, again = (draw(model, np.ones((2, 3), np.float32)).svg for _ in range(2))
    for word in (str(Path.cwd()), str(Path(__file__).parent), "/home", "/tmp", "site-packages", " ms"):
        assert word not in svg
    assert svg == again


def test_its_size_grows_with_the_graph():
    sizes = [len(to_svg(compose(residual_net(n)))) for n in (5, 10, 20)]
    assert sizes[2] - sizes[1] == pytest.approx(2 * (sizes[1] - sizes[0]), rel=0.02)
    assert len(draw(residual_net(150)).svg) < 40_000, "folded"

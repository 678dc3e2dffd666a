"""Drawing with Graphviz: the same graph, with a time limit, and in words where it is missing."""

import json
import os
import re
import shutil
import sys
import time
import xml.etree.ElementTree as ElementTree

import pytest
import viz_graphs
from test_viz_dot import counts
from viz_graphs import ALL, residual_net
from viz_hostile import hostile_names, named

from tinygrad_cnn.errors import ArgumentError, CnnError
from tinygrad_cnn.viz.write.dot import to_dot
from tinygrad_cnn.viz.write.graphviz_engine import DotError, as_digraph, run_dot
from tinygrad_cnn.viz.write.words import clean

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's `dot` is not installed")
needs_scripts = pytest.mark.skipif(os.name == "nt", reason="a program made of text needs a POSIX system")
ALLOWED = {"svg", "g", "title", "polygon", "path", "text", "ellipse", "polyline"}


@pytest.mark.parametrize("name", ALL)
def test_the_object_of_the_graphviz_package_has_the_same_text(name):
    graphviz = pytest.importorskip("graphviz")
    graph = ALL[name]()
    digraph = as_digraph(graph)
    assert type(digraph) is graphviz.Digraph
    assert digraph.source == to_dot(graph)
    digraph.node("mine")
    assert digraph.source.count("{") == digraph.source.count("}")


@needs_dot
@pytest.mark.parametrize("name", ALL)
def test_graphviz_draws_every_edge_on_a_ladder(name):
    graph = ALL[name]()
    drawn = json.loads(run_dot(to_dot(graph), "json"))
    classes = [edge.get("class") for edge in drawn.get("edges", [])]
    assert tuple(classes.count(c) for c in ("forward", "backward", "total")) == counts(graph)
    assert all("_draw_" in edge for edge in drawn.get("edges", []) if edge.get("class"))
    places = {o["name"]: [float(v) for v in o["pos"].split(",")] for o in drawn["objects"] if "pos" in o}
    for name, (x, y) in places.items():
        if name.startswith("g"):
            left, height = places["n" + name[1:]]
            assert left < x and abs(height - y) < 1, "a gradient stands to the right of its value"


@needs_dot
def test_the_lanes_hold_in_a_large_graph_and_within_the_time():
    graph = residual_net(36)
    assert len(graph.items) > 720
    drawn = json.loads(run_dot(to_dot(graph), "json", timeout=20))  # measured 0.8 s
    x = {o["name"]: float(o["pos"].split(",")[0]) for o in drawn["objects"] if "pos" in o}
    assert all(x["n" + name[1:]] < at for name, at in x.items() if name.startswith("g"))
    classes = [edge.get("class") for edge in drawn["edges"]]
    assert tuple(classes.count(c) for c in ("forward", "backward", "total")) == counts(graph)


def hostile_graphs():
    names = hostile_names()
    return [named(name, other) for name, other in zip(names, names[1:] + names[:1], strict=True)]


@needs_dot
def test_graphviz_reads_every_hostile_name():
    graphs = hostile_graphs()
    read = run_dot("".join(map(to_dot, graphs)), "canon", timeout=60).decode()
    each = re.split(r"^digraph backprop \{$", read, flags=re.MULTILINE)[1:]
    assert len(each) == len(graphs) == 500
    for text, graph in zip(each, graphs, strict=True):
        bare = re.sub(r'"(?:[^"\\]|\\.|\\\n)*"', '""', text)
        found = tuple(len(re.findall(rf"\bclass={c}\b", bare)) for c in ("forward", "backward", "total"))
        assert found == counts(graph)


@needs_dot
def test_graphviz_draws_hostile_names_in_the_boxes_they_are_meant_for():
    graphs = hostile_graphs()[::10]
    all_of_them = run_dot("".join(map(to_dot, graphs)), "json", timeout=60).decode()
    decoder, start = json.JSONDecoder(), 0
    for graph in graphs:
        drawn, start = decoder.raw_decode(all_of_them, start + re.match(r"\s*", all_of_them[start:]).end())
        classes = [edge.get("class") for edge in drawn["edges"]]
        assert tuple(classes.count(c) for c in ("forward", "backward", "total")) == counts(graph)
        nodes = {o["name"] for o in drawn["objects"] if o["name"][0] in "ngs"}
        assert nodes == {"n0", "n1", "n2", "n3", "g0", "g1", "g2", "g3", "s1"}
    assert not all_of_them[start:].strip()


@needs_dot
@pytest.mark.parametrize(
    "name", ["\\N", "\\G\\L", "&lt;script&gt;", "<b>x</b>", 'a"b\\', "\\", "a\\nb", "<script>"]
)
def test_the_svg_shows_a_name_letter_by_letter(name):
    root = ElementTree.fromstring(run_dot(to_dot(named(name)), "svg"))
    texts = [
        (element.text or "").replace("\u00a0", " ") for element in root.iter() if element.tag[-4:] == "text"
    ]
    assert f"{clean(name)} 2x3" in texts
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= ALLOWED
    assert not [
        key for element in root.iter() for key in element.attrib if "href" in key or key.startswith("on")
    ]


@needs_dot
def test_the_svg_stands_alone():
    svg = run_dot(to_dot(viz_graphs.small_cnn()), "svg").decode()
    assert "<!DOCTYPE" not in svg and ".dtd" not in svg
    assert set(re.findall(r"https?://[^\"' <>]*", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert not re.search(r"<image|<style|<script|<a |url\(|href=", svg)
    assert svg.lstrip().startswith("<?xml")


@needs_dot
@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_other_formats(format, start):
    assert run_dot(to_dot(viz_graphs.small_cnn()), format).startswith(start)


@needs_dot
def test_what_dot_says_is_passed_on_in_one_line():
    with pytest.raises(DotError, match=r"exit status 1.*it said: .*syntax error") as caught:
        run_dot("digraph {", "svg")
    assert "\n" not in str(caught.value)
    with pytest.raises(DotError, match="xyzzy"):
        run_dot("digraph {}", "xyzzy")


@pytest.mark.parametrize("format", ["", "-Tsvg", "svg -o /x", "SVG", "svg\n", "a:b:c:d", "../x"])
def test_a_format_is_a_word(format):
    with pytest.raises(ArgumentError, match="format must be one of Graphviz's"):
        run_dot("digraph {}", format)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_limit_is_above_zero(timeout):
    with pytest.raises(ArgumentError, match="timeout must be"):
        run_dot("digraph {}", "svg", timeout=timeout)


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    """An empty PATH, and no pygraphviz."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return tmp_path


def program(folder, text):
    """Put a program called dot into a folder."""
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{text}\n")
    path.chmod(0o755)


def test_a_missing_graphviz_is_named_with_what_to_install(no_dot):
    with pytest.raises(DotError) as caught:
        run_dot("digraph {}", "svg")
    assert isinstance(caught.value, CnnError)
    for words in (
        "not found on the PATH",
        "apt install graphviz",
        "brew install graphviz",
        "winget",
        "engine='dot'",
    ):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@needs_scripts
def test_a_graph_that_takes_too_long_is_stopped(no_dot):
    program(no_dot, f"open({str(no_dot / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    start = time.perf_counter()
    with pytest.raises(DotError, match=r"took longer than 1 s for a graph of 1 edges, and was stopped"):
        run_dot("digraph { a -> b }", "svg", timeout=1)
    assert time.perf_counter() - start < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((no_dot / "pid").read_text()), 0)


@needs_scripts
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sys.exit('broken\\x1b[31m \\u202e' + 'x' * 500)", r"exit status 1\); it said: broken\\x1b\[31m"),
        ("sys.exit(3)", r"exit status 3\); it said: nothing"),
        ("pass", r"exit status 0\); it said: nothing"),
        ("os.kill(os.getpid(), 9)", r"exit status -9"),
    ],
)
def test_a_graphviz_that_fails_is_quoted(no_dot, text, words):
    program(no_dot, text)
    with pytest.raises(DotError, match=words) as caught:
        run_dot("digraph {}", "svg")
    assert len(str(caught.value)) < 400 and str(caught.value).isprintable()


@needs_scripts
def test_a_graphviz_that_cannot_start_is_named(no_dot):
    (no_dot / "dot").write_text("#!/nonexistent/interpreter\n")
    (no_dot / "dot").chmod(0o755)
    with pytest.raises(DotError, match="could not be started"):
        run_dot("digraph {}", "svg")


@needs_scripts
def test_dot_gets_the_text_and_no_file(no_dot):
    program(no_dot, "sys.stdout.write(repr(sys.argv[1:]) + sys.stdin.read())")
    assert run_dot("digraph { é }", "plain").decode() == "['-Tplain']digraph { é }"


def test_pygraphviz_is_used_where_dot_is_missing(monkeypatch, tmp_path):
    (tmp_path / "pygraphviz.py").write_text(
        "class AGraph:\n"
        "    def __init__(self, string): self.text = string\n"
        "    def draw(self, format, prog): return f'{format} {prog} {self.text}'.encode()\n"
    )
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert run_dot("digraph { é }", "png") == "png dot digraph { é }".encode()
    (tmp_path / "pygraphviz.py").write_text("raise ImportError('libX11.so.6 is missing')\n")
    with pytest.raises(DotError, match=r"it said: ImportError: libX11.so.6 is missing"):
        run_dot("digraph {}", "png")

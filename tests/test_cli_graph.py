"""`tinygrad-cnn graph`: the right gradients in every form, and words for what they are of."""

import json
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from commands import FAST, fail, make_pictures, start, succeed
from PIL import Image

from tinygrad_cnn import nn
from tinygrad_cnn.cli import drawing, main
from tinygrad_cnn.functional import cross_entropy
from tinygrad_cnn.io import load
from tinygrad_cnn.viz import picture


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tinygrad_cnn.cli.report.can_plot", lambda: False)
    make_pictures(tmp_path / "photos")
    return tmp_path


@pytest.fixture
def trained(here, capsys):
    succeed(capsys, "train", "photos", *FAST, "--out", "run", "--no-graph")
    return here / "run"


RUN = ("graph", "photos/red/0.png", "--run", "run")


def graph_of(path):
    return json.loads(path.read_text("utf-8"))


def items_of(path):
    return {item["id"]: item for item in graph_of(path)["items"]}


# -- the command -------------------------------------------------------------------------------------------


def test_a_run_is_drawn_with_the_gradients_of_its_weights_for_the_prepared_picture(here, capsys, trained):
    printed = succeed(capsys, *RUN, "--target", "blue", "--out", "a.json")
    assert printed.splitlines()[0] == "run: seed"
    assert printed.splitlines()[-1] == "graph  a.json"
    settings = json.loads((trained / "settings.json").read_text())
    mean, std = (np.reshape(settings[name], (3, 1, 1)) for name in ("mean", "std"))
    with Image.open("photos/red/0.png") as image:
        x = ((np.asarray(image).transpose(2, 0, 1) / 255 - mean) / std).astype(np.float32)[None]
    model = nn.models.seed_cnn(2, (3, 6, 8))
    model.load_state_dict(load(trained / "best.safetensors"))
    loss = cross_entropy(model(nn.Parameter(x)), np.array([0]))
    loss.backward()
    found = items_of(here / "a.json")
    assert {"picture", "conv.weight", "dense2.bias"} <= set(found)
    for name, p in model.named_parameters():
        assert found[name]["gradient"]["rms"] == pytest.approx(
            float(np.sqrt(np.mean(p.grad.numpy() ** 2))), rel=1e-3
        )
    assert found["picture"]["gradient"]["rms"] > 0


def test_without_out_the_ladder_is_printed_and_says_what_it_shows(here, capsys, trained):
    printed = succeed(capsys, *RUN)
    lines = printed.splitlines()
    assert lines[0] == "run: seed"
    assert lines[1].startswith("loss ") and "input 1x3x6x8" in lines[1]
    assert "conv2d" in printed and "starts here" in printed
    said = " ".join(printed.split())
    assert "the weights are the run's best, of epoch 2" in said
    assert "the input is 0.png, normalised as in training" in said
    assert "the second likeliest after" in said


@pytest.mark.parametrize(
    ("width", "expected"), [("80", range(60, 81)), ("20", range(40, 61)), ("140", range(90, 141))]
)
def test_the_ladder_is_as_wide_as_the_terminal(here, capsys, trained, monkeypatch, width, expected):
    monkeypatch.setenv("COLUMNS", width)
    assert max(map(len, succeed(capsys, *RUN).splitlines())) in expected


def test_the_target_is_the_second_likeliest_class_or_the_one_that_is_named(here, capsys):
    make_pictures(here / "more", classes=("blue", "green", "red"))
    succeed(capsys, "train", "more", *FAST, "--epochs", "12", "--out", "run", "--no-graph")
    shown = succeed(capsys, "predict", "more/red/0.png", "--run", "run").split()
    likely = [(shown[i], shown[i + 1]) for i in (2, 4, 6)]
    use = ("graph", "more/red/0.png", "--run", "run", "--out", "g.json")
    (first, p), (second, q), _ = likely
    assert f"the target is {second} ({q}), the second likeliest after {first} ({p})" in succeed(capsys, *use)
    for name, number in (("blue", 0), ("green", 1), ("red", 2)):
        shares = dict(likely)
        said = f"the target is {name} ({shares[name]}), as --target says; predicted is {first} ({p})"
        assert said in succeed(capsys, *use, "--target", name)
        loss = items_of(here / "g.json")["sum"]["value"]["mean"]
        assert said in succeed(capsys, *use, "--target", number)
        assert items_of(here / "g.json")["sum"]["value"]["mean"] == loss
        assert np.exp(-loss) == pytest.approx(float(shares[name]), abs=6e-4)


def test_a_class_whose_name_is_a_number_is_meant_by_its_name(here, capsys):
    make_pictures(here / "odd", classes=("1", "0"))
    (here / "odd/0").rename(here / "odd/3")  # the classes are 1 and 3, with the numbers 0 and 1
    succeed(capsys, "train", "odd", *FAST, "--out", "run", "--no-graph")
    use = ("graph", "odd/1/0.png", "--run", "run", "--out", "g.json")
    assert "the target is 1 (" in succeed(capsys, *use, "--target", "1")
    assert "the target is 1 (" in succeed(capsys, *use, "--target", "0")
    assert "the target is 3 (" in succeed(capsys, *use, "--target", "3")


@pytest.mark.parametrize("ending", ["svg", "png", "html", "dot", "gv", "json", "txt"])
def test_every_form_is_written(here, capsys, trained, ending):
    assert f"graph  net.{ending}" in succeed(capsys, *RUN, "--out", f"net.{ending}")
    content = (here / f"net.{ending}").read_bytes()
    start = {"png": b"\x89PNG", "svg": b"<svg", "html": b"<!doctype html>"}.get(ending, b"")
    assert content.lower().startswith(start.lower()) and len(content) > 500
    if ending == "svg":
        ET.fromstring(content)


def test_several_files_are_written_at_once(here, capsys, trained):
    printed = succeed(capsys, *RUN, "--out", "a.svg", "--out", "b.txt")
    assert printed.splitlines()[-2:] == ["graph  a.svg", "graph  b.txt"]
    assert (here / "a.svg").is_file() and (here / "b.txt").is_file()


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_where_it_is_asked_for(here, capsys, trained):
    succeed(capsys, *RUN, "--out", "net.pdf")
    assert (here / "net.pdf").read_bytes().startswith(b"%PDF")
    succeed(capsys, *RUN, "--engine", "dot", "--out", "dot.svg")
    succeed(capsys, *RUN, "--out", "own.svg")
    assert 'class="graph"' in (here / "dot.svg").read_text("utf-8")
    assert 'class="graph"' not in (here / "own.svg").read_text("utf-8")


def test_without_graphviz_a_pdf_is_one_clear_line_and_an_svg_is_drawn_all_the_same(
    here, capsys, trained, monkeypatch
):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert fail(capsys, *RUN, "--out", "net.pdf").startswith("Graphviz's program `dot` was not found on the")
    assert main([*RUN, "--engine", "dot", "--out", "net.svg"]) == 0
    assert "drawn by the built-in engine instead" in capsys.readouterr().err
    assert (here / "net.svg").is_file()


def test_models_without_a_run_are_drawn_with_starting_values_and_random_numbers(here, capsys):
    use = ("graph", "--model", "lenet5", "--size", "12", "--classes", "4")
    printed = succeed(capsys, *use, "--out", "a.json")
    assert printed.splitlines()[:3] == [
        "lenet5",
        "the weights are starting values (seed 0)",
        "no picture was given: the input is random numbers (normal, seed 0)",
    ]
    assert graph_of(here / "a.json")["notes"] == printed.splitlines()[1:4]
    succeed(capsys, *use, "--out", "b.json")
    assert (here / "a.json").read_bytes() == (here / "b.json").read_bytes()
    assert items_of(here / "a.json")["picture"]["shape"] == [1, 1, 12, 12]
    printed = succeed(capsys, "graph", "photos/red/0.png", "--size", "6x8", "--out", "c.json")
    assert printed.startswith("seed\n")
    assert "the input is 0.png, with values from 0 to 1" in printed
    value = items_of(here / "c.json")["picture"]["value"]
    assert 0 <= value["min"] < value["max"] <= 1


def test_the_configuration_file_of_the_seed_can_be_drawn(here, capsys):
    text = "input_shape: h=6, w=8, c=1\nconv: filter_size=3, num_filters=4, padding=1\nmaxpool: "
    text += "pooling_size=2\ndense1: output_size=12\ndense2: output_size=2\nnum_classes: num_classes=2\n"
    (here / "net.txt").write_text(text)
    printed = succeed(capsys, "graph", "photos/red/0.png", "--config", "net.txt", "--out", "a.json")
    assert printed.startswith("configuration file\n")
    assert items_of(here / "a.json")["picture"]["shape"] == [1, 1, 6, 8]
    succeed(capsys, "train", "photos", "--config", "net.txt", "--epochs", "1", "--out", "run")
    assert succeed(capsys, *RUN).startswith("run: configuration file\n")


OWN = """
from pathlib import Path
from tinygrad_cnn import nn

Path("executed").touch()

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x):
        return self.norm(self.conv(x)).relu() + x

def make(num_classes, input_shape):
    c, h, w = input_shape
    return nn.Sequential(Block(), Block(), nn.Dropout(0.5), nn.Flatten(), nn.Linear(c * h * w, num_classes))
"""


def test_code_of_the_users_own_runs_only_if_it_is_named(here, capsys):
    (here / "own.py").write_text(OWN)
    succeed(capsys, "train", "photos", *FAST, "--model", "own.py:make", "--out", "run")
    (here / "executed").unlink()
    assert fail(capsys, *RUN) == (
        "this run's model is code of your own, which runs only if you say so: add --model own.py:make"
    )
    assert not (here / "executed").exists()
    printed = succeed(capsys, *RUN, "--model", "own.py:make")
    assert printed.startswith("run: own.py:make\n")
    assert (here / "executed").exists()
    assert "dropout" not in printed  # as for predict


def test_detail_is_chosen_by_options(here, capsys):
    (here / "own.py").write_text(OWN)
    use = ("graph", "--model", "own.py:make", "--size", "6x8", "--classes", "2")
    usual = succeed(capsys, *use)
    assert "BatchNorm2d" in usual and "Dropout" not in usual and "dropout" not in usual
    assert len(succeed(capsys, *use, "--all-ops").splitlines()) > len(usual.splitlines())
    folded = succeed(capsys, *use, "--collapse", "Block")
    assert "conv2d" not in folded and "conv2d" in usual
    assert succeed(capsys, *use, "--collapse", "0").count("conv2d") == 1
    assert "conv2d" not in succeed(capsys, *use, "--collapse", "0", "--collapse", "1")
    assert len(succeed(capsys, *use, "--max-rungs", "5").splitlines()) < len(usual.splitlines())
    succeed(capsys, *use, "--out", "a.svg")
    succeed(capsys, *use, "--no-thumbnails", "--heat", "memory", "--out", "b.svg")
    assert "data:image" in (here / "a.svg").read_text() and "data:image" not in (here / "b.svg").read_text()
    assert "kB" in (here / "b.svg").read_text()


def test_lines_of_code_are_the_users_and_not_those_that_started_the_program(here, capsys):
    (here / "own.py").write_text(OWN)
    use = ("graph", "--model", "own.py:make", "--size", "6x8", "--classes", "2")
    succeed(capsys, *use, "--out", "a.json")
    sources = {item["id"]: item.get("source") for item in graph_of(here / "a.json")["items"]}
    line = OWN.splitlines().index("        return self.norm(self.conv(x)).relu() + x") + 1
    assert sources["0/add"] == f"own.py:{line}"
    assert not sources["4/linear"]  # nn.Sequential called it
    process = start(*use, "--out", "b.json", cwd=here)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert (here / "b.json").read_bytes() == (here / "a.json").read_bytes()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("graph", "--run", "nowhere"), "there is no run nowhere; `tinygrad-cnn train FOLDER` makes one"),
        (("graph", "nothing.png", "--run", "run"), "there is no picture nothing.png"),
        (
            (*RUN, "--target", "horse"),
            "there is no class 'horse'; expected one of blue, red, or a number from 0 to 1",
        ),
        (
            (*RUN, "--target", "2"),
            "there is no class '2'; expected one of blue, red, or a number from 0 to 1",
        ),
        ((*RUN, "--target", ""), "there is no class ''; expected one of blue, red, or a number from 0 to 1"),
        (
            (*RUN, "--out", "a.svg", "--out", "n.gif"),
            "--out expects a file that ends in one of .svg .png .html .dot .gv .pdf .json .txt, got 'n.gif'",
        ),
        ((*RUN, "--size", "9"), "--run says what the model is; leave out --size"),
        (("graph", "--config", "x", "--model", "seed"), "--config says what the model is; leave out --model"),
        (
            ("graph", "--model", "seed", "--run", "run", "--config", "x"),
            "--run says what the model is; leave",
        ),
        (
            ("graph", "--model", "net"),
            "there is no model 'net'; expected seed, lenet5, vgg-small, resnet8, resnet20, resnet18, mobile",
        ),
        (
            ("graph", "photos/red/0.png", "--model", "lenet5", "--channels", "2"),
            "pictures have 1 or 3 channels, and the model takes 2; leave out PICTURE",
        ),
        (
            (*RUN, "--max-rungs", "2"),
            "argument --max-rungs: expected a whole number from 3 up, got '2'; see tinygrad-cnn graph --help",
        ),
        ((*RUN, "--heat", "love"), "argument --heat: invalid choice: 'love'"),
        ((*RUN, "--out", "no/where.svg"), "cannot save no/where.svg: there is no folder"),
    ],
)
def test_what_cannot_be_drawn_is_one_line_that_says_what_to_do(here, capsys, trained, argv, message):
    assert fail(capsys, *argv).startswith(message)
    assert not list(here.glob("*.svg"))


def test_the_endings_are_those_that_a_picture_has():
    assert tuple(picture._WRITERS) == drawing.ENDINGS


def test_names_from_outside_do_not_reach_the_terminal_as_they_are(here, capsys):
    (here / "photos/red").rename(here / "photos/r\x1b[2Jed")
    succeed(capsys, "train", "photos", *FAST, "--out", "run")
    printed = succeed(capsys, "graph", "photos/blue/0.png", "--run", "run", "--out", "a.svg")
    printed += succeed(capsys, "graph", "photos/blue/0.png", "--run", "run")
    assert "\x1b" not in printed and r"r\x1b[2Jed" in printed
    for path in (here / "a.svg", *(here / "run").glob("graph.*")):
        assert "\x1b" not in path.read_text("utf-8")

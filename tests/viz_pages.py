"""Pages for tests: a small network that is recorded, and a reader that refuses what no page of ours has."""

import json
import re
from html.parser import HTMLParser

import numpy as np

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.viz import record
from tinygrad_cnn.viz.graph.model import Graph

EMPTY = {"meta", "link", "input", "br"}  # elements without an end
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "link",
        "title",
        "script",
        "style",
        "body",
        "header",
        "div",
        "h1",
        "ul",
        "li",
        "p",
    ),
    *("label", "input", "output", "span", "button", "select", "option", "b", "noscript", "main", "aside"),
    *("footer", "dialog", "h2", "dl", "dt", "dd"),
}
DRAWN = {"svg", "desc", "defs", "marker", "path", "rect", "text", "image", "g", "use"}


class Read(HTMLParser):
    """Reads a page as a browser does, and refuses what no page of ours has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.of: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(page)
        self.close()
        assert not self.opened

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED | DRAWN, tag
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "action"):
                assert re.match(r"data:(image/png;base64,[A-Za-z0-9+/=]+|,)$|#k\d+$", value), (
                    tag,
                    value[:60],
                )
        self.elements.append((tag, dict(attrs)))
        if tag in self.of:
            self.of[tag].append("")
        if tag not in EMPTY:
            self.opened.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN, tag
        self.handle_starttag(tag, attrs)
        self.opened.pop()

    def handle_endtag(self, tag):
        assert self.opened and self.opened.pop() == tag

    def handle_data(self, text):
        if self.opened and self.opened[-1] in self.of:
            self.of[self.opened[-1]][-1] += text
        elif text.strip():
            self.texts.append(text)

    @property
    def data(self):
        return json.loads(self.of["script"][1])

    def ends(self) -> list[tuple[str, str, int, int]]:
        """List all lines: way, look, and the numbers of the items at their ends."""
        found, last = [], (-1, -1)
        for tag, attributes in self.elements:
            kind = attributes.get("class", "").split()
            if tag == "path" and kind[:1] in (["d"], ["u"], ["s"]):
                last = (
                    tuple(map(int, attributes["data-e"].split(","))) if "data-e" in attributes else last[::-1]
                )
                found.append((kind[0], kind[-1], *last))
        return found


class Net(nn.Module):
    """A convolution, a block with a skip, and a head."""

    def __init__(self, blocks: int = 2) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.blocks = nn.Sequential(*[Block() for _ in range(blocks)])
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return self.head(self.blocks(self.conv(x)).mean((2, 3)))


class SteppedNorm(nn.BatchNorm2d):
    """Batch normalisation step by step, so that there are operations inside of its box."""

    def forward(self, input):
        centred = input - input.mean((0, 2, 3), keepdim=True)
        variance = (centred * centred).mean((0, 2, 3), keepdim=True)
        scale = 1.0 / (variance + self.eps).sqrt() * self.weight.reshape(1, -1, 1, 1)
        return centred * scale + self.bias.reshape(1, -1, 1, 1)


class Block(nn.Module):
    """Two convolutions and a skip."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.norm, self.b = (
            nn.Conv2d(4, 4, 3, padding=1),
            SteppedNorm(4),
            nn.Conv2d(4, 4, 3, padding=1),
        )

    def forward(self, x):
        return (self.b(self.norm(self.a(x)).relu()) + x).relu()


def recorded(blocks: int = 2, side: int = 8) -> Graph:
    """A training step of a small residual network."""
    tg.manual_seed(0)
    net = Net(blocks)
    x = tg.tensor(
        np.random.default_rng(0).standard_normal((2, 3, side, 6)).astype(np.float32), requires_grad=True
    )
    with record() as r:
        tg.cross_entropy(net(x), tg.tensor([0, 2])).backward()
    return r.graph


def value_of(page: Read, name: str, field: str):
    """What the data of a page says of an item, in the way in which its script reads it."""
    data = page.data
    plain, texts, _ = data["fields"]
    index = data["ids"].index(name) if name in data["ids"] else None
    for i, values in enumerate(data["items"]):
        words = [data["words"][n] for n in values[len(plain) : len(plain) + len(texts)]]
        read = dict(zip(plain, values, strict=False)) | dict(zip(texts, words, strict=False))
        module = data["groups"][read["m"]] + "/" if read["m"] >= 0 else ""
        if i == index or (not data["ids"][i] and module + read["n"] == name):
            return read.get(field)
    raise KeyError(name)

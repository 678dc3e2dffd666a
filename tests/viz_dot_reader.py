"""A reader of the DOT language, strict and without Graphviz: what is not in the grammar is an error."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

TOKEN = re.compile(
    r'"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)'
    r"|(?P<sign>->|[{}\[\];=])|(?P<space>[ \n]+)"
)
Attributes = dict[str, str]


@dataclass
class Dot:
    """What a text in DOT says."""

    name: str
    nodes: dict[str, Attributes] = field(default_factory=dict)
    edges: list[tuple[str, str, Attributes]] = field(default_factory=list)
    clusters: dict[str, Attributes] = field(default_factory=dict)
    ranks: list[list[str]] = field(default_factory=list)
    graph: Attributes = field(default_factory=dict)

    def of_class(self, name: str) -> list[tuple[str, str, Attributes]]:
        return [edge for edge in self.edges if edge[2].get("class") == name]


def tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, f"not DOT: {text[at : at + 60]!r}"
        at = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup, match[match.lastgroup]))
    return found


class Reader:
    """Reads statement by statement; the default attributes of nodes and edges are not applied."""

    def __init__(self, text: str) -> None:
        self.left = tokens(text)[::-1]
        assert self.take("word") == "digraph"
        self.dot = Dot(self.take("word"))
        self.sign("{")
        self.block(None)
        assert not self.left, f"text after the end: {self.left[-1]}"

    def take(self, kind: str) -> str:
        found, value = self.left.pop()
        assert found == kind, f"expected a {kind}, not {found} {value!r}"
        return value

    def sign(self, sign: str) -> None:
        assert self.take("sign") == sign

    def sees(self, *signs: str) -> bool:
        return self.left[-1][0] == "sign" and self.left[-1][1] in signs

    def block(self, cluster: str | None) -> None:
        while not self.sees("}"):
            if self.sees("{"):
                self.rank()
                continue
            word = self.take("word")
            if word == "subgraph":
                inner = self.take("word")
                assert inner.startswith("cluster_") and inner not in self.dot.clusters
                self.dot.clusters[inner] = {}
                self.sign("{")
                self.block(inner)
            else:
                self.statement(word, cluster)
        self.sign("}")

    def rank(self) -> None:
        self.sign("{")
        assert [self.take("word"), self.take("sign"), self.take("word")] == ["rank", "=", "same"]
        names = []
        while self.sees(";"):
            self.sign(";")
            names.append(self.take("word"))
        self.sign("}")
        self.dot.ranks.append(names)

    def statement(self, word: str, cluster: str | None) -> None:
        names = [word]
        while self.sees("->"):
            self.sign("->")
            names.append(self.take("word"))
        given = self.attributes() if self.sees("[") else {}
        if len(names) > 1:
            self.dot.edges += [(a, b, given) for a, b in pairwise(names)]
        elif word == "graph":
            target = self.dot.graph if cluster is None else self.dot.clusters[cluster]
            target.update(given)
        elif word not in ("node", "edge"):
            assert word not in self.dot.nodes, f"{word} twice"
            self.dot.nodes[word] = given

    def attributes(self) -> Attributes:
        self.sign("[")
        found: Attributes = {}
        while not self.sees("]"):
            name = self.take("word")
            self.sign("=")
            assert name not in found
            found[name] = self.take("text")
        self.sign("]")
        return found


def read(text: str) -> Dot:
    return Reader(text).dot


def lines(label: str) -> list[str]:
    r"""Undo what is written for Graphviz: ``\\`` and ``\"`` are characters, ``\n`` and ``\l`` end a line."""
    found = [""]
    at = 0
    while at < len(label):
        char = label[at]
        if char == "\\":
            at += 1
            assert label[at] in '\\"nl', f"Graphviz would read \\{label[at]}"
            found = [*found, ""] if label[at] in "nl" else [*found[:-1], found[-1] + label[at]]
        else:
            assert char != '"' and char >= " "
            found[-1] += char
        at += 1
    assert all(re.fullmatch(r"(?:[^&]|&amp;)*", line) for line in found)
    return [line.replace("&amp;", "&") for line in found]

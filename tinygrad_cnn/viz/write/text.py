"""The graph as text: a ladder of one line a rung, for `print` and for terminals without pictures.

Values go down on the left, gradients up on the right; everything is numbered, so that an operation that does
not use the rung above it can say which ones it uses.
"""

from collections.abc import Callable
from itertools import zip_longest

from ...errors import ArgumentError
from ..graph.model import Graph
from .marks import without_gradient
from .text_rows import Row, rows
from .words import ascii_only, clean, columns, fit

LEAST = 60  # columns below which the cells would be broken up
LEGEND = (
    "Values go down on the left, gradients of the root up on the right. rms: root of the mean square (of one "
    "number, the number itself). 0: exactly zero. -: not computed. no grad: none is asked for. "
    "+: gradients of several uses add."
)
HEAD = "of the gradient, and its rule"
Say = Callable[[str], str]


def to_text(graph: Graph, *, width: int = 100, ascii: bool = False) -> str:
    """Write a graph as an aligned text ladder.

    Args:
        graph: what to write.
        width: the most columns of a line, 60 or more.
        ascii: use only the characters of ASCII.

    Raises:
        ArgumentError: ``width`` is below 60.

    >>> from tinygrad_cnn.viz.graph.model import INPUT, OP, Graph, Item, Use
    >>> x = Item("x", INPUT, "x", "", (2, 3), "float32")
    >>> y = Item("relu", OP, "relu", "", (2, 3), "float32", (Use("x", "x", True, "dX = dY * 1[X > 0]"),))
    >>> text = to_text(Graph({"x": x, "relu": y}, root="relu", title="one step"), width=60, ascii=True)
    >>> print("\\n".join(text.splitlines()[:6]))
    one step
    <BLANKLINE>
    # v forward  rms  shape | ^ rms  rule
    ------------------------+----------------------------------
    1 x: input     -    2x3 |     -
    2 relu         -    2x3 |     -  dX = dY * 1[X > 0]
    """
    if width < LEAST:
        raise ArgumentError(f"width must be {LEAST} columns or more, not {width}")
    say: Say = ascii_only if ascii else str
    lines = wrapped(say(clean(graph.title, 200)), width)
    if graph.facts:
        lines += wrapped(" | ".join(say(clean(fact)) for fact in graph.facts), width)
    table = rows(graph)
    if table:
        lines += ["", *_Table(table, width, say).lines(), ""]
    missing = ", ".join(clean(item.id) for item in without_gradient(graph))
    notes = [f"Parameters without a gradient: {missing}."] if missing else []
    notes += [f"Note: {clean(note, 400)}" for note in graph.notes]
    for text in [*notes, LEGEND]:
        lines += wrapped(say(text), width)
    return "\n".join(line.rstrip() for line in lines)


class _Table:
    """Chooses the widths of the columns, and writes the rows in them."""

    def __init__(self, table: list[Row], width: int, say: Say) -> None:
        self.table, self.width, self.say, self.bar = table, width, say, say("│")
        self.step = 2 if width >= 90 else 1  # columns of indentation
        self.digits = max(len(row.number) for row in table)
        self.value = _widest(["rms"] + [row.value for row in table])
        self.shape = min(_widest(["shape"] + [row.shape for row in table]), max(8, width // 5))
        self.gradient = _widest(["↑ rms"] + [row.gradient for row in table])
        room = width - self.digits - self.value - self.shape - self.gradient - len("   " * 4)
        rungs = [row for row in table if row.number]
        short = _widest(["↓ forward"] + [self._indent(r) + say(r.name) for r in rungs])
        full = _widest(["↓ forward"] + [self._indent(r) + say(r.name + r.extra) for r in rungs])
        right = [text for row in table for text in row.rules + [text for _, text in row.more]]
        self.rule = min(_widest([HEAD] + [say(text) for text in right]), max(room - short, room * 9 // 20))
        self.name = min(room - self.rule, full)
        self.left = self.digits + self.name + self.value + self.shape + 6  # columns before the bar

    def _indent(self, row: Row) -> str:
        return " " * min(self.step * row.depth, self.width // 8)

    def lines(self) -> list[str]:
        line, cross = self.say("─"), self.say("┼")
        title = HEAD if len(HEAD) <= self.rule else "rule"
        head = self._line("#", self.say("↓ forward"), "rms", "shape", self.say("↑ rms"), title)
        found = [head, line * self.left + cross + line * (self.gradient + self.rule + 4)]
        for row in self.table:
            found += self._row(row)
        return found

    def _line(self, number: str, name: str, value: str, shape: str, gradient: str, rule: str) -> str:
        return (
            f"{number:>{self.digits}} {fit(name, self.name)}  {fit(value, self.value, '>')}  "
            f"{fit(shape, self.shape, '>')} {self.bar} {fit(gradient, self.gradient, '>')}  {rule}"
        ).rstrip()

    def _row(self, row: Row) -> list[str]:
        indent = self._indent(row)
        space = " " * self.digits + " " + indent
        if not row.number:
            return [fit(space + self.say(row.name), self.left) + self.bar]
        name = indent + self.say(row.name + row.extra)
        if columns(name) > self.name:
            name = indent + self.say(row.name)
        names = wrapped(name, self.name, indent + "  ")
        rules = ["; ".join(row.rules)] if columns("; ".join(row.rules)) <= self.rule else row.rules
        right = [("", text) for rule in rules for text in wrapped(self.say(rule), self.rule)]
        right = [(row.gradient, right[0][1]), *right[1:]] if right else [(row.gradient, "")]
        for sign, text in row.more:
            parts = wrapped(self.say(text), self.rule)
            right += [(sign, parts[0]), *(("", part) for part in parts[1:])]
        found = []
        cells = (row.number, row.value, row.shape)
        for left, beside in zip_longest(names, right):
            found.append(self._line(cells[0], left or "", cells[1], cells[2], *(beside or ("", ""))))
            cells = ("", "", "")
        for text in row.below:
            found += wrapped(space + "  " + self.say(text), self.width, space + "  ")
        return found


def _widest(texts: list[str]) -> int:
    return max(map(columns, texts))


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Break text into lines of so many columns: after a comma, at a blank outside of brackets, or anywhere.

    >>> wrapped("dX = dY * 1[X > 0]", 16, "  ")
    ['dX = dY *', '  1[X > 0]']
    """
    lines = []
    while columns(text) > width:
        at = _break(text, width)
        lines.append(text[:at].rstrip())
        text = indent + text[at:].lstrip()
    return [*lines, text]


def _break(text: str, width: int) -> int:
    """Choose where a line ends: the last of the best places in its last two thirds."""
    start = len(text) - len(text.lstrip())
    best, at, used, depth = 0, start + 1, 0, 0
    for i, char in enumerate(text):
        if char == " " and i > start + (width - start) // 3:
            worth = 1 if depth else 2 + (text[i - 1] == "," and 2 * used >= width)
            best, at = (worth, i) if worth >= best else (best, at)
        used += columns(char)
        if used > width:
            return at if best else max(i, start + 1)
        depth += (char in "([") - (char in ")]")
    return at

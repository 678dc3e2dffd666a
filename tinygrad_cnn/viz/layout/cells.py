"""What stands in each box of the ladder: at most three lines, and small pictures under them."""

from dataclasses import dataclass
from textwrap import wrap

from ..graph.model import CONSTANT, FOLD, INPUT, PARAMETER, Graph, Item, Use
from ..graph.stats import Stats
from ..graph.thumbnails import Thumbnail
from ..write.words import clean, count, magnitude, number, shape_text

OP_WIDTH, GRADIENT_WIDTH, CHIP_WIDTH, GRADIENT_CHIP_WIDTH = 216.0, 236.0, 158.0, 200.0
LINE_HEIGHT, PAD, PICTURE, LARGE_PICTURE = 15.0, 7.0, 24.0, 72.0
MOST_RULES = 2


@dataclass
class Cell:
    """One box: its lines with their styles, its pictures, and how it looks."""

    item: str
    kind: str  # "forward", "gradient" or "parameter"
    style: str
    width: float
    lines: list[tuple[str, str]]
    pictures: tuple[Thumbnail, ...] = ()
    radius: float = 0
    double: bool = False
    badge: str = ""
    fill: str = ""
    level: float | None = None  # 0 to 1: how far the gauge is filled
    aside: str = ""  # under the gauge: what it says, in words
    tracked: bool = True

    @property
    def height(self) -> float:
        """How high it is."""
        return PAD * 2 + LINE_HEIGHT * len(self.lines) - 2 + (self.picture_size + 4 if self.pictures else 0)

    @property
    def picture_size(self) -> float:
        """The side of each of its pictures: a single one, such as the input, is shown larger."""
        if len(self.pictures) == 1 and self.width >= OP_WIDTH:
            return LARGE_PICTURE
        room = self.width - 16 - self.radius
        return min(PICTURE, room / max(len(self.pictures), 1) - 2)


def forward_cell(graph: Graph, item: Item, label: str, heat: str) -> Cell:
    """Make the box of an operation, an input or a folded group in the forward lane."""
    style = {INPUT: "input", PARAMETER: "parameter", CONSTANT: "constant", FOLD: "fold"}.get(item.kind, "op")
    if not item.tracked and item.kind not in (INPUT, CONSTANT):
        style = "constant"
    wrong = item.failed or (item.value is not None and not item.value.is_finite)
    lines = [(label, "name")]
    if item.failed:
        lines += [(text, "failed") for text in _failure(graph, item)]
    else:
        if item.kind in (INPUT, PARAMETER, CONSTANT):
            lines.append((f"{shape_text(item.shape)} {item.dtype}", "shape"))
        elif item.settings or len(item.uses) > 1:
            words = clean(item.settings, 60) or _operands(graph, item)
            lines += [(words, "line")] if words else []
        lines.append((_value_line(item, heat), "number"))
    return Cell(
        item.id,
        "forward",
        _mark(item) or ("failed" if wrong else style),
        OP_WIDTH,
        lines,
        item.pictures,
        radius=16 if item.kind == PARAMETER else 0 if item.kind in (INPUT, CONSTANT) else 8,
        double=item.id == graph.root or item.kind in (INPUT, PARAMETER),
        tracked=item.tracked,
    )


def _operands(graph: Graph, item: Item) -> str:
    """Say which operand is which, since the rule of the gradient speaks of A and B."""
    if item.kind == FOLD or any(use.name not in ("a", "b") for use in item.uses):
        return ""
    sources = [(use.name.upper(), graph.items[use.source]) for use in item.uses]
    return clean(", ".join(f"{letter} = {_short(graph, source)}" for letter, source in sources), 40)


def _short(graph: Graph, item: Item) -> str:
    """Name something by its last part: conv2 is what "block1.conv2/conv2d" is called in its block."""
    module, _, name = item.id.rpartition("/") if item.is_op else ("", "", item.name)
    if module and (group := graph.groups.get(item.module)) is not None and group.is_layer:
        name = module
    name = name.rpartition(".")[2] or name
    return name if len(name) <= 16 else name[:13] + "..."


def _failure(graph: Graph, item: Item) -> list[str]:
    """Say in two lines what an operation was given, and why it failed."""
    shapes = (f"{u.name} {shape_text(graph.items[u.source].shape)}" for u in item.uses)
    reason = item.failed.rpartition(" / ")[2] if " / " in item.failed else item.failed
    if not item.uses:
        return [clean(line, 90) for line in wrap(reason, 28)[:2]]
    return [clean("got " + ", ".join(shapes), 60), clean(reason, 90)]


def _value_line(item: Item, heat: str) -> str:
    if item.kind == FOLD:
        hidden = f"{count(item.hides)} operations, {count(item.hidden_uses)} edges inside"
        return f"{hidden}, {heat}" if heat else hidden
    text = amount(item.value) if item.value is not None else "value -"
    if item.value is not None and item.value.zeros and not item.value.is_zero:
        text += f", {100 * item.value.zeros / item.value.size:.0f}% zeros"
    return f"{text}, {heat}" if heat else text


def gradient_cell(graph: Graph, item: Item, in_rows: set[str], heat: str, level: float | None) -> Cell | None:
    """Make the box of a gradient: how large it is, and by which rule it goes on."""
    if not item.tracked and item.kind not in (INPUT,):
        return None
    name = "dY" if item.is_op else f"d{clean(item.name, 14)}"
    if item.gradient is None:
        why = "no gradient asked for" if not item.tracked else "not computed, or not kept"
        lines = [(f"{name}  -  ({why})", "quiet"), *((rule, "rule") for rule in _rules(item, in_rows))]
        return Cell(item.id, "gradient", "absent", GRADIENT_WIDTH, lines)
    name = "dL/dL" if item.id == graph.root and item.gradient.size == 1 else name
    lines = [(f"{name} {amount(item.gradient)}{_zero(item)}", "name")]
    lines += [(rule, "rule") for rule in _rules(item, in_rows)]
    lines += _zeros(item.gradient)[: 3 - len(lines)]
    if item.spread is not None:
        lines.append(
            ("|gradient| " + " / ".join(number(x) for x in item.spread) + " least/median/most", "line")
        )
    if heat and len(lines) == 1:
        lines.append(("", "rule"))  # room for the words of the heat
    bad = not item.gradient.is_finite
    return Cell(
        item.id,
        "gradient",
        "failed" if bad else "gradient",
        GRADIENT_WIDTH,
        lines,
        item.gradient_pictures,
        radius=4,
        level=level,
        aside=heat,
    )


def _mark(item: Item) -> str:
    """The style of what a comparison has marked."""
    return item.mark if item.mark in ("added", "removed", "changed") else ""


def _zeros(stats: Stats) -> list[tuple[str, str]]:
    share = stats.zeros / max(stats.size, 1)
    return [(f"{100 * share:.0f}% of it is exactly 0", "line")] if 0.005 <= share < 1 else []


def amount(stats: Stats | None) -> str:
    """Write a single number as it is, and many by their root mean square.

    >>> import numpy as np
    >>> from tinygrad_cnn.viz.graph.stats import measure
    >>> amount(measure(np.array(-2.0))), amount(measure(np.array([3.0, -4.0]))), amount(None)
    ('= -2.00', 'rms 3.54', '-')
    """
    if stats is None:
        return "-"
    if not stats.size:
        return "no values"
    if stats.size == 1:
        return f"= {number(stats.mean) if stats.is_finite else magnitude(stats)}"
    return f"rms {magnitude(stats)}"


def _zero(item: Item) -> str:
    return "  exactly zero" if item.gradient is not None and item.gradient.is_zero else ""


def _rules(item: Item, in_rows: set[str]) -> list[str]:
    rules = []
    for use in item.uses:
        if use.tracked and use.source in in_rows and use.rule:
            rules.append(_with_broadcast(use))
    unique = list(dict.fromkeys(rules))
    if len(unique) <= MOST_RULES:
        return unique
    return [*unique[: MOST_RULES - 1], f"... and {len(unique) - MOST_RULES + 1} more"]


def _with_broadcast(use: Use) -> str:
    return f"{use.rule}, {use.broadcast}" if use.broadcast else use.rule


def chip(item: Item, use: Use, label: str) -> Cell:
    """Make the small box of a parameter or a constant, left of the operation that uses it."""
    style = "parameter" if item.kind == PARAMETER else "constant"
    bad = item.value is not None and not item.value.is_finite
    comma = "" if item.value is not None and item.value.size == 1 else ","
    lines = [(label, "name"), (f"{shape_text(item.shape)}{comma} {amount(item.value)}", "number")]
    return Cell(
        item.id,
        "parameter",
        _mark(item) or ("failed" if bad else style),
        CHIP_WIDTH,
        lines,
        item.pictures,
        radius=14 if item.kind == PARAMETER else 0,
        double=item.kind == PARAMETER,
        tracked=item.tracked,
    )


def gradient_chip(item: Item, use: Use, label: str, heat: str, level: float | None) -> Cell | None:
    """Make the small box of a parameter's gradient, right of the gradient that it comes from."""
    if item.kind != PARAMETER:
        return None
    name = f"d{label}"
    if item.gradient is None:
        return Cell(
            item.id,
            "gradient",
            "absent",
            GRADIENT_CHIP_WIDTH,
            [(f"{name}  -", "quiet"), ("not computed", "quiet")],
        )
    bad = not item.gradient.is_finite
    return Cell(
        item.id,
        "gradient",
        "failed" if bad else "gradient",
        GRADIENT_CHIP_WIDTH,
        [(f"{name} {amount(item.gradient)}{_zero(item)}", "chip"), (_with_broadcast(use), "rule")],
        item.gradient_pictures,
        radius=14,
        level=level,
        aside=heat,
    )

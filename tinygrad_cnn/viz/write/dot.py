r"""The graph in DOT, the language of Graphviz, as a ladder: values go down, gradients up beside them.

Three things keep this readable and fast where the same graph as two chains takes minutes: an operation and
its gradient share a rank, the edges of the gradients are written downwards and drawn with their arrow at the
tail, and modules are clusters. What users call things only ever stands in labels, in quotes, escaped.
"""

from collections.abc import Iterator

from ..graph.health import bad_word, health_of
from ..graph.model import INPUT, Graph, Group, Item, Use
from .dot_labels import attributes, gradient_label, group_label, op_label, quoted, title_label
from .dot_style import DEFAULTS, EDGES, LEGEND, gradient_style, item_style
from .marks import local_name, sums
from .words import clean, magnitude, shape_text


def to_dot(graph: Graph) -> str:
    """Write a graph in DOT; for the same graph always the same text.

    Nodes are called n0, n1, ... (values), g0, ... (gradients) and s0, ... (sums of gradients), modules
    cluster_0, ...; every edge has a class: forward or backward (one for each use), total (from a sum to its
    gradient) or saved.

    >>> from tinygrad_cnn.viz.graph.model import INPUT, OP, Graph, Item, Use
    >>> x = Item("x", INPUT, "x", "", (2, 3), "float32")
    >>> y = Item("relu", OP, "relu", "", (2, 3), "float32", (Use("x", "x", True, "dX = dY * 1[X > 0]"),))
    >>> text = to_dot(Graph({"x": x, "relu": y}, root="relu"))
    >>> for line in text.splitlines():
    ...     if "n0 -> n1" in line or "g0 -> g1" in line:
    ...         print(line.strip())
    n0 -> n1 [class="forward" label="2x3" weight="3"]
    g0 -> g1 [class="backward" color="#b85600" dir="back"]
    """
    return "".join([f"digraph {NAME} {{\n", *body_lines(graph), "}\n"])


NAME = "backprop"
MANY = 800  # items; above it dot takes fewer steps at straightening edges, whose number grows with the square


def body_lines(graph: Graph) -> list[str]:
    """Write what stands between the braces, line by line."""
    return [f"  {line}\n" for line in _Ladder(graph).lines()]


class _Ladder:
    """Knows the number of every item, and which of them have a gradient, a sum, or stand beside their op."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.number = {name: i for i, name in enumerate(graph.items)}
        self.users = graph.users()
        self.sums = sums(graph)
        self.health = health_of(graph)
        self.with_gradient = {name for name, item in graph.items.items() if item.tracked}
        for item in graph.items.values():
            for use in item.uses:
                if use.tracked:
                    self.with_gradient |= {item.id, use.source}
        self.chips = {name for name in graph.items if self._is_chip(name)}
        self.home = {name: self._home(item) for name, item in graph.items.items()}

    def _is_chip(self, name: str) -> bool:
        """Tell if an item stands on the rank of its operation."""
        item = self.graph.items[name]
        return not item.is_op and item.kind != INPUT and len(self.users[name]) == 1

    def _home(self, item: Item) -> str:
        """Give the module in whose cluster an item stands; dot keeps no rank across two clusters."""
        return self.users[item.id][0][0].module if item.id in self.chips else item.module

    def lines(self) -> Iterator[str]:
        yield from DEFAULTS
        steps = "5" if len(self.number) <= MANY else "0.1"
        yield f"graph [{attributes(nslimit=steps)} label={quoted(title_label(self.graph), left=True)}]"
        yield from self._clusters()
        for item in self.graph.items.values():
            yield from self._rung(item)
            for use in item.uses:
                yield from self._edges(item, use)
        yield from LEGEND

    def _clusters(self) -> Iterator[str]:
        """Open and close the modules as nested clusters, without recursion: they may nest deep."""
        inside: dict[str, list[Item]] = {}
        for item in self.graph.items.values():
            inside.setdefault(self.home[item.id], []).append(item)
        used = {name for module in inside for name in self.graph.ancestry(module)}
        below: dict[str, list[Group]] = {}
        for group in self.graph.groups.values():
            if group.id in used:
                below.setdefault(group.parent, []).append(group)
        order = {name: i for i, name in enumerate(self.graph.groups)}
        todo: list[Group | None] = [*reversed(below.get("", []))]
        for item in inside.get("", []):
            yield from self._nodes(item)
        while todo:
            if (opened := todo.pop()) is None:
                yield "}"
                continue
            yield f"subgraph cluster_{order[opened.id]} {{ graph [{attributes(label=group_label(opened))}]"
            for item in inside.get(opened.id, []):
                yield from self._nodes(item)
            todo += [None, *reversed(below.get(opened.id, []))]

    def _nodes(self, item: Item) -> Iterator[str]:
        i, name = self.number[item.id], item.id
        style = item_style(item, is_root=name == self.graph.root)
        label = op_label(
            item,
            local_name(self.graph, item, self.home[name]),
            first=name == self.health.value_origin,
            last=not self.users[name],
        )
        yield f"n{i} [{attributes(label=label, **style)}]"
        if name in self.with_gradient:
            entering = name == self.graph.root
            label = gradient_label(item, self._rules(item), entering, name == self.health.gradient_origin)
            yield f"g{i} [{attributes(label=label, **gradient_style(item))}]"
        if name in self.sums:
            yield f's{i} [class="sum" label="+" shape="circle"]'
        if name not in self.chips:
            row = [f"n{self.number[u.source]}" for u in item.uses if u.source in self.chips]
            row += [f"n{i}"] + [f"g{i}"] * (name in self.with_gradient) + [f"s{i}"] * (name in self.sums)
            row += [f"g{self.number[u.source]}" for u in item.uses if u.source in self.chips and u.tracked]
            if len(row) > 1:
                yield f"{{ rank=same; {'; '.join(row)} }}"

    def _rules(self, item: Item) -> list[str]:
        """Collect the rules that a gradient box carries: a chip's is how its own gradient comes about."""
        if item.id in self.chips:
            uses = [use for _, use in self.users[item.id] if use.tracked]
            return [text for use in uses for text in (use.rule, use.broadcast)]
        return [use.rule for use in item.uses if use.tracked and use.source not in self.chips]

    def _rung(self, item: Item) -> Iterator[str]:
        """Tie a gradient to its operation; the edge is drawn where something is kept for backward."""
        if item.id not in self.with_gradient or item.id in self.chips:
            return
        i = self.number[item.id]
        if item.saved:
            label = "keeps " + clean(", ".join(item.saved), 30)
            yield f"n{i} -> g{i} [{attributes(label=label, **EDGES['saved'])}]"
        else:
            yield f'n{i} -> g{i} [style="invis"]'

    def _edges(self, item: Item, use: Use) -> Iterator[str]:
        source, i, j = self.graph.items[use.source], self.number[use.source], self.number[item.id]
        forward = dict(EDGES["forward_bad" if bad_word(source.value) or item.failed else "forward"])
        if self._shape_is_new(source, item):
            forward["label"] = shape_text(source.shape)
        yield f"n{i} -> n{j} [{attributes(**forward)}]"
        if not use.tracked:
            return
        backward = dict(EDGES["backward_bad" if bad_word(source.gradient) else "backward"])
        if use.source in self.chips:
            yield f"g{j} -> g{i} [{attributes(**backward)}]"
            return
        summed = use.source in self.sums
        words = [magnitude(use.contribution)] if summed and use.contribution else []
        words += [clean(use.broadcast)] if use.broadcast else []
        if summed and self.sums[use.source][0] == (item, use):
            yield f"g{i} -> s{i} [{attributes(**{**backward, 'class': 'total'}, dir='back')}]"
        if summed:
            backward["weight"] = "0"  # the two lanes stay straight, and the sum stands where there is room
        tail = f"s{i}" if summed else f"g{i}"
        yield f"{tail} -> g{j} [{attributes(**backward, dir='back', label=', '.join(words))}]"

    def _shape_is_new(self, source: Item, item: Item) -> bool:
        """Tell if an edge shows the shape: the first one after it changed, and all into what failed."""
        if item.failed:
            return True
        if source.id in self.chips or self.users[source.id][0][0] is not item:
            return False
        before = [self.graph.items[use.source] for use in source.uses if use.source not in self.chips]
        return not any(b.shape == source.shape for b in before)

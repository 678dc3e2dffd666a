"""The rows of the text ladder: in which order the items stand, and what each cell says, before any widths."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..graph.health import bad_word, health_of
from ..graph.model import CONSTANT, FOLD, INPUT, PARAMETER, Graph, Group, Item
from ..graph.stats import Stats
from .marks import local_name, sums
from .words import clean, count, magnitude, number, shape_text

LONGEST = 60  # characters of one name or rule


@dataclass
class Row:
    """One rung: cells of the table, or (without a number) one line of text."""

    depth: int
    name: str
    extra: str = ""  # of the name; left out where there is no room
    number: str = ""
    value: str = ""
    shape: str = ""
    gradient: str = ""
    rules: list[str] = field(default_factory=list)
    more: list[tuple[str, str]] = field(default_factory=list)  # further lines of the gradient lane
    below: list[str] = field(default_factory=list)  # lines over the whole width


def rows(graph: Graph) -> list[Row]:
    """Make the rows in order: values of the main lane, and under each operation its parameters."""
    return list(_Rows(graph).all())


class _Rows:
    def __init__(self, graph: Graph) -> None:
        self.graph, self.sums, self.health = graph, sums(graph), health_of(graph)
        self.users = graph.users()
        self.under: dict[str, list[Item]] = {}  # operation: the leaves that stand under it
        for item in graph.items.values():
            if not self._is_main(item):
                self.under.setdefault(self.users[item.id][0][0].id, []).append(item)
        self.main = [item for item in graph.items.values() if self._is_main(item)]
        order = [one for item in self.main for one in (item, *self.under.get(item.id, []))]
        self.number = {item.id: i for i, item in enumerate(order, 1)}
        self.single = self._single_groups()

    def _is_main(self, item: Item) -> bool:
        return item.is_op or item.kind == INPUT or not self.users[item.id]

    def _single_groups(self) -> set[str]:
        """Find the modules with one rung and no module inside: they need no line of their own."""
        rungs: dict[str, int] = {}
        for item in self.main:
            rungs[item.module] = rungs.get(item.module, 0) + 1
        parents = {self.graph.groups[name].parent for item in self.main for name in self._path(item.module)}
        return {name for name, n in rungs.items() if name and n == 1 and name not in parents}

    def _path(self, module: str) -> list[str]:
        return self.graph.ancestry(module)[::-1]

    def all(self) -> Iterator[Row]:
        opened: list[str] = []
        seen: set[str] = set()
        before: Item | None = None
        for item in self.main:
            path = self._path(item.module)
            alone = bool(path) and path[-1] in self.single
            boxes = path[:-1] if alone else path
            same = 0
            while same < min(len(opened), len(boxes)) and opened[same] == boxes[same]:
                same += 1
            for depth in range(same, len(boxes)):
                yield self._header(self.graph.groups[boxes[depth]], depth, boxes[depth] in seen)
                seen.add(boxes[depth])
            opened = boxes
            prefix = self._called(self.graph.groups[path[-1]]) + ": " if alone else ""
            yield self._main(item, len(boxes), prefix, before)
            yield from (self._leaf(leaf, len(boxes) + 1) for leaf in self.under.get(item.id, []))
            yield from self._again(item, len(boxes) + 1)
            before = item

    def _called(self, group: Group) -> str:
        """Name a module by its path, without what the line of the module around it already says."""
        around = self.graph.groups[group.parent].path + "." if group.parent else ""
        call = group.id.removeprefix(group.path) if group.id.startswith(group.path + "#") else ""
        return clean(group.path.removeprefix(around) + call, LONGEST)

    def _header(self, group: Group, depth: int, again: bool) -> Row:
        words = [f"{self._called(group)}: {clean(group.type)}" if group.type != group.path else ""]
        words[0] = words[0] or clean(group.path)
        words += [f"{count(group.parameters)} parameters"] if group.parameters and not again else []
        return Row(depth, ", ".join(words) + (" (continued)" if again else ""))

    def _main(self, item: Item, depth: int, prefix: str, before: Item | None) -> Row:
        row = self._common(item, depth)
        sources = self._sources(item, before)
        row.name = (
            prefix + _name(self.graph, item, item.module) + (": input" if item.kind == INPUT else sources)
        )
        if item.kind == FOLD:
            row.name += f": {count(item.hides)} operations, {count(item.parameters)} parameters"
        elif item.settings:
            row.name += ("," if sources else "") + " " + clean(item.settings, LONGEST)
        row.extra = f"  keeps {clean(', '.join(item.saved), 30)}" if item.saved else ""
        uses = [use for use in item.uses if use.tracked and not self._stands_under(use.source, item)]
        row.rules = list(dict.fromkeys(_rule(use.rule, use.broadcast) for use in uses))
        if item.spread:
            row.rules.append(
                f"within: least {number(item.spread[0])}, median {number(item.spread[1])}, largest"
            )
            row.rules[-1] += f" {number(item.spread[2])}"
        if item.id == self.graph.root and item.gradient is not None:
            row.more.append(("", "↑ starts here"))
        if item.failed:
            row.value, row.shape, row.gradient = "FAILED", "-", "-"
            row.below = [self._inputs(item), clean(item.failed, 400), *_place(item)]
        return row

    def _common(self, item: Item, depth: int) -> Row:
        row = Row(depth, "", number=str(self.number[item.id]), shape=shape_text(item.shape))
        row.value = _amount(item.value)
        row.gradient = magnitude(item.gradient) if item.tracked or item.gradient else "no grad"
        if item.heat_text:
            row.more.append(("", clean(item.heat_text)))
        if item.id in self.sums:
            row.more.append(("+", self._sum(item)))
        if item.id == self.health.gradient_origin and item.gradient:
            row.more.append(("!", f"the first {bad_word(item.gradient)} here: {_wrong(item.gradient)}"))
        if item.id == self.health.value_origin and item.value:
            word = bad_word(item.value)
            row.below = [f"! the first {word} was made here: {_wrong(item.value)}", *_place(item)]
        return row

    def _sum(self, item: Item) -> str:
        shares = [(use.contribution, self.number[user.id]) for user, use in self.sums[item.id]]
        return ", ".join(f"{magnitude(share)} from {n}" if share else f"from {n}" for share, n in shares)

    def _stands_under(self, source: str, item: Item) -> bool:
        """Tell if a source is a leaf with a line of its own under the operation, which has the rule."""
        return source not in self.sums and any(leaf.id == source for leaf in self.under.get(item.id, []))

    def _sources(self, item: Item, before: Item | None) -> str:
        """Write where the inputs come from, unless that is the rung right above."""
        lane = [use.source for use in item.uses if self._is_main(self.graph.items[use.source])]
        if item.kind == FOLD:  # a module that reads its input in several places is still entered once
            lane = list(dict.fromkeys(lane))
        if not lane or (before is not None and lane == [before.id]):
            return ""
        numbers = [str(self.number[source]) for source in lane]
        return " from " + " and ".join([", ".join(numbers[:-1]), numbers[-1]] if numbers[1:] else numbers)

    def _leaf(self, item: Item, depth: int) -> Row:
        row = self._common(item, depth)
        kind = {PARAMETER: "parameter", CONSTANT: "constant"}.get(item.kind, item.kind)
        row.name, row.extra = _name(self.graph, item, self.users[item.id][0][0].module), f": {kind}"
        uses = [use for _, use in self.users[item.id] if use.tracked]
        row.rules = [_rule(use.rule, use.broadcast) for use in uses] if len(uses) == 1 else []
        return row

    def _again(self, item: Item, depth: int) -> Iterator[Row]:
        """List the leaves of an operation that stand under an earlier one."""
        under = {leaf.id for leaf in self.under.get(item.id, [])}
        leaves = {use.source for use in item.uses} - under
        for source in dict.fromkeys(use.source for use in item.uses if use.source in leaves):
            leaf = self.graph.items[source]
            if not self._is_main(leaf):
                yield Row(depth, f"{_name(self.graph, leaf, item.module)}: same as {self.number[source]}")

    def _inputs(self, item: Item) -> str:
        shapes = [(use, self.graph.items[use.source].shape) for use in item.uses]
        return "inputs: " + ", ".join(f"{clean(u.name)} {shape_text(s)}" for u, s in shapes)


def _name(graph: Graph, item: Item, module: str) -> str:
    """Write a name, and in a comparison if it was added, removed or changed."""
    mark = f" [{clean(item.mark)}]" if item.mark else ""
    return (clean(local_name(graph, item, module), LONGEST) or '""') + mark


def _rule(rule: str, broadcast: str) -> str:
    return ", ".join(clean(text, LONGEST) for text in (rule, broadcast) if text)


def _amount(stats: Stats | None) -> str:
    """Write a single number with its sign, and many as their root mean square."""
    if stats is not None and stats.size == 1 and stats.is_finite:
        return number(stats.mean)
    return magnitude(stats)


def _wrong(stats: Stats) -> str:
    parts = [f"{count(n)} {word}" for n, word in ((stats.nans, "NaN"), (stats.infs, "Inf")) if n]
    return f"{' and '.join(parts)} of {count(stats.size)}"


def _place(item: Item) -> list[str]:
    words = [clean(text, 100) for text in (item.source, item.code.strip()) if text]
    return [": ".join(words)] if words else []

"""Making a large graph readable: groups become single boxes, which say what they hide."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from statistics import median

from .model import FOLD, Graph, Group, Item, Use
from .stats import Stats

MOST_RUNGS = 60
FEWEST_REPEATS = 3


@dataclass(frozen=True)
class Span:
    """Operations that follow each other, and the box that stands for them."""

    first: int  # index among the operations
    last: int
    id: str
    name: str
    detail: str  # a second line
    module: str  # the group around it
    blocks: tuple[tuple[int, int], ...] = ()  # of repeated blocks: each one's first and last

    @property
    def length(self) -> int:
        """How many operations it hides."""
        return self.last - self.first + 1


def fold(graph: Graph, most: int = MOST_RUNGS, collapse: Collection[str] = (), layers: bool = True) -> Graph:
    """Fold groups until a graph has at most ``most`` boxes from top to bottom.

    First those that ``collapse`` names (paths, ids or types, with ``*``), and with ``layers`` the built-in
    layers that are made of several operations; then blocks that repeat, the deepest modules, and what follows
    each other.
    """
    spans = choose(graph, most, collapse, layers)
    return folded(graph, _own_ids(graph, spans)) if spans else graph


def _own_ids(graph: Graph, spans: list[Span]) -> list[Span]:
    """Give the boxes ids that no item has: a module and an input may have the same name."""
    taken = set(graph.items)
    found = []
    for span in spans:
        name = span.id
        while name in taken:
            name += "()"
        taken.add(name)
        found.append(replace(span, id=name))
    return found


def choose(graph: Graph, most: int, collapse: Collection[str], layers: bool) -> list[Span]:
    """Choose what to fold, in the order of the operations; no two spans overlap."""
    ops = list(graph.ops())
    ranges = {g: r for g, r in _ranges(graph, ops).items() if r[1] > r[0]}
    chosen: dict[str, Span] = {}
    for name, (first, last) in ranges.items():
        group = graph.groups[name]
        if (layers and group.is_layer) or any(_matches(group, pattern) for pattern in collapse):
            chosen[name] = _span(group, first, last)
    spans = _outermost(chosen.values())
    if _visible(ops, spans) > most:
        spans = _outermost([*spans, *_repeats(graph, ops, ranges)])
    depths = sorted({len(graph.ancestry(name)) for name in ranges}, reverse=True)
    for depth in depths:
        if _visible(ops, spans) <= most:
            break
        deep = [
            _span(graph.groups[name], *ranges[name]) for name in ranges if len(graph.ancestry(name)) == depth
        ]
        if depth > 1 or len(deep) > 1:  # folding the whole model would leave nothing to look at
            spans = _outermost([*spans, *deep])
    if _visible(ops, spans) > most:
        spans = _outermost([*spans, _middle(graph, ops, spans, most)])
    return spans


def _matches(group: Group, pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in (group.id, group.path, group.type))


def _span(group: Group, first: int, last: int) -> Span:
    name = group.type if group.path == group.type else f"{group.id}: {group.type}"
    detail = f"{group.parameters:,} parameters" if group.parameters else ""
    return Span(first, last, group.id, name, detail, group.parent)


def _ranges(graph: Graph, ops: list[Item]) -> dict[str, tuple[int, int]]:
    """Find the operations of each group: the first and the last, if nothing else lies between them."""
    found: dict[str, list[int]] = {}
    for index, item in enumerate(ops):
        for group in graph.ancestry(item.module):
            found.setdefault(group, []).append(index)
    return {g: (i[0], i[-1]) for g, i in found.items() if len(i) == i[-1] - i[0] + 1}


def _outermost(spans: Iterable[Span]) -> list[Span]:
    """Keep the spans that lie in no other one, in order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.first, -s.last)):
        if not kept or span.first > kept[-1].last:
            kept.append(span)
    return kept


def _visible(ops: list[Item], spans: list[Span]) -> int:
    return len(ops) - sum(span.length - 1 for span in spans)


def _repeats(graph: Graph, ops: list[Item], ranges: dict[str, tuple[int, int]]) -> list[Span]:
    """Find three or more blocks of the same kind that follow each other."""
    alike: list[list[str]] = []
    for name in sorted(ranges, key=lambda g: (len(graph.ancestry(g)), ranges[g])):
        last = alike[-1][-1] if alike else ""
        if last and _continues(graph, ops, ranges, last, name):
            alike[-1].append(name)
        else:
            alike.append([name])
    spans = []
    for names in alike:
        if len(names) >= FEWEST_REPEATS:
            spans.append(_repeated([graph.groups[n] for n in names], [ranges[n] for n in names]))
    return spans


def _repeated(groups: list[Group], blocks: list[tuple[int, int]]) -> Span:
    first, last = groups[0], groups[-1]
    name = f"{len(groups)} x {first.type}"
    detail = f"{first.id} to {last.id}, {sum(g.parameters for g in groups):,} parameters"
    span = (blocks[0][0], blocks[-1][1])
    return Span(*span, f"{first.id}..{last.id}", name, detail, first.parent, tuple(blocks))


def _continues(
    graph: Graph, ops: list[Item], ranges: dict[str, tuple[int, int]], before: str, after: str
) -> bool:
    a, b = graph.groups[before], graph.groups[after]
    if a.parent != b.parent or a.type != b.type or ranges[before][1] + 1 != ranges[after][0]:
        return False
    return _signature(ops, ranges[before]) == _signature(ops, ranges[after])


def _signature(ops: list[Item], span: tuple[int, int]) -> list[tuple[str, tuple[int, ...], str]]:
    return [(o.name, o.shape, o.settings) for o in ops[span[0] : span[1] + 1]]


def _middle(graph: Graph, ops: list[Item], spans: list[Span], most: int) -> Span:
    """Fold everything but the first and the last boxes."""
    starts = {span.first: span for span in spans}
    boxes: list[tuple[int, int]] = []
    index = 0
    while index < len(ops):
        end = starts[index].last if index in starts else index
        boxes.append((index, end))
        index = end + 1
    front = most // 2
    back = most - front - 1
    first, last = boxes[front][0], boxes[len(boxes) - back - 1][1]
    names: dict[str, int] = {}
    for op in ops[first : last + 1]:
        names[op.name] = names.get(op.name, 0) + 1
    usual = sorted(names.items(), key=lambda n: (-n[1], n[0]))
    label = ", ".join(f"{n:,} x {name}" for name, n in usual[:3]) + (", ..." if len(usual) > 3 else "")
    name = f"{last - first + 1:,} operations"
    around = graph.ancestry(ops[first].module)
    for op in ops[first + 1 : last + 1]:
        above = set(graph.ancestry(op.module))
        around = [group for group in around if group in above]
    return Span(first, last, f"{ops[first].id}..{ops[last].id}", name, label, next(iter(around), ""))


def folded(graph: Graph, spans: list[Span]) -> Graph:
    """Make the graph in which each span is one item."""
    ops = list(graph.ops())
    span_of = {span.id: span for span in spans}
    stands_for = _hidden(graph, spans, ops)
    items: dict[str, Item] = {}
    for item in graph.items.values():
        box = stands_for.get(item.id)
        if box is None:
            items[item.id] = replace(item, uses=tuple(_moved(use, stands_for) for use in item.uses))
        elif box not in items and item.is_op:
            span = span_of[box]
            hidden = ops[span.first : span.last + 1]
            for use in (use for op in hidden for use in op.uses):  # leaves between them come before the box
                if use.source not in stands_for:
                    items.setdefault(use.source, graph.items[use.source])
            items[box] = _box(graph, span, hidden, stands_for)
    result = replace(graph, items=items, root=stands_for.get(graph.root, graph.root))
    needed = {g for item in items.values() for g in graph.ancestry(item.module)}
    result.groups = {name: group for name, group in graph.groups.items() if name in needed}
    result.notes = (*graph.notes, _note(ops, spans))
    return result


def _hidden(graph: Graph, spans: list[Span], ops: list[Item]) -> dict[str, str]:
    """Say by which box an item is hidden: operations by theirs, leaves by the only one that uses them."""
    stands_for = {op.id: span.id for span in spans for op in ops[span.first : span.last + 1]}
    used_in: dict[str, set[str]] = {}
    for item in graph.items.values():
        for use in item.uses:
            used_in.setdefault(use.source, set()).add(stands_for.get(item.id, ""))
    for item in graph.items.values():
        inside = used_in.get(item.id, set())
        if not item.is_op and len(inside) == 1 and (only := next(iter(inside))) and item.kind != "input":
            stands_for[item.id] = only
    return stands_for


def _moved(use: Use, stands_for: dict[str, str]) -> Use:
    return replace(use, source=stands_for.get(use.source, use.source))


def _note(ops: list[Item], spans: list[Span]) -> str:
    hidden = sum(span.length for span in spans)
    boxes = "1 box stands" if len(spans) == 1 else f"{len(spans)} boxes stand"
    return f"{boxes} for {hidden:,} of {len(ops):,} operations"


def _box(graph: Graph, span: Span, ops: list[Item], stands_for: dict[str, str]) -> Item:
    """Make the item that stands for a span; what leaves it is the result of its last operation."""
    uses = [use for op in ops for use in op.uses]
    from_outside = [use for use in uses if stands_for.get(use.source) != span.id]
    rule = f"through {span.length:,} operations"
    inside = [i for name, i in graph.items.items() if stands_for.get(name) == span.id]
    return replace(
        ops[-1],
        id=span.id,
        kind=FOLD,
        name=span.name,
        module=span.module,
        uses=tuple(
            _moved(replace(use, rule=rule if use.tracked else "", broadcast="", worked=None), stands_for)
            for use in from_outside
        ),
        tracked=any(op.tracked for op in ops),
        settings=span.detail,
        saved=(),
        value=_first_bad([op.value for op in ops]),
        gradient=_first_bad([op.gradient for op in ops]),
        seconds=_sum([op.seconds for op in ops]),
        backward_seconds=_sum([op.backward_seconds for op in ops]),
        memory=sum(op.memory for op in ops),
        pictures=(),
        gradient_pictures=(),
        failed=next((op.failed for op in ops if op.failed), ""),
        parameters=sum(i.value.size for i in inside if i.kind == "parameter" and i.value is not None),
        hides=span.length,
        hidden_uses=len(uses) - len(from_outside),
        spread=_spread(graph, span),
    )


def _first_bad(stats: list[Stats | None]) -> Stats | None:
    """Give the numbers of the last operation, or of the first that is not finite."""
    return next((s for s in stats if s is not None and not s.is_finite), stats[-1])


def _sum(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


def _spread(graph: Graph, span: Span) -> tuple[float, float, float] | None:
    """Give the least, median and largest size of the gradient that enters the repeated blocks."""
    ops = list(graph.ops())
    gradients = [ops[last].gradient for _, last in span.blocks]
    sizes = [g.norm for g in gradients if g is not None]
    return (min(sizes), median(sizes), max(sizes)) if sizes else None

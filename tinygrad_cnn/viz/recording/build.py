"""From notes to the graph that pictures are made of: what leads to the root, under names that last."""

from collections.abc import Iterable

from ..graph.model import CONSTANT, INPUT, OP, PARAMETER, Graph, Group, Item, Use
from ..graph.rules import broadcast_of, rules_of
from ..write.words import count, number, shape_text
from .trace import Event, Leaf, Seen, Trace


def build(trace: Trace) -> Graph:
    """Make the graph of a recording: everything that its root was computed from."""
    events = _leading_to_root(trace)
    _guess_input(events)
    groups, group_of_call = _groups(trace, events)
    ids = _Ids()
    known: dict[int, str] = {}  # by identity of what was seen
    items: dict[str, Item] = {}
    graph = Graph(items, groups, notes=tuple(trace.notes))
    for event in events:
        for seen, name in zip(event.sources, event.names, strict=True):
            if isinstance(seen, Leaf) and id(seen) not in known and not _is_number(seen):
                item = _leaf_item(seen, name, ids)
                known[id(seen)] = item.id
                items[item.id] = item
        group = "" if event.call is None else group_of_call[event.call]
        item = _event_item(event, group, ids, known)
        known[id(event)] = item.id
        items[item.id] = item
    if trace.root is not None and id(trace.root) in known:
        graph.root = known[id(trace.root)]
    graph.title, graph.facts = _title(trace), _facts(trace, graph)
    if not items:
        graph.facts, graph.notes = (), (*graph.notes, "nothing was computed")
    elif trace.root is not None and trace.root.failed:
        graph.notes = (*graph.notes, f"{graph.root} failed: {trace.root.failed}")
    return graph


class _Ids:
    """Gives each name once; a second one gets a number."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def unique(self, name: str) -> str:
        turn = self._given.get(name, 0) + 1
        self._given[name] = turn
        return name if turn == 1 else self.unique(f"{name}#{turn}")


def _leading_to_root(trace: Trace) -> list[Event]:
    """Pick the operations that the root came from, in order; those of a failed pass are all shown."""
    if trace.root is None:
        return []
    if trace.root.failed:
        return trace.events
    wanted = {id(trace.root)}
    found = []
    for event in reversed(trace.events):
        if id(event) in wanted:
            found.append(event)
            wanted.update(id(s) for s in event.sources if isinstance(s, Event))
    return found[::-1]


def _guess_input(events: list[Event]) -> None:
    """Without a model that was given an input, it is what the first operation starts from."""
    leaves = [s for e in events for s in e.sources if isinstance(s, Leaf)]
    if leaves and not any(leaf.is_argument for leaf in leaves) and not leaves[0].requires_grad:
        leaves[0].is_argument = leaves[0].dtype.startswith("float") and bool(leaves[0].shape)


def _groups(trace: Trace, events: Iterable[Event]) -> tuple[dict[str, Group], dict[int, str]]:
    """Make a group of every call of a module that computed something of the graph."""
    used: set[int] = set()
    for event in events:
        call = event.call
        while call is not None and call not in used:
            used.add(call)
            call = trace.calls[call].parent
    learning = {c.root for c in trace.calls if c.parent is None and c.parameters}
    ids = _Ids()
    groups: dict[str, Group] = {}
    names: dict[int, str] = {}
    for number_, call_ in enumerate(trace.calls):
        if number_ not in used:
            continue
        outermost = next(c for c in trace.calls if c.root == call_.root and c.parent is None)
        prefix = f"{outermost.type}{call_.root + 1}" if len(learning) > 1 and call_.root in learning else ""
        path = ".".join(part for part in (prefix, call_.path) if part) or call_.type
        names[number_] = name = ids.unique(path)
        parent = "" if call_.parent is None else names[call_.parent]
        groups[name] = Group(name, path, call_.type, parent, call_.parameters, call_.is_layer)
    return groups, names


def _is_number(seen: Leaf) -> bool:
    """Say whether something is a plain number, which is written into the operation that uses it."""
    return seen.scalar is not None and not seen.shape and not seen.name and not seen.is_argument


def _leaf_item(leaf: Leaf, input_name: str, ids: _Ids) -> Item:
    kind = PARAMETER if leaf.requires_grad else INPUT if leaf.is_argument else CONSTANT
    if leaf.requires_grad and leaf.is_argument and not leaf.is_parameter:
        kind = INPUT
    name = leaf.name or {INPUT: "input", CONSTANT: "constant"}.get(kind, input_name)
    return Item(
        id=ids.unique(name),
        kind=kind,
        name=name,
        module="",
        shape=leaf.shape,
        dtype=leaf.dtype,
        tracked=leaf.requires_grad,
        value=leaf.value,
        gradient=leaf.gradient,
        memory=0
        if leaf.value is None
        else leaf.value.size * int(leaf.dtype.lstrip("abcdefilnotu") or 8) // 8,
        update=leaf.update,
        pictures=leaf.pictures,
        gradient_pictures=leaf.gradient_pictures,
    )


def _event_item(event: Event, group: str, ids: _Ids, known: dict[int, str]) -> Item:
    name, line, code = event.place or ("", 0, "")
    return Item(
        id=ids.unique(f"{group}/{event.op}" if group else event.op),
        kind=OP,
        name=event.op,
        module=group,
        uses=tuple(_uses(event, known)),
        settings=_settings(event),
        source=f"{name}:{line}" if name else "",
        code=code,
        **{field: getattr(event, field) for field in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    *("shape", "dtype", "tracked", "saved", "value", "gradient", "turn", "failed"),
    *("seconds", "backward_seconds", "memory", "pictures", "gradient_pictures"),
)


def _settings(event: Event) -> str:
    """Write settings, and plain numbers among the inputs, on one line."""
    words = [text if name == "kernel" else f"{name} {text}" for name, text in event.settings.items()]
    for seen, name in zip(event.sources, event.names, strict=True):
        if isinstance(seen, Leaf) and _is_number(seen):
            words.append(f"{name.upper()} = {number(seen.scalar)}")
    return ", ".join(words)


def _uses(event: Event, known: dict[int, str]) -> Iterable[Use]:
    rules = rules_of(event.op, event.names)
    for position, (seen, name) in enumerate(zip(event.sources, event.names, strict=True)):
        if seen is None or id(seen) not in known:
            continue
        tracked = event.tracked and (seen.tracked if isinstance(seen, Event) else _requires_grad(seen))
        yield Use(
            source=known[id(seen)],
            name=name,
            tracked=tracked,
            rule=rules[position] if tracked else "",
            broadcast=broadcast_of(event.op, seen.shape, event.shape) if tracked else "",
            contribution=event.contributions.get(position),
            worked=event.worked.get(position),
        )


def _requires_grad(seen: Seen) -> bool:
    return isinstance(seen, Leaf) and seen.requires_grad


def _title(trace: Trace) -> str:
    models = dict.fromkeys(c.type for c in trace.calls if c.parent is None and c.parameters)
    return ", ".join(models) or "computation"


def _facts(trace: Trace, graph: Graph) -> tuple[str, ...]:
    """Say what stands above the picture: loss, step, batch, parameters, size of the whole gradient."""
    facts = []
    root = graph.items.get(graph.root)
    if root is not None and root.failed:
        facts.append("the forward pass failed")
    elif root is not None and root.value is not None and root.value.size == 1:
        facts.append(f"loss {number(root.value.mean)}" if root.value.is_finite else "loss is not finite")
    if trace.step is not None:
        facts.append(f"step {count(trace.step)}")
    batch = next((i for i in graph.items.values() if i.kind == INPUT), None)
    if batch is not None:
        facts.append(f"input {shape_text(batch.shape)}")
    learnt = [i for i in graph.items.values() if i.kind == PARAMETER]
    numbers = trace.parameters or sum(i.value.size for i in learnt if i.value is not None)
    facts.append(f"{count(numbers)} parameters")
    norms = [i.gradient.norm for i in learnt if i.gradient is not None]
    if norms:
        finite = all(i.gradient.is_finite for i in learnt if i.gradient is not None)
        size = number(sum(n * n for n in norms) ** 0.5) if finite else "is not finite"
        facts.append(f"gradient norm {size}")
    return tuple(facts)

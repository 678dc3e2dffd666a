"""Notes of a computation that nobody recorded: what its nodes, their closures and `.grad` still tell."""

from types import FrameType
from typing import Any

import numpy as np

from ...base.node import ancestors
from ...base.observe import Observer
from ...core import REGISTRY, Node, Tensor, wrap
from ...core.graph import run_backward
from ...nn import Parameter
from ..graph.stats import Stats, measure
from .names import place_of, variable_of
from .saved import captured, saved_by
from .trace import Event, Leaf, Seen, Trace


def trace_of(y: Tensor, names: dict[int, str], frames: list[FrameType]) -> Trace:
    """Read the graph of a result; gradients are computed on the side where that is still possible."""
    trace = Trace()
    if y.node is None:
        return trace
    order = ancestors(y.node)[::-1]
    reader = _Reader(order, names, frames)
    trace.events = reader.events
    trace.root = reader.events[-1]
    trace.root.value = measure(y.array)
    trace.notes = reader.gradients(y)
    return trace


class _Reader(Observer):
    """Makes events of nodes; as an observer, it sees the gradients that a backward pass brings them."""

    def __init__(self, order: list[Node], names: dict[int, str], frames: list[FrameType]) -> None:
        self._names, self._frames = names, frames
        self._order = order
        self._leaves: dict[int, Leaf] = {}
        self._by_node: dict[int, Event] = {}
        self._held = {node.number: list(captured(node)) for node in order}  # by closures
        self._values = _values(order, self._held)
        self._turn = 0
        self.events = [self._event(node) for node in order]

    def _event(self, node: Node) -> Event:
        record = REGISTRY.get(node.op)
        names = () if record is None or record.variadic else record.inputs
        count = len(node.inputs)
        names = tuple(names[i] if i < len(names) else f"x{i}" for i in range(count))
        event = Event(
            node.shape,
            str(node.dtype),
            self._values.get(node.number),
            op=node.op,
            names=names,
            sources=self._sources(node, names),
            tracked=True,
            saved=saved_by(node, self._held[node.number]),
            place=place_of(node),
            memory=int(np.prod(node.shape)) * node.dtype.itemsize,
        )
        self._by_node[node.number] = event
        return event

    def _sources(self, node: Node, names: tuple[str, ...]) -> tuple[Seen | None, ...]:
        """Find the inputs; those without a gradient are known only if a closure holds them."""
        held = dict(self._held[node.number])
        found = []
        for source, name in zip(node.inputs, names, strict=True):
            if source is None:
                kept = held.get(name)
                source = kept if isinstance(kept, Tensor) and kept.node is None else None
            found.append(self._source(source))
        return tuple(found)

    def _source(self, source: Any) -> Seen | None:
        if source is None:
            return None
        if isinstance(source, Node):
            return self._by_node[source.number]
        if id(source) not in self._leaves:
            leaf = Leaf(source.array.shape, str(source.array.dtype), measure(source.array))
            leaf.requires_grad, leaf.is_parameter = source.requires_grad, isinstance(source, Parameter)
            one = source.array.size == 1 and not source.requires_grad
            leaf.scalar = float(source.array.item()) if one else None
            if leaf.scalar is None or leaf.shape:
                leaf.name = self._names.get(id(source)) or variable_of(source, self._frames)
            leaf.tensor = source
            if source.grad is not None:
                leaf.gradient = measure(source.grad.array)
            self._leaves[id(source)] = leaf
        return self._leaves[id(source)]

    def gradients(self, y: Tensor) -> list[str]:
        """Compute the gradients for the picture alone, if the closures are there and no hook would notice."""
        notes = []
        leaves = [leaf.tensor for leaf in self._leaves.values()]
        hooked = any(n.hooks for n in self._order) or any(t is not None and t.hooks for t in leaves)
        if any(n.closures is None for n in self._order):
            notes.append("backward() has dropped the closures: only what .grad holds is shown")
        elif hooked:
            notes.append(
                "there are hooks, which another backward pass would call: only what .grad holds is shown"
            )
        else:
            notes += self._run(y)
        for leaf in self._leaves.values():
            leaf.tensor = None
        self._held = {}
        return notes

    def _run(self, y: Tensor) -> list[str]:
        try:
            with self, np.errstate(all="ignore"):
                run_backward(y, wrap(np.ones_like(y.array)), keys=None, create_graph=False, release=False)
        except Exception as error:  # values that have changed since, or a closure of the user's
            return [f"the backward pass failed: {type(error).__name__}: {error}"]
        notes = ["gradients were computed for this picture; .grad was left as it is"]
        return notes if y.array.size == 1 else [*notes, "the gradient is that of the sum of all results"]

    def arrived(self, source: Any, g: Tensor) -> None:
        """Measure a complete gradient."""
        seen = self._by_node[source.number] if isinstance(source, Node) else self._leaves[id(source)]
        seen.gradient = measure(g.array)
        if isinstance(seen, Event):
            seen.turn = self._turn
            self._turn += 1

    def contributed(self, node: Node, position: int, g: Tensor, d: Tensor) -> None:
        """Measure what came back over one use of a tensor."""
        self._by_node[node.number].contributions[position] = measure(d.array)


def _values(order: list[Node], held: dict[int, list[tuple[str, Any]]]) -> dict[int, Stats]:
    """Measure the results that closures have kept: their own, and those of nodes before them."""
    found = {n.number: measure(n.array) for n in order if n.array is not None}
    for node in order:
        for _, value in held[node.number]:
            if isinstance(value, Tensor) and value.node is not None and value.node.number not in found:
                found[value.node.number] = measure(value.array)
    return found

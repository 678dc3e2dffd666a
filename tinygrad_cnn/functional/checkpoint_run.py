"""One checkpointed call: run once, forgotten, and run again when its gradient is asked for.

The function runs once with recording on. Its nodes tell which leaves and earlier results it used, and are
dropped; one node takes their place. When the gradients of all results have arrived there, the function runs
again, and its new nodes are differentiated. They end where the first ones ended, since each place where they
come out of the function is given a leaf to end in meanwhile.

Several results: each has a node of its own, above the common one, that only notes its gradient.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base.modes import recording
from ..base.node import Node, number_nodes
from ..base.record import recorder
from ..base.watch import fingerprint, stamp
from ..core import Tensor, enable_grad, wrap
from ..core.graph import run_backward
from ..errors import GraphError
from .checkpoint_state import State

Function = Callable[..., Any]


class Run:
    """One checkpointed call."""

    def __init__(self, function: Function, args: Any, kwargs: Any, state: State, checked: bool) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs
        self.state, self.checked = state, checked
        self.prints: list[Any] = []  # of the results
        self.places: list[int] = []  # which of the results were recorded inside of the function
        self.sources: list[Any] = []  # nodes and leaves outside, that the function used
        self.arrived: dict[int, Tensor] = {}  # gradients of the results of one backward pass
        self.gradients: dict[int, Tensor | None] = {}  # for the sources

    def first(self) -> Any:
        """Run the function, and leave one node for it."""
        start = next(number_nodes)
        result = self.function(*self.args, **self.kwargs)
        found: list[Tensor] = []
        _replaced(result, found.append)
        self.places = [i for i, t in enumerate(found) if t.node is not None and t.node.number > start]
        if not self.places:
            return result
        if self.checked:
            self.prints = [_print(found[i]) for i in self.places]
        inside = _inside([found[i] for i in self.places], start)
        self.sources = list(dict.fromkeys(s for node in inside for s in node.inputs if _outside(s, start)))
        stamps = {id(noted[0]): noted for node in inside for noted in node.stamps}
        common = _recorded("checkpoint", self._handles(), np.zeros((), np.float32), self._closures())
        leaves = {id(s): stamp(s) for s in self.sources if isinstance(s, Tensor)}
        common.stamps = tuple((stamps | leaves).values())
        return self._results(result, found, common)

    def _handles(self) -> list[Tensor]:
        """Give a tensor for each source, as recording wants them."""
        return [s if isinstance(s, Tensor) else wrap(_NOTHING, s) for s in self.sources]

    def _closures(self) -> list[Function]:
        return [lambda g, i=i: self._gradient(i) for i in range(len(self.sources))]

    def _results(self, result: Any, found: list[Tensor], common: Node) -> Any:
        """Put tensors of the new graph into the place of those of the old one."""
        number = iter(range(len(found)))
        handle = wrap(_NOTHING, common)

        def noting(i: int) -> Function:
            def grad_x(g: Tensor) -> Tensor:
                self.arrived[i] = g
                return wrap(_NOTHING)  # what counts has been noted

            return grad_x

        def renewed(t: Tensor) -> Tensor:
            i = next(number)
            if i not in self.places:
                return t
            return wrap(t.array, _recorded("checkpoint", [handle], t.array, [noting(self.places.index(i))]))

        return _replaced(result, renewed)

    # -- backward ------------------------------------------------------------------------------------------

    def _gradient(self, i: int) -> Tensor | None:
        """Give the gradient for one source; the first that asks has the function computed again."""
        if self.arrived:
            arrived, self.arrived = self.arrived, {}
            self.gradients = self._again(arrived, create_graph=recording.get())
        return self.gradients.pop(i, None)

    def _again(self, arrived: dict[int, Tensor], create_graph: bool) -> dict[int, Tensor | None]:
        start = next(number_nodes)
        with self.state.as_before(), enable_grad():
            result = self.function(*self.args, **self.kwargs)
        found: list[Tensor] = []
        _replaced(result, found.append)
        results = self._checked(found, start)
        inside = _inside(results, start)
        ends, undo = _cut_out(inside, start)
        try:
            total = _joined([results[i] for i in arrived], list(arrived.values()))
            gradients = run_backward(
                total, wrap(_NOTHING), keys=set(ends.values()), create_graph=create_graph, release=False
            )
        finally:
            for node, sources in undo:  # the graph of the gradient goes on through them
                node.inputs[:] = sources
        return {i: gradients.get(ends.get(s)) for i, s in enumerate(self.sources)}

    def _checked(self, found: list[Tensor], start: int) -> list[Tensor]:
        """Give the results that were recorded, if they are those of the first run."""
        places = [i for i, t in enumerate(found) if t.node is not None and t.node.number > start]
        results = [found[i] for i in places]
        if places == self.places and (not self.checked or [_print(t) for t in results] == self.prints):
            return results
        name = getattr(self.function, "__name__", type(self.function).__name__)
        raise GraphError(
            f"checkpoint: {name} gave other results when it was computed again for its gradient; it must "
            "depend on nothing that changes in between, such as a counter or a random generator that neither "
            "the function nor its arguments hold"
        )


_NOTHING = np.zeros((), np.float32)


def _of_any(*x: Tensor) -> None:
    """Stand for the operation that a checkpoint would be; its closures hold no input by name."""


_RECORD = {name: recorder(name, _of_any, ("x",)) for name in ("checkpoint", "joined outputs")}


def _recorded(name: str, handles: list[Tensor], value: np.ndarray, closures: list[Function]) -> Node:
    return _RECORD[name](tuple(handles), value, (value, *closures))


def _joined(results: list[Tensor], seeds: list[Tensor]) -> Tensor:
    """Make one node on top of several results, whose gradients are the seeds."""
    closures = [lambda g, seed=seed: seed for seed in seeds]
    return wrap(_NOTHING, _recorded("joined outputs", results, _NOTHING, closures))


def _print(t: Tensor) -> Any:
    return t.shape, t.dtype, fingerprint(t.array)


def _outside(source: Any, start: int) -> bool:
    """Say whether an input of a node inside of the function came from outside of it."""
    return source is not None and (type(source) is not Node or source.number < start)


def _inside(results: list[Tensor], start: int) -> list[Node]:
    """List the nodes that were made since the start, newest first."""
    seen: dict[Node, None] = {}
    todo = [t.node for t in results if t.node is not None]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen[node] = None
            todo += [s for s in node.inputs if type(s) is Node and s.number > start]
    return list(seen)


def _cut_out(inside: list[Node], start: int) -> tuple[dict[Any, Tensor], list[tuple[Node, list[Any]]]]:
    """Let the nodes of a function end in leaves of its own; give these by source, and what was there."""
    ends: dict[Any, Tensor] = {}
    undo = []
    for node in inside:
        undo.append((node, list(node.inputs)))
        for k, source in enumerate(node.inputs):
            if source is not None and _outside(source, start):
                if source not in ends:
                    ends[source] = _end(source)
                node.inputs[k] = ends[source]
    return ends, undo


def _end(source: Any) -> Tensor:
    return wrap(np.broadcast_to(source.dtype.type(0), source.shape)).requires_grad_()


def _replaced(value: Any, change: Function) -> Any:
    """Put ``change(t)`` into the place of each tensor in a result, in order; everything else stays."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _replaced(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_replaced(part, change) for part in value]
        if hasattr(value, "_fields"):
            return type(value)(*parts)
        return parts if isinstance(value, list) else tuple(parts)
    return value

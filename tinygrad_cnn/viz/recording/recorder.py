"""The observer that turns what the engine does into notes, while it does it."""

import weakref
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

import numpy as np

from ...base.observe import Observer
from ...core import REGISTRY, Node, Tensor
from ...nn import Parameter
from ..graph.stats import Stats, measure
from .failure import note_failure
from .modules import Calls, tensors_in
from .names import place_of, place_of_frame, settings_in_words, user_frames, variable_of
from .pictures import of_filters, of_gradient, of_value
from .saved import saved_by
from .trace import Event, Leaf, Seen, Trace
from .worked import work_out

MOST = 200_000  # operations in one recording; what comes later is counted, and left out


class Recorder(Observer):
    """Notes one training step; see `record` for what the user sees of it."""

    def __init__(self, *, thumbnails: bool = True, worked: bool = True, names: dict[int, str] | None = None):
        self.trace = Trace()
        self.calls = Calls()
        self._thumbnails = thumbnails
        self._worked = worked
        self._names = names or {}  # by identity of the tensor
        self._of_node: dict[int, Event] = {}  # by number of the node
        self._of_tensor: dict[int, tuple[weakref.ref[Tensor], Seen]] = {}
        self._inputs: dict[
            int, tuple[tuple[Any, ...], dict[str, Any]]
        ] = {}  # by number, until differentiated
        self._before: list[tuple[Leaf, Tensor, np.ndarray]] = []  # parameters as they were
        self._arguments: list[Tensor] = []
        self.failed_in: tuple[Exception, int | None] | None = None  # the innermost call that an error ended
        self._turn = 0
        self._stats: dict[int, tuple[weakref.ref[np.ndarray], Stats]] = {}  # by identity of the array
        self._passes = 0  # that are under way: more than one if a hook differentiates something
        self._since = 0.0  # when the closure that is at work began
        self._released = True  # the pass under way drops the closures, so that no other one will follow
        self._reached: list[Seen] = []  # by the last pass
        self._left_out = 0

    # -- what the engine tells -----------------------------------------------------------------------------

    def computed(
        self, op: str, args: tuple[Any, ...], settings: dict[str, Any], y: Tensor, seconds: float
    ) -> None:
        """Note an operation, and measure its result."""
        if self._passes and y.node is None:
            return  # a closure at work
        if len(self.trace.events) >= MOST:
            self._left_out += 1
            return
        event = self.note(op, args, settings, y.array)
        event.seconds, event.memory, event.tracked = seconds, y.array.nbytes, y.node is not None
        self._remember(y, event)
        if y.node is not None:
            event.saved, event.place = saved_by(y.node), place_of(y.node)
            if self._worked:
                self._inputs[y.node.number] = args, settings
        else:
            event.place = next((place_of_frame(frame) for frame in user_frames(2)), None)

    def note(self, op: str, args: tuple[Any, ...], settings: dict[str, Any], y: np.ndarray | None) -> Event:
        """Add an operation to the notes; without a result, one that failed."""
        names = _input_names(op, len(args))
        sources = tuple(None if x is None else self._known(x) or self._leaf(x) for x in args)
        shapes = {n: x.array.shape for n, x in zip(names, args, strict=True) if x is not None}
        event = Event(
            () if y is None else y.shape,
            "" if y is None else str(y.dtype),
            None if y is None else measure(y),
            op=op,
            names=names,
            sources=sources,
            settings=settings_in_words(settings, shapes),
            call=self.calls.current,
        )
        if y is not None and self._thumbnails:
            event.pictures = of_value(op, y)
        self.trace.events.append(event)
        if not self._passes and not self.trace.backward_ran:
            self.trace.root = event
        return event

    def called(self, module: Any, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Follow a module; of one that fails, the innermost is remembered."""
        if self.calls.current is None and (
            not self.calls.made or next(module.parameters(), None) is not None
        ):
            self._arguments += tensors_in([args, kwargs])
        self.calls.enter(module)
        try:
            return forward(*args, **kwargs)
        except Exception as error:
            if self.failed_in is None or self.failed_in[0] is not error:
                self.failed_in = error, self.calls.current
            raise
        finally:
            self.calls.leave()

    def started(self, y: Tensor, seed: Tensor, release: bool) -> None:
        """Note where the gradient enters; the gradients of an earlier pass were those of something else."""
        self._passes += 1
        if self._passes > 1:  # a hook differentiates something of its own
            return
        self.trace.root = self._of_node.get(y.node.number if y.node else -1, self.trace.root)
        self.trace.backward_ran, self._released = True, release
        for seen in self._reached:
            seen.forget_gradient()
        self._reached, self._turn = [], 0

    def ended(self) -> None:
        """Go on with noting operations that are not recorded."""
        self._passes -= 1

    def arrived(self, source: Node | Tensor, g: Tensor) -> None:
        """Measure a complete gradient."""
        seen = self._of_node.get(source.number) if isinstance(source, Node) else self._known(source)
        if seen is None or self._passes > 1:
            return
        self._reached.append(seen)
        seen.gradient = self._measured(g.array)
        if isinstance(seen, Event):
            seen.turn = self._turn
            self._turn += 1
        if self._thumbnails and seen.pictures:
            seen.gradient_pictures = of_gradient(g.array, seen.pictures, isinstance(seen, Leaf))
        self._since = perf_counter()

    def contributed(self, node: Node, position: int, g: Tensor, d: Tensor) -> None:
        """Measure what came back over one use of a tensor, and work one entry of it out."""
        seconds = perf_counter() - self._since
        event = self._of_node.get(node.number)
        if event is None or self._passes > 1:
            return
        event.contributions[position] = self._measured(d.array)
        event.backward_seconds = (event.backward_seconds or 0.0) + seconds
        inputs = self._inputs.get(node.number)
        if inputs is not None:
            worked = work_out(event.op, *inputs, position, g, d)
            if worked is not None:
                event.worked[position] = worked
            if self._released and position == max(i for i, s in enumerate(node.inputs) if s is not None):
                del self._inputs[node.number]  # the arrays can be freed
        self._since = perf_counter()

    def _measured(self, array: np.ndarray) -> Stats:
        """Measure a gradient; where only one use contributes, what it brings is all, and the same array."""
        known = self._stats.get(id(array))
        if known is not None and known[0]() is array:
            return known[1]
        found = measure(array)
        self._stats[id(array)] = weakref.ref(array), found
        return found

    # -- tensors -------------------------------------------------------------------------------------------

    def _remember(self, t: Tensor, seen: Seen) -> None:
        """Find the notes of a tensor again, as long as it lives; a node also without its tensor."""
        if t.node is not None and isinstance(seen, Event):
            self._of_node[t.node.number] = seen
            return
        key = id(t)
        known = self._of_tensor
        known[key] = weakref.ref(t, lambda _: known.pop(key, None)), seen

    def _known(self, t: Tensor) -> Seen | None:
        if t.node is not None and t.node.number in self._of_node:
            return self._of_node[t.node.number]
        entry = self._of_tensor.get(id(t))
        return None if entry is None else entry[1]

    def _leaf(self, x: Tensor) -> Leaf:
        leaf = Leaf(x.array.shape, str(x.array.dtype), measure(x.array))
        leaf.requires_grad = x.requires_grad
        leaf.is_parameter = isinstance(x, Parameter)
        leaf.is_argument = any(x is t for t in self._arguments)
        leaf.scalar = float(x.array.item()) if x.array.size == 1 and not x.requires_grad else None
        leaf.tensor = x
        if not self.calls.learns(x) and (leaf.scalar is None or x.array.ndim):
            leaf.name = self._names.get(id(x)) or variable_of(x, list(user_frames(2)))
        if self._thumbnails:
            leaf.pictures = of_filters(x.array) if x.requires_grad and leaf.is_parameter else ()
            leaf.pictures = leaf.pictures or of_value("input", x.array)
        if x.requires_grad:
            self._before.append((leaf, x, x.array if x.watch is None else x.array.copy()))
        self._remember(x, leaf)
        return leaf

    # -- the end -------------------------------------------------------------------------------------------

    def __exit__(self, *reason: Any) -> None:
        super().__exit__(*reason)
        if len(reason) == 3 and reason[1] is not None and isinstance(reason[1], Exception):
            note_failure(self, reason[1])
        self.finish()

    def finish(self) -> None:
        """Name parameters by their models, measure updates, and let go of all tensors."""
        paths = self.calls.parameters()
        for leaf, tensor, before in self._before:
            leaf.name = self._names.get(id(tensor)) or paths.get(id(tensor)) or leaf.name
            leaf.update = _relative_change(before, tensor.array)
        self.trace.calls = self.calls.made
        self.trace.parameters = self.calls.count()
        self.calls.forget()
        if self._left_out:
            self.trace.notes.append(f"{self._left_out:,} operations after the first {MOST:,} were left out")
        for leaf in _leaves(self.trace.events):
            leaf.tensor = None
        self._of_node, self._of_tensor, self._inputs, self._stats = {}, {}, {}, {}
        self._before, self._arguments, self._reached, self.failed_in = [], [], [], None


def _leaves(events: Iterable[Event]) -> Iterable[Leaf]:
    return (s for event in events for s in event.sources if isinstance(s, Leaf))


def _relative_change(before: np.ndarray, after: np.ndarray) -> float | None:
    if before is after or before.shape != after.shape:
        return None
    with np.errstate(all="ignore"):
        change = float(np.linalg.norm(np.subtract(after, before, dtype=np.float64)))
        size = float(np.linalg.norm(before.astype(np.float64)))
    return change / size if size else None


def _input_names(op: str, count: int) -> tuple[str, ...]:
    record = REGISTRY.get(op)
    names = () if record is None else record.inputs
    if record is not None and record.variadic:
        return tuple(f"{names[0].removesuffix('s')}{i}" for i in range(count))
    return tuple(names[i] if i < len(names) else f"input{i}" for i in range(count))

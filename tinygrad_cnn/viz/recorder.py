"""Following the calls of modules through one forward pass: what came into each, and what went out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..base.observe import Observer
from ..core import Tensor, default_generator
from ..nn import Module
from .layers import multiply_adds
from .recording.modules import Calls, tensors_in

Shape = tuple[int, ...]


@dataclass(frozen=True)
class SummaryRow:
    """One call of a layer: what came in, what went out, and what it took."""

    path: str  # attribute names from the model to the layer, joined by dots
    type: str
    input_shapes: tuple[Shape, ...]
    output_shapes: tuple[Shape, ...]
    parameters: int  # those that no row above has counted
    shared_parameters: int  # those that one has
    multiply_adds: int | None  # for the whole batch; None: not known for this type
    input_memory: int  # bytes
    memory: int  # bytes of the output

    @property
    def output_shape(self) -> Shape:
        """The shape of the (first) output, with the batch in front."""
        return self.output_shapes[0] if self.output_shapes else ()


@dataclass
class Open:
    """A module that has been called and has not returned yet."""

    path: str
    module: Module
    inputs: list[Tensor]


class Recorder(Observer):
    """Makes a row of every call of a layer."""

    def __init__(self) -> None:
        self.rows: list[SummaryRow] = []
        self.open: list[Open] = []
        self._calls = Calls()
        self._called: set[int] = set()
        self._counted: set[int] = set()

    def called(self, module: Any, forward: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Run a module and make its row; one that fails stays open, so that it can be named."""
        self._called.add(id(module))
        self._calls.enter(module)
        self.open.append(Open(self._calls.made[-1].path, module, tensors_in(args)))
        result = forward(*args, **kwargs)
        self._calls.leave()
        self._add_row(self.open.pop(), tensors_in(result))
        return result

    def not_called(self, model: Module) -> list[str]:
        """List the modules with parameters of their own that were never called."""
        return [
            f"{path} ({type(module).__name__})"
            for path, module in model.named_modules()
            if id(module) not in self._called and any(True for _ in module.parameters(recurse=False))
        ]

    def _add_row(self, call: Open, outputs: list[Tensor]) -> None:
        module = call.module
        own = list(module.parameters(recurse=False))
        is_leaf = next(module.children(), None) is None
        if not is_leaf and not own:
            return
        new = [p for p in own if id(p) not in self._counted]
        self._counted.update(id(p) for p in own)
        self.rows.append(
            SummaryRow(
                path=call.path,
                type=type(module).__name__,
                input_shapes=tuple(t.shape for t in call.inputs),
                output_shapes=tuple(t.shape for t in outputs),
                parameters=sum(p.numel() for p in new),
                shared_parameters=sum(p.numel() for p in own) - sum(p.numel() for p in new),
                multiply_adds=multiply_adds(module, call.inputs, outputs),
                input_memory=sum(t.array.nbytes for t in call.inputs),
                memory=sum(t.array.nbytes for t in outputs),
            )
        )


@contextmanager
def untouched(model: Module, evaluation: bool = True) -> Iterator[None]:
    """Put modes, buffers and generators back after a block, in which the model is evaluated by default."""
    modules = list(model.modules())
    modes = [module.training for module in modules]
    buffers = [(m, name, getattr(m, name)) for m in modules for name in m._buffers]
    arrays = [None if t is None else t.array if t.watch is None else t.array.copy() for _, _, t in buffers]
    generators = [default_generator(), *(g for _, g in model.named_generators())]
    states = [g.bit_generator.state for g in generators]
    for module in modules:
        module.training = module.training and not evaluation
    try:
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode
        for (module, name, t), array in zip(buffers, arrays, strict=True):
            setattr(module, name, t)
            if t is not None and array is not None:
                t.replace(array)
        for generator, state in zip(generators, states, strict=True):
            generator.bit_generator.state = state

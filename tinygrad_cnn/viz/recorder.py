"""Following the calls of modules through one forward pass: what came into each, and what went out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..core import Tensor, default_generator
from ..nn import Module
from .layers import multiply_adds

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
class Call:
    """A module that has been called and has not returned yet."""

    path: str
    module: Module
    inputs: list[Tensor]
    below: dict[int, int] = field(default_factory=dict)  # how often it has called which module


class Recorder:
    """Makes rows out of the calls that its hooks see."""

    def __init__(self) -> None:
        self.rows: list[SummaryRow] = []
        self.open: list[Call] = []
        self._called: set[int] = set()
        self._counted: set[int] = set()

    @contextmanager
    def following(self, model: Module) -> Iterator[None]:
        """Have every module below a model call this recorder, for the length of a block."""
        handles = []
        for module in model.modules():
            handles.append(module.register_forward_pre_hook(self._enter))
            handles.append(module.register_forward_hook(self._leave))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def not_called(self, model: Module) -> list[str]:
        """List the modules with parameters of their own that were never called."""
        return [
            f"{path} ({type(module).__name__})"
            for path, module in model.named_modules()
            if id(module) not in self._called and any(True for _ in module.parameters(recurse=False))
        ]

    def _enter(self, module: Module, args: tuple[Any, ...]) -> None:
        self._called.add(id(module))
        self.open.append(Call(self._path(module), module, _tensors(args)))

    def _path(self, module: Module) -> str:
        """Give the path by which a module is called; one that has several names is called by them in turn."""
        if not self.open:
            return ""
        caller = self.open[-1]
        names = [path for path, m in caller.module.named_modules(remove_duplicate=False) if m is module]
        turn = caller.below.get(id(module), 0)
        caller.below[id(module)] = turn + 1
        name = names[turn % len(names)] if names else type(module).__name__
        return f"{caller.path}.{name}" if caller.path else name

    def _leave(self, module: Module, args: tuple[Any, ...], result: Any) -> None:
        call = self.open.pop()
        own = list(module.parameters(recurse=False))
        is_leaf = next(module.children(), None) is None
        if not is_leaf and not own:
            return
        outputs = _tensors(result)
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
def untouched(model: Module) -> Iterator[None]:
    """Switch to evaluation for the length of a block; then put modes, buffers and generators back."""
    modules = list(model.modules())
    modes = [module.training for module in modules]
    buffers = [(m, name, getattr(m, name)) for m in modules for name in m._buffers]
    arrays = [None if t is None else t.array if t.watch is None else t.array.copy() for _, _, t in buffers]
    generators = [default_generator(), *(g for _, g in model.named_generators())]
    states = [g.bit_generator.state for g in generators]
    for module in modules:
        module.training = False
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


def _tensors(values: Any) -> list[Tensor]:
    """Find the tensors in what a module was given or returned."""
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, dict):
        values = list(values.values())
    return [t for value in values for t in _tensors(value)] if isinstance(values, list | tuple) else []

"""A module as a function of its inputs and parameters: a private copy that starts each call from one state.

What a forward pass draws or changes (masks of dropout, running statistics) is put back before the next call,
so that the module is a function, as differences need it. The user's module is only read.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from ...core import Tensor, default_generator, no_grad, wrap
from ...errors import ArgumentError, CnnError
from ...nn import Module, Parameter
from ..measure.function import floats_of

MOVE = 0.1  # how far values are moved that sit at a symmetric point, relative to themselves
MOST_REPEATED = 0.5  # share of different values, below which a parameter was filled and not drawn or learnt

Arrays = list[np.ndarray]


class ModuleCall:
    """``call(*inputs, *parameters)`` runs the copy with these tensors in the place of its parameters.

    Parameters and other floating tensors of the copy are float64; in a call with float32 tensors, the others
    are float32, too. A tied parameter comes once, under its first path.
    """

    def __init__(self, module: Module, inputs: int, seed: int = 0) -> None:
        self.__name__ = type(module).__name__
        self.inputs = inputs
        self.copy = copied(module)
        self.paths: list[str] = []
        self.values: Arrays = []
        for path, p in self.copy.named_parameters():
            if p.dtype.kind == "f":
                self.paths.append(path)
                self.values.append(p.array.astype(np.float64))
        self._places = self._find_places()
        self._state = State(self.copy, [(owner, name) for owner, name, _ in self._places], seed)

    def _find_places(self) -> list[tuple[Module, str, int]]:
        """List each attribute that is a parameter, with the number of that parameter."""
        numbers = {id(p): k for k, p in enumerate(p for p in self.copy.parameters() if p.dtype.kind == "f")}
        return [
            (owner, name, numbers[id(value)])
            for owner in self.copy.modules()
            for name, value in owner.__dict__.items()
            if id(value) in numbers
        ]

    def __call__(self, *args: Any) -> Any:
        """Run the module on the inputs, with the parameters that follow them."""
        inputs, parameters = args[: self.inputs], args[self.inputs :]
        narrow = any(isinstance(x, Tensor) and x.dtype == np.float32 for x in args)
        self._prepare(parameters, narrow)
        return self.copy(*inputs)

    def _prepare(self, parameters: Sequence[Tensor], narrow: bool) -> None:
        """Bring the copy to its first state, with these tensors for parameters."""
        self._state.put_back(narrow)
        for owner, name, k in self._places:
            leaf = parameters[k]
            leaf.__class__ = Parameter  # so that a forward pass which goes through its parameters finds it
            object.__setattr__(owner, name, leaf)

    def is_finite(self, inputs: Sequence[Any]) -> bool:
        """Say whether the module can be computed at these inputs, with finite results."""
        parameters = [wrap(value) for value in self.values]
        try:
            with no_grad(), np.errstate(all="ignore"):
                outputs = floats_of(self(*map(as_input, inputs), *parameters))
        except Exception:  # whatever the user's code raises, the check itself will hear it again, and tell
            return False
        return all(np.isfinite(y.array).all() for y in outputs)

    # -- symmetric points ----------------------------------------------------------------------------------

    def leave_symmetry(self, rng: np.random.Generator, inputs: Sequence[Any]) -> list[str]:
        """Move parameters and statistics that were filled with zeros or ones; give their paths.

        A weight of 0 hides whatever is multiplied with it, and at 1 all powers are alike. Nothing is moved
        if the module cannot be computed there.
        """
        before = self.values, self._state.arrays()
        parameters = [path for path, v in zip(self.paths, self.values, strict=True) if is_filled(v)]
        filled = {path: v for path, v in before[1].items() if is_filled(v)}
        if not (parameters or filled) or not self.is_finite(inputs):
            return []
        statistics = [path for path in self._statistics(inputs) if path in filled] if filled else []
        self.values = [shaken(v, rng) if is_filled(v) else v for v in self.values]
        for path in statistics:
            self._state.replace(path, shaken(filled[path], rng))
        if self.is_finite(inputs):
            return parameters + statistics
        self.values = before[0]
        for path in statistics:
            self._state.replace(path, filled[path])
        return []

    def _statistics(self, inputs: Sequence[Any]) -> list[str]:
        """List the buffers that a pass in training would move, of modules in evaluation, which use them;
        other buffers are constants, and stay."""
        evaluated = [m for m in self.copy.modules() if not m.training]
        self._prepare([wrap(value) for value in self.values], narrow=False)
        for m in evaluated:
            object.__setattr__(m, "training", True)
        with suppress(Exception), no_grad(), np.errstate(all="ignore"):
            self.copy(*map(as_input, inputs))
        moved = self._state.changed(evaluated)
        self._state.put_back()
        return moved


class State:
    """All that the modules hold beside parameters, as it was in the beginning, in both precisions; random
    generators begin from the seed."""

    def __init__(self, module: Module, but: Sequence[tuple[Module, str]], seed: int) -> None:
        taken = {(id(owner), name) for owner, name in but}
        self.attributes: list[tuple[Module, str, Any]] = []
        self.tensors: dict[int, Kept] = {}
        for path, owner in module.named_modules():
            for name, value in owner.__dict__.items():
                if (id(owner), name) not in taken:
                    self.attributes.append((owner, name, value))
                    if isinstance(value, Tensor):
                        self.tensors.setdefault(id(value), Kept(f"{path}.{name}".lstrip("."), value))
        values = [value for _, _, value in self.attributes]
        self.plain = [(v, v.copy()) for v in values if isinstance(v, np.ndarray)]
        generators = [v for v in values if isinstance(v, np.random.Generator)]
        self.generators = [(g, type(g.bit_generator)(seed).state) for g in [*generators, default_generator()]]

    def put_back(self, narrow: bool = False) -> None:
        """Give every attribute, array and generator the value that it had."""
        for kept in self.tensors.values():
            kept.put_back()
        for owner, name, value in self.attributes:
            kept_tensor = self.tensors.get(id(value)) if isinstance(value, Tensor) else None
            object.__setattr__(owner, name, kept_tensor.tensor(narrow) if kept_tensor else value)
        for array, before in self.plain:
            if array.flags.writeable:
                np.copyto(array, before)
        for generator, state in self.generators:
            generator.bit_generator.state = state

    def arrays(self) -> dict[str, np.ndarray]:
        """Give the floating tensors by path."""
        return {kept.path: kept.wide for kept in self.tensors.values() if kept.wide.dtype.kind == "f"}

    def replace(self, path: str, array: np.ndarray) -> None:
        """Begin with another value from now on."""
        for kept in self.tensors.values():
            if kept.path == path:
                kept.wide, kept.narrow = array, narrowed(array)
        self.put_back()

    def changed(self, owners: Sequence[Module]) -> list[str]:
        """List the tensors of some modules that are not what they were in the beginning."""
        found = []
        for owner, name, value in self.attributes:
            kept = self.tensors.get(id(value)) if isinstance(value, Tensor) else None
            now = owner.__dict__.get(name)
            moved = isinstance(now, Tensor) and kept and not np.array_equal(now.array, kept.wide)
            if kept and moved and any(owner is m for m in owners):
                found.append(kept.path)
        return found


class Kept:
    """One tensor beside the parameters: two tensors, one for each precision, and what they held first.

    The objects stay the same from call to call: code that keeps one, and later reads it, must get what it
    would get from the module itself.
    """

    def __init__(self, path: str, tensor: Tensor) -> None:
        self.path = path
        array = tensor.array
        floating = array.dtype.kind == "f"
        self.wide = array.astype(np.float64) if floating else array
        self.narrow = narrowed(self.wide)
        self.both = [tensor, copy.deepcopy(tensor) if floating else tensor]
        self.put_back()

    def tensor(self, narrow: bool) -> Tensor:
        """Give the tensor of one precision."""
        return self.both[narrow]

    def put_back(self) -> None:
        """Give both tensors their values again."""
        for tensor, array in zip(self.both, (self.wide, self.narrow), strict=True):
            tensor.array, tensor.watch = array, None


def narrowed(array: np.ndarray) -> np.ndarray:
    """Give floats in float32; others as they are."""
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def copied(module: Module) -> Module:
    """Copy a module deeply; results of earlier calls that it holds are cut off from their graphs.

    Raises:
        ArgumentError: something in it cannot be copied.
    """
    memo: dict[int, Any] = {}
    for owner in module.modules():
        for value in owner.__dict__.values():
            if isinstance(value, Tensor) and value.node is not None:
                memo[id(value)] = wrap(value.array.copy())
    try:
        return copy.deepcopy(module, memo)
    except Exception as error:
        text = str(error) if isinstance(error, CnnError) else f"{type(error).__name__}: {error}"
        raise ArgumentError(
            f"{type(module).__name__} is checked on a copy, and cannot be copied: {text}; take what cannot "
            "be copied out of its attributes, or pass a function to gradcheck"
        ) from error


def as_input(value: Any) -> Any:
    """Give an array as the tensor that the check passes for it."""
    return wrap(value) if isinstance(value, np.ndarray) else value


def is_filled(array: np.ndarray) -> bool:
    """Say whether an array holds few different values, as if filled with zeros or ones.

    >>> is_filled(np.zeros(3)), is_filled(np.eye(4)), is_filled(np.array([0.1, 0.2, 0.3]))
    (True, True, False)
    """
    if array.size < 2:
        return bool(np.isin(array, (-1.0, 0.0, 1.0)).any())
    return np.unique(array).size <= MOST_REPEATED * array.size


def shaken(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move each value a little, none past 0; zeros move to both sides. Results fit into float32."""
    size = np.where(array == 0, MOVE, MOVE * np.abs(array))
    away = rng.uniform(0.2, 1.0, array.shape) * rng.choice([-1.0, 1.0], array.shape)
    return (array + size * away).astype(np.float32).astype(np.float64)


@contextmanager
def default_generator_kept() -> Iterator[None]:
    """Leave the default generator as it was, whatever is drawn inside."""
    state = default_generator().bit_generator.state
    try:
        yield
    finally:
        default_generator().bit_generator.state = state

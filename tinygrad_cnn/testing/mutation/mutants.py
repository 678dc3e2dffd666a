"""`mutate`: the standard mistakes, planted into the backward closures of an operation, one at a time.

A test that still passes while a mistake is planted would not notice it in real code.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...base.closures import takes_one
from ...base.record import planted
from ...core import REGISTRY, Tensor
from ...errors import ArgumentError
from ..samples import name_of
from .bugs import BUGS, TIES, Bug
from .changes import Call, Closure
from .dropped import dropped_terms


class Mutant:
    """One mistake in the gradient of one input; planted while it is entered as a context.

    >>> from tinygrad_cnn import tensor
    >>> from tinygrad_cnn.testing import mutate
    >>> mutant = mutate("exp")[0]
    >>> mutant.name, mutant.code
    ('exp, gradient of x: sign', 'sign')
    >>> x = tensor([0.0], requires_grad=True)
    >>> with mutant:
    ...     x.exp().backward()
    >>> x.grad, mutant.changed
    (tensor([-1.]), True)
    """

    def __init__(self, op: str, bug: Bug, k: int, input_name: str) -> None:
        self.op = op
        self.code = bug.code  # the diagnosis that fits
        self.bug = bug.name
        self.input = input_name
        self.changed = False  # has a gradient been altered since it was planted?
        self._bug = bug
        self._k = k
        self._memory: dict[Any, Any] = {}

    @property
    def name(self) -> str:
        """A readable name: operation, input and mistake."""
        return f"{self.op}, gradient of {self.input}: {self.bug}"

    def __repr__(self) -> str:
        return f"<Mutant {self.name}>"

    def __enter__(self) -> "Mutant":
        if self.op in planted:
            raise ArgumentError(f"a mistake is planted in {self.op} already; plant one at a time")
        self.changed = False
        self._memory = {}
        planted[self.op] = self._replace
        return self

    def __exit__(self, *_: Any) -> None:
        del planted[self.op]
        for array, before in reversed(self._memory.pop("written", [])):
            array[...] = before
        self._memory = {}

    def _replace(self, args: tuple[Any, ...], result: tuple[Any, ...]) -> tuple[Any, ...]:
        variadic = REGISTRY[self.op].variadic if self.op in REGISTRY else False
        mine = range(len(args)) if variadic else [self._k]
        value, *closures = result
        for k in mine:
            if k < len(args) and args[k] is not None and k < len(closures) and closures[k] is not None:
                closures[k] = self._wrong(args, value, result[1:], k)
        return (value, *closures)

    def _wrong(
        self, args: tuple[Any, ...], value: Any, closures: tuple[Any, ...], k: int
    ) -> Callable[..., Any]:
        others = [with_result(c) for c in closures]
        call = Call(args, k, np.asarray(value), others[k], others, self._memory)
        wrong = self._bug.change(call)

        def closure(g: Tensor, y: Tensor) -> Tensor | None:
            d = wrong(g, y)
            if not self.changed:
                self.changed = self._differs(d, call, g, y)
            return d

        return closure

    def _differs(self, d: Tensor | None, call: Call, g: Tensor, y: Tensor) -> bool:
        if self.code == "input-modified":
            return "written" in self._memory
        right = call.right(g, y)
        if d is None or right is None:
            return d is not right
        if self.code == "not-differentiable-again":
            return right.requires_grad and not d.requires_grad
        if d.shape != right.shape:
            return True
        if self.code == "dtype-loss":
            return not np.array_equal(d.array, right.array, equal_nan=True)
        top = np.abs(right.array).max(initial=0.0)
        return bool(np.abs(d.array - right.array).max(initial=0.0) > 1e-12 * top)


def with_result(closure: Any) -> Closure:
    """Let every closure take (g, y)."""
    if closure is None:
        return lambda g, y: None
    return (lambda g, y: closure(g)) if takes_one(closure) else closure


def mutate(op: Any) -> list[Mutant]:
    """List the standard mistakes of an operation, for each of its inputs, ready to be planted.

    Args:
        op: a registered operation, its name, or its record.

    Raises:
        ArgumentError: there is no such operation.

    A mistake that changes nothing for some inputs (the sign of an empty gradient, swapped axes of a number)
    leaves ``changed`` false; it says nothing about a test.
    """
    name = name_of(op)
    if name not in REGISTRY:
        raise ArgumentError(f"there is no operation {name!r} in REGISTRY; register it with @op")
    record = REGISTRY[name]
    bugs = [*BUGS, *([TIES[name]] if name in TIES else [])]
    inputs = record.inputs[:1] if record.variadic else record.inputs
    found = [Mutant(name, bug, k, x) for k, x in enumerate(inputs) for bug in bugs]
    found += [Mutant(name, bug, k, x) for k, x in enumerate(inputs) for bug in dropped_terms(record, k)]
    return found

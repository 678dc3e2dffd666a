"""The function under test as a function of one vector: all checked inputs in a row, in float64, on copies.

`Function` gives values and gradients; `Derivative` is the gradient itself seen as such a function, of the
inputs and of the incoming gradient, so that order 2 is checked by the same means as order 1.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np

from ...core import Tensor, enable_grad, grad, wrap
from ...errors import ArgumentError

Vector = np.ndarray
EPS = float(np.finfo(float).eps)
Recorded = tuple[list[Tensor], list[Tensor]]  # leaves and outputs


Shapes = Sequence[tuple[int, ...]]


def parts_of(shapes: Shapes) -> list[slice]:
    """Say where arrays of these shapes lie when they are put in a row."""
    ends = accumulate((prod(shape) for shape in shapes), initial=0)
    return [slice(start, end) for start, end in pairwise(ends)]


def split(vector: Vector, shapes: Shapes) -> list[np.ndarray]:
    """Cut a vector into arrays of these shapes."""
    return [vector[part].reshape(shape) for part, shape in zip(parts_of(shapes), shapes, strict=True)]


def joined(arrays: Sequence[np.ndarray]) -> Vector:
    """Put arrays into one vector of float64."""
    return np.concatenate([np.zeros(0), *(np.ravel(a) for a in arrays)])


class Function:
    """``fn`` at ``args``, of which those at the positions ``checked`` are differentiated."""

    def __init__(self, fn: Callable[..., Any], args: Sequence[Any], checked: Sequence[int]) -> None:
        self.fn = fn
        self.args = list(args)
        self.checked = list(checked)
        self.names = [f"input {k}" for k in checked]  # for words about it
        self.shapes = [np.shape(args[k]) for k in checked]
        self.x = joined([args[k] for k in checked])
        self.evaluations = 0
        self.refusal = ""  # why the function could not be computed somewhere
        self._recorded: Recorded | None = None
        outputs = self.outputs(self.leaves(self.x))  # what goes wrong here is the caller's to hear
        self.out_shapes = [y.shape for y in outputs]
        self.y = joined([y.array for y in outputs])

    # -- the vector ----------------------------------------------------------------------------------------

    @property
    def parts(self) -> list[slice]:
        """Where each input lies in the vector."""
        return parts_of(self.shapes)

    @property
    def cancelled(self) -> float:
        """The rounding of larger terms that may cancel in the values, and that no small move shows."""
        return 0.0

    def locate(self, i: int) -> tuple[int, tuple[int, ...]]:
        """Find the input that an entry of the vector belongs to, and its place there."""
        parts = self.parts
        k = next(k for k, part in enumerate(parts) if i < part.stop)
        return k, tuple(int(j) for j in np.unravel_index(i - parts[k].start, self.shapes[k]))

    def place(self, i: int) -> str:
        """Write an entry of the vector as an entry of an input."""
        k, index = self.locate(i)
        return f"{self.names[k]}[{', '.join(map(str, index))}]" if index else self.names[k]

    # -- calling it ----------------------------------------------------------------------------------------

    def leaves(self, x: Vector, dtype: Any = np.float64) -> list[Tensor]:
        """Make the tensors to call the function with; each has memory of its own."""
        return [wrap(a.astype(dtype)).requires_grad_() for a in split(x, self.shapes)]

    def outputs(self, leaves: Sequence[Tensor]) -> list[Tensor]:
        """Call the function, and list the floating tensors that it returns."""
        args = list(self.args)
        for k, leaf in zip(self.checked, leaves, strict=True):
            args[k] = leaf
        self.evaluations += 1
        with enable_grad():
            return floats_of(self.fn(*args))

    def value(self, x: Vector) -> Vector:
        """Compute the outputs as one vector; NaN where the function cannot be computed."""
        try:
            outputs = self.outputs(self.leaves(x))
        except Exception as error:
            self.refusal = f"{type(error).__name__}: {error}"
            return np.full(self.y.size, np.nan)
        if [y.shape for y in outputs] != self.out_shapes:
            self.refusal = "the shape of the result depends on the values"
            return np.full(self.y.size, np.nan)
        return joined([y.array for y in outputs])

    # -- gradients -----------------------------------------------------------------------------------------

    def record(self, x: Vector | None = None, dtype: Any = np.float64) -> Recorded:
        """Call the function and keep its graph."""
        leaves = self.leaves(self.x if x is None else x, dtype)
        return leaves, self.outputs(leaves)

    def gradients(self, c: Vector, recorded: Recorded | None = None) -> list[np.ndarray | None]:
        """Give the gradient of c.y with respect to each input; None where the graph does not reach it."""
        if recorded is None:
            recorded = self._recorded = self._recorded or self.record()
        leaves, outputs = recorded
        total: list[np.ndarray | None] = [None] * len(leaves)
        for y, seed in zip(outputs, split(c, [y.shape for y in outputs]), strict=True):
            if not y.requires_grad:
                continue
            found = grad(y, leaves, wrap(seed.astype(y.dtype)), allow_unused=True)
            total = [_sum(a, None if b is None else b.array) for a, b in zip(total, found, strict=True)]
        return total

    def gradient(self, c: Vector, recorded: Recorded | None = None) -> Vector:
        """Give the gradient of c.y as one vector, zero where the graph does not reach."""
        found = self.gradients(c, recorded)
        return joined([np.zeros(s) if g is None else g for g, s in zip(found, self.shapes, strict=True)])

    def at(self, x: Vector) -> "Function":
        """Give the same function at other inputs."""
        args = list(self.args)
        for k, a in zip(self.checked, split(x, self.shapes), strict=True):
            args[k] = a
        elsewhere = type(self)(self.fn, args, self.checked)
        elsewhere.names = self.names
        return elsewhere


class Derivative(Function):
    """The gradient of c.y by each input, as a function of the inputs and of c."""

    def __init__(self, base: Function, c: Vector) -> None:
        self.base = base
        self.args = []
        self.checked = []
        self.names = [*base.names, *(f"g{j}" for j in range(len(base.out_shapes)))]
        self.shapes = [*base.shapes, *base.out_shapes]
        self.out_shapes = list(base.shapes)
        self.x = np.concatenate([base.x, c])
        self.evaluations = 0
        self.refusal = ""
        self._recorded = None
        self.y = base.gradient(c)

    @property
    def cancelled(self) -> float:
        """In a gradient, such as that of a saturated softmax, terms as large as c y can cancel."""
        spread = float(np.ptp(self.base.y)) if self.base.y.size else 0.0
        return EPS * spread * float(np.abs(self.x[self.base.x.size :]).max(initial=0.0))

    def value(self, x: Vector) -> Vector:
        """Compute the gradient at other inputs, for another incoming gradient."""
        self.evaluations += 1
        n = self.base.x.size
        try:
            return self.base.gradient(x[n:], self.base.record(x[:n]))
        except Exception as error:
            self.refusal = f"{type(error).__name__}: {error}"
            return np.full(self.y.size, np.nan)

    def record(self, x: Vector | None = None, dtype: Any = np.float64) -> Recorded:
        """Compute the gradients so that they can be differentiated: one tensor per output and input."""
        leaves = self.leaves(self.x if x is None else x, dtype)
        n = len(self.base.shapes)
        inputs, seeds = leaves[:n], leaves[n:]
        outputs = self.base.outputs(inputs)
        gradients: list[Tensor] = []
        with enable_grad():
            for y, seed in zip(outputs, seeds, strict=True):
                found = [None] * n
                if y.requires_grad:
                    found = grad(y, inputs, seed, create_graph=True, allow_unused=True)
                gradients += [
                    wrap(np.zeros(s)) if g is None else g for g, s in zip(found, self.out_shapes, strict=True)
                ]
        return leaves, gradients

    def gradients(self, c: Vector, recorded: Recorded | None = None) -> list[np.ndarray | None]:
        """Differentiate the sum over the outputs of the base function."""
        if recorded is None:
            recorded = self._recorded = self._recorded or self.record()
        return super().gradients(np.tile(c, len(self.base.out_shapes)), recorded)


def _sum(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def floats_of(result: Any) -> list[Tensor]:
    """List the floating tensors among what a function returned.

    Raises:
        ArgumentError: there are none.
    """
    items = list(result.values()) if isinstance(result, dict) else result
    items = list(items) if isinstance(items, tuple | list) else [items]
    for item in items:
        if not isinstance(item, Tensor):
            kind = "nothing (None)" if item is None else _article(type(item).__name__)
            raise ArgumentError(
                f"the function should return a tensor or several, and returned {kind}; compute with tensors "
                "to the end (no .item(), no .numpy())"
            )
    floats = [t for t in items if t.array.dtype.kind == "f"]
    if not floats:
        got = ", ".join(str(t.dtype) for t in items) or "nothing"
        raise ArgumentError(f"the function should return a tensor of floats, and returned {got}")
    return floats


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0].lower() in "aeiou" or noun == "ndarray" else f"a {noun}"

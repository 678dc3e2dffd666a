"""How right closures become wrong ones.

A change takes the right closure (as a function of the incoming gradient g and the result y) and what the
operation was called with, and gives a wrong closure. They are written in tensors, so that they are
consistently wrong at every order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ... import functional as F
from ...core import Tensor, no_grad, wrap

Closure = Callable[[Tensor, Tensor], "Tensor | None"]
MOST_ENTRIES = 40_000  # of a Jacobian that a bug builds


@dataclass
class Call:
    """One call of an operation: its inputs, which of them the closure belongs to, and what bugs remember."""

    args: tuple[Any, ...]
    k: int
    y: np.ndarray
    right: Closure
    others: list[Closure]  # the closures of all inputs
    memory: dict[Any, Any] = field(default_factory=dict)  # shared by all calls while a bug is planted

    @cached_property
    def jacobian(self) -> np.ndarray | None:
        """The derivative of every output by every entry of the input; None if it is too large."""
        x = self.args[self.k].array
        if not 0 < self.y.size * x.size <= MOST_ENTRIES:
            return None
        result = wrap(self.y)
        rows = []
        with no_grad():
            for e in np.eye(self.y.size, dtype=self.y.dtype):
                d = self.right(wrap(e.reshape(self.y.shape)), result)
                rows.append(np.zeros(x.size) if d is None else d.array.ravel())
        return np.stack(rows)


def after(alter: Callable[[Tensor], "Tensor | None"]) -> Callable[[Call], Closure]:
    """Make a change of what the right closure returns."""

    def change(call: Call) -> Closure:
        def wrong(g: Tensor, y: Tensor) -> Tensor | None:
            d = call.right(g, y)
            return None if d is None else alter(d)

        return wrong

    return change


def before(alter: Callable[[Tensor], Tensor]) -> Callable[[Call], Closure]:
    """Make a change of what the right closure gets."""
    return lambda call: lambda g, y: call.right(alter(g), y)


def masked(mask: Callable[[tuple[int, ...]], np.ndarray | None]) -> Callable[[Tensor], Tensor]:
    """Multiply with zeros and ones that depend on the shape."""

    def alter(d: Tensor) -> Tensor:
        m = mask(d.shape)
        return d if m is None else d * wrap(m.astype(d.dtype))

    return alter


def without_middle(shape: tuple[int, ...]) -> np.ndarray | None:
    """One entry, of many, is lost."""
    m = np.ones(shape)
    if m.size < 16:
        return None
    m.ravel()[m.size // 2] = 0
    return m


def without_edge(shape: tuple[int, ...]) -> np.ndarray | None:
    """The first entries along the last dimension are lost."""
    if len(shape) < 2 or shape[-1] < 3 or np.prod(shape) < 6:
        return None
    m = np.ones(shape)
    m[..., 0] = 0
    return m


def first_sample(shape: tuple[int, ...]) -> np.ndarray | None:
    """Only the first of the batch counts."""
    if not shape or shape[0] < 2:
        return None
    m = np.zeros(shape)
    m[0] = 1
    return m


def swap_axes(d: Tensor) -> Tensor:
    """The last two axes are swapped, in the old shape."""
    if d.ndim < 2 or min(d.shape[-2:]) < 2:
        return d
    return F.reshape(F.transpose(d, -1, -2), d.shape)


def reverse(d: Tensor) -> Tensor:
    """Backward along the last axis."""
    return d if not d.ndim or d.shape[-1] < 2 else F.flip(d, (-1,))


def shift(d: Tensor) -> Tensor:
    """One place further along the last axis, where zeros come in."""
    if not d.ndim or d.shape[-1] < 3:
        return d
    return F.pad(F.getitem(d, (..., slice(None, -1))), (1, 0))


def divide_by_batch(call: Call) -> Closure:
    """A mean where a sum belongs."""
    n = call.y.shape[0] if call.y.ndim else 1
    return after(lambda d: d / n)(call)


def not_summed(call: Call) -> Closure:
    """The gradient of a broadcast input in the shape of the result."""
    x = call.args[call.k]
    if x.shape == call.y.shape or not _broadcasts(x.shape, call.y.shape):
        return call.right
    return after(lambda d: d.expand(*call.y.shape))(call)


def _broadcasts(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    ahead = len(large) - len(small)
    return ahead >= 0 and all(n in (1, m) for n, m in zip(small, large[ahead:], strict=True))


def ignore_g(call: Call) -> Closure:
    """As if the incoming gradient were 1."""
    return lambda g, y: call.right(wrap(np.ones_like(g.array)), y)


def by_matrix(make: Callable[[np.ndarray, Call], "np.ndarray | None"]) -> Callable[[Call], Closure]:
    """Make a closure that multiplies with a changed Jacobian."""

    def change(call: Call) -> Closure:
        def wrong(g: Tensor, y: Tensor) -> Tensor | None:
            matrix = None if call.jacobian is None else make(call.jacobian, call)
            if matrix is None:
                return call.right(g, y)
            flat = F.reshape(g, (1, g.numel()))
            return F.reshape(F.matmul(flat, wrap(matrix.astype(g.dtype))), call.args[call.k].shape)

        return wrong

    return change


def diagonal(jacobian: np.ndarray, call: Call) -> np.ndarray | None:
    """Every output by its own input only."""
    same = call.args[call.k].shape == call.y.shape
    return (
        np.diag(np.diag(jacobian))
        if same and not np.array_equal(jacobian, np.diag(np.diag(jacobian)))
        else None
    )


def last_use(jacobian: np.ndarray, call: Call) -> np.ndarray | None:
    """Of the outputs that depend on an entry, the last one only."""
    used = jacobian != 0
    if (used.sum(axis=0) < 2).all():
        return None
    last = len(jacobian) - 1 - np.argmax(used[::-1], axis=0)
    keep = np.arange(len(jacobian))[:, None] == last
    return np.where(keep, jacobian, 0)


def of_latest_call(call: Call) -> Closure:
    """The data of the newest call: a buffer that calls share."""
    call.memory["latest"] = call.right

    def wrong(g: Tensor, y: Tensor) -> Tensor | None:
        newest = call.memory["latest"]
        d, right = newest(g, y), call.right(g, y)
        fits = d is not None and right is not None and d.shape == right.shape
        return d if fits else right

    return wrong


def last_write(call: Call) -> Closure:
    """A tensor that was used again since then gets nothing: `=` for `+=`."""
    x = call.args[call.k]
    count = call.memory["count"] = call.memory.get("count", 0) + 1
    call.memory[id(x)] = (count, x)

    def wrong(g: Tensor, y: Tensor) -> Tensor | None:
        d = call.right(g, y)
        return d if call.memory[id(x)][0] == count or d is None else d * 0.0

    return wrong


def narrowed(d: Tensor) -> Tensor:
    """Through float32 and back."""
    return d.float().double() if d.dtype == np.float64 else d


def cut(d: Tensor) -> Tensor:
    """The right values without their graph."""
    return wrap(d.array)


def noisy(call: Call) -> Closure:
    """A little different each time."""
    rng = call.memory.setdefault("rng", np.random.default_rng(1))
    return after(lambda d: d * (1 + 1e-4 * rng.random()))(call)


def writing(call: Call) -> Closure:
    """Writes into its input."""
    array = call.args[call.k].array

    def wrong(g: Tensor, y: Tensor) -> Tensor | None:
        d = call.right(g, y)
        if array.flags.writeable and array.size:
            call.memory.setdefault("written", []).append((array, array.copy()))
            array[...] += 0.125
        return d

    return wrong


def other_closure(call: Call) -> Closure:
    """The closure of the next input."""
    k = call.k
    if len(call.args) < 2 or call.args[k] is None:
        return call.right
    other = (k + 1) % len(call.args)
    x, z = call.args[k], call.args[other]
    same = z is not None and z.shape == x.shape and x.array.size > 1
    return call.others[other] if same else call.right


def unshared(jacobian: np.ndarray, call: Call) -> np.ndarray | None:
    """All that are equal get the whole of what they should share."""
    shared = (jacobian > 0) & (jacobian < 1)
    return np.where(shared, 1.0, jacobian) if shared.any() else None


def beyond(call: Call) -> Closure:
    """At 0, a slope that is on neither side."""
    at_zero = call.args[call.k].array == 0

    def wrong(g: Tensor, y: Tensor) -> Tensor | None:
        d = call.right(g, y)
        return None if d is None else d + g * wrap((3.0 * at_zero).astype(g.dtype))

    return wrong

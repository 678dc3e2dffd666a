"""The two walks that every Jacobian, Hessian and product is made of.

`pull_back` is the backward pass of several outputs at once, :math:`J^T u`. `push_forward` differentiates its
result by u, which gives :math:`J v` without a rule of its own for any operation.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ..base.record import recorder
from ..base.values import FLOATS
from ..core import Tensor, grad, wrap
from ..errors import GraphError
from .join import stack
from .shape import reshape

Tensors = Sequence[Tensor]
Found = list[Tensor | None]  # None: the graph does not lead there


def ones_for(x: Tensor) -> Tensor:
    """Make ones of the shape and dtype of ``x``; of float32 beside integers."""
    return wrap(np.ones_like(x.array, dtype=x.dtype if x.dtype in FLOATS else np.float32))


def pull_back(outputs: Tensors, seeds: Tensors, inputs: Tensors, create_graph: bool) -> Found:
    r"""Give :math:`\sum_k J_k^T u_k` for all outputs in one walk: the sums meet where the graph does."""
    return list(grad(_joined(outputs, seeds), inputs, create_graph=create_graph, allow_unused=True))


def _joined(outputs: Tensors, seeds: Tensors) -> Tensor:
    """Make one node on top of several outputs, whose gradients are the seeds, whatever their dtypes."""

    def handing_out(seed: Tensor) -> Callable[[Tensor], Tensor]:
        return lambda g: seed

    value = np.zeros((), np.float32)
    return wrap(value, _record(tuple(outputs), value, (value, *map(handing_out, seeds))))


def _of_any(*y: Tensor) -> None:
    """Stand for the operation that `_joined` would be; its closures hold no input."""


_record = recorder("joined outputs", _of_any, ("y",))  # a name that no operation can have


def push_forward(name: str, outputs: Tensors, inputs: Tensors, v: Tensors, create_graph: bool) -> Found:
    r"""Give :math:`J v`, the derivative of :math:`\langle J^T u, v \rangle` by u, for each output.

    :math:`J^T u` is linear in u, so the values of u do not matter; ones rather than zeros, so that a closure
    which does not follow its incoming gradient is seen.
    """
    u = [ones_for(y).requires_grad_() for y in outputs]
    pulled = pull_back(outputs, u, inputs, create_graph=True)
    reached = [(g, w) for g, w in zip(pulled, v, strict=True) if g is not None]
    found = pull_back([g for g, _ in reached], [w for _, w in reached], u, create_graph)
    if all(d is None for d in found):
        refuse_cut(name, [g if g is None else g.detach() for g in pulled])
    return found


def refuse_cut(name: str, found: Found) -> None:
    """Refuse a gradient that has values but no graph, although what it started from requires grad."""
    if any(g is not None and not g.requires_grad and g.array.any() for g in found):
        raise GraphError(
            f"{name}: a gradient in func does not follow its incoming gradient, so an operation (or a hook) "
            "computes it with arrays; write its closures in tensors and operations"
        )


def rows(y: Tensor, inputs: Tensors, create_graph: bool) -> Found:
    """Give the Jacobian of one output for each input, (*shape of y, *shape of x): one walk for each entry."""
    if not y.requires_grad:
        return [None] * len(inputs)
    if not y.numel():
        reach = pull_back([y], [wrap(np.zeros_like(y.array))], inputs, create_graph=False)
        return [
            None if g is None else wrap(np.zeros(y.shape + x.shape, x.dtype))
            for g, x in zip(reach, inputs, strict=True)
        ]
    walks = (pull_back([y], [unit], inputs, create_graph) for unit in _units(y))
    return _recorded(walks, y, inputs) if create_graph else _filled(walks, y, inputs)


def _units(y: Tensor) -> Iterator[Tensor]:
    for j in range(y.numel()):
        unit = np.zeros(y.shape, y.dtype)
        unit.flat[j] = 1.0
        yield wrap(unit)


def _filled(walks: Iterator[Found], y: Tensor, inputs: Tensors) -> Found:
    blocks: list[np.ndarray | None] = [None] * len(inputs)
    for j, row in enumerate(walks):
        for i, (g, x) in enumerate(zip(row, inputs, strict=True)):
            if g is None:
                continue
            if blocks[i] is None:
                blocks[i] = np.zeros((y.numel(), *x.shape), x.dtype)
            blocks[i][j] = g.array  # type: ignore[index]
    return [
        None if b is None else wrap(b.reshape(y.shape + x.shape)) for b, x in zip(blocks, inputs, strict=True)
    ]


def _recorded(walks: Iterator[Found], y: Tensor, inputs: Tensors) -> Found:
    results: Found = []
    for column, x in zip(zip(*walks, strict=True), inputs, strict=True):
        zeros = wrap(np.zeros(x.shape, x.dtype))
        block = stack([zeros if g is None else g for g in column])
        empty = all(g is None for g in column)
        results.append(None if empty else reshape(block, y.shape + x.shape))
    return results

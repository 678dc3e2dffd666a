"""The walk that turns a graph of nodes into gradients: by falling number, so that nothing recurses."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..base.closures import takes_one
from ..base.hooks import run_hooks
from ..base.modes import recording
from ..base.node import Node, Source, ancestors, leading_to
from ..base.observe import Observer, current, observers
from ..base.values import check_start, to_array
from ..base.watch import check_graph
from ..errors import ArgumentError, DtypeError, GradientShapeError, GraphError, ShapeError
from .tensor import Tensor, wrap


def grad(
    y: Tensor,
    wrt: Tensor | Sequence[Tensor],
    seed: Any = None,
    *,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> Any:
    r"""Compute the gradient of ``y`` with respect to ``wrt``, touching no ``.grad`` and dropping nothing.

    .. math:: \bar x = \left(\frac{\partial y}{\partial x}\right)^T \bar y

    ``seed`` is :math:`\bar y`, of the shape of ``y``; it may be left out if ``y`` has one value. One tensor
    gives one gradient, a sequence gives a tuple. With ``create_graph`` the result can be differentiated
    again. A tensor that ``y`` does not depend on raises a `GraphError`, or gives None with
    ``allow_unused``.

    >>> from tinygrad_cnn import grad, tensor
    >>> x = tensor(3.0, requires_grad=True)
    >>> first = grad(x**3, x, create_graph=True)
    >>> first.item(), grad(first, x).item()
    (27.0, 18.0)
    """
    if isinstance(seed, bool):
        raise ArgumentError(
            "seed is the gradient to start from; pass create_graph by name: create_graph=True"
        )
    targets = [wrt] if isinstance(wrt, Tensor) else list(wrt)
    keys = [_key(t, i) for i, t in enumerate(targets)]
    found = run_backward(y, check_seed(y, seed), keys=set(keys), create_graph=create_graph, release=False)
    results = [None if (g := found.get(key)) is None else _own(g) for key in keys]
    unused = [i for i, r in enumerate(results) if r is None]
    if unused and not allow_unused:
        raise GraphError(f"y does not depend on wrt[{unused[0]}]; pass allow_unused=True to get None for it")
    return results[0] if isinstance(wrt, Tensor) else tuple(results)


def _key(t: Tensor, i: int) -> Source:
    if not getattr(t, "requires_grad", False):
        raise GraphError(
            f"wrt[{i}] does not require grad; make it with requires_grad=True before computing y"
        )
    return t if t.node is None else t.node


def backward(y: Tensor, gradient: Any, *, retain_graph: bool, create_graph: bool) -> None:
    """Run `grad` over all leaves and add the result to their ``.grad``."""
    seed = check_seed(y, gradient)
    release = not (retain_graph or create_graph)
    for leaf, g in run_backward(y, seed, keys=None, create_graph=create_graph, release=release).items():
        accumulate(leaf, g, create_graph)


def accumulate(leaf: Tensor, g: Tensor, keep_graph: bool) -> None:
    """Add a gradient to ``leaf.grad``; who holds ``leaf.grad`` sees the sum."""
    before = leaf.grad
    if before is None:
        leaf.grad = _own(g) if keep_graph else wrap(_own(g).array)
    elif keep_graph or before.node is not None:
        leaf.grad = before + g
    else:
        before.replace(np.asarray(before.array + g.array))


def _own(g: Tensor) -> Tensor:
    """Make a tensor of its own for whoever gets a gradient: writing into one must not change another."""
    if g.node is None and g.requires_grad:  # a seed that is to be differentiated itself
        return g
    return wrap(g.array if g.watch is None else g.array.copy(), g.node)


def check_seed(y: Tensor, seed: Any) -> Tensor:
    """Check where a backward pass starts, and what it starts with."""
    if not isinstance(y, Tensor):
        raise ArgumentError(f"expected a tensor to differentiate, got {type(y).__name__}")
    check_start(y.requires_grad, y.shape, seed)
    if seed is None:
        return wrap(np.ones_like(y.array))
    start = seed if isinstance(seed, Tensor) else wrap(to_array(seed, y.array.dtype))
    if start.shape != y.shape:
        raise ShapeError(f"gradient expects the shape {y.shape} of the tensor, got {start.shape}")
    return start if start.array.dtype == y.array.dtype else wrap(start.array.astype(y.array.dtype))


def run_backward(
    y: Tensor, seed: Tensor, *, keys: set[Source] | None, create_graph: bool, release: bool
) -> dict[Any, Tensor]:
    """Walk the graph of ``y`` backward; return the gradients of ``keys`` (None: of all leaves)."""
    if y.node is None:
        return {y: run_hooks(y.hooks, seed, _own)} if keys is None or y in keys else {}
    order = ancestors(y.node)
    check_graph(order)
    needed = None if keys is None else leading_to(order, keys)
    gradients: dict[Any, Tensor] = {y.node: seed}
    observer = current() if observers else None
    token = recording.set(create_graph)
    try:
        if observer is not None:
            observer.started(y, seed, release)
        for node in order:
            g = gradients.pop(node, None)
            if g is None:
                continue
            if node.hooks:
                g = run_hooks(node.hooks, g, _own)
            if observer is not None:
                observer.arrived(node, g)
            _differentiate(node, g, gradients, needed, observer)
            if release:
                node.release()
            if keys is not None and node in keys:
                gradients[node] = g
        _complete_leaves(gradients, observer)
    finally:
        recording.reset(token)
        if observer is not None:
            observer.ended()
    return gradients


def _complete_leaves(gradients: dict[Any, Tensor], observer: Observer | None) -> None:
    """Check the gradients that have reached leaves, and run their hooks."""
    for leaf, g in gradients.items():
        if g.array.dtype != leaf.dtype:
            raise DtypeError(f"a {leaf.dtype} tensor got a {g.dtype} gradient; an operation promoted it")
        if type(leaf) is Node:
            continue
        if leaf.hooks:
            gradients[leaf] = run_hooks(leaf.hooks, g, _own)
        if observer is not None:
            observer.arrived(leaf, gradients[leaf])


def _differentiate(
    node: Node, g: Tensor, gradients: dict[Any, Tensor], needed: set[Any] | None, observer: Observer | None
) -> None:
    """Call the closures of one node, and add what they return to the gradients of its inputs."""
    y = None
    for position, (source, closure) in enumerate(zip(node.inputs, node.closures or (), strict=False)):
        if closure is None or (needed is not None and source not in needed):
            continue
        if node.array is None or takes_one(closure):
            d = closure(g)
        else:
            y = wrap(node.array, node) if y is None else y
            d = closure(g, y)
        if d is None:
            continue
        if not isinstance(d, Tensor):
            raise GraphError(f"a closure of {node.op} returned {type(d).__name__}; return a tensor (or None)")
        if d.array.shape != source.shape:  # type: ignore[union-attr]  # a closure that was kept has a source
            raise GradientShapeError(node.op, position, d.shape, source.shape)  # type: ignore[union-attr]
        if observer is not None:
            observer.contributed(node, position, g, d)
        known = gradients.get(source)
        gradients[source] = d if known is None else _add(known, d)


def _add(a: Tensor, b: Tensor) -> Tensor:
    """Add two gradients; where nothing is recorded, without the way through an operation."""
    return a + b if recording.get() else wrap(np.asarray(a.array + b.array))

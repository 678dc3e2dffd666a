"""What the graph tells: how often it uses an input, and whether a wrong gradient can come from it at all."""

import numpy as np

from ...base.node import Node
from ...base.record import planted
from ...core import REGISTRY, Tensor
from ..measure.function import Function
from .case import Case

LOST = 1e-4  # error relative to the gradient: below it, it may be a matter of precision


def uses_of(case: Case) -> int:
    """Count how often the function's graph uses the input."""
    leaf, nodes = _walk(case)
    return sum(source is leaf for node in nodes for source in node.inputs)


def beside_the_graph(case: Case) -> str | None:
    """Nothing but operations of this package on the graph: what is wrong must have left it."""
    if type(case.function) is not Function or not _is_gross(case):
        return None
    leaf, nodes = _walk(case)
    names = sorted({node.op for node in nodes})
    alone = len(nodes) == 1 and all(
        source is not None for source in nodes[0].inputs
    )  # it may be the operation under test itself
    if not nodes or alone or not all(_is_ours(name) for name in names) or any(n.hooks for n in nodes):
        return None
    uses = sum(source is leaf for node in nodes for source in node.inputs)
    listed = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    name = case.function.names[case.k]
    return (
        f"the graph uses {name} {uses} time{'s' * (uses != 1)}, and consists of right operations only "
        f"({listed}); what else depends on {name} is not on it"
    )


def _is_gross(case: Case) -> bool:
    a, n = case.gradient
    known = np.isfinite(n)
    return bool(known.any() and np.abs(a - n)[known].max() > LOST * np.abs(n[known]).max())


def _is_ours(name: str) -> bool:
    record = REGISTRY.get(name)
    return (
        record is not None and name not in planted and record.forward.__module__.startswith("tinygrad_cnn.")
    )


def _walk(case: Case) -> tuple[Tensor, list[Node]]:
    leaves, outputs = case.function.record()
    outputs = outputs if case.output is None else [outputs[case.output]]
    seen: dict[Node, None] = {}
    todo = [y.node for y in outputs if y.node is not None]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen[node] = None
            todo += [source for source in node.inputs if isinstance(source, Node)]
    return leaves[case.k], list(seen)

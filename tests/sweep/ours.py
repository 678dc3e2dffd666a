"""A case, computed by this package."""

from typing import Any

import numpy as np

import tinygrad_cnn as tg

from .case import Case
from .outcome import Leaves, Outcome, derivatives, flat, weights


def run(case: Case, dtype: Any, state: dict[str, np.ndarray] | None = None) -> Outcome:
    """Call it, and differentiate all outputs once and, where asked for, twice."""
    try:
        return Outcome(_arrays(case, dtype, state))
    except (Exception, RecursionError) as error:
        return Outcome(error=error)


def _arrays(case: Case, dtype: Any, state: dict[str, np.ndarray] | None) -> dict[str, np.ndarray]:
    leaves = Leaves(_tensor, dtype)
    result, layer = _called(case, dtype, state, leaves)
    if case.adjust is not None:
        result = case.adjust(result)
    outputs = [t for i, t in enumerate(flat(result, tg.Tensor)) if i not in case.skip]
    arrays = {f"output {i}": _plain(t) for i, t in enumerate(outputs)}
    arrays.update({f"constant {i} afterwards": t.numpy() for i, t in enumerate(leaves.constants)})
    if layer is not None:
        arrays.update({f"buffer {n}": t.numpy().copy() for n, t in layer.named_buffers()})
    wrt = [*leaves.leaves, *(() if layer is None else layer.parameters())]
    twice = case.second and dtype is np.float64
    return arrays | derivatives(outputs, wrt, twice, _gradients, _zeros)


def _tensor(array: np.ndarray, requires_grad: bool) -> tg.Tensor:
    return tg.tensor(array, requires_grad=requires_grad)


def _plain(t: Any) -> np.ndarray:
    return t.numpy() if isinstance(t, tg.Tensor) else np.asarray(t)


def _called(case: Case, dtype: Any, state: Any, leaves: Leaves) -> tuple[Any, Any]:
    if case.inputs is None:
        function = case.ours or getattr(
            tg.Tensor if case.name.startswith("Tensor.") else tg, case.name.split(".")[-1]
        )
        return function(*leaves.convert(list(case.args)), **leaves.convert(case.settings)), None
    layer = getattr(tg.nn, case.name.split(".")[-1])(*case.args, **case.settings)
    layer = (layer.double() if dtype is np.float64 else layer.float()).train(case.training)
    if state:
        layer.load_state_dict(
            {name: a.astype(dtype) if a.dtype.kind == "f" else a for name, a in state.items()}
        )
    return layer(*leaves.convert(list(case.inputs))), layer


def _gradients(outputs: list[Any], wrt: list[tg.Tensor], key: int, keep: bool) -> list[Any]:
    """Differentiate the sum of all outputs, each weighted."""
    parts = [t for t in outputs if isinstance(t, tg.Tensor) and t.requires_grad]
    if not parts or not wrt:
        return [None] * len(wrt)
    total = sum((t * tg.tensor(weights(t.shape, key).astype(t.dtype))).sum() for t in parts)
    return list(tg.grad(total, wrt, create_graph=keep, allow_unused=True))


def _zeros(g: Any, t: tg.Tensor) -> np.ndarray:
    return np.zeros_like(t.numpy()) if g is None else g.numpy()

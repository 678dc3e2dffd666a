"""A case, computed by PyTorch."""

import warnings
from typing import Any

import numpy as np
import torch

from .case import Case
from .outcome import Leaves, Outcome, derivatives, flat, weights

torch.set_num_threads(1)
PLACES = [torch.nn.functional, torch, torch.special, torch.linalg, torch.Tensor]


def run(case: Case, dtype: Any) -> tuple[Outcome, dict[str, np.ndarray] | None]:
    """Call it, differentiate it, and give the state that the layer started with."""
    state: dict[str, np.ndarray] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Outcome(_arrays(case, dtype, state)), state
    except Exception as error:
        return Outcome(error=error), state


def _arrays(case: Case, dtype: Any, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    leaves = Leaves(_tensor, dtype)
    result, layer = _called(case, dtype, state, leaves)
    if case.adjust is not None:
        result = case.adjust(result)
    outputs = [t for i, t in enumerate(flat(result, torch.Tensor)) if i not in case.skip]
    arrays = {f"output {i}": _plain(t) for i, t in enumerate(outputs)}
    arrays.update({f"constant {i} afterwards": _plain(t) for i, t in enumerate(leaves.constants)})
    if layer is not None:
        arrays.update({f"buffer {n}": _plain(t) for n, t in layer.named_buffers()})
    wrt = [*leaves.leaves, *(() if layer is None else layer.parameters())]
    twice = case.second and dtype is np.float64
    return arrays | derivatives(outputs, wrt, twice, _gradients, _zeros)


def _tensor(array: np.ndarray, requires_grad: bool) -> torch.Tensor:
    # In C order: some of PyTorch's own backward passes refuse others.
    return torch.tensor(np.array(array, order="C"), requires_grad=requires_grad)


def _plain(t: Any) -> np.ndarray:
    return t.detach().numpy(force=True).copy() if isinstance(t, torch.Tensor) else np.asarray(t)


def _called(case: Case, dtype: Any, state: dict[str, np.ndarray], leaves: Leaves) -> tuple[Any, Any]:
    if case.inputs is None:
        return _function(case)(*leaves.convert(list(case.args)), **leaves.convert(case.settings)), None
    kind = (
        case.theirs if callable(case.theirs) else getattr(torch.nn, (case.theirs or case.name).split(".")[-1])
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = kind(*case.args, **case.settings)
    layer = (layer.double() if dtype is np.float64 else layer.float()).train(case.training)
    state.update({name: _plain(t) for name, t in layer.state_dict().items()})
    return layer(*leaves.convert(list(case.inputs))), layer


def _function(case: Case) -> Any:
    if callable(case.theirs):
        return case.theirs
    name = case.theirs or case.name
    if "." in name:
        found: Any = torch
        for part in name.removeprefix("torch.").split("."):
            found = getattr(found, part)
        return found
    return next(getattr(place, name) for place in PLACES if hasattr(place, name))


def _gradients(outputs: list[Any], wrt: list[torch.Tensor], key: int, keep: bool) -> list[Any]:
    parts = [t for t in outputs if isinstance(t, torch.Tensor) and t.requires_grad]
    if not parts or not wrt:
        return [None] * len(wrt)
    total = sum((t * torch.tensor(weights(tuple(t.shape), key)).to(t.dtype)).sum() for t in parts)
    return list(torch.autograd.grad(total, wrt, create_graph=keep, allow_unused=True))


def _zeros(g: Any, t: torch.Tensor) -> np.ndarray:
    return np.zeros(tuple(t.shape), _plain(t).dtype) if g is None else _plain(g)

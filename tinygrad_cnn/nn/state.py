"""The state of a module: its tensors by path. One that does not fit is refused before anything is changed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..core import Tensor
from ..errors import ArgumentError, CheckpointError, DtypeError
from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module


class LoadResult(NamedTuple):
    """What `Module.load_state_dict` left out; both lists are empty if ``strict``."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def entries(module: "Module") -> Iterator[tuple[str, Tensor]]:
    """Go through what is saved: of each module the parameters, then the persistent buffers."""
    for prefix, owner in module.named_modules(remove_duplicate=False):
        tensors = [(name, t) for name, t in owner.__dict__.items() if isinstance(t, Tensor)]
        learnt = [(name, t) for name, t in tensors if isinstance(t, Parameter)]
        kept = [(name, t) for name, t in tensors if owner._buffers.get(name)]
        yield from ((f"{prefix}.{name}" if prefix else name, t) for name, t in [*learnt, *kept])


def distinct(module: "Module") -> dict[str, Tensor]:
    """Give the state with each tied tensor under the first of its names only, as files have it."""
    found: dict[int, tuple[str, Tensor]] = {}
    for name, t in entries(module):
        found.setdefault(id(t), (name, t))
    return {name: t.detach() for name, t in found.values()}


def convert(module: "Module", dtype: Any) -> None:
    """Give all floating parameters and buffers another dtype; they stay the same objects."""
    wanted = np.dtype(dtype)
    if wanted not in (np.float32, np.float64):
        raise DtypeError(f"a module computes in float32 or float64, not in {wanted}")
    for _, t in [*module.named_parameters(), *module.named_buffers()]:
        if t.dtype.kind == "f" and t.dtype != wanted:
            t.array, t.watch, t.grad = t.array.astype(wanted), None, None


def load(model: str, own: dict[str, Tensor], state: Mapping[str, Any], strict: bool) -> LoadResult:
    """Put the arrays of a state into the tensors of the same name, all of them or none.

    Raises:
        ArgumentError: ``state`` is not a mapping.
        CheckpointError: something is missing, unexpected (both only if ``strict``) or does not fit.
    """
    if not isinstance(state, Mapping):
        raise ArgumentError(
            f"load_state_dict expects a mapping from names to arrays, got {type(state).__name__}"
        )
    tied = _names_by_tensor(own)
    missing = [name for name, t in own.items() if not any(alias in state for alias in tied[id(t)])]
    unexpected = [str(name) for name in state if name not in own]
    arrays, misfits = _compare(own, state)
    misfits += _torn_ties(tied, arrays)
    if misfits or (strict and (missing or unexpected)):
        raise CheckpointError(_message(model, missing, unexpected, misfits))
    for name, array in arrays.items():
        own[name].replace(array)
    return LoadResult(missing, unexpected)


def _names_by_tensor(own: dict[str, Tensor]) -> dict[int, list[str]]:
    """Collect the names of each tensor; a tied one has several, and one of them in a state is enough."""
    names: dict[int, list[str]] = {}
    for name, t in own.items():
        names.setdefault(id(t), []).append(name)
    return names


def _compare(own: dict[str, Tensor], state: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Convert what fits to the model's dtypes, and describe what does not fit."""
    arrays: dict[str, np.ndarray] = {}
    misfits = []
    for name, t in own.items():
        if name in state:
            value, reason = _convert(t, state[name])
            if reason:
                misfits.append(f"{name} {reason}")
            else:
                arrays[name] = value
    return arrays, misfits


def _convert(own: Tensor, value: Any) -> tuple[np.ndarray, str]:
    """Give a private array in the dtype of the model's tensor, and why that is not possible."""
    try:
        array = np.asarray(value.array if isinstance(value, Tensor) else value)
    except ValueError:  # rows of unequal length
        array = np.empty((), object)
    if array.dtype.kind not in "biuf":
        return array, f"is {own.shape} in the model, but no numbers in the state: {type(value).__name__}"
    if array.shape != own.shape:
        return array, f"is {own.shape} in the model, but {array.shape} in the state"
    if not np.can_cast(array.dtype, own.dtype, "same_kind"):
        return array, f"is {own.dtype} in the model, but {array.dtype} in the state"
    with np.errstate(over="ignore"):
        converted = np.array(array, dtype=own.dtype, order="C")
    if not np.array_equal(np.isfinite(converted), np.isfinite(array)):
        return array, f"is {own.dtype} in the model, but the state has {array.dtype} values beyond its range"
    return converted, ""


def _torn_ties(tied: dict[int, list[str]], arrays: dict[str, np.ndarray]) -> list[str]:
    """Find names of one tensor that the state gives different values."""
    torn = []
    for names in tied.values():
        first, *others = [name for name in names if name in arrays] or [""]
        torn += [
            f"{name} is tied to {first} in the model, but has other values in the state"
            for name in others
            if not np.array_equal(arrays[name], arrays[first], equal_nan=True)
        ]
    return torn


def _message(model: str, missing: list[str], unexpected: list[str], misfits: list[str]) -> str:
    """List everything that is wrong, one kind after the other, one name a line."""
    lines = [f"the state does not fit {model}, and nothing was loaded"]
    for title, entries in (
        ("missing in the state", missing),
        ("unexpected in the state", unexpected),
        ("not fitting", misfits),
    ):
        if entries:
            lines.append(f"{title} ({len(entries)}):")
            lines += [f"  {entry}" for entry in entries]
    advice = "build the model with the settings that it was saved with"
    if not misfits:
        advice += ", or pass strict=False to load what is there"
    return "\n".join([*lines, advice])

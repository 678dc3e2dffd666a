"""The states of all random generators that a run draws from, as plain data."""

from typing import Any

import numpy as np

from ..core import default_generator
from ..errors import CheckpointError


def get_random_states(model: Any) -> dict[str, Any]:
    """Give the state of the default generator, and of those that the layers of a model hold."""
    return {name: _plain(g.bit_generator.state) for name, g in _generators(model).items()}


def check_random_states(model: Any, states: dict[str, Any]) -> None:
    """Raise the `CheckpointError` that `set_random_states` would raise, without changing a generator."""
    own = _generators(model)
    _check_names(own, states)
    for name, g in own.items():
        _set_state(type(g.bit_generator)(), name, states[name])


def set_random_states(model: Any, states: dict[str, Any]) -> None:
    """Put all generators back; raises `CheckpointError` if there are others than those stored."""
    own = _generators(model)
    _check_names(own, states)
    for name, g in own.items():
        _set_state(g.bit_generator, name, states[name])


def _check_names(own: dict[str, np.random.Generator], states: dict[str, Any]) -> None:
    if set(own) != set(states):
        raise CheckpointError(
            f"the model draws from the generators {sorted(own)}; stored are {sorted(states)}"
        )


def _set_state(bits: np.random.BitGenerator, name: str, state: Any) -> None:
    try:
        bits.state = _arrays(state)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise CheckpointError(
            f"the stored state of the generator {name!r} is no state of {type(bits).__name__}"
        ) from error


def _generators(model: Any) -> dict[str, np.random.Generator]:
    return {"": default_generator(), **dict(model.named_generators())}


def _plain(state: Any) -> Any:
    if isinstance(state, dict):
        return {name: _plain(value) for name, value in state.items()}
    if isinstance(state, np.ndarray):
        return {"numbers": state.tolist(), "dtype": state.dtype.name}
    return state.item() if isinstance(state, np.generic) else state


def _arrays(state: Any) -> Any:
    if not isinstance(state, dict):
        return state
    if set(state) == {"numbers", "dtype"}:
        return np.array(state["numbers"], dtype=state["dtype"])
    return {name: _arrays(value) for name, value in state.items()}

"""The state of an optimiser as data: it is checked against the parameters before anything is changed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArgumentError, CheckpointError

if TYPE_CHECKING:
    from .optimizer import Optimizer


def copied(held: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the state of one parameter; arrays keep their memory order."""
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in held.items()}


def check_state(optimizer: "Optimizer", state_dict: Mapping[str, Any]) -> None:
    """Raise a `CheckpointError` that lists all that does not fit the optimiser."""
    name = type(optimizer).__name__
    if not isinstance(state_dict, Mapping) or set(state_dict) != {"state", "param_groups"}:
        raise CheckpointError(f"{name} expects a dictionary with the keys state and param_groups")
    problems = _wrong_groups(optimizer, state_dict["param_groups"])
    if not problems:
        problems = _wrong_state(optimizer, state_dict["state"])
    if problems:
        raise CheckpointError(f"this state does not fit the {name}: {'; '.join(problems)}")


def _wrong_groups(optimizer: "Optimizer", stored: list[Mapping[str, Any]]) -> list[str]:
    own = optimizer.param_groups
    if len(stored) != len(own):
        return [f"{len(stored)} parameter groups stored, {len(own)} here"]
    problems: list[str] = []
    for i, (group, other) in enumerate(zip(own, stored, strict=True)):
        there = len(other.get("params", ()))
        if there != len(group["params"]):
            problems.append(f"group {i} has {there} parameters stored, {len(group['params'])} here")
        missing = sorted(set(optimizer.defaults) - set(other))
        unexpected = sorted(set(other) - set(optimizer.defaults) - {"params", "initial_lr"})
        problems += [f"group {i} lacks {', '.join(missing)}"] if missing else []
        problems += [f"group {i} has {', '.join(unexpected)}, unknown here"] if unexpected else []
        problems += [] if missing else _wrong_settings(optimizer, other)
    return problems


def _wrong_settings(optimizer: "Optimizer", stored: Mapping[str, Any]) -> list[str]:
    settings = dict(stored)
    if "initial_lr" in settings and isinstance(settings["lr"], float):
        settings["lr"] = abs(settings["lr"])  # a linear OneCycleLR leaves a rate below 0 after its last step
    try:
        optimizer.check_settings(settings)
    except ArgumentError as error:
        return [str(error)]
    return []


def _wrong_state(optimizer: "Optimizer", stored: Mapping[Any, Mapping[str, Any]]) -> list[str]:
    params = [p for group in optimizer.param_groups for p in group["params"]]
    problems: list[str] = []
    for key, held in stored.items():
        if not str(key).isdecimal() or int(key) >= len(params):
            problems.append(f"state for parameter {key}, and there are {len(params)}")
            continue
        shape = params[int(key)].shape
        for name, value in held.items():
            if name not in (*optimizer.state_names, "step"):
                problems.append(f"parameter {key} has {name}, unknown here")
            elif name == "step":
                problems += (
                    [] if isinstance(value, int) and value >= 0 else [f"parameter {key} has step {value!r}"]
                )
            elif np.shape(value) != shape:
                problems.append(
                    f"{name} of parameter {key} has shape {np.shape(value)}, the parameter {shape}"
                )
    return problems

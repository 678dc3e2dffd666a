"""What `last.safetensors` says is not trusted: every entry is checked before anything is changed by it."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, CheckpointError
from ..io import dumps, load_with_metadata, loads

KEY = "tinygrad_cnn.run"
VERSION = 1
_MOST = 2**63
_ROW = {"epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr", "seconds"}


def read_run(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read arrays and state of `last.safetensors`; raises `CheckpointError` if it is none."""
    arrays, metadata = load_with_metadata(path)
    if KEY not in metadata:
        raise CheckpointError(
            f"{path} holds weights, but no run to resume; load its weights with load() instead"
        )
    try:
        state = loads(metadata[KEY])
    except ArgumentError as error:
        raise CheckpointError(f"{path} is damaged: {error}") from error
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise CheckpointError(f"{path} was written by another version of this package; start a new run")
    _check_state(path, state)
    wrong = [name for name in arrays if name.startswith("optimizer.") and not _is_numbered(name[10:])]
    if wrong:
        raise CheckpointError(f"{path} is damaged: it cannot hold {wrong[0][:60]!r}; use another copy")
    return arrays, state


def _check_state(path: Path, state: dict[str, Any]) -> None:
    for name, is_right in _RULES.items():
        if name not in state:
            raise CheckpointError(f"{path} is incomplete: it has no {name!r}; use another copy")
        if not is_right(state[name]):
            shown = str(state[name])[:60]
            raise CheckpointError(f"{path} is damaged: its {name} cannot be {shown!r}; use another copy")
    if len(state["history"]) != state["epoch"]:
        raise CheckpointError(
            f"{path} is damaged: its history has {len(state['history'])} epochs, and epoch says "
            f"{state['epoch']}; use another copy"
        )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_measured(value: Any) -> bool:
    return value is None or _is_number(value)


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _is_schedule(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _are_totals(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"loss", "correct", "samples", "seconds"}
        and _is_number(value["loss"])
        and (value["correct"] is None or _is_count(value["correct"]))
        and _is_count(value["samples"])
        and _is_number(value["seconds"])
    )


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_row, value))


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == _ROW
        and _is_count(value["epoch"])
        and all(_is_number(value[name]) for name in ("train_loss", "lr", "seconds"))
        and all(_is_measured(value[name]) for name in ("train_accuracy", "val_loss", "val_accuracy"))
    )


def _are_groups(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(group, dict) and isinstance(group.get("params"), list) for group in value)
    )


def _are_scalars(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_numbered, value)) and all(map(_is_number, value.values()))


def _are_generators(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_dict, value.values()))


def _is_numbered(name: str) -> bool:
    """Say whether a name is that of a parameter's state, as in ``3.exp_avg``."""
    number, dot, rest = name.partition(".")
    return number.isascii() and number.isdigit() and len(number) < 10 and dot == "." and rest != ""


_RULES = {
    "settings": _is_dict,
    "epoch": _is_count,
    "step": _is_count,
    "totals": _are_totals,
    "first_epoch": _is_count,
    "history": _are_rows,
    "param_groups": _are_groups,
    "optimizer": _are_scalars,
    "scheduler": _is_schedule,
    "random": _are_generators,
}


def check_settings(path: Path, stored: dict[str, Any], own: dict[str, Any]) -> None:
    """Raise a `CheckpointError` that lists the settings in which the resumed run would differ."""
    found = _differing("", loads(dumps(own)), stored)  # tuples become lists, as in the stored ones
    if found:
        raise CheckpointError(
            f"{path} cannot be resumed with other settings: {'; '.join(found)}; "
            "use the same, or start a new run"
        )


def _differing(name: str, own: Any, stored: Any) -> list[str]:
    """Name each single setting that differs, as in ``train.batch_size is 8 here and 7 there``."""
    if own == stored:
        return []
    if isinstance(own, dict) and isinstance(stored, dict):
        keys = sorted(set(own) | set(stored))
        start = f"{name}." if name else ""
        return [text for key in keys for text in _differing(f"{start}{key}", own.get(key), stored.get(key))]
    if isinstance(own, list) and isinstance(stored, list) and len(own) == len(stored):
        pairs = enumerate(zip(own, stored, strict=True))
        return [text for i, (a, b) in pairs for text in _differing(f"{name}[{i}]", a, b)]
    if name.endswith(".labels") and own is not None and stored is not None:
        return [f"{name} are others here than there"]  # only their checksums are known
    return [f"{name} is {_shown(own)} here and {_shown(stored)} there"]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("kind", "given"))
    return f"a list of {len(value)}" if isinstance(value, list) else repr(value)[:60]

"""JSON without its loopholes: no NaN, no key twice, keys in order, so that equal things have equal text."""

import json
from typing import Any

from ..errors import ArgumentError


def dumps(value: Any, indent: int | None = None) -> str:
    """Write plain data as JSON; raises `ArgumentError` for NaN, infinity and what else JSON has no word for.

    >>> dumps({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        return json.dumps(value, allow_nan=False, sort_keys=True, indent=indent, separators=separators)
    except (ValueError, TypeError, RecursionError) as error:
        raise ArgumentError(f"this cannot be written as JSON: {error}") from error


def loads(text: str | bytes) -> Any:
    """Read JSON; raises `ArgumentError` for anything that `dumps` would not write.

    >>> loads('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    tinygrad_cnn.errors.ArgumentError: this is no strict JSON: the key 'a' is there twice
    """
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise ArgumentError(f"this is no strict JSON: {reason}") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice")
        found[key] = value
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number in JSON")

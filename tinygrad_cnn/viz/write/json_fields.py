"""Dataclasses as plain JSON values and back, by the declared types of their fields: nothing else is let in.

A field that has its default is not written. NaN and infinities, which JSON has no numbers for, are strings.
"""

import base64
import binascii
import dataclasses
import json
import math
import operator
import types
from collections.abc import Callable, Set
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ...errors import DataError

T = TypeVar("T")
_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_MOST = 2**63  # whole numbers are counts and sizes, which are smaller everywhere


def to_plain(record: Any, leave_out: Set[str] = frozenset()) -> dict[str, Any]:
    """Turn a dataclass into a dictionary of what JSON can hold, fields in their order.

    Args:
        record: the dataclass; its fields hold text, numbers, bytes, tuples, other dataclasses, or None.
        leave_out: fields that are not written, as ``"Class.field"``.

    >>> @dataclasses.dataclass
    ... class Point:
    ...     xy: tuple[float, ...]
    ...     name: str = ""
    >>> to_plain(Point((1, math.nan)))
    {'xy': [1.0, 'NaN']}
    """
    kind: Any = type(record)
    found = {}
    for name, declared, default in _fields(kind):
        value = getattr(record, name)
        if f"{kind.__name__}.{name}" not in leave_out and value != default:
            found[name] = _plain(value, declared, leave_out)
    return found


def from_plain(kind: Callable[..., T], value: Any, where: str) -> T:
    """Turn what `to_plain` gave back into a dataclass.

    Raises:
        DataError: a field is unknown, missing or of another type; the message begins with ``where``.

    >>> @dataclasses.dataclass
    ... class Point:
    ...     xy: tuple[float, ...]
    >>> from_plain(Point, {"xy": [1, "a"]}, "corner")
    Traceback (most recent call last):
    tinygrad_cnn.errors.DataError: corner.xy[1]: expected a number, got "a"
    """
    if not isinstance(value, dict):
        raise wrong(where, "an object", value)
    fields = _fields(kind)
    known = {name for name, _, _ in fields}
    for name in value:
        if name not in known:
            raise DataError(f"{where}: unknown field {shown(name)}; known are {', '.join(sorted(known))}")
    found = {}
    for name, declared, default in fields:
        if name in value:
            found[name] = _back(value[name], declared, f"{where}.{name}")
        elif default is dataclasses.MISSING:
            raise DataError(f'{where}: the field "{name}" is missing')
    return kind(**found)


def wrong(where: str, expected: str, value: Any) -> DataError:
    """Make the error for a value that is not of the expected kind."""
    return DataError(f"{where}: expected {expected}, got {shown(value)}")


def shown(value: Any) -> str:
    """Write a value of a file for a message: on one line, and cut.

    >>> shown("x" * 100)
    '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."'
    """
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        cut = value if len(value) <= 40 else value[:36] + "..."
        escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
        return f'"{escaped}"'
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _MOST:
        return "a whole number far too large"
    return json.dumps(value)


@cache
def _fields(kind: Any) -> list[tuple[str, Any, Any]]:
    """List name, declared type and default of each field."""
    hints = get_type_hints(kind)
    return [(f.name, hints[f.name], f.default) for f in dataclasses.fields(kind)]


def _plain(value: Any, declared: Any, leave_out: Set[str]) -> Any:
    if value is None:
        return None
    declared = _without_none(declared)
    if dataclasses.is_dataclass(declared):
        return to_plain(value, leave_out)
    if _is_tuple(declared):
        kinds = _kinds(declared, len(value))
        return [_plain(v, kind, leave_out) for v, kind in zip(value, kinds, strict=True)]
    if declared is bytes:
        return base64.b64encode(value).decode("ascii")
    if declared is float:
        return _plain_float(float(value))
    return operator.index(value) if declared is int else declared(value)


def _plain_float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _back(value: Any, declared: Any, where: str) -> Any:
    inner = _without_none(declared)
    if value is None and inner is not declared:
        return None
    if dataclasses.is_dataclass(inner) and isinstance(inner, type):
        return from_plain(inner, value, where)
    if _is_tuple(inner):
        if not isinstance(value, list):
            raise wrong(where, "a list", value)
        kinds = _kinds(inner, len(value))
        if len(kinds) != len(value):
            raise DataError(f"{where}: expected a list of {len(kinds)}, got {len(value)} entries")
        places = [f"{where}[{i}]" for i in range(len(value))]
        return tuple(map(_back, value, kinds, places))
    return _READ[inner](value, where)


@cache
def _without_none(declared: Any) -> Any:
    """Give X of ``X | None``."""
    if get_origin(declared) in (Union, types.UnionType):
        return next(kind for kind in get_args(declared) if kind is not type(None))
    return declared


@cache
def _is_tuple(declared: Any) -> bool:
    return get_origin(declared) is tuple


def _kinds(declared: Any, length: int) -> tuple[Any, ...]:
    """List the declared type of each entry of a tuple."""
    kinds = get_args(declared)
    return (kinds[0],) * length if len(kinds) == 2 and kinds[1] is Ellipsis else kinds


def _read_str(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise wrong(where, "text", value)
    return value


def _read_bool(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise wrong(where, "true or false", value)
    return value


def _read_int(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise wrong(where, "a whole number from 0 to 2^63", value)
    return value


def _read_float(value: Any, where: str) -> float:
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise wrong(where, "a number", value)
    if abs(value) >= _MOST if isinstance(value, int) else not math.isfinite(value):
        raise DataError(f'{where}: the number is too large; infinity is written as "Infinity"')
    return float(value)


def _read_bytes(value: Any, where: str) -> bytes:
    try:
        return base64.b64decode(_read_str(value, where), validate=True)
    except (binascii.Error, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise wrong(where, "bytes in base64", value) from error


_READ = {str: _read_str, bool: _read_bool, int: _read_int, float: _read_float, bytes: _read_bytes}

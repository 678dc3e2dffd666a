"""The header of a safetensors file, checked as if somebody had written it to do harm."""

import math
import struct
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from ..errors import ArgumentError, CheckpointError
from .strict_json import loads

METADATA = "__metadata__"
MAX_HEADER = 16 * 2**20  # bytes; the names of 100,000 arrays
DTYPES = {
    name: np.dtype(code)
    for name, code in [
        *(("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("BOOL", "?")),
        *(("I64", "<i8"), ("I32", "<i4"), ("I16", "<i2"), ("I8", "i1")),
        *(("U64", "<u8"), ("U32", "<u4"), ("U16", "<u2"), ("U8", "u1")),
    ]
}


READ_AS = {**DTYPES, "BF16": np.dtype("<u2")}  # numpy has no bfloat16: its bits are read, and widened


def parse_header(path: str | Path, content: bytes) -> tuple[int, dict[str, Any]]:
    """Give where the numbers begin, and the header, of which every statement has been checked.

    Raises:
        CheckpointError: it is no safetensors file, or says something that is not so.
    """
    if len(content) < 8:
        _refuse(path, f"is no safetensors file: it has {len(content)} bytes, and such a file has at least 10")
    length = struct.unpack("<Q", content[:8])[0]
    if content[8:9] != b"{":
        _refuse(path, "is no safetensors file: no header follows its first 8 bytes")
    if length > MAX_HEADER:
        _refuse(path, f"says that its header has {length} bytes; more than {MAX_HEADER} are not read")
    start = 8 + length
    if start > len(content):
        _refuse(path, f"is cut off: its header should have {length} bytes, and {len(content) - 8} are there")
    try:
        header = loads(content[8:start])
    except ArgumentError as error:
        raise CheckpointError(f"{path} has a damaged header: {error}") from error
    _check_metadata(path, header.get(METADATA, {}))
    spans = [(_check_entry(path, name, entry), name) for name, entry in header.items() if name != METADATA]
    _check_spans(path, sorted(spans), len(content) - start)
    return start, header


def _check_metadata(path: str | Path, metadata: Any) -> None:
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        _refuse(path, f"has a damaged header: {METADATA} must hold texts only")


def _check_entry(path: str | Path, name: str, entry: Any) -> tuple[int, int]:
    """Give first and last byte of an array, if shape, dtype and bytes agree."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        _refuse(path, f"has a damaged header: {name!r} must have dtype, shape and data_offsets")
    dtype, shape, ends = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in READ_AS:
        _refuse(path, f"holds {name!r} as {dtype!r}; expected one of {', '.join(READ_AS)}")
    if not _are_sizes(shape) or not _are_sizes(ends) or len(ends) != 2 or len(shape) > 32:
        _refuse(path, f"has a damaged header: {name!r} has shape {shape} and bytes {ends}")
    size = math.prod(shape) * READ_AS[dtype].itemsize
    if ends[1] - ends[0] != size:
        _refuse(path, f"lies about {name!r}: {shape} of {dtype} take {size} bytes, not {ends[1] - ends[0]}")
    return ends[0], ends[1]


def _are_sizes(numbers: Any) -> bool:
    return isinstance(numbers, list) and all(type(n) is int and 0 <= n < 2**48 for n in numbers)


def _check_spans(path: str | Path, spans: list[tuple[tuple[int, int], str]], available: int) -> None:
    """Arrays must lie one after the other and fill the file: no byte twice, none left over."""
    at = 0
    for (first, last), name in spans:
        if first != at:
            _refuse(path, f"lies about {name!r}: it should begin at byte {at}, not {first}")
        at = last
    if at > available:
        _refuse(path, f"is cut off: {at} bytes of numbers are announced, and {available} are there")
    if at < available:
        _refuse(path, f"has {available - at} bytes behind its last array; it may be two files in one")


def _refuse(path: str | Path, why: str) -> NoReturn:
    raise CheckpointError(f"{path} {why}")

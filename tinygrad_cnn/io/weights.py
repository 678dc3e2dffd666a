"""Weights in safetensors files: a length, a header in JSON, then the numbers; nothing can be executed.

The header is checked here before the library reads the numbers, because the library accepts more than it
should: a name twice, and headers of any size. Files written here also carry a checksum, so that a damaged one
is refused. A file whose name ends in ``.npz`` is one of numpy's instead (`npz`).

Format: https://huggingface.co/docs/safetensors/index#format
"""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..core import Tensor
from ..errors import ArgumentError, CheckpointError, DtypeError, MissingPathError
from ..nn import Module
from ..nn.state import distinct
from .files import atomic_write
from .header import DTYPES, MAX_HEADER, METADATA, READ_AS, parse_header
from .npz import SUFFIX, read_npz, refuse_pickle, write_npz
from .strict_json import dumps

_CHECKSUM = "tinygrad_cnn.checksum"
_MARK = "crc32:"
_NAMES = {dtype: name for name, dtype in DTYPES.items()}


def save(path: str | Path, state_or_module: Any, metadata: Mapping[str, str] | None = None) -> None:
    """Save the arrays of a module or of a state dictionary; the same arrays give the same bytes.

    A parameter that a module has under several names is saved once, under the first of them.

    Args:
        path: the file, written atomically; ".safetensors" is its usual ending, ".npz" makes one of numpy's.
        state_or_module: anything with a `state_dict()`, or a mapping from names to tensors or arrays.
        metadata: texts to keep with the arrays; an ``.npz`` file has no place for them.

    Raises:
        ArgumentError: an entry that is no array, or metadata that is not text.
        DtypeError: an array of a type that the format has no name for.
        MissingPathError, SaveError: the file cannot be written; what was there is unchanged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Path(folder, "w.safetensors"), {"w": np.arange(3.0)})
    ...     load(Path(folder, "w.safetensors"))
    {'w': array([0., 1., 2.])}
    """
    arrays = _in_file_order(_state_of(state_or_module))
    if Path(path).suffix == SUFFIX:
        if metadata:
            raise ArgumentError(
                f"save: {path} cannot hold metadata, since .npz files have no place for it; use .safetensors"
            )
        write_npz(path, arrays)
        return
    header = _header_of(arrays, dict(metadata or {}))
    checksum = zlib.crc32(dumps(header).encode())
    for array in arrays.values():
        checksum = zlib.crc32(_bytes_of(array), checksum)
    header[METADATA][_CHECKSUM] = f"{_MARK}{checksum:08x}"
    text = dumps(header).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise ArgumentError(f"names and metadata take {len(text)} bytes; a file may have {MAX_HEADER}")

    def write(stream: BinaryIO) -> None:
        stream.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            stream.write(_bytes_of(array))

    atomic_write(path, write)


def load(path: str | Path) -> dict[str, np.ndarray]:
    """Load the arrays of a safetensors file, or of one whose name ends in ``.npz``.

    They are given in the types that they were stored in, float16 too; bfloat16, which numpy does not have,
    becomes float32. Both lose nothing, and `Module.load_state_dict` brings them to the types of the model.

    Raises:
        MissingPathError: there is no such file.
        CheckpointError: it is no such file, a damaged one, or one of `torch.save`, which is never unpickled;
            the message says what is wrong, and what can be done.

    >>> import tempfile
    >>> from tinygrad_cnn import nn
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Path(folder, "w.npz"), nn.Linear(2, 1))
    ...     sorted(load(Path(folder, "w.npz")))
    ['bias', 'weight']
    """
    return load_with_metadata(path)[0]


def load_metadata(path: str | Path) -> dict[str, str]:
    """Load the texts that `save` was given; raises what `load` raises."""
    return load_with_metadata(path)[1]


def load_with_metadata(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Load both, in one reading; raises what `load` raises."""
    content = _read(path)
    if Path(path).suffix == SUFFIX:
        return read_npz(path, content), {}
    _refuse_others(path, content)
    start, header = parse_header(path, content)
    metadata: dict[str, str] = dict(header.get(METADATA, {}))
    expected = metadata.pop(_CHECKSUM, None)
    if expected is None:  # another program's file, unless the damage is in the name of the checksum
        expected = next((text for text in metadata.values() if text.startswith(_MARK)), None)
    if expected is not None:
        plain = {**header, METADATA: metadata}
        found = zlib.crc32(memoryview(content)[start:], zlib.crc32(dumps(plain).encode()))
        if expected != f"{_MARK}{found:08x}":
            raise CheckpointError(
                f"{path} is damaged: its content does not fit its checksum; use another copy"
            )
    return _read_arrays(path, content, [name for name in header if name != METADATA]), metadata


def _read(path: str | Path) -> bytes:
    place = Path(path)
    if place.is_dir():
        raise CheckpointError(
            f"{path} is a folder; expected a file of weights, such as best.safetensors in it"
        )
    try:
        return place.read_bytes()
    except FileNotFoundError:
        raise MissingPathError(f"there is no file {path}; expected weights that were saved before") from None
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror or error}") from error


def _refuse_others(path: str | Path, content: bytes) -> None:
    """Name the other files that weights come in."""
    if content[:2] == b"\x80\x02" or (content[:4] == b"PK\x03\x04" and b"data.pkl" in content):
        refuse_pickle(path)
    if content[:4] == b"PK\x03\x04":
        raise CheckpointError(
            f"{path} is a zip file; if it holds arrays of numpy, give it a name that ends in .npz"
        )


def _state_of(state_or_module: Any) -> Any:
    if isinstance(state_or_module, Module):
        return distinct(state_or_module)
    return state_or_module.state_dict() if hasattr(state_or_module, "state_dict") else state_or_module


def _read_arrays(path: str | Path, content: bytes, names: list[str]) -> dict[str, np.ndarray]:
    """Read the numbers; the library gives the arrays in any order, here they come as in the header."""
    from safetensors import SafetensorError, deserialize

    try:
        entries = dict(deserialize(content))
    except SafetensorError as error:
        raise CheckpointError(f"{path} is no valid safetensors file: {error}") from error
    arrays = {}
    for name in names:
        entry = entries[name]
        flat = np.frombuffer(entry["data"], READ_AS[entry["dtype"]])
        if entry["dtype"] == "BF16":  # the upper half of a float32
            flat = (flat.astype(np.uint32) << 16).view(np.float32)
        arrays[name] = flat.reshape(entry["shape"]).astype(flat.dtype.type, copy=False)
    return arrays


def _in_file_order(state: Any) -> dict[str, np.ndarray]:
    """Give C-ordered little-endian arrays, the widest first: each begins at a multiple of its width."""
    if not isinstance(state, Mapping):
        raise ArgumentError(f"save expects a module or a dictionary of arrays, got {type(state).__name__}")
    arrays = {}
    for name, value in state.items():
        if not isinstance(name, str) or name == METADATA:
            raise ArgumentError(f"save: {name!r} cannot be the name of an array")
        arrays[name] = _storable(name, value.array if isinstance(value, Tensor) else value)
    return dict(sorted(arrays.items(), key=lambda item: (-item[1].itemsize, item[0])))


def _storable(name: str, value: Any) -> np.ndarray:
    if not isinstance(value, np.ndarray | np.generic):
        raise ArgumentError(f"save: {name} must be a tensor or an array, got {type(value).__name__}")
    little = np.asarray(value, order="C").astype(value.dtype.newbyteorder("<"), copy=False)
    if little.dtype not in _NAMES:
        raise DtypeError(
            f"save: {name} has dtype {value.dtype}; safetensors has {', '.join(map(str, _NAMES))}"
        )
    return little


def _header_of(arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> dict[str, Any]:
    if not all(isinstance(text, str) for pair in metadata.items() for text in pair):
        raise ArgumentError("save: metadata must be a dictionary of texts")
    header: dict[str, Any] = {METADATA: metadata}
    at = 0
    for name, array in arrays.items():
        ends = [at, at + array.nbytes]
        header[name] = {"dtype": _NAMES[array.dtype], "shape": list(array.shape), "data_offsets": ends}
        at = ends[1]
    return header


def _bytes_of(array: np.ndarray) -> memoryview:
    return array.reshape(-1).view(np.uint8).data

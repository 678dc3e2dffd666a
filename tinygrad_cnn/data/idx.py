"""The IDX format of MNIST and its relatives: a header with type and sizes, then the numbers, big end first.

    bytes 0, 1   zero
    byte 2       type: 08 uint8, 09 int8, 0B int16, 0C int32, 0D float32, 0E float64
    byte 3       number of dimensions d
    4 * d bytes  the sizes, uint32 each
    the rest     exactly product(sizes) numbers

The file may be gzipped, whatever its name. The header is believed only as far as the bytes bear it out: fewer
or more of them than it says is an error, and decompression never runs past what it says.

Source of the format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits" (1998).
"""

import math
import os
import struct
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Union

import numpy as np

from ..errors import DataError, DtypeError, MissingPathError, ShapeError
from ..io import atomic_write

if TYPE_CHECKING:
    from gzip import GzipFile

MAX_BYTES = 2**30

_TYPES: dict[int, np.dtype] = {
    0x08: np.dtype(np.uint8),
    0x09: np.dtype(np.int8),
    0x0B: np.dtype(np.int16),
    0x0C: np.dtype(np.int32),
    0x0D: np.dtype(np.float32),
    0x0E: np.dtype(np.float64),
}
_CODES = {dtype: code for code, dtype in _TYPES.items()}
_MOST_DIMENSIONS = 32
_CHUNK = 2**20

_Stream = Union[IO[bytes], "GzipFile"]


def read_idx(path: str | Path, *, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Reads a plain or gzipped IDX file into an array of the type and shape that its header states.

    Args:
        path: the file.
        max_bytes: a header that states more bytes of numbers than this is refused.

    Raises:
        MissingPathError: there is no such file.
        DataError: no IDX file, a damaged one, or one with fewer or more bytes than its header states.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "small.gz")
    ...     write_idx(path, np.arange(6, dtype=np.int16).reshape(2, 3))
    ...     read_idx(path)
    array([[0, 1, 2],
           [3, 4, 5]], dtype=int16)
    """
    path = Path(path)
    if not path.is_file():
        if path.is_dir():
            raise DataError(f"expected an IDX file; {path} is a folder")
        raise MissingPathError(f"there is no IDX file {path}")
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            return _read_zipped(path, raw, max_bytes) if zipped else _read_plain(path, raw, max_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {error}; fetch the file again") from error


def write_idx(path: str | Path, array: Any) -> None:
    """Writes an array as an IDX file, gzipped if the name ends in .gz; equal arrays give equal bytes.

    The file appears whole or not at all: it is written beside its place and moved there at the end.

    Args:
        path: the file to write; one that is there is replaced.
        array: uint8, int8, int16, int32, float32 or float64, with 1 to 32 dimensions.

    Raises:
        DtypeError: another type.
        ShapeError: no dimension, or more than 32, or a size of 2**32 and above.
    """
    path, array = Path(path), np.asarray(array)
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None:
        raise DtypeError(
            f"IDX holds uint8, int8, int16, int32, float32, float64; got {array.dtype}: convert it"
        )
    if not 1 <= array.ndim <= _MOST_DIMENSIONS or max(array.shape) >= 2**32:
        raise ShapeError(f"IDX holds 1 to {_MOST_DIMENSIONS} sizes below 2**32; got shape {array.shape}")
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    content = header + array.astype(array.dtype.newbyteorder(">")).tobytes()
    if path.suffix.lower() == ".gz":
        import gzip

        content = gzip.compress(content, compresslevel=9, mtime=0)
    atomic_write(path, content)


def _read_plain(path: Path, raw: IO[bytes], max_bytes: int) -> np.ndarray:
    dtype, sizes = _read_header(path, raw, max_bytes)
    there = os.fstat(raw.fileno()).st_size - raw.tell()
    if there != _count_bytes(dtype, sizes):
        raise _wrong_length(path, dtype, sizes, f"{there:,} bytes")
    return _read_numbers(path, raw, dtype, sizes)


def _read_zipped(path: Path, raw: IO[bytes], max_bytes: int) -> np.ndarray:
    import gzip

    with gzip.GzipFile(fileobj=raw) as stream:
        dtype, sizes = _read_header(path, stream, max_bytes)
        return _read_numbers(path, stream, dtype, sizes)


def _read_header(path: Path, stream: _Stream, max_bytes: int) -> tuple[np.dtype, tuple[int, ...]]:
    magic = stream.read(4)
    known = len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in _TYPES
    if not known or not 1 <= magic[3] <= _MOST_DIMENSIONS:
        raise DataError(f"{path} is no IDX file: expected 00 00, a type and a count; got {magic.hex(' ')}")
    dtype, dimensions = _TYPES[magic[2]], magic[3]
    packed = stream.read(4 * dimensions)
    if len(packed) < 4 * dimensions:
        raise DataError(f"{path} ends inside of its header, before its {dimensions} sizes; fetch it again")
    sizes = struct.unpack(f">{dimensions}I", packed)
    stated = dtype.itemsize * math.prod(max(size, 1) for size in sizes)  # numpy counts empty shapes so, too
    if stated > max_bytes:
        raise DataError(
            f"{path} states {_times(sizes)} numbers of {dtype.itemsize} bytes, and the limit is "
            f"{max_bytes:,} bytes; fetch the file again, or, if it is meant to be so large, "
            f"read it in Python with read_idx(path, max_bytes={stated})"
        )
    return dtype, sizes


def _read_numbers(path: Path, stream: _Stream, dtype: np.dtype, sizes: tuple[int, ...]) -> np.ndarray:
    expected = _count_bytes(dtype, sizes)
    content = bytearray()  # grows with the bytes that are really there, not with what the header states
    while len(content) < expected and (chunk := stream.read(min(_CHUNK, expected - len(content)))):
        content += chunk
    if len(content) < expected:
        raise _wrong_length(path, dtype, sizes, f"{len(content):,} bytes")
    if stream.read(1):  # at the end of a gzip stream this also compares its check sum
        raise _wrong_length(path, dtype, sizes, "more")
    return np.frombuffer(content, dtype.newbyteorder(">")).reshape(sizes).astype(dtype, copy=False)


def _count_bytes(dtype: np.dtype, sizes: tuple[int, ...]) -> int:
    return dtype.itemsize * math.prod(sizes)


def _wrong_length(path: Path, dtype: np.dtype, sizes: tuple[int, ...], got: str) -> DataError:
    return DataError(
        f"{path} states {_times(sizes)} numbers of type {dtype}, {_count_bytes(dtype, sizes):,} bytes; "
        f"it holds {got}: fetch the file again"
    )


def _times(sizes: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in sizes)

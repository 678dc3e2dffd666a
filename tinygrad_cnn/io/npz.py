"""Arrays in an ``.npz`` file: a zip of ``.npy`` files, which numpy reads and writes, too.

Such a file may come from anywhere. No entry is pickled or unpickled. What an entry says of itself (type,
shape, size) is checked before memory is taken for it, and how much all of them may unpack to is limited, so
that a small file cannot fill the memory.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import io
import math
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import numpy as np

from ..errors import CheckpointError
from .files import atomic_write

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

SUFFIX = ".npz"
MOST_ENTRIES = 100_000
MOST_TIMES = 100  # what entries may unpack to, by the size of the file, if that is more than `FREE` bytes
FREE = 2**30
KINDS = "biuf"
_HEADER = 16_384  # bytes in which the header of an entry has to end
_WHEN = (1980, 1, 1, 0, 0, 0)  # no time of day, so that the same arrays give the same bytes


def write_npz(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays into an ``.npz`` file, atomically; the same arrays give the same bytes."""
    from zipfile import ZipFile, ZipInfo

    def write(stream: BinaryIO) -> None:
        with ZipFile(stream, "w") as file:
            for name in sorted(arrays):
                with file.open(ZipInfo(f"{name}.npy", _WHEN), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, arrays[name], allow_pickle=False)

    atomic_write(path, write)


def read_npz(path: str | Path, content: bytes) -> dict[str, np.ndarray]:
    """Read all arrays of an ``.npz`` file.

    Raises:
        CheckpointError: it is none, a damaged one, or one with other things than arrays of numbers in it.
    """
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(io.BytesIO(content)) as file:
            entries = file.infolist()
            _check_names(path, [entry.filename for entry in entries])
            _check_total(path, sum(entry.file_size for entry in entries), len(content))
            return {e.filename.removesuffix(".npy"): _read_entry(path, file, e) for e in entries}
    except (BadZipFile, EOFError, zlib.error, struct.error, NotImplementedError, UnicodeError) as error:
        raise CheckpointError(f"{path} is no valid .npz file: {error}; use another copy") from error
    except (RuntimeError, ValueError, OverflowError, OSError) as error:  # encrypted; a header that is none
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f"{path} cannot be read: {error}") from error


def _check_names(path: str | Path, names: list[str]) -> None:
    if any(name.endswith("data.pkl") for name in names):
        refuse_pickle(path)
    if len(names) > MOST_ENTRIES:
        _refuse(path, f"has {len(names)} entries; more than {MOST_ENTRIES} are not read")
    other = next((name for name in names if not name.endswith(".npy")), None)
    if other is not None:
        _refuse(path, f"holds {other[:60]!r}, which is no array; expected names that end in .npy")
    twice = (
        next((name for name in names if names.count(name) > 1), None)
        if len(set(names)) < len(names)
        else None
    )
    if twice is not None:
        _refuse(path, f"holds {twice[:60]!r} twice")


def _check_total(path: str | Path, total: int, size: int) -> None:
    most = max(FREE, MOST_TIMES * size)
    if total > most:
        _refuse(
            path,
            f"has {size} bytes and says that it unpacks to {total}; more than {most} are not read, "
            "use numpy.load if you trust it",
        )


def _read_entry(path: str | Path, file: "ZipFile", entry: "ZipInfo") -> np.ndarray:
    """Check the header of one entry against its size, then read it."""
    with file.open(entry) as stream:
        head = io.BytesIO(stream.read(min(entry.file_size, _HEADER)))
        shape, by_column, dtype = _header_of(path, entry, head)
        rest = head.read() + stream.read()
    array = np.frombuffer(rest, dtype).astype(dtype.newbyteorder("="))
    return np.array(array.reshape(shape[::-1]).T if by_column else array.reshape(shape), order="C", copy=None)


def _header_of(
    path: str | Path, entry: "ZipInfo", head: io.BytesIO
) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Read shape, order and dtype of an entry, and hold them against its size."""
    name = entry.filename[:60]
    try:
        version = np.lib.format.read_magic(head)
        read = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}[version[0]]
        shape, by_column, dtype = read(head, max_header_size=_HEADER)
    except Exception as error:  # of a damaged header, about anything, SyntaxError included
        raise CheckpointError(f"{path} holds {name!r}, which is no array of numpy: {error}") from error
    if dtype.hasobject:
        _refuse(path, f"holds Python objects in {name!r}, which are never unpickled; expected numbers")
    if dtype.kind not in KINDS:
        _refuse(path, f"holds {dtype} in {name!r}; expected floats, integers or booleans")
    size, there = math.prod(shape) * dtype.itemsize, entry.file_size - head.tell()
    if size != there or min(shape, default=0) < 0 or max(shape, default=0) >= 2**48:
        _refuse(path, f"lies about {name!r}: {shape} of {dtype} take {size} bytes, and {there} are there")
    return shape, by_column, dtype


def refuse_pickle(path: str | Path) -> NoReturn:
    """Say how the weights get out of a file that `torch.save` has written."""
    raise CheckpointError(
        f"{path} was written by torch.save: it is pickled, and reading it could run any code; convert it "
        "where PyTorch is installed: safetensors.torch.save_file(torch.load(file, weights_only=True), "
        "'weights.safetensors')"
    )


def _refuse(path: str | Path, why: str) -> NoReturn:
    raise CheckpointError(f"{path} {why}")

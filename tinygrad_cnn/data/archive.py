"""A few files by name out of a folder, or out of a .tar or .tar.gz that is never unpacked onto the disk.

An archive comes from outside. It is read as a stream, once: the size that a header states is checked before
any of it is kept, what is not wanted is passed over without being kept, and the whole stream has a limit, so
that a small file cannot grow into an endless one. Nothing is written, so the names in it can do no harm.

    a header of 512 bytes: 0 name (100), 124 size in octal (12), 148 check sum in octal (8), 156 type (1)
    the file, filled up to whole blocks of 512 bytes; at the end of the archive, blocks of zeros
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Union

from ..errors import DataError

if TYPE_CHECKING:
    from gzip import GzipFile

MAX_STREAM = 2**31
_BLOCK = 512
_CHUNK = 2**20
_MOST_MEMBERS = 10_000
_PLAIN = (b"0", b"\0")

Check = Callable[[Path, int], None]
_Stream = Union[IO[bytes], "GzipFile"]


def read_files(place: Path, wanted: Mapping[str, Check]) -> dict[str, bytes]:
    """The bytes of those wanted files that are there, by name.

    Args:
        place: a folder, or an archive, in which folders do not matter.
        wanted: for each name a function that is given the file's path and its size before anything is read,
            and raises for a size that cannot be right.

    Raises:
        DataError: a file that cannot be read, a damaged archive, or one with a wanted file twice.
    """
    try:
        return _from_folder(place, wanted) if place.is_dir() else _from_archive(place, wanted)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{place} cannot be read: {error}; fetch it again") from error


def _from_folder(folder: Path, wanted: Mapping[str, Check]) -> dict[str, bytes]:
    paths = {name: folder / name for name in wanted if (folder / name).is_file()}
    for name, path in paths.items():
        wanted[name](path, path.stat().st_size)
    return {name: path.read_bytes() for name, path in paths.items()}


def _from_archive(path: Path, wanted: Mapping[str, Check]) -> dict[str, bytes]:
    from gzip import GzipFile

    found: dict[str, bytes] = {}
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        with GzipFile(fileobj=raw) if zipped else raw as stream:
            for name, size in _headers(path, stream):
                if name in found:
                    raise DataError(f"{path} holds {name} twice; which one is meant cannot be known")
                if name in wanted:
                    wanted[name](path / name, size)
                    found[name] = _exactly(path, stream, size)
                    _pass_over(path, stream, -size % _BLOCK)
                else:
                    _pass_over(path, stream, size + -size % _BLOCK)
            while stream.read(_CHUNK):  # the check sum of a gzip stream is compared at its end
                _within(path, stream)
    return found


def _headers(path: Path, stream: _Stream) -> Iterator[tuple[str, int]]:
    """Name and size of each member; a name is given for files only, and the reader takes their bytes."""
    for _ in range(_MOST_MEMBERS):
        _within(path, stream)
        header = stream.read(_BLOCK)
        if header.strip(b"\0") == b"":
            return
        size = _size(header)
        if size is None:
            raise DataError(
                f"{path} is no archive that can be read, .tar or .tar.gz, or is damaged; fetch it again"
            )
        name = header[:100].split(b"\0")[0].decode("utf-8", "replace")
        yield (PurePosixPath(name).name if header[156:157] in _PLAIN else ""), size
    raise DataError(f"{path} holds more than {_MOST_MEMBERS:,} files; expected an archive of a few")


def _size(header: bytes) -> int | None:
    """The size that a header states, or None if it is no header."""
    try:
        stated = int(header[148:156].strip(b"\0 "), 8)
        size = int(header[124:136].strip(b"\0 ") or b"0", 8)
    except ValueError:
        return None
    blank = header[:148] + b" " * 8 + header[156:]
    return size if len(header) == _BLOCK and sum(blank) == stated and size >= 0 else None


def _exactly(path: Path, stream: _Stream, size: int) -> bytes:
    content = bytearray()  # grows with the bytes that are really there
    while len(content) < size and (chunk := stream.read(min(_CHUNK, size - len(content)))):
        content += chunk
    if len(content) < size:
        raise DataError(f"{path} ends inside of one of its files; fetch it again")
    return bytes(content)


def _pass_over(path: Path, stream: _Stream, size: int) -> None:
    while size > 0:
        _within(path, stream)
        chunk = stream.read(min(_CHUNK, size))
        if not chunk:
            raise DataError(f"{path} ends inside of one of its files; fetch it again")
        size -= len(chunk)


def _within(path: Path, stream: _Stream) -> None:
    if stream.tell() > MAX_STREAM:
        raise DataError(f"{path} holds more than {MAX_STREAM:,} bytes; expected an archive of a few files")

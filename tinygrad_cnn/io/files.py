"""A file is written beside its place and moved there when it is complete, so nobody ever sees half of one.

Whatever goes wrong on the way (a full disk, no permission, Ctrl-C, a killed process), the file that was there
before stays.
"""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from ..errors import CnnError, MissingPathError

_PREFIX = ".saving-"
_SUFFIX = ".part"


class SaveError(CnnError, OSError):
    """A file that could not be written; the message says that nothing saved before was lost."""


def atomic_write(path: str | Path, content: bytes | str | Callable[[BinaryIO], object]) -> None:
    """Write a file so that it has either its old content or all of the new one, at any moment.

    Args:
        path: the file; its folder must exist.
        content: bytes, text (stored as UTF-8 with the line ends that it has), or a function that writes to a
            binary stream.

    Raises:
        MissingPathError: there is no such folder.
        SaveError: the system refused to write; the file is as it was before.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     atomic_write(Path(folder, "notes.txt"), "all of it")
    ...     Path(folder, "notes.txt").read_text()
    'all of it'
    """
    place = Path(os.path.realpath(path))  # a link stays a link: what it points to is replaced
    if not place.parent.is_dir():
        raise MissingPathError(f"cannot save {path}: there is no folder {place.parent}; create it first")
    part = place.with_name(f"{_PREFIX}{secrets.token_hex(6)}{_SUFFIX}")
    try:
        _write_through(part, content)
        part.replace(place)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError) and not isinstance(error, CnnError):
            raise _save_error(path, place, error) from error
        raise
    _sync_folder(place.parent)


def remove_leftovers(folder: str | Path) -> None:
    """Delete what a killed process left unfinished in a folder that nobody else is writing to."""
    for part in Path(folder).glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            part.unlink()


def _write_through(part: Path, content: bytes | str | Callable[[BinaryIO], object]) -> None:
    """Write a new file and wait for the disk: otherwise a power cut could leave a moved, empty file."""
    with part.open("xb") as stream:
        if callable(content):
            content(stream)
        else:
            stream.write(content.encode() if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())


def _save_error(path: str | Path, place: Path, error: OSError) -> SaveError:
    kept = "the file that was there before is unchanged" if place.is_file() else "no half file was left"
    advice = "make room or choose another place, and save again"
    raised = SaveError(f"could not save {path}: {error.strerror or error}; {kept}; {advice}")
    raised.errno = error.errno
    return raised


def _sync_folder(folder: Path) -> None:
    """Make the move itself last; Windows has no way to flush a folder, and needs none."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Decoded pictures kept, in memory up to a limit and, if wanted, on the disk, so that each is decoded once.

What is kept is what the file holds at its size and mode, before any transform, and it cannot be written to:
an augmentation never reaches it. It is known by the file's path, its time of change, its length and the
settings, so that a file that is replaced is decoded anew.
"""

import hashlib
import io
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import ArgumentError, DataError
from ..io import SaveError, atomic_write
from .pictures import PictureMode, read_pixels

_DTYPES = (np.dtype(np.uint8), np.dtype(np.float32))


class PictureCache:
    """Gives the pixels of picture files, decoded now or kept from an earlier time.

    Args:
        megabytes: how much is kept in memory; what comes when it is full is not kept, so that every epoch
            finds the same pictures there.
        folder: a folder for what is decoded, made if it is not there; None keeps nothing on the disk. It may
            be shared by several programs, and be removed at any time; it is never cleared by itself.

    Raises:
        ArgumentError: a size below 0.
        DataError: `folder` is a file, or cannot be made.

    >>> import tempfile, PIL.Image
    >>> with tempfile.TemporaryDirectory() as place:
    ...     PIL.Image.new("RGB", (4, 2), "red").save(Path(place, "red.png"))
    ...     cache = PictureCache(megabytes=1, folder=Path(place, "cache"))
    ...     first = cache.pixels(Path(place, "red.png"), (2, 2), "RGB", 1000)
    ...     first is cache.pixels(Path(place, "red.png"), (2, 2), "RGB", 1000), first.flags.writeable
    (True, False)
    """

    def __init__(self, megabytes: float = 256, folder: str | Path | None = None):
        if not 0 <= megabytes < float("inf"):
            raise ArgumentError(f"a cache expects megabytes as a number from 0 up; got {megabytes}")
        self._kept: dict[str, tuple[bytes, np.ndarray]] = {}
        self._room = int(megabytes * 2**20)
        self._lock = threading.Lock()
        self.folder = None if folder is None else _made(Path(folder))

    def __len__(self) -> int:
        """The number of pictures in memory."""
        return len(self._kept)

    def pixels(
        self, path: str | Path, size: tuple[int, int] | None, mode: PictureMode, max_pixels: int
    ) -> np.ndarray:
        """What `read_pixels` gives, read-only.

        Raises:
            MissingPathError, DataError: as `read_pixels`.
        """
        name = str(path)
        key = _key(path, size, mode, max_pixels)
        kept = self._kept.get(name)
        if kept is not None and kept[0] == key:
            return kept[1]
        pixels = None if key is None else self._stored(key, size, mode)
        if pixels is None:
            pixels = read_pixels(path, size, mode, max_pixels=max_pixels)
            if key is not None:
                self._store(key, pixels)
        pixels.flags.writeable = False
        if key is not None:
            self._keep(name, key, pixels)
        return pixels

    def _keep(self, name: str, key: bytes, pixels: np.ndarray) -> None:
        with self._lock:
            old = self._kept.get(name)
            room = self._room + (0 if old is None else old[1].nbytes)
            if (old is None or old[0] != key) and pixels.nbytes <= room:
                self._kept[name] = key, pixels
                self._room = room - pixels.nbytes

    def _stored(self, key: bytes, size: tuple[int, int] | None, mode: str) -> np.ndarray | None:
        """The picture from the disk; a damaged file there counts as none, and is written anew."""
        if self.folder is None:
            return None
        with suppress(OSError, ValueError, EOFError):
            content = self._place(key).read_bytes()
            kept, check = content[:-32], content[-32:]
            if hashlib.sha256(kept).digest() == check:
                pixels = np.load(io.BytesIO(kept), allow_pickle=False)
                right_shape = pixels.ndim == 3 and pixels.shape[0] == (3 if mode == "RGB" else 1)
                if right_shape and pixels.dtype in _DTYPES and size in (None, pixels.shape[1:]):
                    return pixels
        return None

    def _store(self, key: bytes, pixels: np.ndarray) -> None:
        if self.folder is None:
            return
        content = io.BytesIO()
        np.save(content, pixels, allow_pickle=False)
        kept = content.getvalue()
        place = self._place(key)
        with suppress(SaveError, OSError):  # a full disk makes it slow, and not wrong
            place.parent.mkdir(exist_ok=True)
            atomic_write(place, kept + hashlib.sha256(kept).digest())

    def _place(self, key: bytes) -> Path:
        assert self.folder is not None
        name = key.hex()
        return self.folder / name[:2] / f"{name[2:]}.pixels"


def _key(path: str | Path, size: tuple[int, int] | None, mode: str, max_pixels: int) -> bytes | None:
    """What a decoded picture depends on; None for a file that is not there."""
    import PIL

    try:
        found = Path(path).stat()
    except OSError:
        return None
    parts = (
        str(Path(path).absolute()),
        found.st_mtime_ns,
        found.st_size,
        size,
        mode,
        max_pixels,
        PIL.__version__,
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).digest()


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"the folder {folder} for decoded pictures cannot be made: {error.strerror}"
        ) from error
    return folder

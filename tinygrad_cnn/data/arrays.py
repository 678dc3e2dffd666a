"""Array files of numpy, .npy and .npz, as a data set; large ones stay on the disk until they are asked for.

An array file comes from outside. Its header is read first, and believed only as far as the bytes bear it out:
a type that would run code when it is read (Python objects), a size that the file does not have, or one above
the limit is refused before any memory is taken.
"""

import math
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import ArgumentError, CnnError, DataError, MissingPathError
from .stored import Stored
from .transforms import Transform

if TYPE_CHECKING:
    from zipfile import ZipFile

MAX_BYTES = 2**32
_MAPPED = 2**27

Layout = Literal["NCHW", "NHWC", "NHW"]


class ArrayFiles(Stored):
    """x and y from two .npy files, or from one .npz: `[i]` is (x[i] / scale as float32, y[i]).

    A .npy file above 128 MiB is mapped into memory: only the samples that are asked for are read. A .npz
    cannot be mapped and is read as a whole.

    Args:
        x: the .npy file of samples, first axis N, or a .npz that holds `keys`.
        y: the .npy file of labels; None for none, or where x is a .npz.
        keys: the names of x and y in a .npz; without the second, samples have no labels.
        layout: how x is stored: "NHWC" and "NHW" become (C, H, W) samples; None takes them as they are.
        scale: the stored value that becomes 1.0; None means 255 for uint8 and 1 for the other types.
        transform: called as `transform(x, rng)` on every x.
        max_bytes: an array in a .npz, or a .npy of labels, above this is refused.

    Attributes:
        images: x as it is stored, samples first; labels: y, with whole numbers as int64; targets: y where it
            is one whole number a sample.

    Raises:
        MissingPathError: there is no such file, or no such name in a .npz.
        DataError: no array file, a damaged one, Python objects or other things than numbers, or another
            number of labels than of samples.
        ArgumentError: a file of labels beside a .npz, or an unknown layout.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "set.npz")
    ...     np.savez(path, x=np.full((5, 8, 6, 3), 255, np.uint8), y=[0, 1, 0, 1, 1])
    ...     data = ArrayFiles(path, layout="NHWC")
    >>> len(data), data[0][0].shape, data[0][0].max(), data.targets
    (5, (3, 8, 6), np.float32(1.0), array([0, 1, 0, 1, 1]))
    """

    def __init__(
        self,
        x: str | Path,
        y: str | Path | None = None,
        *,
        keys: tuple[str, str] | tuple[str] = ("x", "y"),
        layout: Layout | None = None,
        scale: float | None = None,
        transform: Transform | None = None,
        max_bytes: int = MAX_BYTES,
    ):
        from zipfile import is_zipfile

        if is_zipfile(x):
            if y is not None:
                raise ArgumentError(
                    f"{x} is a .npz, which holds x and y; leave out {y}, or name them by keys"
                )
            samples, labels = _both(Path(x), keys, max_bytes)
        else:
            samples = read_npy(x, max_bytes=None)
            labels = None if y is None else read_npy(y, max_bytes=max_bytes)
        if labels is not None and (labels.ndim == 0 or len(labels) != len(samples)):
            raise DataError(
                f"x of {x} holds {len(samples)} samples and y has shape {labels.shape}; "
                "expected one label a sample"
            )
        if labels is not None and labels.ndim == 1 and labels.dtype.kind in "iub":
            labels = labels.astype(np.int64)
        super().__init__(_samples_first(samples, layout, x), labels, scale=scale, transform=transform)

    def __repr__(self) -> str:
        return f"ArrayFiles({self.images.dtype} {self.images.shape}, {len(self.classes)} classes)"


def read_npy(path: str | Path, *, max_bytes: int | None = MAX_BYTES) -> np.ndarray:
    """Reads a .npy file of numbers, or maps it into memory if it is large; Python objects are refused.

    Args:
        path: the file.
        max_bytes: more than this is refused; None takes any size, since large files are mapped.

    Raises:
        MissingPathError: there is no such file.
        DataError: no .npy file, a damaged one, or one of other things than numbers.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "x.npy")
    ...     np.save(path, np.arange(3))
    ...     read_npy(path)
    array([0, 1, 2])
    """
    path = Path(path)
    if not path.is_file():
        if path.is_dir():
            raise DataError(f"expected a .npy or .npz file; {path} is a folder")
        raise MissingPathError(f"there is no array file {path}")
    try:
        with path.open("rb") as stream:
            size = _stated(str(path), stream, os.fstat(stream.fileno()).st_size, max_bytes)
        mapped: Literal["r"] | None = "r" if size > _MAPPED else None
        return np.asarray(np.load(path, mmap_mode=mapped, allow_pickle=False))
    except (OSError, EOFError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read: {error}; make it again with np.save") from error


def _both(path: Path, keys: Any, max_bytes: int) -> tuple[np.ndarray, np.ndarray | None]:
    if isinstance(keys, str) or not 1 <= len(keys) <= 2 or not all(isinstance(key, str) for key in keys):
        raise ArgumentError(f"keys must be the names of x and y in the .npz, as in ('x', 'y'); got {keys!r}")
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            found = [_member(path, archive, key, max_bytes) for key in keys]
    except CnnError:
        raise
    except Exception as error:  # a damaged archive makes zipfile raise about anything, UnicodeError included
        raise DataError(f"{path} cannot be read: {error}; make it again with np.savez") from error
    return found[0], found[1] if len(found) == 2 else None


def _member(path: Path, archive: "ZipFile", key: str, max_bytes: int) -> np.ndarray:
    names = archive.namelist()
    if f"{key}.npy" not in names:
        there = ", ".join(name.removesuffix(".npy") for name in names[:10]) or "nothing"
        raise MissingPathError(f"{path} holds no array {key!r}; it holds {there}: name them with keys=(x, y)")
    info = archive.getinfo(f"{key}.npy")
    what = f"{path}, array {key!r},"
    with archive.open(info) as stream:
        _stated(what, stream, info.file_size, max_bytes)
    with archive.open(info) as stream:
        try:
            return np.lib.format.read_array(stream, allow_pickle=False)
        except ValueError as error:
            raise DataError(f"{what} cannot be read: {error}; make it again with np.savez") from error


def _stated(what: str, stream: IO[bytes], length: int, max_bytes: int | None) -> int:
    """The bytes of numbers that a header states, checked against the length of the file and the limit."""
    try:
        version = np.lib.format.read_magic(stream)
        reader = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}[version[0]]
        shape, _, dtype = reader(stream)
    except Exception as error:  # a damaged header makes numpy raise about anything, SyntaxError included
        raise DataError(f"{what} is no .npy array, or is damaged: {error}") from error
    if dtype.kind not in "biuf":
        raise DataError(f"{what} holds {dtype}; expected numbers: save x and y as arrays of numbers")
    if min(shape, default=0) < 0 or math.prod(max(size, 1) for size in shape) >= 2**60:
        raise DataError(f"{what} states the impossible shape {shape}; make it again")
    stated = dtype.itemsize * math.prod(shape)
    there = length - stream.tell()
    if stated != there:
        raise DataError(f"{what} states {stated:,} bytes of numbers and holds {there:,}; make it again")
    if max_bytes is not None and stated > max_bytes:
        raise DataError(f"{what} states {stated:,} bytes, and the limit is {max_bytes:,}; raise max_bytes")
    return stated


def _samples_first(x: np.ndarray, layout: Any, path: str | Path) -> np.ndarray:
    dimensions = {"NCHW": 4, "NHWC": 4, "NHW": 3, None: None}
    if layout not in dimensions:
        raise ArgumentError(f"layout must be 'NCHW', 'NHWC', 'NHW' or None; got {layout!r}")
    if x.ndim == 0 or (layout is not None and x.ndim != dimensions[layout]):
        raise DataError(
            f"x of {path} has shape {x.shape}; expected {layout or 'samples along the first axis'}"
        )
    if layout == "NHW":
        return x[:, None]
    return x.transpose(0, 3, 1, 2) if layout == "NHWC" else x

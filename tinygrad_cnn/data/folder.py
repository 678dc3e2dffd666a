"""A folder of pictures is a data set: one folder a class, and the folder's name is the class."""

import os
import threading
from pathlib import Path

import numpy as np

from ..errors import DataError, MissingPathError
from .dataset import Dataset, Sample
from .pictures import MAX_PIXELS, PictureMode, as_size, read_pixels, to_float
from .transforms import Transform

EXTENSIONS = frozenset(
    [".avif", ".bmp", ".dib", ".gif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".mpo"]
    + [".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"]
)


class ImageFolder(Dataset):
    """Pictures below `root/<class>/`, at any depth; `[i]` is (float32 (C, H, W) from 0 to 1, label).

    Classes are the folders' names, sorted; pictures are sorted by path. Hidden files and folders, and files
    whose ending is not a picture's, are left out (the latter are listed in `skipped`).

    Args:
        root: the folder that holds one folder a class.
        size: (H, W) in pixels that every picture is resized to, or one number for a square; None keeps the
            sizes.
        transform: called as `transform(x, rng)` on every picture, after the resizing.
        mode: "RGB" for three channels, "L" for one (grey).
        max_pixels: a picture with more pixels than this is refused before it is decoded.
        cache_megabytes: decoded pictures are kept in memory up to this much, so that later epochs read no
            files.

    Attributes:
        classes: class names; class_to_idx: name to label; samples: (path, label) pairs; targets: int64 labels
            (N,).

    Raises:
        MissingPathError: there is no such folder.
        DataError: a file instead of a folder, no class folders, no pictures, or a class without pictures.

    >>> import tempfile, pathlib, PIL.Image
    >>> with tempfile.TemporaryDirectory() as root:
    ...     for name in ("dog", "cat"):
    ...         pathlib.Path(root, name).mkdir()
    ...         PIL.Image.new("RGB", (8, 6)).save(pathlib.Path(root, name, "one.png"))
    ...     data = ImageFolder(root, size=(3, 4))
    ...     x, label = data[1]
    >>> data.classes, x.shape, label
    (['cat', 'dog'], (3, 3, 4), 1)
    """

    def __init__(
        self,
        root: str | Path,
        size: int | tuple[int, int] | None = None,
        transform: Transform | None = None,
        *,
        mode: PictureMode = "RGB",
        max_pixels: int = MAX_PIXELS,
        cache_megabytes: float = 256,
    ):
        self.root = Path(root)
        self.size = None if size is None else as_size(size)
        self.transform = transform
        self.mode: PictureMode = mode
        self.max_pixels = max_pixels
        self.classes = _class_names(self.root)
        self.class_to_idx = {name: label for label, name in enumerate(self.classes)}
        self.samples, self.skipped = _find_samples(self.root, self.classes)
        self.targets = np.array([label for _, label in self.samples], dtype=np.int64)
        self._cache: dict[int, np.ndarray] = {}
        self._cache_room = int(cache_megabytes * 2**20)
        self._cache_lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.samples)

    def load(self, index: int) -> Sample:
        pixels = self._cache.get(index)
        if pixels is None:
            pixels = read_pixels(self.samples[index][0], self.size, self.mode, max_pixels=self.max_pixels)
            self._keep(index, pixels)
        return to_float(pixels), self.samples[index][1]

    def describe(self, index: int) -> str:
        return self.samples[index][0]

    def _keep(self, index: int, pixels: np.ndarray) -> None:
        with self._cache_lock:
            if index not in self._cache and pixels.nbytes <= self._cache_room:
                pixels.flags.writeable = False
                self._cache[index] = pixels
                self._cache_room -= pixels.nbytes

    def __repr__(self) -> str:
        return f"ImageFolder({str(self.root)!r}, {len(self)} pictures, {len(self.classes)} classes)"


def _class_names(root: Path) -> list[str]:
    if not root.is_dir():
        if root.exists():
            raise DataError(f"expected a folder that holds one folder a class; {root} is a file")
        raise MissingPathError(f"there is no folder {root}; expected one that holds a folder for each class")
    entries = [entry for entry in root.iterdir() if not entry.name.startswith(".")]
    names = sorted(entry.name for entry in entries if entry.is_dir())
    if not names:
        loose = sum(_is_picture(entry.name) for entry in entries)
        found = f"it holds {loose} pictures directly" if loose else "it holds none"
        raise DataError(f"expected one folder of pictures a class in {root}, as in {root / 'cat'}; {found}")
    return names


def _find_samples(root: Path, classes: list[str]) -> tuple[list[tuple[str, int]], list[str]]:
    samples: list[tuple[str, int]] = []
    skipped: list[str] = []
    empty = []
    for label, name in enumerate(classes):
        files = _visible_files(root / name)
        pictures = [path for path in files if _is_picture(path)]
        skipped += [path for path in files if not _is_picture(path)]
        samples += [(path, label) for path in pictures]
        if not pictures:
            empty.append(name)
    if empty:
        raise DataError(_nothing_in(root, empty, everything=not samples, skipped=skipped))
    return samples, skipped


def _nothing_in(root: Path, empty: list[str], everything: bool, skipped: list[str]) -> str:
    places = ", ".join(str(root / name) for name in empty)
    other = f" ({len(skipped)} other files, such as {skipped[0]})" if skipped else ""
    if everything:
        return f"there are no pictures in {root}: looked in {places}{other}; expected .png, .jpg or the like"
    return f"a class has no pictures: {places}{other}; add pictures, or remove the folder"


def _visible_files(folder: Path) -> list[str]:
    """All files below a folder, sorted by path; a folder that links lead to twice is read once."""
    seen: set[Path] = set()
    files: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=True):
        real = Path(place).resolve()
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        if real not in seen:
            files += [Path(place, name) for name in names if not name.startswith(".")]
        seen.add(real)
    return [str(path) for path in sorted(files, key=lambda path: path.parts)]


def _is_picture(name: str) -> bool:
    return Path(name).suffix.lower() in EXTENSIONS

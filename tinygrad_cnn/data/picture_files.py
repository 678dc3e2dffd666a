"""Picture files as samples: what folders and lists of pictures have in common."""

import os
from pathlib import Path

import numpy as np

from .cache import PictureCache
from .dataset import Dataset, Sample
from .pictures import MAX_PIXELS, PictureMode, as_size, to_float
from .transforms import Transform

EXTENSIONS = frozenset(
    [".avif", ".bmp", ".dib", ".gif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".mpo"]
    + [".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"]
)


class PictureFiles(Dataset):
    """Picture files in order: `[i]` is (float32 (C, H, W) from 0 to 1, label), or (x,) without labels.

    `paths` are the files; `targets` the labels, int64 (N,), or None.
    """

    def __init__(
        self,
        paths: list[str],
        labels: list[int] | None,
        size: int | tuple[int, int] | None,
        transform: Transform | None,
        mode: PictureMode,
        max_pixels: int = MAX_PIXELS,
        cache_megabytes: float = 256,
        cache_folder: str | Path | None = None,
    ):
        self.paths = paths
        self.targets = None if labels is None else np.array(labels, dtype=np.int64)
        self.size = None if size is None else as_size(size)
        self.transform = transform
        self.mode: PictureMode = mode
        self.max_pixels = max_pixels
        self.cache = PictureCache(cache_megabytes, cache_folder)

    def __len__(self) -> int:
        return len(self.paths)

    def load(self, index: int) -> Sample:
        pixels = self.cache.pixels(self.paths[index], self.size, self.mode, self.max_pixels)
        x = to_float(pixels) if pixels.dtype == np.uint8 else pixels.copy()  # never what the cache holds
        return (x,) if self.targets is None else (x, int(self.targets[index]))

    def describe(self, index: int) -> str:
        return self.paths[index]


def visible_files(folder: Path) -> list[str]:
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


def is_picture(name: str) -> bool:
    """Whether the ending of a file's name is that of a picture."""
    return Path(name).suffix.lower() in EXTENSIONS

"""IDX files as a data set of pictures (MNIST and its relatives), kept in memory as they are stored."""

from pathlib import Path

import numpy as np

from ..errors import ArgumentError, DataError, MissingPathError
from .dataset import Dataset, Sample, transformed_batch
from .idx import read_idx
from .labels import check_labels
from .transforms import Transform

_MOST_CLASSES = 2**16


class IDX(Dataset):
    """Pictures from one IDX file and, optionally, labels from another: `[i]` is ((C, H, W) float32, label).

    Args:
        images: file of (N, H, W) or (N, C, H, W) numbers, plain or gzipped.
        labels: file of (N,) whole numbers; None gives samples `(x,)` without a label.
        scale: the stored value that becomes 1.0; None means 255 for uint8 and 1 for the other types.
        transform: called as `transform(x, rng)` on every picture.

    Attributes:
        images: the stored numbers, (N, C, H, W); targets: int64 (N,) or None; classes: the labels' names.

    Raises:
        MissingPathError, DataError: as `read_idx`; signed bytes where pictures should be, labels that cannot
        be classes,
            or another number of labels than of images.
        ArgumentError: a scale that is not above 0.
    """

    def __init__(
        self,
        images: str | Path,
        labels: str | Path | None = None,
        *,
        scale: float | None = None,
        transform: Transform | None = None,
    ):
        self.images = _pictures(images)
        self.targets = None if labels is None else _labels(labels)
        if self.targets is not None and len(self.targets) != len(self.images):
            raise DataError(
                f"{images} holds {len(self.images)} images and {labels} {len(self.targets)} labels; "
                "the two files do not belong together"
            )
        if scale is not None and not 0 < scale < float("inf"):
            raise ArgumentError(f"scale, the stored value that becomes 1.0, must be above 0; got {scale}")
        self.scale = float(scale or (255 if self.images.dtype == np.uint8 else 1))
        self.transform = transform

    @property
    def classes(self) -> list[str]:
        """The names "0", "1", ... up to the largest label."""
        largest = -1 if self.targets is None else int(self.targets.max(initial=-1))
        return [str(label) for label in range(largest + 1)]

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each class name."""
        return {name: label for label, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self.images)

    def load(self, index: int) -> Sample:
        x = np.divide(self.images[index], self.scale, dtype=np.float32)
        return (x,) if self.targets is None else (x, int(self.targets[index]))

    def gather(self, indices: np.ndarray) -> Sample | None:
        x = np.divide(self.images[indices], self.scale, dtype=np.float32)
        return transformed_batch(self.transform, (x,) if self.targets is None else (x, self.targets[indices]))

    def __repr__(self) -> str:
        size = " x ".join(str(n) for n in self.images.shape[1:])
        return f"IDX({len(self)} pictures of {size}, {len(self.classes)} classes)"


def mnist(folder: str | Path, train: bool = True, transform: Transform | None = None) -> IDX:
    """The training or the test half of MNIST, or of a relative with the same file names, from a folder.

    Args:
        folder: holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
            `t10k-labels-idx1-ubyte`, each also with a dot before `idx`, and with or without `.gz`.
        train: the `train` files if true, the `t10k` files otherwise.
        transform: as for `IDX`.

    Raises:
        MissingPathError: no such folder, or a file is missing; the message lists the names that were tried.
        DataError: as `IDX`.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MissingPathError(f"there is no folder {folder}; expected one that holds the IDX files")
    part = "train" if train else "t10k"
    images = _first_of(folder, f"{part}-images", "idx3-ubyte")
    return IDX(images, _first_of(folder, f"{part}-labels", "idx1-ubyte"), transform=transform)


def _first_of(folder: Path, start: str, end: str) -> Path:
    names = [f"{start}{mark}{end}{zipped}" for mark in "-." for zipped in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise MissingPathError(f"{folder} holds none of {', '.join(names)}")


def _pictures(path: str | Path) -> np.ndarray:
    images = read_idx(path)
    if images.ndim not in (3, 4):
        raise DataError(f"{path} should hold pictures (N, H, W) or (N, C, H, W); got shape {images.shape}")
    if images.dtype == np.int8:
        raise DataError(f"{path} holds signed bytes, not pictures; its type byte may be damaged")
    return images[:, None] if images.ndim == 3 else images


def _labels(path: str | Path) -> np.ndarray:
    labels = read_idx(path)
    if labels.ndim != 1:
        raise DataError(f"{path} should hold one label a picture, shape (N,); it holds shape {labels.shape}")
    try:
        return check_labels(labels, _MOST_CLASSES)
    except (DataError, ValueError) as error:
        raise DataError(f"{path}: {error}") from error

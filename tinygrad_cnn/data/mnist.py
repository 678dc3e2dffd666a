"""IDX files as a data set of pictures (MNIST and its relatives), kept in memory as they are stored."""

from pathlib import Path

import numpy as np

from ..errors import DataError, MissingPathError
from .idx import read_idx
from .labels import check_labels
from .stored import Stored
from .transforms import Transform

_MOST_CLASSES = 2**16


class IDX(Stored):
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
        pictures = _pictures(images)
        found = None if labels is None else _labels(labels)
        if found is not None and len(found) != len(pictures):
            raise DataError(
                f"{images} holds {len(pictures)} images and {labels} {len(found)} labels; "
                "the two files do not belong together"
            )
        super().__init__(pictures, found, scale=scale, transform=transform)


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

"""A FOLDER of the command line: one folder of pictures a class, or IDX files; as a data set of one size."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import data
from ..data import transforms
from ..errors import ArgumentError, DataError

_IDX_NAME = re.compile(r"(?:(train|t10k)-)?images[-.]idx3-ubyte(?:\.gz)?")
_MEASURED = 1000  # pictures whose mean and spread stand for all


def holds_idx(folder: Path) -> bool:
    """Say whether a folder holds IDX files under the names that are known."""
    return folder.is_dir() and any(_IDX_NAME.fullmatch(entry.name) for entry in folder.iterdir())


def holds_test_half(folder: Path) -> bool:
    """Say whether a folder holds the test pictures of MNIST's four files, which are never learnt."""
    parts = {match[1] for match in map(_IDX_NAME.fullmatch, _names(folder)) if match}
    return parts == {"train", "t10k"}


def open_folder(folder: Path, size: tuple[int, int] | None, channels: int, *, test: bool = False) -> Any:
    """Open a folder as a data set of pictures (C, H, W) from 0 to 1, not yet normalised.

    ``size`` is (H, W), or None for IDX files as they are; ``channels`` decides between grey and colour where
    pictures are decoded. Of MNIST's files the test half is read if ``test`` is true.
    """
    if not holds_idx(folder):
        return data.ImageFolder(folder, size=size, mode="RGB" if channels == 3 else "L")
    dataset = _open_idx(folder, test)
    if size is not None and dataset.images.shape[2:] != size:
        dataset.transform = transforms.Resize(size)
    return dataset


def _open_idx(folder: Path, test: bool) -> data.IDX:
    parts = {match[1] for match in map(_IDX_NAME.fullmatch, _names(folder)) if match}
    if parts & {"train", "t10k"}:
        return data.mnist(folder, train="t10k" not in parts or not test)
    images = next(name for name in _names(folder) if _IDX_NAME.fullmatch(name))
    return data.IDX(folder / images, _labels_beside(folder))


def _labels_beside(folder: Path) -> Path:
    names = [f"labels{mark}idx1-ubyte{zipped}" for mark in "-." for zipped in ("", ".gz")]
    found = [name for name in names if (folder / name).is_file()]
    if not found:
        raise DataError(f"{folder} holds IDX pictures but no labels; expected one of {', '.join(names)}")
    return folder / found[0]


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def stored_shape(dataset: Any) -> tuple[int, int, int]:
    """Give (C, H, W) of the first picture as the data set hands it out."""
    c, h, w = dataset[0][0].shape
    return c, h, w


def measure(dataset: Any) -> tuple[list[float], list[float]]:
    """Measure mean and standard deviation of each channel, over at most 1000 pictures from all over."""
    count = len(dataset)
    chosen = range(0, count, math.ceil(count / _MEASURED))
    found = data.channel_statistics(data.Subset(dataset, list(chosen))).normalize()
    return [round(float(v), 6) for v in found.mean], [round(float(v), 6) for v in found.std]


def normalise(dataset: Any, mean: Sequence[float], std: Sequence[float]) -> None:
    """Let a data set hand out (x - mean) / std."""
    change = transforms.Normalize(mean, std)
    before = dataset.transform
    dataset.transform = change if before is None else transforms.Compose([before, change])


def relabel(dataset: Any, classes: list[str], folder: Path) -> np.ndarray:
    """Give the labels of a data set in the order of a run's ``classes``, by name."""
    unknown = [name for name in dataset.classes if name not in classes]
    if unknown:
        raise DataError(
            f"{folder} holds the class {unknown[0]!r}, which the run has not learnt; "
            f"it knows {', '.join(classes)}"
        )
    order = np.array([classes.index(name) for name in dataset.classes], np.int64)
    return order[dataset.targets]


def check_shape(shape: tuple[int, ...], expected: tuple[int, ...], folder: Path) -> None:
    """Raise if the pictures do not have the channels and size that the model takes."""
    if tuple(shape) != tuple(expected):
        raise ArgumentError(
            f"the model takes pictures (C, H, W) = {tuple(expected)}; those of {folder} are {tuple(shape)}"
        )

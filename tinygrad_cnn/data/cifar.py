"""CIFAR-10 and CIFAR-100 in their binary form, from a folder or straight from the archive.

    CIFAR-10    1 byte label, 3072 bytes picture: red, green, blue, each 32 rows of 32 columns
    CIFAR-100   1 byte coarse label, 1 byte fine label, 3072 bytes picture

A file is records and nothing else, so its length says how many; it is checked before a byte is read. Nothing
is fetched from anywhere, and nothing is unpacked onto the disk.

Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..errors import DataError, MissingPathError
from .archive import read_files
from .stored import Stored
from .transforms import Transform

MAX_BYTES = 2**30
_PICTURE = (3, 32, 32)
_PIXELS = 3 * 32 * 32
_MOST_TEXT = 2**16


class CIFAR10(Stored):
    """The training or the test half of CIFAR-10: `[i]` is (float32 (3, 32, 32) from 0 to 1, label).

    Args:
        root: the folder with `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin` and, for the names of
            the classes, `batches.meta.txt`; or one that holds the folder `cifar-10-batches-bin` or the
            archive `cifar-10-binary.tar.gz`; or the archive itself, which is read without unpacking it.
        train: the five training files if true, the test file otherwise.
        transform: called as `transform(x, rng)` on every picture.

    Attributes:
        images: the stored bytes, uint8 (N, 3, 32, 32); targets: int64 (N,); classes: the names of the
            classes, or their numbers where there is no file of names.

    Raises:
        MissingPathError: no such folder, or a file is missing; the message names it.
        DataError: a file that is not made of whole records, a label above 9, a damaged archive, or names
            that are not ten.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     picture = bytes([6]) + bytes([255]) * 1024 + bytes(2048)          # label 6, all red
    ...     _ = pathlib.Path(folder, "test_batch.bin").write_bytes(picture * 2)
    ...     data = CIFAR10(folder, train=False)
    >>> len(data), data[0][0].shape, data[0][0][:, 0, 0].tolist(), data[0][1]
    (2, (3, 32, 32), [1.0, 0.0, 0.0], 6)
    """

    def __init__(self, root: str | Path, train: bool = True, transform: Transform | None = None):
        numbered = [f"data_batch_{number}.bin" for number in range(1, 6)]
        names = numbered if train else ["test_batch.bin"]
        text = "batches.meta.txt"
        found = _find(root, "cifar-10-batches-bin", "cifar-10-binary.tar.gz", names, [text], labels=1)
        labels = _labels(found, column=0, count=10)
        known = _class_names(found, text, 10)
        super().__init__(_pictures(found), labels, transform=transform, classes=known)


class CIFAR100(Stored):
    """The training or the test half of CIFAR-100: `[i]` is (float32 (3, 32, 32) from 0 to 1, label).

    Args:
        root: the folder with `train.bin`, `test.bin` and, for the names of the classes,
            `fine_label_names.txt` and `coarse_label_names.txt`; or one that holds the folder
            `cifar-100-binary` or the archive `cifar-100-binary.tar.gz`; or the archive itself, which is read
            without unpacking it.
        train: `train.bin` if true, `test.bin` otherwise.
        transform: called as `transform(x, rng)` on every picture.
        coarse: take the 20 coarse labels instead of the 100 fine ones.

    Attributes:
        images: the stored bytes, uint8 (N, 3, 32, 32); targets: the chosen labels, int64 (N,); fine_labels,
            coarse_labels: both; classes: the names that belong to the targets.

    Raises:
        MissingPathError, DataError: as `CIFAR10`.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "test.bin").write_bytes(bytes([3, 42]) + bytes(3072))
    ...     data, coarse = CIFAR100(folder, train=False), CIFAR100(folder, train=False, coarse=True)
    >>> data[0][1], coarse[0][1], len(data.classes), len(coarse.classes)
    (42, 3, 100, 20)
    """

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Transform | None = None,
        *,
        coarse: bool = False,
    ):
        names = ["train.bin" if train else "test.bin"]
        texts = ["fine_label_names.txt", "coarse_label_names.txt"]
        found = _find(root, "cifar-100-binary", "cifar-100-binary.tar.gz", names, texts, labels=2)
        self.coarse_labels = _labels(found, column=0, count=20)
        self.fine_labels = _labels(found, column=1, count=100)
        labels = self.coarse_labels if coarse else self.fine_labels
        known = _class_names(found, texts[1 if coarse else 0], 20 if coarse else 100)
        super().__init__(_pictures(found), labels, transform=transform, classes=known)


@dataclass
class _Found:
    """What was read: where, the records of all files in order, and the texts."""

    place: Path
    counts: dict[str, int]
    records: np.ndarray
    texts: dict[str, bytes]


def _find(
    root: str | Path, folder: str, archive: str, names: Sequence[str], texts: Sequence[str], labels: int
) -> _Found:
    place = _place(Path(root), folder, archive, names)
    length = labels + _PIXELS
    checks = {name: partial(_check_records, length, labels) for name in names}
    contents = read_files(place, {**checks, **dict.fromkeys(texts, _check_text)})
    missing = [name for name in names if name not in contents]
    if missing:
        raise MissingPathError(f"{place} lacks {', '.join(missing)}; fetch it again, in its binary form")
    counts = {name: len(contents[name]) // length for name in names}
    records = np.empty((sum(counts.values()), length), np.uint8)
    first = 0
    for name, count in counts.items():
        records[first : first + count] = np.frombuffer(contents.pop(name), np.uint8).reshape(count, length)
        first += count
    return _Found(place, counts, records, contents)


def _place(root: Path, folder: str, archive: str, names: Sequence[str]) -> Path:
    """The folder or archive that holds the files."""
    if root.is_file():
        return root
    if not root.is_dir():
        raise MissingPathError(
            f"there is no {root}; expected a folder with {names[0]}, or the archive {archive}"
        )
    for place in (root, root / folder):
        if any((place / name).is_file() for name in names):
            return place
    if (root / archive).is_file():
        return root / archive
    raise MissingPathError(f"{root} holds neither {names[0]}, nor the folder {folder}, nor {archive}")


def _check_records(length: int, labels: int, path: Path, size: int) -> None:
    if size == 0 or size % length:
        raise DataError(
            f"{path} has {size:,} bytes; expected whole records of {length} bytes, {labels} of labels and "
            f"{_PIXELS} of pixels: fetch it again, in its binary form"
        )
    if size > MAX_BYTES:
        raise DataError(f"{path} has {size:,} bytes, and the limit is {MAX_BYTES:,}; is it a file of CIFAR?")


def _check_text(path: Path, size: int) -> None:
    if size > _MOST_TEXT:
        raise DataError(f"{path} has {size:,} bytes; expected a short list of the names of the classes")


def _pictures(found: _Found) -> np.ndarray:
    return found.records[:, -_PIXELS:].reshape(-1, *_PICTURE)  # a view: the labels stay in between


def _labels(found: _Found, column: int, count: int) -> np.ndarray:
    labels = found.records[:, column]
    if labels.max() >= count:
        position = int(np.flatnonzero(labels >= count)[0])
        for name, records in found.counts.items():
            if position < records:
                raise DataError(
                    f"record {position} of {found.place / name} has label {labels[labels >= count][0]}; "
                    f"expected 0 to {count - 1}: the file is damaged, or another data set's"
                )
            position -= records
    return labels.astype(np.int64)


def _class_names(found: _Found, name: str, count: int) -> list[str]:
    if name not in found.texts:
        return [str(label) for label in range(count)]
    try:
        names = found.texts[name].decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{found.place / name} is no text in UTF-8: {error}") from error
    names = [line.strip() for line in names if line.strip()]
    if len(names) != count or len(set(names)) != count:
        raise DataError(
            f"{found.place / name} holds {len(names)} lines, {len(set(names))} of them different; expected "
            f"the names of {count} classes, one a line: fetch it again, or remove it"
        )
    return names

"""The folder of a training run: what is in it, under which names, and how it is read without trusting it.

    settings.json          the model, the classes, how pictures are prepared, and every option
    best.safetensors       the weights of the best epoch; last.safetensors is for going on
    history.csv            one row an epoch
    confusion.csv, .txt    true classes down, predicted ones across
    graph.svg, graph.html  forward and backward pass of the best weights, as a picture and as a page
    curves.png, confusion.png    drawn, where matplotlib is installed

Nothing in the folder is ever executed. (`train` imports `io` here, its sibling: a run is files.)
"""

import csv
import io as text_io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, CheckpointError, MissingPathError
from ..io import atomic_write, dumps, loads
from .metrics import format_confusion

SETTINGS = "settings.json"
MAX_BYTES = 16 * 2**20
_FORMAT = "tinygrad_cnn run 1"


@dataclass(frozen=True)
class Settings:
    """What a run was started with, and what its weights need to be used.

    ``input_shape`` is (C, H, W); ``mean`` and ``std`` are one number a channel, for pictures from 0 to 1.
    """

    model: str
    classes: list[str]
    input_shape: list[int]
    mean: list[float]
    std: list[float]
    data: str
    epochs: int
    batch_size: int
    optimizer: str
    lr: float
    seed: int
    split: float
    config: str | None = None  # the text of the configuration file, if there was one
    code: str | None = None  # a digest of the file that the model's own code is in
    versions: dict[str, str] = field(default_factory=dict)


def new_run(out: str | Path | None, name: str) -> Path:
    """Make the folder of a new run: ``out``, or else the first free ``runs/<name>-<n>``.

    Raises:
        ArgumentError: ``out`` is there already, and not empty.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.path.basename(new_run(os.path.join(folder, "first"), "animals"))
    'first'
    """
    if out is None:
        return _numbered(Path("runs"), name)
    folder = Path(out)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArgumentError(
            f"{folder} is there already and not empty; choose another folder, or go on with --resume {folder}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _numbered(parent: Path, name: str) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = parent / f"{name or 'run'}-{number}"
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
            continue
        return folder


def write_settings(run: Path, settings: Settings) -> None:
    """Write the settings of a run."""
    atomic_write(run / SETTINGS, dumps({"format": _FORMAT, **asdict(settings)}, indent=2) + "\n")


def read_settings(run: str | Path) -> Settings:
    """Read the settings of a run, and check every one of them.

    Raises:
        MissingPathError: there is no such folder.
        CheckpointError: the folder is no run, or its settings are damaged.
    """
    run = Path(run)
    if not run.exists():
        raise MissingPathError(f"there is no run {run}; `tinygrad-cnn train FOLDER` makes one")
    path = run / SETTINGS
    if not path.is_file():
        what = "is a file; a run is a folder" if run.is_file() else f"is no run: it holds no {SETTINGS}"
        raise CheckpointError(f"{run} {what} that `tinygrad-cnn train FOLDER` made")
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise CheckpointError(
            f"{path} is larger than {MAX_BYTES // 2**20} MB; it is not the settings of a run"
        )
    try:
        return _checked(loads(content))
    except ArgumentError as error:
        raise CheckpointError(f"{path} is damaged, or not the settings of a run: {error}") from error


def _checked(values: Any) -> Settings:
    if not isinstance(values, dict) or values.pop("format", None) != _FORMAT:
        raise ArgumentError(f"expected the format {_FORMAT!r}")
    names = {f.name for f in fields(Settings)}
    if set(values) != names:
        wrong = sorted(set(values) ^ names)
        raise ArgumentError(f"missing or unknown: {', '.join(wrong)[:200]}")
    for name, is_right in _RULES.items():
        if not is_right(values[name]):
            raise ArgumentError(f"{name} cannot be {str(values[name])[:60]!r}")
    channels = values["input_shape"][0]
    if not len(values["mean"]) == len(values["std"]) == channels:
        raise ArgumentError(f"mean and std need {channels} numbers each, one a channel")
    return Settings(**values)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_optional_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_count(value: Any, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**64


def _is_seed(value: Any) -> bool:
    return _is_count(value, 0)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value < 1


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0


def _are_classes(value: Any) -> bool:
    return (
        isinstance(value, list) and len(set(map(str, value))) == len(value) > 1 and all(map(_is_text, value))
    )


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(_is_count(n) and n <= 65_536 for n in value)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _are_positive(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_positive, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


_RULES = {
    "model": _is_text,
    "classes": _are_classes,
    "input_shape": _is_shape,
    "mean": _are_numbers,
    "std": _are_positive,
    "data": _is_text,
    "epochs": _is_count,
    "batch_size": _is_count,
    "optimizer": _is_text,
    "lr": _is_positive,
    "seed": _is_seed,
    "split": _is_share,
    "config": _is_optional_text,
    "code": _is_optional_text,
    "versions": _are_texts,
}


def write_confusion(run: Path, matrix: np.ndarray, classes: Sequence[str]) -> None:
    """Write a confusion matrix as a table to read and as one for programs."""
    atomic_write(run / "confusion.txt", format_confusion(matrix, classes) + "\n")
    table = text_io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["true \\ predicted", *classes])
    writer.writerows([name, *map(int, row)] for name, row in zip(classes, matrix, strict=True))
    atomic_write(run / "confusion.csv", table.getvalue())

"""A table of paths and labels, in a CSV file, is a data set of pictures.

The table comes from outside: every path in it must stay inside of the root, links included, and whatever is
wrong is said with its line.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath

from ..errors import ArgumentError, DataError, MissingPathError
from .picture_files import PictureFiles
from .pictures import MAX_PIXELS, PictureMode
from .transforms import Transform

_MOST_CLASSES = 2**16


class CSVFiles(PictureFiles):
    """Pictures and labels listed in a CSV file, in its order: `[i]` is (float32 (C, H, W) 0 to 1, label).

    The first line names the columns; fields are quoted as spreadsheets do it. Labels that are all whole
    numbers from 0 up are taken as they are, others are names, numbered in alphabetical order or in that of
    `classes`.

    Args:
        path: the CSV file, in UTF-8.
        root: the folder that the paths in it start from, and must not leave; None for the file's own.
        size, transform: as for `ImageFolder`.
        paths: the name of the column of paths.
        labels: the name of the column of labels; None gives samples `(x,)`.
        classes: the names of the classes in the order of their numbers; None for those that occur.
        delimiter: what is between two fields.
        mode, max_pixels, cache_megabytes, cache_folder: as for `ImageFolder`.

    Attributes:
        paths, targets, classes, class_to_idx: as `ImageFolder` has them; unused: the names of other columns.

    Raises:
        MissingPathError: there is no such table, or a picture that it lists.
        DataError: no header, a column that is missing or there twice, a line with another number of fields,
            an absolute path or one that leads out of the root, an unknown class, or no line at all.
        ArgumentError: a delimiter that is not one character, or a class that is there twice.

    >>> import tempfile, pathlib, PIL.Image
    >>> with tempfile.TemporaryDirectory() as root:
    ...     PIL.Image.new("RGB", (8, 6)).save(pathlib.Path(root, "one.png"))
    ...     PIL.Image.new("RGB", (8, 6)).save(pathlib.Path(root, "two.png"))
    ...     table = pathlib.Path(root, "table.csv")
    ...     _ = table.write_text("path,label\\none.png,dog\\ntwo.png,cat\\n")
    ...     data = CSVFiles(table)
    ...     x, label = data[0]
    >>> data.classes, x.shape, label
    (['cat', 'dog'], (3, 6, 8), 1)
    """

    def __init__(
        self,
        path: str | Path,
        root: str | Path | None = None,
        size: int | tuple[int, int] | None = None,
        transform: Transform | None = None,
        *,
        paths: str = "path",
        labels: str | None = "label",
        classes: Sequence[str] | None = None,
        delimiter: str = ",",
        mode: PictureMode = "RGB",
        max_pixels: int = MAX_PIXELS,
        cache_megabytes: float = 256,
        cache_folder: str | Path | None = None,
    ):
        table = _Table(Path(path), delimiter)
        wanted = [paths] if labels is None else [paths, labels]
        lines = table.read(wanted)
        self.unused = [name for name in table.header if name not in wanted]
        files = _Inside(Path(path).parent if root is None else Path(root))
        found = [files.find(table.at(line), row[0]) for line, row in lines]
        self.classes, numbers = _number(table, lines, classes) if labels is not None else ([], None)
        self.class_to_idx = {name: label for label, name in enumerate(self.classes)}
        self.path = Path(path)
        super().__init__(found, numbers, size, transform, mode, max_pixels, cache_megabytes, cache_folder)

    def __repr__(self) -> str:
        return f"CSVFiles({str(self.path)!r}, {len(self)} pictures, {len(self.classes)} classes)"


class _Table:
    """The lines of a CSV file, each with its number."""

    def __init__(self, path: Path, delimiter: str):
        if not path.is_file():
            if path.is_dir():
                raise DataError(f"expected a CSV file; {path} is a folder")
            raise MissingPathError(f"there is no CSV file {path}")
        if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
            raise ArgumentError(f"delimiter must be one character, as ',' or ';'; got {delimiter!r}")
        self.path, self.delimiter = path, delimiter
        self.header: list[str] = []

    def at(self, line: int) -> str:
        """What an error message calls a line."""
        return f"{self.path}, line {line}"

    def read(self, wanted: list[str]) -> list[tuple[int, list[str]]]:
        """The wanted fields of every line that is not blank; sets `header`."""
        lines = self._lines()
        try:
            _, self.header = next(lines)
        except StopIteration:
            raise DataError(f"{self.path} is empty; expected a line of names, {','.join(wanted)}") from None
        for name in wanted:
            if self.header.count(name) != 1:
                fault = "has no column" if name not in self.header else "has two columns"
                raise DataError(
                    f"{self.path} {fault} {name!r}; its columns are {', '.join(map(repr, self.header))}: "
                    "say which hold the paths and the labels with paths= and labels="
                )
        columns = [self.header.index(name) for name in wanted]
        found = []
        for line, fields in lines:
            if len(fields) != len(self.header):
                raise DataError(
                    f"{self.at(line)} has {len(fields)} fields; the first line has {len(self.header)}"
                )
            found.append((line, [fields[column] for column in columns]))
        if not found:
            raise DataError(f"{self.path} lists no pictures; it holds nothing but the names of its columns")
        return found

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            first = 1  # a quoted field may go over several lines; the number is that of the first
            try:
                for fields in reader:
                    if fields:
                        yield first, fields
                    first = reader.line_num + 1
            except csv.Error as error:
                raise DataError(f"{self.at(first)} is no CSV: {error}") from error
            except UnicodeDecodeError as error:
                raise DataError(f"{self.path} is no text in UTF-8 (after line {reader.line_num})") from error


class _Inside:
    """Files below a root, links followed; whatever leads out of it is refused."""

    def __init__(self, root: Path):
        if not root.is_dir():
            raise MissingPathError(f"there is no folder {root} for the paths of the table to start from")
        self.root = root
        self._real = root.resolve()
        self._folders: dict[Path, bool] = {}

    def find(self, where: str, name: str) -> str:
        """The file of a path in the table."""
        windows = PureWindowsPath(name)
        if not name or "\0" in name:
            raise DataError(f"{where} has no path; expected one relative to {self.root}")
        if name.startswith("/") or windows.drive or windows.root:
            raise DataError(f"{where}: {name!r} is an absolute path; write it relative to {self.root}")
        path = self.root / name
        if ".." in windows.parts or not self._holds(path):
            raise DataError(
                f"{where}: {name!r} leads out of {self.root}; move the file there, or change root"
            )
        if not path.is_file():
            raise MissingPathError(f"{where}: there is no picture {path}")
        return str(path)

    def _holds(self, path: Path) -> bool:
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = folder.resolve().is_relative_to(self._real)
        return self._folders[folder] and (not path.is_symlink() or path.resolve().is_relative_to(self._real))


def _number(
    table: _Table, lines: list[tuple[int, list[str]]], classes: Sequence[str] | None
) -> tuple[list[str], list[int]]:
    """The names of the classes and the number of each line's."""
    words = [row[1].strip() for _, row in lines]
    for (line, _), word in zip(lines, words, strict=True):
        if not word:
            raise DataError(f"{table.at(line)} has no label")
    if classes is None and all(word.isascii() and word.isdigit() for word in words):
        return _as_they_are(table, lines, words)
    names = sorted(set(words)) if classes is None else [str(name) for name in classes]
    numbers = {name: number for number, name in enumerate(names)}
    if len(numbers) != len(names):
        raise ArgumentError(f"classes must be different names; got {names}")
    for (line, _), word in zip(lines, words, strict=True):
        if word not in numbers:
            raise DataError(f"{table.at(line)}: {word!r} is none of the classes {', '.join(names[:20])}")
    return names, [numbers[word] for word in words]


def _as_they_are(
    table: _Table, lines: list[tuple[int, list[str]]], words: list[str]
) -> tuple[list[str], list[int]]:
    for (line, _), word in zip(lines, words, strict=True):
        if len(word) > 9 or int(word) >= _MOST_CLASSES:
            raise DataError(
                f"{table.at(line)}: label {word[:20]} is too large; the limit is {_MOST_CLASSES - 1}"
            )
    labels = [int(word) for word in words]
    return [str(number) for number in range(max(labels) + 1)], labels

"""A folder of pictures is a data set: one folder a class, or pictures without labels, to be predicted."""

from pathlib import Path

from ..errors import DataError, MissingPathError
from .picture_files import PictureFiles, is_picture, visible_files
from .pictures import MAX_PIXELS, PictureMode
from .transforms import Transform


class ImageFolder(PictureFiles):
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
        cache_folder: a folder where decoded pictures are kept as well, for later runs (see `PictureCache`).

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
        cache_folder: str | Path | None = None,
    ):
        self.root = Path(root)
        self.classes = _class_names(self.root)
        self.class_to_idx = {name: label for label, name in enumerate(self.classes)}
        self.samples, self.skipped = _find_samples(self.root, self.classes)
        paths, labels = [path for path, _ in self.samples], [label for _, label in self.samples]
        super().__init__(paths, labels, size, transform, mode, max_pixels, cache_megabytes, cache_folder)

    def __repr__(self) -> str:
        return f"ImageFolder({str(self.root)!r}, {len(self)} pictures, {len(self.classes)} classes)"


class UnlabelledFolder(PictureFiles):
    """All pictures below a folder, at any depth, without labels: `[i]` is (x,), as `predict` takes them.

    Pictures are sorted by path, and `paths[i]` is the file of sample i. Hidden files and folders, and files
    whose ending is not a picture's, are left out (the latter are listed in `skipped`).

    Args:
        root: the folder.
        size, transform, mode, max_pixels, cache_megabytes, cache_folder: as for `ImageFolder`.

    Raises:
        MissingPathError: there is no such folder.
        DataError: a file instead of a folder, or no pictures.

    >>> import tempfile, pathlib, PIL.Image
    >>> with tempfile.TemporaryDirectory() as root:
    ...     pathlib.Path(root, "more").mkdir()
    ...     for name in ("b.png", "more/a.png"):
    ...         PIL.Image.new("RGB", (8, 6)).save(pathlib.Path(root, name))
    ...     data = UnlabelledFolder(root, size=4)
    ...     x, = data[0]
    >>> x.shape, [pathlib.Path(path).name for path in data.paths]
    ((3, 4, 4), ['b.png', 'a.png'])
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
        cache_folder: str | Path | None = None,
    ):
        self.root = Path(root)
        if not self.root.is_dir():
            if self.root.exists():
                raise DataError(f"expected a folder of pictures; {self.root} is a file")
            raise MissingPathError(f"there is no folder {self.root}; expected one that holds pictures")
        files = visible_files(self.root)
        paths = [path for path in files if is_picture(path)]
        self.skipped = [path for path in files if not is_picture(path)]
        if not paths:
            other = f" ({len(self.skipped)} other files, such as {self.skipped[0]})" if self.skipped else ""
            raise DataError(f"there are no pictures in {self.root}{other}; expected .png, .jpg or the like")
        super().__init__(paths, None, size, transform, mode, max_pixels, cache_megabytes, cache_folder)

    def __repr__(self) -> str:
        return f"UnlabelledFolder({str(self.root)!r}, {len(self)} pictures)"


def _class_names(root: Path) -> list[str]:
    if not root.is_dir():
        if root.exists():
            raise DataError(f"expected a folder that holds one folder a class; {root} is a file")
        raise MissingPathError(f"there is no folder {root}; expected one that holds a folder for each class")
    entries = [entry for entry in root.iterdir() if not entry.name.startswith(".")]
    names = sorted(entry.name for entry in entries if entry.is_dir())
    if not names:
        loose = sum(is_picture(entry.name) for entry in entries)
        directly = f"it holds {loose} pictures directly, which UnlabelledFolder reads without labels"
        found = directly if loose else "it holds none"
        raise DataError(f"expected one folder of pictures a class in {root}, as in {root / 'cat'}; {found}")
    return names


def _find_samples(root: Path, classes: list[str]) -> tuple[list[tuple[str, int]], list[str]]:
    samples: list[tuple[str, int]] = []
    skipped: list[str] = []
    empty = []
    for label, name in enumerate(classes):
        files = visible_files(root / name)
        pictures = [path for path in files if is_picture(path)]
        skipped += [path for path in files if not is_picture(path)]
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

"""Mean and standard deviation of each channel of a data set, in one pass that never subtracts large sums.

The pictures are taken in pieces; of each, the mean and the sum of squared distances from it are computed, and
two such results are joined into that of both together. The textbook's sum of squares minus the square of the
sum loses all digits where the mean is large beside the spread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, DataError, MissingPathError, ShapeError
from ..io import atomic_write, dumps, loads
from .transforms import Normalize

_PIECE = 2**22  # numbers looked at together
_SAME = 1e-6


@dataclass(frozen=True)
class ChannelStatistics:
    """What `channel_statistics` found: of each channel the mean and the standard deviation, over all pixels.

    `save` and `load` keep it in a JSON file; `normalize` makes the transform.

    >>> found = ChannelStatistics(mean=(0.5, 0.25), std=(0.1, 0.0), pixels=100)
    >>> found.normalize()
    Normalize([0.5, 0.25], [0.1, 1.0])
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    pixels: int

    def normalize(self) -> Normalize:
        """The transform (x - mean) / std; a channel that is the same everywhere is only moved."""
        return Normalize(self.mean, tuple(s if s >= _SAME else 1.0 for s in self.std))

    def save(self, path: str | Path) -> None:
        """Write a JSON file, which appears whole or not at all.

        Raises:
            SaveError, MissingPathError: the file could not be written.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ChannelStatistics((0.5,), (0.1,), 64).save(Path(folder, "digits.json"))
        ...     ChannelStatistics.load(Path(folder, "digits.json"))
        ChannelStatistics(mean=(0.5,), std=(0.1,), pixels=64)
        """
        found = {"mean": list(self.mean), "std": list(self.std), "pixels": self.pixels}
        atomic_write(path, dumps(found, indent=2) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> "ChannelStatistics":
        """Read what `save` wrote, to the last bit.

        Raises:
            MissingPathError: there is no such file.
            DataError: a file of another kind, or numbers that cannot be.
        """
        path = Path(path)
        if not path.is_file():
            raise MissingPathError(f"there is no file {path} of means and standard deviations")
        try:
            found = loads(path.read_bytes())
        except (ArgumentError, OSError) as error:
            raise DataError(f"{path} cannot be read: {error}") from error
        if not isinstance(found, dict) or set(found) != {"mean", "std", "pixels"} or not _is_sound(**found):
            raise DataError(f"{path} does not hold the mean, std and pixels of channels; measure them anew")
        return cls(tuple(map(float, found["mean"])), tuple(map(float, found["std"])), found["pixels"])


def channel_statistics(dataset: Any) -> ChannelStatistics:
    """Mean and standard deviation of each channel, over all pixels of all pictures of a data set.

    Pictures may be of different sizes. The data set's transform runs, so one that normalises or draws at
    random should be set afterwards. The deviation is that of all pixels, divided by their number.

    Args:
        dataset: any data set whose x are (C, H, W); an array (N, C, H, W) in `TensorDataset(x)`.

    Raises:
        DataError: no samples, no pixels, or a NaN or infinity; the message names the sample.
        ShapeError: x that are no (C, H, W), or with different numbers of channels.

    Source: T. Chan, G. Golub, R. LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances" (1979).

    >>> from tinygrad_cnn.data import TensorDataset
    >>> x = np.arange(8, dtype=np.float32).reshape(2, 2, 1, 2)
    >>> channel_statistics(TensorDataset(x))
    ChannelStatistics(mean=(2.5, 4.5), std=(2.0615528128088303, 2.0615528128088303), pixels=4)
    """
    if len(dataset) == 0:
        raise DataError(f"there are no pictures to measure: {dataset!r} has no samples")
    pixels = 0
    mean = squares = np.zeros(0)
    for first, piece in _pieces(dataset):
        count, its_mean, its_squares = _measured(piece)
        if not np.isfinite(its_mean).all() or not np.isfinite(its_squares).all():
            raise _not_finite(dataset, first, piece)
        if pixels and count and len(mean) != len(its_mean):
            raise ShapeError(
                f"{_name(dataset, first)} has {len(its_mean)} channels, those before it have {len(mean)}"
            )
        if count:
            away = its_mean - (mean if pixels else its_mean)
            total = pixels + count
            mean = its_mean - away * (pixels / total)
            squares = its_squares + (squares if pixels else 0) + away**2 * (pixels * count / total)
            pixels = total
    if pixels == 0:
        raise DataError(f"there are no pixels to measure: the pictures of {dataset!r} are empty")
    return ChannelStatistics(tuple(mean.tolist()), tuple(np.sqrt(squares / pixels).tolist()), pixels)


def _pieces(dataset: Any) -> Iterator[tuple[int, np.ndarray]]:
    """(number of its first sample, pictures (N, C, H, W)) for all of a data set."""
    gather = getattr(dataset, "gather", None)
    first, together = 0, 1
    while first < len(dataset):
        indices = np.arange(first, min(first + together, len(dataset)))
        columns = None if gather is None else gather(indices)
        if columns is None:
            x, indices = np.asarray(dataset[first][0])[None], indices[:1]
        else:
            x = np.asarray(columns[0])
        if x.ndim != 4 or x.dtype.kind not in "biuf":
            raise ShapeError(
                f"{_name(dataset, first)} is {x.dtype} {x.shape[1:]}; expected pictures (C, H, W)"
            )
        yield first, x
        first += len(indices)
        together = max(1, _PIECE // max(x[0].size, 1))


def _measured(x: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    """Pixels, mean and sum of squared distances from the mean, of each channel of (N, C, H, W)."""
    count = x.shape[0] * x.shape[2] * x.shape[3]
    if count == 0:
        return 0, np.zeros(x.shape[1]), np.zeros(x.shape[1])
    exact = x.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        mean = exact.mean(axis=(0, 2, 3))
        exact -= mean[:, None, None]
        return count, mean, np.einsum("nchw,nchw->c", exact, exact)


def _not_finite(dataset: Any, first: int, piece: np.ndarray) -> DataError:
    bad = np.flatnonzero(~np.isfinite(piece).all(axis=(1, 2, 3)))
    where = _name(dataset, first + int(bad[0])) if len(bad) else "the data set"
    return DataError(f"{where} has values that are NaN, infinite or too large to be squared; leave it out")


def _name(dataset: Any, index: int) -> str:
    describe = getattr(dataset, "describe", None)
    return f"sample {index}" if describe is None else describe(index)


def _is_sound(mean: Any, std: Any, pixels: Any) -> bool:
    lists = isinstance(mean, list) and isinstance(std, list) and 0 < len(mean) == len(std)
    if not lists or isinstance(pixels, bool) or not isinstance(pixels, int) or pixels < 1:
        return False
    numbers = all(
        isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < 1e300 for v in mean + std
    )
    return numbers and all(v >= 0 for v in std)

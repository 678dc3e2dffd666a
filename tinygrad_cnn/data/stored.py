"""Pictures kept as they are stored, in memory or in a mapped file, and scaled when they are asked for."""

from collections.abc import Sequence

import numpy as np

from ..errors import ArgumentError
from .dataset import Dataset, Sample, transformed_batch
from .transforms import Transform


class Stored(Dataset):
    """What IDX, CIFAR and array files have in common: `[i]` is (x[i] / scale as float32, y[i]).

    `labels` of None gives samples `(x,)`; `targets` are the labels where they are
    whole numbers, one a sample.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray | None,
        *,
        scale: float | None = None,
        transform: Transform | None = None,
        classes: Sequence[str] | None = None,
    ):
        if scale is not None and not 0 < scale < float("inf"):
            raise ArgumentError(f"scale, the stored value that becomes 1.0, must be above 0; got {scale}")
        self.images = images
        self.labels = labels
        self.scale = float(scale or (255 if images.dtype == np.uint8 else 1))
        self.transform = transform
        self._classes = None if classes is None else list(classes)

    @property
    def targets(self) -> np.ndarray | None:
        """The labels where there is one whole number a sample, otherwise None."""
        y = self.labels
        return y if y is not None and y.ndim == 1 and y.dtype == np.int64 else None

    @property
    def classes(self) -> list[str]:
        """The names of the classes; where none are stored, "0", "1", ... up to the largest label."""
        if self._classes is not None:
            return self._classes
        largest = -1 if self.targets is None else int(self.targets.max(initial=-1))
        return [str(label) for label in range(largest + 1)]

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each class name."""
        return {name: label for label, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self.images)

    def load(self, index: int) -> Sample:
        x = self._scaled(self.images[index])
        if self.labels is None:
            return (x,)
        label = self.labels[index]
        return x, int(label) if self.targets is not None else label

    def gather(self, indices: np.ndarray) -> Sample | None:
        x = self._scaled(self.images[indices])
        return transformed_batch(self.transform, (x,) if self.labels is None else (x, self.labels[indices]))

    def _scaled(self, stored: np.ndarray) -> np.ndarray:
        return np.divide(stored, self.scale, dtype=np.float32)

    def __repr__(self) -> str:
        size = " x ".join(str(n) for n in self.images.shape[1:])
        return f"{type(self).__name__}({len(self)} pictures of {size}, {len(self.classes)} classes)"

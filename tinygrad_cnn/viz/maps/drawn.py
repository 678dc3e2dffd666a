"""What all results of this package can do: be saved, shown in a notebook, and printed."""

from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ArgumentError
from ...io import atomic_write
from ..write.png import to_png
from ..write.svg import to_svg
from .sheet import Sheet, lay_out


class Drawn:
    """The base of the results: `sheet` says how it looks, ``str()`` what is in it."""

    def sheet(self) -> Sheet:
        """Give the tiles and captions that are drawn."""
        raise NotImplementedError

    def svg(self) -> str:
        """Write the picture as SVG, the same text on every machine."""
        return to_svg(lay_out(self.sheet()))

    def save(self, path: str | Path) -> None:
        """Save the picture; the ending of the file chooses ``.svg`` or ``.png``.

        Raises:
            ArgumentError: another ending.
            MissingPathError: the folder does not exist.
        """
        ending = Path(path).suffix.lower()
        if ending not in (".svg", ".png"):
            raise ArgumentError(f"save: expected a file that ends in .svg or .png, got {str(path)!r}")
        atomic_write(path, self.svg() if ending == ".svg" else to_png(lay_out(self.sheet())))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the picture in a notebook; words alone where drawing fails, as a notebook must go on."""
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = self.svg()
        except Exception as error:
            bundle["text/plain"] += f" (no picture: {error})"
        return bundle


def frozen(array: np.ndarray) -> np.ndarray:
    """Copy an array, so that what changes later does not change the result, and nobody writes into it."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy

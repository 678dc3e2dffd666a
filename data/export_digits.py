"""Writes the UCI optical digits, as scikit-learn ships them, into two gzipped IDX files.

    python data/export_digits.py [FOLDER]

needs scikit-learn; without FOLDER it writes into the folder `digits` beside this file. The images are 8 x 8
whole numbers from 0 to 16, stored as they are, in their original order.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from tinygrad_cnn.data import write_idx


def export_digits(folder: Path) -> None:
    """Writes images and labels; the same bytes each time."""
    digits = load_digits()
    folder.mkdir(parents=True, exist_ok=True)
    write_idx(folder / "images-idx3-ubyte.gz", digits.images.astype(np.uint8))
    write_idx(folder / "labels-idx1-ubyte.gz", digits.target.astype(np.uint8))


if __name__ == "__main__":
    export_digits(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "digits")

"""Draws the nine pictures of `data/animals`: three cats, three cows, three dogs.

    python data/draw_animals.py [FOLDER] [MASKS]

writes FOLDER/{cat,cow,dog}/{1,2,3}.png, and, white on black, what is animal in them, into the same files of
MASKS. The folders `animals` and `animal_masks` beside this file are the default; with FOLDER alone there are
no masks.
"""

import sys
from pathlib import Path

from drawing import cats, cows, dogs
from PIL import Image

ANIMALS = {"cat": cats.draw_all, "cow": cows.draw_all, "dog": dogs.draw_all}


def draw_animals(folder: Path, masks: Path | None) -> None:
    """Writes all pictures as PNG; the same pictures each time."""
    for name, draw_all in ANIMALS.items():
        for number, canvas in enumerate(draw_all(), start=1):
            save(canvas.finished(), folder / name / f"{number}.png")
            if masks is not None:
                save(canvas.mask(), masks / name / f"{number}.png")


def save(picture: Image.Image, path: Path) -> None:
    """Writes one file, and makes its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    here = Path(__file__).parent
    folders = [Path(name) for name in sys.argv[1:]] or [here / "animals", here / "animal_masks"]
    draw_animals(folders[0], folders[1] if len(folders) > 1 else None)

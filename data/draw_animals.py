"""Draws the nine pictures of `data/animals`: three cats, three cows, three dogs.

    python data/draw_animals.py [FOLDER]

writes FOLDER/{cat,cow,dog}/{1,2,3}.png; without FOLDER, into the folder `animals` beside this file.
"""

import sys
from pathlib import Path

from drawing import cats, cows, dogs

ANIMALS = {"cat": cats.draw_all, "cow": cows.draw_all, "dog": dogs.draw_all}


def draw_animals(folder: Path) -> None:
    """Writes all pictures as PNG; the same pictures each time."""
    for name, draw_all in ANIMALS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(draw_all(), start=1):
            picture.save(folder / name / f"{number}.png", optimize=True)


if __name__ == "__main__":
    draw_animals(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "animals")

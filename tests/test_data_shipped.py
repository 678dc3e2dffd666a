"""The two data sets beside the package are what their README files say, and their scripts make them again."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import IDX, ImageFolder, check_trainable, read_idx

DATA = Path(__file__).parent.parent / "data"
DIGITS = (DATA / "digits" / "images-idx3-ubyte.gz", DATA / "digits" / "labels-idx1-ubyte.gz")


def test_there_are_nine_animals_of_three_classes_of_at_least_120_by_120_pixels():
    animals = ImageFolder(DATA / "animals")
    assert animals.classes == ["cat", "cow", "dog"]
    assert np.bincount(animals.targets).tolist() == [3, 3, 3]
    check_trainable(animals)
    for path, _ in animals.samples:
        with Image.open(path) as picture:
            assert (picture.mode, picture.format) == ("RGB", "PNG")
            assert min(picture.size) >= 120
            assert Path(path).stat().st_size < 40_000


def test_the_script_draws_the_animals_that_are_shipped(tmp_path):
    """A few pixels at edges may differ where another machine rounds a sine differently, or Pillow a line."""
    subprocess.run([sys.executable, str(DATA / "draw_animals.py"), str(tmp_path)], check=True, timeout=120)
    shipped = sorted(path.relative_to(DATA / "animals") for path in (DATA / "animals").rglob("*.png"))
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.png")) == shipped
    for name in shipped:
        drawn, kept = (np.asarray(Image.open(root / name), float) for root in (tmp_path, DATA / "animals"))
        assert drawn.shape == kept.shape
        difference = np.abs(drawn - kept)
        assert difference.mean() < 0.5
        assert (difference > 32).mean() < 0.005


def test_the_masks_are_the_figures_of_the_drawings_in_black_and_white(tmp_path):
    """Made again, they may differ in a few pixels at edges, as the pictures."""
    folders = [str(tmp_path / part) for part in ("animals", "masks")]
    subprocess.run([sys.executable, str(DATA / "draw_animals.py"), *folders], check=True, timeout=120)
    for path in (DATA / "animals").rglob("*.png"):
        name = path.relative_to(DATA / "animals")
        with Image.open(path) as picture, Image.open(DATA / "animal_masks" / name) as mask:
            assert mask.mode == "L" and mask.size == picture.size
            kept = np.asarray(mask)
        assert set(np.unique(kept)) == {0, 255}
        assert 0.15 < (kept == 255).mean() < 0.7
        assert not kept[0].any()  # nothing reaches the upper edge
        assert (np.asarray(Image.open(tmp_path / "masks" / name)) != kept).mean() < 0.005
    assert len(list((DATA / "animal_masks").rglob("*.png"))) == 9


def test_no_two_animals_have_the_same_picture_or_background():
    pictures = [x for x, _ in ImageFolder(DATA / "animals", size=64)]
    for i, one in enumerate(pictures):
        for other in pictures[:i]:
            assert np.abs(one - other).mean() > 0.1
            assert np.abs(one[:, 0] - other[:, 0]).mean() > 0.02


def test_the_digits_are_1797_images_of_0_to_16():
    images, labels = (read_idx(path) for path in DIGITS)
    assert (images.shape, images.dtype, labels.shape, labels.dtype) == (
        (1797, 8, 8),
        np.uint8,
        (1797,),
        np.uint8,
    )
    assert (images.min(), images.max()) == (0, 16)
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (
        hashlib.md5(images.tobytes(), usedforsecurity=False).hexdigest() == "fa70cba135d4cdd4cde65da70dbffde2"
    )
    assert (
        hashlib.md5(labels.tobytes(), usedforsecurity=False).hexdigest() == "96ecbac7ce6c9c7e9f9f82160cffba40"
    )


def test_the_digits_load_as_pictures_from_0_to_1():
    digits = IDX(*DIGITS, scale=16)
    x = np.stack([x for x, _ in digits])
    assert x.shape == (1797, 1, 8, 8)
    assert (x.min(), x.max()) == (0.0, 1.0)
    assert digits.classes == list("0123456789")


def test_the_digits_are_those_of_scikit_learn(tmp_path):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    digits = datasets.load_digits()
    images, labels = (read_idx(path) for path in DIGITS)
    assert np.array_equal(images, digits.images)
    assert np.array_equal(labels, digits.target)


@pytest.mark.parametrize(
    ("folder", "texts"),
    [
        ("digits", ["CC BY 4.0", "10.24432/C50P49", "E. Alpaydin, C. Kaynak (1998)", "What was changed"]),
        ("animals", ["CC0 1.0", "draw_animals.py"]),
        (".", ["CC BY 4.0", "CC0 1.0"]),
    ],
)
def test_every_data_set_names_its_licence_and_source(folder, texts):
    readme = (DATA / folder / "README.md").read_text(encoding="utf-8")
    assert all(text in readme for text in texts)

"""Folders of pictures: what is found, in which order, and what each kind of wrong folder is told."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import DataLoader, ImageFolder
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import DataError, MissingPathError


def draw(path, colour="red", size=(8, 6)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def root(tmp_path):
    draw(tmp_path / "dog" / "b.png", "blue")
    draw(tmp_path / "dog" / "A.JPG", "white")
    draw(tmp_path / "dog" / "more" / "deep" / "0.png", "black")
    draw(tmp_path / "cat" / "z.bmp", "red")
    draw(tmp_path / "cat" / ".hidden.png")
    draw(tmp_path / "cat" / ".thumbnails" / "x.png")
    draw(tmp_path / ".trash" / "x.png")
    (tmp_path / "cat" / "notes.txt").write_text("no picture")
    (tmp_path / "list.csv").write_text("no class")
    return tmp_path


def test_classes_and_pictures_are_found_and_sorted(root):
    data = ImageFolder(root)
    assert data.classes == ["cat", "dog"]
    assert data.class_to_idx == {"cat": 0, "dog": 1}
    names = [(os.path.relpath(path, root).replace(os.sep, "/"), label) for path, label in data.samples]
    assert names == [("cat/z.bmp", 0), ("dog/A.JPG", 1), ("dog/b.png", 1), ("dog/more/deep/0.png", 1)]
    assert data.targets.tolist() == [0, 1, 1, 1]
    assert [Path(path).name for path in data.skipped] == ["notes.txt"]
    assert len(data) == 4
    assert repr(data) == f"ImageFolder({str(root)!r}, 4 pictures, 2 classes)"


def test_a_sample_is_a_float32_picture_and_its_label(root):
    data = ImageFolder(root, size=(3, 5))
    x, label = data[2]
    assert x.shape == (3, 3, 5)
    assert x.dtype == np.float32
    assert x[:, 0, 0].tolist() == [0.0, 0.0, 1.0]
    assert (label, type(label)) == (1, int)
    assert data[-1][0].max() == 0.0
    assert [label for _, label in data] == [0, 1, 1, 1]


def test_a_number_as_size_means_a_square_and_grey_one_channel(root):
    assert ImageFolder(root, size=4)[0][0].shape == (3, 4, 4)
    assert ImageFolder(root, mode="L")[0][0].shape == (1, 6, 8)


def test_the_transform_runs_after_the_resizing(root):
    data = ImageFolder(root, size=4, transform=T.Compose([T.CenterCrop((2, 4)), T.Normalize(0.5, 0.5)]))
    assert data[0][0].shape == (3, 2, 4)
    assert data[0][0][:, 0, 0].tolist() == [1.0, -1.0, -1.0]


def test_later_epochs_read_no_files(root, monkeypatch):
    data = ImageFolder(root, size=4)
    first = [x for x, _ in data]
    monkeypatch.setattr("tinygrad_cnn.data.cache.read_pixels", lambda *a, **k: pytest.fail("read again"))
    assert all(np.array_equal(x, y) for x, (y, _) in zip(first, data, strict=True))


def test_a_kept_picture_cannot_be_changed_by_a_user(root):
    data = ImageFolder(root, size=4)
    data[0][0][:] = 0.5
    assert data[0][0].max() == 1.0


def test_no_more_is_kept_than_was_allowed(root):
    data = ImageFolder(root, size=512, cache_megabytes=1.6)  # 0.75 MB a picture
    for _ in range(2):
        for index in range(len(data)):
            data[index]
    assert len(data.cache) == 2
    assert not ImageFolder(root, cache_megabytes=0).cache


def test_links_that_lead_back_do_not_repeat_pictures(root):
    try:
        (root / "dog" / "again").symlink_to(root / "dog", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert len(ImageFolder(root)) == 4


def test_a_missing_folder_and_a_file_are_told_apart(root):
    with pytest.raises(
        MissingPathError, match=r"there is no folder .*gone; expected one that holds a folder for each"
    ):
        ImageFolder(root / "gone")
    with pytest.raises(
        DataError, match=r"expected a folder that holds one folder a class; .*list\.csv is a file"
    ):
        ImageFolder(root / "list.csv")


def test_a_folder_without_class_folders_says_whether_it_holds_pictures_itself(root, tmp_path_factory):
    with pytest.raises(DataError, match=r"expected one folder of pictures a class in .*; it holds none"):
        ImageFolder(tmp_path_factory.mktemp("empty"))
    shutil.rmtree(root / "dog" / "more")
    with pytest.raises(DataError, match=r"as in .*cat; it holds 2 pictures directly"):
        ImageFolder(root / "dog")


def test_a_class_without_pictures_is_named(root):
    (root / "emu").mkdir()
    with pytest.raises(
        DataError, match=r"a class has no pictures: .*emu \(1 other files, such as .*notes\.txt\); add"
    ):
        ImageFolder(root)


def test_folders_without_any_pictures_say_where_was_looked(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
    with pytest.raises(
        DataError, match=r"there are no pictures in .*: looked in .*cat, .*dog; expected .png"
    ):
        ImageFolder(tmp_path)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_damaged_picture_is_named_by_the_loader_too(root, workers):
    path = root / "dog" / "b.png"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"b\.png is a damaged picture \(.*\); repair or remove it") as caught:
        list(DataLoader(ImageFolder(root, size=4), batch_size=2, num_workers=workers))
    assert any("index 2, epoch 0" in note for note in caught.value.__notes__)


def test_a_huge_picture_is_named(root):
    draw(root / "dog" / "big.png", size=(100, 100))
    data = ImageFolder(root, size=4, max_pixels=5000)
    with pytest.raises(DataError, match=r"big\.png is too large: 100 x 100 pixels, and the limit is 5,000"):
        list(data)


def test_pictures_of_different_sizes_in_one_batch_are_named(root):
    draw(root / "cat" / "zz.png", size=(9, 6))
    with pytest.raises(
        ValueError, match=r"z\.bmp has \(3, 6, 8\), .*zz\.png has \(3, 6, 9\): give the data set a size"
    ):
        list(DataLoader(ImageFolder(root), batch_size=2))

"""IDX files as pictures with labels, and the four files of MNIST."""

import numpy as np
import pytest

from tinygrad_cnn.data import IDX, DataLoader, mnist, write_idx
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import ArgumentError, DataError, MissingPathError

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
LABELS = np.array([2, 0, 1], np.uint8)


@pytest.fixture
def files(tmp_path):
    write_idx(tmp_path / "images", IMAGES)
    write_idx(tmp_path / "labels", LABELS)
    return tmp_path / "images", tmp_path / "labels"


def test_pictures_get_a_channel_and_values_from_0_to_1(files):
    data = IDX(*files)
    x, label = data[1]
    assert x.dtype == np.float32
    assert np.array_equal(x, (np.arange(20, 40).reshape(1, 4, 5) / 255).astype(np.float32))
    assert (label, type(label)) == (0, int)
    assert data.targets.tolist() == [2, 0, 1]
    assert data.targets.dtype == np.int64
    assert data.classes == ["0", "1", "2"]
    assert data.class_to_idx == {"0": 0, "1": 1, "2": 2}
    assert repr(data) == "IDX(3 pictures of 1 x 4 x 5, 3 classes)"


def test_scale_is_the_stored_value_that_becomes_1(files, tmp_path):
    assert IDX(*files, scale=16)[0][0][0, 3, 1] == np.float32(16 / 16)
    write_idx(tmp_path / "floats", IMAGES.astype(np.float64))
    assert IDX(tmp_path / "floats")[0][0][0, 3, 1] == np.float32(16)
    with pytest.raises(
        ArgumentError, match=r"scale, the stored value that becomes 1.0, must be above 0; got -1"
    ):
        IDX(*files, scale=-1)
    with pytest.raises(ArgumentError, match="got 0"):
        IDX(*files, scale=0)


def test_a_batch_at_once_equals_the_samples_one_by_one(files):
    data = IDX(*files)
    for transform in (None, T.Normalize(0.5, 0.25), T.Compose([T.CenterCrop(2), T.Normalize(0.1, 2)])):
        data.transform = transform
        x, y = data.gather(np.array([2, 0]))
        assert np.array_equal(x, np.stack([data[2][0], data[0][0]]))
        assert y.tolist() == [1, 2]
    data.transform = T.RandomCrop(2)
    assert data.gather(np.array([0])) is None


def test_pictures_without_labels_are_samples_of_one_part(files):
    data = IDX(files[0])
    assert data.targets is None
    assert data.classes == []
    (x,) = data[0]
    (batch,) = next(iter(DataLoader(data, batch_size=2)))
    assert x.shape == (1, 4, 5)
    assert batch.shape == (2, 1, 4, 5)


def test_pictures_with_channels_keep_them(tmp_path):
    write_idx(tmp_path / "rgb", np.zeros((2, 3, 4, 5), np.uint8))
    assert IDX(tmp_path / "rgb")[0][0].shape == (3, 4, 5)


def test_files_that_do_not_belong_together_are_refused(files, tmp_path):
    images, labels = files
    write_idx(tmp_path / "four", np.zeros(4, np.uint8))
    with pytest.raises(
        DataError, match=r"images holds 3 images and .*four 4 labels; the two files do not belong"
    ):
        IDX(images, tmp_path / "four")
    with pytest.raises(DataError, match=r"labels should hold pictures .*; got shape \(3,\)"):
        IDX(labels, images)
    with pytest.raises(
        DataError, match=r"images should hold one label a picture, shape \(N,\); it holds shape"
    ):
        IDX(images, images)
    write_idx(tmp_path / "signed", IMAGES.astype(np.int8))
    with pytest.raises(
        DataError, match="signed holds signed bytes, not pictures; its type byte may be damaged"
    ):
        IDX(tmp_path / "signed", labels)


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (np.float32([0, np.nan, 1]), "label nan at position 1 is not a number that a class can have"),
        (np.int8([0, 1, -1]), "label -1 at position 2 is negative"),
        (np.int32([0, 1, 2**20]), "label 1048576 at position 2 is out of range"),
    ],
)
def test_labels_that_cannot_be_classes_are_refused_with_the_file(files, tmp_path, labels, text):
    write_idx(tmp_path / "odd", labels)
    with pytest.raises(DataError, match=f"odd: {text}"):
        IDX(files[0], tmp_path / "odd")


@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_the_usual_four_names_are_found_in_a_folder(tmp_path, mark, ending):
    for part, shift in (("train", 0), ("t10k", 7)):
        write_idx(tmp_path / f"{part}-images{mark}idx3-ubyte{ending}", IMAGES + np.uint8(shift))
        write_idx(tmp_path / f"{part}-labels{mark}idx1-ubyte{ending}", LABELS)
    assert np.array_equal(mnist(tmp_path).images[:, 0], IMAGES)
    assert np.array_equal(mnist(tmp_path, train=False).images[:, 0], IMAGES + 7)


def test_a_folder_without_the_names_says_what_was_tried(tmp_path):
    names = [f"train-images{mark}idx3-ubyte{ending}" for mark in "-." for ending in ("", ".gz")]
    with pytest.raises(MissingPathError, match=f"holds none of {', '.join(names)}"):
        mnist(tmp_path)
    with pytest.raises(
        MissingPathError, match=r"there is no folder .*gone; expected one that holds the IDX files"
    ):
        mnist(tmp_path / "gone")

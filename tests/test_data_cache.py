"""Decoded pictures are kept once, found again, and never wrong: after a change or after augmentation."""

import os
import threading

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import DataLoader, ImageFolder, PictureCache, UnlabelledFolder, check_trainable
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.data.pictures import read_pixels
from tinygrad_cnn.errors import ArgumentError, DataError, MissingPathError


@pytest.fixture
def root(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("cat/1.png", "cat/2.png", "dog/sub/1.png", "dog/2.jpg"):
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).save(tmp_path / "set" / name)
    deep = rng.integers(0, 65536, (6, 8)).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "set" / "dog" / "deep.png")
    return tmp_path / "set"


def pictures(data):
    return [data[i][0].copy() for i in range(len(data))]


def same(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


@pytest.fixture
def no_reading(monkeypatch):
    def forbid():
        monkeypatch.setattr("tinygrad_cnn.data.cache.read_pixels", lambda *a, **k: pytest.fail("read again"))

    return forbid


def test_a_second_program_finds_what_the_first_has_decoded(root, tmp_path, no_reading):
    plain = pictures(ImageFolder(root, size=4, cache_megabytes=0))
    assert same(pictures(ImageFolder(root, size=4, cache_folder=tmp_path / "kept")), plain)
    no_reading()
    again = ImageFolder(root, size=4, cache_folder=tmp_path / "kept", cache_megabytes=0)
    assert same(pictures(again), plain)
    assert same(pictures(again), plain)


def test_nothing_unfinished_is_left(root, tmp_path):
    pictures(ImageFolder(root, size=4, cache_folder=tmp_path / "kept"))
    files = [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    assert len(files) == 5
    assert all(path.suffix == ".pixels" for path in files)


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_file_that_is_replaced_is_decoded_anew(root, tmp_path, on_disk):
    data = ImageFolder(root, size=4, cache_folder=tmp_path / "kept" if on_disk else None)
    path = root / "cat" / "1.png"
    before = data[0][0]
    Image.new("RGB", (8, 6), "white").save(path)
    os.utime(path, ns=(1, 1))
    assert data[0][0].min() == 1.0
    assert not np.array_equal(before, data[0][0])
    stamp = path.stat().st_mtime_ns
    Image.new("RGB", (80, 60), "black").save(path)
    os.utime(path, ns=(stamp, stamp))  # only the length tells
    assert data[0][0].max() == 0.0
    assert len(data.cache) == 1


def test_settings_are_kept_apart(root, tmp_path):
    kept = tmp_path / "kept"
    shapes = {
        pictures(ImageFolder(root, size=size, mode=mode, cache_folder=kept))[0].shape
        for size in (4, (4, 5), None)
        for mode in ("RGB", "L")
        for _ in range(2)
    }
    assert len(shapes) == 6
    with pytest.raises(DataError, match=r"too large"):
        ImageFolder(root, size=4, max_pixels=10, cache_folder=kept)[0]


@pytest.mark.parametrize("damage", [b"", b"x", None, "cut", "flip", "other"])
def test_a_damaged_entry_is_written_anew(root, tmp_path, damage, no_reading):
    plain = pictures(ImageFolder(root, size=4))
    pictures(ImageFolder(root, size=4, cache_folder=tmp_path / "kept"))
    for path in (tmp_path / "kept").rglob("*.pixels"):
        content = path.read_bytes()
        if damage is None:
            path.unlink()
            path.mkdir()  # cannot be read, and cannot be replaced
            continue
        changed = {"cut": content[:-1], "flip": content[:90] + bytes([content[90] ^ 1]) + content[91:]}
        changed["other"] = content[:-32] + bytes(32)
        path.write_bytes(changed.get(damage, damage))
    assert same(pictures(ImageFolder(root, size=4, cache_folder=tmp_path / "kept")), plain)
    if damage is not None:
        no_reading()
        assert same(pictures(ImageFolder(root, size=4, cache_folder=tmp_path / "kept")), plain)


def wrecking(x, rng):
    x[...] = rng.random()  # in place, on purpose
    return x


@pytest.mark.parametrize("megabytes", [0, 256])
@pytest.mark.parametrize("on_disk", [False, True])
def test_augmentation_never_reaches_what_is_kept(root, tmp_path, megabytes, on_disk):
    plain = pictures(ImageFolder(root, size=4))
    kept = tmp_path / "kept" if on_disk else None
    data = ImageFolder(root, size=4, transform=wrecking, cache_megabytes=megabytes, cache_folder=kept)
    for _ in range(2):
        assert all(x.min() == x.max() for x, _ in data)
    data.transform = None
    assert same(pictures(data), plain)
    assert same(pictures(ImageFolder(root, size=4, cache_folder=kept)), plain)


def test_the_number_of_threads_changes_nothing(root, tmp_path):
    runs = []
    for workers in (0, 3):
        for kept in (None, tmp_path / f"kept{workers}"):
            data = ImageFolder(root, size=4, transform=T.RandomAffine(20), cache_folder=kept)
            loader = DataLoader(data, 2, shuffle=True, num_workers=workers)
            runs.append([x.numpy().tobytes() for _ in range(3) for x, _ in loader])
    assert all(run == runs[0] for run in runs)


def test_memory_has_its_limit(root):
    cache = PictureCache(megabytes=2 * 6 * 8 * 3 / 2**20)  # two pictures of 8 bits
    paths = sorted((root / "cat").iterdir()) + [root / "dog" / "2.jpg"]
    for _ in range(2):
        for path in paths:
            assert np.array_equal(cache.pixels(path, None, "RGB", 1000), read_pixels(path))
    assert len(cache) == 2
    for path in paths[:2]:  # a picture that is replaced gives its room back
        Image.new("RGB", (8, 6), "white").save(path)
        os.utime(path, ns=(1, 1))
        assert cache.pixels(path, None, "RGB", 1000).min() == 255
    assert len(cache) == 2


def test_many_threads_fill_one_cache(root, tmp_path):
    plain = pictures(ImageFolder(root, size=4))
    data = ImageFolder(root, size=4, cache_megabytes=1, cache_folder=tmp_path / "kept")
    found = []
    threads = [threading.Thread(target=lambda: found.append(pictures(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(same(one, plain) for one in found)
    assert len(data.cache) == 5


def test_what_cannot_be_is_refused(root, tmp_path):
    for megabytes in (-1, float("nan"), float("inf")):
        with pytest.raises(ArgumentError, match=r"a cache expects megabytes as a number from 0 up"):
            ImageFolder(root, cache_megabytes=megabytes)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"the folder .*file for decoded pictures cannot be made"):
        ImageFolder(root, cache_folder=tmp_path / "file")
    with pytest.raises(MissingPathError, match=r"there is no picture"):
        PictureCache().pixels(root / "none.png", None, "RGB", 1000)


def test_a_folder_without_labels_is_all_pictures_below_it(root):
    (root / ".hidden.png").write_bytes(b"")
    (root / "notes.txt").write_text("")
    data = UnlabelledFolder(root, size=4, mode="L")
    assert [os.path.relpath(path, root).replace(os.sep, "/") for path in data.paths] == [
        "cat/1.png",
        "cat/2.png",
        "dog/2.jpg",
        "dog/deep.png",
        "dog/sub/1.png",
    ]
    assert [path.endswith("notes.txt") for path in data.skipped] == [True]
    assert (len(data), len(data[0]), data[0][0].shape, data.targets) == (5, 1, (1, 4, 4), None)
    assert data.describe(1) == data.paths[1]
    assert "5 pictures" in repr(data)
    ((x,),) = DataLoader(data, 5)
    assert x.shape == (5, 1, 4, 4)


def test_where_labels_are_needed_one_picture_is_enough_to_say_so(root, monkeypatch):
    data = UnlabelledFolder(root, size=4)
    monkeypatch.setattr(data, "paths", [data.paths[0], "nowhere.png"])
    with pytest.raises(DataError, match=r"labels are needed, and UnlabelledFolder\(.*\) has none"):
        check_trainable(data)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"there are no pictures in .*; expected .png, .jpg or the like"):
        UnlabelledFolder(tmp_path)
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(DataError, match=r"no pictures in .* \(1 other files, such as .*a.txt\)"):
        UnlabelledFolder(tmp_path)
    with pytest.raises(DataError, match=r"expected a folder of pictures; .*a.txt is a file"):
        UnlabelledFolder(tmp_path / "a.txt")
    with pytest.raises(MissingPathError, match=r"there is no folder .*; expected one that holds pictures"):
        UnlabelledFolder(tmp_path / "none")

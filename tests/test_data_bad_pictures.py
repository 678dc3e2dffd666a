"""Everything that can be wrong with a picture file: each has its own message, which names the path."""

import io
import threading
import traceback
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.data import read_picture
from tinygrad_cnn.data.quiet import pillow_is_quiet
from tinygrad_cnn.errors import ArgumentError, DataError, MissingPathError

ORIENTATION = 0x0112


def colours(channels):
    return np.random.default_rng(3).integers(0, 256, (5, 7, channels), dtype=np.uint8)


def huge_png(side):
    """A valid PNG of side x side black pixels, 1 bit each, without building it in memory first."""

    def chunk(name, body):
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8000, 10000, 20000])  # above our limit, Pillow's warning, Pillow's error
def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_decoded(tmp_path, side, monkeypatch):
    path = tmp_path / "bomb.png"
    path.write_bytes(huge_png(side))
    assert path.stat().st_size < 200_000
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("it was decoded"))
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        with pytest.raises(DataError, match=r"bomb\.png is too large.*make the picture smaller") as caught:
            read_picture(path)
    assert "attack" not in "".join(traceback.format_exception(caught.value))
    assert not leaked


def test_the_limit_on_pixels_is_an_argument(tmp_path):
    Image.new("L", (10, 10)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png", max_pixels=100).shape == (3, 10, 10)
    with pytest.raises(DataError, match=r"a\.png is too large: 10 x 10 pixels, and the limit is 99;"):
        read_picture(tmp_path / "a.png", max_pixels=99)


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm"])
def test_every_truncation_is_refused_by_name_or_changes_nothing(tmp_path, kind):
    whole = io.BytesIO()
    Image.fromarray(colours(3)).save(whole, kind)
    content = whole.getvalue()
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(content)
    expected = read_picture(path)
    refused = 0
    for length in range(0, len(content), 1 + len(content) // 150):
        path.write_bytes(content[:length])
        try:
            got = read_picture(path)
        except DataError as error:
            assert str(path) in str(error)
            refused += 1
        else:
            assert np.array_equal(got, expected), (
                f"{kind} cut to {length} of {len(content)} bytes was believed"
            )
    assert refused > 0


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "tiff", "webp"])
def test_random_damage_never_raises_anything_but_our_own_error(tmp_path, kind):
    whole = io.BytesIO()
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.fromarray(colours(3)).save(whole, kind, exif=exif)
    path = tmp_path / f"damaged.{kind}"
    rng = np.random.default_rng(1)
    refused = 0
    for _ in range(150):
        content = np.frombuffer(whole.getvalue(), np.uint8).copy()
        places = rng.integers(0, len(content), 4)
        content[places] = rng.integers(0, 256, 4)
        path.write_bytes(content.tobytes())
        try:
            assert read_picture(path).shape[0] == 3
        except DataError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > 0


def test_unreadable_notes_beside_good_pixels_do_not_matter(tmp_path):
    path = tmp_path / "odd.png"
    Image.new("RGB", (3, 2), "red").save(path, exif=b"Exif\0\0XX\0*\0\0\0\x08")
    with Image.open(path) as picture, pytest.raises(SyntaxError):
        picture.getexif()
    assert read_picture(path).shape == (3, 2, 3)


@pytest.mark.parametrize(
    "content", [b"", b"hello, this is no picture", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]
)
def test_a_file_that_is_no_picture_is_named(tmp_path, content):
    path = tmp_path / "note.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"note\.png is not a picture that can be read, such as PNG or JPEG"):
        read_picture(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(MissingPathError, match=r"there is no picture .*gone\.png"):
        read_picture(tmp_path / "gone.png")
    with pytest.raises(DataError, match=r"expected a picture file; .* is a folder"):
        read_picture(tmp_path)


@pytest.mark.parametrize("wrong", [-0.25, 1.5, float("nan")])
def test_float_grey_outside_of_0_to_1_is_refused(tmp_path, wrong):
    grey = np.full((2, 2), 0.5, np.float32)
    grey[1, 0] = wrong
    Image.fromarray(grey).save(tmp_path / "f.tiff")
    with pytest.raises(
        DataError, match=r"f\.tiff holds grey values from .* expected 0 to 1\.0: rescale the picture"
    ):
        read_picture(tmp_path / "f.tiff")


@pytest.mark.parametrize("wrong", [-1, 65536])
def test_whole_number_grey_outside_of_16_bits_is_refused(tmp_path, wrong):
    Image.fromarray(np.int32([[5, wrong]])).save(tmp_path / "i.tiff")
    with pytest.raises(DataError, match=r"i\.tiff holds grey values from .* expected 0 to 65535"):
        read_picture(tmp_path / "i.tiff")


def test_lab_colours_are_refused_by_name(tmp_path):
    Image.fromarray(colours(3), "LAB").save(tmp_path / "lab.tiff")
    with pytest.raises(DataError, match=r"lab\.tiff is in Lab colours, which are not read; save it as RGB"):
        read_picture(tmp_path / "lab.tiff")


def test_wrong_arguments_say_what_was_expected(tmp_path):
    with pytest.raises(ArgumentError, match="mode must be 'RGB' or 'L'; got 'RGBA'"):
        read_picture(tmp_path / "a.png", mode="RGBA")
    for size in (0, (3, -1), (1, 2, 3), (2.5, 2)):
        with pytest.raises(
            ArgumentError, match=r"size must be one whole number above 0, or two as \(H, W\); got"
        ):
            read_picture(tmp_path / "a.png", size=size)


def test_the_warning_filters_are_as_before_after_reading_in_many_threads(tmp_path):
    Image.new("P", (3, 2)).save(tmp_path / "a.png", transparency=b"\0\1")
    before = list(warnings.filters)
    threads = [
        threading.Thread(target=lambda: [read_picture(tmp_path / "a.png") for _ in range(30)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


def test_only_pillows_own_warnings_are_kept_in():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with pillow_is_quiet():
            warnings.warn_explicit("large", UserWarning, "Image.py", 1, module="PIL.Image")
            warnings.warn("mine", stacklevel=1)
    assert [str(warning.message) for warning in seen] == ["mine"]

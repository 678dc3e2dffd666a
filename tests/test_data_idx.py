"""IDX files written byte by byte here, read back, cut, flipped, lied about and blown up."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from tinygrad_cnn.data import IDX, read_idx, write_idx
from tinygrad_cnn.errors import DataError, DtypeError, MissingPathError, ShapeError

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
LABELS = np.array([2, 0, 1], np.uint8)
IMAGE_BYTES = b"\0\0\x08\x03" + struct.pack(">III", 3, 4, 5) + bytes(range(60))
LABEL_BYTES = b"\0\0\x08\x01" + struct.pack(">I", 3) + bytes([2, 0, 1])


@pytest.fixture
def files(tmp_path):
    (tmp_path / "images").write_bytes(IMAGE_BYTES)
    (tmp_path / "labels").write_bytes(LABEL_BYTES)
    return tmp_path / "images", tmp_path / "labels"


@pytest.mark.parametrize("zipped", [False, True])
def test_plain_and_gzipped_files_are_told_apart_by_their_bytes(tmp_path, zipped):
    path = tmp_path / ("plain.gz" if not zipped else "zipped")  # names that mislead
    path.write_bytes(gzip.compress(IMAGE_BYTES) if zipped else IMAGE_BYTES)
    got = read_idx(path)
    assert got.dtype == np.uint8
    assert np.array_equal(got, IMAGES)


@pytest.mark.parametrize(
    ("code", "letter", "dtype"),
    [(8, "B", "u1"), (9, "b", "i1"), (11, "h", "i2"), (12, "i", "i4"), (13, "f", "f4"), (14, "d", "f8")],
)
def test_every_type_is_read_and_written_big_end_first(tmp_path, code, letter, dtype):
    numbers = [1, 2, 100, 7, 0, 3]
    content = bytes([0, 0, code, 2]) + struct.pack(">II", 2, 3) + struct.pack(f">6{letter}", *numbers)
    (tmp_path / "a").write_bytes(content)
    got = read_idx(tmp_path / "a")
    assert got.dtype == np.dtype(dtype)
    assert got.dtype.isnative
    assert got.tolist() == [numbers[:3], numbers[3:]]
    write_idx(tmp_path / "b", got)
    assert (tmp_path / "b").read_bytes() == content


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (1,), (2, 1, 3, 1)])
def test_empty_and_narrow_arrays_come_back_as_they_were(tmp_path, shape):
    array = np.ones(shape, np.int16)
    write_idx(tmp_path / "a.gz", array)
    got = read_idx(tmp_path / "a.gz")
    assert got.shape == shape
    assert np.array_equal(got, array)


def test_strided_and_foreign_byte_order_arrays_are_written_by_value(tmp_path):
    array = np.arange(24, dtype=">i4").reshape(4, 6)[::-2, ::3]
    write_idx(tmp_path / "a", array)
    assert read_idx(tmp_path / "a").tolist() == [[18, 21], [6, 9]]


def test_two_writes_give_the_same_bytes_and_leave_nothing_else(tmp_path):
    for name in ("a.gz", "b.gz"):
        write_idx(tmp_path / name, IMAGES)
    content = (tmp_path / "a.gz").read_bytes()
    assert content == (tmp_path / "b.gz").read_bytes()
    assert content[3:8] == bytes(5)  # no name and no time inside
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gz", "b.gz"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    write_idx(tmp_path / "a", LABELS)

    def full_disk(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_idx(tmp_path / "a", IMAGES)
    assert np.array_equal(read_idx(tmp_path / "a"), LABELS)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    "content",
    [IMAGE_BYTES, LABEL_BYTES, gzip.compress(IMAGE_BYTES, mtime=0)],
    ids=["images", "labels", "zipped"],
)
def test_every_truncation_is_refused(tmp_path, content):
    path = tmp_path / "cut"
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(DataError, match="cut "):
            read_idx(path)


@pytest.mark.parametrize("extra", [b"\0", b"extra bytes"])
def test_bytes_after_the_end_are_refused(tmp_path, extra):
    contents = {"plain": IMAGE_BYTES + extra, "zipped": gzip.compress(IMAGE_BYTES + extra)}
    for name, held in (("plain", f"{60 + len(extra)} bytes"), ("zipped", "more")):
        (tmp_path / name).write_bytes(contents[name])
        text = (
            f"{name} states 3 x 4 x 5 numbers of type uint8, 60 bytes; it holds {held}: fetch the file again"
        )
        with pytest.raises(DataError, match=text):
            read_idx(tmp_path / name)


def flips(content, count):
    for position in range(count):
        for bit in range(8):
            changed = bytearray(content)
            changed[position] ^= 1 << bit
            yield bytes(changed)


def test_every_flipped_bit_of_a_header_is_refused_or_changes_nothing(files):
    images, labels = files
    expected = IDX(images, labels)
    refused = 0
    for path, content, header in ((images, IMAGE_BYTES, 16), (labels, LABEL_BYTES, 8)):
        for changed in flips(content, header):
            path.write_bytes(changed)
            try:
                got = IDX(images, labels)
            except DataError as error:
                assert path.name in str(error)
                refused += 1
            else:
                assert np.array_equal(got.images, expected.images)
                assert np.array_equal(got.targets, expected.targets)
        path.write_bytes(content)
    assert refused >= 8 * (16 + 8) - 1  # of all flips, only signed for unsigned labels changes nothing


def test_every_flipped_bit_of_a_gzip_file_is_refused_or_changes_nothing(tmp_path):
    content = gzip.compress(LABEL_BYTES, mtime=0)
    path = tmp_path / "zipped"
    refused = 0
    for changed in flips(content, len(content)):
        path.write_bytes(changed)
        try:
            assert np.array_equal(read_idx(path), LABELS)
        except DataError as error:
            assert "zipped" in str(error)
            refused += 1
    assert refused > 8 * (len(content) - 10)


def test_decompression_stops_at_the_stated_size(tmp_path):
    path = tmp_path / "bomb"
    bomb = gzip.compress(LABEL_BYTES + bytes(200_000_000), compresslevel=1)
    path.write_bytes(bomb)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"bomb states 3 numbers of type uint8, 3 bytes; it holds more"):
        read_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_header_that_states_more_than_is_there_costs_no_memory(tmp_path):
    path = tmp_path / "liar"
    content = b"\0\0\x08\x03" + struct.pack(">III", 1000, 1000, 1000) + bytes(10)
    tracemalloc.start()
    for stored in (content, gzip.compress(content)):
        path.write_bytes(stored)
        with pytest.raises(DataError, match=r"liar states 1000 x 1000 x 1000 numbers .* it holds 10 bytes"):
            read_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("sizes", [(2**32 - 1,) * 3, (0, 2**32 - 1, 2**32 - 1, 2**32 - 1)])
def test_a_header_with_an_absurd_size_is_refused_at_once(tmp_path, sizes):
    (tmp_path / "huge").write_bytes(bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes))
    with pytest.raises(
        DataError, match=r"huge states .* numbers of 1 bytes, and the limit is 1,073,741,824 bytes"
    ):
        read_idx(tmp_path / "huge")


def test_the_limit_on_bytes_is_an_argument(files):
    assert read_idx(files[0], max_bytes=60).shape == (3, 4, 5)
    with pytest.raises(DataError, match=r"the limit is 59 bytes; .* with read_idx\(path, max_bytes=60\)"):
        read_idx(files[0], max_bytes=59)


def test_what_is_no_idx_file_is_named(tmp_path):
    (tmp_path / "note").write_bytes(b"hello")
    with pytest.raises(
        DataError, match="note is no IDX file: expected 00 00, a type and a count; got 68 65 6c 6c"
    ):
        read_idx(tmp_path / "note")
    (tmp_path / "short").write_bytes(IMAGE_BYTES[:10])
    with pytest.raises(DataError, match="short ends inside of its header, before its 3 sizes"):
        read_idx(tmp_path / "short")
    with pytest.raises(MissingPathError, match=r"there is no IDX file .*gone"):
        read_idx(tmp_path / "gone")
    with pytest.raises(DataError, match=r"expected an IDX file; .* is a folder"):
        read_idx(tmp_path)


def test_what_idx_cannot_hold_is_not_written(tmp_path):
    with pytest.raises(DtypeError, match=r"IDX holds uint8, .* float64; got int64: convert it"):
        write_idx(tmp_path / "a", np.arange(3))
    with pytest.raises(ShapeError, match=r"IDX holds 1 to 32 sizes below 2\*\*32; got shape \(\)"):
        write_idx(tmp_path / "a", np.float32(1))
    assert not list(tmp_path.iterdir())

"""Array files: what is read, what is mapped, and what a hostile file cannot do."""

import io
import pickle
import warnings
import zipfile

import numpy as np
import pytest

from tinygrad_cnn.data import ArrayFiles, DataLoader, arrays, read_npy
from tinygrad_cnn.errors import ArgumentError, DataError, MissingPathError

X = np.arange(5 * 3 * 4 * 2, dtype=np.uint8).reshape(5, 3, 4, 2)
Y = np.array([2, 0, 1, 1, 0], np.uint8)


@pytest.fixture
def pair(tmp_path):
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    return tmp_path / "x.npy", tmp_path / "y.npy"


def test_a_pair_of_files(pair):
    data = ArrayFiles(*pair)
    x, label = data[3]
    assert (x.dtype, x.shape, label) == (np.float32, (3, 4, 2), 1)
    assert np.array_equal(x, X[3].astype(np.float32) / np.float32(255))
    assert (data.targets.dtype, data.targets.tolist()) == (np.int64, Y.tolist())
    assert data.classes == ["0", "1", "2"]
    ((batch, labels),) = DataLoader(data, 5)
    assert np.array_equal(batch.numpy(), np.stack([x for x, _ in data]))
    assert labels.tolist() == Y.tolist()
    assert repr(data) == "ArrayFiles(uint8 (5, 3, 4, 2), 3 classes)"


def test_samples_without_labels_and_labels_that_are_no_classes(pair, tmp_path):
    assert len(ArrayFiles(pair[0])[0]) == 1
    np.save(tmp_path / "masks.npy", np.ones((5, 4, 2), np.int64))
    data = ArrayFiles(pair[0], tmp_path / "masks.npy")
    assert (data[0][1].shape, data.targets) == ((4, 2), None)
    np.save(tmp_path / "values.npy", np.linspace(0, 1, 5))
    assert ArrayFiles(pair[0], tmp_path / "values.npy")[2][1] == 0.5


@pytest.mark.parametrize(
    ("layout", "shape", "sample"),
    [
        (None, (5, 7), (7,)),
        ("NCHW", (5, 3, 4, 2), (3, 4, 2)),
        ("NHWC", (5, 4, 2, 3), (3, 4, 2)),
        ("NHW", (5, 4, 2), (1, 4, 2)),
    ],
)
def test_the_layout_says_where_the_channels_are(tmp_path, layout, shape, sample):
    stored = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    np.save(tmp_path / "x.npy", stored)
    x = ArrayFiles(tmp_path / "x.npy", layout=layout, scale=2)[1][0]
    assert (x.shape, x.dtype) == (sample, np.float32)
    expected = stored[1].transpose(2, 0, 1) if layout == "NHWC" else stored[1].reshape(sample)
    assert np.array_equal(x, (expected / 2).astype(np.float32))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_one_file_of_both(tmp_path, save):
    save(tmp_path / "a.npz", x=X, y=Y, pictures=X[:2], names=Y)
    assert np.array_equal(ArrayFiles(tmp_path / "a.npz").images, X)
    assert ArrayFiles(tmp_path / "a.npz").targets.tolist() == Y.tolist()
    data = ArrayFiles(tmp_path / "a.npz", keys=("pictures",))
    assert (len(data), len(data[0])) == (2, 1)
    with pytest.raises(
        MissingPathError, match=r"a.npz holds no array 'images'; it holds x, y, pictures, names"
    ):
        ArrayFiles(tmp_path / "a.npz", keys=("images", "y"))
    with pytest.raises(ArgumentError, match=r"is a .npz, which holds x and y; leave out"):
        ArrayFiles(tmp_path / "a.npz", tmp_path / "y.npy")
    for keys in ("xy", (), ("x", "y", "z"), (1, 2)):
        with pytest.raises(ArgumentError, match=r"keys must be the names of x and y"):
            ArrayFiles(tmp_path / "a.npz", keys=keys)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [">f4", "<i8", "f2", "u1", "?"])
def test_any_order_and_type_of_numbers(tmp_path, dtype, order):
    stored = np.asarray(X[:2] % 2, dtype=dtype, order=order)
    np.save(tmp_path / "x.npy", stored)
    found = ArrayFiles(tmp_path / "x.npy", scale=1)[1][0]
    assert np.array_equal(found, (X[1] % 2).astype(np.float32))


def test_a_large_file_stays_on_the_disk(pair, monkeypatch):
    monkeypatch.setattr(arrays, "_MAPPED", 100)
    data = ArrayFiles(*pair)
    base = data.images
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert np.array_equal(data[4][0], X[4].astype(np.float32) / np.float32(255))
    with pytest.raises(ValueError, match=r"read-only"):
        data.images[0] = 0


class Harmful:
    def __reduce__(self):
        return pytest.fail, ("code was run",)


def test_objects_are_never_read(tmp_path):
    np.save(tmp_path / "x.npy", np.array([Harmful()], object), allow_pickle=True)
    with pytest.raises(DataError, match=r"x.npy holds object; expected numbers"):
        ArrayFiles(tmp_path / "x.npy")
    np.savez(tmp_path / "x.npz", x=np.array([Harmful()], object), y=Y)
    with pytest.raises(DataError, match=r"x.npz, array 'x', holds object; expected numbers"):
        ArrayFiles(tmp_path / "x.npz")
    (tmp_path / "p.npy").write_bytes(pickle.dumps(Harmful()))
    with pytest.raises(DataError, match=r"p.npy is no .npy array, or is damaged"):
        ArrayFiles(tmp_path / "p.npy")


@pytest.mark.parametrize(
    "array", [np.array(["a"]), np.zeros(2, "c8"), np.zeros(2, "M8[s]"), np.zeros(2, "i4,f8")]
)
def test_what_is_no_number_is_refused(tmp_path, array):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(DataError, match=r"x.npy holds .*; expected numbers"):
        read_npy(tmp_path / "x.npy")


def header(text):
    body = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("(10000000000000,)", "states 10,000,000,000,000 bytes of numbers and holds 4"),
        ("(3,)", "states 3 bytes of numbers and holds 4"),
        ("(-2, -2)", "states the impossible shape"),
        ("(0, 99999999999999999999999)", "states the impossible shape"),
        ("(4.0,)", "no .npy array"),
        ("[" * 3000, "no .npy array"),
        ("__import__('os')", "no .npy array"),
    ],
)
def test_a_header_is_believed_as_far_as_the_bytes_go(tmp_path, shape, text):
    content = header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}") + bytes(4)
    (tmp_path / "x.npy").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x.npy", content)
    for name in ("x.npy", "x.npz"):
        with pytest.raises(DataError, match=text), warnings.catch_warnings():
            warnings.simplefilter("error")
            ArrayFiles(tmp_path / name, keys=("x",))


def test_a_file_cut_short_anywhere_is_one_error(tmp_path, pair):
    whole = pair[0].read_bytes()
    zipped = io.BytesIO()
    np.savez_compressed(zipped, x=X, y=Y)
    for name, content in (("a.npy", whole), ("b.npz", zipped.getvalue())):
        for length in range(0, len(content), 7):
            (tmp_path / name).write_bytes(content[:length])
            with pytest.raises(DataError, match=name):
                ArrayFiles(tmp_path / name)


def test_changed_bytes_of_an_archive_are_noticed(tmp_path):
    zipped = io.BytesIO()
    np.savez(zipped, x=X, y=Y)
    content = bytearray(zipped.getvalue())
    place = content.index(X.tobytes()[:20])
    content[place + 3] ^= 1
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a.npz.*Bad CRC"):
        ArrayFiles(tmp_path / "a.npz")


def test_what_does_not_belong_together_is_refused(pair, tmp_path):
    np.save(tmp_path / "y.npy", Y[:4])
    with pytest.raises(DataError, match=r"x of .*x.npy holds 5 samples and y has shape \(4,\)"):
        ArrayFiles(*pair)
    np.save(tmp_path / "y.npy", np.int64(3))
    with pytest.raises(DataError, match=r"holds 5 samples and y has shape \(\)"):
        ArrayFiles(*pair)
    with pytest.raises(ArgumentError, match=r"layout must be 'NCHW', 'NHWC', 'NHW' or None; got 'CHW'"):
        ArrayFiles(pair[0], layout="CHW")
    with pytest.raises(DataError, match=r"has shape \(5, 3, 4, 2\); expected NHW"):
        ArrayFiles(pair[0], layout="NHW")
    with pytest.raises(
        ArgumentError, match=r"scale, the stored value that becomes 1.0, must be above 0; got 0"
    ):
        ArrayFiles(pair[0], scale=0)
    np.save(tmp_path / "n.npy", np.float32(1))
    with pytest.raises(DataError, match=r"has shape .*; expected samples along the first axis"):
        ArrayFiles(tmp_path / "n.npy")
    with pytest.raises(MissingPathError, match=r"there is no array file"):
        ArrayFiles(tmp_path / "none.npy")
    with pytest.raises(DataError, match=r"expected a .npy or .npz file; .* is a folder"):
        ArrayFiles(tmp_path)
    with pytest.raises(DataError, match=r"states 120 bytes, and the limit is 100; raise max_bytes"):
        read_npy(pair[0], max_bytes=100)

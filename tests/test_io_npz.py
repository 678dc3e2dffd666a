"""Arrays in .npz files: numpy reads what is written here and the reverse, and what lies is refused."""

import io
import struct
import zipfile

import numpy as np
import pytest
from test_io_weights import mutated

from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, CheckpointError, CnnError, DtypeError, MissingPathError
from tinygrad_cnn.io import load, load_metadata, load_with_metadata, npz, save

rng = np.random.default_rng(0)
ARRAYS = {
    "conv.weight": rng.standard_normal((4, 3, 2, 5)).astype(np.float32),
    "turned": rng.standard_normal((3, 4)).T,
    "every.second": np.arange(10)[::2],
    "scalar": np.float64(2.5),
    "empty": np.zeros((0, 3), np.float32),
    "mask": np.array([True, False, True]),
    "half": np.array([1.5, 2.5], np.float16),
    "a/b ü": np.arange(3, dtype=np.uint8),
    "file": np.arange(2),
    "big.end.first": np.arange(3, dtype=">i4"),
}


def same(found):
    assert sorted(found) == sorted(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].shape == np.shape(array), name
        assert found[name].dtype == array.dtype.newbyteorder("="), name
        np.testing.assert_array_equal(found[name], array)


def test_arrays_of_every_kind_come_back(tmp_path):
    save(tmp_path / "w.npz", ARRAYS)
    found = load(tmp_path / "w.npz")
    same(found)
    assert all(a.flags.writeable and a.flags.c_contiguous for a in found.values())
    assert load_metadata(tmp_path / "w.npz") == {}


def test_numpy_reads_what_is_written_here(tmp_path):
    save(tmp_path / "w.npz", ARRAYS)
    with np.load(tmp_path / "w.npz", allow_pickle=False) as file:
        same({name: file[name].astype(file[name].dtype.newbyteorder("=")) for name in file.files})


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read_here(tmp_path, write):
    with (tmp_path / "w.npz").open("wb") as stream:
        write(stream, **{name: a for name, a in ARRAYS.items() if name != "file"}, other=ARRAYS["file"])
    found = load_with_metadata(tmp_path / "w.npz")[0]
    found["file"] = found.pop("other")
    same(found)


def test_the_same_arrays_give_the_same_bytes_in_any_order(tmp_path):
    save(tmp_path / "one.npz", ARRAYS)
    save(tmp_path / "two.npz", dict(reversed(ARRAYS.items())))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_module_is_saved_and_loaded(tmp_path):
    model, other = (nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)) for _ in range(2))
    save(tmp_path / "w.npz", model)
    other.load_state_dict(load(tmp_path / "w.npz"))
    for name, t in model.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], t)


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_a_tied_parameter_is_saved_once_and_loaded_into_both_places(tmp_path, suffix):
    def tied():
        net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
        net[1].weight = net[0].weight
        return net

    model, other = tied(), tied()
    save(tmp_path / f"w.{suffix}", model)
    found = load(tmp_path / f"w.{suffix}")
    assert sorted(found) == ["0.bias", "0.weight", "1.bias"]
    other.load_state_dict(found)
    assert other[1].weight is other[0].weight
    np.testing.assert_array_equal(other[1].weight, model[0].weight)
    assert "1.weight" in model.state_dict()
    both = {**found, "1.weight": found["0.weight"]}  # as a file of PyTorch's has it
    other.load_state_dict(both)


def test_a_buffer_that_two_modules_share_is_saved_once(tmp_path):
    net = nn.Sequential(nn.BatchNorm2d(2), nn.BatchNorm2d(2))
    net[1].running_mean = net[0].running_mean
    save(tmp_path / "w.npz", net)
    assert "1.running_mean" not in load(tmp_path / "w.npz")


def test_what_cannot_be_saved_is_refused_and_no_file_is_made(tmp_path):
    with pytest.raises(ArgumentError, match=r"cannot hold metadata, since .npz files have no place for it"):
        save(tmp_path / "w.npz", ARRAYS, {"note": "x"})
    with pytest.raises(DtypeError, match="save: w has dtype complex128"):
        save(tmp_path / "w.npz", {"w": np.zeros(2, complex)})
    with pytest.raises(ArgumentError, match="w must be a tensor or an array, got list"):
        save(tmp_path / "w.npz", {"w": [1.0]})
    with pytest.raises(MissingPathError, match="there is no folder"):
        save(tmp_path / "none" / "w.npz", ARRAYS)
    assert list(tmp_path.iterdir()) == []


# -- files that lie ------------------------------------------------------------------------------------------


def entry(header, numbers=b"", version=1):
    text = header.encode() + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + numbers


def described(descr="'<f4'", shape="(2,)", order="False"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}}}"


def archive(**entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name.replace("__", "."), content)
    return stream.getvalue()


EIGHT = bytes(8)
LIES = [
    (b"", "is no valid .npz file: File is not a zip file"),
    (b"nothing of that kind", "is no valid .npz file"),
    (archive(w__txt=b"x"), "holds 'w.txt', which is no array; expected names that end in .npy"),
    (
        archive(**{"archive/data__pkl": b"x"}),
        r"was written by torch.save: .*save_file\(torch.load\(file, weights_only",
    ),
    (archive(w__npy=b"x"), "holds 'w.npy', which is no array of numpy"),
    (archive(w__npy=entry("[1, 2")), "holds 'w.npy', which is no array of numpy"),
    (archive(w__npy=entry("__import__('os')")), "which is no array of numpy"),
    (
        archive(w__npy=entry(described("'|O'"), EIGHT)),
        "holds Python objects in 'w.npy', which are never unpickled",
    ),
    (archive(w__npy=entry(described("[('a', '|O')]"), EIGHT)), "holds Python objects"),
    (
        archive(w__npy=entry(described("'<c8'"), EIGHT * 2)),
        "holds complex64 in 'w.npy'; expected floats, integers",
    ),
    (archive(w__npy=entry(described("'<U2'"), EIGHT * 2)), "holds <U2 in 'w.npy'"),
    (
        archive(w__npy=entry(described(shape="(3,)"), EIGHT)),
        r"lies about 'w.npy': \(3,\) of float32 take 12 bytes, and 8",
    ),
    (
        archive(w__npy=entry(described(shape="(-2,)"), EIGHT)),
        r"lies about 'w.npy': \(-2,\)|which is no array",
    ),
    (archive(w__npy=entry(described(shape=f"({2**50}, {2**50})"), EIGHT)), "lies about 'w.npy'"),
    (archive(w__npy=entry(described(shape=f"(0, {2**62})"), b"")), "lies about 'w.npy'"),
    (archive(w__npy=entry(described() + " " * 20_000, EIGHT, 2)), "which is no array of numpy"),
]


@pytest.mark.parametrize(("content", "message"), LIES, ids=[message for _, message in LIES])
def test_a_file_that_lies_is_refused_with_its_own_reason(tmp_path, content, message):
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=message) as caught:
        load(path)
    assert "bad.npz" in str(caught.value)


def test_a_file_of_that_form_without_lies_is_read(tmp_path):
    path = tmp_path / "good.npz"
    path.write_bytes(archive(w__npy=entry(described(), struct.pack("<2f", 1.5, -2.0), 2)))
    assert load(path)["w"].tolist() == [1.5, -2.0]


def test_a_name_twice_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file, pytest.warns(UserWarning, match="Duplicate name"):
        for _ in range(2):
            file.writestr("w.npy", entry(described(), EIGHT))
    (tmp_path / "w.npz").write_bytes(stream.getvalue())
    with pytest.raises(CheckpointError, match=r"holds 'w.npy' twice"):
        load(tmp_path / "w.npz")


def test_a_small_file_cannot_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(npz, "FREE", 1000)
    np.savez_compressed(tmp_path / "w.npz", w=np.zeros(1_000_000))
    with pytest.raises(
        CheckpointError, match=r"says that it unpacks to 8000128; more than .* are not read, use numpy"
    ):
        load(tmp_path / "w.npz")
    monkeypatch.setattr(npz, "MOST_ENTRIES", 0)
    np.savez(tmp_path / "v.npz", w=np.zeros(1))
    with pytest.raises(CheckpointError, match="has 1 entries; more than 0 are not read"):
        load(tmp_path / "v.npz")


def test_other_files_are_told_apart(tmp_path):
    (tmp_path / "w.pt").write_bytes(archive(**{"archive/data__pkl": b"x"}))
    (tmp_path / "old.pth").write_bytes(b"\x80\x02\x8a\nl\xfc\x9cF")
    for name in ("w.pt", "old.pth"):
        with pytest.raises(
            CheckpointError, match=rf"{name} was written by torch.save: it is pickled, and reading it"
        ):
            load(tmp_path / name)
    save(tmp_path / "w.npz", ARRAYS)
    (tmp_path / "w.npz").rename(tmp_path / "w.weights")
    with pytest.raises(
        CheckpointError, match=r"is a zip file; if it holds arrays of numpy, give it a name that"
    ):
        load(tmp_path / "w.weights")
    with pytest.raises(MissingPathError, match="there is no file"):
        load(tmp_path / "none.npz")


@pytest.mark.parametrize("write", [save, lambda path, arrays: np.savez_compressed(path, **arrays)])
def test_mutated_files_give_our_own_error_or_equal_content(tmp_path, write):
    write(tmp_path / "good.npz", {name: ARRAYS[name] for name in ("conv.weight", "turned", "mask", "empty")})
    content, expected = (tmp_path / "good.npz").read_bytes(), load(tmp_path / "good.npz")
    source, bad, refused = np.random.default_rng(1), tmp_path / "bad.npz", 0
    for _ in range(500):
        bad.write_bytes(mutated(content, source))
        try:
            found = load(bad)
        except CnnError:
            refused += 1
            continue
        assert sorted(found) == sorted(expected)
        assert all(np.array_equal(found[n], a) and found[n].dtype == a.dtype for n, a in expected.items())
    assert refused > 350

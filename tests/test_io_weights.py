"""Weights on disk: the same numbers come back, others can read them, and a file that lies is refused."""

import json
import struct

import numpy as np
import pytest
import safetensors.numpy

from tinygrad_cnn import nn, tensor
from tinygrad_cnn.errors import ArgumentError, CheckpointError, CnnError, DtypeError, MissingPathError
from tinygrad_cnn.io import header, load, load_metadata, load_with_metadata, save

rng = np.random.default_rng(0)
ARRAYS = {
    "conv.weight": rng.standard_normal((4, 3, 2, 5)).astype(np.float32),
    "turned": rng.standard_normal((3, 4)).T,
    "every.second": np.arange(10)[::2],
    "scalar": np.float64(2.5),
    "empty": np.zeros((0, 3), np.float32),
    "mask": np.array([True, False, True]),
    "half": np.array([1.5, 2.5], np.float16),
    "bytes": np.arange(3, dtype=np.uint8),
    "big.end.first": np.arange(3, dtype=">i4"),
}


def test_arrays_of_every_kind_come_back_with_shape_dtype_and_bits(tmp_path):
    save(tmp_path / "w.safetensors", ARRAYS)
    found = load(tmp_path / "w.safetensors")
    assert sorted(found) == sorted(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].shape == np.shape(array) and found[name].dtype == array.dtype.newbyteorder("=")
        assert np.array_equal(found[name], array)
        assert found[name].flags.writeable and found[name].flags.c_contiguous


def test_the_library_of_the_format_reads_what_is_written_here(tmp_path):
    save(tmp_path / "w.safetensors", ARRAYS, {"note": "hello"})
    found = safetensors.numpy.load_file(tmp_path / "w.safetensors")
    assert all(np.array_equal(found[name], array) for name, array in ARRAYS.items())


def test_what_the_library_of_the_format_writes_is_read_here(tmp_path):
    own = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("=")) for name, array in ARRAYS.items()}
    safetensors.numpy.save_file(own, tmp_path / "w.safetensors", {"note": "hello"})
    found, metadata = load_with_metadata(tmp_path / "w.safetensors")
    assert metadata == {"note": "hello"} and all(np.array_equal(found[name], own[name]) for name in own)


def test_the_same_arrays_give_the_same_bytes_in_any_order(tmp_path):
    notes = {"b": "1", "a": "2", "\u00e9": "3"}
    save(tmp_path / "one", ARRAYS, notes)
    save(tmp_path / "two", dict(reversed(ARRAYS.items())), dict(reversed(notes.items())))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert load_metadata(tmp_path / "two") == notes


def test_a_module_is_saved_and_loaded_with_parameters_and_buffers(tmp_path):
    model, other = (nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Flatten()) for _ in range(2))
    x = tensor(rng.standard_normal((4, 2, 5, 6)).astype(np.float32))
    model(x)  # moves the running averages
    save(tmp_path / "w.safetensors", model)
    other.load_state_dict(load(tmp_path / "w.safetensors"))
    assert np.array_equal(model.eval()(x).numpy(), other.eval()(x).numpy())


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        ([1.0], ArgumentError, "save expects a module or a dictionary of arrays, got list"),
        ({"w": [1.0]}, ArgumentError, "save: w must be a tensor or an array, got list"),
        ({1: np.ones(1)}, ArgumentError, "save: 1 cannot be the name of an array"),
        ({"__metadata__": np.ones(1)}, ArgumentError, "cannot be the name of an array"),
        (
            {"w": np.ones(1, complex)},
            DtypeError,
            "save: w has dtype complex128; safetensors has float64, float32",
        ),
        ({"w": np.array([None])}, DtypeError, "save: w has dtype object"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_no_file_is_made(tmp_path, state, error, message):
    with pytest.raises(error, match=message):
        save(tmp_path / "w.safetensors", state)
    assert list(tmp_path.iterdir()) == []


def test_metadata_is_text(tmp_path):
    with pytest.raises(ArgumentError, match="metadata must be a dictionary of texts"):
        save(tmp_path / "w.safetensors", ARRAYS, {"epoch": 3})


# -- files that lie ----------------------------------------------------------------------------------------


def raw(head, numbers=b"", length=None):
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + numbers


def entry(dtype="F32", shape=(2,), ends=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(ends)}


EIGHT = bytes(8)
W = json.dumps({"w": entry()}).encode()
LIES = [
    (b"", "is no safetensors file: it has 0 bytes"),
    (b"GIF8" + bytes(50), "is no safetensors file: no header follows"),
    (b"{" * 40, "more than 16777216 are not read"),
    (
        raw(W, EIGHT, length=2**63),
        "says that its header has 9223372036854775808 bytes; more than 16777216 are not read",
    ),
    (raw(W, length=5000), "is cut off: its header should have 5000 bytes, and"),
    (raw(b"{nonsense"), "has a damaged header: this is no strict JSON"),
    (raw(b'{"w": 1, "w": 2}'), "has a damaged header: this is no strict JSON: the key 'w' is there twice"),
    (raw(b'{"w": ' + b"[" * 50_000), "it is nested too deeply"),
    (raw({"__metadata__": {"a": 1}}), "__metadata__ must hold texts only"),
    (raw({"__metadata__": []}), "__metadata__ must hold texts only"),
    (raw({"w": 3}), "'w' must have dtype, shape and data_offsets"),
    (raw({"w": {**entry(), "more": 1}}, EIGHT), "'w' must have dtype, shape and data_offsets"),
    (raw({"w": entry("F8_E4M3", (8,))}, EIGHT), "holds 'w' as 'F8_E4M3'; expected one of F64, F32"),
    (raw({"w": entry(["F32"])}, EIGHT), "expected one of F64"),
    (raw({"w": entry(shape=(-2,))}, EIGHT), r"'w' has shape \[-2\] and bytes \[0, 8\]"),
    (raw({"w": entry(shape=(True, 2))}, EIGHT), r"'w' has shape \[True, 2\]"),
    (raw({"w": entry(shape=(1,) * 65)}, EIGHT), "'w' has shape"),
    (raw({"w": entry(shape=(2.0,))}, EIGHT), "'w' has shape"),
    (raw({"w": entry(ends=(0, 8, 8))}, EIGHT), "'w' has shape"),
    (raw({"w": entry(shape=(3,))}, EIGHT), r"lies about 'w': \[3\] of F32 take 12 bytes, not 8"),
    (raw({"w": entry(shape=(2**40, 2**40, 0, 7), ends=(8, 0))}, EIGHT), "take 0 bytes, not -8"),
    (raw({"w": entry(ends=(4, 12))}, bytes(12)), "lies about 'w': it should begin at byte 0, not 4"),
    (raw({"w": entry(), "v": entry()}, EIGHT), "it should begin at byte 8, not 0"),
    (
        raw({"w": entry(ends=(0, 8))}, bytes(7)),
        "is cut off: 8 bytes of numbers are announced, and 7 are there",
    ),
    (raw({"w": entry()}, bytes(9)), "has 1 bytes behind its last array"),
]


@pytest.mark.parametrize(("content", "message"), LIES, ids=[message for _, message in LIES])
def test_a_file_that_lies_is_refused_with_its_own_reason(tmp_path, content, message):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=message) as caught:
        load(path)
    assert "bad.safetensors" in str(caught.value)


def test_a_file_of_that_form_without_lies_is_read(tmp_path):
    path = tmp_path / "good.safetensors"
    path.write_bytes(raw(W, struct.pack("<2f", 1.5, -2.0)))
    assert load(path)["w"].tolist() == [1.5, -2.0]


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(MissingPathError, match=r"there is no file .*none.safetensors; expected weights"):
        load(tmp_path / "none.safetensors")
    with pytest.raises(CheckpointError, match="is a folder; expected a file of weights"):
        load(tmp_path)


def test_a_header_over_the_cap_is_neither_read_nor_written(tmp_path, monkeypatch):
    monkeypatch.setattr("tinygrad_cnn.io.weights.MAX_HEADER", 2000)
    with pytest.raises(ArgumentError, match=r"names and metadata take .* bytes; a file may have 2000"):
        save(tmp_path / "w.safetensors", {}, {"a": "x" * 2000})
    monkeypatch.setattr(header, "MAX_HEADER", 200)
    save(tmp_path / "w.safetensors", {}, {"a": "x" * 1000})
    with pytest.raises(CheckpointError, match="more than 200 are not read"):
        load(tmp_path / "w.safetensors")


def mutated(content, source):
    kind = source.integers(4)
    spoilt = bytearray(content)
    if kind == 0:  # cut off
        return bytes(spoilt[: source.integers(len(spoilt))])
    if kind == 1:  # bytes in the header
        for place in source.integers(0, 200, source.integers(1, 4)):
            spoilt[place] = source.integers(256)
    elif kind == 2:  # bits anywhere
        for place in source.integers(0, len(spoilt), source.integers(1, 9)):
            spoilt[place] ^= 1 << int(source.integers(8))
    else:  # a piece twice, or gone
        a, b = sorted(source.integers(0, len(spoilt), 2))
        spoilt[a:b] = spoilt[a:b] * int(source.integers(0, 3))
    return bytes(spoilt)


def test_a_thousand_mutated_files_give_our_own_error_or_equal_content(tmp_path):
    save(
        tmp_path / "good",
        {name: ARRAYS[name] for name in ("conv.weight", "turned", "mask", "empty")},
        {"note": "x"},
    )
    content, expected = (tmp_path / "good").read_bytes(), load(tmp_path / "good")
    source, bad, refused = np.random.default_rng(1), tmp_path / "bad", 0
    for _ in range(1000):
        bad.write_bytes(mutated(content, source))
        try:
            found = load(bad)
        except CnnError:
            refused += 1
            continue
        assert sorted(found) == sorted(expected)
        assert all(np.array_equal(found[n], a) and found[n].dtype == a.dtype for n, a in expected.items())
    assert refused > 850

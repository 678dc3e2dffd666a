"""Weights and arrays handed to PyTorch and back, with PyTorch itself and its safetensors.

    python -m pytest tests/interchange_with_pytorch.py

It needs a Python that has PyTorch, safetensors and pytest; the other tests of interchange need none of it.
"""

import warnings

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn.errors import ArgumentError, CheckpointError, DtypeError
from tinygrad_cnn.io import load, save

torch = pytest.importorskip("torch")
torch_files = pytest.importorskip("safetensors.torch")


def nets():
    """The same network in both."""
    pair = []
    for lib in (tg, torch):
        n = lib.nn
        body = n.Sequential(
            n.Conv2d(2, 4, 3, padding=1), n.BatchNorm2d(4), n.ReLU(), n.Flatten(), n.Linear(80, 3)
        )
        pair.append(n.ModuleDict({"body": body, "heads": n.ModuleList([n.Linear(3, 2), n.Linear(3, 2)])}))
    return pair


def same(ours, theirs):
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name].numpy(), b[name].numpy(), err_msg=name)
        assert a[name].shape == tuple(b[name].shape)
        assert a[name].dtype == b[name].numpy().dtype


def test_a_state_of_pytorch_is_loaded_as_it_is(tmp_path):
    ours, theirs = nets()
    with torch.no_grad():
        theirs["body"](torch.randn(3, 2, 5, 4))  # moves statistics and the counter
    torch_files.save_file(theirs.state_dict(), tmp_path / "w.safetensors")
    ours.load_state_dict(load(tmp_path / "w.safetensors"))
    same(ours, theirs)
    x = np.random.default_rng(0).standard_normal((2, 2, 5, 4)).astype(np.float32)
    a = ours.eval()["body"](tg.tensor(x)).numpy()
    np.testing.assert_allclose(
        a, theirs.eval()["body"](torch.tensor(x)).detach().numpy(), rtol=1e-4, atol=1e-5
    )
    ours2, _ = nets()
    ours2.load_state_dict(theirs.state_dict())  # without a file, too
    same(ours2, theirs)


def test_a_state_of_ours_is_loaded_by_pytorch(tmp_path):
    ours, theirs = nets()
    ours["body"](tg.randn(3, 2, 5, 4))
    save(tmp_path / "w.safetensors", ours, {"note": "x"})
    theirs.load_state_dict(torch_files.load_file(tmp_path / "w.safetensors"))
    same(ours, theirs)
    save(tmp_path / "w.npz", ours)
    with np.load(tmp_path / "w.npz") as file:
        theirs.load_state_dict({name: torch.from_numpy(file[name]) for name in file.files})


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_other_floats_are_converted_without_loss_where_there_is_room(tmp_path, kind):
    ours, theirs = nets()
    theirs = theirs.to(getattr(torch, kind))
    torch_files.save_file(theirs.state_dict(), tmp_path / "w.safetensors")
    found = load(tmp_path / "w.safetensors")
    for name, t in theirs.state_dict().items():
        wide = t if t.dtype == torch.int64 else t.double()
        np.testing.assert_array_equal(found[name].astype(wide.numpy().dtype), wide.numpy())
    ours.load_state_dict(found)
    for name, t in theirs.state_dict().items():
        expected = t.numpy() if t.dtype == torch.int64 else t.float().numpy()
        np.testing.assert_array_equal(ours.state_dict()[name].numpy(), expected)


def test_tied_parameters_both_ways(tmp_path):
    pair = nets()
    for net in pair:
        net["heads"][1].weight = net["heads"][0].weight
    ours, theirs = pair
    assert len(list(ours.parameters())) == len(list(theirs.parameters()))
    save(tmp_path / "ours.safetensors", ours)
    missing, unexpected = torch_files.load_model(theirs, tmp_path / "ours.safetensors")
    assert not missing and not unexpected
    same(ours, theirs)
    with torch.no_grad():
        theirs["heads"][0].weight.add_(1.0)
    torch_files.save_model(theirs, str(tmp_path / "one.safetensors"))
    ours.load_state_dict(load(tmp_path / "one.safetensors"))
    same(ours, theirs)
    both = {name: t.clone().contiguous() for name, t in theirs.state_dict().items()}
    torch_files.save_file(both, tmp_path / "both.safetensors")
    ours.load_state_dict(load(tmp_path / "both.safetensors"))
    same(ours, theirs)
    assert ours["heads"][1].weight is ours["heads"][0].weight


def test_a_transposed_weight_goes_out_in_its_order(tmp_path):
    w = tg.tensor(np.arange(6.0).reshape(2, 3)).T
    save(tmp_path / "w.safetensors", {"w": w})
    assert torch_files.load_file(tmp_path / "w.safetensors")["w"].tolist() == w.tolist()


@pytest.mark.parametrize("zipped", [True, False])
def test_pickled_files_are_refused_with_the_way_to_convert_them(tmp_path, zipped):
    _, theirs = nets()
    torch.save(theirs.state_dict(), tmp_path / "w.pt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError, match=r"w\.pt was written by torch.save: it is pickled") as caught:
        load(tmp_path / "w.pt")
    file = tmp_path / "w.pt"  # what the message says, done
    code = str(caught.value).partition("is installed: ")[2].replace("'weights.safetensors'", "where")
    scope = {
        "torch": torch,
        "safetensors": __import__("safetensors.torch"),
        "file": file,
        "where": tmp_path / "w",
    }
    eval(code, scope)
    assert sorted(load(tmp_path / "w")) == sorted(theirs.state_dict())


@pytest.mark.parametrize("kind", ["float32", "float64", "int64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("take", [tg.tensor, tg.from_dlpack])
def test_tensors_of_pytorch_come_in_as_copies(take, kind):
    source = torch.arange(6).reshape(2, 3).T.to(getattr(torch, kind))
    t = take(source)
    assert t.dtype == kind and t.tolist() == source.tolist()
    before = t.tolist()
    source.zero_()
    assert t.tolist() == before


@pytest.mark.parametrize("kind", ["float32", "float64", "int64", "bool"])
def test_tensors_go_out_to_pytorch_as_copies(kind):
    t = tg.tensor(np.arange(6).reshape(2, 3).T.astype(kind))
    before = t.tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for made in (torch.from_dlpack(t), torch.utils.dlpack.from_dlpack(t), torch.tensor(np.array(t))):
            assert made.tolist() == before and str(made.dtype) == f"torch.{kind}"
            made.zero_()
            assert t.tolist() == before


def test_what_neither_side_can_hand_over_is_refused_in_words():
    for source in (torch.ones(2, requires_grad=True), torch.ones(2, dtype=torch.bfloat16)):
        for take in (tg.tensor, tg.from_dlpack):
            with pytest.raises((ArgumentError, DtypeError)) as caught:
                take(source)
            assert "Tensor cannot be read" in str(caught.value)
    for take in (tg.tensor, tg.from_dlpack):
        with pytest.raises(DtypeError, match="got float16; convert"):
            take(torch.ones(2, dtype=torch.float16))
    with pytest.raises(BufferError, match="requires grad is not handed out"):
        torch.from_dlpack(tg.ones(2, requires_grad=True))


def test_results_of_one_go_into_the_functions_of_the_other():
    x = torch.randn(2, 3, dtype=torch.float64)
    y = tg.tensor(x) * 2.0
    np.testing.assert_array_equal((y + x.numpy()).numpy(), (3 * x).numpy())

"""Predictions with flipped views, and predictions for a folder of pictures from the command line."""

import numpy as np
import pytest
from commands import FAST, make_pictures, succeed

from tinygrad_cnn import nn, softmax
from tinygrad_cnn.cli import main
from tinygrad_cnn.data import DataLoader, TensorDataset, UnlabelledFolder
from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.train import predict

X = np.random.default_rng(0).normal(size=(7, 2, 4, 5)).astype(np.float32)
VIEWS = {
    None: [X],
    "horizontal": [X, X[..., ::-1]],
    "vertical": [X, X[..., ::-1, :]],
    "both": [X, X[..., ::-1], X[..., ::-1, :], X[..., ::-1, ::-1]],
}


def network():
    return nn.Sequential(nn.Flatten(), nn.Linear(40, 3, generator=np.random.default_rng(1)), nn.Dropout(0.5))


@pytest.mark.parametrize("flips", VIEWS)
def test_probabilities_are_the_mean_over_the_views(flips):
    model = network()
    found = predict(model, X, flips=flips, batch_size=3)
    model.eval()
    expected = np.mean(
        [softmax(model(np.ascontiguousarray(view)), dim=1).numpy() for view in VIEWS[flips]], axis=0
    )
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("flips", ["horizontal", "vertical", "both"])
def test_flipped_pictures_give_the_same_prediction(flips):
    model = network()
    first = predict(model, X, flips=flips)
    for view in VIEWS[flips]:
        np.testing.assert_allclose(predict(model, view, flips=flips), first, atol=1e-6)


def test_data_sets_and_loaders_are_taken_as_well():
    model, labels = network(), np.zeros(7, np.int64)
    first = predict(model, X, flips="both")
    for data in (TensorDataset(X), TensorDataset(X, labels), DataLoader(TensorDataset(X), 4)):
        np.testing.assert_allclose(predict(model, data, flips="both"), first, atol=1e-6)
    assert model.training


def test_what_cannot_be_flipped_is_refused():
    for flips in ("left", "", 1, ["horizontal"], True):
        with pytest.raises(
            ArgumentError, match=r"flips must be 'horizontal', 'vertical', 'both' or None; got"
        ):
            predict(network(), X, flips=flips)
    with pytest.raises(
        ShapeError, match=r"flips need pictures \(N, C, H, W\) / got \(7, 40\); leave out flips"
    ):
        predict(network(), X.reshape(7, 40), flips="both")
    with pytest.raises(ShapeError, match=r"predict expects a model that gives scores \(N, C\)"):
        predict(nn.ReLU(), X, flips="both")


def test_a_folder_without_labels_is_predicted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    make_pictures(tmp_path / "photos")
    succeed(capsys, "train", "photos", *FAST)
    shown = succeed(capsys, "predict", "photos", "photos/red/0.png", "--run", "runs/photos-1")
    files = [line.split()[0] for line in shown.splitlines()]
    assert files == [f"photos/{name}/{i}.png" for name in ("blue", "red") for i in range(3)] + [
        "photos/red/0.png"
    ]
    (tmp_path / "nothing").mkdir()
    assert main(["predict", "nothing", "--run", "runs/photos-1"]) == 2
    assert "there are no pictures in nothing" in capsys.readouterr().err
    data = UnlabelledFolder("photos", size=(6, 8))
    model = nn.Sequential(nn.Flatten(), nn.Linear(144, 2))
    assert predict(model, data, flips="horizontal").shape == (len(data.paths), 2)

"""Evaluating, predicting, and what is shown of a run."""

import io
import sys

import numpy as np
import pytest
from training import X, Y, network

from tinygrad_cnn import Tensor, nn, tensor
from tinygrad_cnn.data import DataLoader, TensorDataset
from tinygrad_cnn.errors import DataError, ShapeError
from tinygrad_cnn.train import (
    Callback,
    Epoch,
    History,
    PrintEpochs,
    evaluate,
    fit,
    predict,
)


@pytest.mark.parametrize("batch_size", [1, 5, 23, 100])
def test_evaluation_does_not_depend_on_the_batches(batch_size):
    model = network().eval()
    scores = model(tensor(X)).numpy().astype(np.float64)
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    loss, accuracy, confusion = evaluate(model, TensorDataset(X, Y), batch_size=batch_size)
    assert loss == pytest.approx(-np.log(p[np.arange(23), Y]).mean(), rel=1e-5)
    assert accuracy == (p.argmax(axis=1) == Y).mean() and confusion.sum() == 23 and confusion.shape == (3, 3)
    np.testing.assert_allclose(predict(model, X, batch_size=batch_size), p, rtol=1e-5)
    assert np.array_equal(
        predict(model, DataLoader(TensorDataset(X, Y), 5)), predict(model, tensor(X), batch_size=5)
    )


def test_every_part_of_a_model_gets_its_own_mode_back_also_after_an_error():
    model = network()
    model.train()
    model[1].eval()
    predict(model, X)
    with pytest.raises(DataError, match="label 3"):
        evaluate(model, (X, Y + 1))
    assert [module.training for module in model] == [True, False, True, True, True]


def test_predict_wants_scores_for_classes():
    with pytest.raises(
        ShapeError, match=r"predict expects a model that gives scores \(N, C\) / got \(23, 1, 5, 4\)"
    ):
        predict(nn.ReLU(), X)


def test_a_line_an_epoch_is_printed_on_request(capsys):
    fit(network(), (X, Y), (X, Y), epochs=2, callbacks=[PrintEpochs()])
    out, err = capsys.readouterr()
    assert err == "" and len(out.splitlines()) == 2
    assert out.startswith("epoch 1/2: loss ") and "val_accuracy" in out and ", lr 0.001, " in out


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_bars_are_shown_on_a_terminal_and_on_request_only(monkeypatch):
    for stream, progress, shown in (
        (Terminal(), None, True),
        (io.StringIO(), None, False),
        (io.StringIO(), True, True),
        (Terminal(), False, False),
    ):
        monkeypatch.setattr(sys, "stderr", stream)
        fit(network(), (X, Y), (X, Y), epochs=1, progress=progress)
        text = stream.getvalue()
        assert bool(text) == shown
        assert not shown or ("epoch 1/1" in text and "loss" in text and "val_accuracy" in text)


def test_the_history_is_a_table(tmp_path):
    history = History(
        [Epoch(1, 0.1 + 0.2, None, None, None, 1e-3, 2.5), Epoch(2, 1.0, 0.5, 2.0, 0.25, 1e-3, 2.5)]
    )
    history.save_csv(tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text().splitlines() == [
        "epoch,train_loss,train_accuracy,val_loss,val_accuracy,lr,seconds",
        "1,0.30000000000000004,,,,0.001,2.5",
        "2,1.0,0.5,2.0,0.25,0.001,2.5",
    ]
    assert History.from_list(history.to_list()).rows == history.rows
    assert isinstance(history[0], Epoch) and len(history) == 2 and [row.epoch for row in history] == [1, 2]


def test_training_keeps_no_graph_between_steps():
    class Look(Callback):
        def on_batch_end(self, run):
            assert all(p.grad is None or p.grad.node is None for p in run.model.parameters())
            assert all(isinstance(p, Tensor) and p.is_leaf for p in run.model.parameters())

    fit(network(), (X, Y), epochs=1, callbacks=[Look()])

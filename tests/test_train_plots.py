"""Curves and confusion matrix as pictures, with matplotlib, and words where that is not installed."""

import numpy as np
import pytest
from PIL import Image

from tinygrad_cnn.errors import ArgumentError, MissingPathError, ShapeError
from tinygrad_cnn.train import Epoch, History, PlotError, plot_confusion, plot_curves, plots

needs_matplotlib = pytest.mark.skipif(not plots.can_plot(), reason="matplotlib is not installed")
HISTORY = History([Epoch(n, 1 / n, 0.5, 2 / n, 0.4, 0.1, 1.0) for n in range(1, 6)])


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@needs_matplotlib
def test_odd_histories_and_matrices_can_be_drawn(tmp_path):
    plot_curves(History([Epoch(1, 1.0, None, 0.5, None, 0.1, 1.0)]), tmp_path / "one.png")
    plot_curves(History(), str(tmp_path / "none.png"))
    plot_curves(
        History([Epoch(n, 0.5, None, None, None, 0.1, 1.0) for n in range(1, 99)]), tmp_path / "long.PNG"
    )
    plot_confusion(np.zeros((2, 2), int), tmp_path / "formula.png", ["$x^", "_{猫"])
    plot_confusion(np.eye(60, dtype=int), tmp_path / "many.png", [str(i) for i in range(60)])
    plot_confusion([[7]], tmp_path / "single.png")
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 6


@needs_matplotlib
def test_the_best_epoch_is_marked_and_each_measured_column_is_a_line(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(plots, "_save", lambda figure, path: figures.append(figure))
    plot_curves(HISTORY, tmp_path / "x.png")
    plot_curves(HISTORY, tmp_path / "x.png", best=2)
    plot_curves(History([Epoch(1, 1.0, None, None, None, 0.1, 1.0)]), tmp_path / "x.png")
    first, second, third = figures
    loss, accuracy = first.axes
    assert [line.get_label() for line in loss.lines] == ["training", "validation", "best: epoch 5"]
    np.testing.assert_allclose(loss.lines[0].get_ydata(), [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    np.testing.assert_allclose(loss.lines[1].get_ydata(), [2, 1, 2 / 3, 1 / 2, 2 / 5])
    assert accuracy.lines[1].get_ydata().tolist() == [0.4] * 5
    assert second.axes[0].lines[-1].get_label() == "best: epoch 2"
    assert [len(axes.lines) for axes in third.axes] == [2, 0]


@needs_matplotlib
def test_counts_and_names_stand_in_the_matrix(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(plots, "_save", lambda figure, path: figures.append(figure))
    plot_confusion(np.array([[2, 1], [0, 13]]), tmp_path / "x.png", ["cat", "dog"])
    plot_confusion(np.array([[2, 1], [0, 13]]), tmp_path / "x.png")
    axes = figures[0].axes[0]
    assert {text.get_position(): text.get_text() for text in axes.texts} == {
        (0, 0): "2",
        (1, 0): "1",
        (0, 1): "0",
        (1, 1): "13",
    }
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert [label.get_text() for label in figures[1].axes[0].get_xticklabels()] == ["0", "1"]


@needs_matplotlib
def test_a_large_count_is_darker_than_a_small_one(tmp_path):
    plot_confusion(np.array([[50, 0], [0, 0]]), tmp_path / "x.png")
    image = pixels(tmp_path / "x.png")
    assert (image.sum(axis=2) < 250).mean() > 0.08  # one cell of four is dark


@needs_matplotlib
def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"^plot_curves expects the History that fit gives, got a list$"):
        plot_curves([1.0, 0.5], tmp_path / "x.png")
    with pytest.raises(
        ArgumentError, match=r"^plot_curves writes PNG: expected a file that ends in \.png, got 'a'$"
    ):
        plot_curves(HISTORY, tmp_path / "a")
    with pytest.raises(ArgumentError, match=r"^plot_confusion writes PNG: .* got 'a\.svg'$"):
        plot_confusion(np.eye(2), "a.svg")
    for wrong in (np.zeros((2, 3)), np.zeros(4), np.zeros((0, 0))):
        with pytest.raises(
            ShapeError, match=r"^plot_confusion expects a matrix \(C, C\), C above 0 / got \("
        ):
            plot_confusion(wrong, tmp_path / "x.png")
    with pytest.raises(ArgumentError, match=r"^plot_confusion got 3 names for 2 classes$"):
        plot_confusion(np.eye(2), tmp_path / "x.png", ["a", "b", "c"])
    with pytest.raises(MissingPathError, match="there is no folder"):
        plot_curves(HISTORY, tmp_path / "no" / "x.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("draw", "name"),
    [
        (lambda path: plot_curves(HISTORY, path), "plot_curves"),
        (lambda path: plot_confusion(np.eye(2), path), "plot_confusion"),
    ],
)
def test_without_matplotlib_the_error_names_the_extra(tmp_path, monkeypatch, draw, name):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    message = f"^{name} needs matplotlib, which is not installed: pip install matplotlib .*extra `plot`"
    with pytest.raises(PlotError, match=message) as caught:
        draw(tmp_path / "x.png")
    assert isinstance(caught.value, ImportError)

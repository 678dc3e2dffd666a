"""The PNG: opened by Pillow, of the right size, its words in ASCII."""

from io import BytesIO

import numpy as np
import pytest
from viz_graphs import ALL, residual_net
from viz_hostile import hostile_names, named

import tinygrad_cnn as tg
from tinygrad_cnn import draw
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.viz.graph.thumbnails import Thumbnail
from tinygrad_cnn.viz.layout.compose import compose
from tinygrad_cnn.viz.layout.scene import Box, Image, Part, Scene, Stroke, Words
from tinygrad_cnn.viz.layout.theme import PAINTS
from tinygrad_cnn.viz.write import png
from tinygrad_cnn.viz.write.png import to_png

pillow = pytest.importorskip("PIL.Image")


def pixels(content):
    with pillow.open(BytesIO(content)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def scene(*shapes, width=100.0, height=60.0):
    return Scene(width, height, "", "", [Part("edge", list(shapes))])


def colour(words):
    return [int(words[i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize("name", sorted(ALL))
def test_known_graphs(name):
    picture = draw(ALL[name]())
    found = pixels(picture.png())
    assert found.shape == (round(picture.scene.height * 2), round(picture.scene.width * 2), 3)
    assert (found < 128).any()


def test_a_large_picture_is_not_doubled_and_a_huge_one_is_refused(monkeypatch):
    full = compose(residual_net(20))
    assert full.width * full.height > png.SHARP_BELOW
    assert pixels(to_png(full)).shape[:2] == (round(full.height), round(full.width))
    with pytest.raises(
        ArgumentError, match="a picture of 20,000 x 10,000 pixels is too large for a PNG; save"
    ):
        to_png(scene(width=20_000.0, height=10_000.0))


def test_bands_are_put_together_without_seams(monkeypatch):
    graph = ALL["small_cnn"]()
    whole = pixels(draw(graph).png())
    monkeypatch.setattr(png, "BAND", 7)
    assert np.array_equal(pixels(draw(graph).png()), whole)


def test_boxes_have_their_colours():
    found = pixels(to_png(scene(Box(10, 10, 60, 30, "op"))))
    assert found[40, 80].tolist() == colour(PAINTS["op"].fill)
    assert found[20, 80].tolist() == colour(PAINTS["op"].stroke)
    assert found[5, 5].tolist() == [255, 255, 255]
    mine = pixels(to_png(scene(Box(10, 10, 60, 30, "op", fill="#123456"))))
    assert mine[40, 80].tolist() == [0x12, 0x34, 0x56]


def test_a_double_outline_is_seen():
    single, double = (pixels(to_png(scene(Box(10, 10, 60, 30, "op", 0, d)))) for d in (False, True))
    assert double[26, 80].tolist() == colour(PAINTS["op"].stroke)
    assert single[26, 80].tolist() == colour(PAINTS["op"].fill)


@pytest.mark.parametrize("shape", [Stroke(((10, 30), (90, 30)), "idle"), Box(10, 30, 80, 20, "constant")])
def test_dashes_are_dashes(shape):
    row = pixels(to_png(scene(shape)))[60, 24:176].sum(axis=1)
    ink = row < 600
    assert 0.3 < ink.mean() < 0.8
    assert 10 < np.abs(np.diff(ink.astype(int))).sum() < 60


def test_an_arrow_has_a_head():
    found = pixels(to_png(scene(Stroke(((10, 30), (90, 30)), "down", arrow=True)))).sum(axis=2) < 500
    assert found[:, 170].sum() > found[:, 100].sum() + 3
    assert not found[:, 183:].any()


def test_words_of_every_alphabet_survive_as_ascii(monkeypatch):
    drawn = []

    class Pen(png._Pen):
        def _words(self, words):
            drawn.append(words)
            super()._words(words)

    monkeypatch.setattr(png, "_Pen", Pen)
    for name in hostile_names(60):
        assert to_png(compose(named(name)))
    assert drawn
    words = pixels(to_png(scene(Words(5, 30, "画像 ∂", "name"))))
    ascii_words = pixels(to_png(scene(Words(5, 30, "\\u753b\\u50cf d", "name"))))
    assert np.array_equal(words, ascii_words)
    assert (words < 128).any()


def test_words_stand_where_they_are_anchored():
    for anchor, low, high in (("start", 50, 200), ("middle", 20, 80), ("end", 0, 51)):
        ink = np.flatnonzero(
            (pixels(to_png(scene(Words(50, 30, "word", "name", anchor)))) < 128).any(axis=(0, 2))
        )
        assert low * 2 - 4 <= ink.min()
        assert ink.max() <= high * 2 + 4


def test_small_pictures_have_hard_pixels():
    t = Thumbnail(2, 2, 1, bytes([0, 255, 255, 0]), "checks")
    found = pixels(to_png(scene(Image(10, 10, 20, 20, t))))
    assert set(np.unique(found[20:60, 20:60])) == {0, 255}
    assert (found[20:40, 20:40] == 0).all()


def test_a_tensor_of_no_values_has_a_picture():
    x = tg.tensor(np.ones((0, 3), np.float32), requires_grad=True)
    assert pixels(draw((x * 2).sum()).png()).size

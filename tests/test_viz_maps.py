"""Filters, feature maps, saliency, occlusion: the numbers by other ways, the pictures, what is put back."""

import re
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.viz.maps import feature_maps, filters, occlusion, receptive_field, saliency
from tinygrad_cnn.viz.maps.sheet import Sheet, lay_out
from tinygrad_cnn.viz.write.svg import to_svg

SVG = "{http://www.w3.org/2000/svg}"


def small_model(seed=0):
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        {
            "conv": nn.Conv2d(3, 4, 3, padding=1, generator=rng),
            "norm": nn.BatchNorm2d(4),
            "act": nn.ReLU(),
            "pool": nn.MaxPool2d(2),
            "drop": nn.Dropout(0.5, generator=rng),
            "flatten": nn.Flatten(),
            "dense": nn.Linear(4 * 4 * 5, 3, generator=rng),
        }
    )


def pictures(n=2, seed=0):
    return np.random.default_rng(seed).random((n, 3, 8, 10)).astype(np.float32)


CALLS = {
    "filters": filters,
    "feature_maps": lambda m: feature_maps(m, pictures()),
    "saliency": lambda m: saliency(m, pictures()),
    "occlusion": lambda m: occlusion(m, pictures(), size=4),
    "receptive_field": lambda m: receptive_field(m, (3, 8, 10)),
}
every = pytest.mark.parametrize("name", CALLS)


# -- all of them -------------------------------------------------------------------------------------------


@every
def test_the_model_is_as_it_was(name):
    model = small_model()
    for p in model.parameters():
        p.grad = tg.ones(*p.shape)
    model.norm.eval()
    before = {key: t.numpy().copy() for key, t in model.state_dict().items()}
    states = [tg.default_generator().bit_generator.state, model.drop.generator.bit_generator.state]
    CALLS[name](model)
    assert [m.training for m in model.modules()] == [m is not model.norm for m in model.modules()]
    assert states == [tg.default_generator().bit_generator.state, model.drop.generator.bit_generator.state]
    for key, t in model.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), before[key])
    for p in model.parameters():
        assert p.requires_grad
        np.testing.assert_array_equal(p.grad.numpy(), 1)


@every
def test_inside_of_no_grad_too_and_twice_the_same(name):
    with tg.no_grad():
        first = CALLS[name](small_model()).svg()
    assert CALLS[name](small_model()).svg() == first


@every
def test_files(name, tmp_path):
    drawn = CALLS[name](small_model())
    drawn.save(tmp_path / "x.svg")
    drawn.save(tmp_path / "x.PNG")
    root = ET.parse(tmp_path / "x.svg").getroot()
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "g", "title", "desc", "rect", "image", "text"}
    links = [e.get("href") for e in root.iter(f"{SVG}image")]
    assert all(link.startswith("data:image/png;base64,") for link in links)
    with Image.open(tmp_path / "x.PNG") as png:
        assert png.size == (2 * int(root.get("width")), 2 * int(root.get("height")))


@every
def test_everything_lies_on_the_paper_and_no_tile_on_another(name):
    root = ET.fromstring(CALLS[name](small_model()).svg())
    width, height = float(root.get("width")), float(root.get("height"))
    boxes = [[float(e.get(k)) for k in ("x", "y", "width", "height")] for e in root.iter(f"{SVG}image")]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for i, (x, y, w, h) in enumerate(boxes):
        for a, b, c, d in boxes[:i]:
            assert x >= a + c or a >= x + w or y >= b + d or b >= y + h
    for text in root.iter(f"{SVG}text"):
        if text.get("text-anchor") is None:
            assert float(text.get("x")) + 0.5 * float(text.get("font-size")) * len(text.text) < width


@every
def test_a_notebook_shows_it_and_goes_on_whatever_happens(name, monkeypatch):
    drawn = CALLS[name](small_model())
    bundle = drawn._repr_mimebundle_()
    assert bundle["text/plain"] == repr(drawn)
    assert bundle["image/svg+xml"] == drawn.svg()
    monkeypatch.setattr(type(drawn), "sheet", lambda self: 1 / 0)
    assert drawn._repr_mimebundle_() == {"text/plain": f"{drawn!r} (no picture: division by zero)"}


@every
def test_one_line_and_read_only_arrays(name):
    drawn = CALLS[name](small_model())
    assert "\n" not in repr(drawn)
    for value in vars(drawn).values():
        arrays = value.values() if hasattr(value, "values") else [value]
        for array in arrays:
            assert not isinstance(array, np.ndarray) or not array.flags.writeable


def test_names_are_only_text():
    hostile = '<script>alert("x")&\u202e\x1b'
    model = nn.Sequential({hostile: nn.Conv2d(3, 2, 3)})
    for drawn in (filters(model), feature_maps(model, pictures()), receptive_field(model, (3, 8, 10))):
        svg = drawn.svg()
        assert "<script" not in svg
        assert "\u202e" not in svg
        assert r"&lt;script&gt;alert(&quot;x&quot;)&amp;\u202e\x1b" in svg
        assert "\x1b" not in str(drawn) + repr(drawn)
        ET.fromstring(svg)


def test_a_recorder_outside_sees_nothing():
    from tinygrad_cnn.base.observe import Observer

    class Counting(Observer):
        seen = 0

        def computed(self, *args):
            self.seen += 1

    model = small_model()
    with Counting() as outside:
        for call in CALLS.values():
            call(model)
    assert outside.seen == 0


def test_a_sheet_writes_any_words_harmlessly():
    svg = to_svg(lay_out(Sheet("a\x00<b>", "\u202e" * 500, ())))
    root = ET.fromstring(svg)
    assert root.find(f"{SVG}title").text == r"a\x00<b>"
    assert root.find(f"{SVG}desc").text.startswith(r"\u202e\u202e")
    assert "\u202e" not in svg and "\x00" not in svg


def test_pictures_from_0_to_1_are_drawn_as_they_are_and_others_stretched():
    x = np.array([0.25, 0.5, 0.25, 0.5], np.float32).reshape(1, 2, 2)
    for factor, expected in ((1, [64, 128, 64, 128]), (4, [0, 255, 0, 255])):
        drawn = feature_maps(nn.MaxPool2d(1), x * factor)
        assert list(tiles(drawn, "input").tiles[0].thumbnail.pixels) == expected


@every
def test_only_saliency_is_recorded(name):
    model, modes = small_model(), []
    model.conv.register_forward_hook(lambda m, args, y: modes.append((tg.is_grad_enabled(), m.training)))
    CALLS[name](model)
    assert set(modes) == ({(name == "saliency", False)} if name != "filters" else set())


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_pictures_that_are_not_finite_are_drawn_all_the_same(value, tmp_path):
    x = pictures(1)
    x[0, 1, 2, 3], x[0, 2, 2, 3] = value, -value
    for drawn in (
        feature_maps(small_model(), x),
        saliency(small_model(), x),
        occlusion(small_model(), x, size=3),
    ):
        assert "magenta" in drawn.svg()
        assert str(drawn)
        drawn.save(tmp_path / "x.png")


@pytest.mark.parametrize("channels", [1, 2, 12])
def test_any_number_of_channels_down_to_one_pixel(channels):
    model = nn.Sequential(nn.Conv2d(channels, 2, 1), nn.Flatten(), nn.Linear(2, 3)).double()
    x = np.ones((channels, 1, 1))
    for drawn in (filters(model), feature_maps(model, x), saliency(model, x), occlusion(model, x, size=1)):
        ET.fromstring(drawn.svg())
        assert str(drawn)
    assert receptive_field(model, x.shape).box == (0, 1, 0, 1)
    assert saliency(model, x).gradient.dtype == np.float64


# -- filters -----------------------------------------------------------------------------------------------


def tiles(drawn, heading):
    return next(s for s in drawn.sheet().sections if s.heading == heading)


def test_filters_in_colour_share_one_scale():
    weight = np.zeros((2, 3, 1, 2), np.float32)
    weight[0, 0, 0, 0], weight[1, 2, 0, 1] = -2.0, 1.0
    section = tiles(filters(weight), "weight")
    assert section.tiles[0].thumbnail.array().tolist() == [[[0, 128, 128], [128, 128, 128]]]
    assert section.tiles[1].thumbnail.array().tolist() == [[[128, 128, 128], [128, 128, 191]]]
    assert (section.scale.low, section.scale.high) == (-2, 2)
    assert "on one scale" in section.caption


def test_filters_by_channel_are_rows():
    weight = np.arange(8.0).reshape(2, 2, 1, 2) - 3
    section = tiles(filters(weight), "weight")
    assert section.columns == 2
    assert section.row_names == ("filter 0", "filter 1")
    assert section.tiles[2].thumbnail.pixels == bytes([160, 192])  # 1 and 2 times 127 / 4 above 128
    assert section.tiles[2].thumbnail.title == "weight, filter 1, channel 0"


@pytest.mark.parametrize(
    ("shape", "most", "grid", "words"),
    [
        ((20, 3, 3, 3), 8, (8, 8), "Of 20 filters, the first 8 are shown."),
        (
            (64, 64, 3, 3),
            64,
            (64, 8),
            "Of 64 filters, the first 8 are shown. Of 64 input channels, the first 8",
        ),
        (
            (16, 6, 5, 5),
            64,
            (60, 6),
            "Of 16 filters, the first 10 are shown. All 6 input channels are shown.",
        ),
        (
            (2, 50, 1, 1),
            64,
            (64, 32),
            "All 2 filters are shown. Of 50 input channels, the first 32 are shown.",
        ),
        ((1, 1, 3, 3), 64, (1, 1), "Its one filter is shown."),
        ((5, 2, 3, 3), 1, (1, 1), "Of 5 filters, the first 1 are shown. Of 2 input channels, the first 1"),
    ],
)
def test_filters_say_what_is_left_out(shape, most, grid, words):
    drawn = filters(np.ones(shape), most=most)
    section = tiles(drawn, "weight")
    assert (len(section.tiles), section.columns) == grid
    assert words in section.caption
    assert drawn.weights["weight"].shape == shape


def test_filters_of_a_model_by_path():
    model = nn.Sequential({"body": nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 4, 3))})
    drawn = filters(model)
    assert list(drawn.weights) == ["body.0", "body.1"]
    np.testing.assert_array_equal(drawn.weights["body.1"], model.body[1].weight.numpy())
    assert repr(drawn) == "<Filters: 6 of 2 convolutions>"
    model.body[1].weight.replace(np.zeros((4, 2, 3, 3), np.float32))
    assert drawn.weights["body.1"].any()  # a copy
    assert list(filters(nn.Conv2d(1, 2, 3)).weights) == ["(model)"]


def test_filters_with_nan():
    weight = np.ones((1, 2, 2, 2))
    weight[0, 1, 0, 0] = np.nan
    assert "magenta" in tiles(filters(weight), "weight").tiles[1].thumbnail.title


# -- feature maps ------------------------------------------------------------------------------------------


def test_feature_maps_are_what_the_layers_give():
    model, x = small_model(), pictures()
    drawn = feature_maps(model, x, sample=1)
    assert list(drawn.maps) == ["conv", "pool"]
    model.eval()
    y = model.conv(tg.tensor(x[1:]))
    np.testing.assert_allclose(drawn.maps["conv"], y.numpy()[0], rtol=1e-5, atol=1e-6)
    z = model.pool(model.act(model.norm(y)))
    np.testing.assert_allclose(drawn.maps["pool"], z.numpy()[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(feature_maps(model, x, layer="act").maps["act"].min(), 0)


def test_feature_maps_of_every_call():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3)

        def forward(self, x):
            return self.conv(self.conv(x))

    drawn = feature_maps(Twice(), pictures())
    assert {path: maps.shape for path, maps in drawn.maps.items()} == {
        "conv": (3, 6, 8),
        "conv#2": (3, 4, 6),
    }
    assert list(feature_maps(Twice(), pictures(), layer="conv#2").maps) == ["conv#2"]
    assert list(feature_maps(Twice(), pictures(), layer="conv#1").maps) == ["conv"]


def test_feature_maps_are_drawn_signed_only_where_there_is_a_sign():
    model = nn.Sequential({"conv": nn.Conv2d(3, 2, 1), "act": nn.ReLU(), "pool": nn.MaxPool2d(1)})
    model.conv.weight.replace(np.array([[1, 0, 0], [-1, 0, 0]], np.float32).reshape(2, 3, 1, 1))
    model.conv.bias.replace(np.zeros(2, np.float32))
    drawn = feature_maps(model, pictures())
    assert [tile.thumbnail.signed for tile in tiles(drawn, "conv").tiles] == [True, True]
    assert [tile.thumbnail.signed for tile in tiles(drawn, "pool").tiles] == [False, False]
    assert [tile.label for tile in tiles(drawn, "pool").tiles] == ["0", "1: all 0"]
    assert str(drawn).splitlines()[2].split()[-3:] == ["50.0%", "1", "0"]


def test_feature_maps_say_how_many_are_shown():
    section = tiles(feature_maps(small_model(), pictures(), most=3), "conv")
    assert len(section.tiles) == 3
    assert section.caption == "4 maps of 8 x 10; the first 3 of 4 are shown."


# -- saliency ----------------------------------------------------------------------------------------------


def test_saliency_by_finite_differences():
    model = small_model().double().eval()
    x = pictures().astype(np.float64)
    found = saliency(model, x, target=2, sample=1)

    def score(values):
        with tg.no_grad():
            return model(tg.tensor(values[None])).numpy()[0, 2]

    expected = np.zeros_like(x[1])
    for place in np.ndindex(expected.shape):
        step = np.zeros_like(expected)
        step[place] = 1e-6
        expected[place] = (score(x[1] + step) - score(x[1] - step)) / 2e-6
    np.testing.assert_allclose(found.gradient, expected, atol=1e-7)
    np.testing.assert_allclose(found.strength, np.abs(expected).max(axis=0), atol=1e-7)
    assert found.gradient.any()


def test_saliency_takes_the_predicted_class_and_says_where():
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 2, bias=False))
    weight = np.zeros((2, 6), np.float32)
    weight[1] = [0, 1, 0, 0, 0, -7]
    model[1].weight.replace(weight)
    x = np.array([0, 1, 0, 0, 0, 0], np.float32).reshape(1, 1, 2, 3)
    found = saliency(model, x)
    assert (found.target, found.scores.tolist()) == (1, [0, 1])
    assert str(found) == (
        "saliency of class 1, raw score 1.00, for an input of (1, 2, 3)\n"
        "largest |gradient| 7.00 at row 1, column 2\n"
        "exactly zero at 66.7% of the pixels"
    )
    assert repr(found) == "<Saliency: class 1, raw score 1.00, input (1, 2, 3)>"


def test_saliency_of_a_score_that_does_not_depend_on_the_picture():
    class Constant(nn.Module):
        def forward(self, x):
            return tg.zeros(len(x), 2)

    assert not saliency(Constant(), pictures()).gradient.any()


def test_saliency_of_one_sample_does_not_depend_on_the_others():
    model, x = small_model(), pictures()
    np.testing.assert_array_equal(saliency(model, x, 0).gradient, saliency(model, x[0], 0).gradient)


# -- occlusion ---------------------------------------------------------------------------------------------


def one_pixel(row, column, factor=3.0):
    """A model whose second score is one pixel of the first channel."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 10, 2))
    weight = np.zeros((2, 3, 8, 10), np.float32)
    weight[1, 0, row, column] = factor
    model[1].weight.replace(weight.reshape(2, -1))
    model[1].bias.replace(np.zeros(2, np.float32))
    return model


def test_occlusion_of_a_model_that_looks_at_one_pixel():
    x = np.ones((1, 3, 8, 10), np.float32)
    found = occlusion(one_pixel(3, 6), x, size=2, stride=2, value=0)
    expected = np.zeros((4, 5))
    expected[1, 3] = 1 / (1 + np.exp(-3)) - 0.5
    np.testing.assert_allclose(found.drop, expected, atol=1e-7)
    np.testing.assert_allclose(found.heat, np.repeat(np.repeat(expected, 2, 0), 2, 1), atol=1e-7)
    assert (found.target, round(found.value, 3), found.measure) == (1, 0.953, "probability")
    assert str(found) == (
        "occlusion of class 1, probability 0.953, by 20 squares of 2 x 2 pixels\n"
        "most is lost, 0.453, by covering rows 2 to 3, columns 6 to 7"
    )
    assert found.sheet().sections[0].scale.unit == "probability lost"


def test_occlusion_of_the_other_class_is_gained():
    x = np.ones((1, 3, 8, 10), np.float32)
    found = occlusion(one_pixel(3, 6), x, 0, size=2, stride=2, value=0)
    assert found.drop[1, 3] == pytest.approx(0.5 - 1 / (1 + np.exp(-3)), abs=1e-6)


def test_occlusion_covers_with_the_mean_of_each_channel():
    x = pictures(1)
    found = occlusion(one_pixel(0, 0), x, 1, size=1, stride=7)
    by_hand = x.copy()
    by_hand[0, :, 0, 0] = x[0].mean(axis=(1, 2))
    scores = 3 * np.array([x[0, 0, 0, 0], by_hand[0, 0, 0, 0]], np.float64)
    whole, covered = 1 / (1 + np.exp(-scores))
    assert found.drop[0, 0] == pytest.approx(whole - covered, abs=1e-6)
    each = occlusion(one_pixel(0, 0), x, 1, size=1, stride=7, value=[x[0, 0, 0, 0], 9.0, 9.0])
    assert each.drop[0, 0] == pytest.approx(0, abs=1e-6)


def test_occlusion_squares_reach_the_border_and_are_averaged():
    x = np.ones((1, 3, 8, 10), np.float32)
    found = occlusion(one_pixel(7, 9), x, size=(3, 4), stride=(2, 3), value=0)
    assert found.rows.tolist() == [0, 2, 4, 5]
    assert found.columns.tolist() == [0, 3, 6]
    lost = 1 / (1 + np.exp(-3)) - 0.5
    assert found.drop[3, 2] == pytest.approx(lost, abs=1e-6)
    assert found.heat[7, 9] == pytest.approx(lost, abs=1e-6)  # under that square alone
    assert found.heat[6, 9] == pytest.approx(lost / 2, abs=1e-6)  # under two squares
    assert occlusion(one_pixel(7, 9), x, size=4).rows.tolist() == [0, 2, 4]


def test_occlusion_in_many_batches_is_the_same(monkeypatch):
    model, x = small_model(), pictures()
    at_once = occlusion(model, x, size=3, stride=1)
    sizes = []
    model.register_forward_hook(lambda m, args, y: sizes.append(len(y)))
    monkeypatch.setattr(sys.modules["tinygrad_cnn.viz.maps.occlusion"], "_BATCH_NUMBERS", 7 * 240)
    in_parts = occlusion(model, x, size=3, stride=1)
    np.testing.assert_allclose(in_parts.drop, at_once.drop, atol=1e-6)
    assert max(sizes) == 7


def test_occlusion_of_one_score():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 1, bias=False))
    model[1].weight.replace(np.array([[1, 2, 3, -4]], np.float32))
    found = occlusion(model, np.ones((1, 2, 2), np.float32), size=1, value=0)
    assert found.drop.tolist() == [[1, 2], [3, -4]]
    assert (found.measure, found.value) == ("score", 2)


def test_numbers_in_pictures_have_three_digits():
    svg = saliency(small_model(), pictures()).svg()
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert not re.search(r"\d\.\d{5,}", words)

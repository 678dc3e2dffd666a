"""The tables of the larger networks, which are kept in summaries/; and their totals by hand.

To write a table anew: python -m tinygrad_cnn summary --model resnet18 > tests/summaries/resnet18.txt
"""

from pathlib import Path

import pytest

from tinygrad_cnn.nn.models import MODELS, PICTURE_MODELS
from tinygrad_cnn.viz import summary

TABLES = Path(__file__).parent / "summaries"
SHAPES = {
    "resnet8": (3, 32, 32),
    "resnet20": (3, 32, 32),
    "resnet18": (3, 224, 224),
    "mobilenet-small": (3, 32, 32),
    "mobilenet-v2": (3, 224, 224),
    "unet": (3, 128, 128),
    "autoencoder": (1, 28, 28),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_table_of_a_network(name):
    model = {**MODELS, **PICTURE_MODELS}[name](seed=0)
    expected = (TABLES / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
    assert str(summary(model, SHAPES[name])) == expected


def convolutions(rows):
    """Multiply-adds of (taps, inputs, outputs, size of the result), normalisation behind each included."""
    return sum(size * size * outputs * (taps * inputs + 1) for taps, inputs, outputs, size in rows)


def test_multiply_adds_of_resnet18_by_hand():
    """The literature gives 1.8 G."""
    rows = [(49, 3, 64, 112)] + [(9, 64, 64, 56)] * 4
    for width, size in ((128, 28), (256, 14), (512, 7)):
        rows += [(9, width // 2, width, size), (1, width // 2, width, size)] + [(9, width, width, size)] * 3
    result = summary(MODELS["resnet18"](seed=0), (3, 224, 224))
    assert result.total_multiply_adds == convolutions(rows) + 512_000
    assert result.total_multiply_adds == pytest.approx(1.82e9, rel=0.005)
    assert result.total_parameters == 11_689_512


def test_multiply_adds_of_resnet20_by_hand():
    """The literature gives 41 M."""
    rows = [(9, 3, 16, 32)] + [(9, 16, 16, 32)] * 6
    for width, size in ((32, 16), (64, 8)):
        rows += [(9, width // 2, width, size)] + [(9, width, width, size)] * 5
    result = summary(MODELS["resnet20"](seed=0), (3, 32, 32))
    assert result.total_multiply_adds == convolutions(rows) + 640
    assert result.total_multiply_adds == pytest.approx(41e6, rel=0.01)


def test_multiply_adds_of_mobilenet_v2_are_those_of_the_literature():
    """The paper gives 300 M for the convolutions and the dense layer."""
    result = summary(MODELS["mobilenet-v2"](seed=0), (3, 224, 224))
    kinds = ("Conv2d", "Linear")
    assert sum(r.multiply_adds for r in result.rows if r.type in kinds) == 300_774_272
    assert result.total_parameters == 3_504_872


def test_multiply_adds_of_the_unet_by_hand():
    """For each size two convolutions down, two up, the first of twice the channels, and one that doubles."""
    rows = [(9, 3, 64, 128), (9, 64, 64, 128)]
    for i in range(1, 5):
        width, size = 64 << i, 128 >> i
        rows += [(9, width // 2, width, size), (9, width, width, size)]
    for i in range(4):
        width, size = 64 << i, 128 >> i
        rows += [(9, 2 * width, width, size), (9, width, width, size)]
    ups = sum((64 << i + 1) * (64 << i) * 4 * (64 >> i) ** 2 for i in range(4))
    result = summary(PICTURE_MODELS["unet"](seed=0), (3, 128, 128))
    assert result.total_multiply_adds == convolutions(rows) + ups + 64 * 2 * 128 * 128
    assert result.total_parameters == 31_037_698

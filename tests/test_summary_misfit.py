"""A layer that does not fit: everything up to it, the arithmetic, and the number that would fit."""

import re

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ShapeError
from tinygrad_cnn.viz import summary


def failure(model, shape, **settings):
    with pytest.raises(ShapeError) as caught:
        summary(model, shape, **settings)
    return str(caught.value)


def last_line(*layers, shape):
    return failure(nn.Sequential(*layers), shape).splitlines()[-1]


def test_the_whole_message_shows_everything_up_to_the_layer():
    net = nn.Sequential(
        {
            "conv": nn.Conv2d(3, 4, 3, padding=1),
            "pool": nn.MaxPool2d(2),
            "flatten": nn.Flatten(),
            "dense1": nn.Linear(13924, 12),
            "dense2": nn.Linear(12, 3),
        }
    )
    assert failure(net, (3, 120, 120)) == (
        "Sequential does not fit an input of (3, 120, 120)\n"
        "layer    type       output shape      parameters  multiply-adds    output\n"
        "         (input)    (1, 3, 120, 120)                             172.8 kB\n"
        "conv     Conv2d     (1, 4, 120, 120)         112      1,555,200  230.4 kB\n"
        "pool     MaxPool2d  (1, 4, 60, 60)             0              0   57.6 kB\n"
        "flatten  Flatten    (1, 14400)                 0              0   57.6 kB\n"
        "dense1  Linear(13924 -> 12) got 14400 features: 4 x 60 x 60; use in_features=14400"
    )
    net.dense1 = nn.Linear(14400, 12)
    assert summary(net, (3, 120, 120)).rows[-1].output_shape == (1, 3)


def test_a_dense_layer_without_flatten_before_it():
    conv = nn.Conv2d(3, 4, 3)
    assert last_line(conv, nn.Linear(14400, 2), shape=(3, 8, 7)) == (
        "1  Linear(14400 -> 2) got 5 features, the last size of (1, 4, 6, 5); put Flatten() before it, "
        "and use in_features=120"
    )
    assert last_line(conv, nn.Linear(120, 2), shape=(3, 8, 7)) == (
        "1  Linear(120 -> 2) got 5 features, the last size of (1, 4, 6, 5); put Flatten() before it, "
        "which gives 120"
    )


def test_a_dense_layer_after_a_dense_layer_has_no_picture_to_explain_it():
    assert last_line(nn.Linear(4, 6), nn.ReLU(), nn.Linear(5, 2), shape=(4,)).startswith("input_shape is")
    message = failure(nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(5, 2)), (4,)).splitlines()
    assert message[-2] == "2  Linear(5 -> 2) got 6 features; use in_features=6"


def test_channels_that_do_not_fit():
    assert last_line(nn.Conv2d(3, 4, 3), shape=(1, 28, 20)) == (
        "0  Conv2d(3 -> 4) got 1 x 28 x 20, so C = 1; use in_channels=1"
    )
    assert last_line(nn.Conv2d(3, 4, 3), shape=(28, 20, 3)) == (
        "0  Conv2d(3 -> 4) got 28 x 20 x 3, so C = 28; use in_channels=28, or permute (H, W, C) to (C, H, W)"
    )
    assert last_line(nn.ConvTranspose2d(2, 4, 3), shape=(1, 5, 6)) == (
        "0  ConvTranspose2d(2 -> 4) got 1 x 5 x 6, so C = 1; use in_channels=1"
    )
    assert last_line(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(3), shape=(1, 5, 6)) == (
        "1  BatchNorm2d(3) got 4 x 3 x 4, so C = 4; use num_features=4"
    )


WINDOWS = [
    (
        lambda k, p: nn.Conv2d(1, 2, k, padding=p),
        5,
        0,
        (1, 9, 3),
        "covers 5, but the width is 3 + 0 + 0",
        3,
        1,
    ),
    (
        lambda k, p: nn.Conv2d(1, 2, k, padding=p),
        9,
        1,
        (1, 4, 30),
        "covers 9, but the height is 4 + 1 + 1",
        6,
        3,
    ),
    (
        lambda k, p: nn.Conv2d(1, 2, k, padding=p, dilation=3),
        4,
        1,
        (1, 5, 30),
        "covers 3 * (4 - 1) + 1 = 10, but the height is 5 + 1 + 1",
        3,
        3,
    ),
    (lambda k, p: nn.MaxPool2d(k, padding=p), 5, 0, (1, 9, 4), "covers 5, but the width is 4 + 0 + 0", 4, 1),
    (lambda k, p: nn.AvgPool2d(k, padding=p), 3, 0, (1, 1, 9), "covers 3, but the height is 1 + 0 + 0", 1, 1),
]


@pytest.mark.parametrize(("make", "kernel", "padding", "shape", "sum_", "largest", "enough"), WINDOWS)
def test_a_window_larger_than_the_picture(make, kernel, padding, shape, sum_, largest, enough):
    line = last_line(make(kernel, padding), shape=shape)
    assert sum_ in line
    assert line.endswith(f"use kernel_size<={largest} or padding>={enough}")
    summary(make(largest, padding), shape)
    summary(make(kernel, enough), shape)
    for settings in ((largest + 1, padding), (kernel, enough - 1)):
        with pytest.raises(ShapeError):
            summary(make(*settings), shape)


def test_a_pooling_window_that_no_padding_helps():
    assert last_line(nn.MaxPool2d(3, dilation=4), shape=(2, 2, 30)) == (
        "0  MaxPool2d got 2 x 2 x 30: its window covers 4 * (3 - 1) + 1 = 9, but the height is "
        "2 + 0 + 0 padding = 2; use kernel_size<=1"
    )
    assert last_line(nn.MaxPool2d(3, dilation=3), shape=(2, 2, 30)).endswith("; use kernel_size<=1")


def test_what_is_no_picture():
    assert last_line(nn.Flatten(), nn.Conv2d(1, 2, 3), shape=(1, 5, 6)) == (
        "1  Conv2d(1 -> 2) got (1, 30), but expects pictures (N, C, H, W); move it before Flatten"
    )
    batch = failure(nn.Sequential(nn.Conv2d(3, 2, 3)), (1, 3, 5, 6)).splitlines()
    assert batch[-2:] == [
        "0  Conv2d(3 -> 2) got (1, 1, 3, 5, 6), but expects pictures (N, C, H, W)",
        "input_shape is that of one sample; for pictures (C, H, W), without the batch",
    ]


class Reshaping(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = nn.Sequential({"conv": nn.Conv2d(1, 2, 3)})
        self.dense = nn.Linear(10, 2)

    def forward(self, x):
        return self.dense(self.part(x).reshape(1, 10))


def test_what_does_not_fit_between_the_layers_of_an_own_module():
    assert failure(Reshaping(), (1, 5, 6)).splitlines()[-2:] == [
        "part.conv  Conv2d   (1, 2, 3, 4)          20            216    96 B",
        "Reshaping: reshape: 24 values of shape (1, 2, 3, 4) do not fit into (1, 10)",
    ]
    outer = nn.Sequential({"net": Reshaping()})
    assert failure(outer, (1, 5, 6)).splitlines()[-1].startswith("net  Reshaping: reshape: 24 values")


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()

    def forward(self, x):
        return {}[self.relu(x).shape]


def test_other_errors_stay_what_they_are_and_carry_the_table_as_a_note():
    with pytest.raises(KeyError) as caught:
        summary(Broken(), (4,))
    (note,) = caught.value.__notes__
    assert re.search(r"^relu   ReLU     \(1, 4\) .*\nBroken: \(1, 4\)$", note, re.MULTILINE)


def test_the_original_error_is_kept_as_the_cause():
    with pytest.raises(ShapeError) as caught:
        summary(nn.Sequential(nn.Linear(5, 2)), (4,))
    assert isinstance(caught.value.__cause__, ShapeError)
    assert "linear expects x (..., I), w (O, I)" in str(caught.value.__cause__)
    assert tg.is_grad_enabled()

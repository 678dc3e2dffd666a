"""Error texts of convolutions, poolings and unpooling of lines, of adaptive pooling and of their layers."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

VALUES, PLACES = zeros(1, 2, 2, 3), np.zeros((1, 2, 2, 3), int)

CASES = [
    (
        lambda: tg.conv1d(zeros(2, 3, 8), zeros(4, 1, 3)),
        ShapeError,
        "conv1d expects x (N, C, L), w (O, C/groups, k) / got x (2, 3, 8), w (4, 1, 3) "
        "/ C is 3 in x but 1 in w",
    ),
    (
        lambda: tg.conv1d(zeros(2, 3, 8, 1), zeros(4, 3, 3)),
        ShapeError,
        "conv1d expects x (N, C, L), w (O, C/groups, k) / got x (2, 3, 8, 1), w (4, 3, 3) "
        "/ x has 4 dimensions, not 3",
    ),
    (
        lambda: tg.conv1d(zeros(2, 3, 8), zeros(4, 3, 9), padding="valid"),
        ShapeError,
        "conv1d: a kernel of 9 (dilation 1) covers 9, but the length is 8 + padding 0 + 0 = 8; "
        "use a smaller kernel or more padding",
    ),
    (
        lambda: tg.conv1d(zeros(2, 3, 8), zeros(4, 3, 3), stride=(2, 1)),
        ArgumentError,
        "conv1d: stride must be one integer, got (2, 1)",
    ),
    (
        lambda: tg.conv1d(zeros(2, 3, 8), zeros(4, 3, 3), padding="same", stride=2),
        ArgumentError,
        "conv1d: padding='same' needs stride 1, got stride 2",
    ),
    (
        lambda: tg.conv1d(zeros(2, 3, 0), zeros(4, 3, 3), padding=2),
        ShapeError,
        "conv1d: length 0 and kernel 3 must be at least 1",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(0, 3, 3, 3)),
        ShapeError,
        "conv2d: expected at least one filter, got w (0, 3, 3, 3)",
    ),
    (
        lambda: tg.conv2d(zeros(2, 0, 8, 8), zeros(4, 0, 3, 3), zeros(4)),
        ShapeError,
        "conv2d: x has no channels, so the result has none that b (4,) belongs to",
    ),
    (
        lambda: tg.conv_transpose1d(zeros(2, 3, 8), zeros(2, 4, 3)),
        ShapeError,
        "conv_transpose1d expects x (N, C, L) or (C, L), w (C, O/groups, k) / got x (2, 3, 8), w (2, 4, 3)",
    ),
    (
        lambda: tg.conv_transpose1d(zeros(2, 3, 8), zeros(3, 4, 3), zeros(3)),
        ShapeError,
        "conv_transpose1d expects b (4,), one number a channel / got b (3,)",
    ),
    (
        lambda: tg.conv_transpose1d(zeros(2, 3, 1), zeros(3, 4, 1), padding=1),
        ShapeError,
        "conv_transpose1d: 1 would become 1 - 2 * 1 + 0 = -1; use less padding or a larger kernel",
    ),
    (
        lambda: tg.conv_transpose1d(zeros(2, 3, 8), zeros(3, 4, 3), output_padding=2, stride=2),
        ArgumentError,
        "conv_transpose1d: output_padding 2 must be smaller than stride 2 or dilation 1",
    ),
    (
        lambda: tg.max_pool1d(zeros(2, 2, 2, 8), 2),
        ShapeError,
        "max_pool1d expects x (N, C, L) or (C, L) / got x (2, 2, 2, 8)",
    ),
    (
        lambda: tg.max_pool1d(zeros(2, 2, 8), 3, padding=2),
        ArgumentError,
        "max_pool1d: padding 2 must be at most half of kernel_size 3, "
        "or windows would lie in the padding alone",
    ),
    (
        lambda: tg.max_pool2d(zeros(2, 0, 8, 8), 2),
        ShapeError,
        "max_pool2d expects x (N, C, H, W) or (C, H, W) with sizes of at least 1 / got x (2, 0, 8, 8)",
    ),
    (
        lambda: tg.max_pool2d(zeros(2, 1, 8, 8), 2, ceil_mode=1),
        ArgumentError,
        "max_pool2d: ceil_mode must be True or False, got 1",
    ),
    (
        lambda: tg.avg_pool1d(zeros(2, 2, 3), 4),
        ShapeError,
        "avg_pool1d: a kernel of 4 (dilation 1) covers 4, but the length is 3 + padding 0 + 0 = 3; "
        "use a smaller kernel or more padding",
    ),
    (
        lambda: tg.avg_pool1d(np.arange(8).reshape(1, 1, 8), 2),
        DtypeError,
        "avg_pool1d expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.lp_pool2d(zeros(1, 1, 4, 4), 0, 2),
        ArgumentError,
        "lp_pool2d: norm_type must be a number other than 0, got 0",
    ),
    (
        lambda: tg.lp_pool1d(zeros(1, 1, 4), 2, 0),
        ArgumentError,
        "lp_pool1d: kernel_size must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.adaptive_avg_pool2d(zeros(2, 3, 0, 4), 2),
        ShapeError,
        "adaptive_avg_pool2d expects x (N, C, H, W) or (C, H, W) with sizes of at least 1 "
        "/ got x (2, 3, 0, 4)",
    ),
    (
        lambda: tg.adaptive_avg_pool2d(zeros(2, 3, 5, 4), (2,)),
        ArgumentError,
        "adaptive_avg_pool2d: output_size must be one integer or two, got (2,)",
    ),
    (
        lambda: tg.adaptive_max_pool1d(zeros(2, 3, 5), -1),
        ArgumentError,
        "adaptive_max_pool1d: output_size must be an integer >= 0, got -1",
    ),
    (
        lambda: tg.adaptive_max_pool1d(zeros(2, 3, 5), None),
        ArgumentError,
        "adaptive_max_pool1d: output_size must be an integer, got None",
    ),
    (
        lambda: tg.max_unpool2d(VALUES, PLACES[:, :1], 2),
        ShapeError,
        "max_unpool2d: indices must have the shape of input (1, 2, 2, 3), got (1, 1, 2, 3)",
    ),
    (
        lambda: tg.max_unpool2d(VALUES, PLACES + 24, 2),
        ShapeError,
        "max_unpool2d: indices must lie in 0..23, the places of a result of size (4, 6), got 24..24",
    ),
    (
        lambda: tg.max_unpool2d(VALUES, PLACES - 1, 2),
        ShapeError,
        "max_unpool2d: indices must lie in 0..23, the places of a result of size (4, 6), got -1..-1",
    ),
    (
        lambda: tg.max_unpool2d(VALUES, PLACES + 0.5, 2),
        DtypeError,
        "max_unpool2d: indices must hold integers, got float64",
    ),
    (
        lambda: tg.max_unpool2d(VALUES, PLACES, 2, output_size=(4, 8)),
        ArgumentError,
        "max_unpool2d: output_size must be less than stride (2, 2) away from (4, 6), got (4, 8)",
    ),
    (
        lambda: tg.max_unpool1d(VALUES[0], PLACES[0], 1, padding=2),
        ShapeError,
        "max_unpool1d: the result would have the size (-1,); use less padding",
    ),
    (
        lambda: tg.max_unpool1d(VALUES[0], PLACES[0], 2, stride=0),
        ArgumentError,
        "max_unpool1d: stride must be an integer >= 1, got 0",
    ),
    (
        lambda: nn.Conv2d(2, 3, (3,)),
        ArgumentError,
        "Conv2d: kernel_size must be one integer or two, got (3,)",
    ),
    (
        lambda: nn.Conv2d(2, 3, 3, padding_mode="mirror"),
        ArgumentError,
        "Conv2d: padding_mode must be one of 'zeros', 'reflect', 'replicate', 'circular', got 'mirror'",
    ),
    (
        lambda: nn.ConvTranspose2d(2, 3, 3, padding_mode="reflect"),
        ArgumentError,
        "ConvTranspose2d: padding_mode must be 'zeros', got 'reflect'",
    ),
    (lambda: nn.MaxPool1d((2, 2)), ArgumentError, "MaxPool1d: kernel_size must be one integer, got (2, 2)"),
    (
        lambda: nn.SeparableConv2d(3, 4, 3, depth_multiplier=0),
        ArgumentError,
        "SeparableConv2d: depth_multiplier must be an integer >= 1, got 0",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:60] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

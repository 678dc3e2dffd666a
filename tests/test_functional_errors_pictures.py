"""Error texts of convolution and pooling: what was expected, what came, what to do."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

CASES = [
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 1, 3, 3)),
        ShapeError,
        (
            "conv2d expects x (N, C, H, W), w (O, C/groups, kh, kw) "
            "/ got x (2, 3, 8, 8), w (4, 1, 3, 3) / C is 3 in x but 1 in w"
        ),
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3)),
        ShapeError,
        "conv2d expects w (O, C/groups, kh, kw) / got w (4, 3, 3)",
    ),
    (
        lambda: tg.conv2d(zeros(3, 8), zeros(4, 3, 3, 3)),
        ShapeError,
        (
            "conv2d expects x (N, C, H, W), w (O, C/groups, kh, kw) "
            "/ got x (3, 8), w (4, 3, 3, 3) / x has 2 dimensions, not 4"
        ),
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), zeros(5)),
        ShapeError,
        (
            "conv2d expects x (N, C, H, W), w (O, C/groups, kh, kw), b (O) "
            "/ got x (2, 3, 8, 8), w (4, 3, 3, 3), b (5,) / O is 4 in w but 5 in b"
        ),
    ),
    (
        lambda: tg.conv2d(zeros(2, 4, 8, 8), zeros(3, 2, 3, 3), groups=2),
        ShapeError,
        "conv2d: groups 2 does not divide the 3 filters",
    ),
    (
        lambda: tg.conv2d(zeros(2, 4, 8, 8), zeros(4, 4, 3, 3), groups=2),
        ShapeError,
        (
            "conv2d expects x (N, C, H, W), w (O, C/groups, kh, kw) "
            "/ got x (2, 4, 8, 8), w (4, 4, 3, 3) / C is 4 in x but 4 * groups = 8 in w"
        ),
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 4, 9), zeros(4, 3, 5, 3)),
        ShapeError,
        (
            "conv2d: a kernel of 5 (dilation 1) covers 5, but the height is 4 + padding 0 + 0 = 4;"
            " use a smaller kernel or more padding"
        ),
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 9, 4), zeros(4, 3, 3, 3), dilation=(1, 3), padding=(0, 1)),
        ShapeError,
        (
            "conv2d: a kernel of 3 (dilation 3) covers 7, but the width is 4 + padding 1 + 1 = 6;"
            " use a smaller kernel or more padding"
        ),
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), stride=0),
        ArgumentError,
        "conv2d: stride must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), stride=(1, 2, 3)),
        ArgumentError,
        "conv2d: stride must be one integer or two, got (1, 2, 3)",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), padding=-1),
        ArgumentError,
        "conv2d: padding must be an integer >= 0, got -1",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), padding="full"),
        ArgumentError,
        "conv2d: padding must be numbers, 'same' or 'valid', got 'full'",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), padding=np.array([1, 2])),
        ArgumentError,
        "conv2d: padding must be an integer, got ndarray of shape (2,)",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), padding="same", stride=2),
        ArgumentError,
        "conv2d: padding='same' needs stride 1, got stride (2, 2)",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), dilation=1.5),
        ArgumentError,
        "conv2d: dilation must be an integer, got 1.5",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3), groups=True),
        ArgumentError,
        "conv2d: groups must be an integer >= 1, got True",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), zeros(4, 3, 0, 3)),
        ShapeError,
        "conv2d: height 8 and kernel 0 must be at least 1",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 0, 8), zeros(4, 3, 3, 3)),
        ShapeError,
        "conv2d: height 0 and kernel 3 must be at least 1",
    ),
    (
        lambda: tg.conv2d(zeros(2, 3, 8, 8), tensor(np.zeros((4, 3, 3, 3)))),
        DtypeError,
        (
            "conv2d got float32 and float64;"
            " nothing is promoted silently: convert one, with .float() or .double()"
        ),
    ),
    (
        lambda: tg.conv_transpose2d(zeros(2, 3, 8, 8), zeros(4, 3, 3, 3)),
        ShapeError,
        (
            "conv_transpose2d expects x (N, C, H, W) or (C, H, W), w (C, O/groups, kh, kw) "
            "/ got x (2, 3, 8, 8), w (4, 3, 3, 3)"
        ),
    ),
    (
        lambda: tg.conv_transpose2d(zeros(2, 3, 8, 8), zeros(3, 4, 3, 3), groups=2),
        ShapeError,
        "conv_transpose2d: groups 2 does not divide the 3 channels",
    ),
    (
        lambda: tg.conv_transpose2d(zeros(2, 3, 8, 8), zeros(3, 4, 3, 3), output_padding=1),
        ArgumentError,
        ("conv_transpose2d: output_padding (1, 1) must be smaller than stride (1, 1) or dilation (1, 1)"),
    ),
    (
        lambda: tg.conv_transpose2d(zeros(2, 3, 1, 1), zeros(3, 4, 1, 1), padding=1),
        ShapeError,
        ("conv_transpose2d: 1 would become 1 - 2 * 1 + 0 = -1; use less padding or a larger kernel"),
    ),
    (
        lambda: tg.conv_transpose2d(zeros(2, 3, 8, 8), zeros(3, 4, 3, 3), zeros(5)),
        ShapeError,
        "conv_transpose2d expects b (4,), one number a channel / got b (5,)",
    ),
    (
        lambda: tg.conv_transpose2d(zeros(2, 3, 0, 8), zeros(3, 4, 3, 3)),
        ShapeError,
        (
            "conv_transpose2d expects x (N, C, H, W) or (C, H, W), w (C, O/groups, kh, kw) with sizes of "
            "at least 1 / got x (2, 3, 0, 8), w (3, 4, 3, 3)"
        ),
    ),
    (
        lambda: tg.max_pool2d(zeros(3, 8), 2),
        ShapeError,
        "max_pool2d expects x (N, C, H, W) or (C, H, W) / got x (3, 8)",
    ),
    (
        lambda: tg.max_pool2d(zeros(1, 1, 2, 5), 3),
        ShapeError,
        (
            "max_pool2d: a kernel of 3 (dilation 1) covers 3, but the height is 2 + padding 0 + 0 "
            "= 2; use a smaller kernel or more padding"
        ),
    ),
    (
        lambda: tg.max_pool2d(zeros(1, 1, 5, 5), 0),
        ArgumentError,
        "max_pool2d: kernel_size must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.max_pool2d(zeros(1, 1, 5, 5), 2, stride=0),
        ArgumentError,
        "max_pool2d: stride must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.max_pool2d(zeros(1, 1, 5, 5), 2, padding=2),
        ArgumentError,
        (
            "max_pool2d: padding (2, 2) must be at most half of kernel_size (2, 2), or windows "
            "would lie in the padding alone"
        ),
    ),
    (
        lambda: tg.max_pool2d(tg.arange(16).reshape(1, 1, 4, 4), 2),
        DtypeError,
        "max_pool2d expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.avg_pool2d(zeros(1, 1, 5, 5), 2, divisor_override=0),
        ArgumentError,
        "avg_pool2d: divisor_override must not be 0",
    ),
    (
        lambda: tg.avg_pool2d(zeros(1, 1, 5, 2), (2, 3)),
        ShapeError,
        (
            "avg_pool2d: a kernel of 3 (dilation 1) covers 3, but the width is 2 + padding 0 + 0 = "
            "2; use a smaller kernel or more padding"
        ),
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

"""What resizing, reading at places, windows and shuffles refuse, word by word."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

PICTURE = zeros(1, 2, 3, 4)
MODES = "'nearest', 'nearest-exact', 'linear', 'bilinear', 'trilinear', 'bicubic', 'area'"

RESAMPLING = [
    (lambda: tg.interpolate(PICTURE), ArgumentError, "interpolate: give either size or scale_factor"),
    (lambda: tg.interpolate(PICTURE, 2, 2.0), ArgumentError, "interpolate: give either size or scale_factor"),
    (
        lambda: tg.interpolate(PICTURE, 2, mode="lanczos"),
        ArgumentError,
        f"interpolate: mode must be one of {MODES}, got 'lanczos'",
    ),
    (
        lambda: tg.interpolate(PICTURE, 2, mode="linear"),
        ShapeError,
        "interpolate: mode 'linear' expects x with 3 dimensions, N and C first / got x (1, 2, 3, 4)",
    ),
    (
        lambda: tg.interpolate(zeros(3, 4), 2),
        ShapeError,
        "interpolate: mode 'nearest' expects x with 3 to 5 dimensions, N and C first / got x (3, 4)",
    ),
    (
        lambda: tg.interpolate(PICTURE, (2, 3, 4)),
        ShapeError,
        "interpolate: size must have 2 numbers for x (1, 2, 3, 4), got (2, 3, 4)",
    ),
    (
        lambda: tg.interpolate(PICTURE, scale_factor=(2.0,)),
        ShapeError,
        "interpolate: scale_factor must have 2 numbers for x (1, 2, 3, 4), got (2.0,)",
    ),
    (lambda: tg.interpolate(PICTURE, 2.5), ArgumentError, "interpolate: size must be an integer, got 2.5"),
    (
        lambda: tg.interpolate(PICTURE, -1),
        ArgumentError,
        "interpolate: size must be an integer >= 0, got -1",
    ),
    (
        lambda: tg.interpolate(PICTURE, (0, 2)),
        ShapeError,
        "interpolate: sizes must be above 0, got x (1, 2, 3, 4) and the new size [0, 2]",
    ),
    (
        lambda: tg.interpolate(PICTURE, scale_factor=0.3),
        ShapeError,
        "interpolate: sizes must be above 0, got x (1, 2, 3, 4) and the new size [0, 1]",
    ),
    (
        lambda: tg.interpolate(zeros(1, 0, 3, 4), 2, mode="area"),
        ShapeError,
        "interpolate: sizes must be above 0, got x (1, 0, 3, 4) and the new size [2, 2]",
    ),
    (
        lambda: tg.interpolate(PICTURE, scale_factor=float("inf")),
        ArgumentError,
        "interpolate: scale_factor must be finite, got inf",
    ),
    (
        lambda: tg.interpolate(PICTURE, scale_factor="2"),
        ArgumentError,
        "interpolate: scale_factor must be a number, got '2'",
    ),
    (
        lambda: tg.interpolate(PICTURE, 2, align_corners=False),
        ArgumentError,
        "interpolate: align_corners is for linear, bilinear, bicubic, trilinear, not for mode 'nearest'",
    ),
    (
        lambda: tg.interpolate(PICTURE, 2, recompute_scale_factor=True),
        ArgumentError,
        "interpolate: recompute_scale_factor=True needs a scale_factor, got a size",
    ),
    (
        lambda: tg.interpolate(PICTURE, 2, mode="bilinear", antialias=True),
        ArgumentError,
        "interpolate: antialias=True is not supported; shrink with mode='area', or smooth before",
    ),
    (
        lambda: tg.interpolate(np.zeros((1, 1, 2, 2), int), 2),
        DtypeError,
        "interpolate expects float32 or float64, got int64; convert with .float()",
    ),
    (lambda: nn.Upsample(), ArgumentError, "Upsample: give either size or scale_factor"),
    (
        lambda: tg.grid_sample(PICTURE, zeros(1, 2, 2, 2), np.zeros(2)),
        ArgumentError,
        "grid_sample: mode must be 'bilinear' or 'nearest', got array([0., 0.])",
    ),
    (
        lambda: tg.grid_sample(PICTURE, zeros(1, 2, 2, 2), padding_mode=np.zeros(2)),
        ArgumentError,
        "grid_sample: padding_mode must be 'zeros', 'border' or 'reflection', got array([0., 0.])",
    ),
    (
        lambda: tg.grid_sample(PICTURE, zeros(1, 2, 2, 2), "bicubic"),
        ArgumentError,
        "grid_sample: mode must be 'bilinear' or 'nearest', got 'bicubic'",
    ),
    (
        lambda: tg.grid_sample(PICTURE, zeros(1, 2, 2, 2), padding_mode="wrap"),
        ArgumentError,
        "grid_sample: padding_mode must be 'zeros', 'border' or 'reflection', got 'wrap'",
    ),
    (
        lambda: tg.grid_sample(PICTURE, zeros(1, 2, 2, 3)),
        ShapeError,
        "grid_sample expects x (N, C, H, W) and grid (N, H', W', 2), or x (N, C, D, H, W) and grid "
        "(N, D', H', W', 3), with pixels / got x (1, 2, 3, 4), grid (1, 2, 2, 3)",
    ),
    (
        lambda: tg.affine_grid(zeros(1, 2, 3), (1, 2, 3)),
        ArgumentError,
        "affine_grid: size must be (N, C, H, W) or (N, C, D, H, W), got (1, 2, 3)",
    ),
    (
        lambda: tg.affine_grid(zeros(1, 2, 3), (1, 2, 0, 3)),
        ArgumentError,
        "affine_grid: size must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.affine_grid(zeros(1, 2, 3), (2, 2, 3, 3)),
        ShapeError,
        "affine_grid expects theta (2, 2, 3) for size (2, 2, 3, 3) / got (1, 2, 3)",
    ),
]

WINDOWS = [
    (
        lambda: tg.unfold(zeros(3, 4), 2),
        ShapeError,
        "unfold expects x (N, C, H, W) or (C, H, W), C, H and W above 0 / got x (3, 4)",
    ),
    (
        lambda: tg.unfold(PICTURE, 3, dilation=2),
        ShapeError,
        "unfold: a kernel of 3 (dilation 2) covers 5, but the height is 3 + padding 0 + 0 = 3; use a smaller "
        "kernel or more padding",
    ),
    (
        lambda: tg.unfold(PICTURE, 2, stride=0),
        ArgumentError,
        "unfold: stride must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.unfold(PICTURE, 2, padding=(0, -1)),
        ArgumentError,
        "unfold: padding must be an integer >= 0, got -1",
    ),
    (
        lambda: tg.unfold(PICTURE, (2,)),
        ArgumentError,
        "unfold: kernel_size must be one integer or two, got (2,)",
    ),
    (
        lambda: tg.fold(zeros(1, 6, 6), (3, 4), 2),
        ShapeError,
        "fold expects columns x (N, C 4, 6): windows (2, 2) stand at 2 times 3 places of (3, 4) / "
        "got x (1, 6, 6)",
    ),
    (
        lambda: tg.fold(zeros(6), (3, 4), 2),
        ShapeError,
        "fold expects columns x (N, C k k, L) or (C k k, L), above 0 / got x (6,)",
    ),
    (
        lambda: tg.fold(zeros(1, 4, 6), (0, 4), 2),
        ArgumentError,
        "fold: output_size must be an integer >= 1, got 0",
    ),
    (lambda: nn.Unfold(2, dilation=0), ArgumentError, "Unfold: dilation must be an integer >= 1, got 0"),
    (lambda: nn.Fold(0, 2), ArgumentError, "Fold: output_size must be an integer >= 1, got 0"),
    (
        lambda: zeros(3).unfold(0, 4, 1),
        ShapeError,
        "unfold: windows of 4 values are longer than dim 0 of x (3,)",
    ),
    (lambda: zeros(3).unfold(0, 2, 0), ArgumentError, "unfold: step must be an integer >= 1, got 0"),
    (
        lambda: zeros(3).unfold(1, 2, 1),
        ShapeError,
        "unfold: dim 1 is out of range for a tensor with 1 dimensions",
    ),
    (
        lambda: tg.pixel_shuffle(zeros(1, 6, 2, 2), 2),
        ShapeError,
        "pixel_shuffle expects x (..., C, H, W) with C a multiple of 4 / got x (1, 6, 2, 2)",
    ),
    (
        lambda: tg.pixel_unshuffle(PICTURE, 2),
        ShapeError,
        "pixel_unshuffle expects x (..., C, H, W) with H and W multiples of 2 / got x (1, 2, 3, 4)",
    ),
    (
        lambda: tg.channel_shuffle(PICTURE, 3),
        ShapeError,
        "channel_shuffle expects x (N, C, L, ...) with C a multiple of 3 / got x (1, 2, 3, 4)",
    ),
    (
        lambda: nn.PixelShuffle(0),
        ArgumentError,
        "PixelShuffle: upscale_factor must be an integer >= 1, got 0",
    ),
]

CASES = [*RESAMPLING, *WINDOWS]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_would_fit(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

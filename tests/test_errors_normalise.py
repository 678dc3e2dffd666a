"""What normalisation and dropout refuse, word by word."""

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, ones, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

PICTURE = zeros(1, 2, 3, 4)

NORMS = [
    (
        lambda: tg.batch_norm(PICTURE, None, None),
        ArgumentError,
        "batch_norm: running_mean and running_var are needed but with training=True",
    ),
    (
        lambda: tg.batch_norm(PICTURE, zeros(2), None),
        ArgumentError,
        "batch_norm: give both running_mean and running_var, or none of them",
    ),
    (
        lambda: tg.batch_norm(PICTURE, None, None, training=True, eps=0),
        ArgumentError,
        "batch_norm: eps must be above 0, got 0",
    ),
    (
        lambda: tg.instance_norm(zeros(2, 3, 1)),
        ShapeError,
        "instance_norm expects x (N, C, ...) with more than one pixel / got x (2, 3, 1)",
    ),
    (
        lambda: tg.instance_norm(PICTURE, weight=ones(3)),
        ShapeError,
        "instance_norm expects weight (2,) for x (1, 2, 3, 4) / got weight (3,)",
    ),
    (
        lambda: tg.instance_norm(PICTURE, use_input_stats=False),
        ArgumentError,
        "instance_norm: running_mean and running_var are needed but with use_input_stats=True",
    ),
    (
        lambda: tg.group_norm(PICTURE, 3),
        ShapeError,
        "group_norm expects x (N, C, ...) with C a multiple of 3 / got x (1, 2, 3, 4)",
    ),
    (
        lambda: tg.group_norm(zeros(1, 2), 2),
        ShapeError,
        "group_norm: one value a group has no variance, got x (1, 2)",
    ),
    (
        lambda: tg.group_norm(PICTURE, 0),
        ArgumentError,
        "group_norm: num_groups must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.layer_norm(PICTURE, 4),
        ArgumentError,
        "layer_norm: normalized_shape must be a tuple of sizes, got 4",
    ),
    (
        lambda: tg.layer_norm(PICTURE, (3, 5)),
        ShapeError,
        "layer_norm expects x (..., 3, 5) / got x (1, 2, 3, 4)",
    ),
    (
        lambda: tg.rms_norm(PICTURE, (4,), ones(1)),
        ShapeError,
        "rms_norm expects weight (4,) / got weight (1,)",
    ),
    (
        lambda: tg.local_response_norm(zeros(2, 3), 2),
        ShapeError,
        "local_response_norm expects x (N, C, ...) with pixels / got x (2, 3)",
    ),
    (
        lambda: tg.local_response_norm(PICTURE, 0),
        ArgumentError,
        "local_response_norm: size must be an integer >= 1, got 0",
    ),
    (
        lambda: tg.batch_norm(PICTURE, [0.0, 0.0], [1.0, 1.0]),
        ArgumentError,
        "batch_norm: running_mean must be a tensor, got list",
    ),
    (
        lambda: tg.batch_norm(PICTURE, zeros(2), ones(2), training=True, momentum=None),
        ArgumentError,
        "batch_norm: momentum must be a number, got None",
    ),
    (
        lambda: tg.layer_norm(PICTURE, (4,), bias=[1.0]),
        ArgumentError,
        "layer_norm: bias must be a tensor, got list",
    ),
    (
        lambda: nn.BatchNorm1d(3)(PICTURE),
        ShapeError,
        "BatchNorm1d expects x (N, C) or (N, C, L) with C = num_features = 3 / got x (1, 2, 3, 4)",
    ),
    (
        lambda: nn.InstanceNorm2d(3)(PICTURE),
        ShapeError,
        "InstanceNorm2d expects x (C, H, W) or (N, C, H, W) with C = num_features = 3 / got x (1, 2, 3, 4)",
    ),
    (
        lambda: nn.InstanceNorm1d(3, momentum=2),
        ArgumentError,
        "InstanceNorm1d: momentum must lie in 0..1, or be None, got 2",
    ),
    (lambda: nn.BatchNorm2d(3, eps=None), ArgumentError, "BatchNorm2d: eps must be a number, got None"),
    (
        lambda: nn.BatchNorm1d(3, momentum="x"),
        ArgumentError,
        "BatchNorm1d: momentum must be a number, got 'x'",
    ),
    (
        lambda: tg.instance_norm(PICTURE, momentum=None),
        ArgumentError,
        "instance_norm: momentum must be a number, got None",
    ),
    (lambda: nn.GroupNorm(2, 3), ArgumentError, "GroupNorm: 3 channels do not make 2 equal groups"),
    (
        lambda: nn.GroupNorm(2, 4)(PICTURE),
        ShapeError,
        "GroupNorm expects x (N, C, ...) with C = num_channels = 4 / got x (1, 2, 3, 4)",
    ),
    (
        lambda: nn.LayerNorm(()),
        ArgumentError,
        "LayerNorm: normalized_shape must hold at least one size, got ()",
    ),
    (lambda: nn.LayerNorm(-1), ArgumentError, "LayerNorm: normalized_shape must be an integer >= 1, got -1"),
]

DROPOUTS = [
    (lambda: tg.dropout1d(zeros(3)), ShapeError, "dropout1d expects x (N, C, L) or (C, L) / got x (3,)"),
    (lambda: tg.dropout2d(zeros(3)), ShapeError, "dropout2d expects x (N, C, ...) / got x (3,)"),
    (lambda: tg.drop_path(tg.tensor(1.0)), ShapeError, "drop_path expects x (N, ...) / got x ()"),
    (
        lambda: tg.drop_path(zeros(3), mode="column"),
        ArgumentError,
        "drop_path: mode must be 'row' or 'batch', got 'column'",
    ),
    (lambda: tg.alpha_dropout(zeros(3), -0.5), ArgumentError, "alpha_dropout: p must lie in 0..1, got -0.5"),
    (
        lambda: tg.dropout(zeros(3), float("nan")),
        ArgumentError,
        "dropout: p must lie in 0..1, got nan",
    ),
    (
        lambda: tg.dropout(tg.arange(3)),
        DtypeError,
        "dropout expects float32 or float64, got int64; convert with .float()",
    ),
    (lambda: nn.Dropout("0.5"), ArgumentError, "Dropout: p must be a number, got '0.5'"),
    (lambda: nn.DropPath(None), ArgumentError, "DropPath: p must be a number, got None"),
    (lambda: nn.Dropout2d(2), ArgumentError, "Dropout2d: p must lie in 0..1, got 2"),
    (
        lambda: nn.DropPath(mode="all"),
        ArgumentError,
        "DropPath: mode must be 'row' or 'batch', got 'all'",
    ),
]

CASES = [*NORMS, *DROPOUTS]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_would_fit(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

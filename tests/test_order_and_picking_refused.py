"""Error texts of reductions, order and picking: what was expected, what came, what to do."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DataError, DtypeError, PositionError, ShapeError

WHOLE, TRUE, WIDE = tensor([1, 2]), tensor([True]), zeros(2, 3, dtype=np.float64)
INF = float("inf")

CASES = [
    (lambda: tg.sum(zeros(2, 3), 2), ShapeError, "sum: dim 2 is out of range for a tensor with 2 dimensions"),
    (lambda: tg.sum(zeros(2, 3), (0, -2)), ArgumentError, "sum: dim (0, -2) names a dimension twice"),
    (lambda: tg.any(zeros(2, 3), 0.5), ArgumentError, "any: dim must be an integer, got 0.5"),
    (lambda: tg.sum(zeros(2, 3), True), ArgumentError, "sum: dim must be an integer, got True"),
    (
        lambda: tg.sum(zeros(2), dtype="half of it"),
        ArgumentError,
        "sum expects a dtype such as np.float64, got 'half of it'; there are no devices",
    ),
    (
        lambda: tg.mean(zeros(2), dtype=np.int64),
        DtypeError,
        "mean expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.prod(zeros(2, 3), keepdim=True),
        ArgumentError,
        "prod: keepdim needs dim, the dimension that is kept",
    ),
    (
        lambda: tg.max(zeros(2), keepdim=True),
        ArgumentError,
        "max: keepdim needs dim, the dimension that is kept",
    ),
    (lambda: tg.max(zeros(2, 3), (0, 1)), ArgumentError, "max: dim must be an integer, got (0, 1)"),
    (lambda: tg.max(zeros(0)), ShapeError, "max: there is no largest value in a tensor of shape (0,)"),
    (
        lambda: tg.amin(zeros(0, 3), 0),
        ShapeError,
        "amin: there is no smallest value in a tensor of shape (0, 3)",
    ),
    (
        lambda: tg.aminmax(zeros(0)),
        ShapeError,
        "aminmax: there is no smallest value in a tensor of shape (0,)",
    ),
    (
        lambda: tg.argmin(TRUE),
        DtypeError,
        "argmin expects floats or integers, got bool; convert with .float()",
    ),
    (
        lambda: tg.logsumexp(zeros(2), None),
        ArgumentError,
        "logsumexp: dim must be an integer or several, got None; name all to reduce all",
    ),
    (
        lambda: tg.var(WHOLE),
        DtypeError,
        "var expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.var(zeros(2), 0, 0),
        ArgumentError,
        "var: unbiased must be True or False, got 0; give correction by name",
    ),
    (
        lambda: tg.std(zeros(2), unbiased=False, correction=2),
        ArgumentError,
        "std: unbiased=False is a correction of 0; got correction=2, too",
    ),
    (lambda: tg.var(zeros(2), correction="1"), ArgumentError, "var: correction must be a number, got '1'"),
    (lambda: tg.norm(zeros(2), "nuc"), ArgumentError, "norm: p must be a number or 'fro', got 'nuc'"),
    (
        lambda: tg.norm(zeros(1, 1, 1), "fro", (0, 1, 2)),
        ArgumentError,
        "norm: 'fro' takes at most two dimensions, got dim (0, 1, 2); use p=2",
    ),
    (lambda: tg.norm(zeros(0), INF), ShapeError, "norm: nothing has no length of order inf, got shape (0,)"),
    (
        lambda: tg.vector_norm(WIDE, dtype=np.float32),
        DtypeError,
        "vector_norm: dtype float32 is narrower than the float64 of input",
    ),
    (lambda: tg.vector_norm(zeros(2), "2"), ArgumentError, "vector_norm: ord must be a number, got '2'"),
    (
        lambda: tg.cosine_similarity(zeros(2), zeros(2), 0, -1.0),
        ArgumentError,
        "cosine_similarity: eps must not be negative, got -1.0",
    ),
    (
        lambda: tg.cosine_similarity(zeros(2, 3), WIDE),
        DtypeError,
        "cosine_similarity got float32 and float64; nothing is promoted silently: convert one",
    ),
    (
        lambda: tg.pairwise_distance(zeros(2, 3), zeros(2)),
        ShapeError,
        "pairwise_distance: x1 (2, 3) and x2 (2,) do not broadcast to one shape",
    ),
    (
        lambda: nn.CosineSimilarity(eps=-1),
        ArgumentError,
        "CosineSimilarity: eps must not be negative, got -1",
    ),
    (
        lambda: tg.logcumsumexp(WHOLE, 0),
        DtypeError,
        "logcumsumexp expects float32 or float64, got int64; convert with .float()",
    ),
    (lambda: tg.cumsum(zeros(2), None), ArgumentError, "cumsum: dim must be an integer, got None"),
    (lambda: tg.diff(zeros(2), -1), ArgumentError, "diff: n must be an integer >= 0, got -1"),
    (
        lambda: tg.diff(tensor(1.0)),
        ShapeError,
        "diff: expected a tensor with a dimension at least, got shape ()",
    ),
    (
        lambda: tg.diff(zeros(2, 3), prepend=zeros(1, 3)),
        ShapeError,
        "diff: prepend must have the shape (2, 3) but along dim 1, got (1, 3)",
    ),
    (
        lambda: tg.diff(zeros(2, 3), append=WIDE),
        DtypeError,
        "diff: append must be float32 as input is, got float64",
    ),
    (lambda: tg.topk(zeros(3), 4), ArgumentError, "topk: k must be at most 3, the size of dim 0, got 4"),
    (lambda: tg.topk(zeros(3), -1), ArgumentError, "topk: k must be an integer >= 0, got -1"),
    (lambda: tg.kthvalue(zeros(3), 0), ArgumentError, "kthvalue: k must be an integer >= 1, got 0"),
    (
        lambda: tg.median(zeros(0, 3), 0),
        ShapeError,
        "median: there is no middle value in a tensor of shape (0, 3)",
    ),
    (
        lambda: tg.unique(zeros(2, 0), dim=0),
        ShapeError,
        "unique: the slices along dim 0 of a tensor of shape (2, 0) are empty",
    ),
    (
        lambda: tg.gather(zeros(2, 3), 1, [[3], [0]]),
        PositionError,
        "gather: index must lie in 0..2, got 0..3",
    ),
    (
        lambda: tg.index_select(zeros(0), 0, [0]),
        PositionError,
        "index_select: index must lie inside of a dimension, which is empty, got 0..0",
    ),
    (
        lambda: tg.index_select(zeros(2), 0, [[0]]),
        ShapeError,
        "index_select: index must have one dimension or none, got shape (1, 1)",
    ),
    (
        lambda: tg.index_select(tensor(1.0), 0, [0, 0]),
        ShapeError,
        "index_select: a tensor without dimensions has one value, got 2 places",
    ),
    (lambda: tg.take(zeros(2), [2]), PositionError, "take: index must lie in -2..1, got 2..2"),
    (
        lambda: tg.take_along_dim(zeros(2, 3), [[0], [0], [0]], 1),
        ShapeError,
        "take_along_dim: indices of shape (3, 1) and a tensor of shape (2, 3) do not broadcast",
    ),
    (
        lambda: tg.take_along_dim(zeros(2, 3), [0], 1),
        ShapeError,
        "take_along_dim: indices of shape (1,) and a tensor of shape (2, 3) must have as many dimensions, "
        "one at least",
    ),
    (lambda: tg.scatter(zeros(2), 0, [0]), ArgumentError, "scatter: give src or value, one of them"),
    (
        lambda: tg.scatter(zeros(2), 0, [0], tensor([1])),
        DtypeError,
        "scatter: src must be float32 as input is, got int64",
    ),
    (
        lambda: tg.scatter(zeros(2), 0, [0, 1], tensor([1.0])),
        ShapeError,
        "scatter: src of shape (1,) is too small for an index of (2,)",
    ),
    (
        lambda: tg.scatter_add(zeros(2), 0, [0], 1.0),
        ArgumentError,
        "scatter_add: src must be a tensor, got 1.0",
    ),
    (
        lambda: tg.scatter_add(zeros(2), 0, [[0]], zeros(1)),
        ShapeError,
        "scatter_add: index of shape (1, 1) does not fit a tensor of shape (2,)",
    ),
    (
        lambda: tg.index_add(zeros(2, 3), 1, [0, 0], zeros(2, 3)),
        ShapeError,
        "index_add: source must have shape (2, 2), got (2, 3)",
    ),
    (
        lambda: tg.index_add(WHOLE, 0, [0], tensor([1]), alpha=0.5),
        ArgumentError,
        "index_add: alpha must be an integer for integers, got 0.5",
    ),
    (
        lambda: tg.index_add(zeros(2), 0, [0], tensor([1])),
        DtypeError,
        "index_add: source must be float32 as input is, got int64",
    ),
    (
        lambda: tg.index_fill(zeros(2), 0, [0], zeros(1)),
        ShapeError,
        "index_fill: value must be a number or have no dimensions, got shape (1,)",
    ),
    (
        lambda: tg.masked_fill(zeros(2), [1, 0], 1.0),
        DtypeError,
        "masked_fill: mask must be boolean, got int64; write for instance x > 0",
    ),
    (
        lambda: tg.masked_fill(zeros(1), TRUE, "a"),
        ArgumentError,
        "masked_fill: value must be a number, got 'a'",
    ),
    (
        lambda: tg.masked_fill(WHOLE, TRUE, INF),
        ArgumentError,
        "masked_fill: value inf does not fit into int64",
    ),
    (
        lambda: tg.masked_select(zeros(2), [True] * 3),
        ShapeError,
        "masked_select: mask (3,) and input (2,) do not broadcast",
    ),
    (lambda: tg.one_hot([0.5]), DtypeError, "one_hot: input must hold integers, got float64"),
    (lambda: tg.one_hot([0, 2], 2), DataError, "one_hot: classes must be smaller than num_classes 2, got 2"),
    (lambda: tg.one_hot([-1]), DataError, "one_hot: classes must not be negative, got -1"),
    (
        lambda: tg.one_hot([]),
        ArgumentError,
        "one_hot: num_classes must be given and positive if there is no class, got -1",
    ),
    (lambda: tg.bincount([-1]), DataError, "bincount: numbers must not be negative, got -1"),
    (lambda: tg.bincount([[0]]), ShapeError, "bincount: input must have one dimension, got shape (1, 1)"),
    (
        lambda: tg.bincount([0], zeros(2)),
        ShapeError,
        "bincount: weights must have shape (1,) as input has, got (2,)",
    ),
    (
        lambda: tg.allclose(zeros(2), WHOLE),
        DtypeError,
        "allclose got float32 and int64; nothing is promoted silently: convert one",
    ),
    (lambda: tg.isclose(WHOLE, WHOLE, -1), ArgumentError, "isclose: rtol must not be negative, got -1"),
    (
        lambda: tg.softmin(zeros(2), 1),
        ShapeError,
        "softmin: dim 1 is out of range for a tensor with 1 dimensions",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

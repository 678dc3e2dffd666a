"""What reshaping, joining, splitting, arranging and making tensors refuse, word by word."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, ones, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

CASES = [
    (lambda: zeros(6).reshape(2, -2), "reshape: shape must be an integer >= -1, got -2"),
    (lambda: zeros(6).reshape("6"), "reshape: shape must be an integer, got '6'"),
    (lambda: zeros(0).reshape(0, -1), "reshape: 0 values of shape (0,) do not fit into (0, -1)"),
    (
        lambda: zeros(2, 6).unflatten(1, (4, -1)),
        "unflatten: 6 values of dim 1 of shape (2, 6) do not fit into (4, -1)",
    ),
    (
        lambda: zeros(2, 6).unflatten(1, ()),
        "unflatten: expected a dimension and one size or more, got (2, 6) and ()",
    ),
    (
        lambda: nn.Unflatten(1, 6),
        "Unflatten: unflattened_size must be a sequence of sizes, got 6",
    ),
    (lambda: zeros(2, 1).squeeze((1, -1)), "squeeze: dim (1, -1) names a dimension twice"),
    (lambda: zeros(2).squeeze(1.0), "squeeze: dim must be an integer, got 1.0"),
    (
        lambda: zeros(2, 3).movedim((0, 1), (0, 0)),
        "movedim: each of (0, 1) needs one place of its own, got (0, 0)",
    ),
    (lambda: zeros(2, 3, 4).t(), "t: expected a matrix, got shape (2, 3, 4); use transpose or permute"),
    (lambda: zeros(2).mT, "mT: expected a matrix or a stack of them, got shape (2,)"),
    (
        lambda: zeros(2, 3).expand(-1, 2, 3),
        "expand: shape (2, 3) cannot be repeated to (-1, 2, 3); only sizes of 1 can",
    ),
    (
        lambda: tg.broadcast_tensors(zeros(2), zeros(3)),
        "broadcast_tensors: shapes (2,), (3,) have no common one; sizes must be equal or 1",
    ),
    (lambda: tg.cat(zeros(2)), "cat: tensors must be a list or tuple, got Tensor"),
    (lambda: tg.hstack([]), "hstack: expected at least one tensor, got none"),
    (
        lambda: tg.split(zeros(5), [2, 2]),
        "split: sizes (2, 2) add up to 4, but dim 0 of (5,) has 5",
    ),
    (lambda: tg.split(zeros(5), 0), "split: pieces of size 0 do not make up the 5 values of dim 0"),
    (
        lambda: tg.split(zeros(5), -1),
        "split: split_size_or_sections must be an integer >= 0, got -1",
    ),
    (lambda: tg.chunk(zeros(5), 0), "chunk: chunks must be an integer >= 1, got 0"),
    (
        lambda: tg.tensor_split(zeros(5), 0),
        "tensor_split: indices_or_sections must be an integer >= 1, got 0",
    ),
    (lambda: tg.unbind(zeros(())), "unbind: a tensor without dimensions cannot be taken apart"),
    (lambda: zeros(2, 3).repeat(2), "repeat: expected at least 2 numbers for shape (2, 3), got (2,)"),
    (lambda: zeros(2).repeat(-1), "repeat: sizes must be an integer >= 0, got -1"),
    (lambda: zeros(2).tile(0.5), "tile: dims must be an integer, got 0.5"),
    (
        lambda: zeros(2).repeat_interleave([1, 2, 3]),
        "repeat_interleave: repeats must be one number or 2, one for each place of dim 0, got shape (3,)",
    ),
    (lambda: zeros(2).repeat_interleave(-1), "repeat_interleave: repeats must be integers >= 0, got -1"),
    (lambda: zeros(2).repeat_interleave(0.5), "repeat_interleave: repeats must hold integers, got float64"),
    (
        lambda: zeros(2).repeat_interleave(2, output_size=3),
        "repeat_interleave: repeats make 4 of dim 0, not 3",
    ),
    (lambda: zeros(2, 3).flip(0, -2), "flip: dims (0, -2) name a dimension twice"),
    (lambda: zeros(2, 3).flip(2), "flip: dim 2 is out of range for a tensor with 2 dimensions"),
    (lambda: zeros(2).fliplr(), "fliplr: expected 2 dimensions or more, got shape (2,)"),
    (
        lambda: zeros(2, 3).roll((1, 2), (0,)),
        "roll: expected one shift for each of dims (0,), got shifts (1, 2)",
    ),
    (
        lambda: zeros(2, 3).rot90(1, (0, 0)),
        "rot90: expected two different dims of two or more, got (0, 0) for (2, 3)",
    ),
    (lambda: zeros(2).tril(), "tril: expected 2 dimensions or more, got shape (2,)"),
    (lambda: zeros(2, 2).triu(0.5), "triu: diagonal must be an integer, got 0.5"),
    (lambda: zeros(2, 2).diagonal(0, 1, -1), "diagonal: dim1 1 and dim2 -1 must differ, for shape (2, 2)"),
    (lambda: tg.diag(zeros(1, 2, 3)), "diag: expected a vector or a matrix, got shape (1, 2, 3)"),
    (lambda: tg.meshgrid(zeros(2, 2)), "meshgrid: expected vectors, got shapes [(2, 2)]"),
    (
        lambda: tg.meshgrid(zeros(2), indexing="yx"),
        "meshgrid: expected tensors and indexing 'ij' or 'xy', got 1 and 'yx'",
    ),
    (lambda: zeros(4).narrow(0, 2, 3), "narrow: 3 places from 2 on do not lie within the 4 of dim 0"),
    (lambda: zeros(4).narrow(0, 0, -1), "narrow: length must be an integer >= 0, got -1"),
    (lambda: zeros(4).select(0, 4), "select: index 4 is out of range for the 4 places of dim 0"),
    (lambda: zeros(()).select(0, 0), "select: a tensor without dimensions has no places to take"),
    (lambda: zeros(2, -1), "zeros: size must be an integer >= 0, got -1"),
    (lambda: zeros(2.5), "zeros: size must be an integer, got 2.5"),
    (
        lambda: zeros(2, dtype=np.float16),
        "zeros: dtype must be float32, float64, an integer type or bool, got <class 'numpy.float16'>",
    ),
    (lambda: tg.rand(2, dtype=int), "rand: dtype must be float32 or float64, got int64"),
    (lambda: tg.full((2,), "1"), "full: fill_value must be a number, got '1'"),
    (lambda: tg.eye(-1), "eye: n must be an integer >= 0, got -1"),
    (lambda: tg.linspace(0, 1, -1), "linspace: steps must be an integer >= 0, got -1"),
    (lambda: tg.linspace(0, "1", 2), "linspace: end must be a number, got '1'"),
    (lambda: tg.arange(3, 0), "arange: a step of 1 does not lead from 3 to 0"),
    (lambda: tg.arange(0, float("inf")), "arange: end must be finite, got inf"),
    (lambda: tg.rand_like(tg.arange(3)), "rand: dtype must be float32 or float64, got int64"),
    (lambda: ones(2).permute(0, 1), "permute: dim 1 is out of range for a tensor with 1 dimensions"),
]


@pytest.mark.parametrize("call, text", CASES, ids=[text[:45] for _, text in CASES])
def test_refused_with_one_clear_error(call, text):
    with pytest.raises((ShapeError, ArgumentError, DtypeError)) as caught:
        call()
    assert str(caught.value) == text and isinstance(caught.value, CnnError)

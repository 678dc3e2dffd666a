"""Error texts of everything else: what was expected, what came, what to do."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

CASES = [
    (
        lambda: tg.linear(zeros(2, 3), zeros(4, 5)),
        ShapeError,
        ("linear expects x (..., I), w (O, I) / got x (2, 3), w (4, 5) / I is 3 in x but 5 in w"),
    ),
    (
        lambda: tg.linear(zeros(2, 3), zeros(4, 3), zeros(3)),
        ShapeError,
        (
            "linear expects x (..., I), w (O, I), b (O) / got x (2, 3), w (4, 3), b (3,) "
            "/ O is 4 in w but 3 in b"
        ),
    ),
    (
        lambda: tg.linear(zeros(()), zeros(4, 3)),
        ShapeError,
        ("linear expects x (..., I), w (O, I) / got x (), w (4, 3) / x has 0 dimensions, not 1"),
    ),
    (
        lambda: tg.matmul(zeros(2, 3), zeros(4, 5)),
        ShapeError,
        ("matmul expects a (..., I, K), b (..., K, J) / got a (2, 3), b (4, 5) / K is 3 in a but 4 in b"),
    ),
    (
        lambda: tg.matmul(zeros(2, 2, 3), zeros(3, 3, 4)),
        ShapeError,
        (
            "matmul got shapes (2, 2, 3), (3, 3, 4) "
            "/ operands could not be broadcast together with remapped shapes [original->remapped]: "
            "(2,2,3)->(2,newaxis,newaxis) (3,3,4)->(3,newaxis,newaxis)  and requested shape (2,4)"
        ),
    ),
    (
        lambda: tg.matmul(tensor(1.0), zeros(3)),
        ShapeError,
        "matmul: expected vectors or matrices, got shapes () and (3,)",
    ),
    (
        lambda: zeros(2, 3) + zeros(2, 4),
        ShapeError,
        ("add got shapes (2, 3), (2, 4) / operands could not be broadcast together with shapes (2,3) (2,4)"),
    ),
    (
        lambda: zeros(2, 3) * tensor(np.zeros((2, 3))),
        DtypeError,
        (
            "mul got float32 and float64;"
            " nothing is promoted silently: convert one, with .float() or .double()"
        ),
    ),
    (
        lambda: zeros(2) + "a",
        DtypeError,
        "add expects tensors, arrays or numbers, got str",
    ),
    (
        lambda: zeros(2) + None,
        DtypeError,
        "add expects tensors, arrays or numbers, got None",
    ),
    (
        lambda: tg.softmax(zeros(2, 3), 2),
        ShapeError,
        "softmax: dim 2 is out of range for a tensor with 2 dimensions",
    ),
    (
        lambda: tg.softmax(tensor([1, 2]), 0),
        DtypeError,
        "softmax expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.softmax(zeros(2, 3), 0.5),
        ArgumentError,
        "softmax: dim must be an integer, got 0.5",
    ),
    (
        lambda: tg.sum(zeros(2, 3), -3),
        ShapeError,
        "sum: dim -3 is out of range for a tensor with 2 dimensions",
    ),
    (
        lambda: tg.sum(zeros(2, 3), (0, -2)),
        ArgumentError,
        "sum: dim (0, -2) names a dimension twice",
    ),
    (
        lambda: tg.mean(tensor([1, 2])),
        DtypeError,
        "mean expects float32 or float64, got int64; convert with .float()",
    ),
    (
        lambda: tg.amax(zeros(0, 3), 0),
        ShapeError,
        "amax: there is no largest value in a tensor of shape (0, 3)",
    ),
    (
        lambda: tg.argmax(zeros(0)),
        ShapeError,
        "argmax: there is no largest value in a tensor of shape (0,)",
    ),
    (
        lambda: tg.dropout(zeros(2), 1.5),
        ArgumentError,
        "dropout: p must lie in 0..1, got 1.5",
    ),
    (
        lambda: tg.clip(zeros(2)),
        ArgumentError,
        "clip: give min, max or both; got neither",
    ),
    (
        lambda: tg.clip(zeros(2), min=zeros(2)),
        ArgumentError,
        (
            "clip: min and max must be numbers, got Tensor of shape (2,) and None; "
            "for tensors use maximum and minimum"
        ),
    ),
    (
        lambda: tg.where(zeros(2), 1.0, 2.0),
        ArgumentError,
        ("where: the condition must be boolean, got float32; write for instance x > 0"),
    ),
    (
        lambda: tg.where([True, False], zeros(3), 0.0),
        ShapeError,
        ("where: condition (2,), input (3,) and other () do not broadcast"),
    ),
    (
        lambda: tg.exp(None),
        DtypeError,
        "exp expects tensors, arrays or numbers, got None",
    ),
    (
        lambda: tg.batch_norm(zeros(3), None, None),
        ShapeError,
        "batch_norm expects x (N, C, ...) / got x (3,)",
    ),
    (
        lambda: tg.batch_norm(zeros(1, 3), None, None, training=True),
        ShapeError,
        ("batch_norm: one value a channel has no variance, got x (1, 3) in training"),
    ),
    (
        lambda: tg.batch_norm(zeros(4, 3), zeros(2), zeros(3)),
        ShapeError,
        ("batch_norm expects running_mean (3,) for x (4, 3) / got running_mean (2,)"),
    ),
    (
        lambda: zeros(-1),
        ArgumentError,
        "zeros: size must be an integer >= 0, got -1",
    ),
    (
        lambda: zeros(2.5),
        ArgumentError,
        "zeros: size must be an integer, got 2.5",
    ),
    (
        lambda: tg.arange(1, 2, 0),
        ArgumentError,
        "arange: a step of 0 does not lead from 1 to 2",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

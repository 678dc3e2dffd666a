"""Error texts of reshaping, joining, padding and indexing: what was expected, what came, what to do."""

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

CASES = [
    (
        lambda: zeros(2, 3).reshape(4, 2),
        ShapeError,
        "reshape: 6 values of shape (2, 3) do not fit into (4, 2)",
    ),
    (
        lambda: zeros(2, 3).reshape(-1, 4),
        ShapeError,
        "reshape: 6 values of shape (2, 3) do not fit into (-1, 4)",
    ),
    (
        lambda: zeros(2, 3).reshape(-1, -1),
        ShapeError,
        "reshape: only one size can be -1, got (-1, -1)",
    ),
    (
        lambda: zeros(2, 3).permute(0, 0),
        ShapeError,
        "permute: dims (0, 0) must name each of the 2 dimensions once",
    ),
    (
        lambda: zeros(2, 3).transpose(0, 2),
        ShapeError,
        "transpose: dim 2 is out of range for a tensor with 2 dimensions",
    ),
    (
        lambda: zeros(2, 3).expand(4, 3),
        ShapeError,
        "expand: shape (2, 3) cannot be repeated to (4, 3); only sizes of 1 can",
    ),
    (
        lambda: tg.flatten(zeros(2, 3), 1, 0),
        ArgumentError,
        "flatten: start_dim 1 lies behind end_dim 0",
    ),
    (
        lambda: tg.cat([]),
        ArgumentError,
        "cat: expected at least one tensor, got none",
    ),
    (
        lambda: tg.cat([zeros(2, 3), zeros(2, 4)]),
        ShapeError,
        ("cat: all sizes but that of dim 0 must be equal, got shapes [(2, 3), (2, 4)]"),
    ),
    (
        lambda: tg.cat([tensor(1.0), tensor(2.0)]),
        ShapeError,
        ("cat: tensors without dimensions cannot be put one after the other; use stack"),
    ),
    (
        lambda: tg.stack([zeros(2), zeros(3)]),
        ShapeError,
        "stack: all shapes must be equal, got [(2,), (3,)]",
    ),
    (
        lambda: zeros(2, 3)[2],
        IndexError,
        "index 2 does not fit shape (2, 3): 2 is out of range for 2 places",
    ),
    (
        lambda: zeros(2, 3)[0, 0, 0],
        IndexError,
        "index (0, 0, 0) does not fit shape (2, 3): 3 indices for 2 dimensions",
    ),
    (
        lambda: zeros(2, 3)[0.5],
        DtypeError,
        "an index is made of integers or booleans, got float32",
    ),
    (
        lambda: zeros(2, 3)[[0, 1, 2]],
        IndexError,
        "index [0, 1, 2] does not fit shape (2, 3): 2 is out of range for 2 places",
    ),
    (
        lambda: tg.gather(zeros(2, 3), 1, [[3], [0]]),
        ShapeError,
        "gather: index must lie in 0..2, got 0..3",
    ),
    (
        lambda: tg.gather(zeros(2, 3), 1, [[-1], [0]]),
        ShapeError,
        "gather: index must lie in 0..2, got -1..0",
    ),
    (
        lambda: tg.gather(zeros(2, 3), 1, [0]),
        ShapeError,
        "gather: index of shape (1,) does not fit a tensor of shape (2, 3)",
    ),
    (
        lambda: tg.gather(zeros(2, 3), 1, [[0.5], [0.0]]),
        DtypeError,
        "gather: index must hold integers, got float64",
    ),
    (
        lambda: tg.stack([]),
        ArgumentError,
        "stack: expected at least one tensor, got none",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:50] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)

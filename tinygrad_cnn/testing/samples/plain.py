"""Inputs and settings for every operation but convolution and pooling: one line a sample.

Sizes differ from each other (H != W, N != C != O). Every op has a sample without values and one with a
single value.
"""

from typing import Any

import numpy as np

from .draw import Sample, Shape, apart, numbers, other, positive


def one_input(op: str, draw: Any = apart) -> list[Sample]:
    return [Sample(op, (draw(*shape),)) for shape in [(3, 4), (), (1,), (0, 3), (2, 3, 4, 5)]]


def two_inputs(op: str, first: Any = apart, second: Any = other) -> list[Sample]:
    shapes: list[tuple[Shape, Shape]] = [
        ((3, 4), (3, 4)),
        ((2, 3, 4), (3, 1)),
        ((4,), (2, 3, 4)),
        ((2, 1, 4), (1, 3, 1)),
        ((3, 4), ()),
        ((), ()),
        ((1,), (1,)),
        ((0, 3), (1, 3)),
        ((2, 3, 4, 5), (1, 3, 1, 1)),
    ]
    return [Sample(op, (first(*a), second(*b))) for a, b in shapes]


def larger(*shape: int) -> np.ndarray:
    """Draw values that are larger than those of `apart` in samples of two inputs."""
    return np.asarray(positive(*shape) + 4.0)


def chosen(*shape: int) -> np.ndarray:
    """Draw a condition."""
    return np.asarray(np.random.default_rng(7).random(shape) < 0.5)


def over_dims(op: str) -> list[Sample]:
    lines: list[tuple[Shape, tuple[int, ...], bool]] = [
        ((3, 4), (0,), False),
        ((3, 4), (1,), True),
        ((2, 3, 4, 5), (0, 2, 3), False),
        ((2, 3, 4, 5), (0, 2, 3), True),
        ((2, 3, 4), (0, 1, 2), False),
        ((), (), False),
        ((1,), (0,), False),
        ((0, 3), (1,), False),
        ((3, 4), (), False),
    ]
    return [Sample(op, (apart(*shape),), {"dim": dim, "keepdim": keep}) for shape, dim, keep in lines]


def over_rows(op: str) -> list[Sample]:
    shapes: list[tuple[Shape, int]] = [
        ((3, 4), 1),
        ((3, 4), 0),
        ((2, 3, 4, 5), 1),
        ((1,), 0),
        ((0, 3), 1),
        ((2, 1), 1),
    ]
    return [Sample(op, (apart(*shape),), {"dim": dim}) for shape, dim in shapes]


ONE = [
    *(sample for op in ("abs", "exp", "neg", "relu", "sigmoid", "tanh") for sample in one_input(op)),
    *(sample for op in ("cos", "erf", "erfc", "expm1", "sin", "softplus") for sample in one_input(op)),
    Sample("softplus", (apart(3, 5),), {"beta": 2.5, "threshold": 3.1}),
    *(sample for op in ("log", "log1p", "sqrt") for sample in one_input(op, positive)),
    *(Sample("cast", (apart(*shape),), {"dtype": np.float64}) for shape in [(3, 4), (1,), (0, 2)]),
    *(Sample("clip", (apart(*s),), {"min": -0.48, "max": 0.8}) for s in [(3, 4), (), (0, 3), (2, 3, 4, 5)]),
    Sample("clip", (apart(3, 5),), {"min": 0.0}),
    Sample("clip", (apart(3, 5),), {"max": 0.0}),
    *(
        Sample("gate", (apart(*s),), {"where_positive": other(*s)})
        for s in [(3, 4), (), (0, 3), (2, 3, 4, 5)]
    ),
]

TWO = [
    *(sample for op in ("add", "sub", "mul", "maximum", "minimum") for sample in two_inputs(op)),
    *two_inputs("atan2", apart, positive),
    *two_inputs("div", apart, positive),
    *two_inputs("remainder", apart, larger),
    Sample("remainder", (np.array([[7.3, -7.3, 5.5, -5.5]]), np.array([[2.0, 2.0, -1.5, -1.5]]))),
    *two_inputs("pow", positive, apart),
    Sample("pow", (positive(3, 2), np.array([0.0, 1.0]))),
    Sample("select", (apart(3, 4), other(3, 4)), {"condition": chosen(3, 4)}),
    Sample("select", (apart(3, 1), other(4)), {"condition": chosen(2, 1, 1)}),
    Sample("select", (apart(), other()), {"condition": np.array(True)}),
    Sample("select", (apart(0, 3), other()), {"condition": chosen(0, 3)}),
    Sample("select", (apart(2, 3, 4, 5), other(3, 1, 1)), {"condition": chosen(2, 1, 4, 5)}),
]

MATRIX = [
    Sample("matmul", (apart(3, 4), apart(4, 5))),
    Sample("matmul", (apart(2, 3, 4), apart(4, 5))),
    Sample("matmul", (apart(2, 1, 3, 4), apart(5, 4, 2))),
    Sample("matmul", (apart(1, 1), apart(1, 1))),
    Sample("matmul", (apart(0, 4), apart(4, 5))),
    Sample("matmul", (apart(3, 0), apart(0, 5))),
    Sample("matmul", (apart(3, 3), other(3, 3))),
    Sample("linear", (apart(3, 4), apart(5, 4), apart(5))),
    Sample("linear", (apart(3, 4), apart(5, 4))),
    Sample("linear", (apart(4), apart(5, 4), apart(5))),
    Sample("linear", (apart(2, 3, 4), apart(5, 4), apart(5))),
    Sample("linear", (apart(0, 4), apart(5, 4), apart(5))),
    Sample("linear", (apart(1, 1), apart(1, 1), apart(1))),
    Sample("linear_input", (apart(3, 5), apart(5, 4))),
    Sample("linear_input", (apart(5), apart(5, 4))),
    Sample("linear_input", (apart(2, 3, 5), apart(5, 4))),
    Sample("linear_input", (apart(0, 5), apart(5, 4))),
    Sample("linear_input", (apart(1, 1), apart(1, 1))),
    Sample("linear_weight", (apart(3, 5), apart(3, 4))),
    Sample("linear_weight", (apart(5), apart(4))),
    Sample("linear_weight", (apart(2, 3, 5), apart(2, 3, 4))),
    Sample("linear_weight", (apart(0, 5), apart(0, 4))),
    Sample("linear_weight", (apart(1, 1), apart(1, 1))),
]


def share(*shape: int) -> np.ndarray:
    """Draw values between 0.2 and 0.8."""
    return np.asarray(positive(*shape) / 2.5)


LOSSES: list[Shape] = [(3, 4), (), (1,), (0, 3), (2, 3, 4, 5)]

REDUCE = [
    *over_dims("sum"),
    *over_dims("mean"),
    *over_dims("amax"),
    *over_dims("logsumexp"),
    *(sample for op in ("cumsum", "cumprod", "logcumsumexp") for sample in over_rows(op)),
    Sample("cumsum", (apart(2, 3, 4),), {"dim": 1, "reverse": True}),
    Sample("cumprod", (np.array([[2.0, 0.0, 3.0, 0.0, 4.0], [0.0, 1.5, -2.0, 0.5, 1.0]]),), {"dim": 1}),
    *(
        Sample("recurrence", (apart(*shape), other(*shape)), {"dim": dim, "reverse": reverse})
        for shape, dim, reverse in [
            ((3, 4), 1, False),
            ((2, 3, 4), 1, True),
            ((1,), 0, False),
            ((0, 3), 0, True),
        ]
    ),
    *over_rows("softmax"),
    *over_rows("log_softmax"),
    *(
        Sample("soft_cross_entropy", (apart(*shape),), {"target": positive(*shape) / 3})
        for shape in [(3, 4), (2, 3, 4, 5), (1, 1), (0, 3)]
    ),
    Sample("soft_cross_entropy", (apart(2, 3),), {"target": np.eye(3)[[2, 0]]}),
    *(Sample("binary_cross_entropy", (share(*s), np.asarray(1 - share(*s) / 2))) for s in LOSSES),
    *(Sample("huber", (apart(*s),), {"delta": 1.0}) for s in LOSSES),
    *(Sample("sum_to", (apart(2, 3, 4),), {"shape": s}) for s in [(3, 1), (), (2, 3, 4), (1, 1, 4)]),
    Sample("sum_to", (apart(1),), {"shape": ()}),
    Sample("sum_to", (apart(0, 3),), {"shape": (1, 3)}),
]

SHAPE = [
    Sample("reshape", (apart(2, 3, 4),), {"shape": (4, 6)}),
    Sample("reshape", (apart(2, 3, 4, 5),), {"shape": (2, 60)}),
    Sample("reshape", (apart(2, 3, 4, 5),), {"shape": (6, 20)}),
    Sample("reshape", (apart(1),), {"shape": ()}),
    Sample("reshape", (apart(0, 3),), {"shape": (3, 0, 2)}),
    Sample("permute", (apart(2, 3, 4),), {"dims": (2, 0, 1)}),
    Sample("permute", (apart(2, 3, 4, 5),), {"dims": (1, 3, 0, 2)}),
    Sample("permute", (apart(1, 1),), {"dims": (1, 0)}),
    Sample("permute", (apart(0, 3),), {"dims": (1, 0)}),
    Sample("expand", (apart(3, 1),), {"shape": (2, 3, 4)}),
    Sample("expand", (apart(),), {"shape": (2, 3)}),
    Sample("expand", (apart(1),), {"shape": (1,)}),
    Sample("expand", (apart(0, 1),), {"shape": (0, 3)}),
    Sample("pad", (apart(2, 3),), {"padding": ((1, 0), (2, 3))}),
    Sample("pad", (apart(2, 3, 4, 5),), {"padding": ((0, 0), (0, 0), (1, 2), (3, 0)), "value": -2.5}),
    Sample("pad", (apart(1),), {"padding": ((0, 0),)}),
    Sample("pad", (apart(0, 3),), {"padding": ((1, 1), (0, 1))}),
    Sample("concat", (apart(2, 3), apart(2, 1), apart(2, 4)), {"dim": 1}),
    Sample("concat", (apart(2, 3, 4, 5), apart(1, 3, 4, 5)), {"dim": 0}),
    Sample("concat", (apart(1),), {"dim": 0}),
    Sample("concat", (apart(0, 3), apart(2, 3)), {"dim": 0}),
]

INDICES: list[tuple[Shape, Any]] = [
    ((5, 4), (slice(1, 4), slice(None, None, -1))),
    ((5, 4), (2,)),
    ((5, 4), (..., None, -1)),
    ((5, 4), (numbers(5, 9),)),
    ((5, 4), (numbers(5, 2, 3), numbers(4, 3))),
    ((5, 4), (chosen(5, 4),)),
    ((5, 4), (slice(None), chosen(4))),
    ((2, 3, 4, 5), (numbers(2, 6), slice(None), slice(0, 0))),
    ((2, 3, 4, 5), (numbers(2, 3), slice(1, None), 3, np.array([0, 0, -1]))),
    ((1,), (0,)),
    ((0, 3), (slice(None), np.array([0, 2]))),
    ((), ()),
]

INDEXING = [
    *(Sample("getitem", (apart(*shape),), {"index": index}) for shape, index in INDICES),
    *(
        Sample("index_add", (apart(*np.shape(np.zeros(shape)[index])),), {"index": index, "shape": shape})
        for shape, index in INDICES
    ),
    Sample("gather", (apart(3, 4),), {"dim": 1, "index": numbers(4, 3, 6)}),
    Sample("gather", (apart(2, 3, 4, 5),), {"dim": 1, "index": numbers(3, 2, 1, 4, 5)}),
    Sample("gather", (apart(1),), {"dim": 0, "index": np.array([0])}),
    Sample("gather", (apart(0, 3),), {"dim": 1, "index": np.zeros((0, 2), int)}),
    Sample("scatter_add", (apart(3, 6),), {"dim": 1, "index": numbers(4, 3, 6), "shape": (3, 4)}),
    Sample(
        "scatter_add",
        (apart(2, 1, 4, 5),),
        {"dim": 1, "index": numbers(3, 2, 1, 4, 5), "shape": (2, 3, 4, 5)},
    ),
    Sample("scatter_add", (apart(1),), {"dim": 0, "index": np.array([0]), "shape": (1,)}),
    Sample("scatter_add", (apart(0, 3),), {"dim": 1, "index": np.zeros((0, 3), int), "shape": (0, 2)}),
]

PLAIN = [*ONE, *TWO, *MATRIX, *REDUCE, *SHAPE, *INDEXING]

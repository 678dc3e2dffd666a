"""Error texts of arithmetic, comparisons and activations: what was expected, what came, what to do."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, DtypeError, ShapeError

WHOLE, TRUE = tensor([1, 2]), tensor([True])
PIXELS = tensor(np.array([3], np.uint8))
FLOATS_ONLY = (
    "celu elu gelu hardshrink hardsigmoid hardswish leaky_relu logsigmoid mish selu silu softplus softshrink"
)
NUMBERS_ONLY = "abs ceil floor hardtanh relu relu6 round softsign square tanhshrink trunc"

CASES = [
    (
        lambda: tg.eq(zeros(2), zeros(3)),
        ShapeError,
        "eq got shapes (2,), (3,) / operands could not be broadcast together with shapes (2,) (3,)",
    ),
    (lambda: "a" in WHOLE, DtypeError, "eq expects tensors, arrays or numbers, got str"),
    (lambda: +TRUE, DtypeError, "+ expects floats or integers, got bool; convert with .float()"),
    (lambda: TRUE**TRUE, DtypeError, "pow expects floats or integers, got bool; convert with .float()"),
    (lambda: PIXELS + 2**70, ArgumentError, f"add: {2**70} does not fit into int64; write it as a float"),
    (lambda: tg.clamp(PIXELS, -3, 300), ArgumentError, "clip: min -3 does not fit into uint8"),
    (lambda: tg.full_like(PIXELS, 300), ArgumentError, "full: fill_value 300 does not fit into uint8"),
    (lambda: tg.pad(PIXELS, (1, 1), value=300), ArgumentError, "pad: value 300.0 does not fit into uint8"),
    (
        lambda: zeros(2) // zeros(3),
        ShapeError,
        "div got shapes (2,), (3,), which do not broadcast; sizes are equal or 1",
    ),
    (lambda: zeros(2).size(3), ShapeError, "size: dim 3 is out of range for a tensor with 1 dimensions"),
    (lambda: tensor(1.0).size(0), ShapeError, "size: a tensor without dimensions has no size of dim 0"),
    (lambda: tg.lt(zeros(2), "a"), DtypeError, "lt expects tensors, arrays or numbers, got str"),
    (lambda: tg.isnan(None), DtypeError, "isnan expects tensors, arrays or numbers, got NoneType"),
    (
        lambda: zeros(2) & TRUE,
        DtypeError,
        "& expects booleans or integers, got float32; write for instance x > 0",
    ),
    (lambda: ~zeros(2), DtypeError, "~ expects booleans or integers, got float32; write for instance x > 0"),
    (
        lambda: WHOLE % 0,
        ArgumentError,
        "remainder: other is 0 somewhere, and whole numbers cannot be divided by 0",
    ),
    (
        lambda: WHOLE // tensor([1, 0]),
        ArgumentError,
        "div: other is 0 somewhere, and whole numbers cannot be divided by 0",
    ),
    (
        lambda: tg.remainder(TRUE, TRUE),
        DtypeError,
        "remainder expects floats or integers, got bool; convert with .float()",
    ),
    (
        lambda: tg.div(zeros(2), 2, rounding_mode="up"),
        ArgumentError,
        "div: rounding_mode must be None, 'floor' or 'trunc', got 'up'",
    ),
    (
        lambda: tg.add(WHOLE, 1, alpha=0.5),
        ArgumentError,
        "add: alpha must be an integer for integers, got 0.5",
    ),
    (lambda: tg.sub(zeros(2), 1, alpha="2"), ArgumentError, "sub: alpha must be a number, got '2'"),
    (
        lambda: WHOLE**-1,
        ArgumentError,
        "pow: whole numbers have no negative powers; convert with .float()",
    ),
    (
        lambda: tg.round(WHOLE, decimals=1),
        ArgumentError,
        "round: whole numbers have no decimals, got decimals=1",
    ),
    (
        lambda: tg.round(zeros(2), decimals=0.5),
        ArgumentError,
        "round: decimals must be an integer, got 0.5",
    ),
    (
        lambda: tg.round(zeros(2), decimals=301),
        ArgumentError,
        "round: decimals must lie in -300..300, got 301",
    ),
    (
        lambda: tg.leaky_relu(zeros(2), None),
        ArgumentError,
        "leaky_relu: negative_slope must be a number, got None",
    ),
    (lambda: tg.elu(zeros(2), "1"), ArgumentError, "elu: alpha must be a number, got '1'"),
    (
        lambda: tg.celu(zeros(2), 0),
        ArgumentError,
        "celu: alpha must not be 0, since x is divided by it",
    ),
    (
        lambda: tg.softplus(zeros(2), beta=0.0),
        ArgumentError,
        "softplus: beta must not be 0, since the result is divided by it",
    ),
    (
        lambda: tg.gelu(zeros(2), approximate="erf"),
        ArgumentError,
        "gelu: approximate must be 'none' or 'tanh', got 'erf'",
    ),
    (
        lambda: tg.hardtanh(zeros(2), 2, 1),
        ArgumentError,
        "hardtanh: min_val 2 is larger than max_val 1",
    ),
    (
        lambda: tg.hardtanh(PIXELS),
        ArgumentError,
        "hardtanh: min_val must not be negative for uint8, got -1.0",
    ),
    (
        lambda: tg.softshrink(zeros(2), -1),
        ArgumentError,
        "softshrink: lambd must be a finite number >= 0, got -1",
    ),
    (
        lambda: tg.prelu(zeros(2, 3), zeros(2)),
        ShapeError,
        "prelu expects weight (), (1,) or, for input (N, C, ...), (C,) / got input (2, 3), weight (2,)",
    ),
    (
        lambda: tg.prelu(zeros(3), zeros(3)),
        ShapeError,
        "prelu expects weight (), (1,) or, for input (N, C, ...), (C,) / got input (3,), weight (3,)",
    ),
    (
        lambda: tg.prelu(zeros(2, 3), zeros(1, 1)),
        ShapeError,
        "prelu expects weight (), (1,) or, for input (N, C, ...), (C,) / got input (2, 3), weight (1, 1)",
    ),
    (
        lambda: nn.Hardtanh(1, 1),
        ArgumentError,
        "Hardtanh: min_val 1 must be less than max_val 1",
    ),
    (lambda: nn.CELU(0), ArgumentError, "CELU: alpha must not be 0, since x is divided by it"),
    (
        lambda: nn.Softplus(0),
        ArgumentError,
        "Softplus: beta must not be 0, since the result is divided by it",
    ),
    (
        lambda: nn.GELU("erf"),
        ArgumentError,
        "GELU: approximate must be 'none' or 'tanh', got 'erf'",
    ),
    (
        lambda: nn.PReLU(-1),
        ArgumentError,
        "PReLU: num_parameters must be an integer >= 0, got -1",
    ),
    (lambda: nn.Threshold(0.1, None), ArgumentError, "Threshold: value must be a number, got None"),
]


def expect(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
    assert isinstance(caught.value, CnnError)


@pytest.mark.parametrize(("call", "kind", "text"), CASES, ids=[text[:60] for _, _, text in CASES])
def test_the_error_says_what_came_and_what_was_expected(call, kind, text):
    expect(call, kind, text)


@pytest.mark.parametrize("name", FLOATS_ONLY.split())
def test_activations_with_fractions_refuse_whole_numbers(name):
    text = f"{name} expects float32 or float64, got int64; convert with .float()"
    expect(lambda: getattr(tg, name)(WHOLE), DtypeError, text)


@pytest.mark.parametrize("name", NUMBERS_ONLY.split())
def test_functions_of_numbers_refuse_booleans(name):
    text = f"{name} expects floats or integers, got bool; convert with .float()"
    expect(lambda: getattr(tg, name)(TRUE), DtypeError, text)

"""Mistakes beyond the standard ones, each called by its name; and look-alikes, which must not be."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import op
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing import gradcheck

RNG = np.random.default_rng(5)
X = RNG.standard_normal((3, 4))
Y = RNG.standard_normal((3, 4))
POSITIVE = RNG.uniform(0.5, 2.0, (3, 4))
LARGEST = np.where(X.max() == X, 1.0, 0.0)
SQUARE = RNG.standard_normal((4, 4))
ROW = RNG.standard_normal(7)
LONG = RNG.standard_normal((5, 6))


def wrong(value, *gradients):
    """An op of plain functions: its value of arrays, and for each input a gradient of g and the arrays."""

    def closures(arrays):
        return [lambda g, f=f: wrap(np.array(f(g.array, *arrays))) for f in gradients]

    if len(gradients) == 1:

        @op
        def of_one(x):
            return np.asarray(value(x.array)), *closures([x.array])

        return of_one

    @op
    def of_two(a, b):
        return np.asarray(value(a.array, b.array)), *closures([a.array, b.array])

    return of_two


def check(fn, *inputs, order=1):
    return gradcheck(fn, list(inputs), order=order, raise_exception=False)


def detached(x):
    return wrap(x.array.copy())


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def log_sum_exp(x):
    return np.log(np.exp(x).sum(1))


def normed(x):
    return (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)


def normed_without_mean(g, x):
    y = normed(x)
    return (g - y * (g * y).mean(1, keepdims=True)) / x.std(1, keepdims=True)


def normed_without_deviation(g, x):
    y = normed(x)
    return g - g.mean(1, keepdims=True) - y * (g * y).mean(1, keepdims=True)


def huber(x):
    return np.where(np.abs(x) <= 1, x * x / 2, np.abs(x) - 0.5)


def leaky(x):
    return np.where(x > 0, x, 0.1 * x)


def smoothed(x):
    """The mean of three neighbours in a row, with zeros beyond the ends."""
    p = np.pad(x, ((0, 0), (1, 1)))
    return p[:, :-2] + 2 * p[:, 1:-1] + 4 * p[:, 2:]


def smoothed_off_by_one(g, x):
    p = np.pad(g, ((0, 0), (2, 2)))
    return (4 * p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:])[:, : x.shape[1]]


def last_wins(g, x):
    """Entries between two outputs get the part of the second one, where that is not 0."""
    d = np.zeros_like(x)
    d[:-1] = g
    d[1:] = np.where(g != 0, 3 * g, d[1:])
    return d


def line(row, value, d):
    d = d.copy()
    d[row] *= value
    return d


# what is wrong -> function, inputs, code, words of the evidence
NAMES = {
    "not linear but in steps": (
        wrong(lambda x: x[:-1] + 3 * x[1:], last_wins),
        [ROW],
        "overwritten",
        "one output",
    ),
    "nan": (
        wrong(np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2) * np.where(x == x.max(), np.nan, 1)),
        [X],
        "not-finite",
        "1 of 12 entries",
    ),
    "infinite": (
        wrong(np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2) * np.where(x > 0, np.inf, 1)),
        [X],
        "not-finite",
        "inf",
    ),
    "one entry, by little": (
        wrong(lambda x: (x**3).sum(), lambda g, x: g * 3 * x * x * (1 + 1e-6 * LARGEST)),
        [X],
        "one-entry",
        "of 12 entries",
    ),
    "one output of two": (
        lambda x: (x.tanh(), wrong(lambda a: a * a, lambda g, a: g * a)(x)),
        [X],
        "factor",
        "output 1: gradient / differences = 0.5",
    ),
    "one output of two is cut": (lambda x: (x.tanh(), detached(x).exp()), [X], "graph-cut", "output 1"),
    "size of x": (wrong(huber, lambda g, x: g * x), [2 * X], "region", "|x| >= "),
    "inner interval": (
        wrong(lambda x: np.maximum(x, 0), lambda g, x: g * (x > 0.5)),
        [LONG],
        "region",
        "<= x <=",
    ),
    "one value in the region": (
        wrong(lambda x: np.clip(x, 0, 1), lambda g, x: g * (x > 0)),
        [np.linspace(-2, 1.1, 20)],
        "region",
        "x >= ",
    ),
    "both are larger": (
        wrong(np.maximum, lambda g, a, b: g, lambda g, a, b: g * (b > a)),
        [X, Y],
        "region",
        "x - b",
    ),
    "slopes exchanged": (
        wrong(leaky, lambda g, x: np.where(x <= 0, g, 0.1 * g)),
        [X],
        "region",
        "= 10 at all",
    ),
    "leaky as identity": (wrong(leaky, lambda g, x: g), [X], "region", "x <= "),
    "no sign": (wrong(np.abs, lambda g, x: g), [X], "region", "x <= "),
    "triangle": (wrong(np.tril, lambda g, x: g), [SQUARE], "mask", "not 0 at 6 derivatives"),
    "a column": (
        wrong(np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2) * (np.arange(4) != 2)),
        [X],
        "mask",
        "all entries at 2 of 4 along dimension 1",
    ),
    "all take part": (wrong(lambda x: x.max(1), lambda g, x: g[:, None] + 0 * x), [X], "mask", "not 0 at 9"),
    "unsorted": (wrong(np.sort, lambda g, x: g), [ROW], "misplaced", "in another order"),
    "order of memory": (
        wrong(lambda x: x.reshape(6, 2), lambda g, x: g.reshape(3, 4, order="F")),
        [X],
        "transposed",
        "dimensions in the order (1, 0)",
    ),
    "shuffled pixels": (
        wrong(
            lambda x: x.reshape(2, 2, 2, 3).transpose(2, 0, 3, 1).reshape(4, 6),
            lambda g, x: g.reshape(2, 2, 3, 2).transpose(3, 1, 0, 2).reshape(4, 2, 3),
        ),
        [RNG.standard_normal((4, 2, 3))],
        "misplaced",
        "in another order",
    ),
    "tiles": (
        wrong(lambda x: np.tile(x, 3), lambda g, x: g.reshape(7, 3).sum(1)),
        [ROW],
        "misplaced",
        "for a g whose entries are in another order",
    ),
    "outer product": (
        wrong(np.outer, lambda g, a, b: g @ b, lambda g, a, b: g @ a),
        [ROW[:4], ROW[3:]],
        "transposed",
        "incoming gradient g with its dimensions in the order (1, 0)",
    ),
    "J g": (wrong(np.cumsum, lambda g, x: np.cumsum(g)), [ROW], "transposed", "J g where"),
    "offset of padding": (
        wrong(lambda x: np.pad(x, ((0, 0), (2, 2))), lambda g, x: g[:, 1:-3]),
        [LONG],
        "shifted",
        "dimension 1",
    ),
    "offset of cropping": (wrong(smoothed, smoothed_off_by_one), [LONG], "shifted", "except at its border"),
    "same piece": (
        wrong(lambda a, b: np.stack([a, 2 * b]), lambda g, a, b: g[0], lambda g, a, b: g[0]),
        [X, Y],
        "wrong-input",
        "for a",
    ),
    "other axis": (
        wrong(softmax, lambda g, x: softmax(x) * (g - (g * softmax(x)).sum(0))),
        [SQUARE],
        "wrong-axis",
        "along dimension 1; the gradient mixes those along 0",
    ),
    "mean of g": (
        wrong(np.tanh, lambda g, x: g.mean() * (1 - np.tanh(x) ** 2)),
        [X],
        "wrong-axis",
        "the sum",
    ),
    "weights": (
        wrong(lambda x: (x * x * np.array([[1.0], [2], [4]])).sum(1), lambda g, x: g[:, None] * 2 * x),
        [X],
        "missing-factor",
        "1, 0.5, 0.25 along dimension 0",
    ),
    "deviation": (wrong(normed, normed_without_deviation), [X], "missing-factor", "along dimension 0"),
    "logarithm": (
        wrong(lambda a, b: a**b, lambda g, a, b: g * b * a ** (b - 1), lambda g, a, b: g * a**b),
        [POSITIVE, X],
        "missing-factor",
        "log(a)",
    ),
    "not normalised": (
        wrong(log_sum_exp, lambda g, x: g[:, None] * np.exp(x)),
        [X],
        "missing-factor",
        "exp(the result)",
    ),
    "mean of a norm": (wrong(normed, normed_without_mean), [X], "dropped-term", "u (v.g) in each line"),
    "product rule": (
        wrong(lambda x: x / (1 + np.exp(-x)), lambda g, x: g / (1 + np.exp(-x))),
        [X],
        "dropped-term",
        "without x f'(x)",
    ),
    "mean of a variance": (
        wrong(lambda x: x.var(1), lambda g, x: g[:, None] * 2 * x / 4),
        [X + 0.5],
        "dropped-term",
        "along dimension 0",
    ),
    "targets": (
        wrong(
            lambda x: (np.exp(x) - np.eye(4)[[1, 0, 3]] * x).sum(),
            lambda g, x: g * np.exp(x),
        ),
        [X],
        "dropped-term",
        "1 at 3 of 12 derivatives",
    ),
    "one part of two": (
        wrong(lambda x: 2 * x[1:] - x[:-1], lambda g, x: np.concatenate([-g, [0]])),
        [ROW],
        "dropped-term",
        "each output lost 1",
    ),
    "median as mean": (
        wrong(lambda x: np.median(x, 1), lambda g, x: g[:, None] * np.ones_like(x) / 5),
        [LONG[:, :5]],
        "wrong-shares",
        "to 5 entries in equal shares and belongs to one",
    ),
    "winner takes all": (
        wrong(log_sum_exp, lambda g, x: g[:, None] * (x == x.max(1, keepdims=True))),
        [X],
        "wrong-shares",
        "to one entry and belongs to 4",
    ),
    "checkerboard": (
        wrong(np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2) * (1 - 2 * (np.indices(x.shape).sum(0) % 2))),
        [X],
        "sign",
        "6 of 12 entries",
    ),
    "x for y": (wrong(np.tanh, lambda g, x: g * (1 - x * x)), [X], "wrong-formula", "1 - x^2"),
    "square root": (
        wrong(np.arctan, lambda g, x: g / np.sqrt(1 + x * x)),
        [X],
        "wrong-formula",
        "the square root of the differences",
    ),
    "epsilon": (wrong(np.log, lambda g, x: g / (x + 1e-4)), [POSITIVE], "wrong-formula", "0.0001 + x"),
    "some rows": (
        wrong(np.tanh, lambda g, x: line([1, 3], x[0], g * (1 - np.tanh(x) ** 2))),
        [LONG],
        "some-lines",
        "1, 3 of 5 along dimension 0",
    ),
    "constant": (wrong(np.round, lambda g, x: g), [X], "no-slope", "exactly 0"),
    "one path of two": (lambda x: x.tanh() + detached(x).exp(), [X], "graph-cut", "1 time"),
    "truncated": (
        lambda x: (detached((x[0] * x[1]).tanh()) + x[2]).exp() * x[0],
        [X],
        "graph-cut",
        "right operations only",
    ),
    "half": (
        wrong(np.tanh, lambda g, x: g * (1 - np.tanh(x.astype("f2")) ** 2)),
        [X],
        "dtype-loss",
        "float16",
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_gets_its_name_and_the_evidence(name):
    fn, inputs, code, evidence = NAMES[name]
    report = check(fn, *inputs)
    assert report.verdict == "fail", report
    assert report.codes[:1] == (code,), report
    assert evidence in report.diagnosis[0].evidence, report


def test_a_factor_of_one_is_never_named():
    for bad in (np.nan, np.inf, 1 + 1e-6):
        fn = wrong(np.exp, lambda g, x, bad=bad: g * np.exp(x) * np.where(x == x.max(), bad, 1))
        assert "factor" not in check(fn, X).codes


# what only looks like a mistake that has a name -> function, inputs, the name it must not get
LOOKALIKES = {
    "the global maximum, by chance in the first row": (
        wrong(lambda x: x.max(1), lambda g, x: g[:, None] * (x == x.max())),
        [np.where(np.arange(3)[:, None] == 0, np.abs(X) + 3, X)],
        "batch-not-summed",
    ),
    "values above a threshold, by chance in the last rows": (
        wrong(lambda x: x * x, lambda g, x: 2 * g * np.minimum(x, 2.5)),
        [np.arange(1.0, 25.0).reshape(6, 4) / 8],
        "borders",
    ),
    "places, by chance of the largest values": (
        wrong(lambda x: x * x, lambda g, x: 2 * g * x * np.where(np.arange(12) > 6, 3 + np.arange(12.0), 1)),
        [np.arange(1.0, 13.0)],
        "region",
    ),
    "an error that shrinks with x": (
        wrong(np.log, lambda g, x: g / (x + 1e-6)),
        [np.linspace(0.3, 3, 12)],
        "region",
    ),
    "a flat part of the function": (
        wrong(lambda x: np.clip(x, 0, 1), lambda g, x: g * (x > 0)),
        [np.array([[-2.0, -1.5, -0.3], [3.0, 1.5, 2.0]])],
        "no-slope",
    ),
    "the rows of a minimum, by chance all moved by one": (
        wrong(lambda x: x.min(1), lambda g, x: g[:, None] * (x == x.max(1, keepdims=True))),
        [np.array([[1.0, 4, 2, 3], [3, 0, 5, 1], [2, 3, 0, 5]])],
        "shifted",
    ),
    "few rows": (
        wrong(np.tanh, lambda g, x: line(0, x[0], g * (1 - np.tanh(x) ** 2))),
        [X],
        "borders",
    ),
    "the gradient of another input at one of them": (
        wrong(lambda a, b: a * b, lambda g, a, b: g * b, lambda g, a, b: g * b),
        [X, Y],
        "swapped",
    ),
    "one wrong entry of a sum": (
        wrong(lambda x: (x**3).sum(), lambda g, x: g * 3 * x * x * np.where(x == x.max(), 1 + 1e-6, 1)),
        [X],
        "missing-factor",
    ),
    "a layer that is right where it is not of this package": (
        lambda x: wrong(np.tanh, lambda g, a: g * (1 - a))(x.exp()) * 2.0,
        [X],
        "graph-cut",
    ),
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_what_only_looks_like_a_mistake_does_not_get_its_name(name):
    fn, inputs, code = LOOKALIKES[name]
    report = check(fn, *inputs)
    assert report.verdict == "fail", report
    assert code not in report.codes, report


def test_a_factor_that_only_directions_show_is_named():
    x = RNG.standard_normal(5000)
    fn = wrong(lambda x: (x**2).sum() / 5000, lambda g, x: g * 2 * x / 5000 * (1 + 3e-6))
    report = check(fn, x)
    assert report.codes == ("factor",), report
    assert "1.000003" in report.diagnosis[0].evidence


CUT = wrong(lambda x: x**3, lambda g, x: g * 3 * x * x)
INNER = wrong(lambda x: 3 * x * x, lambda g, x: g * 5 * x)


@op
def cube_with_wrong_square(x):
    return x.array**3, lambda g: g * INNER(x)


def test_a_second_derivative_that_is_cut_is_told_from_one_that_is_wrong():
    cut = check(CUT, X, order=2)
    assert cut.codes == ("not-differentiable-again",)
    assert "is cut off (0)" in cut.diagnosis[0].evidence
    inexact = check(cube_with_wrong_square, X, order=2)
    assert inexact.codes == ("not-differentiable-again",)
    assert "gradient / differences = 0.8333333 everywhere" in inexact.diagnosis[0].evidence


def test_a_second_derivative_names_the_input():
    @op
    def weighted(a, b):
        return a.array * b.array**2, lambda g: g * wrap(b.array**2), lambda g: g * 2.0 * a * b

    report = check(weighted, X, Y, order=2)
    assert "by the inputs (b)" in report.diagnosis[0].evidence, report


def test_an_error_that_nothing_explains_gets_no_name():
    noise = 1 + RNG.uniform(0.1, 0.5, (3, 4))
    report = check(wrong(np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2) * noise), X)
    assert (report.verdict, report.codes) == ("fail", ())


def test_a_diagnosis_never_raises_what_the_function_raises_elsewhere():
    fixed = tg.tensor(np.sign(X)).array

    def picky(x):
        if (np.sign(x.array) != fixed).any():
            raise ValueError("only here")
        return wrong(leaky, lambda g, a: g)(x)

    report = check(picky, X)
    assert report.verdict == "fail"
    assert "backward-raised" not in report.codes

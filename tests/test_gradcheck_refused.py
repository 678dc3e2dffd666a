"""What cannot be checked gets an answer in words: bad arguments, bad inputs, functions that misbehave."""

import re

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError
from tinygrad_cnn.testing import gradcheck

X = np.random.default_rng(5).standard_normal((3, 4))


def check(fn, *inputs, **settings):
    return gradcheck(fn, list(inputs), raise_exception=False, **settings)


@pytest.mark.parametrize(
    ("fn", "inputs", "kind", "text"),
    [
        (3, X, ArgumentError, "expected a function of tensors, got int"),
        (F.relu, [], ArgumentError, "expected inputs to differentiate by, got none; pass a tuple of tensors"),
        (F.relu, [None], ArgumentError, "expected tensors or arrays of floats as inputs, got None; pass"),
        (F.relu, ["x"], ArgumentError, "expected tensors or arrays of floats as inputs, got the text 'x'"),
        (
            F.relu,
            tg.tensor([1, 2]),
            DtypeError,
            r"floats only, and the inputs are a tensor of int64; convert with \.double\(\)\.requires_grad_",
        ),
        (F.relu, np.array([1, 2]), DtypeError, r"an array of int64; convert with \.astype\(float\)"),
        (
            F.relu,
            tg.tensor([1.0]),
            GraphError,
            "none of the input tensors requires grad, so there is no gradient",
        ),
        (
            F.relu,
            np.array([[1.0, np.nan]]),
            ArgumentError,
            r"input holds nan at \[0, 1\]; differences there mean",
        ),
        (lambda x: x, np.array([np.inf]), ArgumentError, r"x holds inf at \[0\]"),
        (
            lambda x: None,
            X,
            ArgumentError,
            r"should return a tensor or several, and returned nothing \(None\)",
        ),
        (lambda x: 3.0, X, ArgumentError, "and returned a float; compute with tensors to the end"),
        (lambda x: x.numpy(), X, ArgumentError, "and returned an ndarray; compute with tensors"),
        (lambda x: [x, "loss"], X, ArgumentError, "and returned a str"),
        (lambda x: x > 0, X, ArgumentError, "should return a tensor of floats, and returned bool"),
        (lambda x: {}, X, ArgumentError, "should return a tensor of floats, and returned nothing"),
        (
            lambda x: x @ x,
            X,
            ArgumentError,
            "raised an error with these inputs, before any gradient was computed: matmul",
        ),
        (lambda x: {}["x"], X, ArgumentError, "before any gradient was computed: KeyError: 'x'"),
        (
            lambda x: x * tg.tensor([1.0] * 4),
            X,
            DtypeError,
            "is checked in float64 and raised: mul got float64 and float32",
        ),
    ],
)
def test_bad_input_is_refused_in_words(fn, inputs, kind, text):
    with pytest.raises(kind, match=text):
        gradcheck(fn, inputs, raise_exception=False)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"order": 3}, r"order is 1 \(gradients\) or 2 \(their derivatives, too\), got 3"),
        ({"order": True}, "order is 1"),
        ({"mode": "slow"}, "mode is 'auto', 'fast' or 'full', got 'slow'"),
        ({"seed": -1}, "seed is an integer >= 0, got -1"),
        ({"seed": 1.5}, "seed is an integer >= 0, got 1.5"),
        ({"atol": -1.0}, "atol is a number >= 0, or None to derive it from the noise, got -1.0"),
        ({"rtol": float("nan")}, "rtol is a number >= 0"),
        ({"rtol": "1e-3"}, "rtol is a number >= 0"),
        ({"atol": True}, "atol is a number >= 0, or None to derive it from the noise, got True"),
        ({"rtol": np.True_}, "rtol is a number >= 0"),
        ({"order": 2.0}, r"order is 1 \(gradients\) or 2 .*, got 2.0"),
        ({"order": np.array([1, 2])}, r"order is 1 .* got array\(\[1, 2\]\)"),
        ({"mode": ["fast"]}, "mode is 'auto', 'fast' or 'full', got \\['fast'\\]"),
    ],
)
def test_bad_settings_are_refused_in_words(settings, text):
    with pytest.raises(ArgumentError, match=text):
        gradcheck(F.relu, X, **settings)


@pytest.mark.parametrize(
    ("fn", "x", "text"),
    [
        (lambda x: x.log(), -X, "the function gives nan at output .* choose inputs where it is finite"),
        (lambda x: 1.0 / (x * 0.0), X, "the function gives -?inf at output 0 of 12; choose inputs"),
        (
            lambda x: x * 0.0 + 1.0,
            X,
            "the gradient and all differences are 0 here, so there was nothing to compare",
        ),
        (
            lambda x: tg.tensor(np.floor(np.array(x))) + x * 0.0,
            np.arange(12.0),
            "most entries had to be skipped",
        ),
        (
            lambda x: x.sqrt(),
            np.zeros(3),
            "most entries had to be skipped .3 entries: it is the edge of the domain",
        ),
    ],
)
def test_what_cannot_be_judged_is_inconclusive_and_says_why(fn, x, text):
    report = check(fn, x)
    assert report.verdict == "inconclusive", report
    assert not report.diagnosis
    with pytest.raises(AssertionError, match="not decided"):
        gradcheck(fn, x)
    assert re.search(text, report.reason), report.reason


def test_a_function_with_a_memory_is_called_nondeterministic():
    calls = []

    def counts(x):
        calls.append(1)
        return x * float(len(calls))

    report = check(counts, X)
    assert report.codes == ("nondeterministic",)


def test_a_function_that_changes_its_input_is_told():
    def changes(x):
        y = x * 2.0
        x.data[...] = 0.0
        return y

    assert check(changes, X).codes == ("input-modified",)


def test_inputs_come_back_untouched():
    tensors = [tg.tensor(X, requires_grad=True), tg.tensor(X.astype(np.float32), requires_grad=True)]
    tensors[0].grad = tg.ones(3, 4).double()
    array = X.copy()
    before = [t.array.copy() for t in tensors]
    check(lambda a, b, c: a * b + c, *tensors, array)
    np.testing.assert_array_equal(array, X)
    for t, then in zip(tensors, before, strict=True):
        np.testing.assert_array_equal(t.array, then)
    assert tensors[0].grad.tolist() == np.ones((3, 4)).tolist()
    assert tensors[1].grad is None


def test_an_input_that_does_not_matter_is_noted():
    report = check(lambda x, unused: x * 2.0, X, X)
    assert report.verdict == "pass"
    assert report.notes == ("the graph does not connect unused with the result; its gradient counts as 0",)


def test_inside_of_no_grad_gradients_are_checked_all_the_same():
    with tg.no_grad():
        assert check(lambda x: x.tanh(), X)


def test_float32_that_was_not_checked_is_noted():
    report = check(lambda x: x * tg.tensor(np.ones(4)), X)
    assert report.verdict == "pass"
    assert report.notes[0].startswith("float32 was not checked: mul got float32 and float64")


def test_the_same_seed_gives_the_same_report():
    a, b, other = (check(lambda x: x.tanh(), X, seed=s) for s in (1, 1, 2))
    assert str(a) == str(b)
    assert [x.tolist() for x in a.analytic] == [x.tolist() for x in b.analytic]
    assert [x.tolist() for x in a.analytic] != [x.tolist() for x in other.analytic]

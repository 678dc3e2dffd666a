"""Operations and samples that cannot be checked: what was expected, what came, what to do."""

import functools
import re

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn import nn
from tinygrad_cnn.core import wrap
from tinygrad_cnn.errors import ArgumentError, DtypeError
from tinygrad_cnn.testing import Sample, add_samples, check_op, gradcheck, samples_of

X = np.random.default_rng(8).standard_normal((3, 4))


def square(x):
    return x * x


class Scale:
    def __call__(self, x):
        return x * 2.0

    def method(self, x):
        return x * x


BAD_SAMPLES = [
    (["x"], "a sample of exp is an array, a tuple of arrays or a Sample, got the text 'x'"),
    ([None], "or a Sample, got None"),
    ([3], "got a Python int; pass np.array(3.0) to differentiate by it, or give it as a setting of a Sample"),
    ([(X, 2.5)], "got a Python float in a tuple; pass np.array(2.5)"),
    ([[1.0, 2.0]], "got a Python float in a list of numbers; make an array of it: np.array("),
    ([((X,),)], "got a tuple of arrays in a tuple of lists; make an array"),
    ([()], "got a tuple without entries"),
    ([{"x": X}], "got a dict; settings go into a Sample"),
    ([Sample("exp", ())], "got a Sample without inputs"),
    ([Sample("exp", ([1.0],))], "got a list of numbers in a Sample; make an array of it"),
    ([Sample("exp", (X,), [1])], "the settings of a sample of exp are a dictionary, got a list of numbers"),
    ([np.array([1.0, np.nan])], "a sample of exp holds nan at [1]; differences there mean nothing"),
    ([Sample("exp", (np.array(np.inf),))], "a sample of exp holds inf; differences"),
    ([np.ma.masked_array(X, X > 0)], "a sample of exp is a masked array"),
    (
        [np.arange(3)],
        "made of floats, because gradients exist for these only, got an array of int64; convert",
    ),
    (
        [np.array([True])],
        "got an array of bool; convert with .astype(float), or give it as a setting: Sample(",
    ),
    ([X + 1j], "the values of a sample of exp (complex128) are complex"),
    ([np.array([None])], "are Python objects"),
]


@pytest.mark.parametrize(("samples", "text"), BAD_SAMPLES)
def test_bad_samples_are_refused_in_words(samples, text):
    with pytest.raises((ArgumentError, DtypeError), match=re.escape(text)):
        check_op("exp", samples)
    known = samples_of("exp")
    with pytest.raises((ArgumentError, DtypeError), match=re.escape(text)):
        add_samples("exp", np.array([0.123]), *samples)
    assert len(samples_of("exp")) == len(known), "the good one is not added either"


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        (5, "expected a list of samples, got a Python int; pass for instance [np.array([0.5, -1.0])]"),
        ("ab", "expected a list of samples, got the text 'ab'"),
        ({"x": X}, "expected a list of samples, got a dict"),
        ([], "expected samples, got none, so there is nothing to check; leave them out to use those of"),
        ((x for x in ()), "expected samples, got none"),
    ],
)
def test_what_is_no_list_of_samples_is_refused(samples, text):
    with pytest.raises(ArgumentError, match=re.escape(text)):
        check_op("exp", samples)


def test_a_tuple_of_arrays_is_ambiguous_where_an_op_takes_several():
    with pytest.raises(
        ArgumentError, match=r"write \[\(x, w\)\] for one sample of several inputs \(matmul takes"
    ):
        check_op("matmul", (X, X.T))
    assert check_op("matmul", [(X, X.T)])
    assert check_op("exp", (X, -X)).samples == 2


@pytest.mark.parametrize("one", [X, tg.tensor(X), Sample("exp", (X,)), np.float64(0.5)])
def test_a_single_array_or_sample_is_one_sample(one):
    assert check_op("exp", one).samples == 1


@pytest.mark.parametrize(
    ("op", "text"),
    [
        ("rel", "there is no operation 'rel' in REGISTRY; did you mean recurrence, relu"),
        ("", "there is no operation '' in REGISTRY; import the module that registers it first"),
        (3, "expected an operation, its name or a function, got int; it comes first, the samples after it"),
        (X, "got ndarray; it comes first"),
        (nn.ReLU(), "got the module ReLU; check it with check_module(module, input_shape)"),
        (nn.ReLU, "got the class ReLU; modules are checked by check_module(ReLU(...), input_shape)"),
    ],
)
def test_what_is_no_operation_is_refused(op, text):
    with pytest.raises(ArgumentError, match=re.escape(text)):
        check_op(op)
    with pytest.raises(ArgumentError, match=re.escape(text)):
        add_samples(op, X)


@pytest.mark.parametrize(
    ("op", "name"),
    [
        (lambda x: x * x, "<lambda>"),
        (functools.partial(F.softmax, dim=1), "partial of softmax"),
        (Scale(), "Scale()"),
        (Scale().method, "Scale().method"),
    ],
)
def test_functions_without_a_name_of_their_own_are_checked_and_named_and_keep_no_samples(op, name):
    report = check_op(op, raise_exception=False)
    assert (report.verdict, report.name) == ("pass", name)
    with pytest.raises(
        ArgumentError, match=f"{re.escape(name)} has no name by which its samples could be found"
    ):
        add_samples(op, X)


def test_the_lines_that_reproduce_name_only_what_has_a_name():
    report = check_op(lambda x: wrap(x.array * 1.0) * x, [X], raise_exception=False)
    assert "# fn is what was checked" in report.report.reproduce
    assert "check_op(fn, samples" in report.report.reproduce

    def local(x):
        return wrap(x.array * 1.0) * x

    assert "import local" not in check_op(local, [X], raise_exception=False).report.reproduce
    assert "import local" not in gradcheck(local, X, raise_exception=False).reproduce


def test_samples_that_do_not_fit_are_told_with_the_name_of_the_operation():
    with pytest.raises(ArgumentError, match=r"^exp raised an error with these inputs, .* but 2 were given"):
        check_op("exp", [(X, X)])
    with pytest.raises(ArgumentError, match="unexpected keyword argument 'speed'"):
        check_op("exp", [Sample("exp", (X,), {"speed": 1})])


def test_adding_no_samples_is_refused():
    with pytest.raises(
        ArgumentError, match=r"expected samples after exp, got none; add_samples\(exp, \(x, w\)\)"
    ):
        add_samples("exp")


def test_an_op_that_takes_nothing_asks_for_samples_and_says_what_it_answered():
    @tg.op
    def picky(x, *, table):
        return x.array, lambda g: g

    report = check_op(picky, raise_exception=False)
    assert report.verdict == "inconclusive"
    assert "picky has no samples" in report.reason
    assert "(the first: TypeError: " in report.reason
    assert "argument: 'table'); add some: add_samples(picky, (x, w))" in report.reason


def test_a_function_that_takes_nothing_asks_for_samples_where_it_is_checked():
    report = check_op(lambda x: {}["weights"], raise_exception=False)
    assert report.verdict == "inconclusive"
    assert "(the first: KeyError: 'weights'); pass some: check_op(fn, [(x, w)])" in report.reason


def test_functions_of_several_results_and_with_assertions_are_tried():
    def four_dimensional(x):
        assert x.ndim == 4
        return x * x, x.tanh()

    assert check_op(four_dimensional).samples == 1

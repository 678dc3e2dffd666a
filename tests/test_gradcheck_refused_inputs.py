"""Inputs of every kind: what is checked, what is handed on with a note, what is refused, in which words."""

import functools
import re

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn import nn
from tinygrad_cnn.core import REGISTRY, wrap
from tinygrad_cnn.errors import ArgumentError, DtypeError, GraphError
from tinygrad_cnn.testing import check_op, gradcheck

X = np.random.default_rng(7).standard_normal((3, 4))
LEARNT = tg.tensor(X, requires_grad=True)


def square(x):
    return x * x


def product(a, b):
    return a * b


def check(fn, inputs, **settings):
    return gradcheck(fn, inputs, raise_exception=False, **settings)


class Foreign:
    """Stands for the tensor of another package."""

    def __array__(self, dtype=None, copy=None):
        return X


@pytest.mark.parametrize(
    ("x", "kind", "text"),
    [
        (
            X + 1j,
            DtypeError,
            r"values of b \(complex128\) are complex, .*; pass x.real and x.imag as two inputs",
        ),
        (np.complex64(1j), DtypeError, r"values of b \(complex64\) are complex"),
        (
            np.array([[1], [2, 3]], dtype=object),
            DtypeError,
            "are Python objects .*, as rows of unequal length",
        ),
        (np.array(["1.5"]), DtypeError, r"values of b \(<U3\) are text; make floats of them with .astype"),
        (np.array([b"1.5"]), DtypeError, "are text"),
        (np.array(["2026-01-01"], "M8[D]"), DtypeError, "are dates; make floats of them, such as days"),
        (np.array([3], "m8[s]"), DtypeError, "are lengths of time; make floats"),
        (np.zeros(2, [("a", "f8")]), DtypeError, "are records with fields; pass each field as an input"),
        (np.ma.masked_array(X, X > 0), ArgumentError, r"b is a masked array, .*; pass x.filled\(0.0\), or"),
        (np.ma.masked, ArgumentError, "b is a masked array"),
    ],
)
def test_values_that_no_tensor_can_hold_are_refused_by_name_alone_and_beside_others(x, kind, text):
    with pytest.raises(kind, match=text):
        check(product, [X, x])
    with pytest.raises(kind, match=text.replace("of b", "of x").replace("b is", "x is")):
        check(square, [x])


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ([[1.0, 2.0]], "got a list of numbers; make an array of each: np.array([1.0, 2.0], dtype=float)"),
        ([[1, 2], [3]], "got a list of numbers, a list of numbers; make an array of each: np.array([1, 2], "),
        ([[[1.0]]], "got a list of lists; make an array of each: np.array([[1.0]], dtype=float)"),
        ([1.0, 2.0], "plain numbers are constants, pass np.array([1.0, 2.0], dtype=float) to differentiate"),
        (1.5, "got a Python float; plain numbers are constants, pass np.array(1.5, dtype=float)"),
        (list(range(99)), "got a Python int, a Python int, a Python int, ...; plain numbers"),
        (
            [[LEARNT, LEARNT]],
            "got a list of tensors; pass them one by one, and a function that collects them",
        ),
        ([[X, X]], "got a list of arrays; pass them one by one"),
        ([[]], "got a list without entries; pass what the function is differentiated by as arrays of floats"),
        (None, "got None; pass what the function is differentiated by as arrays of floats"),
        ([{"x": X}], "got a dict; pass what"),
        (
            {"x": X, "w": X},
            "expected inputs in their order, got a dict; pass list(d.values()), or a function",
        ),
        ({"x": X, "w": X}, "gradcheck(lambda x, w: ..., list(d.values()))"),
        ({1.0}, "expected inputs in their order, got a set, which has none; pass a tuple"),
        ((x for x in [X]), "expected a tuple of tensors or arrays, got a generator; pass tuple(...) of it"),
        (range(3), "got a range; pass tuple(...) of it"),
        (b"12", "expected a tensor or an array, got a bytes; convert it: np.asarray(x, dtype=float)"),
        (Foreign(), "got a Foreign; convert it: np.asarray(x, dtype=float)"),
        ([Foreign()], "got a Foreign; convert with np.asarray(x, dtype=float)"),
    ],
)
def test_what_is_no_array_is_refused_with_what_to_pass_instead(inputs, text):
    with pytest.raises(ArgumentError, match=re.escape(text)):
        check(square, inputs)


def test_numbers_of_numpy_are_checked_like_arrays():
    report = check(product, [X, np.float32(2.0)])
    assert (report.verdict, report.names, report.notes) == ("pass", ("a", "b"), ())
    assert check(lambda a, b: a * wrap(b.array * 1.0), [X, np.float64(2.0)]).codes == ("graph-cut",)
    assert check(square, np.float64(1.5)).measured.checked == 1
    with pytest.raises(DtypeError, match="the inputs are an int64; convert with"):
        check(square, np.int64(2))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (2.0, "b (a Python float)"),
        (tg.tensor(X), "b (a tensor of float64 that does not require grad)"),
        ([1.0, 2.0, 3.0, 4.0], "b (a list of numbers)"),
    ],
)
def test_floats_that_stay_constant_are_noted(other, words):
    for x in (X, LEARNT):
        report = check(product, [x, other])
        assert report.verdict == "pass"
        assert report.names == ("a",)
        assert report.notes[0] == (
            f"kept constant, so not checked: {words}; arrays, and tensors that require grad, would be"
        )
        assert "kept constant" in str(report)


def test_constants_that_nobody_would_have_checked_are_not_noted():
    def pick(x, index, flag, axis, bias=None):
        assert index.dtype.isnative
        return x[index] if flag else x

    assert check(pick, [X, np.array([0, 2], ">i4"), True, 1, None]).notes == ()
    assert check(lambda x, index: x[index], [X, tg.tensor([0, 2])]).notes == ()


def test_a_long_list_of_constants_is_cut():
    report = check(lambda x, *rest: x * rest[0], [X, 1.0, 2.0, 3.0, 4.0, 5.0])
    assert (
        "input 1 (a Python float), input 2 (a Python float), input 3 (a Python float) and 2 more;"
        in report.notes[0]
    )


def test_settings_of_numpy_are_taken_as_pythons_own():
    numpys = check(square, X, order=np.int8(2), seed=np.uint8(3), mode=np.str_("full"), atol=np.float32(1e-3))
    assert str(numpys) == str(check(square, X, order=2, seed=3, mode="full", atol=float(np.float32(1e-3))))
    calls = []
    random = check(lambda x: x * float(calls.append(1) or len(calls)), X, mode=np.str_("fast"))
    assert random.codes == ("nondeterministic",)
    assert "'order': 1, 'seed': 0, 'mode': 'fast'" in random.reproduce


@pytest.mark.parametrize(
    ("fn", "text"),
    [
        ("exp", "got str; an operation is checked by its name with check_op('exp')"),
        (X, "got ndarray; the function comes first"),
        (REGISTRY["exp"], "got the record of exp; use check_op('exp')"),
        (nn.ReLU, "got the class ReLU; if its objects can be called, pass one of them: ReLU(...)"),
        (nn.Linear(4, 2), ". check_module checks layers with their parameters, on a copy in float64"),
        (np.tanh, "np.tanh on a tensor would leave the graph; use the function of this package"),
    ],
)
def test_what_is_no_function_of_tensors_is_refused_with_what_to_use(fn, text):
    with pytest.raises((ArgumentError, DtypeError), match=re.escape(text)):
        check(fn, X)


class Unreadable:
    @property
    def __signature__(self):
        raise RuntimeError("no signature")

    def __call__(self, x, y=2.0):
        return x * y


def test_functions_whose_signature_cannot_be_read_number_their_inputs():
    report = check(Unreadable(), X)
    assert (report.verdict, report.name, report.names) == ("pass", "Unreadable", ("input 0",))
    assert check_op(Unreadable(), raise_exception=False).verdict == "pass"
    assert check(Unreadable(), [X, X]).names == ("input 0", "input 1")
    assert check(functools.partial(product, 2.0), X).name == "partial of product"


# -- memory layout -----------------------------------------------------------------------------------------


@tg.op
def by_memory(x):
    return np.ravel(x.array, order="K") * 2.0, lambda g: g.reshape(x.shape) * 2.0


@tg.op
def gradient_by_memory(x):
    def grad_x(g):
        return g * 2.0 * wrap(np.ravel(x.array, order="K").reshape(x.shape))

    return x.array**2, grad_x


@tg.op
def wants_contiguous(x):
    if not x.array.flags.c_contiguous:
        raise ValueError("contiguous, please")
    return x.array * 2.0, lambda g: g * 2.0


@pytest.mark.parametrize("fn", [by_memory, gradient_by_memory, wants_contiguous])
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_inputs_are_held_against_contiguous_ones(fn, kind):
    x = X.T.astype(kind, order="K")
    for given in (x, tg.tensor(x, requires_grad=True)):
        report = check(fn, [given])
        assert report.codes == ("memory-layout",), report
        assert "the caller's arrays" in str(report)
        assert "within tolerance" not in str(report), "a map of the contiguous copies would mislead"
        assert "strides in bytes: x (8, 32)" in report.diagnosis[0].evidence
    assert check(fn, [np.ascontiguousarray(x)], order=1), "contiguous inputs show nothing"
    assert check(tg.tanh, [x])


def test_the_lines_that_reproduce_keep_the_layout():
    report = check(by_memory, [np.random.default_rng(0).standard_normal((2, 3, 4)).transpose(2, 0, 1)])
    code = report.reproduce.splitlines()
    assert any(line.endswith(".transpose((2, 0, 1))]") for line in code), code
    seen = report.inputs[0]
    assert seen.strides == (8, 96, 32)
    assert not seen.flags.writeable


@pytest.mark.parametrize(
    "x", [X[::-1, ::2], np.broadcast_to(X[:1], (3, 4)), X.T[1:], X.T.astype(">f4"), np.zeros((0, 3)).T]
)
def test_any_layout_passes_where_nothing_depends_on_it(x):
    before = x.copy()
    assert check(lambda y: (y * y).tanh(), [x])
    np.testing.assert_array_equal(x, before)


def test_inputs_that_do_not_require_grad_are_named():
    with pytest.raises(GraphError, match="make them with requires_grad=True"):
        check(F.relu, [tg.tensor(X), 2.0])

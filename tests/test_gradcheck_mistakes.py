"""Mistakes as people make them, each found by `gradcheck` and called by its name."""

import numpy as np
import pytest

import tinygrad_cnn as tg
import tinygrad_cnn.functional as F
from tinygrad_cnn import REGISTRY, op
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing import GradcheckError, gradcheck

KNOWN = set(REGISTRY)
RNG = np.random.default_rng(3)
X = RNG.standard_normal((3, 4))
W = RNG.standard_normal((5, 4))


def check(fn, *inputs, **settings):
    return gradcheck(fn, list(inputs), raise_exception=False, **settings)


def pair(value, a_closure, b_closure):
    @op
    def wrong(a, b):
        return value(a.array, b.array), a_closure(a, b), b_closure(a, b)

    return wrong


def single(value, closure):
    @op
    def wrong(x):
        return value(x.array), closure(x)

    return wrong


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def conv(x, w, flip):
    """A valid convolution of a picture with one filter, whose gradient by x may forget to flip it."""

    @op
    def correlate(x, w):
        kh, kw = w.shape
        h, width = x.shape[0] - kh + 1, x.shape[1] - kw + 1
        y = sum(w.array[i, j] * x.array[i : i + h, j : j + width] for i in range(kh) for j in range(kw))

        def grad_x(g):
            padded = F.pad(g, (kw - 1, kw - 1, kh - 1, kh - 1))
            filter_ = w[::-1, ::-1] if flip else w
            return sum(
                filter_[i, j] * padded[i : i + x.shape[0], j : j + x.shape[1]]
                for i in range(kh)
                for j in range(kw)
            )

        def grad_w(g):
            rows = [(g * x[i : i + h, j : j + width]).sum() for i in range(kh) for j in range(kw)]
            return tg.stack(rows).reshape(kh, kw)

        return y, grad_x, grad_w

    return correlate(x, w)


def scatter_last(x):
    """Read entry 1 twice; its gradient gets only what came last."""
    index = [0, 1, 1, 2]

    def grad_x(g):
        return tg.stack([g[0], g[2], g[3]])

    return x.array[index], grad_x


buffer = np.zeros(4)


def buffered(x):
    buffer[: x.array.size] = x.array
    return x.array**2, lambda g: g * 2.0 * wrap(buffer[: x.array.size].copy())


first_seen = {}


def cached(x):
    """Keep the derivative of the first call for each shape."""
    slope = first_seen.setdefault((x.shape, x.dtype), np.cos(x.array))
    return np.sin(x.array), lambda g: g * wrap(slope)


def doubles_g(x):
    def grad_x(g):
        g.array[...] *= 2.0
        return g

    return x.array * 2.0, grad_x


def all_of_a_tie(x):
    top = x.array.max(1, keepdims=True)
    return top[:, 0], lambda g: g.reshape(len(x), 1) * wrap((x.array == top).astype(x.dtype))


def writes(x):
    def grad_x(g):
        x.array[...] = 0.0
        return g * 2.0

    return x.array * 2.0, grad_x


def random_gradient(x):
    return x.array * 2.0, lambda g: g * (2.0 + 1e-3 * np.random.default_rng().random())


def no_interior(d, rows):
    mask = np.ones(d.shape)
    mask[:rows] = 0
    return d * wrap(mask)


SQUARE = RNG.standard_normal((3, 3))
OTHER = RNG.standard_normal((3, 3))
ROW = np.array([0.5, 1.0, 2.0, -1.5])

WRONG = {
    "sign": ((single(np.tanh, lambda x: lambda g, y: -g * (1.0 - y * y)), X), "sign"),
    "factor": ((single(np.exp, lambda x: lambda g, y: g * y * 1.001), X), "factor"),
    "mean": ((single(lambda x: x.mean(0), lambda x: lambda g: g.expand(3, 4)), X), "factor"),
    "twice": ((single(np.exp, lambda x: lambda g, y: g * y + g * y), X), "accumulated-twice"),
    "one use": (
        (lambda x: pair(np.multiply, lambda a, b: lambda g: g * b, lambda a, b: lambda g: None)(x, x), X),
        "overwritten",
    ),
    "last use": ((op(scatter_last), ROW[:3]), "overwritten"),
    "broadcast": (
        (pair(np.add, lambda a, b: lambda g: g, lambda a, b: lambda g: g), X, ROW),
        "not-unbroadcast",
    ),
    "transposed": ((single(lambda x: 2 * x.T, lambda x: lambda g: 2.0 * g), SQUARE), "transposed"),
    "other transposed": (
        (
            pair(np.matmul, lambda a, b: lambda g: g @ b, lambda a, b: lambda g: a.permute(1, 0) @ g),
            SQUARE,
            OTHER,
        ),
        "transposed",
    ),
    "product": (
        (pair(np.matmul, lambda a, b: lambda g: g @ b, lambda a, b: lambda g: a.permute(1, 0) @ g), X, W.T),
        "transposed",
    ),
    "flipped": (
        (lambda x, w: conv(x, w, False), RNG.standard_normal((5, 4)), RNG.standard_normal((3, 2))),
        "flipped",
    ),
    "shifted": (
        (single(lambda x: x * x, lambda x: lambda g: F.pad((2.0 * g * x)[:, :-1], (1, 0))), X),
        "shifted",
    ),
    "borders": (
        (
            single(lambda x: x * x, lambda x: lambda g: no_interior(2.0 * g * x, 1)),
            RNG.standard_normal((6, 5)),
        ),
        "borders",
    ),
    "ignored": ((single(np.sqrt, lambda x: lambda g, y: 0.5 / y), np.abs(X)), "incoming-gradient-ignored"),
    "softmax": ((single(softmax, lambda x: lambda g, y: g * y * (1.0 - y)), X), "jacobian-missing"),
    "identity": (
        (single(lambda x: x - np.log(np.exp(x).sum(1, keepdims=True)), lambda x: lambda g: g), X),
        "jacobian-missing",
    ),
    "cut": ((lambda x: tg.tensor(np.array(x)) ** 2, X), "graph-cut"),
    "cut closure": ((single(np.exp, lambda x: lambda g: None), X), "graph-cut"),
    "batch": (
        (pair(np.add, lambda a, b: lambda g: g, lambda a, b: lambda g: g[0]), X, ROW),
        "batch-not-summed",
    ),
    "stale": ((op(buffered), ROW), "stale"),
    "float32": ((single(np.exp, lambda x: lambda g, y: (g * y).float().double()), X), "dtype-loss"),
    "float32 result": ((lambda x: x.float() * 2.0, X), "dtype-loss"),
    "not again": (
        (single(lambda x: x**3, lambda x: lambda g: g * 3.0 * wrap(x.array**2)), X),
        "not-differentiable-again",
    ),
    "random": ((op(random_gradient), X), "nondeterministic"),
    "random value": ((lambda x: F.dropout(x, 0.5), X), "nondeterministic"),
    "modified": ((op(writes), X), "input-modified"),
    "one entry": (
        (single(np.exp, lambda x: lambda g, y: g * y * wrap((np.arange(12) != 7).reshape(3, 4) * 1.0)), X),
        "one-entry",
    ),
    "region": (
        (
            single(
                lambda x: np.where(x > 0, x, 0.1 * x),
                lambda x: lambda g: g * wrap(np.where(x.array > 0, 1, 0.2)),
            ),
            X,
        ),
        "region",
    ),
    "missing factor": ((single(lambda x: x**3, lambda x: lambda g: g * 3.0 * x), X), "missing-factor"),
    "dropped term": ((single(np.tanh, lambda x: lambda g, y: g * (1.0 - y)), X), None),
    "dropped whole term": ((single(lambda x: x * x + x, lambda x: lambda g: g * 2.0 * x), X), "dropped-term"),
    "swapped": (
        (pair(np.multiply, lambda a, b: lambda g: g * a, lambda a, b: lambda g: g * b), X, X + 1.0),
        "swapped",
    ),
    "not linear": ((single(np.exp, lambda x: lambda g, y: g * g * y), X), "not-linear"),
    "ties": (
        (
            single(
                lambda x: x.max(1),
                lambda x: lambda g: g.reshape(3, 1) * wrap((x.array == x.array.max(1, keepdims=True)) * 1.0),
            ),
            np.ones((3, 4)),
        ),
        "ties",
    ),
    "ties at 0": ((op(all_of_a_tie), np.array([[0.0, 0.0, -1.0], [-2.0, 0.0, -1.0]])), "ties"),
    "cached": ((op(cached), X), "stale"),
    "writes to g": ((op(doubles_g), X), "input-modified"),
    "behind an offset": (
        (single(lambda x: 1e6 + np.tanh(x), lambda x: lambda g: g * 1.1 * (1.0 - x.tanh() ** 2)), X),
        None,
    ),
    "kink": (
        (
            single(
                lambda x: np.maximum(x, 0),
                lambda x: lambda g: g * wrap(np.where(x.array == 0, 1.5, x.array > 0)),
            ),
            np.array([0.0, 1.0, -1.0]),
        ),
        "ties",
    ),
    "raises": ((single(np.exp, lambda x: lambda g: g[17]), X), "backward-raised"),
    "raises anything": ((single(np.exp, lambda x: lambda g: {}["lost"]), X), "backward-raised"),
    "shape": ((single(lambda x: x.sum(1), lambda x: lambda g: g[:2]), X), "wrong-shape"),
}


for name in set(REGISTRY) - KNOWN:  # the names are free for other tests
    del REGISTRY[name]


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_found_and_named(name):
    arguments, code = WRONG[name]
    report = check(*arguments)
    assert report.verdict == "fail", report
    assert (report.codes[:1] == (code,) or code in report.codes) if code else report.worst, report
    assert len(report.codes) <= 2
    assert str(report).startswith("FAIL")


def test_a_failure_raises_what_was_found():
    wrong = single(np.tanh, lambda x: lambda g, y: -g * (1.0 - y * y))
    with pytest.raises(GradcheckError, match="sign") as caught:
        gradcheck(wrong, [X])
    report = caught.value.report
    assert isinstance(caught.value, AssertionError)
    assert report.worst.numeric == pytest.approx(-report.worst.analytic, rel=1e-8)
    assert report.worst.left == pytest.approx(report.worst.right, rel=1e-4)
    assert report.worst.error > report.worst.tolerance
    assert len(report.reproduce.splitlines()) == 6


def test_a_mean_for_a_sum_is_named_with_its_size():
    wrong = single(lambda x: x.sum(0), lambda x: lambda g: (g / 3.0).expand(3, 4))
    assert "1/3, and 3 is the batch size" in check(wrong, X).diagnosis[0].evidence


def test_the_wrong_input_is_named():
    wrong = pair(np.multiply, lambda a, b: lambda g: g * b, lambda a, b: lambda g: g * a * 1.01)
    report = check(wrong, X, X + 1.0)
    assert (report.worst.input, report.worst.name) == (1, "b")

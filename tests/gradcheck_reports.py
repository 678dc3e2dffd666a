"""Reports of gradient checks of many kinds, made by hand: what the text and the picture are tested on."""

import numpy as np

from tinygrad_cnn.testing.report import FAIL, INCONCLUSIVE, PASS, Diagnosis, Measured, Report, Worst

SIGN = Diagnosis("sign", "the gradient has the wrong sign", "analytic / numeric is -1 in 12 of 12 entries")
BORDERS = Diagnosis(
    "borders",
    "only entries at the border of the picture are wrong: padding, or a crop that is off by one",
    "the error is zero in 36 of 36 inner entries and at least 0.31 in 84 of 84 border entries",
)
FACTOR = Diagnosis("factor", "the gradient is 12 times too large", "the ratio is 12 = the number of entries")
OVERWRITTEN = Diagnosis(
    "overwritten", "a tensor that is used twice got one gradient", "half of it is missing"
)
MEASURED = Measured(2.2e-16, 6.1e-6, 1.3e-9, 2.0, None, 12, 12, 0, 0, {}, 58)
CODE = """\
import numpy as np
from tinygrad_cnn import tensor
x = np.random.default_rng(0).normal(size=(3, 4))
t = tensor(x, requires_grad=True)
y = cube(t)
print(t.grad[1, 2])  # -12.7, and by differences 12.7"""


def failed(name, analytic, numeric, index, diagnosis=(SIGN,), tolerance=1e-8, names=("x",), **settings):
    """A report on one wrong gradient; the slopes on both sides are the numeric gradient."""
    analytic, numeric = np.asarray(analytic, dtype=float), np.asarray(numeric, dtype=float)
    with np.errstate(invalid="ignore"):
        error = np.abs(analytic - numeric)
    known = float(numeric[index])
    slopes = settings.pop("slopes", (known, known))
    order = settings.get("order", 1)
    what = settings.pop("what", "")
    worst = Worst(0, names[0], index, float(analytic[index]), known, *slopes, tolerance, order, what)
    defaults = {"measured": MEASURED, "reproduce": CODE} | settings
    return Report(
        name, FAIL, "", tuple(diagnosis), worst, names=names, inputs=(np.zeros_like(error),),
        analytic=(analytic,), numeric=(numeric,), errors=(error,), **defaults,
    )  # fmt: skip


def sign_error():
    values = np.random.default_rng(0).normal(size=(3, 4)) ** 2 * 3
    return failed("cube", -values, values, np.unravel_index(values.argmax(), (3, 4)))


def border_error():
    rng = np.random.default_rng(1)
    numeric = rng.normal(size=(2, 3, 5, 4))
    analytic = numeric.copy()
    analytic[:, :, [0, -1], :] *= 0.5
    analytic[:, :, :, [0, -1]] *= 0.5
    error = np.abs(analytic - numeric)
    index = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
    return failed("my_conv2d", analytic, numeric, index, (BORDERS, FACTOR), names=("x", "w"))


def needle():
    """One wrong entry of 100,352, of which only some were measured one by one."""
    rng = np.random.default_rng(2)
    analytic = rng.normal(size=(64, 32, 7, 7))
    numeric = np.where(rng.random(analytic.shape) < 0.01, analytic, np.nan)
    numeric[11, 3, 5, 2] = analytic[11, 3, 5, 2]
    analytic[11, 3, 5, 2] = 0.0
    measured = Measured(1e-15, 6e-6, 2e-9, 0.31, 1.8e-7, 1023, 100_352, 8, 0, {"jump": 3}, 4321)
    return failed("conv2d", analytic, numeric, (11, 3, 5, 2), (), names=("w",), measured=measured)


def dense():
    """All of 100,000 entries measured and wrong."""
    values = np.random.default_rng(3).normal(size=(2, 5, 100, 100))
    return failed("blur", values * 1.01, values, (1, 4, 77, 3), (FACTOR,), names=("picture",))


def second_order():
    rng = np.random.default_rng(4)
    numeric = rng.normal(size=(4, 3))
    again = Diagnosis("not-differentiable-again", "the closure computes with raw arrays", "order 2 is zero")
    what = "the gradient of w, differentiated by x"
    return failed("gelu", np.zeros((4, 3)), numeric, (2, 1), (again,), order=2, what=what)


def single():
    return failed("square", np.array(3.0), np.array(6.0), (), (FACTOR,), names=("t",))


def row():
    values = np.linspace(-1, 1, 150)
    return failed("scale", values, values * 1.001, (149,), (FACTOR,), names=("b",))


def kink():
    analytic = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    numeric = np.array([[0.5, 1.0, 0.0], [0.0, 1.0, 1.0]])
    measured = Measured(0.0, 1e-6, 1e-9, 1.5, None, 6, 6, 0, 4, {"a jump": 1, "edge of the domain": 2}, 99)
    ties = Diagnosis(
        "ties", "at a kink the gradient is outside of the two slopes", "2 is not between 0 and 1"
    )
    return failed("relu", analytic, numeric, (0, 0), (ties,), slopes=(0.0, 1.0), measured=measured)


def nan_slopes():
    return failed("log", np.ones((2, 3)), np.full((2, 3), 2.0), (1, 1), (), slopes=(np.nan, np.nan))


def infinite():
    analytic = np.array([[1.0, np.inf, 0.5], [np.nan, -2.0, 1.0]])
    return failed("sqrt", analytic, np.array([[1.0, 3.0, 0.5], [0.2, -2.0, 1.0]]), (0, 1), ())


def nasty():
    bad = "</svg><script>alert(1)</script>\x1b[2J\x00\u202e\ud800\ufffe]]>&amp;"
    diagnosis = Diagnosis(bad, bad * 20, "WM" * 400)
    values = np.ones((2, 2))
    return failed(
        bad * 9, values, values * 2, (0, 0), (diagnosis,) * 5, names=(bad * 3,), notes=(bad * 30,) * 9,
        reproduce="\n".join(["x = " + bad * 30] * 30), what=bad * 9, order=2,
    )  # fmt: skip


def passed():
    rng = np.random.default_rng(5)
    gradient = rng.normal(size=(2, 3, 4, 3))
    error = np.abs(rng.normal(size=gradient.shape)) * 1e-11
    measured = Measured(2.2e-16, 6.1e-6, 1.3e-9, 4e-11, 1.8e-7, 90, 90, 8, 2, {"jump": 1}, 300)
    return Report(
        "conv2d", PASS, measured=measured, order=2, names=("x", "w", "b"), inputs=(gradient,),
        analytic=(gradient + error,), numeric=(gradient,), errors=(error,), notes=("b is not used",),
    )  # fmt: skip


def inconclusive():
    reason = (
        "two calls with the same inputs gave values that differ by 0.3: the function draws random numbers"
    )
    return Report(
        "dropout", INCONCLUSIVE, reason, notes=("pass a generator with a fixed seed",), names=("x",)
    )


def empty():
    nothing = np.zeros((0, 3))
    return Report("sum", PASS, names=("x",), analytic=(nothing,), numeric=(nothing,), errors=(nothing,))


def without_worst():
    d = Diagnosis("nondeterministic", "two backward passes differ", "3 of 12 bits patterns differ")
    return Report("noise", FAIL, "the function draws random numbers", (d,), reproduce=CODE, names=("x",))


def crowded():
    """As much of everything as fits and more."""
    rng = np.random.default_rng(6)
    values = rng.normal(size=(300, 200))
    words = "because of that, and of what follows from it, " * 8
    diagnosis = tuple(
        Diagnosis(code, words, words) for code in ("sign", "factor", "shifted", "ties", "stale")
    )
    report = failed(
        "many", -values, values, (299, 0), diagnosis, names=tuple("abcdefg"), notes=(words,) * 4,
        reproduce="\n".join(f"line_{n} = {n}" for n in range(40)),
    )  # fmt: skip
    report.reason = "so it was, " * 40
    return report


KINDS = {
    make.__name__: make
    for make in (
        sign_error, border_error, needle, dense, second_order, single, row, kink, nan_slopes, infinite,
        nasty, passed, inconclusive, empty, without_worst, crowded,
    )
}  # fmt: skip

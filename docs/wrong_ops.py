"""Wrong on purpose: for every diagnosis of the gradient checker one small function that gets it.

`python docs/make_diagnoses.py` runs the checker on each of them and writes diagnoses.md. The docstrings say
what is meant to be computed; the comment before the wrong line says what to write instead.
"""

import numpy as np

from tinygrad_cnn import functional as F
from tinygrad_cnn import op, stack, tensor


def values(*shape: int) -> np.ndarray:
    """Numbers between -2 and 2 with one decimal, none of them 0: the same on every machine."""
    numbers = (7 * np.arange(1, np.prod(shape) + 1)) % 41 / 10 - 2.05
    return numbers.reshape(shape).round(2)


@op
def minus(a, b):
    """The difference a - b."""
    # Fix: b is subtracted, so its closure is `lambda g: -g`.
    return a.array - b.array, lambda g: g, lambda g: g


@op
def mean_of_rows(x):
    """The mean of every row."""
    # Fix: each of the 5 entries has a share of 1/5: divide by `x.shape[1]`.
    return x.array.mean(axis=1), lambda g: g.reshape(-1, 1).expand(*x.shape)


@op
def squared(x):
    """The square x * x."""
    # Fix: 2 * x counts both factors already: return `g * 2 * x`, once.
    return x.array * x.array, lambda g: g * 2 * x + g * 2 * x


@op
def pick(x):
    """Entries 0, 2, 2, 4, 1 and 2 of x."""

    def grad_x(g):
        d = [0 * g[0]] * len(x.array)
        for i, place in enumerate([0, 2, 2, 4, 1, 2]):
            # Fix: entry 2 was read three times; add to what is there: `d[place] = d[place] + g[i]`.
            d[place] = g[i]
        return stack(d)

    return x.array[[0, 2, 2, 4, 1, 2]], grad_x


@op
def add_bias(x, b):
    """The bias b, of shape (columns,), added to every row of x."""
    # Fix: b was used in every row, so its gradient is the sum over them: `lambda g: g.sum(0)`.
    return x.array + b.array, lambda g: g, lambda g: g


@op
def product(a, b):
    """The matrix product a @ b."""
    # Fix: the closure of a multiplies with the transpose: `lambda g: g @ b.permute(1, 0)`.
    return a.array @ b.array, lambda g: g @ b, lambda g: a.permute(1, 0) @ g


@op
def filtered(x, w):
    """A convolution in one dimension with three weights: y_i = w_0 x_i + w_1 x_(i+1) + w_2 x_(i+2)."""

    def grad_x(g):
        padded = F.pad(g, (2, 2))
        # Fix: on the way back the filter is flipped: `w[2 - j]`.
        return sum(w[j] * padded[j : j + len(x.array)] for j in range(3))

    y = np.correlate(x.array, w.array, "valid")
    return y, grad_x, lambda g: stack([(g * x[j : j + len(y)]).sum() for j in range(3)])


@op
def without_edges(x):
    """All columns of x but the first and the last."""
    # Fix: one column is missing on either side, so one is added on either side: `F.pad(g, (1, 1))`.
    return x.array[:, 1:-1], lambda g: F.pad(g, (0, 2))


@op
def blurred(x):
    """The mean of each entry and its two neighbours in the row; beyond the edge, the edge is repeated."""

    def three(p):
        return (p[:, :-2] + p[:, 1:-1] + p[:, 2:]) / 3

    y = three(np.pad(x.array, ((0, 0), (1, 1)), mode="edge"))
    # Fix: what was read beyond the edge belongs to the edge: a third more of g at both ends.
    return y, lambda g: three(F.pad(g, (1, 1)))


@op
def largest_of_rows(x):
    """The largest entry of every row."""
    largest = x.array.max(axis=1, keepdims=True)
    winners = (x.array == largest).astype(x.dtype)
    # Fix: those that tie share the gradient: divide winners by `winners.sum(axis=1, keepdims=True)`.
    return largest[:, 0], lambda g: g.reshape(-1, 1) * tensor(winners)


@op
def mean_squared_error(x, t):
    """The mean of (x - t)^2, as one number."""

    def grad_x(g):
        # Fix: a loss may be part of a larger formula; multiply with g.
        return 2 / x.array.size * (x - t)

    return ((x.array - t.array) ** 2).mean(), grad_x, lambda g: -grad_x(g)


@op
def exponential(x):
    """exp(x), with a gradient that is kept from exploding."""
    # Fix: a closure gives the derivative as it is, `g * y`; clip gradients after the backward pass.
    return np.exp(x.array), lambda g, y: F.clip(g * y, -1.0, 1.0)


@op
def softmax_of_rows(x):
    """exp(x) divided by its sum in the row."""
    e = np.exp(x.array - x.array.max(axis=1, keepdims=True))
    # Fix: all entries of a row share one sum: `y * (g - (g * y).sum(1, keepdim=True))`.
    return e / e.sum(axis=1, keepdims=True), lambda g, y: g * y * (1 - y)


def brightness(x):
    """The square root of x."""
    # Fix: numpy leaves no trace in the graph; use the method of the tensor, `x.sqrt()`.
    return tensor(np.sqrt(x.numpy()))


@op
def with_bias(x, b):
    """The bias b, of shape (columns,), added to every sample of the batch x."""
    # Fix: every sample used b, so all of them count: `lambda g: g.sum(0)`.
    return x.array + b.array, lambda g: g, lambda g: g[0]


@op
def remembered_square(x):
    """The square of x, which is kept for the backward pass."""
    global remembered
    remembered = x.array
    # Fix: the next call overwrites what is kept in one place for all; use this call's own x: `g * 2 * x`.
    return x.array**2, lambda g: g * 2 * tensor(remembered)


@op
def decay(x):
    """exp(-x), with a backward pass in float32 to save time."""
    # Fix: compute in the precision that comes in: `-g * y`.
    return np.exp(-x.array), lambda g, y: (-g.float() * y.float()).double()


@op
def cube(x):
    """The third power of x."""
    # Fix: to be differentiated again, the closure has to be made of tensors: `g * 3 * x * x`.
    return x.array**3, lambda g: g * tensor(3 * x.numpy() ** 2)


def thinned(x):
    """A layer with dropout."""
    # Fix: draw the mask once, outside, and multiply with it; or check the layer in evaluation mode.
    return F.dropout(x.tanh(), 0.5)


@op
def positive_part(x):
    """The larger of x and 0."""
    # Fix: leave the input as it is, and make a new array: `y = np.maximum(x.array, 0)`.
    y = np.maximum(x.array, 0, out=x.array)
    return y, lambda g: g * tensor((y > 0).astype(y.dtype))


@op
def trapezoid(x):
    """The area under a curve given at places 1 apart: the first and the last value count half."""
    weights = np.ones(x.shape, x.dtype)
    weights[0] = 0.5
    # Fix: here, too, the last value counts half: `weights[-1] = 0.5`.
    return x.array.sum() - (x.array[0] + x.array[-1]) / 2, lambda g: g * tensor(weights)


@op
def leaky(x):
    """x where it is positive, and a fifth of it elsewhere."""
    # Fix: the two passes need the same slope: 0.2 in both.
    slope = np.where(x.array > 0, 1.0, 0.1).astype(x.dtype)
    return np.where(x.array > 0, x.array, 0.2 * x.array), lambda g: g * tensor(slope)


@op
def third_power(x):
    """The third power of x."""
    # Fix: the derivative of x^3 is 3 x^2: return `g * 3 * x * x`.
    return x.array**3, lambda g: g * 3 * x


@op
def growth(x):
    """The product x * exp(x)."""
    # Fix: by the product rule, both factors have a derivative: return `g * (x.exp() + x * x.exp())`.
    return x.array * np.exp(x.array), lambda g: g * x.exp()


@op
def times(a, b):
    """The product a * b, entry by entry."""
    # Fix: a's closure comes first, and its derivative is b: `lambda g: g * b, lambda g: g * a`.
    return a.array * b.array, lambda g: g * a, lambda g: g * b


@op
def one_below_the_other(a, b):
    """The rows of a, and below them those of b."""
    n = len(a.array)
    # Fix: what b gave begins at row n: `lambda g: g[n:]`.
    return np.concatenate([a.array, b.array]), lambda g: g[:n], lambda g: g[:n]


@op
def sorted_values(x):
    """The entries of x, the smallest first."""
    order = np.argsort(x.array)
    # Fix: the way back is the inverse of the order: return `g[np.argsort(order)]`.
    return x.array[order], lambda g: g


@op
def lower_triangle(x):
    """The lower triangle of a square matrix, and 0 above it."""
    kept = np.tril(np.ones(x.shape, x.dtype))
    # Fix: what was set to 0 has no part in the result: return `g * tensor(kept)`.
    return x.array * kept, lambda g: g


@op
def centred(x):
    """The entries of x without the mean of their row."""
    # Fix: the mean was taken along dimension 1: `g.mean(1, keepdim=True)`.
    return x.array - x.array.mean(axis=1, keepdims=True), lambda g: g - g.mean(0, keepdim=True)


@op
def median_of_rows(x):
    """The median of every row, of an odd number of entries."""
    median = np.median(x.array, axis=1, keepdims=True)
    # Fix: only the entry in the middle has a part in it: `(x.array == median)`.
    share = np.full(x.shape, 1 / x.shape[1]).astype(x.dtype)
    return median[:, 0], lambda g: g.reshape(-1, 1) * tensor(share)


@op
def squashed(x):
    """The hyperbolic tangent of x."""
    # Fix: the derivative is 1 - tanh(x)^2, and tanh(x) is the result: return `g * (1 - y * y)`.
    return np.tanh(x.array), lambda g: g * (1 - x * x)


@op
def powers(x):
    """The squares of five columns, but for column 2: its third powers."""
    third = np.eye(5, dtype=x.dtype)[2]
    y = x.array**2 * (1 - third) + x.array**3 * third
    # Fix: column 2 has another derivative, so add `g * tensor(third) * (3 * x * x - 2 * x)`.
    return y, lambda g: g * 2 * x


@op
def softramp(x):
    """log(1 + exp(x)), computed without an overflow."""
    # Fix: exp(x) is infinite from 710 on; exp(-x) is not: return `g / ((-x).exp() + 1)`.
    return np.logaddexp(0, x.array), lambda g: g * x.exp() / (x.exp() + 1)


kept: dict[tuple[int, ...], np.ndarray] = {}


@op
def stored(x):
    """exp(x), from a store of results to save time."""
    # Fix: the shape does not tell the results of two inputs apart; compute each: `y = np.exp(x.array)`.
    y = kept.setdefault(x.shape, np.exp(x.array))
    return y, lambda g: g * x.exp()


@op
def offset_sum(x):
    """A weighted sum beside a large number; the backward pass has the weights from a table, rounded."""
    weights = (0.5 + 1 / np.arange(1, len(x.array) + 1)).astype(x.dtype)
    rounded = weights.round(6)
    # Fix: use the same numbers in both passes: `g * tensor(weights)`.
    return 1e5 + (x.array * weights).sum(), lambda g: g * tensor(rounded)


@op
def sum_of_rows(x):
    """The sum of every row."""
    # Fix: every entry of a row gets the gradient of its row: `g.reshape(-1, 1).expand(*x.shape)`.
    return x.array.sum(axis=1), lambda g: g


@op
def reciprocal(x):
    """1 / x."""
    # Fix: g is a tensor, no array, and has the dtype of x already: return `-g * y * y`.
    return 1 / x.array, lambda g, y: -g.astype("float64") * y * y


@op
def flattened(x):
    """All entries in one row."""
    # Fix: "K" is the order in memory, which a transposed array changes; use `x.array.reshape(-1)`.
    return x.array.ravel("K"), lambda g: g.reshape(*x.shape)


# code -> the function that gets it, and the inputs to check it with
EXAMPLES = {
    "sign": (minus, (values(4, 5), values(4, 5)[::-1])),
    "factor": (mean_of_rows, (values(4, 5),)),
    "accumulated-twice": (squared, (values(4, 5),)),
    "overwritten": (pick, (values(5),)),
    "not-unbroadcast": (add_bias, (values(4, 5), values(5))),
    "transposed": (product, (values(4, 4), values(4, 4)[::-1])),
    "flipped": (filtered, (values(9), np.array([1.0, 2.0, -0.5]))),
    "shifted": (without_edges, (values(4, 6),)),
    "borders": (blurred, (values(5, 7),)),
    "ties": (
        largest_of_rows,
        (np.array([[1.0, 3.0, 0.5, 3.0], [0.2, -1.0, 2.0, 0.6]]),),
    ),
    "incoming-gradient-ignored": (mean_squared_error, (values(4, 5), values(4, 5)[::-1])),
    "not-linear": (exponential, (values(4, 5),)),
    "jacobian-missing": (softmax_of_rows, (values(4, 5),)),
    "graph-cut": (brightness, (np.abs(values(4, 5)),)),
    "batch-not-summed": (with_bias, (values(4, 5), values(5))),
    "stale": (remembered_square, (values(4, 5),)),
    "dtype-loss": (decay, (values(4, 5),)),
    "not-differentiable-again": (cube, (values(4, 5),)),
    "nondeterministic": (thinned, (np.abs(values(4, 5)),)),
    "input-modified": (positive_part, (values(4, 5),)),
    "one-entry": (trapezoid, (values(12),)),
    "region": (leaky, (values(4, 5),)),
    "missing-factor": (third_power, (values(4, 5),)),
    "dropped-term": (growth, (values(4, 5),)),
    "swapped": (times, (values(4, 5), values(4, 5)[::-1])),
    "wrong-input": (one_below_the_other, (values(3, 4), values(3, 4)[::-1])),
    "misplaced": (sorted_values, (values(7),)),
    "mask": (lower_triangle, (values(5, 5),)),
    "wrong-axis": (centred, (values(4, 5),)),
    "wrong-shares": (median_of_rows, (values(4, 5),)),
    "wrong-formula": (squashed, (values(4, 5),)),
    "some-lines": (powers, (values(4, 5),)),
    "not-finite": (softramp, (np.array([-1.5, 0.5, 2.0, 800.0]),)),
    "no-slope": (stored, (values(4, 5),)),
    "diffuse": (offset_sum, (values(1000) + 0.052,)),
    "wrong-shape": (sum_of_rows, (values(4, 5),)),
    "backward-raised": (reciprocal, (values(4, 5),)),
    "memory-layout": (flattened, (values(4, 5),)),
}

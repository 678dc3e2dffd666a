"""What every operation computes, written a second time: plain loops and the plainest numpy, on arrays.

Nothing here comes from the package, nothing is clever, and nothing is fast.
"""

import math

import numpy as np
import references_groups as groups
import references_pictures as pictures


def elementwise(function, *arrays):
    """Apply a function of Python numbers to every value."""
    arrays = np.broadcast_arrays(*arrays)
    values = [function(*(float(a[place]) for a in arrays)) for place in np.ndindex(arrays[0].shape)]
    return np.array(values).reshape(arrays[0].shape)


def matmul(a, b):
    front = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = np.broadcast_to(a, front + a.shape[-2:]), np.broadcast_to(b, front + b.shape[-2:])
    y = np.zeros((*front, a.shape[-2], b.shape[-1]))
    for place in np.ndindex(y.shape):
        *batch, i, j = place
        y[place] = sum(a[*batch, i, k] * b[*batch, k, j] for k in range(a.shape[-1]))
    return y


def linear(x, w, b=None):
    y = np.zeros((*x.shape[:-1], w.shape[0]))
    for place in np.ndindex(y.shape):
        y[place] = sum(x[*place[:-1], k] * w[place[-1], k] for k in range(w.shape[1]))
        y[place] += 0 if b is None else b[place[-1]]
    return y


def linear_weight(g, x):
    y = np.zeros((g.shape[-1], x.shape[-1]))
    for place in np.ndindex(g.shape[:-1]):
        for o in range(y.shape[0]):
            y[o] += g[*place, o] * x[place]
    return y


def rows(function, x, dim):
    """Apply a function of one-dimensional arrays along a dimension."""
    y = np.zeros(x.shape)
    moved, target = np.moveaxis(x, dim, -1), np.moveaxis(y, dim, -1)
    for place in np.ndindex(moved.shape[:-1]):
        target[place] = function(moved[place])
    return y


def softmax_row(row):
    e = np.exp(row - row.max()) if row.size else row
    return e / e.sum()


def logsumexp_row(row):
    top = max(row, default=0.0)
    return top + np.log(sum(np.e ** (v - top) for v in row)) if len(row) else -np.inf


def recurrence(a, b, *, dim, reverse=False):
    y = np.zeros(a.shape)
    for place in list(np.ndindex(a.shape))[:: -1 if reverse else 1]:
        before = (*place[:dim], place[dim] + (1 if reverse else -1), *place[dim + 1 :])
        y[place] = b[place] + (a[place] * y[before] if 0 <= before[dim] < a.shape[dim] else 0.0)
    return y


def reduced(function, x, dim, keepdim):
    """Apply a function of lists of numbers to what lies along some dimensions."""
    kept = [d for d in range(x.ndim) if d not in dim]
    flat = x.transpose(*kept, *dim).reshape([x.shape[d] for d in kept] + [-1 if x.size else 0])
    y = np.zeros([x.shape[d] for d in kept])
    for place in np.ndindex(y.shape):
        y[place] = function(flat[place].tolist())
    return y.reshape([1 if d in dim else n for d, n in enumerate(x.shape)]) if keepdim else y


def sum_to(x, *, shape):
    y = np.zeros(shape)
    ahead = x.ndim - len(shape)
    for place in np.ndindex(x.shape):
        y[tuple(i if n > 1 else 0 for i, n in zip(place[ahead:], shape, strict=True))] += x[place]
    return y


def index_add(x, *, index, shape):
    y = np.zeros(shape)
    numbers = np.arange(y.size).reshape(shape)[index]  # which entry each value goes to
    for place in np.ndindex(x.shape):
        y.reshape(-1)[numbers[place]] += x[place]
    return y


def gather(x, *, dim, index):
    y = np.zeros(index.shape)
    for place in np.ndindex(index.shape):
        y[place] = x[*place[:dim], index[place], *place[dim + 1 :]]
    return y


def scatter_add(x, *, dim, index, shape):
    y = np.zeros(shape)
    for place in np.ndindex(index.shape):
        y[*place[:dim], index[place], *place[dim + 1 :]] += x[place]
    return y


def pad(x, *, padding, value=0.0):
    y = np.full([before + n + after for n, (before, after) in zip(x.shape, padding, strict=True)], value)
    for place in np.ndindex(x.shape):
        y[tuple(i + before for i, (before, _) in zip(place, padding, strict=True))] = x[place]
    return y


def reshape(x, *, shape):
    y = np.zeros(shape)
    for from_, to in zip(np.ndindex(x.shape), np.ndindex(y.shape), strict=True):
        y[to] = x[from_]
    return y


def permute(x, *, dims):
    y = np.zeros([x.shape[d] for d in dims])
    for place in np.ndindex(y.shape):
        before = [0] * x.ndim
        for d, i in zip(dims, place, strict=True):
            before[d] = i
        y[place] = x[tuple(before)]
    return y


def concat(*xs, dim):
    size = list(xs[0].shape)
    size[dim] = sum(x.shape[dim] for x in xs)
    y, start = np.zeros(size), 0
    for x in xs:
        for place in np.ndindex(x.shape):
            y[*place[:dim], place[dim] + start, *place[dim + 1 :]] = x[place]
        start += x.shape[dim]
    return y


def soft_cross_entropy(x, *, target):
    y = np.zeros((x.shape[0], *x.shape[2:]))
    for place in np.ndindex(y.shape):
        row, weight = x[place[0], :, *place[1:]], target[place[0], :, *place[1:]]
        p = softmax_row(row)
        y[place] = -sum(t * np.log(q) for t, q in zip(weight, p, strict=True) if t)
    return y


def clip_one(v, low, high):
    v = low if low is not None and v < low else v
    return high if high is not None and v > high else v


REFERENCES = {
    "abs": lambda x: elementwise(lambda v: v if v > 0 else -v, x),
    "add": lambda a, b: elementwise(lambda v, w: v + w, a, b),
    "amax": lambda x, *, dim, keepdim=False: reduced(max, x, dim, keepdim),
    "atan2": lambda a, b: elementwise(math.atan2, a, b),
    "avg_pool2d": pictures.avg_pool2d,
    "avg_pool2d_input": pictures.avg_pool2d_input,
    "binary_cross_entropy": lambda x, t: elementwise(
        lambda v, w: -w * np.log(v) - (1 - w) * np.log(1 - v), x, t
    ),
    "cast": lambda x, *, dtype: x,
    "clip": lambda x, *, min=None, max=None: elementwise(lambda v: clip_one(v, min, max), x),
    "concat": concat,
    "conv2d": pictures.conv2d,
    "conv2d_input": pictures.conv2d_input,
    "conv2d_weight": pictures.conv2d_weight,
    "cos": lambda x: elementwise(math.cos, x),
    "cumprod": lambda x, *, dim: rows(lambda row: [math.prod(row[: i + 1]) for i in range(len(row))], x, dim),
    "cumsum": lambda x, *, dim, reverse=False: rows(
        lambda row: [sum(row[i:] if reverse else row[: i + 1]) for i in range(len(row))], x, dim
    ),
    "div": lambda a, b: elementwise(lambda v, w: v / w, a, b),
    "erf": lambda x: elementwise(math.erf, x),
    "erfc": lambda x: elementwise(math.erfc, x),
    "exp": lambda x: elementwise(lambda v: np.e**v, x),
    "expand": lambda x, *, shape: np.zeros(shape) + x,
    "expm1": lambda x: elementwise(lambda v: np.e**v - 1, x),
    "gate": lambda x, *, where_positive: elementwise(lambda v, w: v if w > 0 else 0.0, x, where_positive),
    "gather": gather,
    "getitem": lambda x, *, index: np.array(x.tolist()).reshape(x.shape)[index],
    "huber": lambda x, *, delta: elementwise(
        lambda v: v * v / 2 if -delta < v < delta else delta * (v if v > 0 else -v) - delta * delta / 2, x
    ),
    "index_add": index_add,
    "linear": linear,
    "linear_input": lambda g, w: linear(g, w.T),
    "linear_weight": linear_weight,
    "log": lambda x: elementwise(lambda v: np.log2(v) / np.log2(np.e), x),
    "log1p": lambda x: elementwise(lambda v: np.log2(1 + v) / np.log2(np.e), x),
    "log_softmax": lambda x, *, dim: rows(lambda row: np.log(softmax_row(row)), x, dim),
    "logcumsumexp": lambda x, *, dim: rows(
        lambda row: [logsumexp_row(row[: i + 1]) for i in range(len(row))], x, dim
    ),
    "logsumexp": lambda x, *, dim, keepdim=False: reduced(logsumexp_row, x, dim, keepdim),
    "matmul": matmul,
    "max_pool2d": pictures.max_pool2d,
    "max_unpool2d": pictures.max_unpool2d,
    "maximum": lambda a, b: elementwise(lambda v, w: v if v > w else w, a, b),
    "mean": lambda x, *, dim, keepdim=False: reduced(
        lambda values: sum(values) / len(values), x, dim, keepdim
    ),
    "minimum": lambda a, b: elementwise(lambda v, w: v if v < w else w, a, b),
    "mul": lambda a, b: elementwise(lambda v, w: v * w, a, b),
    "neg": lambda x: elementwise(lambda v: -v, x),
    "normalise": groups.normalise,
    "normalise_input": groups.normalise_input,
    "normalise_weight": groups.normalise_weight,
    "pad": pad,
    "permute": permute,
    "pool_put": pictures.pool_put,
    "pool_take": pictures.pool_take,
    "pow": lambda a, b: elementwise(lambda v, w: v**w, a, b),
    "recurrence": recurrence,
    "relu": lambda x: elementwise(lambda v: v if v > 0 else 0.0, x),
    "remainder": lambda a, b: elementwise(lambda v, w: v - w * math.floor(v / w), a, b),
    "resample": groups.resample,
    "reshape": reshape,
    "scatter_add": scatter_add,
    "select": lambda a, b, *, condition: elementwise(lambda c, v, w: v if c else w, condition, a, b),
    "sigmoid": lambda x: elementwise(lambda v: 1 / (1 + np.e**-v), x),
    "sin": lambda x: elementwise(math.sin, x),
    "soft_cross_entropy": soft_cross_entropy,
    "softmax": lambda x, *, dim: rows(softmax_row, x, dim),
    "softplus": lambda x, *, beta=1.0, threshold=20.0: elementwise(
        lambda v: v if beta * v > threshold else np.log(1 + np.e ** (beta * v)) / beta, x
    ),
    "sqrt": lambda x: elementwise(lambda v: v**0.5, x),
    "sub": lambda a, b: elementwise(lambda v, w: v - w, a, b),
    "sum": lambda x, *, dim, keepdim=False: reduced(sum, x, dim, keepdim),
    "sum_to": sum_to,
    "tanh": lambda x: elementwise(lambda v: 1 - 2 / (np.e ** (2 * v) + 1), x),
}

"""Normalisation and resampling in plain loops."""

import numpy as np


def groups(shape, dim):
    """Yield an index of each group: slices along dim, numbers elsewhere."""
    kept = [1 if d in dim else n for d, n in enumerate(shape)]
    for place in np.ndindex(*kept):
        yield tuple(slice(None) if d in dim else i for d, i in enumerate(place))


def normalise(x, w=None, b=None, *, dim, eps):
    y = np.zeros(x.shape)
    for group in groups(x.shape, dim):
        values = x[group]
        mean = sum(values.reshape(-1).tolist()) / max(values.size, 1)
        variance = sum((v - mean) ** 2 for v in values.reshape(-1).tolist()) / max(values.size, 1)
        y[group] = (values - mean) / (variance + eps) ** 0.5
    return y * (1 if w is None else w) + (0 if b is None else b)


def jacobian(x, eps):
    """The derivatives of one normalised group, entry by entry."""
    n, unit = x.size, normalise(x, dim=(0,), eps=eps)
    scale = (sum((v - sum(x) / n) ** 2 for v in x) / n + eps) ** -0.5
    y = np.zeros((n, n))
    for i, j in np.ndindex(n, n):
        y[i, j] = scale * ((i == j) - 1 / n - unit[i] * unit[j] / n)
    return y


def normalise_input(g, x, w=None, *, dim, eps):
    y, u = np.zeros(x.shape), g * (1 if w is None else w)
    for group in groups(x.shape, dim):
        values = x[group].reshape(-1)
        y[group] = (
            (u[group].reshape(-1) @ jacobian(values, eps)).reshape(x[group].shape) if values.size else 0
        )
    return y


def normalise_weight(g, x, *, shape, dim, eps):
    product = g * normalise(x, dim=dim, eps=eps)
    y = np.zeros(shape)
    for place in np.ndindex(*x.shape):
        y[tuple(i if n > 1 else 0 for i, n in zip(place, shape, strict=True))] += product[place]
    return y


def resample(x, *, dim, size, to, source, weight):
    y = np.zeros((*x.shape[:dim], size, *x.shape[dim + 1 :]))
    ahead = (slice(None),) * dim
    for t, s, v in zip(to, source, weight, strict=True):
        y[(*ahead, t)] += v * x[(*ahead, s)]
    return y

"""Operations that move values and do no arithmetic on them, with the adjoint of each: what was repeated is
summed."""

import numpy as np

from .. import kernels
from ..core import op


@op
def reshape(x, *, shape):
    r""":math:`y` holds the values of :math:`x` in the same logical order under another shape; so
    :math:`\bar x` is :math:`\bar y` in the old one."""
    before = x.array.shape

    def grad_x(g):
        return reshape(g, shape=before)

    return kernels.reshape(x.array, shape), grad_x


@op
def permute(x, *, dims):
    r""":math:`y_{i_{d_0} i_{d_1} \dots} = x_{i_0 i_1 \dots}`; :math:`\bar x` is :math:`\bar y` under the
    inverse order of dimensions."""
    inverse = tuple(np.argsort(dims).tolist())

    def grad_x(g):
        return permute(g, dims=inverse)

    return np.transpose(x.array, dims), grad_x


@op
def sum_to(x, *, shape):
    r""":math:`y` sums :math:`x` down to a shape that broadcasts to it, so :math:`\bar x` repeats
    :math:`\bar y`: the adjoint of `expand`."""
    before = x.array.shape
    ahead = len(before) - len(shape)
    dims = tuple(d for d, n in enumerate(before) if d < ahead or shape[d - ahead] != n)

    def grad_x(g):
        return expand(g, shape=before)

    return np.add.reduce(x.array, axis=dims).reshape(shape), grad_x


@op
def expand(x, *, shape):
    r""":math:`y` repeats :math:`x` along dimensions of size 1 or new ones, so :math:`\bar x` sums
    :math:`\bar y` over them."""
    before = x.array.shape

    def grad_x(g):
        return sum_to(g, shape=before)

    return np.broadcast_to(x.array, shape), grad_x


@op
def getitem(x, *, index):
    r""":math:`y = x[index]`, so :math:`\bar x` is zero but for :math:`\bar x[index]`, where the
    :math:`\bar y` of equal places add up."""
    shape = x.array.shape

    def grad_x(g):
        return index_add(g, index=index, shape=shape)

    return x.array[index], grad_x


@op
def index_add(x, *, index, shape):
    r""":math:`y[index]` collects :math:`x`, sums where places repeat, and is zero elsewhere: the adjoint of
    `getitem`."""

    def grad_x(g):
        return getitem(g, index=index)

    y = np.zeros(shape, x.array.dtype)
    if never_repeats(index):
        y[index] = x.array
    else:
        np.add.at(y, index, x.array)
    return y, grad_x


def never_repeats(index):
    """Say whether an index is made of slices, integers, None, ``...`` and masks only, so that no place can
    repeat."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None
        or part is ...
        or isinstance(part, slice | int)
        or (isinstance(part, np.ndarray) and part.dtype == np.bool_)
        for part in parts
    )


@op
def gather(x, *, dim, index):
    r""":math:`y_{i} = x_{index_i}` along one dimension; :math:`\bar x` is zero but for the picked places,
    where :math:`\bar y` adds up."""
    shape = x.array.shape

    def grad_x(g):
        return scatter_add(g, dim=dim, index=index, shape=shape)

    return np.take_along_axis(x.array, index, axis=dim), grad_x


@op
def scatter_add(x, *, dim, index, shape):
    r""":math:`y_{index_i}` collects :math:`x_i` along one dimension and is zero elsewhere: the adjoint of
    `gather`."""

    def grad_x(g):
        return gather(g, dim=dim, index=index)

    y = np.zeros(shape, x.array.dtype)
    places = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    places[dim] = index
    np.add.at(y, tuple(places), x.array)
    return y, grad_x


@op
def pad(x, *, padding, value=0.0):
    r""":math:`y` surrounds :math:`x` with a constant: ``padding`` gives (before, after) per dimension;
    :math:`\bar x` is the inside of :math:`\bar y`."""
    sizes = tuple(before + n + after for (before, after), n in zip(padding, x.array.shape, strict=True))
    inside = tuple(slice(before, before + n) for (before, _), n in zip(padding, x.array.shape, strict=True))

    def grad_x(g):
        return getitem(g, index=inside)

    y = np.full_like(x.array, value, shape=sizes)
    y[inside] = x.array
    return y, grad_x


@op
def concat(*xs, dim):
    r""":math:`y` is :math:`x_0, x_1, \dots` one after the other along a dimension; :math:`\bar x_k` is its
    piece of :math:`\bar y`."""
    ends = np.cumsum([x.array.shape[dim] for x in xs]).tolist()

    def piece(start, end):
        place = (slice(None),) * dim + (slice(start, end),)
        return lambda g: getitem(g, index=place)

    grads = [piece(start, end) for start, end in zip([0, *ends], ends, strict=False)]
    return np.concatenate([x.array for x in xs], axis=dim), *grads


@op
def cast(x, *, dtype):
    r""":math:`y = x` in another precision; :math:`\bar x` is :math:`\bar y` in the precision of :math:`x`."""
    before = x.array.dtype

    def grad_x(g):
        return cast(g, dtype=before)

    return x.array.astype(dtype), grad_x

"""Sums of weighted places along one dimension: resizing, windows, and the adjoints of both."""

from .. import kernels
from ..core import op


@op
def resample(x, *, dim, size, to, source, weight):
    r""":math:`y_{to_k} \mathrel{+}= weight_k\, x_{source_k}` along dim for every k, into zeros of ``size``;
    the adjoint is the same with to and source swapped."""
    before = x.array.shape[dim]

    def grad_x(g):
        return resample(g, dim=dim, size=before, to=source, source=to, weight=weight)

    return kernels.resample(x.array, dim=dim, size=size, to=to, source=source, weight=weight), grad_x

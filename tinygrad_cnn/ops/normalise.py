"""Normalisation of groups of values, and the gradients that come with it.

Each group has mean 0 and variance 1 afterwards. With :math:`\\hat x = (x - \\mu)\\,r`, where
:math:`r = 1 / \\sqrt{\\sigma^2 + eps}`, the derivative of :math:`\\hat x` is the symmetric matrix
:math:`J = r\\,(I - \\tfrac{1}{n} 1 1^T - \\tfrac{1}{n} \\hat x \\hat x^T)`.
"""

from .. import kernels
from ..core import op
from .arithmetic import add, div, mul, neg, sub
from .elementwise import sqrt
from .reduce import sum
from .shape import expand, sum_to


@op
def normalise(x, w=None, b=None, *, dim, eps, known=None):
    r""":math:`y = \hat x\,w + b`, where each group along dim of :math:`\hat x` has mean 0 and variance 1
    (with eps); :math:`\bar x = J (\bar y w)`, :math:`\bar w = \sum \bar y \hat x`,
    :math:`\bar b = \sum \bar y`."""
    m = kernels.moments(x.array, dim, eps, known)
    setting = {"dim": dim, "eps": eps, "known": m}

    def grad_x(g):
        return normalise_input(g, x, w, **setting)

    def grad_w(g):
        return normalise_weight(g, x, shape=w.array.shape, **setting)

    def grad_b(g):
        return sum_to(g, shape=b.array.shape)

    y = kernels.normalise(m, None if w is None else w.array, None if b is None else b.array)
    return y, grad_x, grad_w, grad_b


@op
def normalise_input(g, x, w=None, *, dim, eps, known=None):
    r""":math:`y = J u` with :math:`u = g w`: the gradient of `normalise` by x. J is symmetric, so
    :math:`\bar g = w J \bar y`; and :math:`\bar x = -\tfrac{r}{n} (\hat x\,\bar y^T J u +
    (\hat x^T u) J \bar y + (\hat x^T \bar y) J u)`."""
    m = kernels.moments(x.array, dim, eps, known)
    setting = {"dim": dim, "eps": eps, "known": m}

    def weighted(h):
        return h if w is None else mul(h, w)

    def grad_g(h):
        return weighted(normalise_input(h, x, **setting))

    def grad_x(h):
        u, unit = weighted(g), normalise(x, **setting)
        by_u, by_h = normalise_input(u, x, **setting), normalise_input(h, x, **setting)
        three = [mul(unit, _over(mul(h, by_u), dim)), mul(by_h, _over(mul(unit, u), dim))]
        three.append(mul(by_u, _over(mul(unit, h), dim)))
        return neg(mul(add(add(three[0], three[1]), three[2]), div(_scale(x, dim, eps, m.n), m.n)))

    def grad_w(h):
        return sum_to(mul(g, normalise_input(h, x, **setting)), shape=w.array.shape)

    y = kernels.normalise_input(g.array, m, None if w is None else w.array)
    return y, grad_g, grad_x, grad_w


@op
def normalise_weight(g, x, *, shape, dim, eps, known=None):
    r""":math:`y = \sum g \hat x`, summed down to a shape: the gradient of `normalise` by its weight;
    :math:`\bar g = \bar y \hat x`, :math:`\bar x = J (\bar y g)`."""
    m = kernels.moments(x.array, dim, eps, known)
    setting = {"dim": dim, "eps": eps, "known": m}
    before = x.array.shape

    def grad_g(h):
        return mul(expand(h, shape=before), normalise(x, **setting))

    def grad_x(h):
        return normalise_input(mul(g, expand(h, shape=before)), x, **setting)

    return kernels.normalise_weight(g.array, m, shape), grad_g, grad_x


def _over(x, dim):
    return sum(x, dim=dim, keepdim=True)


def _scale(x, dim, eps, n):
    """Compute r in operations, for derivatives of derivatives."""
    centred = sub(x, div(_over(x, dim), n))
    return div(1.0, sqrt(add(div(_over(mul(centred, centred), dim), n), eps)))

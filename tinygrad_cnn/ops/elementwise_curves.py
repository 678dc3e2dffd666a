"""More functions of every value: angles, those that are exact near 0, the error function, softplus."""

import math

import numpy as np

from .. import kernels
from ..core import op
from .arithmetic import add, div, mul, neg, select, unbroadcast
from .elementwise import clip, exp, real, sigmoid


@op
def sin(x):
    r""":math:`y = \sin x`, so :math:`\bar x = \bar y \cos x`."""

    def grad_x(g):
        return mul(g, cos(x))

    return np.sin(real(x.array)), grad_x


@op
def cos(x):
    r""":math:`y = \cos x`, so :math:`\bar x = -\bar y \sin x`."""

    def grad_x(g):
        return neg(mul(g, sin(x)))

    return np.cos(real(x.array)), grad_x


@op
def atan2(a, b):
    r""":math:`y` is the angle of the point (b, a), so :math:`\bar a = \bar y\,b / (a^2 + b^2)` and
    :math:`\bar b = -\bar y\,a / (a^2 + b^2)`; both are 0 at (0, 0)."""
    a_shape, b_shape = a.array.shape, b.array.shape

    def square_of_distance():
        origin = (a.array == 0) & (b.array == 0)
        return select(1.0, add(mul(a, a), mul(b, b)), condition=origin)

    def grad_a(g):
        return unbroadcast(mul(g, div(b, square_of_distance())), a_shape)

    def grad_b(g):
        return unbroadcast(neg(mul(g, div(a, square_of_distance()))), b_shape)

    return np.arctan2(real(a.array), real(b.array)), grad_a, grad_b


@op
def log1p(x):
    r""":math:`y = \ln(1 + x)`, exact near 0, so :math:`\bar x = \bar y / (1 + x)`."""

    def grad_x(g):
        return div(g, add(x, 1.0))

    return np.log1p(real(x.array)), grad_x


@op
def expm1(x):
    r""":math:`y = e^x - 1`, exact near 0, so :math:`\bar x = \bar y\,e^x`, which y + 1 would round away for
    small :math:`e^x`."""

    def grad_x(g):
        return mul(g, exp(x))

    return np.expm1(real(x.array)), grad_x


@op
def erf(x):
    r""":math:`y = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2} dt`, so
    :math:`\bar x = \bar y\,\frac{2}{\sqrt\pi} e^{-x^2}`."""

    def grad_x(g):
        return mul(g, bell(x))

    return kernels.erf(real(x.array)), grad_x


@op
def erfc(x):
    r""":math:`y = 1 - \mathrm{erf}(x)`, exact where it is small, so
    :math:`\bar x = -\bar y\,\frac{2}{\sqrt\pi} e^{-x^2}`."""

    def grad_x(g):
        return neg(mul(g, bell(x)))

    return kernels.erfc(real(x.array)), grad_x


def bell(x):
    """The derivative of erf; from |x| = 30 on it is 0 also in float64, and squares need not overflow."""
    near = clip(x, min=-30.0, max=30.0)
    return mul(exp(neg(mul(near, near))), 2 / math.sqrt(math.pi))


@op
def softplus(x, *, beta=1.0, threshold=20.0):
    r""":math:`y = \ln(1 + e^{\beta x}) / \beta`, and x where :math:`\beta x` is larger than a threshold, so
    :math:`\bar x = \bar y / (1 + e^{-\beta x})`, and :math:`\bar y` there; computed without overflow."""

    def grad_x(g):
        linear = x.array * beta > threshold
        return mul(g, select(1.0, sigmoid(mul(x, beta)), condition=linear))

    v = real(x.array)
    z = v * beta
    soft = (np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))) / beta
    return np.where(z > threshold, v, soft), grad_x

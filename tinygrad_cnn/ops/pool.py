"""Pooling. Max pooling picks entries: `pool_put` puts them back, `pool_take` picks the same places again."""

from .. import kernels
from ..core import op
from .shape import gather, reshape


@op("x: N C H W")
def max_pool2d(x, *, kernel_size, stride, padding, dilation, ceil_mode=False):
    r""":math:`y_{nchw} = \max_{ij} x_{n,c,sh+di,sw+dj}`, padded with :math:`-\infty`; :math:`\bar y` goes
    to the first largest entry of its window."""
    setting = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    size = x.shape[2:]
    y, picked = kernels.max_pool2d(x.array, ceil_mode=ceil_mode, **setting)

    def grad_x(g):
        return pool_put(g, picked=picked, size=size, **setting)

    return y, grad_x


@op("x: N C OH OW")
def pool_put(x, *, picked, size, kernel_size, stride, padding, dilation):
    r"""Adds each value to the place that its window picked in an image of zeros,
    :math:`y_{picked_p} \mathrel{+}= x_p`: the adjoint of `pool_take`."""
    setting = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}

    def grad_x(g):
        return pool_take(g, picked=picked, **setting)

    return kernels.pool_put(x.array, picked, size=size, **setting), grad_x


@op("x: N C H W")
def pool_take(x, *, picked, kernel_size, stride, padding, dilation):
    r"""Reads from each window the place that was picked, :math:`y_p = x_{picked_p}`: the adjoint of
    `pool_put`."""
    setting = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    size = x.shape[2:]

    def grad_x(g):
        return pool_put(g, picked=picked, size=size, **setting)

    return kernels.pool_take(x.array, picked, **setting), grad_x


@op("x: N C OH OW")
def max_unpool2d(x, *, places, size):
    r""":math:`y_{places_p} = x_p` in an image of zeros; :math:`\bar x_p` is :math:`\bar y_{places_p}`. Of
    values at one place, the last stays and each gets the gradient, as in PyTorch."""
    shape, flat = x.shape, places.reshape(*x.shape[:2], x.shape[2] * x.shape[3])

    def grad_x(g):
        planes = reshape(g, shape=(*shape[:2], size[0] * size[1]))
        return reshape(gather(planes, dim=2, index=flat), shape=shape)

    return kernels.unpool(x.array, places, size), grad_x


@op("x: N C H W")
def avg_pool2d(x, *, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    r""":math:`y_{nchw} = \frac{1}{d} \sum_{ij} x_{n,c,sh+i,sw+j}`, where d counts the window; its adjoint
    is `avg_pool2d_input`."""
    setting = {
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "ceil_mode": ceil_mode,
        "count_include_pad": count_include_pad,
        "divisor_override": divisor_override,
    }
    size = x.shape[2:]

    def grad_x(g):
        return avg_pool2d_input(g, size=size, **setting)

    return kernels.avg_pool2d(x.array, **setting), grad_x


@op("x: N C OH OW")
def avg_pool2d_input(
    x, *, size, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
):
    r"""Spreads each value evenly over its window, :math:`y_{n,c,sh+i,sw+j} \mathrel{+}= x_{nchw} / d`: the
    adjoint of `avg_pool2d`."""
    setting = {
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "ceil_mode": ceil_mode,
        "count_include_pad": count_include_pad,
        "divisor_override": divisor_override,
    }

    def grad_x(g):
        return avg_pool2d(g, **setting)

    return kernels.avg_pool2d_input(x.array, size=size, **setting), grad_x

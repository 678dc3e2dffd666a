"""Convolution and its two adjoints. The three are each other's derivatives, so that every order exists.

Settings arrive normalised from `functional`: pairs (vertical, horizontal), and padding as ((top, bottom),
(left, right)).
"""

from .. import kernels
from ..core import op
from .reduce import sum


@op("x: N C H W; w: O C/groups kh kw; b: O")
def conv2d(x, w, b=None, *, stride, padding, dilation, groups):
    r"""Cross-correlation, :math:`y_{nohw} = b_o + \sum_{cij} x_{n,c,sh+di,sw+dj}\,w_{ocij}` (x padded with
    zeros).

    Each of :math:`\bar x` and :math:`\bar w` is an operation of its own, below;
    :math:`\bar b_o = \sum_{nhw} \bar y_{nohw}`.
    """
    setting = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x_size, w_size = x.shape[2:], w.shape[2:]  # so that grad_x does not keep x alive, nor grad_w w

    def grad_x(g):
        return conv2d_input(g, w, size=x_size, **setting)

    def grad_w(g):
        return conv2d_weight(g, x, size=w_size, **setting)

    def grad_b(g):
        return sum(g, dim=(0, 2, 3))

    return kernels.conv2d(x.array, w.array, None if b is None else b.array, **setting), grad_x, grad_w, grad_b


@op("g: N O OH OW; w: O c kh kw")
def conv2d_input(g, w, *, size, stride, padding, dilation, groups):
    r"""The adjoint of `conv2d` in x, :math:`y_{n,c,sh+di,sw+dj} \mathrel{+}= g_{nohw}\,w_{ocij}`; also the
    transposed convolution."""
    setting = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    w_size = w.shape[2:]

    def grad_g(h):
        return conv2d(h, w, **setting)

    def grad_w(h):
        return conv2d_weight(g, h, size=w_size, **setting)

    return kernels.conv2d_input(g.array, w.array, size=size, **setting), grad_g, grad_w


@op("g: N O OH OW; x: N C H W")
def conv2d_weight(g, x, *, size, stride, padding, dilation, groups):
    r"""The adjoint of `conv2d` in w, :math:`y_{ocij} = \sum_{nhw} g_{nohw}\,x_{n,c,sh+di,sw+dj}`."""
    setting = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x_size = x.shape[2:]

    def grad_g(h):
        return conv2d(x, h, **setting)

    def grad_x(h):
        return conv2d_input(g, h, size=x_size, **setting)

    return kernels.conv2d_weight(g.array, x.array, size=size, **setting), grad_g, grad_x

"""Everything that computes on tensors, under PyTorch's names: arguments are checked here, derivatives live
in `ops`."""

from ..ops import abs, add, div, exp, log, maximum, minimum, mul, neg, pow, sqrt, sub
from . import methods
from .activation import dropout, log_softmax, relu, sigmoid, softmax, tanh
from .conv import conv2d, conv_transpose2d
from .create import arange, full, ones, rand, randn, zeros
from .derivatives import hessian, hvp, jacobian, jvp, vhp, vjp
from .elementwise import clip, where
from .linear import linear, matmul
from .loss import cross_entropy, mse_loss, nll_loss
from .normalise import batch_norm
from .pool import avg_pool2d, max_pool2d
from .reduce import amax, argmax, max, mean, sum, var
from .shape import (
    cat,
    expand,
    flatten,
    gather,
    getitem,
    pad,
    permute,
    reshape,
    squeeze,
    stack,
    transpose,
    unsqueeze,
)

clamp = clip
concat = cat

methods.install()

__all__ = [
    "abs",
    "add",
    "amax",
    "arange",
    "argmax",
    "avg_pool2d",
    "batch_norm",
    "cat",
    "clamp",
    "clip",
    "concat",
    "conv2d",
    "conv_transpose2d",
    "cross_entropy",
    "div",
    "dropout",
    "exp",
    "expand",
    "flatten",
    "full",
    "gather",
    "getitem",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "linear",
    "log",
    "log_softmax",
    "matmul",
    "max",
    "max_pool2d",
    "maximum",
    "mean",
    "minimum",
    "mse_loss",
    "mul",
    "neg",
    "nll_loss",
    "ones",
    "pad",
    "permute",
    "pow",
    "rand",
    "randn",
    "relu",
    "reshape",
    "sigmoid",
    "softmax",
    "sqrt",
    "squeeze",
    "stack",
    "sub",
    "sum",
    "tanh",
    "transpose",
    "unsqueeze",
    "var",
    "vhp",
    "vjp",
    "where",
    "zeros",
]

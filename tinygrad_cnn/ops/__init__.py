"""The operations: each is a value and its backward closures, on tensors, with settings already normalised.

Within this folder the files build on each other in this order: shape, arithmetic, reduce, elementwise, then
the rest.
"""

from .arithmetic import add, div, maximum, minimum, mul, neg, remainder, select, sub
from .conv import conv2d, conv2d_input, conv2d_weight
from .elementwise import abs, clip, exp, gate, log, pow, relu, sigmoid, sqrt, tanh
from .elementwise_curves import atan2, cos, erf, erfc, expm1, log1p, sin, softplus
from .linear import linear, linear_input, linear_weight, matmul
from .loss import binary_cross_entropy, huber, log_softmax, logsumexp, soft_cross_entropy, softmax
from .normalise import normalise, normalise_input, normalise_weight
from .pool import avg_pool2d, avg_pool2d_input, max_pool2d, max_unpool2d, pool_put, pool_take
from .reduce import amax, mean, sum
from .resample import resample
from .scan import cumprod, cumsum, logcumsumexp, recurrence
from .shape import (
    cast,
    concat,
    expand,
    gather,
    getitem,
    index_add,
    pad,
    permute,
    reshape,
    scatter_add,
    sum_to,
)

__all__ = [
    "abs",
    "add",
    "amax",
    "atan2",
    "avg_pool2d",
    "avg_pool2d_input",
    "binary_cross_entropy",
    "cast",
    "clip",
    "concat",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "cos",
    "cumprod",
    "cumsum",
    "div",
    "erf",
    "erfc",
    "exp",
    "expand",
    "expm1",
    "gate",
    "gather",
    "getitem",
    "huber",
    "index_add",
    "linear",
    "linear_input",
    "linear_weight",
    "log",
    "log1p",
    "log_softmax",
    "logcumsumexp",
    "logsumexp",
    "matmul",
    "max_pool2d",
    "max_unpool2d",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "normalise",
    "normalise_input",
    "normalise_weight",
    "pad",
    "permute",
    "pool_put",
    "pool_take",
    "pow",
    "recurrence",
    "relu",
    "remainder",
    "resample",
    "reshape",
    "scatter_add",
    "select",
    "sigmoid",
    "sin",
    "soft_cross_entropy",
    "softmax",
    "softplus",
    "sqrt",
    "sub",
    "sum",
    "sum_to",
    "tanh",
]

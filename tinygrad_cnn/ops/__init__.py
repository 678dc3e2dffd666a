"""The operations: each is a value and its backward closures, on tensors, with settings already normalised.

Within this folder the files build on each other in this order: shape, arithmetic, reduce, elementwise, then
the rest.
"""

from .arithmetic import add, div, maximum, minimum, mul, neg, select, sub
from .conv import conv2d, conv2d_input, conv2d_weight
from .elementwise import abs, clip, exp, gate, log, pow, relu, sigmoid, sqrt, tanh
from .linear import linear, linear_input, linear_weight, matmul
from .loss import log_softmax, soft_cross_entropy, softmax
from .pool import avg_pool2d, avg_pool2d_input, max_pool2d, pool_put, pool_take
from .reduce import amax, mean, sum
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
    "avg_pool2d",
    "avg_pool2d_input",
    "cast",
    "clip",
    "concat",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "div",
    "exp",
    "expand",
    "gate",
    "gather",
    "getitem",
    "index_add",
    "linear",
    "linear_input",
    "linear_weight",
    "log",
    "log_softmax",
    "matmul",
    "max_pool2d",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "pad",
    "permute",
    "pool_put",
    "pool_take",
    "pow",
    "relu",
    "reshape",
    "scatter_add",
    "select",
    "sigmoid",
    "soft_cross_entropy",
    "softmax",
    "sqrt",
    "sub",
    "sum",
    "sum_to",
    "tanh",
]

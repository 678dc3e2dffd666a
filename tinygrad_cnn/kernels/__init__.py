"""Numbers without derivatives: arrays in, arrays out, any strides, float32 and float64."""

from .activation import relu, relu_put
from .conv import conv2d, conv2d_input, conv2d_weight
from .layout import reshape
from .linear import matmul, matmul_in_rows
from .normalise import Moments, moments, normalise, normalise_input, normalise_weight
from .pool import max_pool2d, pool_places, pool_put, pool_take, unpool
from .pool_average import avg_pool2d, avg_pool2d_input
from .recycle import empty, empty_like
from .reduce import sum_per_channel
from .resample import resample
from .special import erf, erfc
from .threads import get_num_threads, set_num_threads
from .windows import output_size

__all__ = [
    "Moments",
    "avg_pool2d",
    "avg_pool2d_input",
    "conv2d",
    "conv2d_input",
    "conv2d_weight",
    "empty",
    "empty_like",
    "erf",
    "erfc",
    "get_num_threads",
    "matmul",
    "matmul_in_rows",
    "max_pool2d",
    "moments",
    "normalise",
    "normalise_input",
    "normalise_weight",
    "output_size",
    "pool_places",
    "pool_put",
    "pool_take",
    "relu",
    "relu_put",
    "resample",
    "reshape",
    "set_num_threads",
    "sum_per_channel",
    "unpool",
]

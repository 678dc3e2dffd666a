"""Working memory that is kept from call to call: touching fresh memory costs more than computing in it.

Each thread has its own buffers, each buffer has one user at a time, and none ever leaves the kernels.
"""

import math
import threading

import numpy as np

LARGEST_KEPT = 16 << 20

_kept = threading.local()


def take(purpose: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An uninitialised array for the caller alone, until it is given back under the same purpose."""
    size = math.prod(shape) * dtype.itemsize
    buffer = _kept.__dict__.pop(purpose, None)
    if buffer is None or buffer.size < size:
        buffer = np.empty(size, np.uint8)
    return buffer[:size].view(dtype).reshape(shape)


def give(purpose: str, array: np.ndarray) -> None:
    """Hand back what `take` returned; the array must not be used afterwards."""
    buffer = array
    while isinstance(buffer.base, np.ndarray):
        buffer = buffer.base
    if buffer.nbytes <= LARGEST_KEPT:
        _kept.__dict__[purpose] = buffer

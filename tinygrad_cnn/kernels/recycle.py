"""Memory for results that goes round: what one training step lets go of, the next step's arrays lie in.

Fresh memory comes from the system page by page, and every first touch of a page costs more than computing
what goes into it. So large results lie in blocks that return here when the last view of them is gone.
"""

import math
from collections import deque

import numpy as np

SMALLEST = 1 << 16
MOST_KEPT = 1 << 27

_free: dict[int, list[np.ndarray]] = {}
_order: deque[int] = deque()
_kept_bytes = [0]


class Lease(np.ndarray):
    """The owner, in numpy's eyes, of a block in use; its end is the block's return.

    Blocks are of this class too, because numpy would skip a base whose own base is a plain array.
    """

    block: np.ndarray

    def __del__(self) -> None:
        block = self.__dict__.pop("block", None)
        if block is not None:
            keep(block)


def block_size(size: int) -> int:
    """The size in bytes rounded up by at most an eighth, so that similar arrays can follow each other.

    >>> block_size(1000000), block_size(1040000), block_size(1048577)
    (1048576, 1048576, 1179648)
    """
    step = 1 << max(12, size.bit_length() - 4)
    return -(-size // step) * step


def keep(block: np.ndarray) -> None:
    """Note a block as free; beyond the limit the ones that have waited longest go back to the system.

    No lock: this runs wherever the last reference ends, even inside `empty`. Each step is atomic by itself.
    """
    _free.setdefault(block.nbytes, []).append(block)
    _order.append(block.nbytes)
    _kept_bytes[0] += block.nbytes
    while _kept_bytes[0] > MOST_KEPT and _order:
        drop(_order.popleft())


def drop(size: int) -> np.ndarray | None:
    """Take a free block of exactly this size out of the list, if there is one."""
    try:
        block = _free[size].pop()
    except (KeyError, IndexError):
        return None
    _kept_bytes[0] -= size
    return block


def empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """`np.empty` in C order, in memory that was used before if there is some.

    >>> empty((2, 3), np.dtype(np.float32)).shape
    (2, 3)
    """
    size = math.prod(shape) * dtype.itemsize
    if size < SMALLEST:
        return np.empty(shape, dtype)
    rounded = block_size(size)
    block = drop(rounded)
    if block is None:
        block = np.empty(rounded, np.uint8).view(Lease)
    lease = block.view(Lease)
    lease.block = block
    return np.ndarray(shape, dtype, lease)


def empty_like(x: np.ndarray) -> np.ndarray:
    """An array of the shape and memory order of x."""
    order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
    back = sorted(range(x.ndim), key=order.__getitem__)
    return empty(tuple(x.shape[axis] for axis in order), x.dtype).transpose(back)


def clear() -> None:
    """Give all free blocks back to the system."""
    _free.clear()
    _order.clear()
    _kept_bytes[0] = 0

"""Memory for results that goes round: what one training step lets go of, the next step's arrays lie in.

Fresh memory comes from the system page by page, and every first touch of a page costs more than computing
what goes into it. So large results lie in blocks that return here when the last view of them is gone.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable

import numpy as np

SMALLEST = 1 << 16
MOST_KEPT = 1 << 27


class Block(np.ndarray):
    """The owner of the memory, in use or free."""


class Lease(np.ndarray):
    """One use of a block: every array in it holds on to its lease, and the end of the lease is its return.

    A view's base skips arrays of the view's own class. Block and Lease are two classes, neither of them the
    plain one, so that no view skips the lease: neither an ordinary one nor a slice of the lease itself.
    """

    block: Block

    def __del__(self) -> None:
        block = self.__dict__.pop("block", None)
        if block is not None:
            keep(block)


_free: OrderedDict[int, deque[Block]] = OrderedDict()
"""Free blocks by size in bytes. Sizes used last stand last and are never taken out: there are few of them."""
_kept_bytes = [0]


def block_size(size: int) -> int:
    """The size in bytes rounded up by at most an eighth, so that similar arrays can follow each other.

    >>> block_size(1000000), block_size(1040000), block_size(1048577)
    (1048576, 1048576, 1179648)
    """
    step = 1 << max(12, size.bit_length() - 4)
    return -(-size // step) * step


def keep(block: Block) -> None:
    """Note a block as free; beyond the limit, blocks of the size used longest ago go back to the system.

    No lock: this runs wherever the last reference to a lease ends, in any thread, even inside of `empty` or
    of itself. Every step is atomic under the interpreter lock and leaves the next one right.
    """
    _free.setdefault(block.nbytes, deque()).append(block)
    _free.move_to_end(block.nbytes)
    _kept_bytes[0] += block.nbytes
    while _kept_bytes[0] > MOST_KEPT and evict():
        pass


def evict() -> bool:
    """Let go of the block that is free for longest among those of the size used longest ago, if any."""
    return any(take_from(_free[size].popleft, size) is not None for size in tuple(_free))


def take(size: int) -> Block | None:
    """The block of exactly this size that was freed last, if there is one: it may still be in the caches."""
    blocks = _free.get(size)
    return None if blocks is None else take_from(blocks.pop, size)


def take_from(pop: Callable[[], Block], size: int) -> Block | None:
    """A block from one end of its queue, which another thread may have emptied."""
    try:
        block = pop()
    except IndexError:
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
    block = take(rounded)
    if block is None:
        block = np.empty(rounded, np.uint8).view(Block)
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
    while evict():
        pass

"""Randomness as a function of (seed, epoch, index): nothing is remembered, so nothing can get out of step.

Philox is a counter-based generator: its n-th number is a function of a key and a counter. With the seed and
the epoch as the key and the sample's index in the counter, every sample of every epoch has a stream of its
own that can be opened in any order, by any thread, and again after a restart.
"""

import numpy as np

from ..errors import ArgumentError

_ORDER = 0
_SAMPLE = 1
_PLACE = 2
_BATCH = 3
_DRAW = 4
_WORDS = 2**64


def generator(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random stream of one sample in one epoch.

    Args:
        seed, epoch, index: whole numbers from 0 to 2**64 - 1.

    Raises:
        ArgumentError: a number outside of that range.

    Source: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).

    >>> generator(0, 0, 5).integers(100) == generator(0, 0, 5).integers(100)
    np.True_
    """
    return np.random.Generator(_philox(seed, epoch, index, _SAMPLE))


def place_generator(seed: int, epoch: int, place: int) -> np.random.Generator:
    """The random stream of a place in an epoch, where a sampler may put one sample into several places."""
    return np.random.Generator(_philox(seed, epoch, place, _PLACE))


def batch_generator(seed: int, epoch: int, number: int) -> np.random.Generator:
    """The random stream of a whole batch, for what mixes its samples."""
    return np.random.Generator(_philox(seed, epoch, number, _BATCH))


def draws(count: int, seed: int, epoch: int, stream: int = 0) -> np.ndarray:
    """Float64 numbers from 0 up to below 1, made of the raw words, so that they never change either.

    >>> draws(3, seed=0, epoch=0).round(3)
    array([0.868, 0.983, 0.193])
    """
    words = _philox(seed, epoch, stream, _DRAW).random_raw(count)
    return (words >> np.uint64(11)) * 2.0**-53


def order(length: int, seed: int, epoch: int = 0) -> np.ndarray:
    """A permutation of 0..length-1: the indices sorted by one random 64-bit number each.

    The raw words of Philox never change between versions of numpy, so neither does the order.

    >>> order(5, seed=0)
    array([0, 2, 1, 4, 3])
    """
    keys = _philox(seed, epoch, 0, _ORDER).random_raw(length)
    return np.argsort(keys, kind="stable").astype(np.int64, copy=False)


def _philox(seed: int, epoch: int, index: int, purpose: int) -> np.random.Philox:
    if not (0 <= seed < _WORDS and 0 <= epoch < _WORDS and 0 <= index < _WORDS):
        raise ArgumentError(
            "seed, epoch and index must be whole numbers from 0 to 2**64 - 1; "
            f"got seed {seed}, epoch {epoch}, index {index}"
        )
    # The lowest counter word counts the blocks drawn; the upper ones tell the streams apart.
    return np.random.Philox(key=[int(seed), int(epoch)], counter=[0, 0, int(index), purpose])

"""Inputs and settings for normalisation and resampling: one line a sample."""

from typing import Any

import numpy as np

from .draw import Sample, Shape, apart, numbers, positive

# x, w and b, and the dimensions of a group
GROUPS: list[tuple[Shape, Shape, tuple[int, ...]]] = [
    ((3, 2, 4, 5), (1, 2, 1, 1), (0, 2, 3)),
    ((3, 2, 4), (1, 2, 1), (2,)),
    ((3, 5), (1, 5), (1,)),
    ((3, 2, 4), (1, 2, 4), (1, 2)),
    ((2, 2, 3, 4), (1, 2, 3, 1), (2, 3)),
    ((1,), (1,), (0,)),
    ((0, 3), (1, 3), (1,)),
]

NORMALISE = [
    *(Sample("normalise", (apart(*x),), {"dim": dim, "eps": 1e-3}) for x, _, dim in GROUPS),
    *(
        Sample("normalise", (apart(*x), positive(*w), apart(*w)), {"dim": dim, "eps": 1e-3})
        for x, w, dim in GROUPS
    ),
    *(
        Sample("normalise_input", (positive(*x), apart(*x), positive(*w)), {"dim": dim, "eps": 1e-3})
        for x, w, dim in GROUPS
    ),
    Sample("normalise_input", (positive(3, 4), apart(3, 4)), {"dim": (1,), "eps": 1e-3}),
    *(
        Sample("normalise_weight", (positive(*x), apart(*x)), {"shape": w, "dim": dim, "eps": 1e-3})
        for x, w, dim in GROUPS
    ),
]


def terms(size: int, before: int, count: int) -> dict[str, Any]:
    """Draw which places go where; some repeat, some are left out."""
    to, source = numbers(size, count), numbers(before, count, 1)[:, 0]
    return {"size": size, "to": to, "source": source, "weight": positive(count)}


NOTHING = np.zeros(0, np.int64)

RESAMPLE = [
    Sample("resample", (apart(2, 5),), {"dim": 1, **terms(7, 5, 9)}),
    Sample("resample", (apart(2, 3, 4, 5),), {"dim": 2, **terms(3, 4, 6)}),
    Sample("resample", (apart(3, 4),), {"dim": 0, **terms(2, 3, 5)}),
    Sample("resample", (apart(1),), {"dim": 0, **terms(1, 1, 1)}),
    Sample("resample", (apart(0, 3),), {"dim": 1, **terms(4, 3, 5)}),
    Sample(
        "resample",
        (apart(2, 3),),
        {"dim": 1, "size": 2, "to": NOTHING, "source": NOTHING, "weight": np.zeros(0)},
    ),
]

GROUPED = [*NORMALISE, *RESAMPLE]

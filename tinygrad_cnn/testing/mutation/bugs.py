"""The standard mistakes of backward passes: a name, the diagnosis that fits, and the change that makes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...core import wrap
from .changes import (
    Call,
    Closure,
    after,
    before,
    beyond,
    by_matrix,
    cut,
    diagonal,
    divide_by_batch,
    first_sample,
    ignore_g,
    last_use,
    last_write,
    masked,
    narrowed,
    noisy,
    not_summed,
    of_latest_call,
    other_closure,
    reverse,
    shift,
    swap_axes,
    unshared,
    without_edge,
    without_middle,
    writing,
)


@dataclass(frozen=True)
class Bug:
    """A mistake: its name, the diagnosis it should get, and the change that makes it."""

    name: str
    code: str
    change: Callable[[Call], Closure]


BUGS = [
    Bug("sign", "sign", after(lambda d: -d)),
    Bug("times 1.001", "factor", after(lambda d: d * 1.001)),
    Bug("divided by the batch size", "factor", divide_by_batch),
    Bug("doubled", "accumulated-twice", after(lambda d: d * 2.0)),
    Bug("one entry zeroed", "one-entry", after(masked(without_middle))),
    Bug("zero", "graph-cut", after(lambda d: wrap(np.zeros_like(d.array)))),
    Bug("axes swapped", "transposed", after(swap_axes)),
    Bug("reversed", "flipped", after(reverse)),
    Bug("shifted", "shifted", after(shift)),
    Bug("first column zeroed", "borders", after(masked(without_edge))),
    Bug("not summed over what was broadcast", "not-unbroadcast", not_summed),
    Bug("first sample only", "batch-not-summed", before(masked(first_sample))),
    Bug("incoming gradient taken for 1", "incoming-gradient-ignored", ignore_g),
    Bug("cross terms left out", "jacobian-missing", by_matrix(diagonal)),
    Bug("last use only", "overwritten", by_matrix(last_use)),
    Bug("overwritten by the next use", "overwritten", last_write),
    Bug("data of the newest call", "stale", of_latest_call),
    Bug("through float32", "dtype-loss", after(narrowed)),
    Bug("without its graph", "not-differentiable-again", after(cut)),
    Bug("a little random", "nondeterministic", noisy),
    Bug("writes into the input", "input-modified", writing),
    Bug("closure of another input", "wrong-input", other_closure),
]
TIES = {
    **dict.fromkeys(("abs", "relu"), Bug("slope 3 at the kink", "ties", beyond)),
    **dict.fromkeys(("amax", "maximum", "minimum"), Bug("ties not shared", "ties", by_matrix(unshared))),
}

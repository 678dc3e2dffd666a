"""Does a planted mistake change anything for the samples of its operation? If not, no test could tell."""

import contextlib
from collections.abc import Sequence

import numpy as np

from ...core import REGISTRY, grad
from ...errors import CnnError
from ...functional import tensor
from ..checks.ops import applied
from ..checks.variants import with_ties
from ..samples import samples_of
from ..samples.draw import Sample
from .mutants import Mutant


def reaches(mutant: Mutant) -> bool:
    """Plant a mistake, run all samples forward and backward twice, and say whether a gradient changed."""
    with mutant, np.errstate(all="ignore"):
        for sample in samples_of(mutant.op):
            for arrays in with_ties(sample) if mutant.code == "ties" else [sample.inputs]:
                with contextlib.suppress(CnnError):
                    _run(sample, arrays, twice=mutant.code == "overwritten")
            if mutant.changed:
                return True
    return False


def _run(sample: Sample, arrays: Sequence[np.ndarray], twice: bool) -> None:
    call = applied(REGISTRY[sample.op].call, sample.settings)
    leaves = [tensor(a, requires_grad=True) for a in arrays]
    y = call(*leaves)
    call(*(tensor(a + 0.01, requires_grad=True) for a in arrays))  # what a later call leaves behind
    if twice:
        call(*leaves)
    c = tensor(np.cos(np.arange(y.numel()) + 0.5).reshape(y.shape), requires_grad=True)
    if y.requires_grad:
        grad(y, leaves, c, create_graph=True, allow_unused=True)

"""Inputs and settings to try operations with: one line a sample; a new op needs one line.

Those of the package's own operations are in `plain`, `pictures` and `groups`; `add_samples` adds others.
"""

from .book import (
    SAMPLES,
    add_samples,
    as_sample,
    name_of,
    no_samples,
    refuse_unknown,
    samples_of,
    take_samples,
)
from .draw import Sample, apart, numbers, other, positive

__all__ = [
    "SAMPLES",
    "Sample",
    "add_samples",
    "apart",
    "as_sample",
    "name_of",
    "no_samples",
    "numbers",
    "other",
    "positive",
    "refuse_unknown",
    "samples_of",
    "take_samples",
]

"""Schedules: learning rates that change with time, under PyTorch's names.

``step()`` after each epoch (or, for `OneCycleLR`, after each step of the optimiser) sets the rates of the
optimiser's groups. Most rates follow from the one before, as in PyTorch, so schedules can be chained and a
rate set by hand is kept. A warm-up is a `SequentialLR` that begins with a `LinearLR`.
"""

from .base import LRScheduler
from .combined import ChainedScheduler, SequentialLR
from .cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from .one_cycle import OneCycleLR
from .plateau import ReduceLROnPlateau
from .ramps import ConstantLR, LinearLR
from .steps import ExponentialLR, LambdaLR, MultiStepLR, StepLR

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

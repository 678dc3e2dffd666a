"""Changes to pictures on their way into a batch: float32 (C, H, W) in, float32 (C, H, W) out.

A transform is anything that can be called as `transform(x, rng)`. All randomness comes out of `rng`, a numpy
Generator that the loader opens for each (seed, epoch, index), so a picture is augmented in the same way
whatever thread does it and whether or not the run was interrupted. A transform with `batchable = True` draws
nothing, and takes (N, C, H, W) too. `MixUp` and `CutMix` are for batches, called as `mix(x, y, rng)`.
"""

from .affine import RandomAffine, RandomRotation
from .base import Compose, RandomApply, RandomChoice, Transform, transformed
from .colour import ColorJitter, GaussianBlur, Grayscale, Normalize, RandomGrayscale
from .crop import CenterCrop, RandomCrop, RandomHorizontalFlip, RandomResizedCrop, RandomVerticalFlip, Resize
from .erase import Cutout, RandomErasing
from .mix import CutMix, MixUp

__all__ = [
    "CenterCrop",
    "ColorJitter",
    "Compose",
    "CutMix",
    "Cutout",
    "GaussianBlur",
    "Grayscale",
    "MixUp",
    "Normalize",
    "RandomAffine",
    "RandomApply",
    "RandomChoice",
    "RandomCrop",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomVerticalFlip",
    "Resize",
    "Transform",
    "transformed",
]

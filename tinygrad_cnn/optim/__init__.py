"""Optimisers, schedules of the learning rate, and gradient clipping, under PyTorch's names."""

from .adam import Adam
from .clip import clip_grad_norm_
from .optimizer import Optimizer
from .schedules import CosineAnnealingLR, Scheduler, StepLR
from .sgd import SGD

__all__ = ["SGD", "Adam", "CosineAnnealingLR", "Optimizer", "Scheduler", "StepLR", "clip_grad_norm_"]

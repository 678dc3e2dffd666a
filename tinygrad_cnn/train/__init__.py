"""Training: the loop one would have written oneself, its metrics, and runs that survive being stopped.

It sits on two neighbours of its own rank, because a run reads data and writes files: `data` (loaders) and
`io` (files).
"""

from .callbacks import Callback, EarlyStopping, PrintEpochs, ProgressBar
from .checkpoint import BEST, LAST, has_checkpoint
from .fit import fit
from .history import Epoch, History
from .interrupt import TrainingInterrupted
from .metrics import accuracy, confusion_matrix, format_confusion
from .run import Run
from .steps import Evaluation, StepResult, evaluate, predict, train_step

__all__ = [
    "BEST",
    "LAST",
    "Callback",
    "EarlyStopping",
    "Epoch",
    "Evaluation",
    "History",
    "PrintEpochs",
    "ProgressBar",
    "Run",
    "StepResult",
    "TrainingInterrupted",
    "accuracy",
    "confusion_matrix",
    "evaluate",
    "fit",
    "format_confusion",
    "has_checkpoint",
    "predict",
    "train_step",
]

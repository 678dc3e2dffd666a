"""Training: the loop one would have written oneself, its metrics, and runs that survive being stopped.

It sits on three neighbours of its own rank, because a run reads data, writes files and can be looked at:
`data` (loaders), `io` (files) and `viz` (recordings).
"""

from .callbacks import Callback, EarlyStopping, PrintEpochs, ProgressBar
from .checkpoint import BEST, LAST, has_checkpoint
from .fit import fit
from .history import Epoch, History
from .interrupt import TrainingInterrupted
from .lr_range import LRRange, lr_range_test
from .metrics import accuracy, confusion_matrix, format_confusion
from .metrics_classes import dice, f1, iou, mean_iou, precision, recall, top_k_accuracy
from .plots import PlotError, plot_confusion, plot_curves
from .record import RecordSteps
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
    "LRRange",
    "PlotError",
    "PrintEpochs",
    "ProgressBar",
    "RecordSteps",
    "Run",
    "StepResult",
    "TrainingInterrupted",
    "accuracy",
    "confusion_matrix",
    "dice",
    "evaluate",
    "f1",
    "fit",
    "format_confusion",
    "has_checkpoint",
    "iou",
    "lr_range_test",
    "mean_iou",
    "plot_confusion",
    "plot_curves",
    "precision",
    "predict",
    "recall",
    "top_k_accuracy",
    "train_step",
]

"""Reading pictures and data sets, changing them on the way, and handing them out in batches."""

from . import transforms
from .dataset import Dataset, Subset, TensorDataset
from .folder import ImageFolder
from .idx import read_idx, write_idx
from .labels import check_labels, check_trainable
from .loader import DataLoader
from .mnist import IDX, mnist
from .pictures import read_picture
from .split import stratified_split

__all__ = [
    "IDX",
    "DataLoader",
    "Dataset",
    "ImageFolder",
    "Subset",
    "TensorDataset",
    "check_labels",
    "check_trainable",
    "mnist",
    "read_idx",
    "read_picture",
    "stratified_split",
    "transforms",
    "write_idx",
]

"""Reading pictures and data sets, changing them on the way, and handing them out in batches."""

from . import transforms
from .arrays import ArrayFiles, read_npy
from .cache import PictureCache
from .cifar import CIFAR10, CIFAR100
from .dataset import Dataset, Subset, TensorDataset
from .folder import ImageFolder, UnlabelledFolder
from .idx import read_idx, write_idx
from .labels import check_labels, check_trainable
from .loader import DataLoader
from .mnist import IDX, mnist
from .pictures import read_picture
from .sampling import BalancedSampler, Sampler, WeightedRandomSampler, class_weights
from .split import stratified_split
from .statistics import ChannelStatistics, channel_statistics
from .table import CSVFiles

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "IDX",
    "ArrayFiles",
    "BalancedSampler",
    "CSVFiles",
    "ChannelStatistics",
    "DataLoader",
    "Dataset",
    "ImageFolder",
    "PictureCache",
    "Sampler",
    "Subset",
    "TensorDataset",
    "UnlabelledFolder",
    "WeightedRandomSampler",
    "channel_statistics",
    "check_labels",
    "check_trainable",
    "class_weights",
    "mnist",
    "read_idx",
    "read_npy",
    "read_picture",
    "stratified_split",
    "transforms",
    "write_idx",
]

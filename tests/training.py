"""A small problem for the tests of training: 23 pictures of 5x4, three classes, and a network for them."""

import numpy as np

from tinygrad_cnn import manual_seed, nn
from tinygrad_cnn.io import load, load_metadata, loads
from tinygrad_cnn.train import LAST

rng = np.random.default_rng(0)
X = rng.standard_normal((23, 1, 5, 4)).astype(np.float32)
Y = (X.mean(axis=(1, 2, 3)) > 0).astype(np.int64) + (X[:, 0, 0, 0] > 0.5)


def network(seed=0):
    """Convolution, batch normalisation, one dense layer."""
    manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(12, 3))


def weights(model):
    """Copies of everything that a model would save."""
    return {name: np.array(value) for name, value in model.state_dict().items()}


def same(a, b):
    """Say whether two states have the same names and bits."""
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def without_seconds(history):
    """The rows of a history, without what differs from run to run."""
    return [{name: value for name, value in row.items() if name != "seconds"} for row in history.to_list()]


def state_of(out):
    """Everything in a checkpoint but the times."""
    state = loads(load_metadata(out / LAST)["tinygrad_cnn.run"])
    del state["totals"]["seconds"]
    for row in state["history"]:
        del row["seconds"]
    return load(out / LAST), state

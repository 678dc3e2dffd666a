"""Small modules to check: a network of several layers, and a wrong operation to build into one."""

from contextlib import contextmanager

import numpy as np

from tinygrad_cnn import nn
from tinygrad_cnn.core import REGISTRY, wrap
from tinygrad_cnn.core.op import op


def seeded(seed=0):
    return np.random.default_rng(seed)


def small_net(norm=True):
    return nn.Sequential(
        {
            "conv": nn.Conv2d(2, 3, 3, generator=seeded()),
            "norm": nn.BatchNorm2d(3) if norm else nn.Tanh(),
            "relu": nn.ReLU(),
            "pool": nn.MaxPool2d(2),
            "flatten": nn.Flatten(),
            "drop": nn.Dropout(0.3, generator=seeded(1)),
            "dense": nn.Linear(6, 2, generator=seeded(2)),
        }
    )


@contextmanager
def crooked_tanh():
    """An operation whose gradient is too large by 1 %, registered as long as the block lasts."""

    @op
    def crooked_tanh(x):
        y = np.tanh(x.array)
        return y, lambda g: 1.01 * g * (1 - wrap(y) * wrap(y))

    try:
        yield crooked_tanh
    finally:
        del REGISTRY["crooked_tanh"]


class Lists(nn.Module):
    """What lists and dictionaries of modules and parameters hold, all of it used."""

    def __init__(self):
        super().__init__()
        self.rows = nn.ModuleList([nn.Linear(3, 3, generator=seeded())])
        self.named = nn.ModuleDict({"act": nn.Tanh()})
        self.scales = nn.ParameterList([nn.Parameter([0.5, -1.0, 2.0])])
        self.shifts = nn.ParameterDict({"last": nn.Parameter([0.25])})

    def forward(self, x):
        return self.named["act"](self.rows[0](x) * self.scales[0]) + self.shifts["last"]

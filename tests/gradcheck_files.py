"""Files of operations to run `tinygrad-cnn gradcheck` on, in an empty folder, without a trace afterwards."""

import sys
from contextlib import contextmanager

from tinygrad_cnn.core import REGISTRY
from tinygrad_cnn.testing.samples import book

RIGHT = """
import numpy as np
from tinygrad_cnn import nn, op
from tinygrad_cnn.testing import add_samples

@op
def cli_square(x):
    return x.array**2, lambda g: g * 2 * x

def product(a, b):
    return a * b.tanh()

def unsampled(a):
    return a * a

class Layer(nn.Module):
    pass

SIZE = 3
add_samples(cli_square, np.array([[0.5, -1.0, 2.0]]), np.array([3.0]))
add_samples(product, (np.array([0.5, -1.0]), np.array([2.0, 1.5])))
"""
WRONG = """
import numpy as np
from tinygrad_cnn import op
from tinygrad_cnn.testing import add_samples

@op
def cli_cube(x):
    def grad_x(g):
        return g * 2 * x * x
    return x.array**3, grad_x

add_samples(cli_cube, np.array([[0.5, -1.0, 2.0]]))
"""


@contextmanager
def only_here(folder, monkeypatch):
    """Work in a folder, and afterwards have a registry without what the files in it have registered."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known, samples, modules = dict(REGISTRY), dict(book._added), set(sys.modules)
    yield
    for kept, now in ((known, REGISTRY), (samples, book._added)):
        now.clear()
        now.update(kept)
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(folder, text, name="my_ops.py"):
    (folder / name).write_text(text, encoding="utf-8")
    return name

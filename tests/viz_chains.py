"""Graphs for comparisons: operations in a row, with numbers that a test can choose."""

import math

import numpy as np

from tinygrad_cnn.viz.graph.model import INPUT, OP, PARAMETER, Graph, Item, Use
from tinygrad_cnn.viz.graph.stats import measure

ITEM = Item("x", INPUT, "x", "", (8, 3), "float32", (), True, "3x3")


def chain(*names, sizes=None, **graph):
    """Operations in a row after a parameter w; rms of value and gradient are 1 unless ``sizes`` has them."""
    items = {"w": Item("w", PARAMETER, "w", "", (4,), "float32")}
    for last, key in zip(("w", *names), names, strict=False):
        items[key] = Item(key, OP, key, "", (4,), "float32", (Use(last, "x", True),))
    for key, item in items.items():
        value, gradient = (sizes or {}).get(key, (1.0, 1.0))
        item.value, item.gradient = numbers(value), numbers(gradient)
    return Graph(items, root=list(items)[-1], **graph)


def numbers(rms):
    """Statistics of (rms, -rms, rms, -rms); of NaN or infinity beside 1 for these."""
    if rms is None or math.isfinite(rms):
        return None if rms is None else measure(rms * np.array([1.0, -1, 1, -1]))
    return measure(np.array([rms, 1.0, 1, 1]))

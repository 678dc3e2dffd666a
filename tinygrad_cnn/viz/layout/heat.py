"""Heat: one number for each item, as a level between 0 and 1 and in words."""

import math
from collections.abc import Callable
from statistics import median

from ..graph.model import PARAMETER, Graph, Item
from ..write.words import in_bytes, number

KINDS = ("gradient", "update", "dead", "time", "memory")
SPAN = 4.0  # powers of ten on either side of the median
Heat = dict[str, tuple[float, str]]


def heat_of(graph: Graph, kind: str) -> Heat:
    """Measure the heat of a kind for every item that has it; "gradient" is relative to the model's median."""
    if any(item.heat is not None for item in graph.items.values()):
        return {
            i.id: (0.5 + i.heat / (2 * SPAN), i.heat_text) for i in graph.items.values() if i.heat is not None
        }
    if kind == "gradient":
        return _relative(graph)
    number_of, words = _NUMBERS[kind]
    found = {i.id: x for i in graph.items.values() if (x := number_of(i)) is not None and math.isfinite(x)}
    largest = max(found.values(), default=0.0)
    if kind == "update":
        return {
            name: (0.5 + math.log10(x / 1e-3) / (2 * SPAN) if x else 0.0, words(x))
            for name, x in found.items()
        }
    scale = 1.0 if kind == "dead" else largest
    return {name: (x / scale if scale else 0.0, words(x)) for name, x in found.items()}


def _relative(graph: Graph) -> Heat:
    """Compare the gradient of each item with the median over all of them."""
    sizes = {
        i.id: i.gradient.rms
        for i in graph.items.values()
        if i.gradient is not None and i.gradient.is_finite and i.gradient.rms > 0
    }
    lane = [x for name, x in sizes.items() if graph.items[name].kind != PARAMETER]  # what flows, not its ends
    middle = median(lane or sizes.values()) if sizes else 0.0
    return {
        name: (0.5 + math.log10(x / middle) / (2 * SPAN), _times(x / middle)) for name, x in sizes.items()
    }


def _times(ratio: float) -> str:
    """Say how far from the median, if it is far.

    >>> _times(2.0), _times(120.0), _times(0.001)
    ('', '120x median', 'median/1,000')
    """
    if 0.1 < ratio < 10:
        return ""
    return f"{_short(ratio)}x median" if ratio >= 1 else f"median/{_short(1 / ratio)}"


def _short(x: float) -> str:
    return f"{float(f'{x:.1e}'):,.0f}" if x < 1e6 else f"{x:.0e}"


def _dead(item: Item) -> float | None:
    """The share of a ReLU's outputs that are 0: through these no gradient goes."""
    if item.name != "relu" or item.value is None or not item.value.size:
        return None
    return item.value.zeros / item.value.size


def _update(item: Item) -> float | None:
    """How far the step moved a parameter; before a step, |gradient| / |value|."""
    if item.kind != PARAMETER:
        return None
    if item.update is not None:
        return item.update
    if item.gradient is None or item.value is None or not item.value.rms > 0:
        return None
    return item.gradient.rms / item.value.rms


_NUMBERS: dict[str, tuple[Callable[[Item], float | None], Callable[[float], str]]] = {
    "update": (_update, lambda x: f"update {number(x)}"),
    "dead": (_dead, lambda x: f"{100 * x:.0f}% dead"),
    "time": (lambda i: i.seconds, lambda x: f"{number(1000 * x)} ms"),
    "memory": (lambda i: float(i.memory) if i.is_op else None, lambda x: in_bytes(int(x))),
}

"""Where NaN or infinity came into a graph, and how it reached the loss."""

from dataclasses import dataclass, field

from .model import Graph, Item
from .stats import Stats


@dataclass
class Health:
    """The first bad value and the first bad gradient, and the items between them and their ends."""

    value_origin: str = ""  # the first item with NaN or infinity that came from finite inputs
    gradient_origin: str = ""  # the first such gradient in the order of the backward pass
    path: set[str] = field(default_factory=set)  # items from the origin to the root, all of them bad


def health_of(graph: Graph) -> Health:
    """Follow NaN and infinity from where they began.

    >>> health_of(Graph({})).value_origin
    ''
    """
    health = Health()
    for item in graph.items.values():
        if not _is_bad(item.value):
            continue
        if not health.value_origin:
            health.value_origin = item.id
        if item.id == health.value_origin or any(use.source in health.path for use in item.uses):
            health.path.add(item.id)
    turns = [i for i in graph.items.values() if _is_bad(i.gradient)]
    if turns:
        health.gradient_origin = min(turns, key=lambda i: _turn(graph, i)).id
    return health


def bad_word(stats: Stats | None) -> str:
    """Say which of the two it is: "NaN", "Inf", or "" for finite values."""
    if not _is_bad(stats) or stats is None:
        return ""
    return "NaN" if stats.nans else "Inf"


def _is_bad(stats: Stats | None) -> bool:
    return stats is not None and not stats.is_finite


def _turn(graph: Graph, item: Item) -> float:
    """Give the turn in which a gradient was complete; leaves come after all operations."""
    return float("inf") if item.turn is None else item.turn

"""Two graphs in one: each item once, in an order that fits both, marked with what happened to it."""

from collections.abc import Sequence
from dataclasses import replace

from ..graph.model import Graph, Item, Use
from .rows import row


def joined(before: Graph, after: Graph, conclusion: str, notes: Sequence[str]) -> Graph:
    """Draw two graphs as one: the second, with what only the first has put where it was.

    Items carry ``heat`` (log10 of how many times the gradient changed, or the value where no gradient is
    known), ``heat_text`` and ``mark``; numbers are those of the second graph where it has the item.
    """
    items: dict[str, Item] = {}
    for key in _order(before, after):
        found = row(before.items.get(key), after.items.get(key))
        new = replace(found.item, heat=found.heat, heat_text=found.heat_text, mark=found.mark)
        lost = _lost_uses(before, after, key, items)
        items[key] = replace(new, uses=new.uses + lost) if lost else new
    return Graph(
        items,
        {**after.groups, **{key: g for key, g in before.groups.items() if key not in after.groups}},
        root=after.root or (before.root if before.root in items else ""),
        title=f"{before.title or 'before'} -> {after.title or 'after'}",
        facts=(conclusion,),
        notes=tuple(notes),
    )


def _order(before: Graph, after: Graph) -> list[str]:
    """Put each item that only the first graph has behind all that came before it, so behind what it uses."""
    place = {key: (i, 0) for i, key in enumerate(after.items)}
    previous = -1
    for count, key in enumerate(before.items, 1):
        if key not in after.items:
            place[key] = (previous, count)
        previous = max(previous, place[key][0])
    return sorted(place, key=lambda key: place[key])


def _lost_uses(before: Graph, after: Graph, key: str, earlier: dict[str, Item]) -> tuple[Use, ...]:
    """Find the edges from items that are gone to one that stayed, so that they are drawn as well."""
    if key not in after.items or key not in before.items:
        return ()
    uses = before.items[key].uses
    return tuple(use for use in uses if use.source not in after.items and use.source in earlier)

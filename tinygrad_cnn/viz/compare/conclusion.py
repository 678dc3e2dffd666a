"""The one sentence above a comparison: the most important thing that differs."""

import math
from collections.abc import Sequence
from statistics import median

from ..graph.model import INPUT, PARAMETER, Graph, Item
from ..write.words import clean
from .rows import Row, factor
from .structure import LONGEST_MESSAGE, name

_SLIGHT = math.log10(1.01)


def conclude(before: Graph, after: Graph, rows: Sequence[Row], notes: Sequence[str]) -> str:
    """Say in one line what matters most: an error, the first NaN, the structure, the largest ratio."""
    urgent = _failed(rows) or first_not_finite(after, rows)
    if urgent:
        return urgent
    structure = _structure(rows) or "; ".join(notes[:1])
    numbers = _gone(rows) or _one_sided(before, after) or _largest(after, rows) or _lost(rows)
    parts = [part for part in (structure, numbers) if part]
    if rows and not parts:
        return "numbers differ, but no root mean square by more than 1%"
    return "; ".join(parts) or "nothing differs"


def first_not_finite(after: Graph, rows: Sequence[Row]) -> str:
    """Say where NaN or infinity appeared first: in the order of computation, or else going backward."""
    became = {row.id: row.became for row in rows if any(row.became)}
    for item in after.items.values():
        word = became.get(item.id, ("", ""))[0]
        if word:
            return f"the first {word} appears in {_called(item)}, in the forward pass"
    for item in reversed(after.items.values()):  # what uses an item comes after it: gradients come from there
        word = became.get(item.id, ("", ""))[1]
        if word:
            return f"the first {word} appears in the gradient of {_called(item)}{_made_by(after, item)}"
    return ""


def _made_by(after: Graph, item: Item) -> str:
    """Name the operation whose derivative gave what is not finite."""
    makers = [
        user
        for user in after.items.values()
        for use in user.uses
        if use.source == item.id and use.contribution is not None and not use.contribution.is_finite
    ]
    return f", which the derivative of {name(makers[-1].id)} made" if makers else ""


def _called(item: Item) -> str:
    words = {PARAMETER: "the parameter ", INPUT: "the input "}
    return words.get(item.kind, "") + name(item.id)


def _failed(rows: Sequence[Row]) -> str:
    for row in rows:
        if row.after and row.after.failed and not (row.before and row.before.failed):
            return f"{name(row.id)} failed: {clean(row.after.failed, LONGEST_MESSAGE)}"
    return ""


def _structure(rows: Sequence[Row]) -> str:
    """Count what was added, removed and changed; name it if it is one thing."""
    marked = [row for row in rows if row.mark]
    if len(marked) == 1:
        only = marked[0]
        detail = f": {only.changes[0]}" if only.changes else ""
        return f"{name(only.id)} was {only.mark}{detail}"
    counts = [(sum(row.mark == mark for row in marked), mark) for mark in ("added", "removed", "changed")]
    found = [f"{count:,} {mark}" for count, mark in counts if count]
    return f"items: {', '.join(found)}" if found else ""


def _gone(rows: Sequence[Row]) -> str:
    count = sum(row.became_finite for row in rows)
    return f"NaN and infinity are gone from {count:,} item{'s' * (count > 1)}" if count else ""


def _one_sided(before: Graph, after: Graph) -> str:
    known = [any(item.gradient for item in graph.items.values()) for graph in (before, after)]
    return f"gradients are known in the {'first' if known[0] else 'second'} only" if sum(known) == 1 else ""


def _lost(rows: Sequence[Row]) -> str:
    lost = [row for row in rows if row.before and row.after and row.gradient[0] and not row.gradient[1]]
    more = f", nor those of {len(lost) - 1:,} more items" if len(lost) > 1 else ""
    return f"the gradient of {name(lost[-1].id)} is not computed any more{more}" if lost else ""


def _largest(after: Graph, rows: Sequence[Row]) -> str:
    """Say which gradient or value changed the most times, or those of its module if all of them did."""
    found = [(p, kind, i) for i, row in enumerate(rows) for kind, p in enumerate(row.powers) if p is not None]
    if not found:
        return ""
    # Among equals, the first value or the last gradient: the others follow from it.
    power, kind, where = max(
        found, key=lambda entry: (abs(entry[0]), entry[1], entry[2] * (2 * entry[1] - 1))
    )
    best, top = abs(power), rows[where]
    if best < _SLIGHT:
        return ""
    what, module = ("value", "gradient")[kind], top.item.module
    peers = [p for p, k, i in found if k == kind and rows[i].item.module == module]
    all_of_it = sum(i.module == module and getattr(i, what) is not None for i in after.items.values())
    alike = all(p * power > 0 and abs(p) >= best / 2 and math.isinf(p) == math.isinf(best) for p in peers)
    if module and alike and len(peers) == all_of_it > 1:
        return f"the {what}s of {name(module)} are {_larger(median(peers))}"
    return f"the {what} of {name(top.id)} is {_larger(power)}"


def _larger(power: float) -> str:
    if math.isinf(power):
        return "no longer 0" if power > 0 else "exactly 0 now"
    return f"{factor(abs(power))} times {'larger' if power > 0 else 'smaller'}"

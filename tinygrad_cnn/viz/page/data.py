"""What the page knows of every item, as JSON: numbers ready to be shown, in as few letters as possible."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..graph.model import Graph, Item, Use, Worked
from ..graph.stats import Stats
from ..layout.heat import heat_of
from ..write.words import clean, in_bytes, magnitude, number, shape_text
from .folds import Fold

MOST_TERMS = 2  # of a worked number; the others are counted
LONGEST = 120  # letters of a name or a line of code
# What is written of an item, in this order; those in the second list by their number among the words.
FIELDS = [
    ["m", "u", "v", "g"],
    ["k", "n", "sh", "dt", "so", "co", "me", "se", "sa", "up", "f", "ti"],
    ["nt", "hi"],
]
_LEVELS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Words:
    """Names texts that occur often by a number, 0 for none."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    def number(self, text: str) -> int:
        """Give the number of a text."""
        return self._numbers.setdefault(text, len(self._numbers))

    def all(self) -> list[str]:
        """List the texts by their numbers."""
        return list(self._numbers)


def page_data(graph: Graph, folds: list[Fold], kinds: tuple[str, ...], **more: Any) -> str:
    """Write everything that the script of the page reads of items and modules, as JSON."""
    index = {name: i for i, name in enumerate(graph.items)}
    groups = {name: i for i, name in enumerate(graph.groups)}
    words = Words()
    uses = _uses(graph, index, words)
    found: dict[str, Any] = {
        "fields": FIELDS,
        "items": [_item(i, uses[i.id], groups, words, "time" in kinds) for i in graph.items.values()],
        "ids": _ids(graph),
        "groups": [clean(group.id, LONGEST) for group in graph.groups.values()],
        "folds": [_fold(fold, groups, words) for fold in folds],
        "order": [index[i.id] for i in sorted(graph.items.values(), key=_turn) if i.turn is not None],
        "root": index.get(graph.root, -1),
        "heats": {kind: _levels(graph, kind, words) for kind in kinds},
        **more,
    }
    found["words"] = words.all()
    return as_json(found)


def as_json(value: Any) -> str:
    """Write JSON that cannot end the element that it stands in.

    >>> as_json(["</script>"])
    '["\\\\u003c/script\\\\u003e"]'
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _turn(item: Item) -> int:
    return -1 if item.turn is None else item.turn


def _ids(graph: Graph) -> list[str]:
    """Write the ids; one that is what the script would guess, by module and name, is left empty."""
    groups = {name: clean(name, LONGEST) for name in graph.groups}
    names = _unique(clean(name, LONGEST) for name in graph.items)
    guesses = (
        (f"{groups[i.module]}/" if i.module else "") + clean(i.name, LONGEST) for i in graph.items.values()
    )
    return ["" if name == guess else name for name, guess in zip(names, guesses, strict=True)]


def _unique(names: Iterable[str]) -> list[str]:
    """Tell apart what looks alike after it was made safe to show.

    >>> _unique(["a", "b", "a"])
    ['a', 'b', 'a~2']
    """
    found: dict[str, None] = {}
    turns: dict[str, int] = {}
    for name in names:
        unique = name
        while unique in found:
            turns[name] = turns.get(name, 1) + 1
            unique = f"{name}~{turns[name]}"
        found[unique] = None
    return list(found)


def _item(item: Item, uses: list[Any], groups: dict[str, int], words: Words, timing: bool) -> list[Any]:
    """Write an item, ``uses`` are written already; what is empty at the end is left out."""
    times = (("forward", item.seconds), ("backward", item.backward_seconds)) if timing else ()
    texts = (
        item.kind,
        clean(item.name, LONGEST),
        shape_text(item.shape),
        clean(item.dtype, LONGEST),
        clean(item.source, LONGEST),
        clean(item.code, LONGEST),
        in_bytes(item.memory) if item.memory else "",
        clean(item.settings, LONGEST),
        clean(", ".join(item.saved), LONGEST),
        "" if item.update is None else number(item.update),
        clean(item.failed, 600),
        ", ".join(f"{what} {number(1000 * s)} ms" for what, s in times if s is not None),
    )
    found: list[Any] = [
        groups.get(item.module, -1),
        uses,
        stats_text(item.value),
        stats_text(item.gradient),
        *(words.number(text) for text in texts),
        0 if item.tracked else 1,
        item.hides,
    ]
    while not found[-1]:
        found.pop()
    return found


def _uses(graph: Graph, index: dict[str, int], words: Words) -> dict[str, list[Any]]:
    """Write the uses of each item; a contribution that is the whole gradient of its source is left out."""
    users = Counter(use.source for item in graph.items.values() for use in item.uses)

    def known(use: Use) -> bool:
        return users[use.source] == 1 and use.contribution == graph.items[use.source].gradient

    return {
        item.id: [
            _use(use, index, words, "" if known(use) else _contribution(use.contribution))
            for use in item.uses
        ]
        for item in graph.items.values()
    }


def _use(use: Use, index: dict[str, int], words: Words, contribution: str) -> list[Any]:
    """Write a use: source, name, rule, what is summed over, contribution, worked number; ends left out."""
    found: list[Any] = [
        index[use.source],
        words.number(clean(use.name, 40)),
        words.number(clean(use.rule, LONGEST)),
        words.number(clean(use.broadcast, LONGEST)),
        contribution or 0,
        _worked(use.worked),
    ]
    while len(found) > 1 and not found[-1]:
        found.pop()
    return found


def _contribution(stats: Stats | None) -> str:
    """Write size and share that is not 0: "0.0312" or "0.0312 25%"."""
    if stats is None:
        return ""
    if not stats.zeros or stats.is_zero:
        return magnitude(stats)
    share = 100 * (stats.size - stats.zeros) / stats.size
    return f"{magnitude(stats)} {'under 1' if share < 1 else min(round(share), 99)}%"


def _worked(worked: Worked | None) -> str:
    """Write entry, result, difference ("" for the same), how many outputs, then dY and slope of each term."""
    if worked is None or worked.difference is None:
        return ""
    entry = ",".join(map(str, worked.entry))
    terms = " ".join(f"{number(dy)} {number(slope)}" for _, dy, slope in worked.terms[:MOST_TERMS])
    backward, difference = number(worked.backward), number(worked.difference)
    return f"{entry}|{backward}|{'' if difference == backward else difference}|{worked.reached}|{terms}"


def stats_text(stats: Stats | None) -> str:
    """Write the numbers of an array: rms mean std min max, 20 bins, and zeros, nans, infs if there are any.

    >>> import numpy as np
    >>> from tinygrad_cnn.viz.graph.stats import measure
    >>> stats_text(measure(np.array([1.0, 2.0, 2.0])))
    '1.73 1.67 0.471 1.00 2.00 u000000000000000000Z'
    """
    if stats is None:
        return ""
    sizes = (stats.rms, stats.mean, stats.std, stats.min, stats.max)
    counts = [stats.zeros, stats.nans, stats.infs]
    return " ".join(
        [*map(number, sizes), histogram_text(stats.bins), *map(str, counts if any(counts) else ())]
    )


def histogram_text(bins: tuple[int, ...]) -> str:
    """Write the heights of a histogram, one letter each, the highest as "Z"; only what is empty is "0"."""
    most = max(bins, default=0)
    top = len(_LEVELS) - 1
    return "".join(_LEVELS[max(round(top * n / most), 1) if n else 0] for n in bins) if most else "-"


def _fold(fold: Fold, groups: dict[str, int], words: Words) -> dict[str, Any]:
    heat = {
        kind: [_percent(level), words.number(clean(text, 40))] for kind, (level, text) in fold.heat.items()
    }
    ends = [round(fold.top, 1), round(fold.bottom, 1)]
    return {"g": groups[fold.group], "y": ends, "holds": words.number(fold.holds), "heat": heat}


def _levels(graph: Graph, kind: str, words: Words) -> dict[int, Any] | list[Any]:
    """Write the heat of items: level in percent, with words if there are any; -1 where there is none."""
    heat = heat_of(graph, kind)
    found: dict[int, Any] = {}
    for i, name in enumerate(graph.items):
        if name in heat:
            level, text = heat[name]
            found[i] = [_percent(level), words.number(clean(text, 40))] if text else _percent(level)
    if len(found) < len(graph.items) / 3:
        return found
    return [found.get(i, -1) for i in range(len(graph.items))]


def _percent(level: float) -> int:
    return round(100 * min(max(level, 0.0), 1.0))

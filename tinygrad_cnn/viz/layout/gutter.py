"""Lanes for edges that pass by other rungs: each edge takes the innermost lane that is free all the way."""

from collections.abc import Mapping

Span = tuple[int, int]  # from which rung to which


def lanes(spans: Mapping[str, Span]) -> dict[str, int]:
    """Give each span a lane so that no two that overlap share one; shorter ones lie further inside.

    Spans that only touch (one ends at the rung where the other begins) do not overlap.

    >>> lanes({"outer": (0, 5), "inner": (1, 3), "next": (3, 5)})
    {'inner': 0, 'next': 0, 'outer': 1}
    """
    taken: list[int] = []  # of each lane, the rungs between which it is used, as bits
    found = {}
    for name, (start, end) in sorted(spans.items(), key=lambda s: (s[1][1] - s[1][0], s[1][0], s[0])):
        bits = ((1 << (end - start)) - 1) << start
        lane = next((i for i, used in enumerate(taken) if not used & bits), len(taken))
        if lane == len(taken):
            taken.append(0)
        taken[lane] |= bits
        found[name] = lane
    return found

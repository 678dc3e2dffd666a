"""Mistakes that show in where a gradient is wrong: which entries, which outputs, and where it is 0.

Each matcher gives its evidence in words if it explains every derivative that was measured, else None.
"""

from itertools import chain, combinations

import numpy as np

from .case import Case, place_of

FEWEST = 3  # right derivatives that show that the others are masked
LINES = 4  # along a dimension, of which the first or the last can be called the border


def one_sample(case: Case) -> str | None:
    """Right for one entry of the first dimension of the outputs, zero for the others."""
    if len(case.out_shapes) != 1 or len(case.out_shapes[0]) < 1:
        return None
    count = case.out_shapes[0][0]
    n = case.numeric.reshape(count, -1)
    for i in range(count if count > 1 else 0):
        guess = np.zeros_like(n)
        guess[i] = n[i]
        if np.delete(n, i, axis=0).any() and case.explains(guess):
            return f"of the {count} first indices of the result, only {i} reaches this gradient"
    return None


def is_lost(case: Case) -> np.ndarray | None:
    """Mark the derivatives (outputs, entries) that are 0 and should not be, if all others are right."""
    a, n = case.flat
    lost = (np.abs(a) <= case.nothing) & (np.abs(n) > case.nothing)
    return lost if lost.any() and case.explains(np.where(lost, 0.0, n)) else None


def some_uses(case: Case) -> str | None:
    """Right for some of the outputs that depend on an entry, zero for others."""
    lost = is_lost(case)
    if lost is None:
        return None
    uses = (np.abs(case.flat[1]) > case.nothing).sum(axis=0)
    kept = uses - lost.sum(axis=0)
    shared = lost.any(axis=0)
    if (uses[shared] < 2).any() or (kept[shared] < 1).any():
        return None
    i = int(np.flatnonzero(shared)[0])
    return (
        f"{uses[i]} outputs depend on entry {place_of(i, case.shape)}, and its gradient holds the share of "
        f"{kept[i]} of them"
    )


def some_parts(case: Case) -> str | None:
    """Right for some of the entries that each output depends on, zero for the same number of others."""
    lost = is_lost(case)
    if lost is None or min(lost.shape) < FEWEST:
        return None
    uses = (np.abs(case.flat[1]) > case.nothing).sum(axis=1)
    kept = uses - lost.sum(axis=1)
    if kept.mean() < 1 or len(set(lost.sum(axis=1))) > 1:
        return None
    o = int(np.argmax(uses))
    return (
        f"output {o} depends on {uses[o]} entries, and the gradient has the part of {kept[o]} of them; each "
        f"output lost {uses[o] - kept[o]}"
    )


def mask(case: Case) -> str | None:
    """Right where it is not 0, and 0 at the wrong places."""
    a, n = (np.abs(j) > case.nothing for j in case.flat)
    both = a & n
    if both.sum() < (FEWEST if (a & ~n).any() else 1) or not case.explains(
        np.where(both, case.flat[1], case.flat[0])
    ):
        return None
    parts = []
    for count, first, words in (
        ((n & ~a).sum(), n & ~a, "it is 0 at {} derivatives where the function has a slope"),
        ((a & ~n).sum(), a & ~n, "it is not 0 at {} derivatives where the function has none"),
    ):
        if count:
            o, i = np.argwhere(first)[0]
            at = f"output {o} by entry {place_of(int(i), case.shape)}"
            parts.append(f"{words.format(count)} (the first: {at})")
    pattern = case.holds(lines)
    return f"{'; '.join(parts)}; the other {both.sum()} are right{f': {pattern}' if pattern else ''}"


def signs(case: Case) -> str | None:
    """Of the wrong sign at some entries, right at the others."""
    if case.bad.sum() < 2 or case.bad.all():
        return None
    n = case.flat[1]
    if not case.explains(np.where(case.bad, -n, n)):
        return None
    return f"gradient / differences = -1 at {case.bad.sum()} of {case.size} entries, 1 at the others"


def one_entry(case: Case) -> str | None:
    """A few entries, of many."""
    bad = np.flatnonzero(case.bad)
    if not 0 < len(bad) <= 2 or case.size < 8 * len(bad):
        return None
    return f"{' and '.join(place_of(int(i), case.shape) for i in bad)} of {case.size} entries"


def border(case: Case) -> str | None:
    """Wrong at all of the outermost places along the last dimensions, right inside."""
    bad = case.bad.reshape(case.shape)
    used = bad | (np.abs(case.numeric).max(axis=0, initial=0.0) > 0)
    dims = range(max(0, bad.ndim - 2), bad.ndim)
    for d in chain(*(combinations(dims, r) for r in range(1, len(dims) + 1))):
        for first, last in ((1, 0), (0, 1), (1, 1), (2, 2)):
            if _is_border(bad, used, d, first, last):
                named = " and ".join(map(str, d))
                many = " two" if first > 1 else ""
                side = f"first{many} and last{many}" if first and last else "first" if first else "last"
                return f"all wrong entries are the {side} along dimension {named}; all others are right"
    return None


def _is_border(bad: np.ndarray, used: np.ndarray, dims: tuple[int, ...], first: int, last: int) -> bool:
    least = max(LINES, first + last + 2)
    lines = [len(np.unique(np.nonzero(used)[d])) for d in dims]
    if bad.sum() < 2 or min(lines) < least:
        return False
    inside = np.zeros(bad.shape, bool)
    inner = [slice(first, n - last) if d in dims else slice(None) for d, n in enumerate(bad.shape)]
    inside[tuple(inner)] = True
    return bool(not bad[inside].any() and bad[~inside & used].all() and used[inside].any())


def lines(case: Case) -> str | None:
    """Wrong in some whole rows, columns or channels, right in all others."""
    bad = case.bad.reshape(case.shape)
    used = bad | (np.abs(case.numeric).max(axis=0, initial=0.0) > 0)
    for d, n in enumerate(case.shape):
        rows, known = np.moveaxis(bad, d, 0).reshape(n, -1), np.moveaxis(used, d, 0).reshape(n, -1)
        wrong = np.asarray(rows.any(axis=1))
        if wrong.all() or known.sum(axis=1).min() < 2 or (rows != wrong[:, None])[known].any():
            continue
        listed = ", ".join(str(int(i)) for i in np.flatnonzero(wrong)[:6])
        if wrong.any() and wrong.sum() <= max(1, n // 2):
            return f"all entries at {listed} of {n} along dimension {d} are wrong, and no others"
    return None

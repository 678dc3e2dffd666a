"""Random calls of what pads, indexes and makes tensors."""

import contextlib

import numpy as np

from .case import Case, Draw


def pad_constant(r: Draw) -> Case:
    shape = r.shape(0, 4)
    pairs = r.randint(0, len(shape) + (1 if r.chance(0.05) else 0))
    amounts = [r.randint(-3 if r.chance(0.3) else 0, 4) for _ in range(2 * pairs)]
    if r.chance(0.03):
        amounts.append(1)
    settings = {"value": r.choice([None, 0.0, 2, -1.5])} if r.chance(0.6) else {}
    x = r.array(shape) if r.chance(0.9) else r.integers(-5, 5, shape)
    return Case("pad", [x, tuple(amounts) if r.chance(0.5) else amounts], settings)


def _unclear(amounts: list[int], shape: tuple[int, ...], mode: str) -> str | None:
    """Say where PyTorch hands out memory that nobody has written."""
    pairs = list(zip(amounts[::2], amounts[1::2], shape[::-1], strict=False))
    if "irc" in mode and any(min(a, b) < 0 and max(a, b) > n + min(a, b) for a, b, n in pairs):
        return "a circular rim of more than is kept"
    nothing = mode in ("reflect", "replicate") and any(n + a + b == 0 for a, b, n in pairs)
    return "PyTorch's gradient of an empty result is not set to zeros" if nothing else None


def pad_rim(r: Draw) -> Case:
    dims, mode = r.randint(1, 3), r.choice(["reflect", "replicate", "circular"])
    shape = r.shape(dims, dims) if r.chance(0.03) else r.shape(dims + 1, dims + 2, most=6, empty=0.04)
    amounts = [r.randint(-3 if r.chance(0.3) else 0, 3) for _ in range(2 * dims)]
    settings = {"value": r.choice([None, 0.0, 0, 1.0])} if r.chance(0.1) else {}
    return Case("pad", [r.array(shape), amounts, mode], settings, differs=_unclear(amounts, shape, mode))


def pad_layer(r: Draw) -> Case:
    kind, d = r.choice(["Zero", "Constant", "Reflection", "Replication", "Circular"]), r.randint(1, 2)
    least = -1 if r.chance(0.3) else 0
    amounts = r.randint(least, 3) if r.chance(0.4) else [r.randint(least, 3) for _ in range(2 * d)]
    args = [amounts if isinstance(amounts, int) else tuple(amounts), *([1.5] if kind == "Constant" else [])]
    shape = (*r.shape(1, 2, empty=0.02), *(r.randint(3, 6) for _ in range(d)))
    all_sides = [amounts] * 4 if isinstance(amounts, int) else amounts
    why = _unclear(all_sides, shape, kind)
    return Case(f"nn.{kind}Pad{d}d", args, inputs=[r.array(shape)], differs=why)


def narrow(r: Draw) -> Case:
    x = r.array(r.shape(0 if r.chance(0.05) else 1, 4))
    d = r.dim(x.ndim)
    n = x.shape[d] if x.ndim else 1
    if r.chance(0.4):
        return Case(r.choice(["select", "Tensor.select"]), [x, d, r.randint(-n - 1, n)])
    start = r.randint(-n, n)
    length = (
        r.randint(-1, n + 1) if r.chance(0.1) else r.randint(0, n - start % (n + 1) if start >= 0 else -start)
    )
    return Case(r.choice(["narrow", "Tensor.narrow"]), [x, d, start, length])


def _slice(r: Draw, n: int) -> slice:
    ends = [None if r.chance(0.3) else r.randint(-n - 2, n + 2) for _ in "ab"]
    return slice(*ends, r.choice([None, 1, 2, 3]) if r.chance(0.96) else r.choice([0, -1]))


def _index(r: Draw, shape: tuple[int, ...]) -> list:
    """One index of any kinds for a shape."""
    parts: list = []
    common = r.choice([(), (1,), (2,), (3,), (2, 3)])
    left = list(shape)
    while left and r.chance(0.85):
        n, kind = (
            left[0],
            r.choice(["int", "slice", "array", "list", "mask", "none", "scalar", "bool", "slice"]),
        )
        low, high = (-n, n - 1) if r.chance(0.97) else (-n - 1, n)
        if kind in ("none", "bool"):
            parts.append(None if kind == "none" else r.chance(0.8))
            continue
        left.pop(0)
        if kind in ("int", "scalar"):
            place = r.randint(low, high) if high >= low else 0
            parts.append(place if kind == "int" else r.integers(place, place, ()))
        elif kind == "slice":
            parts.append(_slice(r, n))
        elif kind == "mask":
            sizes = (n, left.pop(0)) if left and r.chance(0.3) else (n,)
            mask = r.booleans(sizes if r.chance(0.97) else (n + 1,))
            parts.append(mask)
        else:
            sizes = common if r.chance(0.8) else common[-1:]
            array = r.integers(low, high, sizes) if high >= low else r.integers(0, 0, (0,))
            parts.append(array if kind == "array" or array.ndim != 1 else array.tolist())
    if r.chance(0.3):
        parts.insert(r.randint(0, len(parts)), ...)
    return parts


def _unlooked(shape: tuple[int, ...], parts: list) -> str | None:
    """Say where PyTorch does not look at places out of range, since nothing is picked."""
    there, numbers = [[0] * len(p) if isinstance(p, list) else p for p in parts], np.zeros(shape)
    there = [p * 0 if isinstance(p, np.ndarray) and p.dtype != np.bool_ and p.ndim else p for p in there]
    why = "a place out of range where nothing is picked"
    with contextlib.suppress(IndexError, ValueError):
        numbers[tuple(parts)]  # numpy does not look where False or an empty array picks nothing
        return why if any(p is False or np.shape(p) == (0,) for p in parts) and _out(shape, parts) else None
    with contextlib.suppress(IndexError, ValueError):
        return why if not numbers[tuple(there)].size else None
    return None


def _out(shape: tuple[int, ...], parts: list) -> bool:
    arrays = [p for p in parts if isinstance(p, list | np.ndarray) and np.size(p)]
    return any(np.asarray(p).dtype != np.bool_ and np.max(np.abs(p)) > min(shape) - 1 for p in arrays)


def getitem(r: Draw) -> Case:
    x = r.array(r.shape(0, 4))
    parts = _index(r, x.shape)
    index = parts[0] if len(parts) == 1 and r.chance(0.5) else tuple(parts)
    return Case("Tensor.__getitem__", [x, index], differs=_unlooked(x.shape, parts))


def setitem(r: Draw) -> Case:
    shape = r.shape(0, 4)
    parts = _index(r, shape)
    target: tuple[int, ...] = ()
    why = _unlooked(shape, parts)
    with contextlib.suppress(IndexError, ValueError):
        numbers = np.arange(int(np.prod(shape))).reshape(shape)[tuple(parts)]
        target = numbers.shape
        if len(set(numbers.ravel().tolist())) < numbers.size:
            why = "equal places: which value stays is not said"
    sizes = tuple(1 if r.chance(0.2) else n for n in target[r.randint(0, len(target)) :])
    sizes = (1, *sizes) if r.chance(0.1) else (*sizes, 2) if r.chance(0.05) else sizes
    value = r.choice([1.5, 2, True]) if r.chance(0.3) else r.constant(sizes)
    return Case("Tensor.__setitem__", [r.constant(shape), tuple(parts), value], differs=why)


def make(r: Draw) -> Case:
    name = r.choice(["zeros", "ones", "full", "eye", "linspace", "arange"])
    sizes = [r.randint(0, 4) for _ in range(r.randint(1, 3))]
    if r.chance(0.04):
        sizes[0] = -1
    settings = {"requires_grad": False} if r.chance(0.1) else {}
    if name in ("zeros", "ones"):
        return Case(name, sizes if r.chance(0.5) else [tuple(sizes)], settings)
    if name == "full":
        return Case(name, [tuple(sizes), r.choice([1, 2.5, -3, True])], settings)
    if name == "eye":
        return Case(name, sizes[:2], settings)
    bounds = [r.choice([r.randint(-5, 5), r.uniform(-4, 4)]) for _ in "ab"]
    if name == "linspace":
        count, step = r.randint(-1, 9), r.randint(-99, 99) / 64  # the numbers are exact in float32
        return Case(name, [bounds[0], bounds[0] + step * (count - 1), count], settings)
    step = r.choice([r.randint(-3, 3), r.uniform(-2, 2)])
    return Case(name, r.choice([bounds[:1], bounds, [*bounds, step]]), settings)


def make_like(r: Draw) -> Case:
    name = r.choice(["zeros_like", "ones_like", "full_like"])
    x = r.choice([r.array(r.shape()), r.integers(0, 3, r.shape()), r.booleans(r.shape())])
    return Case(name, [x, r.choice([1, 0, 2.5])] if name == "full_like" else [x])


CASES = [pad_constant, pad_rim, pad_layer, narrow, getitem, setitem, make, make_like]

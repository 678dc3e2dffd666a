"""Random calls of what reduces, runs along a dimension, orders, picks, puts and counts."""

from typing import Any

import numpy as np

from .case import Case, Constant, Draw

Shape = tuple[int, ...]
INF = float("inf")
UNLIKE = {"differs": "of repeated places, only the last one gets the gradient"}
WRAPS = {"differs": "PyTorch takes places beyond the end as remainders"}


def _dim(r: Draw, ndim: int, wrong: float = 0.04) -> int:
    """Draw a dimension; a few are out of range."""
    return r.choice([ndim, -ndim - 1, ndim + 3]) if r.chance(wrong) else r.dim(ndim)


def _dims(r: Draw, ndim: int) -> Any:
    """Draw one dimension, several, or all; a few name one twice."""
    if r.chance(0.4):
        return _dim(r, ndim)
    chosen = [d - max(ndim, 1) * r.randint(0, 1) for d in r.sample(range(ndim), r.randint(0, ndim))]
    if r.chance(0.03):
        chosen = [0, 0]
    return tuple(chosen) if r.chance(0.5) else chosen


def _over(r: Draw, shape: Shape) -> dict[str, Any]:
    """Draw what most reductions take by name."""
    settings: dict[str, Any] = {"dim": _dims(r, len(shape))} if r.chance(0.8) else {}
    return settings | ({"keepdim": r.chance(0.5)} if settings and r.chance(0.5) else {})


def _along(r: Draw, shape: Shape, keep: bool = True) -> dict[str, Any]:
    """Draw what functions along one dimension take by name."""
    settings = {"dim": _dim(r, len(shape))}
    return settings | ({"keepdim": r.chance(0.5)} if keep and r.chance(0.5) else {})


def _plain(r: Draw, shape: Shape) -> np.ndarray:
    return r.booleans(shape) if r.chance(0.5) else r.integers(-4, 4, shape)


def sums(r: Draw) -> Case:
    name, shape = r.choice(["sum", "mean"]), r.shape(0, 4)
    x = r.array(shape, r.choice(["normal", "special"])) if r.chance(0.85) else _plain(r, shape)
    return Case(r.choice(["", "Tensor."]) + name, [x], _over(r, shape))


def prod(r: Draw) -> Case:
    shape = r.shape(0, 3, most=6)
    x = r.array(shape, r.choice(["normal", "ties", "positive"])) if r.chance(0.85) else _plain(r, shape)
    return Case("prod", [x], _along(r, shape) if r.chance(0.7) else {})


def moments(r: Draw) -> Case:
    shape, kind = r.shape(0, 4), r.choice(["normal", "normal", "distinct", "ties"])
    x = r.array(shape, kind) if r.chance(0.95) else r.integers(-4, 4, shape)
    settings = _over(r, shape)
    if r.chance(0.5):
        settings["correction"] = r.choice([0, 1, 2, 0.5, -1])
    if r.chance(0.15):
        settings = {"unbiased": r.chance(0.5)}
    name = r.choice(["var", "std", "var_mean", "std_mean"])
    dim = settings.get("dim", range(len(shape)))
    over = [dim] if isinstance(dim, int) else dim
    count = int(np.prod([shape[d] for d in over if -len(shape) <= d < len(shape)]))
    why = "PyTorch's gradient over no dim, which is all, counts wrong" if dim in ((), []) else None
    return Case(name, [x], settings, second=kind != "ties" and count > 2, differs=why)


def old_moments(r: Draw) -> Case:
    shape = r.shape(1, 3, empty=0)
    args = r.choice([[r.chance(0.5)], [r.dim(len(shape)), r.chance(0.5)], [r.dim(len(shape)), True, True]])
    return Case(
        r.choice(["var", "std", "Tensor.var", "Tensor.std"]),
        [r.array(shape, "distinct"), *args],
        second=False,
    )


def extremes(r: Draw) -> Case:
    shape = r.shape(0, 4, empty=0.08)
    x = r.array(shape, r.choice(["distinct", "ties", "special"])) if r.chance(0.8) else _plain(r, shape)
    return Case(r.choice(["amax", "amin"]), [x], _over(r, shape))


def both_extremes(r: Draw) -> Case:
    shape = r.shape(0, 3, empty=0.08)
    x = r.array(shape, r.choice(["distinct", "ties", "special"])) if r.chance(0.8) else _plain(r, shape)
    return Case("aminmax", [x], _along(r, shape) if r.chance(0.7) else {})


def placed_extremes(r: Draw) -> Case:
    name, shape = r.choice(["max", "min", "argmax", "argmin"]), r.shape(0, 4, empty=0.08)
    x = r.array(shape, r.choice(["distinct", "special"])) if r.chance(0.8) else _plain(r, shape)
    settings = _along(r, shape) if r.chance(0.75) else {"keepdim": True} if r.chance(0.1) else {}
    return Case(name, [x], settings, skip=(1,) if x.dtype.kind != "f" else ())


def of_two(r: Draw) -> Case:
    shape = r.shape(0, 3)
    other = shape if r.chance(0.7) else tuple(r.choice([1, n]) for n in shape)
    b = np.asarray(r.array(other, "ties") + 0.25)
    return Case(r.choice(["max", "min"]), [r.array(shape, "distinct"), b])


def logsumexp(r: Draw) -> Case:
    shape = r.shape(0, 4)
    x = r.array(shape, scale=r.choice([1.0, 30.0])) if r.chance(0.9) else _plain(r, shape)
    settings = {"dim": _dims(r, len(shape))} | ({"keepdim": True} if r.chance(0.4) else {})
    differs = {"differs": "over no dim, PyTorch raises or reduces all"} if settings["dim"] in ((), []) else {}
    return Case("logsumexp", [x], settings, absolute=1e-12 if x.dtype.kind == "f" else 2e-6, **differs)


def logsumexp_infinite(r: Draw) -> Case:
    shape = r.shape(1, 3)
    return Case("logsumexp", [r.array(shape, "special")], {"dim": r.dim(len(shape))}, second=False)


def norm(r: Draw) -> Case:
    name, shape = r.choice(["norm", "norm", "vector_norm"]), r.shape(0, 3, empty=0.08)
    p = r.choice([1, 2, 3, 0, INF, -INF, 0.5, 1.5, 2.5, -1, -2.0])
    x = r.array(shape, r.choice(["distinct", "normal"])) if r.chance(0.95) else r.integers(1, 4, shape)
    settings = _over(r, shape) | ({"ord" if name == "vector_norm" else "p": p} if r.chance(0.9) else {})
    return Case(name, [x], settings)


def norm_of_zeros(r: Draw) -> Case:
    shape = r.shape(1, 3, empty=0)
    p = r.choice([1, 2, 3, 0, INF, -INF, 0.5, 1.5, -1, "fro", "fro", "abc"])
    x = r.array(shape, "ties") * r.choice([0.0, 1.0])
    return Case("norm", [x], {"p": p, "dim": r.dim(len(shape))}, second=False)


def normalize(r: Draw) -> Case:
    shape = r.shape(1, 4, empty=0)
    settings: dict[str, Any] = {"dim": _dim(r, len(shape))} if r.chance(0.8) else {}
    if r.chance(0.4):
        settings["p"] = r.choice([1, 2, 3, INF, 0.5])
    if r.chance(0.2):
        settings["eps"] = r.choice([0.5, 1e-6])
    x = r.array(shape, "positive") * np.where(r.booleans(shape), 1.0, -1.0)
    return Case("normalize", [x], settings)


def cosine_similarity(r: Draw) -> Case:
    shape = r.shape(1, 3, empty=0.02)
    other = shape if r.chance(0.6) else tuple(r.choice([1, n]) for n in shape)[r.randint(0, len(shape)) :]
    settings: dict[str, Any] = {"dim": _dim(r, len(shape))} if r.chance(0.8) else {}
    if r.chance(0.2):
        settings["eps"] = r.choice([0.5, 1e-3, -1.0])
    return Case("cosine_similarity", [r.array(shape, "distinct"), r.array(other, "positive")], settings)


def pairwise_distance(r: Draw) -> Case:
    shape = r.shape(1, 3, empty=0.02)
    other = shape if r.chance(0.6) else tuple(r.choice([1, n]) for n in shape)[r.randint(0, len(shape)) :]
    args = r.choice([[], [1.0], [2.0], [3.0, 1e-3], [INF, 0.5], [2.0, 1e-6, True]])
    b = np.asarray(r.array(other, "positive") + 7.0)
    return Case("pairwise_distance", [r.array(shape, "distinct"), b, *args])


def scans(r: Draw) -> Case:
    name, shape = r.choice(["cumsum", "cumprod"]), r.shape(0, 3, most=7)
    kind = r.choice(["normal", "ties", "ties"])
    x = r.array(shape, kind) if r.chance(0.9) else _plain(r, shape)
    return Case(r.choice(["", "Tensor."]) + name, [x], _along(r, shape, False))


def logcumsumexp(r: Draw) -> Case:
    shape = r.shape(0, 3, most=7)
    x = r.array(shape, scale=r.choice([1.0, 30.0])) if r.chance(0.95) else r.integers(-4, 4, shape)
    return Case("logcumsumexp", [x], _along(r, shape, False))


def logcumsumexp_infinite(r: Draw) -> Case:
    x = r.array(r.shape(1, 2, most=7), "special")
    differs = {"differs": "the gradient beside an infinity is NaN"} if (x == INF).any() else {}
    return Case("logcumsumexp", [np.where(np.isnan(x), 0.5, x)], {"dim": 0}, second=False, **differs)


def running_extremes(r: Draw) -> Case:
    shape = r.shape(0, 3, most=7)
    x = r.array(shape, r.choice(["distinct", "ties", "special"])) if r.chance(0.9) else _plain(r, shape)
    settings = _along(r, shape, False)
    unseen = not x.size and not -x.ndim <= settings["dim"] < x.ndim
    differs = {"differs": "PyTorch does not look at dim if there are no values"} if unseen else {}
    return Case(r.choice(["cummax", "cummin"]), [x], settings, **differs)


def diff(r: Draw) -> Case:
    shape = r.shape(0 if r.chance(0.05) else 1, 3)
    dim = _dim(r, len(shape))
    settings: dict[str, Any] = {"dim": dim} if r.chance(0.9) else {}
    d = settings.get("dim", -1) % max(len(shape), 1)
    for name in ("prepend", "append"):
        if r.chance(0.3) and shape:
            beside = [r.randint(0, 3) if e == d else n for e, n in enumerate(shape)]
            settings[name] = r.array(beside + ([1] if r.chance(0.04) else []))
    if r.chance(0.6):
        settings["n"] = r.choice([0, 1, 2, 2, 3, 7, -1])
    wrong = settings.get("n") == 0 and not -len(shape) <= dim < len(shape)
    differs = {"differs": "PyTorch does not look at dim if n is 0"} if wrong else {}
    return Case("diff", [r.array(shape)], settings, **differs)


def diff_of_whole(r: Draw) -> Case:
    shape = r.shape(1, 3)
    return Case("diff", [_plain(r, shape)], {"n": r.randint(0, 3), "dim": r.dim(len(shape))})


def _ordered(r: Draw, empty: float = 0.05) -> tuple[np.ndarray, Shape]:
    shape = r.shape(0, 3, most=7, empty=empty)
    return r.array(shape, "distinct") if r.chance(0.85) else r.integers(-90000, 90000, shape), shape


def sort(r: Draw) -> Case:
    x, shape = _ordered(r)
    settings = _along(r, shape, False) if r.chance(0.8) else {}
    settings |= {name: r.chance(0.5) for name in ("descending", "stable") if r.chance(0.5)}
    return Case(r.choice(["sort", "argsort", "Tensor.sort"]), [x], settings)


def stable_sort(r: Draw) -> Case:
    shape = r.shape(0, 3, most=7)
    x = r.array(shape, r.choice(["ties", "special"])) if r.chance(0.8) else _plain(r, shape)
    settings = {"dim": r.dim(len(shape)), "stable": True, "descending": r.chance(0.5)}
    return Case(r.choice(["sort", "argsort"]), [x], settings)


def topk(r: Draw) -> Case:
    x, shape = _ordered(r)
    settings = _along(r, shape, False) if r.chance(0.8) else {}
    settings |= {"largest": r.chance(0.5)} if r.chance(0.5) else {}
    n = shape[settings.get("dim", -1) % max(len(shape), 1)] if shape else 1
    k = r.choice([-1, n + 1, n + 4]) if r.chance(0.08) else r.randint(0, n)
    return Case("topk", [r.booleans(shape) if r.chance(0.02) else x, k], settings)


def kthvalue(r: Draw) -> Case:
    x, shape = _ordered(r, empty=0.03)
    settings = _along(r, shape) if r.chance(0.8) else {}
    n = shape[settings.get("dim", -1) % max(len(shape), 1)] if shape else 1
    return Case(
        "kthvalue", [x, r.choice([0, n + 1]) if r.chance(0.08) else r.randint(1, max(n, 1))], settings
    )


def median(r: Draw) -> Case:
    x, shape = _ordered(r)
    if x.dtype.kind == "f" and x.size and r.chance(0.3):
        x = np.where(r.array(shape, "unit") < 0.2, np.nan, x)
    settings = _along(r, shape) if r.chance(0.7) else {"keepdim": True} if r.chance(0.1) else {}
    empty = not x.size and not settings and x.dtype.kind != "f"
    differs = {"differs": "PyTorch's median of no whole numbers is the smallest one"} if empty else {}
    return Case(r.choice(["median", "nanmedian"]), [x], settings, **differs)


def median_of_ties(r: Draw) -> Case:
    return Case(
        r.choice(["median", "nanmedian"]), [r.array(r.shape(0, 3, empty=0), r.choice(["ties", "special"]))]
    )


def questions(r: Draw) -> Case:
    shape = r.shape(0, 3, empty=0.1)
    x = r.array(shape, r.choice(["ties", "special"])) if r.chance(0.6) else _plain(r, shape)
    return Case(r.choice(["any", "all"]), [x], _over(r, shape))


def count_nonzero(r: Draw) -> Case:
    shape = r.shape(0, 3, empty=0.1)
    x = r.array(shape, r.choice(["ties", "special"])) if r.chance(0.6) else _plain(r, shape)
    return Case("count_nonzero", [x], {"dim": _dims(r, len(shape))} if r.chance(0.8) else {})


def _mask(r: Draw, shape: Shape) -> np.ndarray:
    sizes = shape if r.chance(0.5) else tuple(r.choice([1, n]) for n in shape)[r.randint(0, len(shape)) :]
    sizes = (*sizes, 7) if r.chance(0.05) else sizes
    return r.integers(0, 1, sizes) if r.chance(0.04) else r.booleans(sizes)


def masked_fill(r: Draw) -> Case:
    shape = r.shape(0, 3)
    x = r.array(shape) if r.chance(0.85) else _plain(r, shape)
    value: Any = (
        r.choice([0, 1.5, -INF, 3, True]) if r.chance(0.6) else r.array((1,) if r.chance(0.1) else ())
    )
    if x.dtype.kind != "f":
        value = r.choice([2, 3.5, True, 0.0])
    return Case("Tensor.masked_fill", [x, _mask(r, shape), value])


def masked_select(r: Draw) -> Case:
    shape = r.shape(0, 3)
    return Case("masked_select", [r.array(shape) if r.chance(0.9) else _plain(r, shape), _mask(r, shape)])


def _places(r: Draw, sizes: list[int], n: int, below: int = 0) -> np.ndarray:
    """Draw places in a dimension of size n; a few are out of range."""
    if n <= 0:
        sizes = [0, *sizes[1:]] if r.chance(0.9) else sizes
    places = r.integers(below, max(n - 1, below), sizes)
    if r.chance(0.05) and places.size:
        places.reshape(-1)[0] = r.choice([n, -1 - n, -1])
    return places


def _index(r: Draw, shape: Shape, d: int, n: int | None = None) -> list[int]:
    """Draw the shape of an index: nowhere longer but along one dimension, most of the time."""
    sizes = (
        [r.randint(0 if r.chance(0.05) else min(1, m), m) for m in shape] if r.chance(0.5) else list(shape)
    )
    if sizes:
        sizes[d] = r.randint(0, 6) if n is None else n
    if r.chance(0.03) and sizes:
        sizes[r.randint(0, len(sizes) - 1)] += 3
    return sizes + ([1] if r.chance(0.03) else [])


def gather(r: Draw) -> Case:
    shape = r.shape(0, 3)
    dim = _dim(r, len(shape))
    d = dim % max(len(shape), 1)
    index = _places(r, _index(r, shape, d), shape[d] if shape else 1)
    x = r.array(shape) if r.chance(0.9) else _plain(r, shape)
    return Case(r.choice(["gather", "Tensor.gather"]), [x, dim, index.astype(r.choice([np.int64, np.int32]))])


def _distinct_places(r: Draw, sizes: list[int], d: int, n: int) -> np.ndarray:
    count = min(sizes[d], n)
    places = np.empty((*sizes[:d], count, *sizes[d + 1 :]), np.int64)
    rows = np.moveaxis(places, d, -1)
    for at in np.ndindex(rows.shape[:-1]):
        rows[at] = r.sample(range(n), count)
    return places


def _source(r: Draw, index: np.ndarray, bigger: list[int]) -> Any:
    """Draw what is put somewhere; PyTorch differentiates it only if it is as large as the index."""
    return r.array(index.shape) if r.chance(0.5) else r.constant([max(n, 0) for n in bigger])


def scatter(r: Draw) -> Case:
    shape = r.shape(1, 3)
    dim = r.dim(len(shape))
    d = dim % len(shape)
    if r.chance(0.8):
        index = _distinct_places(r, [r.randint(min(1, m), m) for m in shape], d, shape[d])
    else:
        index = _places(r, _index(r, shape, d, shape[d]), shape[d])
    bigger = [n + r.randint(-1 if r.chance(0.05) else 0, 2) for n in index.shape]
    src: Any = r.choice([2.5, 3, True]) if r.chance(0.3) else _source(r, index, bigger)
    in_order = np.sort(index, axis=d) if d < index.ndim else index
    repeated = bool((np.diff(in_order, axis=d) == 0).any()) if d < index.ndim else False
    outside = index.size and (index.min() < 0 or index.max() >= shape[d])
    wrong = index.ndim != len(shape) or outside
    return Case("scatter", [r.array(shape), dim, index, src], **(UNLIKE if repeated and not wrong else {}))


def scatter_add(r: Draw) -> Case:
    shape = r.shape(0, 3)
    dim = _dim(r, len(shape))
    d = dim % max(len(shape), 1)
    index = _places(r, _index(r, shape, d), shape[d] if shape else 1)
    src = _source(r, index, [n + r.randint(-1 if r.chance(0.05) else 0, 2) for n in index.shape])
    return Case(r.choice(["scatter_add", "Tensor.scatter_add"]), [r.array(shape), dim, index, src])


def index_select(r: Draw) -> Case:
    shape = r.shape(0, 3)
    dim = _dim(r, len(shape))
    n = shape[dim % len(shape)] if shape else 1
    sizes = [[r.randint(0, 6)], [1], [], [2, 2]][3 if r.chance(0.04) else r.choice([0, 0, 0, 1, 2])]
    x = r.array(shape) if r.chance(0.9) else _plain(r, shape)
    return Case("index_select", [x, dim, _places(r, sizes, n)])


def index_add(r: Draw) -> Case:
    shape = r.shape(1, 3)
    dim = _dim(r, len(shape))
    d = dim % len(shape)
    index = _places(r, [r.randint(0, 6)], shape[d])
    sizes = [len(index) if e == d else n for e, n in enumerate(shape)]
    if r.chance(0.06):
        sizes[r.randint(0, len(sizes) - 1)] += 1
    settings = {"alpha": r.choice([2, -1, 0.5, 0])} if r.chance(0.5) else {}
    source = r.array(sizes) if r.chance(0.96) else r.integers(0, 4, sizes)
    return Case("index_add", [r.array(shape), dim, index, source], settings)


def index_fill(r: Draw) -> Case:
    shape = r.shape(0, 3)
    dim = _dim(r, len(shape))
    n = shape[dim % len(shape)] if shape else 1
    learns = r.chance(0.4) and shape  # PyTorch's gradient of the value knows no negative places
    index = _places(r, r.choice([[r.randint(0, 4)], []]), n, 0 if learns else -n)
    x = r.array(shape) if r.chance(0.85) or learns else r.integers(-4, 4, shape)
    value: Any = (
        r.array(()) if learns and (not index.size or index.min() >= 0) else r.choice([0, 1.5, -3, True])
    )
    differs = {"differs": "PyTorch checks no places beside empty slices"} if not x.size else {}
    return Case("Tensor.index_fill", [x, dim, index, value], **differs)


def take_along_dim(r: Draw) -> Case:
    shape = r.shape(1, 3)
    x = r.array(shape, "distinct")
    if r.chance(0.3):
        return Case("take_along_dim", [x, _places(r, [r.randint(0, 4), 2], x.size)])
    dim = r.dim(len(shape))
    d = dim % len(shape)
    sizes = [r.randint(1, 5) if e == d else r.choice([1, n]) for e, n in enumerate(shape)]
    if r.chance(0.05):
        sizes[r.randint(0, len(sizes) - 1)] += 3
    n = shape[d]
    index = _places(r, sizes, n, -n)
    beyond = index.size and (index.min() < -n or index.max() >= n)
    return Case("take_along_dim", [x, index], {"dim": dim}, **(WRAPS if beyond else {}))


def take(r: Draw) -> Case:
    shape = r.shape(0, 3)
    n = int(np.prod(shape))
    return Case("take", [r.array(shape), _places(r, [r.randint(0, 4), 2], n, -n)])


def counting(r: Draw) -> Case:
    name = r.choice(["one_hot", "nonzero", "bincount"])
    if name == "nonzero":
        x = r.array(r.shape(0, 3, empty=0.1), "special")
        return Case(name, [x], {"as_tuple": True} if r.chance(0.5) else {}, second=False)
    sizes = [r.randint(0, 6)] if name == "bincount" and r.chance(0.95) else r.shape(0, 3, most=3)
    x = r.integers(-1 if r.chance(0.05) else 0, 5, sizes)
    if name == "one_hot":
        return Case(name, [x], {"num_classes": r.choice([6, 7, -1, 3, 0, -2])} if r.chance(0.5) else {})
    settings: dict[str, Any] = {"minlength": r.choice([0, 3, 9, -1])} if r.chance(0.4) else {}
    if r.chance(0.4):
        settings["weights"] = r.constant([n + (3 if r.chance(0.05) else 0) for n in sizes])
    return Case(name, [x], settings)


def comparisons(r: Draw) -> Case:
    name, shape = r.choice(["allclose", "isclose", "equal"]), r.shape(0, 3)
    a = r.array(shape, r.choice(["normal", "special"])) if r.chance(0.8) else r.integers(-3, 3, shape)
    b = np.asarray(a * (1 if r.chance(0.4) else r.choice([1 + 1e-6, 1.001, 1.5])))
    if r.chance(0.1):
        b = b.reshape(-1)[:1]
    if a.dtype.kind != "f":
        b = r.integers(-3, 3, shape)
    if name == "equal":
        return Case(name, [a, b], second=False, single=False)
    settings: dict[str, Any] = {"equal_nan": r.chance(0.5)} if r.chance(0.5) else {}
    settings |= {word: r.choice([0.0, 1e-2, 0.6, -1.0]) for word in ("rtol", "atol") if r.chance(0.3)}
    return Case(name, [a, b], settings, second=False, single=False)


def unique(r: Draw) -> Case:
    shape = r.shape(0, 3)
    x = Constant(r.array(shape, "ties")) if r.chance(0.6) else r.integers(-2, 2, shape)
    settings = {name: r.chance(0.5) for name in ("return_inverse", "return_counts") if r.chance(0.6)}
    settings |= {"dim": r.dim(len(shape))} if r.chance(0.4) and shape else {}
    return Case("unique", [x], settings)


def softmin(r: Draw) -> Case:
    shape = r.shape(0, 3)
    return Case("softmin", [r.array(shape)], {"dim": _dim(r, len(shape))})


def layers(r: Draw) -> Case:
    shape = r.shape(2, 3, empty=0)
    name = r.choice(["Softmin", "CosineSimilarity", "PairwiseDistance"])
    settings: dict[str, Any] = {"dim": r.dim(len(shape))}
    if name == "PairwiseDistance":
        settings = {"p": r.choice([1.0, 2.0, 3.0]), "keepdim": r.chance(0.5)} if r.chance(0.7) else {}
    pair = [r.array(shape, "distinct"), r.array(shape, "positive") + 9.0]
    return Case(f"nn.{name}", [], settings, inputs=pair[: 1 if name == "Softmin" else 2])


_DTYPES = ["float64", "float32", "int64", "int32"]


def to_dtype(r: Draw) -> Case:
    """Let ``dtype`` say what is added up, multiplied or averaged."""
    name, shape = r.choice(["sum", "mean", "prod", "cumsum", "cumprod"]), r.shape(1, 3, empty=0)
    word, d = r.choice(_DTYPES), r.dim(len(shape))
    floats = r.array(shape, "ties")
    x = (Constant(floats) if "int" in word else floats) if r.chance(0.6) else r.integers(-4, 4, shape)

    def ours(t: Any) -> Any:
        import tinygrad_cnn as tg

        return getattr(tg, name)(t, d, dtype=np.dtype(word))

    def theirs(t: Any) -> Any:
        import torch

        return getattr(torch, name)(t, d, dtype=getattr(torch, word))

    return Case(name, [x], ours=ours, theirs=theirs, second=False)


CASES = [
    sums, prod, moments, old_moments, extremes, both_extremes, placed_extremes, of_two, logsumexp,
    logsumexp_infinite, norm, norm_of_zeros, normalize, cosine_similarity, pairwise_distance, scans,
    logcumsumexp, logcumsumexp_infinite, running_extremes, diff, diff_of_whole, sort, stable_sort, topk,
    kthvalue, median, median_of_ties, questions, count_nonzero, masked_fill, masked_select, gather, scatter,
    scatter_add, index_select, index_add, index_fill, take_along_dim, take, counting, comparisons, unique,
    softmin, layers, to_dtype,
]  # fmt: skip

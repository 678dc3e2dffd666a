"""Random calls of what changes shapes, joins, splits and arranges."""

from .case import Case, Draw


def _split_size(r: Draw, n: int) -> list[int]:
    """Sizes that multiply to n."""
    sizes = [next((k for k in r.sample([1, 2, 3, 4, 5], 5) if n % k == 0), 1)]
    return [*sizes, n // sizes[0]] if n else [0, r.randint(1, 3)]


def reshape(r: Draw) -> Case:
    x = r.array(r.shape())
    sizes = _split_size(r, x.size)
    if r.chance(0.4):
        sizes[r.randint(0, 1)] = -1
    if r.chance(0.06):
        sizes.append(r.choice([-1, 0, 2, -2]))
    if r.chance(0.4):
        return Case("reshape", [x, tuple(sizes)])
    return Case("Tensor.reshape", [x, *sizes] if r.chance(0.5) else [x, sizes])


def flatten(r: Draw) -> Case:
    x = r.array(r.shape())
    args = [r.randint(-4, 4) if r.chance(0.1) else r.dim(x.ndim) for _ in range(r.randint(0, 2))]
    if r.chance(0.3):
        return Case("nn.Flatten", args, inputs=[x])
    return Case(r.choice(["flatten", "Tensor.flatten"]), [x, *args])


def unflatten(r: Draw) -> Case:
    x = r.array(r.shape(most=6))
    d = r.dim(x.ndim)
    sizes = _split_size(r, x.shape[d] if x.ndim else 1)
    if r.chance(0.3):
        sizes[r.randint(0, 1)] = -1
    if r.chance(0.1):
        sizes.append(r.choice([-1, 0, 2, 1, -2]))
    if r.chance(0.03):
        sizes = []
    if r.chance(0.4) and sizes:
        return Case("nn.Unflatten", [d, tuple(sizes)], inputs=[x])
    return Case("Tensor.unflatten", [x, d, tuple(sizes)])


def squeeze(r: Draw) -> Case:
    x = r.array([1 if r.chance(0.5) else r.randint(0, 3) for _ in range(r.randint(0, 4))])
    name = r.choice(["squeeze", "unsqueeze"])
    if name == "unsqueeze":
        return Case(r.choice([name, f"Tensor.{name}"]), [x, r.randint(-x.ndim - 2, x.ndim + 1)])
    dims = tuple(r.dim(x.ndim) for _ in range(r.randint(0, 3)))
    args = r.choice([[], [dims], [r.randint(-x.ndim - 1, x.ndim)]])
    return Case(r.choice([name, f"Tensor.{name}"]), [x, *args])


def permute(r: Draw) -> Case:
    x = r.array(r.shape())
    order = [d - x.ndim if r.chance(0.3) else d for d in r.sample(range(x.ndim), x.ndim)]
    if order and r.chance(0.08):
        order[0] = r.randint(-5, 5)
    if r.chance(0.5):
        return Case("permute", [x, tuple(order)])
    return Case("Tensor.permute", [x, *order] if r.chance(0.5) and order else [x, order])


def move(r: Draw) -> Case:
    x = r.array(r.shape())
    name = r.choice(["movedim", "moveaxis", "transpose", "swapaxes", "swapdims", "t", "Tensor.t"])
    if name.endswith("t"):
        return Case(name, [x])
    if name.startswith("move"):
        k = r.randint(0, x.ndim)
        a, b = (r.sample(range(-x.ndim, 0), k) if x.ndim else [] for _ in "ab")
        if r.chance(0.08):
            b = [*b, 0] if r.chance(0.5) else b[:-1]
        args = [x, tuple(a), tuple(b)] if k != 1 or r.chance(0.5) else [x, a[0], (b or [7])[0]]
        return Case(r.choice([name, f"Tensor.{name}"]), args)
    args = [r.randint(-5, 5) if r.chance(0.05) else r.dim(x.ndim) for _ in "ab"]
    return Case(r.choice([name, f"Tensor.{name}"]), [x, *args])


def expand(r: Draw) -> Case:
    shape = [1 if r.chance(0.4) else r.randint(0 if r.chance(0.05) else 1, 4) for _ in range(r.randint(0, 4))]
    to = [r.randint(0 if r.chance(0.1) else 1, 3) if n == 1 else r.choice([n, -1]) for n in shape]
    to = [r.randint(1, 3) for _ in range(r.randint(0, 2))] + to
    if to and r.chance(0.08):
        to[r.randint(0, len(to) - 1)] = r.choice([-1, -2, 5])
    to = to[1:] if r.chance(0.04) else to
    x = r.array(shape)
    if r.chance(0.4):
        return Case(r.choice(["broadcast_to", "Tensor.broadcast_to"]), [x, tuple(to)])
    if r.chance(0.3) and all(n >= 0 for n in to):
        return Case(r.choice(["Tensor.expand_as", "Tensor.view_as"]), [x, r.array(to)])
    return Case("Tensor.expand", [x, *to] if r.chance(0.5) and to else [x, tuple(to)])


def broadcast_tensors(r: Draw) -> Case:
    shape = r.shape(0, 3)
    parts = [
        tuple(1 if r.chance(0.3) else n for n in shape[r.randint(0, len(shape)) :])
        for _ in range(r.randint(1, 3))
    ]
    if r.chance(0.08):
        parts.append((7,))
    return Case("broadcast_tensors", [r.array(part) for part in parts])


def join(r: Draw) -> Case:
    name, shape = r.choice(["cat", "stack", "hstack", "vstack", "concat", "concatenate"]), r.shape(0, 3)
    d = r.dim(len(shape) + (name == "stack"))
    shapes = [list(shape) for _ in range(r.randint(1, 3))]
    along = {"hstack": 0 if len(shape) == 1 else 1, "vstack": 0}.get(name, d)
    if (
        shape
        and name != "stack"
        and -len(shape) <= along < len(shape)
        and (name != "vstack" or len(shape) > 1)
    ):
        for part in shapes:
            part[along] = r.randint(0, 3)
    if shape and r.chance(0.08):
        shapes[-1][r.randint(0, len(shape) - 1)] += 1
    if r.chance(0.06):
        shapes.insert(r.randint(0, len(shapes)), [0])
    args = [] if name in ("hstack", "vstack") or r.chance(0.2) else [d]
    if r.chance(0.02):
        shapes = []
    arrays = [r.array(s) for s in shapes]
    return Case(name, [arrays if r.chance(0.5) else tuple(arrays), *args])


def take_apart(r: Draw) -> Case:
    x = r.array(r.shape(0 if r.chance(0.05) else 1, 4, most=7))
    name, d = r.choice(["split", "chunk", "unbind", "tensor_split"]), r.dim(x.ndim)
    n = x.shape[d] if x.ndim else 1
    how: list = []
    if name == "split":
        k = r.randint(0, n)
        how = [
            r.choice(
                [
                    r.randint(0 if r.chance(0.1) else 1, 4),
                    [k, n - k],
                    [k, 0, n - k],
                    [k, n - k + r.chance(0.3)],
                ]
            )
        ]
        if r.chance(0.03):
            how = [r.choice([-1, [-1, n + 1], []])]
    elif name == "chunk":
        how = [r.randint(0 if r.chance(0.1) else 1, 5)]
    elif name == "tensor_split":
        how = [
            r.choice(
                [
                    r.randint(0 if r.chance(0.1) else 1, 5),
                    sorted(r.randint(0, 6) for _ in range(r.randint(0, 3))),
                ]
            )
        ]
    if r.chance(0.05):
        d = r.randint(-5, 5)
    return Case(r.choice([name, f"Tensor.{name}"]), [x, *how, *([d] if d or r.chance(0.3) else [])])


def repeat(r: Draw) -> Case:
    x = r.array(r.shape(0, 3, most=4))
    name = r.choice(["Tensor.repeat", "tile", "Tensor.tile"])
    less = -r.randint(0, x.ndim) if r.chance(0.1) or name != "Tensor.repeat" else 0
    times = [r.randint(0 if r.chance(0.1) else 1, 3) for _ in range(max(x.ndim + r.randint(0, 2) + less, 0))]
    if times and r.chance(0.03):
        times[0] = -1
    return Case(name, [x, *times] if "." in name and times and r.chance(0.5) else [x, tuple(times)])


def repeat_interleave(r: Draw) -> Case:
    x = r.array(r.shape(0, 3, most=4))
    d = r.choice([None, r.dim(x.ndim)])
    n = x.size if d is None else x.shape[d] if x.ndim else 1
    times = r.choice([r.randint(0, 3), r.integers(0, 2, (n,)), r.integers(0, 3, (1,)), r.integers(0, 3, ())])
    if r.chance(0.06):
        times = r.choice([-1, r.integers(0, 2, (n + 2,)), r.integers(-2, -1, (n,))])
    settings = {"dim": d} if d is not None or r.chance(0.5) else {}
    return Case(r.choice(["repeat_interleave", "Tensor.repeat_interleave"]), [x, times], settings)


def flip(r: Draw) -> Case:
    x = r.array(r.shape())
    name = r.choice(["flip", "Tensor.flip", "fliplr", "flipud", "Tensor.fliplr", "Tensor.flipud"])
    if not name.endswith("flip"):
        return Case(name, [x])
    dims = r.sample(range(x.ndim), r.randint(0, x.ndim))
    dims = [r.dim(x.ndim) for _ in range(2)] if r.chance(0.1) else dims
    dims = [*dims, 5] if r.chance(0.04) else dims
    return Case(name, [x, *dims] if "." in name and dims and r.chance(0.5) else [x, tuple(dims)])


def roll(r: Draw) -> Case:
    x = r.array(r.shape())
    if r.chance(0.25):
        return Case(r.choice(["roll", "Tensor.roll"]), [x, r.randint(-9, 9)])
    k = r.randint(1, 3)
    shifts, dims = tuple(r.randint(-7, 7) for _ in range(k)), tuple(r.dim(x.ndim) for _ in range(k))
    if k == 1 and r.chance(0.5):
        return Case("roll", [x, shifts[0], dims[0] if r.chance(0.9) or not x.size else 5])
    if r.chance(0.06):
        dims = dims[1:]
    return Case(r.choice(["roll", "Tensor.roll"]), [x, shifts, dims])


def rot90(r: Draw) -> Case:
    x = r.array(r.shape(0 if r.chance(0.1) else 2, 4))
    args = [r.randint(-5, 5), [r.dim(x.ndim), r.dim(x.ndim)]][: r.randint(0, 2)]
    return Case(r.choice(["rot90", "Tensor.rot90"]), [x, *args])


def triangle(r: Draw) -> Case:
    x = r.array(r.shape(0 if r.chance(0.1) else 2, 4), r.choice(["normal", "special"]))
    args = [r.randint(-5, 5)] if r.chance(0.7) else []
    name = r.choice(["tril", "triu"])
    return Case(r.choice([name, f"Tensor.{name}"]), [x, *args])


def diagonal(r: Draw) -> Case:
    name = r.choice(["diagonal", "diag"])
    x = r.array(r.shape(1, 2) if name == "diag" and r.chance(0.9) else r.shape(0 if r.chance(0.1) else 2, 4))
    offset = r.randint(-6, 6) if r.chance(0.2) else r.randint(-2, 2)
    args = [offset] if r.chance(0.7) else []
    if name == "diagonal" and args and r.chance(0.7):
        args += (
            r.sample(range(-x.ndim, 0), 2) if x.ndim > 1 and r.chance(0.9) else [r.dim(x.ndim), r.dim(x.ndim)]
        )
    return Case(r.choice([name, f"Tensor.{name}"]), [x, *args])


def meshgrid(r: Draw) -> Case:
    parts = [r.array(r.shape(0, 1) if r.chance(0.98) else (2, 2)) for _ in range(r.randint(1, 3))]
    settings = {"indexing": r.choice(["ij", "xy"])} if r.chance(0.95) else {"indexing": "yx"}
    return Case("meshgrid", [parts] if r.chance(0.3) else parts, settings)


CASES = [
    *(reshape, flatten, unflatten, squeeze, permute, move, expand, broadcast_tensors, join, take_apart),
    *(repeat, repeat_interleave, flip, roll, rot90, triangle, diagonal, meshgrid),
]

"""Random calls of products of vectors, matrices and tensors."""

from .case import Case, Draw


def _size(r: Draw) -> int:
    return 0 if r.chance(0.03) else r.randint(1, 5)


def _batch(r: Draw, deep: int = 3) -> tuple[int, ...]:
    return tuple(_size(r) for _ in range(r.randint(0, deep)))


def _beside(r: Draw, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts with another one, most of the time."""
    other = tuple(1 if r.chance(0.3) else n for n in shape[r.randint(0, len(shape)) :])
    return (*other, 3) if r.chance(0.04) else other


def matmul(r: Draw) -> Case:
    batch, (i, k, j) = _batch(r), [_size(r) for _ in range(3)]
    a, b = (*batch, i, k), (*_beside(r, batch), k + r.chance(0.06), j)
    if r.chance(0.25):
        a = a[-1:]
    if r.chance(0.25):
        b = b[-2:-1]
    if r.chance(0.03):
        a = ()
    return Case(r.choice(["matmul", "Tensor.matmul"]), [r.array(a), r.array(b)])


def of_matrices(r: Draw) -> Case:
    i, k, j, n = (_size(r) for _ in range(4))
    name = r.choice(["mm", "bmm", "mv", "dot", "outer", "inner"])
    shapes = {
        "mm": ((i, k), (k, j)),
        "bmm": ((n, i, k), (n, k, j)),
        "mv": ((i, k), (k,)),
        "dot": ((k,), (k,)),
        "outer": ((i,), (j,)),
        "inner": ((*_batch(r), k), (*_batch(r), k)),
    }
    a, b = shapes[name]
    if r.chance(0.1):
        a, b = r.choice([(b, a), (a[1:], b), (a, (*b, 2)), ((2, *a), b), (a, ()), (a, (*b[:-1], b[-1] + 1))])
    return Case(r.choice([name, f"Tensor.{name}"]), [r.array(a), r.array(b)])


def addmm(r: Draw) -> Case:
    n, i, k, j = (_size(r) for _ in range(4))
    name = r.choice(["addmm", "baddbmm"])
    lead = (n,) if name == "baddbmm" else ()
    x = _beside(r, (*lead, i, j))
    settings = {key: r.choice([0, 1, 2, -0.5]) for key in ("alpha", "beta") if r.chance(0.5)}
    b = (*lead, k + r.chance(0.05), j)
    return Case(name, [r.array(x), r.array((*lead, i, k)), r.array(b)], settings)


def linear(r: Draw) -> Case:
    fan_in, fan_out = _size(r), _size(r)
    x = (*_batch(r), fan_in + r.chance(0.05))
    if r.chance(0.1):
        args = [r.array(x), r.array((fan_in,)), *([r.array(())] if r.chance(0.5) else [])]
        why = "PyTorch takes it for all x but matrices" if len(x) == 2 and len(args) == 3 else None
        return Case("linear", args, differs=why)
    args = [r.array(x), r.array((fan_out, fan_in)), *([r.array((fan_out,))] if r.chance(0.6) else [])]
    return Case("linear", args)


def bilinear(r: Draw) -> Case:
    batch, i, j, o = _batch(r, 2), r.randint(1, 4), r.randint(1, 4), r.randint(1, 4)
    a, b = r.array((*batch, i)), r.array((*batch, j + r.chance(0.05)))
    if r.chance(0.4):
        return Case("nn.Bilinear", [i, j, o, r.chance(0.7)], inputs=[a, b])
    return Case("bilinear", [a, b, r.array((o, i, j)), *([r.array((o,))] if r.chance(0.6) else [])])


def trace(r: Draw) -> Case:
    shape = r.shape(1, 3) if r.chance(0.1) else (_size(r), _size(r))
    return Case(r.choice(["trace", "Tensor.trace"]), [r.array(shape)])


def _operand(r: Draw, sizes: dict[str, int], dots: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    letters = [r.choice(sorted(sizes)) for _ in range(r.randint(0, 3))]
    shape = [1 if r.chance(0.04) else sizes[k] for k in letters]
    if not dots or r.chance(0.4):
        return "".join(letters), tuple(shape)
    at, kept = r.randint(0, len(letters)), dots[r.randint(0, len(dots)) :]
    kept = tuple(1 if r.chance(0.2) else n for n in kept)
    return "".join([*letters[:at], "...", *letters[at:]]), (*shape[:at], *kept, *shape[at:])


def einsum(r: Draw) -> Case:
    sizes = {k: _size(r) for k in "aBcd"[: r.randint(1, 4)]}
    dots = _batch(r, 2) if r.chance(0.5) else ()
    operands = [_operand(r, sizes, dots) for _ in range(r.randint(1, 3))]
    equation = ("," if r.chance(0.8) else " , ").join(text for text, _ in operands)
    if r.chance(0.75):
        used = sorted({k for text, _ in operands for k in text if k != "."})
        out = r.sample(used, r.randint(0, len(used)))
        if dots and r.chance(0.8):
            out.insert(r.randint(0, len(out)), "...")
        if r.chance(0.05):
            out.append(r.choice("aBz."))
        equation += "->" + "".join(out)
    if r.chance(0.02):
        equation += r.choice([",", "->", "1", "a", "..."])
    arrays = [r.array(shape) for _, shape in operands]
    return Case("einsum", [equation, arrays] if r.chance(0.2) else [equation, *arrays])


def einsum_by_numbers(r: Draw) -> Case:
    i, k, j = (_size(r) for _ in range(3))
    a, b = r.array((2, i, k)), r.array((k, j))
    first = r.choice([[..., 1, 2], [5, 1, 2]]) if r.chance(0.9) else r.choice([[0, 1], [52, 1, 2]])
    args = [a, first, b, [2, 0]]
    return Case("einsum", [*args, [*first[:1], 0, 1]] if r.chance(0.5) else args)


CASES = [matmul, of_matrices, addmm, linear, bilinear, trace, einsum, einsum_by_numbers]

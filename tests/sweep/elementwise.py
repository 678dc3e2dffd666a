"""Random calls of arithmetic, elementwise functions and comparisons."""

from .case import Case, Draw

UNARY = "abs ceil cos erf erfc exp expm1 floor log log1p neg reciprocal round rsqrt sign sin sqrt square tan"
BINARY = "add sub mul div maximum minimum atan2 remainder pow"
POSITIVE = {"log", "sqrt", "rsqrt", "reciprocal", "log1p"}
COMPARISONS = "eq ge gt le lt ne logical_and logical_or logical_xor"


def _two(r: Draw) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast, most of the time."""
    shape = r.shape()
    other = tuple(1 if r.chance(0.3) else n for n in shape[r.randint(0, len(shape)) :])
    if r.chance(0.08):
        other = (*other, 7)
    return (shape, other) if r.chance(0.5) else (other, shape)


def unary(r: Draw) -> Case:
    name = r.choice(UNARY.split())
    smooth = name not in ("abs", "ceil", "floor", "round", "sign", "trunc")
    kind = "positive" if name in POSITIVE else r.choice(["normal", "distinct"])
    return Case(name, [r.array(r.shape(), kind)], second=smooth)


def binary(r: Draw) -> Case:
    name = r.choice(BINARY.split())
    a, b = _two(r)
    if name == "pow":
        return Case(name, [r.array(a, "positive"), r.array(b)])
    return Case(name, [r.array(a, "distinct"), r.array(b, "positive")])


def with_number(r: Draw) -> Case:
    name = r.choice(["add", "sub", "mul", "div", "remainder", "pow"])
    return Case(name, [r.array(r.shape(), "positive"), r.choice([2, 0.5, -1.25, 3, 1])])


def comparison(r: Draw) -> Case:
    a, b = _two(r)
    kind = r.choice(["ties", "special"])
    return Case(r.choice(COMPARISONS.split()), [r.array(a, kind), r.array(b, kind)])


def clamp(r: Draw) -> Case:
    settings = {k: r.uniform(-1, 1) for k in ("min", "max") if r.chance(0.7)}
    return Case("clamp", [r.array(r.shape(), "distinct")], settings, second=False)


def where(r: Draw) -> Case:
    a, b = _two(r)
    return Case("where", [r.booleans(r.choice([a, b, ()])), r.array(a), r.array(b)])


CASES = [unary, binary, with_number, comparison, clamp, where]

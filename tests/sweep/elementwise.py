"""Random calls of arithmetic, elementwise functions and comparisons."""

import numpy as np

from .case import Case, Draw

UNARY = "abs ceil cos erf erfc exp expm1 floor log log1p neg reciprocal round rsqrt sign sin sqrt square tan"
BINARY = "add sub mul div maximum minimum atan2 remainder pow"
POSITIVE = {"log", "sqrt", "rsqrt", "reciprocal", "log1p"}
WHOLE = "add sub mul div remainder pow eq lt where"
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


def whole_with_number(r: Draw) -> Case:
    """Integers of some size beside a Python number that fits into them."""
    array = r.integers(1, 100, r.shape()).astype(r.choice(["uint8", "int32", "int64"]))
    name = r.choice(WHOLE.split())
    if name == "where":
        return Case("where", [np.asarray(array > 50), array, r.choice([3, 0])], second=False)
    if name in ("add", "sub") and r.chance(0.5):
        return Case(name, [array, r.choice([2, 3])], {"alpha": r.choice([2, 3])}, second=False)
    if name == "div":
        return Case(
            name,
            [array, r.choice([2, 3])],
            {"rounding_mode": r.choice(["floor", "trunc", None])},
            second=False,
        )
    return Case(name, [array, r.choice([2, 3, 1] if name == "pow" else [2, 0.5, 3, 1])], second=False)


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


CASES = [unary, binary, with_number, whole_with_number, comparison, clamp, where]

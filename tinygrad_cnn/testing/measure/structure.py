"""What must hold of any backward pass, whatever it computes: repeatable, linear, without side effects."""

import contextlib
from collections.abc import Iterator

import numpy as np

from ...core import grad, wrap
from ...errors import GraphError
from ...functional.derivatives_walks import pull_back
from ..codes import diagnosis
from ..report import Diagnosis
from .function import EPS, Function, Vector, joined, split
from .places import measure_noise, size_of
from .rounding import measure_rounding
from .search import draw_weights

CLOSE = 1e-9  # of the largest entry: what another order of rounding may change
NO_ENTRY = 1e-12  # of the largest entry of all inputs: what rounding makes of a gradient that is 0


def check_structure(function: Function, rng: np.random.Generator) -> Iterator[Diagnosis]:
    """Yield what is wrong with the function as a whole, the most telling first."""
    yield from _repeats(function)
    yield from _modifies(function)
    c = draw_weights(rng, function.y.size)
    yield from _is_kept(function, c, rng)
    yield from _is_linear(function, c, rng)
    yield from _adds_up(function, c)


def _repeats(function: Function) -> Iterator[Diagnosis]:
    again = function.value(function.x)
    if not np.array_equal(again, function.y, equal_nan=True):
        if function.refusal:
            yield diagnosis(
                "nondeterministic", f"the first call gave values, the second raised {function.refusal}"
            )
            return
        i = int(np.argmax(~np.isclose(again, function.y, rtol=0, atol=0, equal_nan=True)))
        yield diagnosis("nondeterministic", f"output {i} is {function.y[i]:.9g}, then {again[i]:.9g}")


def _modifies(function: Function) -> Iterator[Diagnosis]:
    leaves = function.leaves(function.x)
    before = [leaf.array.copy() for leaf in leaves]
    seen = [leaf.array for leaf in leaves]
    outputs = function.outputs(leaves)
    changed = _changed(before, seen, leaves)
    when = "the forward pass"
    if changed is None:
        when = "the backward pass"
        seeds = [wrap(np.ones(y.shape, y.dtype)) for y in outputs]
        try:
            for y, seed in zip(outputs, seeds, strict=True):
                if y.requires_grad:
                    grad(y, leaves, seed, allow_unused=True)
        except GraphError as error:
            if "was changed after" not in str(error):
                raise
        changed = _changed(before, seen, leaves)
        if changed is None and any((seed.array != 1).any() for seed in seeds):
            words = "the incoming gradient g was written to: compute a new tensor from it"
            yield diagnosis("input-modified", "after the backward pass, g is not what it was before", words)
    if changed is not None:
        yield diagnosis("input-modified", f"{when} wrote into {function.names[changed]}")


def _changed(before: list[np.ndarray], seen: list[np.ndarray], leaves: list) -> int | None:
    for k, (old, array, leaf) in enumerate(zip(before, seen, leaves, strict=True)):
        if not (np.array_equal(old, array) and np.array_equal(old, leaf.array)):
            return k
    return None


def _is_kept(function: Function, c: Vector, rng: np.random.Generator) -> Iterator[Diagnosis]:
    """Go backward, call the function elsewhere, go backward over the same graph again, and over a new one."""
    once = function.gradient(c)
    elsewhere = function.x + 0.01 * rng.standard_normal(function.x.shape) * (1 + np.abs(function.x))
    with contextlib.suppress(Exception):  # it cannot be computed there
        function.outputs(function.leaves(elsewhere))
    late, fresh = function.gradient(c), function.gradient(c, function.record())
    newest = function.gradient(c, function.record())  # what counts calls may alternate
    others = [g for g in (late, fresh, newest) if not np.array_equal(once, g, equal_nan=True)]
    if not others:
        return
    other = others[0]
    i = int(np.argmax(np.abs(once - other)))
    if not np.array_equal(newest, fresh, equal_nan=True):
        words = f"two passes give {once[i]:.9g} and {other[i]:.9g}"
        yield diagnosis("nondeterministic", f"{words} for {function.place(i)}")
        return
    again = np.array_equal(function.gradient(c), late, equal_nan=True)
    when = "after another call of the function" if again else "in a second pass over one graph"
    words = f"the gradient of {function.place(i)} is {other[i]:.9g} {when}, and was {once[i]:.9g}"
    yield diagnosis("stale", words)


def _is_linear(function: Function, a: Vector, rng: np.random.Generator) -> Iterator[Diagnosis]:
    b = draw_weights(rng, function.y.size)
    vectors = (a, b, 0 * a, 2 * a - 3 * b)
    whole = [function.gradient(c) for c in vectors]
    largest = max(float(np.abs(g).max(initial=0.0, where=np.isfinite(g))) for g in whole)
    for part in function.parts:
        mine = [g[part] for g in whole]
        if not (np.isfinite(mine[0]).all() and np.isfinite(mine[1]).all()):
            continue
        if _not_linear(function, part, mine, NO_ENTRY * largest):
            wrong = _not_linear(function, part, mine, NO_ENTRY * largest + _rounding(function, a))
            if wrong:
                yield wrong
                return
    for power in (13, -13):
        scaled = function.gradient(2.0**power * a) / 2.0**power  # exact, so nothing is rounded
        error = np.abs(scaled - whole[0])
        if np.isfinite(whole[0]).all() and not (error <= CLOSE * largest).all():
            where = function.place(int(np.argmax(error)))
            yield diagnosis(
                "not-linear", f"{2.0**power:g} g does not give {2.0**power:g} times the gradient at {where}"
            )
            return


def _rounding(function: Function, c: Vector) -> float:
    """Give what rounding may change; measured only where something differs, since it is dear."""
    noise = measure_noise(function, np.random.default_rng(0))
    of_values = 16 * EPS * size_of(c) * size_of(function.y)  # of terms that cancel
    return 100 * size_of(measure_rounding(function, c, noise)) + of_values


def _not_linear(
    function: Function, part: slice, gradients: list[Vector], rounding: float
) -> Diagnosis | None:
    """Look at the gradients of one input for g = a, b, 0 and 2a - 3b."""
    g_a, g_b, g_0, mixed = gradients
    if g_0.any():
        i = int(np.argmax(np.abs(g_0)))
        code = "incoming-gradient-ignored" if np.allclose(g_a, g_b, rtol=1e-9, atol=0) else "not-linear"
        at = function.place(part.start + i)
        return diagnosis(code, f"with g = 0, the gradient of {at} is {g_0[i]:.4g} and not 0")
    expected = 2 * g_a - 3 * g_b
    error = np.abs(mixed - expected)
    top = max(float(np.abs(g).max(initial=0.0)) for g in (g_a, g_b, mixed))
    if not error.size or error.max() <= CLOSE * top + rounding:
        return None
    i = int(np.argmax(error))
    if error.max() < 1e-5 * top and all((g.astype(np.float32) == g).all() for g in (g_a, g_b, mixed)):
        name = function.names[function.locate(part.start)[0]]
        return diagnosis("dtype-loss", f"all entries of the float64 gradient of {name} are float32 numbers")
    return diagnosis(
        "not-linear",
        f"the gradient of {function.place(part.start + i)} is {mixed[i]:.6g} for g = 2a - 3b, and "
        f"{expected[i]:.6g} if put together from those for a and b",
    )


def _adds_up(function: Function, c: Vector) -> Iterator[Diagnosis]:
    """Call the function twice on the same tensors: their gradients must be the sums."""
    single = function.gradient(c)
    leaves = function.leaves(function.x)
    first, second = function.outputs(leaves), function.outputs(leaves)
    outputs = [y for y in (*first, *second) if y.requires_grad]
    seeds = split(np.tile(c, 2), [y.shape for y in (*first, *second)])
    used = [wrap(s.astype(y.dtype)) for y, s in zip((*first, *second), seeds, strict=True) if y.requires_grad]
    found = pull_back(outputs, used, leaves, False) if outputs else [None] * len(leaves)
    parts = [np.zeros(s) if g is None else g.array for g, s in zip(found, function.shapes, strict=True)]
    twice, top = joined(parts), float(np.abs(single).max(initial=0.0))
    error = np.abs(twice - 2 * single)
    if not error.size or not np.isfinite(top) or error.max() <= CLOSE * top:
        return
    if error.max() > CLOSE * top + _rounding(function, c):
        i = int(np.argmax(error))
        code = "overwritten" if abs(twice[i]) < abs(2 * single[i]) else "accumulated-twice"
        yield diagnosis(
            code,
            f"used by two calls, {function.place(i)} gets {twice[i]:.6g}; each call alone gives "
            f"{single[i]:.6g}",
        )

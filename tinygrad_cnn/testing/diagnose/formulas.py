"""Mistakes that show in what a gradient is: which factor or term, which other input, which precision.

Each matcher gives its evidence in words if it explains every derivative that was measured, else None.
"""

import contextlib
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from ..measure.function import split
from .case import ALIKE, EXPLAINED, Case, alike, explains

VARIED = 1e-3  # of the largest value: less difference is a constant


def rounded(case: Case) -> str | None:
    """Right up to the precision of float32 or float16."""
    a, n = case.analytic, case.numeric
    error = np.abs(a - n).max() / np.abs(n).max()
    for dtype, most in ((np.float32, 1e-5), (np.float16, 5e-3)):
        exact = (a.astype(dtype) == a).all() and not (n.astype(dtype) == n).all()
        if exact and error <= most and (dtype is np.float32 or len(np.unique(a)) >= 6):
            name = np.dtype(dtype).name
            return (
                f"every entry of the float64 gradient is a {name} number, and is wrong by up to {error:.1e}"
            )
    return None


def other_input(case: Case, change: Callable[[np.ndarray], "list[tuple[str, np.ndarray]]"]) -> str | None:
    """The right gradient if another input were changed."""
    function = case.function
    for j, (shape, part) in enumerate(zip(function.shapes, function.parts, strict=True)):
        if j == case.k:
            continue
        for words, changed in change(function.x[part].reshape(shape)):
            x = function.x.copy()
            x[part] = changed.ravel()
            if case.explains(case.jacobian(function.at(x))):
                return f"it would be right if {function.names[j]} were {words}"
    return None


def with_transposed(array: np.ndarray) -> "list[tuple[str, np.ndarray]]":
    """Swap the last two dimensions of a square array."""
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        return []
    return [("transposed", np.swapaxes(array, -1, -2))]


def with_flipped(array: np.ndarray) -> "list[tuple[str, np.ndarray]]":
    """Reverse the last one or two dimensions."""
    tries = []
    if array.ndim and array.shape[-1] > 1:
        tries.append(("reversed along its last dimension", array[..., ::-1]))
    if array.ndim > 1 and array.shape[-2] > 1:
        tries.append(("reversed along its last two dimensions", array[..., ::-1, ::-1]))
    return tries


def swapped(case: Case) -> str | None:
    """The gradient of another input, which has this one's."""
    j = _other_with_mine(case)
    if j is None:
        return None
    name = case.function.names[j]
    crossed = Case(case.found, j, np.zeros(0, int), case.output)
    if not explains(crossed.analytic, case.numeric.reshape(crossed.analytic.shape), crossed.numeric):
        return None
    return f"it is what the differences give for {name}, whose gradient is what they give for this input"


def wrong_input(case: Case) -> str | None:
    """The gradient of another input, which is right there."""
    j = _other_with_mine(case)
    return None if j is None else f"it is what the differences give for {case.function.names[j]}"


def _other_with_mine(case: Case) -> int | None:
    for j, shape in enumerate(case.function.shapes):
        if j != case.k and shape == case.shape and case.explains(case.jacobian(case.function, j)):
            return j
    return None


def cross_terms(case: Case) -> str | None:
    """Diagonal where the right Jacobian is not."""
    if case.out_shapes != [case.shape] or case.size < 2:
        return None
    a, n = case.analytic.reshape(case.size, -1), case.numeric.reshape(case.size, -1)
    off = ~np.eye(case.size, dtype=bool)
    limit = 1e-6 * np.abs(n).max()
    if (np.abs(a[off]) > limit).any() or (np.abs(n) > limit).sum(axis=0).max() < 2:
        return None
    kind = "the diagonal of the right one" if alike(np.diag(a), np.diag(n)) else "diagonal"
    kind = "the identity" if alike(a, np.eye(case.size)) else kind
    return (
        f"the Jacobian is {kind}; {int((np.abs(n[off]) > limit).sum())} entries beside the diagonal are lost"
    )


def power(case: Case) -> str | None:
    """The right gradient times a constant and powers of inputs and result, at every derivative."""
    entries = _entry_by_entry(case)
    if entries is None:
        return None
    a, n, variables = entries
    for words, powers in _powers(variables):
        c = float(a @ (n * powers) / ((n * powers) @ (n * powers))) if (n * powers).any() else 0.0
        if explains(a, c * n * powers, n):
            return f"gradient / differences = {_times(c, words)} at every entry"
    return None


def term(case: Case) -> str | None:
    """The right gradient plus a multiple of powers of inputs and result, at every derivative."""
    entries = _entry_by_entry(case)
    if entries is None:
        return None
    a, n, variables = entries
    for words, powers in [("", np.ones(len(a))), *_powers(variables)]:
        c = float((a - n) @ powers / (powers @ powers)) if powers.any() else 0.0
        if alike(a - n, c * powers):
            return f"gradient - differences = {_times(c, words)} at every entry"
    return None


def product_rule(case: Case) -> str | None:
    """The result divided by the input: of x f(x), the derivative of x alone."""
    entries = _entry_by_entry(case)
    if entries is None:
        return None
    a, n, variables = entries
    x, y = list(variables.values())[:2]
    guess = y / x
    if (
        not np.isfinite(guess).all()
        or np.ptp(guess) <= VARIED * np.abs(guess).max()
        or not explains(a, guess, n)
    ):
        return None
    return "gradient = result / input at every entry: f(x) for the product x f(x), without x f'(x)"


def related(case: Case) -> str | None:
    """Another formula than the right one: a power or complement of it, or both of them are known."""
    entries = _entry_by_entry(case)
    if entries is None or len(entries[0]) < 6:
        return None
    a, n, variables = entries
    if np.ptp(n) > VARIED * np.abs(n).max() and explains(a, 1 - n, n):
        return "gradient = 1 - differences at every entry"
    for words, p in (("the square root", 0.5), ("the square", 2.0), ("the reciprocal", -1.0)):
        powers = np.abs(n) ** p
        c = float(a @ powers / (powers @ powers))
        varied = np.ptp(powers) > VARIED * powers.max()
        if np.isfinite(powers).all() and varied and explains(a, c * powers, n):
            return f"gradient = {_times(c, words)} of the differences at every entry"
    if np.ptp(a) <= ALIKE * np.abs(a).max() and np.ptp(n) > VARIED * np.abs(n).max():
        return (
            f"the gradient is {a[0]:.6g} at every entry, the differences are {n.min():.4g} to {n.max():.4g}"
        )
    for inverse in (False, True):
        error = float(np.abs(1 / a - 1 / n).max() if inverse else np.abs(a - n).max())
        mine, right = (_polynomial(values, variables, inverse, error) for values in (a, n))
        if mine and right and mine != right:
            return f"the gradient is {mine}, the differences are {right}"
    return None


def _polynomial(
    values: np.ndarray, variables: dict[str, np.ndarray], inverse: bool, error: float
) -> str | None:
    """Write a quadratic formula, or one divided by it, in the input or in the result."""
    target = 1 / values if inverse else values
    if np.isfinite(target).all():
        for name, v in list(variables.items())[:2]:
            terms = np.stack([np.ones(len(v)), v, v * v], axis=1)
            if np.linalg.matrix_rank(terms, 1e-3) < 3:
                continue
            c = np.linalg.lstsq(terms, target, rcond=None)[0]
            close = np.abs(target - terms @ c).max() <= EXPLAINED * error and alike(target, terms @ c)
            if close and np.abs(c).max() < 1e3:
                words = _sum_of(np.where(np.abs(c * terms).max(axis=0) > EXPLAINED * error, c, 0.0), name)
                return f"1 / ({words})" if inverse else words
    return None


def _sum_of(c: np.ndarray, name: str) -> str:
    parts = [f"{k:.4g} {word}".strip() for k, word in zip(c, ("", name, f"{name}^2"), strict=True) if k]
    words = " + ".join(parts).replace("+ -", "- ") or "0"
    return words.replace(f"1 {name}", name)


def _times(c: float, words: str) -> str:
    return f"{c:.6g} {words}".rstrip() if abs(c - 1) > 1e-6 or not words else words


def _entry_by_entry(case: Case) -> "tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]] | None":
    """Give all derivatives that are not 0, with the values that could be in their formula: entry of the
    input, of the result, and of the inputs that are broadcast to its shape."""
    if len(case.out_shapes) != 1 or case.size < 4:
        return None
    a, n = case.flat
    used = np.abs(n) > case.nothing
    if not alike(np.where(used, a, 0), a) or used.sum() < 4:
        return None
    rows, columns = np.nonzero(used)
    function = case.function
    variables = {function.names[case.k]: case.values[columns], "the result": case.results[rows]}
    for j, other in enumerate(split(function.x, function.shapes)):
        with contextlib.suppress(ValueError):
            if j != case.k:
                variables[function.names[j]] = np.broadcast_to(other, case.out_shapes[0]).ravel()[rows]
    return a[used], n[used], variables


def _powers(variables: dict[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """Go through products of powers that are not the same everywhere, the simplest first."""
    exponents = [e for e in product(range(-2, 3), repeat=len(variables)) if 0 < sum(map(abs, e)) <= 3]
    for es in sorted(exponents, key=lambda e: sum(map(abs, e))):
        factor = np.prod([v ** float(e) for v, e in zip(variables.values(), es, strict=True)], axis=0)
        if np.isfinite(factor).all() and np.ptp(factor) > VARIED * np.abs(factor).max():
            names = [f"{name}^{e}" if e != 1 else name for name, e in zip(variables, es, strict=True) if e]
            yield " ".join(names), factor
    for name, v in list(variables.items()):
        for words, values in (
            (f"|{name}|", np.abs(v)),
            (f"log({name})", np.log(v)),
            (f"exp({name})", np.exp(v)),
        ):
            if np.isfinite(values).all() and np.ptp(values) > VARIED * np.abs(values).max():
                yield words, values
                if values.all():
                    yield f"{words}^-1", 1 / values

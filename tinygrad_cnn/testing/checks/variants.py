"""Other inputs made from a sample: with ties, in other memory layouts, or out of nothing but a contract."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ...core import Op
from ...errors import CnnError
from ...functional import tensor
from ..measure.function import floats_of
from ..samples.draw import Sample, apart, positive

Arrays = tuple[np.ndarray, ...]
MOST_TIED = 150  # values of a sample whose ties are looked at


def with_ties(sample: Sample) -> Iterator[list[np.ndarray]]:
    """Yield the values rounded so that many are equal: once with zeros and the bounds among the settings,
    where functions have kinks, once without zeros."""
    if not 4 <= sum(x.size for x in sample.inputs) <= MOST_TIED:
        return
    bounds = [float(v) for v in sample.settings.values() if isinstance(v, float)]
    halves = [np.round(2 * x) / 2 for x in sample.inputs]
    for i, bound in enumerate(bounds):
        halves[0].ravel()[i :: 2 + len(bounds)] = bound
    yield halves
    yield [np.floor(x) + 0.5 for x in sample.inputs]


def layouts(inputs: Arrays) -> Iterator[tuple[str, list[np.ndarray], list[np.ndarray]]]:
    """Yield the same values in other strides, each with a contiguous twin."""
    if not all(x.size for x in inputs) or not any(x.ndim for x in inputs):
        return
    contiguous = [np.ascontiguousarray(x, np.float64).reshape(x.shape) for x in inputs]
    yield "transposed", [np.array(x, order="F") for x in contiguous], contiguous
    yield "reversed", [_reversed(x) for x in contiguous], contiguous
    yield "spread", [_spread(x) for x in contiguous], contiguous
    repeated = [np.broadcast_to(x[..., :1], x.shape) if x.ndim else x for x in contiguous]
    yield "repeated (stride 0)", repeated, [x.copy() for x in repeated]


def _reversed(x: np.ndarray) -> np.ndarray:
    back = (slice(None, None, -1),) * x.ndim
    return np.ascontiguousarray(x[back])[back] if x.ndim else x


def _spread(x: np.ndarray) -> np.ndarray:
    if not x.ndim:
        return x
    wide = np.full([2 * n for n in x.shape], np.nan)
    every = (slice(None, None, 2),) * x.ndim
    wide[every] = x
    return wide[every]


def drawn_samples(name: str, call: Callable[..., Any], record: Op | None) -> tuple[list[Sample], str]:
    """Make samples for an operation that has none: arrays that fit its contract, or small ones that it
    takes; if it takes none, say what it answered to the first."""
    count = _inputs_of(call, record)
    shapes = _fitting(record) or [
        [(3, 4)] * count,
        [(2, 3, 4, 5)] * count,
        [(3, 4), *[(4,)] * (count - 1)],
        [(3, 4), *[(4, 5)] * (count - 1)],
        [(5,)] * count,
        [(1,)] * count,
        [(0, 3)] * count,
    ]
    found = []
    answers = []
    for tried in shapes:
        for draw in (apart, positive):
            arrays = tuple(draw(*s) * (1 + 0.1 * k) for k, s in enumerate(tried))
            answer = _refusal(call, arrays)
            if not answer:
                found.append(Sample(name, arrays))
                break
            answers.append(answer)
    usable = any(s.inputs[0].size > 1 for s in found)
    return (found, "") if usable else ([], answers[0] if answers else "")


def _inputs_of(call: Callable[..., Any], record: Op | None) -> int:
    if record is not None:
        return len(record.inputs)
    try:
        parameters = inspect.signature(call).parameters.values()
    except Exception:  # builtins have none; what others raise depends on how they were made
        return 1
    return len(
        [
            p
            for p in parameters
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        ]
    )


def _fitting(record: Op | None) -> list[list[tuple[int, ...]]]:
    """Give sizes to the letters of a contract, all different."""
    if record is None or record.dims is None:
        return []
    letters = [t for tokens in record.dims.letters.values() for t in tokens]
    names = list(dict.fromkeys(t.partition("/")[0] for t in letters if t != "..."))
    result = []
    for sizes in ((2, 3, 5, 4, 3, 2, 6, 7), (1,) * 8):
        size = dict(zip(names, [sizes[i % 8] for i in range(len(names))], strict=True))
        for small in ("kh", "kw"):
            size[small] = min(size.get(small, 1), 2 if small == "kh" else 3)
        result.append(
            [
                tuple(size[t.partition("/")[0]] for t in tokens if t != "...")
                for tokens in record.dims.letters.values()
            ]
        )
    return result


def _refusal(call: Callable[..., Any], arrays: Arrays) -> str:
    """Say why arrays do not suit an operation; nothing if they do."""
    try:
        outputs = floats_of(call(*(tensor(a) for a in arrays)))
    except Exception as error:  # an operation may refuse what it does not take in any way
        return str(error) if isinstance(error, CnnError) else f"{type(error).__name__}: {error}"
    return "" if all(np.isfinite(y.array).all() for y in outputs) else "the result is not finite"

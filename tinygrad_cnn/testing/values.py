"""Which values can be checked: words for those that cannot be, and for those that are only handed on."""

from typing import Any

import numpy as np

from ..core import Tensor
from ..errors import ArgumentError, DtypeError

_WORDS = {
    "c": "are complex, and gradients are checked of real functions of floats; pass x.real and x.imag as two "
    "inputs",
    "O": "are Python objects (dtype object), as rows of unequal length are; make floats of them with "
    "np.array(x, dtype=float)",
    "U": "are text; make floats of them with .astype(float)",
    "S": "are text; make floats of them with .astype(float)",
    "T": "are text; make floats of them with .astype(float)",
    "M": "are dates; make floats of them, such as days: (x - x[0]) / np.timedelta64(1, 'D')",
    "m": "are lengths of time; make floats of them, such as days: x / np.timedelta64(1, 'D')",
    "V": "are records with fields; pass each field as an input of its own, such as x['a']",
}


def is_float(x: Any) -> bool:
    """Tell an array, a number of numpy's or a tensor of floats from everything else."""
    return isinstance(x, Tensor | np.ndarray | np.floating) and x.dtype.kind == "f"


def refuse_unusable(x: Any, name: str) -> None:
    """Refuse what no tensor can hold, and what would be misread.

    Raises:
        ArgumentError: ``x`` is masked.
        DtypeError: ``x`` holds neither floats nor integers nor booleans.
    """
    if isinstance(x, np.ma.MaskedArray):
        raise ArgumentError(
            f"{name} is a masked array, and operations do not know of masks; pass x.filled(0.0), or "
            "x.compressed() for what is not masked"
        )
    if isinstance(x, Tensor | np.ndarray | np.generic) and x.dtype.kind not in "fiub":
        why = _WORDS.get(x.dtype.kind, "are no numbers; make floats of them")
        raise DtypeError(f"the values of {name} ({x.dtype}) {why}")


def finite_float64(x: Any, name: str) -> np.ndarray:
    """Copy floats into a contiguous array of float64.

    Raises:
        ArgumentError: there are NaN or infinity among them.
    """
    copy = np.array(x.array if isinstance(x, Tensor) else x, np.float64, order="C")
    bad = np.argwhere(~np.isfinite(copy))
    if len(bad):
        place = f" at [{', '.join(map(str, bad[0]))}]" if copy.ndim else ""
        value = copy[tuple(bad[0])]
        raise ArgumentError(
            f"{name} holds {value}{place}; differences there mean nothing, pass finite values"
        )
    return copy


def kind_of(x: Any) -> str:
    """Say in words what a value is.

    >>> kind_of(2.0), kind_of([1.0, 2.0]), kind_of(None), kind_of("sum")
    ('a Python float', 'a list of numbers', 'None', "the text 'sum'")
    """
    if x is None:
        return "None"
    if isinstance(x, bool | int | float | complex) and not isinstance(x, np.generic):
        return f"a Python {type(x).__name__}"
    if isinstance(x, str):
        return f"the text {x[:20]!r}"
    if isinstance(x, Tensor):
        constant = is_float(x) and not x.requires_grad
        return f"a tensor of {x.dtype}{' that does not require grad' if constant else ''}"
    if isinstance(x, np.ndarray):
        return f"an array of {x.dtype}"
    if isinstance(x, list | tuple):
        return f"a {type(x).__name__}{_members(x)}"
    kind = type(x).__name__
    return f"{'an' if kind[:1].lower() in tuple('aeiou') else 'a'} {kind}"


def holds_floats(x: Any) -> bool:
    """Tell whether there are floats in a value, at any depth of lists."""
    if isinstance(x, list | tuple):
        return any(holds_floats(item) for item in x)
    if isinstance(x, Tensor | np.ndarray | np.generic):
        return is_float(x)
    return isinstance(x, float) or hasattr(x, "__array__")  # the array of another package


def holds_numbers(x: Any) -> bool:
    """Tell whether there are plain numbers in a value, at any depth of lists."""
    if isinstance(x, list | tuple):
        return any(holds_numbers(item) for item in x)
    return isinstance(x, int | float)


def _members(items: list[Any] | tuple[Any, ...]) -> str:
    if not items:
        return " without entries"
    if all(isinstance(x, Tensor | np.ndarray) for x in items):
        return " of tensors" if isinstance(items[0], Tensor) else " of arrays"
    if all(isinstance(x, int | float | np.number) for x in items):
        return " of numbers"
    return " of lists" if all(isinstance(x, list | tuple) for x in items) else ""

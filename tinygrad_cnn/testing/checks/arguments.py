"""What was passed to a check: inputs become float64 copies with names; what cannot be checked is said."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...core import Op, Tensor, wrap
from ...errors import ArgumentError, DtypeError, GraphError
from ..values import finite_float64, holds_floats, holds_numbers, is_float, kind_of, refuse_unusable

MOST_NOTED = 3  # inputs that are named in a note


@dataclass
class Inputs:
    """The arguments of the function: those that are differentiated as float64 arrays, others as they are."""

    args: list[Any]
    checked: list[int]
    names: tuple[str, ...]  # of those that are differentiated
    originals: list[np.ndarray]
    notes: tuple[str, ...] = ()  # which inputs look as if they were checked, and are not

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """The inputs that are differentiated."""
        return tuple(self.args[k] for k in self.checked)


def take_inputs(fn: Callable[..., Any], inputs: Any) -> Inputs:
    """Sort the inputs of a check.

    Tensors that require grad, arrays of floats and numpy's floats are checked. Everything else is handed to
    the function as it is, other arrays as tensors.

    Raises:
        ArgumentError: ``fn`` cannot be called, there are no inputs, or they hold NaN or infinity.
        DtypeError: all inputs are integers, or some are no numbers.
        GraphError: no tensor requires grad.
    """
    _check_callable(fn)
    given = _listed(inputs)
    names = names_of(fn, range(len(given)))
    for x, name in zip(given, names, strict=True):
        refuse_unusable(x, name)
    checked = [k for k, x in enumerate(given) if is_float(x) and getattr(x, "requires_grad", True)]
    if not checked:
        raise _nothing_to_check(given)
    return Inputs(
        args=[finite_float64(x, names[k]) if k in checked else _handed_on(x) for k, x in enumerate(given)],
        checked=checked,
        names=tuple(names[k] for k in checked),
        originals=[_values(given[k]) for k in checked],
        notes=_unchecked_notes([(names[k], x) for k, x in enumerate(given) if k not in checked]),
    )


def _values(x: Any) -> np.ndarray:
    return np.asarray(x.array if isinstance(x, Tensor) else x)


def _handed_on(x: Any) -> Any:
    """Copy arrays and tensors, so that nothing is written to the caller's; floats become float64."""
    if not isinstance(x, Tensor | np.ndarray):
        return x
    values = _values(x)
    plain = values.dtype.newbyteorder("=")
    return wrap(values.astype(np.float64 if plain.kind == "f" else plain))


# -- what cannot be checked --------------------------------------------------------------------------------


def _check_callable(fn: Any) -> None:
    if isinstance(fn, Op):
        raise ArgumentError(
            f"expected a function of tensors, got the record of {fn.name}; use check_op({fn.name!r})"
        )
    if not callable(fn):
        hint = f"; an operation is checked by its name with check_op({fn!r})" if isinstance(fn, str) else ""
        raise ArgumentError(
            f"expected a function of tensors, got {type(fn).__name__}{hint or '; the function comes first'}"
        )
    if isinstance(fn, type):
        raise ArgumentError(
            f"expected a function of tensors, got the class {fn.__name__}; if its objects can be called, "
            f"pass one of them: {fn.__name__}(...)"
        )


def _listed(inputs: Any) -> list[Any]:
    """List the inputs; what only looks like several of them is refused."""
    if isinstance(inputs, tuple | list):
        return list(inputs)
    if inputs is None or isinstance(inputs, Tensor | np.ndarray | np.generic | str | int | float | complex):
        return [inputs]
    kind = kind_of(inputs)
    if isinstance(inputs, dict):
        named = ", ".join(map(str, list(inputs)[:3])) or "x"
        raise ArgumentError(
            f"expected inputs in their order, got {kind}; pass list(d.values()), or a function that takes "
            f"arrays: gradcheck(lambda {named}: ..., list(d.values()))"
        )
    if isinstance(inputs, set | frozenset):
        raise ArgumentError(f"expected inputs in their order, got {kind}, which has none; pass a tuple")
    if hasattr(inputs, "__array__") or isinstance(inputs, bytes | memoryview):
        raise ArgumentError(
            f"expected a tensor or an array, got {kind}; convert it: np.asarray(x, dtype=float)"
        )
    if hasattr(inputs, "__iter__"):
        raise ArgumentError(f"expected a tuple of tensors or arrays, got {kind}; pass tuple(...) of it")
    return [inputs]


def _nothing_to_check(given: Sequence[Any]) -> Exception:
    if not given:
        return ArgumentError(
            "expected inputs to differentiate by, got none; pass a tuple of tensors or arrays"
        )
    got = ", ".join(kind_of(x) for x in given[:MOST_NOTED]) + (", ..." if len(given) > MOST_NOTED else "")
    if any(is_float(x) for x in given):
        return GraphError(
            "none of the input tensors requires grad, so there is no gradient to check; make them with "
            "requires_grad=True (arrays of floats are always checked)"
        )
    if any(isinstance(x, Tensor | np.ndarray | np.generic) for x in given):
        tensor = any(isinstance(x, Tensor) for x in given)
        how = ".double().requires_grad_()" if tensor else ".astype(float)"
        return DtypeError(f"gradients exist for floats only, and the inputs are {got}; convert with {how}")
    return ArgumentError(f"expected tensors or arrays of floats as inputs, got {got}{_hint(given)}")


def _hint(given: Sequence[Any]) -> str:
    """Say what may have been meant by inputs without a single array."""
    first = given[0]
    if any(hasattr(x, "__array__") for x in given):
        return "; convert with np.asarray(x, dtype=float)"
    if isinstance(first, list | tuple) and any(isinstance(x, Tensor | np.ndarray) for x in first):
        return "; pass them one by one, and a function that collects them: lambda a, b: f([a, b])"
    if isinstance(first, list | tuple) and holds_numbers(first):
        return f"; make an array of each: {_as_code(first)}"
    if any(isinstance(x, int | float) for x in given):
        one = len(given) == 1
        meant = _as_code(first if one else list(given))
        return f"; plain numbers are constants, pass {meant} to differentiate by it"
    return "; pass what the function is differentiated by as arrays of floats"


def _as_code(x: Any) -> str:
    text = repr(x)
    return f"np.array({text if len(text) <= 30 else '...'}, dtype=float)"


def _unchecked_notes(rest: Sequence[tuple[str, Any]]) -> tuple[str, ...]:
    """Name what holds floats and is not checked, because it may have been meant to be."""
    found = [f"{name} ({kind_of(x)})" for name, x in rest if holds_floats(x)]
    if not found:
        return ()
    more = f" and {len(found) - MOST_NOTED} more" if len(found) > MOST_NOTED else ""
    return (
        f"kept constant, so not checked: {', '.join(found[:MOST_NOTED])}{more}; arrays, and tensors that "
        "require grad, would be",
    )


# -- names and settings ------------------------------------------------------------------------------------


def names_of(fn: Callable[..., Any], checked: Sequence[int]) -> tuple[str, ...]:
    """Name the inputs as the function does, or by number."""
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except Exception:  # builtins have none; what others raise depends on how they were made
        parameters = []
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return tuple(named[k] if k < len(named) else f"input {k}" for k in checked)


def title_of(fn: Callable[..., Any]) -> str:
    """Give the name of a function for reports."""
    if isinstance(fn, partial):
        return f"partial of {title_of(fn.func)}"
    name = getattr(fn, "__name__", None)
    if not isinstance(name, str):
        name = type(fn).__name__
    return "the function" if name == "<lambda>" else name


def check_settings(order: Any, seed: Any, atol: Any, rtol: Any, mode: Any) -> None:
    """Refuse settings that mean nothing."""
    if not _is_integer(order) or order not in (1, 2):
        raise ArgumentError(f"order is 1 (gradients) or 2 (their derivatives, too), got {order!r}")
    if not isinstance(mode, str) or mode not in ("auto", "fast", "full"):
        raise ArgumentError(f"mode is 'auto', 'fast' or 'full', got {mode!r}")
    if not _is_integer(seed) or seed < 0:
        raise ArgumentError(f"seed is an integer >= 0, got {seed!r}")
    for name, value in (("atol", atol), ("rtol", rtol)):
        if value is not None and not (_is_number(value) and 0 <= value < np.inf):
            raise ArgumentError(
                f"{name} is a number >= 0, or None to derive it from the noise, got {value!r}"
            )


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return _is_integer(value) or isinstance(value, float | np.floating)

"""The book of samples: those of the package's own operations, and those that users add."""

from functools import partial
from types import MethodType, NoneType
from typing import Any

import numpy as np

from ...core import REGISTRY, Op, Tensor
from ...errors import ArgumentError, DtypeError
from ...nn import Module
from ..values import finite_float64, is_float, kind_of, refuse_unusable
from .draw import Sample
from .groups import GROUPED
from .pictures import PICTURES
from .plain import PLAIN

SAMPLES = [*PLAIN, *PICTURES, *GROUPED]
_added: dict[str, list[Sample]] = {}


def add_samples(op: Any, *samples: Any) -> None:
    """Give an operation (or any function of tensors) inputs to be checked with.

    Args:
        op: a registered operation, its name, or a function.
        samples: each an array, a tuple of arrays, or a `Sample` if there are settings. Draw them away from
            kinks and ties, with sizes that differ from each other.

    Raises:
        ArgumentError: the operation has no name, or there is no such operation, or a sample is no sample.
        DtypeError: a sample holds something else than floats.

    >>> import numpy as np
    >>> from tinygrad_cnn import op
    >>> from tinygrad_cnn.testing import add_samples, samples_of
    >>> @op
    ... def power_of_3(x):
    ...     return x.array**3, lambda g: g * 3 * x * x
    >>> add_samples(power_of_3, np.array([[0.5, -1.0, 2.0]]), np.zeros((0, 3)))
    >>> [s.name for s in samples_of(power_of_3)]
    ['power_of_3-1x3', 'power_of_3-0x3']
    """
    if isinstance(op, str):
        refuse_unknown(op)
    name = name_of(op)
    if not name.isidentifier() and name not in REGISTRY:
        raise ArgumentError(
            f"{name} has no name by which its samples could be found again; define it with def, or pass the "
            "samples to check_op"
        )
    if not samples:
        raise ArgumentError(f"expected samples after {name}, got none; add_samples({name}, (x, w))")
    chosen = [as_sample(name, s) for s in samples]
    known = _added.setdefault(name, [])
    for sample in chosen:
        if not any(_equal(sample, other) for other in known):  # a notebook's cell runs more than once
            known.append(sample)


def _equal(a: Sample, b: Sample) -> bool:
    same = len(a.inputs) == len(b.inputs) and repr(a.settings) == repr(b.settings)
    return same and all(np.array_equal(x, y) for x, y in zip(a.inputs, b.inputs, strict=True))


def samples_of(op: Any) -> list[Sample]:
    """List the samples of an operation, the package's own first."""
    name = name_of(op)
    own = REGISTRY.get(name)
    built_in = own is not None and own.forward.__module__.startswith(__name__.split(".")[0] + ".")
    return [*(s for s in SAMPLES if built_in and s.op == name), *_added.get(name, [])]


def refuse_unknown(name: str) -> None:
    """Refuse a name under which no operation is registered."""
    if name not in REGISTRY:
        close = ", ".join(sorted(n for n in REGISTRY if n[:2] == name[:2])[:5] if name else [])
        hint = f"did you mean {close}?" if close else "import the module that registers it first"
        raise ArgumentError(f"there is no operation {name!r} in REGISTRY; {hint}")


def no_samples(name: str, answer: str) -> str:
    """Say that an operation has no samples, and what it answered to arrays that were tried."""
    how = (
        f"add some: add_samples({name}, (x, w))"
        if name.isidentifier()
        else "pass some: check_op(fn, [(x, w)])"
    )
    tried = f" (the first: {answer})" if answer else ""
    return f"{name} has no samples, and takes none of the arrays that were tried{tried}; {how}"


def name_of(op: Any) -> str:
    """Give the name of an operation that came as a name, a record or a function.

    What has no name of its own, such as a partial, gets one that is no identifier.

    Raises:
        ArgumentError: ``op`` is no operation.
    """
    if isinstance(op, str):
        return op
    if isinstance(op, Op):
        return op.name
    if isinstance(op, partial):
        return f"partial of {name_of(op.func)}"
    if isinstance(op, type):
        raise ArgumentError(
            f"expected an operation, its name or a function, got the class {op.__name__}; modules are "
            f"checked by check_module({op.__name__}(...), input_shape)"
        )
    if not callable(op):
        raise ArgumentError(
            f"expected an operation, its name or a function, got {type(op).__name__}; it comes first, the "
            "samples after it"
        )
    if isinstance(op, Module):
        raise ArgumentError(
            f"expected an operation, its name or a function, got the module {type(op).__name__}; check it "
            "with check_module(module, input_shape)"
        )
    name = getattr(op, "__name__", None)
    owner = getattr(op, "__self__", None)
    if not isinstance(name, str) or not name:
        return f"{type(op).__name__}()"
    return f"{type(owner).__name__}().{name}" if isinstance(op, MethodType) else name


def as_sample(name: str, given: Any) -> Sample:
    """Turn what a user gave for a sample into one.

    Raises:
        ArgumentError: it holds no arrays, or NaN or infinity.
        DtypeError: it holds arrays of something else than floats.
    """
    settings = given.settings if isinstance(given, Sample) else {}
    inputs = given.inputs if isinstance(given, Sample) else given
    inputs = tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)
    what = f"a sample of {name}"
    if not inputs:
        got = "a Sample without inputs" if isinstance(given, Sample) else kind_of(given)
        raise ArgumentError(f"{what} is an array, a tuple of arrays or a Sample, got {got}")
    for x in inputs:
        if not isinstance(x, np.ndarray | np.generic | Tensor):
            raise ArgumentError(
                f"{what} is an array, a tuple of arrays or a Sample, got {_among(given, x)}"
                f"{_instead(given, x)}"
            )
        refuse_unusable(x, what)
        if not is_float(x):
            raise DtypeError(
                f"{what} is made of floats, because gradients exist for these only, got "
                f"{_among(given, x)}; convert with .astype(float), or give it as a setting: "
                f"Sample({name!r}, (x,), {{'index': ...}})"
            )
    if not isinstance(settings, dict):
        raise ArgumentError(f"the settings of {what} are a dictionary, got {kind_of(settings)}")
    return Sample(name, tuple(finite_float64(x, what) for x in inputs), settings)


def take_samples(name: str, samples: Any) -> list[Sample]:
    """List the samples that came with a call; a single array or sample is one.

    Raises:
        ArgumentError: there are none, or one is no sample.
    """
    if isinstance(samples, np.ndarray | Tensor | Sample | np.floating):
        samples = [samples]
    if isinstance(samples, str | dict | bytes) or not hasattr(samples, "__iter__"):
        raise ArgumentError(
            f"expected a list of samples, got {kind_of(samples)}; pass for instance "
            "[np.array([0.5, -1.0])], or for two inputs [(x, w)]"
        )
    record = REGISTRY.get(name)
    bare = isinstance(samples, tuple) and all(isinstance(s, np.ndarray | Tensor) for s in samples)
    if samples and bare and record is not None and len(record.inputs) > 1:
        raise ArgumentError(
            f"expected a list of samples, got {kind_of(samples)}; write [(x, w)] for one sample of several "
            f"inputs ({name} takes {', '.join(record.inputs)}), [x, w] for two of one input"
        )
    chosen = [as_sample(name, s) for s in samples]
    if not chosen:
        raise ArgumentError(
            "expected samples, got none, so there is nothing to check; leave them out to use those of "
            "add_samples, or arrays that are tried"
        )
    return chosen


def _among(given: Any, x: Any) -> str:
    """Say what came, and in what."""
    return kind_of(x) if x is given else f"{kind_of(x)} in {kind_of(given)}"


def _instead(given: Any, x: Any) -> str:
    """Say what to pass instead."""
    if isinstance(given, list | tuple) and all(isinstance(n, int | float) for n in given):
        return "; make an array of it: np.array(..., dtype=float)"
    if isinstance(x, int | float):
        return f"; pass np.array({float(x)!r}) to differentiate by it, or give it as a setting of a Sample"
    if isinstance(x, list | tuple):
        return "; make an array of it: np.array(..., dtype=float)"
    return "; settings go into a Sample" if isinstance(x, dict | str | NoneType) else ""

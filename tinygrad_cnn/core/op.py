"""`@op`: turns a function that returns a value and its backward closures into a differentiable operation.

Positional parameters are tensors, keyword-only ones are settings (constants). The function returns its
value followed by one closure per tensor, ``grad_x(g)`` or ``grad_x(g, y)``, written in tensors and
operations, so that the same closures serve every order of derivative.
"""

import functools
import inspect
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple, overload

import numpy as np

from ..errors import ArgumentError, CnnError, DtypeError, ShapeError
from .dims import Dims
from .modes import recording
from .observe import current, observers
from .operands import beside_number, harmonise
from .record import recorder
from .tensor import Tensor, wrap


class Op(NamedTuple):
    """The record of one operation, from which checks, pictures and documentation are made."""

    name: str
    call: Callable[..., Tensor]
    forward: Callable[..., Any]
    inputs: tuple[str, ...]  # names of the tensors
    settings: tuple[str, ...]  # names of the constants
    variadic: bool  # takes any number of tensors
    dims: Dims | None

    @property
    def doc(self) -> str:
        """The mathematics, as written above the definition."""
        return inspect.cleandoc(self.forward.__doc__ or "")


REGISTRY: dict[str, Op] = {}


@overload
def op(contract: Callable[..., Any]) -> Callable[..., Tensor]: ...
@overload
def op(contract: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Tensor]]: ...
def op(contract: Any = None) -> Any:
    r"""Register a differentiable operation.

    ``contract`` gives the sizes by letter, for instance ``"x: N C; w: O C"``; it may be left out. The
    operation is listed in ``REGISTRY`` under its function's name, as the built-in ones are.

    >>> import numpy as np
    >>> from tinygrad_cnn import op, tensor
    >>> @op
    ... def cube(x):
    ...     r":math:`y = x^3`, so :math:`\bar x = 3 x^2 \bar y`."
    ...     def grad_x(g):
    ...         return g * 3 * x * x
    ...     return x.array**3, grad_x
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> cube(x).sum().backward()
    >>> x.grad
    tensor([ 3., 12.])
    """
    if callable(contract):
        return _register(contract, None)
    return lambda forward: _register(forward, Dims(contract) if contract else None)


def _register(forward: Callable[..., Any], dims: Dims | None) -> Callable[..., Tensor]:
    name = forward.__name__
    parameters = tuple(inspect.signature(forward).parameters.values())
    inputs = tuple(p.name for p in parameters if p.kind is not p.KEYWORD_ONLY)
    known = REGISTRY.get(name)
    if known is not None and known.forward.__module__ != forward.__module__:
        raise ArgumentError(
            f"an op named {name} is registered by {known.forward.__module__}; choose another name"
        )
    settings = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    if dims is not None:
        dims.bind(name, inputs, settings)
    call = _differentiable(name, forward, inputs, dims)
    if dims is None and all(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters):
        call = _shortened(name, forward, inputs, call)
    record = Op(
        name=name,
        call=call,
        forward=forward,
        inputs=inputs,
        settings=tuple(settings),
        variadic=any(p.kind is p.VAR_POSITIONAL for p in parameters),
        dims=dims,
    )
    REGISTRY[name] = record
    return call


def _differentiable(
    name: str, forward: Callable[..., Any], inputs: tuple[str, ...], dims: Dims | None
) -> Callable[..., Tensor]:
    """Wrap a forward function: bring the inputs to tensors of one dtype, compute, record."""
    input_names = frozenset(inputs)
    record = recorder(name, forward, inputs)
    parameters = inspect.signature(forward).parameters.values()
    required = sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)

    @functools.wraps(forward)
    def call(*args: Any, **settings: Any) -> Tensor:
        if settings and not input_names.isdisjoint(settings):
            args, settings = _bind(forward, args, settings)
        dtype = None
        track = watched = False
        for x in args:
            if not isinstance(x, Tensor) or (dtype is not None and x.array.dtype is not dtype):
                args = harmonise(name, args, required)
                dtype, track, watched = _survey(args)
                break
            dtype = x.array.dtype
            if x.requires_grad:
                track = True
            if x.watch is not None:
                watched = True
        if dims is not None:
            dims.check(name, inputs, args, settings)
        start = perf_counter() if observers else 0.0
        try:
            result = forward(*args, **settings) if settings else forward(*args)
        except ValueError as error:
            raise _explained(name, args, error) from error
        y = result[0]
        if type(y) is not np.ndarray or y.dtype is not dtype:
            asked = "dtype" in settings  # what is asked for is no promotion
            y = _as_result(name, y, None if asked else dtype)
        if watched:
            y = _private(y, args)
        made = wrap(y, record(args, y, result)) if track and recording.get() else wrap(y)
        return _shown(name, args, settings, made, perf_counter() - start) if observers else made

    return call


def _shown(name: str, args: tuple[Any, ...], settings: dict[str, Any], y: Tensor, seconds: float) -> Tensor:
    observer = current()
    if observer is not None:
        observer.computed(name, args, settings, y, seconds)
    return y


def _shortened(
    name: str, forward: Callable[..., Any], inputs: tuple[str, ...], general: Callable[..., Tensor]
) -> Callable[..., Tensor]:
    """Shorten the way for one or two tensors of one dtype without settings; backward passes are made of
    these."""
    record = recorder(name, forward, inputs)

    def slowly(*args: Any) -> Tensor:
        try:
            return general(*args)
        except CnnError:
            raise
        except TypeError as error:  # the same error as on the short way
            raise _explained(name, args, error) from error

    def unary(x: Any) -> Tensor:
        if not isinstance(x, Tensor) or x.watch is not None or observers:
            return slowly(x)
        try:
            result = forward(x)
        except (ValueError, TypeError) as error:
            raise _explained(name, (x,), error) from error
        y = result[0]
        if type(y) is not np.ndarray or y.dtype is not x.array.dtype:
            y = _as_result(name, y, x.array.dtype)
        if x.requires_grad and recording.get():
            return wrap(y, record((x,), y, result))
        return wrap(y)

    def binary(a: Any, b: Any) -> Tensor:
        if not (isinstance(a, Tensor) and isinstance(b, Tensor)):
            a, b = beside_number(a, b)
        if not (isinstance(a, Tensor) and isinstance(b, Tensor) and a.watch is b.watch is None) or observers:
            return slowly(a, b)
        dtype = a.array.dtype
        if b.array.dtype is not dtype:
            return slowly(a, b)
        try:
            result = forward(a, b)
        except (ValueError, TypeError) as error:
            raise _explained(name, (a, b), error) from error
        y = result[0]
        if type(y) is not np.ndarray or y.dtype is not dtype:
            y = _as_result(name, y, dtype)
        if (a.requires_grad or b.requires_grad) and recording.get():
            return wrap(y, record((a, b), y, result))
        return wrap(y)

    ways: dict[tuple[str, ...], Callable[..., Tensor]] = {("x",): unary, ("a", "b"): binary}
    short = ways.get(inputs)  # so that tensors can be passed by name
    return general if short is None else functools.wraps(forward)(short)


def _explained(name: str, args: tuple[Any, ...], error: ValueError | TypeError) -> Exception:
    """Name the operation and what it got in an error of numpy's."""
    if isinstance(error, CnnError):
        return error
    tensors = [x for x in args if x is not None]
    if isinstance(error, TypeError):
        got = ", ".join(str(getattr(x, "dtype", type(x).__name__)) for x in tensors)
        return DtypeError(f"{name} got {got} / {str(error).strip()}")
    return ShapeError(f"{name} got shapes {', '.join(str(x.shape) for x in tensors)} / {str(error).strip()}")


def _survey(args: tuple[Tensor | None, ...]) -> tuple[np.dtype | None, bool, bool]:
    """Note what the loop above does, for inputs that came as something else."""
    tensors = [x for x in args if x is not None]
    dtype = tensors[0].array.dtype if tensors else None
    return dtype, any(x.requires_grad for x in tensors), any(x.watch is not None for x in tensors)


def _as_result(name: str, y: Any, dtype: np.dtype | None) -> np.ndarray:
    """Turn numpy's scalars into arrays, and what it makes of integers into float32; refuse a promotion."""
    y = np.asarray(y)
    if y.dtype.kind != "f" or dtype is None or y.dtype == dtype:
        return y
    if dtype.kind != "f":
        return y.astype(np.float32)
    raise DtypeError(
        f"{name} got {dtype} and returned {y.dtype}; nothing is promoted silently: "
        "compute in the dtype of the input (numpy's own numbers promote, Python's do not)"
    )


def _private(y: np.ndarray, args: tuple[Tensor, ...]) -> np.ndarray:
    """Copy a result that is a view of an array which somebody outside can write to."""
    shared = any(x is not None and x.watch is not None and np.may_share_memory(y, x.array) for x in args)
    return y.copy() if shared else y


def _bind(
    forward: Callable[..., Any], args: tuple[Any, ...], settings: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Move tensors that were passed by name to their positions."""
    bound = inspect.signature(forward).bind(*args, **settings)
    bound.apply_defaults()
    return bound.args, bound.kwargs

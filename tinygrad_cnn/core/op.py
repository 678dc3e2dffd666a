"""`@op`: turns a function that returns a value and its backward closures into a differentiable operation.

Positional parameters are tensors, keyword-only ones are settings (constants). The function returns its
value followed by one closure per tensor, ``grad_x(g)`` or ``grad_x(g, y)``, written in tensors and
operations, so that the same closures serve every order of derivative.
"""

import functools
import inspect
from collections.abc import Callable
from time import perf_counter
from typing import Any, overload

import numpy as np

from ..base.dims import Dims
from ..base.modes import recording
from ..base.observe import current, observers
from ..base.record import Recorder, recorder
from ..base.registry import REGISTRY, Op
from ..base.values import as_result, explained
from ..base.watch import private
from ..errors import ArgumentError
from .operands import beside_number, bring
from .tensor import Tensor, wrap


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
        owner = known.forward.__module__
        raise ArgumentError(f"an op named {name} is registered by {owner}; choose another name")
    settings = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    if dims is not None:
        dims.bind(name, inputs, settings)
    call = _differentiable(name, forward, inputs, dims)
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    REGISTRY[name] = Op(name, call, forward, inputs, tuple(settings), variadic, dims)
    return call


def _differentiable(
    name: str, forward: Callable[..., Any], inputs: tuple[str, ...], dims: Dims | None
) -> Callable[..., Tensor]:
    """Wrap a forward function: bring the inputs to tensors of one dtype, compute, record."""
    input_names = frozenset(inputs)
    parameters = inspect.signature(forward).parameters.values()
    required = sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
    finish = _finisher(name, recorder(name, forward, inputs))

    @functools.wraps(forward)
    def call(*args: Any, **settings: Any) -> Tensor:
        if settings and not input_names.isdisjoint(settings):
            args, settings = _bind(forward, args, settings)
        args, dtype, track, watched = bring(name, args, required)
        if dims is not None:
            dims.check(name, inputs, args, settings)
        start = perf_counter() if observers else 0.0
        try:
            result = forward(*args, **settings) if settings else forward(*args)
        except (ValueError, TypeError) as error:
            if error.__traceback__.tb_next is None:  # type: ignore[union-attr]  # called with wrong settings
                raise
            raise explained(name, args, error) from error
        asked = "dtype" in settings  # what is asked for is no promotion
        y = finish(args, result, None if asked else dtype, track, watched)
        observer = current() if observers else None
        if observer is not None:
            observer.computed(name, args, settings, y, perf_counter() - start)
        return y

    short = {("x",): _unary, ("a", "b"): _binary}.get(inputs)
    if dims is not None or required < len(parameters) or short is None:
        return call
    return functools.wraps(forward)(short(forward, call, finish))


def _finisher(name: str, record: Recorder) -> Callable[..., Tensor]:
    """Make the end of every call: the result becomes a tensor, with a node if something asks for a
    gradient."""

    def finish(args: Any, result: Any, dtype: np.dtype | None, track: bool, watched: bool = False) -> Tensor:
        y = result[0]
        if type(y) is not np.ndarray or y.dtype is not dtype:
            y = as_result(name, y, dtype)
        if watched:
            y = private(y, args)
        return wrap(y, record(args, y, result)) if track and recording.get() else wrap(y)

    return finish


# The short ways, for one or two tensors of one dtype without settings: backward passes are made of these.
# What is anything else, or goes wrong, goes the general way again.


def _unary(forward: Any, general: Any, finish: Any) -> Callable[..., Tensor]:
    def call(x: Any) -> Tensor:
        if observers or not isinstance(x, Tensor) or x.watch is not None:
            return general(x)
        try:
            result = forward(x)
        except (ValueError, TypeError):
            return general(x)
        return finish((x,), result, x.array.dtype, x.requires_grad)

    return call


def _binary(forward: Any, general: Any, finish: Any) -> Callable[..., Tensor]:
    def call(a: Any, b: Any) -> Tensor:
        if not (isinstance(a, Tensor) and isinstance(b, Tensor)):
            a, b = beside_number(a, b)
            if not (isinstance(a, Tensor) and isinstance(b, Tensor)):
                return general(a, b)
        dtype = a.array.dtype
        if observers or not (a.watch is b.watch is None) or b.array.dtype is not dtype:
            return general(a, b)
        try:
            result = forward(a, b)
        except (ValueError, TypeError):
            return general(a, b)
        return finish((a, b), result, dtype, a.requires_grad or b.requires_grad)

    return call


def _bind(forward: Callable[..., Any], args: Any, settings: Any) -> tuple[Any, dict[str, Any]]:
    """Move tensors that were passed by name to their positions."""
    bound = inspect.signature(forward).bind(*args, **settings)
    bound.apply_defaults()
    return bound.args, bound.kwargs

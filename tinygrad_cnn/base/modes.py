"""All global state that changes results, in one file: is the graph being recorded, and the default random
generator.

Recording is a `ContextVar`, so `no_grad` in one thread or task does not reach into another. A generator
shares the state of whoever runs it: decorate it, and its steps are inside of the block, and nothing else is.
"""

import functools
import inspect
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from typing import Any

import numpy as np

from ..errors import ArgumentError

recording: ContextVar[bool] = ContextVar("recording", default=True)
# How to leave the blocks that were entered, innermost last; here, so that one object serves several threads.
_tokens: ContextVar[tuple[Token[bool], ...]] = ContextVar("tokens", default=())


class set_grad_enabled(ContextDecorator):
    """A block (or a decorated function) in which operations are recorded, or not.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> with tg.set_grad_enabled(False):
    ...     (x * 2).requires_grad
    False
    """

    def __init__(self, mode: bool) -> None:
        self.mode = mode

    def __enter__(self) -> None:
        _tokens.set((*_tokens.get(), recording.set(self.mode)))

    def __exit__(self, *_: Any) -> None:
        *outer, token = _tokens.get()
        recording.reset(token)
        _tokens.set(tuple(outer))

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:  # type: ignore[override]
        if inspect.isgeneratorfunction(function):
            return self._each_step(function)
        if not inspect.iscoroutinefunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        async def inside(*args: Any, **settings: Any) -> Any:
            with self._recreate_cm():
                return await function(*args, **settings)

        return inside

    def _each_step(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Enter the block for each step of a generator, and leave it while the generator waits."""

        @functools.wraps(function)
        def steps(*args: Any, **settings: Any) -> Any:
            generator = function(*args, **settings)
            resume = functools.partial(next, generator)
            while True:
                try:
                    with self._recreate_cm():
                        item = resume()
                except StopIteration as stop:
                    return stop.value
                try:
                    resume = functools.partial(generator.send, (yield item))
                except BaseException as error:  # also GeneratorExit: the generator ends as it wants to
                    resume = functools.partial(generator.throw, error)

        return steps

    def _recreate_cm(self) -> "set_grad_enabled":
        return set_grad_enabled(self.mode)  # each call of a decorated function has a token of its own


class no_grad(set_grad_enabled):
    """A block (or a decorated function) in which nothing is recorded: cheaper, and nothing to differentiate.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> with tg.no_grad():
    ...     (x * 2).requires_grad
    False
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)  # `@no_grad` without brackets

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(set_grad_enabled):
    """A block in which operations are recorded again, inside of `no_grad`.

    >>> import tinygrad_cnn as tg
    >>> with tg.no_grad(), tg.enable_grad():
    ...     tg.is_grad_enabled()
    True
    """

    def __init__(self) -> None:
        super().__init__(True)


def is_grad_enabled() -> bool:
    """Say whether operations are recorded here and now.

    >>> import tinygrad_cnn as tg
    >>> tg.is_grad_enabled()
    True
    """
    return recording.get()


@functools.cache
def default_generator() -> "np.random.Generator":
    """Give the generator that layers draw from when they are given none; it starts from seed 0.

    >>> import tinygrad_cnn as tg
    >>> type(tg.default_generator()).__name__
    'Generator'
    """
    return np.random.default_rng(0)  # made when first asked for: numpy.random takes long to import


def manual_seed(seed: int) -> "np.random.Generator":
    """Start the default generator again from ``seed`` (an integer >= 0), and return it.

    >>> import tinygrad_cnn as tg
    >>> a = tg.manual_seed(3).random()
    >>> b = tg.manual_seed(3).random()
    >>> a == b
    True
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ArgumentError(f"manual_seed expects an integer >= 0, got {seed!r}")
    fresh = np.random.default_rng(int(seed))
    # The object stays the same, so that layers which hold it follow the new seed, too.
    default_generator().bit_generator.state = fresh.bit_generator.state
    return default_generator()

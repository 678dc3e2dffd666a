r"""Checkpointing: what a function keeps for its backward pass is dropped, and computed again when needed."""

from collections.abc import Callable, Sequence
from typing import Any

from ..base.observe import current, observers
from ..core import is_grad_enabled
from ..errors import ArgumentError
from .arguments import integer
from .checkpoint_run import Run
from .checkpoint_state import State

__all__ = ["checkpoint", "checkpoint_sequential"]

Function = Callable[..., Any]


def checkpoint(
    function: Function,
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    determinism_check: str = "default",
    **kwargs: Any,
) -> Any:
    r"""Call ``function(*args, **kwargs)``, and compute what its gradient needs a second time, in backward.

    Memory is saved for time: between forward and backward, nothing of the function is kept but its arguments
    and results. The gradients are the same, bit by bit, for all that the function uses, also what it does not
    get as an argument; and of any order, though memory is saved at the first one only. Checkpoints may be
    nested.

    The second run starts from what the first one started from, as far as it can be reached from the function
    and its arguments: random generators (also the default one), attributes of modules, and tensors that
    require no gradient, such as running statistics. Afterwards they are as they were before. So a mask of
    dropout is the same in both, and running statistics move once. Other things that the function does, it
    does twice (printing, hooks).

    Where nothing is recorded, and while a computation is recorded for a picture, the function is just called.

    Args:
        function: returns a tensor, or a tuple, list or dictionary with tensors in it; a module, for instance.
        args, kwargs: what it is called with.
        use_reentrant: PyTorch has two ways; here is one, and the argument changes nothing.
        preserve_rng_state: False saves the time for random generators; for functions that draw nothing.
        determinism_check: "default" compares the results of both runs bit by bit; "none" does not.

    Raises:
        ArgumentError: an argument of checkpoint itself is wrong.
        GraphError: in backward: the second run gave other results, or a parameter was changed in between.

    Source: Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost" (2016).

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([1.0, 2.0], requires_grad=True)
    >>> y = tg.checkpoint(lambda x: (x * x).square(), x)
    >>> tg.grad(y.sum(), x)
    tensor([ 4., 32.])
    """
    if not callable(function):
        raise ArgumentError(f"checkpoint: function must be callable, got {type(function).__name__}")
    if use_reentrant is not None and not isinstance(use_reentrant, bool):
        raise ArgumentError(f"checkpoint: use_reentrant must be True, False or None, got {use_reentrant!r}")
    if determinism_check not in ("default", "none"):
        raise ArgumentError(
            f"checkpoint: determinism_check must be 'default' or 'none', got {determinism_check!r}"
        )
    if not is_grad_enabled() or (observers and current() is not None):
        return function(*args, **kwargs)
    state = State([function, args, kwargs], generators=preserve_rng_state)
    run = Run(function, args, kwargs, state, determinism_check == "default")
    return run.first()


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
) -> Any:
    r"""Call functions one after the other, in segments, each but the last one as by `checkpoint`.

    Of n equal functions in s segments, the results of n / s functions and s inputs are kept at a time,
    instead of n; least where s is about :math:`\sqrt n`.

    Args:
        functions: a `Sequential`, or a list of functions of one argument.
        segments: how many; from 1 to the number of functions.
        input: what the first one is called with.
        use_reentrant, preserve_rng_state: as in `checkpoint`.

    Raises:
        ArgumentError: functions or segments are wrong.

    >>> import tinygrad_cnn as tg
    >>> from tinygrad_cnn import nn
    >>> net = nn.Sequential(*(nn.Tanh() for _ in range(6)))
    >>> x = tg.ones(2, requires_grad=True)
    >>> y = tg.checkpoint_sequential(net, 3, x)
    >>> bool((tg.grad(y.sum(), x) == tg.grad(net(x).sum(), x)).all())
    True
    """
    if not hasattr(functions, "__iter__"):
        raise ArgumentError(
            f"checkpoint_sequential: functions must be a Sequential or a list, got {type(functions).__name__}"
        )
    row: list[Function] = list(functions)
    wrong = [type(function).__name__ for function in row if not callable(function)]
    if wrong:
        raise ArgumentError(f"checkpoint_sequential: functions must be callable, got {wrong[0]}")
    count = integer("checkpoint_sequential", "segments", segments, 1)
    if count > len(row):
        raise ArgumentError(
            f"checkpoint_sequential: segments must be at most {len(row)}, the number of functions, "
            f"got {count}"
        )
    size = len(row) // count
    for start in range(0, size * (count - 1), size):
        input = checkpoint(
            _in_turn(row[start : start + size]),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
        )
    return _in_turn(row[size * (count - 1) :])(input)


def _in_turn(functions: Sequence[Function]) -> Function:
    def segment(x: Any) -> Any:
        for function in functions:
            x = function(x)
        return x

    return segment

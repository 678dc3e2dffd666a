r"""Gradients that are not derivatives: values taken for constants, and gradients that pass by a step.

Whatever needs a rule of its own is an operation: decorate a function with `op`. Its closures are the
gradient, whatever one wants it to be; so there is no second decorator for gradients of one's own.

>>> import tinygrad_cnn as tg
>>> @tg.op
... def turned_back(x, *, strength):
...     r":math:`y = x`, but :math:`\bar x = -s \bar y`: what follows learns, what precedes unlearns."
...     return x.array, lambda g: g * -strength
>>> x = tg.tensor([1.0, 2.0], requires_grad=True)
>>> tg.grad(turned_back(x, strength=0.5).sum(), x)
tensor([-0.5, -0.5])
"""

from functools import cache
from time import perf_counter
from typing import Any

import numpy as np

from ..base.observe import current, observers
from ..base.record import Recorder, recorder
from ..core import Tensor, is_grad_enabled, wrap
from ..errors import DtypeError, ShapeError
from .arguments import as_tensor

__all__ = ["stop_gradient", "straight_through"]


def stop_gradient(x: Any) -> Tensor:
    r"""Take ``x`` for a constant: the same values, cut off from the graph; the method is `Tensor.detach`.

    .. math:: y = x, \qquad \bar x = 0

    An array or a number becomes a tensor.

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> tg.grad(x * tg.stop_gradient(x), x)
    tensor(3.)
    """
    return as_tensor(x, "stop_gradient").detach()


def straight_through(forward_value: Any, x: Any) -> Tensor:
    r"""Give ``forward_value``, and the gradient to ``x`` as if it were the result.

    .. math:: y = v, \qquad \bar x = \bar y, \qquad \bar v = 0

    This trains through steps whose derivative is zero almost everywhere, such as rounding: v is what the step
    makes of x, without a gradient. The values are those of v bit by bit, also where x is infinite.

    Args:
        forward_value: a tensor or array of the shape and dtype of ``x``.
        x: what gets the gradient.

    Raises:
        ShapeError: the two have different shapes.
        DtypeError: x holds floats, and v is of another dtype.

    Source: Bengio, Leonard and Courville, "Estimating or propagating gradients through stochastic neurons"
    (2013).

    >>> import tinygrad_cnn as tg
    >>> x = tg.tensor([0.2, 1.7], requires_grad=True)
    >>> y = tg.straight_through(x.round(), x)
    >>> y, tg.grad((y * y).sum(), x)
    (tensor([0., 2.], op=straight_through), tensor([0., 4.]))
    """
    value, through = as_tensor(forward_value, "straight_through"), as_tensor(x, "straight_through")
    if value.shape != through.shape:
        raise ShapeError(
            f"straight_through: forward_value must have the shape {through.shape} of x, got {value.shape}"
        )
    if value.dtype != through.dtype and through.dtype.kind == "f":
        raise DtypeError(
            f"straight_through: forward_value must be {through.dtype} as x is, got {value.dtype}; convert it "
            "with .float() or .double()"
        )
    return passing("straight_through", through, value.detach().array)


def passing(name: str, x: Tensor, array: np.ndarray) -> Tensor:
    """Make a result with these values, whose gradient goes to ``x`` as it is (no operation: the gradient need
    not be the derivative)."""
    tracked = x.requires_grad and is_grad_enabled()
    start = perf_counter() if observers else 0.0
    y = wrap(array, _recorder(name)((x,), array, (array, _unchanged)) if tracked else None)
    if observers and (observer := current()) is not None:
        observer.computed(name, (x,), {}, y, perf_counter() - start)
    return y


def _unchanged(g: Tensor) -> Tensor:
    return g


def _through(x: Any) -> None:
    """Stand for the operation that `passing` would be; its closure holds no input."""


@cache
def _recorder(name: str) -> Recorder:
    return recorder(name, _through, ("x",))

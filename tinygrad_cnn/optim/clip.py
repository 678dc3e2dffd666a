"""Keeping gradients from becoming too long."""

import math
from typing import Any

import numpy as np

from ..core import Tensor, wrap
from ..errors import ArgumentError, NotFiniteError


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    r"""Scale all gradients by one factor so that their norm, taken together, is at most ``max_norm``.

    .. math:: g \leftarrow g \min\left(1, \frac{\text{max\_norm}}{\lVert g \rVert + 10^{-6}}\right)

    Args:
        parameters: a tensor or an iterable of tensors; those without a gradient are left out.
        max_norm: the norm allowed, >= 0.
        norm_type: p of the p-norm, above 0; `math.inf` for the largest absolute value.
        error_if_nonfinite: raise a `NotFiniteError`, and change nothing, if the norm is NaN or infinite.

    Returns the norm before scaling. Source: Pascanu, Mikolov and Bengio, ICML 2013.

    Raises:
        ArgumentError: ``max_norm`` is no number >= 0, ``norm_type`` none above 0, or ``parameters`` are no
            tensors.

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([3.0, 4.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> clip_grad_norm_([x], max_norm=1.0)
    tensor(10.)
    >>> x.grad.numpy().round(4)
    array([0.6, 0.8], dtype=float32)
    """
    limit, order = _number(max_norm), _number(norm_type)
    if not limit >= 0 or not order > 0:
        raise ArgumentError(
            f"clip_grad_norm_ expects max_norm >= 0 and norm_type > 0, got {max_norm!r} and {norm_type!r}"
        )
    grads = _gradients(parameters)
    norms = [_norm(g.array, order) for g in grads]
    total = _combined(norms, order)
    if error_if_nonfinite and not math.isfinite(total):
        raise NotFiniteError(f"the norm of the gradients is {total}, so they cannot be clipped")
    factor = limit / (total + 1e-6)
    if not factor >= 1:  # NaN is not >= 1: it spreads to all gradients, as in PyTorch
        for g in grads:
            g.replace(np.multiply(g.array, factor))
    return wrap(np.asarray(total, grads[0].dtype if grads else np.float32))


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    r"""Bring every entry of the gradients into the range from -``clip_value`` to ``clip_value``.

    .. math:: g \leftarrow \min(\max(g, -\text{clip\_value}), \text{clip\_value})

    ``parameters`` is a tensor or an iterable of tensors; those without a gradient are left out. NaN stays.
    Raises `ArgumentError` for a value that is no number >= 0, and for what are no tensors.

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([3.0, -0.25], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> clip_grad_value_([x], 1.0)
    >>> x.grad
    tensor([ 1. , -0.5])
    """
    limit = _number(clip_value)
    if not limit >= 0:
        raise ArgumentError(f"clip_grad_value_: clip_value must be a number >= 0, got {clip_value!r}")
    for g in _gradients(parameters):
        g.replace(np.asarray(np.clip(g.array, -limit, limit)))


def _number(value: Any) -> float:
    """Give a number as a float, and NaN for what is none, which lies in no range."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _gradients(parameters: Any) -> list[Tensor]:
    alone = isinstance(parameters, Tensor) or not np.iterable(parameters)
    tensors = [parameters] if alone else list(parameters)
    for p in tensors:
        if not isinstance(p, Tensor):
            raise ArgumentError(f"parameters must be a tensor or several in a row, got {type(p).__name__}")
    return [p.grad for p in tensors if p.grad is not None]


def _norm(g: np.ndarray, norm_type: float) -> float:
    if g.size == 0:
        return 0.0
    if norm_type == math.inf:
        return float(np.abs(g).max())
    if norm_type == 2:
        flat = g.ravel(order="K")
        with np.errstate(over="ignore"):
            square = float(np.dot(flat, flat))
            # Squares of float32 overflow beyond 1.8e19 and vanish below 1e-23; float64 has room for both.
            if not 1e-30 < square < math.inf:
                square = float(np.square(flat, dtype=np.float64).sum())
        return math.sqrt(square)
    return float((np.abs(g).astype(np.float64) ** norm_type).sum() ** (1 / norm_type))


def _combined(norms: list[float], norm_type: float) -> float:
    """The norm of everything together is the norm of the norms."""
    if norm_type == math.inf or not norms:
        return float(np.max(norms)) if norms else 0.0
    return float((np.asarray(norms) ** norm_type).sum() ** (1 / norm_type))

"""Normalisation of the last dimensions, and of neighbouring channels."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, floating, integer, number
from .reduce import mean

__all__ = ["layer_norm", "local_response_norm", "rms_norm"]

FEW = 16
"""So few values cancel almost to nothing in their gradients, so that they are computed in float64."""


def layer_norm(
    input: Any,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    r"""Bring the values of the last dimensions to mean 0 and variance 1, then scale and shift each of them,
    :math:`y = \frac{x - \mu}{\sqrt{\sigma^2 + eps}} w + b`.

    ``normalized_shape`` is the end of the shape of x; weight and bias have that shape. Source: Ba, Kiros and
    Hinton, 2016.

    Raises:
        ShapeError: x does not end with ``normalized_shape``, or weight or bias has another shape.

    >>> import tinygrad_cnn as tg
    >>> tg.layer_norm(tg.tensor([[1.0, 3.0], [10.0, 12.0]]), (2,))
    tensor([[-0.999995,  0.999995],
            [-0.999995,  0.999995]])
    """
    x, over = _last("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    ahead = (1,) * (x.ndim - len(over))
    w, b = (None if p is None else p.reshape((*ahead, *p.shape)) for p in (weight, bias))
    return ops.normalise(x, w, b, dim=over, eps=number("layer_norm", "eps", eps))


def rms_norm(
    input: Any, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    r"""Divide the values of the last dimensions by the root of their mean square,
    :math:`y = \frac{x}{\sqrt{\frac{1}{n} \sum x_i^2 + eps}} w`.

    ``eps`` is by default the distance from 1 to the next number of x's dtype. Source: Zhang and Sennrich,
    2019.

    Raises:
        ShapeError: x does not end with ``normalized_shape``, or weight has another shape.

    >>> import tinygrad_cnn as tg
    >>> tg.rms_norm(tg.tensor([[1.0, 7.0]]), (2,))
    tensor([[0.2, 1.4]])
    """
    x, over = _last("rms_norm", input, normalized_shape, weight=weight)
    if not x.numel():
        return x if weight is None else x * weight
    small = float(np.finfo(x.dtype).eps) if eps is None else number("rms_norm", "eps", eps)
    few = math.prod(x.shape[d] for d in over) <= FEW
    wide = ops.cast(x, dtype=np.float64) if few else x
    y = wide / ops.sqrt(mean(wide * wide, over, keepdim=True) + small)
    y = ops.cast(y, dtype=x.dtype) if few else y
    return y if weight is None else y * weight


def _last(
    function: str, input: Any, shape: Sequence[int], **weights: Tensor | None
) -> tuple[Tensor, tuple[int, ...]]:
    """Check that x ends with a shape, and give its dimensions."""
    x = floating(function, as_tensor(input, function))
    if not isinstance(shape, Sequence) or isinstance(shape, str) or not len(shape):
        raise ArgumentError(f"{function}: normalized_shape must be a tuple of sizes, got {shape!r}")
    sizes = tuple(integer(function, "normalized_shape", n, 0) for n in shape)
    if x.shape[-len(sizes) :] != sizes:
        words = ", ".join(str(n) for n in ("...", *sizes))
        raise ShapeError(f"{function} expects x ({words}) / got x {x.shape}")
    for name, w in weights.items():
        if w is not None and not isinstance(w, Tensor):
            raise ArgumentError(f"{function}: {name} must be a tensor, got {type(w).__name__}")
        if w is not None and w.shape != sizes:
            raise ShapeError(f"{function} expects {name} {sizes} / got {name} {w.shape}")
    return x, tuple(range(x.ndim - len(sizes), x.ndim))


def local_response_norm(
    input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    r"""Divide each value by what lies around it in neighbouring channels,
    :math:`y_c = x_c \left(k + \frac{\alpha}{n} \sum_{c'} x_{c'}^2\right)^{-\beta}` over the n = ``size``
    channels :math:`c - \lfloor n/2 \rfloor` to :math:`c + \lfloor (n-1)/2 \rfloor`.

    Channels beyond the first and the last count as zeros. Source: Krizhevsky, Sutskever and Hinton, 2012.

    Raises:
        ShapeError: x is not (N, C, L) or has fewer dimensions.
        ArgumentError: ``size`` is below 1.

    >>> import tinygrad_cnn as tg
    >>> tg.local_response_norm(tg.tensor([[[3.0], [4.0]]]), size=2, alpha=2.0, beta=0.5, k=0.0)
    tensor([[[1. ],
             [0.8]]])
    """
    x = floating("local_response_norm", as_tensor(input, "local_response_norm"))
    if x.ndim < 3:
        raise ShapeError(f"local_response_norm expects x (N, C, ...) with pixels / got x {x.shape}")
    n = integer("local_response_norm", "size", size, 1)
    alpha, beta, k = (
        number("local_response_norm", name, v) for name, v in (("alpha", alpha), ("beta", beta), ("k", k))
    )
    channels = x.shape[1]
    near = np.subtract.outer(np.arange(channels), np.arange(channels))
    to, source = np.nonzero((near <= n // 2) & (near >= -((n - 1) // 2)))
    around = ops.resample(
        x * x, dim=1, size=channels, to=to, source=source, weight=np.full(len(to), alpha / n)
    )
    return x / (around + k) ** beta

"""Functions that layers end with, and dropout."""

from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor, default_generator, wrap
from ..errors import ArgumentError
from .arguments import as_tensor, floating, numeric, one_dim
from .shape import squeeze, unsqueeze


def relu(input: Any, inplace: bool = False) -> Tensor:
    r"""Cut off what is negative, :math:`y = \max(0, x)`; the gradient at 0 is 0.

    ``inplace`` is taken here and in other activations, and changes nothing: arrays are not overwritten.

    >>> import tinygrad_cnn as tg
    >>> tg.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return ops.relu(numeric("relu", as_tensor(input)))


def sigmoid(input: Any) -> Tensor:
    r"""Squeeze values into 0..1, :math:`y = 1/(1 + e^{-x})`.

    >>> import tinygrad_cnn as tg
    >>> tg.sigmoid(tg.tensor([0.0]))
    tensor([0.5])
    """
    return ops.sigmoid(as_tensor(input))


def tanh(input: Any) -> Tensor:
    r"""Squeeze values into -1..1, :math:`y = \tanh x`.

    >>> import tinygrad_cnn as tg
    >>> tg.tanh(tg.tensor([0.0]))
    tensor([0.])
    """
    return ops.tanh(as_tensor(input))


def softmax(input: Any, dim: int) -> Tensor:
    r"""Turn scores into probabilities along ``dim``, :math:`y_i = e^{x_i} / \sum_j e^{x_j}`, stable by row.

    >>> import tinygrad_cnn as tg
    >>> tg.softmax(tg.tensor([[1000.0, 1000.0]]), dim=1)
    tensor([[0.5, 0.5]])
    """
    x = floating("softmax", as_tensor(input))
    d = one_dim("softmax", dim, x.ndim)
    return ops.softmax(x, dim=d) if x.ndim else squeeze(softmax(unsqueeze(x, 0), 0))


def log_softmax(input: Any, dim: int) -> Tensor:
    r"""Logarithm of `softmax`, :math:`y_i = x_i - \ln \sum_j e^{x_j}`, stable by row.

    >>> import tinygrad_cnn as tg
    >>> tg.log_softmax(tg.tensor([[0.0, 0.0]]), dim=1)
    tensor([[-0.6931472, -0.6931472]])
    """
    x = floating("log_softmax", as_tensor(input))
    d = one_dim("log_softmax", dim, x.ndim)
    return ops.log_softmax(x, dim=d) if x.ndim else squeeze(log_softmax(unsqueeze(x, 0), 0))


def dropout(
    input: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: "np.random.Generator | None" = None,
) -> Tensor:
    r"""Set each value to 0 with probability ``p`` and divide the others by 1 - p; outside of training,
    change nothing. ``inplace`` is taken and changes nothing.

    Source: Srivastava et al., Journal of Machine Learning Research 15, 2014.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.dropout(tg.ones(4), 0.5, generator=np.random.default_rng(1))
    tensor([0., 2., 2., 2.])
    """
    x = floating("dropout", as_tensor(input))
    if not 0 <= p <= 1:
        raise ArgumentError(f"dropout: p must lie in 0..1, got {p!r}")
    if not training or p == 0:
        return x
    kept = (generator or default_generator()).random(x.shape, dtype=np.float32) >= p
    scale = 0.0 if p == 1 else 1 / (1 - p)
    return x * wrap(np.multiply(kept, x.dtype.type(scale)))

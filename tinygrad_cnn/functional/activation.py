"""Functions that layers end with."""

from typing import Any

from .. import ops
from ..core import Tensor
from .arguments import as_tensor, floating, numeric, one_dim
from .reduce import in_dtype
from .shape import squeeze, unsqueeze

__all__ = ["log_softmax", "relu", "sigmoid", "softmax", "softmin", "tanh"]


def relu(input: Any, inplace: bool = False) -> Tensor:
    r"""Cut off what is negative, :math:`y = \max(0, x)`; the gradient at 0 is 0.

    ``inplace`` is taken here and in other activations, and changes nothing: arrays are not overwritten.

    Raises:
        DtypeError: booleans, which are no numbers.

    >>> import tinygrad_cnn as tg
    >>> tg.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return ops.relu(numeric("relu", as_tensor(input, "relu")))


def sigmoid(input: Any) -> Tensor:
    r"""Squeeze values into 0..1, :math:`y = 1/(1 + e^{-x})`.

    >>> import tinygrad_cnn as tg
    >>> tg.sigmoid(tg.tensor([0.0]))
    tensor([0.5])
    """
    return ops.sigmoid(as_tensor(input, "sigmoid"))


def tanh(input: Any) -> Tensor:
    r"""Squeeze values into -1..1, :math:`y = \tanh x`.

    >>> import tinygrad_cnn as tg
    >>> tg.tanh(tg.tensor([0.0]))
    tensor([0.])
    """
    return ops.tanh(as_tensor(input, "tanh"))


def _scores(function: str, input: Any, dtype: Any) -> Tensor:
    x = as_tensor(input, function)
    return floating(function, x if dtype is None else in_dtype(function, x, dtype))


def softmax(input: Any, dim: int, dtype: Any = None) -> Tensor:
    r"""Turn scores into probabilities along ``dim``, :math:`y_i = e^{x_i} / \sum_j e^{x_j}`, stable by row.

    With ``dtype``, x is converted first.

    >>> import tinygrad_cnn as tg
    >>> tg.softmax(tg.tensor([[1000.0, 1000.0]]), dim=1)
    tensor([[0.5, 0.5]])
    """
    x = _scores("softmax", input, dtype)
    d = one_dim("softmax", dim, x.ndim)
    return ops.softmax(x, dim=d) if x.ndim else squeeze(softmax(unsqueeze(x, 0), 0))


def softmin(input: Any, dim: int, dtype: Any = None) -> Tensor:
    r"""Probabilities along ``dim``, the larger the smaller x is: the `softmax` of -x.

    >>> import tinygrad_cnn as tg
    >>> tg.softmin(tg.tensor([[0.0, 0.0]]), dim=1)
    tensor([[0.5, 0.5]])
    """
    x = _scores("softmin", input, dtype)
    one_dim("softmin", dim, x.ndim)
    return softmax(ops.neg(x), dim)


def log_softmax(input: Any, dim: int, dtype: Any = None) -> Tensor:
    r"""Logarithm of `softmax`, :math:`y_i = x_i - \ln \sum_j e^{x_j}`, stable by row.

    >>> import tinygrad_cnn as tg
    >>> tg.log_softmax(tg.tensor([[0.0, 0.0]]), dim=1)
    tensor([[-0.6931472, -0.6931472]])
    """
    x = _scores("log_softmax", input, dtype)
    d = one_dim("log_softmax", dim, x.ndim)
    return ops.log_softmax(x, dim=d) if x.ndim else squeeze(log_softmax(unsqueeze(x, 0), 0))

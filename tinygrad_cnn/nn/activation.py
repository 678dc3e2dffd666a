"""Functions without parameters as layers."""

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer
from .module import Module


class ReLU(Module):
    r"""Cut off what is negative, :math:`y = \max(0, x)`. ``inplace`` is taken and changes nothing: arrays are
    not overwritten.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ReLU()(tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.relu(input)


class Sigmoid(Module):
    r"""Squeeze values into 0..1, :math:`y = 1/(1 + e^{-x})`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Sigmoid()(tensor([0.0]))
    tensor([0.5])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.sigmoid(input)


class Tanh(Module):
    r"""Squeeze values into -1..1, :math:`y = \tanh x`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Tanh()(tensor([0.0]))
    tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.tanh(input)


class _OverClasses(Module):
    """A function along the dimension that holds the classes."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        if dim is None:
            raise ArgumentError(
                f"{type(self).__name__}: say which dimension holds the classes, dim=1 for (N, C)"
            )
        self.dim = integer(type(self).__name__, "dim", dim, -(2**31))

    def extra_repr(self) -> str:
        """Give the dimension."""
        return f"dim={self.dim}"


class Softmax(_OverClasses):
    r"""Turn scores into probabilities along ``dim``, :math:`y_i = e^{x_i} / \sum_j e^{x_j}`; not before
    `CrossEntropyLoss`, which contains it.

    Raises:
        ArgumentError: ``dim`` is None or no integer.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Softmax(dim=1)(tensor([[0.0, 0.0]]))
    tensor([[0.5, 0.5]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it along the dimension."""
        return F.softmax(input, self.dim)


class Softmin(_OverClasses):
    r"""Turn scores into probabilities along ``dim``, the larger the smaller the score is: `Softmax` of -x.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Softmin(dim=1)(tensor([[0.0, 0.0]]))
    tensor([[0.5, 0.5]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it along the dimension."""
        return F.softmin(input, self.dim)


class LogSoftmax(_OverClasses):
    r"""The logarithm of `Softmax`, :math:`y_i = x_i - \ln \sum_j e^{x_j}`, as `NLLLoss` expects it.

    Raises:
        ArgumentError: ``dim`` is None or no integer.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LogSoftmax(dim=1)(tensor([[0.0, 0.0]]))
    tensor([[-0.6931472, -0.6931472]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it along the dimension."""
        return F.log_softmax(input, self.dim)

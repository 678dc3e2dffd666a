"""Activations with curves, as layers."""

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.activation_curves import approximation
from ..functional.arguments import number
from .module import Module


class ELU(Module):
    r"""Keep what is positive, and bend the rest: :math:`y = \alpha (e^x - 1)` for x <= 0.

    Raises:
        ArgumentError: ``alpha`` is no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ELU(2.0)(tensor([-100.0, 2.0]))
    tensor([-2.,  2.])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        number("ELU", "alpha", alpha)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.elu(input, self.alpha)

    def extra_repr(self) -> str:
        """Give alpha."""
        return f"alpha={self.alpha}"


class CELU(Module):
    r"""`ELU` without a corner: :math:`y = \alpha (e^{x/\alpha} - 1)` for x <= 0.

    Raises:
        ArgumentError: ``alpha`` is 0 or no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.CELU(2.0)(tensor([-100.0, 2.0]))
    tensor([-2.,  2.])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        if number("CELU", "alpha", alpha) == 0:
            raise ArgumentError("CELU: alpha must not be 0, since x is divided by it")
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.celu(input, self.alpha)

    def extra_repr(self) -> str:
        """Give alpha."""
        return f"alpha={self.alpha}"


class SELU(Module):
    r"""`ELU` scaled so that values keep mean 0 and variance 1 from layer to layer.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.SELU()(tensor([0.0]))
    tensor([0.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.selu(input)


class GELU(Module):
    r"""The value times the probability that a normal number is smaller, :math:`y = x\,\Phi(x)`; with
    ``approximate="tanh"`` by a formula that is close to it.

    Raises:
        ArgumentError: ``approximate`` is neither "none" nor "tanh".

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.GELU()(tensor([-100.0, 0.0, 100.0]))
    tensor([ -0.,   0., 100.])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximation("GELU", approximate)

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """Give the form."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    r"""The value times its sigmoid, also called swish, :math:`y = x / (1 + e^{-x})`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.SiLU()(tensor([-1000.0, 0.0, 100.0]))
    tensor([ -0.,   0., 100.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.silu(input)


class Mish(Module):
    r"""The value times the hyperbolic tangent of its `Softplus`, :math:`y = x \tanh(\ln(1 + e^x))`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Mish()(tensor([-1000.0, 0.0, 100.0]))
    tensor([ -0.,   0., 100.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.mish(input)


class Softplus(Module):
    r"""A smooth rectifier, :math:`y = \ln(1 + e^{\beta x}) / \beta`, and x where :math:`\beta x` is larger
    than ``threshold``.

    Raises:
        ArgumentError: ``beta`` is 0, or one of the two is no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Softplus()(tensor([-1000.0, 1000.0]))
    tensor([   0., 1000.])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        number("Softplus", "threshold", threshold)
        if number("Softplus", "beta", beta) == 0:
            raise ArgumentError("Softplus: beta must not be 0, since the result is divided by it")
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Give both numbers."""
        return f"beta={self.beta}, threshold={self.threshold}"


class LogSigmoid(Module):
    r"""Logarithm of the sigmoid, :math:`y = -\ln(1 + e^{-x})`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LogSigmoid()(tensor([-1000.0, 1000.0]))
    tensor([-1000.,    -0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.logsigmoid(input)


class Softsign(Module):
    r"""Squeeze values into -1..1, :math:`y = x / (1 + |x|)`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Softsign()(tensor([-1.0, 3.0]))
    tensor([-0.5 ,  0.75])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.softsign(input)


class Tanhshrink(Module):
    r"""What the hyperbolic tangent takes away, :math:`y = x - \tanh x`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Tanhshrink()(tensor([0.0, 100.0]))
    tensor([ 0., 99.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.tanhshrink(input)

"""Activations made of straight pieces, as layers; one of them learns its slopes."""

from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer, number
from .module import Module
from .parameter import Parameter


class LeakyReLU(Module):
    r"""Keep what is positive and scale the rest, :math:`y = x` for x > 0, :math:`a x` elsewhere.

    Raises:
        ArgumentError: ``negative_slope`` is no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.LeakyReLU(0.5)(tensor([-1.0, 2.0]))
    tensor([-0.5,  2. ])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        number("LeakyReLU", "negative_slope", negative_slope)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        """Give the slope."""
        return f"negative_slope={self.negative_slope}"


class PReLU(Module):
    r"""`LeakyReLU` with learnt slopes, :math:`y = w x` for x <= 0.

    ``weight`` holds ``num_parameters`` slopes, one for all or one for each channel of (N, C, ...), which
    start at ``init``. Source: He et al., Delving deep into rectifiers, ICCV 2015.

    Raises:
        ArgumentError: ``num_parameters`` is no integer >= 0, or ``init`` no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.PReLU()(tensor([-1.0, 2.0]))
    tensor([-0.25,  2.  ], op=mul)
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, dtype: Any = np.float32) -> None:
        super().__init__()
        self.num_parameters = integer("PReLU", "num_parameters", num_parameters, 0)
        self.init = number("PReLU", "init", init)
        self.weight = Parameter(np.full(self.num_parameters, self.init, dtype))

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Give the number of slopes."""
        return f"num_parameters={self.num_parameters}"


class Hardtanh(Module):
    r"""Bring values into min..max, :math:`y = \min(\max(x, min), max)`; the gradient at min and max is 0.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Hardtanh(-2, 2)(tensor([-3.0, 0.5, 3.0]))
    tensor([-2. ,  0.5,  2. ])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        if not number("Hardtanh", "min_val", min_val) < number("Hardtanh", "max_val", max_val):
            raise ArgumentError(f"Hardtanh: min_val {min_val!r} must be less than max_val {max_val!r}")
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.hardtanh(input, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        """Give the bounds."""
        return f"min_val={self.min_val}, max_val={self.max_val}"


class ReLU6(Module):
    r"""A rectifier that ends at 6, :math:`y = \min(\max(x, 0), 6)`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ReLU6()(tensor([-1.0, 2.0, 7.0]))
    tensor([0., 2., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.relu6(input)


class Hardsigmoid(Module):
    r"""A line in place of the sigmoid, :math:`y = \min(\max(x, -3), 3) / 6 + 1/2`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Hardsigmoid()(tensor([-4.0, 0.0, 1.5]))
    tensor([0.  , 0.5 , 0.75])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.hardsigmoid(input)


class Hardswish(Module):
    r"""The value times its `Hardsigmoid`, :math:`y = x \min(\max(x + 3, 0), 6) / 6`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Hardswish()(tensor([0.0, 3.0]))
    tensor([0., 3.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.hardswish(input)


class _Shrink(Module):
    """A function that makes small values 0, with the width of what is small."""

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        number(type(self).__name__, "lambd", lambd)
        self.lambd = lambd

    def extra_repr(self) -> str:
        """Give the width."""
        return f"{self.lambd}"


class Hardshrink(_Shrink):
    r"""Put small values to 0, :math:`y = 0` for :math:`-\lambda \le x \le \lambda`, x elsewhere.

    Raises:
        ArgumentError: ``lambd`` is no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Hardshrink()(tensor([-2.0, 0.5, 0.75]))
    tensor([-2.  ,  0.  ,  0.75])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    r"""Bring values nearer to 0 by :math:`\lambda`, :math:`y = x - \min(\max(x, -\lambda), \lambda)`.

    Raises:
        ArgumentError: ``lambd`` is no number; or, when it is called, negative.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Softshrink()(tensor([-2.0, 0.5, 0.75]))
    tensor([-1.5 ,  0.  ,  0.25])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.softshrink(input, self.lambd)


class Threshold(Module):
    r"""Keep what is larger than a threshold, :math:`y = x` for x > threshold, and ``value`` elsewhere.

    Raises:
        ArgumentError: one of the two is no number.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Threshold(1.0, 20.0)(tensor([0.5, 2.0]))
    tensor([20.,  2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        number("Threshold", "threshold", threshold)
        number("Threshold", "value", value)
        self.threshold = threshold
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Apply it to every value."""
        return F.threshold(input, self.threshold, self.value)

    def extra_repr(self) -> str:
        """Give the threshold and the value."""
        return f"threshold={self.threshold}, value={self.value}"

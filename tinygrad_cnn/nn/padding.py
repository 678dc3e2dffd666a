"""Layers that put a rim around rows and pictures."""

from collections.abc import Sequence
from typing import Any, ClassVar

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer, number
from .module import Module


class _Padding(Module):
    """One amount for all sides, or one for each; the last dimension first."""

    dims: ClassVar[int]
    mode: ClassVar[str] = "constant"

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__()
        name, count = type(self).__name__, 2 * self.dims
        single = not isinstance(padding, Sequence) or isinstance(padding, str)
        amounts: Any = (padding,) * count if single else padding
        if len(amounts) != count:
            raise ArgumentError(f"{name}: padding must be one integer or {count}, got {padding!r}")
        self.padding = tuple(integer(name, "padding", n, -(2**31)) for n in amounts)

    def forward(self, input: Tensor) -> Tensor:
        """Pad the last dimensions."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """Give the amounts."""
        return f"{self.padding}"


class ConstantPad1d(_Padding):
    """Put ``value`` around the last dimension: ``padding`` = (left, right), or one number for both sides.

    Negative amounts cut off.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.ConstantPad1d((1, 2), 7.0)(ones(1, 2))
    tensor([[7., 1., 1., 7., 7.]])
    """

    dims = 1

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        number(type(self).__name__, "value", value)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Pad the last dimensions."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Give amounts and value."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad2d(ConstantPad1d):
    """Put ``value`` around pictures: ``padding`` = (left, right, top, bottom), or one number for all sides.

    Negative amounts cut off.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.ConstantPad2d((1, 0, 0, 1), 7.0)(ones(1, 1, 2))
    tensor([[[7., 1., 1.],
             [7., 7., 7.]]])
    """

    dims = 2


class ZeroPad1d(ConstantPad1d):
    """Put zeros around the last dimension: ``padding`` = (left, right), or one number for both sides.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.ZeroPad1d((1, 2))(ones(1, 2))
    tensor([[0., 1., 1., 0., 0.]])
    """

    def __init__(self, padding: int | Sequence[int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """Give the amounts."""
        return f"{self.padding}"


class ZeroPad2d(ZeroPad1d):
    """Put zeros around pictures: ``padding`` = (left, right, top, bottom), or one number for all sides.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.ZeroPad2d((1, 0, 0, 1))(ones(1, 1, 2))
    tensor([[[0., 1., 1.],
             [0., 0., 0.]]])
    """

    dims = 2


class ReflectionPad1d(_Padding):
    """Mirror rows (N, C, W) or (C, W) at their outermost values: ``padding`` = (left, right) < W.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ReflectionPad1d((2, 1))(tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 2., 1., 2., 3., 2.]])
    """

    dims = 1
    mode = "reflect"


class ReflectionPad2d(_Padding):
    """Mirror pictures (N, C, H, W) or (C, H, W) at their outermost values: ``padding`` = (left, right, top,
    bottom), each less than W or H.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ReflectionPad2d((0, 1, 1, 0))(tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[3., 4., 3.],
             [1., 2., 1.],
             [3., 4., 3.]]])
    """

    dims = 2
    mode = "reflect"


class ReplicationPad1d(_Padding):
    """Repeat the outermost values of rows (N, C, W) or (C, W): ``padding`` = (left, right).

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ReplicationPad1d((2, 1))(tensor([[1.0, 2.0, 3.0]]))
    tensor([[1., 1., 1., 2., 3., 3.]])
    """

    dims = 1
    mode = "replicate"


class ReplicationPad2d(_Padding):
    """Repeat the outermost values of pictures (N, C, H, W) or (C, H, W): ``padding`` = (left, right, top,
    bottom).

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.ReplicationPad2d((0, 1, 1, 0))(tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[1., 2., 2.],
             [1., 2., 2.],
             [3., 4., 4.]]])
    """

    dims = 2
    mode = "replicate"


class CircularPad1d(_Padding):
    """Go on with the other end of rows (N, C, W) or (C, W): ``padding`` = (left, right), at most W.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.CircularPad1d((2, 1))(tensor([[1.0, 2.0, 3.0]]))
    tensor([[2., 3., 1., 2., 3., 1.]])
    """

    dims = 1
    mode = "circular"


class CircularPad2d(_Padding):
    """Go on with the other side of pictures (N, C, H, W) or (C, H, W): ``padding`` = (left, right, top,
    bottom), at most W and H.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.CircularPad2d((0, 1, 1, 0))(tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[3., 4., 3.],
             [1., 2., 1.],
             [3., 4., 3.]]])
    """

    dims = 2
    mode = "circular"

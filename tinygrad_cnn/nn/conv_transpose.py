"""Layers that spread lines and pictures through filters, which makes them larger."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer
from ..functional.conv_transpose import check_output_padding
from ..functional.unpool import last_sizes
from .conv import Convolution, Generator


class _Spreading(Convolution):
    """The adjoint of a convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        *,
        generator: "Generator | None" = None,
        dtype: Any = np.float32,
    ) -> None:
        name = type(self).__name__
        if isinstance(padding, str):
            many = "one integer or two" if self.rank == 2 else "one integer"
            raise ArgumentError(f"{name}: padding must be {many}, got {padding!r}")
        if padding_mode != "zeros":
            raise ArgumentError(f"{name}: padding_mode must be 'zeros', got {padding_mode!r}")
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, padding_mode
        )
        self.output_padding = self._sizes("output_padding", output_padding, 0)
        check_output_padding(name, self.output_padding, self.stride, self.dilation)
        shape = (self.in_channels, self.out_channels // self.groups, *self.kernel_size)
        self.make_parameters(shape, bias, generator, dtype)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Spread a batch, or what would be one without N; the result has ``output_size``, if given."""
        extra = self.output_padding if output_size is None else self._missing(input, output_size)
        spread: Any = F.conv_transpose1d if self.rank == 1 else F.conv_transpose2d
        settings = (self.stride, self.padding, extra, self.groups, self.dilation)
        y: Tensor = spread(input, self.weight, self.bias, *settings)
        return y

    def _missing(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """Give the output padding that leads to a size."""
        name, batch = type(self).__name__, input.ndim == self.rank + 2
        sides = last_sizes(name, output_size, self.rank, batch)
        wanted = [integer(name, "output_size", n, 0) for n in sides]
        least = [
            (n - 1) * s - 2 * int(p) + d * (k - 1) + 1
            for n, s, p, d, k in zip(
                input.shape[-self.rank :],
                self.stride,
                self.padding,
                self.dilation,
                self.kernel_size,
                strict=True,
            )
        ]
        most = [n + s - 1 for n, s in zip(least, self.stride, strict=True)]
        if any(not a <= n <= b for a, n, b in zip(least, wanted, most, strict=True)):
            raise ArgumentError(
                f"{name}: output_size {tuple(wanted)} must lie between {tuple(least)} and {tuple(most)} "
                f"for an input of shape {input.shape}"
            )
        return tuple(n - a for n, a in zip(wanted, least, strict=True))


class ConvTranspose1d(_Spreading):
    r"""Spread lines through filters, the adjoint of `Conv1d`: (N, in_channels, L) to (N, out_channels, OL).

    .. math:: OL = (L - 1) s - 2p + d(k - 1) + output\_padding + 1

    The weight is (in_channels, out_channels / groups, k). A call may give ``output_size`` instead of
    ``output_padding``, as for `ConvTranspose2d`.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> nn.ConvTranspose1d(4, 3, 2, stride=2, generator=np.random.default_rng(0))(zeros(1, 4, 5)).shape
    (1, 3, 10)
    """

    rank = 1


class ConvTranspose2d(_Spreading):
    r"""Spread pictures through filters, the adjoint of `Conv2d`: (N, in_channels, H, W) to (N, out_channels,
    OH, OW).

    .. math:: OH = (H - 1) s - 2p + d(kh - 1) + output\_padding + 1

    The weight is (in_channels, out_channels / groups, kh, kw). A strided convolution makes one size of
    several; a call may say which one is meant, by ``output_size``, (OH, OW) or with batch and channels.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> layer = nn.ConvTranspose2d(4, 3, 2, stride=2, generator=np.random.default_rng(0))
    >>> layer(zeros(1, 4, 5, 6)).shape, layer(zeros(1, 4, 5, 6), output_size=(11, 12)).shape
    ((1, 3, 10, 12), (1, 3, 11, 12))
    """

"""Dropout and its relatives as layers: each owns a random generator if it is given one."""

from collections.abc import Callable

import numpy as np

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import number
from . import init
from .module import Module


class _Dropping(Module):
    """A probability and a generator."""

    function: Callable[..., Tensor]

    def __init__(
        self, p: float = 0.5, inplace: bool = False, *, generator: "np.random.Generator | None" = None
    ) -> None:
        super().__init__()
        if not 0 <= number(type(self).__name__, "p", p) <= 1:
            raise ArgumentError(f"{type(self).__name__}: p must lie in 0..1, got {p!r}")
        if generator is not None:
            init.random_source(generator)
        self.p = p
        self.generator = generator

    def forward(self, input: Tensor) -> Tensor:
        """Drop while training."""
        return type(self).function(input, self.p, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        """Give the probability."""
        return f"p={self.p}"


class Dropout(_Dropping):
    r"""In training, set each value to 0 with probability ``p`` and divide the others by 1 - p; in evaluation,
    change nothing.

    It draws from ``generator``, which `Module.named_generators` finds, or from `default_generator`.
    ``inplace`` is taken and changes nothing. Source: Srivastava et al., 2014.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, ones
    >>> drop = nn.Dropout(0.5, generator=np.random.default_rng(1))
    >>> sorted(set(drop(ones(100)).tolist())), drop.eval()(ones(4))
    ([0.0, 2.0], tensor([1., 1., 1., 1.]))
    """

    function = staticmethod(F.dropout)


class Dropout1d(_Dropping):
    """`Dropout` of whole channels of lines (N, C, L) or (C, L).

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, ones
    >>> nn.Dropout1d(generator=np.random.default_rng(1))(ones(2, 3))
    tensor([[0., 0., 0.],
            [2., 2., 2.]])
    """

    function = staticmethod(F.dropout1d)


class Dropout2d(_Dropping):
    """`Dropout` of whole channels of pictures (N, C, H, W), as neighbouring pixels tell the same.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, ones
    >>> nn.Dropout2d(generator=np.random.default_rng(1))(ones(1, 2, 1, 3)).reshape(2, 3)
    tensor([[0., 0., 0.],
            [2., 2., 2.]])
    """

    function = staticmethod(F.dropout2d)


class AlphaDropout(_Dropping):
    r"""Dropout behind `SELU`: it keeps mean 0 and variance 1, by setting values to :math:`\alpha' = -1.7581`
    and moving all, :math:`y = a\,(x\,m + \alpha' (1 - m)) + b`; see `alpha_dropout`.

    >>> from tinygrad_cnn import nn, randn, var
    >>> bool(abs(var(nn.AlphaDropout(0.3)(randn(10000))) - 1) < 0.05)
    True
    """

    function = staticmethod(F.alpha_dropout)


class FeatureAlphaDropout(_Dropping):
    """`AlphaDropout` of whole channels of x (N, C, ...).

    >>> from tinygrad_cnn import nn, ones
    >>> len(set(nn.FeatureAlphaDropout(0.5)(ones(1, 1, 100)).reshape(-1).tolist()))
    1
    """

    function = staticmethod(F.feature_alpha_dropout)


class DropPath(Module):
    """In training, set whole samples (``mode="row"``) or the whole batch (``mode="batch"``) to 0 with
    probability ``p`` and divide the others by 1 - p.

    At the end of a residual branch, it leaves out the block.
    torchvision calls it ``StochasticDepth``. Source: Huang et al., 2016.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, ones
    >>> nn.DropPath(0.5, generator=np.random.default_rng(1))(ones(3, 2))
    tensor([[0., 0.],
            [2., 2.],
            [2., 2.]])
    """

    def __init__(
        self, p: float = 0.5, mode: str = "row", *, generator: "np.random.Generator | None" = None
    ) -> None:
        super().__init__()
        if not 0 <= number("DropPath", "p", p) <= 1:
            raise ArgumentError(f"DropPath: p must lie in 0..1, got {p!r}")
        if mode not in ("row", "batch"):
            raise ArgumentError(f"DropPath: mode must be 'row' or 'batch', got {mode!r}")
        if generator is not None:
            init.random_source(generator)
        self.p, self.mode, self.generator = p, mode, generator

    def forward(self, input: Tensor) -> Tensor:
        """Drop while training."""
        return F.drop_path(input, self.p, self.mode, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        """Give probability and mode."""
        return f"p={self.p}, mode={self.mode}"

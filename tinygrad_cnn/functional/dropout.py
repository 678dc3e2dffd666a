"""Dropping values, channels or whole samples by chance while training."""

from typing import Any

import numpy as np

from ..core import Tensor, wrap
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor, flag, floating, random_source
from .shape import squeeze, unsqueeze

__all__ = ["alpha_dropout", "drop_path", "dropout", "dropout1d", "dropout2d", "feature_alpha_dropout"]

SATURATION = -1.7580993408473766
"""Where `selu` ends far below 0: what `alpha_dropout` sets values to."""
Generator = np.random.Generator | None


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

    Raises:
        ArgumentError: ``p`` is not a probability.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.dropout(tg.ones(4), 0.5, generator=np.random.default_rng(1))
    tensor([0., 2., 2., 2.])
    """
    x, share = _checked("dropout", input, p, training, generator)
    return _dropped(x, x.shape, share, generator) if training else x


def dropout1d(
    input: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: "np.random.Generator | None" = None,
) -> Tensor:
    """Drop whole channels of lines (N, C, L) or (C, L); otherwise as `dropout`.

    Raises:
        ShapeError: x has another number of dimensions.
        ArgumentError: ``p`` is not a probability.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.dropout1d(tg.ones(2, 3), 0.5, generator=np.random.default_rng(1))
    tensor([[0., 0., 0.],
            [2., 2., 2.]])
    """
    x, share = _checked("dropout1d", input, p, training, generator)
    if x.ndim not in (2, 3):
        raise ShapeError(f"dropout1d expects x (N, C, L) or (C, L) / got x {x.shape}")
    if not training:
        return x
    batch = x if x.ndim == 3 else unsqueeze(x, 0)
    y = _dropped(batch, (*batch.shape[:2], 1), share, generator)
    return y if x.ndim == 3 else squeeze(y, 0)


def dropout2d(
    input: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: "np.random.Generator | None" = None,
) -> Tensor:
    """Drop whole channels of pictures (N, C, H, W), as neighbouring pixels tell the same.

    Otherwise it does as `dropout`. The first two dimensions are always N and C: of one picture (C, H, W),
    rows are dropped, as in PyTorch.

    Raises:
        ShapeError: x has fewer than two dimensions.
        ArgumentError: ``p`` is not a probability.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.dropout2d(tg.ones(1, 2, 1, 3), 0.5, generator=np.random.default_rng(1))
    tensor([[[[0., 0., 0.]],
    <BLANKLINE>
             [[2., 2., 2.]]]])
    """
    x, share = _checked("dropout2d", input, p, training, generator)
    return _dropped(x, _channels("dropout2d", x, share), share, generator) if training else x


def alpha_dropout(
    input: Any,
    p: float = 0.5,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: "np.random.Generator | None" = None,
) -> Tensor:
    r"""Dropout for `selu`: values are set to :math:`\alpha' = -1.7581`, and all are moved so that mean 0 and
    variance 1 stay, :math:`y = a\,(x\,m + \alpha' (1 - m)) + b`.

    With m = 0 with probability p and 1 otherwise, :math:`a = ((1 - p)(1 + p \alpha'^2))^{-1/2}` and
    :math:`b = -a p \alpha'`. Source: Klambauer et al., 2017.

    Raises:
        ArgumentError: ``p`` is not a probability.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> y = tg.alpha_dropout(tg.randn(10000), 0.3, training=True)
    >>> bool(abs(y.mean()) < 0.05), bool(abs(tg.var(y) - 1) < 0.05)
    (True, True)
    """
    x, share = _checked("alpha_dropout", input, p, training, generator)
    return _saturated(x, x.shape, share, generator) if training else x


def feature_alpha_dropout(
    input: Any,
    p: float = 0.5,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: "np.random.Generator | None" = None,
) -> Tensor:
    """`alpha_dropout` of whole channels of x (N, C, ...).

    Raises:
        ShapeError: x has fewer than two dimensions.
        ArgumentError: ``p`` is not a probability.

    >>> import tinygrad_cnn as tg
    >>> tg.feature_alpha_dropout(tg.ones(1, 2, 3), p=1.0, training=True)
    tensor([[[0., 0., 0.],
             [0., 0., 0.]]])
    """
    x, share = _checked("feature_alpha_dropout", input, p, training, generator)
    return _saturated(x, _channels("feature_alpha_dropout", x, share), share, generator) if training else x


def drop_path(
    input: Any,
    p: float = 0.5,
    mode: str = "row",
    training: bool = True,
    *,
    generator: "np.random.Generator | None" = None,
) -> Tensor:
    """Set whole samples to 0 with probability ``p`` and divide the others by 1 - p; outside of training,
    change nothing.

    ``mode="row"`` decides about each sample, ``mode="batch"`` about all of them at once. On the branch of a
    residual block it leaves out the block: stochastic depth. torchvision calls it ``stochastic_depth``.
    Source: Huang et al., 2016.

    Raises:
        ShapeError: x has no samples.
        ArgumentError: ``p`` is not a probability, or ``mode`` is another word.

    >>> import numpy as np, tinygrad_cnn as tg
    >>> tg.drop_path(tg.ones(3, 2), 0.5, generator=np.random.default_rng(1))
    tensor([[0., 0.],
            [2., 2.],
            [2., 2.]])
    """
    x, share = _checked("drop_path", input, p, training, generator)
    if mode not in ("row", "batch"):
        raise ArgumentError(f"drop_path: mode must be 'row' or 'batch', got {mode!r}")
    if not x.ndim:
        raise ShapeError("drop_path expects x (N, ...) / got x ()")
    shape = (x.shape[0] if mode == "row" else 1, *(1,) * (x.ndim - 1))
    return _dropped(x, shape, share, generator) if training else x


def _checked(
    function: str, input: Any, p: float, training: bool, generator: Generator
) -> tuple[Tensor, float]:
    random_source(function, generator)
    flag(function, "training", training)
    if isinstance(p, bool) or not isinstance(p, int | float | np.number) or not 0 <= p <= 1:
        raise ArgumentError(f"{function}: p must lie in 0..1, got {p!r}")
    x = as_tensor(input, function)
    return floating(function, x) if training and p > 0 else x, float(p)


def _channels(function: str, x: Tensor, p: float) -> tuple[int, ...]:
    if x.ndim < 2 and x.numel() and 0 < p < 1:
        raise ShapeError(f"{function} expects x (N, C, ...) / got x {x.shape}")
    return (*x.shape[:2], *(1,) * (x.ndim - 2))


def _kept(x: Tensor, shape: tuple[int, ...], p: float, generator: Generator) -> np.ndarray:
    return random_source("dropout", generator).random(shape, dtype=np.float32) >= p


def _dropped(x: Tensor, shape: tuple[int, ...], p: float, generator: Generator) -> Tensor:
    if p == 0:
        return x
    scale = 0.0 if p == 1 else 1 / (1 - p)
    return x * wrap(np.multiply(_kept(x, shape, p, generator), x.dtype.type(scale)))


def _saturated(x: Tensor, shape: tuple[int, ...], p: float, generator: Generator) -> Tensor:
    if p == 0:
        return x
    if p == 1:
        return x * 0.0
    a = ((1 - p) * (1 + p * SATURATION**2)) ** -0.5
    kept = _kept(x, shape, p, generator).astype(x.dtype)
    return x * wrap(kept * x.dtype.type(a)) + wrap(
        (1 - kept - x.dtype.type(p)) * x.dtype.type(a * SATURATION)
    )

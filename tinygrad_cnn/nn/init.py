r"""Starting values: each function fills a tensor with random or constant numbers, and returns it.

For a weight (out, in, kh, kw), the fan in is in * kh * kw and the fan out is out * kh * kw: how many numbers
are added up in the forward and in the backward pass. Numbers are drawn in float64 and rounded to the tensor's
dtype, so that a seed means the same weights in both.
"""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import Tensor, default_generator
from ..errors import ArgumentError, DtypeError, GraphError, ShapeError

if TYPE_CHECKING:
    from numpy.random import Generator


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: "Generator | None" = None) -> Tensor:
    """Draw evenly from a..b.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> nn.init.uniform_(zeros(2), -1.0, 1.0, generator=np.random.default_rng(0))
    tensor([ 0.27392337, -0.46042657])
    """
    if not (math.isfinite(a) and math.isfinite(b) and a <= b):
        raise ArgumentError(f"uniform_: expected finite a <= b, got a {a!r}, b {b!r}")
    return _fill(tensor, random_source(generator).uniform(a, b, tensor.shape))


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: "Generator | None" = None
) -> Tensor:
    """Draw from the normal distribution with this mean and standard deviation.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> nn.init.normal_(zeros(2), generator=np.random.default_rng(0))
    tensor([ 0.12573022, -0.13210486])
    """
    if not (math.isfinite(mean) and math.isfinite(std) and std >= 0):
        raise ArgumentError(f"normal_: expected a finite mean and std >= 0, got mean {mean!r}, std {std!r}")
    return _fill(tensor, random_source(generator).normal(mean, std, tensor.shape))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Set every value to ``val``.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.init.constant_(zeros(2), 0.5)
    tensor([0.5, 0.5])
    """
    return _fill(tensor, np.full(tensor.shape, val))


def zeros_(tensor: Tensor) -> Tensor:
    """Set every value to 0.

    >>> from tinygrad_cnn import nn, ones
    >>> nn.init.zeros_(ones(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0)


def ones_(tensor: Tensor) -> Tensor:
    """Set every value to 1.

    >>> from tinygrad_cnn import nn, zeros
    >>> nn.init.ones_(zeros(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: "Generator | None" = None) -> Tensor:
    r"""Draw evenly from -b..b with :math:`b = gain \sqrt{6 / (fan_{in} + fan_{out})}`.

    It keeps the variance of values and gradients through layers that are nearly linear. Source: Glorot and
    Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> w = nn.init.xavier_uniform_(zeros(100, 50), generator=np.random.default_rng(0))
    >>> bool(abs(w.numpy()).max() <= (6 / 150) ** 0.5)
    True
    """
    bound = gain * math.sqrt(6 / max(sum(fans(tensor)), 1))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: "Generator | None" = None) -> Tensor:
    r"""Draw from the normal distribution with :math:`\sigma = gain \sqrt{2 / (fan_{in} + fan_{out})}`; see
    `xavier_uniform_`.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> w = nn.init.xavier_normal_(zeros(200, 200), generator=np.random.default_rng(0))
    >>> round(float(w.numpy().std() * 200**0.5), 2)
    1.0
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2 / max(sum(fans(tensor)), 1)), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: "Generator | None" = None,
) -> Tensor:
    r"""Draw evenly from -b..b with :math:`b = gain \sqrt{3 / fan}`.

    It keeps the variance of values (``mode="fan_in"``) or of gradients (``"fan_out"``) through layers with
    ReLU; ``a`` is the negative slope of a leaky one. Source: He et al., "Delving deep into rectifiers", 2015.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> w = nn.init.kaiming_uniform_(zeros(100, 54), nonlinearity="relu", generator=np.random.default_rng(0))
    >>> bool(abs(w.numpy()).max() <= 1 / 3)
    True
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: "Generator | None" = None,
) -> Tensor:
    r"""Draw from the normal distribution with :math:`\sigma = gain / \sqrt{fan}`; see `kaiming_uniform_`.

    >>> import numpy as np
    >>> from tinygrad_cnn import nn, zeros
    >>> w = nn.init.kaiming_normal_(zeros(200, 200), generator=np.random.default_rng(0))
    >>> round(float(w.numpy().std() * 100**0.5), 2)
    1.0
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan = fans(tensor)[0 if mode == "fan_in" else 1]
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    r"""Give the factor by which weights make up for what a function takes from the variance.

    It is 1 for linear layers and sigmoid, 5/3 for tanh, :math:`\sqrt 2` for ReLU and :math:`\sqrt{2 / (1 +
    a^2)}` for a leaky ReLU of negative slope a = ``param`` (0.01 by default).

    >>> from tinygrad_cnn import nn
    >>> round(nn.init.calculate_gain("relu") ** 2, 12)
    2.0
    """
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1.0,
        "conv2d": 1.0,
        "conv_transpose2d": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + slope**2)),
    }
    if nonlinearity not in gains:
        raise ArgumentError(f"nonlinearity must be one of {', '.join(gains)}, got {nonlinearity!r}")
    return gains[nonlinearity]


def fans(tensor: Tensor) -> tuple[int, int]:
    """Give the fan in and the fan out of a weight (out, in, ...).

    >>> from tinygrad_cnn import nn
    >>> nn.init.fans(nn.Conv2d(3, 8, 5).weight)
    (75, 200)
    """
    if tensor.ndim < 2:
        raise ShapeError(f"fan in and fan out need a weight (out, in, ...), got shape {tensor.shape}")
    taps = math.prod(tensor.shape[2:])
    return tensor.shape[1] * taps, tensor.shape[0] * taps


def random_source(generator: Any) -> "Generator":
    """Give the generator to draw from, the default one if there is None.

    >>> from tinygrad_cnn import default_generator, nn
    >>> nn.init.random_source(None) is default_generator()
    True
    """
    if generator is None:
        return default_generator()
    if not isinstance(generator, np.random.Generator):
        raise ArgumentError(f"generator must be np.random.default_rng(seed) or None, got {generator!r}")
    return generator


def _fill(tensor: Tensor, values: np.ndarray) -> Tensor:
    """Replace the values of a leaf; its array itself is never written to."""
    if tensor.node is not None:
        raise GraphError("only a leaf can be given starting values; this tensor is a recorded result")
    if tensor.dtype.kind != "f" and not np.array_equal(values, np.floor(values)):
        raise DtypeError(f"a {tensor.dtype} tensor cannot hold fractions; use a float32 or float64 one")
    tensor.replace(values.astype(tensor.dtype))
    return tensor

"""Losses of numbers as layers: how far values are from their targets, and on which side of a margin."""

from math import inf
from typing import Any

from .. import functional as F
from ..core import Tensor
from ..functional.loss_reduce import number
from .loss import Loss


class L1Loss(Loss):
    r"""Mean absolute error :math:`\frac{1}{n} \sum_i |x_i - t_i|` of two tensors of one shape.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.L1Loss()(tensor([1.0, 2.0]), tensor([1.0, 4.0])).item()
    1.0
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare values with their targets."""
        return F.l1_loss(input, target, self.reduction)


class MSELoss(Loss):
    r"""Mean squared error :math:`\frac{1}{n} \sum_i (x_i - t_i)^2` of two tensors of one shape.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.MSELoss()(tensor([1.0, 2.0]), tensor([1.0, 4.0])).item()
    2.0
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare values with their targets."""
        return F.mse_loss(input, target, self.reduction)


class SmoothL1Loss(Loss):
    r"""A square near 0 and a slope of 1 beyond: :math:`d^2 / 2\beta` where :math:`|d| < \beta` and
    :math:`|d| - \beta / 2` elsewhere, with :math:`d = x - t`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.SmoothL1Loss()(tensor([3.0]), tensor([0.0])).item()
    2.5
    """

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = number("SmoothL1Loss", "beta", beta, 0)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare values with their targets."""
        return F.smooth_l1_loss(input, target, self.reduction, self.beta)


class HuberLoss(Loss):
    r"""A square near 0 and a slope of ``delta`` beyond: :math:`d^2 / 2` where :math:`|d| \le \delta` and
    :math:`\delta (|d| - \delta / 2)` elsewhere, with :math:`d = x - t`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.HuberLoss(delta=2.0)(tensor([3.0]), tensor([0.0])).item()
    4.0
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = number("HuberLoss", "delta", delta, 0, above=True)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare values with their targets."""
        return F.huber_loss(input, target, self.reduction, self.delta)


class PoissonNLLLoss(Loss):
    r"""Negative log-likelihood of counts t, :math:`e^x - t x`, or :math:`x - t \ln(x + \epsilon)` with
    ``log_input=False``; see `functional.poisson_nll_loss`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.PoissonNLLLoss()(tensor([0.0]), tensor([3.0])).item()
    1.0
    """

    def __init__(
        self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        self.log_input, self.full = log_input, full
        self.eps = number("PoissonNLLLoss", "eps", eps, 0)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare means with counts."""
        return F.poisson_nll_loss(input, target, self.log_input, self.full, self.eps, self.reduction)


class GaussianNLLLoss(Loss):
    r"""Negative log-likelihood of t under a normal distribution,
    :math:`\frac12 (\ln v + (x - t)^2 / v)`; see `functional.gaussian_nll_loss`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.GaussianNLLLoss()(tensor([1.0]), tensor([3.0]), tensor([1.0])).item()
    2.0
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.full = full
        self.eps = number("GaussianNLLLoss", "eps", eps, 0, above=True)

    def forward(self, input: Tensor, target: Any, var: Any) -> Tensor:
        """Compare means and variances with values."""
        return F.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)


class HingeEmbeddingLoss(Loss):
    r"""Distances that should be small for the label 1, :math:`x`, and large for -1, :math:`\max(0, m - x)`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.HingeEmbeddingLoss()(tensor([0.5, 0.25]), tensor([1, -1])).item()
    0.625
    """

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = number(type(self).__name__, "margin", margin, -inf)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare distances with labels."""
        return F.hinge_embedding_loss(input, target, self.margin, self.reduction)


class MarginRankingLoss(Loss):
    r"""Pairs of scores of which the first should be larger for the label 1 and smaller for -1:
    :math:`\max(0, -t (x_1 - x_2) + m)`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.MarginRankingLoss()(tensor([3.0]), tensor([1.0]), tensor([-1])).item()
    2.0
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = number(type(self).__name__, "margin", margin, -inf)

    def forward(self, input1: Tensor, input2: Tensor, target: Any) -> Tensor:
        """Compare the order of scores with labels."""
        return F.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)


class CosineEmbeddingLoss(Loss):
    r"""Pairs of vectors that should point the same way for the label 1, :math:`1 - \cos(x_1, x_2)`, and not
    for -1, :math:`\max(0, \cos(x_1, x_2) - m)`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.CosineEmbeddingLoss()(tensor([[1.0, 0.0]]), tensor([[0.0, 2.0]]), tensor([1])).item()
    1.0
    """

    def __init__(self, margin: float = 0.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = number("CosineEmbeddingLoss", "margin", margin, -1)

    def forward(self, input1: Tensor, input2: Tensor, target: Any) -> Tensor:
        """Compare directions with labels."""
        return F.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class SoftMarginLoss(Loss):
    r"""Scores that should be positive for the label 1 and negative for -1, :math:`\ln(1 + e^{-t x})`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.SoftMarginLoss()(tensor([0.0]), tensor([1])).item()
    0.6931471824645996
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__(reduction)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare scores with labels."""
        return F.soft_margin_loss(input, target, self.reduction)

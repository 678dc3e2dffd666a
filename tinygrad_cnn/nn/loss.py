"""Losses as layers; they check labels and shapes as their functions do."""

from typing import Any

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from ..functional.arguments import as_tensor, integer, reduction_of
from .module import Module


class _Loss(Module):
    """The reduction that all losses share."""

    def __init__(self, reduction: str) -> None:
        super().__init__()
        self.reduction = reduction_of(type(self).__name__, reduction)


class _ClassLoss(_Loss):
    """A loss of scores (N, C, ...) and labels 0..C-1, with a weight for each class."""

    weight: Tensor | None

    def __init__(self, weight: Any, ignore_index: int, reduction: str) -> None:
        super().__init__(reduction)
        name = type(self).__name__
        self.ignore_index = integer(name, "ignore_index", ignore_index, -(2**31))
        per_class = None if weight is None else as_tensor(weight).detach()
        if per_class is not None and per_class.ndim != 1:
            raise ShapeError(f"{name} expects weight (C,), one number a class / got weight {per_class.shape}")
        self.register_buffer("weight", per_class)


class CrossEntropyLoss(_ClassLoss):
    r"""Cross-entropy of raw scores and labels, :math:`-w_t \ln \mathrm{softmax}(x)_t`; the softmax is inside.

    Scores are (N, C, ...), labels (N, ...) in 0..C-1 or probabilities (N, C, ...); see
    `functional.cross_entropy`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.CrossEntropyLoss()(tensor([[0.0, 0.0]]), tensor([1])).item()
    0.6931471824645996
    """

    def __init__(
        self,
        weight: Any = None,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, ignore_index, reduction)
        if not 0 <= label_smoothing <= 1:
            raise ArgumentError(
                f"CrossEntropyLoss: label_smoothing must lie in 0..1, got {label_smoothing!r}"
            )
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare scores with labels."""
        return F.cross_entropy(
            input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class NLLLoss(_ClassLoss):
    r"""Negative log-likelihood :math:`-w_t x_t` of log-probabilities, as `LogSoftmax` gives them, and labels.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.NLLLoss()(tensor([[-0.5, -1.0]]), tensor([1])).item()
    1.0
    """

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(weight, ignore_index, reduction)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare log-probabilities with labels."""
        return F.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class MSELoss(_Loss):
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

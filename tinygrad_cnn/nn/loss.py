"""Losses of labels, probabilities and masks as layers; they check labels and shapes as their functions do."""

from typing import Any

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from ..functional.arguments import as_tensor, integer, reduction_of
from ..functional.loss_reduce import constant, number
from .module import Module


class Loss(Module):
    """The reduction that all losses share."""

    def __init__(self, reduction: str) -> None:
        super().__init__()
        self.reduction = reduction_of(type(self).__name__, reduction)


class _ClassLoss(Loss):
    """A loss of scores (N, C, ...) and labels 0..C-1, with a weight for each class."""

    weight: Tensor | None

    def __init__(self, weight: Any, ignore_index: int, reduction: str) -> None:
        super().__init__(reduction)
        name = type(self).__name__
        self.ignore_index = integer(name, "ignore_index", ignore_index, -(2**31))
        per_class = None if weight is None else as_tensor(weight, name).detach()
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


class BCELoss(Loss):
    r"""Cross-entropy of probabilities of yes, :math:`-w\,(t \ln x + (1 - t) \ln(1 - x))`; see
    `functional.binary_cross_entropy`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.BCELoss()(tensor([0.5]), tensor([1.0])).item()
    0.6931471824645996
    """

    weight: Tensor | None

    def __init__(self, weight: Any = None, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.register_buffer("weight", None if weight is None else constant("BCELoss", "weight", weight))

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare probabilities with their targets."""
        return F.binary_cross_entropy(input, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Loss):
    r"""`BCELoss` of scores, with the sigmoid inside, and a factor p for yes:
    :math:`-w\,(p\,t \ln \sigma(x) + (1 - t) \ln(1 - \sigma(x)))`; see
    `functional.binary_cross_entropy_with_logits`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.BCEWithLogitsLoss()(tensor([0.0, 0.0]), tensor([1.0, 0.0])).item()
    0.6931471824645996
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction)
        for name, w in (("weight", weight), ("pos_weight", pos_weight)):
            self.register_buffer(name, None if w is None else constant("BCEWithLogitsLoss", name, w))

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare scores with their targets."""
        return F.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)


class KLDivLoss(Loss):
    r"""Kullback-Leibler divergence :math:`t\,(\ln t - x)` of probabilities t from logarithms x; use
    ``reduction="batchmean"`` for the divergence as it is defined. See `functional.kl_div`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.KLDivLoss("batchmean")(tensor([[-0.5, -1.0]]), tensor([[1.0, 0.0]])).item()
    0.5
    """

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__("sum" if reduction == "batchmean" else reduction)
        self.reduction = reduction
        self.log_target = log_target

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare logarithms with their targets."""
        return F.kl_div(input, target, self.reduction, self.log_target)


class SigmoidFocalLoss(Loss):
    r"""`BCEWithLogitsLoss` in which what is already right counts little; see
    `functional.sigmoid_focal_loss`. As a layer it gives the mean if nothing else is asked for.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.SigmoidFocalLoss(alpha=-1)(tensor([0.0]), tensor([1.0])).item()
    0.1732867956161499
    """

    def __init__(self, alpha: float = 0.25, gamma: float = 2.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.alpha = number("SigmoidFocalLoss", "alpha", alpha, -1)
        self.gamma = number("SigmoidFocalLoss", "gamma", gamma, 0)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare scores with their targets."""
        return F.sigmoid_focal_loss(input, target, self.alpha, self.gamma, self.reduction)


class DiceLoss(Loss):
    r"""How little predicted and true masks overlap, :math:`1 - (2 \sum x t + s) / (\sum x + \sum t + s)`,
    for probabilities x (N, C, d1, ...); see `functional.dice_loss`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.DiceLoss(smooth=0.0)(tensor([[[1.0, 0.0, 0.0]]]), tensor([[[1.0, 1.0, 1.0]]])).item()
    0.5
    """

    def __init__(self, smooth: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.smooth = number("DiceLoss", "smooth", smooth, 0)

    def forward(self, input: Tensor, target: Any) -> Tensor:
        """Compare masks with their targets."""
        return F.dice_loss(input, target, self.smooth, self.reduction)

"""Distances and angles between two tensors as layers."""

from typing import Any

from .. import functional as F
from ..core import Tensor
from ..errors import ArgumentError
from ..functional.arguments import integer, number
from .module import Module


class CosineSimilarity(Module):
    r"""Cosine of the angle between vectors along ``dim``, :math:`x_1 \cdot x_2 / \lVert x_1 \rVert \lVert x_2
    \rVert`, with lengths of at least ``eps``.

    Raises:
        ArgumentError: ``eps`` is negative, or ``dim`` no integer.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.CosineSimilarity()(tensor([[1.0, 1.0]]), tensor([[2.0, 0.0]]))
    tensor([0.70710677])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = integer("CosineSimilarity", "dim", dim, None)
        self.eps = number("CosineSimilarity", "eps", eps)
        if eps < 0:
            raise ArgumentError(f"CosineSimilarity: eps must not be negative, got {eps!r}")

    def extra_repr(self) -> str:
        """Give the settings."""
        return f"dim={self.dim}, eps={self.eps}"

    def forward(self, x1: Tensor, x2: Any) -> Tensor:
        """Compare the two."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    r"""Distance of vectors along the last dimension, :math:`\lVert x_1 - x_2 + \epsilon \rVert_p`.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.PairwiseDistance(eps=0.0)(tensor([[3.0, 4.0]]), tensor([[0.0, 0.0]]))
    tensor([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = number("PairwiseDistance", "p", p)
        self.eps = number("PairwiseDistance", "eps", eps)
        self.keepdim = keepdim

    def extra_repr(self) -> str:
        """Give the settings."""
        return f"p={self.norm}, eps={self.eps}, keepdim={self.keepdim}"

    def forward(self, x1: Tensor, x2: Any) -> Tensor:
        """Compare the two."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)

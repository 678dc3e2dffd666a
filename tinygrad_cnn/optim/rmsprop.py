"""RMSprop: each entry's step is divided by the root of the running mean of its squared gradient."""

from typing import Any, ClassVar

import numpy as np

from .optimizer import Group, Optimizer, check_range, downhill, kept, move


class RMSprop(Optimizer):
    r"""RMSprop, with momentum and centring on request.

    .. math::
        v_t &= \alpha v_{t-1} + (1 - \alpha) g_t^2, \qquad d_t = g_t / (\sqrt{v_t} + \text{eps}) \\
        b_t &= \text{momentum}\; b_{t-1} + d_t, \qquad p_t = p_{t-1} - \text{lr}\; b_t

    With ``centered`` the square of the running mean of g is taken from v, which leaves the variance; with
    ``maximize`` the sign of the gradient is changed. Raises `ArgumentError` for a setting out of range.
    Sources: Hinton, Neural Networks for Machine Learning, lecture 6; Graves, arXiv:1308.0850 (centred).

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> RMSprop([x], lr=0.25, alpha=0.75).step()
    >>> x
    tensor([0.5, 1.5], requires_grad=True)
    """

    state_names: ClassVar[tuple[str, ...]] = ("square_avg", "grad_avg", "momentum_buffer")

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "maximize": maximize,
        }
        super().__init__(params, settings)

    def check_settings(self, group: Group) -> None:
        """Raise an `ArgumentError` if a setting is out of range."""
        for name in ("lr", "alpha", "eps", "weight_decay", "momentum"):
            check_range("RMSprop", group, name, least=0)

    def update(self, p: np.ndarray, g: np.ndarray, group: Group, state: dict[str, Any]) -> np.ndarray:
        """Move the averages in place, then compute the step in one fresh array of the memory order of p."""
        new = np.empty_like(p)
        g = downhill(p, g, group, new)
        alpha, square = group["alpha"], kept(state, "square_avg", p)
        np.multiply(g, 1 - alpha, out=new)
        move(square, alpha, np.multiply(new, g, out=new))
        if group["centered"]:
            mean = kept(state, "grad_avg", p)
            # The variance is a difference of two close numbers: the mean takes the way of least rounding.
            np.subtract(g, mean, out=new)
            np.add(mean, np.multiply(new, 1 - alpha, out=new), out=mean)
            np.multiply(mean, mean, out=new)
            square = np.subtract(square, new, out=new)
        np.sqrt(square, out=new)
        np.add(new, group["eps"], out=new)
        direction = np.divide(g, new, out=new)
        if group["momentum"]:
            buffer = kept(state, "momentum_buffer", p)
            move(buffer, group["momentum"], direction)
            direction = buffer
        np.multiply(direction, group["lr"], out=new)
        return np.subtract(p, new, out=new)

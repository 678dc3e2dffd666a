"""Gradient descent, with momentum."""

from typing import Any, ClassVar

import numpy as np

from ..errors import ArgumentError
from .optimizer import Group, Optimizer, check_range, downhill


class SGD(Optimizer):
    r"""Stochastic gradient descent, with (Nesterov) momentum.

    .. math::
        g_t &= \nabla f(p_{t-1}) + \text{weight\_decay}\; p_{t-1} \\
        b_t &= \text{momentum}\; b_{t-1} + (1 - \text{dampening})\, g_t, \quad b_1 = g_1 \\
        p_t &= p_{t-1} - \text{lr}\; b_t

    With ``nesterov`` the step is :math:`g_t + \text{momentum}\; b_t` instead of :math:`b_t`; with
    ``maximize`` the sign of the gradient is changed. Raises `ArgumentError` for a setting out of range.
    Source: Sutskever et al., ICML 2013.

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> SGD([x], lr=0.25).step()
    >>> x
    tensor([0.5, 1. ], requires_grad=True)
    """

    state_names: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, settings)

    def check_settings(self, group: Group) -> None:
        """Raise an `ArgumentError` if a setting is out of range, or nesterov comes without momentum."""
        for name in ("lr", "momentum", "weight_decay"):
            check_range("SGD", group, name, least=0)
        check_range("SGD", group, "dampening", least=-np.inf)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ArgumentError(
                "SGD: nesterov needs momentum above 0 and dampening 0, "
                f"got momentum {group['momentum']} and dampening {group['dampening']}"
            )

    def update(self, p: np.ndarray, g: np.ndarray, group: Group, state: dict[str, Any]) -> np.ndarray:
        """Compute p - lr * direction in one fresh array that has the memory order of p."""
        new = np.empty_like(p)
        g = downhill(p, g, group, new)
        if group["momentum"]:
            g = _with_momentum(p, g, group, state)
        np.multiply(g, group["lr"], out=new)
        return np.subtract(p, new, out=new)


def _with_momentum(p: np.ndarray, g: np.ndarray, group: Group, state: dict[str, Any]) -> np.ndarray:
    buffer = state.get("momentum_buffer")
    if buffer is None:
        buffer = state["momentum_buffer"] = np.empty_like(p)
        np.copyto(buffer, g)
    else:
        np.multiply(buffer, group["momentum"], out=buffer)
        np.add(buffer, g * (1 - group["dampening"]) if group["dampening"] else g, out=buffer)
    return g + group["momentum"] * buffer if group["nesterov"] else buffer

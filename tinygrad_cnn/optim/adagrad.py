"""Adagrad: each entry's step is divided by the root of the sum of all its squared gradients."""

from typing import Any, ClassVar

import numpy as np

from .optimizer import Group, Optimizer, check_range, downhill, kept


class Adagrad(Optimizer):
    r"""Adagrad: entries that have seen large gradients take small steps.

    .. math::
        s_t &= s_{t-1} + g_t^2, \qquad s_0 = \text{initial\_accumulator\_value} \\
        p_t &= p_{t-1} - \frac{\text{lr}}{1 + (t - 1)\, \text{lr\_decay}} \frac{g_t}{\sqrt{s_t} + \text{eps}}

    With ``maximize`` the sign of the gradient is changed. Raises `ArgumentError` for a setting out of range.
    Source: Duchi, Hazan and Singer, JMLR 2011.

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adagrad([x], lr=0.5).step()
    >>> x
    tensor([0.5, 1.5], requires_grad=True)
    """

    state_names: ClassVar[tuple[str, ...]] = ("sum",)

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "lr_decay": lr_decay,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "eps": eps,
            "maximize": maximize,
        }
        super().__init__(params, settings)

    def check_settings(self, group: Group) -> None:
        """Raise an `ArgumentError` if a setting is out of range."""
        for name in ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"):
            check_range("Adagrad", group, name, least=0)

    def update(self, p: np.ndarray, g: np.ndarray, group: Group, state: dict[str, Any]) -> np.ndarray:
        """Add to the sum in place, then compute the step in one fresh array of the memory order of p."""
        new = np.empty_like(p)
        g = downhill(p, g, group, new)
        earlier = state.get("step", 0)
        state["step"] = earlier + 1
        total = kept(state, "sum", p, group["initial_accumulator_value"])
        np.add(total, np.multiply(g, g, out=new), out=total)
        np.sqrt(total, out=new)
        np.add(new, group["eps"], out=new)
        np.divide(g, new, out=new)
        np.multiply(new, group["lr"] / (1 + earlier * group["lr_decay"]), out=new)
        return np.subtract(p, new, out=new)

"""Adam and AdamW: steps of a length that hardly depends on the length of the gradient."""

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from ..errors import ArgumentError
from .optimizer import Group, Optimizer, check_range, downhill, kept, move


class Adam(Optimizer):
    r"""Adam, with weight decay added to the gradient (as in PyTorch's Adam) and AMSGrad on request.

    .. math::
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \\
        p_t &= p_{t-1} - \text{lr}\, \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \text{eps}}

    With ``amsgrad`` the largest v so far takes the place of v; with ``maximize`` the sign of the gradient is
    changed; with ``decoupled_weight_decay`` it is `AdamW`. Raises `ArgumentError` for a setting out of range.
    Sources: Kingma and Ba, ICLR 2015; Reddi, Kale and Kumar, ICLR 2018.

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adam([x], lr=0.5).step()
    >>> x
    tensor([0.5, 1.5], requires_grad=True)
    """

    state_names: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, settings)

    def check_settings(self, group: Group) -> None:
        """Raise an `ArgumentError` if a setting is out of range."""
        for name in ("lr", "eps", "weight_decay"):
            check_range(self._name, group, name, least=0)
        betas = group["betas"]
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise ArgumentError(f"{self._name}: betas must be two numbers, got {betas!r}")
        named = {"betas[0]": betas[0], "betas[1]": betas[1]}
        for name in named:
            check_range(self._name, named, name, least=0, below=1)
        group["betas"] = (named["betas[0]"], named["betas[1]"])

    def update(self, p: np.ndarray, g: np.ndarray, group: Group, state: dict[str, Any]) -> np.ndarray:
        """Move both averages in place, then compute the step in one fresh array of the memory order of p."""
        beta1, beta2 = group["betas"]
        state["step"] = state.get("step", 0) + 1
        new = np.empty_like(p)
        if group["decoupled_weight_decay"]:  # of the parameter, whatever its gradient is
            g = -g if group["maximize"] else g
            p = np.multiply(p, 1 - group["lr"] * group["weight_decay"])
        else:
            g = downhill(p, g, group, new)
        mean, square = kept(state, "exp_avg", p), kept(state, "exp_avg_sq", p)
        move(mean, beta1, np.multiply(g, 1 - beta1, out=new))
        np.multiply(g, g, out=new)
        move(square, beta2, np.multiply(new, 1 - beta2, out=new))
        if group["amsgrad"]:
            largest = kept(state, "max_exp_avg_sq", p)
            square = np.maximum(largest, square, out=largest)
        np.sqrt(square, out=new)
        # Both corrections are numbers, so they cost nothing: they go into eps and the length of the step.
        root_correction = sqrt(1 - beta2 ** state["step"])
        np.add(new, group["eps"] * root_correction, out=new)
        np.divide(mean, new, out=new)
        np.multiply(new, group["lr"] * root_correction / (1 - beta1 ** state["step"]), out=new)
        return np.subtract(p, new, out=new)


class AdamW(Adam):
    r"""Adam with decoupled weight decay: each step first shrinks the parameter, whatever its gradient is.

    .. math:: p \leftarrow p\, (1 - \text{lr} \cdot \text{weight\_decay}), \quad
        \text{then a step of Adam without weight decay}

    Raises `ArgumentError` for a setting out of range. Source: Loshchilov and Hutter, ICLR 2019.

    >>> from tinygrad_cnn import tensor
    >>> x = tensor([2.0, 4.0], requires_grad=True)
    >>> x.sum().backward()
    >>> AdamW([x], lr=0.5, weight_decay=0.5).step()
    >>> x
    tensor([1. , 2.5], requires_grad=True)
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            *(params, lr, betas, eps, weight_decay, amsgrad),
            maximize=maximize,
            decoupled_weight_decay=True,
        )

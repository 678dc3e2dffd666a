"""Starting values of ready models: where they are drawn from, and the rules that deep ones need."""

from typing import Any

import numpy as np

from ...errors import ArgumentError
from ...functional.arguments import integer
from .. import init
from ..conv import Conv2d
from ..module import Module


def random_numbers(name: str, generator: Any, seed: Any) -> "np.random.Generator | None":
    """Give what a model's weights are drawn from; None is the default generator."""
    if generator is not None and seed is not None:
        raise ArgumentError(f"{name}: pass generator or seed, not both")
    return generator if seed is None else np.random.default_rng(integer(name, "seed", seed, 0))


def he_normal(model: Module, mode: str, generator: "np.random.Generator | None") -> None:
    r"""Draw the filters of all convolutions anew, with the variance 2 / fan that ReLU needs; biases are 0."""
    for module in model.modules():
        if isinstance(module, Conv2d):
            init.kaiming_normal_(module.weight, mode=mode, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                init.zeros_(module.bias)

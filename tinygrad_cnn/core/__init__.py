"""The engine: tensors, the graph that they record, and the decorator that makes operations. It knows no
operation by name."""

from .convert import to_array
from .graph import grad
from .modes import (
    default_generator,
    enable_grad,
    is_grad_enabled,
    manual_seed,
    no_grad,
    set_grad_enabled,
)
from .node import Node
from .op import REGISTRY, Op, op
from .tensor import Tensor, tensor, wrap

__all__ = [
    "REGISTRY",
    "Node",
    "Op",
    "Tensor",
    "default_generator",
    "enable_grad",
    "grad",
    "is_grad_enabled",
    "manual_seed",
    "no_grad",
    "op",
    "set_grad_enabled",
    "tensor",
    "to_array",
    "wrap",
]

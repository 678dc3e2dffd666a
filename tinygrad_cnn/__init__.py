"""tinygrad_cnn: an autograd micro-framework for convolutional networks on numpy.

Not related to tinygrad. The public names are listed here; start with `tensor`, `nn`, `optim` and `fit`.
What does not compute is imported when it is first used: the import costs little more than numpy's.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import functional
from .core import (
    REGISTRY,
    Tensor,
    default_generator,
    enable_grad,
    grad,
    is_grad_enabled,
    manual_seed,
    no_grad,
    op,
    set_grad_enabled,
    tensor,
)
from .functional import (
    abs,
    add,
    amax,
    arange,
    argmax,
    avg_pool2d,
    batch_norm,
    cat,
    clamp,
    clip,
    concat,
    conv2d,
    conv_transpose2d,
    cross_entropy,
    div,
    dropout,
    exp,
    expand,
    flatten,
    full,
    gather,
    hessian,
    hvp,
    jacobian,
    jvp,
    linear,
    log,
    log_softmax,
    matmul,
    max,
    max_pool2d,
    maximum,
    mean,
    minimum,
    mse_loss,
    mul,
    neg,
    nll_loss,
    ones,
    pad,
    permute,
    pow,
    rand,
    randn,
    relu,
    reshape,
    sigmoid,
    softmax,
    sqrt,
    squeeze,
    stack,
    sub,
    sum,
    tanh,
    transpose,
    unsqueeze,
    var,
    vhp,
    vjp,
    where,
    zeros,
)

if TYPE_CHECKING:
    from . import data, io, nn, optim, testing, train, viz
    from .io import load, save
    from .train.fit import fit
    from .train.steps import evaluate, predict
    from .viz.draw import draw
    from .viz.recording.recording import record
    from .viz.summary import summary

__version__ = "0.1.0"

_LATER = {
    "data": "data",
    "draw": "viz",
    "evaluate": "train",
    "fit": "train",
    "io": "io",
    "load": "io",
    "nn": "nn",
    "optim": "optim",
    "predict": "train",
    "record": "viz",
    "save": "io",
    "summary": "viz",
    "testing": "testing",
    "train": "train",
    "viz": "viz",
}


def __getattr__(name: str) -> Any:
    """Import what is not needed to compute, when it is first used."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f".{_LATER[name]}", __name__)
    return module if name == _LATER[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "REGISTRY",
    "Tensor",
    "abs",
    "add",
    "amax",
    "arange",
    "argmax",
    "avg_pool2d",
    "batch_norm",
    "cat",
    "clamp",
    "clip",
    "concat",
    "conv2d",
    "conv_transpose2d",
    "cross_entropy",
    "data",
    "default_generator",
    "div",
    "draw",
    "dropout",
    "enable_grad",
    "evaluate",
    "exp",
    "expand",
    "fit",
    "flatten",
    "full",
    "functional",
    "gather",
    "grad",
    "hessian",
    "hvp",
    "io",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "linear",
    "load",
    "log",
    "log_softmax",
    "manual_seed",
    "matmul",
    "max",
    "max_pool2d",
    "maximum",
    "mean",
    "minimum",
    "mse_loss",
    "mul",
    "neg",
    "nll_loss",
    "nn",
    "no_grad",
    "ones",
    "op",
    "optim",
    "pad",
    "permute",
    "pow",
    "predict",
    "rand",
    "randn",
    "record",
    "relu",
    "reshape",
    "save",
    "set_grad_enabled",
    "sigmoid",
    "softmax",
    "sqrt",
    "squeeze",
    "stack",
    "sub",
    "sum",
    "summary",
    "tanh",
    "tensor",
    "testing",
    "train",
    "transpose",
    "unsqueeze",
    "var",
    "vhp",
    "viz",
    "vjp",
    "where",
    "zeros",
]

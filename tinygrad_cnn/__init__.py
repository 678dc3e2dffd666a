"""tinygrad_cnn: an autograd micro-framework for convolutional networks on numpy.

Not related to tinygrad. Everything of `functional` is public here, too; start with `tensor`, `nn`, `optim`
and `fit`. What does not compute is imported when it is first used: the import costs little more than numpy's.
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
)
from .functional import *  # noqa: F403

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
    "data",
    "default_generator",
    "draw",
    "enable_grad",
    "evaluate",
    "fit",
    "functional",
    "grad",
    "io",
    "is_grad_enabled",
    "load",
    "manual_seed",
    "nn",
    "no_grad",
    "op",
    "optim",
    "predict",
    "record",
    "save",
    "set_grad_enabled",
    "summary",
    "testing",
    "train",
    "viz",
]
__all__ += functional.__all__  # type: ignore[attr-defined]  # made there when it runs

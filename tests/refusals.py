"""How the tables of wrong calls are written, and which names have none.

A table has two lines a call: the call itself, and below it the error and how its message begins.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import tinygrad_cnn as tg
from tinygrad_cnn import errors, tensor, zeros


class Row(NamedTuple):
    """A wrong call of a name, and what it ends in."""

    name: str
    call: str
    kind: type[errors.CnnError]
    message: str

    def run(self, found_in: Any) -> Any:
        """Do the call, with the name taken from a module."""
        names = {self.name: getattr(found_in, self.name), "tg": tg, "tensor": tensor, "zeros": zeros}
        run: Callable[[], Any] = eval(f"lambda: {self.call}", names)
        return run()


def rows(*tables: str) -> list[Row]:
    """Read tables."""
    found = []
    for table in tables:
        lines = table.strip().split("\n")
        for call, error in zip(lines[::2], lines[1::2], strict=True):
            kind, message = re.fullmatch(r"    (\w+): (.*)", error).groups()
            found.append(Row(call[: call.index("(")], call, getattr(errors, kind), message))
    return found


# Of these, the wrong call is no tensor in place of their only one.
ALONE = [
    "abs",
    "argsort",
    "ceil",
    "celu",
    "cos",
    "count_nonzero",
    "elu",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "flatten",
    "fliplr",
    "flipud",
    "floor",
    "gelu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "isfinite",
    "isinf",
    "isnan",
    "leaky_relu",
    "log",
    "log1p",
    "logical_not",
    "logsigmoid",
    "median",
    "mish",
    "nanmedian",
    "neg",
    "nonzero",
    "ones_like",
    "rand_like",
    "randn_like",
    "reciprocal",
    "relu",
    "relu6",
    "round",
    "rsqrt",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "softplus",
    "softshrink",
    "softsign",
    "sqrt",
    "square",
    "squeeze",
    "stop_gradient",
    "t",
    "tan",
    "tanh",
    "tanhshrink",
    "trace",
    "trunc",
    "unique",
    "zeros_like",
]

ALIASES = {  # a second name of the same function, which says its first one
    "clamp": "clip",
    "concat": "cat",
    "concatenate": "cat",
    "empty": "zeros",
    "empty_like": "zeros_like",
    "moveaxis": "movedim",
    "swapdims": "transpose",
}

NOTHING_TO_REFUSE = {
    "Hardsigmoid": "inplace, which changes nothing, is its only setting",
    "Hardswish": "inplace, which changes nothing, is its only setting",
    "Identity": "it takes any settings and uses none",
    "LogSigmoid": "it has no settings",
    "Mish": "inplace, which changes nothing, is its only setting",
    "Module": "it has no settings",
    "ReLU": "inplace, which changes nothing, is its only setting",
    "ReLU6": "inplace, which changes nothing, is its only setting",
    "SELU": "inplace, which changes nothing, is its only setting",
    "SiLU": "inplace, which changes nothing, is its only setting",
    "Sigmoid": "it has no settings",
    "Softsign": "it has no settings",
    "Tanh": "it has no settings",
    "Tanhshrink": "it has no settings",
}

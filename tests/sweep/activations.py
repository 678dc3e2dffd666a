"""Random calls of activations, and of their layers."""

from typing import Any

from .case import Case, Draw

PLAIN = "relu sigmoid tanh relu6 hardsigmoid hardswish logsigmoid mish selu silu softsign tanhshrink"
ROUNDED = "PyTorch rounds 1/6 to float32 in the gradient, also in float64"
KINKED = {"relu", "relu6", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "threshold", "hardshrink"}


def plain(r: Draw) -> Case:
    name = r.choice(PLAIN.split())
    x = r.array(r.shape(), "normal", r.choice([1, 4, 30]))
    return Case(name, [x], second=name not in KINKED, differs=ROUNDED if name == "hardsigmoid" else None)


def with_settings(r: Draw) -> Case:
    name = r.choice(
        ["celu", "elu", "gelu", "softplus", "hardtanh", "leaky_relu", "threshold", "hardshrink", "softshrink"]
    )
    settings: dict[str, Any] = {
        "celu": {"alpha": r.uniform(0.1, 3)},
        "elu": {"alpha": r.uniform(0.1, 3)},
        "gelu": {"approximate": r.choice(["none", "tanh", "none", "sigmoid"])},
        "softplus": {"beta": r.uniform(0.2, 3), "threshold": r.uniform(2, 20)},
        "hardtanh": {"min_val": r.uniform(-2, 0), "max_val": r.uniform(-0.2, 2)},
        "leaky_relu": {"negative_slope": r.uniform(0, 0.5)},
        "threshold": {"threshold": r.uniform(-1, 1), "value": r.uniform(-3, 3)},
        "hardshrink": {"lambd": r.uniform(0, 1)},
        "softshrink": {"lambd": r.uniform(-0.1, 1)},
    }[name]
    needed = name == "threshold"
    kept = {k: v for k, v in settings.items() if needed or r.chance(0.7)}
    return Case(name, [r.array(r.shape(), "normal", 2)], kept, second=name not in KINKED)


def prelu(r: Draw) -> Case:
    x = r.array(r.shape(0, 4))
    channels = x.shape[1] if x.ndim > 1 else 1
    return Case("prelu", [x, r.array((r.choice([1, channels, channels, 6]),))], second=False)


def over_a_dimension(r: Draw) -> Case:
    x = r.array(r.shape())
    dim = r.dim(x.ndim) if r.chance(0.9) else x.ndim + 1
    return Case(r.choice(["softmax", "log_softmax"]), [x, dim], theirs=None)


def layer(r: Draw) -> Case:
    name, args = r.choice(
        [
            ("ReLU", []),
            ("LeakyReLU", [0.2]),
            ("ELU", [0.5]),
            ("CELU", [2.0]),
            ("SELU", []),
            ("GELU", []),
            ("GELU", ["tanh"]),
            ("SiLU", []),
            ("Mish", []),
            ("Softplus", [2.0, 5.0]),
            ("Softsign", []),
            ("Hardtanh", [-0.5, 0.75]),
            ("Hardsigmoid", []),
            ("Hardswish", []),
            ("ReLU6", []),
            ("LogSigmoid", []),
            ("PReLU", []),
            ("Softmax", [-1]),
            ("LogSoftmax", [0]),
            ("Tanh", []),
            ("Sigmoid", []),
            ("Tanhshrink", []),
            ("Hardshrink", [0.25]),
            ("Softshrink", [0.25]),
            ("Threshold", [0.1, -2.0]),
        ]
    )
    smooth = name.lower() not in {word.replace("_", "") for word in KINKED} and name != "PReLU"
    differs = ROUNDED if name == "Hardsigmoid" else None
    return Case(f"nn.{name}", args, inputs=[r.array(r.shape(1, 4))], second=smooth, differs=differs)


CASES = [plain, with_settings, prelu, over_a_dimension, layer]

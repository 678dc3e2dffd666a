"""Random calls of normalisations and of dropout where nothing is drawn, and of their layers."""

import math
from typing import Any

import numpy as np

from .case import Case, Constant, Draw


def channels_first(r: Draw, low: int = 2, high: int = 5) -> np.ndarray:
    """Draw x (N, C, ...), now and then with a size of 0, or with one value for each channel."""
    shape = [r.randint(1, 4), r.randint(1, 6), *(r.randint(1, 4) for _ in range(r.randint(low, high) - 2))]
    if r.chance(0.05):
        shape[0 if r.chance(0.5) else -1] = 0
    if r.chance(0.05):
        shape = [1, shape[1], *(1 for _ in shape[2:])]
    return r.array(shape, scale=r.choice([1.0, 3.0])) + (r.choice([0.0, 0.0, 8.0]))


def per_channel(r: Draw, x: np.ndarray, kind: str = "normal") -> np.ndarray:
    return r.array((x.shape[1] + (1 if r.chance(0.03) else 0),), kind)


def running(r: Draw, x: np.ndarray) -> tuple[Any, Any]:
    """Draw statistics that training writes into."""
    both = Constant(per_channel(r, x)), Constant(per_channel(r, x, "positive"))
    if r.chance(0.05):
        return r.choice([(both[0], None), (None, both[1])])
    return both


def affine(r: Draw, x: np.ndarray) -> dict[str, Any]:
    found = {"weight": per_channel(r, x), "bias": per_channel(r, x)}
    return {name: value for name, value in found.items() if r.chance(0.6)}


def _twice(settings: dict[str, Any]) -> bool:
    """PyTorch's second derivative fails with a bias but no weight."""
    return "weight" in settings or "bias" not in settings


def _eps(r: Draw) -> dict[str, float]:
    return {"eps": r.choice([1e-5, 1e-3, 0.1])} if r.chance(0.5) else {}


def _fits(case: Case, x: np.ndarray) -> Case:
    """PyTorch looks at no shape at all if there are no values."""
    if x.size == 0:
        given = [a.array if isinstance(a, Constant) else a for a in (*case.args[1:], *case.settings.values())]
        wrong = any(isinstance(a, np.ndarray) and a.shape != (x.shape[1],) for a in given)
        wrong |= (
            False in (case.settings.get("training"), case.settings.get("use_input_stats"))
            and given[0] is None
        )
        alone = case.name != "group_norm" and (given[0] is None) != (given[1] is None)
        if wrong or alone or 0 in x.shape[:2] or case.name == "group_norm":
            case.differs = (
                "without values, PyTorch looks at no shapes, and gradients are NaN or of one weight"
            )
    return case


def batch_norm(r: Draw) -> Case:
    x = channels_first(r, 2 if r.chance(0.97) else 1)
    training = r.chance(0.6)
    stats = running(r, x) if r.chance(0.5 if training else 0.95) else (None, None)
    settings = {"training": training, **affine(r, x), **_eps(r)}
    if r.chance(0.5):
        settings["momentum"] = r.choice([0.0, 0.25, 1.0])
    return _fits(Case("batch_norm", [x, *stats], settings, second=_twice(settings)), x)


def instance_norm(r: Draw) -> Case:
    x = channels_first(r, 2 if r.chance(0.05) else 3)
    stats = running(r, x) if r.chance(0.4) else (None, None)
    settings = {**affine(r, x), **_eps(r)}
    if r.chance(0.4):
        settings["momentum"] = r.choice([0.0, 0.25, 1.0])
    if r.chance(0.3):
        settings["use_input_stats"] = r.chance(0.4)
    return _fits(Case("instance_norm", [x, *stats], settings, second=_twice(settings)), x)


def group_norm(r: Draw) -> Case:
    groups = r.randint(1, 3) if r.chance(0.97) else r.choice([0, -1])
    shape = [r.randint(1, 3), max(groups, 1) * r.randint(1, 3), *r.shape(0, 3, 4)]
    if r.chance(0.05):
        shape[1] += 1
    x = r.array(shape, scale=r.choice([1.0, 3.0]))
    settings = {**affine(r, x), **_eps(r)}
    differs = None if _twice(settings) else "PyTorch's gradient fails with a bias but no weight"
    return _fits(Case("group_norm", [x, groups], settings, second="weight" in settings, differs=differs), x)


def _rows(r: Draw) -> tuple[np.ndarray, list[int]]:
    x = r.array(r.shape(1, 4, 5), scale=r.choice([1.0, 3.0]))
    last = list(x.shape[r.randint(0, x.ndim - 1) :])
    if r.chance(0.05):
        last = r.choice([[*last[:-1], last[-1] + 1], []])
    return x, last


def layer_norm(r: Draw) -> Case:
    x, last = _rows(r)
    settings = {name: r.array(last) for name in ("weight", "bias") if r.chance(0.6)} | _eps(r)
    return Case("layer_norm", [x, last], settings, second="weight" in settings)  # PyTorch's fails without


def rms_norm(r: Draw) -> Case:
    x, last = _rows(r)
    settings = ({"weight": r.array(last)} if r.chance(0.6) else {}) | _eps(r)
    single = "eps" in settings  # otherwise it follows from the dtype
    return Case("rms_norm", [x, last], settings, single=single, absolute=1e-10)


def local_response_norm(r: Draw) -> Case:
    x = channels_first(r, 2 if r.chance(0.05) else 3)
    settings = {
        name: r.choice(v) for name, v in (("alpha", [0.5, 2.0]), ("beta", [0.5, 1.0]), ("k", [1.0, 2.0]))
    }
    size = r.randint(1, 7) if r.chance(0.95) else 0
    case = Case("local_response_norm", [x, size], {k: v for k, v in settings.items() if r.chance(0.5)})
    if x.size == 0 and size < 1:
        case.differs = "without values, PyTorch does not look at the size"
    return case


def layer(r: Draw) -> Case:
    name, low, high = r.choice(
        [
            ("BatchNorm1d", 2, 3),
            ("BatchNorm2d", 4, 4),
            ("BatchNorm2d", 4, 4),
            ("InstanceNorm1d", 2, 3),
            ("InstanceNorm2d", 3, 4),
        ]
    )
    x = channels_first(r, low, high) if r.chance(0.95) else channels_first(r, 2, 5)
    single = name.startswith("Instance") and x.ndim == low
    channels = x.shape[0 if single else 1]
    wrong = r.chance(0.04)
    settings: dict[str, Any] = _eps(r)
    if r.chance(0.5):
        settings["momentum"] = r.choice([None, 0.25, 1.0])
    if r.chance(0.5):
        settings["affine"] = r.chance(0.5)
    if r.chance(0.5):
        settings["track_running_stats"] = r.chance(0.5)
    case = Case(f"nn.{name}", [channels + wrong], settings, inputs=[x], training=r.chance(0.6))
    if x.size == 0 or (wrong and (name.startswith("Instance") or settings.get("affine") is False)):
        case.differs = "a layer has at least one channel, and takes no others"
    return case


def layer_of_rows(r: Draw) -> Case:
    name = r.choice(["LayerNorm", "RMSNorm", "GroupNorm", "LocalResponseNorm"])
    x = channels_first(r, 3, 5)
    if name == "GroupNorm":
        groups = math.gcd(x.shape[1], r.choice([1, 2, 3]))
        case = Case("nn.GroupNorm", [groups, x.shape[1]], {**_eps(r), "affine": r.chance(0.7)}, inputs=[x])
        case.differs = None if x.size else "without values, PyTorch takes the first weight for all"
        return case
    if name == "LocalResponseNorm":
        return Case("nn.LocalResponseNorm", [r.randint(1, 5)], {"alpha": 0.5}, inputs=[x])
    last = list(x.shape[-r.randint(1, 2) :]) if r.chance(0.7) else x.shape[-1]
    settings: dict[str, Any] = {**_eps(r), "elementwise_affine": r.chance(0.7)}
    if name == "LayerNorm" and r.chance(0.3):
        settings["bias"] = False
    single = name == "LayerNorm" or "eps" in settings
    differs = None if x.size else "a layer has at least one value"
    return Case(f"nn.{name}", [last], settings, inputs=[x], single=single, differs=differs, absolute=1e-10)


def dropout(r: Draw) -> Case:
    name = r.choice(["dropout", "dropout1d", "dropout2d", "alpha_dropout", "feature_alpha_dropout"])
    x = r.array(r.shape(0, 5))
    p, training = r.choice([(0.0, True), (0.5, False), (1.0, True), (0.3, False)])
    if r.chance(0.06):
        p = r.choice([-0.1, 1.5])
    return Case(name, [x], {"p": p, "training": training})


def dropout_layer(r: Draw) -> Case:
    name = r.choice(["Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "FeatureAlphaDropout"])
    p, training = r.choice([(0.0, True), (0.5, False), (1.0, True), (-1.0, True)])
    shape = r.shape(2, 3, empty=0) if name == "Dropout1d" else r.shape(2, 4, empty=0)
    return Case(f"nn.{name}", [p], inputs=[r.array(shape)], training=training)


CASES = [
    batch_norm,
    instance_norm,
    group_norm,
    layer_norm,
    rms_norm,
    local_response_norm,
    layer,
    layer_of_rows,
    dropout,
    dropout_layer,
]

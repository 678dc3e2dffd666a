"""Random calls of the losses that PyTorch has, with all their options."""

from typing import Any

import numpy as np

from .case import Case, Constant, Draw

EMPTY = "the mean of nothing is an error here, and NaN in PyTorch"


def _reduction(r: Draw, *more: str) -> str:
    return str(r.choice(["none", "mean", "sum", "mean", *more] + (["average"] if r.chance(0.05) else [])))


def _case(name: str, args: list[Any], settings: dict[str, Any], **more: Any) -> Case:
    """Build a case; of nothing there is no mean."""
    arrays = [a.array if isinstance(a, Constant) else a for a in args]
    nothing = any(a.size == 0 for a in arrays) and settings.get("reduction", "mean") in ("mean", "batchmean")
    return Case(name, args, settings, **{"differs": EMPTY if nothing else None, **more})


def _pair(r: Draw) -> tuple[np.ndarray, np.ndarray]:
    shape = r.shape()
    return r.array(shape), r.array(shape)


def of_values(r: Draw) -> Case:
    name = r.choice(["l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss"])
    settings: dict[str, Any] = {"reduction": _reduction(r)}
    if name == "smooth_l1_loss" and r.chance(0.7):
        settings["beta"] = r.choice([0.0, 0.1, 1.0, 3.0, -1.0])
    if name == "huber_loss" and r.chance(0.7):
        settings["delta"] = r.choice([0.1, 1.0, 3.0, 0.0])
    return _case(name, list(_pair(r)), settings, second=name == "mse_loss")


def weighted(r: Draw) -> Case:
    shape = r.shape(1, 3, empty=0)
    settings = {"reduction": _reduction(r), "weight": r.constant(shape, "positive")}
    alone = int(np.prod(shape)) == 1 and settings["reduction"] == "mean"
    differs = "PyTorch takes its own way for one value" if alone else None
    args = [r.array(shape), r.array(shape)]
    return _case(
        r.choice(["l1_loss", "mse_loss", "huber_loss"]), args, settings, second=False, differs=differs
    )


def binary_cross_entropy(r: Draw) -> Case:
    shape = r.shape()
    settings: dict[str, Any] = {"reduction": _reduction(r)}
    if r.chance(0.5):
        settings["weight"] = r.constant(shape[r.randint(0, len(shape)) :], "positive")
    args = [r.array(shape, "unit"), r.array(shape, "unit")]
    return _case("binary_cross_entropy", args, settings, second=False)  # PyTorch adds 1e-12 in its first


def with_logits(r: Draw) -> Case:
    shape = r.shape()
    settings: dict[str, Any] = {"reduction": _reduction(r)}
    for name in ("weight", "pos_weight"):
        if r.chance(0.4):
            settings[name] = r.constant(shape[r.randint(0, len(shape)) :], "positive")
    args = [r.array(shape, "normal", r.choice([1, 20])), r.array(shape, "unit")]
    return _case("binary_cross_entropy_with_logits", args, settings)


def kl_div(r: Draw) -> Case:
    shape = r.shape()
    log_target = r.chance(0.5)
    settings = {"reduction": _reduction(r, "batchmean"), "log_target": log_target}
    empty = {"differs": EMPTY} if 0 in shape or (not shape and settings["reduction"] == "batchmean") else {}
    return _case(
        "kl_div", [r.array(shape), r.array(shape, "normal" if log_target else "positive")], settings, **empty
    )


def poisson_nll_loss(r: Draw) -> Case:
    shape = r.shape()
    log_input = r.chance(0.5)
    settings = {"log_input": log_input, "full": r.chance(0.5), "reduction": _reduction(r)}
    if r.chance(0.4):
        settings["eps"] = r.choice([1e-8, 1e-3])
    x = r.array(shape, "normal" if log_input else "positive")
    return _case("poisson_nll_loss", [x, Constant(r.integers(0, 6, shape) + 0.25)], settings)


def gaussian_nll_loss(r: Draw) -> Case:
    shape = r.shape(1, 3)
    var = r.choice([shape, shape, shape[:-1], (*shape[:-1], 1)])
    settings = {"full": r.chance(0.5), "eps": r.choice([1e-6, 0.1]), "reduction": _reduction(r)}
    return _case("gaussian_nll_loss", [r.array(shape), r.array(shape), r.array(var, "positive")], settings)


def _scores(r: Draw) -> tuple[np.ndarray, np.ndarray, int]:
    classes = r.randint(1, 5)
    rest = tuple(r.randint(1, 4) for _ in range(r.randint(0, 2)))
    shape = (classes,) if r.chance(0.15) else (r.randint(1, 4), classes, *rest)
    labels = r.integers(0, classes - 1, shape[2:] if len(shape) == 1 else (shape[0], *shape[2:]))
    if r.chance(0.05):
        labels = labels + 1  # the largest is out of range
    return r.array(shape), labels, classes


def of_labels(r: Draw) -> Case:
    name = r.choice(["cross_entropy", "cross_entropy", "nll_loss"])
    x, labels, classes = _scores(r)
    ignored = r.choice([-100, -1, 0, classes - 1])
    if r.chance(0.4):
        labels = np.where(r.array(labels.shape) > 0.5, ignored, labels)
    settings: dict[str, Any] = {"ignore_index": ignored, "reduction": _reduction(r)}
    if r.chance(0.4):
        settings["weight"] = r.constant((classes if r.chance(0.95) else classes + 1,), "positive")
    if name == "cross_entropy" and r.chance(0.5):
        settings["label_smoothing"] = r.choice([0.0, 0.1, 0.7, 1.0, 1.5])
    nothing = bool((labels == ignored).all()) and settings["reduction"] == "mean"
    return _case(name, [x, np.asarray(labels)], settings, differs=EMPTY if nothing else None)


def of_probabilities(r: Draw) -> Case:
    x, _, classes = _scores(r)
    settings: dict[str, Any] = {"reduction": _reduction(r)}
    if r.chance(0.4):
        settings["weight"] = r.constant((classes,), "positive")
    if r.chance(0.5):
        settings["label_smoothing"] = r.choice([0.0, 0.1, 0.7, 1.0])
    return _case("cross_entropy", [x, r.array(x.shape, "unit")], settings)


def of_margins(r: Draw) -> Case:
    name = r.choice(
        ["hinge_embedding_loss", "margin_ranking_loss", "soft_margin_loss", "cosine_embedding_loss"]
    )
    settings: dict[str, Any] = {"reduction": _reduction(r)}
    if name == "cosine_embedding_loss":
        shape = (r.randint(2, 5),) if r.chance(0.2) else (r.randint(1, 4), r.randint(2, 5))
        target = Constant(r.integers(0, 1, shape[:-1]) * 2.0 - 1)
        settings["margin"] = r.choice([0.0, 0.25, -0.25])
        return _case(name, [r.array(shape), r.array(shape), target], settings)
    shape = r.shape()
    target = Constant(r.integers(0, 1, shape) * 2.0 - 1)
    if name != "soft_margin_loss":
        settings["margin"] = r.choice([0.0, 0.5, 1.0])
    inputs = [r.array(shape, "distinct")] + ([r.array(shape)] if name == "margin_ranking_loss" else [])
    return _case(name, [*inputs, target], settings)


CASES = [
    of_values,
    weighted,
    binary_cross_entropy,
    with_logits,
    kl_div,
    poisson_nll_loss,
    gaussian_nll_loss,
    of_labels,
    of_probabilities,
    of_margins,
]

"""Random calls of pooling, adaptive pooling and unpooling, and of their layers."""

from typing import Any

import numpy as np

import tinygrad_cnn as tg

from .case import Case, Draw

EMPTY = "PyTorch refuses the gradient of an empty result"
NOTHING = "the mean of nothing is an error here, and NaN in PyTorch"


def _sides(r: Draw, rank: int, low: int, high: int, wrong: float = 0.015) -> Any:
    """One number, or one for each side."""
    if r.chance(wrong):
        return r.choice([low - 1, (low,) * (rank + 1), 1.5, ()])
    if r.chance(0.5):
        return r.randint(low, high)
    count = rank if r.chance(0.95) else 1
    return r.choice([tuple, list])([r.randint(low, high) for _ in range(count)])


def _input(r: Draw, rank: int, most: int = 9) -> np.ndarray:
    sizes = [r.randint(1 if r.chance(0.2) else 4, most) for _ in range(rank)]
    if r.chance(0.02):
        sizes[0] = 0
    channels = r.randint(1, 3) if r.chance(0.985) else 0
    shape: tuple[int, ...] = (2, channels, *sizes) if r.chance(0.75) else (channels, *sizes)
    if r.chance(0.06):
        shape = r.choice([(0, channels, *sizes), (0, 2, *sizes), tuple(sizes), (2, 2, 2, *sizes)])
    return r.array(shape, r.choice(["distinct", "normal", "ties"]))


def _at_most_half(r: Draw, kernel: Any, rank: int) -> Any:
    if r.chance(0.04):
        return _sides(r, rank, 0, 3)
    sides = kernel if isinstance(kernel, tuple | list) else [kernel] * rank
    if not all(isinstance(k, int) and k > 0 for k in sides):
        return 0
    chosen = [r.randint(0, k // 2) for k in sides]
    return chosen if isinstance(kernel, tuple | list) and chosen else min(chosen, default=0)


def _window(r: Draw, rank: int) -> tuple[Any, dict[str, Any]]:
    kernel = _sides(r, rank, 1, 4)
    settings: dict[str, Any] = {"padding": _at_most_half(r, kernel, rank)} if r.chance(0.5) else {}
    if r.chance(0.6):
        settings["stride"] = None if r.chance(0.1) else _sides(r, rank, 1, 4)
    if r.chance(0.5):
        settings["ceil_mode"] = r.chance(0.8)
    return kernel, settings


def _beside(x: np.ndarray, kernel: Any, settings: dict[str, Any], rank: int) -> str | None:
    """Say where a dilated window may lie beside the picture: PyTorch then writes outside of its memory."""
    spread = settings.get("dilation", 1)
    most = max(spread) if isinstance(spread, tuple | list) and spread else spread
    if isinstance(most, int) and most > min(x.shape[-rank:], default=0) and settings.get("padding"):
        return "a window that sees nothing but padding: PyTorch's gradient goes to other memory"
    return None


def _max_pool(r: Draw, rank: int) -> Case:
    x = _input(r, rank)
    kernel, settings = _window(r, rank)
    if r.chance(0.4):
        settings["dilation"] = _sides(r, rank, 1, 3)
    if r.chance(0.5):
        settings["return_indices"] = True
    if r.chance(0.1) and x.size:
        x = r.array(x.shape, "special")
    differs = _beside(x, kernel, settings, rank)
    return Case(f"max_pool{rank}d", [x, kernel], settings, differs=differs)


def max_pool1d(r: Draw) -> Case:
    return _max_pool(r, 1)


def max_pool2d(r: Draw) -> Case:
    return _max_pool(r, 2)


def _avg_pool(r: Draw, rank: int) -> Case:
    kernel, settings = _window(r, rank)
    if r.chance(0.5):
        settings["count_include_pad"] = r.chance(0.3)
    if rank == 2 and r.chance(0.3):
        settings["divisor_override"] = r.choice([1, 2, 5, 7, -3, None, 0])
    return Case(f"avg_pool{rank}d", [_input(r, rank), kernel], settings)


def avg_pool1d(r: Draw) -> Case:
    return _avg_pool(r, 1)


def avg_pool2d(r: Draw) -> Case:
    return _avg_pool(r, 2)


def lp_pool(r: Draw) -> Case:
    rank = r.choice([1, 2])
    x = _input(r, rank)
    p = r.choice([1, 2, 3, 2.0, 4, 1.5, 2.5, float("inf"), -float("inf"), 0.5, 0 if r.chance(0.1) else 6])
    if p not in (1, 2, 4) or r.chance(0.3):
        x = np.abs(x) + (0.25 if r.chance(0.8) else 0)
    kernel, settings = _window(r, rank)
    settings.pop("padding", None)
    second = bool(p > 1 and np.isfinite(p) and (x != 0).all())
    return Case(f"lp_pool{rank}d", [x, p, kernel], settings, second=second)


def _output_size(r: Draw, rank: int) -> Any:
    if rank == 1:
        return r.choice([1, 2, 3, 4, 7, 12, (3,), 0, -1, None, (2, 2)] if r.chance(0.3) else [1, 2, 3, 5, 9])
    if r.chance(0.1):
        return r.choice([0, -1, (2,), (1, 2, 3), (0, 2), (3, -1), 2.5])
    return r.choice([r.randint(1, 5), tuple(r.choice([None, 1, 2, 3, 5, 10]) for _ in range(2))])


def adaptive_avg_pool(r: Draw) -> Case:
    rank = r.choice([1, 2])
    x = _input(r, rank, 10)
    size = _output_size(r, rank)
    return Case(f"adaptive_avg_pool{rank}d", [x, size], differs=_adaptive(x, size, rank))


def _adaptive(x: np.ndarray, size: Any, rank: int) -> str | None:
    channels = x.shape[-rank - 1] if x.ndim > rank else 1
    if x.ndim not in (rank + 1, rank + 2) and size in (1, (1, 1)):
        return "of a single value, PyTorch takes the mean of any number of dimensions"
    return EMPTY if size == 0 or size == (0, 2) or not channels else NOTHING if 0 in x.shape[-rank:] else None


def adaptive_max_pool(r: Draw) -> Case:
    rank = r.choice([1, 2])
    x = _input(r, rank, 10)
    if r.chance(0.1) and x.size:
        x = r.array(x.shape, "special")
    settings = {"return_indices": True} if r.chance(0.5) else {}
    size = _output_size(r, rank)
    return Case(f"adaptive_max_pool{rank}d", [x, size], settings, differs=_adaptive(x, size, rank))


def large_windows(r: Draw) -> Case:
    """Draw windows that are larger than those that a loop goes through."""
    name = r.choice(["adaptive_avg_pool2d", "adaptive_max_pool2d"])
    settings = {"return_indices": True} if name == "adaptive_max_pool2d" and r.chance(0.5) else {}
    x = r.array((2, 2, r.randint(14, 30), r.randint(14, 30)), r.choice(["distinct", "special", "ties"]))
    return Case(name, [x, r.choice([1, 2, 3, (1, 2), (2, 1), (None, 1), (1, 4)])], settings)


def max_unpool(r: Draw) -> Case:
    rank = r.choice([1, 2])
    kernel, stride, padding = r.randint(1, 4), r.randint(1, 4), 0
    padding = r.randint(0, kernel // 2)
    sizes = [r.randint(kernel, 9) for _ in range(rank)]
    batch = r.choice([(2,), (2,), (), (0,)])
    channels = 2 if r.chance(0.97) else 0
    pool: Any = tg.max_pool1d if rank == 1 else tg.max_pool2d
    source = tg.tensor(r.array((*batch, 2, *sizes), "distinct"))
    y, places = pool(source, kernel, stride, padding, return_indices=True)
    kept = (..., slice(channels), *[slice(None)] * rank)
    y, places = y[kept], places[kept]
    indices: Any = places.numpy()
    if r.chance(0.05):
        indices = indices + 100
    if r.chance(0.03) and indices.size:
        indices = r.choice([indices.astype(float), indices[..., :1], -1 - indices])
    settings: dict[str, Any] = {"stride": stride if stride != kernel or r.chance(0.5) else None}
    settings["padding"] = padding
    if r.chance(0.7):
        ahead = r.choice([[], [], [2, 2]])
        settings["output_size"] = ahead + [n + (r.choice([-1, 1, 5]) if r.chance(0.1) else 0) for n in sizes]
    return Case(f"max_unpool{rank}d", [y.numpy(), indices, kernel], settings)


def layer(r: Draw) -> Case:
    rank = r.choice([1, 2])
    kernel, settings = _window(r, rank)
    x = _input(r, rank)
    kind = r.choice(["MaxPool", "AvgPool", "LPPool", "AdaptiveAvgPool", "AdaptiveMaxPool"])
    differs = None
    if kind == "MaxPool":
        settings |= {"return_indices": r.chance(0.3), "dilation": r.randint(1, 2)}
        differs = _beside(x, kernel, settings, rank)
    if kind == "AvgPool" and rank == 2 and r.chance(0.3):
        settings["divisor_override"] = r.choice([3, -2, None])
    args: list[Any] = [kernel]
    if kind == "LPPool":
        settings.pop("padding", None)
        args, x = [2, kernel], np.abs(x) + 0.25
    if kind.startswith("Adaptive"):
        args, settings = [_output_size(r, rank)], {}
        if kind == "AdaptiveMaxPool" and r.chance(0.4):
            settings["return_indices"] = True
        differs = _adaptive(x, args[0], rank)
    return Case(f"nn.{kind}{rank}d", args, settings, inputs=[x], differs=differs)


def unpooling_layer(r: Draw) -> Case:
    case = max_unpool(r)
    settings = dict(case.settings)
    size = [settings.pop("output_size")] if "output_size" in settings else []
    name = "nn.MaxUnpool" + case.name[-2:]
    return Case(name, [case.args[2]], settings, inputs=[case.args[0], case.args[1], *size])


CASES = [
    max_pool1d,
    max_pool2d,
    avg_pool1d,
    avg_pool2d,
    lp_pool,
    adaptive_avg_pool,
    adaptive_max_pool,
    large_windows,
    max_unpool,
    layer,
    unpooling_layer,
]

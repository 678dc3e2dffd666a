"""Random calls of what resizes pictures, reads them at places, cuts them into windows or moves pixels."""

from typing import Any

import numpy as np

from .case import Case, Draw


def picture(r: Draw, ndim: int, most: int = 7, **more: Any) -> np.ndarray:
    shape = [r.randint(1, 3), r.randint(1, 3), *(r.randint(1, most) for _ in range(ndim - 2))]
    if r.chance(0.04):
        shape[r.randint(0, ndim - 1)] = 0
    return r.array(shape, **more)


def several(r: Draw, count: int, draw: Any) -> Any:
    """Draw one number for all, or one each, now and then one too many."""
    if r.chance(0.4):
        return draw()
    return tuple(draw() for _ in range(count + (1 if r.chance(0.05) else 0)))


def resized(r: Draw, mode: str, ndim: int) -> dict[str, Any]:
    settings: dict[str, Any] = {"mode": mode}
    if r.chance(0.6):
        settings["size"] = several(r, ndim - 2, lambda: r.randint(0 if r.chance(0.04) else 1, 12))
    else:
        draw = lambda: r.choice([2, 3, 0.5, 1.0, r.uniform(0.3, 4.0), r.uniform(0.3, 4.0)])  # noqa: E731
        settings["scale_factor"] = several(r, ndim - 2, draw)
        if r.chance(0.4):
            settings["recompute_scale_factor"] = r.chance(0.5)
    if r.chance(0.02):
        settings["scale_factor"] = 2.0
    if r.chance(0.02):
        settings["recompute_scale_factor"] = True
    return settings


def nearest(r: Draw) -> Case:
    ndim = r.randint(3, 5) if r.chance(0.95) else 2
    mode = r.choice(["nearest", "nearest-exact"])
    x, settings = picture(r, ndim, most=5 if ndim == 5 else 8), resized(r, mode, ndim)
    if r.chance(0.02):
        settings["align_corners"] = r.chance(0.5)
    return Case("interpolate", [x], settings, differs=_two_ways(x, settings))


def _two_ways(x: np.ndarray, settings: dict[str, Any]) -> str | None:
    """PyTorch's gradient picks other pixels than its value, if a factor near 1 or 2 gives such a size."""
    factors = settings.get("scale_factor")
    if factors is None or settings.get("recompute_scale_factor") or settings["mode"] != "nearest":
        return None
    several = factors if isinstance(factors, tuple) else (factors,) * (x.ndim - 2)
    for n, s in zip(x.shape[2:], several, strict=False):
        if s not in (1, 2) and int(n * s) in (n, 2 * n):
            return "PyTorch's gradient picks other pixels than its value"
    return None


def smooth(r: Draw) -> Case:
    mode, ndim = r.choice([("linear", 3), ("bilinear", 4), ("bilinear", 4), ("trilinear", 5), ("bicubic", 4)])
    settings = resized(r, mode, ndim)
    if r.chance(0.7):
        settings["align_corners"] = r.choice([True, True, False, None])
    if r.chance(0.03):
        ndim = r.choice([2, 3, 4, 5])
    x = picture(r, ndim, most=4 if ndim == 5 else 8)
    return Case("interpolate", [x], settings, differs=_straight_through(x, settings))


def _straight_through(x: np.ndarray, settings: dict[str, Any]) -> str | None:
    """PyTorch's bicubic gradient is that of a copy, if a factor other than 1 leaves both sizes."""
    factors = settings.get("scale_factor")
    if factors is None or settings.get("recompute_scale_factor") or settings["mode"] != "bicubic":
        return None
    several = factors if isinstance(factors, tuple) else (factors,) * (x.ndim - 2)
    kept = all(int(n * s) == n for n, s in zip(x.shape[2:], several, strict=False))
    return "PyTorch's gradient is that of a copy" if kept and set(several) != {1.0} else None


def area(r: Draw) -> Case:
    ndim = r.randint(3, 5)
    x = picture(r, ndim, most=4 if ndim == 5 else 8)
    # PyTorch refuses it in three dimensions, and in the backward pass of the others.
    differs = "what has no channels or pixels is refused" if 0 in x.shape[1:] else None
    return Case("interpolate", [x], resized(r, "area", ndim), differs=differs)


def upsample_layer(r: Draw) -> Case:
    kind = r.choice(["Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"])
    given = (
        {"size": (r.randint(1, 9), r.randint(1, 9))}
        if r.chance(0.5)
        else {"scale_factor": r.choice([2, 1.5])}
    )
    if kind == "Upsample" and r.chance(0.6):
        given |= {"mode": r.choice(["bilinear", "bicubic"]), "align_corners": r.chance(0.5)}
    x = picture(r, 4)
    settings = {"mode": "nearest" if kind != "UpsamplingBilinear2d" else "", **given}
    return Case(f"nn.{kind}", [], given, inputs=[x], differs=_two_ways(x, settings))


def grid_sample(r: Draw) -> Case:
    ndim = r.choice([4, 4, 4, 5])
    x = picture(r, ndim, most=5)
    shape = [x.shape[0], *(r.randint(0 if r.chance(0.03) else 1, 4) for _ in range(ndim - 2)), ndim - 2]
    if r.chance(0.05):
        shape[r.choice([0, -1])] += 1
    grid = r.array(shape, scale=r.choice([0.3, 1.0, 3.0])) + 1 / 4096 * np.sqrt(2)
    settings = {"mode": r.choice(["bilinear", "bilinear", "nearest"])}
    if r.chance(0.8):
        settings["padding_mode"] = r.choice(
            ["zeros", "border", "reflection"] + (["wrap"] if r.chance(0.1) else [])
        )
    if r.chance(0.7):
        settings["align_corners"] = r.choice([True, False, None])
    return Case("grid_sample", [x, grid], settings, second=False)


def affine_grid(r: Draw) -> Case:
    n = r.choice([2, 2, 3])
    batch = r.randint(1, 3)
    size = [batch, r.randint(1, 2), *(r.randint(1, 5) for _ in range(n))]
    if r.chance(0.1):
        size[r.randint(0, len(size) - 1)] += r.choice([-1, -6, 1])
    if r.chance(0.03):
        size = size[:3]
    theta = r.array((batch, n, n + 1) if r.chance(0.95) else (batch, n + 1, n))
    settings = {"align_corners": r.choice([True, False, None])} if r.chance(0.7) else {}
    return Case("affine_grid", [theta, r.choice([list, tuple])(size)], settings)


def window(r: Draw) -> dict[str, Any]:
    least = 0 if r.chance(0.04) else 1
    settings = {
        "kernel_size": several(r, 2, lambda: r.randint(least, 3)),
        "dilation": several(r, 2, lambda: r.randint(least, 2)),
        "padding": several(r, 2, lambda: r.randint(least - 1, 2)),
        "stride": several(r, 2, lambda: r.randint(least, 3)),
    }
    return {k: v for k, v in settings.items() if k == "kernel_size" or r.chance(0.5)}


def unfold(r: Draw) -> Case:
    x = picture(r, r.choice([4, 4, 4, 3]) if r.chance(0.97) else 5, most=8)
    return Case("unfold", [x], window(r))


def fold(r: Draw) -> Case:
    settings = window(r)
    size = several(r, 2, lambda: r.randint(1, 8))

    def both(value: Any) -> tuple[int, ...]:
        return value if isinstance(value, tuple) else (value, value)

    kernel, sides = both(settings["kernel_size"]), both(settings.get("padding", 0))
    spread, steps = both(settings.get("dilation", 1)), both(settings.get("stride", 1))
    count = [
        max(0, (n + 2 * p - d * (k - 1) - 1) // max(s, 1) + 1)
        for n, p, d, k, s in zip(both(size), sides, spread, kernel, steps, strict=False)
    ]
    shape = [
        r.randint(0 if r.chance(0.05) else 1, 2),
        r.randint(1, 2) * int(np.prod(kernel[:2])),
        int(np.prod(count)),
    ]
    if r.chance(0.08):
        shape[r.randint(1, 2)] += r.choice([1, 1, -1]) if min(shape) > 0 else 1
    return Case("fold", [r.array(shape[1:] if r.chance(0.2) else shape), size], settings)


def windows_along(r: Draw) -> Case:
    x = r.array(r.shape(0, 4, 6)) if r.chance(0.9) else r.integers(0, 9, r.shape(1, 3, 6))
    d = r.dim(x.ndim) if r.chance(0.95) else x.ndim + 1
    n = x.shape[d] if -x.ndim <= d < x.ndim else 1
    args = [x, d, r.randint(0, n) if r.chance(0.95) else n + 1, r.randint(1, 3) if r.chance(0.95) else 0]
    return Case("Tensor.unfold", args, theirs="torch.Tensor.unfold")


def _empty(case: Case) -> Case:
    if case.args[0].size == 0:
        case.differs = "PyTorch's gradient fails for tensors without values"
    return case


def pixel_shuffle(r: Draw) -> Case:
    f = r.randint(1, 3) if r.chance(0.97) else 0
    shape = [*r.shape(0, 2, 2), r.randint(1, 2) * max(f, 1) ** 2, r.randint(0, 4), r.randint(1, 4)]
    if r.chance(0.05):
        shape[-3] += 1
    if r.chance(0.02):
        shape = shape[-2:]
    return _empty(Case("pixel_shuffle", [r.array(shape), f]))


def pixel_unshuffle(r: Draw) -> Case:
    f = r.randint(1, 3) if r.chance(0.97) else 0
    shape = [*r.shape(0, 2, 2), r.randint(1, 3), r.randint(0, 3) * max(f, 1), r.randint(1, 3) * max(f, 1)]
    if r.chance(0.05):
        shape[-1] += 1
    if r.chance(0.02):
        shape = shape[-2:]
    return _empty(Case("pixel_unshuffle", [r.array(shape), f]))


def channel_shuffle(r: Draw) -> Case:
    g = r.randint(1, 3) if r.chance(0.97) else 0
    shape = [r.randint(0 if r.chance(0.1) else 1, 2), r.randint(1, 3) * max(g, 1), *r.shape(1, 3, 3)]
    if r.chance(0.05):
        shape[1] += 1
    if r.chance(0.02):
        shape = shape[:2]
    return Case("channel_shuffle", [r.array(shape), g])


def layer(r: Draw) -> Case:
    kind = r.choice(["Unfold", "PixelShuffle", "PixelUnshuffle", "ChannelShuffle"])
    if kind == "Unfold":
        return Case("nn.Unfold", [r.randint(1, 3)], {"padding": 1, "stride": 2}, inputs=[picture(r, 4)])
    shape = {"PixelShuffle": (2, 8, 3, 2), "PixelUnshuffle": (2, 3, 4, 6), "ChannelShuffle": (2, 6, 3, 2)}[
        kind
    ]
    return Case(f"nn.{kind}", [2], inputs=[r.array(shape)])


CASES = [
    nearest,
    smooth,
    area,
    upsample_layer,
    grid_sample,
    affine_grid,
    unfold,
    fold,
    windows_along,
    pixel_shuffle,
    pixel_unshuffle,
    channel_shuffle,
    layer,
]

"""Random calls of convolutions and transposed convolutions, and of their layers."""

from typing import Any

import numpy as np

from .case import Case, Draw

NO_CHANNELS = "without channels but with a bias, PyTorch's answer depends on the dtype"
NOTHING = "PyTorch refuses a transposed convolution without a result in float64 only"
NO_BATCH = "without a batch, PyTorch does not look at all settings"


def _sides(r: Draw, rank: int, low: int, high: int, plain: Any = None) -> Any:
    """One number, or one for each side; ``plain`` most of the time, if given."""
    if plain is not None and r.chance(0.4):
        return plain
    if r.chance(0.02):
        low = -1 if low == 0 else 0
    if r.chance(0.5):
        return r.randint(low, high)
    count = rank if r.chance(0.97) else r.choice([1, rank + 1])
    return r.choice([tuple, list])([r.randint(low, high) for _ in range(count)])


def _lengths(r: Draw, rank: int, most: int) -> list[int]:
    """Sizes that a window fits into, most of the time."""
    return [r.randint(1, most) if r.chance(0.2) else r.randint(most // 2, most) for _ in range(rank)]


def _batch(r: Draw, channels: int, sizes: list[int]) -> tuple[int, ...]:
    """The shape of an input, sometimes without batch, sometimes of a wrong number of dimensions."""
    if r.chance(0.015):
        sizes = [0 if r.chance(0.5) else n for n in sizes]
    if r.chance(0.02):
        return (2, 2, channels, *sizes) if r.chance(0.5) else tuple(sizes)
    if r.chance(0.2):
        return (channels, *sizes)
    return (r.choice([0, 1, 2, 3, 3]) if r.chance(0.3) else 2, channels, *sizes)


def _channels(r: Draw) -> tuple[int, int, int]:
    """Groups, and channels a group in and out."""
    groups = r.choice([1, 1, 1, 2, 3, 4])
    each = 1 if groups > 1 and r.chance(0.5) else r.choice([1, 2, 3, 7])
    return groups, each, r.choice([1, 2, 3])


def _padding(r: Draw, rank: int) -> Any:
    return r.choice(["same", "valid", "same", "full"]) if r.chance(0.15) else _sides(r, rank, 0, 3, 0)


def _conv(r: Draw, rank: int) -> Case:
    groups, each, filters = _channels(r)
    if r.chance(0.03):
        each = 0
    channels = groups * each + (1 if r.chance(0.03) else 0)
    kernel = [r.randint(1, 4) for _ in range(rank)]
    if r.chance(0.01) and each:
        kernel[0] = 0
    x = r.array(_batch(r, channels, _lengths(r, rank, 12)))
    outputs = groups * filters + (1 if r.chance(0.02) else 0)
    w = r.array((outputs, each, *kernel) if r.chance(0.98) else (outputs, each))
    settings: dict[str, Any] = {"groups": groups if r.chance(0.97) else r.choice([0, 5])}
    if r.chance(0.5):
        settings["bias"] = r.array((outputs,) if r.chance(0.97) else (outputs + 1,))
    padding = _padding(r, rank)
    settings |= {"padding": padding, "dilation": _sides(r, rank, 1, 3, 1)}
    settings["stride"] = 1 if padding == "same" and r.chance(0.8) else _sides(r, rank, 1, 4, 1)
    differs = NO_CHANNELS if each == 0 and "bias" in settings else None
    if 0 in x.shape[:1] and np.min(settings["dilation"]) < 1:
        differs = NO_BATCH
    return Case(f"conv{rank}d", [x, w], settings, differs=differs)


def conv1d(r: Draw) -> Case:
    return _conv(r, 1)


def conv2d(r: Draw) -> Case:
    return _conv(r, 2)


def _nothing(sizes: Any, kernel: Any, settings: dict[str, Any]) -> str | None:
    """Say whether a side of the result has the size 0."""

    def at(name: str, axis: int, usual: int) -> int:
        value = settings.get(name, usual)
        return int(value if isinstance(value, int) else value[axis] if axis < len(value) else value[-1])

    if at("dilation", 0, 1) == 0 or at("dilation", 1, 1) == 0:
        return "PyTorch takes a dilation of 0 in float32"
    for i, (n, k) in enumerate(zip(sizes, kernel, strict=False)):
        size = (n - 1) * at("stride", i, 1) - 2 * at("padding", i, 0) + at("dilation", i, 1) * (k - 1) + 1
        if size + at("output_padding", i, 0) == 0:
            return NOTHING
    return None


def _transposed(r: Draw, rank: int) -> Case:
    groups, each, filters = _channels(r)
    channels = groups * each + (1 if r.chance(0.03) else 0)
    kernel = [r.randint(1, 4) for _ in range(rank)]
    x = r.array(_batch(r, channels, _lengths(r, rank, 8)))
    w = r.array((groups * each, filters, *kernel) if r.chance(0.98) else (groups * each, filters))
    settings: dict[str, Any] = {
        "groups": groups,
        "stride": _sides(r, rank, 1, 4, 2),
        "padding": _sides(r, rank, 0, 3, 0),
        "output_padding": r.choice([0, 0, 0, 1, _sides(r, rank, 0, 2)]),
        "dilation": _sides(r, rank, 1, 3, 1),
    }
    if r.chance(0.5):
        settings["bias"] = r.array((groups * filters,) if r.chance(0.97) else (groups * filters + 1,))
    differs = NO_BATCH if 0 in x.shape[:1] else _nothing(x.shape[-rank:], kernel, settings)
    return Case(f"conv_transpose{rank}d", [x, w], settings, differs=differs)


def conv_transpose1d(r: Draw) -> Case:
    return _transposed(r, 1)


def conv_transpose2d(r: Draw) -> Case:
    return _transposed(r, 2)


def layer(r: Draw) -> Case:
    rank = r.choice([1, 2])
    groups, each, filters = _channels(r)
    if r.chance(0.03):
        groups, each = 2, 2
        filters = 1 if r.chance(0.5) else 2
    padding = _padding(r, rank)
    settings: dict[str, Any] = {
        "padding": padding,
        "stride": 1 if padding == "same" and r.chance(0.8) else _sides(r, rank, 1, 3, 1),
        "dilation": _sides(r, rank, 1, 3, 1),
        "groups": groups if r.chance(0.97) else 5,
        "bias": r.chance(0.7),
        "padding_mode": r.choice(["zeros", "reflect", "replicate", "circular", "reflect", "circular"])
        if r.chance(0.97)
        else "mirror",
    }
    args = [groups * each, groups * filters, _sides(r, rank, 1, 3)]
    x = r.array(_batch(r, groups * each, _lengths(r, rank, 12)))
    given = (args[2], settings["padding"], settings["stride"], settings["dilation"])
    short = any(isinstance(v, tuple | list) and len(v) != rank for v in given)
    low = any(np.min(settings[name]) < least for name, least in (("dilation", 1), ("stride", 1)))
    low = low or (not isinstance(padding, str) and np.min(padding) < 0)
    differs = "a layer says so when it is made" if short or low else None
    return Case(f"nn.Conv{rank}d", args, settings, inputs=[x], differs=differs)


def transposed_layer(r: Draw) -> Case:
    rank = r.choice([1, 2])
    groups, each, filters = _channels(r)
    settings: dict[str, Any] = {
        "stride": r.choice([1, 2, 3]),
        "padding": r.randint(0, 2),
        "dilation": r.choice([1, 1, 2]),
        "groups": groups,
        "bias": r.chance(0.7),
        "padding_mode": "zeros" if r.chance(0.97) else "reflect",
    }
    kernel = r.randint(1, 4)
    sizes = [r.randint(1, 5) for _ in range(rank)]
    x = r.array(_batch(r, groups * each, sizes))
    inputs: list[Any] = [x]
    extra = 0
    if r.chance(0.7):
        s, p, d = settings["stride"], settings["padding"], settings["dilation"]
        extra = r.randint(0, s - 1)
        wanted = [(n - 1) * s - 2 * p + d * (kernel - 1) + 1 + extra for n in sizes]
        if r.chance(0.1):
            wanted[0] += r.choice([-1, s])
        ahead = r.choice([(), (), (2, groups * filters), (groups * filters,)])
        inputs.append(list(ahead) + wanted)
    differs = _nothing(x.shape[-rank:], [kernel] * rank, {**settings, "output_padding": extra})
    if len(inputs) > 1 and 0 in inputs[1][-rank:]:
        differs = NOTHING
    args = [groups * each, groups * filters, kernel]
    return Case(f"nn.ConvTranspose{rank}d", args, settings, inputs=inputs, differs=differs)


CASES = [conv1d, conv2d, conv_transpose1d, conv_transpose2d, layer, transposed_layer]

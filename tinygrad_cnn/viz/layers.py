"""What is known of each kind of layer: its multiply-adds, and which number would make it fit."""

import math
from collections.abc import Sequence

from ..core import Tensor
from ..functional.arguments import pair
from ..functional.conv import conv_padding
from ..nn import (
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    ConvTranspose2d,
    GroupNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    LayerNorm,
    Linear,
    MaxPool2d,
    Module,
    RMSNorm,
)

Shape = tuple[int, ...]
NORMS = BatchNorm1d | BatchNorm2d | GroupNorm | InstanceNorm1d | InstanceNorm2d | LayerNorm | RMSNorm


def multiply_adds(module: Module, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> int | None:
    """Count the multiplications followed by an addition; None for an unknown type with parameters."""
    if isinstance(module, Conv1d | Conv2d | Linear) and outputs:
        return outputs[0].numel() * math.prod(module.weight.shape[1:])  # every output: one filter, one row
    if isinstance(module, ConvTranspose1d | ConvTranspose2d) and inputs:
        return inputs[0].numel() * math.prod(module.weight.shape[1:])  # every input: one filter
    if isinstance(module, NORMS) and outputs:
        return outputs[0].numel()  # scale and shift
    return None if any(True for _ in module.parameters(recurse=False)) else 0


def explain_misfit(module: Module, inputs: Sequence[Tensor], known: Sequence[Shape]) -> str | None:
    """Say in numbers why an input does not fit a layer, and what would; None if the layer is of another type.

    ``known`` are shapes seen before, the latest first: from them comes where a number of features is from.
    """
    if not inputs:
        return None
    shape = inputs[0].shape
    if isinstance(module, Linear):
        return _linear(module, shape, known)
    if isinstance(module, BatchNorm2d):
        return _channels(module, shape, module.num_features, f"({module.num_features})", "num_features")
    if isinstance(module, Conv2d | ConvTranspose2d):
        sizes = f"({module.in_channels} -> {module.out_channels})"
        reason = _channels(module, shape, module.in_channels, sizes, "in_channels")
        return reason or (_window(module, shape) if isinstance(module, Conv2d) else None)
    if isinstance(module, MaxPool2d | AvgPool2d):
        return _channels(module, shape, None, "", "") or _window(module, shape)
    return None


def _linear(module: Linear, shape: Shape, known: Sequence[Shape]) -> str | None:
    title = f"Linear({module.in_features} -> {module.out_features})"
    if not shape or shape[-1] == module.in_features:
        return None
    features = shape[-1]
    if len(shape) > 2:
        every = math.prod(shape[1:])
        fits = f"which gives {every}" if every == module.in_features else f"and use in_features={every}"
        return f"{title} got {features} features, the last size of {shape}; put Flatten() before it, {fits}"
    origin = next((s for s in known if len(s) > 2 and math.prod(s[1:]) == features), None)
    product = f": {' x '.join(str(n) for n in origin[1:])}" if origin else ""
    return f"{title} got {features} features{product}; use in_features={features}"


def _channels(module: Module, shape: Shape, expected: int | None, sizes: str, setting: str) -> str | None:
    """Check dimensions and channels of what should be pictures."""
    title = f"{type(module).__name__}{sizes}"
    if len(shape) != 4:
        hint = "; move it before Flatten" if len(shape) == 2 else ""
        return f"{title} got {shape}, but expects pictures (N, C, H, W){hint}"
    if expected is None or shape[1] == expected:
        return None
    hint = ", or permute (H, W, C) to (C, H, W)" if shape[3] == expected else ""
    return f"{title} got {_product(shape)}, so C = {shape[1]}; use {setting}={shape[1]}{hint}"


def _window(module: Conv2d | MaxPool2d | AvgPool2d, shape: Shape) -> str | None:
    """Do the sum for a window that is larger than the padded picture."""
    name = type(module).__name__
    kernel = pair(name, "kernel_size", module.kernel_size, 1)
    spread = pair(name, "dilation", getattr(module, "dilation", 1), 1)
    sides = conv_padding(name, module.padding, kernel, pair(name, "stride", module.stride, 1), spread)
    for side, n, k, d, (before, after) in zip(
        ("height", "width"), shape[2:], kernel, spread, sides, strict=True
    ):
        covered, room = d * (k - 1) + 1, n + before + after
        if covered > room:
            reach = f"{d} * ({k} - 1) + 1 = {covered}" if d > 1 else f"{k}"
            largest, padding = (room - 1) // d + 1, -(-(covered - n) // 2)
            or_padding = (
                "" if not isinstance(module, Conv2d) and 2 * padding > k else f" or padding>={padding}"
            )
            return (
                f"{name} got {_product(shape)}: its window covers {reach}, but the {side} is "
                f"{n} + {before} + {after} padding = {room}; use kernel_size<={largest}{or_padding}"
            )
    return None


def _product(shape: Shape) -> str:
    return " x ".join(str(n) for n in shape[1:])

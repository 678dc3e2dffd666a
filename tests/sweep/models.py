"""The ready models beside PyTorch, with PyTorch's weights: outputs, gradients and running statistics.

    python -m tests.sweep.models
    python -m tests.sweep.models --only resnet18 --size 224

It needs a Python that has PyTorch. The networks are written here in PyTorch, with torchvision's names. What
is compared is the output, the gradients of the pictures and of every weight, and the running statistics;
differences are relative to the largest entry of each array. "PyTorch's own rounding" is how far its float32
is from its float64.

A value within rounding of 0 may pass a ReLU on one side and not on the other; then both are right, and
gradients differ by one path. Such gates are counted. In float64 there are none, and the bound is tight.
"""

import argparse
import copy
import sys
from typing import Any

import numpy as np
import torch
from torch import nn

import tinygrad_cnn as tg

DOUBLE, SINGLE = 1e-10, 1e-4
Computed = tuple[dict[str, np.ndarray], list[np.ndarray]]  # arrays by name, and the gates


class Block(nn.Module):
    """ResNet's block."""

    def __init__(self, inplanes: int, planes: int, stride: int = 1, downsample: Any = None) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU()
        self.downsample = downsample

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve twice, and add the shortcut."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + shortcut)


class Pad(nn.Module):
    """Every second pixel, and channels of zeros."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Take pixels, pad channels."""
        return nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.channels))


class ResNet(nn.Module):
    """Both kinds: with the large stem and convolutions as shortcuts, or with the small one and padding."""

    def __init__(self, blocks: list[int], width: int, classes: int, large: bool) -> None:
        super().__init__()
        self.large, self.stages = large, len(blocks)
        self.conv1 = nn.Conv2d(3, width, 7 if large else 3, 2 if large else 1, 3 if large else 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        channels = width
        for i, count in enumerate(blocks):
            planes, layers = width << i, []
            for j in range(count):
                change = self.change(channels, planes) if i and j == 0 else None
                layers.append(Block(channels, planes, 2 if i and j == 0 else 1, change))
                channels = planes
            self.add_module(f"layer{i + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(channels, classes)

    def change(self, inplanes: int, planes: int) -> nn.Module:
        """Make a shortcut."""
        if not self.large:
            return Pad(planes - inplanes)
        return nn.Sequential(nn.Conv2d(inplanes, planes, 1, 2, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give scores."""
        x = self.relu(self.bn1(self.conv1(x)))
        x = nn.functional.max_pool2d(x, 3, 2, 1) if self.large else x
        for i in range(self.stages):
            x = getattr(self, f"layer{i + 1}")(x)
        return self.fc(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))


def twice(inputs: int, outputs: int) -> nn.Module:
    """Two convolutions of the U-Net."""
    layers = nn.Sequential()
    for i, channels in ((1, inputs), (2, outputs)):
        layers.add_module(f"conv{i}", nn.Conv2d(channels, outputs, 3, padding=1, bias=False))
        layers.add_module(f"bn{i}", nn.BatchNorm2d(outputs))
        layers.add_module(f"relu{i}", nn.ReLU())
    return layers


class UNet(nn.Module):
    """Down and up."""

    def __init__(self, channels: int, classes: int, base: int, depth: int) -> None:
        super().__init__()
        widths = [base << i for i in range(depth + 1)]
        up = [(widths[i + 1], widths[i]) for i in reversed(range(depth))]
        self.encoder = nn.ModuleList(twice(i, o) for i, o in zip([channels, *widths], widths, strict=False))
        self.up = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, 2) for i, o in up)
        self.decoder = nn.ModuleList(twice(i, o) for i, o in up)
        self.head = nn.Conv2d(base, classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give scores of each pixel."""
        seen = []
        for i, layer in enumerate(self.encoder):
            x = layer(nn.functional.max_pool2d(x, 2) if i else x)
            seen.append(x)
        seen.pop()
        for grow, layer in zip(self.up, self.decoder, strict=True):
            beside, x = seen.pop(), grow(x)
            missing = (0, beside.shape[3] - x.shape[3], 0, beside.shape[2] - x.shape[2])
            x = layer(torch.cat([beside, nn.functional.pad(x, missing)], 1))
        return self.head(x)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Module:
    """Convolution, normalisation, ReLU6."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU6())


class Inverted(nn.Module):
    """MobileNetV2's block."""

    def __init__(self, inp: int, oup: int, stride: int, factor: int) -> None:
        super().__init__()
        self.adds, wide = stride == 1 and inp == oup, inp * factor
        layers = [convolution(inp, wide, 1)] if factor > 1 else []
        layers += [convolution(wide, wide, 3, stride, wide), nn.Conv2d(wide, oup, 1, bias=False)]
        self.conv = nn.Sequential(*layers, nn.BatchNorm2d(oup))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add where it fits."""
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(nn.Module):
    """MobileNetV2 of width 1, without dropout."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        layers, channels = [convolution(3, 32, 3, 2)], 32
        for factor, width, count, stride in tg.nn.models.mobilenet.V2:
            for j in range(count):
                layers.append(Inverted(channels, width, stride if j == 0 else 1, factor))
                channels = width
        self.features = nn.Sequential(*layers, convolution(channels, 1280, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.0), nn.Linear(1280, classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Give scores."""
        return self.classifier(self.features(x).mean((2, 3)))


models = tg.nn.models
PAIRS: dict[str, tuple[Any, Any, tuple[int, int]]] = {
    "resnet18": (lambda: ResNet([2, 2, 2, 2], 64, 1000, True), models.resnet18, (64, 64)),
    "resnet20": (lambda: ResNet([3, 3, 3], 16, 10, False), models.resnet20, (32, 32)),
    "unet": (lambda: UNet(3, 2, 64, 4), models.unet, (64, 64)),
    "unet, odd": (lambda: UNet(3, 4, 16, 3), lambda: models.unet(4, 3, 16, 3), (45, 38)),
    "mobilenet_v2": (
        lambda: MobileNetV2(1000),
        lambda: models.MobileNetV2(dropout=0.0),
        (64, 64),
    ),
}


def gates(model: Any, kinds: tuple[type, ...], seen: list[np.ndarray]) -> None:
    """Note of every ReLU which values it lets through."""

    def note(module: Any, args: Any, y: Any) -> None:
        values = y.detach().numpy()
        seen.append((values > 0) & ((values < 6) | (type(module).__name__ != "ReLU6")))

    for module in model.modules():
        if isinstance(module, kinds):
            module.register_forward_hook(note)


def theirs(model: Any, x: np.ndarray, w: np.ndarray, dtype: Any) -> Computed:
    """Give output, gradients and buffers, computed by PyTorch."""
    model, seen = copy.deepcopy(model).to(dtype), []
    gates(model, (nn.ReLU, nn.ReLU6), seen)
    leaf = torch.tensor(x, dtype=dtype, requires_grad=True)
    y = model(leaf)
    (y * torch.tensor(w, dtype=dtype)).sum().backward()
    found = {"output": y, "x": leaf.grad}
    found |= {name: p.grad for name, p in model.named_parameters()} | dict(model.named_buffers())
    return {name: t.detach().numpy() for name, t in found.items()}, seen


def ours(model: Any, x: np.ndarray, w: np.ndarray, dtype: Any) -> Computed:
    """Give the same, computed by this package."""
    model, seen = copy.deepcopy(model).to(dtype), []
    gates(model, (tg.nn.ReLU, tg.nn.ReLU6), seen)
    leaf = tg.tensor(x.astype(dtype), requires_grad=True)
    y = model(leaf)
    names, parameters = zip(*model.named_parameters(), strict=True)
    grads = tg.grad((y * tg.tensor(w.astype(dtype))).sum(), [leaf, *parameters])
    found = {"output": y} | dict(zip(("x", *names), grads, strict=True)) | dict(model.named_buffers())
    return {name: t.numpy() for name, t in found.items()}, seen


def scales(exact: dict[str, np.ndarray]) -> dict[str, float]:
    """Give the largest entry of each array; of all arrays, if it is 0 but for rounding.

    In training, the gradient of a bias is 0 where a normalisation follows.
    """
    sizes = {name: float(np.abs(value).max()) for name, value in exact.items()}
    largest = max(sizes.values())
    return {name: largest if size < 1e-9 * largest else size for name, size in sizes.items()}


def furthest(got: Computed, expected: Computed, scale: dict[str, float]) -> float:
    """Give the largest difference, relative to the scale of its array."""
    assert got[0].keys() == expected[0].keys(), sorted(got[0].keys() ^ expected[0].keys())
    assert all(got[0][name].shape == value.shape for name, value in expected[0].items())
    return max(float(np.abs(got[0][name] - value).max()) / scale[name] for name, value in expected[0].items())


def apart(got: Computed, expected: Computed) -> int:
    """Count the gates that are open on one side only."""
    return sum(int((a != b).sum()) for a, b in zip(got[1], expected[1], strict=True))


def pair_of(name: str, training: bool, rng: np.random.Generator) -> tuple[Any, Any]:
    """Make both models with the same weights and running statistics, none of which is as models start."""
    model, own = PAIRS[name][0](), PAIRS[name][1]()
    for bn in (m for m in model.modules() if isinstance(m, nn.BatchNorm2d)):
        nn.init.uniform_(bn.weight, 0.5, 1.5)
        nn.init.normal_(bn.bias, 0, 0.1)
        nn.init.normal_(bn.running_mean, 0, 0.1)
        nn.init.uniform_(bn.running_var, 0.5, 1.5)
    own.load_state_dict({key: value.numpy().copy() for key, value in model.state_dict().items()})
    return model.train(training), own.train(training)


def compare(name: str, training: bool, size: tuple[int, int], seed: int) -> bool:
    """Compare one model in one mode, and print a line."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model, own = pair_of(name, training, rng)
    x = rng.standard_normal((2, 3, *size)).astype(np.float32)
    with torch.no_grad():
        shape = copy.deepcopy(model)(torch.tensor(x)).shape
    w = rng.standard_normal(tuple(shape)).astype(np.float32)
    exact, single = (theirs(model, x, w, dtype) for dtype in (torch.float64, torch.float32))
    double, got = (ours(own, x, w, dtype) for dtype in (np.float64, np.float32))
    scale = scales(exact[0])
    double_difference, difference = furthest(double, exact, scale), furthest(got, single, scale)
    rounding, flips = furthest(single, exact, scale), apart(got, single)
    mode = "training" if training else "evaluation"
    count = sum(a.size for a in exact[1])
    print(
        f"| {name} | {mode} | 2 x 3 x {size[0]} x {size[1]} | {len(scale)} | {double_difference:.0e} "
        f"| {difference:.0e} | {rounding:.0e} | {flips} of {count:,} |",
        flush=True,
    )
    return double_difference < DOUBLE and (difference < max(SINGLE, 3 * rounding) or flips > 0)


def main() -> int:
    """Compare all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep.models", description=__doc__)
    parser.add_argument("--only", choices=tuple(PAIRS))
    parser.add_argument("--size", type=int, help="of the pictures; the usual one if left out")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(2)
    print("| model | mode | pictures | arrays | float64 | float32 | PyTorch's own rounding | other gates |")
    print("|" + "---|" * 8)
    right = [
        compare(name, training, (options.size,) * 2 if options.size else PAIRS[name][2], options.seed)
        for name in PAIRS
        if options.only in (None, name)
        for training in (False, True)
    ]
    print(f"{sum(right)} of {len(right)} are equal")
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Whole training steps, ours beside PyTorch's.

    python tests/bench/steps.py [--torch] [--rounds 5] [NETWORK ...]

Each measurement runs in a process of its own, in turn, so that the machine's moods meet all of them and no
library's threads disturb another one's. PyTorch runs with one and two threads; the ratio is to the better.
"""

import argparse
import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

SHAPES = {
    "lenet5-64": (64, 1, 28, 28),
    "seed-9": (9, 3, 120, 120),
    "seed-1": (1, 3, 120, 120),
    "mlp-32": (32, 64),
    "vgg-small-64": (64, 3, 32, 32),
    "resnet20-32": (32, 3, 32, 32),
}


def resnet20(nn):
    """Build ResNet-20 with 1x1 convolutions as shortcuts, out of the layers of either library."""

    class Block(nn.Module):
        def __init__(self, before, after, stride):
            super().__init__()
            first = [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
            second = [nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after)]
            self.path, self.relu, self.shortcut = nn.Sequential(*first, *second), nn.ReLU(), None
            if before != after:
                conv = nn.Conv2d(before, after, 1, stride, bias=False)
                self.shortcut = nn.Sequential(conv, nn.BatchNorm2d(after))

        def forward(self, x):
            return self.relu(self.path(x) + (x if self.shortcut is None else self.shortcut(x)))

    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    for before, after in ((16, 16), (16, 32), (32, 64)):
        layers += [Block(before, after, after // before), Block(after, after, 1), Block(after, after, 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def model(network: str, nn):
    """Build a network out of the layers of either library, which have the same names."""
    if network.startswith("resnet20"):
        return resnet20(nn), 10
    if network.startswith("lenet5"):
        features = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
        features += [nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
        sizes = [400, 120, 84, 10]
    elif network.startswith("seed"):
        features = [nn.Conv2d(3, 4, 3, padding=1), nn.MaxPool2d(2), nn.Flatten()]
        sizes = [14400, 12, 3]
    elif network.startswith("vgg"):
        features = []
        for channels in ((3, 32, 32), (32, 64, 64)):
            for before, after in pairwise(channels):
                features += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
            features.append(nn.MaxPool2d(2))
        features.append(nn.Flatten())
        sizes = [4096, 128, 10]
    else:
        features, sizes = [], [64, 64, 64, 10]
    for before, after in pairwise(sizes):
        features += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*features[:-1]), sizes[-1]


def measure(network: str, library: str, threads: int, seconds: float) -> list[float]:
    """Give the milliseconds of single steps: zero_grad, forward, loss, backward, SGD."""
    import numpy as np

    if library == "torch":
        import torch as lib
        from torch.nn.functional import cross_entropy

        lib.set_num_threads(threads)
    else:
        import tinygrad_cnn as lib

        cross_entropy = lib.cross_entropy
    net, classes = model(network, lib.nn)
    optimizer = lib.optim.SGD(net.parameters(), lr=1e-3)
    rng = np.random.default_rng(0)
    x = lib.tensor(rng.standard_normal(SHAPES[network], dtype=np.float32))
    y = lib.tensor(rng.integers(0, classes, SHAPES[network][0]))
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 8:
        begin = time.perf_counter()
        optimizer.zero_grad()
        cross_entropy(net(x), y).backward()
        optimizer.step()
        times.append(1e3 * (time.perf_counter() - begin))
    return times[3:]


def in_own_process(network: str, library: str, threads: int, seconds: float) -> list[float]:
    command = [sys.executable, __file__, "--one", network, library, str(threads), str(seconds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("networks", nargs="*", default=list(SHAPES))
    parser.add_argument("--torch", action="store_true", help="measure PyTorch, too (it must be installed)")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each kind")
    parser.add_argument("--seconds", type=float, default=1.5, help="time for each process")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        network, library, threads, seconds = options.one
        print(json.dumps(measure(network, library, int(threads), float(seconds))))
        return
    kinds = [("ours", 0), *([("torch", 1), ("torch", 2)] if options.torch else [])]
    for network in options.networks:
        rows: dict[tuple[str, int], list[list[float]]] = {kind: [] for kind in kinds}
        for _ in range(options.rounds):
            for kind in kinds:
                rows[kind].append(in_own_process(network, *kind, options.seconds))
        report(network, rows)


def report(network: str, rows: dict[tuple[str, int], list[list[float]]]) -> None:
    """Print minimum and median of the steps, and the ratio of each, round by round, to the better PyTorch."""
    parts = []
    for (library, threads), rounds in rows.items():
        every = sorted(step for one in rounds for step in one)
        label = library + (f" {threads}t" if threads else "")
        parts.append(f"{label} {every[0]:.2f}/{median(every):.2f} ms")
    if len(rows) > 1:
        for name, pick in (("min", min), ("median", median)):
            ours, *theirs = ([pick(one) for one in rounds] for rounds in rows.values())
            ratios = [a / min(b) for a, b in zip(ours, zip(*theirs, strict=True), strict=True)]
            parts.append(f"ratio of {name} {median(ratios):.2f}")
    print(f"{network:13}", "   ".join(parts), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()

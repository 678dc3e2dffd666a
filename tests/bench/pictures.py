"""How long pictures take, and what recording costs a training step:  python tests/bench/pictures.py

Two residual networks of about 720 and 3,000 operations; each is drawn folded to 60 boxes, as by default, and
in full. The steps are those of LeNet-5 and of a small VGG at a batch of 64: as they are, and recorded.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

import tinygrad_cnn as tg
from tinygrad_cnn import nn, optim
from tinygrad_cnn.viz import Picture


class Block(nn.Module):
    """A residual block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Compute the block."""
        return (self.norm2(self.conv2(self.norm1(self.conv1(x)).relu())) + x).relu()


def residual(blocks: int) -> nn.Module:
    """Build a residual network of 29 operations a block."""
    body = nn.Sequential(*[Block(8) for _ in range(blocks)])
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), body, nn.Flatten(), nn.Linear(8 * 16 * 16, 10))


def seconds(call: Callable[[], Any], rounds: int = 3) -> float:
    """Time the best of a few calls."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


def drawing(blocks: int) -> None:
    """Time every form of one picture."""
    x = np.random.default_rng(0).random((2, 3, 16, 16), dtype=np.float32)
    model = residual(blocks)
    start = time.perf_counter()
    graph = tg.draw(model, x, np.array([1, 2])).graph
    recorded = time.perf_counter() - start
    ops = sum(1 for _ in graph.ops())
    print(f"{ops:,} operations, {len(graph.items):,} items; recorded in {recorded:.2f} s")
    for title, options in (("60 boxes", {}), ("in full", {"max_rungs": 100_000, "layers": False})):

        def picture(options: dict[str, Any] = options) -> Picture:
            return tg.draw(graph, **options)

        forms: dict[str, Callable[[], Any]] = {
            "svg": lambda: picture().svg,
            "html": lambda: picture().html,
            "png": lambda: picture().png(),
            "text": lambda: picture().text(),
            "dot": lambda: picture().dot,
        }
        if options and blocks > 50:  # more rows of pixels than Pillow can hold
            del forms["png"]
        sizes = {name: len(make()) for name, make in forms.items()}
        times = ", ".join(f"{n} {seconds(f):.3f} s ({sizes[n] / 1e3:,.0f} kB)" for n, f in forms.items())
        print(f"  {title}: {times}")


def stepping(name: str, model: nn.Module, shape: tuple[int, ...]) -> None:
    """Time a training step as it is and recorded, in turn."""
    rng = np.random.default_rng(0)
    x, y = tg.tensor(rng.random(shape, dtype=np.float32)), tg.tensor(rng.integers(0, 10, shape[0]))
    optimizer = optim.SGD(model.parameters(), lr=0.01)

    def step() -> None:
        optimizer.zero_grad()
        tg.cross_entropy(model(x), y).backward()
        optimizer.step()

    def recorded(**options: bool) -> Callable[[], None]:
        def run() -> None:
            with tg.record(**options):
                step()

        return run

    step()
    ways = {
        "plain": step,
        "recorded": recorded(),
        "without worked entries": recorded(worked=False),
        "without thumbnails, either": recorded(worked=False, thumbnails=False),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(7):
        for way, run in ways.items():
            times[way].append(seconds(run, 1))
    plain = times["plain"]
    print(f"{name}: {median(plain) * 1e3:.1f} ms a step; ", end="")
    ratios = {w: median(t / p for t, p in zip(times[w], plain, strict=True)) for w in ways if w != "plain"}
    print(", ".join(f"{way} {ratio:.1f} times" for way, ratio in ratios.items()))


if __name__ == "__main__":
    for blocks in (25, 104):
        drawing(blocks)
    stepping("LeNet-5, 64", nn.models.lenet5(), (64, 1, 28, 28))
    stepping("small VGG, 64", nn.models.vgg_small(), (64, 3, 32, 32))

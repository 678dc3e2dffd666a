"""Times of the kernels on the shapes of known networks: `python tests/bench/kernels.py [--torch]`.

Prints the median and GFLOP/s (GB/s of input and output for what does not multiply). With `--torch`, PyTorch's
best of one and two threads is timed in turns with ours, and the last column is our time over its time.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tinygrad_cnn import kernels

CONVOLUTIONS = {
    "seed, batch 9": (9, 3, 120, 4, 3, 1),
    "seed, batch 1": (1, 3, 120, 4, 3, 1),
    "LeNet-5, first": (64, 1, 28, 6, 5, 2),
    "LeNet-5, second": (64, 6, 14, 16, 5, 0),
    "VGG, first": (64, 3, 32, 32, 3, 1),
    "VGG, second": (64, 32, 32, 32, 3, 1),
    "VGG, third": (64, 32, 16, 64, 3, 1),
    "VGG, fourth": (64, 64, 16, 64, 3, 1),
}
DEPTHWISE = (16, 32, 28, 3, 1)
MAPS = {
    "LeNet-5": (64, 6, 28),
    "seed, batch 9": (9, 4, 120),
    "seed, batch 1": (1, 4, 120),
    "VGG": (64, 32, 32),
}
POOL = {"kernel_size": (2, 2), "stride": (2, 2), "padding": ((0, 0), (0, 0)), "dilation": (1, 1)}

Row = tuple[str, Callable[[], Any], float, str, Callable[[Any], Callable[[], Any]]]


def in_order(x: np.ndarray) -> np.ndarray:
    """The same numbers in (H, C, W, N) memory."""
    return np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)


def convolution_rows() -> list[Row]:
    """Forward pass and both adjoints of every convolution."""
    rng, rows = np.random.default_rng(0), []
    shapes = {name: (*shape, 1) for name, shape in CONVOLUTIONS.items()}
    n, c, size, k, pad = DEPTHWISE
    shapes["depthwise"] = (n, c, size, c, k, pad, c)
    for name, (n, c, size, o, k, pad, groups) in shapes.items():
        x = in_order(rng.standard_normal((n, c, size, size), dtype=np.float32))
        w = rng.standard_normal((o, c // groups, k, k), dtype=np.float32)
        b = rng.standard_normal(o, dtype=np.float32)
        options = {
            "stride": (1, 1),
            "padding": ((pad, pad), (pad, pad)),
            "dilation": (1, 1),
            "groups": groups,
        }
        y = kernels.conv2d(x, w, **options)
        rows += convolution_row(name, x, w, b, y, options, 2e-9 * y.size * w[0].size)
    return rows


def convolution_row(
    name: str, x: np.ndarray, w: np.ndarray, b: np.ndarray, g: np.ndarray, options: dict, work: float
) -> list[Row]:
    """The three operations on one shape."""
    size, kernel = x.shape[2:], w.shape[2:]
    pads, groups = [pair[0] for pair in options["padding"]], options["groups"]

    def torch_forward(torch: Any) -> Callable[[], Any]:
        tensors = to_torch(torch, x, w, b)
        return lambda: torch.conv2d(*tensors, 1, pads, 1, groups)

    def torch_backward(mask: list[bool]) -> Callable[[Any], Callable[[], Any]]:
        def make(torch: Any) -> Callable[[], Any]:
            settings = ([1, 1], pads, [1, 1], False, [0, 0], groups, mask)
            tensors = to_torch(torch, g, x, w)
            return lambda: torch.ops.aten.convolution_backward(*tensors, None, *settings)

        return make

    in_x, in_w = torch_backward([True, False, False]), torch_backward([False, True, False])
    forward = partial(kernels.conv2d, x, w, b, **options)
    backward_x = partial(kernels.conv2d_input, g, w, size=size, **options)
    backward_w = partial(kernels.conv2d_weight, g, x, size=kernel, **options)
    rows = [(f"conv2d, {name}", forward, torch_forward), ("  in x", backward_x, in_x)]
    rows += [("  in w", backward_w, in_w)]
    return [(label, ours, work, "GFLOP/s", theirs) for label, ours, theirs in rows]


def to_torch(torch: Any, *arrays: np.ndarray) -> list[Any]:
    """PyTorch's tensors of the same numbers, in its own memory order."""
    return [torch.tensor(np.ascontiguousarray(array)) for array in arrays]


def map_rows() -> list[Row]:
    """Rectifiers and pooling, forward and backward."""
    rng, rows = np.random.default_rng(1), []
    for name, (n, c, size) in MAPS.items():
        x = in_order(rng.standard_normal((n, c, size, size), dtype=np.float32))
        rows += map_row(name, x, in_order(rng.standard_normal(x.shape, dtype=np.float32)))
    return rows


def map_row(name: str, x: np.ndarray, g: np.ndarray) -> list[Row]:
    """The four operations on one shape."""
    y, (pooled, index) = kernels.relu(x), kernels.max_pool2d(x, ceil_mode=False, **POOL)
    gigabytes = 1e-9 * x.nbytes
    pool = partial(kernels.max_pool2d, x, ceil_mode=False, **POOL)
    pool_put = partial(kernels.pool_put, pooled, index, size=x.shape[2:], **POOL)
    return [
        (f"relu, {name}", partial(kernels.relu, x), 2 * gigabytes, "GB/s", partial(torch_relu, x)),
        ("  put", partial(kernels.relu_put, g, y), 3 * gigabytes, "GB/s", partial(torch_relu_put, g, y)),
        ("  pool", pool, 1.3 * gigabytes, "GB/s", partial(torch_pool, x)),
        ("  pool put", pool_put, 1.3 * gigabytes, "GB/s", partial(torch_pool_put, x, pooled)),
    ]


def torch_relu(x: np.ndarray, torch: Any) -> Callable[[], Any]:
    """PyTorch's rectifier."""
    return partial(torch.relu, *to_torch(torch, x))


def torch_relu_put(g: np.ndarray, y: np.ndarray, torch: Any) -> Callable[[], Any]:
    """Its backward pass."""
    return partial(torch.ops.aten.threshold_backward, *to_torch(torch, g, y), 0)


def torch_pool(x: np.ndarray, torch: Any) -> Callable[[], Any]:
    """PyTorch's pooling with picks."""
    return partial(torch.nn.functional.max_pool2d, *to_torch(torch, x), 2, return_indices=True)


def torch_pool_put(x: np.ndarray, g: np.ndarray, torch: Any) -> Callable[[], Any]:
    """Its backward pass."""
    picked = torch_pool(x, torch)()[1]
    put = torch.ops.aten.max_pool2d_with_indices_backward
    return partial(put, *to_torch(torch, g, x), [2, 2], [2, 2], [0, 0], [1, 1], False, picked)


def timed(functions: dict[str, Callable[[], Any]], seconds: float) -> dict[str, float]:
    """Median time of each function in seconds; they take turns, so that a busy machine slows all of them."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for function in functions.values():
        function()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or min(map(len, times.values())) < 3:
        for name, function in functions.items():
            begin = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(found) for name, found in times.items()}


def with_threads(torch: Any, number: int, function: Callable[[], Any]) -> float:
    """The function's time with so many threads of PyTorch."""
    torch.set_num_threads(number)
    return timed({"theirs": function}, 0.1)["theirs"]


def main() -> None:
    """Print one line an operation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch", action="store_true", help="compare with PyTorch, which must be installed")
    parser.add_argument("--seconds", type=float, default=0.3, help="time spent on each line")
    arguments = parser.parse_args()
    torch = None
    if arguments.torch:
        import torch
    print(f"{'':28}{'ms':>9}{'rate':>17}" + (f"{'PyTorch ms':>13}{'ratio':>8}" if torch else ""))
    for name, ours, work, unit, make in convolution_rows() + map_rows():
        functions = {"ours": ours}
        if torch:
            theirs = make(torch)
            torch.set_num_threads(min((1, 2), key=lambda number: with_threads(torch, number, theirs)))
            functions["theirs"] = theirs
        times = timed(functions, arguments.seconds)
        line = f"{name:28}{1e3 * times['ours']:9.3f}{work / times['ours']:9.1f} {unit:7}"
        if torch:
            line += f"{1e3 * times['theirs']:13.3f}{times['ours'] / times['theirs']:8.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()

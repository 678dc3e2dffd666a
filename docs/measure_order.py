"""Measures what the memory order (H, C, W, N) is worth to a convolution:  python docs/measure_order.py

Each line is one layer: a step (result, gradient of the pictures, gradient of the filters) of the package's
kernels against the same step written with copies of all windows in (N, C, H, W) order. Both take turns, and
the best of each counts. Give both one thread: OPENBLAS_NUM_THREADS=1.
"""

import argparse
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinygrad_cnn import kernels
from tinygrad_cnn.kernels.layout import empty_maps

LAYERS = {
    "LeNet's second": (6, 16, 14, 5, 0),
    "32 filters on 32": (32, 32, 32, 3, 1),
    "64 on 64": (64, 64, 16, 3, 1),
}


def kernel_step(x: np.ndarray, w: np.ndarray, g: np.ndarray, padding: int) -> tuple[np.ndarray, ...]:
    """The package's way."""
    pads = ((padding, padding), (padding, padding))
    setting: dict[str, Any] = {"stride": (1, 1), "padding": pads, "dilation": (1, 1), "groups": 1}
    y = kernels.conv2d(x, w, **setting)
    dx = kernels.conv2d_input(g, w, size=x.shape[2:], **setting)
    return y, dx, kernels.conv2d_weight(g, x, size=w.shape[2:], **setting)


def window_step(x: np.ndarray, w: np.ndarray, g: np.ndarray, padding: int) -> tuple[np.ndarray, ...]:
    """Every window copied into a column, in (N, C, H, W) order: three products of matrices."""
    channels_out, _, kh, kw = w.shape
    columns = window_columns(x, kh, kw, padding)
    y = (w.reshape(channels_out, -1) @ columns).reshape(g.shape)
    dw = (g.reshape(len(g), channels_out, -1) @ columns.transpose(0, 2, 1)).sum(0).reshape(w.shape)
    turned = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).reshape(x.shape[1], -1)
    dx = (turned @ window_columns(g, kh, kw, kh - 1 - padding)).reshape(x.shape)
    return y, dx, dw


def window_columns(x: np.ndarray, kh: int, kw: int, padding: int) -> np.ndarray:
    """(N, C * kh * kw, OH * OW) out of (N, C, H, W)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3)).transpose(0, 1, 4, 5, 2, 3)
    return windows.reshape(len(x), x.shape[1] * kh * kw, -1)


def in_maps(x: np.ndarray) -> np.ndarray:
    """The same values in (H, C, W, N) memory."""
    y = empty_maps(x.shape, x.dtype)
    y[...] = x
    return y


def best_of(repeats: int, ways: Sequence[Callable[[], object]]) -> list[float]:
    """The shortest time of each, in milliseconds, taken in turn."""
    best = [float("inf")] * len(ways)
    for _ in range(repeats):
        for i, way in enumerate(ways):
            began = perf_counter()
            way()
            best[i] = min(best[i], perf_counter() - began)
    return [1000 * seconds for seconds in best]


def compare(layer: tuple[int, int, int, int, int], batch: int, repeats: int) -> tuple[float, float]:
    """Milliseconds of both for channels in and out, size, kernel and padding; their results must agree."""
    channels, channels_out, size, kernel, padding = layer
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, channels, size, size), dtype=np.float32)
    w = rng.standard_normal((channels_out, channels, kernel, kernel), dtype=np.float32)
    out = size + 2 * padding - kernel + 1
    g = rng.standard_normal((batch, channels_out, out, out), dtype=np.float32)
    x_maps, g_maps = in_maps(x), in_maps(g)
    for ours, plain in zip(
        kernel_step(x_maps, w, g_maps, padding), window_step(x, w, g, padding), strict=True
    ):
        np.testing.assert_allclose(ours, plain, rtol=1e-3, atol=1e-4 * np.abs(plain).max())
    ways = [lambda: kernel_step(x_maps, w, g_maps, padding), lambda: window_step(x, w, g, padding)]
    ours_ms, plain_ms = best_of(repeats, ways)
    return ours_ms, plain_ms


def main(argv: Sequence[str] | None = None) -> None:
    """Print one line a layer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=10)
    args = parser.parse_args(argv)
    kernels.set_num_threads(1)
    for name, layer in LAYERS.items():
        ours, plain = compare(layer, args.batch, args.repeats)
        print(f"{name:18s} kernels {ours:7.2f} ms, windows {plain:7.2f} ms: {plain / ours:.1f} times faster")


if __name__ == "__main__":
    main()

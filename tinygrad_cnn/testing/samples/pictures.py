"""Inputs and settings for convolution and pooling: strides, padding, dilation, groups, ceil mode."""

from typing import Any

import numpy as np

from .draw import Sample, Shape, apart, numbers


def same(value: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (value, value), (value, value)


NONE = same(0)


def conv(
    stride: Any = (1, 1), padding: Any = NONE, dilation: Any = (1, 1), groups: int = 1
) -> dict[str, Any]:
    return {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


def max_pool(
    kernel: Any, stride: Any, padding: Any = NONE, dilation: Any = (1, 1), ceil: bool = False
) -> dict[str, Any]:
    return {
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "ceil_mode": ceil,
    }


def avg_pool(
    kernel: Any,
    stride: Any,
    padding: Any = NONE,
    ceil: bool = False,
    inside: bool = False,
    divisor: int | None = None,
) -> dict[str, Any]:
    return {
        "kernel_size": kernel,
        "stride": stride,
        "padding": padding,
        "ceil_mode": ceil,
        "count_include_pad": not inside,
        "divisor_override": divisor,
    }


# x, w, b, and settings whose result has the size that g gets below
CONVOLUTIONS: list[tuple[Shape, Shape, Shape | None, dict[str, Any], Shape]] = [
    ((2, 3, 5, 4), (4, 3, 3, 2), (4,), conv(), (3, 3)),
    ((2, 3, 5, 4), (4, 3, 3, 2), None, conv(padding=same(1)), (5, 5)),
    ((2, 3, 6, 7), (5, 3, 3, 2), (5,), conv((2, 3), ((1, 0), (0, 2))), (3, 3)),
    ((2, 3, 6, 7), (4, 3, 2, 3), (4,), conv((1, 2), same(2), (2, 3)), (8, 3)),
    ((2, 4, 5, 6), (6, 2, 3, 3), (6,), conv((2, 1), same(1), groups=2), (3, 6)),
    ((3, 2, 4, 5), (4, 1, 2, 3), None, conv(padding=((0, 1), (1, 1)), groups=2), (4, 5)),
    ((2, 3, 1, 1), (4, 3, 3, 3), (4,), conv(padding=same(1)), (1, 1)),
    ((1, 1, 1, 1), (1, 1, 1, 1), (1,), conv(), (1, 1)),
    ((0, 3, 5, 4), (4, 3, 3, 2), (4,), conv(), (3, 3)),
]

CONV = [
    *(
        Sample("conv2d", (apart(*x), apart(*w) * 0.5, *([] if b is None else [apart(*b)])), setting)
        for x, w, b, setting, _ in CONVOLUTIONS
    ),
    *(
        Sample("conv2d_input", (apart(x[0], w[0], *out), apart(*w) * 0.5), {"size": x[2:], **setting})
        for x, w, _, setting, out in CONVOLUTIONS
    ),
    *(
        Sample("conv2d_weight", (apart(x[0], w[0], *out), apart(*x)), {"size": w[2:], **setting})
        for x, w, _, setting, out in CONVOLUTIONS
    ),
]

MAX_POOLS: list[tuple[Shape, dict[str, Any]]] = [
    ((2, 3, 4, 6), max_pool((2, 2), (2, 2))),
    ((2, 3, 5, 7), max_pool((3, 2), (2, 1), ((1, 1), (1, 1)))),
    ((2, 3, 7, 8), max_pool((2, 3), (2, 3), same(0), (3, 2), True)),
    ((2, 3, 5, 6), max_pool((3, 3), (2, 2), same(1), (1, 1), True)),
    ((1, 1, 1, 1), max_pool((1, 1), (1, 1))),
    ((0, 3, 4, 6), max_pool((2, 2), (2, 2))),
]

AVG_POOLS: list[tuple[Shape, dict[str, Any], Shape]] = [
    ((2, 3, 4, 6), avg_pool((2, 2), (2, 2)), (2, 3)),
    ((2, 3, 5, 7), avg_pool((3, 2), (2, 1), same(1)), (3, 8)),
    ((2, 3, 5, 7), avg_pool((3, 2), (2, 1), same(1), inside=True), (3, 8)),
    ((2, 3, 5, 6), avg_pool((3, 3), (2, 2), same(1), ceil=True), (3, 4)),
    ((2, 3, 5, 6), avg_pool((3, 3), (2, 2), same(1), ceil=True, inside=True), (3, 4)),
    ((2, 3, 4, 6), avg_pool((2, 3), (1, 2), divisor=5), (3, 2)),
    ((1, 1, 1, 1), avg_pool((1, 1), (1, 1)), (1, 1)),
    ((0, 3, 4, 6), avg_pool((2, 2), (2, 2)), (2, 3)),
]

# picks are positions i * 3 + j in a window of 2 x 3; overlapping windows may pick the same place
PICKS: list[tuple[Shape, Shape, dict[str, Any]]] = [
    (
        (2, 3, 6, 9),
        (2, 3, 3, 3),
        {"kernel_size": (2, 3), "stride": (2, 3), "padding": same(0), "dilation": (1, 1)},
    ),
    (
        (2, 3, 5, 6),
        (2, 3, 4, 4),
        {"kernel_size": (2, 3), "stride": (1, 1), "padding": same(0), "dilation": (1, 1)},
    ),
    (
        (2, 2, 5, 6),
        (2, 2, 3, 3),
        {"kernel_size": (2, 3), "stride": (2, 2), "padding": same(1), "dilation": (2, 2)},
    ),
    (
        (1, 1, 2, 3),
        (1, 1, 1, 1),
        {"kernel_size": (2, 3), "stride": (2, 3), "padding": same(0), "dilation": (1, 1)},
    ),
    (
        (0, 3, 6, 9),
        (0, 3, 3, 3),
        {"kernel_size": (2, 3), "stride": (2, 3), "padding": same(0), "dilation": (1, 1)},
    ),
]

# places of different values, in a picture that is larger than the windows need
PLACES: list[tuple[Shape, Shape]] = [
    ((2, 3, 2, 3), (4, 7)),
    ((1, 2, 1, 4), (1, 9)),
    ((1, 1, 1, 1), (1, 1)),
    ((0, 3, 2, 3), (4, 7)),
]


def spread(shape: Shape, size: Shape) -> np.ndarray:
    """Draw places for values, all different within a picture."""
    rng = np.random.default_rng(5)
    count, room = shape[2] * shape[3], size[0] * size[1]
    planes = [rng.permutation(room)[:count] for _ in range(shape[0] * shape[1])]
    return np.array(planes, np.int64).reshape(shape)


POOL = [
    *(Sample("max_pool2d", (apart(*x),), setting) for x, setting in MAX_POOLS),
    *(Sample("max_unpool2d", (apart(*x),), {"places": spread(x, size), "size": size}) for x, size in PLACES),
    *(Sample("avg_pool2d", (apart(*x),), setting) for x, setting, _ in AVG_POOLS),
    *(Sample("avg_pool2d_input", (apart(*x[:2], *out),), {"size": x[2:], **s}) for x, s, out in AVG_POOLS),
    *(
        Sample("pool_take", (apart(*x),), {"picked": numbers(6, *y).astype(np.uint8), **setting})
        for x, y, setting in PICKS
    ),
    *(
        Sample(
            "pool_put", (apart(*y),), {"picked": numbers(6, *y).astype(np.uint8), "size": x[2:], **setting}
        )
        for x, y, setting in PICKS
    ),
]


PICTURES = [*CONV, *POOL]

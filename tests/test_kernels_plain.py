"""Plain loops that say what the kernels must compute, and hand-made numbers that say the loops are right.

The other test files of the kernels import these loops. They share no code with the package.
"""

from itertools import product

import numpy as np


def visits(size, kernel, stride, padding, dilation, ceil_mode=False):
    """Number of outputs (OH, OW), and each (oh, ow, i, j, h, w) at which a window sees a pixel."""
    counts = []
    for axis in (0, 1):
        before, after = padding[axis]
        positions = []
        start = -before
        while True:
            end = start + dilation[axis] * (kernel[axis] - 1)
            inside = end < size[axis] + after
            previous_left_some = end - stride[axis] < size[axis] + after - 1
            started_inside = start < size[axis]
            if not (started_inside and (inside or previous_left_some) if ceil_mode else inside):
                break
            positions.append(start)
            start += stride[axis]
        counts.append(len(positions))
    seen = []
    for oh, ow in product(range(counts[0]), range(counts[1])):
        for i, j in product(range(kernel[0]), range(kernel[1])):
            h = oh * stride[0] - padding[0][0] + i * dilation[0]
            w = ow * stride[1] - padding[1][0] + j * dilation[1]
            if 0 <= h < size[0] and 0 <= w < size[1]:
                seen.append((oh, ow, i, j, h, w))
    return tuple(counts), seen


def plain_conv(x, w, stride, padding, dilation, groups):
    """Convolution of x (N, C, H, W) with w (O, C/groups, kh, kw) in float64."""
    outputs, seen = visits(x.shape[2:], w.shape[2:], stride, padding, dilation)
    y = np.zeros((x.shape[0], w.shape[0], *outputs))
    for group, oh, ow, i, j, h, v in ((g, *visit) for g in range(groups) for visit in seen):
        c, o = group_slices(w, group, groups)
        y[:, o, oh, ow] += x[:, c, h, v].astype(float) @ w[o, :, i, j].astype(float).T
    return y


def plain_conv_input(g, w, size, stride, padding, dilation, groups):
    """What each pixel of x contributed to, weighted by g."""
    _, seen = visits(size, w.shape[2:], stride, padding, dilation)
    dx = np.zeros((g.shape[0], w.shape[1] * groups, *size))
    for group, oh, ow, i, j, h, v in ((k, *visit) for k in range(groups) for visit in seen):
        c, o = group_slices(w, group, groups)
        dx[:, c, h, v] += g[:, o, oh, ow].astype(float) @ w[o, :, i, j].astype(float)
    return dx


def plain_conv_weight(g, x, size, stride, padding, dilation, groups):
    """What each weight contributed to, weighted by g."""
    _, seen = visits(x.shape[2:], size, stride, padding, dilation)
    dw = np.zeros((g.shape[1], x.shape[1] // groups, *size))
    for group, oh, ow, i, j, h, v in ((k, *visit) for k in range(groups) for visit in seen):
        c, o = group_slices(dw, group, groups)
        dw[o, :, i, j] += g[:, o, oh, ow].astype(float).T @ x[:, c, h, v].astype(float)
    return dw


def group_slices(w, group, groups):
    """Input and output channels of one group."""
    c, o = w.shape[1], w.shape[0] // groups
    return slice(group * c, (group + 1) * c), slice(group * o, (group + 1) * o)


def plain_max_pool(x, kernel, stride, padding, dilation, ceil_mode):
    """Largest number of each window and its position i * kw + j: the first one, or the last NaN."""
    outputs, seen = visits(x.shape[2:], kernel, stride, padding, dilation, ceil_mode)
    y = np.full((*x.shape[:2], *outputs), -np.inf, x.dtype)
    index = np.full(y.shape, -1)
    for n, c in product(range(x.shape[0]), range(x.shape[1])):
        for oh, ow, i, j, h, w in seen:
            value = x[n, c, h, w]
            if index[n, c, oh, ow] < 0 or value > y[n, c, oh, ow] or np.isnan(value):
                y[n, c, oh, ow] = value
                index[n, c, oh, ow] = i * kernel[1] + j
    return y, index


def layouts(x):
    """The same numbers in every memory layout that a caller may have."""
    spread = np.zeros([2 * n + 1 for n in x.shape], x.dtype)[tuple(slice(0, 2 * n, 2) for n in x.shape)]
    spread[...] = x
    return {
        "C order": np.ascontiguousarray(x),
        "F order": np.asfortranarray(x),
        "H C W N": np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2),
        "C H W N": np.ascontiguousarray(x.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2),
        "reversed": np.ascontiguousarray(x[::-1, ::-1, ::-1, ::-1])[::-1, ::-1, ::-1, ::-1],
        "spread": spread,
    }


def close(actual, expected, dtype):
    """Equal up to rounding in `dtype`, and of that dtype."""
    assert actual.dtype == dtype
    assert actual.shape == expected.shape
    tolerance = 2e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale(expected))


def scale(expected):
    """The size of the numbers, as a yardstick for rounding."""
    return max(1.0, np.abs(expected).max(initial=0))


def test_loops_give_a_convolution_worked_out_by_hand():
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    w = np.array([[[[1.0, 10.0]]]])
    y = plain_conv(x, w, (1, 1), ((0, 0), (1, 0)), (1, 1), 1)
    assert y.tolist() == [[[[10.0, 21.0, 32.0], [40.0, 54.0, 65.0]]]]


def test_loops_give_a_strided_dilated_convolution_worked_out_by_hand():
    x = np.arange(1.0, 8.0).reshape(1, 1, 1, 7)
    w = np.array([[[[1.0, 100.0]]]])
    y = plain_conv(x, w, (1, 2), ((0, 0), (0, 0)), (1, 3), 1)
    assert y.tolist() == [[[[401.0, 603.0]]]]


def test_loops_give_the_adjoints_worked_out_by_hand():
    g = np.array([[[[1.0, 2.0]]]])
    options = ((1, 1), ((0, 0), (0, 0)), (1, 1), 1)
    dx = plain_conv_input(g, np.array([[[[3.0, 5.0]]]]), (1, 3), *options)
    assert dx.tolist() == [[[[3.0, 11.0, 10.0]]]]
    dw = plain_conv_weight(g, np.array([[[[7.0, 11.0, 13.0]]]]), (1, 2), *options)
    assert dw.tolist() == [[[[29.0, 37.0]]]]


def test_loops_give_a_pooling_worked_out_by_hand():
    x = np.array([[[[1.0, 4.0, 4.0], [3.0, 2.0, 9.0], [5.0, 5.0, 0.0]]]])
    y, index = plain_max_pool(x, (2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1), True)
    assert y.tolist() == [[[[4.0, 9.0], [5.0, 0.0]]]]
    assert index.tolist() == [[[[1, 2], [0, 0]]]]


def test_loops_count_windows_as_in_published_examples():
    cases = [((5, 5), (3, 3), (2, 2), 0, False, 2), ((6, 6), (3, 3), (2, 2), 0, True, 3)]
    cases += [((7, 7), (3, 3), (2, 2), 1, False, 4), ((4, 4), (2, 2), (3, 3), 1, True, 2)]
    for size, kernel, stride, pad, ceil_mode, expected in cases:
        counts, _ = visits(size, kernel, stride, ((pad, pad), (pad, pad)), (1, 1), ceil_mode)
        assert counts == (expected, expected), (size, kernel, stride, pad, ceil_mode)

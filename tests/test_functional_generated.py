"""Shapes and options drawn by hypothesis: values against plain loops, gradients against differences."""

import numpy as np
import pytest
import references
import references_pictures as pictures
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numeric import along, assert_close, signs

import tinygrad_cnn as tg
from tinygrad_cnn import grad, tensor
from tinygrad_cnn.core import wrap

drawn = settings(
    max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
pads = st.tuples(st.integers(0, 2), st.integers(0, 2))
layouts = st.sampled_from(["C", "maps", "reversed", "every second"])


def numbers(*shape: int) -> np.ndarray:
    """Draw values without ties, in steps much larger than those of the differences."""
    rng = np.random.default_rng(sum(shape) + 1)
    n = int(np.prod(shape))
    return (rng.permutation(n) - n / 2 + rng.uniform(-0.3, 0.3, n)).reshape(shape) * (2 / max(n, 1) + 0.02)


def laid_out(a: np.ndarray, layout: str) -> np.ndarray:
    """Give an array another memory order, and the same values."""
    if layout == "maps" and a.ndim == 4:
        return np.ascontiguousarray(a.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)
    if layout == "reversed":
        every = (slice(None, None, -1),) * a.ndim
        return np.ascontiguousarray(a[every])[every] if a.ndim else a
    if layout == "every second":
        return np.repeat(a, 2, axis=-1)[..., ::2] if a.ndim else a
    return a


def check(function, arrays, expected, layout) -> None:
    """Compare the value, and the gradient along random directions at first and second order."""
    tensors = [wrap(laid_out(a, layout)).requires_grad_() for a in arrays]
    y = function(*tensors)
    assert_close(y.array, expected, 1e-11, "value")
    rng = np.random.default_rng(1)
    c = rng.uniform(0.5, 1.5, y.shape)
    gradients = grad(y, tensors, tensor(c), create_graph=True)
    direction = signs(rng, arrays)
    if not y.numel():
        return
    got = sum(float((g.array * d).sum()) for g, d in zip(gradients, direction, strict=True))

    def projected(moved):
        return float((function(*map(tensor, moved)).array * c).sum())

    size = sum(float(np.abs(g.array).sum()) for g in gradients)
    assert_close(got, along(projected, arrays, direction, h=1e-4), 1e-8 * max(1.0, size), "gradient")
    for g, t in zip(gradients, tensors, strict=True):
        assert g.shape == t.shape


@drawn
@given(st.data(), layouts)
def test_conv2d(data, layout):
    n, groups = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 3))
    c, o = groups * data.draw(st.integers(1, 2)), groups * data.draw(st.integers(1, 2))
    size, kernel = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 7))), data.draw(pairs)
    stride, padding, dilation = data.draw(pairs), data.draw(pads), data.draw(pairs)
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    assume(all(m + 2 * p >= r for m, p, r in zip(size, padding, reach, strict=True)))
    arrays = [numbers(n, c, *size), numbers(o, c // groups, *kernel), numbers(o)]
    sides = tuple((p, p) for p in padding)
    expected = pictures.conv2d(*arrays, stride=stride, padding=sides, dilation=dilation, groups=groups)
    check(lambda x, w, b: tg.conv2d(x, w, b, stride, padding, dilation, groups), arrays, expected, layout)


def spread(x, w, b, stride, padding, extra, groups, dilation):
    """Do a transposed convolution by adding each filter to a large sheet, then cropping it."""
    (n, c, h, width), (_, per_group, kh, kw) = x.shape, w.shape
    o = per_group * groups
    heights, widths = (
        (h - 1) * stride[0] + dilation[0] * (kh - 1) + 1,
        (width - 1) * stride[1] + dilation[1] * (kw - 1) + 1,
    )
    sheet = np.zeros((n, o, heights + extra[0], widths + extra[1]))
    for i, j, a, d in np.ndindex(h, width, kh, kw):
        for k in range(c):
            first = k // (c // groups) * per_group
            place = (i * stride[0] + a * dilation[0], j * stride[1] + d * dilation[1])
            sheet[:, first : first + per_group, *place] += x[:, k, i, j, None] * w[k, :, a, d]
    bottom, right = sheet.shape[2] - padding[0], sheet.shape[3] - padding[1]
    return sheet[:, :, padding[0] : bottom, padding[1] : right] + b[None, :, None, None]


@drawn
@given(st.data(), layouts)
def test_conv_transpose2d(data, layout):
    n, groups = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 2))
    c, o = groups * data.draw(st.integers(1, 2)), groups * data.draw(st.integers(1, 2))
    size, kernel = data.draw(st.tuples(st.integers(1, 5), st.integers(1, 5))), data.draw(pairs)
    stride, padding, dilation = data.draw(pairs), data.draw(pads), data.draw(pairs)
    extra = tuple(data.draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    arrays = [numbers(n, c, *size), numbers(c, o // groups, *kernel), numbers(o)]
    cropped = [
        (m - 1) * s - 2 * p + d * (k - 1) + 1
        for m, s, p, d, k in zip(size, stride, padding, dilation, kernel, strict=True)
    ]
    assume(min(cropped) >= 1)
    expected = spread(*arrays, stride, padding, extra, groups, dilation)
    check(
        lambda x, w, b: tg.conv_transpose2d(x, w, b, stride, padding, extra, groups, dilation),
        arrays,
        expected,
        layout,
    )


@drawn
@given(st.data(), layouts, st.booleans())
def test_max_pool2d(data, layout, ceil):
    n, c = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 3))
    size, kernel = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 7))), data.draw(pairs)
    stride, dilation = data.draw(pairs), data.draw(pairs)
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    sides = tuple((p, p) for p in padding)
    setting = {"stride": stride, "padding": sides, "dilation": dilation}
    outputs = pictures.pool_size(size, kernel, stride, sides, dilation, ceil)
    assume(min(outputs) >= 1)
    covered = [seen for _, seen in pictures.windows(outputs, stride, sides, dilation, kernel)]
    assume(all(any(pictures.inside(r, k, size) for _, r, k in seen) for seen in covered))
    x = numbers(n, c, *size)
    expected = pictures.max_pool2d(x, kernel_size=kernel, ceil_mode=ceil, **setting)
    check(lambda t: tg.max_pool2d(t, kernel, stride, padding, dilation, ceil), [x], expected, layout)


@drawn
@given(st.data(), layouts, st.booleans(), st.booleans(), st.sampled_from([None, None, 3]))
def test_avg_pool2d(data, layout, ceil, count, divisor):
    n, c = data.draw(st.integers(0, 2)), data.draw(st.integers(1, 3))
    size, kernel = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 7))), data.draw(pairs)
    stride, padding = data.draw(pairs), tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    sides = tuple((p, p) for p in padding)
    assume(min(pictures.pool_size(size, kernel, stride, sides, (1, 1), ceil)) >= 1)
    x = numbers(n, c, *size)
    expected = pictures.avg_pool2d(
        x,
        kernel_size=kernel,
        stride=stride,
        padding=sides,
        ceil_mode=ceil,
        count_include_pad=count,
        divisor_override=divisor,
    )
    check(lambda t: tg.avg_pool2d(t, kernel, stride, padding, ceil, count, divisor), [x], expected, layout)


shapes = st.lists(st.integers(0, 4), min_size=0, max_size=4).map(tuple)


@drawn
@given(st.data(), shapes, layouts, st.booleans(), st.sampled_from(["sum", "mean", "amax", "amin", "var"]))
def test_reductions(data, shape, layout, keepdim, name):
    chosen = sorted(data.draw(st.sets(st.integers(0, max(len(shape) - 1, 0))))) if shape else []
    dims = data.draw(st.sampled_from([None, tuple(chosen), tuple(d - len(shape) for d in chosen)]))
    over = tuple(chosen) if dims else tuple(range(len(shape)))  # an empty tuple is all, too
    count = int(np.prod([shape[d] for d in over]))
    assume(name == "sum" or count > (name == "var"))
    x = numbers(*shape)
    definitions = {
        "sum": sum,
        "mean": lambda v: sum(v) / len(v),
        "amax": max,
        "amin": min,
        "var": lambda v: sum((a - sum(v) / len(v)) ** 2 for a in v) / (len(v) - 1),
    }
    expected = references.reduced(definitions[name], x, over, keepdim)
    check(lambda t: getattr(tg, name)(t, dims, keepdim=keepdim), [x], expected, layout)


@st.composite
def shapes_and_indices(draw):
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple))
    length = draw(st.integers(1, 4))
    parts, room = [], draw(st.booleans())
    for n in shape:
        bounds = st.none() | st.integers(-n - 1, n + 1)
        step = st.sampled_from([None, 1, 2, 3])
        repeated = st.lists(st.integers(-n, n - 1), min_size=length, max_size=length)
        part = st.builds(slice, bounds, bounds, step) | st.integers(-n, n - 1) | repeated.map(np.array)
        parts.append(draw(part))
        if room and draw(st.booleans()):
            parts.append(None)
    keep = draw(st.integers(1, len(parts)))
    return shape, (*parts[:keep], ...) if draw(st.booleans()) else tuple(parts[:keep])


@drawn
@given(shapes_and_indices(), layouts)
def test_indexing(drawn_index, layout):
    shape, index = drawn_index
    x = numbers(*shape)
    numbered = np.arange(x.size).reshape(shape)
    # Integers first, then the rest: so they do not count as arrays, which numpy would move to the front.
    sizes = [part for part in index if part is not None and part is not ...]
    numbered = numbered[tuple(part if isinstance(part, int) else slice(None) for part in sizes)]
    places = numbered[tuple(part for part in index if not isinstance(part, int))]  # which entry goes where
    expected = np.array([x.reshape(-1)[k] for k in places.reshape(-1)]).reshape(places.shape)
    check(lambda t: t[index], [x], expected, layout)
    t = tensor(x, requires_grad=True)
    t[index].sum().backward()
    counts = np.bincount(places.reshape(-1), minlength=x.size).reshape(shape)
    np.testing.assert_array_equal(t.grad.array, counts)


@drawn
@given(st.data(), shapes)
def test_a_boolean_mask_picks_and_puts_back(data, shape):
    assume(shape)
    depth = data.draw(st.integers(1, len(shape)))
    mask = np.random.default_rng(len(shape)).random(shape[:depth]) < 0.5
    x = numbers(*shape)
    expected = np.array([x[place] for place in np.ndindex(mask.shape) if mask[place]])
    check(lambda t: t[tensor(mask)], [x], expected.reshape(int(mask.sum()), *shape[depth:]), "C")


@drawn
@given(st.data(), shapes)
def test_broadcasting(data, shape):
    other = tuple(data.draw(st.sampled_from([n, 1])) for n in shape)[data.draw(st.integers(0, len(shape))) :]
    a, b = numbers(*shape), numbers(*other) + 3.0
    for function, scalar in (
        (tg.mul, lambda v, w: v * w),
        (tg.div, lambda v, w: v / w),
        (tg.sub, lambda v, w: v - w),
    ):
        check(function, [a, b], references.elementwise(scalar, a, b), "C")
        check(function, [b, a + 9.0], references.elementwise(scalar, b, a + 9.0), "reversed")


@pytest.mark.parametrize("sizes", [((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((2, 1, 2, 3), (4, 3, 2))])
def test_matmul_of_vectors_and_batches(sizes):
    a, b = numbers(*sizes[0]), numbers(*sizes[1])
    rows = a[None] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    expected = references.matmul(rows, columns)
    expected = expected[..., 0] if b.ndim == 1 else expected
    if a.ndim == 1:
        expected = expected[0]
    check(tg.matmul, [a, b], np.asarray(expected), "C")

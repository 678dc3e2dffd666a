"""Every check, on every registered operation, on every sample of it."""

import numpy as np
import pytest
from numeric import along, assert_close, gradient, signs
from references import REFERENCES

from tinygrad_cnn import REGISTRY, Tensor, grad, tensor
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing.samples import SAMPLES, Sample

OWN = sorted(
    name for name, record in REGISTRY.items() if record.forward.__module__.startswith("tinygrad_cnn.")
)
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
LIMIT = 1e-8  # of the largest value; the differences themselves are right to about 1e-11


def call(sample: Sample, tensors: list[Tensor]) -> Tensor:
    return REGISTRY[sample.op].call(*tensors, **sample.settings)


def leaves(arrays: list[np.ndarray]) -> list[Tensor]:
    return [tensor(a, requires_grad=True) for a in arrays]


def cotangent(sample: Sample) -> np.ndarray:
    """Draw an incoming gradient that is random and not uniform."""
    y = call(sample, [tensor(a) for a in sample.inputs])
    return np.random.default_rng(len(sample.inputs)).uniform(0.5, 1.5, y.shape) * np.where(
        np.indices(y.shape).sum(0) % 2, 1, -1
    )


@pytest.mark.parametrize("name", OWN)
def test_every_op_has_samples_a_reference_and_a_formula(name):
    samples = [s for s in SAMPLES if s.op == name]
    assert samples, f"add a sample of {name} to tinygrad_cnn/testing/samples"
    assert name in REFERENCES, f"add a plain second definition of {name} to tests/references.py"
    assert ":math:" in REGISTRY[name].doc, f"the documentation of {name} lacks its formula"
    assert any(s.inputs[0].size == 0 for s in samples), f"{name} needs a sample without values"
    smallest = [
        s for s in samples if 1 in (s.inputs[0].size, call(s, [tensor(a) for a in s.inputs]).array.size)
    ]
    assert smallest, f"{name} needs a sample with a single value"


def test_every_sample_is_of_a_registered_op_and_has_a_name_of_its_own():
    assert {s.op for s in SAMPLES} == set(OWN)
    names = [s.name for s in SAMPLES]
    assert len(names) == len(set(names)), [n for n in names if names.count(n) > 1]


@every_sample
def test_the_value_is_that_of_an_independent_reference(sample):
    y = call(sample, [tensor(a) for a in sample.inputs])
    assert_close(y.array, REFERENCES[sample.op](*sample.inputs, **sample.settings), 1e-12, "value")


@every_sample
def test_first_derivatives_agree_with_differences(sample):
    arrays, c = list(sample.inputs), cotangent(sample)
    tensors = leaves(arrays)
    gradients = grad(call(sample, tensors), tensors, tensor(c))

    def projected(moved):
        return float((call(sample, [tensor(a) for a in moved]).array * c).sum())

    for k, g in enumerate(gradients):
        assert_close(g.array, gradient(projected, arrays, k), LIMIT, f"gradient of input {k}")


def projection(sample: Sample, tensors: list[Tensor], order: int) -> Tensor:
    """Project the value on the last tensor, then its gradient on random signs, ``order`` times."""
    *inputs, c = tensors
    s = (call(sample, inputs) * c).sum()
    rng = np.random.default_rng(5)
    for _ in range(order):
        weights = signs(rng, [t.array for t in tensors])
        if not s.requires_grad:
            return s * 0.0
        gradients = grad(s, tensors, create_graph=True, allow_unused=True)
        s = sum(
            ((g * w).sum() for g, w in zip(gradients, weights, strict=True) if g is not None),
            tensor(0.0).double(),
        )
    return s


def check_order(sample: Sample, order: int, directions: int) -> None:
    """Hold the gradient of a projection of the derivative before against differences, along directions."""
    arrays = [*sample.inputs, cotangent(sample)]
    tensors = leaves(arrays)
    s = projection(sample, tensors, order - 1)
    gradients = grad(s, tensors, allow_unused=True) if s.requires_grad else [None] * len(tensors)
    rng = np.random.default_rng(11)
    for _ in range(directions):
        direction = signs(rng, arrays)
        got = sum(
            float((g.array * d).sum()) for g, d in zip(gradients, direction, strict=True) if g is not None
        )
        expected = along(lambda moved: projection(sample, leaves(moved), order - 1).item(), arrays, direction)
        size = sum(float(np.abs(g.array).sum()) for g in gradients if g is not None)
        assert_close(got, expected, LIMIT * max(1.0, size), f"derivative of order {order}")


@every_sample
def test_second_derivatives_agree_with_differences_of_the_first(sample):
    check_order(sample, order=2, directions=3)


@every_sample
def test_third_derivatives_agree_with_differences_of_the_second(sample):
    check_order(sample, order=3, directions=1)


@every_sample
def test_float32_stays_float32_and_agrees_with_float64(sample):
    if sample.op == "cast":
        pytest.skip("cast changes the precision")
    c = cotangent(sample)
    results = {}
    for dtype in (np.float32, np.float64):
        tensors = leaves([a.astype(dtype) for a in sample.inputs])
        narrow = {
            k: v.astype(dtype) if k in ("target", "where_positive") else v for k, v in sample.settings.items()
        }
        y = REGISTRY[sample.op].call(*tensors, **narrow)
        results[dtype] = [y, *grad(y, tensors, tensor(c.astype(dtype)))]
    for narrow, wide in zip(results[np.float32], results[np.float64], strict=True):
        assert narrow.dtype == np.float32
        assert_close(narrow.array, wide.array, 3e-6, "float32")


@every_sample
def test_inputs_and_settings_are_not_modified(sample):
    tensors = leaves(list(sample.inputs))
    c = tensor(cotangent(sample))
    held = [t.array for t in tensors] + [c.array]
    held += [v for v in sample.settings.values() if isinstance(v, np.ndarray)]
    before = [a.copy() for a in held]
    first = grad(call(sample, tensors), tensors, c, create_graph=True)
    s = sum((g * g).sum() for g in first)
    if s.requires_grad:
        grad(s, tensors, allow_unused=True)
    for now, then in zip(held, before, strict=True):
        np.testing.assert_array_equal(now, then)


@every_sample
def test_writing_into_one_gradient_changes_nothing_else(sample):
    tensors = leaves(list(sample.inputs))
    c = tensor(cotangent(sample))
    c.data  # noqa: B018  # handed out: from now on somebody could write into it
    y = call(sample, tensors)
    y.backward(c, retain_graph=True)
    everything = [*tensors, *(t.grad for t in tensors), *grad(y, tensors, c), c, y.detach()]
    before = [t.array.copy() for t in everything]
    for k, t in enumerate(everything[len(tensors) :], len(tensors)):
        t.data[...] = 77.0
        for i, (now, then) in enumerate(zip(everything, before, strict=True)):
            if i > k or i < len(tensors):
                np.testing.assert_array_equal(now.array, then, err_msg=f"writing into {k} changed {i}")


def reversed_steps(a: np.ndarray) -> np.ndarray:
    every = (slice(None, None, -1),) * a.ndim
    return np.ascontiguousarray(a[every])[every] if a.ndim else a


def gaps(a: np.ndarray) -> np.ndarray:
    if not a.ndim:
        return a
    wide = np.full([2 * n for n in a.shape], np.nan)
    every = (slice(None, None, 2),) * a.ndim
    wide[every] = a
    return wide[every]


def feature_map(a: np.ndarray) -> np.ndarray:
    """(N, C, H, W) in (H, C, W, N) memory; other shapes with the first dimension innermost."""
    order = (2, 1, 3, 0) if a.ndim == 4 else (*range(1, a.ndim), 0)
    return np.ascontiguousarray(a.transpose(order)).transpose(np.argsort(order)) if a.ndim else a


LAYOUTS = {
    "transposed": lambda a: np.array(a, order="F"),
    "negative": reversed_steps,
    "with gaps": gaps,
    "H C W N": feature_map,
    "read-only": lambda a: np.frombuffer(a.tobytes()).reshape(a.shape) if a.size else a,
}


def all_results(sample: Sample, arrays: list[np.ndarray], c: np.ndarray) -> list[np.ndarray]:
    tensors = [wrap(a).requires_grad_() for a in arrays]
    y = call(sample, tensors)
    return [y.array, *(g.array for g in grad(y, tensors, wrap(c)))]


@every_sample
def test_memory_layout_does_not_change_results(sample):
    c = cotangent(sample)
    expected = all_results(sample, list(sample.inputs), c)
    for name, layout in LAYOUTS.items():
        got = all_results(sample, [layout(a) for a in sample.inputs], layout(c))
        for a, b in zip(got, expected, strict=True):
            assert_close(a, b, 1e-12, name)


@every_sample
def test_inputs_with_stride_0_do_not_change_results(sample):
    repeated = [np.broadcast_to(a[..., :1] if a.ndim else a, a.shape) for a in sample.inputs]
    if sample.op in ("max_pool2d", "amax") and sample.inputs[0].size > 1:
        repeated = [np.broadcast_to(a[:, :1], a.shape) for a in sample.inputs]
    c = np.broadcast_to(
        cotangent(sample)[..., :1] if cotangent(sample).ndim else cotangent(sample), cotangent(sample).shape
    )
    expected = all_results(sample, [a.copy() for a in repeated], c.copy())
    for a, b in zip(all_results(sample, repeated, c), expected, strict=True):
        assert_close(a, b, 1e-12, "stride 0")


@every_sample
def test_a_tensor_used_twice_gets_the_sum_of_its_gradients(sample):
    x, c = sample.inputs[0], tensor(cotangent(sample))
    if len({a.shape for a in sample.inputs}) == 1 and len(sample.inputs) == 2:
        one, twin, again = tensor(x, requires_grad=True), *leaves([x, x])
        got = grad(call(sample, [one, one]), one, c)
        a, b = grad(call(sample, [twin, again]), (twin, again), c)
        expected = a.array + b.array
    else:
        first, *rest = leaves(list(sample.inputs))
        y = call(sample, [first, *rest])
        got = grad(y + 2.0 * call(sample, [first, *rest]), first, c)
        expected = 3.0 * grad(y, first, c).array
    assert_close(got.array, expected, 1e-13, "used twice")


@every_sample
def test_only_the_gradients_that_are_asked_for_are_computed(sample):
    c = tensor(cotangent(sample))
    every = leaves(list(sample.inputs))
    expected = grad(call(sample, every), every, c)
    for k in range(len(sample.inputs)):
        tensors = [tensor(a, requires_grad=i == k) for i, a in enumerate(sample.inputs)]
        y = call(sample, tensors)
        assert [closure is not None for closure in y.node.closures] == [i == k for i in range(len(tensors))]
        np.testing.assert_array_equal(grad(y, tensors[k], c).array, expected[k].array)


@every_sample
def test_backward_is_linear_repeatable_and_zero_for_zero(sample):
    tensors = leaves(list(sample.inputs))
    c = cotangent(sample)
    y = call(sample, tensors)
    once, again = grad(y, tensors, tensor(c)), grad(y, tensors, tensor(c))
    twice, none = grad(y, tensors, tensor(-2 * c)), grad(y, tensors, tensor(0 * c))
    for a, b, double, zero in zip(once, again, twice, none, strict=True):
        np.testing.assert_array_equal(a.array, b.array)
        assert_close(double.array, -2 * a.array, 1e-13, "linear")
        assert not zero.array.any()

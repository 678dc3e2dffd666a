"""Jacobians, Hessians and products with them, against formulas worked out by hand and against differences."""

import numpy as np
import pytest
from numeric import assert_close, signs, slope

import tinygrad_cnn as tg
from tinygrad_cnn import REGISTRY, Tensor, grad, tensor
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing.samples import SAMPLES

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
RNG = np.random.default_rng(3)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(4, 2))
X = RNG.normal(size=4)


def dot(left: list[np.ndarray], right: list[np.ndarray]) -> float:
    return float(sum((a * b).sum() for a, b in zip(left, right, strict=True)))


# -- every operation ---------------------------------------------------------------------------------------


def as_function(sample):
    return lambda *inputs: REGISTRY[sample.op].call(*inputs, **sample.settings)


@every_sample
def test_jvp_agrees_with_differences_along_the_direction(sample):
    f, v = as_function(sample), signs(np.random.default_rng(2), sample.inputs)
    inputs = tuple(map(tensor, sample.inputs))
    y, product = tg.jvp(f, inputs, tuple(map(wrap, v)))

    def moved(t):
        return f(*(wrap(np.asarray(a + t * d)) for a, d in zip(sample.inputs, v, strict=True))).array

    np.testing.assert_array_equal(y.array, f(*inputs).array)
    assert_close(product.array, slope(moved), 1e-8, "J v")


@every_sample
def test_jvp_and_vjp_are_adjoint(sample):
    f, rng = as_function(sample), np.random.default_rng(4)
    inputs = tuple(map(tensor, sample.inputs))
    v = [rng.normal(size=a.shape) for a in sample.inputs]
    u = np.asarray(rng.normal(size=f(*inputs).shape))
    _, forward = tg.jvp(f, inputs, tuple(map(wrap, v)))
    _, backward = tg.vjp(f, inputs, wrap(u))
    left, right = dot([u], [forward.array]), dot([g.array for g in backward], v)
    size = sum(float(np.abs(g.array * d).sum()) for g, d in zip(backward, v, strict=True))
    assert abs(left - right) <= 1e-13 * max(1.0, size), (left, right)


# -- formulas ----------------------------------------------------------------------------------------------


def softmax_jacobian(x):
    p = np.exp(x) / np.exp(x).sum()
    return np.diag(p) - np.outer(p, p)


def test_the_jacobian_of_softmax_is_diag_p_minus_p_times_p():
    got = tg.jacobian(lambda x: tg.softmax(x, dim=0), tensor(X))
    assert_close(got.array, softmax_jacobian(X), 1e-14, "softmax")


def test_the_jacobian_of_a_linear_map_is_its_matrix_with_output_before_input():
    a = tensor(A)
    np.testing.assert_array_equal(tg.jacobian(lambda x: a @ x, tensor(B[:, :1])).array[:, 0, :, 0], A)
    got = tg.jacobian(lambda x: a @ x, tensor(B))
    assert got.shape == (3, 2, 4, 2)
    np.testing.assert_array_equal(got.array, np.einsum("im,jn->ijmn", A, np.eye(2)))


def test_several_outputs_and_inputs_give_tuples_by_output_then_input():
    x, y = np.array([2.0, 3.0]), np.array([5.0, 7.0, 11.0])

    def f(x, y):
        return tg.unsqueeze(x, 1) * y, x.sum()

    got = tg.jacobian(f, (tensor(x), tensor(y)))
    expected = (
        (np.einsum("im,j->ijm", np.eye(2), y), np.einsum("i,jn->ijn", x, np.eye(3))),
        (np.ones(2), np.zeros(3)),
    )
    for k, i in np.ndindex(2, 2):
        np.testing.assert_array_equal(got[k][i].array, expected[k][i])
        assert got[k][i].shape == expected[k][i].shape
    one = tg.jacobian(lambda x: f(x, 1.0), tensor(x))
    assert [type(one), type(one[0]), one[0].shape, one[1].shape] == [tuple, Tensor, (2, 1, 2), (2,)]
    alone = tg.jacobian(lambda x: x * 1.0, (tensor(x),))
    assert type(alone) is tuple and alone[0].shape == (2, 2)


def test_products_are_those_with_the_jacobian():
    a, rng = tensor(A), np.random.default_rng(8)
    v, u = rng.normal(size=(4, 2)), rng.normal(size=(3, 2))
    values, forward = tg.jvp(lambda x: a @ x, tensor(B), tensor(v))
    assert_close(values.array, A @ B, 1e-14, "value")
    assert_close(forward.array, A @ v, 1e-14, "J v")
    values, backward = tg.vjp(lambda x: a @ x, tensor(B), tensor(u))
    assert_close(values.array, A @ B, 1e-14, "value")
    assert_close(backward.array, A.T @ u, 1e-14, "J^T u")


def test_several_outputs_are_summed_by_vjp_and_listed_by_jvp():
    x, y = tensor([2.0, 3.0]), tensor(5.0)

    def f(x, y):
        return x * y, x.sum(), x

    (first, second, third), (for_x, for_y) = tg.vjp(
        f, (x, y), (tensor([1.0, 10.0]), tensor(100.0), tensor([0.5, 0.25]))
    )
    assert (first.tolist(), second.tolist(), third.tolist()) == ([10.0, 15.0], 5.0, [2.0, 3.0])
    assert (for_x.tolist(), for_y.tolist()) == ([105.5, 150.25], 32.0)
    _, products = tg.jvp(f, (x, y), (tensor([1.0, -2.0]), tensor(10.0)))
    assert [p.tolist() for p in products] == [[25.0, 20.0], -1.0, [1.0, -2.0]]


def test_the_hessian_of_a_quadratic_form_is_the_matrix_and_its_transpose():
    m = RNG.normal(size=(4, 4))
    got = tg.hessian(lambda x: (x * (tensor(m) @ x)).sum(), tensor(X))
    assert_close(got.array, m + m.T, 1e-14, "quadratic form")


def test_the_hessian_of_log_sum_exp_is_the_jacobian_of_softmax():
    got = tg.hessian(lambda x: tg.log(tg.exp(x).sum()), tensor(X))
    assert_close(got.array, softmax_jacobian(X), 1e-14, "log sum exp")


def test_the_hessian_of_a_bilinear_form_has_the_matrix_beside_the_diagonal():
    x, y = RNG.normal(size=3), RNG.normal(size=(4, 1))
    got = tg.hessian(lambda x, y: (x * (tensor(A) @ y)[:, 0]).sum(), (tensor(x), tensor(y)))
    expected = ((np.zeros((3, 3)), A[:, :, None]), (A.T[:, None, :], np.zeros((4, 1, 4, 1))))
    for i, j in np.ndindex(2, 2):
        assert_close(got[i][j].array, expected[i][j], 1e-14, f"block {i}, {j}")


def energy(x, w):
    y = tg.max_pool2d(tg.conv2d(x, w, padding=1, stride=(1, 2)), 2, 1)
    return (y * y * y).sum()


PICTURE = RNG.normal(size=(1, 2, 3, 4))
FILTERS = RNG.normal(size=(2, 2, 2, 3))


def test_the_hessian_of_a_convolution_and_pooling_agrees_with_differences_of_gradients():
    arrays = [PICTURE, FILTERS]
    got = tg.hessian(energy, tuple(map(tensor, arrays)))

    def gradients(moved):
        leaves = [tensor(a, requires_grad=True) for a in moved]
        return np.concatenate([g.array.ravel() for g in grad(energy(*leaves), leaves)])

    places = [(0, p) for p in np.ndindex(PICTURE.shape)] + [(1, p) for p in np.ndindex(FILTERS.shape)]
    for j, place in places:
        unit = [np.zeros(a.shape) for a in arrays]
        unit[j][place] = 1.0
        column = slope(lambda t, unit=unit: gradients([a + t * d for a, d in zip(arrays, unit, strict=True)]))
        mine = np.concatenate([got[i][j].array[(..., *place)].ravel() for i in range(2)])
        assert_close(mine, column, 1e-8, f"column {place} of input {j}")


@pytest.mark.parametrize("product", [tg.hvp, tg.vhp])
def test_products_with_the_hessian_agree_with_the_hessian(product):
    inputs = (tensor(PICTURE), tensor(FILTERS))
    v = signs(np.random.default_rng(1), [PICTURE, FILTERS])
    h = tg.hessian(energy, inputs)
    value, got = product(energy, inputs, tuple(map(tensor, v)))
    assert value.item() == energy(*inputs).item()
    for i, x in enumerate(inputs):
        expected = sum(np.tensordot(h[i][j].array, v[j], v[j].ndim) for j in range(2))
        assert_close(got[i].array, expected, 1e-12, f"product for {x.shape}")


def test_hvp_and_vhp_tell_which_side_of_a_wrong_hessian_is_multiplied():
    @tg.op
    def turned(x):
        """A wrong gradient, (x1^2, x0), whose "Hessian" is [[0, 2 x1], [1, 0]]."""

        def grad_x(g):
            return g * tg.stack([x[1] * x[1], x[0]])

        return x.array.sum(), grad_x

    x, v = tensor([3.0, 5.0]), tensor([1.0, 100.0])
    assert tg.hessian(turned, x).tolist() == [[0.0, 10.0], [1.0, 0.0]]
    assert tg.hvp(turned, x, v)[1].tolist() == [1000.0, 1.0]
    assert tg.vhp(turned, x, v)[1].tolist() == [100.0, 10.0]


# -- differentiable again ----------------------------------------------------------------------------------


def test_results_can_be_differentiated_by_the_inputs_and_by_v():
    """For y = x^3: J v = v^T J = 3 x^2 v; for its sum, H v = v^T H = 6 x v."""
    for product, by_x, by_v in [
        (tg.jvp, lambda x, v: 6 * x * v, lambda x, v: 3 * x**2),
        (tg.vjp, lambda x, v: 6 * x * v, lambda x, v: 3 * x**2),
        (tg.hvp, lambda x, v: 6 * v, lambda x, v: 6 * x),
        (tg.vhp, lambda x, v: 6 * v, lambda x, v: 6 * x),
    ]:
        x, v = (tensor(a, requires_grad=True) for a in ([2.0, -3.0], [5.0, 7.0]))
        second = product in (tg.hvp, tg.vhp)
        y, got = product(lambda x: (x**3).sum() if second else x**3, x, v, create_graph=True)  # noqa: B023
        for_x, for_v = grad(got.sum(), (x, v))
        np.testing.assert_allclose(for_x.array, by_x(x.array, v.array), rtol=1e-6)
        np.testing.assert_allclose(for_v.array, by_v(x.array, v.array), rtol=1e-6)
        np.testing.assert_allclose(grad(y.sum(), x).array, 3 * x.array**2, rtol=1e-6)


def test_whole_matrices_can_be_differentiated_again():
    x = tensor(X, requires_grad=True)
    j = tg.jacobian(lambda x: x * x * x.sum(), x, create_graph=True)
    # J_ij = 2 x_i s d_ij + x_i^2, whose entries sum up to 2 s^2 + 4 sum x^2
    assert_close(grad(j.sum(), x).array, 4 * X.sum() + 8 * X, 1e-14, "sum of the Jacobian")
    h = tg.hessian(lambda x: (x**4).sum(), x, create_graph=True)
    assert_close(grad(h.sum(), x).array, 24 * X, 1e-14, "sum of the Hessian")
    third = tg.jacobian(lambda x: tg.hessian(lambda x: (x**3).sum(), x, create_graph=True), x)
    expected = np.zeros((4, 4, 4))
    expected[(range(4),) * 3] = 6.0
    assert_close(third.array, expected, 1e-14, "third derivatives")


def test_without_create_graph_nothing_hangs_on_the_inputs():
    x = tensor(X, requires_grad=True)
    for results in (tg.vjp(tg.exp, x, tensor(X)), tg.jvp(tg.exp, x, tensor(X)), [tg.jacobian(tg.exp, x)]):
        assert [r.requires_grad for r in results] == [False] * len(results)

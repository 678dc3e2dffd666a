"""What Jacobians, Hessians and products leave as it was, and the corners of their inputs."""

import numpy as np
import pytest
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor
from tinygrad_cnn.core import wrap

RNG = np.random.default_rng(3)
X = RNG.normal(size=4)

# -- what is left as it was --------------------------------------------------------------------------------

ALL = {
    "vjp": lambda f, x, **how: tg.vjp(f, x, x, **how),
    "jvp": lambda f, x, **how: tg.jvp(f, x, x, **how),
    "jacobian": lambda f, x, **how: tg.jacobian(f, x, **how),
    "hessian": lambda f, x, **how: tg.hessian(lambda x: (f(x) ** 2).sum(), x, **how),
    "hvp": lambda f, x, **how: tg.hvp(lambda x: (f(x) ** 2).sum(), x, x, **how),
    "vhp": lambda f, x, **how: tg.vhp(lambda x: (f(x) ** 2).sum(), x, x, **how),
}
every_function = pytest.mark.parametrize("name", ALL)


def arrays_of(results) -> list[np.ndarray]:
    return [a for r in results for a in arrays_of(r)] if isinstance(results, tuple) else [results.array]


@every_function
def test_inputs_and_gradients_are_untouched_and_the_function_runs_once(name):
    layer = nn.Linear(4, 4)
    x, calls = tensor(X.astype(np.float32), requires_grad=True), []
    x.register_hook(calls.append)
    held, before = x.array, x.array.copy()

    def f(x):
        calls.append("f")
        with tg.no_grad():
            x += 0.0  # what the function does to its input stays inside
        return layer(x)

    ALL[name](f, x, create_graph=name == "jvp")
    assert calls == ["f"]
    assert x.array is held and x.requires_grad and x.grad is None and x.is_leaf
    np.testing.assert_array_equal(held, before)
    assert all(p.grad is None for p in layer.parameters())


@every_function
def test_the_mode_of_the_caller_does_not_matter_and_stays(name):
    x = tensor(X)
    expected = arrays_of(ALL[name](tg.tanh, x))
    with tg.no_grad():
        got = arrays_of(ALL[name](tg.tanh, x))
        assert not tg.is_grad_enabled()
        again = ALL[name](tg.tanh, tensor(X, requires_grad=True), create_graph=True)
        assert (again[1] if isinstance(again, tuple) else again).requires_grad
    assert tg.is_grad_enabled()
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@every_function
@pytest.mark.parametrize("create_graph", [False, True])
def test_float32_stays_float32_and_float64_stays_float64(name, create_graph):
    for dtype in (np.float32, np.float64):
        results = arrays_of(ALL[name](tg.tanh, tensor(X.astype(dtype)), create_graph=create_graph))
        assert [a.dtype for a in results] == [dtype] * len(results)


def test_writing_into_a_result_changes_neither_inputs_nor_v():
    x, v = tensor([1.0, 2.0]), tensor([3.0, 4.0])
    for product in (tg.vjp, tg.jvp):
        for result in product(lambda x: x, x, v):
            result.data[...] = 77.0
    assert (x.tolist(), v.tolist()) == ([1.0, 2.0], [3.0, 4.0])


# -- corners -----------------------------------------------------------------------------------------------

LAYOUTS = {
    "transposed": lambda a: np.array(a, order="F"),
    "negative": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    "repeated": lambda a: np.broadcast_to(a[:1], a.shape),
}


@every_function
@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_does_not_change_results(name, layout):
    a = LAYOUTS[layout](RNG.normal(size=(3, 2)))
    m = tensor(np.arange(6.0).reshape(3, 2))
    strided, plain = (arrays_of(ALL[name](lambda x: x * m + x.sum(0), wrap(x))) for x in (a, a.copy()))
    for got, expected in zip(strided, plain, strict=True):
        assert_close(got, expected, 1e-14, layout)


@every_function
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
@pytest.mark.parametrize("create_graph", [False, True])
def test_empty_and_0_d_inputs_have_results_of_the_right_shape(name, shape, create_graph):
    x = tensor(np.full(shape, 3.0), requires_grad=True)
    result = ALL[name](lambda x: x * x, x, create_graph=create_graph)
    shapes = {"jacobian": shape + shape, "hessian": shape + shape}
    product = result if name in shapes else result[1]
    assert product.shape == shapes.get(name, shape)
    value = {"jacobian": 6.0, "hessian": 108.0, "vjp": 18.0, "jvp": 18.0, "hvp": 324.0, "vhp": 324.0}
    assert product.array.ravel().tolist() == [value[name]] * product.numel()


def test_outputs_may_have_dtypes_of_their_own():
    x = tensor([1.0, 2.0])

    def f(x):
        return x * x, x.double() * 3.0, x > 1.5

    (square, triple, large), product = tg.vjp(
        f, x, (tensor([1.0, 10.0]), tensor(np.ones(2)), tensor([1.0, 1.0]))
    )
    assert [y.dtype for y in (square, triple, large)] == [np.float32, np.float64, np.bool_]
    assert (product.dtype, product.tolist()) == (np.float32, [5.0, 43.0])
    _, products = tg.jvp(f, x, tensor([1, 100]))  # whole numbers follow the floats beside them
    assert [p.tolist() for p in products] == [[2.0, 400.0], [3.0, 300.0], [False, False]]
    assert [p.dtype for p in products] == [np.float32, np.float64, np.bool_]
    assert [j.dtype for j in tg.jacobian(f, x)] == [np.float32] * 3
    assert tg.jvp(lambda x: x, x, tensor([1, 100]))[1].dtype == np.float32


@pytest.mark.parametrize("create_graph", [False, True])
def test_what_does_not_depend_on_an_input_gives_zeros(create_graph):
    x, y, kept = tensor([1.0, 2.0]), tensor(np.ones((3, 1))), tensor([4.0, 5.0], requires_grad=True)

    def f(x, y):
        return x * x, kept * 3.0

    _, (for_x, for_y) = tg.vjp(f, (x, y), (x, x), create_graph)
    assert (for_x.tolist(), for_y.tolist(), for_y.dtype) == ([2.0, 8.0], [[0.0]] * 3, np.float64)
    _, (first, second) = tg.jvp(f, (x, y), (x, y), create_graph)
    assert (first.tolist(), second.tolist()) == ([2.0, 8.0], [0.0, 0.0])
    (by_x, by_y), (zero, empty) = tg.jacobian(f, (x, y), create_graph)
    assert by_x.tolist() == [[2.0, 0.0], [0.0, 4.0]] and not zero.array.any()
    assert (by_y.shape, empty.shape, empty.dtype) == ((2, 3, 1), (2, 3, 1), np.float64)
    h = tg.hessian(lambda x, y: f(x, y)[0].sum(), (x, y), create_graph)
    assert [[block.shape for block in row] for row in h] == [[(2, 2), (2, 3, 1)], [(3, 1, 2), (3, 1, 3, 1)]]
    assert h[0][0].tolist() == [[2.0, 0.0], [0.0, 2.0]] and not any(a.any() for a in arrays_of(h)[1:])
    for product in (tg.hvp, tg.vhp):
        _, (for_x, for_y) = product(lambda x, y: f(x, y)[0].sum(), (x, y), (x, y), create_graph)
        assert (for_x.tolist(), for_y.tolist()) == ([2.0, 4.0], [[0.0]] * 3)
        assert product(lambda x: (x * 3.0).sum(), x, x, create_graph)[1].tolist() == [0.0, 0.0]
    assert kept.grad is None


def test_a_gradient_that_is_zero_on_purpose_is_no_error():
    @tg.op
    def steps(x):
        """Round down."""
        return np.floor(x.array), lambda g: tg.zeros(2)

    x = tensor([1.5, 2.5])
    assert tg.jvp(steps, x, x)[1].tolist() == [0.0, 0.0]
    assert tg.hessian(lambda x: steps(x).sum(), x).tolist() == [[0.0, 0.0]] * 2


def test_a_part_of_the_jacobian_may_be_left_out_by_a_closure():
    @tg.op
    def first(x):
        """Pick a value; a closure without anything to say returns None."""

        def grad_x(g):
            return g * tensor([1.0, 0.0]) if g.array[0] else None

        return x.array.copy(), grad_x

    for create_graph in (False, True):
        got = tg.jacobian(first, tensor([3.0, 4.0], requires_grad=True), create_graph)
        assert got.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_a_closure_that_returns_a_tensor_of_the_graph_gives_it_no_gradient():
    @tg.op
    def half_square(x):
        """Half of the square, for an incoming gradient of 1."""
        return x.array**2 / 2, lambda g: x

    _, product = tg.vjp(half_square, tensor([3.0]))
    assert (product.tolist(), product.requires_grad) == ([3.0], False)


def test_v_may_be_left_out_for_a_single_value():
    assert tg.vjp(lambda x: (x * x).sum(), tensor([1.0, 2.0]))[1].tolist() == [2.0, 4.0]
    assert tg.jvp(lambda x: x * tensor([1.0, 2.0]), tensor(3.0))[1].tolist() == [1.0, 2.0]
    assert [p(lambda x: x**3, tensor([2.0]))[1].tolist() for p in (tg.hvp, tg.vhp)] == [[12.0]] * 2


def test_strict_takes_what_is_connected():
    x = tensor(X, requires_grad=True)
    for call in ALL.values():
        for create_graph in (False, True):
            call(lambda x: tg.exp(x) * x.sum(), x, strict=True, create_graph=create_graph)
    tg.jvp(lambda x: x * 2.0, x, tensor(X, requires_grad=True), create_graph=True, strict=True)  # by v

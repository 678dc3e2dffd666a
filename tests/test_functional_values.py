"""Kinks, ties, unselected branches and the rest: hand numbers where other frameworks were wrong."""

import numpy as np
from numeric import assert_close

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, grad, no_grad, tensor

RNG = np.random.default_rng(3)


def leaf(values) -> Tensor:
    return tensor(np.array(values, float), requires_grad=True)


def test_the_unselected_branch_of_where_gets_exactly_zero():
    x = leaf([0.0, 4.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        safe = tg.where(x > 0, x, 1.0)
        y = tg.where(x > 0, tg.log(safe), 0.0)
        assert grad(y.sum(), x).tolist() == [0.0, 0.25]
        bad = leaf([np.nan, np.inf])
        z = tg.where([True, False], x, bad * np.inf)
        by_x = grad(z.sum(), x)
        assert by_x.tolist() == [1.0, 0.0]
        a, b = leaf([1.0, 2.0]), leaf([np.nan, np.inf])
        by_a, by_b = grad((tg.where([True, True], a, b) * [np.inf, 1.0]).sum(), (a, b))
        mixed = grad((tg.where([True, False], a, b) * [np.inf, np.inf]).sum(), (a, b))
    assert [g.tolist() for g in mixed] == [[np.inf, 0.0], [0.0, np.inf]]
    assert by_b.tolist() == [0.0, 0.0]
    assert by_a.tolist() == [np.inf, 1.0]


def test_kinks_have_the_subgradient_that_is_documented():
    def slope(f, *values):
        xs = [leaf([v]) for v in values]
        return [g.item() for g in grad(f(*xs).sum(), xs)]

    assert slope(tg.relu, 0.0) == [0.0]
    assert slope(tg.abs, 0.0) == [0.0]
    assert slope(tg.maximum, 1.0, 1.0) == [0.5, 0.5]
    assert slope(tg.minimum, 1.0, 1.0) == [0.5, 0.5]
    assert slope(lambda x: tg.clip(x, 0, 1), 0.0) == [1.0]
    assert slope(lambda x: tg.clip(x, 0, 1), 1.0) == [1.0]
    assert slope(lambda x: tg.clip(x, 0, 1), 1.5) == [0.0]
    x = leaf([2.0, 1.0, 2.0])
    assert grad(tg.amax(x), x).tolist() == [0.5, 0.0, 0.5]
    assert grad(tg.max(x, 0).values, x).tolist() == [1.0, 0.0, 0.0]
    assert tg.max(x, 0).indices.item() == 0


def test_powers_at_zero_and_of_negative_numbers():
    x = leaf([-2.0, 0.0, 3.0])
    for exponent, values, slopes in (
        (2, [4.0, 0.0, 9.0], [-4.0, 0.0, 6.0]),
        (3, [-8.0, 0.0, 27.0], [12.0, 0.0, 27.0]),
        (1, [-2.0, 0.0, 3.0], [1.0, 1.0, 1.0]),
        (0, [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]),
    ):
        y = x**exponent
        assert y.tolist() == values
        assert grad(y.sum(), x).tolist() == slopes
    first = grad((x**2).sum(), x, create_graph=True)
    second = grad(first.sum(), x, create_graph=True)
    assert second.tolist() == [2.0, 2.0, 2.0]
    assert grad(second.sum(), x, allow_unused=True).tolist() == [0.0, 0.0, 0.0]
    b = leaf([2.0, 3.0])
    assert grad((tensor(np.zeros(2)) ** b).sum(), b).tolist() == [0.0, 0.0]


def test_sigmoid_and_tanh_do_not_overflow():
    x = leaf([-1000.0, 1000.0])
    assert tg.sigmoid(x).tolist() == [0.0, 1.0]
    assert tg.tanh(x).tolist() == [-1.0, 1.0]
    assert grad(tg.sigmoid(x).sum(), x).tolist() == [0.0, 0.0]


def test_dropout_scales_what_it_keeps_and_repeats_by_seed():
    x = leaf(np.full((100, 50), 3.0))
    y = tg.dropout(x, 0.2, generator=np.random.default_rng(1))
    assert set(np.unique(y.array)) == {0.0, 3.0 / 0.8}
    assert abs((y.array == 0).mean() - 0.2) < 0.02
    again = tg.dropout(x, 0.2, generator=np.random.default_rng(1))
    np.testing.assert_array_equal(y.array, again.array)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.array, y.array / 3.0)
    assert tg.dropout(x, 0.2, training=False) is x
    assert not tg.dropout(x, 1.0).array.any()
    assert tg.dropout(tensor([1.0]), 0.5).dtype == np.float32


def test_negative_padding_cuts_off():
    x = leaf(np.arange(12.0).reshape(3, 4))
    y = tg.pad(x, (-1, 2, 1, -2), value=7.0)
    assert y.tolist() == [[7, 7, 7, 7, 7], [1, 2, 3, 7, 7]]
    y.sum().backward()
    assert x.grad.tolist() == [[0, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_repeated_indices_add_up():
    x = leaf([1.0, 2.0, 3.0])
    x[[0, 0, 2, 0]].sum().backward()
    assert x.grad.tolist() == [3.0, 0.0, 1.0]
    x.grad = None
    x[tensor([-1, 2])].sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 2.0]


def test_batch_norm_normalises_and_moves_its_statistics():
    x = RNG.standard_normal((4, 3, 5, 2)) * 3 + 1
    m, v = tensor(np.zeros(3)), tensor(np.ones(3))
    y = tg.batch_norm(tensor(x), m, v, training=True, momentum=0.25)
    assert_close(y.array.mean((0, 2, 3)), np.zeros(3), 1e-12, "mean")
    assert_close(y.array.var((0, 2, 3)), np.ones(3), 1e-4, "variance")
    assert_close(m.array, 0.25 * x.mean((0, 2, 3)), 1e-12, "running mean")
    assert_close(v.array, 0.75 + 0.25 * x.var((0, 2, 3), ddof=1), 1e-12, "running variance")
    held = m.tolist()
    tg.batch_norm(tensor(x), m, v)
    assert m.tolist() == held


def test_values_of_zero_dimensional_tensors_have_the_dimension_0():
    x = leaf(3.0)
    for y in (tg.sum(x, -1), tg.mean(x, 0), tg.amax(x, 0), tg.max(x, 0).values, tg.flatten(x)):
        assert y.reshape(1).tolist() == [3.0]
    assert tg.softmax(x, 0).item() == 1.0
    assert tg.log_softmax(x, -1).item() == 0.0
    assert tg.argmax(x, 0).item() == 0


def test_making_tensors():
    assert tg.zeros(2, 3).shape == tg.ones((2, 3)).shape == tg.rand([2, 3]).shape == (2, 3)
    assert tg.full((2,), 7.0, dtype=np.float64).dtype == np.float64
    assert tg.arange(2, 8, 2).tolist() == [2, 4, 6]
    assert tg.arange(0.0, 1.0, 0.25).dtype == np.float32
    drawn = tg.randn(200, 100, generator=np.random.default_rng(0)).array
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.02
    assert tg.zeros(1, requires_grad=True).requires_grad
    with no_grad():
        assert tg.ones(2).tolist() == [1.0, 1.0]

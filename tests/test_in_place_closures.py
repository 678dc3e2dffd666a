"""Operations of users: whatever way their closures hold on to values, they see no changed ones."""

from functools import partial

import pytest
from numeric import assert_close
from programs import W, X, leaf, refused

from tinygrad_cnn import op, tensor
from tinygrad_cnn.core import wrap
from tinygrad_cnn.errors import GraphError

CLOSURES = {
    "by name": lambda x: lambda g: g * 2.0 * x,
    "raw array": lambda x: (lambda a: lambda g: g * 2.0 * wrap(a))(x.array),
    "its data": lambda x: (lambda a: lambda g: g * 2.0 * a)(x.data),
    "a view of its data": lambda x: (lambda a: lambda g: g * 2.0 * a)(x.data[:]),
    "default argument": lambda x: lambda g, x=x: g * 2.0 * x,
    "keyword default": lambda x: lambda g, *, x=x: g * 2.0 * x,
    "partial": lambda x: partial(lambda x, g: g * 2.0 * x, x),
    "partial by keyword": lambda x: partial(lambda g, x: g * 2.0 * x, x=x),
    "list": lambda x: (lambda held: lambda g: g * 2.0 * held[0])([x]),
    "dictionary": lambda x: (lambda held: lambda g: g * 2.0 * held["x"])({"x": x}),
    "object": lambda x: Saved(x).backward,
    "callable object": lambda x: Saved(x),
    "nested function": lambda x: (lambda inner: lambda g: g * inner())(lambda: 2.0 * x),
}


class Saved:
    def __init__(self, x):
        self.x = x

    def backward(self, g):
        return g * 2.0 * self.x

    __call__ = backward


@pytest.mark.parametrize("way", CLOSURES)
@pytest.mark.parametrize("change", ["item", "set", "replace", "held"])
def test_a_users_closure_never_sees_changed_values(way, change):
    @op
    def square(x):
        return x.array**2, CLOSURES[way](x)

    x = leaf()
    held = x.data if change == "held" else None
    y = square(x).sum()
    if change == "item":
        x.data[0] = 5.0
    elif change == "set":
        x.data = X * 3
    elif change == "replace":
        x.replace(X * 3)
    else:
        held[0] = 5.0
    try:
        y.backward()
    except GraphError:
        return
    assert_close(x.grad.array, 2 * X, 1e-12, way)


@pytest.mark.parametrize("way", CLOSURES)
def test_a_users_closure_gives_the_right_gradient_when_nothing_changes(way):
    @op
    def square(x):
        return x.array**2, CLOSURES[way](x)

    x = leaf()
    y = square(x).sum()
    assert x.data[0] == 1.0
    y.backward()
    assert_close(x.grad.array, 2 * X, 1e-12, way)


@refused
def test_a_constant_that_died_while_its_data_lives():
    @op
    def scaled(x, c):
        held = c.array
        return x.array * held, lambda g: g * wrap(held), None

    x, c = leaf(), tensor(W)
    d = c.data
    y = scaled(x, c).sum()
    del c
    d[0] = 50.0
    y.backward()


@refused
def test_the_second_of_any_number_of_tensors_changed():
    @op
    def total_of_squares(*xs):
        return sum(x.array**2 for x in xs), *(lambda g, k=k: g * 2.0 * xs[k] for k in range(len(xs)))

    a, b = leaf(), leaf(W)
    y = total_of_squares(a, b).sum()
    b.data[0] = 5.0
    y.backward()

"""Checkpointing saves memory; rows of functions are cut into segments; what cannot be meant is named."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError


def leaf(*shape):
    return tg.tensor(np.random.default_rng(0).standard_normal(shape), requires_grad=True)


def peak(run):
    gc.collect()
    tracemalloc.start()
    run()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def test_memory_is_saved():
    net = nn.Sequential(*(nn.Tanh() for _ in range(36)))
    x = tg.tensor(np.ones((400, 250), np.float32), requires_grad=True)  # 0.4 MB each

    def plain():
        net(x).sum().backward()

    def checked():
        tg.checkpoint_sequential(net, 6, x).sum().backward()

    assert peak(plain) > 36 * 0.4e6
    assert peak(checked) < 18 * 0.4e6  # 5 segments' inputs, and what one segment of 6 keeps


def test_between_forward_and_backward_nothing_inside_is_kept():
    kept = []

    def function(x):
        y = x.exp()
        kept.append(weakref.ref(y.array))
        return y.sum()

    x = leaf(5)
    y = tg.checkpoint(function, x)
    assert kept[0]() is None
    y.backward()
    assert kept[1]() is None
    np.testing.assert_allclose(x.grad, np.exp(x.numpy()))


def test_segments_are_as_even_as_can_be_and_the_last_one_is_kept():
    calls = []
    functions = [lambda x, i=i: (calls.append(i), x * 2.0)[1] for i in range(7)]
    x = leaf(2)
    y = tg.checkpoint_sequential(functions, 3, x)
    assert calls == [*range(7)]
    assert tg.grad(y.sum(), x).tolist() == [128.0, 128.0]
    assert calls[7:] == [2, 3, 0, 1]


def test_wrong_arguments_are_named():
    x = leaf(2)
    for call, message in [
        (lambda: tg.checkpoint(3, x), "checkpoint: function must be callable, got int"),
        (lambda: tg.checkpoint(tg.tanh, x, use_reentrant="no"), "must be True, False or None, got 'no'"),
        (lambda: tg.checkpoint(tg.tanh, x, determinism_check="all"), "'default' or 'none', got 'all'"),
        (lambda: tg.checkpoint_sequential([tg.tanh], 2, x), "segments must be at most 1, .* got 2"),
        (lambda: tg.checkpoint_sequential([tg.tanh], 0, x), "segments must be an integer >= 1, got 0"),
        (lambda: tg.checkpoint_sequential(3, 1, x), "functions must be a Sequential or a list, got int"),
    ]:  # fmt: skip
        with pytest.raises(ArgumentError, match=message):
            call()

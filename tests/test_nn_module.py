"""Modules: what is registered is found again, and what changes all of it reaches all of it."""

import copy
import sys

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, DtypeError


class Block(nn.Module):
    """A module with one of everything: parameters, buffers, a child, and plain attributes between them."""

    def __init__(self):
        super().__init__()
        self.size = 3
        self.scale = nn.Parameter([1.0, 2.0, 3.0])
        self.register_buffer("mean", tg.zeros(3))
        self.dense = nn.Linear(3, 2)
        self.register_buffer("cache", tg.ones(1), persistent=False)
        self.shift = nn.Parameter([0.5, 0.5])

    def forward(self, x):
        return self.dense(x * self.scale - self.mean) + self.shift


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Block()
        self.second = nn.Sequential(nn.ReLU(), Block())


def names(pairs):
    return [name for name, _ in pairs]


def test_parameters_are_found_in_order_of_assignment_those_of_children_after_their_own():
    block = ["scale", "shift", "dense.weight", "dense.bias"]
    assert names(Block().named_parameters()) == block
    assert names(Net().named_parameters()) == [f"{p}.{n}" for p in ("first", "second.1") for n in block]
    assert names(Block().named_parameters(prefix="a", recurse=False)) == ["a.scale", "a.shift"]
    assert [p.shape for p in Block().parameters()] == [(3,), (2,), (2, 3), (2,)]


def test_buffers_are_found_and_are_no_parameters():
    assert names(Net().named_buffers()) == ["first.mean", "first.cache", "second.1.mean", "second.1.cache"]
    assert [b.shape for b in Block().buffers()] == [(3,), (1,)]


def test_modules_are_found_with_their_paths():
    net = Net()
    assert names(net.named_modules()) == [
        "", "first", "first.dense", "second", "second.0", "second.1", "second.1.dense"
    ]  # fmt: skip
    assert names(net.named_children()) == ["first", "second"]
    assert list(net.children()) == [net.first, net.second]
    assert list(net.modules())[1] is net.first


def test_a_module_computes_what_its_forward_says_and_passes_gradients_to_its_parameters():
    block = Block()
    x = np.array([[1.0, -1.0, 2.0], [0.5, 0.0, 1.0]], np.float32)
    w, b = np.array(block.dense.weight), np.array(block.dense.bias)
    y = block(tg.tensor(x))
    np.testing.assert_allclose(y, (x * [1, 2, 3]) @ w.T + b + 0.5, rtol=1e-5)
    y.sum().backward()
    np.testing.assert_allclose(block.shift.grad, [2, 2])
    np.testing.assert_allclose(block.scale.grad, (x * w.sum(0)).sum(0), rtol=1e-5)
    assert block.mean.grad is None


def test_a_parameter_is_a_tensor_that_requires_grad_and_keeps_its_dtype():
    source = np.array([1.0, 2.0])
    p = nn.Parameter(source)
    source[:] = 0
    assert isinstance(p, tg.Tensor) and p.requires_grad and p.dtype == np.float64
    assert p.tolist() == [1.0, 2.0]
    assert repr(nn.Parameter([1.0])) == "Parameter containing:\ntensor([1.], requires_grad=True)"
    assert not nn.Parameter([1.0], requires_grad=False).requires_grad
    assert type(p * 2) is tg.Tensor
    with pytest.raises(DtypeError, match="only float32 and float64 tensors can require grad"):
        nn.Parameter([1, 2])


def test_a_parameter_that_is_used_under_two_names_is_counted_once():
    a, b = nn.Linear(4, 4), nn.Linear(4, 4)
    b.weight = a.weight
    net = nn.Sequential(a, b)
    assert names(net.named_parameters()) == ["0.weight", "0.bias", "1.bias"]
    assert names(net.named_parameters(remove_duplicate=False)) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    net(tg.ones(1, 4)).sum().backward()
    assert sum(p.numel() for p in net.parameters()) == 16 + 4 + 4


def test_a_module_that_is_used_twice_is_counted_once():
    relu, dense = nn.ReLU(), nn.Linear(2, 2)
    net = nn.Sequential(dense, relu, dense, relu)
    assert names(net.named_modules()) == ["", "0", "1"]
    assert names(net.named_modules(remove_duplicate=False)) == ["", "0", "1", "2", "3"]
    assert names(net.named_children()) == ["0", "1"]
    assert len(list(net.parameters())) == 2
    assert len(net) == 4


def test_train_and_eval_reach_every_module():
    net = Net()
    assert net.eval() is net
    assert [m.training for m in net.modules()] == [False] * 7
    net.second.train()
    assert [m.training for m in net.modules()] == [False] * 3 + [True] * 4


def test_zero_grad_forgets_gradients_or_makes_them_zero():
    block = Block()
    block(tg.ones(2, 3)).sum().backward()
    held = block.shift.grad
    block.zero_grad(set_to_none=False)
    assert block.shift.grad.tolist() == [0.0, 0.0] and held.tolist() == [2.0, 2.0]
    block.zero_grad()
    assert [p.grad for p in block.parameters()] == [None] * 4


def test_requires_grad_freezes_all_parameters():
    block = Block().requires_grad_(False)
    assert not block(tg.ones(1, 3)).requires_grad
    assert block.requires_grad_().scale.requires_grad


def test_a_module_converts_to_float64_and_back_without_losing_ties():
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm2d(2))
    net[0].bias = net[1].bias
    held, weight = net[0].weight, net[0].weight.numpy().copy()
    net.double()
    assert {t.dtype for t in [*net.parameters(), net[1].running_var]} == {np.dtype(np.float64)}
    assert net[1].num_batches_tracked.dtype == np.int64
    assert net[0].weight is held and net[0].bias is net[1].bias
    np.testing.assert_array_equal(net.float()[0].weight, weight)
    assert net[0].weight.dtype == np.float32
    with pytest.raises(DtypeError, match="a module computes in float32 or float64, not in float16"):
        net.to(np.float16)


def test_apply_visits_the_innermost_modules_first():
    seen = []
    net = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Tanh()))
    net.apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["ReLU", "Tanh", "Sequential", "Sequential"]
    with pytest.raises(ArgumentError, match="apply expects a function of one module, got str"):
        net.apply("ReLU")


def test_hooks_see_and_replace_what_goes_in_and_out():
    dense = nn.Linear(2, 2)
    seen = []
    before = dense.register_forward_pre_hook(lambda m, args: seen.append((m, args[0].shape)))
    double = dense.register_forward_pre_hook(lambda m, args: args[0] * 2)
    after = dense.register_forward_hook(lambda m, args, y: (args[0].tolist(), y - dense.bias))
    given, result = dense(tg.ones(1, 2))
    assert seen == [(dense, (1, 2))] and given == [[2.0, 2.0]]
    np.testing.assert_allclose(result, 2 * np.array(dense.weight).sum(1)[None], rtol=1e-5)
    for handle in (before, double, after, after):
        handle.remove()
    assert dense(tg.ones(1, 2)).shape == (1, 2) and len(seen) == 1


def test_a_deep_copy_is_a_network_of_its_own_with_the_same_ties():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Dropout(generator=np.random.default_rng(1)))
    net[1].weight = net[0].weight
    twin = copy.deepcopy(net)
    assert type(twin[0].weight) is nn.Parameter and twin[0].weight is twin[1].weight
    assert twin[0].weight is not net[0].weight
    twin[0].weight.replace(np.zeros((2, 2), np.float32))
    assert net[0].weight.numpy().any()
    a, b = net(tg.ones(8, 2)).numpy(), net[2].generator
    assert a.shape == (8, 2) and twin[2].generator is not b


def test_generators_are_found_once_with_their_paths():
    shared = np.random.default_rng(1)
    net = nn.Sequential(
        nn.Dropout(generator=shared), nn.Dropout(), nn.Sequential(nn.Dropout(generator=shared))
    )
    assert list(net.named_generators()) == [("0.generator", shared)]


def test_a_deep_nest_of_modules_is_walked_without_recursion():
    inner = nn.Sequential(nn.Linear(1, 1))
    net = inner
    for _ in range(50):
        net = nn.Sequential(net)
    limit = sys.getrecursionlimit()
    for _ in range(limit):  # assigning walks what is below, so the outermost are joined from the inside
        outer = nn.Module()
        outer.__dict__["next"] = net
        net = outer
    assert sum(1 for _ in net.modules()) == limit + 52
    assert len(list(net.parameters())) == 2


def test_repr_shows_the_tree():
    net = nn.Sequential(
        {"conv": nn.Conv2d(1, 2, (3, 5), padding=1, bias=False), "more": nn.Sequential(nn.ReLU())}
    )
    assert repr(net) == (
        "Sequential(\n"
        "  (conv): Conv2d(1, 2, kernel_size=(3, 5), stride=(1, 1), padding=(1, 1), bias=False)\n"
        "  (more): Sequential(\n"
        "    (0): ReLU()\n"
        "  )\n"
        ")"
    )
    assert repr(nn.Sequential()) == "Sequential()"


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"^Net has no forward method; define forward\(self, x\)$"):
        Net()(tg.ones(1))

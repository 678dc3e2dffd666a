"""`check_module` works on a copy: the module stays as it was; at which values it is checked; odd modules."""

import copy

import numpy as np
import pytest
from modules_to_check import crooked_tanh, seeded, small_net

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.testing import check_module


@pytest.fixture
def wrong_op():
    with crooked_tanh() as wrong:
        yield wrong


# -- the module stays as it was ------------------------------------------------------------------------


def snapshot(module):
    tensors = [*module.named_parameters(), *module.named_buffers()]
    return {
        "objects": [(name, id(t), id(t.array)) for name, t in tensors],
        "values": {name: (t.array.tobytes(), str(t.dtype), t.requires_grad) for name, t in tensors},
        "grads": {name: None if p.grad is None else p.grad.array.tobytes() for name, p in tensors},
        "modes": [m.training for m in module.modules()],
        "attributes": [sorted(m.__dict__) for m in module.modules()],
        "generators": [str(g.bit_generator.state) for _, g in module.named_generators()],
        "default": str(tg.default_generator().bit_generator.state),
    }


@pytest.mark.parametrize("shape", [(3, 2, 4, 6), (3, 7, 4, 6)], ids=["fits", "raises"])
def test_the_module_and_all_generators_stay_as_they_were(shape):
    net = small_net()
    net.norm.eval()
    net.append(nn.Dropout(0.2))
    net(tg.ones(3, 2, 4, 6)).sum().backward()
    net.conv.weight.requires_grad_(False)
    before = snapshot(net)
    if shape[1] == 2:
        check_module(net, shape)
    else:
        with pytest.raises(ArgumentError, match="raised an error with these inputs"):
            check_module(net, shape)
    assert snapshot(net) == before


def test_the_arrays_that_were_given_stay_as_they_were():
    x = seeded().standard_normal((5, 3)).astype(np.float32)
    kept = x.copy()
    check_module(nn.Linear(3, 2, generator=seeded()), x)
    assert np.array_equal(x, kept)
    assert x.dtype == np.float32


def test_frozen_parameters_are_checked_too():
    layer = nn.Linear(3, 2, generator=seeded()).requires_grad_(False)
    assert check_module(layer, (4, 3)).names == ("input", "weight", "bias")


# -- values at which it is checked ---------------------------------------------------------------------


def test_values_that_were_drawn_or_learnt_are_checked_as_they_are():
    layer = nn.Linear(3, 2, generator=seeded())
    report = check_module(layer, (4, 3))
    assert np.array_equal(report.inputs[1], layer.weight.array)
    assert np.array_equal(report.inputs[2], layer.bias.array)
    assert report.notes == ()
    net = small_net()
    beside_zeros = check_module(net, (3, 2, 4, 6), order=1)
    assert np.array_equal(beside_zeros.inputs[1], net.conv.weight.array)


def test_zeros_and_ones_are_moved_a_little_and_keep_their_sign():
    report = check_module(nn.BatchNorm2d(5), (3, 5, 2, 4))
    weight, bias = report.inputs[1:]
    assert 0.02 <= np.abs(weight - 1).min() <= np.abs(weight - 1).max() <= 0.1
    assert 0.02 <= np.abs(bias).min() <= np.abs(bias).max() <= 0.1
    assert len(set(bias)) == 5
    assert report.notes == ("weight, bias held equal values, such as zeros or ones, and were moved a little",)


def test_running_statistics_are_moved_where_they_are_used():
    note = check_module(nn.BatchNorm2d(5).eval(), (3, 5, 2, 4)).notes[0]
    assert note.startswith("weight, bias, running_mean, running_var held equal values")


def test_a_module_that_cannot_be_computed_beside_its_values_is_checked_at_them():
    class Even(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(np.ones(3, np.float32))

        def forward(self, x):
            if np.ptp(self.weight.array) > 0.01:
                raise ValueError("the weights are not alike")
            return x * self.weight

    report = check_module(Even(), (2, 3))
    assert np.array_equal(report.inputs[1], np.ones(3))
    assert report.notes == ()


def test_an_input_is_drawn_from_positive_values_if_the_module_needs_them():
    class Log(nn.Module):
        def forward(self, x):
            return x.log()

    report = check_module(Log(), (2, 3))
    assert (report.inputs[0] >= 0.5).all()
    assert report.notes == ("the input was drawn from 0.5 to 1.5: around 0 the module is not finite",)


def test_the_same_seed_gives_the_same_check_and_another_one_another():
    net = nn.Sequential(nn.Linear(3, 8, generator=seeded()), nn.Tanh(), nn.Dropout(0.4))
    first, again, other = (check_module(net, (5, 3), order=1, seed=s) for s in (4, 4, 5))
    tg.default_generator().random(3)
    late = check_module(net, (5, 3), order=1, seed=4)
    assert not np.array_equal(first.inputs[0], other.inputs[0])
    for x, y, z, u in zip(first.analytic, again.analytic, late.analytic, other.analytic, strict=True):
        assert np.array_equal(x, y)
        assert np.array_equal(x, z)
        assert not np.array_equal(x, u)


# -- modules of all kinds ------------------------------------------------------------------------------


def test_a_tied_parameter_is_one_input_and_gets_the_sum_of_its_gradients():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3, bias=False, generator=seeded())
            self.b = nn.Linear(3, 3, bias=False)
            self.b.weight = self.a.weight
            self.alias = self.a

        def forward(self, x):
            return self.b(self.a(x).tanh())

    assert check_module(Tied(), (2, 3)).names == ("x", "a.weight")


def test_parameters_that_forward_collects_are_found():
    class Penalised(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear(3, 2, generator=seeded())
            self.only_there = nn.Parameter([0.3, -0.2])

        def forward(self, x):
            return self.dense(x).sum() + sum((p * p).sum() for p in self.parameters())

    assert check_module(Penalised(), (2, 3)).notes == ()


def test_integers_select_rows_of_a_parameter_and_are_no_input_of_the_check():
    class Rows(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Parameter(seeded().standard_normal((5, 3)).astype(np.float32))

        def forward(self, index, scale):
            return {"rows": self.table[index] * scale, "scale": scale.sum()}

    report = check_module(Rows(), [np.array([0, 4, 2, 4]), (4, 3)])
    assert report.names == ("scale", "table")


def test_results_and_counters_that_a_layer_keeps_do_no_harm():
    class Keeping(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter([1.0, -2.0, 0.5])
            self.mean = np.zeros(3, np.float32)
            self.calls = 0

        def forward(self, x):
            self.last = (x * self.weight + tensor(self.mean.astype(x.dtype))) * (1.0 + self.calls)
            self.calls += 1
            self.mean += 1
            return self.last.tanh()

    layer = Keeping()
    layer(tg.ones(2, 3))
    kept, last = copy.deepcopy(layer.mean), layer.last
    assert check_module(layer, (2, 3))
    assert layer.last is last
    assert layer.calls == 1
    assert np.array_equal(layer.mean, kept)


def test_hooks_that_change_the_result_are_part_of_what_is_checked(wrong_op):
    layer = nn.Linear(3, 2, generator=seeded())
    layer.register_forward_hook(lambda module, args, result: wrong_op(result))
    assert check_module(layer, (2, 3), raise_exception=False).verdict == "fail"

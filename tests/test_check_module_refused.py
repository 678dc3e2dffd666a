"""`check_module` answers in words to what it cannot check."""

import numpy as np
import pytest
from modules_to_check import seeded

from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, DtypeError
from tinygrad_cnn.testing import check_module


class Raising(nn.Module):
    def forward(self, x):
        raise KeyError("colour")


class Nothing(nn.Module):
    def forward(self, x):
        return None


class Locked(nn.Module):
    def __init__(self):
        super().__init__()
        self.stream = (i for i in range(3))


def broken():
    layer = nn.Linear(3, 2, generator=seeded())
    layer.bias.data[1] = np.nan
    return layer


@pytest.mark.parametrize(
    "module, shape, words",
    [
        (nn.Linear, (2, 3), r"expected a module, got the class Linear; make one of it: Linear\(\.\.\.\)"),
        (np.tanh, (2, 3), "expected a module, .* got tanh; functions are checked by gradcheck"),
        (7, (2, 3), r"expected a module, such as nn.Linear\(3, 2\), got int$"),
        (nn.ReLU(), 5, "input_shape is the shape of the input with its batch, .* got int 5"),
        (nn.ReLU(), [], r"got list \[\]"),
        (nn.ReLU(), None, "got NoneType None"),
        (nn.ReLU(), "ab", "got str ab"),
        (nn.ReLU(), (True, 3), r"got tuple \(True, 3\)"),
        (nn.ReLU(), (2, 3.0), r"got tuple \(2, 3.0\)"),
        (nn.ReLU(), (2, -3), r"sizes in input_shape are 0 or more, got \(2, -3\); give the batch a size"),
        (nn.ReLU(), (10**5, 10**5), r"shape \(100000, 100000\) is too large"),
        (nn.ReLU(), np.full((2, 3), np.inf), r"input 0 holds inf at \[0, 0\]"),
        (broken(), (2, 3), "the parameter bias holds NaN or infinity"),
        (nn.Linear(3, 2), (2, 4), "Linear raised an error .*: linear expects x .* I is 4 in x but 3 in w"),
        (nn.Linear(3, 2), [(2, 3), (2,)], "takes 2 positional arguments but 3 were given"),
        (Raising(), (2, 3), "Raising raised an error with these inputs, .*: KeyError: 'colour'"),
        (Nothing(), (2, 3), r"returned nothing \(None\)"),
        (Locked(), (2, 3), "Locked is checked on a copy, and cannot be copied: TypeError: cannot pickle"),
        (nn.Module(), (2, 3), "Module has no forward method; define forward"),
    ],
)
def test_what_cannot_be_checked_is_told_in_words(module, shape, words):
    with pytest.raises(ArgumentError, match=words):
        check_module(module, shape)


@pytest.mark.parametrize(
    "given, words",
    [
        (np.array(["a"]), "made of numbers, got an array of <U1"),
        (np.array([1j]), "made of numbers, got an array of complex128"),
        (np.array([1, 2]), "gradients exist for floats only"),
    ],
)
def test_inputs_that_are_no_floats_are_refused_in_words(given, words):
    with pytest.raises(DtypeError, match=words):
        check_module(nn.ReLU(), given)


@pytest.mark.parametrize(
    "setting, words",
    [
        ({"order": 3}, "order is 1"),
        ({"mode": "quick"}, "mode is 'auto', 'fast' or 'full'"),
        ({"seed": -1}, "seed is an integer >= 0"),
        ({"atol": -1.0}, "atol is a number >= 0"),
    ],
)
def test_settings_that_mean_nothing_are_refused(setting, words):
    with pytest.raises(ArgumentError, match=words):
        check_module(nn.ReLU(), (2, 3), **setting)


def test_a_result_that_is_not_finite_is_inconclusive():
    class Root(nn.Module):
        def forward(self, x):
            return (-x * x).sqrt()

    report = check_module(Root(), (2, 3), raise_exception=False)
    assert report.verdict == "inconclusive"
    assert "choose inputs where it is finite" in report.reason

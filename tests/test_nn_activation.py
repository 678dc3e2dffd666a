"""Activation layers: they are their functions, say their settings, and PReLU learns."""

import inspect

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, optim
from tinygrad_cnn.testing import check_module

X = np.random.default_rng(2).normal(size=(2, 3, 4, 5)) * 3

# layer, the same as a function, how it is written
LAYERS = [
    (nn.CELU(), tg.celu, "CELU(alpha=1.0)"),
    (nn.CELU(2), lambda x: tg.celu(x, 2), "CELU(alpha=2)"),
    (nn.ELU(0.5, inplace=True), lambda x: tg.elu(x, 0.5), "ELU(alpha=0.5)"),
    (nn.GELU(), tg.gelu, "GELU(approximate='none')"),
    (nn.GELU("tanh"), lambda x: tg.gelu(x, approximate="tanh"), "GELU(approximate='tanh')"),
    (nn.Hardshrink(1.5), lambda x: tg.hardshrink(x, 1.5), "Hardshrink(1.5)"),
    (nn.Hardsigmoid(True), tg.hardsigmoid, "Hardsigmoid()"),
    (nn.Hardswish(True), tg.hardswish, "Hardswish()"),
    (nn.Hardtanh(), tg.hardtanh, "Hardtanh(min_val=-1.0, max_val=1.0)"),
    (nn.Hardtanh(-2, 0.5, True), lambda x: tg.hardtanh(x, -2, 0.5), "Hardtanh(min_val=-2, max_val=0.5)"),
    (nn.LeakyReLU(), tg.leaky_relu, "LeakyReLU(negative_slope=0.01)"),
    (nn.LeakyReLU(0.3, True), lambda x: tg.leaky_relu(x, 0.3), "LeakyReLU(negative_slope=0.3)"),
    (nn.LogSigmoid(), tg.logsigmoid, "LogSigmoid()"),
    (nn.Mish(True), tg.mish, "Mish()"),
    (nn.ReLU6(True), tg.relu6, "ReLU6()"),
    (nn.SELU(True), tg.selu, "SELU()"),
    (nn.SiLU(True), tg.silu, "SiLU()"),
    (nn.Softplus(), tg.softplus, "Softplus(beta=1.0, threshold=20.0)"),
    (nn.Softplus(2, 1), lambda x: tg.softplus(x, 2, 1), "Softplus(beta=2, threshold=1)"),
    (nn.Softshrink(), tg.softshrink, "Softshrink(0.5)"),
    (nn.Softsign(), tg.softsign, "Softsign()"),
    (nn.Tanhshrink(), tg.tanhshrink, "Tanhshrink()"),
    (nn.Threshold(0.1, 20), lambda x: tg.threshold(x, 0.1, 20), "Threshold(threshold=0.1, value=20)"),
]


@pytest.mark.parametrize(("layer", "function", "words"), LAYERS, ids=[words for *_, words in LAYERS])
def test_a_layer_is_its_function_and_says_its_settings(layer, function, words):
    np.testing.assert_array_equal(layer(tg.tensor(X)), function(tg.tensor(X)))
    assert repr(layer) == words
    assert not list(layer.parameters())
    assert not layer.state_dict()
    assert layer(tg.zeros(0, 3)).shape == (0, 3)


SIGNATURES = {
    "CELU": "alpha=1.0 inplace=False",
    "ELU": "alpha=1.0 inplace=False",
    "GELU": "approximate='none'",
    "Hardshrink": "lambd=0.5",
    "Hardtanh": "min_val=-1.0 max_val=1.0 inplace=False",
    "LeakyReLU": "negative_slope=0.01 inplace=False",
    "Mish": "inplace=False",
    "ReLU6": "inplace=False",
    "Softplus": "beta=1.0 threshold=20.0",
    "Softshrink": "lambd=0.5",
    "Threshold": "threshold value inplace=False",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_layer_has_pytorchs_arguments(name):
    parameters = inspect.signature(getattr(nn, name)).parameters.values()
    words = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters]
    assert " ".join(words) == SIGNATURES[name]


def test_prelu_holds_its_slopes():
    layer = nn.PReLU(3, init=0.5)
    assert repr(layer) == "PReLU(num_parameters=3)"
    assert [(name, p.tolist()) for name, p in layer.named_parameters()] == [("weight", [0.5, 0.5, 0.5])]
    assert nn.PReLU().weight.tolist() == [0.25]
    assert nn.PReLU(dtype=np.float64).weight.dtype == np.float64
    other = nn.PReLU(3)
    other.load_state_dict(layer.state_dict())
    assert other.weight.tolist() == [0.5, 0.5, 0.5]


def test_the_gradients_of_prelu_are_right():
    assert check_module(nn.PReLU(3), (2, 3, 4, 5))


def test_prelu_learns_the_slopes_that_made_the_data():
    layer = nn.PReLU(3)
    x = tg.tensor(X.astype(np.float32))
    wanted = tg.prelu(x, tg.tensor([0.1, 0.5, -1.0]))
    step = optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(100):
        step.zero_grad()
        tg.mse_loss(layer(x), wanted).backward()
        step.step()
    np.testing.assert_allclose(layer.weight, [0.1, 0.5, -1.0], atol=1e-3)

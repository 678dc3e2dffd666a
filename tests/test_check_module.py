"""`check_module`: every layer and ready model passes, and what is wrong in one of them is named."""

import numpy as np
import pytest
from layers_to_check import LAYERS
from modules_to_check import crooked_tanh, seeded

from tinygrad_cnn import functional as F
from tinygrad_cnn import nn
from tinygrad_cnn.core import REGISTRY, wrap
from tinygrad_cnn.core.op import op
from tinygrad_cnn.testing.checks.modules import check_module
from tinygrad_cnn.testing.report import GradcheckError


@pytest.mark.parametrize("make, shape", LAYERS.values(), ids=list(LAYERS))
def test_every_layer_passes_by_its_input_and_all_its_parameters(make, shape):
    module = make()
    report = check_module(module, shape)
    parameters = [path for path, _ in module.named_parameters()]
    assert report.verdict == "pass"
    assert list(report.names)[len(report.names) - len(parameters) :] == parameters
    assert len(report.names) > len(parameters)
    assert not any("float32 was not checked" in note for note in report.notes)


def test_every_layer_of_nn_is_among_those_checked():
    seen = {type(m).__name__ for make, _ in LAYERS.values() for m in make().modules()}
    kinds = {name for name in nn.__all__ if isinstance(getattr(nn, name), type)}
    assert kinds - seen == {"Module", "Parameter"}


@pytest.mark.parametrize(
    "model, shape",
    [
        (lambda: nn.models.seed_cnn(2, (2, 4, 6), seed=0), (2, 2, 4, 6)),
        (lambda: nn.models.lenet5(3, 1, (12, 13), seed=0), (1, 1, 12, 13)),
        (lambda: nn.models.vgg_small(3, 2, (4, 5), seed=0), (1, 2, 4, 5)),
    ],
    ids=["seed", "lenet5", "vgg-small"],
)
def test_the_ready_models_pass(model, shape):
    report = check_module(model(), shape, order=1)
    assert report.verdict == "pass"
    assert report.measured.coordinates == np.prod(shape) + sum(p.numel() for p in model().parameters())


def test_a_ready_model_passes_to_second_order():
    assert check_module(nn.models.seed_cnn(2, (1, 2, 4), seed=0), (2, 1, 2, 4)).order == 2


# -- mistakes ------------------------------------------------------------------------------------------


@pytest.fixture
def wrong_op():
    with crooked_tanh() as wrong:
        yield wrong


class Scaled(nn.Module):
    """A dense layer, a function, and a scale that begins with zeros."""

    def __init__(self, function):
        super().__init__()
        self.dense = nn.Linear(3, 4, generator=seeded())
        self.scale = nn.Parameter(np.zeros(4, np.float32))
        self.function = function

    def forward(self, x):
        return self.function(self.dense(x)) * self.scale


def test_a_wrong_op_is_found_behind_a_scale_of_zeros(wrong_op):
    report = check_module(Scaled(wrong_op), (2, 3), raise_exception=False)
    assert report.verdict == "fail"
    assert report.codes == ("factor",)
    assert "1.01" in report.diagnosis[0].evidence
    assert report.worst.name in ("x", "dense.weight", "dense.bias")
    assert report.notes[0] == "wrong: x, dense.weight, dense.bias; right: scale"
    assert "scale held equal values, such as zeros or ones, and were moved a little" in report.notes
    assert check_module(Scaled(F.tanh), (2, 3))


def test_the_error_carries_the_report_and_the_lines_that_reproduce_it(wrong_op):
    with pytest.raises(GradcheckError) as caught:
        check_module(Scaled(wrong_op), [(2, 3)], order=1, seed=3)
    lines = caught.value.report.reproduce.splitlines()
    assert len(lines) == 6
    assert lines[3:5] == [
        "inputs = [(2, 3)]",
        "report = check_module(module, inputs, order=1, seed=3, mode='auto', raise_exception=False)",
    ]
    assert "FAIL  Scaled" in str(caught.value)


class Dense(nn.Module):
    """Weights with which subclasses do something wrong."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(seeded().standard_normal((4, 3)).astype(np.float32))
        self.offset = nn.Parameter(seeded(1).standard_normal(4).astype(np.float32))
        self.register_buffer("seen", wrap(np.zeros(3, np.float32)))


class Detaching(Dense):
    def forward(self, x):
        return F.linear(x, self.weight.detach(), self.offset)


class Ignoring(Dense):
    def forward(self, x):
        return F.linear(x, self.weight)


class Constant(Dense):
    def forward(self, x):
        return self.weight * self.offset.reshape(4, 1)


class Noisy(Dense):
    def forward(self, x):
        return F.linear(x, self.weight, self.offset) * float(np.random.default_rng().random())


class Writing(Dense):
    def forward(self, x):
        self.weight.data[...] *= 0.5
        return F.linear(x, self.weight, self.offset)


class Remembering(Dense):
    """The backward pass reads what the last forward pass has left on the layer."""

    def forward(self, x):
        self.last = x.array
        return remembered(x, self) + self.offset.sum()


def remembered(x, layer):
    @op
    def squares_of_last(x):
        return x.array**2, lambda g: g * 2 * wrap(layer.last)

    del REGISTRY["squares_of_last"]
    return squares_of_last(x)


@pytest.mark.parametrize(
    "kind, code",
    [
        (Detaching, "graph-cut"),
        (Noisy, "nondeterministic"),
        (Writing, "input-modified"),
        (Remembering, "stale"),
    ],
)
def test_what_a_layer_of_ones_own_does_wrong_is_named(kind, code):
    report = check_module(kind(), (2, 3), raise_exception=False)
    assert report.verdict == "fail"
    assert report.codes[0] == code


def test_the_weight_that_was_detached_is_named():
    report = check_module(Detaching(), (2, 3), raise_exception=False)
    assert report.worst.name == "weight"
    assert report.notes[0] == "wrong: weight; right: x, offset"


def test_a_parameter_that_forward_does_not_use_is_told():
    report = check_module(Ignoring(), (2, 3))
    assert report.notes == ("forward does not use offset: it gets no gradient, and will never learn",)


def test_an_input_that_forward_does_not_use_is_told():
    assert check_module(Constant(), (2, 3)).notes == ("the result does not depend on x",)

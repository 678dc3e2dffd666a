"""`check_module`: every layer and ready model passes, and what is wrong in one of them is named."""

import numpy as np
import pytest
from modules_to_check import crooked_tanh, seeded, small_net

from tinygrad_cnn import functional as F
from tinygrad_cnn import nn, tensor
from tinygrad_cnn.core import REGISTRY, wrap
from tinygrad_cnn.core.op import op
from tinygrad_cnn.testing.checks.modules import check_module
from tinygrad_cnn.testing.report import GradcheckError

LABELS = np.array([0, 2, 1, 0])
SCORES = (4, 3)


LAYERS = {
    "conv": (lambda: nn.Conv2d(2, 3, (3, 2), generator=seeded()), (2, 2, 4, 5)),
    "conv-stride-padding": (lambda: nn.Conv2d(2, 3, 3, (2, 1), (1, 2), generator=seeded()), (1, 2, 5, 4)),
    "conv-dilation-no-bias": (
        lambda: nn.Conv2d(2, 3, (2, 3), dilation=(2, 1), bias=False, generator=seeded()),
        (1, 2, 5, 4),
    ),
    "conv-groups": (lambda: nn.Conv2d(4, 6, 2, groups=2, generator=seeded()), (1, 4, 3, 4)),
    "conv-transpose": (lambda: nn.ConvTranspose2d(2, 3, 3, 2, generator=seeded()), (1, 2, 2, 3)),
    "linear": (lambda: nn.Linear(3, 2, generator=seeded()), (5, 3)),
    "linear-zeros": (lambda: filled(nn.Linear(3, 2)), (5, 3)),
    "batch-norm": (lambda: nn.BatchNorm2d(2), (3, 2, 2, 4)),
    "batch-norm-eval": (lambda: nn.BatchNorm2d(2).eval(), (3, 2, 2, 4)),
    "batch-norm-cumulative": (lambda: nn.BatchNorm2d(2, momentum=None), (3, 2, 2, 4)),
    "batch-norm-bare": (lambda: nn.BatchNorm2d(2, affine=False, track_running_stats=False), (3, 2, 2, 4)),
    "dropout": (lambda: nn.Dropout(0.4), (4, 5)),
    "dropout-own-generator": (lambda: nn.Dropout(0.4, generator=seeded(5)), (4, 5)),
    "dropout-eval": (lambda: nn.Dropout(0.4).eval(), (4, 5)),
    "max-pool": (lambda: nn.MaxPool2d((2, 3), (2, 1), (1, 0)), (1, 2, 4, 5)),
    "avg-pool": (lambda: nn.AvgPool2d((2, 3), (2, 1), (1, 0)), (1, 2, 4, 5)),
    "relu": (nn.ReLU, (3, 4)),
    "sigmoid": (nn.Sigmoid, (3, 4)),
    "tanh": (nn.Tanh, (3, 4)),
    "softmax": (lambda: nn.Softmax(1), (3, 4)),
    "log-softmax": (lambda: nn.LogSoftmax(dim=0), (3, 4)),
    "flatten": (nn.Flatten, (2, 3, 2)),
    "cross-entropy": (nn.CrossEntropyLoss, [SCORES, LABELS]),
    "cross-entropy-settings": (
        lambda: nn.CrossEntropyLoss([1.0, 2.0, 0.5], 2, "sum", 0.1),
        [SCORES, tensor(LABELS)],
    ),
    "nll": (nn.NLLLoss, [SCORES, LABELS]),
    "mse": (nn.MSELoss, [SCORES, SCORES]),
    "network": (small_net, (3, 2, 4, 6)),
    "network-eval": (lambda: small_net().eval(), (3, 2, 4, 6)),
    "empty-sequential": (nn.Sequential, (2, 3)),
    "empty-batch": (lambda: nn.Linear(3, 2), (0, 3)),
}


SHARES = np.linspace(0.2, 0.8, 12).reshape(4, 3)
SIGNS = np.array([[1, -1, 1], [-1, 1, 1], [1, 1, -1], [-1, -1, 1]])
LAYERS |= {
    name: (getattr(nn, name), (3, 4))
    for name in (
        *("CELU", "ELU", "GELU", "SELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU"),
        *("LogSigmoid", "Mish", "PReLU", "ReLU6", "SiLU", "Softplus", "Softshrink", "Softsign", "Tanhshrink"),
    )
}
LAYERS |= {
    "Threshold": (lambda: nn.Threshold(0.1, 2.0), (3, 4)),
    "BCELoss": (nn.BCELoss, [SHARES, 1 - SHARES]),
    "BCEWithLogitsLoss": (nn.BCEWithLogitsLoss, [SCORES, SHARES]),
    "CosineEmbeddingLoss": (nn.CosineEmbeddingLoss, [SCORES, SCORES, SIGNS[:, 0]]),
    "DiceLoss": (nn.DiceLoss, [SHARES.reshape(2, 2, 3), np.array([[0, 1, 1], [1, 0, 1]])]),
    "GaussianNLLLoss": (nn.GaussianNLLLoss, [SCORES, SCORES, SHARES]),
    "HingeEmbeddingLoss": (nn.HingeEmbeddingLoss, [SCORES, SIGNS]),
    "HuberLoss": (nn.HuberLoss, [SCORES, SCORES]),
    "KLDivLoss": (lambda: nn.KLDivLoss("batchmean"), [SCORES, SHARES]),
    "L1Loss": (nn.L1Loss, [SCORES, SCORES]),
    "MarginRankingLoss": (nn.MarginRankingLoss, [SCORES, SCORES, SIGNS]),
    "PoissonNLLLoss": (nn.PoissonNLLLoss, [SCORES, SHARES]),
    "SigmoidFocalLoss": (nn.SigmoidFocalLoss, [SCORES, (SIGNS + 1) // 2]),
    "SmoothL1Loss": (nn.SmoothL1Loss, [SCORES, SCORES]),
    "SoftMarginLoss": (nn.SoftMarginLoss, [SCORES, SIGNS]),
}


def filled(module, value=0.0):
    for p in module.parameters():
        p.replace(np.full_like(p.array, value))
    return module


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

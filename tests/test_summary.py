"""Summaries: the whole text for the three networks, the numbers by hand, and what is left as it was."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.viz import summary

SEED = """\
layer    type       output shape      parameters  multiply-adds    output
         (input)    (1, 3, 120, 120)                             172.8 kB
conv     Conv2d     (1, 4, 120, 120)         112      1,555,200  230.4 kB
pool     MaxPool2d  (1, 4, 60, 60)             0              0   57.6 kB
flatten  Flatten    (1, 14400)                 0              0   57.6 kB
dense1   Linear     (1, 12)              172,812        172,800      48 B
relu     ReLU       (1, 12)                    0              0      48 B
dense2   Linear     (1, 3)                    39             36      12 B
parameters     172,963, all trainable
multiply-adds  1,728,036 (1.7 M) for a batch of 1
weights        691.9 kB
activations    403.2 kB forward (largest input and output of a layer), 518.5 kB training (all)"""

LENET5 = """\
layer    type       output shape     parameters  multiply-adds   output
         (input)    (1, 1, 28, 28)                               3.1 kB
conv1    Conv2d     (1, 6, 28, 28)          156        117,600  18.8 kB
relu1    ReLU       (1, 6, 28, 28)            0              0  18.8 kB
pool1    MaxPool2d  (1, 6, 14, 14)            0              0   4.7 kB
conv2    Conv2d     (1, 16, 10, 10)       2,416        240,000   6.4 kB
relu2    ReLU       (1, 16, 10, 10)           0              0   6.4 kB
pool2    MaxPool2d  (1, 16, 5, 5)             0              0   1.6 kB
flatten  Flatten    (1, 400)                  0              0   1.6 kB
dense1   Linear     (1, 120)             48,120         48,000    480 B
relu3    ReLU       (1, 120)                  0              0    480 B
dense2   Linear     (1, 84)              10,164         10,080    336 B
relu4    ReLU       (1, 84)                   0              0    336 B
dense3   Linear     (1, 10)                 850            840     40 B
parameters     61,706, all trainable
multiply-adds  416,520 for a batch of 1
weights        246.8 kB
activations    37.6 kB forward (largest input and output of a layer), 63.1 kB training (all)"""

VGG_SMALL = """\
layer    type       output shape     parameters  multiply-adds    output
         (input)    (2, 3, 32, 32)                               24.6 kB
conv1    Conv2d     (2, 32, 32, 32)         896      1,769,472  262.1 kB
relu1    ReLU       (2, 32, 32, 32)           0              0  262.1 kB
conv2    Conv2d     (2, 32, 32, 32)       9,248     18,874,368  262.1 kB
relu2    ReLU       (2, 32, 32, 32)           0              0  262.1 kB
pool1    MaxPool2d  (2, 32, 16, 16)           0              0   65.5 kB
conv3    Conv2d     (2, 64, 16, 16)      18,496      9,437,184  131.1 kB
relu3    ReLU       (2, 64, 16, 16)           0              0  131.1 kB
conv4    Conv2d     (2, 64, 16, 16)      36,928     18,874,368  131.1 kB
relu4    ReLU       (2, 64, 16, 16)           0              0  131.1 kB
pool2    MaxPool2d  (2, 64, 8, 8)             0              0   32.8 kB
flatten  Flatten    (2, 4096)                 0              0   32.8 kB
dense1   Linear     (2, 128)            524,416      1,048,576    1.0 kB
relu5    ReLU       (2, 128)                  0              0    1.0 kB
dense2   Linear     (2, 10)               1,290          2,560      80 B
parameters     591,274, all trainable
multiply-adds  50,006,528 (50.0 M) for a batch of 2
weights        2.4 MB
activations    524.3 kB forward (largest input and output of a layer), 1.7 MB training (all)"""


@pytest.mark.parametrize(
    ("model", "shape", "batch", "text"),
    [
        (nn.models.seed_cnn, (3, 120, 120), 1, SEED),
        (nn.models.lenet5, (1, 28, 28), 1, LENET5),
        (nn.models.vgg_small, (3, 32, 32), 2, VGG_SMALL),
    ],
    ids=["seed", "lenet5", "vgg-small"],
)
def test_the_table_of_a_network(model, shape, batch, text):
    assert str(summary(model(seed=0), shape, batch)) == text


def test_the_numbers_of_the_seed_network_by_hand():
    result = summary(nn.models.seed_cnn(seed=0), (3, 120, 120))
    assert result.total_parameters == (4 * 27 + 4) + (14400 * 12 + 12) + (12 * 3 + 3) == 172963
    assert result.trainable_parameters == 172963
    assert result.total_multiply_adds == 4 * 120 * 120 * 27 + 14400 * 12 + 12 * 3
    assert result.weights_memory == 4 * 172963
    pixels = 120 * 120
    assert result.forward_memory == 4 * (3 * pixels + 4 * pixels)
    assert result.training_memory == 4 * (3 * pixels + 4 * pixels + 14400 + 14400 + 12 + 12 + 3)
    conv = result.rows[0]
    assert (conv.path, conv.type, conv.output_shape) == ("conv", "Conv2d", (1, 4, 120, 120))
    assert conv.input_shapes == ((1, 3, 120, 120),)
    assert (conv.parameters, conv.multiply_adds, conv.memory) == (112, 4 * 27 * pixels, 16 * pixels)


def test_groups_transposed_convolutions_and_normalisation_are_counted():
    net = nn.Sequential(
        nn.Conv2d(4, 6, (3, 2), stride=2, groups=2),
        nn.ConvTranspose2d(6, 3, 2),
        nn.BatchNorm2d(3),
        nn.AvgPool2d(2),
    )
    rows = summary(net, (4, 9, 8), batch_size=5).rows
    assert [r.output_shape for r in rows] == [(5, 6, 4, 4), (5, 3, 5, 5), (5, 3, 5, 5), (5, 3, 2, 2)]
    assert [r.multiply_adds for r in rows] == [5 * 96 * 2 * 6, 5 * 96 * 3 * 4, 5 * 75, 0]
    assert [r.parameters for r in rows] == [6 * 2 * 6 + 6, 6 * 3 * 4 + 3, 6, 0]


class Shared(nn.Module):
    """Calls one layer twice, ties another, leaves one out, and has a parameter of its own."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
        self.body[1].weight = self.body[0].weight
        self.relu = nn.ReLU()
        self.unused = nn.Linear(4, 2)
        self.scale = nn.Parameter([2.0], requires_grad=False)

    def forward(self, x):
        return self.relu(self.body(self.relu(self.body(x)))) * self.scale


def test_shared_layers_have_a_row_for_each_call_and_parameters_that_count_once():
    result = summary(Shared(), (4,))
    assert [(r.path, r.parameters, r.shared_parameters) for r in result.rows] == [
        ("body.0", 20, 0),
        ("body.1", 4, 16),
        ("relu", 0, 0),
        ("body.0", 0, 20),
        ("body.1", 0, 20),
        ("relu", 0, 0),
        ("", 1, 0),
    ]
    assert result.total_parameters == 20 + 4 + 10 + 1
    assert result.trainable_parameters == 34
    assert str(result) == (
        "layer   type     output shape  parameters  multiply-adds  output\n"
        "        (input)  (1, 4)                                     16 B\n"
        "body.0  Linear   (1, 4)                20             16    16 B\n"
        "body.1  Linear   (1, 4)        4 + shared             16    16 B\n"
        "relu    ReLU     (1, 4)                 0              0    16 B\n"
        "body.0  Linear   (1, 4)            shared             16    16 B\n"
        "body.1  Linear   (1, 4)            shared             16    16 B\n"
        "relu    ReLU     (1, 4)                 0              0    16 B\n"
        "        Shared   (1, 4)                 1              ?    16 B\n"
        "parameters     35, 34 trainable\n"
        "multiply-adds  64 for a batch of 1, and those of Shared, which are not known\n"
        "weights        140 B\n"
        "activations    32 B forward (largest input and output of a layer), 128 B training (all)\n"
        "not called     unused (Linear)"
    )


def test_a_module_in_two_places_of_a_row_is_shown_under_both_names():
    relu = nn.ReLU()
    rows = summary(nn.Sequential({"a": relu, "b": nn.Linear(4, 2), "c": relu}), (4,)).rows
    assert [r.path for r in rows] == ["a", "b", "c"]


class Branches(nn.Module):
    """Returns several tensors, from a module that takes several."""

    def __init__(self):
        super().__init__()
        self.join = Join()

    def forward(self, x):
        return self.join(x, [x, x])


class Join(nn.Module):
    def forward(self, x, others):
        return {"sum": x + others[0], "all": (tg.cat([x, *others]), 3)}


def test_modules_with_several_inputs_and_outputs_are_shown():
    (row,) = summary(Branches(), (4,)).rows
    assert row.input_shapes == ((1, 4),) * 3 and row.output_shapes == ((1, 4), (3, 4))
    assert row.memory == 4 * 16
    assert "join   Join     (1, 4), (3, 4)" in str(summary(Branches(), (4,)))


class Noisy(nn.Module):
    """Ignores evaluation mode: draws numbers, and changes a buffer in every call."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(2)
        self.drop = nn.Dropout(generator=np.random.default_rng(1))
        self.register_buffer("calls", tg.zeros(1))
        self.register_buffer("sum", tg.zeros(1))

    def forward(self, x):
        self.calls = self.calls + 1
        self.sum.replace(self.sum.array + np.float32(1))
        noise = tg.rand(1) + tg.tensor(self.drop.generator.random(1, dtype=np.float32))
        return self.drop(self.norm(x)) + noise


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 3, 4)])
def test_nothing_of_the_model_changes_even_if_a_layer_does_not_fit(shape):
    net = Noisy()
    net.norm.eval()
    net.sum.data[:] = 5  # somebody outside holds this array
    before = {name: np.array(t) for name, t in net.state_dict().items()}
    tensors = {name: id(t) for name, t in net.named_buffers()}
    states = [g.bit_generator.state for g in (net.drop.generator, tg.default_generator())]
    try:
        summary(net, shape)
    except ValueError:
        assert shape[0] == 3
    assert [m.training for m in net.modules()] == [True, False, True]
    assert {name: id(t) for name, t in net.named_buffers()} == tensors
    for name, t in net.state_dict().items():
        np.testing.assert_array_equal(t, before[name], err_msg=name)
    assert [g.bit_generator.state for g in (net.drop.generator, tg.default_generator())] == states
    assert all(not any(m._hooks or ()) for m in net.modules())


def test_the_pass_is_not_recorded_and_has_the_precision_of_the_model():
    seen = []
    net = nn.Sequential(nn.Linear(4, 2)).double()
    net[0].register_forward_hook(lambda m, args, y: seen.append((y.requires_grad, y.dtype, m.training)))
    result = summary(net, (4,))
    assert seen == [(False, np.float64, False)]
    assert (result.input_memory, result.weights_memory, result.rows[0].memory) == (32, 80, 16)


def test_arguments_that_cannot_be_meant_are_refused():
    with pytest.raises(ArgumentError, match=r"^summary: input_shape must be an integer >= 1, got 0$"):
        summary(nn.ReLU(), (3, 0, 2))
    with pytest.raises(ArgumentError, match=r"^summary: batch_size must be an integer >= 1, got 0$"):
        summary(nn.ReLU(), (3, 2), batch_size=0)

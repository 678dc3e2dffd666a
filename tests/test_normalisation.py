"""Normalisation of groups, rows, pictures and neighbouring channels, against plain numpy."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor
from tinygrad_cnn.testing import gradcheck


def values(*shape, seed=0):
    return np.random.default_rng(seed).normal(1.0, 2.0, shape)


def standardised(x, eps=1e-5):
    return (x - x.mean()) / np.sqrt(x.var() + eps)


def test_layer_norm_normalises_the_end_of_the_shape():
    x, w, b = values(2, 3, 4, 5), values(4, 5), values(4, 5, seed=1)
    y = tg.layer_norm(x, (4, 5), tensor(w), tensor(b), eps=1e-3)
    for n, c in np.ndindex(2, 3):
        np.testing.assert_allclose(y[n, c], standardised(x[n, c], 1e-3) * w + b, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(tg.layer_norm(x, [5])[1, 2, 3], standardised(x[1, 2, 3]), rtol=1e-10)


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_group_norm_normalises_channels_that_lie_together(groups):
    x, w, b = values(2, 6, 3, 4), values(6), values(6, seed=1)
    y = tg.group_norm(x, groups, tensor(w), tensor(b))
    for n, g in np.ndindex(2, groups):
        part = slice(g * 6 // groups, (g + 1) * 6 // groups)
        expected = standardised(x[n, part]) * w[part, None, None] + b[part, None, None]
        np.testing.assert_allclose(y[n, part], expected, rtol=1e-10, atol=1e-12)


def test_instance_norm_normalises_each_channel_of_each_picture():
    x, w = values(2, 3, 4, 5), values(3)
    y = tg.instance_norm(x, weight=tensor(w))
    for n, c in np.ndindex(2, 3):
        np.testing.assert_allclose(y[n, c], standardised(x[n, c]) * w[c], rtol=1e-10, atol=1e-12)


def test_instance_norm_keeps_means_over_pictures_and_uses_them():
    x = values(4, 3, 5)
    mean, var = tensor(np.zeros(3)), tensor(np.ones(3))
    tg.instance_norm(x, mean, var, momentum=0.25)
    np.testing.assert_allclose(mean, 0.25 * x.mean((0, 2)), rtol=1e-12)
    np.testing.assert_allclose(var, 0.75 + 0.25 * x.var(2, ddof=1).mean(0), rtol=1e-12)
    y = tg.instance_norm(x, mean, var, use_input_stats=False, eps=0.1)
    expected = (x - mean.numpy()[:, None]) / np.sqrt(var.numpy()[:, None] + 0.1)
    np.testing.assert_allclose(y, expected, rtol=1e-10)


def test_rms_norm_divides_by_the_root_of_the_mean_square():
    x, w = values(2, 3, 4), values(3, 4)
    y = tg.rms_norm(x, (3, 4), tensor(w), eps=0.1)
    for n in range(2):
        np.testing.assert_allclose(y[n], x[n] / np.sqrt((x[n] ** 2).mean() + 0.1) * w, rtol=1e-12)
    tiny = np.full((1, 2), 1e-9)
    np.testing.assert_allclose(tg.rms_norm(tiny, (2,)), tiny / np.sqrt(1e-18 + 2.0**-52), rtol=1e-12)
    assert tg.rms_norm(tg.zeros(2, 3), (3,)).dtype == np.float32


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_local_response_norm_looks_at_neighbouring_channels(size):
    x = values(2, 5, 3)
    y = tg.local_response_norm(x, size, alpha=0.5, beta=0.7, k=1.5)
    for n, c, i in np.ndindex(2, 5, 3):
        near = x[n, max(0, c - size // 2) : c + (size - 1) // 2 + 1, i]
        expected = x[n, c, i] / (1.5 + 0.5 / size * (near**2).sum()) ** 0.7
        np.testing.assert_allclose(y[n, c, i].item(), expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 5), (2, 3, 4, 5), (2, 3, 2, 3, 4)])
def test_batch_norm_takes_any_number_of_dimensions(shape):
    x, w, b = values(*shape), values(3), values(3, seed=1)
    y = tg.batch_norm(x, None, None, tensor(w), tensor(b), training=True).numpy()
    for c in range(3):
        np.testing.assert_allclose(y[:, c], standardised(x[:, c]) * w[c] + b[c], rtol=1e-10, atol=1e-12)


def test_nothing_is_normalised_without_values_and_nothing_moves():
    mean, var = tensor(np.zeros(3)), tensor(np.ones(3))
    for shape in ((0, 3, 2), (2, 3, 0)):
        w = tensor(np.ones(3), requires_grad=True)
        y = tg.batch_norm(tensor(np.zeros(shape)), mean, var, w, training=True)
        assert y.shape == shape and tg.grad(y.sum(), w).tolist() == [0.0] * 3
        assert tg.instance_norm(np.zeros(shape), mean, var).shape == shape
        assert tg.group_norm(np.zeros(shape), 3).shape == shape
    assert mean.tolist() == [0.0] * 3 and var.tolist() == [1.0] * 3


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tg.batch_norm(x, None, None, training=True),
        lambda x: tg.layer_norm(x, (3, 2)),
        lambda x: tg.group_norm(x, 2),
        lambda x: tg.instance_norm(x),
        lambda x: tg.rms_norm(x, (2,)),
        lambda x: tg.local_response_norm(x, 3, alpha=0.5),
    ],
    ids=["batch", "layer", "group", "instance", "rms", "local-response"],
)
def test_first_and_second_derivatives(function):
    assert gradcheck(function, values(3, 4, 3, 2), order=2)


def test_a_constant_batch_has_no_gradient_and_no_infinity():
    x = tg.ones(4, 2, requires_grad=True)
    y = tg.batch_norm(x, None, None, training=True)
    (y * tg.randn(4, 2)).sum().backward()
    assert y.tolist() == [[0.0, 0.0]] * 4 and np.isfinite(x.grad.numpy()).all()


def test_the_gradient_of_a_batch_leaves_out_what_normalisation_takes_away():
    x = tg.tensor(values(8, 3), requires_grad=True)
    (tg.batch_norm(x, None, None, training=True) * values(8, 3, seed=2)).sum().backward()
    g = x.grad.numpy()
    np.testing.assert_allclose(g.sum(0), 0, atol=1e-12)  # moving all values
    spread = x.numpy() - x.numpy().mean(0)
    np.testing.assert_allclose((g * spread).sum(0), 0, atol=1e-4)  # spreading them, but for eps


def test_layers_have_pytorchs_weights():
    names = {
        "weight": (4,),
        "bias": (4,),
        "running_mean": (4,),
        "running_var": (4,),
        "num_batches_tracked": (),
    }

    def shapes(layer):
        return {name: a.shape for name, a in layer.state_dict().items()}

    assert shapes(nn.BatchNorm1d(4)) == shapes(nn.BatchNorm2d(4)) == names
    assert shapes(nn.InstanceNorm2d(4)) == {}
    assert shapes(nn.InstanceNorm1d(4, affine=True, track_running_stats=True)) == names
    assert shapes(nn.GroupNorm(2, 4)) == {"weight": (4,), "bias": (4,)}
    assert shapes(nn.LayerNorm((3, 4))) == {"weight": (3, 4), "bias": (3, 4)}
    assert shapes(nn.LayerNorm(4, bias=False)) == shapes(nn.RMSNorm(4)) == {"weight": (4,)}
    assert shapes(nn.BatchNorm2d(4, bias=False, track_running_stats=False)) == {"weight": (4,)}
    assert shapes(nn.LocalResponseNorm(2)) == shapes(nn.LayerNorm(4, elementwise_affine=False)) == {}


def test_instance_norm_layers_take_one_picture_and_switch_to_their_statistics():
    layer = nn.InstanceNorm2d(3, track_running_stats=True, dtype=np.float64)
    x = values(2, 3, 4, 5)
    np.testing.assert_array_equal(layer(tensor(x[0])), layer(tensor(x))[0])
    assert layer.num_batches_tracked.item() == 0  # as in PyTorch, it is there and stays
    mean, var = (a.numpy().copy()[:, None, None] for a in (layer.running_mean, layer.running_var))
    np.testing.assert_allclose(layer.eval()(tensor(x)), (x - mean) / np.sqrt(var + 1e-5), rtol=1e-10)
    np.testing.assert_allclose(
        nn.InstanceNorm1d(3).eval()(tensor(x[0, :, 0])), tg.instance_norm(x[:1, :, 0])[0], rtol=1e-12
    )


def test_layers_say_what_they_are():
    assert repr(nn.LayerNorm(3)) == "LayerNorm((3,), eps=1e-05, elementwise_affine=True)"
    assert repr(nn.RMSNorm([3, 4])) == "RMSNorm((3, 4), eps=None, elementwise_affine=True)"
    assert repr(nn.GroupNorm(2, 4)) == "GroupNorm(2, 4, eps=1e-05, affine=True)"
    assert repr(nn.LocalResponseNorm(2)) == "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)"

"""Averages of weights: equal and exponential, with buffers and without, and statistics measured anew."""

import numpy as np
import pytest
from training import X, network, same, weights

from tinygrad_cnn import nn, tensor
from tinygrad_cnn.errors import ArgumentError, ShapeError
from tinygrad_cnn.optim.swa_utils import (
    AveragedModel,
    get_ema_avg_fn,
    get_ema_multi_avg_fn,
    get_swa_avg_fn,
    get_swa_multi_avg_fn,
    update_bn,
)

rng = np.random.default_rng(3)
PATH = rng.standard_normal((200, 3, 2))


def follow(**options):
    model = nn.Linear(2, 3, bias=False).double()
    average = AveragedModel(model, **options)
    for values in PATH:
        model.weight.replace(values.copy())
        average.update_parameters(model)
    return average


def exponential(decay):
    found = PATH[0]
    for values in PATH[1:]:
        found = decay * found + (1 - decay) * values
    return found


@pytest.mark.parametrize(
    "options", [{"avg_fn": get_ema_avg_fn(0.9)}, {"multi_avg_fn": get_ema_multi_avg_fn(0.9)}]
)
def test_an_exponential_average_follows_its_formula(options):
    np.testing.assert_allclose(follow(**options).module.weight.numpy(), exponential(0.9), rtol=1e-12)


@pytest.mark.parametrize(
    "options", [{}, {"avg_fn": get_swa_avg_fn()}, {"multi_avg_fn": get_swa_multi_avg_fn()}]
)
def test_an_equal_average_is_the_mean(options):
    average = follow(**options)
    np.testing.assert_allclose(average.module.weight.numpy(), PATH.mean(axis=0), rtol=1e-10, atol=1e-14)
    assert average.n_averaged.item() == len(PATH)


def test_the_first_update_copies_and_the_model_is_never_changed():
    model = nn.Linear(2, 3)
    average = AveragedModel(model)
    (model(tensor(np.ones((1, 2), np.float32))).sum()).backward()
    before = weights(model)
    model.weight.replace(model.weight.array + 1)
    changed = weights(model)
    assert not same(weights(average.module), changed)
    average.update_parameters(model)
    assert same(weights(average.module), changed) and same(weights(model), changed)
    assert not np.array_equal(before["weight"], changed["weight"]) and average.module.weight.grad is None
    assert average.module.weight.array is not model.weight.array


def test_an_average_computes_as_its_module_and_keeps_types():
    model = network()
    average = AveragedModel(model, avg_fn=get_ema_avg_fn(0.5), use_buffers=True)
    for _ in range(3):
        model(tensor(X))
        average.update_parameters(model)
    for t in (*average.module.parameters(), *average.module.buffers()):
        assert t.dtype in (np.float32, np.int64)
    average.eval()
    assert np.array_equal(average(tensor(X)).numpy(), average.module(tensor(X)).numpy())


@pytest.mark.parametrize("use_buffers", [False, True])
def test_buffers_are_copied_or_averaged(use_buffers):
    model = nn.BatchNorm2d(1)
    average = AveragedModel(model, avg_fn=get_ema_avg_fn(0.75), use_buffers=use_buffers)
    for mean, count in ((4.0, 4), (8.0, 9)):
        model.running_mean.replace(np.array([mean], np.float32))
        model.num_batches_tracked.replace(np.array(count))
        average.update_parameters(model)
    assert average.module.running_mean.tolist() == [5.0 if use_buffers else 8.0]
    assert average.module.num_batches_tracked.item() == (5 if use_buffers else 9)  # 5.25 counts as 5


def test_an_average_is_stored_and_loaded_as_every_module():
    first, second = follow(avg_fn=get_ema_avg_fn(0.9)), AveragedModel(nn.Linear(2, 3, bias=False).double())
    assert sorted(first.state_dict()) == ["module.weight", "n_averaged"]
    second.load_state_dict(first.state_dict())
    assert same(weights(first), weights(second)) and second.n_averaged.item() == 200


def test_batch_normalisation_is_measured_anew_over_all_batches():
    model = nn.Sequential(nn.BatchNorm2d(2, momentum=0.3), nn.Dropout(0.5), nn.BatchNorm2d(2))
    model[1].eval()
    model(tensor(rng.standard_normal((4, 2, 3, 3)).astype(np.float32)))
    batches = rng.standard_normal((3, 4, 2, 3, 3)) + 5
    model.eval()
    model[2].train()
    update_bn([(tensor(batch.astype(np.float32)), None) for batch in batches], model)
    np.testing.assert_allclose(model[0].running_mean.numpy(), batches.mean(axis=(0, 1, 3, 4)), rtol=1e-5)
    expected = batches.var(axis=(1, 3, 4), ddof=1).mean(axis=0)
    np.testing.assert_allclose(model[0].running_var.numpy(), expected, rtol=1e-4)
    assert model[0].momentum == 0.3 and model[0].num_batches_tracked.item() == 3
    assert (model.training, model[0].training, model[2].training) == (False, False, True)
    update_bn(iter(()), nn.Linear(2, 2))


@pytest.mark.parametrize("decay", [-0.1, 1.1, float("nan")])
@pytest.mark.parametrize("make", [get_ema_avg_fn, get_ema_multi_avg_fn])
def test_a_decay_out_of_range_is_refused(make, decay):
    with pytest.raises(ArgumentError, match=r"decay must be a number in 0\.\.1, got"):
        make(decay)


def test_what_cannot_be_averaged_is_refused():
    with pytest.raises(ArgumentError, match="AveragedModel takes avg_fn or multi_avg_fn, and not both"):
        AveragedModel(nn.Linear(1, 1), avg_fn=get_ema_avg_fn(), multi_avg_fn=get_ema_multi_avg_fn())
    with pytest.raises(ArgumentError, match="AveragedModel: model must be a Module, got list"):
        AveragedModel([1])
    average = AveragedModel(nn.Linear(2, 3))
    with pytest.raises(ShapeError, match="expects the model that was copied / got 1 tensors, and 2 here"):
        average.update_parameters(nn.Linear(2, 3, bias=False))
    assert average.n_averaged.item() == 0

"""AdamW, RMSprop, Adagrad and `maximize` against loops over plain numbers; groups; what they refuse."""

import itertools
import math

import numpy as np
import pytest

from tinygrad_cnn import is_grad_enabled, nn, no_grad, tensor
from tinygrad_cnn.errors import ArgumentError
from tinygrad_cnn.optim import SGD, Adagrad, Adam, AdamW, RMSprop, clip_grad_value_

STEPS, SHAPE = 200, (2, 3)
rng = np.random.default_rng(1)
START = rng.standard_normal(SHAPE)
SCALE, CENTRE = 0.1 + rng.random(SHAPE), rng.standard_normal(SHAPE)
NOISE = rng.standard_normal((STEPS, *SHAPE)) / 3


def adam(p, gradient, lr, betas, eps, weight_decay, amsgrad, maximize, decoupled):
    m = v = largest = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(p, t)
        g = -g if maximize else g
        if decoupled:
            p -= lr * weight_decay * p
        else:
            g += weight_decay * p
        m += (1 - betas[0]) * (g - m)
        v = betas[1] * v + (1 - betas[1]) * g * g
        largest = max(largest, v)
        second = (largest if amsgrad else v) / (1 - betas[1] ** t)
        p -= lr * (m / (1 - betas[0] ** t)) / (math.sqrt(second) + eps)
    return p


def rmsprop(p, gradient, lr, alpha, eps, weight_decay, momentum, centered, maximize):
    v = mean = b = 0.0
    for t in range(1, STEPS + 1):
        g = gradient(p, t)
        g = (-g if maximize else g) + weight_decay * p
        v = alpha * v + (1 - alpha) * g * g
        mean += (1 - alpha) * (g - mean)
        d = g / (math.sqrt(v - mean**2 if centered else v) + eps)
        b = momentum * b + d
        p -= lr * b
    return p


def adagrad(p, gradient, lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize):
    s = initial_accumulator_value
    for t in range(1, STEPS + 1):
        g = gradient(p, t)
        g = (-g if maximize else g) + weight_decay * p
        s += g * g
        p -= lr / (1 + (t - 1) * lr_decay) * g / (math.sqrt(s) + eps)
    return p


def by_hand(formula, **settings):
    """Each entry follows its own gradient: of a quadratic, with noise."""
    result = np.empty(SHAPE)
    for i in itertools.product(*map(range, SHAPE)):

        def gradient(p, t, i=i):
            return 2 * SCALE[i] * (p - CENTRE[i]) + NOISE[t - 1][i]

        result[i] = formula(float(START[i]), gradient, **settings)
    return result


def run(optimizer, p):
    for noise in NOISE:
        p.grad = tensor(2 * SCALE * (p.numpy() - CENTRE) + noise)
        optimizer.step()
    return p.numpy()


ADAM = [
    {"betas": b, "eps": e, "weight_decay": w, "amsgrad": a, "maximize": x}
    for b, e, w, a, x in itertools.product(
        ((0.9, 0.999), (0, 0.7)), (1e-8, 0.1), (0, 0.1), (False, True), (False, True)
    )
]
RMSPROP = [
    {"alpha": al, "eps": e, "weight_decay": w, "momentum": m, "centered": c, "maximize": x}
    for al, e, w, m, c, x in itertools.product(
        (0.99, 0.6), (1e-6, 0.1), (0, 0.05), (0, 0.8), (False, True), (False, True)
    )
]
ADAGRAD = [
    {"lr_decay": d, "weight_decay": w, "initial_accumulator_value": s, "eps": e, "maximize": x}
    for d, w, s, e, x in itertools.product((0, 0.1), (0, 0.05), (0, 0.5), (1e-10, 0.1), (False, True))
]


@pytest.mark.parametrize("options", ADAM, ids=str)
@pytest.mark.parametrize("decoupled", [False, True])
def test_adam_and_adamw_follow_their_formula_for_200_steps(decoupled, options):
    p = tensor(START, requires_grad=True)
    expected = by_hand(adam, lr=0.03, decoupled=decoupled, **options)
    found = run((AdamW if decoupled else Adam)([p], lr=0.03, **options), p)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("options", RMSPROP, ids=str)
def test_rmsprop_follows_its_formula_for_200_steps(options):
    p = tensor(START, requires_grad=True)
    expected = by_hand(rmsprop, lr=0.01, **options)
    np.testing.assert_allclose(run(RMSprop([p], **options), p), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("options", ADAGRAD, ids=str)
def test_adagrad_follows_its_formula_for_200_steps(options):
    p = tensor(START, requires_grad=True)
    expected = by_hand(adagrad, lr=0.1, **options)
    np.testing.assert_allclose(run(Adagrad([p], lr=0.1, **options), p), expected, rtol=1e-9, atol=1e-9)


def test_adamw_is_adam_with_decoupled_decay_and_decays_by_default():
    first, second = (tensor(START, requires_grad=True) for _ in range(2))
    run(AdamW([first]), first)
    run(Adam([second], weight_decay=0.01, decoupled_weight_decay=True), second)
    assert np.array_equal(first.numpy(), second.numpy())


KINDS = [
    lambda p: AdamW(p, 0.1, amsgrad=True),
    lambda p: RMSprop(p, 0.1, weight_decay=0.1, momentum=0.9, centered=True),
    lambda p: Adagrad(p, 0.1, 0.1, 0.1, 0.1, maximize=True),
]


@pytest.mark.parametrize("make", KINDS)
def test_float32_memory_order_and_the_old_arrays_stay(make):
    p = tensor(np.asfortranarray(START, dtype=np.float32), requires_grad=True)
    before, old = p.array, p.numpy().copy()
    optimizer = make([p])
    for noise in NOISE[:3]:
        p.grad = tensor(noise.astype(np.float32))
        gradient, values = p.grad.array, noise.astype(np.float32)
        optimizer.step()
        assert np.array_equal(gradient, values)
    assert p.dtype == np.float32 and p.array.flags.f_contiguous and np.array_equal(before, old)
    held = [value for value in optimizer.state[p].values() if isinstance(value, np.ndarray)]
    assert held and all(value.dtype == np.float32 and value.flags.f_contiguous for value in held)


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("shape", [(0, 3), (), (1,)])
def test_empty_and_scalar_parameters_can_be_trained(make, shape):
    p = tensor(np.ones(shape, np.float32), requires_grad=True)
    p.grad = tensor(np.ones(shape, np.float32))
    make([p]).step()
    assert p.shape == shape and isinstance(p.array, np.ndarray) and p.dtype == np.float32


def test_each_group_of_adagrad_has_a_start_of_its_own():
    a, b = (tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = Adagrad([{"params": [a]}, {"params": [b], "initial_accumulator_value": 3.0}], lr=1.0, eps=0)
    a.grad = b.grad = tensor([1.0])
    optimizer.step()
    assert (a.item(), b.item()) == (0.0, 0.5)


def test_gradients_of_several_passes_add_up_to_those_of_the_large_batch():
    x, y = rng.standard_normal((12, 4)), rng.integers(0, 3, 12)
    whole, parts = nn.Linear(4, 3).double(), nn.Linear(4, 3).double()
    parts.load_state_dict(whole.state_dict())
    loss = nn.CrossEntropyLoss()
    for model, count in ((whole, 1), (parts, 4)):
        optimizer = AdamW(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            for some, labels in zip(np.split(x, count), np.split(y, count), strict=True):
                (loss(model(tensor(some)), labels) / count).backward()
            optimizer.step()
    np.testing.assert_allclose(parts.weight.numpy(), whole.weight.numpy(), rtol=1e-12)


def test_step_calls_a_closure_once_with_recording_and_gives_its_value():
    p = tensor([3.0], requires_grad=True)
    optimizer = SGD([p], lr=0.5)
    seen = []

    def closure():
        seen.append(is_grad_enabled())
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with no_grad():
        assert optimizer.step(closure).item() == 9.0
    assert p.item() == 0.0 and seen == [True] and optimizer.step() is None


def test_values_of_gradients_are_clipped():
    first, second, third = (tensor(np.zeros(3), requires_grad=True) for _ in range(3))
    first.grad, second.grad = tensor([-3.0, 0.5, math.nan]).double(), tensor([1.0, -1.0, 7.0]).double()
    kept = first.grad.array
    assert clip_grad_value_(iter([first, second, third]), 1) is None
    np.testing.assert_array_equal(first.grad.numpy(), [-1.0, 0.5, math.nan])
    assert second.grad.tolist() == [1.0, -1.0, 1.0] and third.grad is None and kept[0] == -3.0
    clip_grad_value_(second, 0.0)
    assert second.grad.tolist() == [0.0, 0.0, 0.0]
    scalar = tensor(np.float32(0), requires_grad=True)
    scalar.grad = tensor(np.float32(5))
    clip_grad_value_(scalar, math.inf)
    assert scalar.grad.item() == 5 and scalar.grad.shape == ()


LEAF = tensor([1.0], requires_grad=True)
REFUSED = [
    (lambda: AdamW([LEAF], lr=-1), "AdamW: lr must be a finite number >= 0, got -1"),
    (lambda: AdamW([LEAF], betas=(0.9, 1)), r"AdamW: betas\[1\] must be .* >= 0 and below 1, got 1"),
    (lambda: AdamW([LEAF], betas=(0.9,)), r"AdamW: betas must be two numbers, got \(0.9,\)"),
    (lambda: AdamW([LEAF], weight_decay=-1), "AdamW: weight_decay must be"),
    (lambda: RMSprop([LEAF], alpha=-0.1), "RMSprop: alpha must be a finite number >= 0, got -0.1"),
    (lambda: RMSprop([LEAF], momentum=math.nan), "RMSprop: momentum must be .* got nan"),
    (lambda: RMSprop([LEAF], eps=-1), "RMSprop: eps must be"),
    (lambda: RMSprop([]), "RMSprop got no parameters to optimise"),
    (lambda: Adagrad([LEAF], lr_decay=-1), "Adagrad: lr_decay must be a finite number >= 0, got -1"),
    (lambda: Adagrad([LEAF], initial_accumulator_value=-1), "initial_accumulator_value must be"),
    (lambda: Adagrad([LEAF, LEAF]), r"parameter 1, of shape \(1,\), is there twice"),
    (lambda: SGD([LEAF], dampening=math.inf), "SGD: dampening must be a finite number, got inf"),
    (lambda: SGD({LEAF}), "SGD numbers its parameters, and a set has no order; pass a list instead"),
    (lambda: SGD([{"params": {LEAF}}]), "a set has no order"),
    (lambda: SGD([{"params": None}]), "SGD optimises tensors, got NoneType as parameter 0"),
    (lambda: SGD([{"params": "weight"}]), "SGD optimises tensors, got str as parameter 0"),
    (lambda: SGD([LEAF]).add_param_group([LEAF]), r"SGD: a parameter group is a dictionary, as in .* list"),
    (lambda: SGD([LEAF]).add_param_group({"params": LEAF}), "is there twice; a parameter belongs to one"),
    (lambda: clip_grad_value_([LEAF], -1), "clip_grad_value_: clip_value must be a number >= 0, got -1"),
    (lambda: clip_grad_value_([LEAF], math.nan), "clip_value must be a number >= 0, got nan"),
    (lambda: clip_grad_value_([LEAF], None), "clip_value must be a number >= 0, got None"),
    (lambda: clip_grad_value_(3, 1.0), "parameters must be a tensor or several in a row, got int"),
    (lambda: clip_grad_value_(["w"], 1.0), "parameters must be a tensor or several in a row, got str"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_be_meant_is_refused_in_words(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_a_group_that_is_refused_leaves_the_optimizer_as_it_was():
    optimizer = SGD([LEAF])
    other = tensor([1.0], requires_grad=True)
    with pytest.raises(ArgumentError, match="lr must be"):
        optimizer.add_param_group({"params": [other], "lr": -1})
    given = {"params": other}
    optimizer.add_param_group(given)
    assert [group["params"] for group in optimizer.param_groups] == [[LEAF], [other]]
    assert given == {"params": other}

"""Optimisers against the formulas written out one number at a time, and what they refuse."""

import itertools
import math

import numpy as np
import pytest

from tinygrad_cnn import Tensor, nn, tensor
from tinygrad_cnn.errors import ArgumentError, CheckpointError
from tinygrad_cnn.optim import SGD, Adam

STEPS = 200
SHAPE = (2, 3)
rng = np.random.default_rng(0)
START = rng.standard_normal(SHAPE)
GRADIENTS = rng.standard_normal((STEPS, *SHAPE))


def sgd_by_hand(p, gradients, lr, momentum, dampening, weight_decay, nesterov, maximize):
    buffer = None
    for g in gradients:
        d = -g if maximize else g
        d = d + weight_decay * p
        if momentum:
            buffer = d if buffer is None else momentum * buffer + (1 - dampening) * d
            d = d + momentum * buffer if nesterov else buffer
        p = p - lr * d
    return p


def adam_by_hand(p, gradients, lr, betas, eps, weight_decay, amsgrad):
    m = v = largest = 0.0
    for t, g in enumerate(gradients, start=1):
        d = g + weight_decay * p
        m = betas[0] * m + (1 - betas[0]) * d
        v = betas[1] * v + (1 - betas[1]) * d * d
        largest = max(largest, v)
        second = (largest if amsgrad else v) / (1 - betas[1] ** t)
        p = p - lr * (m / (1 - betas[0] ** t)) / (math.sqrt(second) + eps)
    return p


def by_hand(formula, **settings):
    result = np.empty(SHAPE)
    for place in itertools.product(*map(range, SHAPE)):
        gradients = [float(g[place]) for g in GRADIENTS]
        result[place] = formula(float(START[place]), gradients, **settings)
    return result


def run(optimizer, p, gradients=GRADIENTS):
    for i, g in enumerate(gradients):
        # every other gradient has another memory order than the parameter
        p.grad = tensor(np.asfortranarray(g).astype(p.dtype) if i % 2 else g.astype(p.dtype))
        optimizer.step()
    return p.numpy()


SGD_OPTIONS = [
    {"momentum": m, "dampening": d, "weight_decay": w, "nesterov": n, "maximize": x}
    for m, d, w, n, x in itertools.product((0, 0.9), (0, 0.3), (0, 0.05), (False, True), (False, True))
    if not n or (m and not d)
]
ADAM_OPTIONS = [
    {"betas": b, "eps": e, "weight_decay": w, "amsgrad": a}
    for b, e, w, a in itertools.product(((0.9, 0.999), (0.5, 0.7)), (1e-8, 0.1), (0, 0.05), (False, True))
]


@pytest.mark.parametrize("options", SGD_OPTIONS, ids=str)
def test_sgd_follows_its_formula_for_200_steps(options):
    p = tensor(START, requires_grad=True)
    expected = by_hand(sgd_by_hand, lr=0.03, **options)
    np.testing.assert_allclose(run(SGD([p], lr=0.03, **options), p), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("options", ADAM_OPTIONS, ids=str)
def test_adam_follows_its_formula_for_200_steps(options):
    p = tensor(START, requires_grad=True)
    expected = by_hand(adam_by_hand, lr=0.03, **options)
    np.testing.assert_allclose(run(Adam([p], lr=0.03, **options), p), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, 0.1, 0.9, weight_decay=0.1), lambda p: Adam(p, np.float64(0.1))]
)
def test_float32_stays_float32_and_memory_order_stays(make):
    p = tensor(np.asfortranarray(START, dtype=np.float32), requires_grad=True)
    optimizer = make([p])
    assert run(optimizer, p, GRADIENTS[:3]).dtype == np.float32
    assert p.array.strides == np.asfortranarray(p.array).strides
    held = [value for value in optimizer.state[p].values() if isinstance(value, np.ndarray)]
    assert held and all(value.dtype == np.float32 for value in held)


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_a_step_leaves_the_old_array_and_the_gradient_as_they_were(kind):
    p = tensor(START, requires_grad=True)
    before, view = p.array, p.numpy()
    p.grad = tensor(GRADIENTS[0])
    gradient = p.grad.array
    kind([p], lr=0.1, weight_decay=0.1).step()
    assert p.array is not before
    assert np.array_equal(view, START) and np.array_equal(gradient, GRADIENTS[0])


def test_a_graph_recorded_before_the_step_is_right_or_refused_after_it():
    x, w = tensor([[1.0, 2.0]]), tensor([[3.0], [4.0]], requires_grad=True)
    optimizer = SGD([w], lr=0.5)
    y = (x @ w).sum()
    w.grad = tensor([[1.0], [1.0]])
    optimizer.step()
    w.grad = None
    y.backward()  # d(xw)/dw is x, whatever w is now
    assert w.grad.tolist() == [[1.0], [2.0]]


def test_a_parameter_whose_data_was_handed_out_changes_in_that_array():
    p = tensor([1.0, 2.0], requires_grad=True)
    seen = p.data
    p.grad = tensor([1.0, 1.0])
    SGD([p], lr=0.5).step()
    assert seen.tolist() == [0.5, 1.5]


def test_parameters_without_gradient_are_skipped():
    with_one, without = tensor([1.0], requires_grad=True), tensor([1.0], requires_grad=True)
    optimizer = Adam([with_one, without], lr=0.1)
    with_one.grad = tensor([1.0])
    optimizer.step()
    assert without.tolist() == [1.0] and with_one.tolist() != [1.0]
    assert without not in optimizer.state


def test_groups_have_settings_of_their_own():
    a, b, c = (tensor([1.0], requires_grad=True) for _ in range(3))
    optimizer = SGD([{"params": [a]}, {"params": b, "lr": 0.5}], lr=0.25)
    optimizer.add_param_group({"params": [c], "lr": 0.0})
    for p in (a, b, c):
        p.grad = tensor([1.0])
    optimizer.step()
    assert (a.item(), b.item(), c.item()) == (0.75, 0.5, 1.0)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.5, 0.0]


def test_a_generator_of_parameters_is_read_once():
    layer = nn.Linear(2, 3)
    assert len(SGD(layer.parameters()).param_groups[0]["params"]) == 2


def test_zero_grad_forgets_or_zeroes():
    p = tensor([1.0, 2.0], requires_grad=True)
    optimizer = SGD([p])
    p.grad = tensor([1.0, 1.0])
    shared = p.grad.array
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0.0, 0.0] and shared.tolist() == [1.0, 1.0]
    optimizer.zero_grad()
    assert p.grad is None


def test_an_empty_parameter_and_a_scalar_one_can_be_trained():
    for shape in ((0, 3), ()):
        p = tensor(np.ones(shape, np.float32), requires_grad=True)
        for kind in (SGD, Adam):
            p.grad = tensor(np.ones(shape, np.float32))
            kind([p], lr=0.5).step()
            assert p.shape == shape and isinstance(p.array, np.ndarray)


LEAF = tensor([1.0], requires_grad=True)
REFUSED = [
    (lambda: SGD([]), "SGD got no parameters to optimise"),
    (lambda: SGD(LEAF), r"SGD expects an iterable of tensors or of groups, .*; got Tensor"),
    (lambda: SGD([LEAF], lr=-0.1), r"SGD: lr must be a finite number >= 0, got -0.1"),
    (lambda: SGD([LEAF], lr=math.nan), "lr must be a finite number >= 0, got nan"),
    (lambda: SGD([LEAF], lr="fast"), "lr must be a finite number >= 0, got 'fast'"),
    (lambda: SGD([LEAF], momentum=-1), "momentum must be a finite number >= 0, got -1"),
    (lambda: SGD([LEAF], nesterov=True), "nesterov needs momentum above 0 and dampening 0, got momentum 0.0"),
    (lambda: SGD([LEAF], momentum=0.9, dampening=0.1, nesterov=True), "and dampening 0.1"),
    (lambda: SGD([LEAF], weight_decay=-1), "weight_decay must be"),
    (
        lambda: Adam([LEAF], betas=(0.9, 1.0)),
        r"Adam: betas\[1\] must be a finite number >= 0 and below 1, got 1.0",
    ),
    (lambda: Adam([LEAF], betas=(-0.1, 0.9)), r"betas\[0\] must be .* got -0.1"),
    (lambda: Adam([LEAF], betas=0.9), "betas must be two numbers, got 0.9"),
    (lambda: Adam([LEAF], eps=-1), "eps must be"),
    (lambda: SGD([LEAF, LEAF]), r"parameter 1, of shape \(1,\), is there twice"),
    (lambda: SGD([{"params": [LEAF]}, {"params": [LEAF]}]), "is there twice"),
    (lambda: SGD([LEAF * 2]), r"parameter 0, of shape \(1,\), is the result of an operation; only leaf"),
    (lambda: SGD([tensor([1.0])]), "parameter 0, .* needs no gradient"),
    (lambda: SGD([np.ones(3)]), "SGD optimises tensors, got ndarray as parameter 0"),
    (lambda: SGD([{"lr": 1.0}]), r"a parameter group needs the key 'params', got \['lr'\]"),
    (lambda: SGD([{"params": [LEAF], "beta": 1}]), "SGD has no setting 'beta'; it has lr, momentum"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_be_meant_is_refused_in_words(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def two_parameters() -> list[Tensor]:
    return [tensor(START, requires_grad=True), tensor(START[0], requires_grad=True)]


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1, 0.9), lambda p: Adam(p, 0.1, amsgrad=True)])
def test_a_stored_state_goes_on_with_the_same_bits(make):
    straight, first = two_parameters(), two_parameters()
    whole, before = make(straight), make(first)
    for optimizer, params, steps in ((whole, straight, range(20)), (before, first, range(10))):
        walk(optimizer, params, steps)
    second = [tensor(p.numpy(), requires_grad=True) for p in first]
    after = make(second)
    after.load_state_dict(before.state_dict())
    walk(
        before, first, range(10)
    )  # the stored state is a copy: using the old optimiser changes nothing in it
    walk(after, second, range(10, 20))
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in zip(straight, second, strict=True))


def walk(optimizer, params, steps):
    for i in steps:
        params[0].grad, params[1].grad = tensor(GRADIENTS[i]), tensor(GRADIENTS[i][0])
        optimizer.step()


def test_the_state_is_plain_data_and_arrays_by_the_number_of_the_parameter():
    params = two_parameters()
    optimizer = Adam([{"params": params[:1], "lr": 0.1}, {"params": params[1:]}])
    walk(optimizer, params, range(2))
    stored = optimizer.state_dict()
    assert [group["params"] for group in stored["param_groups"]] == [[0], [1]]
    assert sorted(stored["state"]) == [0, 1]
    assert stored["state"][1]["step"] == 2 and stored["state"][1]["exp_avg"].shape == (3,)


def stored_state():
    params = two_parameters()
    optimizer = SGD(params, 0.1, 0.9)
    walk(optimizer, params, range(1))
    return optimizer.state_dict()


def spoil(change):
    state = stored_state()
    change(state)
    return state


UNFIT = [
    (lambda s: s.pop("state"), "expects a dictionary with the keys state and param_groups"),
    (lambda s: s["param_groups"].append({}), "2 parameter groups stored, 1 here"),
    (lambda s: s["param_groups"][0].update(params=[0]), "group 0 has 1 parameters stored, 2 here"),
    (lambda s: s["param_groups"][0].pop("lr"), "group 0 lacks lr"),
    (lambda s: s["param_groups"][0].update(betas=1), "group 0 has betas, unknown here"),
    (lambda s: s["param_groups"][0].update(lr=-1), "lr must be a finite number >= 0, got -1"),
    (lambda s: s["state"].update({7: {}}), "state for parameter 7, and there are 2"),
    (lambda s: s["state"][0].update(exp_avg=START), "parameter 0 has exp_avg, unknown here"),
    (lambda s: s["state"][0].update(step=-1), "parameter 0 has step -1"),
    (
        lambda s: s["state"][0].update(momentum_buffer=START[0]),
        r"momentum_buffer of parameter 0 has shape \(3,\), the parameter \(2, 3\)",
    ),
]


@pytest.mark.parametrize(("change", "message"), UNFIT, ids=[message for _, message in UNFIT])
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, message):
    optimizer = SGD(two_parameters(), 0.5)
    with pytest.raises(CheckpointError, match=message):
        optimizer.load_state_dict(spoil(change))
    assert optimizer.param_groups[0]["lr"] == 0.5 and optimizer.state == {}


def test_all_that_does_not_fit_is_listed_at_once():
    state = stored_state()
    state["state"][0]["momentum_buffer"] = START[0]
    state["state"][1]["speed"] = 1
    with pytest.raises(
        CheckpointError, match=r"momentum_buffer of parameter 0 .*; parameter 1 has speed, unknown here"
    ):
        SGD(two_parameters()).load_state_dict(state)


def test_the_representation_names_the_settings():
    assert "SGD(lr=0.5, momentum=0.0" in repr(SGD(two_parameters(), 0.5)) and "(2 parameters)" in repr(
        SGD([LEAF, *two_parameters()[:1]])
    )

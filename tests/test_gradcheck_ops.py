"""Every registered operation under the checker, and the checker under every mistake that can be planted."""

import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import REGISTRY
from tinygrad_cnn.core import wrap
from tinygrad_cnn.testing import Sample, check_op, gradcheck, mutate, samples_of
from tinygrad_cnn.testing.mutation.probe import reaches

OWN = sorted(
    name for name, record in REGISTRY.items() if record.forward.__module__.startswith("tinygrad_cnn.")
)
every_op = pytest.mark.parametrize("name", OWN)
FOUND, NAMED = 0.99, 0.90  # of the mistakes that change a gradient


@every_op
def test_every_op_passes_the_checker(name):
    report = check_op(name)
    assert report.samples >= len([s for s in samples_of(name) if s.inputs[0].size])
    assert report.coordinates > 0
    assert report.order == 2


def outcomes_of(name):
    """What the checker says of every mistake in one op that changes a gradient of one of its samples."""
    found = {}
    for mutant in mutate(name):
        if reaches(mutant):
            with mutant:
                report = check_op(name, raise_exception=False)
            found[mutant.name] = (mutant.code, report.verdict, report.codes)
    return found


@pytest.fixture(scope="module")
def outcomes():
    """All of them; the longest job of this suite, so on all processors."""
    slowest_first = sorted(OWN, key=lambda name: (not name.startswith(("conv", "avg", "pool")), name))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return {key: value for part in pool.map(outcomes_of, slowest_first) for key, value in part.items()}


def test_planted_mistakes_are_found(outcomes):
    survivors = [name for name, (_, verdict, _) in outcomes.items() if verdict != "fail"]
    assert len(outcomes) > 1000
    assert len(survivors) <= (1 - FOUND) * len(outcomes), survivors


def test_planted_mistakes_are_named(outcomes):
    caught = {name: (code, codes) for name, (code, verdict, codes) in outcomes.items() if verdict == "fail"}
    misnamed = {name: pair for name, pair in caught.items() if pair[0] not in pair[1]}
    assert len(misnamed) <= (1 - NAMED) * len(caught), misnamed
    assert max(len(codes) for _, codes in caught.values()) <= 2  # a name among many would say nothing


def test_every_kind_of_mistake_is_named_at_least_once(outcomes):
    expected = {code for code, _, _ in outcomes.values()}
    assert {code for code, _, codes in outcomes.values() if code in codes} == expected


def test_the_page_of_gradients_says_what_was_found(outcomes):
    """The counts do not depend on the machine, but for mistakes at the edge of what can be named."""
    page = (Path(__file__).parent.parent / "docs" / "gradients.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \[(\w+)\]\S* \| (.*) \|$", page, re.MULTILINE))
    assert sorted(rows) == OWN, "the operations have changed; run: python docs/make_gradients.py"
    for name, row in rows.items():
        cells = [cell.strip() for cell in row.split("|")]
        mine = [values for key, values in outcomes.items() if key.startswith(f"{name}, ")]
        found = [values for values in mine if values[1] == "fail"]
        assert cells[:2] == ["1, 2", str(len(samples_of(name)))], name
        assert cells[7:9] == [str(len(mine)), str(len(found))], name


def test_a_planted_mistake_is_gone_afterwards():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    for mutant in mutate("exp"):
        with mutant:
            x.grad = None
            x.exp().sum().backward()
        x.grad = None
        x.exp().sum().backward()
        np.testing.assert_allclose(x.grad.array, np.exp([1.0, 2.0]), rtol=1e-6)
        assert x.tolist() == [1.0, 2.0]


def test_one_mistake_at_a_time():
    first, second = mutate("exp")[:2]
    with first, pytest.raises(tg.errors.ArgumentError, match="a mistake is planted in exp already"), second:
        pass
    with second:
        pass


def test_only_registered_ops_can_be_mutated():
    with pytest.raises(tg.errors.ArgumentError, match="there is no operation 'nothing' in REGISTRY"):
        mutate("nothing")


def test_users_ops_can_be_mutated_and_are_checked_with_their_samples():
    @tg.op
    def scaled(a, b):
        return a.array * b.array, lambda g: g * b, lambda g: (g * a).sum(0)

    samples = [(np.arange(1.0, 7.0).reshape(2, 3), np.array([0.5, -2.0, 3.0]))]
    assert check_op(scaled, samples)
    for mutant in mutate(scaled):
        with mutant:
            report = check_op(scaled, samples, raise_exception=False)
        assert bool(report) == (not mutant.changed), (mutant, report)


def test_an_op_without_samples_is_tried_with_what_its_contract_allows():
    @tg.op("x: N C; w: O C")
    def score(x, w):
        return x.array @ w.array.T, lambda g: g @ w, lambda g: g.transpose(0, 1) @ x

    report = check_op(score)
    assert report.samples == 2


def test_what_depends_on_memory_layout_is_found():
    @tg.op
    def careless(x):
        flat = x.array.ravel(order="K") * 2.0
        return flat.reshape(x.array.shape), lambda g: g * 2.0

    report = check_op(careless, [np.arange(1.0, 13.0).reshape(3, 4)], raise_exception=False)
    assert report.codes == ("memory-layout",)


def test_what_reads_memory_it_was_not_given_is_found():
    @tg.op
    def blind(x):
        base = x.array.base
        base = x.array if base is None or base.size <= x.array.size else base  # gaps are read, too
        flat = base.ravel()[: x.array.size].reshape(x.shape)
        return flat * 2.0, lambda g: g * 2.0

    report = check_op(blind, [np.arange(1.0, 13.0).reshape(3, 4)], raise_exception=False)
    assert report.codes == ("memory-layout",)


def test_one_tensor_for_two_inputs_is_tried():
    @tg.op
    def times(a, b):
        kept = 0.0 if a is b else 1.0
        return a.array * b.array, lambda g: g * b * kept, lambda g: g * a

    x = np.arange(1.0, 13.0).reshape(3, 4)
    assert check_op(times, [(x, x + 0.5)], raise_exception=False).codes == ("overwritten",)


def test_ties_are_met_although_samples_avoid_them():
    @tg.op
    def greedy(x):
        top = x.array.max(axis=1, keepdims=True)
        return top[:, 0], lambda g: g.reshape(len(x), 1) * wrap((x.array == top).astype(x.dtype))

    report = check_op(greedy, samples_like("greedy"), raise_exception=False)
    assert report.codes == ("ties",)


def samples_like(name):
    return [Sample(name, s.inputs) for s in samples_of("softmax")[:2]]


@pytest.mark.parametrize("seed", range(3))
def test_right_ops_raise_no_false_alarm(seed):
    """A few of the runs that `tests/bench/false_alarms.py` makes by the thousand."""
    rng = np.random.default_rng(seed)
    for name in OWN:
        sample = samples_of(name)[seed % len(samples_of(name))]
        moved = tuple(rng.permutation(x.ravel()).reshape(x.shape) for x in sample.inputs)
        assert check_op(name, [Sample(name, moved, sample.settings)], seed=seed), name


def test_gradcheck_of_an_op_and_check_op_agree():
    x = samples_of("tanh")[0].inputs[0]
    assert gradcheck(tg.tanh, [x]).verdict == check_op("tanh", [x]).verdict == "pass"

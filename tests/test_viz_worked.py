"""The worked number of each gradient: what backward gave for one entry agrees with its finite difference."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import REGISTRY, record
from tinygrad_cnn.testing.samples import SAMPLES


def one_of_each():
    """The largest sample of every operation in the registry."""
    best = {}
    for sample in SAMPLES:
        size = sum(x.size for x in sample.inputs)
        if sample.op not in best or size > sum(x.size for x in best[sample.op].inputs):
            best[sample.op] = sample
    return [best[name] for name in sorted(best)]


def test_every_operation_has_a_sample():
    built_in = {name for name, op in REGISTRY.items() if op.forward.__module__.startswith("tinygrad_cnn.")}
    assert built_in == {sample.op for sample in one_of_each()}


def recorded(sample):
    inputs = [tg.tensor(x, requires_grad=True) for x in sample.inputs]
    with record() as r:
        y = REGISTRY[sample.op].call(*inputs, **sample.settings)
        y.backward(np.random.default_rng(0).normal(size=y.shape))
    return r.graph


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_backward_agrees_with_the_difference(sample):
    """The samples are away from kinks, so that there is no other reason to differ."""
    graph = recorded(sample)
    item = next(i for i in graph.ops() if i.name == sample.op)
    for use in item.uses:
        if not use.tracked or use.contribution is None or not use.contribution.size:
            assert use.worked is None
            continue
        worked = use.worked
        assert worked is not None
        assert worked.difference == pytest.approx(worked.backward, rel=1e-3, abs=1e-6)
        assert abs(worked.backward) == pytest.approx(
            max(abs(use.contribution.min), abs(use.contribution.max))
        )
        assert len(worked.terms) <= 3
        if worked.reached <= 3:
            total = sum(dy * slope for _, dy, slope in worked.terms)
            assert total == pytest.approx(worked.difference, rel=1e-6, abs=1e-9)


def test_the_entry_and_the_terms_are_those_of_the_chain_rule():
    x = tg.tensor([[1.0, -2.0], [3.0, 0.5]], requires_grad=True)
    w = tg.tensor([[2.0], [-1.0]], requires_grad=True)
    with record() as r:
        ((x @ w) * tg.tensor([[1.0], [10.0]])).sum().backward()
    a, b = r.graph.items["matmul"].uses
    assert (a.worked.entry, a.worked.backward, a.worked.reached) == ((1, 0), 20.0, 1)
    assert a.worked.terms == (((1, 0), 10.0, pytest.approx(2.0)),)
    assert (b.worked.entry, b.worked.backward, b.worked.reached) == ((0, 0), 31.0, 2)
    assert [t[0] for t in b.worked.terms] == [(1, 0), (0, 0)], "the largest share comes first"
    assert b.worked.difference == pytest.approx(31)


def test_each_use_of_a_shared_tensor_is_worked_on_its_own():
    x = tg.tensor([3.0], requires_grad=True)
    with record() as r:
        (x * x).backward()
    assert [use.worked.backward for use in r.graph.items["mul"].uses] == [3, 3]
    assert [use.worked.difference for use in r.graph.items["mul"].uses] == pytest.approx([3, 3])


def test_float32_is_measured_in_float64():
    x = tg.tensor(np.full(5, 1000.0, np.float32), requires_grad=True)
    with record() as r:
        (x * x).sum().backward()
    worked = r.graph.items["mul"].uses[0].worked
    assert worked.difference == pytest.approx(1000, rel=1e-6)


def test_a_wrong_closure_is_seen():
    @tg.op
    def wrong_square(x):
        return x.array**2, lambda g: g * x

    x = tg.tensor([3.0], requires_grad=True)
    with record() as r:
        wrong_square(x).backward()
    worked = r.graph.items["wrong_square"].uses[0].worked
    assert (worked.backward, worked.difference) == (3, pytest.approx(6))


def test_what_cannot_be_measured_says_so():
    @tg.op
    def only_float32(x):
        if x.array.dtype != np.float32:
            raise TypeError("float32 only")
        return x.array * np.float32(2), lambda g: g * 2

    x = tg.tensor(np.ones(3, np.float32), requires_grad=True)
    with record() as r:
        only_float32(x).sum().backward()
        y = tg.tensor([0.0], requires_grad=True)
    worked = r.graph.items["only_float32"].uses[0].worked
    assert (worked.backward, worked.difference, worked.terms) == (2.0, None, ())
    with record() as r:
        (x.double() * 3).float().sum().backward()
    found = [i.uses[0].worked.difference for i in r.graph.ops()]
    assert [i.settings for i in r.graph.ops()][::2] == ["dtype float64", "dtype float32"]
    assert found == [pytest.approx(3), pytest.approx(3), None, pytest.approx(1)], "float32 is too coarse"
    with record() as r, np.errstate(all="ignore"):
        y.log().backward()
    assert r.graph.items["log"].uses[0].worked is None, "there is no number to compare with Inf"


def test_without_worked_nothing_is_computed_again():
    calls = []

    @tg.op
    def counted(x):
        calls.append(1)
        return x.array * 2, lambda g: g * 2

    x = tg.tensor(np.ones(3, np.float32), requires_grad=True)
    with record(worked=False) as r:
        counted(x).sum().backward()
    assert len(calls) == 1
    assert r.graph.items["counted"].uses[0].worked is None
    with record():
        counted(x).sum().backward()
    assert len(calls) == 1 + 3

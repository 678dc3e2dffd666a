"""`no_grad` and its relatives: as blocks and decorators, in threads, tasks and generators."""

import asyncio
import threading

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import enable_grad, is_grad_enabled, no_grad, set_grad_enabled, tensor
from tinygrad_cnn.errors import ArgumentError


def recorded() -> bool:
    return (tensor([1.0], requires_grad=True) * 2.0).requires_grad


def test_no_grad_is_a_block_that_ends_also_by_an_error():
    with no_grad():
        assert not recorded()
        assert not is_grad_enabled()
    assert recorded()
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert recorded()


def test_blocks_nest_and_one_object_can_be_entered_again():
    off = no_grad()
    with off:
        with enable_grad():
            assert recorded()
            with off, set_grad_enabled(False):
                assert not recorded()
            assert recorded()
        assert not recorded()
    assert recorded()


def test_no_grad_decorates_functions_also_recursive_ones():
    @no_grad()
    def countdown(n: int) -> list[bool]:
        return [recorded(), *(countdown(n - 1) if n else [])]

    assert countdown(3) == [False] * 4
    assert recorded()


def test_leaves_made_under_no_grad_can_still_require_it():
    with no_grad():
        x = tensor([1.0], requires_grad=True)
    assert (x * 2.0).requires_grad


def test_a_decorated_generator_is_inside_only_while_it_runs():
    @no_grad()
    def numbers():
        total = 0
        while True:
            try:
                received = yield recorded()
            except ValueError:
                received = 100
            if received is None:
                return total
            total += received

    run = numbers()
    assert next(run) is False
    assert recorded()
    assert run.send(1) is False
    assert run.throw(ValueError()) is False
    assert recorded()
    with pytest.raises(StopIteration) as stopped:
        run.send(None)
    assert stopped.value.value == 101
    other = numbers()
    next(other)
    other.close()
    assert recorded()


def test_a_decorated_coroutine_is_inside_while_it_waits_and_others_are_not():
    @no_grad()
    async def quiet() -> list[bool]:
        seen = [recorded()]
        await asyncio.sleep(0.001)
        return [*seen, recorded()]

    async def loud() -> list[bool]:
        seen = []
        for _ in range(5):
            seen.append(recorded())
            await asyncio.sleep(0.0005)
        return seen

    async def both():
        return await asyncio.gather(quiet(), loud())

    assert asyncio.run(both()) == [[False, False], [True] * 5]


def test_a_block_in_one_task_does_not_reach_into_another():
    async def quiet():
        with no_grad():
            await asyncio.sleep(0.002)
            return recorded()

    async def loud():
        await asyncio.sleep(0.001)
        return recorded()

    async def both():
        return await asyncio.gather(quiet(), loud())

    assert asyncio.run(both()) == [False, True]


def test_a_block_in_one_thread_does_not_reach_into_another():
    entered, leave, seen = threading.Event(), threading.Event(), []

    def quiet():
        with no_grad():
            entered.set()
            leave.wait()
            seen.append(recorded())

    thread = threading.Thread(target=quiet)
    thread.start()
    entered.wait()
    assert recorded()
    leave.set()
    thread.join()
    assert seen == [False]


def test_threads_build_and_differentiate_graphs_side_by_side():
    results = {}

    def work(k: int):
        x = tensor([float(k)], requires_grad=True)
        y = x
        for _ in range(300):
            y = y + x
        y.sum().backward()
        results[k] = x.grad.item()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(8), 301.0)


def test_manual_seed_repeats_what_the_default_generator_draws():
    tg.manual_seed(5)
    first = tg.rand(4).tolist()
    tg.manual_seed(5)
    assert tg.rand(4).tolist() == first
    for bad in (-1, 1.5, True, "a"):
        with pytest.raises(ArgumentError) as caught:
            tg.manual_seed(bad)
        assert str(caught.value) == f"manual_seed expects an integer >= 0, got {bad!r}"

"""How much memory a step takes at most, and that memory is used again only when nobody sees it any more."""

import gc
import tracemalloc

import numpy as np

import tinygrad_cnn as tg
from tinygrad_cnn import Tensor, tensor
from tinygrad_cnn.kernels import recycle


def peak(action) -> int:
    gc.collect()
    recycle.clear()  # blocks that wait for their next use would not be counted
    tracemalloc.start()
    try:
        base = tracemalloc.get_traced_memory()[0]
        action()
        return tracemalloc.get_traced_memory()[1] - base
    finally:
        tracemalloc.stop()


def test_the_peak_of_a_convolutional_step_is_a_few_activations():
    rng = np.random.default_rng(0)
    x = tensor(rng.standard_normal((16, 8, 32, 30)).astype(np.float32))
    w1, w2 = (
        tensor(0.1 * rng.standard_normal((8, 8, 3, 3)).astype(np.float32), requires_grad=True) for _ in "ab"
    )
    one = x.array.nbytes

    def step() -> None:
        h = tg.relu(tg.conv2d(x, w1, padding=1))
        h = tg.relu(tg.conv2d(h, w2, padding=1))
        tg.max_pool2d(h, 2).sum().backward()

    step()
    # relu's two results must stay; beside them a gradient, the next one, and the kernel's working memory
    assert peak(step) < 5.5 * one


def test_a_thousand_steps_do_not_grow():
    x = tensor(np.ones(50), requires_grad=True)

    def steps() -> None:
        for _ in range(300):
            x.grad = None
            (tg.tanh(x) * x).sum().backward()

    steps()
    assert peak(steps) < 60_000


def large(fill: float) -> Tensor:
    return tensor(np.full((4, 8, 64, 32), fill, np.float32), requires_grad=True)


def test_memory_that_somebody_still_sees_is_not_used_again():
    """Keep every kind of view of results, let the results go, and compute on."""
    w = tensor(np.ones((8, 8, 1, 1), np.float32), requires_grad=True)
    seen, expected = [], []
    for step in range(6):
        x = large(step + 1.0)
        y = tg.relu(tg.conv2d(x, w))
        y.backward(np.full(y.shape, step + 2.0))
        whole, turned, flat = y.numpy(), y.detach().numpy().T, y.reshape(4, -1).numpy()
        views = [whole, whole[1:, ::2], turned, flat, memoryview(whole), np.asarray(x.grad), x.grad]
        seen += views
        expected += [np.array(view) for view in views]
        del x, y, whole, turned, flat, views
    for _ in range(6):
        tg.relu(tg.conv2d(large(99.0), w)).sum().backward()
    for now, then in zip(seen, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(now), then)


def test_a_block_comes_back_when_the_last_view_of_it_is_gone():
    recycle.clear()
    array = recycle.empty((100, 1000), np.dtype(np.float32))
    address = array.ctypes.data
    view = array[1:].T
    del array
    other = recycle.empty((100, 1000), np.dtype(np.float32))
    assert not np.shares_memory(other, view)
    del view
    again = recycle.empty((100, 1000), np.dtype(np.float32))
    assert again.ctypes.data == address
    assert not np.shares_memory(again, other)

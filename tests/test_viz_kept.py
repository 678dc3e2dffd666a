"""What a recording keeps is small and true: pixels within a limit, sampled histograms, no kinks."""

import weakref

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn.testing import mutate
from tinygrad_cnn.testing.mutation.probe import reaches
from tinygrad_cnn.viz.graph.model import OP, Graph, Item
from tinygrad_cnn.viz.graph.stats import measure
from tinygrad_cnn.viz.graph.thumbnails import Thumbnail, step_to_fit
from tinygrad_cnn.viz.layout.compose import MOST_PIXELS, with_fitting_pictures
from tinygrad_cnn.viz.recording.pictures import of_gradient
from tinygrad_cnn.viz.recording.recorder import Recorder


def thumbnail(height, width, fill=7):
    return Thumbnail(height, width, 1, bytes([fill]) * (height * width), "t")


def test_a_tie_is_not_taken_for_the_worked_entry():
    x = tg.tensor([[[[5.0, 5.0, 1.0, 3.0]]]], requires_grad=True)  # the first window has two largest
    with tg.record() as r:
        y = tg.max_pool2d(x, (1, 2))
        (y * tg.tensor([[[[9.0, 2.0]]]])).sum().backward()
    worked = r.graph.items["max_pool2d"].uses[0].worked
    assert worked.entry == (0, 0, 0, 3)
    assert worked.backward == pytest.approx(worked.difference)


def test_filters_keep_all_their_pixels_and_others_lose_some():
    assert thumbnail(3, 3).smaller(4) == thumbnail(3, 3)
    small = thumbnail(32, 2).smaller(8)
    assert (small.height, small.width) == (4, 1)
    assert small.array().shape == (4, 1, 3)
    assert step_to_fit([thumbnail(10, 10)] * 4, 400) == 1
    assert step_to_fit([thumbnail(10, 10)] * 4, 399) == 2


def test_many_small_pictures_are_made_to_fit_and_the_picture_says_so():
    pictures = (thumbnail(32, 32),) * 8
    items = {f"{i}": Item(f"{i}", OP, "conv2d", "", (1,), "float32", pictures=pictures) for i in range(60)}
    fitted = with_fitting_pictures(Graph(items))
    pixels = sum(t.height * t.width for i in fitted.items.values() for t in i.pictures)
    assert 0 < pixels <= MOST_PIXELS
    assert fitted.notes == ("there are many small pictures, so one of 2 x 2 pixels is shown",)
    few = Graph(dict(list(items.items())[:10]))
    assert with_fitting_pictures(few) is few


def test_the_histogram_of_a_large_array_samples_all_of_it():
    bins = np.array(measure(np.linspace(0, 1, 300_000)).bins)
    assert bins.sum() <= 65_536
    assert bins.min() > 0.9 * bins.mean()


def test_one_outlier_does_not_make_the_rest_of_a_gradient_invisible():
    g = np.full((1, 1, 32, 32), 0.5, np.float32)
    g[0, 0, 3, 4] = 1000
    (shown,) = of_gradient(g, (thumbnail(32, 32),), False)
    assert (shown.array()[10, 10] < 200).any()


def test_numbers_of_an_array_are_not_taken_for_those_of_one_that_is_gone():
    recorder, gone, here = Recorder(), np.zeros(3), np.ones(3)
    recorder._stats[id(here)] = weakref.ref(gone), measure(gone)
    assert recorder._measured(here).mean == 1


def test_a_dropped_operation_leaves_a_tensor_where_a_number_stood():
    found = [m for m in mutate("binary_cross_entropy") if "without its sub" in m.bug]
    assert found
    changed = [reaches(mutant) for mutant in found]  # each of them runs
    assert any(changed)

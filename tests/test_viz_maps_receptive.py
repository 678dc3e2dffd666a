"""Receptive fields: against the arithmetic of windows, and against changing one pixel after another."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.viz.maps import receptive_field


def random_stack(rng, depth):
    """Draw layers of convolutions and poolings, and give (kernel, stride, padding, dilation) of each."""
    layers, windows = [], []
    for _ in range(depth):
        k = tuple(int(n) for n in rng.integers(1, 4, 2))
        s = tuple(int(n) for n in rng.integers(1, 3, 2))
        d = tuple(int(n) for n in rng.integers(1, 3, 2))
        p = tuple(int(rng.integers(0, n // 2 + 1)) for n in k)
        kind = rng.integers(3)
        if kind == 0:
            layers += [nn.Conv2d(2, 2, k, s, p, d, generator=rng), nn.ReLU()]
        elif kind == 1:
            layers.append(nn.MaxPool2d(k, s, p, d))
        else:
            d = (1, 1)
            layers.append(nn.AvgPool2d(k, s, p))
        windows.append((k, s, p, d))
    return nn.Sequential(*layers), windows


def by_arithmetic(windows, side):
    """Follow size, stride and offset of the field through the windows of one side."""
    size, stride, offset = 1, 1, 0
    for k, s, p, d in windows:
        size += d[side] * (k[side] - 1) * stride
        offset -= p[side] * stride
        stride *= s[side]
    return size, stride, offset


@pytest.mark.parametrize("seed", range(12))
def test_stacks_of_windows_by_arithmetic(seed):
    rng = np.random.default_rng(seed)
    model, windows = random_stack(rng, depth=int(rng.integers(1, 4)))
    sizes = (47, 54)
    field = receptive_field(model, (2, *sizes))
    box = []
    for side in (0, 1):
        size, stride, offset = by_arithmetic(windows, side)
        assert field.full_size[side] == size
        assert field.stride[side] == stride
        first = field.position[side] * stride + offset
        box += [max(first, 0), min(first + size, sizes[side])]
        assert field.position[side] == field.output_shape[1 + side] // 2
    assert field.box == tuple(box)


def changed_pixels(model, shape, position, rng, trials=6):
    """Find by trial which pixels change one output: other pictures and other weights every time."""
    found = np.zeros(shape[1:], bool)
    for _ in range(trials):
        for p in model.parameters():
            p.replace(np.abs(rng.standard_normal(p.shape)).astype(np.float32))  # nothing cancels
        base = rng.random(shape).astype(np.float32)
        batch = np.repeat(base[None], found.size + 1, axis=0)
        for i in range(found.size):
            batch[i, :, i // shape[2], i % shape[2]] += 100.0  # enough to win in every window
        with tg.no_grad():
            y = model.eval()(tg.tensor(batch)).numpy()[:, :, position[0], position[1]]
        found |= (np.abs(y[:-1] - y[-1]).max(axis=1) > 1e-3 * np.abs(y[-1]).max()).reshape(shape[1:])
    return found


class Branches(nn.Module):
    """A skip, a dilated branch and one that pools: the field is no rectangle."""

    def __init__(self, rng):
        super().__init__()
        self.first = nn.Conv2d(1, 2, 3, padding=1, generator=rng)
        self.wide = nn.Conv2d(2, 2, 3, padding=4, dilation=4, generator=rng)
        self.norm = nn.BatchNorm2d(2)
        self.pool = nn.MaxPool2d((3, 1), stride=1, padding=(1, 0))

    def forward(self, x):
        x = self.first(x).relu()
        return x + self.norm(self.wide(x)) + self.pool(x)


@pytest.mark.parametrize("position", [(6, 7), (0, 13), (11, 0)])
def test_branches_by_changing_pixels(position):
    rng = np.random.default_rng(1)
    model = Branches(rng)
    field = receptive_field(model, (1, 12, 14), position=position)
    expected = changed_pixels(model, (1, 12, 14), position, rng)
    np.testing.assert_array_equal(field.mask, expected)
    rows, columns = np.nonzero(expected)
    assert field.box == (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1)
    assert expected.sum() < field.size[0] * field.size[1]  # there are holes to be found


def test_holes_of_a_dilated_window():
    field = receptive_field(nn.Conv2d(1, 1, 3, dilation=2), (1, 9, 9), position=(1, 2))
    expected = np.zeros((9, 9), bool)
    expected[1:6:2, 2:7:2] = True
    np.testing.assert_array_equal(field.mask, expected)


def test_weights_do_not_matter():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 1, 2))
    for value in (0.0, -1.0):
        for p in model.parameters():
            p.replace(np.full(p.shape, value, np.float32))
        assert receptive_field(model, (1, 12, 12), position=(1, 1)).box == (2, 8, 2, 8)


class HandMade(nn.Module):
    """A ReLU that compares, which forgets a NaN."""

    def __init__(self, above):
        super().__init__()
        self.conv, self.above = nn.Conv2d(1, 1, 3), above

    def forward(self, x):
        x = self.conv(x)
        return tg.where(x > 0 if self.above else x < 0, x, 0.0)


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("weight", [1.0, -1.0])
def test_comparisons_are_seen_through(above, weight):
    model = HandMade(above)
    model.conv.weight.replace(np.full((1, 1, 3, 3), weight, np.float32))
    assert receptive_field(model, (1, 7, 7), position=(1, 2)).box == (1, 4, 2, 5)


class AcrossTheBatch(nn.Module):
    """Samples reach each other's outputs, but only where they stand."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3)

    def forward(self, x):
        x = self.conv(x)
        return x - x.mean(dim=0, keepdim=True)


def test_samples_that_are_mixed_are_tried_one_by_one():
    assert receptive_field(AcrossTheBatch(), (1, 7, 7), position=(0, 2)).box == (0, 3, 2, 5)


def test_every_padding_alone_depends_on_nothing():
    field = receptive_field(nn.Conv2d(1, 1, 1, padding=2), (1, 3, 3), position=(0, 0))
    assert (field.box, field.size, field.mask.any()) == ((0, 0, 0, 0), (0, 0), False)
    assert str(field).endswith("depends on no pixel: there is nothing but padding to see")
    assert "<svg" in field.svg()


def test_cut_off_at_the_border():
    field = receptive_field(nn.Conv2d(1, 1, 5, padding=2), (1, 9, 9), position=(0, 4))
    assert (field.size, field.box, field.full_size) == ((3, 5), (0, 3, 2, 7), (5, 5))
    nowhere_clear = receptive_field(nn.Conv2d(1, 1, 5, padding=2), (1, 5, 5))
    assert (nowhere_clear.full_size, nowhere_clear.stride) == ((None, None), (None, None))
    assert nowhere_clear.size == (5, 5)


def test_a_growing_layer_has_a_stride_below_one():
    field = receptive_field(nn.ConvTranspose2d(1, 1, 2, stride=2), (1, 10, 8))
    assert (field.size, field.stride) == ((1, 1), (0.5, 0.5))


def test_vectors():
    model = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Flatten(), nn.Linear(9, 4))
    assert receptive_field(model, (1, 5, 5), layer="2").box == (0, 5, 0, 5)
    one = receptive_field(model, (1, 5, 5), layer="1", position=5)
    assert (one.box, one.position, one.output_shape) == ((1, 4, 2, 5), (5,), (9,))


def test_large_fields_are_measured_in_squares():
    model = nn.Sequential(nn.Flatten(), nn.Linear(100 * 90, 2))
    field = receptive_field(model, (1, 100, 90), layer="1")
    assert (field.cell, field.box, field.mask.all()) == (2, (0, 100, 0, 90), True)
    assert str(field).endswith("measured in squares of 2 x 2 pixels; the box is exact")


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x


def test_it_runs_no_further_than_the_layer():
    model = nn.Sequential({"conv": nn.Conv2d(1, 1, 3), "act": nn.ReLU(), "after": Counting()})
    receptive_field(model, (1, 8, 8), layer="conv")
    assert model.after.calls == 0


def test_a_second_call_of_a_layer():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3)

        def forward(self, x):
            return self.conv(self.conv(x))

    assert receptive_field(Twice(), (1, 9, 9), layer="conv").size == (3, 3)
    assert receptive_field(Twice(), (1, 9, 9), layer="conv#2").size == (5, 5)
    assert receptive_field(Twice(), (1, 9, 9)).size == (5, 5)


def test_everything_is_put_back():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5), nn.MaxPool2d(2))
    before = {name: t.numpy().copy() for name, t in model.state_dict().items()}
    state = tg.default_generator().bit_generator.state
    receptive_field(model, (1, 8, 8))
    assert all(m.training for m in model.modules())
    assert tg.default_generator().bit_generator.state == state
    for name, t in model.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), before[name])


def test_the_whole_text():
    field = receptive_field(nn.models.lenet5(seed=0), (1, 28, 28), layer="pool2")
    assert str(field) == (
        "receptive field of pool2, (16, 5, 5), in an input of (1, 28, 28)\n"
        "the output at (2, 2) depends on 256 pixels within 16 x 16: rows 6 to 21, columns 6 to 21\n"
        "size 16 x 16 where it is not cut off at the border\n"
        "stride 4 x 4: from one output to the next it moves by that"
    )
    assert repr(field) == "<ReceptiveField: pool2 (2, 2), 16 x 16 of 28 x 28>"
    with pytest.raises(ValueError, match="read-only"):
        field.mask[0, 0] = True


def test_rows_are_told_where_the_output_stands():
    model = nn.Conv2d(1, 1, 1, padding=(0, 1))  # its first and last column see nothing but padding
    assert receptive_field(model, (1, 4, 4), position=(2, 3)).box == (2, 3, 2, 3)
    assert receptive_field(model, (1, 4, 4), position=(2, 0)).box == (0, 0, 0, 0)

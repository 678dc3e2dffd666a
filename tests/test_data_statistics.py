"""Mean and deviation of a set against exact fractions, where plain sums would lose everything, and stored."""

import json
from fractions import Fraction

import numpy as np
import pytest

from tinygrad_cnn.data import (
    ChannelStatistics,
    Dataset,
    Subset,
    TensorDataset,
    channel_statistics,
    statistics,
)
from tinygrad_cnn.data import transforms as T
from tinygrad_cnn.errors import DataError, MissingPathError, ShapeError


def exactly(pictures):
    """Mean and variance of each channel in exact arithmetic."""
    means, deviations = [], []
    for channel in range(len(pictures[0])):
        values = [Fraction(float(v)) for x in pictures for v in x[channel].ravel()]
        mean = sum(values) / len(values)
        means.append(float(mean))
        deviations.append(float(sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5)
    return means, deviations


class Pictures(Dataset):
    def __init__(self, pictures):
        super().__init__()
        self.pictures = pictures

    def __len__(self):
        return len(self.pictures)

    def load(self, index):
        return self.pictures[index], 0


@pytest.mark.parametrize("offset", [0, 1, 1e5, -3e6])
def test_in_pieces_or_one_by_one_it_is_the_exact_one(monkeypatch, offset):
    x = (np.random.default_rng(0).normal(size=(11, 3, 4, 5)) + offset).astype(np.float32)
    mean, std = exactly(x)
    for piece in (1, 130, 10**6):
        monkeypatch.setattr(statistics, "_PIECE", piece)
        for data in (TensorDataset(x), Pictures(list(x))):
            found = channel_statistics(data)
            assert found.pixels == 220
            rounding = 1e-15 * (1 + abs(offset))  # sums of squares would err by its square
            np.testing.assert_allclose(found.mean, mean, atol=rounding)
            np.testing.assert_allclose(found.std, std, rtol=10 * rounding)


def test_pictures_of_different_sizes_count_by_their_pixels():
    generator = np.random.default_rng(1)
    shapes = [(2, 3, 4), (2, 7, 1), (2, 0, 5), (2, 20, 30)]
    pictures = [generator.random(shape, dtype=np.float32) for shape in shapes]
    found = channel_statistics(Pictures(pictures))
    mean, std = exactly(pictures)
    assert found.pixels == 12 + 7 + 600
    np.testing.assert_allclose(found.mean, mean, rtol=1e-14)
    np.testing.assert_allclose(found.std, std, rtol=1e-13)


def test_many_pictures_of_an_awkward_level():
    x = np.full((2000, 1, 8, 8), 0.1, np.float32)
    x[::2] += np.float32(1e-6)
    found = channel_statistics(TensorDataset(x))
    low, high = float(x[1, 0, 0, 0]), float(x[0, 0, 0, 0])
    assert np.isclose(found.std[0], (high - low) / 2, rtol=1e-9, atol=0)
    assert np.isclose(found.mean[0], (high + low) / 2, rtol=1e-15, atol=0)


def test_the_transform_of_the_data_set_runs():
    x = np.random.default_rng(0).random((5, 3, 4, 4), dtype=np.float32)
    plain = channel_statistics(TensorDataset(x))
    again = channel_statistics(TensorDataset(x, transform=plain.normalize()))
    np.testing.assert_allclose(again.mean, 0, atol=1e-6)
    np.testing.assert_allclose(again.std, 1, rtol=1e-6)
    assert channel_statistics(Subset(TensorDataset(x), [1, 3])).pixels == 32
    assert len(channel_statistics(TensorDataset(x, transform=T.Grayscale())).mean) == 1


def test_a_constant_channel_is_moved_and_not_stretched():
    found = channel_statistics(TensorDataset(np.full((3, 1, 2, 2), 0.7, np.float32)))
    assert found.std == (0.0,)
    assert float(abs(found.normalize()(np.full((1, 2, 2), 0.7, np.float32))).max()) < 1e-7


def test_stored_to_the_last_bit(tmp_path):
    found = channel_statistics(TensorDataset(np.random.default_rng(0).random((5, 3, 4, 4), dtype=np.float32)))
    found.save(tmp_path / "set.json")
    assert ChannelStatistics.load(tmp_path / "set.json") == found
    assert set(json.loads((tmp_path / "set.json").read_text())) == {"mean", "std", "pixels"}
    assert [path.name for path in tmp_path.iterdir()] == ["set.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"mean": [0.5], "std": [0.1]}',
        '{"mean": [0.5], "std": [0.1], "pixels": 0}',
        '{"mean": [0.5], "std": [0.1], "pixels": true}',
        '{"mean": [0.5], "std": [0.1], "pixels": 4, "more": 1}',
        '{"mean": [0.5], "std": [], "pixels": 4}',
        '{"mean": [], "std": [], "pixels": 4}',
        '{"mean": [0.5], "std": [-0.1], "pixels": 4}',
        '{"mean": ["a"], "std": [0.1], "pixels": 4}',
        '{"mean": [1e999], "std": [0.1], "pixels": 4}',
        '{"mean": [NaN], "std": [0.1], "pixels": 4}',
        '{"mean": 0.5, "std": 0.1, "pixels": 4}',
        b"\xff\xfe",
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=r"a\.json (cannot be read|does not hold the mean, std and pixels)"):
        ChannelStatistics.load(tmp_path / "a.json")
    with pytest.raises(MissingPathError, match=r"there is no file .*none.json of means"):
        ChannelStatistics.load(tmp_path / "none.json")


def test_what_cannot_be_measured_is_named():
    x = np.zeros((4, 2, 3, 3), np.float32)
    with pytest.raises(DataError, match=r"there are no pictures to measure: TensorDataset"):
        channel_statistics(TensorDataset(x[:0]))
    with pytest.raises(DataError, match=r"there are no pixels to measure"):
        channel_statistics(TensorDataset(x[:, :, :0]))
    for bad in (np.nan, np.inf):
        x[2, 1, 0, 0] = bad
        for data in (TensorDataset(x), Pictures(list(x))):
            with pytest.raises(DataError, match=r"sample 2 has values that are NaN, infinite or too large"):
                channel_statistics(data)
    with pytest.raises(ShapeError, match=r"sample 0 is float32 \(3,\); expected pictures \(C, H, W\)"):
        channel_statistics(TensorDataset(np.zeros((4, 3), np.float32)))
    with pytest.raises(ShapeError, match=r"sample 1 has 3 channels, those before it have 1"):
        channel_statistics(Pictures([np.zeros((1, 2, 2)), np.zeros((3, 2, 2))]))

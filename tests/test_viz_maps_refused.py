"""What the maps refuse, by the whole text of the message."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError, MissingPathError, ShapeError
from tinygrad_cnn.viz.maps import feature_maps, filters, occlusion, receptive_field, saliency

X = np.ones((2, 1, 28, 28), np.float32)


def lenet():
    return nn.models.lenet5(seed=0)


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.spare = nn.Conv2d(1, 1, 3), nn.Conv2d(1, 1, 3)

    def forward(self, x):
        return self.conv(x)


def broken():
    model = nn.Conv2d(1, 1, 3)
    model.weight.replace(np.full((1, 1, 3, 3), np.nan, np.float32))
    return model


NAMES = "it has conv1, relu1, pool1, conv2, relu2, pool2, flatten, dense1, relu3, dense2, relu4, dense3"
CASES = {
    "filters: no convolution": (
        lambda: filters(nn.Linear(2, 2)),
        ArgumentError,
        "filters: Linear has no Conv2d layer; pass a weight (O, C, kh, kw) instead",
    ),
    "filters: a matrix": (
        lambda: filters(nn.Linear(3, 2).weight),
        ShapeError,
        "filters: a weight is (O, C, kh, kw), not empty; got the shape (2, 3)",
    ),
    "filters: most": (
        lambda: filters(lenet(), most=0),
        ArgumentError,
        "filters: most must be an integer >= 1, got 0",
    ),
    "no such layer": (
        lambda: feature_maps(lenet(), X, layer="covn1"),
        ArgumentError,
        f"feature_maps: the model has no layer 'covn1'; similar: conv1, conv2; {NAMES}",
    ),
    "no such layer, nothing similar": (
        lambda: receptive_field(lenet(), (1, 28, 28), layer="body"),
        ArgumentError,
        f"receptive_field: the model has no layer 'body'; {NAMES}",
    ),
    "no such call": (
        lambda: feature_maps(lenet(), X, layer="conv1#2"),
        ArgumentError,
        "feature_maps: layer 'conv1#2' was not called in the forward pass; name another one",
    ),
    "a layer that is not called": (
        lambda: feature_maps(Unused(), X, layer="spare"),
        ArgumentError,
        "feature_maps: layer 'spare' was not called in the forward pass; name another one",
    ),
    "a field of a layer that is not called": (
        lambda: receptive_field(Unused(), (1, 8, 8), layer="spare"),
        ArgumentError,
        "receptive_field: layer 'spare' was not called in the forward pass; name another one",
    ),
    "no layer to show": (
        lambda: feature_maps(nn.Sequential(nn.Flatten()), X),
        ArgumentError,
        "feature_maps: the model calls no convolution and no pooling; name a layer with layer=",
    ),
    "vectors": (
        lambda: feature_maps(lenet(), X, layer="dense1"),
        ShapeError,
        "feature_maps: layer 'dense1' gives no maps (N, C, H, W), but the shape (1, 120)",
    ),
    "x is a matrix": (
        lambda: feature_maps(lenet(), np.ones((2, 3))),
        ShapeError,
        "feature_maps: x must be pictures (N, C, H, W), or one picture (C, H, W), not empty; "
        "got the shape (2, 3)",
    ),
    "x is empty": (
        lambda: saliency(lenet(), X[:0]),
        ShapeError,
        "saliency: x must be pictures (N, C, H, W), or one picture (C, H, W), not empty; "
        "got the shape (0, 1, 28, 28)",
    ),
    "no such sample": (
        lambda: feature_maps(lenet(), X, sample=2),
        ArgumentError,
        "feature_maps: sample must be below 2, as x has 2 pictures; got 2",
    ),
    "a sample of one picture": (
        lambda: occlusion(lenet(), X[0], size=3, sample=1),
        ArgumentError,
        "occlusion: sample must be below 1, as x has 1 picture; got 1",
    ),
    "not a model": (
        lambda: saliency("lenet5", X),
        ArgumentError,
        "saliency: expected a model (nn.Module), got str",
    ),
    "target": (
        lambda: saliency(lenet(), X, target=10),
        ArgumentError,
        "saliency: target must be below 10, the number of scores; got 10",
    ),
    "negative target": (
        lambda: occlusion(lenet(), X, target=-1, size=3),
        ArgumentError,
        "occlusion: target must be an integer >= 0, got -1",
    ),
    "no scores": (
        lambda: saliency(nn.Conv2d(1, 1, 3), X),
        ShapeError,
        "saliency: expected a model that gives scores (N, classes), got the shape (1, 1, 26, 26)",
    ),
    "size": (
        lambda: occlusion(lenet(), X, size=(5, 29)),
        ArgumentError,
        "occlusion: size 5 x 29 is larger than the picture, 28 x 28",
    ),
    "stride": (
        lambda: occlusion(lenet(), X, size=5, stride=0),
        ArgumentError,
        "occlusion: stride must be an integer >= 1, got 0",
    ),
    "value": (
        lambda: occlusion(lenet(), X, size=5, value=[1, 2]),
        ArgumentError,
        "occlusion: value must be one number or 1, got [1, 2]",
    ),
    "value in words": (
        lambda: occlusion(lenet(), X, size=5, value="mean"),
        ArgumentError,
        "occlusion: value must be one number or 1, got 'mean'",
    ),
    "input_shape with a batch": (
        lambda: receptive_field(lenet(), X.shape),
        ShapeError,
        "receptive_field: input_shape is (C, H, W), without the batch; got (2, 1, 28, 28)",
    ),
    "position": (
        lambda: receptive_field(lenet(), (1, 28, 28), layer="pool1", position=(0, 14)),
        ArgumentError,
        "receptive_field: position must be 2 numbers within (14, 14), the output of 'pool1'; got (0, 14)",
    ),
    "position of a vector": (
        lambda: receptive_field(lenet(), (1, 28, 28), layer="dense3", position=(1, 1)),
        ArgumentError,
        "receptive_field: position must be 1 number within (10,), the output of 'dense3'; got (1, 1)",
    ),
    "weights that are NaN": (
        lambda: receptive_field(broken(), (1, 8, 8)),
        ArgumentError,
        "receptive_field: the model gives NaN or infinity for an input of 0.5 everywhere, so nothing can be "
        "told from it; check the weights",
    ),
    "no maps at all": (
        lambda: receptive_field(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), (1, 2, 2)),
        ArgumentError,
        "receptive_field: no layer gives maps (N, C, H, W); name one with layer=",
    ),
    "ending": (
        lambda: filters(lenet()).save("filters.jpg"),
        ArgumentError,
        "save: expected a file that ends in .svg or .png, got 'filters.jpg'",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name):
    call, kind, words = CASES[name]
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == words


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(MissingPathError, match=r"there is no folder .*nowhere; create it first"):
        filters(lenet()).save(tmp_path / "nowhere" / "x.svg")


@pytest.mark.parametrize(
    "call",
    [
        lambda m: feature_maps(m, np.ones((2, 5, 28, 28))),
        lambda m: saliency(m, np.ones((5, 28, 28))),
        lambda m: occlusion(m, np.ones((5, 28, 28)), size=3),
        lambda m: receptive_field(m, (5, 28, 28)),
    ],
)
def test_channels_that_do_not_fit_are_the_layers_own_error_and_all_is_put_back(call):
    model = lenet()
    with pytest.raises(ShapeError, match="conv2d"):
        call(model)
    assert all(m.training for m in model.modules())
    assert tg.is_grad_enabled()

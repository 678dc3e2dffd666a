"""Attributes of modules: what can be replaced and deleted, and what is refused instead of getting lost."""

import re

import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn
from tinygrad_cnn.errors import ArgumentError


class Block(nn.Module):
    """A module with one of everything: parameters, buffers, a child, and plain attributes between them."""

    def __init__(self):
        super().__init__()
        self.size = 3
        self.scale = nn.Parameter([1.0, 2.0, 3.0])
        self.register_buffer("mean", tg.zeros(3))
        self.dense = nn.Linear(3, 2)
        self.register_buffer("cache", tg.ones(1), persistent=False)
        self.shift = nn.Parameter([0.5, 0.5])


def names(pairs):
    return [name for name, _ in pairs]


def test_attributes_can_be_replaced_by_their_kind_and_deleted():
    block = Block()
    block.scale = nn.Parameter([3.0, 3.0, 3.0])
    block.mean = tg.ones(3)
    block.dense = nn.Linear(3, 5)
    assert names(block.named_parameters()) == ["scale", "shift", "dense.weight", "dense.bias"]
    assert names(block.named_buffers()) == ["mean", "cache"]
    del block.scale, block.mean
    block.dense = None
    assert names(block.named_parameters()) == ["shift"] and names(block.named_buffers()) == ["cache"]
    block.mean = 5
    block.scale = "free again"
    with pytest.raises(AttributeError):
        block.dense_two  # noqa: B018


def test_a_buffer_that_becomes_a_parameter_is_no_buffer_any_more():
    block = Block()
    block.mean = nn.Parameter([0.0, 0.0, 0.0])
    assert names(block.named_buffers()) == ["cache"]
    assert "mean" in names(block.named_parameters())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("scale", tg.ones(3), "Block.scale is a Parameter, and Tensor cannot take its place; assign a"),
        ("mean", [0.0], "Block.mean is a Tensor, and list cannot take its place; assign a Tensor or None"),
        ("dense", 3, "Block.dense is a Module, and int cannot take its place; assign a Module or None"),
        ("train", nn.ReLU(), "Block.train is a method and cannot be replaced; choose another name"),
        (
            "layers",
            [nn.ReLU(), nn.Linear(1, 1)],
            "Block.layers is a list that hides ReLU, Linear from parameters(), so nothing in it would learn; "
            "use nn.ModuleList, or one attribute each (to hide on purpose: object.__setattr__)",
        ),
        ("extra", {"w": nn.Parameter([1.0])}, "Block.extra is a dict that hides Parameter from parameters()"),
    ],
)  # fmt: skip
def test_an_assignment_that_would_lose_something_in_silence_is_refused(name, value, message):
    block = Block()
    with pytest.raises(ArgumentError, match=f"^{re.escape(message)}"):
        setattr(block, name, value)
    assert names(block.named_parameters()) == ["scale", "shift", "dense.weight", "dense.bias"]


def test_assigning_before_init_says_what_to_call():
    class Early(nn.Module):
        def __init__(self):
            self.dense = nn.Linear(2, 2)
            super().__init__()

    class EarlyBuffer(nn.Module):
        def __init__(self):
            self.register_buffer("seen", tg.zeros(1))

    with pytest.raises(
        AttributeError, match=r"^Early.dense is assigned before super\(\).__init__\(\) has run; "
    ):
        Early()
    with pytest.raises(AttributeError, match=r"call it first in EarlyBuffer.__init__$"):
        EarlyBuffer()


def test_a_module_cannot_become_a_part_of_itself():
    outer, inner = nn.Sequential(), nn.Sequential()
    outer.add_module("inner", inner)
    with pytest.raises(ArgumentError, match=r"^Sequential.outer would make the module a part of itself$"):
        inner.outer = outer
    with pytest.raises(ArgumentError, match="part of itself"):
        inner.me = inner


def test_registering_under_a_bad_name_or_kind_is_refused():
    block = Block()
    for register, value in (
        (block.register_parameter, nn.Parameter([1.0])),
        (block.register_buffer, tg.ones(1)),
        (block.add_module, nn.ReLU()),
    ):
        with pytest.raises(
            ArgumentError, match=r"^Block: a name must be text without dots and not empty, got 'a.b'$"
        ):
            register("a.b", value)
        with pytest.raises(
            ArgumentError, match=r"^Block already has an attribute 'size'; choose another name$"
        ):
            register("size", value)
        with pytest.raises(ArgumentError, match=r"^Block.new must be a \w+ or None, got str$"):
            register("new", "text")
        register("nothing", None)
        assert block.nothing is None
    block.register_buffer("scale_copy", block.scale.detach())
    block.register_parameter("more", nn.Parameter([1.0]))
    assert names(block.named_parameters())[:3] == ["scale", "shift", "more"]

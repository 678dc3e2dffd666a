"""Reshaping, joining, splitting and arranging against numpy, as functions and as methods."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import tensor
from tinygrad_cnn.testing import gradcheck

X = np.arange(24.0).reshape(2, 3, 4)
T = tensor(X)

VALUES = {
    "reshape one size": (lambda: T.reshape(24), X.ravel()),
    "reshape open size": (lambda: T.reshape(4, -1), X.reshape(4, 6)),
    "reshape by name": (lambda: T.reshape(shape=(6, 4)), X.reshape(6, 4)),
    "view": (lambda: T.view((3, 8)), X.reshape(3, 8)),
    "view_as": (lambda: T.view_as(tg.zeros(4, 6)), X.reshape(4, 6)),
    "reshape_as": (lambda: T.reshape_as(tg.zeros(12, 2)), X.reshape(12, 2)),
    "flatten number": (lambda: tg.flatten(tensor(3.0)), np.array([3.0], np.float32)),
    "flatten middle": (lambda: T.flatten(0, 1), X.reshape(6, 4)),
    "unflatten": (lambda: T.unflatten(-1, (2, -1)), X.reshape(2, 3, 2, 2)),
    "squeeze several": (lambda: T.reshape(1, 24, 1).squeeze((0, 2)), X.ravel()),
    "squeeze none": (lambda: T.squeeze((0, 1)), X),
    "permute": (lambda: T.permute(2, 0, -2), X.transpose(2, 0, 1)),
    "movedim": (lambda: T.movedim(0, 2), np.moveaxis(X, 0, 2)),
    "moveaxis several": (lambda: tg.moveaxis(T, (0, 1), (-1, 0)), np.moveaxis(X, (0, 1), (-1, 0))),
    "swapaxes": (lambda: T.swapaxes(0, -1), X.swapaxes(0, 2)),
    "t": (lambda: T[0].t(), X[0].T),
    "T": (lambda: T.T, X.T),
    "mT": (lambda: T.mT, X.swapaxes(1, 2)),
    "expand": (lambda: T[0, 0].expand(2, -1), np.broadcast_to(X[0, 0], (2, 4))),
    "expand to nothing": (lambda: tg.ones(1, 2).expand(0, 2), np.zeros((0, 2), np.float32)),
    "expand_as": (lambda: T[0].expand_as(T), np.broadcast_to(X[0], X.shape)),
    "broadcast_to": (lambda: tg.broadcast_to(T[0], (5, 3, 4)), np.broadcast_to(X[0], (5, 3, 4))),
    "cat": (lambda: tg.cat([T, T[:, :1]], 1), np.concatenate([X, X[:, :1]], 1)),
    "cat empty vector": (lambda: tg.cat([tg.zeros(0, dtype=np.float64), T]), X),
    "concatenate": (lambda: tg.concatenate((T, T), -1), np.concatenate([X, X], 2)),
    "stack": (lambda: tg.stack([T, T], -1), np.stack([X, X], -1)),
    "hstack": (lambda: tg.hstack([T, T]), np.hstack([X, X])),
    "hstack numbers": (
        lambda: tg.hstack([tensor(1.0), tensor([2.0, 3.0])]),
        np.arange(1, 4, dtype=np.float32),
    ),
    "vstack": (lambda: tg.vstack([T[0, 0], T[0]]), np.vstack([X[0, 0], X[0]])),
    "repeat": (lambda: T[0].repeat(2, 1, 3), np.tile(X[0], (2, 1, 3))),
    "repeat none": (lambda: T[0].repeat(0, 2), np.zeros((0, 8))),
    "tile": (lambda: T.tile(2), np.tile(X, 2)),
    "repeat_interleave": (lambda: T.repeat_interleave(2, 1), X.repeat(2, 1)),
    "repeat_interleave each": (lambda: T.repeat_interleave([0, 3], dim=0), X.repeat([0, 3], 0)),
    "repeat_interleave flat": (lambda: tg.repeat_interleave(T, 2), X.repeat(2)),
    "flip": (lambda: T.flip(0, -1), X[::-1, :, ::-1]),
    "fliplr": (lambda: T.fliplr(), X[:, ::-1]),
    "flipud": (lambda: T.flipud(), X[::-1]),
    "roll flat": (lambda: T.roll(5), np.roll(X, 5)),
    "roll": (lambda: T.roll((1, -6), (0, 2)), np.roll(X, (1, -6), (0, 2))),
    "rot90": (lambda: tg.rot90(T, 1, (1, 2)), np.rot90(X, 1, (1, 2))),
    "rot90 back": (lambda: tg.rot90(T, -1, (0, 2)), np.rot90(X, -1, (0, 2))),
    "rot90 twice": (lambda: tg.rot90(T, 6), X[::-1, ::-1]),
    "tril": (lambda: T.tril(-1), np.tril(X, -1)),
    "triu": (lambda: T.triu(1), np.triu(X, 1)),
    "diagonal": (lambda: T.diagonal(1, 1, 2), X.diagonal(1, 1, 2)),
    "diagonal below": (lambda: T.diagonal(-1, 0, 2), X.diagonal(-1, 0, 2)),
    "diagonal outside": (lambda: T[0].diagonal(9), np.zeros(0)),
    "diag of a vector": (lambda: tg.diag(T[0, 0], -2), np.diag(X[0, 0], -2)),
    "diag of a matrix": (lambda: tg.diag(T[0], 1), np.diag(X[0], 1)),
    "narrow": (lambda: T.narrow(-1, -3, 2), X[..., 1:3]),
    "select": (lambda: T.select(1, -1), X[:, -1]),
}


@pytest.mark.parametrize("make, expected", VALUES.values(), ids=list(VALUES))
def test_values_are_numpys(make, expected):
    y = make()
    assert y.shape == expected.shape and y.dtype == expected.dtype
    assert np.array_equal(y, expected)


PIECES = {
    "split": (lambda: T.split(3, -1), np.split(X, [3], 2)),
    "split sizes": (lambda: T.split([1, 0, 3], 2), np.split(X, [1, 1], 2)),
    "chunk": (lambda: T.chunk(3, 2), np.split(X, [2], 2)),
    "chunk nothing": (lambda: tg.chunk(tensor(X[:0]), 3), [X[:0]] * 3),
    "tensor_split": (lambda: T.tensor_split(3, 2), np.array_split(X, 3, 2)),
    "tensor_split places": (lambda: T.tensor_split([1, -1], 2), np.split(X, [1, -1], 2)),
    "unbind": (lambda: T.unbind(1), list(X.swapaxes(0, 1))),
    "broadcast_tensors": (lambda: tg.broadcast_tensors(T[:, :1], T[0]), np.broadcast_arrays(X[:, :1], X[0])),
    "meshgrid": (lambda: tg.meshgrid(T[0, 0], T[0, 1]), np.meshgrid(X[0, 0], X[0, 1], indexing="ij")),
    "meshgrid xy": (lambda: tg.meshgrid([T[0, 0], T[0, 1]], indexing="xy"), np.meshgrid(X[0, 0], X[0, 1])),
}


@pytest.mark.parametrize("make, expected", PIECES.values(), ids=list(PIECES))
def test_pieces_are_numpys(make, expected):
    pieces = make()
    assert isinstance(pieces, tuple) and len(pieces) == len(expected)
    assert all(np.array_equal(y, e) and y.shape == e.shape for y, e in zip(pieces, expected, strict=True))


GRADIENTS = {
    "unflatten": lambda x: x.unflatten(2, (2, 2)),
    "movedim": lambda x: x.movedim(0, 2),
    "repeat": lambda x: x.repeat(2, 1, 2, 1),
    "repeat_interleave": lambda x: x.repeat_interleave([2, 0, 1], 1),
    "flip": lambda x: x.flip(0, 2),
    "roll": lambda x: x.roll((1, 3), (0, 2)),
    "rot90": lambda x: x.rot90(1, (1, 2)),
    "tril": lambda x: x.tril(),
    "diagonal": lambda x: x.diagonal(0, 1, 2),
    "diag": lambda x: tg.diag(x[0, 0], 1),
    "split": lambda x: x.split([1, 2], 1)[1],
    "unbind": lambda x: x.unbind(2)[3],
    "meshgrid": lambda x: tg.meshgrid(x[0, 0], x[1, 1])[1],
    "vstack": lambda x: tg.vstack([x, x[:1]]),
}


@pytest.mark.parametrize("function", GRADIENTS.values(), ids=list(GRADIENTS))
def test_gradients_of_compositions(function):
    assert gradcheck(function, np.random.default_rng(0).standard_normal((2, 3, 4)))


def test_what_is_not_a_number_does_not_leak_out_of_a_triangle():
    x = tensor([[1.0, float("nan")], [float("inf"), 1.0]], requires_grad=True)
    y = tg.triu(tg.tril(x))
    assert y.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    y.sum().backward()
    assert x.grad.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_integers_and_booleans_keep_their_dtype():
    x = tensor([[True, False], [True, True]])
    assert tg.tril(x).tolist() == [[True, False], [True, True]]
    assert tg.roll(tensor([1, 2, 3]), 1).dtype == np.int64
    assert tg.repeat(x, 1, 2).dtype == np.bool_


def test_splitting_lists_everything_once():
    pieces = tg.split(tg.arange(7), 3)
    assert [p.tolist() for p in pieces] == [[0, 1, 2], [3, 4, 5], [6]]
    assert tg.cat(pieces).tolist() == list(range(7))

"""Products of vectors and matrices, and einsum, against numpy; and what they refuse."""

import numpy as np
import pytest

import tinygrad_cnn as tg
from tinygrad_cnn import nn, tensor, zeros
from tinygrad_cnn.errors import ArgumentError, CnnError, ShapeError
from tinygrad_cnn.testing import gradcheck


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


A, B = drawn(3, 4), drawn(4, 5, seed=1)
BATCH, OTHER = drawn(2, 3, 4), drawn(2, 4, 5, seed=1)
V, W = drawn(4), drawn(3, seed=1)

VALUES = {
    "mm": (lambda a, b: tg.mm(a, b), (A, B), A @ B),
    "bmm": (lambda a, b: tg.bmm(a, b), (BATCH, OTHER), BATCH @ OTHER),
    "mv": (lambda a, b: tg.mv(a, b), (A, V), A @ V),
    "dot": (lambda a, b: a.dot(b), (V, V), V @ V),
    "outer": (lambda a, b: a.outer(b), (W, V), np.outer(W, V)),
    "inner": (lambda a, b: tg.inner(a, b), (BATCH, A), np.inner(BATCH, A)),
    "inner with a number": (lambda a, b: tg.inner(a, b), (A, np.array(3.0)), A * 3),
    "trace": (lambda a: a.trace(), (A,), np.trace(A)),
    "addmm": (lambda x, a, b: tg.addmm(x, a, b, beta=2, alpha=-1), (drawn(5), A, B), 2 * drawn(5) - A @ B),
    "baddbmm": (lambda x, a, b: x.baddbmm(a, b), (drawn(3, 1), BATCH, OTHER), drawn(3, 1) + BATCH @ OTHER),
    "matmul of vectors": (lambda a, b: tg.matmul(a, b), (V, V), V @ V),
    "matmul from the left": (lambda a, b: a @ b, (V, OTHER), V @ OTHER),
    "matmul from the right": (lambda a, b: a @ b, (BATCH, V), BATCH @ V),
    "matmul broadcast": (lambda a, b: a @ b, (BATCH[:, None], OTHER), BATCH[:, None] @ OTHER),
    "linear of a row": (lambda x, w, b: tg.linear(x, w, b), (V, A, W), A @ V + W),
    "linear of rows": (lambda x, w: tg.linear(x, w), (BATCH, A), BATCH @ A.T),
    "linear to one": (lambda x, w, b: tg.linear(x, w, b), (BATCH, V, np.array(2.0)), BATCH @ V + 2),
    "bilinear": (
        lambda a, b, w, c: tg.bilinear(a, b, w, c),
        (BATCH, drawn(2, 3, 5), drawn(6, 4, 5), drawn(6)),
        np.einsum("nmi,nmj,oij->nmo", BATCH, drawn(2, 3, 5), drawn(6, 4, 5)) + drawn(6),
    ),
}  # fmt: skip


@pytest.mark.parametrize("function, arrays, expected", VALUES.values(), ids=list(VALUES))
def test_products_and_their_gradients(function, arrays, expected):
    y = function(*(tensor(a) for a in arrays))
    assert y.shape == np.shape(expected)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-14)
    assert gradcheck(function, arrays)


EQUATIONS = {
    "ij,jk->ik": (A, B),
    "ij,jk": (A, B),
    "ij,jk->ki": (A, B),
    "bij,bjk->bik": (BATCH, OTHER),
    "bij,bjk->ik": (BATCH, OTHER),
    "...ij,...jk->...ik": (BATCH, B),
    "i...,i->...": (drawn(3, 2, 4), W),
    "...,...": (drawn(3, 1, 4), drawn(2, 1)),
    "i,i->i": (V, V),
    "i,i": (V, V),
    "i,j->ji": (V, W),
    "ii": (drawn(4, 4),),
    "ii->i": (drawn(4, 4),),
    "aiai->a": (drawn(2, 3, 2, 3),),
    "iii": (drawn(3, 3, 3),),
    "ij->ji": (A,),
    "ba": (A,),
    "ij->": (A,),
    "ij->j": (A,),
    "b...a->a...b": (drawn(2, 3, 4, 5),),
    "ij,j,i->i": (A, V, W),
    "nchw,oc,o->nohw": (drawn(2, 3, 4, 5), drawn(6, 3), drawn(6)),
    "bhqd,bhkd->bhqk": (drawn(2, 3, 4, 5), drawn(2, 3, 6, 5)),
    "ab,ab,ab->": (A, A, A),
    " i j , j k -> i k ": (A, B),
    "Aa,ab": (A, B),
    ",i->i": (np.array(2.0), V),
    "ij,jk->ik ": (drawn(3, 0), drawn(0, 5)),
}


@pytest.mark.parametrize("equation", EQUATIONS, ids=list(EQUATIONS))
def test_einsum_is_numpys(equation):
    arrays = EQUATIONS[equation]
    y = tg.einsum(equation, *(tensor(a) for a in arrays))
    expected = np.einsum(equation, *arrays)
    assert y.shape == expected.shape
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-13)
    if y.numel() and len(arrays) < 3:
        assert gradcheck(lambda *x: tg.einsum(equation, *x), arrays)


def test_einsum_broadcasts_sizes_of_1_and_sums_dots_that_the_result_lacks():
    a, b = drawn(3, 1), drawn(4, 5)
    np.testing.assert_allclose(tg.einsum("ij,jk->ik", tensor(a), tensor(b)), a @ b.sum(0, keepdims=True))
    np.testing.assert_allclose(tg.einsum("...i->i", tensor(BATCH)), BATCH.sum((0, 1)))


def test_einsum_takes_lists():
    a, b = tensor(A), tensor(B)
    assert np.array_equal(tg.einsum("ij,jk", [a, b]), tg.einsum("ij,jk", a, b))
    assert np.array_equal(tg.einsum(a, [0, 1], b, [1, 2], [2, 0]), tg.einsum("ij,jk->ki", a, b))
    assert np.array_equal(tg.einsum(a, [..., 0], b, [0, 1]), tg.einsum("...i,ij", a, b))


def test_what_does_not_count_may_be_no_number():
    x = tg.full((2, 2), float("nan"))
    assert tg.addmm(x, zeros(2, 3), zeros(3, 2), beta=0).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_empty_products_are_zeros():
    assert tg.matmul(zeros(2, 0), zeros(0, 3)).tolist() == [[0.0] * 3] * 2
    assert tg.dot(zeros(0), zeros(0)).item() == 0.0


def test_the_bilinear_layer_draws_within_its_bounds():
    layer = nn.Bilinear(16, 3, 5, generator=np.random.default_rng(0))
    values = np.concatenate([p.numpy().ravel() for p in layer.parameters()])
    assert layer.weight.shape == (5, 16, 3) and 0.2 < np.abs(values).max() <= 0.25
    assert repr(layer) == "Bilinear(in1_features=16, in2_features=3, out_features=5, bias=True)"
    assert nn.Bilinear(2, 3, 4, bias=False).bias is None


REFUSED = [
    (lambda: tg.matmul(zeros(()), zeros(2)), "matmul: expected vectors or matrices, got shapes () and (2,)"),
    (lambda: tg.matmul(zeros(2, 3), zeros(2, 3)), "matmul expects a (..., I, K), b (..., K, J) / "
     "got a (2, 3), b (2, 3) / K is 3 in a but 2 in b"),
    (lambda: tg.mm(zeros(2, 3), zeros(2, 3)), "mm expects (I, K) and (K, J) / got (2, 3) and (2, 3)"),
    (lambda: tg.mm(zeros(2), zeros(2)), "mm expects (I, K) and (K, J) / got (2,) and (2,)"),
    (lambda: tg.bmm(zeros(2, 3, 4), zeros(1, 4, 5)), "bmm expects (N, I, K) and (N, K, J) / "
     "got (2, 3, 4) and (1, 4, 5)"),
    (lambda: tg.mv(zeros(2, 3), zeros(2)), "mv expects (I, K) and (K,) / got (2, 3) and (2,)"),
    (lambda: tg.dot(zeros(2), zeros(3)), "dot expects (K,) and (K,) / got (2,) and (3,)"),
    (lambda: tg.outer(zeros(2, 1), zeros(3)), "outer expects (I,) and (J,) / got (2, 1) and (3,)"),
    (lambda: tg.inner(zeros(2), zeros(3)), "inner expects (..., K) and (..., K) / got (2,) and (3,)"),
    (lambda: tg.trace(zeros(2)), "trace expects (I, J) / got (2,)"),
    (lambda: tg.addmm(zeros(3), zeros(2, 3), zeros(3, 2)), "addmm: input of shape (3,) does not broadcast to "
     "(2, 2)"),
    (lambda: tg.addmm(zeros(2), zeros(2, 3), zeros(3, 2), alpha="1"),
     "addmm: alpha must be a number, got '1'"),
    (lambda: tg.bilinear(zeros(2), zeros(3), zeros(4, 3, 2)), "bilinear expects a (..., I), b (..., J), "
     "w (O, I, J) / got a (2,), b (3,), w (4, 3, 2)"),
    (lambda: tg.bilinear(zeros(2), zeros(3), zeros(4, 2, 3), zeros(2)), "bilinear expects a bias (4,) / "
     "got (2,)"),
    (lambda: tg.linear(zeros(2, 3), zeros(4, 2)), "linear expects x (..., I), w (O, I) / "
     "got x (2, 3), w (4, 2) / I is 3 in x but 2 in w"),
    (lambda: tg.einsum("ij,jk", zeros(2, 3)), "einsum: 'ij,jk' names 2 operands, got 1"),
    (lambda: tg.einsum("i1", zeros(2, 3)), "einsum: 'i1' has 'i1'; write letters, and '...' at most once"),
    (lambda: tg.einsum("ij->k", zeros(2, 3)), "einsum: each letter after '->' in 'ij->k' stands once, and "
     "before it, too"),
    (lambda: tg.einsum("ijk", zeros(2, 3)), "einsum: operand 0 is 'ijk', which does not fit shape (2, 3)"),
    (lambda: tg.einsum("ij,jk", zeros(2, 3), zeros(2, 3)), "einsum: 'j' in 'ij,jk' has the sizes 3 and 2"),
    (lambda: tg.einsum("ii", zeros(2, 3)), "einsum: 'i' stands twice in operand 0, with the sizes 2 and 3"),
    (lambda: tg.einsum("...,...", zeros(2), zeros(3)), "einsum: a dimension of '...' in '...,...' has the "
     "sizes 2 and 3"),
    (lambda: tg.einsum("ij"), "einsum: expected an equation and at least one operand"),
    (lambda: tg.einsum(zeros(2), [52]), "einsum: expected a list of numbers 0..51 and ..., got [52]"),
]  # fmt: skip


@pytest.mark.parametrize("call, text", REFUSED, ids=[text[:50] for _, text in REFUSED])
def test_refused_with_one_clear_error(call, text):
    with pytest.raises((ShapeError, ArgumentError)) as caught:
        call()
    assert str(caught.value) == text and isinstance(caught.value, CnnError)

"""Sums of products, written as in physics: two operands at a time, each pair as one product of matrices."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from ..core import Tensor
from ..errors import ArgumentError, ShapeError
from .arguments import as_tensor
from .arrange import diagonal

__all__ = ["einsum"]

Label = str | int  # a letter, or a dimension of "...", counted from the end: -1, -2, ...
Labels = tuple[Label, ...]
Term = tuple[Tensor, Labels]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(*args: Any) -> Tensor:
    r"""Multiply tensors along dimensions with one letter, and sum over the letters that the result lacks.

    ``einsum("ik,kj->ij", a, b)`` is :math:`y_{ij} = \sum_k a_{ik} b_{kj}`. Each letter is a dimension; one
    that stands twice in an operand means its diagonal. ``...`` stands for any dimensions in front, between
    or behind, which are broadcast. Without ``->`` the result has ``...`` first, and then the letters that
    stand once, in alphabetical order, capitals first. Sizes of 1 are broadcast. Operands may also come in
    one list, or each followed by a list of numbers 0..51 instead of letters, ``einsum(a, [0, 1], b, [1, 2],
    [0, 2])``.

    Raises:
        ArgumentError: an equation that cannot be read, or names another number of operands.
        ShapeError: another number of dimensions than letters, or sizes of one letter that differ.

    >>> import tinygrad_cnn as tg
    >>> a, b = tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([10.0, 1.0])
    >>> tg.einsum("ij,j->i", a, b), tg.einsum("ii", a), tg.einsum("ij->ji", a)
    (tensor([12., 34.]), tensor(5.), tensor([[1., 3.],
            [2., 4.]]))
    """
    equation, operands = _given(args)
    inputs, output = _read(equation, len(operands))
    terms = [_labelled(x, text, n) for n, (x, text) in enumerate(zip(operands, inputs, strict=True))]
    dots = sorted({k for _, labels in terms for k in labels if isinstance(k, int)})
    kept = _output(equation, inputs, output, dots)
    terms = _broadcast(equation, terms)
    while len(terms) > 1:
        (a, b), rest = terms[:2], terms[2:]
        terms = [_product(a, b, {*kept, *(k for _, labels in rest for k in labels)}), *rest]
    x, labels = _summed(terms[0], set(kept))
    return ops.permute(x, dims=tuple(labels.index(k) for k in kept))


def _given(args: tuple[Any, ...]) -> tuple[str, list[Tensor]]:
    """Bring operands with lists of numbers to an equation with letters."""
    if len(args) < 2:
        raise ArgumentError("einsum: expected an equation and at least one operand")
    if isinstance(args[0], str):
        several = len(args) == 2 and isinstance(args[1], list | tuple)
        return args[0], [as_tensor(x, "einsum") for x in (args[1] if several else args[1:])]
    texts = [_letters(numbers) for numbers in args[1::2]]
    output = f"->{_letters(args[-1])}" if len(args) % 2 else ""
    return ",".join(texts) + output, [as_tensor(x, "einsum") for x in args[: 2 * len(texts) : 2]]


def _letters(numbers: Any) -> str:
    if not isinstance(numbers, Sequence) or any(
        n is not ... and not (isinstance(n, int) and 0 <= n < len(_LETTERS)) for n in numbers
    ):
        raise ArgumentError(f"einsum: expected a list of numbers 0..51 and ..., got {numbers!r}")
    return "".join("..." if n is ... else _LETTERS[n] for n in numbers)


def _read(equation: str, count: int) -> tuple[list[str], str | None]:
    """Take the equation apart, and refuse what does not look like one."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    inputs = left.split(",")
    for text in [*inputs, right]:
        if not re.fullmatch(r"[A-Za-z]*(\.\.\.)?[A-Za-z]*", text):
            raise ArgumentError(f"einsum: {equation!r} has {text!r}; write letters, and '...' at most once")
    if len(inputs) != count:
        raise ArgumentError(f"einsum: {equation!r} names {len(inputs)} operands, got {count}")
    return inputs, right if arrow else None


def _labelled(x: Tensor, text: str, number: int) -> Term:
    """Give each dimension its label; a letter that stands twice takes the diagonal."""
    front, dots, behind = text.partition("...")
    free = x.ndim - len(front) - len(behind)
    if free < 0 or (free and not dots):
        raise ShapeError(f"einsum: operand {number} is {text!r}, which does not fit shape {x.shape}")
    labels: list[Label] = [*front, *range(-free, 0), *behind]
    for letter in [k for k, times in Counter(labels).items() if times > 1]:
        while labels.count(letter) > 1:
            first = labels.index(letter)
            second = labels.index(letter, first + 1)
            if x.shape[first] != x.shape[second]:
                raise ShapeError(
                    f"einsum: {letter!r} stands twice in operand {number}, with the sizes "
                    f"{x.shape[first]} and {x.shape[second]}"
                )
            x = diagonal(x, 0, first, second)
            labels = [*(k for d, k in enumerate(labels) if d not in (first, second)), letter]
    return x, tuple(labels)


def _output(equation: str, inputs: list[str], output: str | None, dots: list[int]) -> Labels:
    """List the labels of the result."""
    times = Counter("".join(inputs).replace(".", ""))
    if output is None:
        return (*dots, *sorted(letter for letter, n in times.items() if n == 1))
    front, found, behind = output.partition("...")
    letters = front + behind
    if len(set(letters)) < len(letters) or set(letters) - set(times):
        raise ArgumentError(f"einsum: each letter after '->' in {equation!r} stands once, and before it, too")
    return (*front, *(dots if found else ()), *behind)


def _broadcast(equation: str, terms: list[Term]) -> list[Term]:
    """Drop sizes of 1 that other operands repeat, so that sizes of one label are equal."""
    sizes: dict[Label, int] = {}
    for x, labels in terms:
        for k, n in zip(labels, x.shape, strict=True):
            if sizes.setdefault(k, n) == 1:
                sizes[k] = n
            elif n not in (1, sizes[k]):
                what = "a dimension of '...'" if isinstance(k, int) else repr(k)
                raise ShapeError(f"einsum: {what} in {equation!r} has the sizes {sizes[k]} and {n}")
    dropped: list[Term] = []
    for x, labels in terms:
        index = tuple(0 if n == 1 != sizes[k] else slice(None) for k, n in zip(labels, x.shape, strict=True))
        left = tuple(k for k, i in zip(labels, index, strict=True) if i != 0)
        dropped.append((ops.getitem(x, index=index) if len(left) < len(labels) else x, left))
    return dropped


def _summed(term: Term, needed: set[Label]) -> Term:
    """Sum over the labels that nobody needs."""
    x, labels = term
    gone = tuple(d for d, k in enumerate(labels) if k not in needed)
    return (ops.sum(x, dim=gone) if gone else x), tuple(k for k in labels if k in needed)


def _product(a: Term, b: Term, needed: set[Label]) -> Term:
    """Multiply two operands, summing over what they share and nobody needs any more."""
    a, b = _summed(a, needed | set(b[1])), _summed(b, needed | set(a[1]))
    shared = [k for k in a[1] if k in b[1]]
    batch, inner = [k for k in shared if k in needed], [k for k in shared if k not in needed]
    rows, columns = [k for k in a[1] if k not in shared], [k for k in b[1] if k not in shared]
    size = dict(zip(a[1] + b[1], a[0].shape + b[0].shape, strict=True))

    def matrices(term: Term, first: list[Label], second: list[Label]) -> Tensor:
        x = ops.permute(term[0], dims=tuple(term[1].index(k) for k in (*batch, *first, *second)))
        ends = [int(np.prod([size[k] for k in part])) for part in (first, second)]
        return ops.reshape(x, shape=(*(size[k] for k in batch), *ends))

    left, right = matrices(a, rows, inner), matrices(b, inner, columns)
    y = ops.matmul(left, right) if inner else ops.mul(left, right)  # a column times a row
    labels = (*batch, *rows, *columns)
    return ops.reshape(y, shape=tuple(size[k] for k in labels)), labels

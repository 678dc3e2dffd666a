"""Modules in a row, each fed with what the one before it gave, and the blocks that such rows are made of.

`Row` is what `Sequential` shares with `ModuleList`.
"""

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from ..errors import ArgumentError, PositionError, ShapeError
from .module import Module


class Row(Module):
    """Modules in an order, each an attribute; those that are numbered stay numbered without gaps."""

    def append(self, module: Module) -> Self:
        """Put a module behind the last one; returns this container.

        >>> from tinygrad_cnn import nn
        >>> nn.Sequential(nn.ReLU()).append(nn.Tanh())[1]
        Tanh()
        """
        number = len(self)
        while str(number) in self.__dict__:  # a slice keeps the names that its modules had
            number += 1
        self._add(str(number), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Put several modules behind the last one; returns this container.

        >>> from tinygrad_cnn import nn
        >>> len(nn.Sequential(nn.ReLU()).extend([nn.Tanh(), nn.ReLU()]))
        3
        """
        if not isinstance(modules, Iterable):
            raise ArgumentError(
                f"{type(self).__name__} expects modules in a row, got {type(modules).__name__}"
            )
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before another one, or behind the last one; names become numbers.

        Returns this container.

        >>> from tinygrad_cnn import nn
        >>> nn.Sequential(nn.ReLU()).insert(0, nn.Tanh())
        Sequential(
          (0): Tanh()
          (1): ReLU()
        )
        """
        row = [m for _, m in self._below()]
        place = self._integer(index)
        if not -len(row) <= place <= len(row):
            raise PositionError(f"{self._kind} has {len(row)} modules, nothing can be inserted at {place}")
        self._check("the inserted one", module)
        row.insert(place, module)
        self._renumber(row)
        return self

    def pop(self, index: int = -1) -> Module:
        """Take a module out, and give it.

        >>> from tinygrad_cnn import nn
        >>> nn.Sequential(nn.ReLU(), nn.Tanh()).pop()
        Tanh()
        """
        name = self._name(index)
        module: Module = self.__dict__[name]
        del self[index]
        return module

    @property
    def _kind(self) -> str:
        return type(self).__name__

    def _check(self, place: str, module: Any) -> None:
        if not isinstance(module, Module):
            hint = "; unpack the list with *" if isinstance(module, list | tuple) else ""
            hint = f"; did you mean {module.__name__}()?" if isinstance(module, type) else hint
            raise ArgumentError(f"{self._kind} expects modules, got {type(module).__name__} at {place}{hint}")

    def _add(self, name: str, module: Any) -> None:
        self._check(repr(name), module)
        if name in self.__dict__:
            raise ArgumentError(f"{self._kind} already has {name!r}; choose another name")
        self.add_module(name, module)

    def _integer(self, position: Any) -> int:
        try:
            return operator.index(position)
        except TypeError:
            raise ArgumentError(
                f"a position in {self._kind} is an integer or a slice, got {position!r}"
            ) from None

    def _name(self, position: Any) -> str:
        row = self._below()
        try:
            return row[self._integer(position)][0]
        except IndexError:
            raise PositionError(f"{self._kind} has {len(row)} modules, there is none at {position}") from None

    def _renumber(self, row: Iterable[Module]) -> None:
        for name, _ in self._below():
            delattr(self, name)
        for number, module in enumerate(row):
            self._add(str(number), module)

    def __setitem__(self, position: int, module: Module) -> None:
        self._check(repr(position), module)
        setattr(self, self._name(position), module)

    def __delitem__(self, position: int | slice) -> None:
        names = [name for name, _ in self._below()]
        for name in names[position] if isinstance(position, slice) else [self._name(position)]:
            delattr(self, name)
        row = self._below()
        if all(name.isdecimal() for name, _ in row):
            self._renumber([module for _, module in row])

    def __len__(self) -> int:
        return len(self._below())

    def __iter__(self) -> Iterator[Module]:
        return iter([module for _, module in self._below()])

    def __add__(self, other: Iterable[Module]) -> Self:
        return type(self)().extend([*self, *_modules(self._kind, other)])

    def __iadd__(self, other: Iterable[Module]) -> Self:
        return self.extend(_modules(self._kind, other))


class Sequential(Row):
    """Modules in a row, each fed with what the one before it returned.

    They are named 0, 1, 2, ... or by the keys of one dictionary. `append`, `extend`, `insert`, `pop`, indices
    and slices are those of a list; ``+`` joins two rows and ``*`` repeats one, with the same modules each
    time.

    >>> from tinygrad_cnn import nn
    >>> net = nn.Sequential({"conv": nn.Conv2d(1, 2, 3), "act": nn.ReLU()})
    >>> len(net), net.act, net[0] is net.conv, net[-1:]
    (2, ReLU(), True, Sequential(
      (act): ReLU()
    ))
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], Mapping):
            named = list(args[0].items())
        else:
            named = [(str(i), module) for i, module in enumerate(args)]
        for name, module in named:
            self._add(name, module)

    def forward(self, input: Any) -> Any:
        """Feed the input through all modules."""
        for module in self:
            input = module(input)
        return input

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return Sequential(dict(self._below()[position]))
        return self.__dict__[self._name(position)]

    def __mul__(self, times: int) -> "Sequential":
        return Sequential(*list(self) * self._times(times))

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        row = list(self)
        return self.extend(row * (self._times(times) - 1))

    def _times(self, times: Any) -> int:
        if isinstance(times, bool) or not isinstance(times, int) or times < 1:
            raise ArgumentError(f"{self._kind} can be repeated 1, 2, ... times, not {times!r}")
        return times


class Residual(Module):
    r"""Add what a module computes to what it was given.

    .. math:: y = f(x) + s(x)

    ``body`` is f; ``shortcut`` is s, or None for the input itself. Both give the same shape, of any number of
    dimensions.

    Raises:
        ArgumentError: body or shortcut is no module.
        ShapeError: when called, if the two shapes differ.

    Source: He et al., "Deep residual learning for image recognition" (2015).

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Residual(nn.ReLU())(tensor([-1.0, 2.0]))
    tensor([-1.,  4.])
    """

    shortcut: Module | None

    def __init__(self, body: Module, shortcut: Module | None = None) -> None:
        super().__init__()
        for name, module in (("body", body), ("shortcut", shortcut)):
            if not isinstance(module, Module) and (module is not None or name == "body"):
                raise ArgumentError(f"Residual: {name} must be a module, got {type(module).__name__}")
        self.body = body
        self.shortcut = shortcut

    def forward(self, input: Any) -> Any:
        """Compute both ways, and add them."""
        kept = input if self.shortcut is None else self.shortcut(input)
        y = self.body(input)
        if y.shape != kept.shape:
            beside = "the input" if self.shortcut is None else "shortcut"
            raise ShapeError(
                f"Residual: body gives {y.shape}, but {beside} has {kept.shape}; pass a shortcut that fits, "
                "such as a Conv2d of size 1 with the same stride"
            )
        return y + kept


class Identity(Module):
    """Give the input as it is; any settings are taken and ignored, as a stand-in for another layer.

    >>> from tinygrad_cnn import nn, tensor
    >>> nn.Identity(54, unused=True)(tensor([1.0, 2.0]))
    tensor([1., 2.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """Return the input."""
        return input


def _modules(kind: str, other: Any) -> list[Module]:
    """List what is to be joined to a row."""
    if isinstance(other, Module) and not isinstance(other, Row):
        raise ArgumentError(
            f"{kind} can be joined with a list or a row of modules, not with one {type(other).__name__}"
        )
    if not isinstance(other, Iterable):
        raise ArgumentError(
            f"{kind} can be joined with a list or a row of modules, not with {type(other).__name__}"
        )
    return list(other)

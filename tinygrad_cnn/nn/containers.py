"""Sequential: modules in a row, each fed with what the one before it returned."""

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import ArgumentError, PositionError
from .module import Module


class Sequential(Module):
    """Modules in a row, named 0, 1, 2, ... or by the keys of one dictionary.

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

    def append(self, module: Module) -> "Sequential":
        """Put a module behind the last one; returns this container."""
        number = len(self)
        while str(number) in self.__dict__:  # a slice keeps the names that its modules had
            number += 1
        self._add(str(number), module)
        return self

    def extend(self, modules: Iterable[Module]) -> "Sequential":
        """Put several modules behind the last one; returns this container."""
        for module in list(modules):
            self.append(module)
        return self

    def _add(self, name: str, module: Any) -> None:
        if not isinstance(module, Module):
            hint = "; unpack the list with *" if isinstance(module, list | tuple) else ""
            hint = f"; did you mean {module.__name__}()?" if isinstance(module, type) else hint
            raise ArgumentError(f"Sequential expects modules, got {type(module).__name__} at {name!r}{hint}")
        if name in self.__dict__:
            raise ArgumentError(f"Sequential already has {name!r}; choose another name")
        self.add_module(name, module)

    def _name(self, position: Any) -> str:
        row = self._below()
        try:
            return row[operator.index(position)][0]
        except TypeError:
            raise ArgumentError(
                f"a position in Sequential is an integer or a slice, got {position!r}"
            ) from None
        except IndexError:
            raise PositionError(f"Sequential has {len(row)} modules, there is none at {position}") from None

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return Sequential(dict(self._below()[position]))
        return self.__dict__[self._name(position)]

    def __setitem__(self, position: int, module: Module) -> None:
        setattr(self, self._name(position), module)

    def __delitem__(self, position: int) -> None:
        delattr(self, self._name(position))
        row = self._below()
        if all(name.isdecimal() for name, _ in row):  # numbers stay without gaps
            for name, _ in row:
                delattr(self, name)
            for number, (_, module) in enumerate(row):
                self._add(str(number), module)

    def __len__(self) -> int:
        return len(self._below())

    def __iter__(self) -> Iterator[Module]:
        return iter([value for value in self.__dict__.values() if isinstance(value, Module)])

"""Lists and dictionaries of parameters, which are found, trained and saved."""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from ..core import Tensor
from ..errors import ArgumentError, PositionError
from .lists import MissingKeyError, Named
from .module import Module
from .parameter import Parameter


class ParameterList(Module):
    """A list of parameters, named 0, 1, 2, ...; tensors become parameters when they are put in.

    >>> from tinygrad_cnn import nn, tensor
    >>> scales = nn.ParameterList([tensor([1.0]), nn.Parameter([2.0, 3.0])])
    >>> len(scales), [(name, p.shape) for name, p in scales.named_parameters()]
    (2, [('0', (1,)), ('1', (2,))])
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(() if values is None else values)

    def append(self, value: Any) -> Self:
        """Put a parameter behind the last one; returns this list.

        >>> from tinygrad_cnn import nn
        >>> len(nn.ParameterList().append(nn.Parameter([1.0])))
        1
        """
        self.register_parameter(str(len(self)), as_parameter("ParameterList", value))
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Put several parameters behind the last one; returns this list.

        >>> from tinygrad_cnn import nn
        >>> len(nn.ParameterList().extend([nn.Parameter([1.0]), nn.Parameter([2.0])]))
        2
        """
        if isinstance(values, Tensor) or not isinstance(values, Iterable):
            raise ArgumentError(
                f"ParameterList expects a list of parameters, got {type(values).__name__}; put it in brackets"
            )
        for value in list(values):
            self.append(value)
        return self

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return ParameterList(list(self)[position])
        return self.__dict__[self._name(position)]

    def __setitem__(self, position: int, value: Any) -> None:
        setattr(self, self._name(position), as_parameter("ParameterList", value))

    def _name(self, position: Any) -> str:
        if not hasattr(position, "__index__"):
            raise ArgumentError(f"a position in ParameterList is an integer or a slice, got {position!r}")
        if not -len(self) <= position < len(self):
            raise PositionError(f"ParameterList has {len(self)} parameters, there is none at {position}")
        return str(position.__index__() % len(self))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[Parameter]:
        return iter([value for value in self.__dict__.values() if isinstance(value, Parameter)])

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)

    def extra_repr(self) -> str:
        """Give the shapes."""
        return described(enumerate(self))


class ParameterDict(Named):
    """A dictionary of parameters: each is an attribute of the name of its key; tensors become parameters.

    A key is text without dots, and no name of a method. One that is not there raises a `MissingKeyError`.

    >>> from tinygrad_cnn import nn, tensor
    >>> p = nn.ParameterDict({"scale": tensor([1.0, 2.0])})
    >>> p["shift"] = nn.Parameter([0.5])
    >>> list(p.state_dict()), p["scale"] is p.scale
    (['scale', 'shift'], True)
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)

    def _held(self) -> dict[str, Parameter]:
        return {name: value for name, value in self.__dict__.items() if isinstance(value, Parameter)}

    def __setitem__(self, key: str, value: Any) -> None:
        self.register_parameter(key, as_parameter("ParameterDict", value))

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._held())

    def __or__(self, other: Any) -> "ParameterDict":
        found = self.copy()
        found.update(other)
        return found

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def get(self, key: str, default: Any = None) -> Any:
        """Give a parameter, or something else if there is none of that name.

        >>> from tinygrad_cnn import nn
        >>> nn.ParameterDict().get("scale", 1.0)
        1.0
        """
        return self._held().get(key, default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Give a parameter; if there is none of that name, put ``default`` there first.

        >>> from tinygrad_cnn import nn
        >>> nn.ParameterDict().setdefault("scale", nn.Parameter([1.0])).shape
        (1,)
        """
        if key not in self:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Parameter]:
        """Take the last parameter out, and give its name and itself.

        >>> from tinygrad_cnn import nn
        >>> nn.ParameterDict({"scale": nn.Parameter([1.0])}).popitem()[0]
        'scale'
        """
        if not len(self):
            raise MissingKeyError("ParameterDict is empty; there is nothing to take out")
        key = list(self)[-1]
        return key, self.pop(key)

    def copy(self) -> "ParameterDict":
        """Make another dictionary of the same parameters.

        >>> from tinygrad_cnn import nn
        >>> p = nn.ParameterDict({"scale": nn.Parameter([1.0])})
        >>> p.copy() is p, p.copy()["scale"] is p["scale"]
        (False, True)
        """
        return ParameterDict(self._held())

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> "ParameterDict":
        """Make another dictionary with these names, all for one parameter.

        >>> from tinygrad_cnn import nn
        >>> p = nn.ParameterDict().fromkeys(["a", "b"], nn.Parameter([1.0]))
        >>> p["a"] is p["b"]
        True
        """
        return ParameterDict(dict.fromkeys(keys, default))

    def extra_repr(self) -> str:
        """Give the shapes."""
        return described(self.items())


def as_parameter(kind: str, value: Any) -> Parameter:
    """Give a parameter as it is, and make one of a tensor of floats."""
    if isinstance(value, Parameter):
        return value
    if not isinstance(value, Tensor):
        raise ArgumentError(f"{kind} expects parameters or tensors, got {type(value).__name__}")
    return Parameter(value)


def described(entries: Iterable[tuple[Any, Parameter]]) -> str:
    """Write dtypes and shapes, one parameter a line."""
    return "\n".join(f"({name}): Parameter of {p.dtype} {p.shape}" for name, p in entries)

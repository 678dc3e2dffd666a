"""Lists and dictionaries of modules, whose contents are found, trained and saved."""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from ..errors import ArgumentError, CnnError
from .containers import Row
from .module import Module


class MissingKeyError(CnnError, KeyError):
    """A key that a dictionary of modules or parameters does not have."""

    __str__ = Exception.__str__  # that of KeyError puts quotes around the sentence


class ModuleList(Row):
    """A list of modules, named 0, 1, 2, ...; a list of Python would hide them. It cannot be called.

    `append`, `extend`, `insert`, `pop`, indices, slices and ``+`` are those of a list.

    >>> from tinygrad_cnn import nn
    >>> layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(2))
    >>> len(layers), list(layers.state_dict())
    (2, ['0.weight', '0.bias', '1.weight', '1.bias'])
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            if isinstance(modules, Module) and not isinstance(modules, Row):
                raise ArgumentError(
                    f"ModuleList expects a list of modules, got one {type(modules).__name__}; "
                    "put it in brackets"
                )
            self.extend(modules)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return ModuleList([module for _, module in self._below()[position]])
        return self.__dict__[self._name(position)]


class Named(Module):
    """The half of a dictionary that does not depend on what is in it."""

    def __init__(self, values: Any = None) -> None:
        super().__init__()
        if values is not None:
            self.update(values)

    def _held(self) -> dict[str, Any]:
        """Give what is in it."""
        raise NotImplementedError

    def __getitem__(self, key: str) -> Any:
        held = self._held()
        if key not in held:
            there = ", ".join(held) or "nothing"
            raise MissingKeyError(f"{type(self).__name__} has nothing named {key!r}; it has {there}")
        return held[key]

    def __setitem__(self, key: str, value: Any) -> None:
        raise NotImplementedError

    def __delitem__(self, key: str) -> None:
        _ = self[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._held())

    def __iter__(self) -> Iterator[str]:
        return iter(self._held())

    def __contains__(self, key: object) -> bool:
        return key in self._held()

    def keys(self) -> KeysView[str]:
        """Give the names, in order.

        >>> from tinygrad_cnn import nn
        >>> list(nn.ModuleDict({"b": nn.ReLU(), "a": nn.Tanh()}).keys())
        ['b', 'a']
        """
        return self._held().keys()

    def values(self) -> ValuesView[Any]:
        """Give what is in it, in order.

        >>> from tinygrad_cnn import nn
        >>> list(nn.ModuleDict({"act": nn.ReLU()}).values())
        [ReLU()]
        """
        return self._held().values()

    def items(self) -> ItemsView[str, Any]:
        """Give pairs of name and value, in order.

        >>> from tinygrad_cnn import nn
        >>> list(nn.ModuleDict({"act": nn.ReLU()}).items())
        [('act', ReLU())]
        """
        return self._held().items()

    def pop(self, key: str) -> Any:
        """Take out what is under a name, and give it.

        >>> from tinygrad_cnn import nn
        >>> nn.ModuleDict({"act": nn.ReLU()}).pop("act")
        ReLU()
        """
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Take everything out.

        >>> from tinygrad_cnn import nn
        >>> layers = nn.ModuleDict({"act": nn.ReLU()})
        >>> layers.clear()
        >>> len(layers)
        0
        """
        for name in list(self):
            del self[name]

    def update(self, values: Any) -> None:
        """Add the contents of a dictionary or of pairs; those of the same name are replaced.

        >>> from tinygrad_cnn import nn
        >>> layers = nn.ModuleDict()
        >>> layers.update([("act", nn.ReLU())])
        >>> layers["act"]
        ReLU()
        """
        pairs = list(values.items()) if isinstance(values, Mapping | Named) else values
        pairs = list(pairs) if isinstance(pairs, Iterable) else [None]
        if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            raise ArgumentError(
                f"{type(self).__name__} expects a dictionary or pairs of name and value, got "
                f"{type(values).__name__}"
            )
        for key, value in pairs:
            self[key] = value


class ModuleDict(Named):
    """A dictionary of modules: each is an attribute of the name of its key. It cannot be called.

    A key is text without dots, and no name of a method (such as "keys"). A key that is not there raises a
    `MissingKeyError`, which is a KeyError.

    >>> from tinygrad_cnn import nn
    >>> heads = nn.ModuleDict({"left": nn.Linear(2, 1), "right": nn.Linear(2, 1)})
    >>> heads["left"] is heads.left, list(heads), "right" in heads
    (True, ['left', 'right'], True)
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__(modules)

    def _held(self) -> dict[str, Module]:
        return dict(self._below())

    def __setitem__(self, key: str, module: Module) -> None:
        if not isinstance(module, Module):
            hint = f"; did you mean {module.__name__}()?" if isinstance(module, type) else ""
            raise ArgumentError(f"ModuleDict expects modules, got {type(module).__name__} at {key!r}{hint}")
        self.add_module(key, module)

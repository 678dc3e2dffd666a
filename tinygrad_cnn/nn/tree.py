"""What a module consists of: its attributes, and those of the modules among them. Nothing here recurses."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..core import Tensor
from . import attributes
from .parameter import Parameter

if TYPE_CHECKING:
    from .module import Module


class Tree:
    """The half of `Module` that goes through parameters, buffers, submodules and generators."""

    _buffers: Mapping[str, bool] = MappingProxyType({})  # name -> is it part of the state

    def _below(self) -> list[tuple[str, "Module"]]:
        """List the submodules by attribute, also one that is two attributes."""
        return [(name, cast("Module", m)) for name, m in self.__dict__.items() if isinstance(m, Tree)]

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """Go through the submodules that are attributes, each once, with their names."""
        seen: set[int] = set()
        for name, module in self._below():
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator["Module"]:
        """Go through the submodules that are attributes, each once."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set["Module"] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, "Module"]]:
        """Go through this module and all below it, with their paths.

        A module that is shared comes once; with ``remove_duplicate=False`` under each of its paths. Those in
        ``memo`` are left out, and those that come are added to it.

        >>> from tinygrad_cnn import nn
        >>> net = nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh())
        >>> [path for path, _ in net.named_modules()]
        ['', '0', '0.0', '1']
        """
        seen = set() if memo is None else memo
        todo = [(prefix, cast("Module", self))]
        while todo:
            path, module = todo.pop()
            if remove_duplicate and module in seen:
                continue
            seen.add(module)
            yield path, module
            todo += [(_joined(path, name), m) for name, m in reversed(module._below())]

    def modules(self) -> Iterator["Module"]:
        """Go through this module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Go through the parameters with their paths; a tied one comes once, or under each path."""
        owned = self._owned(Parameter, prefix, recurse, remove_duplicate)
        return ((path, p) for path, p, _ in owned)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Go through the parameters, each once.

        >>> from tinygrad_cnn import nn
        >>> sum(p.numel() for p in nn.Linear(14400, 12).parameters())
        172812
        """
        return (p for _, p in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Go through the buffers with their paths, also those that are not part of the state."""
        owned = self._owned(Tensor, prefix, recurse, remove_duplicate)
        return ((path, t) for path, t, saved in owned if saved is not None)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Go through the buffers, each once."""
        return (t for _, t in self.named_buffers(recurse=recurse))

    def named_generators(self) -> "Iterator[tuple[str, np.random.Generator]]":
        """Go through the random generators that the layers own, each once, with their paths.

        To resume a run exactly, save the ``bit_generator.state`` of each, and that of `default_generator`.

        >>> import numpy as np
        >>> from tinygrad_cnn import nn
        >>> net = nn.Sequential(nn.Dropout(generator=np.random.default_rng(1)))
        >>> [path for path, _ in net.named_generators()]
        ['0.generator']
        """
        return ((path, g) for path, g, _ in self._owned(np.random.Generator, "", True, True))

    def get_submodule(self, target: str) -> "Module":
        """Give the module at a path, such as ``"body.0"``; the empty path is this module.

        Raises `MissingNameError` (an AttributeError) if there is none, and says where the path ends.

        >>> from tinygrad_cnn import nn
        >>> nn.Sequential(nn.Sequential(nn.ReLU())).get_submodule("0.0")
        ReLU()
        """
        module = cast("Module", self)
        for name in attributes.as_path(target).split(".") if target != "" else ():
            module = attributes.found(module, target, name, Tree)
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Give the parameter at a path, such as ``"body.0.weight"``; raises what `get_submodule` raises.

        >>> from tinygrad_cnn import nn
        >>> nn.Sequential(nn.Linear(3, 2)).get_parameter("0.weight").shape
        (2, 3)
        """
        path, _, name = attributes.as_path(target).rpartition(".")
        return attributes.found(self.get_submodule(path), target, name, Parameter)

    def get_buffer(self, target: str) -> Tensor:
        """Give the buffer at a path, such as ``"norm.running_mean"``; raises what `get_submodule` raises.

        >>> from tinygrad_cnn import nn
        >>> nn.BatchNorm2d(2).get_buffer("running_var")
        tensor([1., 1.])
        """
        path, _, name = attributes.as_path(target).rpartition(".")
        return attributes.found(self.get_submodule(path), target, name, Tensor)

    def _owned(
        self, kind: type, prefix: str, recurse: bool, once: bool
    ) -> Iterator[tuple[str, Any, bool | None]]:
        """Go through the attributes of one kind: path, value, and for buffers: is it part of the state."""
        seen: set[int] = set()
        modules = (
            self.named_modules(None, prefix, once) if recurse else iter([(prefix, cast("Module", self))])
        )
        for path, module in modules:
            for name, value in list(module.__dict__.items()):
                if isinstance(value, kind) and not (once and id(value) in seen):
                    seen.add(id(value))
                    yield _joined(path, name), value, module._buffers.get(name)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

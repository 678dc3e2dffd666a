"""A Module: what belongs to it are its attributes; parameters, buffers and submodules are found there.

Everything lies in the ordinary ``__dict__``, in order of assignment; only the names of buffers are noted
beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from ..core import Tensor, wrap
from ..errors import ArgumentError
from . import attributes, state
from .hooks import Hooked
from .parameter import Parameter
from .tree import Tree


class Module(Hooked, Tree):
    """The base of all layers and networks: define `forward`, and assign what learns to attributes.

    >>> from tinygrad_cnn import nn, zeros
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.dense = nn.Linear(4, 2)
    ...     def forward(self, x):
    ...         return self.dense(x).relu()
    >>> net = Net()
    >>> net(zeros(3, 4)).shape, [name for name, _ in net.named_parameters()]
    ((3, 2), ['dense.weight', 'dense.bias'])
    """

    training: bool = True

    def __init__(self) -> None:
        self._buffers = {}
        self.training = True

    # -- attributes ----------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter | Module):
            attributes.check_name(self, name)
            if isinstance(value, Module):
                attributes.check_acyclic(self, name, value)
            self._forget_buffer(name)
        elif value is not None:
            if isinstance(value, list | tuple | dict):
                attributes.check_not_hidden(self, name, value, (Parameter, Module))
            attributes.check_replacement(self, name, value, (Parameter, Module))
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        self._forget_buffer(name)

    def _forget_buffer(self, name: str) -> None:
        if name in self._buffers:
            self._buffers = {n: saved for n, saved in self._buffers.items() if n != name}

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Assign a parameter under a name that was computed, or None for a parameter that is left out."""
        attributes.check_name(self, name)
        attributes.check_free(self, name, param, Parameter)
        setattr(self, name, param)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Assign a submodule under a name that was computed; `register_module` is another name for this."""
        attributes.check_name(self, name)
        attributes.check_free(self, name, module, Module)
        setattr(self, name, module)

    register_module = add_module

    def set_submodule(self, target: str, module: "Module", strict: bool = False) -> None:
        """Put a module at a path, in the place of another one; with ``strict``, one has to be there.

        >>> from tinygrad_cnn import nn
        >>> net = nn.Sequential(nn.Sequential(nn.ReLU()))
        >>> net.set_submodule("0.0", nn.Tanh())
        >>> net[0]
        Sequential(
          (0): Tanh()
        )
        """
        *above, name = target.split(".")
        parent = self.get_submodule(".".join(above))
        if strict:
            parent.get_submodule(name)
        parent.add_module(name, module)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Keep a tensor that is not learnt; it is part of the state if ``persistent``.

        >>> from tinygrad_cnn import nn, zeros
        >>> m = nn.Module()
        >>> m.register_buffer("seen", zeros(2))
        >>> list(m.state_dict())
        ['seen']
        """
        attributes.check_name(self, name)
        attributes.check_free(self, name, tensor, Tensor)
        setattr(self, name, tensor)
        self._buffers = {**self._buffers, name: bool(persistent)}

    # -- changing all of it --------------------------------------------------------------------------------

    def apply(self, fn: Callable[["Module"], Any]) -> Self:
        """Call ``fn(module)`` for every module, those below before those above; returns this module."""
        if not callable(fn):
            raise ArgumentError(f"apply expects a function of one module, got {type(fn).__name__}")
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def to(self, dtype: Any) -> Self:
        """Convert parameters and floating buffers to float32 or float64, before an optimizer is made.

        >>> import numpy as np
        >>> from tinygrad_cnn import nn
        >>> nn.Linear(2, 1).to(np.float64).weight.dtype
        dtype('float64')
        """
        state.convert(self, dtype)
        return self

    def double(self) -> Self:
        """Convert to float64: the same as ``to(np.float64)``."""
        return self.to(np.float64)

    def float(self) -> Self:
        """Convert to float32: the same as ``to(np.float32)``."""
        return self.to(np.float32)

    def train(self, mode: bool = True) -> Self:
        """Switch to training (dropout drops), or away from it; returns this module."""
        self.training = bool(mode)
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation: the same as ``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters learn, or freeze them; returns this module."""
        for p in self.parameters():
            p.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or make them zeros."""
        for p in self.parameters():
            if p.grad is not None:
                p.grad = None if set_to_none else wrap(np.zeros_like(p.grad.array))

    # -- state ---------------------------------------------------------------------------------------------

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Tensor]:
        """Give all parameters and persistent buffers by path, as tensors that later training does not change.

        A tied parameter stands under each of its paths. ``prefix`` comes before every path, ``destination``
        is a dictionary to add to, and with ``keep_vars`` the module's own tensors are given.

        >>> from tinygrad_cnn import nn
        >>> {name: t.shape for name, t in nn.Sequential(nn.Linear(3, 2)).state_dict().items()}
        {'0.weight': (2, 3), '0.bias': (2,)}
        """
        found = {} if destination is None else destination
        found.update({prefix + path: t if keep_vars else t.detach() for path, t in state.entries(self)})
        return found

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> state.LoadResult:
        """Take over the values of a state, in this model's dtypes: all, or none if something is wrong.

        ``state_dict`` maps paths to tensors or arrays; with ``strict=False`` it may lack some, and have
        others.

        Raises:
            CheckpointError: lists all names that are missing, unexpected, or of another shape or kind.

        >>> from tinygrad_cnn import nn
        >>> nn.Linear(3, 2).load_state_dict(nn.Linear(3, 2).state_dict())
        LoadResult(missing_keys=[], unexpected_keys=[])
        """
        return state.load(type(self).__name__, dict(state.entries(self)), state_dict, strict)

    # -- words ---------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """Say in one line what the settings are; layers define it."""
        return ""

    def __repr__(self) -> str:
        below = [f"({name}): {module!r}" for name, module in self._below()]
        extra = self.extra_repr()
        if not below:
            return f"{type(self).__name__}({extra})"
        lines = "\n".join([extra, *below] if extra else below).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {lines}\n)"

"""A Module: what belongs to it are its attributes; parameters, buffers and submodules are found there.

Everything lies in the ordinary ``__dict__``, in order of assignment; only the names of buffers are noted
beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from ..base.hooks import HookHandle
from ..base.observe import current, observers
from ..core import Tensor, wrap
from . import attributes, state
from .parameter import Parameter
from .tree import Tree

Hooks = tuple[list[Callable[..., Any]], list[Callable[..., Any]]]


class Module(Tree):
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
    _hooks: Hooks | None = None  # to call before and after forward

    def __init__(self) -> None:
        self._buffers = {}
        self.training = True

    # -- computing -----------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`: every call of a module comes through here, so that it can be followed."""
        if observers and (observer := current()) is not None:
            return observer.called(self, self._call_impl, args, kwargs)
        return self.forward(*args, **kwargs) if self._hooks is None else self._call_impl(*args, **kwargs)

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` between the hooks."""
        if self._hooks is None:
            return self.forward(*args, **kwargs)
        before, after = self._hooks
        for hook in tuple(before):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in tuple(after):
            changed = hook(self, args, result)
            result = result if changed is None else changed
        return result

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method; define forward(self, x)")

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Call ``hook(module, args)`` before `forward`; what it returns replaces the arguments."""
        return self._register_hook(0, hook)

    def register_forward_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Call ``hook(module, args, result)`` after `forward`; what it returns replaces the result."""
        return self._register_hook(1, hook)

    def _register_hook(self, position: int, hook: Callable[..., Any]) -> HookHandle:
        if self._hooks is None:
            object.__setattr__(self, "_hooks", ([], []))
        hooks = self._hooks[position]  # type: ignore[index]  # made in the line above
        hooks.append(hook)
        return HookHandle(hooks, hook)

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
        """Assign a submodule under a name that was computed."""
        attributes.check_name(self, name)
        attributes.check_free(self, name, module, Module)
        setattr(self, name, module)

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
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def to(self, dtype: Any) -> Self:
        """Convert parameters and floating buffers to float32 or float64, before an optimizer is made."""
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

    def state_dict(self) -> dict[str, Tensor]:
        """Give all parameters and persistent buffers by path, as tensors that later training does not change.

        >>> from tinygrad_cnn import nn
        >>> {name: t.shape for name, t in nn.Sequential(nn.Linear(3, 2)).state_dict().items()}
        {'0.weight': (2, 3), '0.bias': (2,)}
        """
        return {path: t.detach() for path, t in state.entries(self)}

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

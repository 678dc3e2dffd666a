"""Hooks: functions that see, and may replace, what goes into a module and comes out of it, both ways.

A module without hooks has none of this: calling it is calling its `forward`. Hooks on gradients are hung onto
stand-ins of the inputs and outputs, which pass the gradient on. Where there are several, two rows of
stand-ins make sure that all gradients of one side are there before a hook is called: the graph is walked by
falling number, so the row that was made last is passed as a whole first.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..base.hooks import HookHandle
from ..base.observe import current, observers
from ..core import Tensor, is_grad_enabled, wrap
from ..errors import ArgumentError, GraphError
from ..functional.custom import passing

Gradients = tuple[Tensor | None, ...]


class Hook(NamedTuple):
    """One hook, and how it wants to be called."""

    call: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False  # also if forward fails


class Hooks(NamedTuple):
    """The hooks of one module."""

    before: list[Hook]
    after: list[Hook]
    backward_before: list[Hook]
    backward_after: list[Hook]


class Hooked:
    """The part of `Module` that calls `forward`, between the hooks."""

    _hooks: Hooks | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run `forward`: every call of a module comes through here, so that it can be followed."""
        if observers and (observer := current()) is not None:
            return observer.called(self, self._call_impl, args, kwargs)
        return self.forward(*args, **kwargs) if self._hooks is None else self._call_impl(*args, **kwargs)

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        hooks = self._hooks
        return self.forward(*args, **kwargs) if hooks is None else _Call(self, hooks).run(args, kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result; every subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method; define forward(self, x)")

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Call ``hook(module, args)`` before `forward`; what it returns replaces the arguments.

        With ``with_kwargs``, it is called as ``hook(module, args, kwargs)`` and may return a pair of both.
        With ``prepend``, it comes before the hooks that are there. Returns a handle, whose ``remove()`` takes
        the hook off.

        >>> from tinygrad_cnn import nn, tensor
        >>> layer = nn.ReLU()
        >>> handle = layer.register_forward_pre_hook(lambda module, args: args[0] * 10.0)
        >>> layer(tensor([-1.0, 2.0]))
        tensor([ 0., 20.])
        """
        return self._register_hook("before", Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> HookHandle:
        """Call ``hook(module, args, result)`` after `forward`; what it returns replaces the result.

        With ``with_kwargs``, it is called as ``hook(module, args, kwargs, result)``; with ``always_call``,
        also if `forward` or another hook has failed, with the result so far or None. With ``prepend``, it
        comes before the hooks that are there. Returns a handle, whose ``remove()`` takes the hook off.

        >>> from tinygrad_cnn import nn, tensor
        >>> layer, shapes = nn.Flatten(), []
        >>> handle = layer.register_forward_hook(lambda module, args, result: shapes.append(result.shape))
        >>> _ = layer(tensor([[[1.0], [2.0]]]))
        >>> shapes
        [(1, 2)]
        """
        return self._register_hook("after", Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> HookHandle:
        """Call ``hook(module, grad_output)`` when the gradients for all outputs are there.

        ``grad_output`` is a tuple with one gradient for each output, None for one that gets none; a tensor or
        a tuple that is returned takes its place. Returns a handle, whose ``remove()`` takes the hook off.

        >>> from tinygrad_cnn import nn, tensor
        >>> layer, x = nn.Tanh(), tensor([0.0], requires_grad=True)
        >>> handle = layer.register_full_backward_pre_hook(lambda module, grad_output: grad_output[0] * 5.0)
        >>> layer(x).sum().backward()
        >>> x.grad
        tensor([5.])
        """
        return self._register_hook("backward_before", Hook(hook), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> HookHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients for all inputs are there.

        Both are tuples: ``grad_input`` with one entry for each positional argument, None for what gets no
        gradient; ``grad_output`` with one for each output. What is returned takes the place of
        ``grad_input``. If no argument needs a gradient, the hook is called when those of the outputs are
        there, and can replace nothing. Returns a handle, whose ``remove()`` takes the hook off.

        The module has to return a tensor or a tuple of tensors.

        >>> from tinygrad_cnn import nn, tensor
        >>> layer, x = nn.ReLU(), tensor([-1.0, 2.0], requires_grad=True)
        >>> handle = layer.register_full_backward_hook(lambda module, given, got: print(given))
        >>> layer(x).sum().backward()
        (tensor([0., 1.]),)
        """
        return self._register_hook("backward_after", Hook(hook), prepend)

    def _register_hook(self, kind: str, hook: Hook, prepend: bool) -> HookHandle:
        if not callable(hook.call):
            raise ArgumentError(
                f"{type(self).__name__}: a hook is a function, got {type(hook.call).__name__}"
            )
        if self._hooks is None:
            object.__setattr__(self, "_hooks", Hooks([], [], [], []))
        hooks: list[Hook] = getattr(self._hooks, kind)
        hooks.insert(0 if prepend else len(hooks), hook)
        return HookHandle(hooks, hook)


class _Call:
    """One call of a module with hooks, and the backward passes through it."""

    def __init__(self, module: Hooked, hooks: Hooks) -> None:
        self.module, self.name = module, type(module).__name__
        self.hooks = Hooks(*(list(row) for row in hooks))  # as they are now, also for a later backward pass
        self.inputs = 0
        self.grad_output: Gradients | None = None  # while they are on their way through the module
        self.sees_inputs = False

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run `forward` between the hooks."""
        done: list[Hook] = []
        result = None
        try:
            args, kwargs = self._before(args, kwargs)
            if self.hooks.backward_after:
                self.inputs = len(args)
                self.sees_inputs = _differentiable(args)
                args = _staged(args, self._complete_inputs)
            result = self.module.forward(*args, **kwargs)
            for hook in self.hooks.after:
                done.append(hook)
                changed = self._after(hook, args, kwargs, result)
                result = result if changed is None else changed
            return self._with_backward(result)
        except Exception:
            for hook in self.hooks.after:
                if hook.always and not any(hook is d for d in done):
                    self._in_spite(hook, args, kwargs, result)
            raise

    def _before(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        for hook in self.hooks.before:
            if not hook.with_kwargs:
                changed = hook.call(self.module, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
                continue
            changed = hook.call(self.module, args, kwargs)
            if changed is None:
                continue
            if not (isinstance(changed, tuple) and len(changed) == 2):
                raise ArgumentError(
                    f"{self.name}: a forward pre-hook with kwargs returns None or (args, kwargs), "
                    f"got {changed!r:.60}"
                )
            args, kwargs = changed
            args = args if isinstance(args, tuple) else (args,)
        return args, kwargs

    def _after(self, hook: Hook, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
        if hook.with_kwargs:
            return hook.call(self.module, args, kwargs, result)
        return hook.call(self.module, args, result)

    def _in_spite(self, hook: Hook, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """Call a hook after a failure; that failure is what the caller hears of, not another one."""
        try:
            self._after(hook, args, kwargs, result)
        except Exception as error:
            warnings.warn(
                f"{self.name}: a forward hook failed, too, after another error: {error!r}", stacklevel=5
            )

    # -- gradients -----------------------------------------------------------------------------------------

    def _with_backward(self, result: Any) -> Any:
        if not (self.hooks.backward_before or self.hooks.backward_after):
            return result
        if isinstance(result, tuple):
            staged = _staged(result, self._complete_outputs)
            return type(result)(*staged) if hasattr(result, "_fields") else staged
        if not isinstance(result, Tensor):
            raise ArgumentError(
                f"{self.name} has backward hooks, so it must return a tensor or a tuple of tensors, got "
                f"{type(result).__name__}"
            )
        return _staged((result,), self._complete_outputs)[0]

    def _complete_outputs(self, gradients: Gradients) -> Gradients:
        for hook in self.hooks.backward_before:
            gradients = self._replaced(gradients, hook.call(self.module, gradients), "outputs")
        self.grad_output = gradients
        if not self.sees_inputs:
            nothing: Gradients = (None,) * self.inputs
            for hook in self.hooks.backward_after:
                changed = hook.call(self.module, nothing, gradients)
                if any(g is not None for g in (changed if isinstance(changed, tuple) else (changed,))):
                    raise GraphError(
                        f"{self.name}: a backward hook returned a gradient, but no input requires grad; "
                        "return None"
                    )
        return gradients

    def _complete_inputs(self, gradients: Gradients) -> Gradients:
        if self.grad_output is None:  # a second derivative, which enters the module from within
            return gradients
        for hook in self.hooks.backward_after:
            changed = hook.call(self.module, gradients, self.grad_output)
            gradients = self._replaced(gradients, changed, "inputs")
        self.grad_output = None
        return gradients

    def _replaced(self, gradients: Gradients, changed: Any, side: str) -> Gradients:
        """Take over what a hook returned, if anything; what it leaves out is zero."""
        if changed is None:
            return gradients
        listed = changed if isinstance(changed, tuple) else (changed,)
        if len(listed) != len(gradients):
            raise GraphError(
                f"{self.name}: a backward hook returned {len(listed)} gradients for {len(gradients)} {side}"
            )
        return tuple(
            wrap(np.zeros_like(g.array)) if new is None and g is not None else new
            for g, new in zip(gradients, listed, strict=True)
        )


def _differentiable(values: Sequence[Any]) -> bool:
    return is_grad_enabled() and any(isinstance(v, Tensor) and v.requires_grad for v in values)


def _staged(values: tuple[Any, ...], complete: Callable[[Gradients], Gradients]) -> tuple[Any, ...]:
    """Put stand-ins in the place of tensors; ``complete`` is given all their gradients at once, and gives
    those that go on."""
    if not _differentiable(values):
        return values
    places = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
    lower = {i: passing("hooked", values[i], values[i].detach().array) for i in places}
    upper = {i: passing("hooked", lower[i], lower[i].array) for i in places} if len(places) > 1 else lower
    arrived: dict[int, Tensor] = {}
    ready: dict[int, Tensor | None] = {}

    def noting(i: int) -> Callable[[Tensor], None]:
        return lambda g: arrived.update({i: g})

    def handing_on(i: int) -> Callable[[Tensor], Tensor | None]:
        def hand_on(_: Tensor) -> Tensor | None:
            if arrived:
                ready.clear()
                ready.update(enumerate(complete(tuple(arrived.get(k) for k in range(len(values))))))
                arrived.clear()
            return ready.pop(i, None)

        return hand_on

    for i in places:
        upper[i].register_hook(noting(i))
    for i in places:
        lower[i].register_hook(handing_on(i))
    return tuple(upper.get(i, v) for i, v in enumerate(values))

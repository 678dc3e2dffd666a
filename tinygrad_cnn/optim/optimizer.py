"""What all optimisers share: parameters in groups with settings of their own, and a state that can be stored.

An optimiser never writes into a parameter's array, because a recorded graph may still need it: a step
computes a new array and hands it to `Tensor.replace`. Only the arrays in `state` are its own, and those it
updates in place.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from ..core import Tensor, enable_grad
from ..errors import ArgumentError
from .state import check_state, copied

Group = dict[str, Any]


class Optimizer:
    """The base of all optimisers: a subclass defines `update`, the new values of one parameter.

    ``params`` is an iterable of tensors, or of groups: dictionaries with the key "params" and settings that
    differ from ``defaults``. `param_groups` can be changed between steps, which is how schedules set the
    learning rate.

    Gradients of several backward passes add up until `zero_grad`, so a large batch can be taken in parts:
    divide each loss by the number of parts, call ``backward()`` after each, and ``step()`` after the last.

    >>> from tinygrad_cnn import tensor
    >>> class SignDescent(Optimizer):
    ...     def update(self, p, g, group, state):
    ...         return p - group["lr"] * np.sign(g)
    >>> x = tensor([1.0, -1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> SignDescent([x], {"lr": 0.5}).step()
    >>> x
    tensor([ 0.5, -0.5], requires_grad=True)
    """

    state_names: ClassVar[tuple[str, ...]] = ()  # arrays of the parameter's shape that `state` may hold

    def __init__(self, params: Any, defaults: Group) -> None:
        self.defaults = dict(defaults)
        self.param_groups: list[Group] = []
        self.state: dict[Tensor, dict[str, Any]] = {}
        for group in self._as_groups(params):
            self.add_param_group(group)

    def _as_groups(self, params: Any) -> list[Any]:
        self._check_ordered(params)
        if isinstance(params, Tensor | Mapping | str) or not np.iterable(params):
            raise ArgumentError(
                f"{self._name} expects an iterable of tensors or of groups, as in "
                f"{self._name}(model.parameters()); got {type(params).__name__}"
            )
        listed = list(params)
        if not listed:
            raise ArgumentError(
                f"{self._name} got no parameters to optimise; has the model any layer with weights?"
            )
        return listed if all(isinstance(entry, Mapping) for entry in listed) else [{"params": listed}]

    @property
    def _name(self) -> str:
        return type(self).__name__

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters with settings of their own: ``{"params": [...], "lr": 0.1}``.

        Raises `ArgumentError` for a setting out of range or unknown, and for a parameter that is no leaf,
        needs no gradient, or is there already.
        """
        if not isinstance(param_group, Mapping):
            raise ArgumentError(
                f"{self._name}: a parameter group is a dictionary, as in {{'params': [...], 'lr': 0.1}}; "
                f"got {type(param_group).__name__}"
            )
        if "params" not in param_group:
            raise ArgumentError(f"a parameter group needs the key 'params', got {sorted(param_group)}")
        group = {**self.defaults, **param_group}
        params = group["params"]
        self._check_ordered(params)
        group["params"] = [params] if isinstance(params, Tensor | str) else _listed(params)
        unknown = sorted(set(group) - set(self.defaults) - {"params", "initial_lr"})
        if unknown:
            raise ArgumentError(
                f"{self._name} has no setting {unknown[0]!r}; it has {', '.join(self.defaults)}"
            )
        self.check_settings(group)
        self._check_params(group["params"])
        self.param_groups.append(group)

    def _check_ordered(self, params: Any) -> None:
        if isinstance(params, set | frozenset):
            raise ArgumentError(
                f"{self._name} numbers its parameters, and a set has no order; pass a list instead"
            )

    def _check_params(self, params: list[Any]) -> None:
        seen = {id(p) for group in self.param_groups for p in group["params"]}
        for i, p in enumerate(params):
            if not isinstance(p, Tensor):
                raise ArgumentError(
                    f"{self._name} optimises tensors, got {type(p).__name__} as parameter {i}"
                )
            what = f"parameter {i}, of shape {p.shape},"
            if not p.is_leaf:
                raise ArgumentError(
                    f"{what} is the result of an operation; only leaf tensors can be optimised"
                )
            if not p.requires_grad:
                raise ArgumentError(f"{what} needs no gradient; call .requires_grad_() on it or leave it out")
            if id(p) in seen:
                raise ArgumentError(f"{what} is there twice; a parameter belongs to one group, once")
            seen.add(id(p))

    def check_settings(self, group: Group) -> None:
        """Raise an `ArgumentError` if a setting of this group is out of range."""
        check_range(self._name, group, "lr", least=0)

    def update(self, p: np.ndarray, g: np.ndarray, group: Group, state: dict[str, Any]) -> np.ndarray:
        """Compute the new values of a parameter from its values and gradient; write only to ``state``."""
        raise NotImplementedError(f"{self._name} defines no update(p, g, group, state)")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient; give what ``closure`` gives, if there is one.

        ``closure`` computes the loss and calls ``backward()``; it is called once, before the change.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    state = self.state.setdefault(p, {})
                    p.replace(self.update(p.array, p.grad.array, group, state))
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or set them to zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad.replace(np.zeros_like(p.grad.array))

    def state_dict(self) -> dict[str, Any]:
        """Give settings and state as plain data and copied arrays, parameters numbered through the groups.

        >>> from tinygrad_cnn import tensor
        >>> from tinygrad_cnn.optim import SGD
        >>> x = tensor([1.0], requires_grad=True)
        >>> SGD([x], lr=0.1).state_dict()["param_groups"][0]["params"]
        [0]
        """
        numbers = {p: i for i, p in enumerate(self._all_params())}
        groups = [{**group, "params": [numbers[p] for p in group["params"]]} for group in self.param_groups]
        state = {numbers[p]: copied(held) for p, held in self.state.items() if held}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict` gave, for the same parameters in the same order.

        Raises `CheckpointError`, which lists everything that does not fit; nothing is changed then.
        """
        check_state(self, state_dict)
        params = self._all_params()
        for group, stored in zip(self.param_groups, state_dict["param_groups"], strict=True):
            settings = {name: value for name, value in stored.items() if name != "params"}
            group.update({n: tuple(v) if isinstance(v, list) else v for n, v in settings.items()})
        self.state = {params[int(i)]: copied(held) for i, held in state_dict["state"].items()}

    def _all_params(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def __repr__(self) -> str:
        groups = [
            ", ".join(f"{name}={value}" for name, value in group.items() if name != "params")
            + f" ({len(group['params'])} parameters)"
            for group in self.param_groups
        ]
        return f"{self._name}({'; '.join(groups)})"


def _listed(params: Any) -> list[Any]:
    return list(params) if isinstance(params, Iterable) else [params]


def downhill(p: np.ndarray, g: np.ndarray, group: Group, scratch: np.ndarray) -> np.ndarray:
    """Give the gradient of what is made smaller: the sign turned by ``maximize``, with weight decay in it."""
    if group["maximize"]:
        g = -g
    if group["weight_decay"]:
        g = np.add(g, np.multiply(p, group["weight_decay"], out=scratch))
    return g


def kept(state: dict[str, Any], name: str, p: np.ndarray, start: float = 0.0) -> np.ndarray:
    """Give an array of the state; it starts full of one number, in the memory order of p."""
    if name not in state:
        state[name] = np.full_like(p, start)
    return state[name]


def move(average: np.ndarray, beta: float, towards: np.ndarray) -> None:
    """Set average = beta * average + towards, in place."""
    np.multiply(average, beta, out=average)
    np.add(average, towards, out=average)


def check_range(owner: str, group: Group, name: str, *, least: float, below: float = math.inf) -> None:
    """Raise an `ArgumentError` unless the setting is a number with least <= setting < below."""
    value = group[name]
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not least <= value < below or value == -math.inf:
        lower = "" if least == -math.inf else f" >= {least}"
        upper = "" if below == math.inf else f" and below {below}"
        raise ArgumentError(f"{owner}: {name} must be a finite number{lower}{upper}, got {value!r}")
    group[name] = float(value)  # a numpy float64 would turn float32 arrays into float64

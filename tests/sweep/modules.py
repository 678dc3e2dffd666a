"""Random calls of what holds modules together, and of functions that change how gradients are computed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .case import Case, Draw

Function = Callable[..., Any]


def _functions(r: Draw) -> list[Function]:
    """Smooth functions that both libraries have as methods, and that stay small one after the other."""
    kinds: list[Function] = [
        lambda x: x.tanh(),
        lambda x: x * x.tanh(),
        lambda x: x.sigmoid() + x,
        lambda x: x.sin() * 0.5,
        lambda x: x + x.sum() / max(1, x.numel()),
    ]
    return [r.choice(kinds) for _ in range(r.randint(1, 6))]


def _in_turn(functions: list[Function]) -> Function:
    def all_of_them(x: Any, *more: Any, scale: float = 1.0) -> Any:
        for f in functions:
            x = f(x)
        for other in more:
            x = x * other
        return x * scale

    return all_of_them


def checkpoint(r: Draw) -> Case:
    function = _in_turn(_functions(r))
    shape = r.shape()
    args = [r.array(shape, scale=0.5) for _ in range(r.randint(1, 3))]
    settings: dict[str, Any] = {"use_reentrant": False, "preserve_rng_state": r.chance(0.5)}
    if r.chance(0.3):
        settings["scale"] = r.uniform(-2, 2)
    if r.chance(0.05):
        settings["determinism_check"] = r.choice(["none", "default", "other"])
    if r.chance(0.05):
        function = r.choice([3, None])
    return Case("checkpoint", [function, *args], settings, theirs="utils.checkpoint.checkpoint")


def checkpoint_of_several(r: Draw) -> Case:
    """Several results, of which one may be an argument; nested in half of the cases."""
    first, second = _in_turn(_functions(r)), _in_turn(_functions(r))
    passed_on = r.chance(0.3)

    def several(x: Any, y: Any) -> Any:
        return first(x) * y, (y if passed_on else second(y)), second(x)

    args = [r.array(r.shape(1, 2), scale=0.5)]
    args.append(r.array(args[0].shape, scale=0.5))
    settings = {"use_reentrant": False}
    return Case("checkpoint", [several, *args], settings, theirs="utils.checkpoint.checkpoint")


def checkpoint_sequential(r: Draw) -> Case:
    functions = _functions(r)
    segments = r.randint(1, len(functions)) if r.chance(0.93) else r.choice([0, -1, len(functions) + 1])
    args = [functions, segments, r.array(r.shape(), scale=0.5)]
    # PyTorch takes a number below 1 for one segment.
    differs = "fewer than one segment is an error here" if segments < 1 else None
    theirs = "utils.checkpoint.checkpoint_sequential"
    return Case("checkpoint_sequential", args, {"use_reentrant": False}, theirs=theirs, differs=differs)


def identity(r: Draw) -> Case:
    settings: dict[str, Any] = {"unused": r.chance(0.5)} if r.chance(0.5) else {}
    return Case("nn.Identity", [r.randint(1, 9)] if r.chance(0.5) else [], settings, [r.array(r.shape())])


def stop_gradient(r: Draw) -> Case:
    return Case("stop_gradient", [r.array(r.shape(), r.choice(["normal", "special"]))], theirs="detach")


def straight_through(r: Draw) -> Case:
    """PyTorch has no such function; with finite numbers, it is this sum."""
    shape = r.shape()

    def in_pytorch(v: Any, x: Any) -> Any:
        if v.shape != x.shape:
            raise ValueError("shapes")
        return v.detach() + (x - x.detach())

    other = shape if r.chance(0.9) else (*shape, 2)
    return Case("straight_through", [r.array(other), r.array(shape)], theirs=in_pytorch)


def from_dlpack(r: Draw) -> Case:
    array = r.array(r.shape()) if r.chance(0.7) else r.integers(-9, 9, r.shape())
    layout: Function = r.choice([lambda a: a, lambda a: a.T, lambda a: a[..., ::-1].copy()])
    held = layout(np.atleast_1d(array)).astype(r.choice([np.float32, np.float64]))
    return Case("from_dlpack", [_Held(held)], theirs="from_dlpack")


class _Held:
    """What both libraries are to take over: not an array, so that no tensor is made of it before."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __dlpack__(self, **settings: Any) -> Any:
        return self.array.__dlpack__(**settings)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


CASES = [
    checkpoint,
    checkpoint_of_several,
    checkpoint_sequential,
    identity,
    stop_gradient,
    straight_through,
    from_dlpack,
]

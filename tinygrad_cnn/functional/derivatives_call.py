"""One call of the function that is to be differentiated: what goes in, what comes out, what is refused.

The function sees tensors of its own in the place of the inputs, so that the caller's are neither changed nor
given a gradient.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ops
from ..base.node import ancestors, leading_to
from ..base.values import FLOATS
from ..core import Tensor, wrap
from ..errors import ArgumentError, DtypeError, GraphError, ShapeError
from .derivatives_walks import Found, Tensors, ones_for, pull_back, refuse_cut


class Call:
    """The inputs that the function got, what it returned, and how results are to look."""

    def __init__(
        self, name: str, func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool
    ) -> None:
        if not callable(func):
            raise ArgumentError(f"{name}: func must be a function of tensors, got {type(func).__name__}")
        self.name = name
        self.create_graph = create_graph
        self.strict = strict
        self.one_input = not isinstance(inputs, tuple)
        given = self._tensors("inputs", inputs)
        for i, x in enumerate(given):
            if x.dtype not in FLOATS:
                raise DtypeError(
                    f"{name}: {self._nth('inputs', i, self.one_input)} must be float32 or float64 to be "
                    f"differentiated, got {x.dtype}; convert with .float()"
                )
        self.directions: list[Tensor] = []
        self.inputs = [stand_in(x, create_graph).requires_grad_() for x in given]
        outputs = func(*self.inputs)
        self.one_output = not isinstance(outputs, tuple)
        self.outputs = self._tensors("func", outputs)
        self._require_graph()

    def _tensors(self, role: str, given: Any) -> list[Tensor]:
        """List one tensor or a tuple of them; refuse everything else in words."""
        listed = list(given) if isinstance(given, tuple) else [given]
        wrong = [i for i, x in enumerate(listed) if not isinstance(x, Tensor)]
        if listed and not wrong:
            return listed
        came = type(given).__name__ if listed else "an empty tuple"
        if wrong and isinstance(given, tuple):
            came = f"a tuple with {type(listed[wrong[0]]).__name__} at {wrong[0]}"
        rule = "must return a tensor" if role == "func" else "must be a tensor"
        what_to_do = (
            "return what operations gave, without .item() or .numpy()"
            if role == "func"
            else "make tensors with tensor(...)"
        )
        raise ArgumentError(f"{self.name}: {role} {rule} or a tuple of tensors, got {came}; {what_to_do}")

    @staticmethod
    def _nth(role: str, i: int, one: bool) -> str:
        return role if one else f"{role}[{i}]"

    def _require_graph(self) -> None:
        for k, y in enumerate(self.outputs):
            if self.strict and not y.requires_grad:
                raise self.refused(
                    f"output {k} of func does not require grad: no operation made it from the inputs"
                )

    def refused(self, fact: str) -> GraphError:
        """Make the error of a strict call."""
        return GraphError(f"{self.name}: {fact}; strict=True refuses this, strict=False takes it for zeros")

    # -- what is multiplied --------------------------------------------------------------------------------

    def vector(self, v: Any, side: str) -> list[Tensor]:
        """Check ``v`` against the inputs or outputs (``side`` says which), and give it in their dtypes."""
        beside, one = (self.inputs, self.one_input) if side == "input" else (self.outputs, self.one_output)
        if v is None:
            return [self._single_one(beside, side)]
        given = self._tensors("v", v)
        if len(given) != len(beside):
            wanted = "one tensor" if one else f"a tuple of {len(beside)} tensors"
            raise ShapeError(f"{self.name}: v must be {wanted}, one for each {side}, got {len(given)}")
        pairs = enumerate(zip(given, beside, strict=True))
        self.directions = [self._matched(w, x, self._nth("v", i, one), side) for i, (w, x) in pairs]
        return self.directions

    def _single_one(self, beside: Tensors, side: str) -> Tensor:
        if len(beside) == 1 and beside[0].numel() == 1:
            return ones_for(beside[0])
        shapes = ", ".join(str(x.shape) for x in beside)
        raise GraphError(
            f"{self.name}: v may be left out only where there is one {side} with one value; "
            f"pass v with the shape of each {side}, here {shapes}"
        )

    def _matched(self, w: Tensor, x: Tensor, nth: str, side: str) -> Tensor:
        if w.shape != x.shape:
            raise ShapeError(f"{self.name}: {nth} must have the shape {x.shape} of its {side}, got {w.shape}")
        if w.dtype == x.dtype or x.dtype not in FLOATS:
            return stand_in(w, self.create_graph)
        if w.dtype in FLOATS:
            raise DtypeError(
                f"{self.name}: {nth} must be {x.dtype} as its {side} is, got {w.dtype}; "
                "convert it, with .float() or .double()"
            )
        return wrap(w.array.astype(x.dtype))  # whole numbers follow the floats beside them

    def scalar(self) -> Tensor:
        """Give the only output, which has one value."""
        if self.one_output and self.outputs[0].numel() == 1:
            return self.outputs[0]
        came = f"a tensor of shape {self.outputs[0].shape}"
        if not self.one_output:
            came = f"a tuple of {len(self.outputs)}"
        raise ShapeError(
            f"{self.name}: func must return one tensor with one value, got {came}; reduce it, with .sum()"
        )

    def gradient(self) -> Found:
        """Give the gradient of the only value with a graph of its own; None where it is zero for certain."""
        y = self.scalar()
        found = pull_back([y], [ones_for(y).requires_grad_()], self.inputs, create_graph=True)
        refuse_cut(self.name, found)  # what follows its seed requires grad, also where it is constant in x
        self._require_used(found)
        return [g if g is not None and g.requires_grad else None for g in found]

    def require_inputs_used(self) -> None:
        """Refuse, if this call is strict, an input that no output depends on."""
        if self.strict:
            seeds = [ones_for(y) for y in self.outputs]
            self._require_used(pull_back(self.outputs, seeds, self.inputs, create_graph=False))

    def _require_used(self, found: Found) -> None:
        for i, g in enumerate(found):
            if self.strict and g is None:
                raise self.refused(f"no output of func depends on input {i}")

    # -- what is returned ----------------------------------------------------------------------------------

    def finish(self, found: Found, like: Tensors, missing: str, ahead: tuple[int, ...] = ()) -> list[Tensor]:
        """Put zeros for None (or refuse it, in the words of ``missing``), and cut off unwanted graphs."""
        for i, g in enumerate(found):
            if self.strict and g is None:
                raise self.refused(missing.format(i=i))
            if self.strict and self.create_graph and g is not None and not self._leads_back(g):
                raise GraphError(
                    f"{self.name}: part {i} of the result is constant, so it has no derivative; "
                    "strict=True refuses this where create_graph=True asks for one"
                )
        filled = [
            wrap(np.zeros(ahead + x.shape, x.dtype)) if g is None else g
            for g, x in zip(found, like, strict=True)
        ]
        return filled if self.create_graph else [g.detach() for g in filled]

    def _leads_back(self, result: Tensor) -> bool:
        """Say whether a result has a graph that comes from an input, or from a v that requires grad."""
        keys = {x if x.node is None else x.node for x in (*self.inputs, *self.directions) if x.requires_grad}
        if result.node is None:
            return result in keys
        return result.node in leading_to(ancestors(result.node), keys)

    def value(self) -> Any:
        """Give what the function returned."""
        kept = self.outputs if self.create_graph else [y.detach() for y in self.outputs]
        return one_or_tuple(kept, self.one_output)


def one_or_tuple(results: Sequence[Any], one: bool) -> Any:
    """Give results in the form in which the tensors beside them came."""
    return results[0] if one else tuple(results)


def stand_in(x: Tensor, create_graph: bool) -> Tensor:
    """Make a tensor of the same values; linked to ``x`` if results are to be differentiated by it."""
    if create_graph and x.requires_grad:
        return ops.permute(x, dims=tuple(range(x.ndim)))
    return x.detach()
